// Registry notification envelopes: `{"events":[…]}`, indented over many lines or one envelope a line. Each event is a record.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import type { JsonObject } from '../text.ts';
import { byteString, objectOf, parseObject, put, putIf, putJson, textOf } from '../text.ts';
import { cursor, isoAt } from '../time.ts';
import { mentionCarriedTask, putClient } from './registry-message.ts';

const OPEN = /^\s*\{\s*(?:"events"\s*:.*)?$/;

export const registryNotification: LineKind = {
  id: 'registry.notification',
  read(line, draft, member) {
    const depth = Number(member.state.envelope ?? 0);
    if (depth === 0) {
      const oneLine = line.startsWith('{"events":[') || line.startsWith('{"events": [');
      const bare =
        !oneLine &&
        line.startsWith('{"') &&
        line.endsWith('}') &&
        line.includes('"target":') &&
        line.includes('"action":');
      if (!oneLine && !bare && !(OPEN.test(line) && line.length < 200)) return false;
      scan(line, member);
      start(draft, line);
      if (member.state.envelope === '0') {
        const events = oneLine ? eventsOf(line) : [];
        if (!fill(draft, line, member)) return false;
        member.rest = events.slice(1);
        return true;
      }
      member.state.events = '';
      return true;
    }
    const opens = depth === 2 && line.trimStart().startsWith('{');
    if (!opens) return false;
    if (member.state.events === '') {
      // The first event of an envelope shares its record with the envelope's opening lines.
      member.state.events = 'some';
      return false;
    }
    start(draft, line);
    scan(line, member);
    return true;
  },
  joins(line, _draft, member) {
    if (Number(member.state.envelope ?? 0) === 0) return false;
    scan(line, member);
    return true;
  },
  finish(draft, member) {
    if (draft.action === '') fill(draft, draft.message, member);
  },
  samples: [
    {
      path: 'registry/notifications.txt',
      text: '{\n   "events": [\n      {\n         "id": "e1",\n         "timestamp": "2026-11-20T17:20:48.134595663Z",\n         "action": "push",\n         "target": {\n            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",\n            "digest": "sha256:01",\n            "repository": "team/app",\n            "tag": "latest"\n         },\n         "request": {\n            "id": "r1",\n            "addr": "10.0.0.7:40646",\n            "host": "reg:5000",\n            "method": "PUT",\n            "useragent": "docker/24"\n         },\n         "actor": {\n            "name": "ciuser"\n         },\n         "source": {\n            "addr": "reg:5000",\n            "instanceID": "i1"\n         }\n      },\n      {\n         "id": "e2",\n         "timestamp": "2026-11-20T17:20:49Z",\n         "action": "delete",\n         "target": {"digest": "sha256:02", "repository": "team/db"}\n      }\n   ]\n}',
      gives: [
        {
          time: '2026-11-20T17:20:48.134595Z',
          system: 'registry',
          component: 'notification',
          category: 'audit',
          action: 'push',
          outcome: 'success',
          userName: 'ciuser',
          srcIp: '10.0.0.7',
          httpMethod: 'PUT',
          lines: 27,
          fields: {
            action: 'push',
            'target.repository': 'team/app',
            'target.tag': 'latest',
            'target.digest': 'sha256:01',
            'actor.name': 'ciuser',
            'request.addr': '10.0.0.7:40646',
            'request.useragent': 'docker/24',
          },
          entities: [
            'user:ciuser:user',
            'image_digest:sha256:01:target',
            'image_tag:team/app:latest:target',
            'http_request:r1:request',
            'registry_instance:i1:origin',
          ],
        },
        { action: 'delete', lines: 8, fields: { 'target.repository': 'team/db' } },
      ],
    },
    {
      path: 'registry/notifications.jsonl',
      text: '{"events":[{"id":"e1","timestamp":"2026-11-20T17:20:48Z","action":"pull","target":{"repository":"a/b","digest":"sha256:01"},"request":{"method":"HEAD","addr":"1.2.3.4"},"actor":{}}]}',
      gives: [
        {
          action: 'pull',
          httpMethod: 'HEAD',
          srcIp: '1.2.3.4',
          userName: '',
          fields: { 'registry.operation': 'blob_check', src_ip_basis: 'header' },
        },
      ],
    },
    {
      // A mount, and an index with its references (3.x), sent a second time; bodies without a line end between them.
      path: 'registry/notifications.txt',
      text: '{\n   "events": [\n      {\n         "id": "m1",\n         "timestamp": "2026-11-20T17:20:48Z",\n         "action": "mount",\n         "target": {\n            "mediaType": "application/octet-stream",\n            "digest": "sha256:03",\n            "repository": "team/copy",\n            "fromRepository": "team/app"\n         },\n         "request": {\n            "id": "r3",\n            "addr": "10.0.0.7:40646",\n            "method": "POST"\n         }\n      }\n   ]\n}{\n   "events": [\n      {\n         "id": "p1",\n         "timestamp": "2026-11-20T17:20:49Z",\n         "action": "push",\n         "target": {\n            "mediaType": "application/vnd.oci.image.index.v1+json",\n            "digest": "sha256:04",\n            "repository": "team/app",\n            "references": [\n               {\n                  "mediaType": "application/vnd.oci.image.manifest.v1+json",\n                  "digest": "sha256:05",\n                  "size": 7\n               }\n            ]\n         }\n      }\n   ]\n}\n{"events":[{"id":"m1","timestamp":"2026-11-20T17:20:48Z","action":"mount","target":{"digest":"sha256:03","repository":"team/copy","fromRepository":"team/app"}}]}',
      gives: [
        {
          action: 'mount',
          fields: {
            'registry.operation': 'blob_mount',
            source_repository: 'team/app',
            digest_kind: 'blob',
            'target.fromRepository': 'team/app',
          },
          entities: ['image_repository:team/copy:target', 'image_repository:team/app:source'],
        },
        {
          action: 'push',
          fields: {
            digest_kind: 'manifest',
            'registry.operation': 'manifest_push',
            'target.references': [
              { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: 'sha256:05', size: 7 },
            ],
          },
          entities: ['image_digest:sha256:05:reference'],
        },
        { action: 'mount', fields: { 'registry.repeated_event': true } },
      ],
    },
    {
      // The end of the file is missing.
      path: 'registry/notifications.txt',
      text: '{\n   "events": [\n      {\n         "id": "e9",\n         "timestamp": "2026-11-20T17:20:53.657080754Z",\n         "action": "pull",\n         "target": {\n            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",\n            "repository": "team/app",\n            "url": "http://127.0.0.1:15003/v2/team/ap',
      gives: [
        {
          time: '2026-11-20T17:20:53.657080Z',
          action: 'pull',
          fields: { repository: 'team/app', 'tidemark.partial': 'the event is cut off' },
        },
      ],
    },
    {
      path: 'registry/notifications.jsonl',
      text: '{"events":[{"id":"e1","timestamp":"2026-11-20T17:20:48Z","action":"pull","target":{"repository":"a/b"}},{"id":"e2","timestamp":"2026-11-20T17:20:49Z","action":"push","target":{"repository":"a/é"}},{"id":"e3","timestamp":"2026-11-20T17:20:50Z","action":"delete","target":{"repository":"a/c"}}]}\n{"events":[]}\n\n{"timestamp":"2026-11-20T17:20:50Z","action":"mount","target":{"repository":"a/c"}}\n\n',
      gives: [
        { action: 'pull', lines: 0 },
        { action: 'push', lines: 0, time: '2026-11-20T17:20:49.000000Z', fields: { repository: 'a/é' } },
        { action: 'delete', lines: 1, fields: { repository: 'a/c' } },
        { parsed: false, lines: 2 },
        { action: 'mount', lines: 2 },
      ],
    },
  ],
};

function start(draft: Draft, line: string): void {
  draft.parsed = true;
  draft.system = 'registry';
  draft.component = 'notification';
  draft.message = line;
}

/** Depth of brackets after a line, kept in the member. Strings never cross a line in JSON. */
function scan(line: string, member: Member): void {
  let depth = Number(member.state.envelope ?? 0);
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const c = line.charCodeAt(i);
    if (quoted) {
      if (c === 92) i++;
      else if (c === 34) quoted = false;
    } else if (c === 34) quoted = true;
    else if (c === 123 || c === 91) depth++;
    else if (c === 125 || c === 93) depth--;
  }
  member.state.envelope = String(depth < 0 ? 0 : depth);
}

/** Takes the event out of the text of a record and fills the draft with it. */
function fill(draft: Draft, text: string, member: Member): boolean {
  const event = eventIn(text) ?? cutEventIn(text);
  if (!event) {
    draft.parsed = false;
    return false;
  }
  const target = objectOf(event.target);
  const req = objectOf(event.request);
  const action = textOf(event.action);
  const repository = textOf(target.repository);
  const tag = textOf(target.tag);
  const digest = textOf(target.digest);
  const user = textOf(objectOf(event.actor).name);
  const addr = textOf(req.addr);
  draft.parsed = true;
  draft.fields = '';
  flatten(draft, '', event, 0);
  means(draft, 'audit', action || 'notification', 'success');
  const ts = isoAt(textOf(event.timestamp), 0);
  if (!Number.isNaN(ts)) {
    draft.tsWall = ts;
    draft.tsKind = cursor.zoned ? TS_KIND.absolute : TS_KIND.wall;
  }
  draft.message = `${action} ${repository}${tag ? `:${tag}` : ''}${digest ? `@${digest}` : ''}${user ? ` by ${user}` : ''}`;
  draft.httpMethod = textOf(req.method);
  if (repository) draft.entity('image_repository', repository, 'target');
  if (repository && tag) draft.entity('image_tag', `${repository}:${tag}`, 'target');
  if (digest) draft.entity('image_digest', digest, 'target');
  if (user) {
    draft.userName = user;
    draft.entity('user', user, 'user');
  }
  if (addr) putClient(draft, addr);
  mentionCarriedTask(draft, textOf(req.useragent));
  const id = textOf(req.id);
  if (id) draft.entity('http_request', id, 'request');
  const instance = textOf(objectOf(event.source).instanceID);
  if (instance) draft.entity('registry_instance', instance, 'origin');
  putIf(draft, 'repository', repository);
  putIf(draft, 'reference', tag);
  putIf(draft, 'digest', digest);
  putTarget(draft, target, action, draft.httpMethod);
  if (event === cut.event) put(draft, 'tidemark.partial', 'the event is cut off');
  putRepeated(draft, textOf(event.id), member);
  return true;
}

/** What the event is about: kind of the digest, operation, the repository a blob was mounted from, what an index refers to. */
function putTarget(draft: Draft, target: JsonObject, action: string, method: string): void {
  const kind = digestKind(textOf(target.mediaType), target);
  if (kind !== '') put(draft, 'digest_kind', kind);
  const operation = operationOf(
    action,
    kind === 'manifest' || (kind === '' && target.tag !== undefined),
    method,
  );
  if (operation !== '') put(draft, 'registry.operation', operation);
  const from = textOf(target.fromRepository);
  if (from) {
    put(draft, 'source_repository', from);
    draft.entity('image_repository', from, 'source');
  }
  if (!Array.isArray(target.references)) return;
  for (const reference of target.references.slice(0, 200)) {
    const digest = textOf(objectOf(reference).digest);
    if (digest) draft.entity('image_digest', digest, 'reference');
  }
}

const MANIFEST_TYPE = /\.(?:manifest(?:\.list)?\.v\d|image\.(?:manifest|index)\.v\d)/;
const CONFIG_TYPE = /\.(?:container\.image|image\.config|plugin)\.v\d/;

/** `manifest` (an index too), `config` or `blob`. A registry that does not know a blob's type says application/octet-stream. */
function digestKind(mediaType: string, target: JsonObject): string {
  if (MANIFEST_TYPE.test(mediaType)) return 'manifest';
  if (CONFIG_TYPE.test(mediaType)) return 'config';
  if (mediaType !== '') return 'blob';
  const url = textOf(target.url);
  return url.indexOf('/manifests/') !== -1 ? 'manifest' : url.indexOf('/blobs/') !== -1 ? 'blob' : '';
}

/** The names that request lines have for it: a HEAD, which is reported as a pull, takes nothing. */
function operationOf(action: string, manifest: boolean, method: string): string {
  const what = manifest ? 'manifest' : 'blob';
  switch (action) {
    case 'pull':
      return method === 'HEAD' ? `${what}_check` : `${what}_pull`;
    case 'push':
      return `${what}_push`;
    case 'delete':
      return `${what}_delete`;
    case 'mount':
      return 'blob_mount';
    default:
      return '';
  }
}

/** Line of each event id of a member, in two halves so that they stay bounded. */
const seen = new WeakMap<Member, { young: Map<string, number>; old: Map<string, number> }>();
const MOST_IDS = 100_000;

/** An endpoint that answers late or with an error is sent the event again, with the same id. */
function putRepeated(draft: Draft, id: string, member: Member): void {
  if (id === '') return;
  let ids = seen.get(member);
  if (!ids) {
    ids = { young: new Map(), old: new Map() };
    seen.set(member, ids);
  }
  const first = ids.young.get(id) ?? ids.old.get(id);
  if (first !== undefined) {
    putJson(draft, 'registry.repeated_event', 'true');
    putJson(draft, 'registry.first_line', String(first));
    return;
  }
  if (ids.young.size >= MOST_IDS) {
    ids.old = ids.young;
    ids.young = new Map();
  }
  ids.young.set(id, member.line);
}

/** The last event that was put together from a record that ends within it. */
const cut: { event: JsonObject | null } = { event: null };

/** An event whose end is missing: its whole members. */
function cutEventIn(text: string): JsonObject | null {
  const head = /^\s*\{\s*"events"\s*:\s*\[/.exec(text);
  const from = text.indexOf('{', head ? head[0].length : 0);
  if (from === -1 || text.length - from > 200_000) return null;
  const closers: string[] = [];
  let quoted = false;
  let end = -1;
  let closing = '';
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (quoted) {
      if (c === 92) i++;
      else if (c === 34) quoted = false;
    } else if (c === 34) quoted = true;
    else if (c === 123) closers.push('}');
    else if (c === 91) closers.push(']');
    else if (c === 125 || c === 93) closers.pop();
    else if (c === 44) {
      end = i;
      closing = closers.join('');
    }
  }
  if (end === -1) return null;
  cut.event = parseObject(text.slice(from, end) + [...closing].reverse().join(''));
  return cut.event;
}

/** The event object inside the text of one record: the envelope's opening before it and closing after it are left out. */
function eventIn(text: string): JsonObject | null {
  const head = /^\s*\{\s*"events"\s*:\s*\[/.exec(text);
  const from = text.indexOf('{', head ? head[0].length : 0);
  if (from === -1) return null;
  let depth = 0;
  let quoted = false;
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (quoted) {
      if (c === 92) i++;
      else if (c === 34) quoted = false;
    } else if (c === 34) quoted = true;
    else if (c === 123) depth++;
    else if (c === 125 && --depth === 0) return parseObject(text.slice(from, i + 1));
  }
  return null;
}

/** The events of an envelope that stands on one line: where each starts, and its text. */
function eventsOf(line: string): { at: number; text: string }[] {
  const events: { at: number; text: string }[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let i = 0; i < line.length; i++) {
    const c = line.charCodeAt(i);
    if (quoted) {
      if (c === 92) i++;
      else if (c === 34) quoted = false;
    } else if (c === 34) quoted = true;
    else if (c === 123 || c === 91) {
      if (c === 123 && depth === 2) from = i;
      depth++;
    } else if (c === 125 || c === 93) {
      depth--;
      if (c === 125 && depth === 2) events.push({ at: from, text: line.slice(from, i + 1) });
    }
  }
  return events;
}

/** Flat dotted keys; lists stay JSON. */
function flatten(draft: Draft, prefix: string, object: JsonObject, depth: number): void {
  for (const [key, value] of Object.entries(object)) {
    if (!/^[\w.@-]{1,80}$/.test(key)) continue;
    const name = prefix + key;
    if (typeof value === 'string') put(draft, name, textOf(value));
    else if (typeof value === 'number' || typeof value === 'boolean') putJson(draft, name, String(value));
    else if (value !== null && typeof value === 'object') {
      if (Array.isArray(value)) putJson(draft, name, byteString(JSON.stringify(value)));
      else if (depth < 3) flatten(draft, `${name}.`, value, depth + 1);
    }
  }
}
