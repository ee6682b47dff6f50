// Members of no known system: access lines, JSON lines and lines with a plain time prefix; anything else stays unparsed text.
import type { Format, LineKind, Member } from '../kind.ts';
import { request } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import type { JsonObject } from '../text.ts';
import {
  firstText,
  isIp,
  numberOrText,
  openObject,
  parseObject,
  pathOf,
  put,
  quote,
  unescapeGo,
} from '../text.ts';
import { cursor, isoAt, MINUTE_US, zoneAt } from '../time.ts';
import { ZONE_WHY } from '../zone-runs.ts';
import { access, readAccess, takeTail } from './access.ts';
import { putTail } from './access-tail.ts';
import { dmesg } from './kernel.ts';
import { takeOutputLevel } from './output-level.ts';
import { putUri } from './registry-uri.ts';
import { pythonHttp } from './web-python.ts';

/** Level word in any of the usual spellings, as an index into LEVELS; -1 for none. */
export function levelOf(word: string): number {
  switch (word.toLowerCase()) {
    case 'trace':
    case 't':
      return 0;
    case 'debug':
    case 'd':
    case 'dbg':
      return 1;
    case 'info':
    case 'i':
    case 'information':
    case 'informational':
    case 'succ':
    case 'success':
      return 2;
    case 'notice':
      return 3;
    case 'warning':
    case 'warn':
    case 'w':
      return 4;
    case 'error':
    case 'err':
    case 'e':
    case 'severe':
      return 5;
    case 'critical':
    case 'crit':
    case 'fatal':
    case 'f':
    case 'c':
    case 'alert':
    case 'emerg':
    case 'emergency':
    case 'panic':
      return 6;
    default:
      return -1;
  }
}

const DATE = /^\d{4}-\d\d-\d\dT/;

/** Access lines of any web server. */
export const webAccess: LineKind = {
  id: 'web.access',
  weight: () => 0.5,
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (c === 123 || c === 91 || !readAccess(line, 0)) return false;
    const a = access;
    // The head of a carrier that is still on the line.
    if (a.user.indexOf(' ') !== -1 && (!isIp(a.ident) || DATE.test(a.ip))) return false;
    draft.parsed = true;
    draft.system =
      /nginx/i.test(member.hint.component) || /nginx/i.test(member.context.path) ? 'nginx' : 'other';
    draft.component = 'access';
    draft.message = line;
    draft.tsWall = a.time;
    draft.tsKind = a.zoned ? TS_KIND.absolute : TS_KIND.wall;
    if (a.zoned)
      member.zoneStated(a.offsetMinutes, a.time + a.offsetMinutes * MINUTE_US, ZONE_WHY.access, 'access');
    const uri = unescapeGo(a.uri);
    const tail = takeTail(line);
    let host = '';
    if (!isIp(a.ip) && isIp(a.ident)) {
      // The name of the virtual host stands first.
      host = a.ip;
      a.ip = a.ident;
      a.user = a.user.slice(a.user.lastIndexOf(' ') + 1);
    }
    draft.fields =
      `{"http.request.remoteaddr":${quote(a.ip)},"http.request.method":${quote(a.method)},"http.request.uri":${quote(uri)}` +
      `,"http.response.status":${a.status},"http.response.written":${numberOrText(a.bytes)},"http.request.useragent":${quote(unescapeGo(a.agent))}`;
    if (a.referer !== '') put(draft, 'http.request.referer', unescapeGo(a.referer));
    if (host !== '') put(draft, 'http.request.host', host);
    request(draft, a.method, pathOf(uri), a.status);
    if (isIp(a.ip)) {
      draft.srcIp = a.ip;
      draft.entity('ip', a.ip, 'client');
    }
    // A web server writes the user of basic authentication once it has let them in.
    if (a.user !== '' && a.user !== '-') {
      put(draft, 'user', a.user);
      if (a.status < 400) {
        draft.userName = a.user;
        draft.entity('user', a.user, 'user');
      } else draft.entity('user', a.user, 'attempted');
    }
    if (tail !== '') putTail(draft, tail);
    putUri(draft, a.method, uri);
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'nginx/access.log',
      text: '203.0.113.9 - alice [20/Nov/2026:17:20:47 +0100] "GET /v2/team/app/tags/list HTTP/1.1" 200 20 "-" "docker/24"',
      gives: [
        {
          system: 'nginx',
          component: 'access',
          userName: 'alice',
          srcIp: '203.0.113.9',
          time: '2026-11-20T16:20:47.000000Z',
          fields: { repository: 'team/app' },
        },
      ],
    },
  ],
};

/** System of a line in no format of its own: that of the path when it speaks for one. */
function place(draft: Draft, member: Member): void {
  draft.system = member.hint.family || 'other';
  draft.component = member.hint.component;
}

/** One JSON object a line, with a time under one of the usual names. */
export const jsonLine: LineKind = {
  id: 'json.lines',
  native: true,
  weight: () => 0.3,
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 123) return false;
    const object = parseObject(line);
    if (!object) return false;
    const time = firstText(object, 'time', 'timestamp', '@timestamp', 'ts', 'asctime', 'eventTime', 'date');
    const ts = isoAt(time, 0);
    const epoch = !Number.isNaN(ts) ? Number.NaN : epochMicros(time);
    if (Number.isNaN(ts) && Number.isNaN(epoch)) return false;
    draft.parsed = true;
    place(draft, member);
    draft.tsWall = !Number.isNaN(ts) ? ts : epoch;
    draft.tsKind = !Number.isNaN(ts) && !cursor.zoned ? TS_KIND.wall : TS_KIND.absolute;
    if (draft.tsKind === TS_KIND.wall) epochBeside(object, ts, member, draft.component);
    const level = firstText(object, 'level', 'levelname', 'severity', 'lvl');
    draft.level = levelOf(level);
    if (draft.level !== -1) draft.nativeLevel = level;
    draft.message = firstText(object, 'message', 'msg', 'event', 'MESSAGE') || line;
    draft.logger = firstText(object, 'logger', 'name');
    const ip = firstText(object, 'remote_addr', 'client_ip', 'src_ip', 'ip');
    if (isIp(ip)) {
      draft.srcIp = ip;
      draft.entity('ip', ip, 'client');
    }
    draft.fields = openObject(line, object);
    return true;
  },
  joins: () => false,
  samples: [
    {
      text: '{"ts":1795195597.25,"level":"warn","msg":"slow \\u00e9","n":1}',
      gives: [
        {
          level: 'warning',
          nativeLevel: 'warn',
          system: 'other',
          message: 'slow \u00e9',
          time: '2026-11-20T17:26:37.250000Z',
          fields: { n: 1 },
        },
      ],
    },
  ],
};

/** Epoch seconds, milliseconds, microseconds or nanoseconds as text. NaN when it is no such number. */
export function epochMicros(text: string): number {
  if (!/^\d{9,19}(?:\.\d{1,9})?$/.test(text)) return Number.NaN;
  const whole = text.indexOf('.') === -1 ? text.length : text.indexOf('.');
  // Nanoseconds of today have more digits than a number holds: their last three are cut off as text.
  if (whole > 17) return Number(text.slice(0, whole - 3));
  const value = Number(text);
  const us = whole <= 11 ? value * 1e6 : whole <= 14 ? value * 1e3 : value;
  return Math.round(us);
}

/** A line that states local time and, in a field of its own, seconds of the epoch. */
export function epochBeside(object: JsonObject, wall: number, member: Member, writer: string): void {
  const epoch = epochMicros(firstText(object, 'timestamp_ns', 'created', 'epoch', 'unix_time'));
  if (!Number.isNaN(epoch)) member.zoneSeen(wall, epoch, ZONE_WHY.epoch, writer);
}

const LEVEL_WORD =
  /^[\s[(|:-]{0,4}(TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|CRIT(?:ICAL)?|FATAL|SEVERE)\b[\])|:\s-]{0,4}/i;

/** A zone that stands apart, as Gunicorn and Ruby write it. */
const ZONE_APART = /^ [+-]\d{4}(?=[\] ])/;

/** Text with an ISO 8601 or RFC 3339 time in front, in brackets or not. */
export const timedText: LineKind = {
  id: 'text.timed',
  weight: () => 0.2,
  read(line, draft, member) {
    const bracket = line.charCodeAt(0) === 91 ? 1 : 0;
    const c = line.charCodeAt(bracket);
    if (!(c >= 48 && c <= 57)) return false;
    let ts = isoAt(line, bracket);
    if (Number.isNaN(ts)) return false;
    let at = cursor.end;
    let zoned = cursor.zoned;
    if (!zoned && line.charCodeAt(at) === 32 && ZONE_APART.test(line.slice(at, at + 7))) {
      const minutes = zoneAt(line, at);
      if (!Number.isNaN(minutes)) {
        ts -= minutes * MINUTE_US;
        at = cursor.end;
        zoned = true;
      }
    }
    if (bracket === 1) {
      if (line.charCodeAt(at) !== 93) return false;
      at++;
    }
    const next = line.charCodeAt(at);
    if (!Number.isNaN(next) && next !== 32 && next !== 9 && next !== 58 && next !== 44 && next !== 124)
      return false;
    draft.parsed = true;
    place(draft, member);
    draft.tsWall = ts;
    draft.tsKind = zoned ? TS_KIND.absolute : TS_KIND.wall;
    let rest = line.slice(at).replace(/^[\s:,|-]{1,8}/, '');
    const level = LEVEL_WORD.exec(rest.slice(0, 24));
    if (level) {
      draft.level = levelOf(level[1] as string);
      draft.nativeLevel = level[1] as string;
      rest = rest.slice(level[0].length);
    } else takeOutputLevel(draft, line);
    draft.message = rest;
    return true;
  },
  joins: (line) => /^(?:\s+\S|Traceback |Caused by: |[\w.]+(?:Error|Exception): )/.test(line),
  samples: [
    {
      path: 'web/gunicorn.log',
      text: '[2026-11-20 18:20:47 +0100] [7] [INFO] Booting worker with pid: 7\n2026-11-20 17:20:48,250 CRIT Supervisor is running as root.\n2026-11-20 17:20:49,250 - mylib - ERROR - no such table',
      gives: [
        {
          time: '2026-11-20T17:20:47.000000Z',
          level: 'info',
          nativeLevel: 'INFO',
          message: '[7] [INFO] Booting worker with pid: 7',
        },
        { level: 'critical', nativeLevel: 'CRIT', message: 'Supervisor is running as root.' },
        { level: 'error', time: '2026-11-20T17:20:49.250000Z' },
      ],
    },
    {
      text: '2026-11-20T17:20:47.5+01:00 [WARN] disk slow\n  at x\nplain',
      gives: [
        {
          time: '2026-11-20T16:20:47.500000Z',
          level: 'warning',
          message: 'disk slow\n  at x',
          system: 'other',
          lines: 2,
        },
        { parsed: false, message: 'plain' },
      ],
    },
  ],
};

export const other: Format = {
  id: 'text',
  system: 'other',
  kinds: [webAccess, pythonHttp, jsonLine, dmesg, timedText],
  text(line, draft) {
    draft.system = 'other';
    draft.message = line;
  },
};
