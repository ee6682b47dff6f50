// Columns, entities and meaning of a line of a CNCF Distribution registry, whatever formatter wrote it.
// Facts: distribution 2.6 to 3.1 sources and runs, see docs/formats/registry.md.

import type { Member } from '../kind.ts';
import { request } from '../kind.ts';
import type { Draft } from '../record.ts';
import { hostOf, isIp, put, putJson, putMembers, putNumber } from '../text.ts';
import { SLOT } from './registry-keys.ts';
import { registryMeaning } from './registry-lexicon.ts';
import { putUri, requestPath } from './registry-uri.ts';

/** The members of a registry line that columns, entities and meanings are made from, by slot. */
export class RegistryParts {
  readonly values: string[] = new Array(SLOT.last + 1).fill('');
  /** One bit for each slot that the line has. */
  has = 0;

  clear(): void {
    this.has = 0;
  }

  take(slot: number, value: string): void {
    this.values[slot] = value;
    if (value !== '') this.has |= 1 << slot;
  }

  /** '' = absent. */
  get(slot: number): string {
    return (this.has & (1 << slot)) === 0 ? '' : (this.values[slot] as string);
  }
}

const REQUEST = (1 << SLOT.method) | (1 << SLOT.uri);
const TIMED = (1 << SLOT.duration) | (1 << SLOT.millis);
const VARS = (1 << SLOT.name) | (1 << SLOT.digest) | (1 << SLOT.upload);
/** What few lines have. */
const RARE =
  (1 << SLOT.user) | (1 << SLOT.instance) | (1 << SLOT.errorCode) | (1 << SLOT.peer) | TIMED | VARS;

const CARRIED_TASK = /\btask(?:_id)?[=/:]([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\b/i;

/** A client that names the Celery task it works for in its User-Agent (seen: `celery-deployer/1.0 task=<uuid>`) links two systems. */
export function mentionCarriedTask(draft: Draft, agent: string): void {
  if (agent.indexOf('task') === -1) return;
  const id = CARRIED_TASK.exec(agent)?.[1];
  if (id) draft.entity('celery_task', id.toLowerCase(), 'carried');
}

/** The last remote address. */
const client = { remote: '', host: '', isIp: false, claimed: false };

/**
 * The client as `http.request.remoteaddr` or a notification's `request.addr` gives it. The registry takes the first address
 * of X-Forwarded-For, else X-Real-Ip, from anyone; such an address has no port, that of the socket always has one.
 */
export function putClient(draft: Draft, remote: string): void {
  if (remote !== client.remote) {
    client.remote = remote;
    client.host = hostOf(remote);
    client.isIp = isIp(client.host);
    client.claimed = client.isIp && client.host === remote;
  }
  if (client.isIp) draft.srcIp = client.host;
  draft.entity(client.isIp ? 'ip' : 'host', client.host, 'client');
  if (client.claimed) putJson(draft, 'src_ip_basis', '"header"');
}

const apiCodes = new Map<string, string>();

/** `BLOB_UNKNOWN` for `blob unknown`: the code as the API's answer names it. */
function apiCode(words: string): string {
  let code = apiCodes.get(words);
  if (code === undefined) {
    code = /^[A-Za-z][A-Za-z_ ]{2,60}$/.test(words) ? words.toUpperCase().replaceAll(' ', '_') : '';
    if (apiCodes.size < 500) apiCodes.set(words, code);
  }
  return code;
}

/** Opening of the field for a duration in ms by the digits before its point; the point moves by three places. */
const MILLIS = ['', ',"duration_s":0.00', ',"duration_s":0.0', ',"duration_s":0.'] as const;

/**
 * Adds the seconds of a Go duration (`55.565\xc2\xb5s`, `4.62ms`, `1m2.5s`). Most are in ms: their decimal point is moved in
 * the text, because a number made and written again takes longer.
 */
function putSeconds(draft: Draft, text: string): void {
  const length = text.length;
  if (text.charCodeAt(length - 2) === 109 && length < 16) {
    const dot = text.indexOf('.');
    const whole = dot === -1 ? length - 2 : dot;
    if (whole >= 1 && whole <= 3 && numberEnd(text, 0) === length - 2) {
      putMembers(
        draft,
        MILLIS[whole] + text.slice(0, whole) + (dot === -1 ? '' : text.slice(dot + 1, length - 2)),
      );
      return;
    }
  }
  const seconds = goSeconds(text);
  if (!Number.isNaN(seconds)) putJson(draft, 'duration_s', String(seconds));
}

/** End of `12` or `1.25` at `from`; `from` when no number stands there. */
function numberEnd(text: string, from: number): number {
  let at = from;
  let c = text.charCodeAt(at);
  while (c >= 48 && c <= 57) c = text.charCodeAt(++at);
  if (c !== 46 || at === from) return at;
  const dot = at;
  c = text.charCodeAt(++at);
  while (c >= 48 && c <= 57) c = text.charCodeAt(++at);
  return at === dot + 1 ? from : at;
}

const UNITS: Record<string, number> = {
  ns: 1e-9,
  us: 1e-6,
  '\xc2\xb5s': 1e-6,
  '\xce\xbcs': 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};

/** Seconds of a Go duration, a byte string; NaN when it is none. */
export function goSeconds(text: string): number {
  if (text.length > 40) return Number.NaN;
  if (text === '0') return 0;
  let at = text.charCodeAt(0) === 45 ? 1 : 0;
  const sign = at === 1 ? -1 : 1;
  let total = 0;
  do {
    const end = numberEnd(text, at);
    if (end === at) return Number.NaN;
    let unitEnd = end;
    while (unitEnd < text.length && !(text.charCodeAt(unitEnd) <= 57)) unitEnd++;
    const unit = text.slice(end, unitEnd);
    if (!Object.hasOwn(UNITS, unit)) return Number.NaN;
    total += Number(text.slice(at, end)) * (UNITS[unit] as number);
    at = unitEnd;
  } while (at < text.length);
  return (sign * Math.round(total * 1e9)) / 1e9;
}

/** Columns, entities and meaning of an application line, once its fields are in the draft. */
export function registryRecord(draft: Draft, message: string, parts: RegistryParts, member: Member): void {
  draft.system = 'registry';
  draft.component = 'app';
  draft.message = message;
  const has = parts.has;
  if ((has & REQUEST) !== 0) {
    const method = parts.get(SLOT.method);
    const uri = parts.get(SLOT.uri);
    const status = (has & (1 << SLOT.status)) === 0 ? -1 : statusOf(parts.get(SLOT.status));
    request(draft, method, requestPath(method, uri), status);
    putUri(draft, method, uri);
  }
  if ((has & (1 << SLOT.remote)) !== 0 && (has & (1 << SLOT.peer)) === 0) {
    putClient(draft, parts.get(SLOT.remote));
  }
  if ((has & (1 << SLOT.agent)) !== 0) mentionCarriedTask(draft, parts.get(SLOT.agent));
  if ((has & (1 << SLOT.id)) !== 0) draft.entity('http_request', parts.get(SLOT.id), 'request');
  if ((has & RARE) !== 0) rareParts(draft, parts, has);
  registryMeaning(message, draft, member, parts);
}

/** A status of three digits, -1 for anything else. */
function statusOf(text: string): number {
  if (text.length !== 3) return -1;
  const hundreds = text.charCodeAt(0) - 48;
  const tens = text.charCodeAt(1) - 48;
  const ones = text.charCodeAt(2) - 48;
  if (!(hundreds >= 1 && hundreds <= 9 && tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9)) return -1;
  return hundreds * 100 + tens * 10 + ones;
}

function rareParts(draft: Draft, parts: RegistryParts, has: number): void {
  if ((has & (1 << SLOT.peer)) !== 0) putPeer(draft, parts.get(SLOT.remote), parts.get(SLOT.peer));
  if ((has & TIMED) !== 0) {
    if ((has & (1 << SLOT.duration)) !== 0) putSeconds(draft, parts.get(SLOT.duration));
    else putNumber(draft, 'duration_s', Number(parts.get(SLOT.millis)) / 1000);
  }
  if ((has & (1 << SLOT.user)) !== 0) {
    const user = parts.get(SLOT.user);
    draft.userName = user;
    draft.entity('user', user, 'user');
  }
  // Lines of no request (start, background work) name the life of the process; notifications of its requests do too.
  if ((has & (1 << SLOT.instance)) !== 0 && (has & (1 << SLOT.id)) === 0) {
    draft.entity('registry_instance', parts.get(SLOT.instance), 'self');
  }
  if ((has & (1 << SLOT.errorCode)) !== 0) {
    const code = apiCode(parts.get(SLOT.errorCode));
    if (code !== '') putJson(draft, 'registry.error_code', `"${code}"`);
  }
  if ((has & VARS) !== 0 && (has & (1 << SLOT.uri)) === 0) putVars(draft, parts);
}

/** A line that says what it is about without a URI. */
function putVars(draft: Draft, parts: RegistryParts): void {
  const name = parts.get(SLOT.name);
  const reference = parts.get(SLOT.reference);
  const digest = parts.get(SLOT.digest);
  const upload = parts.get(SLOT.upload);
  if (name !== '') {
    put(draft, 'repository', name);
    draft.entity('image_repository', name, 'target');
  }
  if (reference !== '') {
    put(draft, 'reference', reference);
    if (reference.indexOf(':') !== -1) draft.entity('image_digest', reference, 'target');
    else if (name !== '') draft.entity('image_tag', `${name}:${reference}`, 'target');
  }
  if (digest !== '') {
    put(draft, 'digest', digest);
    draft.entity('image_digest', digest, 'target');
  }
  if (upload !== '') {
    put(draft, 'upload', upload);
    draft.entity('registry_upload', upload, 'target');
  }
}

/** GitLab's lines say both: `remote_ip`, which may come from a header, and `remote_addr`, the socket. */
function putPeer(draft: Draft, remote: string, peer: string): void {
  const socket = hostOf(peer);
  if (remote !== '' && remote !== socket) {
    putClient(draft, remote);
    if (isIp(socket)) draft.entity('ip', socket, 'peer');
  } else if (isIp(socket)) {
    draft.srcIp = socket;
    draft.entity('ip', socket, 'client');
  }
}
