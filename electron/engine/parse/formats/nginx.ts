// nginx in front of a registry (or anything else): its error log, access lines in the forms that its manuals show, and as JSON.
import type { Format, LineKind } from '../kind.ts';
import { means, request } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import type { JsonObject } from '../text.ts';
import {
  dropDoubles,
  firstText,
  hostOf,
  isIp,
  numberOrText,
  openObject,
  parseObject,
  pathOf,
  put,
  putIf,
  putJson,
  textOf,
  unescapeGo,
} from '../text.ts';
import { accessTimeAt, cursor, dateTimeAt, isoAt } from '../time.ts';
import { three } from './access.ts';
import { putForwarded, putTail } from './access-tail.ts';
import { epochMicros, webAccess } from './other.ts';
import { putUri } from './registry-uri.ts';

const LEVEL: Record<string, number> = {
  debug: 1,
  info: 2,
  notice: 3,
  warn: 4,
  error: 5,
  crit: 6,
  alert: 6,
  emerg: 6,
};
const ERROR_HEAD =
  /^\[(debug|info|notice|warn|error|crit|alert|emerg)\] (\d{1,10})#(\d{1,10}): (?:\*(\d{1,19}) )?/;
const CLIENT = /, client: (\S{1,100}?)(?:, |$)/;
const REQUEST = /^([A-Z]{1,20}) (\S{1,8000})(?: HTTP\/[\d.]{1,4})?$/;

/** `2026/11/20 17:20:47 [error] 12#13: *45 text, client: …, server: …, request: "…", upstream: "…", host: "…"`, local time. */
export const nginxError: LineKind = {
  id: 'nginx.error',
  read(line, draft) {
    if (line.charCodeAt(0) !== 50 || line.charCodeAt(4) !== 47 || line.charCodeAt(20) !== 91) return false;
    const ts = dateTimeAt(line, 0);
    if (Number.isNaN(ts) || cursor.end !== 19) return false;
    const head = ERROR_HEAD.exec(line.slice(20, 90));
    if (!head) return false;
    draft.parsed = true;
    draft.system = 'nginx';
    draft.component = 'error';
    draft.tsWall = ts;
    draft.tsKind = TS_KIND.wall;
    draft.nativeLevel = head[1] as string;
    draft.level = LEVEL[draft.nativeLevel] ?? -1;
    draft.pid = head[2] as string;
    draft.tid = head[3] as string;
    draft.message = line.slice(20 + head[0].length);
    putIf(draft, 'connection', head[4]);
    const text = draft.message.slice(0, 20_000);
    const client = CLIENT.exec(text);
    if (client) putContext(draft, client[1] as string, text.slice(client.index));
    errorMeaning(draft, client ? text.slice(0, client.index) : text);
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'nginx/error.log',
      text: '2026/11/20 17:20:47 [error] 123#124: *45 connect() failed (111: Connection refused) while connecting to upstream, client: 1.2.3.4, server: registry.example.com, request: "PUT /v2/team/app/manifests/latest HTTP/1.1", upstream: "http://172.18.0.2:5000/v2/team/app/manifests/latest", host: "registry.example.com", referrer: "http://a/"\n2026/11/20 17:20:48 [warn] 7#7: *46 a client request body is buffered to a temporary file /var/cache/nginx/client_temp/0000000001, client: 10.0.0.9, server: , request: "PATCH /v2/team/app/blobs/uploads/83d46525-9e35-42e8-beed-ebc300a73452?_state=x HTTP/1.1", host: "r"\n2026/11/20 17:20:49 [error] 7#7: *47 user "bob": password mismatch, client: 10.0.0.9, server: r, request: "GET /v2/ HTTP/1.1", host: "r"\n2026/11/20 17:20:50 [notice] 1#1: signal 15 (SIGTERM) received, exiting',
      gives: [
        {
          system: 'nginx',
          component: 'error',
          level: 'error',
          nativeLevel: 'error',
          time: '2026-11-20T17:20:47.000000Z',
          category: 'network',
          action: 'upstream_connect',
          outcome: 'failure',
          srcIp: '1.2.3.4',
          httpMethod: 'PUT',
          httpPath: '/v2/team/app/manifests/latest',
          pid: '123',
          tid: '124',
          fields: {
            connection: '45',
            server: 'registry.example.com',
            upstream: 'http://172.18.0.2:5000/v2/team/app/manifests/latest',
            host: 'registry.example.com',
            referrer: 'http://a/',
            'registry.operation': 'manifest_push',
            repository: 'team/app',
          },
          entities: ['ip:1.2.3.4:client', 'image_tag:team/app:latest:target'],
        },
        {
          level: 'warning',
          nativeLevel: 'warn',
          action: 'request_buffer',
          fields: { upload: '83d46525-9e35-42e8-beed-ebc300a73452' },
        },
        {
          category: 'authentication',
          action: 'login',
          outcome: 'failure',
          userName: '',
          fields: { 'user.attempted': 'bob', reason: 'password mismatch' },
          entities: ['user:bob:attempted'],
        },
        { level: 'notice', category: 'process', action: 'stop' },
      ],
    },
  ],
};

function putContext(draft: Draft, client: string, context: string): void {
  const ip = hostOf(client);
  if (isIp(ip)) {
    draft.srcIp = ip;
    draft.entity('ip', ip, 'client');
  }
  put(draft, 'client', client);
  putIf(draft, 'server', /, server: ([^,]{1,300})/.exec(context)?.[1]);
  const asked = /, request: "((?:[^"\\]|\\.){0,8000})"/.exec(context)?.[1];
  if (asked !== undefined) {
    const parts = REQUEST.exec(asked);
    put(draft, 'request', unescapeGo(asked));
    if (parts) {
      const uri = unescapeGo(parts[2] as string);
      draft.httpMethod = parts[1] as string;
      draft.httpPath = pathOf(uri);
      put(draft, 'http.request.uri', uri);
      putUri(draft, draft.httpMethod, uri);
    }
  }
  putIf(draft, 'upstream', /, upstream: "([^"]{1,8000})"/.exec(context)?.[1]);
  putIf(draft, 'host', /, host: "([^"]{1,300})"/.exec(context)?.[1]);
  putIf(draft, 'referrer', /, referrer: "([^"]{1,4000})"/.exec(context)?.[1]);
}

const MEANINGS: readonly [within: string, category: string, action: string, outcome: string][] = [
  ['password mismatch', 'authentication', 'login', 'failure'],
  [' was not found in "', 'authentication', 'login', 'failure'],
  ['no user/password was provided', 'authentication', 'login', 'failure'],
  ['client intended to send too large body', 'api', 'request_refuse', 'failure'],
  ['access forbidden by rule', 'authorization', 'access', 'failure'],
  ['directory index of ', 'authorization', 'access', 'failure'],
  ['limiting requests', 'network', 'rate_limit', 'failure'],
  ['limiting connections', 'network', 'rate_limit', 'failure'],
  ['while connecting to upstream', 'network', 'upstream_connect', 'failure'],
  ['no live upstreams', 'network', 'upstream_connect', 'failure'],
  ['reading response header from upstream', 'network', 'upstream_read', 'failure'],
  ['reading upstream', 'network', 'upstream_read', 'failure'],
  ['sending request to upstream', 'network', 'upstream_write', 'failure'],
  ['upstream', 'network', 'upstream', 'failure'],
  ['SSL_do_handshake() failed', 'network', 'tls_handshake', 'failure'],
  ['SSL handshaking', 'network', 'tls_handshake', 'failure'],
  ['is buffered to a temporary file', 'network', 'request_buffer', 'success'],
  ['client sent ', 'network', 'client_read', 'failure'],
  ['client closed ', 'network', 'client_disconnect', 'failure'],
  ['client timed out', 'network', 'client_disconnect', 'failure'],
  ['reading client', 'network', 'client_read', 'failure'],
  ['No space left on device', 'storage', 'write', 'failure'],
  ['Permission denied', 'storage', 'read', 'failure'],
  ['failed (2: No such file or directory)', 'storage', 'read', 'failure'],
  ['start worker process', 'process', 'start', 'success'],
  ['signal process started', 'process', 'signal', 'success'],
  ['reconfiguring', 'configuration', 'reload', 'success'],
  ['exited on signal', 'process', 'crash', 'failure'],
  ['exited with ', 'process', 'stop', 'unknown'],
  ['received, exiting', 'process', 'stop', 'success'],
  ['received, shutting down', 'process', 'stop', 'success'],
  ['gracefully shutting down', 'process', 'stop', 'success'],
  ['bind() to ', 'process', 'start', 'failure'],
];

function errorMeaning(draft: Draft, text: string): void {
  for (const [within, category, action, outcome] of MEANINGS) {
    if (text.indexOf(within) === -1) continue;
    means(draft, category, action, outcome);
    if (action === 'login') {
      const user = /^user "((?:[^"\\]|\\.){1,300})"(?:: | )(.{1,300})/.exec(text);
      put(draft, 'reason', user ? (user[2] as string) : text);
      if (user) {
        put(draft, 'user.attempted', unescapeGo(user[1] as string));
        draft.entity('user', unescapeGo(user[1] as string), 'attempted');
      }
    }
    return;
  }
  if (draft.level >= 4) means(draft, 'network', 'http_server', 'unknown');
}

/** Combined and common forms, where the path or other lines speak for nginx. */
const nginxAccess: LineKind = {
  ...webAccess,
  id: 'nginx.access',
  weight: () => 0.45,
  read(line, draft, member) {
    if (!webAccess.read(line, draft, member)) return false;
    draft.system = 'nginx';
    return true;
  },
  samples: [
    {
      path: 'nginx/access.log',
      text: '10.0.0.9 - - [20/Nov/2026:17:20:47 +0100] "HEAD /v2/team/app/blobs/sha256:aa HTTP/1.1" 404 0 "-" "docker/24.0.7 (\\x22x\\x22)" "203.0.113.9, 10.1.1.1"\n10.0.0.9 - - [20/Nov/2026:17:20:48 +0100] "GET /v2/ HTTP/2.0" 401 87 "-" "docker/24" rt=0.004 uct="0.000" uht="0.004" urt="0.004"\n10.0.0.9 - ci [20/Nov/2026:17:20:49 +0100] "PUT /v2/team/app/manifests/v1 HTTP/1.1" 201 0 "-" "docker/24" 1420 0.073 [default-registry-5000] [] 10.2.0.4:5000 0 0.072 201 1d4f3b6a7c8e9f00112233445566778f\nregistry.example.com:443 10.0.0.9 - - [20/Nov/2026:17:20:50 +0100] "GET /v2/ HTTP/1.1" 200 2 "-" "curl/8"\n10.0.0.9 - - [20/Nov/2026:17:20:51 +0100] "\\x16\\x03\\x01\\x00" 400 157 "-" "-"\n10.0.0.9 - - [20/Nov/2026:17:20:52 +0100] "" 408 0 "-" "-"',
      gives: [
        {
          system: 'nginx',
          component: 'access',
          srcIp: '10.0.0.9',
          httpStatus: 404,
          time: '2026-11-20T16:20:47.000000Z',
          fields: {
            'client.forwarded_for': '203.0.113.9, 10.1.1.1',
            'http.request.useragent': 'docker/24.0.7 ("x")',
            'registry.operation': 'blob_check',
          },
          entities: ['ip:203.0.113.9:claimed'],
        },
        { fields: { duration_s: 0.004, 'proxy.urt': '0.004', 'http.request.useragent': 'docker/24' } },
        {
          userName: 'ci',
          fields: {
            duration_s: 0.073,
            'proxy.upstream': '10.2.0.4:5000',
            'proxy.upstream_name': 'default-registry-5000',
            'proxy.request_id': '1d4f3b6a7c8e9f00112233445566778f',
          },
        },
        { srcIp: '10.0.0.9', userName: '', fields: { 'http.request.host': 'registry.example.com:443' } },
        { httpStatus: 400, httpMethod: '' },
        { httpStatus: 408 },
      ],
    },
  ],
};

/** A request in quotes with a status behind it, in a form of the operator's own; Harbor's has no time at all. */
const nginxCustom: LineKind = {
  id: 'nginx.custom',
  weight: () => 0.3,
  read(line, draft) {
    const c = line.charCodeAt(0);
    if (c === 123 || c === 116) return false;
    const head = line.length > 9000 ? line.slice(0, 9000) : line;
    const proto = head.indexOf(' HTTP/');
    if (proto === -1) return false;
    const open = head.lastIndexOf('"', proto);
    const close = head.indexOf('"', proto);
    if (open === -1 || open > 400 || close === -1 || close - proto > 12) return false;
    const blank = head.indexOf(' ', open);
    const status = three(head, close + 2);
    if (status === -1 || blank >= proto || blank - open > 20) return false;
    const client = clientBefore(head.slice(0, open));
    const time = timeBefore(head.slice(0, open));
    if (client === '' && Number.isNaN(time)) return false;
    const method = head.slice(open + 1, blank);
    const uri = unescapeGo(head.slice(blank + 1, proto));
    draft.parsed = true;
    draft.system = 'nginx';
    draft.component = 'access';
    draft.message = line;
    if (!Number.isNaN(time)) {
      draft.tsWall = time;
      draft.tsKind = cursor.zoned ? TS_KIND.absolute : TS_KIND.wall;
    }
    put(draft, 'http.request.method', method);
    put(draft, 'http.request.uri', uri);
    putJson(draft, 'http.response.status', String(status));
    request(draft, method, pathOf(uri), status);
    if (client !== '') {
      put(draft, 'http.request.remoteaddr', client);
      draft.srcIp = client;
      draft.entity('ip', client, 'client');
    }
    const rest = /^(?: (\d{1,18}|-))?(?: "((?:[^"\\]|\\.){0,4000})" "((?:[^"\\]|\\.){0,4000})")?/.exec(
      head.slice(close + 5),
    ) as RegExpExecArray;
    if (rest[1]) putJson(draft, 'http.response.written', numberOrText(rest[1]));
    putIf(draft, 'http.request.referer', rest[2] === '-' ? '' : rest[2]);
    if (rest[3] !== undefined) put(draft, 'http.request.useragent', unescapeGo(rest[3]));
    const tail = head.slice(close + 5 + rest[0].length);
    if (tail.trim() !== '') putTail(draft, tail);
    putUri(draft, method, uri);
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'nginx/access.log',
      text: '172.18.0.1 - "GET /v2/ HTTP/1.1" 401 87 "-" "docker/19.03.8 go/go1.12.17" 0.004 0.003 .\n172.18.0.1 - - [2026-11-20T17:20:47+01:00] "GET /v2/a/tags/list HTTP/1.1" 200 20 "-" "curl/8"',
      gives: [
        {
          system: 'nginx',
          srcIp: '172.18.0.1',
          httpStatus: 401,
          outcome: 'failure',
          fields: { duration_s: 0.004, 'http.request.useragent': 'docker/19.03.8 go/go1.12.17' },
        },
        { time: '2026-11-20T16:20:47.000000Z', httpPath: '/v2/a/tags/list', fields: { repository: 'a' } },
      ],
    },
  ],
};

function clientBefore(head: string): string {
  for (const word of head.split(' ', 4)) if (isIp(word)) return word;
  return '';
}

/** The time in front of the request, in brackets or bare. Leaves `cursor.zoned`. */
function timeBefore(head: string): number {
  const bracket = head.indexOf('[');
  for (const at of [bracket + 1, 0]) {
    const iso = isoAt(head, at);
    if (!Number.isNaN(iso)) return iso;
    const logged = accessTimeAt(head, at);
    if (!Number.isNaN(logged)) return logged;
  }
  const epoch = /(?:^|[ [])(\d{10}\.\d{3})(?=[\] ])/.exec(head);
  cursor.zoned = true;
  return epoch ? epochMicros(epoch[1] as string) : Number.NaN;
}

/** Access lines as JSON: nginx with `escape=json`, Traefik, Caddy. */
export const webJson: LineKind = {
  id: 'web.json',
  native: true,
  weight: () => 0.6,
  read(line, draft) {
    if (line.charCodeAt(0) !== 123) return false;
    if (line.indexOf('"request') === -1 && line.indexOf('"RequestMethod"') === -1) return false;
    const object = parseObject(line);
    if (!object) return false;
    const inner = object.request;
    const asked = inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? inner : object;
    const words = typeof inner === 'string' ? /^([A-Z]{1,20}) (\S{1,8000})/.exec(textOf(inner)) : null;
    const method = words?.[1] ?? firstText(asked, 'request_method', 'method', 'RequestMethod');
    const uri = words?.[2] ?? firstText(asked, 'request_uri', 'uri', 'RequestPath', 'url', 'path');
    const status = Number(firstText(object, 'status', 'DownstreamStatus', 'response_status', 'status_code'));
    if (method === '' && uri === '' && typeof inner !== 'string') return false;
    if (!(status >= 100 && status <= 999)) return false;
    const ts = timeOf(object);
    if (Number.isNaN(ts)) return false;
    draft.parsed = true;
    const traefik = object.DownstreamStatus !== undefined;
    const caddy = asked !== object;
    draft.system = traefik ? 'traefik' : caddy ? 'caddy' : 'nginx';
    draft.component = 'access';
    draft.tsWall = ts;
    draft.tsKind = cursor.zoned ? TS_KIND.absolute : TS_KIND.wall;
    draft.message = `${method} ${uri} ${status}`;
    draft.fields = openObject(line, object);
    const base = draft.fields.length;
    request(draft, method, pathOf(uri), status);
    const ip = hostOf(firstText(asked, 'remote_addr', 'remote_ip', 'client_ip', 'ClientHost', 'ClientAddr'));
    if (isIp(ip)) {
      draft.srcIp = ip;
      draft.entity('ip', ip, 'client');
    }
    const forwarded = firstText(object, 'http_x_forwarded_for', 'x_forwarded_for', 'xff');
    if (forwarded !== '' && forwarded !== '-') putForwarded(draft, forwarded);
    const user = firstText(object, 'remote_user', 'user_id', 'ClientUsername');
    if (user !== '' && user !== '-') {
      // As for lines of text: a web server names the user of basic authentication once it has let them in.
      if (status < 400 && !traefik) draft.userName = user;
      draft.entity('user', user, draft.userName === '' ? 'attempted' : 'user');
    }
    putIf(draft, 'http.request.uri', uri);
    putIf(
      draft,
      'http.request.useragent',
      firstText(object, 'http_user_agent', 'user_agent', 'agent', 'request_User-Agent'),
    );
    const seconds = Number(firstText(object, 'request_time', 'duration'));
    const nanos = traefik ? Number(firstText(object, 'Duration')) : Number.NaN;
    if (Number.isFinite(nanos)) putJson(draft, 'duration_s', String(nanos / 1e9));
    else if (firstText(object, 'request_time', 'duration') !== '' && Number.isFinite(seconds))
      putJson(draft, 'duration_s', String(seconds));
    putUri(draft, method, uri);
    dropDoubles(draft, base, object);
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'proxy.log',
      text: '{"time":"2026-11-20T17:20:47+01:00","remote_addr":"203.0.113.9","request":"GET /v2/caf\u20ac/app/tags/list HTTP/1.1","status":"200"}',
      gives: [{ system: 'nginx', message: 'GET /v2/caf\u20ac/app/tags/list 200', httpMethod: 'GET' }],
    },
    {
      path: 'proxy.log',
      text: '{"time":"2026-11-20T17:20:47+01:00","remote_addr":"203.0.113.9","remote_user":"","request":"GET /v2/team/app/manifests/latest HTTP/1.1","status":"200","body_bytes_sent":"527","request_time":"0.012","http_user_agent":"docker/24","http_x_forwarded_for":""}\n{"time_local":"20/Nov/2026:17:20:48 +0100","remote_addr":"203.0.113.9","request_method":"DELETE","request_uri":"/v2/team/app/manifests/sha256:aa","status":202}\n{"ClientAddr":"10.0.0.9:4711","ClientHost":"10.0.0.9","ClientUsername":"-","DownstreamStatus":401,"Duration":4200000,"RequestMethod":"GET","RequestPath":"/v2/","level":"info","msg":"","time":"2026-11-20T16:20:49Z"}\n{"level":"info","ts":1795195250.5,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"10.0.0.9","method":"GET","uri":"/v2/_catalog"},"duration":0.5,"size":20,"status":200}',
      gives: [
        {
          system: 'nginx',
          component: 'access',
          time: '2026-11-20T16:20:47.000000Z',
          srcIp: '203.0.113.9',
          httpMethod: 'GET',
          httpStatus: 200,
          fields: { duration_s: 0.012, 'registry.operation': 'manifest_pull', repository: 'team/app' },
        },
        { time: '2026-11-20T16:20:48.000000Z', httpStatus: 202, fields: { digest: 'sha256:aa' } },
        { system: 'traefik', srcIp: '10.0.0.9', httpStatus: 401, fields: { duration_s: 0.0042 } },
        {
          system: 'caddy',
          time: '2026-11-20T17:20:50.500000Z',
          httpPath: '/v2/_catalog',
          fields: { 'registry.operation': 'catalog_list', duration_s: 0.5 },
        },
      ],
    },
  ],
};

/** Leaves `cursor.zoned`. */
function timeOf(object: JsonObject): number {
  const text = firstText(
    object,
    'time_iso8601',
    'time',
    '@timestamp',
    'timestamp',
    'ts',
    'StartUTC',
    'time_local',
    'msec',
  );
  const iso = isoAt(text, 0);
  if (!Number.isNaN(iso)) return iso;
  const logged = accessTimeAt(text, 0);
  if (!Number.isNaN(logged)) return logged;
  cursor.zoned = true;
  return epochMicros(text);
}

/** What the entry script of nginx's image prints. */
const nginxEntry: LineKind = {
  id: 'nginx.entry',
  weight: () => 0.3,
  read(line, draft) {
    const c = line.charCodeAt(0);
    if (c !== 47 && !(c >= 48 && c <= 57)) return false;
    if (!/^(?:\/docker-entrypoint\.sh: |\d\d-[\w-]{1,60}\.sh: (?:info|error): )/.test(line.slice(0, 90)))
      return false;
    draft.parsed = true;
    draft.system = 'nginx';
    draft.component = 'entrypoint';
    draft.message = line;
    means(draft, 'process', 'start', 'unknown');
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'nginx.log',
      text: '/docker-entrypoint.sh: Configuration complete; ready for start up\n10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf\n2026/11/20 17:20:50 [notice] 1#1: start worker processes',
      gives: [{ component: 'entrypoint' }, { component: 'entrypoint' }, { action: 'start', level: 'notice' }],
    },
  ],
};

export const nginx: Format = {
  id: 'nginx',
  system: 'nginx',
  kinds: [nginxError, nginxAccess, webJson, nginxCustom, nginxEntry],
};
