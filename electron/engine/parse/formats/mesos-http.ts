// Requests as masters and agents log them, and the audit lines of DC/OS.
import type { Member } from '../kind.ts';
import { request } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { digitsEnd, hasControls, isIp, pathOf, piece, put } from '../text.ts';
import { cursor, isoAt, SECOND_US } from '../time.ts';
import { ZONE_WHY } from '../zone-runs.ts';

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
  const agentMark = " with User-Agent='";
  if (rest.startsWith(agentMark)) {
    // A real X-Forwarded-For is the last one on the line; what stands before it may be part of a forged agent.
    const xff = rest.indexOf(' with X-F') === -1 ? -1 : rest.lastIndexOf("' with X-Forwarded-For='");
    const end = rest.endsWith("'") ? rest.length - 1 : rest.lastIndexOf("'");
    const agentEnd = xff > agentMark.length - 1 ? xff : end;
    put(
      draft,
      'http.useragent',
      rest.slice(agentMark.length, agentEnd > agentMark.length ? agentEnd : undefined),
      plain,
    );
    if (xff > agentMark.length - 1)
      put(draft, 'http.xff', rest.slice(xff + 24, end > xff + 23 ? end : undefined));
  } else if (rest.startsWith(" with X-Forwarded-For='")) {
    const end = rest.lastIndexOf("'");
    put(draft, 'http.xff', rest.slice(23, end > 22 ? end : undefined));
  }
  return true;
}

/** DC/OS audit lines: `type=audit timestamp=… uid="…" object="…" action="GET" result=allow srcip=…`. */
export function audit(msg: string, draft: Draft, member: Member): boolean {
  if (msg.indexOf('type=audit') === -1) return false;
  const text = msg.length > 8000 ? msg.slice(0, 8000) : msg;
  for (const m of text.matchAll(/([\w.]{1,40})=(?:"([^"]{0,1000})"|([^\s"]{1,400}))/g))
    put(draft, m[1] as string, (m[2] ?? m[3]) as string);
  const stamp = text.indexOf('timestamp=');
  const utc = stamp === -1 ? Number.NaN : isoAt(text, stamp + 10);
  if (cursor.zoned && draft.tsKind !== TS_KIND.absolute)
    member.zoneSeen(draft.tsWall, utc, ZONE_WHY.audit, draft.component, 5 * SECOND_US);
  const allow = /\bresult=allow\b/.test(text);
  draft.category = 'authorization';
  draft.action = 'authorize';
  draft.outcome = allow ? 'success' : 'failure';
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
