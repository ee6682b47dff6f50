// What the lines of a CNCF Distribution registry mean, whatever formatter wrote them.
// Facts: distribution 2.8 and 3.x sources and runs, see docs/formats/registry.md.

import type { Member } from '../kind.ts';
import { request } from '../kind.ts';
import { between, Lexicon, says, wordAfter } from '../lexicon.ts';
import type { Draft } from '../record.ts';
import { closingQuote, hostOf, isIp, pathOf, put, putIf, putMembers, quote, unescapeGo } from '../text.ts';
import { SLOT } from './registry-keys.ts';

/** The members of a registry line that columns, entities and meanings are made from. '' = absent. */
export class RegistryParts {
  id = '';
  method = '';
  uri = '';
  remote = '';
  status = '';
  user = '';
  name = '';
  reference = '';
  digest = '';
  errorCode = '';
  agent = '';

  clear(): void {
    this.id = '';
    this.method = '';
    this.uri = '';
    this.remote = '';
    this.status = '';
    this.user = '';
    this.name = '';
    this.reference = '';
    this.digest = '';
    this.errorCode = '';
    this.agent = '';
  }

  take(slot: number, value: string): void {
    switch (slot) {
      case SLOT.id:
        this.id = value;
        break;
      case SLOT.method:
        this.method = value;
        break;
      case SLOT.uri:
        this.uri = value;
        break;
      case SLOT.remote:
        this.remote = value;
        break;
      case SLOT.status:
        this.status = value;
        break;
      case SLOT.user:
        this.user = value;
        break;
      case SLOT.name:
        this.name = value;
        break;
      case SLOT.reference:
        this.reference = value;
        break;
      case SLOT.digest:
        this.digest = value;
        break;
      case SLOT.errorCode:
        this.errorCode = value;
        break;
      case SLOT.agent:
        this.agent = value;
        break;
    }
  }
}

/** Last `parseUri` answer. */
const uriParts = { repository: '', reference: '', digest: '', operation: '', upload: '' };

/** Repository, reference, digest and operation of a registry API request. `uri` is raw, query included. */
function parseUri(method: string, uri: string): void {
  uriParts.repository = '';
  uriParts.reference = '';
  uriParts.digest = '';
  uriParts.operation = '';
  uriParts.upload = '';
  if (!uri.startsWith('/v2')) return;
  const q = uri.indexOf('?');
  const path = q === -1 ? uri : uri.slice(0, q);
  if (path === '/v2/' || path === '/v2') {
    uriParts.operation = 'api_check';
    return;
  }
  if (path === '/v2/_catalog') {
    uriParts.operation = 'catalog_list';
    return;
  }
  if (path.endsWith('/tags/list')) {
    uriParts.repository = path.slice(4, -10);
    uriParts.operation = 'tags_list';
    return;
  }
  let at = path.lastIndexOf('/manifests/');
  if (at > 4) {
    uriParts.repository = path.slice(4, at);
    const reference = path.slice(at + 11);
    uriParts.reference = reference;
    if (reference.indexOf(':') !== -1) uriParts.digest = reference;
    uriParts.operation = (Object.hasOwn(MANIFEST, method) && MANIFEST[method]) || 'manifest_other';
    return;
  }
  at = path.lastIndexOf('/blobs/');
  if (at <= 4) return;
  uriParts.repository = path.slice(4, at);
  const rest = path.slice(at + 7);
  if (!rest.startsWith('uploads')) {
    uriParts.digest = rest;
    uriParts.operation = (Object.hasOwn(BLOB, method) && BLOB[method]) || 'blob_other';
    return;
  }
  if (rest.charCodeAt(7) === 47) uriParts.upload = rest.slice(8);
  if (q !== -1) {
    const digest = queryValue(uri, q, 'digest') || queryValue(uri, q, 'mount');
    if (digest) uriParts.digest = digest;
  }
  uriParts.operation =
    method === 'POST'
      ? q !== -1 && uri.indexOf('mount=', q) !== -1
        ? 'blob_mount'
        : 'upload_start'
      : method === 'PATCH'
        ? 'upload_chunk'
        : method === 'PUT'
          ? 'upload_commit'
          : method === 'DELETE'
            ? 'upload_cancel'
            : 'upload_status';
}

type Verbs = Record<string, string | undefined>;
const MANIFEST: Verbs = {
  GET: 'manifest_pull',
  HEAD: 'manifest_check',
  PUT: 'manifest_push',
  DELETE: 'manifest_delete',
};
const BLOB: Verbs = { GET: 'blob_pull', HEAD: 'blob_check', PUT: 'blob_push', DELETE: 'blob_delete' };

function queryValue(uri: string, from: number, key: string): string {
  const mark = `${key}=`;
  let at = uri.indexOf(mark, from);
  while (at > 0 && uri.charCodeAt(at - 1) !== 63 && uri.charCodeAt(at - 1) !== 38)
    at = uri.indexOf(mark, at + 1);
  if (at <= 0) return '';
  const end = uri.indexOf('&', at);
  const value = end === -1 ? uri.slice(at + mark.length) : uri.slice(at + mark.length, end);
  return value.replace(/%3a/i, ':');
}

/** What the last URI means: the lines of one request stand together. */
const target = {
  method: '\0',
  uri: '',
  path: '',
  operation: '',
  members: '',
  repository: '',
  tag: '',
  digest: '',
  upload: '',
};

function resolve(method: string, uri: string): void {
  const t = target;
  if (uri === t.uri && method === t.method) return;
  parseUri(method, uri);
  const p = uriParts;
  t.method = method;
  t.uri = uri;
  t.path = pathOf(uri);
  t.operation = p.operation;
  t.repository = p.repository;
  t.digest = p.repository === '' ? '' : p.digest;
  t.tag =
    p.repository === '' || p.reference === '' || p.digest !== '' ? '' : `${p.repository}:${p.reference}`;
  t.upload = p.repository === '' ? '' : p.upload;
  t.members = '';
  if (p.operation === '') return;
  t.members = `,"registry.operation":"${p.operation}"`;
  if (p.repository === '') return;
  t.members += `,"repository":${quote(p.repository)}`;
  if (p.reference !== '') t.members += `,"reference":${quote(p.reference)}`;
  if (p.digest !== '') t.members += `,"digest":${quote(p.digest)}`;
}

/** Path of a registry request's URI. */
export function requestPath(method: string, uri: string): string {
  resolve(method, uri);
  return target.path;
}

/** Fields and entities derived from the URI of a registry request. */
export function putUri(draft: Draft, method: string, uri: string): void {
  resolve(method, uri);
  const t = target;
  if (t.operation === '') return;
  putMembers(draft, t.members);
  if (t.repository === '') return;
  draft.entity('image_repository', t.repository, 'target');
  if (t.tag !== '') draft.entity('image_tag', t.tag, 'target');
  if (t.digest !== '') draft.entity('image_digest', t.digest, 'target');
  if (t.upload !== '') draft.entity('registry_upload', t.upload, 'target');
}

const DIGEST = /sha256:[0-9a-f]{64}/;

const LEXICON = new Lexicon([
  says('response completed with error', 'api/http_request/failure'),
  says('response completed', 'api/http_request/success'),
  says('authorizing request', 'authorization/authorize_request/unknown'),
  says('authorized request', 'authorization/authorize_request/success'),
  says('error authenticating user ', 'authentication/login/failure', (msg, draft) => {
    const open = msg.indexOf('"');
    const close = open === -1 ? -1 : closingQuote(msg, open + 1);
    if (close === -1) return;
    const user = unescapeGo(msg.slice(open + 1, close));
    put(draft, 'user.attempted', user);
    putIf(draft, 'reason', msg.slice(close + 3));
    draft.entity('user', user, 'attempted');
  }),
  says('error authorizing context: ', 'authorization/authorize_request/failure', (msg, draft) => {
    const rest = msg.slice(27);
    putIf(draft, 'auth.scheme', /^(basic|token|authorization token|bearer)/.exec(rest)?.[1]);
    putIf(draft, 'auth.realm', between(rest, 'realm "', '"'));
    const colon = rest.lastIndexOf(': ');
    if (colon !== -1) put(draft, 'reason', rest.slice(colon + 2));
  }),
  says('Deleting blob: ', 'storage/blob_delete/success', mentionDigestPath),
  says('deleting manifest: ', 'storage/manifest_delete/success', mentionDigest),
  says('deleting manifest tag reference: ', 'storage/tag_delete/success'),
  says('Deleting repo: ', 'storage/repository_delete/success'),
  says('configuring endpoint ', 'configuration/endpoint_configure/success', (msg, draft) => {
    const url = between(msg, '(', ')');
    putIf(draft, 'endpoint.url', url);
    if (url) draft.entity('url', url, 'mentioned');
  }),
  says('listening on ', 'process/start/success', (msg, draft) => putIf(draft, 'listen', msg.slice(13))),
  says('debug server listening ', 'configuration/debug_server/success', (msg, draft) =>
    putIf(draft, 'listen', msg.slice(23)),
  ),
  says('stopping server gracefully', 'process/stop/success'),
  says('No HTTP secret provided', 'configuration/weak_secret/failure'),
  says('restricting TLS ', 'configuration/tls_restrict/success'),
  says('configured "', 'configuration/access_controller/success'),
  says('retryingsink: ', 'audit/notification_send/failure', sinkUrl),
  says('httpSink: ', 'audit/notification_send/failure', sinkUrl),
  says('encountered too many errors', 'audit/notification_send/failure', sinkUrl),
  says('client disconnected during ', 'network/client_disconnect/failure'),
  says('canonical digest does match provided digest', 'storage/digest_verify/failure'),
  says('payload digest does match: ', 'storage/digest_verify/failure'),
  says('error resolving upload: ', 'storage/upload_resume/failure'),
  says('error parsing digest', 'api/digest_parse/failure'),
  says('PurgeUploads starting', 'storage/upload_purge/unknown'),
  says('Purge uploads finished', 'storage/upload_purge/success'),
  says('Starting upload purge', 'storage/upload_purge/unknown'),
  says('Error starting ', 'process/start/failure'),
  says('…no space left on device', 'storage/write/failure'),
  says('…panic', 'process/crash/failure'),
]);

function mentionDigest(msg: string, draft: Draft): void {
  const digest = DIGEST.exec(msg)?.[0];
  if (!digest) return;
  put(draft, 'digest', digest);
  draft.entity('image_digest', digest, 'target');
}

function mentionDigestPath(msg: string, draft: Draft): void {
  const hex = /sha256\/[0-9a-f]{2}\/([0-9a-f]{64})/.exec(msg)?.[1];
  if (!hex) {
    mentionDigest(msg, draft);
    return;
  }
  put(draft, 'digest', `sha256:${hex}`);
  draft.entity('image_digest', `sha256:${hex}`, 'target');
}

function sinkUrl(msg: string, draft: Draft): void {
  const url = between(msg, 'httpSink{', '}') || wordAfter(msg, 'Post "');
  if (!url) return;
  put(draft, 'endpoint.url', url);
  draft.entity('url', url, 'mentioned');
}

const CARRIED_TASK = /\btask(?:_id)?[=/:]([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})\b/i;

/** A client that names the Celery task it works for in its User-Agent (seen: `celery-deployer/1.0 task=<uuid>`) links two systems. */
export function mentionCarriedTask(draft: Draft, agent: string): void {
  if (agent.indexOf('task') === -1) return;
  const id = CARRIED_TASK.exec(agent)?.[1];
  if (id) draft.entity('celery_task', id.toLowerCase(), 'carried');
}

/** The last remote address. */
const client = { remote: '', host: '', isIp: false };

const INSTANCE = /"instance\.id":"([\w-]{1,64})"/;

/** Lines of no request (start, background work) name the life of the process; notifications of its requests do too. */
function mentionInstance(draft: Draft): void {
  const at = draft.fields.indexOf('"instance.id":"');
  const id = at === -1 ? undefined : INSTANCE.exec(draft.fields.slice(at, at + 96))?.[1];
  if (id) draft.entity('registry_instance', id, 'self');
}

/** Columns, entities and meaning of an application line, once its fields are in the draft. */
export function registryRecord(draft: Draft, message: string, parts: RegistryParts, member: Member): void {
  draft.system = 'registry';
  draft.component = 'app';
  draft.message = message;
  const status = parts.status === '' ? -1 : Number(parts.status);
  if (parts.method !== '' || parts.uri !== '') {
    const path = requestPath(parts.method, parts.uri);
    request(draft, parts.method, path, Number.isFinite(status) ? status : -1);
    putUri(draft, parts.method, parts.uri);
  }
  if (parts.remote !== '') {
    if (parts.remote !== client.remote) {
      client.remote = parts.remote;
      client.host = hostOf(parts.remote);
      client.isIp = isIp(client.host);
    }
    if (client.isIp) draft.srcIp = client.host;
    draft.entity(client.isIp ? 'ip' : 'host', client.host, 'client');
  }
  mentionCarriedTask(draft, parts.agent);
  if (parts.id !== '') draft.entity('http_request', parts.id, 'request');
  else mentionInstance(draft);
  if (parts.user !== '') {
    draft.userName = parts.user;
    draft.entity('user', parts.user, 'user');
  }
  if (parts.name !== '' && parts.uri === '') draft.entity('image_repository', parts.name, 'target');
  const wide = draft.level >= 4 && parts.uri === '';
  LEXICON.apply(message, draft, member, wide);
}
