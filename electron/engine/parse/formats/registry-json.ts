// Registry application log, logrus json formatter (`time`, `msg`) and logstash formatter (`@timestamp`, `message`).
import type { LineKind, Member } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import {
  dropDoubles,
  hasControls,
  hasHighBytes,
  type JsonObject,
  openObject,
  parseObject,
  piece,
  textOf,
} from '../text.ts';
import { cursor, isoAt, MINUTE_US } from '../time.ts';
import { ZONE_WHY } from '../zone-runs.ts';
import { joinsStack } from './go-stack.ts';
import { isShared, Keys, SLOT } from './registry-keys.ts';
import { RegistryParts, registryRecord } from './registry-message.ts';
import { logrusLevel, takeParts } from './registry-text.ts';

const keys = new Keys(
  (line, at) => {
    if (line.charCodeAt(at) !== 34) return null;
    const end = line.indexOf('"', at + 1);
    return end === -1 || line.charCodeAt(end + 1) !== 58 ? null : line.slice(at + 1, end);
  },
  (name) => `"${name}":`,
);

const parts = new RegistryParts();

/** What `readFlat` found besides the parts: texts, and where the time starts (-1: nowhere). */
const flat = { msg: '', message: '', level: '', time: -1, timestamp: -1, shared: false };
let lineNumber = 0;

/**
 * Reads a line that is one flat object of strings without escapes and of whole numbers, written without blanks and with no
 * key twice: the line is then valid JSON as it stands. False for every other line, whatever it is.
 */
function readFlat(line: string): boolean {
  if (line.indexOf('\\') !== -1 || hasControls(line) || (piece.high && hasHighBytes(line))) return false;
  lineNumber++;
  parts.clear();
  flat.msg = '';
  flat.message = '';
  flat.level = '';
  flat.time = -1;
  flat.timestamp = -1;
  flat.shared = false;
  const last = line.length - 1;
  let known = keys.start;
  let at = 1;
  while (at < last) {
    const key = keys.follow(known, line, at);
    if (!key || key.line === lineNumber) return false;
    key.line = lineNumber;
    known = key;
    const slot = key.slot;
    at += key.mark.length;
    let start = at;
    let end: number;
    if (line.charCodeAt(at) === 34) {
      start++;
      end = line.indexOf('"', start);
      if (end === -1) return false;
      at = end + 1;
    } else {
      end = wholeNumberEnd(line, at);
      if (end === -1 || slot > SLOT.last) return false;
      at = end;
    }
    if (slot <= SLOT.last) {
      if (slot !== SLOT.none) parts.take(slot, line.slice(start, end));
      if (key.shared) flat.shared = true;
    } else if (slot === SLOT.time) flat.time = start;
    else if (slot === SLOT.timestamp) flat.timestamp = start;
    else if (slot === SLOT.level) flat.level = line.slice(start, end);
    else if (slot === SLOT.msg) flat.msg = line.slice(start, end);
    else flat.message = line.slice(start, end);
    const c = line.charCodeAt(at);
    if (c === 125) return at === last;
    if (c !== 44) return false;
    at++;
  }
  return false;
}

/** End of a whole number as JSON writes it, of up to 15 digits; -1 for anything else. */
function wholeNumberEnd(line: string, from: number): number {
  let at = from;
  let c = line.charCodeAt(at);
  while (c >= 48 && c <= 57) c = line.charCodeAt(++at);
  if (at === from || at - from > 15) return -1;
  return at - from > 1 && line.charCodeAt(from) === 48 ? -1 : at;
}

function readQuickly(line: string, draft: Draft, member: Member): boolean {
  if (!readFlat(line)) return false;
  const logstash = flat.timestamp !== -1;
  const message = logstash ? flat.message : flat.msg;
  const from = logstash ? flat.timestamp : flat.time;
  // An absent message is no record, an empty one is: left to the full reading.
  if (message === '' || from === -1) return false;
  const level = logrusLevel(flat.level);
  const ts = isoAt(line, from);
  if (level === -1 || Number.isNaN(ts)) return false;
  fill(draft, ts, level, line.slice(0, -1), member);
  draft.nativeLevel = flat.level;
  const base = draft.fields.length;
  registryRecord(draft, message, parts, member);
  if (flat.shared) dropDoubles(draft, base, parseObject(line) as JsonObject);
  return true;
}

function fill(draft: Draft, ts: number, level: number, fields: string, member: Member): void {
  draft.tsWall = ts;
  draft.tsKind = cursor.zoned ? TS_KIND.absolute : TS_KIND.wall;
  if (cursor.zoned) {
    const offset = cursor.offsetMinutes;
    member.zoneStated(offset, ts + offset * MINUTE_US, ZONE_WHY.lines, 'app');
  }
  draft.level = level;
  draft.fields = fields;
  draft.parsed = true;
}

/** As dropDoubles, which is only asked when the line has a name that a derived field may have. */
function dropOwnDoubles(draft: Draft, base: number, object: JsonObject): void {
  for (const key in object) {
    if (!isShared(key)) continue;
    dropDoubles(draft, base, object);
    return;
  }
}

export const registryJson: LineKind = {
  id: 'registry.json',
  native: true,
  weight: (line) => (/"go\.version"|"http\.request|"instance\.id"|"@version"/.test(line) ? 1 : 0.5),
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 123 || line.indexOf('"level":') === -1) return false;
    if (readQuickly(line, draft, member)) return true;
    const object = parseObject(line);
    if (!object) return false;
    const logstash = object['@timestamp'] !== undefined;
    const message = logstash ? object.message : object.msg;
    if (typeof message !== 'string') return false;
    const word = textOf(object.level);
    const level = logrusLevel(word);
    const ts = isoAt(textOf(logstash ? object['@timestamp'] : object.time), 0);
    if (level === -1 || Number.isNaN(ts)) return false;
    fill(draft, ts, level, openObject(line, object), member);
    draft.nativeLevel = word;
    const base = draft.fields.length;
    takeParts(draft, textOf(message), object, member);
    dropOwnDoubles(draft, base, object);
    return true;
  },
  joins: joinsStack,
  samples: [
    {
      text: '{"go.version":"go1.19.8","http.request.id":"r1","http.request.method":"GET","http.request.remoteaddr":"203.0.113.77:1","http.request.uri":"/v2/team/app/manifests/latest?a=1\\u0026b=2","http.request.useragent":"curl/7","http.response.duration":"4ms","http.response.status":200,"http.response.written":7,"level":"info","msg":"response completed","time":"2026-11-20T17:19:16.318466412Z"}',
      gives: [
        {
          time: '2026-11-20T17:19:16.318466Z',
          level: 'info',
          category: 'api',
          outcome: 'success',
          httpPath: '/v2/team/app/manifests/latest',
          httpStatus: 200,
          srcIp: '203.0.113.77',
          fields: {
            'http.request.uri': '/v2/team/app/manifests/latest?a=1&b=2',
            reference: 'latest',
            repository: 'team/app',
          },
          entities: ['image_tag:team/app:latest:target'],
        },
      ],
    },
    {
      text: '{"@timestamp":"2026-11-20T17:19:16Z","@version":"1","level":"fatal","message":"listen tcp :5000: bind: address already in use"}',
      gives: [
        {
          level: 'critical',
          nativeLevel: 'fatal',
          message: 'listen tcp :5000: bind: address already in use',
          system: 'registry',
          category: 'process',
          action: 'start',
          outcome: 'failure',
        },
      ],
    },
    {
      // 3.1: user, vars and the configured fields on request lines, `&` as it is, details as an object.
      text: '{"auth.user.name":"ci","environment":"prod","err.code":"pagination number invalid","err.detail":{"n":"-1"},"err.message":"invalid number of results requested","go.version":"go1.26.8","http.request.host":"r:5000","http.request.id":"01a21487-2dbf-743e-8132-f24cac8c2fe3","http.request.method":"GET","http.request.remoteaddr":"203.0.113.77","http.request.uri":"/v2/_catalog?n=-1&last=a","http.request.useragent":"curl/7.88.1","http.response.contenttype":"application/json","http.response.duration":"422.155864ms","http.response.status":400,"http.response.written":118,"instance.id":"01a21487-20cc-7ce9-8b68-cc6c8c6561fb","level":"error","msg":"response completed with error","service":"registry","time":"2026-11-25T16:05:33.541434622-05:00","version":"v3.1.2+unknown"}\n{"error":"crypto/bcrypt: hashedPassword is not the hash of the given password","go.version":"go1.26.8","http.request.id":"r9","http.request.method":"GET","http.request.remoteaddr":"10.0.0.9:4711","http.request.uri":"/v2/","level":"info","msg":"user failed to authenticate","time":"2026-11-25T21:05:34Z","username":"ci"}\n{"go.version":"go1.26.8","instance.id":"i1","level":"warning","msg":"htpasswd is missing, provisioning with default user","password":"FAKE","time":"2026-11-25T21:05:35Z","user":"docker"}\n{"error":"httpSink{http://sink/cb}: error posting: Post \\"http://sink/cb\\": EOF","event":{"ID":"e1"},"level":"error","msg":"retryingsink: error writing event, retrying","time":"2026-11-25T21:05:36Z"}',
      gives: [
        {
          time: '2026-11-25T21:05:33.541434Z',
          level: 'error',
          nativeLevel: 'error',
          outcome: 'failure',
          userName: 'ci',
          srcIp: '203.0.113.77',
          httpStatus: 400,
          fields: {
            'registry.error_code': 'PAGINATION_NUMBER_INVALID',
            'registry.operation': 'catalog_list',
            'err.detail': { n: '-1' },
            duration_s: 0.422155864,
            src_ip_basis: 'header',
            environment: 'prod',
          },
          entities: ['user:ci:user', 'http_request:01a21487-2dbf-743e-8132-f24cac8c2fe3:request'],
        },
        {
          level: 'info',
          category: 'authentication',
          action: 'login',
          outcome: 'failure',
          userName: '',
          fields: {
            'user.attempted': 'ci',
            reason: 'crypto/bcrypt: hashedPassword is not the hash of the given password',
          },
          entities: ['user:ci:attempted'],
        },
        {
          category: 'configuration',
          action: 'credential_provision',
          fields: { secret_kinds: ['password in clear'] },
          entities: ['user:docker:provisioned', 'registry_instance:i1:self'],
        },
        {
          category: 'audit',
          action: 'notification_send',
          outcome: 'failure',
          fields: { 'endpoint.url': 'http://sink/cb' },
        },
      ],
    },
    {
      // GitLab's registry.
      path: 'gitlab/registry/current',
      text: '{"content_type":"application/json","correlation_id":"01JKY0ZMDMP25HMMVS01X5ANNH","duration_ms":4,"host":"registry.example.com","level":"info","method":"GET","msg":"access","proto":"HTTP/1.0","referrer":"","remote_addr":"172.24.0.1:35512","remote_ip":"203.0.113.9","status":401,"system":"http","time":"2025-02-12T21:28:02.740Z","ttfb_ms":0,"uri":"/v2/","user_agent":"docker/20.10.12 go/go1.16.12","written_bytes":87}\n{"auth_project_paths":["team/app"],"auth_user_name":"ci","auth_user_type":"personal_access_token","correlation_id":"01JKY0ZMDMP25HMMVS01X5ANNJ","go_version":"go1.22.5","level":"info","msg":"authorized request","root_repo":"team","time":"2025-02-12T21:28:03.740Z","vars_name":"team/app","vars_reference":"latest","version":"v4.9.0-gitlab"}',
      gives: [
        {
          component: 'access',
          category: 'api',
          action: 'http_request',
          outcome: 'failure',
          srcIp: '203.0.113.9',
          httpMethod: 'GET',
          httpPath: '/v2/',
          httpStatus: 401,
          fields: { duration_s: 0.004, 'registry.operation': 'api_check', src_ip_basis: 'header' },
          entities: [
            'http_request:01JKY0ZMDMP25HMMVS01X5ANNH:request',
            'ip:203.0.113.9:client',
            'ip:172.24.0.1:peer',
          ],
        },
        {
          category: 'authorization',
          outcome: 'success',
          userName: 'ci',
          fields: { repository: 'team/app', reference: 'latest' },
          entities: ['user:ci:user', 'image_tag:team/app:latest:target'],
        },
      ],
    },
  ],
};
