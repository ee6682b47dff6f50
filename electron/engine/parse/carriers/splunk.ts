// Splunk: `{"preview":false,"offset":0,"result":{"_raw","_time","host","source","sourcetype"}}` and lists of such results.

import type { JsonObject } from '../text.ts';
import { textOf } from '../text.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer, placeOf } from './carrier.ts';
import { inside, objectOn, takeTime } from './json.ts';

/** Fills `outer` from a result's columns. False when it has no raw text. */
export function takeResult(result: JsonObject): boolean {
  const raw = result._raw;
  if (typeof raw !== 'string') return false;
  carry(textOf(raw));
  takeTime(result._time);
  outer.host = textOf(result.host);
  const source = textOf(result.source);
  if (source.indexOf('/') !== -1) outer.file = source;
  else outer.tag = source;
  outer.group = textOf(result.sourcetype);
  outer.unordered = true;
  placeOf(outer.file);
  return true;
}

export const splunk: Carrier = {
  id: 'splunk',
  share: 0.1,
  starts: '{',
  sure: true,
  open(line) {
    if (line.charCodeAt(0) !== 123 || line.indexOf('"_raw"') === -1) return false;
    const object = objectOn(line);
    if (!object) return false;
    return takeResult(object.result === undefined ? object : inside(object.result));
  },
  samples: [
    {
      path: 'splunk.json',
      text: '{"preview":false,"offset":0,"result":{"_raw":"time=\\"2026-11-20T17:17:54Z\\" level=info msg=one","_time":"2026-11-20 17:17:54.000 UTC","host":"n7","source":"/var/log/registry/registry.log","sourcetype":"registry"}}\n{"preview":false,"offset":1,"lastrow":true,"result":{"_raw":"team/app: marking blob sha256:aa","_time":"2026-11-20T12:17:50.000-05:00","host":"n7","source":"/var/log/registry/registry.log","sourcetype":"registry"}}',
      gives: [
        {
          system: 'registry',
          message: 'one',
          fields: {
            'carrier.host': 'n7',
            'carrier.file': '/var/log/registry/registry.log',
            'carrier.group': 'registry',
          },
        },
        { component: 'gc', time: '2026-11-20T17:17:50.000000Z' },
      ],
    },
    {
      // One event of several lines: each line that begins a record is one.
      path: 'splunk.json',
      text: '{"preview":false,"messages":[{"type":"INFO","text":"x"}],"fields":[{"name":"_raw"}],"results":[{"_raw":"I1120 17:17:54.159279 11884 slave.cpp:2709] one\\nI1120 17:17:54.259279 11884 slave.cpp:2710] two\\n  more","_time":"2026-11-20T17:17:54.159+00:00","host":"n7","source":"/var/log/mesos/mesos-agent.INFO"}]}',
      mtime: '2026-11-21T00:00:00Z',
      gives: [
        { system: 'mesos', message: 'one', lines: 0, time: '2026-11-20T17:17:54.159279Z' },
        { system: 'mesos', message: 'two\n  more', lines: 1, time: '2026-11-20T17:17:54.259279Z' },
      ],
    },
  ],
};
