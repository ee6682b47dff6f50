// Ray's JSON lines: application logs (`asctime`, `levelname`, ids), Serve's, and C++ backend logs with one-letter levels.
import type { LineKind, Member } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import type { JsonObject } from '../text.ts';
import {
  dropDoubles,
  firstText,
  openObject,
  parseObject,
  putIf,
  putJson,
  stripAnsi,
  textOf,
} from '../text.ts';
import { isoAt, MINUTE_US } from '../time.ts';
import { ZONE_WHY } from '../zone-runs.ts';
import { epochMicros, levelOf } from './other.ts';
import { rayId } from './ray-ids.ts';
import { rayMessage } from './ray-message.ts';
import { serveRequest } from './ray-serve.ts';
import { mentionSupervised } from './ray-supervisor.ts';
import { exceptionOf } from './ray-trace.ts';
import { printedByDriver } from './ray-worker-state.ts';

const ID_KEYS = ['node_id', 'worker_id', 'job_id', 'actor_id', 'task_id', 'placement_group_id'];
const FURTHEST_US = 15 * 60 * MINUTE_US;

/** `LoggingConfig(encoding="JSON")` of applications, `RAY_SERVE_LOG_ENCODING=JSON`, `RAY_BACKEND_LOG_JSON=1` of the C++ processes. */
export const rayJson: LineKind = {
  id: 'ray.json',
  native: true,
  weight: (line) =>
    /"(?:worker_id|node_id|job_id|replica|timestamp_ns)"|"component": ?"(?:raylet|gcs_server|core_worker)"/.test(
      line,
    )
      ? 1
      : 0.2,
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 123 || line.indexOf('"asctime"') === -1 || line.indexOf('"levelname"') === -1)
      return false;
    // A driver that echoes such a line may put `[repeated Nx across cluster]` behind it.
    const end = line.charCodeAt(line.length - 1) === 125 ? line.length : line.lastIndexOf('}') + 1;
    const text = end === line.length ? line : line.slice(0, end);
    const object = parseObject(text);
    if (!object) return false;
    const wall = isoAt(textOf(object.asctime), 0);
    const ns = epochMicros(textOf(object.timestamp_ns));
    if (Number.isNaN(wall) && Number.isNaN(ns)) return false;
    // The program may add a member of that name itself: a moment that no zone explains is none.
    const epoch = !Number.isNaN(ns) && !(Math.abs(wall - ns) > FURTHEST_US);
    draft.parsed = true;
    draft.system = 'ray';
    draft.tsWall = epoch ? ns : wall;
    draft.tsKind = epoch ? TS_KIND.absolute : TS_KIND.wall;
    draft.nativeLevel = textOf(object.levelname);
    draft.level = levelOf(draft.nativeLevel);
    if (epoch && draft.nativeLevel.length > 1) printedByDriver(member);
    draft.component = componentOf(object, draft.nativeLevel, member);
    if (epoch && !Number.isNaN(wall)) member.zoneSeen(wall, ns, ZONE_WHY.epoch, draft.component);
    draft.pid = firstText(object, 'process');
    const file = textOf(object.filename);
    if (file !== '') draft.logger = `${file}:${textOf(object.lineno)}`;
    draft.message = stripAnsi(firstText(object, 'message'));
    const open = openObject(text, object);
    draft.fields = open;
    for (const key of ID_KEYS) {
      const value = textOf(object[key]);
      if (ID.test(value)) rayId(draft, member, key, value);
    }
    const before = draft.entityCount;
    if (draft.component === 'serve') serveLine(object, draft, member);
    else rayMessage(draft.message, draft, member);
    dedupe(draft, before);
    const actor = textOf(object.actor_name);
    if (actor !== '') mentionSupervised(actor, draft);
    dropDoubles(draft, open.length, object);
    const repeated =
      end < line.length ? /\[repeated (\d{1,9})x across cluster\]/.exec(line.slice(end))?.[1] : undefined;
    if (repeated) {
      putJson(draft, 'echo', 'true');
      putJson(draft, 'repeated', String(Number(repeated)));
    }
    const trace = firstText(object, 'exc_text');
    if (trace !== '') {
      draft.message += `\n${trace}`;
      if (object.exception === undefined) exceptionOf(draft.message, draft);
    }
    return true;
  },
  joins: () => false,
  samples: [
    {
      path: 'ray/worker.out',
      text: '{"asctime": "2025-02-25 22:06:00,967", "levelname": "INFO", "message": "Driver process", "filename": "x.py", "lineno": 13, "name": "root", "job_id": "01000000", "worker_id": "01000000ffffffffffffffffffffffffffffffffffffffffffffffff", "timestamp_ns": 1740549960967000000}\n{"asctime":"2025-12-15 20:10:32,778","levelname":"I","message":"Initializing worker at address: 10.36.3.9:10006","component":"core_worker","filename":"core_worker_process.cc","lineno":261}\n{"asctime": "2026-11-26 01:13:13,050", "levelname": "WARNING", "message": "task warns 1", "filename": "app.py", "lineno": 8, "process": 18849, "task_id": "e082c90ab8422b00ffffffffffffffffffffffff02000000", "timestamp_ns": 1795635793050192488} [repeated 6x across cluster]',
      gives: [
        {
          time: '2025-02-26T06:06:00.967000Z',
          level: 'info',
          nativeLevel: 'INFO',
          logger: 'x.py:13',
          fields: { job_id: '01000000' },
          entities: ['ray_job:01000000:mentioned'],
        },
        {
          level: 'info',
          nativeLevel: 'I',
          component: 'core_worker',
          action: 'start',
          logger: 'core_worker_process.cc:261',
        },
        {
          time: '2026-11-25T19:43:13.050192Z',
          level: 'warning',
          pid: '18849',
          fields: { repeated: 6, job_id: '02000000' },
          entities: ['ray_job:02000000:part'],
        },
      ],
    },
    {
      path: 'logs/serve/replica_default_api_bFDOnw.log',
      text: '{"levelname": "INFO", "asctime": "2023-07-17 10:34:25,441", "deployment": "default_api", "replica": "default_api#bFDOnw", "request_id": "jLTczxOqme", "route": "/app1", "application": "default", "message": "replica.py:691 - __CALL__ OK 0.1ms"}\n{"asctime": "2026-11-26 01:20:00,000", "levelname": "INFO", "message": "GET / 200 5.8ms", "filename": "replica.py", "lineno": 500, "process": 44, "component_name": "proxy", "component_id": "10.0.0.5", "request_id": "1f9efcfa-0000-4000-8000-000000000000"}\n{"asctime": "2026-11-26 01:20:01,000", "levelname": "ERROR", "message": "Request failed.", "deployment": "app1_D", "replica": "f1mq51gc", "exc_text": "Traceback (most recent call last):\\n  File \\"x\\"\\nRuntimeError: boom", "timestamp_ns": 5}',
      gives: [
        {
          component: 'serve',
          action: 'serve_call',
          logger: 'replica.py:691',
          fields: { request_id: 'jLTczxOqme', application: 'default', 'serve.component': 'default_api' },
          entities: ['http_request:jLTczxOqme:request'],
        },
        { component: 'serve', httpStatus: 200, pid: '44', fields: { 'serve.component': 'proxy' } },
        {
          action: 'request_failed',
          time: '2026-11-26T01:20:01.000000Z',
          fields: { exception: 'RuntimeError' },
        },
      ],
    },
  ],
};

const ID = /^(?:[0-9a-f]{8,64}|NIL_ID)$/;

/** C++ processes name themselves beside a one-letter level; under longer levels `component` may be the program's own member. */
function componentOf(object: JsonObject, level: string, member: Member): string {
  if (level.length === 1) return firstText(object, 'component') || member.hint.component || 'worker';
  if (
    typeof object.replica === 'string' ||
    (typeof object.component_name === 'string' && object.component_id !== undefined)
  )
    return 'serve';
  return member.hint.component || 'worker';
}

function serveLine(object: JsonObject, draft: Draft, member: Member): void {
  putIf(draft, 'serve.component', firstText(object, 'component_name', 'deployment'));
  putIf(draft, 'serve.component_id', firstText(object, 'component_id', 'replica'));
  const id = textOf(object.request_id);
  if (id !== '') draft.entity('http_request', id, 'request');
  const head = /^([\w./-]{1,120}\.py:\d{1,7}) - /.exec(draft.message);
  if (head) {
    draft.logger = head[1] as string;
    draft.message = draft.message.slice(head[0].length);
  }
  if (!serveRequest(draft.message, draft)) rayMessage(draft.message, draft, member);
  else if (draft.fields.indexOf('"route":') === -1) putIf(draft, 'route', textOf(object.route));
}

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
