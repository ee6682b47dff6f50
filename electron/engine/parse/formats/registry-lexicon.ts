// What the messages of a registry mean: distribution 2.3 to 3.1, and GitLab's branch of it.
import type { Member } from '../kind.ts';
import { means } from '../kind.ts';
import { between, Lexicon, says, wordAfter, wordAt } from '../lexicon.ts';
import type { Draft } from '../record.ts';
import { closingQuote, isIp, put, putIf, putJson, quote, unescapeGo } from '../text.ts';
import { SLOT } from './registry-keys.ts';
import type { RegistryParts } from './registry-message.ts';

const DIGEST = /\bsha(?:256|384|512):[0-9a-f]{64,128}\b/;
const DIGEST_PATH = /sha256\/[0-9a-f]{2}\/([0-9a-f]{64})/;
const LINK_PATH = /\/repositories\/(.{1,255}?)\/(_manifests|_layers|_uploads)(?:\/|$)/;

const LEXICON = new Lexicon([
  // Requests
  says('response completed with error', 'api/http_request/failure'),
  says('response completed', 'api/http_request/success'),
  says('authorizing request', 'authorization/authorize_request/unknown'),
  says('authorized request', 'authorization/authorize_request/success'),
  says('error authorizing context: ', 'authorization/authorize_request/failure', (msg, draft) => {
    const rest = msg.slice(27);
    putIf(draft, 'auth.scheme', /^(?:authorization token|basic|token|bearer)\b/i.exec(rest)?.[0]);
    putIf(draft, 'auth.realm', between(rest, 'realm "', '"'));
    const colon = rest.lastIndexOf(': ');
    put(draft, 'reason', colon === -1 ? rest : rest.slice(colon + 2));
  }),
  says('error authenticating user "', 'authentication/login/failure', (msg, draft) => {
    const close = closingQuote(msg, 27);
    if (close === -1) return;
    attempted(draft, unescapeGo(msg.slice(27, close)), msg.slice(close + 3));
  }),
  says('error authenticating user', 'authentication/login/failure'),
  says('user failed to authenticate', 'authentication/login/failure'),
  says('error checking authorization: ', 'authorization/authorize_request/failure', reasonAfterColon),
  says('failed to verify token: ', 'authentication/token_verify/failure', reasonAfterColon),
  says('token from untrusted issuer', 'authentication/token_verify/failure', (msg, draft) => {
    put(draft, 'reason', 'untrusted issuer');
    putIf(draft, 'token.issuer', between(msg, '"', '"'));
  }),
  says('token intended for another audience', 'authentication/token_verify/failure', wholeReason),
  says('token not to be used ', 'authentication/token_verify/failure', wholeReason),
  says('token signed by ', 'authentication/token_verify/failure', wholeReason),
  says('token has no signature', 'authentication/token_verify/failure', wholeReason),
  says('unable to verify token signature', 'authentication/token_verify/failure', reasonAfterColon),
  says('error while unmarshalling raw token', 'authentication/token_verify/failure', reasonAfterColon),
  says('invalid token', 'authentication/token_verify/failure', wholeReason),
  says('invalid remote IP address: ', 'network/client_address_parse/failure', (msg, draft) => {
    const close = closingQuote(msg, 28);
    if (close !== -1) put(draft, 'client.claimed_address', unescapeGo(msg.slice(28, close)));
  }),
  says('error parsing reference from context: ', 'api/repository_resolve/failure', reasonAfterColon),
  says('error resolving repository: ', 'api/repository_resolve/failure', reasonAfterColon),
  says('error initializing repository middleware', 'api/repository_resolve/failure', reasonAfterColon),
  says('error serving error json: ', 'network/response_write/failure', reasonAfterColon),
  says('error parsing digest', 'api/digest_parse/failure', (msg, draft) => {
    const text = /^error parsing digest="?([^" ]{0,300})"?: /.exec(msg);
    putIf(draft, 'digest.claimed', text?.[1]);
    reasonAfterColon(msg, draft);
  }),
  says('digest not available', 'api/digest_parse/failure'),
  says('unknown error reading request payload: ', 'network/client_read/failure', reasonAfterColon),
  says('client disconnected during ', 'network/client_disconnect/failure'),
  says('GetImageManifest', 'api/manifest_pull/unknown'),
  says('PutImageManifest', 'api/manifest_push/unknown'),
  says('DeleteImageManifest', 'api/manifest_delete/unknown'),
  says('DeleteImageTag', 'api/tag_delete/unknown'),
  says('GetBlob', 'api/blob_pull/unknown'),
  says('DeleteBlob', 'api/blob_delete/unknown'),
  says('Putting a', 'api/manifest_push/unknown'),
  says('Succeeded in putting manifest!', 'api/manifest_push/success'),
  says('rewriting manifest ', 'api/manifest_convert/success', mentionDigest),
  says('error building manifest url from digest: ', 'api/url_build/failure', reasonAfterColon),
  says('error building upload ', 'api/url_build/failure', reasonAfterColon),
  says('unexpected error getting blob HTTP handler: ', 'api/blob_pull/failure', reasonAfterColon),
  says('Unknown error deleting blob: ', 'api/blob_delete/failure', reasonAfterColon),
  says('unexpected error ', 'api/http_request/failure', reasonAfterColon),

  // Uploads and digests
  says('canonical digest does match provided digest', 'storage/digest_verify/failure'),
  says('payload digest does ', 'storage/digest_verify/failure', (msg, draft) => {
    const both = /: "([^"]{1,200})" != "([^"]{1,200})"/.exec(msg);
    if (!both) return;
    put(draft, 'digest.computed', both[1] as string);
    put(draft, 'digest.claimed', both[2] as string);
  }),
  says('error resolving upload: ', 'storage/upload_resume/failure', reasonAfterColon),
  says('mismatched repository name in upload state', 'storage/upload_resume/failure', wholeReason),
  says('mismatched uuid in upload state', 'storage/upload_resume/failure', wholeReason),
  says('upload resumed at wrong off', 'storage/upload_resume/failure', wholeReason),
  says('unknown error completing upload: ', 'storage/upload_commit/failure', reasonAfterColon),
  says('error canceling upload after error: ', 'storage/upload_cancel/failure', reasonAfterColon),
  says('error encountered canceling upload: ', 'storage/upload_cancel/failure', reasonAfterColon),
  says('unable to delete layer upload resources ', 'storage/upload_cancel/failure', reasonAfterColon),
  says('unable to parse offset from upload state path ', 'storage/upload_resume/failure', wholeReason),

  // Deletion, garbage collection, purging
  says('Deleting blob: ', 'storage/blob_delete/success', mentionDigestPath),
  says('deleting manifest: ', 'storage/manifest_delete/success', mentionLinkPath),
  says('deleting manifest tag reference: ', 'storage/tag_delete/success', mentionLinkPath),
  says('Deleting layer link path: ', 'storage/layer_link_delete/success', mentionLinkPath),
  says('Deleting repo: ', 'storage/repository_delete/success', mentionLinkPath),
  says('PurgeUploads starting', 'storage/upload_purge/unknown', (msg, draft) => {
    putIf(draft, 'purge.older_than', between(msg, 'olderThan=', ','));
    putIf(draft, 'purge.deletes', wordAfter(msg, 'actuallyDelete='));
  }),
  says('Purge uploads finished', 'storage/upload_purge/success', (msg, draft) => {
    const counts = /Num deleted=(\d{1,9}), num errors=(\d{1,9})/.exec(msg);
    if (!counts) return;
    putJson(draft, 'purge.deleted', String(Number(counts[1])));
    putJson(draft, 'purge.errors', String(Number(counts[2])));
    if (Number(counts[2]) > 0) draft.outcome = 'failure';
  }),
  says('Starting upload purge', 'storage/upload_purge/unknown'),
  says('Failed to generate random jitter', 'storage/upload_purge/failure', reasonAfterColon),
  says('Upload files in ', 'storage/upload_purge/success', (msg, draft) => {
    const path = wordAfter(msg, 'Upload files in ');
    mentionLinkPath(path, draft);
    const upload = /\/_uploads\/([0-9a-f-]{20,40})/.exec(path)?.[1];
    if (!upload) return;
    put(draft, 'upload', upload);
    draft.entity('registry_upload', upload, 'deleted');
  }),
  says('failed to garbage collect: ', 'storage/garbage_collect/failure', reasonAfterColon),

  // Storage
  says('storage driver health check: ', 'storage/health_check/failure', reasonAfterColon),
  says('error putting ', 'storage/write/failure', reasonAfterColon),
  says('error closing blobwriter', 'storage/write/failure', reasonAfterColon),
  says('error from cache ', 'storage/cache_access/failure'),
  says('error retrieving descriptor from cache', 'storage/cache_access/failure', reasonAfterColon),
  says('error adding descriptor ', 'storage/cache_access/failure', mentionDigest),
  says('blobStore: ', 'storage/blob_stat/failure', mentionDigest),
  says('failed to link blob ', 'storage/blob_link/failure', mentionDigest),
  says('blob path should not be a directory', 'storage/blob_stat/failure', mentionDigestPath),
  says('looking up blob with canonical target', 'storage/blob_stat/unknown', mentionDigest),
  says('attempted to move zero-length content', 'storage/blob_move/failure'),
  says('failed to ensure exists of ', 'storage/manifest_check/failure', mentionDigest),
  says('Nothing found on try ', 'storage/read/unknown'),
  says('error deleting ', 'storage/delete/failure', reasonAfterColon),
  says('Failed for move from ', 'storage/blob_move/failure', reasonAfterColon),
  says('Move from ', 'storage/blob_move/success'),
  says('ignoring deleted path', 'storage/read/unknown'),
  says('signed URL: ', 'storage/redirect/success', (_msg, draft) => secretKinds(draft, ['signed URL'])),
  says('Range: ', 'storage/read/unknown'),
  says('filesystem.', 'storage/driver_call/unknown', driverCall),
  says('s3aws.', 'storage/driver_call/unknown', driverCall),
  says('inmemory.', 'storage/driver_call/unknown', driverCall),
  says('gcs.', 'storage/driver_call/unknown', driverCall),
  says('oss.', 'storage/driver_call/unknown', driverCall),
  says('swift.', 'storage/driver_call/unknown', driverCall),
  says('azure.', 'storage/driver_call/unknown', driverCall),

  // Start, stop, configuration
  says('listening on ', 'process/start/success', (msg, draft) => {
    const comma = msg.indexOf(', ', 13);
    put(draft, 'listen', msg.slice(13, comma === -1 ? undefined : comma));
    putJson(draft, 'tls', comma !== -1 && msg.indexOf('tls', comma) !== -1 ? 'true' : 'false');
  }),
  says('debug server listening ', 'configuration/debug_server/success', (msg, draft) =>
    put(draft, 'listen', msg.slice(23)),
  ),
  says('error listening on debug interface: ', 'configuration/debug_server/failure', reasonAfterColon),
  says('providing prometheus metrics on ', 'configuration/metrics_endpoint/success', (msg, draft) =>
    put(draft, 'metrics.path', msg.slice(32)),
  ),
  says('stopping server gracefully', 'process/stop/success'),
  says('Using systemd socket activation', 'configuration/socket_activation/success'),
  says('No HTTP secret provided', 'configuration/weak_secret/failure'),
  says('restricting TLS ', 'configuration/tls_restrict/success', (msg, draft) => {
    putIf(draft, 'tls.minimum', /version to (\S{1,20}) or higher/.exec(msg)?.[1]);
    putIf(draft, 'tls.ciphers', between(msg, 'cipher suites to: ', ''));
  }),
  says('CA Subject: ', 'configuration/client_ca/success', (msg, draft) =>
    put(draft, 'tls.client_ca', msg.slice(12)),
  ),
  says('could not add CA to pool', 'configuration/client_ca/failure'),
  says('configured "', 'configuration/access_controller/success', (msg, draft) =>
    putIf(draft, 'auth.type', between(msg, '"', '"')),
  ),
  says('failed to register ', 'configuration/access_controller/failure', reasonAfterColon),
  says('htpasswd is missing, provisioning', 'configuration/credential_provision/success', (_msg, draft) =>
    secretKinds(draft, ['password in clear']),
  ),
  says('configuring endpoint ', 'configuration/endpoint_configure/success', (msg, draft) => {
    const url = between(msg, '(', ')');
    putIf(draft, 'endpoint.url', url);
    if (url) draft.entity('url', url, 'mentioned');
    const kinds: string[] = [];
    if (/:\/\/[^/@]{1,300}:[^/@]{1,300}@/.test(url)) kinds.push('password in URL');
    for (const name of headerNames(between(msg, 'headers=map[', ''))) kinds.push(`${name} header`);
    secretKinds(draft, kinds);
  }),
  says('endpoint …disabled, skipping', 'configuration/endpoint_disable/success'),
  says('using …logging formatter', 'configuration/logging_configure/success', (msg, draft) =>
    putIf(draft, 'log.formatter', between(msg, '"', '"')),
  ),
  says('error parsing level ', 'configuration/logging_configure/failure', reasonAfterColon),
  says('backend redirection disabled', 'configuration/redirect_configure/success'),
  says('using …blob descriptor cache', 'configuration/cache_configure/success'),
  says('unknown cache type ', 'configuration/cache_configure/failure'),
  says('blobdescriptorsize parameter', 'configuration/cache_configure/failure'),
  says('redis not configured', 'configuration/redis_configure/unknown'),
  says('redis TLS client certificate', 'configuration/redis_configure/failure'),
  says('failed reading redis client CA', 'configuration/redis_configure/failure', reasonAfterColon),
  says('failed to instrument metrics on redis', 'configuration/redis_configure/failure', reasonAfterColon),
  says('Registry configured as a proxy cache to ', 'configuration/proxy_cache/success', (msg, draft) => {
    const url = wordAt(msg, 40);
    put(draft, 'upstream.url', url);
    draft.entity('url', url, 'mentioned');
  }),
  says('Registry does not implement ', 'configuration/repository_remover/failure'),
  says('Image index completeness validation', 'configuration/validation_disable/success'),
  says('configuring file health check ', 'configuration/health_check/success', (msg, draft) =>
    putIf(draft, 'health.target', between(msg, 'path=', ',')),
  ),
  says('configuring HTTP health check ', 'configuration/health_check/success', (msg, draft) =>
    putIf(draft, 'health.target', between(msg, 'uri=', ',')),
  ),
  says('configuring TCP health check ', 'configuration/health_check/success', (msg, draft) =>
    putIf(draft, 'health.target', between(msg, 'addr=', ',')),
  ),
  says(
    'Ignoring unrecognized environment variable ',
    'configuration/environment_ignore/failure',
    (msg, draft) => put(draft, 'environment.variable', wordAt(msg, 43)),
  ),
  says('Ignoring environment variable ', 'configuration/environment_ignore/failure', (msg, draft) =>
    put(draft, 'environment.variable', wordAt(msg, 30)),
  ),
  says('Error starting ', 'process/start/failure'),
  says('listen tcp ', 'process/start/failure', reasonAfterColon),
  says('router info', 'configuration/router/success'),

  // Notifications
  says('retryingsink: ', 'audit/notification_send/failure', sinkUrl),
  says('httpSink: ', 'audit/notification_send/failure', sinkUrl),
  says('httpSink{', 'audit/notification_send/failure', sinkUrl),
  says('eventqueue: ', 'audit/notification_lost/failure', sinkUrl),
  says('broadcaster: error ', 'audit/notification_lost/failure', sinkUrl),
  says('broadcaster: clos', 'process/stop/success'),
  says('encountered too many errors', 'audit/notification_send/failure', sinkUrl),
  says('error dispatching ', 'audit/notification_lost/failure', reasonAfterColon),
  says(
    'error resolving descriptor in ServeBlob listener',
    'audit/notification_lost/failure',
    reasonAfterColon,
  ),

  // Other services
  says('redis: connect ', 'network/redis_connect/unknown', (msg, draft) =>
    put(draft, 'redis.address', msg.slice(15)),
  ),
  says('redis: error connecting: ', 'network/redis_connect/failure', reasonAfterColon),
  says('error connecting to redis instance ', 'network/redis_connect/failure', reasonAfterColon),
  says('redis: ', 'network/redis_connect/unknown'),
  says('traces export: ', 'network/trace_export/failure', (msg, draft) => {
    const url = between(msg, 'Post "', '"');
    putIf(draft, 'endpoint.url', url);
    reasonAfterColon(msg, draft);
  }),
  says('failed to upload metrics: ', 'network/metric_export/failure', reasonAfterColon),
  says('Challenge established with upstream', 'network/upstream_challenge/success', (msg, draft) =>
    putIf(draft, 'upstream.url', /upstream ?: (\S{1,500})/.exec(msg)?.[1]),
  ),
  says('Starting cached object TTL expiration scheduler', 'process/cache_expiry/success'),
  says('Adding new scheduler entry for ', 'storage/cache_expiry/success', (msg, draft) => {
    putIf(draft, 'cache.entry', wordAfter(msg, 'entry for '));
    mentionDigest(msg, draft);
  }),
  says('Scheduler error ', 'storage/cache_expiry/failure', reasonAfterColon),
  says('Error writing scheduler state', 'storage/cache_expiry/failure', reasonAfterColon),
  says('Error unpacking reference', 'storage/cache_expiry/failure', reasonAfterColon),
  says('Error serving blob from local storage', 'storage/cache_read/failure', reasonAfterColon),
  says('Error creating reference', 'storage/cache_write/failure', reasonAfterColon),
  says('Error adding ', 'storage/cache_write/failure', reasonAfterColon),
  says('Error committing to storage', 'storage/cache_write/failure', reasonAfterColon),
  says('Error canceling blob writer', 'storage/upload_cancel/failure'),
  says('failed to run command: ', 'authentication/upstream_credentials/failure', reasonAfterColon),
  says('request from the allowed AWS region', 'storage/redirect/unknown'),
  says('request not from the allowed AWS region', 'storage/redirect/success'),
  says('the CloudFront middleware ', 'storage/redirect/failure', reasonAfterColon),
  says('failed to update AWS IP', 'network/address_list_fetch/failure'),
  says('failed to parse ip address from context', 'storage/redirect/unknown'),

  // GitLab's branch
  says('blob downloaded', 'api/blob_pull/success'),
  says('blob uploaded', 'api/blob_push/success'),
  says('blob deleted', 'api/blob_delete/success'),
  says('blob mounted', 'api/blob_mount/success'),
  says('manifest downloaded', 'api/manifest_pull/success'),
  says('manifest uploaded', 'api/manifest_push/success'),
  says('manifest deleted', 'api/manifest_delete/success'),
  says('tag deleted', 'api/tag_delete/success'),
  says('tag uploaded', 'api/tag_push/success'),

  says('…no space left on device', 'storage/write/failure'),
  says('…panic', 'process/crash/failure'),
]);

/** Sets category, action and outcome of a registry's message, with what it names. */
export function registryMeaning(message: string, draft: Draft, member: Member, parts: RegistryParts): void {
  const has = parts.has;
  const known = LEXICON.apply(message, draft, member, draft.level >= 4 && (has & (1 << SLOT.uri)) === 0);
  if ((has & NAMES) !== 0) {
    const claimed = parts.get(SLOT.attempted);
    const provisioned = parts.get(SLOT.provisioned);
    if (claimed !== '' && draft.action === 'login') attempted(draft, claimed, parts.get(SLOT.error));
    else if (provisioned !== '' && draft.action === 'credential_provision') {
      draft.entity('user', provisioned, 'provisioned');
    }
    if (draft.action === 'notification_send') sinkUrl(parts.get(SLOT.error), draft);
  }
  if (known) return;
  if (message === 'access') draft.component = 'access';
  else if (message.charCodeAt(0) === 40 && message.charCodeAt(1) === 42) {
    // Debug lines of the storage: `(*blobWriter).Commit`.
    means(draft, 'storage', 'function_call', 'unknown');
    put(draft, 'function', wordAt(message, 0));
  }
}

const NAMES = (1 << SLOT.attempted) | (1 << SLOT.provisioned) | (1 << SLOT.error);

/** A login that failed: the name is what the client claimed to be. */
function attempted(draft: Draft, user: string, reason: string): void {
  put(draft, 'user.attempted', user);
  putIf(draft, 'reason', reason);
  draft.entity('user', user, 'attempted');
}

/** Kinds of secrets that the record shows; the record itself is left as it is. */
export function secretKinds(draft: Draft, kinds: readonly string[]): void {
  if (kinds.length > 0) putJson(draft, 'secret_kinds', `[${kinds.map((kind) => quote(kind)).join(',')}]`);
}

const SECRET_HEADER = /auth|token|key|secret|cookie|password|credential/i;

function headerNames(text: string): string[] {
  const names: string[] = [];
  for (const [, name = ''] of text.slice(0, 4000).matchAll(/([A-Za-z][\w-]{0,60}):\[/g)) {
    if (SECRET_HEADER.test(name) && names.length < 20) names.push(name);
  }
  return names;
}

function wholeReason(msg: string, draft: Draft): void {
  put(draft, 'reason', msg);
}

function reasonAfterColon(msg: string, draft: Draft): void {
  const colon = msg.indexOf(': ');
  if (colon !== -1) put(draft, 'reason', msg.slice(colon + 2));
}

export function mentionDigest(msg: string, draft: Draft): void {
  const digest = DIGEST.exec(msg)?.[0];
  if (!digest) return;
  put(draft, 'digest', digest);
  draft.entity('image_digest', digest, 'target');
}

function mentionDigestPath(msg: string, draft: Draft): void {
  const hex = DIGEST_PATH.exec(msg)?.[1];
  if (!hex) {
    mentionDigest(msg, draft);
    return;
  }
  put(draft, 'digest', `sha256:${hex}`);
  draft.entity('image_digest', `sha256:${hex}`, 'target');
}

/** Paths inside the storage: `…/repositories/<name>/_manifests/{revisions,tags/<tag>/index}/sha256/<hex>`, `_layers`, `_uploads`. */
function mentionLinkPath(msg: string, draft: Draft): void {
  const at = LINK_PATH.exec(msg.length > 2000 ? msg.slice(0, 2000) : msg);
  const repository = at?.[1] ?? '';
  if (repository !== '') {
    put(draft, 'repository', repository);
    draft.entity('image_repository', repository, 'target');
    const tag = /\/_manifests\/tags\/([^/]{1,128})\//.exec(msg)?.[1];
    if (tag) {
      put(draft, 'reference', tag);
      draft.entity('image_tag', `${repository}:${tag}`, 'target');
    }
  }
  const hex = /\/sha256\/([0-9a-f]{64})\b/.exec(msg)?.[1];
  if (!hex) {
    mentionDigest(msg, draft);
    return;
  }
  put(draft, 'digest', `sha256:${hex}`);
  if (at?.[2] === '_manifests') putJson(draft, 'digest_kind', '"manifest"');
  else if (at?.[2] === '_layers') putJson(draft, 'digest_kind', '"blob"');
  draft.entity('image_digest', `sha256:${hex}`, 'target');
}

function driverCall(msg: string, draft: Draft): void {
  const call = /^([\w.]{1,60})\((?:"((?:[^"\\]|\\.){0,2000})")?/.exec(msg);
  if (!call) return;
  put(draft, 'function', call[1] as string);
  if (call[2]) put(draft, 'storage.path', unescapeGo(call[2]));
}

function sinkUrl(msg: string, draft: Draft): void {
  const url = between(msg, 'httpSink{', '}') || between(msg, 'Post "', '"');
  if (!url) return;
  put(draft, 'endpoint.url', url);
  draft.entity('url', url, 'mentioned');
  const peer = /dial tcp (?:\[([0-9a-f:]{2,45})\]|([\d.]{7,15})):\d/.exec(msg);
  const ip = peer?.[1] ?? peer?.[2] ?? '';
  if (isIp(ip)) draft.entity('ip', ip, 'target');
}
