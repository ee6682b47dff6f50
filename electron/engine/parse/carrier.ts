// What containers, journald and syslog put around a line: taken off before the line is read, its time kept beside it.
import { Buffer } from 'node:buffer';
import type { Member } from './kind.ts';
import { byteString, firstText, parseObject, textOf } from './text.ts';
import { clockAt, cursor, dateTimeAt, isoAt, microsOf, monthAt, SECOND_US, two } from './time.ts';

/** What a carrier said of the last line it took apart. */
export const outer = {
  text: '',
  time: Number.NaN,
  zoned: false,
  year: 0,
  /** The text goes on in the next line of the same stream. */
  partial: false,
  stream: '',
  host: '',
  program: '',
  pid: '',
  priority: -1,
};

export interface Carrier {
  readonly id: string;
  /** Share of the first lines that must be in it before it is looked for. */
  readonly share: number;
  /** Fills `outer` and says true, or says false: the line is not in this carrier. */
  open(line: string, member: Member): boolean;
}

function reset(): void {
  outer.text = '';
  outer.time = Number.NaN;
  outer.zoned = false;
  outer.year = 0;
  outer.partial = false;
  outer.stream = '';
  outer.host = '';
  outer.program = '';
  outer.pid = '';
  outer.priority = -1;
}

/** Kubernetes CRI: `2026-11-20T17:17:54.582000000Z stdout F text`; P marks a part. */
export const cri: Carrier = {
  id: 'cri',
  share: 0.1,
  open(line) {
    if (line.charCodeAt(10) !== 84) return false;
    const ts = isoAt(line, 0);
    if (Number.isNaN(ts) || !cursor.zoned) return false;
    const at = cursor.end;
    if (!line.startsWith(' stdout ', at) && !line.startsWith(' stderr ', at)) return false;
    const flag = line.charCodeAt(at + 8);
    if (flag !== 70 && flag !== 80) return false;
    let text = at + 9;
    if (line.charCodeAt(text) === 58) {
      text = line.indexOf(' ', text);
      if (text === -1) text = line.length;
    }
    if (text < line.length && line.charCodeAt(text) !== 32) return false;
    reset();
    outer.time = ts;
    outer.zoned = true;
    outer.stream = line.slice(at + 1, at + 7);
    outer.partial = flag === 80;
    outer.text = line.slice(text + 1);
    return true;
  },
};

/** Docker json-file, and shippers that wrap a line in JSON under `log`. */
export const dockerJson: Carrier = {
  id: 'docker-json',
  share: 0.1,
  open(line) {
    if (line.charCodeAt(0) !== 123 || line.indexOf('"log":') === -1) return false;
    const object = parseObject(line);
    if (!object || typeof object.log !== 'string') return false;
    reset();
    let text = textOf(object.log);
    const time = object.time ?? object['@timestamp'] ?? object.timestamp ?? object.date;
    if (typeof time === 'number') {
      outer.time = Math.round(time * (time > 1e11 ? 1e3 : 1e6));
      outer.zoned = true;
    } else {
      const ts = isoAt(textOf(time), 0);
      if (!Number.isNaN(ts)) {
        outer.time = ts;
        outer.zoned = cursor.zoned;
      }
    }
    if (text.endsWith('\n')) text = text.slice(0, text.endsWith('\r\n') ? -2 : -1);
    else outer.partial = object.stream !== undefined && text.length >= 16_000;
    outer.stream = textOf(object.stream);
    const kubernetes = object.kubernetes;
    if (kubernetes && typeof kubernetes === 'object' && !Array.isArray(kubernetes)) {
      outer.host = firstText(kubernetes, 'host', 'node_name');
    }
    outer.text = text;
    return true;
  },
};

/** `journalctl -o json`: one entry a line, MESSAGE as text or as a list of bytes. */
export const journalJson: Carrier = {
  id: 'journal-json',
  share: 0.1,
  open(line) {
    if (line.charCodeAt(0) !== 123 || line.indexOf('"__REALTIME_TIMESTAMP"') === -1) return false;
    const object = parseObject(line);
    if (!object) return false;
    reset();
    const at = Number(object.__REALTIME_TIMESTAMP);
    if (Number.isFinite(at)) {
      outer.time = at;
      outer.zoned = true;
    }
    const message = object.MESSAGE;
    outer.text = Array.isArray(message)
      ? byteString(Buffer.from(message as number[]).toString('utf8'))
      : textOf(message);
    outer.host = textOf(object._HOSTNAME);
    outer.program = firstText(object, 'CONTAINER_NAME', 'SYSLOG_IDENTIFIER', '_COMM');
    outer.pid = firstText(object, 'SYSLOG_PID', '_PID');
    const priority = Number(object.PRIORITY);
    outer.priority = object.PRIORITY !== undefined && priority >= 0 && priority <= 7 ? priority : -1;
    return true;
  },
};

const PROGRAM = /^([\w./@:+-]{1,64}?)(?: ?\[(\d{1,10})\])?: ?/;
const PRI = /^<(\d{1,3})>(?:1 )?/;

/** RFC 3164 (`Nov 20 17:17:54 host prog[pid]: text`), with ISO 8601 time as rsyslog and journalctl can write it, or RFC 5424. */
export const syslog: Carrier = {
  id: 'syslog',
  share: 0.1,
  open(line, member) {
    let at = 0;
    let priority = -1;
    if (line.charCodeAt(0) === 60) {
      const pri = PRI.exec(line);
      if (!pri) return false;
      priority = Number(pri[1]) % 8;
      at = pri[0].length;
    }
    let ts: number;
    let zoned = false;
    let year = 0;
    const c = line.charCodeAt(at);
    if (c >= 48 && c <= 57) {
      if (line.charCodeAt(at + 10) !== 84) return false;
      ts = isoAt(line, at);
      zoned = cursor.zoned;
      year = Number(line.slice(at, at + 4));
      at = cursor.end;
    } else {
      const month = monthAt(line, at);
      if (Number.isNaN(month) || line.charCodeAt(at + 3) !== 32) return false;
      const tens = line.charCodeAt(at + 4) === 32 ? 0 : line.charCodeAt(at + 4) - 48;
      const single = line.charCodeAt(at + 5) === 32;
      const day = single ? tens : tens * 10 + line.charCodeAt(at + 5) - 48;
      at += single ? 6 : 7;
      if (!(day >= 1 && day <= 31)) return false;
      const clock = clockAt(line, at);
      if (Number.isNaN(clock)) return false;
      at += 8;
      const dot = line.charCodeAt(at) === 46 ? /^\.(\d{1,9})/.exec(line.slice(at, at + 10)) : null;
      const us = dot ? Number((dot[1] as string).padEnd(6, '0').slice(0, 6)) : 0;
      if (dot) at += dot[0].length;
      const y = member.years.yearOf(month, day);
      ts = !Number.isNaN(y) ? microsOf(y, month, day, 0, 0, 0, us) + clock * SECOND_US : Number.NaN;
    }
    if (line.charCodeAt(at) !== 32) return false;
    const hostEnd = line.indexOf(' ', at + 1);
    if (hostEnd === -1 || hostEnd - at > 256) return false;
    const host = line.slice(at + 1, hostEnd);
    if (!/^[\w.:-]+$/.test(host) || host.endsWith(':')) return false;
    const rest = line.slice(hostEnd + 1);
    const program = PROGRAM.exec(rest.length > 200 ? rest.slice(0, 200) : rest);
    if (!program && /^[\w.-]+ \S+ \S+ (?:-|\[)/.test(rest.slice(0, 300)) && priority >= 0) {
      // RFC 5424: APP PROCID MSGID STRUCTURED-DATA text
      const m = /^([\w./-]+) (\S+) \S+ (?:-|\[[^\]]{0,200}\]) ?/.exec(rest.slice(0, 600));
      if (!m) return false;
      fill(rest.slice(m[0].length), m[1] as string, m[2] === '-' ? '' : (m[2] as string));
    } else if (program) {
      fill(rest.slice(program[0].length), program[1] as string, program[2] ?? '');
    } else if (c >= 48 && c <= 57) {
      return false;
    } else {
      fill(rest, '', '');
    }
    return true;

    function fill(text: string, name: string, pid: string): void {
      reset();
      outer.time = ts;
      outer.zoned = zoned;
      outer.year = year;
      outer.host = host;
      outer.program = name;
      outer.pid = pid;
      outer.priority = priority;
      outer.text = text;
    }
  },
};

const CTIME =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4}) (\S+) ([\w./-]+) ?\[(\d+)\]:? /;

/** DC/OS prints of the journal: `2017-06-23 20:41:36: text`, `Thu Dec 15 00:46:18 2016 host prog [pid] text`, `prog[pid]: text`. */
export const dcos: Carrier = {
  id: 'dcos',
  share: 0.1,
  open(line) {
    const c = line.charCodeAt(0);
    if (c >= 48 && c <= 57) {
      if (line.charCodeAt(19) !== 58 || line.charCodeAt(20) !== 32 || line.charCodeAt(10) !== 32)
        return false;
      const ts = dateTimeAt(line, 0);
      if (Number.isNaN(ts) || cursor.end !== 19) return false;
      reset();
      outer.time = ts;
      outer.year = two(line, 0) * 100 + two(line, 2);
      outer.text = line.slice(21);
      return true;
    }
    const head = line.length > 200 ? line.slice(0, 200) : line;
    const ctime = CTIME.exec(head);
    if (ctime) {
      reset();
      outer.year = Number(ctime[4]);
      const clock = clockAt(ctime[3] as string, 0);
      outer.time =
        microsOf(outer.year, monthAt(ctime[1] as string, 0), Number(ctime[2]), 0, 0, 0, 0) +
        clock * SECOND_US;
      outer.host = ctime[5] as string;
      outer.program = ctime[6] as string;
      outer.pid = ctime[7] as string;
      outer.text = line.slice(ctime[0].length);
      return true;
    }
    const bare = /^([A-Za-z][\w.-]{1,40})\[(\d{1,10})\]: /.exec(head);
    if (!bare) return false;
    reset();
    outer.program = bare[1] as string;
    outer.pid = bare[2] as string;
    outer.text = line.slice(bare[0].length);
    return true;
  },
};

const COMPOSE = /^([\w.-]{1,80}) {0,40}\| ?/;
const PREFIXED = /^\[(pod\/[\w.-]{1,200}\/[\w.-]{1,100})\] /;

/** `docker compose logs` (`name  | text`) and `kubectl logs --prefix` (`[pod/name/container] text`). */
export const compose: Carrier = {
  id: 'compose',
  share: 0.6,
  open(line) {
    const head = line.length > 300 ? line.slice(0, 300) : line;
    const m = COMPOSE.exec(head) ?? PREFIXED.exec(head);
    if (!m) return false;
    reset();
    outer.program = m[1] as string;
    let text = line.slice(m[0].length);
    const ts = text.charCodeAt(10) === 84 ? isoAt(text, 0) : Number.NaN;
    if (!Number.isNaN(ts) && cursor.zoned && text.charCodeAt(cursor.end) === 32) {
      outer.time = ts;
      outer.zoned = true;
      text = text.slice(cursor.end + 1);
    }
    outer.text = text;
    return true;
  },
};

/** `docker logs -t` and `kubectl logs --timestamps`: `2026-11-20T17:17:54.582000000Z text`. */
export const stamped: Carrier = {
  id: 'stamped',
  share: 0.5,
  open(line) {
    if (line.charCodeAt(10) !== 84) return false;
    const ts = isoAt(line, 0);
    if (
      Number.isNaN(ts) ||
      !cursor.zoned ||
      (line.charCodeAt(cursor.end) !== 32 && cursor.end !== line.length)
    )
      return false;
    const text = line.slice(cursor.end + 1);
    reset();
    outer.time = ts;
    outer.zoned = true;
    outer.text = text;
    return true;
  },
};

export const CARRIERS: readonly Carrier[] = [cri, dockerJson, journalJson, syslog, dcos, compose, stamped];
