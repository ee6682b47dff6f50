// Filebeat, Elastic Agent and Logstash: `{"@timestamp","message","log":{"file":{"path"}},"host":{"name"},…}`.
import type { Carrier } from './carrier.ts';
import { deep, objectOn } from './json.ts';
import { takeRecord } from './record-json.ts';

const MARKS = [
  'log.file.path',
  'agent',
  'beat',
  'ecs',
  'input',
  '@metadata',
  'prospector',
  'event.original',
  'host',
  'container',
];

export const beats: Carrier = {
  id: 'beats',
  share: 0.1,
  starts: '{',
  soft: true,
  open(line) {
    if (line.charCodeAt(0) !== 123 || line.indexOf('"@timestamp"') === -1) return false;
    const object = objectOn(line);
    if (!object || object['@timestamp'] === undefined) return false;
    if (!MARKS.some((mark) => deep(object, mark) !== undefined)) return false;
    return takeRecord(object);
  },
  samples: [
    {
      path: 'filebeat.ndjson',
      text: '{"@timestamp":"2026-11-20T17:17:54.900Z","@metadata":{"beat":"filebeat"},"message":"I1120 12:17:54.159279 11884 slave.cpp:2709] hi","log":{"offset":0,"file":{"path":"/var/log/mesos/mesos-agent.INFO"}},"host":{"name":"n7"},"agent":{"type":"filebeat"}}\n{"@timestamp":"2026-11-20T17:17:55.900Z","@version":"1","message":"I1120 12:17:55.159279 11884 slave.cpp:2709] ho","host":"n8","path":"/var/log/mesos/mesos-agent.INFO"}',
      gives: [
        {
          system: 'mesos',
          component: 'agent',
          time: '2026-11-20T12:17:54.159279Z',
          fields: { 'carrier.host': 'n7', 'carrier.file': '/var/log/mesos/mesos-agent.INFO' },
        },
        { message: 'ho', fields: { 'carrier.host': 'n8' } },
      ],
    },
    {
      // The registry's own logstash formatter is no carrier, though it has a time of the same name.
      path: 'registry.ndjson',
      text: '{"@timestamp":"2026-11-20T17:19:16Z","@version":"1","host":"n7","level":"info","message":"response completed","http.request.method":"GET","http.response.status":200}',
      gives: [{ system: 'registry', message: 'response completed', httpStatus: 200 }],
    },
  ],
};
