// Registry application log, logrus text formatter: `time="…" level=info msg="…" key=value key="quoted"`.
import type { LineKind, Member } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import {
  closingQuote,
  hasControls,
  isWhole,
  type JsonObject,
  quote,
  quoteSlice,
  textOf,
  unescapeGo,
  withoutDoubles,
} from '../text.ts';
import { cursor, isoAt, MINUTE_US } from '../time.ts';
import { ZONE_WHY } from '../zone-runs.ts';
import { joinsStack } from './go-stack.ts';
import { CHANGES, GITLAB_KEYS, Keys, PART_KEYS, SLOT } from './registry-keys.ts';
import { RegistryParts, registryRecord } from './registry-message.ts';

const parts = new RegistryParts();
let lineNumber = 0;

const keys = new Keys(
  (line, at) => {
    const eq = line.indexOf('=', at);
    return eq === -1 ? null : line.slice(at, eq);
  },
  (name) => `${name}=`,
);

/** logrus level word as an index into LEVELS, -1 when it is another word. */
export function logrusLevel(word: string): number {
  switch (word) {
    case 'info':
      return 2;
    case 'error':
      return 5;
    case 'warning':
    case 'warn':
      return 4;
    case 'debug':
      return 1;
    case 'trace':
      return 0;
    case 'fatal':
    case 'panic':
      return 6;
    default:
      return -1;
  }
}

export const registryText: LineKind = {
  id: 'registry.text',
  native: true,
  read(line, draft, member) {
    if (!line.startsWith('time="')) return false;
    const close = line.indexOf('"', 6);
    const ts = isoAt(line, 6);
    if (Number.isNaN(ts) || close === -1 || cursor.end !== close || !line.startsWith(' level=', close + 1))
      return false;
    const zoned = cursor.zoned;
    const offset = cursor.offsetMinutes;
    const levelEnd = line.indexOf(' ', close + 8);
    if (levelEnd === -1) return false;
    const word = line.slice(close + 8, levelEnd);
    const level = logrusLevel(word);
    if (level === -1) return false;

    draft.tsWall = ts;
    draft.tsKind = zoned ? TS_KIND.absolute : TS_KIND.wall;
    if (zoned) member.zoneStated(offset, ts + offset * MINUTE_US, ZONE_WHY.lines, 'app');
    draft.level = level;
    draft.nativeLevel = word;
    parts.clear();
    lineNumber++;
    const safe = !hasControls(line);
    const escapes = line.indexOf('\\') !== -1;
    const clean = safe && !escapes;
    let fields = `{"level":"${word}"`;
    let message = '';
    let doubles = false;
    let known = keys.start;
    let at = levelEnd + 1;
    const length = line.length;
    while (at < length) {
      const next = keys.follow(known, line, at);
      if (!next) break;
      known = next;
      at += next.mark.length;
      if (next.shared || next.line === lineNumber) doubles = true;
      next.line = lineNumber;
      let value = '';
      let json = '';
      const start = at;
      if (keys.again(next, line, at)) {
        at += next.written.length;
        fields += next.member;
        if (next.slot !== SLOT.none) parts.take(next.slot, next.value);
        continue;
      }
      if (line.charCodeAt(at) === 34) {
        let end = escapes ? closingQuote(line, at + 1) : line.indexOf('"', at + 1);
        if (end === -1) end = length;
        json = line.slice(at, end + 1);
        if (!safe || end === length || (escapes && json.indexOf('\\') !== -1)) {
          value = unescapeGo(line.slice(at + 1, end));
          json = quote(value);
        } else if (next.slot !== SLOT.none) {
          value = line.slice(at + 1, end);
        }
        at = end + 2;
      } else {
        let end = line.indexOf(' ', at);
        if (end === -1) end = length;
        value = line.slice(at, end);
        json = next.numeric && isWhole(value) ? value : quoteSlice(value, clean);
        at = end + 1;
      }
      if (next.slot === SLOT.msg) {
        message = value;
        continue;
      }
      fields += next.json + json;
      if (clean && next.changes < CHANGES && line.charCodeAt(at - 1) === 32)
        keys.keep(next, line.slice(start, at), json, value);
      if (next.slot !== SLOT.none) parts.take(next.slot, value);
    }
    draft.fields = fields;
    draft.parsed = true;
    registryRecord(draft, message, parts, member);
    if (doubles) draft.fields = withoutDoubles(draft.fields);
    return true;
  },
  joins: joinsStack,
  samples: [
    {
      text: 'time="2026-11-20T17:20:47.924266868Z" level=error msg="response completed with error" auth.user.name=ciuser err.code="blob unknown" err.detail="sha256:0139c1c77468f75e6763a4612262743bd47a36b26cb2863d662756b3377bb029" err.message="blob unknown to registry" go.version=go1.19.8 http.request.host="127.0.0.1:15001" http.request.id=53c9dae2-e101-4836-a07f-c21236c03829 http.request.method=HEAD http.request.remoteaddr="127.0.0.21:40656" http.request.uri="/v2/team/app/blobs/sha256:0139c1c77468f75e6763a4612262743bd47a36b26cb2863d662756b3377bb029" http.request.useragent="docker/24.0.7 go/go1.20.10" http.response.contenttype="application/json; charset=utf-8" http.response.duration=5.71142ms http.response.status=404 http.response.written=157 vars.digest="sha256:0139c1c77468f75e6763a4612262743bd47a36b26cb2863d662756b3377bb029" vars.name=team/app',
      gives: [
        {
          time: '2026-11-20T17:20:47.924266Z',
          level: 'error',
          system: 'registry',
          component: 'app',
          category: 'api',
          action: 'http_request',
          outcome: 'failure',
          message: 'response completed with error',
          srcIp: '127.0.0.21',
          userName: 'ciuser',
          httpMethod: 'HEAD',
          httpStatus: 404,
          fields: {
            'http.response.status': 404,
            'http.request.useragent': 'docker/24.0.7 go/go1.20.10',
            'err.code': 'blob unknown',
            'vars.name': 'team/app',
            repository: 'team/app',
            digest: 'sha256:0139c1c77468f75e6763a4612262743bd47a36b26cb2863d662756b3377bb029',
            'registry.operation': 'blob_check',
          },
          entities: ['ip:127.0.0.21:client', 'user:ciuser:user', 'image_repository:team/app:target'],
        },
      ],
    },
    {
      text: 'time="2026-11-20T17:20:44.1+02:00" level=error msg="error authenticating user \\"ad\\\\\\"min\\": authentication failure" http.request.id=a http.request.method=GET http.request.remoteaddr="[2001:db8::1]:5" http.request.uri="/v2/"',
      gives: [
        {
          time: '2026-11-20T15:20:44.100000Z',
          category: 'authentication',
          action: 'login',
          outcome: 'failure',
          userName: '',
          srcIp: '2001:db8::1',
          fields: {
            'user.attempted': 'ad"min',
            reason: 'authentication failure',
            'registry.operation': 'api_check',
          },
          entities: ['user:ad"min:attempted'],
        },
      ],
    },
    {
      text: 'time="2026-11-20T17:24:41Z" level=info msg="Deleting blob: /docker/registry/v2/blobs/sha256/01/0139c1c77468f75e6763a4612262743bd47a36b26cb2863d662756b3377bb029" go.version=go1.19.8',
      gives: [
        {
          category: 'storage',
          action: 'blob_delete',
          fields: { digest: 'sha256:0139c1c77468f75e6763a4612262743bd47a36b26cb2863d662756b3377bb029' },
        },
      ],
    },
  ],
};

/** Parts, columns and meaning of a line that was read as JSON. */
export function takeParts(draft: Draft, message: string, object: JsonObject, member: Member): void {
  parts.clear();
  for (const [key, slot] of PART_KEYS) {
    const value = object[key];
    if (value !== undefined) parts.take(slot, textOf(value));
  }
  if (object.correlation_id !== undefined) {
    for (const [key, slot] of GITLAB_KEYS) {
      const value = object[key];
      if (value !== undefined) parts.take(slot, textOf(value));
    }
  }
  registryRecord(draft, message, parts, member);
}
