// A record of a shipper whose shape nobody fixed: the line under one of the usual names, the rest around it.
import type { JsonObject } from '../text.ts';
import { textOf } from '../text.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer, placeOf } from './carrier.ts';
import { deep, firstDeep, inside, objectOn, takeFile, takeKubernetes, takeTimeOf } from './json.ts';

const TEXT_KEYS = [
  'log',
  'message',
  'MESSAGE',
  'event.original',
  '_raw',
  'msg',
  'line',
  'text',
  'textPayload',
  // CloudWatch Logs Insights
  '@message',
];
const TIME_KEYS = ['@timestamp', 'timestamp', 'time', 'date', '_time', 'ts', 'datetime', 'eventTime'];

/** Fills `outer` from an object that holds a line of text. False when none of the usual names does. */
export function takeRecord(object: JsonObject): boolean {
  let text: string | undefined;
  for (const key of TEXT_KEYS) {
    const value = deep(object, key);
    if (typeof value !== 'string') continue;
    text = textOf(value);
    break;
  }
  if (text === undefined) return false;
  carry(text.endsWith('\n') ? text.slice(0, text.endsWith('\r\n') ? -2 : -1) : text);
  takeTimeOf(object, ...TIME_KEYS);
  takeSurroundings(object);
  return true;
}

/** Host, program, stream, file and place of a record. */
export function takeSurroundings(object: JsonObject): void {
  outer.stream = textOf(object.stream);
  const host = object.host;
  outer.host =
    typeof host === 'string'
      ? textOf(host)
      : firstDeep(inside(host), 'name', 'hostname') ||
        firstDeep(object, 'hostname', 'HOSTNAME', 'agent.hostname', 'beat.hostname', '_HOSTNAME');
  outer.tag = firstDeep(object, 'tag', 'fluent_tag', '@log_name');
  takeKubernetes(object);
  takeFile(object);
  placeOf(outer.tag);
}

/** `{"message":"…","@timestamp":…}` and the like, from a store or shipper of no other shape. */
export const recordJson: Carrier = {
  id: 'record-json',
  share: 0.3,
  starts: '{',
  soft: true,
  open(line) {
    if (line.charCodeAt(0) !== 123) return false;
    const object = objectOn(line);
    return object !== null && takeRecord(object);
  },
  samples: [
    {
      path: 'export.jsonl',
      text: '{"timestamp":"2026-11-20T17:17:54.582Z","message":"[2026-11-20 12:17:54,582: INFO/MainProcess] hi","hostname":"cel-1","service":"w"}\n{"timestamp":"2026-11-20T17:17:55.582Z","message":"[2026-11-20 12:17:55,582: INFO/MainProcess] ho"}',
      gives: [{ system: 'celery', message: 'hi', fields: { 'carrier.host': 'cel-1' } }, { message: 'ho' }],
    },
    {
      path: 'insights.jsonl',
      text: '{"@timestamp":"2026-11-20 17:17:54.582","@message":"[2026-11-20 17:17:54,582: INFO/MainProcess] hi","@logStream":"w/1","@log":"1:shop"}\n{"@timestamp":"2026-11-20 17:17:55.582","@message":"[2026-11-20 17:17:55,582: INFO/MainProcess] ho","@logStream":"w/1","@log":"1:shop"}',
      gives: [{ system: 'celery', message: 'hi' }, { message: 'ho' }],
    },
  ],
};
