// Vector: `{"message","timestamp","host","file","source_type",…}`, with the names of the Kubernetes, Docker and journald sources.
import { textOf } from '../text.ts';
import type { Carrier } from './carrier.ts';
import { outer } from './carrier.ts';
import { firstDeep, objectOn } from './json.ts';
import { takeRecord } from './record-json.ts';

export const vector: Carrier = {
  id: 'vector',
  share: 0.1,
  starts: '{',
  open(line) {
    if (line.charCodeAt(0) !== 123 || line.indexOf('"message"') === -1) return false;
    const object = objectOn(line);
    if (!object || typeof object.message !== 'string') return false;
    const source = object.source_type;
    // Ray's events have a source type too, in capitals.
    const named = typeof source === 'string' && /^[a-z][a-z0-9_]{1,40}$/.test(source);
    if (!named && !(typeof object.file === 'string' && typeof object.host === 'string')) return false;
    if (!takeRecord(object)) return false;
    outer.program = firstDeep(object, 'container_name', 'SYSLOG_IDENTIFIER', 'appname');
    outer.stream = firstDeep(object, 'stream');
    outer.pid = textOf(object._PID) || textOf(object.procid);
    return true;
  },
  samples: [
    {
      path: 'vector.jsonl',
      text: '{"file":"/var/log/registry/registry.log","host":"n7","message":"time=\\"2026-11-20T17:17:54Z\\" level=info msg=one","source_type":"file","timestamp":"2026-11-20T17:17:54.900Z"}\n{"file":"/var/log/pods/prod_celery-0_1f2e/worker/0.log","kubernetes":{"pod_name":"celery-0","pod_namespace":"prod","container_name":"worker","pod_node_name":"n3"},"message":"[2026-11-20 17:17:55,582: INFO/MainProcess] hi","source_type":"kubernetes_logs","stream":"stderr","timestamp":"2026-11-20T17:17:55.900Z"}',
      gives: [
        {
          system: 'registry',
          message: 'one',
          fields: { 'carrier.host': 'n7', 'carrier.file': '/var/log/registry/registry.log' },
        },
        {
          system: 'celery',
          message: 'hi',
          fields: { 'carrier.pod': 'celery-0', 'carrier.host': 'n3', 'carrier.stream': 'stderr' },
        },
      ],
    },
  ],
};
