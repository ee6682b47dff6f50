// `journalctl -o json`, `json-pretty`, `json-sse` and `json-seq`: an object an entry, MESSAGE as text or as a list of bytes.
import type { Carrier } from './carrier.ts';
import { takeEntry } from './journal.ts';
import { objectOn } from './json.ts';

export const journalJson: Carrier = {
  id: 'journal-json',
  share: 0.1,
  starts: '{d\x1e',
  sure: true,
  open(given) {
    let line = given;
    const c = line.charCodeAt(0);
    if (c === 30) line = line.slice(1);
    else if (c === 100 && line.startsWith('data: {')) line = line.slice(6);
    else if (c !== 123) return false;
    if (line.indexOf('"__REALTIME_TIMESTAMP"') === -1 && line.indexOf('"MESSAGE"') === -1) return false;
    const object = objectOn(line);
    if (!object || object.MESSAGE === undefined) return false;
    if (object.__REALTIME_TIMESTAMP === undefined && object._SOURCE_REALTIME_TIMESTAMP === undefined)
      return false;
    takeEntry((name) => object[name]);
    return true;
  },
  samples: [
    {
      path: 'journal.jsonl',
      text: '{"__REALTIME_TIMESTAMP":"1795195074582000","_HOSTNAME":"h1","SYSLOG_IDENTIFIER":"celery","_PID":"12","PRIORITY":"6","MESSAGE":"[2026-11-20 17:17:54,582: INFO/MainProcess] hi"}\n{"__REALTIME_TIMESTAMP":"1795195075000000","_HOSTNAME":"h1","SYSLOG_IDENTIFIER":"sshd","_PID":"12","PRIORITY":"3","MESSAGE":[111,117,116,195,169]}',
      gives: [
        {
          system: 'celery',
          message: 'hi',
          pid: '12',
          fields: { 'carrier.host': 'h1', 'carrier.program': 'celery' },
        },
        { message: 'outé', level: 'error', component: 'sshd' },
      ],
    },
    {
      // The journald driver of Docker: parts, the container's name, the stream as a priority.
      path: 'journal.jsonl',
      text: '{"__REALTIME_TIMESTAMP":"1795195074582000","_HOSTNAME":"h1","CONTAINER_NAME":"reg","CONTAINER_PARTIAL_MESSAGE":"true","PRIORITY":"3","MESSAGE":"time=\\"2026-11-20T17:17:54Z\\" level=info msg=\\"o"}\n{"__REALTIME_TIMESTAMP":"1795195074583000","_HOSTNAME":"h1","CONTAINER_NAME":"reg","PRIORITY":"3","MESSAGE":"ne\\""}',
      gives: [
        {
          system: 'registry',
          message: 'one',
          level: 'info',
          lines: 2,
          fields: { 'carrier.container': 'reg', 'carrier.stream': 'stderr' },
        },
      ],
    },
    {
      path: 'journal.txt',
      text: '{\n\t"__REALTIME_TIMESTAMP" : "1795195074582000",\n\t"_HOSTNAME" : "h1",\n\t"SYSLOG_IDENTIFIER" : "mesos-master",\n\t"MESSAGE" : "I1120 17:17:54.582000  3709 master.cpp:1] a \\"b\\""\n}\n{\n\t"__REALTIME_TIMESTAMP" : "1795195075582000",\n\t"_HOSTNAME" : "h1",\n\t"SYSLOG_IDENTIFIER" : "mesos-master",\n\t"MESSAGE" : "I1120 17:17:55.582000  3709 master.cpp:1] c"\n}\n',
      mtime: '2026-11-21T00:00:00Z',
      gives: [
        { system: 'mesos', message: 'a "b"', lines: 6, fields: { 'carrier.host': 'h1' } },
        { system: 'mesos', message: 'c', lines: 6 },
      ],
    },
  ],
};
