// `journalctl` for people: short-full, short-unix, short-monotonic, months in other languages, lines that go on, banners.
import type { Member } from '../kind.ts';
import { clockAt, cursor, dateTimeAt, SECOND_US } from '../time.ts';
import { ZONE_WHY } from '../zone-runs.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer } from './carrier.ts';
import { dayAndClock, head, nameAt, takeText } from './syslog.ts';
import { zoneNamed } from './zone-names.ts';

const BANNER =
  /^-- (?:Logs begin |Journal begins |Boot |Reboot|No entries|cursor: |Unit |Subject: |Defined-By: |.{0,200} --$)/;
const WEEKDAY = /^\S{1,24} (?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)/;
const ZONE = /^ ([A-Z][A-Za-z]{1,5}|[+-]\d{2}(?::?\d{2})?)(?= )/;
const UNIX = /^(\d{9,11})\.(\d{6}) /;
const MONOTONIC =
  /^\[ {0,8}(\d{1,10})\.(\d{6})(?: <[^>]{1,24}>)?\] (?=\S{1,255} [\w./@:+()-]{1,128}\[\d{1,10}\]: |\S{1,255} kernel: )/;
/** A month's name in any script, with a full stop or not: `10月`, `Okt`, `déc.`; day and clock follow. */
const MONTH =
  /^([^\s\d<[{("'][^\s\d<[{("']{0,15}|\d{1,2}[^\s\d:;,.()[\]/-]{1,9}) +(?=\d{1,2} \d\d:\d\d:\d\d(?:[.,]\d{1,9})? )/;
const NUMBERED = /^(\d{1,2})(?:\xe6\x9c\x88|\xec\x9b\x94)$/; // 月, 월

function named(line: string, at: number, member: Member): boolean {
  if (!nameAt(line, at, false)) return false;
  outer.host = head.host;
  outer.program = head.program;
  outer.pid = head.pid;
  takeText(line.slice(head.end));
  // journalctl indents further lines of a message by as many blanks as the head has bytes.
  member.headWidth = head.end;
  return true;
}

const SPAN =
  /^-- (?:Logs|Journal) begins? at (?:\S{1,24} )?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) ([A-Z]{2,5}|[+-]\d{2,4})(?:, end(?:s|ing)? at (?:\S{1,24} )?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ([A-Z]{2,5}|[+-]\d{2,4}))?\./;

/** journalctl writes the times of all lines in the zone of its banner. Two zones there: the clocks changed in between, nobody knows at which line. */
function zoneOf(banner: string, member: Member): void {
  const m = banner.charCodeAt(3) === 76 || banner.charCodeAt(3) === 74 ? SPAN.exec(banner) : null;
  if (!m || (m[3] !== undefined && m[3] !== m[2])) return;
  const minutes = zoneNamed(m[2] as string);
  if (!Number.isNaN(minutes)) member.zoneStated(minutes, dateTimeAt(m[1] as string, 0), ZONE_WHY.journal);
}

export const journalText: Carrier = {
  id: 'journal-text',
  share: 0.05,
  open(line, member) {
    const c = line.charCodeAt(0);
    if (c === 32) {
      const width = member.headWidth;
      if (width < 15 || line.length <= width) return false;
      for (let i = 0; i < width; i++) if (line.charCodeAt(i) !== 32) return false;
      carry(line.slice(width));
      outer.again = true;
      return true;
    }
    if (c === 45) {
      if (!line.startsWith('-- ') || !BANNER.test(line.length > 400 ? line.slice(0, 400) : line))
        return false;
      zoneOf(line, member);
      carry(line);
      outer.notice = true;
      outer.program = 'journalctl';
      return true;
    }
    const start = line.length > 64 ? line.slice(0, 64) : line;
    if (c === 91) {
      const monotonic = MONOTONIC.exec(line.length > 500 ? line.slice(0, 500) : line);
      if (!monotonic) return false;
      carry('');
      return named(line, monotonic[0].length, member);
    }
    const unix = c >= 48 && c <= 57 ? UNIX.exec(start) : null;
    if (unix) {
      carry('');
      outer.time = Number(unix[1]) * SECOND_US + Number(unix[2]);
      outer.zoned = true;
      return named(line, unix[0].length, member);
    }
    const weekday = c > 57 ? WEEKDAY.exec(start) : null;
    if (weekday) {
      const ts = dateTimeAt(line, weekday[0].length);
      if (Number.isNaN(ts)) return false;
      let at = cursor.end;
      const zone = ZONE.exec(line.slice(at, at + 12));
      carry('');
      outer.time = ts;
      outer.year = Number(line.slice(weekday[0].length, weekday[0].length + 4));
      if (zone) {
        const word = zone[1] as string;
        at += zone[0].length;
        const minutes = zoneNamed(word);
        if (!Number.isNaN(minutes)) {
          outer.time = ts - minutes * 60 * SECOND_US;
          outer.zoned = true;
        }
      }
      return line.charCodeAt(at) === 32 && named(line, at + 1, member);
    }
    const month = MONTH.exec(start);
    if (!month) return false;
    const at = month[0].length;
    const clock = line.indexOf(' ', at) + 1;
    if (Number.isNaN(clockAt(line, clock))) return false;
    const number = NUMBERED.exec(month[1] as string);
    carry('');
    let end = line.indexOf(' ', clock);
    if (number && dayAndClock(line, at, Number(number[1]), member)) {
      outer.time = head.time;
      outer.year = head.year;
      end = head.end;
    }
    return end !== -1 && named(line, end + 1, member);
  },
  samples: [
    {
      path: 'celery.txt',
      text: '-- Logs begin at Fri 2026-11-20 17:00:00 UTC, end at Fri 2026-11-20 18:00:00 UTC. --\nFri 2026-11-20 17:17:54 UTC cel-1 celery[123]: [2026-11-20 17:17:54,582: INFO/MainProcess] hi\n-- Boot 1d3f8d4c7a5e4bb0a1c5b8e7f2d3c4b5 --\nFri 2026-11-20 12:17:55 -05 cel-1 celery[123]: out of band\nFri 2026-11-20 18:17:56 CET cel-1 systemd[1]: Stopped.',
      gives: [
        { component: 'journalctl', system: 'other' },
        {
          system: 'celery',
          message: 'hi',
          pid: '123',
          fields: { 'carrier.host': 'cel-1', 'carrier.program': 'celery' },
        },
        { component: 'journalctl', message: '-- Boot 1d3f8d4c7a5e4bb0a1c5b8e7f2d3c4b5 --' },
        { time: '2026-11-20T17:17:55.000000Z', message: 'out of band', parsed: false },
        { time: '2026-11-20T17:17:56.000000Z', component: 'systemd' },
      ],
    },
    {
      // Further lines of a message are indented by the width of its head.
      path: 'celery.txt',
      mtime: '2026-11-21T00:00:00Z',
      text: 'Nov 20 17:17:54 cel-1 celery[123]: [2026-11-20 17:17:54,582: ERROR/ForkPoolWorker-1] Task a.b[id-1] raised unexpected: ValueError(\'x\')\n                                   Traceback (most recent call last):\n                                     File "x.py", line 1\n                                   ValueError: x\nNov 20 17:17:55 cel-1 celery[123]: [2026-11-20 17:17:55,582: INFO/MainProcess] hi',
      gives: [
        {
          action: 'task_failed',
          lines: 4,
          message:
            'Task a.b[id-1] raised unexpected: ValueError(\'x\')\nTraceback (most recent call last):\n  File "x.py", line 1\nValueError: x',
        },
        { message: 'hi' },
      ],
    },
    {
      path: 'mesos-slave.txt',
      mtime: '2017-10-28T00:00:00Z',
      text: '-- Logs begin at \u4e94 2017-10-27 11:00:00 CST, end at \u4e94 2017-10-27 12:00:00 CST. --\n10\u6708 27 11:10:50 node-3 mesos-slave[32384]: I1027 11:10:50.241608 32385 slave.cpp:3648] Current disk usage 44.72%. Max allowed age: 3.17days\nOkt 27 11:10:51 node-3 mesos-slave[32384]: I1027 11:10:51.241608 32385 slave.cpp:3648] Current disk usage 44.72%. Max allowed age: 3.17days\nd\u00e9c. 27 11:10:51 node-3 other[1]: text',
      gives: [
        { component: 'journalctl' },
        {
          system: 'mesos',
          time: '2017-10-27T11:10:50.241608Z',
          fields: { 'carrier.host': 'node-3', 'carrier.program': 'mesos-slave' },
        },
        { system: 'mesos', fields: { 'carrier.host': 'node-3' } },
        { message: 'text', parsed: false, fields: { 'carrier.host': 'node-3', 'carrier.program': 'other' } },
      ],
    },
    {
      path: 'journal-unix.txt',
      text: '1795195074.582000 cel-1 celery[123]: [2026-11-20 17:17:54,582: INFO/MainProcess] hi\n1795195075.000000 cel-1 sshd[7]: refused\n[ 1234.567890] cel-1 celery[123]: [2026-11-20 17:17:56,582: INFO/MainProcess] ho',
      gives: [
        { system: 'celery', message: 'hi' },
        { component: 'sshd', message: 'refused', time: '2026-11-20T17:17:55.000000Z' },
        { system: 'celery', message: 'ho' },
      ],
    },
  ],
};
