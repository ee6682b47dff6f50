// Registry notification envelopes: `{"events":[…]}`, indented over many lines or one envelope a line. Each event is a record.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import type { Json, JsonObject } from '../text.ts';
import { hostOf, isIp, parseObject, put, putIf, putJson, textOf } from '../text.ts';
import { cursor, isoAt } from '../time.ts';

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
        if (!fill(draft, line)) return false;
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
  finish(draft) {
    if (draft.action === '') fill(draft, draft.message);
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
      gives: [{ action: 'pull', httpMethod: 'HEAD', srcIp: '1.2.3.4', userName: '' }],
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
function fill(draft: Draft, text: string): boolean {
  const event = eventIn(text);
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
  if (addr) {
    const host = hostOf(addr);
    if (isIp(host)) {
      draft.srcIp = host;
      draft.entity('ip', host, 'client');
    } else draft.entity('host', host, 'client');
  }
  const id = textOf(req.id);
  if (id) draft.entity('http_request', id, 'request');
  const instance = textOf(objectOf(event.source).instanceID);
  if (instance) draft.entity('registry_instance', instance, 'origin');
  putIf(draft, 'repository', repository);
  putIf(draft, 'reference', tag);
  putIf(draft, 'digest', digest);
  return true;
}

function objectOf(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
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
      if (!Array.isArray(value) && depth < 3) flatten(draft, `${name}.`, value, depth + 1);
    }
  }
}
