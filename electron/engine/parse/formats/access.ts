// Apache combined (and common) access lines, as the registry's gorilla handler, aiohttp and web servers write them.
import { closingQuote } from '../text.ts';
import { accessTimeAt, cursor } from '../time.ts';

/** Parts of the last access line read. `end` is where its user agent ended. */
export const access = {
  ip: '',
  ident: '',
  user: '',
  time: Number.NaN,
  zoned: false,
  offsetMinutes: 0,
  method: '',
  uri: '',
  protocol: '',
  status: -1,
  bytes: '',
  micros: '',
  referer: '',
  agent: '',
  /** Where the agent starts in the line, -1 without one. */
  agentAt: -1,
};

/**
 * Reads `ip [ident user] [time zone] "METHOD uri HTTP/x" status size ["referer" "agent"]` from `from` to the end of the
 * line. Ray's dashboard leaves ident and user out, quotes with `'` and adds ` bytes <n> us`. The client chooses uri, referer
 * and agent, so quotes inside them are not trusted: the protocol mark and the last quotes decide.
 */
export function readAccess(line: string, from: number): boolean {
  const open = line.indexOf(' [', from);
  if (open === -1 || open - from > 400) return false;
  const close = line.indexOf('] ', open + 2);
  if (close === -1 || close - open > 40) return false;
  const time = accessTimeAt(line, open + 2);
  if (Number.isNaN(time) || cursor.end !== close) return false;
  const zoned = cursor.zoned;
  const offset = cursor.offsetMinutes;
  const mark = line.charCodeAt(close + 2);
  if (mark !== 34 && mark !== 39) return false;
  const q = mark === 34 ? '"' : "'";

  const start = close + 3;
  const blank = line.indexOf(' ', start);
  const proto = line.indexOf(` HTTP/`, start);
  let uriEnd = proto;
  let requestEnd = proto === -1 ? -1 : line.indexOf(q, proto + 6);
  if (requestEnd !== -1 && requestEnd - proto > 12) requestEnd = -1;
  if (requestEnd === -1) {
    requestEnd = line.indexOf(`${q} `, start);
    uriEnd = requestEnd;
    if (requestEnd === -1) return false;
  }
  const status = three(line, requestEnd + 2);
  if (status === -1) return false;

  const sizeStart = requestEnd + 6;
  let sizeEnd = line.indexOf(' ', sizeStart);
  if (sizeEnd === -1) sizeEnd = line.length;
  let rest = sizeEnd + 1;
  access.micros = '';
  if (line.startsWith('bytes ', rest)) {
    rest += 6;
    const us = line.indexOf(' us ', rest);
    if (us !== -1 && us - rest < 20) {
      access.micros = line.slice(rest, us);
      rest = us + 4;
    }
  }

  if (blank !== -1 && blank <= uriEnd && blank - start <= 20) {
    access.method = line.slice(start, blank);
    access.uri = line.slice(blank + 1, uriEnd);
    access.protocol = requestEnd > uriEnd ? line.slice(uriEnd + 1, requestEnd) : '';
  } else {
    access.method = '';
    access.uri = line.slice(start, requestEnd);
    access.protocol = '';
  }
  const host = line.indexOf(' ', from);
  access.ip = line.slice(from, host);
  access.ident = '';
  access.user = '';
  if (host < open) {
    const second = line.indexOf(' ', host + 1);
    access.ident = line.slice(host + 1, second);
    access.user = second < open ? line.slice(second + 1, open) : '';
  }
  access.time = time;
  access.zoned = zoned;
  access.offsetMinutes = offset;
  access.status = status;
  access.bytes = line.slice(sizeStart, sizeEnd);
  access.referer = '';
  access.agent = '';
  access.agentAt = -1;
  if (line.charCodeAt(rest) === mark) {
    const gap = `${q} ${q}`;
    let middle = line.indexOf(gap, rest + 1);
    if (middle === -1) middle = line.indexOf(gap, rest);
    if (middle !== -1) {
      access.referer = line.slice(rest + 1, middle);
      const last = line.charCodeAt(line.length - 1) === mark ? line.length - 1 : line.lastIndexOf(q);
      access.agentAt = middle + 3;
      access.agent = line.slice(middle + 3, last > middle + 2 ? last : line.length);
    }
  }
  return true;
}

/**
 * What stands behind the user agent of the last line, for writers that escape quotes: there the agent ends at its first quote
 * that is not escaped. '' when nothing does.
 */
export function takeTail(line: string): string {
  const from = access.agentAt;
  if (from === -1) return '';
  const end = closingQuote(line, from);
  if (end === -1 || end === line.length - 1) return '';
  access.agent = line.slice(from, end);
  return line.slice(end + 1);
}

export function three(s: string, i: number): number {
  const a = s.charCodeAt(i) - 48;
  const b = s.charCodeAt(i + 1) - 48;
  const c = s.charCodeAt(i + 2) - 48;
  if (!(a >= 1 && a <= 9 && b >= 0 && b <= 9 && c >= 0 && c <= 9)) return -1;
  const next = s.charCodeAt(i + 3);
  return next === 32 || Number.isNaN(next) ? a * 100 + b * 10 + c : -1;
}
