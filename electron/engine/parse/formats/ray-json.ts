// Ray's JSON: application logs (`asctime`, `levelname`, ids), C++ backend logs with one-letter levels, event files, exports.
import { Buffer } from 'node:buffer';
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import type { Json, JsonObject } from '../text.ts';
import {
  dropDoubles,
  firstText,
  isIp,
  openObject,
  parseObject,
  put,
  putIf,
  putJson,
  textOf,
} from '../text.ts';
import { cursor, isoAt } from '../time.ts';
import { ZONE_WHY } from '../zone-runs.ts';
import { epochMicros, levelOf } from './other.ts';
import { rayMessage } from './ray-message.ts';
import { mentionSupervised } from './ray-supervisor.ts';

const IDS: readonly [string, string][] = [
  ['node_id', 'ray_node'],
  ['worker_id', 'ray_worker'],
  ['job_id', 'ray_job'],
  ['actor_id', 'ray_actor'],
  ['task_id', 'ray_task'],
  ['submission_id', 'ray_submission'],
];

function objectOf(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

/** `LoggingConfig(encoding="JSON")` of applications and `RAY_BACKEND_LOG_JSON=1` of the C++ processes. */
export const rayJson: LineKind = {
  id: 'ray.json',
  native: true,
  weight: (line) =>
    /"(?:worker_id|node_id|job_id)"|"component": ?"(?:raylet|gcs_server)"/.test(line) ? 1 : 0.2,
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 123 || line.indexOf('"asctime"') === -1 || line.indexOf('"levelname"') === -1)
      return false;
    const object = parseObject(line);
    if (!object) return false;
    const wall = isoAt(textOf(object.asctime), 0);
    const ns = epochMicros(textOf(object.timestamp_ns));
    if (Number.isNaN(wall) && Number.isNaN(ns)) return false;
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = firstText(object, 'component') || member.hint.component || 'worker';
    draft.tsWall = !Number.isNaN(ns) ? ns : wall;
    draft.tsKind = !Number.isNaN(ns) ? TS_KIND.absolute : TS_KIND.wall;
    if (!Number.isNaN(ns) && !Number.isNaN(wall)) member.zoneSeen(wall, ns, ZONE_WHY.epoch, draft.component);
    draft.nativeLevel = textOf(object.levelname);
    draft.level = levelOf(draft.nativeLevel);
    draft.pid = firstText(object, 'process');
    const file = textOf(object.filename);
    if (file !== '') draft.logger = `${file}:${textOf(object.lineno)}`;
    draft.message = firstText(object, 'message');
    const open = openObject(line, object);
    draft.fields = open;
    for (const [key, kind] of IDS) {
      const value = textOf(object[key]);
      if (value !== '' && !/^f+$/.test(value)) draft.entity(kind, value, 'mentioned');
    }
    const before = draft.entityCount;
    rayMessage(draft.message, draft, member);
    dedupe(draft, before);
    dropDoubles(draft, open.length, object);
    const trace = firstText(object, 'exc_text');
    if (trace !== '') draft.message += `\n${trace}`;
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'ray/worker.out',
      text: '{"asctime": "2025-02-25 22:06:00,967", "levelname": "INFO", "message": "Driver process", "filename": "x.py", "lineno": 13, "name": "root", "job_id": "01000000", "worker_id": "01000000ffffffffffffffffffffffffffffffffffffffffffffffff", "timestamp_ns": 1740549960967000000}\n{"asctime":"2025-12-15 20:10:32,778","levelname":"I","message":"Initializing worker at address: 10.36.3.9:10006","component":"core_worker","filename":"core_worker_process.cc","lineno":261}',
      gives: [
        {
          time: '2025-02-26T06:06:00.967000Z',
          level: 'info',
          logger: 'x.py:13',
          fields: { job_id: '01000000' },
          entities: ['ray_job:01000000:mentioned'],
        },
        { level: 'info', component: 'core_worker', action: 'start', logger: 'core_worker_process.cc:261' },
      ],
    },
  ],
};

/** Entities that the message repeats are dropped. */
function dedupe(draft: Draft, before: number): void {
  let keep = before;
  for (let i = before; i < draft.entityCount; i++) {
    let same = false;
    for (let k = 0; k < before; k++) {
      if (draft.entityValues[k] === draft.entityValues[i] && draft.entityKinds[k] === draft.entityKinds[i])
        same = true;
    }
    if (same) continue;
    draft.entityKinds[keep] = draft.entityKinds[i] as string;
    draft.entityValues[keep] = draft.entityValues[i] as string;
    draft.entityRoles[keep] = draft.entityRoles[i] as string;
    keep++;
  }
  draft.entityCount = keep;
}

const LABEL: Record<string, [string, string, string]> = {
  RAY_NODE_REMOVED: ['node', 'node_dead', 'failure'],
  RAYLET_MARKED_DEAD: ['node', 'node_dead', 'failure'],
  RAY_WORKER_FAILURE: ['process', 'worker_exit', 'failure'],
  RAY_DRIVER_FAILURE: ['process', 'driver_exit', 'failure'],
  'Out of Memory': ['resource', 'out_of_memory', 'failure'],
  'Out of Disk': ['storage', 'disk_full', 'failure'],
};

/** `events/event_*.log`, `export_events/event_EXPORT_*.log` and the events that 2.49 and later post over HTTP. */
export const rayEvent: LineKind = {
  id: 'ray.event',
  native: true,
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 123) return false;
    const old = line.indexOf('"source_type"') !== -1;
    if (!old && (line.indexOf('"eventType"') === -1 || line.indexOf('"sourceType"') === -1)) return false;
    const object = parseObject(line);
    if (!object) return false;
    const time = textOf(object.timestamp);
    const iso = isoAt(time, 0);
    const ts = !Number.isNaN(iso) ? iso : epochMicros(time);
    if (Number.isNaN(ts)) return false;
    draft.parsed = true;
    draft.system = 'ray';
    draft.component = 'events';
    draft.tsWall = ts;
    draft.tsKind = !Number.isNaN(iso) && !cursor.zoned ? TS_KIND.wall : TS_KIND.absolute;
    draft.nativeLevel = textOf(object.severity);
    draft.level = levelOf(draft.nativeLevel);
    draft.pid = firstText(object, 'pid', 'source_pid');
    draft.message = textOf(object.message);
    draft.fields = openObject(line, object);
    const source = firstText(object, 'source_type', 'sourceType');
    const host = firstText(object, 'host_name', 'source_hostname');
    if (host !== '') {
      member.fact('host', host);
      draft.entity('host', host, 'origin');
    }
    if (source.startsWith('EXPORT_')) {
      exported(source.slice(7), objectOf(object.event_data), draft);
      return true;
    }
    const custom = objectOf(object.custom_fields);
    for (const [key, kind] of IDS) {
      const value = textOf(custom[key]);
      if (value === '') continue;
      put(draft, key, value);
      draft.entity(kind, value, 'target');
    }
    const ip = textOf(custom.ip);
    if (isIp(ip)) {
      put(draft, 'node_ip', ip);
      draft.entity('ip', ip, 'node');
    }
    if (!old) {
      means(draft, 'task', firstText(object, 'eventType').toLowerCase(), 'unknown');
      if (draft.message === '') draft.message = firstText(object, 'eventType');
      return true;
    }
    const before = draft.entityCount;
    const at = draft.fields.length;
    rayMessage(draft.message, draft, member);
    dedupe(draft, before);
    if (draft.fields.indexOf('"submission_id":"', at) !== -1 && textOf(custom.submission_id) !== '') {
      draft.fields = draft.fields.slice(0, at);
    } else if (at !== draft.fields.length) {
      draft.fields = draft.fields.slice(0, at) + withoutKnown(draft.fields.slice(at), object, custom);
    }
    const label = LABEL[textOf(object.label)];
    if (label) means(draft, label[0], label[1], label[2]);
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'logs/events/event_GCS.log',
      text: '{"custom_fields":{"ip":"127.0.0.1","node_id":"af0e3aea932b0d7ce0c980f6432f7783c615f2fbeb91571e4f71b892"},"event_id":"da","host_name":"vm","label":"RAY_NODE_REMOVED","message":"The node with node id: af0e3aea932b0d7ce0c980f6432f7783c615f2fbeb91571e4f71b892 has been marked dead because the detector has missed too many heartbeats.","pid":"28536","severity":"ERROR","source_type":"GCS","timestamp":1795195616}',
      gives: [
        {
          component: 'events',
          category: 'node',
          action: 'node_dead',
          level: 'error',
          pid: '28536',
          time: '2026-11-20T17:26:56.000000Z',
          fields: {
            node_id: 'af0e3aea932b0d7ce0c980f6432f7783c615f2fbeb91571e4f71b892',
            label: 'RAY_NODE_REMOVED',
          },
          entities: ['ip:127.0.0.1:node', 'host:vm:origin'],
        },
      ],
    },
    {
      path: 'logs/events/event_JOBS.log',
      text: '{"event_id": "c3", "source_type": "JOBS", "source_hostname": "vm", "source_pid": 28979, "message": "Started a ray job raysubmit_tZVGa99y7s6v4eyA.", "timestamp": "1795195597", "custom_fields": {"submission_id": "raysubmit_tZVGa99y7s6v4eyA"}, "severity": "INFO", "label": ""}',
      gives: [{ action: 'job_start', fields: { submission_id: 'raysubmit_tZVGa99y7s6v4eyA' }, pid: '28979' }],
    },
    {
      path: 'logs/export_events/event_EXPORT_DRIVER_JOB.log',
      text: '{"event_data":{"job_id":"AQAAAA==","entrypoint":"python x.py","driver_ip_address":"10.0.0.5","driver_pid":"77","is_dead":true},"event_id":"e","source_type":"EXPORT_DRIVER_JOB","timestamp":1795195597}\n{"event_id": "F2", "timestamp": 1795195597, "source_type": "EXPORT_SUBMISSION_JOB", "event_data": {"submission_job_id": "raysubmit_a", "status": "FAILED", "entrypoint": "id; curl x", "message": "m", "driver_exit_code": 2}}',
      gives: [
        {
          category: 'task',
          action: 'driver_job',
          fields: { job_id: '01000000', entrypoint: 'python x.py' },
          entities: ['ray_job:01000000:target'],
        },
        {
          action: 'submission_job',
          outcome: 'failure',
          fields: { submission_id: 'raysubmit_a', entrypoint: 'id; curl x' },
        },
      ],
    },
  ],
};

/** Drops members that the line already has at its top or among its custom fields. */
function withoutKnown(added: string, object: JsonObject, custom: JsonObject): string {
  const parsed = JSON.parse(`{${added.slice(1)}}`) as Record<string, unknown>;
  let out = '';
  for (const [key, value] of Object.entries(parsed)) {
    if (object[key] === undefined && custom[key] === undefined)
      out += `,${JSON.stringify(key)}:${JSON.stringify(value)}`;
  }
  return out;
}

/** Ids of C++ writers are base64 of the raw bytes; those of Python writers are hex already. */
export function idOf(value: Json | undefined): string {
  const text = textOf(value);
  if (text === '' || /^[0-9a-f]{8,64}$/.test(text)) return text;
  if (!/^[A-Za-z0-9+/]{4,88}={0,2}$/.test(text)) return text.length < 200 ? text : '';
  return Buffer.from(text, 'base64').toString('hex');
}

const FINISHED = new Set(['FINISHED', 'SUCCEEDED', 'ALIVE']);
const FAILED = new Set(['FAILED', 'DEAD', 'STOPPED']);

/** Export events: what changed, of which entity. */
function exported(type: string, data: JsonObject, draft: Draft): void {
  const info = objectOf(data.task_info);
  const updates = objectOf(data.state_updates);
  const state = firstText(data, 'status', 'state');
  const outcome = FINISHED.has(state) ? 'success' : FAILED.has(state) ? 'failure' : 'unknown';
  means(draft, type === 'NODE' ? 'node' : 'task', type.toLowerCase(), outcome);
  const submission = firstText(data, 'submission_job_id');
  if (submission !== '') {
    put(draft, 'submission_id', submission);
    draft.entity('ray_submission', submission, 'target');
  }
  for (const [key, kind] of IDS) {
    if (key === 'submission_id') continue;
    const id = idOf(data[key] ?? updates[key] ?? info[key]);
    if (id === '' || /^f+$/.test(id)) continue;
    put(draft, key, id);
    draft.entity(kind, id, 'target');
  }
  putIf(draft, 'entrypoint', textOf(data.entrypoint));
  putIf(draft, 'state', state);
  const name = firstText(data, 'name', 'class_name', 'node_name') || firstText(info, 'func_or_class_name');
  putIf(draft, 'name', name);
  mentionSupervised(name, draft);
  // The driver that a submission started is configured with its id.
  const from =
    type === 'DRIVER_JOB' ? textOf(objectOf(objectOf(data.config).metadata).job_submission_id) : '';
  if (from !== '' && from.length <= 300) {
    put(draft, 'submission_id', from);
    draft.entity('ray_submission', from, 'origin');
  }
  const ip = firstText(data, 'driver_ip_address', 'node_manager_address');
  if (isIp(ip)) {
    put(draft, 'node_ip', ip);
    draft.entity('ip', ip, 'node');
  }
  const pid = firstText(data, 'driver_pid', 'pid');
  if (pid !== '' && pid !== '0') draft.entity('process', pid, 'target');
  const code = textOf(data.driver_exit_code);
  if (/^-?\d{1,9}$/.test(code)) {
    putJson(draft, 'exit_code', code);
    draft.outcome = code === '0' ? 'success' : 'failure';
  }
  const message = firstText(data, 'message');
  draft.message = [type.toLowerCase().replaceAll('_', ' '), submission || name, state, message]
    .filter((s) => s !== '')
    .join(' ');
}
