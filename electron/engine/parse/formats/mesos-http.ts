// Requests as masters and agents log them, and the audit lines of DC/OS.
import type { Member } from '../kind.ts';
import { request } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { byteString, digitsEnd, hasControls, isIp, pathOf, piece, put, standsAt } from '../text.ts';
import { cursor, isoAt, SECOND_US } from '../time.ts';
import { ZONE_WHY } from '../zone-runs.ts';
import { pathIds } from './mesos-ids.ts';

const ANSWERED = /^: '(\d{3})[^']{0,80}' after ([\d.e+-]{1,24})(ns|us|ms|secs|mins)/;
const HTTP = /^HTTP ([A-Z]{2,12}) for (\S{1,4000})(?: from ([\d.]{7,15}|\[[0-9a-f:]{2,45}\]):(\d{1,5}))?/;

/** The last request read: up to the client's address, where it is stated. */
const head = { method: '', uri: '', ip: '', port: '', end: 0 };

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD'];

/** `HTTP METHOD for /path from a.b.c.d:port ` of the common methods, blank by blank; false for every other form. */
function readCommonHttp(msg: string): boolean {
  const methodEnd = msg.indexOf(' ', 5);
  const method = METHODS.find((name) => methodEnd === 5 + name.length && msg.startsWith(name, 5));
  if (method === undefined || !msg.startsWith(' for /', methodEnd)) return false;
  const uriEnd = msg.indexOf(' ', methodEnd + 5);
  if (uriEnd === -1 || uriEnd > 4000 || !msg.startsWith(' from ', uriEnd)) return false;
  const colon = msg.indexOf(':', uriEnd + 6);
  const ip = msg.slice(uriEnd + 6, colon);
  const end = digitsEnd(msg, colon + 1);
  const after = msg.charCodeAt(end);
  if (colon === -1 || ip.charCodeAt(0) === 91 || !isIp(ip) || end === colon + 1 || end - colon > 6)
    return false;
  if (ip.indexOf(':') !== -1 || (after !== 32 && after !== 58)) return false;
  head.method = method;
  head.uri = msg.slice(methodEnd + 5, uriEnd);
  head.ip = ip;
  head.port = msg.slice(colon + 1, end);
  head.end = end;
  return true;
}

function readHttp(msg: string): boolean {
  // Blanks beyond ASCII and control characters are the pattern's business.
  if (!piece.high && !hasControls(msg) && readCommonHttp(msg)) return true;
  const m = HTTP.exec(msg.length > 6000 ? msg.slice(0, 6000) : msg);
  if (!m) return false;
  head.method = m[1] as string;
  head.uri = m[2] as string;
  head.ip = m[3] ?? '';
  head.port = m[4] ?? '';
  head.end = m[0].length;
  return true;
}

/** `HTTP METHOD for url from ip:port …`. User-Agent and X-Forwarded-For are not escaped: the first quote to the last decide. */
export function http(msg: string, draft: Draft, plain: boolean): boolean {
  if (!readHttp(msg)) return false;
  const { uri, ip, port } = head;
  const rest = msg.slice(head.end);
  let code = -1;
  const answered = rest.startsWith(": '") ? ANSWERED.exec(rest) : null;
  if (answered) {
    code = Number(answered[1]);
    put(draft, 'duration', `${answered[2]}${answered[3]}`);
  }
  request(draft, head.method, pathOf(uri), code);
  put(draft, 'uri', uri, plain);
  put(draft, 'http.request.uri', uri, plain);
  if (ip !== '') {
    const bare = ip.charCodeAt(0) === 91 ? ip.slice(1, -1) : ip;
    put(draft, 'peer', `${ip}:${port}`, true);
    if (isIp(bare)) {
      draft.srcIp = bare;
      draft.entity('ip', bare, 'client');
    }
  }
  if (draft.component === 'mesos') {
    if (standsAt(uri, '/master', 0)) draft.component = 'master';
    else if (standsAt(uri, '/slave(', 0)) draft.component = 'agent';
  }
  if (standsAt(uri, '/files/', 0)) fileOf(uri, draft);
  if (rest.charCodeAt(0) === 32) headers(rest, draft, plain);
  return true;
}

const AGENT = " with User-Agent='";
const FORWARDED = " with X-Forwarded-For='";

/**
 * ` with User-Agent='…' with X-Forwarded-For='…'`: neither is escaped. What looks like a second header may be the end of the
 * first, so the first quote and the last decide, and where both stand the split between them is only the likeliest.
 */
function headers(rest: string, draft: Draft, plain: boolean): void {
  const end = rest.charCodeAt(rest.length - 1) === 39 ? rest.length - 1 : rest.lastIndexOf("'");
  if (standsAt(rest, AGENT, 0)) {
    const from = AGENT.length;
    const split = rest.indexOf(' with X-F') === -1 ? -1 : rest.lastIndexOf(`'${FORWARDED}`);
    if (split < from) {
      put(draft, 'http.useragent', rest.slice(from, end > from ? end : undefined), plain);
      return;
    }
    put(draft, 'http.useragent', rest.slice(from, split), plain);
    const forwarded = split + 1 + FORWARDED.length;
    put(draft, 'http.xff', rest.slice(forwarded, end >= forwarded ? end : undefined), plain);
    put(draft, 'tidemark.claimed', UNSPLIT);
  } else if (standsAt(rest, FORWARDED, 0)) {
    const from = FORWARDED.length;
    put(draft, 'http.xff', rest.slice(from, end > from - 1 ? end : undefined), plain);
  }
}

const UNSPLIT =
  'http.useragent, http.xff: Mesos does not escape the User-Agent, so the X-Forwarded-For may be a part of it';

/** The file that was asked for: `/files/read?…&path=%2Fvar%2Flog…`. */
function fileOf(uri: string, draft: Draft): void {
  const path = /[?&]path=([^&\s]{1,2000})/.exec(uri)?.[1];
  if (!path) return;
  let text = path;
  try {
    text = byteString(decodeURIComponent(path.replaceAll('+', ' ')));
  } catch {
    // Not percent-encoded UTF-8: shown as it was sent.
  }
  put(draft, 'file_path', text);
  draft.entity('file_path', text, 'read');
  pathIds(text, draft);
}

const AUDIT = /^[a-z_]{2,30}=/;
const PAIR = /([\w.]{1,40})=(?:"([^"]{0,1000})"|(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S{0,20}|[^\s"]{1,400}))/g;

/** DC/OS audit lines: `type=audit timestamp=… uid="…" object="…" action="GET" result=allow srcip=…`. */
export function audit(msg: string, draft: Draft, member: Member): boolean {
  if (!AUDIT.test(msg.slice(0, 60)) || msg.indexOf('type=audit') === -1) return false;
  const text = msg.length > 8000 ? msg.slice(0, 8000) : msg;
  for (const m of text.matchAll(PAIR)) {
    const key = m[1] as string;
    if (draft.fields.indexOf(`"${key}":`) === -1) put(draft, key, (m[2] ?? m[3]) as string);
  }
  const stamp = text.indexOf('timestamp=');
  const utc = stamp === -1 ? Number.NaN : isoAt(text, stamp + 10);
  if (cursor.zoned && draft.tsKind !== TS_KIND.absolute)
    member.zoneSeen(draft.tsWall, utc, ZONE_WHY.audit, draft.component, 5 * SECOND_US);
  const allow = /\bresult=allow\b/.test(text);
  draft.category = 'authorization';
  draft.action = 'authorize';
  draft.outcome = allow ? 'success' : /\bresult=deny\b/.test(text) ? 'failure' : 'unknown';
  const uid = /\buid="([^"]{1,200})"/.exec(text)?.[1];
  if (uid) {
    if (allow) {
      draft.userName = uid;
      draft.entity('user', uid, 'user');
    } else draft.entity('user', uid, 'attempted');
  }
  const ip = /\bsrcip=([\d.]{7,15})/.exec(text)?.[1];
  if (ip) {
    draft.srcIp = ip;
    draft.entity('ip', ip, 'client');
  }
  return true;
}
