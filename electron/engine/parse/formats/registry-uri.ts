// What a request to the registry's API asks for: repository, tag, digest, upload and operation, out of method and URI.
import type { Draft } from '../record.ts';
import { isPlainText, pathOf, putMembers, quote } from '../text.ts';

/** Last `parseUri` answer. */
const uriParts = {
  repository: '',
  reference: '',
  digest: '',
  digestKind: '',
  operation: '',
  upload: '',
  from: '',
};

function manifestVerb(method: string): string {
  switch (method) {
    case 'GET':
      return 'manifest_pull';
    case 'HEAD':
      return 'manifest_check';
    case 'PUT':
      return 'manifest_push';
    case 'DELETE':
      return 'manifest_delete';
    default:
      return 'manifest_other';
  }
}

function blobVerb(method: string): string {
  switch (method) {
    case 'GET':
      return 'blob_pull';
    case 'HEAD':
      return 'blob_check';
    case 'PUT':
      return 'blob_push';
    case 'DELETE':
      return 'blob_delete';
    default:
      return 'blob_other';
  }
}

function uploadVerb(method: string): string {
  switch (method) {
    case 'POST':
      return 'upload_start';
    case 'PATCH':
      return 'upload_chunk';
    case 'PUT':
      return 'upload_commit';
    case 'DELETE':
      return 'upload_cancel';
    default:
      return 'upload_status';
  }
}

/** Fills `uriParts`. `uri` is raw, query included; `path` is its path, which may stand under the prefix of `http.prefix`. */
function parseUri(method: string, uri: string, path: string): void {
  const p = uriParts;
  p.repository = '';
  p.reference = '';
  p.digest = '';
  p.digestKind = '';
  p.operation = '';
  p.upload = '';
  p.from = '';
  let root = 0;
  if (!path.startsWith('/v2')) {
    root = path.indexOf('/v2/');
    if (root <= 0 || root > 100) return;
  }
  const name = root + 4;
  if (path.length <= name) {
    if (root === 0 && (path.length === name || path === '/v2')) p.operation = 'api_check';
    return;
  }
  if (path.charCodeAt(root + 3) !== 47) return;
  if (path.startsWith('_catalog', name) && path.length <= name + 9) {
    p.operation = 'catalog_list';
    return;
  }
  if (path.endsWith('/tags/list') && path.length > name + 10) {
    p.repository = path.slice(name, -10);
    p.operation = 'tags_list';
    return;
  }
  let at = path.lastIndexOf('/manifests/');
  if (at > name - 1) {
    const reference = plainColon(path.slice(at + 11));
    p.repository = path.slice(name, at);
    p.reference = reference;
    if (reference.indexOf(':') !== -1) {
      p.digest = reference;
      p.digestKind = 'manifest';
    }
    p.operation = manifestVerb(method);
    return;
  }
  at = path.lastIndexOf('/referrers/');
  if (at > name - 1) {
    p.repository = path.slice(name, at);
    p.digest = plainColon(path.slice(at + 11));
    p.digestKind = 'manifest';
    p.operation = 'referrers_list';
    return;
  }
  at = path.lastIndexOf('/blobs/');
  if (at <= name - 1) return;
  p.repository = path.slice(name, at);
  const rest = path.slice(at + 7);
  if (rest !== 'uploads' && !rest.startsWith('uploads/')) {
    p.digest = plainColon(rest);
    p.digestKind = 'blob';
    p.operation = blobVerb(method);
    return;
  }
  p.upload = rest.slice(8);
  p.operation = uploadVerb(method);
  const query = uri.indexOf('?');
  if (query === -1) return;
  const mount = method === 'POST' ? queryValue(uri, query, 'mount') : '';
  if (mount !== '') {
    p.operation = 'blob_mount';
    p.from = queryValue(uri, query, 'from');
  }
  const digest = mount || queryValue(uri, query, 'digest');
  if (digest !== '') {
    p.digest = digest;
    p.digestKind = 'blob';
  }
}

function plainColon(text: string): string {
  return text.indexOf('%') === -1 ? text : text.replace(/%3a/gi, ':');
}

const SLASH_OR_COLON = /%(2f|3a)/gi;

/** A value of the query, its colons and slashes not percent-encoded. */
function queryValue(uri: string, from: number, key: string): string {
  const mark = `${key}=`;
  let at = uri.indexOf(mark, from);
  while (at > 0 && uri.charCodeAt(at - 1) !== 63 && uri.charCodeAt(at - 1) !== 38)
    at = uri.indexOf(mark, at + 1);
  if (at <= 0) return '';
  const end = uri.indexOf('&', at);
  const value = end === -1 ? uri.slice(at + mark.length) : uri.slice(at + mark.length, end);
  if (value.indexOf('%') === -1) return value;
  return value.replace(SLASH_OR_COLON, (_all, code: string) => (code.charCodeAt(0) === 50 ? '/' : ':'));
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
  from: '',
};

function resolve(method: string, uri: string): void {
  const t = target;
  if (uri === t.uri && method === t.method) return;
  const p = uriParts;
  t.method = method;
  t.uri = uri;
  t.path = pathOf(uri);
  parseUri(method, uri, t.path);
  t.operation = p.operation;
  t.repository = p.repository;
  t.digest = p.repository === '' ? '' : p.digest;
  t.upload = p.upload;
  t.from = p.from;
  t.tag =
    p.repository === '' || p.reference === '' || p.digest !== '' ? '' : `${p.repository}:${p.reference}`;
  t.members = '';
  if (p.operation === '') return;
  t.members = `,"registry.operation":"${p.operation}"`;
  if (p.repository === '') return;
  const write = isPlainText(t.path) ? inQuotes : quote;
  let members = `${t.members},"repository":${write(p.repository)}`;
  if (p.reference !== '') members += `,"reference":${write(p.reference)}`;
  if (p.digest !== '') members += `,"digest":${write(p.digest)},"digest_kind":"${p.digestKind}"`;
  if (p.upload !== '') members += `,"upload":${write(p.upload)}`;
  if (p.from !== '') members += `,"source_repository":${quote(p.from)}`;
  t.members = members;
}

function inQuotes(text: string): string {
  return `"${text}"`;
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
  if (t.from !== '') draft.entity('image_repository', t.from, 'source');
}
