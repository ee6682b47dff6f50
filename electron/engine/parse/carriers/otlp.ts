// OpenTelemetry: records of OTLP in JSON, as the collector's file exporter writes them below `resourceLogs`, `scopeLogs`, `logRecords`.
import type { Json, JsonObject } from '../text.ts';
import { textOf } from '../text.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer, placeOf } from './carrier.ts';
import { inside, objectOn, takeTime } from './json.ts';

/** The text of an attribute, under the first of the names that is there. */
function attribute(list: Json | undefined, ...names: string[]): string {
  if (!Array.isArray(list)) return '';
  for (const name of names) {
    for (const pair of list) {
      const { key, value } = inside(pair) as JsonObject;
      if (key === name) return textOf(inside(value).stringValue);
    }
  }
  return '';
}

export const otlp: Carrier = {
  id: 'otlp',
  share: 0.1,
  starts: '{',
  open(line) {
    if (line.charCodeAt(0) !== 123 || line.indexOf('imeUnixNano"') === -1) return false;
    const object = objectOn(line);
    const body = object && inside(object.body).stringValue;
    if (!object || typeof body !== 'string') return false;
    const text = textOf(body);
    carry(text.endsWith('\n') ? text.slice(0, -1) : text);
    // 0 says that the record states no time of its own; then the time of collection orders it.
    if (!takeTime(nanos(object.timeUnixNano))) takeTime(nanos(object.observedTimeUnixNano));
    const attributes = object.attributes;
    outer.stream = attribute(attributes, 'log.iostream', 'stream');
    outer.file = attribute(attributes, 'log.file.path', 'log.file.name');
    outer.host = attribute(attributes, 'host.name', 'k8s.node.name');
    outer.pod = attribute(attributes, 'k8s.pod.name');
    outer.namespace = attribute(attributes, 'k8s.namespace.name');
    outer.container = attribute(attributes, 'k8s.container.name', 'container.name');
    placeOf(outer.file);
    return true;
  },
  samples: [
    {
      path: 'otel/logs.json',
      text: '{"resourceLogs":[{"resource":{"attributes":[{"key":"host.name","value":{"stringValue":"cel-1"}}]},"scopeLogs":[{"scope":{},"logRecords":[{"timeUnixNano":"0","observedTimeUnixNano":"1795195074582000000","body":{"stringValue":"[2026-11-20 12:17:54,582: INFO/MainProcess] hi"},"attributes":[{"key":"log.file.path","value":{"stringValue":"/var/log/celery/w1.log"}}]},{"observedTimeUnixNano":"1795195075582000000","body":{"stringValue":"[2026-11-20 12:17:55,582: WARNING/MainProcess] ho"}}]}]}]}\n{"resourceLogs":[{"resource":{},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1795195076582000000","body":{"stringValue":"[2026-11-20 12:17:56,582: INFO/MainProcess] hu"}}]}]}]}\n',
      gives: [
        {
          system: 'celery',
          message: 'hi',
          lines: 0,
          fields: { 'carrier.file': '/var/log/celery/w1.log' },
        },
        { message: 'ho', level: 'warning', lines: 1 },
        { message: 'hu', lines: 1 },
      ],
    },
  ],
};

function nanos(value: Json | undefined): Json | undefined {
  return typeof value === 'string' ? Number(value) : value;
}
