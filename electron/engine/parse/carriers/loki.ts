// Loki: `logcli -o jsonl` (`{"labels","line","timestamp"}`), its default (`time {labels} line`), values of `query_range` answers.
import type { JsonObject } from '../text.ts';
import { textOf } from '../text.ts';
import { cursor, isoAt } from '../time.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer, placeOf } from './carrier.ts';
import { firstDeep, inside, objectOn, takeTime } from './json.ts';

/** What the labels of a stream say of it. */
function takeLabels(labels: JsonObject): void {
  outer.file = firstDeep(labels, 'filename', 'file', '__path__', 'path');
  outer.host = firstDeep(labels, 'host', 'hostname', 'nodename', 'node_name', 'node', 'instance');
  outer.pod = firstDeep(labels, 'pod', 'pod_name', 'k8s_pod_name');
  outer.namespace = firstDeep(labels, 'namespace', 'k8s_namespace_name');
  outer.container = firstDeep(labels, 'container', 'container_name', 'k8s_container_name');
  outer.program = firstDeep(labels, 'unit', 'app', 'service_name', 'service', 'job');
  outer.stream = firstDeep(labels, 'stream');
  outer.unordered = true;
  placeOf(outer.file);
}

const LABEL = /^\{? ?(?:, ?)?([a-zA-Z_]\w{0,100})="((?:[^"\\]|\\.){0,2000})"/;

/** `{app="x", pod="y"}` from `at`: the labels, and where they end; null when it is no such list. */
function labelsAt(line: string, at: number): { labels: JsonObject; end: number } | null {
  if (line.charCodeAt(at) !== 123) return null;
  const labels: JsonObject = {};
  let from = at;
  while (line.charCodeAt(from) !== 125) {
    const m = LABEL.exec(line.slice(from, from + 2200));
    if (!m)
      return line.charCodeAt(from) === 123 && line.charCodeAt(from + 1) === 125
        ? { labels, end: from + 2 }
        : null;
    labels[m[1] as string] = (m[2] as string).replace(/\\(.)/g, '$1');
    from += m[0].length;
    if (from - at > 20_000) return null;
  }
  return { labels, end: from + 1 };
}

export const loki: Carrier = {
  id: 'loki',
  share: 0.1,
  starts: '{[0123456789',
  open(line, member) {
    const c = line.charCodeAt(0);
    if (c === 123) {
      if (line.indexOf('"labels"') === -1 || line.indexOf('"line"') === -1) return false;
      const object = objectOn(line);
      if (!object || typeof object.line !== 'string' || object.labels === undefined) return false;
      carry(textOf(object.line));
      takeLabels(inside(object.labels));
      return takeTime(object.timestamp);
    }
    if (c === 91) {
      // A value of a stream: its labels stand around the list.
      if (member.around.stream === undefined || line.charCodeAt(1) !== 34) return false;
      const object = objectOn(`{"v":${line}}`);
      const value = object?.v;
      if (!Array.isArray(value) || typeof value[1] !== 'string') return false;
      carry(textOf(value[1]));
      takeLabels(inside(member.around.stream));
      return takeTime(value[0]);
    }
    if (line.charCodeAt(10) !== 84) return false;
    const ts = isoAt(line, 0);
    if (Number.isNaN(ts) || !cursor.zoned || line.charCodeAt(cursor.end) !== 32) return false;
    const list = labelsAt(line, cursor.end + 1);
    if (!list) return false;
    let at = list.end;
    while (line.charCodeAt(at) === 32) at++;
    carry(line.slice(at));
    outer.time = ts;
    outer.zoned = true;
    takeLabels(list.labels);
    return true;
  },
  samples: [
    {
      path: 'loki.jsonl',
      text: '{"labels":{"filename":"/var/log/celery/w.log","host":"n7","job":"celery"},"line":"[2026-11-20 12:17:54,582: INFO/MainProcess] hi","timestamp":"2026-11-20T17:17:54.582Z"}',
      gives: [
        {
          system: 'celery',
          message: 'hi',
          fields: {
            'carrier.file': '/var/log/celery/w.log',
            'carrier.host': 'n7',
            'carrier.program': 'celery',
          },
        },
      ],
    },
    {
      path: 'loki.txt',
      text: '2026-11-20T17:17:54Z {app="registry", pod="registry-0"}      time="2026-11-20T17:17:54Z" level=info msg=one\n2026-11-20T18:17:50+01:00 {} team/app: marking blob sha256:aa',
      gives: [
        {
          system: 'registry',
          message: 'one',
          fields: { 'carrier.pod': 'registry-0', 'carrier.program': 'registry' },
        },
        { component: 'gc', time: '2026-11-20T17:17:50.000000Z' },
      ],
    },
    {
      path: 'query_range.json',
      text: '{"status":"success","data":{"resultType":"streams","result":[{"stream":{"filename":"/var/log/registry.log","host":"n7"},"values":[["1795195074582000000","time=\\"2026-11-20T17:17:54Z\\" level=info msg=one"],["1795195070582000000","team/app: marking blob sha256:aa",{"trace":"x"}]]},{"stream":{"filename":"/var/log/celery/w.log"},"values":[["1795195074582000000","[2026-11-20 17:17:54,582: INFO/MainProcess] hi"]]}],"stats":{}}}',
      gives: [
        { system: 'registry', message: 'one', lines: 0, fields: { 'carrier.host': 'n7' } },
        { component: 'gc', lines: 0, time: '2026-11-20T17:17:50.582000Z' },
        { system: 'celery', message: 'hi', lines: 1, fields: { 'carrier.file': '/var/log/celery/w.log' } },
      ],
    },
  ],
};
