// Ray's event files: `events/event_*.log`, `export_events/event_EXPORT_*.log`, and the events that 2.49 and later post over HTTP,
// as the collector of KubeRay's history server stores them.
import { Buffer } from 'node:buffer';
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import type { Json, JsonObject } from '../text.ts';
import {
  dropDoubles,
  firstText,
  isIp,
  objectOf,
  objectsIn,
  openObject,
  parseObject,
  put,
  putIf,
  putJson,
  textOf,
} from '../text.ts';
import { cursor, isoAt } from '../time.ts';
import { epochMicros, levelOf } from './other.ts';
import { readIds } from './ray-ids.ts';
import { rayMessage } from './ray-message.ts';
import { mentionSupervised } from './ray-supervisor.ts';

const LABEL: Record<string, [string, string, string]> = {
  RAY_NODE_REMOVED: ['node', 'node_dead', 'failure'],
  RAYLET_MARKED_DEAD: ['node', 'node_dead', 'failure'],
  RAY_WORKER_FAILURE: ['process', 'worker_exit', 'failure'],
  RAY_DRIVER_FAILURE: ['process', 'driver_exit', 'failure'],
  'Out of Memory': ['resource', 'out_of_memory', 'failure'],
  'Out of Disk': ['storage', 'disk_full', 'failure'],
};

export const rayEvent: LineKind = {
  id: 'ray.event',
  native: true,
  read(line, draft, member) {
    const c = line.charCodeAt(0);
    if (c !== 123) return c === 91 && readArray(line, draft, member);
    if (line.indexOf('"source_type"') === -1 && line.indexOf('"sourceType"') === -1) return false;
    const object = parseObject(line);
    if (!object) return false;
    const type = firstText(object, 'eventType', 'event_type');
    if (type === '' && object.source_type === undefined) return false;
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
    const open = openObject(line, object);
    draft.fields = open;
    const source = firstText(object, 'source_type', 'sourceType');
    const host = firstText(object, 'host_name', 'source_hostname');
    if (host !== '') {
      member.fact('host', host);
      draft.entity('host', host, 'origin');
    }
    if (type !== '') posted(type, object, draft, member);
    else if (source.startsWith('EXPORT_'))
      exported(source.slice(7), objectOf(object.event_data), draft, member);
    else {
      told(object, draft, member);
      const label = LABEL[textOf(object.label)];
      if (label) means(draft, label[0], label[1], label[2]);
    }
    dropDoubles(draft, open.length, object);
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
          nativeLevel: 'ERROR',
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
      text: '{"event_id": "c3", "source_type": "JOBS", "source_hostname": "vm", "source_pid": 28979, "message": "Started a ray job raysubmit_tZVGa99y7s6v4eyA.", "timestamp": "1795195597", "custom_fields": {"submission_id": "raysubmit_tZVGa99y7s6v4eyA"}, "severity": "INFO", "label": ""}\n{"event_id": "c4", "source_type": "JOBS", "source_hostname": "vm", "source_pid": 28979, "message": "Completed a ray job my-job_1 with a status FAILED. Job entrypoint command failed with exit code 1", "timestamp": "1795195599", "custom_fields": {"submission_id": "my-job_1"}, "severity": "ERROR", "label": ""}',
      gives: [
        {
          action: 'job_start',
          time: '2026-11-20T17:26:37.000000Z',
          fields: { submission_id: 'raysubmit_tZVGa99y7s6v4eyA' },
          pid: '28979',
          entities: ['ray_submission:raysubmit_tZVGa99y7s6v4eyA:target'],
        },
        { action: 'job_end', outcome: 'failure', fields: { submission_id: 'my-job_1', status: 'FAILED' } },
      ],
    },
    {
      path: 'logs/export_events/event_EXPORT_DRIVER_JOB.log',
      text: '{"event_data":{"job_id":"AQAAAA==","entrypoint":"python x.py","driver_ip_address":"10.0.0.5","driver_pid":"77","is_dead":true},"event_id":"e","source_type":"EXPORT_DRIVER_JOB","timestamp":1795195597}\n{"event_id": "F2", "timestamp": 1795195597, "source_type": "EXPORT_SUBMISSION_JOB", "event_data": {"submission_job_id": "raysubmit_a", "status": "FAILED", "entrypoint": "id; curl x", "message": "m", "driver_exit_code": 2}}',
      gives: [
        {
          category: 'task',
          action: 'driver_job',
          fields: { job_id: '01000000', entrypoint: 'python x.py' },
          entities: ['ray_job:01000000:target', 'process:77:target', 'ip:10.0.0.5:node'],
        },
        {
          action: 'submission_job',
          outcome: 'failure',
          fields: { submission_id: 'raysubmit_a', entrypoint: 'id; curl x' },
        },
      ],
    },
    {
      path: 'logs/export_events/event_EXPORT_TASK_32409.log',
      text: '{"event_data":{"attempt_number":1,"job_id":"AQAAAA==","profile_events":{"component_id":"Q0Damri/3/AOBRvXjXBVccHXih5Cug2Z7JNuGA==","component_type":"worker","events":[],"node_ip_address":"10.0.0.6"},"state_updates":{"state_ts_ns":{"8":"1795195717000000000","11":"1795195718000000000"},"worker_pid":32409},"task_id":"P49WPMvSzs7///////////////8BAAAA","task_info":{"func_or_class_name":"f"}},"event_id":"a","source_type":"EXPORT_TASK","timestamp":1795195718}\n{"event_data":{"node_id":"I5x0sla+KOTgTLT8+Qm/1+5V8VT9hpL4lpZ0dw==","state":"DEAD","node_name":"second","node_manager_address":"10.0.0.7","death_info":{"reason":"EXPECTED_TERMINATION","reason_message":"received SIGTERM"}},"event_id":"b","source_type":"EXPORT_NODE","timestamp":1795195719}',
      gives: [
        {
          category: 'task',
          action: 'task',
          outcome: 'success',
          fields: {
            task_id: '3f8f563ccbd2ceceffffffffffffffffffffffff01000000',
            worker_id: '4340da9ab8bfdff00e051bd78d705571c1d78a1e42ba0d99ec936e18',
            job_id: '01000000',
            name: 'f',
            state: 'FINISHED',
            node_ip: '10.0.0.6',
          },
          entities: ['process:32409:target'],
        },
        {
          category: 'node',
          action: 'node',
          outcome: 'success',
          fields: {
            node_id: '239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f896967477',
            death_reason: 'EXPECTED_TERMINATION',
            state: 'DEAD',
          },
        },
      ],
    },
    {
      path: 'cluster-history/raycluster/ns1/demo/session_2026-11-20_17-26-14_617841_28470/239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f896967477/job_events/01000000/239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f896967477-2026112017',
      text: '[{"eventId":"x","sourceType":"CORE_WORKER","eventType":"TASK_DEFINITION_EVENT","timestamp":"2026-11-20T17:26:37.123456789Z","severity":"INFO","sessionName":"session_2026-11-20_17-26-14_617841_28470","taskDefinitionEvent":{"taskId":"P49WPMvSzs7///////////////8BAAAA","taskName":"f","jobId":"AQAAAA==","taskFunc":{"pythonFunctionDescriptor":{"functionName":"f"}}}}, {"eventId":"y","sourceType":"CORE_WORKER","eventType":"TASK_LIFECYCLE_EVENT","timestamp":"2026-11-20T17:26:38Z","severity":"INFO","sessionName":"s","taskLifecycleEvent":{"taskId":"P49WPMvSzs7///////////////8BAAAA","jobId":"AQAAAA==","workerPid":99,"stateTransitions":[{"state":"RUNNING","timestamp":"2026-11-20T17:26:37Z"},{"state":"FAILED","timestamp":"2026-11-20T17:26:38Z"}],"rayErrorInfo":{"errorType":"WORKER_DIED","errorMessage":"gone"}}}]',
      gives: [
        {
          time: '2026-11-20T17:26:37.123456Z',
          category: 'task',
          action: 'task_definition_event',
          fields: { job_id: '01000000', name: 'f' },
          lines: 0,
        },
        {
          action: 'task_lifecycle_event',
          outcome: 'failure',
          fields: { state: 'FAILED', error: 'WORKER_DIED' },
          entities: ['process:99:target'],
        },
      ],
    },
    {
      path: 'ray-events.jsonl',
      text: '{"event_id":"x","source_type":"GCS","event_type":"NODE_LIFECYCLE_EVENT","timestamp":"2026-11-20T17:26:37Z","severity":"INFO","session_name":"session_a","node_lifecycle_event":{"node_id":"I5x0sla+KOTgTLT8+Qm/1+5V8VT9hpL4lpZ0dw==","state_transitions":[{"state":"DEAD","timestamp":"2026-11-20T17:26:37Z","death_info":{"reason":"UNEXPECTED_TERMINATION","reason_message":"health check failed"}}]}}',
      gives: [
        {
          category: 'node',
          action: 'node_lifecycle_event',
          outcome: 'failure',
          fields: {
            node_id: '239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f896967477',
            death_reason: 'UNEXPECTED_TERMINATION',
            session: 'session_a',
          },
        },
      ],
    },
  ],
};

/** What the body of a post holds: the events of one array, on one line. The first is read here, the others as further records. */
function readArray(line: string, draft: Draft, member: Member): boolean {
  if (
    line.charCodeAt(1) !== 123 ||
    (line.indexOf('"eventType"') === -1 && line.indexOf('"event_type"') === -1)
  )
    return false;
  const pieces = objectsIn(line);
  const first = pieces[0];
  if (!first || !rayEvent.read(first.text, draft, member)) return false;
  member.rest = pieces.slice(1);
  return true;
}

/** An event of GCS, raylets or the Jobs API: custom fields say what it is about. */
function told(object: JsonObject, draft: Draft, member: Member): void {
  const custom = objectOf(object.custom_fields);
  const ip = textOf(custom.ip);
  if (isIp(ip)) {
    put(draft, 'node_ip', ip);
    draft.entity('ip', ip, 'node');
  }
  const list: [string, string][] = [];
  for (const key of ['node_id', 'worker_id', 'job_id', 'actor_id', 'task_id'])
    list.push([key, textOf(custom[key])]);
  const submission = textOf(custom.submission_id);
  const before = draft.fields.length;
  rayMessage(draft.message, draft, member);
  // What the event states by name goes before what its message mentions.
  const said = draft.fields.slice(before);
  draft.fields = draft.fields.slice(0, before);
  if (submission !== '' && said.indexOf('"submission_id":') === -1) {
    put(draft, 'submission_id', submission);
    draft.entity('ray_submission', submission, 'target');
  }
  readIds(draft, member, list, 'target');
  draft.fields += withoutKnown(said, draft.fields.slice(before));
}

/** Members of `said` (`,"a":1,…`) that `known` does not have. */
function withoutKnown(said: string, known: string): string {
  if (said === '' || known === '') return said;
  const parsed = JSON.parse(`{${said.slice(1)}}`) as Record<string, unknown>;
  let out = '';
  for (const [key, value] of Object.entries(parsed))
    if (known.indexOf(`"${key}":`) === -1) out += `,${JSON.stringify(key)}:${JSON.stringify(value)}`;
  return out;
}

/** Ids of C++ writers are base64 of the raw bytes; those of Python writers are hex already. */
export function idOf(value: Json | undefined): string {
  const text = textOf(value);
  if (text === '' || /^[0-9a-f]{8,64}$/.test(text)) return text;
  if (!/^[A-Za-z0-9+/]{4,88}={0,2}$/.test(text)) return text.length < 200 ? text : '';
  return Buffer.from(text, 'base64').toString('hex');
}

const SUCCEEDED = new Set(['FINISHED', 'SUCCEEDED', 'ALIVE', 'CREATED']);
const FAILED = new Set(['FAILED', 'DEAD', 'STOPPED']);

function outcomeOf(state: string): string {
  return SUCCEEDED.has(state) ? 'success' : FAILED.has(state) ? 'failure' : 'unknown';
}

/** States of a task by their numbers in `state_ts_ns` (common.proto, TaskStatus). */
const TASK_STATE: Record<string, string> = {
  1: 'PENDING_ARGS_AVAIL',
  2: 'PENDING_NODE_ASSIGNMENT',
  3: 'PENDING_OBJ_STORE_MEM_AVAIL',
  4: 'PENDING_ARGS_FETCH',
  5: 'SUBMITTED_TO_WORKER',
  6: 'PENDING_ACTOR_TASK_ARGS_FETCH',
  7: 'PENDING_ACTOR_TASK_ORDERING_OR_CONCURRENCY',
  8: 'RUNNING',
  9: 'RUNNING_IN_RAY_GET',
  10: 'RUNNING_IN_RAY_WAIT',
  11: 'FINISHED',
  12: 'FAILED',
  13: 'GETTING_AND_PINNING_ARGS',
};

/** The state that was reached last. */
function lastTaskState(stamps: JsonObject): string {
  let state = '';
  let latest = '';
  for (const [number, stamp] of Object.entries(stamps)) {
    const at = textOf(stamp).padStart(20, '0');
    if (at < latest) continue;
    latest = at;
    state = TASK_STATE[number] ?? number;
  }
  return state;
}

/** Export events: what changed, of which entity. */
function exported(type: string, data: JsonObject, draft: Draft, member: Member): void {
  const info = objectOf(data.task_info);
  const updates = objectOf(data.state_updates);
  const profile = objectOf(data.profile_events);
  const state = firstText(data, 'status', 'state') || lastTaskState(objectOf(updates.state_ts_ns));
  means(draft, type === 'NODE' ? 'node' : 'task', type.toLowerCase(), outcomeOf(state));
  const submission = firstText(data, 'submission_job_id');
  if (submission !== '') {
    put(draft, 'submission_id', submission);
    draft.entity('ray_submission', submission, 'target');
  }
  const list: [string, string][] = [];
  for (const key of ['node_id', 'worker_id', 'job_id', 'actor_id', 'task_id', 'placement_group_id'])
    list.push([key, idOf(data[key] ?? updates[key] ?? info[key])]);
  list.push(['node_id', idOf(data.driver_node_id)]);
  list.push(['worker_id', idOf(profile.component_id)]);
  list.push(['parent_task_id', idOf(info.parent_task_id)]);
  readIds(
    draft,
    member,
    list.filter(([, id]) => !/^f*$/.test(id)),
    'target',
  );
  putIf(draft, 'entrypoint', textOf(data.entrypoint));
  putIf(draft, 'state', state);
  const name = firstText(data, 'name', 'class_name', 'node_name') || firstText(info, 'func_or_class_name');
  putIf(draft, 'name', name);
  mentionSupervised(name, draft);
  if (type === 'DRIVER_JOB') submittedBy(objectOf(objectOf(data.config).metadata), draft);
  const ip = firstText(data, 'driver_ip_address', 'node_manager_address') || textOf(profile.node_ip_address);
  if (isIp(ip)) {
    put(draft, 'node_ip', ip);
    draft.entity('ip', ip, 'node');
  }
  const pid = firstText(data, 'driver_pid', 'pid') || textOf(updates.worker_pid);
  if (pid !== '' && pid !== '0') draft.entity('process', pid, 'target');
  exitCode(data.driver_exit_code, draft);
  death(objectOf(data.death_info), draft);
  putIf(draft, 'error', firstText(objectOf(updates.error_info), 'error_type'));
  const message = firstText(data, 'message');
  draft.message = [type.toLowerCase().replaceAll('_', ' '), submission || name, state, message]
    .filter((s) => s !== '')
    .join(' ');
}

/** The driver that a submission started is configured with its id. */
function submittedBy(metadata: JsonObject, draft: Draft): void {
  const id = textOf(metadata.job_submission_id);
  if (id === '' || id.length > 300) return;
  put(draft, 'submission_id', id);
  draft.entity('ray_submission', id, 'origin');
}

/** Why a node ended; a planned end is no failure. */
function death(info: JsonObject, draft: Draft): void {
  const reason = textOf(info.reason);
  if (reason === '' || reason === 'UNSPECIFIED') return;
  put(draft, 'death_reason', reason);
  putIf(draft, 'death_message', firstText(info, 'reason_message', 'reasonMessage').slice(0, 1000));
  if (/^(?:EXPECTED_TERMINATION|AUTOSCALER_DRAIN_\w{1,40})$/.test(reason)) draft.outcome = 'success';
}

const POSTED_CATEGORY: readonly [string, string][] = [
  ['NODE_', 'node'],
  ['WORKER_', 'process'],
  ['PLACEMENT_GROUP_', 'resource'],
  ['PLATFORM_', 'node'],
];

const POSTED_IDS: readonly [string, string][] = [
  ['node_id', 'nodeId'],
  ['node_id', 'driverNodeId'],
  ['worker_id', 'workerId'],
  ['job_id', 'jobId'],
  ['job_id', 'creatorJobId'],
  ['actor_id', 'actorId'],
  ['task_id', 'taskId'],
  ['parent_task_id', 'parentTaskId'],
  ['placement_group_id', 'placementGroupId'],
];

/** Events that are posted over HTTP: the type names the member that holds the rest; ids are base64, keys camel or snake case. */
function posted(type: string, given: JsonObject, draft: Draft, member: Member): void {
  const object = camel(given);
  const category = POSTED_CATEGORY.find(([start]) => type.startsWith(start))?.[1] ?? 'task';
  let body: JsonObject = {};
  for (const key in object) if (/Events?$/.test(key)) body = camel(objectOf(object[key]));
  const transitions = Array.isArray(body.stateTransitions) ? body.stateTransitions : [];
  let last: JsonObject = {};
  for (const step of transitions) {
    const at = camel(objectOf(step));
    if (textOf(at.timestamp) >= textOf(last.timestamp)) last = at;
  }
  const profile = camel(objectOf(body.profileEvents));
  const state = textOf(last.state);
  means(draft, category, type.toLowerCase(), outcomeOf(state));
  putIf(draft, 'session', textOf(object.sessionName));
  putIf(draft, 'state', state);
  const list: [string, string][] = [];
  for (const [field, key] of POSTED_IDS) list.push([field, idOf(body[key] ?? last[key])]);
  list.push(['worker_id', idOf(profile.componentId)]);
  readIds(
    draft,
    member,
    list.filter(([, id]) => !/^f*$/.test(id)),
    'target',
  );
  const origin = idOf(object.nodeId);
  if (origin !== '') {
    put(draft, 'origin_node_id', origin);
    draft.entity('ray_node', origin, 'origin');
  }
  const submission = firstText(body, 'submissionId');
  if (submission !== '') {
    put(draft, 'submission_id', submission);
    draft.entity('ray_submission', submission, 'target');
  }
  const name = firstText(body, 'taskName', 'actorTaskName', 'name', 'className', 'nodeName', 'objectName');
  putIf(draft, 'name', name);
  mentionSupervised(name, draft);
  if (type.startsWith('DRIVER_JOB_')) submittedBy(objectOf(camel(objectOf(body.config)).metadata), draft);
  putIf(draft, 'entrypoint', textOf(body.entrypoint));
  const ip = firstText(body, 'nodeIpAddress') || textOf(profile.nodeIpAddress);
  if (isIp(ip)) {
    put(draft, 'node_ip', ip);
    draft.entity('ip', ip, 'node');
  }
  const host = textOf(body.hostname);
  if (host !== '') draft.entity('host', host, 'target');
  const pid = firstText(body, 'workerPid', 'driverPid', 'pid') || textOf(last.pid);
  if (pid !== '' && pid !== '0') draft.entity('process', pid, 'target');
  exitCode(last.driverExitCode, draft);
  const error = camel(objectOf(body.rayErrorInfo));
  putIf(draft, 'error', textOf(error.errorType));
  const info = camel(objectOf(last.deathInfo));
  death(info, draft);
  putIf(draft, 'exit_type', textOf(info.exitType));
  if (textOf(info.exitType).startsWith('INTENDED')) draft.outcome = 'success';
  const said = draft.message || textOf(error.errorMessage) || textOf(last.message) || textOf(body.message);
  draft.message = [type, submission || name, state, said].filter((s) => s !== '').join(' ');
}

/** Members by camel-case names: an aggregator can be told to keep the names of the protocol (`task_id`). */
function camel(object: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const key in object)
    out[key.replace(/_([a-z])/g, (_all, c: string) => c.toUpperCase())] = object[key] as Json;
  return out;
}

function exitCode(value: Json | undefined, draft: Draft): void {
  const code = textOf(value);
  if (!/^-?\d{1,9}$/.test(code)) return;
  putJson(draft, 'exit_code', code);
  draft.outcome = code === '0' ? 'success' : 'failure';
}
