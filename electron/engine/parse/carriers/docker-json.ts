// Docker's json-file driver, and shippers (Fluent Bit, Fluentd) that keep the line under `log`.
import { textOf } from '../text.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer, placeOf } from './carrier.ts';
import { firstDeep, objectOn, takeFile, takeKubernetes, takeTime, takeTimeOf } from './json.ts';

/** Docker cuts lines into parts of 16 KiB; characters cut in two are three bytes each afterwards. */
const PART_FROM = 16_000;
const PART_TO = 16_500;

export const dockerJson: Carrier = {
  id: 'docker-json',
  share: 0.1,
  starts: '{',
  sure: true,
  open(line) {
    if (line.charCodeAt(0) !== 123 || line.indexOf('"log"') === -1) return false;
    const object = objectOn(line);
    if (!object || typeof object.log !== 'string') return false;
    let text = textOf(object.log);
    let partial = false;
    if (text.endsWith('\n')) text = text.slice(0, text.endsWith('\r\n') ? -2 : -1);
    else if (object.logtag !== undefined) partial = object.logtag === 'P';
    else if (object.kubernetes === undefined && object.date === undefined)
      partial = object.stream !== undefined && text.length >= PART_FROM && text.length <= PART_TO;
    carry(text);
    outer.partial = partial;
    outer.stream = textOf(object.stream);
    let more = false;
    for (const key in object) more ||= key !== 'log' && key !== 'stream' && key !== 'time';
    if (!more && typeof object.time === 'string') {
      takeTime(object.time);
      return true;
    }
    takeTimeOf(object, 'time', '@timestamp', 'timestamp', 'date', 'ts');
    outer.tag = firstDeep(object, 'attrs.tag', 'tag', 'fluent_tag');
    takeKubernetes(object);
    takeFile(object);
    placeOf(outer.tag);
    return true;
  },
  samples: [
    {
      path: 'containers/0a1b/0a1b-json.log',
      text: '{"log":"time=\\"2026-11-20T17:17:54Z\\" level=info msg=one\\n","stream":"stderr","attrs":{"tag":"reg"},"time":"2026-11-20T17:17:54.6Z"}\n{"log":"team/app: marking blob sha256:aa\\r\\n","stream":"stdout","time":"2026-11-20T17:17:55.6Z"}',
      gives: [
        { system: 'registry', message: 'one', fields: { 'carrier.stream': 'stderr', 'carrier.tag': 'reg' } },
        { component: 'gc', time: '2026-11-20T17:17:55.600000Z' },
      ],
    },
    {
      // Fluent Bit with a Kubernetes filter and Path_Key.
      path: 'fluent-bit.jsonl',
      text: '{"date":1795195074.582,"filepath":"/tmp/ray/session_latest/logs/raylet.out","log":"[2026-11-20 17:17:54,500 I 28956 28957] (raylet) main.cc:703: Setting node ID node_id=239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f896967477","kubernetes":{"pod_name":"ray-head-0","namespace_name":"ml","host":"node-7","container_name":"ray","labels":{"ray.io/cluster":"c1"}}}',
      gives: [
        {
          system: 'ray',
          component: 'raylet',
          fields: {
            'carrier.file': '/tmp/ray/session_latest/logs/raylet.out',
            'carrier.pod': 'ray-head-0',
            'carrier.namespace': 'ml',
            'carrier.container': 'ray',
            'carrier.host': 'node-7',
          },
          entities: ['host:node-7:origin'],
        },
      ],
    },
  ],
};
