// CloudWatch Logs: events of `get-log-events`, `filter-log-events` and of subscriptions (`logEvents`), an object each.
import { textOf } from '../text.ts';
import { cursor, isoAt } from '../time.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer, placeOf } from './carrier.ts';
import { objectOn, takeTime } from './json.ts';

export const cloudwatch: Carrier = {
  id: 'cloudwatch',
  share: 0.1,
  starts: '{',
  open(line, member) {
    if (line.charCodeAt(0) !== 123 || line.indexOf('"message"') === -1 || line.indexOf('"timestamp"') === -1)
      return false;
    const object = objectOn(line);
    if (!object || typeof object.message !== 'string' || typeof object.timestamp !== 'number') return false;
    const around = member.around;
    const own =
      object.ingestionTime !== undefined ||
      object.eventId !== undefined ||
      object.logStreamName !== undefined;
    if (!own && around.logGroup === undefined && around.logStream === undefined) return false;
    const text = textOf(object.message);
    carry(text.endsWith('\n') ? text.slice(0, -1) : text);
    takeTime(object.timestamp);
    outer.group = textOf(around.logGroup);
    outer.tag = textOf(object.logStreamName) || textOf(around.logStream);
    outer.unordered = true;
    placeOf(outer.tag);
    return true;
  },
  samples: [
    {
      path: 'events.json',
      text: '{\n    "events": [\n        {\n            "timestamp": 1795195074582,\n            "message": "[2026-11-20 12:17:54,582: INFO/MainProcess] hi",\n            "ingestionTime": 1795195080000\n        },\n        {\n            "timestamp": 1795195075582,\n            "message": "[2026-11-20 12:17:55,582: INFO/MainProcess] ho",\n            "ingestionTime": 1795195080000\n        }\n    ],\n    "nextForwardToken": "f/1",\n    "nextBackwardToken": "b/1"\n}\n',
      gives: [
        { system: 'celery', message: 'hi', lines: 7, time: '2026-11-20T12:17:54.582000Z' },
        { system: 'celery', message: 'ho', lines: 9 },
      ],
    },
    {
      path: 'subscription.json',
      text: '{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/ecs/registry","logStream":"ecs/registry/0a1b","subscriptionFilters":["all"],"logEvents":[{"id":"1","timestamp":1795195074582,"message":"time=\\"2026-11-20T17:17:54Z\\" level=info msg=one"},{"id":"2","timestamp":1795195075582,"message":"team/app: marking blob sha256:aa"}]}{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/ecs/registry","logStream":"ecs/registry/0a1c","subscriptionFilters":["all"],"logEvents":[{"id":"3","timestamp":1795195076582,"message":"time=\\"2026-11-20T17:17:56Z\\" level=info msg=three"}]}',
      gives: [
        {
          system: 'registry',
          message: 'one',
          lines: 0,
          fields: { 'carrier.group': '/ecs/registry', 'carrier.tag': 'ecs/registry/0a1b' },
        },
        { component: 'gc', lines: 0, time: '2026-11-20T17:17:55.582000Z' },
        { message: 'three', lines: 1, fields: { 'carrier.tag': 'ecs/registry/0a1c' } },
      ],
    },
  ],
};

const STREAM = /^[\w./#$@:-]{1,512} /;

/** `aws logs tail`: `2026-11-20T17:17:54.582000+00:00 stream text`. */
const ACCESS = /^\S{1,100} \S{1,150} \[\d\d\/[A-Z][a-z]{2}\/\d{4}:/;

export const cloudwatchTail: Carrier = {
  id: 'cloudwatch-tail',
  share: 0.3,
  starts: '0123456789',
  soft: true,
  open(line) {
    if (line.charCodeAt(10) !== 84) return false;
    const time = isoAt(line, 0);
    if (Number.isNaN(time) || !cursor.zoned || line.charCodeAt(cursor.end) !== 32) return false;
    const at = cursor.end + 1;
    const stream = STREAM.exec(line.slice(at, at + 520));
    if (!stream) return false;
    const text = at + stream[0].length;
    // An access line begins with a word too: its client is no stream.
    if (ACCESS.test(line.slice(text, text + 300))) return false;
    carry(line.slice(text));
    outer.time = time;
    outer.zoned = true;
    outer.tag = stream[0].slice(0, -1);
    placeOf(outer.tag);
    return true;
  },
  samples: [
    {
      path: 'tail.txt',
      text: '2026-11-20T17:17:54.582000+00:00 ecs/worker/0a1b2c [2026-11-20 12:17:54,582: INFO/MainProcess] hi\n2026-11-20T17:17:55.582000+00:00 ecs/worker/0a1b2c [2026-11-20 12:17:55,582: INFO/MainProcess] ho',
      gives: [
        { system: 'celery', message: 'hi', fields: { 'carrier.tag': 'ecs/worker/0a1b2c' } },
        { system: 'celery', message: 'ho', time: '2026-11-20T12:17:55.582000Z' },
      ],
    },
    {
      // No stream: what `docker logs -t` puts in front of an access line.
      path: 'registry/docker-logs.txt',
      text: '2026-11-20T17:17:54.911922605Z 192.168.254.129 - - [20/Nov/2026:17:17:54 +0000] "GET /v2/ HTTP/1.1" 401 114 "" "docker/24"\n2026-11-20T17:17:55.911922605Z time="2026-11-20T17:17:55.9Z" level=info msg=one',
      gives: [
        { component: 'access', srcIp: '192.168.254.129', httpStatus: 401 },
        { system: 'registry', message: 'one' },
      ],
    },
  ],
};
