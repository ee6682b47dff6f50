// syslog: RFC 3164 as daemons really write it, RFC 5424, ISO times as rsyslog and `journalctl -o short-iso` write them.
import type { Member } from '../kind.ts';
import { clockAt, cursor, isoAt, microsOf, monthAt, SECOND_US, two } from '../time.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer } from './carrier.ts';

/** `prog[pid]: `, `prog [pid] `, `prog: `; Docker's tags hold slashes, systemd's names parentheses. */
const PROGRAM = /^([\w./@:+()-]{1,128}?)(?: ?\[(\d{1,10})\])?(?:: ?|(?<=\]) )/;
const HOST = /^(?:\w[\w.:%-]*|::[\w.:%-]*|\[[\da-fA-F:.]{2,45}\])$/;
const DYNO = /^([a-z][\w-]{0,60})\[([a-z][\w-]{0,60}\.\d{1,6})\]:$/;
/** A word that other formats write behind the time. */
const LEVEL = /^(?:trace|debug|info|notice|warn|warning|error|err|critical|crit|fatal|severe|panic)$/i;
const IPV6 = /^\[?[0-9a-fA-F]{0,4}:[0-9a-fA-F:]*:[0-9a-fA-F.]{0,15}(?:%\w{1,16})?\]?$/;
const COUNT = /^\d{1,7} (?=<\d{1,3}>)/;

/** Time, host and program of the head that `headAt` read last, and where the text starts. */
export const head = {
  time: Number.NaN,
  zoned: false,
  year: 0,
  host: '',
  program: '',
  pid: '',
  end: 0,
};

/** Reads `[host ]prog[pid]: ` from `at` to the text. With no program the text follows the host, when `bare` allows it. */
export function nameAt(line: string, at: number, bare: boolean): boolean {
  head.host = '';
  head.program = '';
  head.pid = '';
  let from = at;
  const blank = line.indexOf(' ', at);
  const token = blank === -1 ? line.slice(at, at + 257) : line.slice(at, blank);
  if (token.length > 256 || token === '') return false;
  const names = token.endsWith(':') || (token.endsWith(']') && /\w\[\d+\]$/.test(token));
  if (!(names && !IPV6.test(token)) && blank !== -1) {
    if (!HOST.test(token) || (!bare && LEVEL.test(token))) return false;
    head.host = token;
    from = blank + 1;
    if (line.charCodeAt(from) === 32) from++;
  }
  // Heroku's router: `app[worker.1]: `, the process type with its number where others have a pid.
  const dyno = token.endsWith(']:') ? DYNO.exec(token) : null;
  if (dyno && from === at && line.charCodeAt(from + token.length) === 32) {
    head.program = dyno[1] as string;
    head.host = dyno[2] as string;
    head.end = from + token.length + 1;
    return true;
  }
  const program = PROGRAM.exec(line.slice(from, from + 200));
  // With a time of ISO 8601 in front, much may look like a name: it needs a host, and a blank behind the colon.
  if (
    program &&
    !bare &&
    (/^\d+$/.test(program[1] as string) || !/ $/.test(program[0]) || (head.host === '' && !program[2]))
  )
    return false;
  if (program) {
    head.program = program[1] as string;
    head.pid = program[2] ?? '';
    head.end = from + program[0].length;
    return true;
  }
  if (!bare || head.host === '') return false;
  head.end = from;
  return true;
}

/** `Nov 20 17:17:54`, with a year before or after the clock, with a fraction. Sets head.time, head.year and head.end; false when it is none. */
export function bsdTimeAt(line: string, from: number, member: Member): boolean {
  const month = monthAt(line, from);
  if (Number.isNaN(month) || line.charCodeAt(from + 3) !== 32) return false;
  return dayAndClock(line, from + 4, month, member);
}

/** The same after the month: ` 9 17:17:54`. */
export function dayAndClock(line: string, from: number, month: number, member: Member): boolean {
  let at = from;
  const tens = line.charCodeAt(at) === 32 ? 0 : line.charCodeAt(at) - 48;
  const single = line.charCodeAt(at + 1) === 32;
  const day = single ? tens : tens * 10 + line.charCodeAt(at + 1) - 48;
  at += single ? 2 : 3;
  if (!(day >= 1 && day <= 31)) return false;
  let year = 0;
  if (line.charCodeAt(at + 4) === 32 && line.charCodeAt(at + 2) !== 58) {
    year = two(line, at) * 100 + two(line, at + 2);
    if (!(year >= 1970 && year < 2200)) return false;
    at += 5;
  }
  const clock = clockAt(line, at);
  if (Number.isNaN(clock)) return false;
  at += 8;
  let us = 0;
  if (line.charCodeAt(at) === 46 || line.charCodeAt(at) === 44) {
    const dot = /^[.,](\d{1,9})/.exec(line.slice(at, at + 10));
    if (dot) {
      us = Number((dot[1] as string).padEnd(6, '0').slice(0, 6));
      at += dot[0].length;
    }
  }
  if (year === 0 && line.charCodeAt(at) === 32 && line.charCodeAt(at + 5) === 32) {
    const after = two(line, at + 1) * 100 + two(line, at + 3);
    if (after >= 1970 && after < 2200) {
      year = after;
      at += 5;
    }
  }
  const y = year > 0 ? year : member.years.yearOf(month, day);
  head.time = Number.isNaN(y) ? y : microsOf(y, month, day, 0, 0, 0, us) + clock * SECOND_US;
  head.zoned = false;
  head.year = year;
  head.end = at;
  return true;
}

/** RFC 5424 from the time on: `TIME HOST APP PROCID MSGID STRUCTURED [TEXT]`, `-` for what is not known. */
function open5424(line: string, from: number, priority: number): boolean {
  let time = Number.NaN;
  let zoned = false;
  let at = from;
  if (line.charCodeAt(at) === 45) at++;
  else {
    time = isoAt(line, at);
    if (Number.isNaN(time)) return false;
    zoned = cursor.zoned;
    at = cursor.end;
  }
  if (line.charCodeAt(at) !== 32) return false;
  const words = ['', '', '', ''];
  for (let i = 0; i < 4; i++) {
    const end = line.indexOf(' ', at + 1);
    if (end === -1 || end - at > 300 || end === at + 1) return false;
    words[i] = line.slice(at + 1, end);
    at = end;
  }
  at++;
  const start = at;
  if (line.charCodeAt(at) === 45) at++;
  else {
    at = structuredEnd(line, at);
    if (at === start) return false;
  }
  if (at < line.length && line.charCodeAt(at) !== 32) return false;
  let text = line.slice(at + 1);
  if (text.startsWith('\xef\xbb\xbf')) text = text.slice(3);
  carry(text);
  outer.time = time;
  outer.zoned = zoned;
  outer.host = known(words[0]);
  outer.program = known(words[1]);
  outer.pid = known(words[2]);
  outer.priority = priority;
  outer.structured = at - start > 1 ? line.slice(start, at) : '';
  return true;
}

function known(word: string | undefined): string {
  return word === undefined || word === '-' ? '' : word;
}

/** End of `[id name="value"][…]`: quotes, backslashes and brackets in values are escaped. `from` when it is no such thing. */
function structuredEnd(line: string, from: number): number {
  let at = from;
  while (line.charCodeAt(at) === 91) {
    let i = at + 1;
    let quoted = false;
    for (; i < line.length; i++) {
      const c = line.charCodeAt(i);
      if (quoted && c === 92) i++;
      else if (c === 34) quoted = !quoted;
      else if (!quoted && c === 93) break;
    }
    if (i >= line.length) return from;
    at = i + 1;
  }
  return at;
}

const REPEATED = /^message repeated (\d{1,9}) times: \[ ?/;
const CONTROL = /#0(09|1[0-5]|33)/g;

/** rsyslog writes control characters as `#` and three octal digits, and folds repeated messages. */
export function takeText(given: string): void {
  let text = given;
  if (text.charCodeAt(0) === 109) {
    const repeated = REPEATED.exec(text);
    if (repeated && text.endsWith(']')) {
      outer.repeated = Number(repeated[1]);
      text = text.slice(repeated[0].length, -1);
    }
  }
  if (text.indexOf('#0') !== -1)
    text = text.replace(CONTROL, (_all, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  outer.text = text;
}

export const syslog: Carrier = {
  id: 'syslog',
  share: 0.1,
  starts: '<0123456789JFMASONDjfmasond',
  open(line, member) {
    let at = 0;
    let priority = -1;
    let c = line.charCodeAt(0);
    if (c >= 48 && c <= 57) {
      const count = COUNT.exec(line.slice(0, 16));
      if (count) at = count[0].length;
    }
    if (line.charCodeAt(at) === 60) {
      const close = line.indexOf('>', at);
      if (close === -1 || close - at > 4 || close === at + 1) return false;
      const value = Number(line.slice(at + 1, close));
      if (!(value >= 0 && value <= 191)) return false;
      priority = value % 8;
      at = close + 1;
      if (line.charCodeAt(at) === 32) at++;
    }
    if (line.charCodeAt(at) === 49 && line.charCodeAt(at + 1) === 32 && open5424(line, at + 2, priority))
      return true;
    c = line.charCodeAt(at);
    if (c >= 48 && c <= 57) {
      const between = line.charCodeAt(at + 10);
      if (between !== 84 && !(between === 32 && priority >= 0)) return false;
      const time = isoAt(line, at);
      if (Number.isNaN(time)) return false;
      head.time = time;
      head.zoned = cursor.zoned;
      head.year = Number(line.slice(at, at + 4));
      at = cursor.end;
      if (line.charCodeAt(at) !== 32 || !nameAt(line, at + 1, false)) return false;
    } else if (bsdTimeAt(line, at, member)) {
      at = head.end;
      if (line.charCodeAt(at) !== 32 || !nameAt(line, at + 1, true)) return false;
    } else return false;
    carry('');
    outer.time = head.time;
    outer.zoned = head.zoned;
    outer.year = head.year;
    outer.host = head.host;
    outer.program = head.program;
    outer.pid = head.pid;
    outer.priority = priority;
    takeText(line.slice(head.end));
    member.headWidth = head.end;
    return true;
  },
  samples: [
    {
      path: 'mesos-slave.log',
      mtime: '2015-07-28T00:00:00Z',
      text: 'Jul 27 12:24:40 node7 mesos-slave[733]: I0727 12:24:40.159279 11884 slave.cpp:2709] Shutting down framework 20150727-115610-2703018762-5050-13855-0007\nJul  7 12:24:41.5 2014 10.0.0.1 kernel: [12.5] Memory cgroup out of memory: Kill process 16883 (oomApp)',
      gives: [
        {
          system: 'mesos',
          logger: 'slave.cpp:2709',
          time: '2015-07-27T12:24:40.159279Z',
          fields: { 'carrier.host': 'node7', 'carrier.program': 'mesos-slave' },
          entities: ['host:node7:origin'],
        },
        {
          system: 'kernel',
          time: '2014-07-07T12:24:41.500000Z',
          fields: { 'carrier.host': '10.0.0.1' },
        },
      ],
    },
    {
      // A year before the clock, hosts with dots and in IPv6, no host at all, a priority in front.
      path: 'var/log/syslog',
      mtime: '2026-11-21T00:00:00Z',
      text: '<30>Nov 20 2026 17:17:54 node7.example.org dockerd[9]: started\n<11>Nov 20 17:17:55 2001:db8::7 sshd[77]: refused\nNov 20 17:17:56 cron[5]: job\nNov 20 17:17:57 fe80::1%eth0 app: message repeated 3 times: [ no space left]\nNov 20 17:17:58 node7 app: first#012second',
      gives: [
        {
          component: 'dockerd',
          pid: '9',
          level: 'info',
          time: '2026-11-20T17:17:54.000000Z',
          fields: { 'carrier.host': 'node7.example.org' },
        },
        { component: 'sshd', level: 'error', message: 'refused', fields: { 'carrier.host': '2001:db8::7' } },
        { component: 'cron', pid: '5', message: 'job', fields: { 'carrier.program': 'cron' } },
        {
          component: 'app',
          message: 'no space left',
          fields: { 'carrier.host': 'fe80::1%eth0', 'carrier.repeated': 3 },
        },
        { message: 'first\nsecond' },
      ],
    },
    {
      path: 'relay.log',
      text: '<165>1 2026-11-20T17:17:54.003Z node7.example.org registry 8710 ID47 [ex@32473 iut="3" why="a \\"b\\] c"][other@1 x="y"] \ufefftime="2026-11-20T17:17:54Z" level=info msg=one\n<165>1 - - registry - - - time="2026-11-20T17:17:55Z" level=info msg=two\n98 <165>1 2026-11-20T17:17:56Z h registry 1 - - time="2026-11-20T17:17:56Z" level=warning msg="th ree"',
      gives: [
        {
          system: 'registry',
          message: 'one',
          fields: {
            'carrier.host': 'node7.example.org',
            'carrier.program': 'registry',
            'carrier.structured_data': '[ex@32473 iut="3" why="a \\"b\\] c"][other@1 x="y"]',
          },
        },
        { message: 'two', fields: { 'carrier.program': 'registry' } },
        { message: 'th ree', level: 'warning', fields: { 'carrier.host': 'h' } },
      ],
    },
    {
      // `journalctl -o short-iso` and `short-iso-precise`.
      path: 'celery.txt',
      text: '2026-11-20T12:17:54-0500 cel-1 celery[123]: [2026-11-20 12:17:54,582: INFO/MainProcess] hi\n2026-11-20T12:17:55.123456-05:00 cel-1 celery[123]: [2026-11-20 12:17:55,123: INFO/MainProcess] ho',
      gives: [
        { system: 'celery', message: 'hi', pid: '123', fields: { 'carrier.host': 'cel-1' } },
        { message: 'ho' },
      ],
    },
    {
      path: 'heroku.log',
      text: '2026-11-20T17:17:54.600000+00:00 app[worker.1]: [2026-11-20 17:17:54,582: INFO/MainProcess] hi\n2026-11-20T17:17:55.600000+00:00 app[worker.2]: [2026-11-20 17:17:55,582: ERROR/MainProcess] ho',
      gives: [
        {
          system: 'celery',
          message: 'hi',
          level: 'info',
          fields: { 'carrier.host': 'worker.1', 'carrier.program': 'app' },
        },
        { message: 'ho', level: 'error' },
      ],
    },
  ],
};
