// Celery through python-json-logger or structlog, and event JSON as brokered: keys depend on the site, so aliases decide.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import type { JsonObject } from '../text.ts';
import {
  decode,
  dropDoubles,
  firstText,
  objectOf,
  objectsIn,
  openObject,
  parseObject,
  put,
  textOf,
} from '../text.ts';
import { cursor, isoAt } from '../time.ts';
import { mentionRelative, readTraceback } from './celery-block.ts';
import { eventMeans, eventNode, eventTime } from './celery-events.ts';
import { structlogEvent } from './celery-logging.ts';
import { celeryMessage, finishCelery } from './celery-message.ts';
import { isChild, ownLevel, REDIRECTED } from './celery-process.ts';
import { epochBeside, epochMicros } from './other.ts';

const ID_KEYS = [
  'task_id',
  'taskId',
  'celeryTaskId',
  'celery_task_id',
  'celery.task_id',
  'uuid',
  'child_task_id',
];
const NAME_KEYS = [
  'task_name',
  'taskName',
  'task',
  'celeryTaskName',
  'celery_task_name',
  'celery.task_name',
  'child_task_name',
];
/** Names under which sites keep the id of the task that a line is of. */
const TASK_KEY = /"(?:task_id|taskId|celeryTaskId|celery_task_id|celery\.task_id)"/;
const SPEAKS =
  /"(?:processName|celery[\w.]*|child_task_id|task_id|task_name|parent_task_id|sw_ident|local_received)"|"type": ?"(?:task|worker)-[a-z]{2,20}"|"logger": ?"(?:celery|kombu|billiard|proj)/;

export const celeryJson: LineKind = {
  id: 'celery.json',
  native: true,
  weight: (line) => (SPEAKS.test(line) ? 1 : 0.1),
  read(line, draft, member) {
    const first = line.charCodeAt(0);
    if (first === 91) return events(line, draft, member);
    if (first !== 123) return false;
    const object = parseObject(line);
    if (!object) return false;
    const type = textOf(object.type);
    if (EVENT.test(type) && object.hostname !== undefined) {
      event(object, line, draft, member, type);
      return true;
    }
    const message = firstText(object, 'message', 'event', 'msg');
    if (message === '' && !TASK_KEY.test(line)) return false;
    draft.parsed = true;
    draft.system = 'celery';
    draft.component = member.hint.component === 'beat' ? 'beat' : 'worker';
    draft.fields = openObject(line, object);
    putTime(draft, firstText(object, 'timestamp', 'asctime', 'time', '@timestamp', 'ts'));
    if (draft.tsKind === TS_KIND.wall) epochBeside(object, draft.tsWall, member, draft.component);
    const word = firstText(object, 'level', 'levelname', 'severity', 'log.level', 'levelno');
    draft.nativeLevel = word;
    draft.level = ownLevel(word);
    draft.logger = firstText(object, 'logger', 'name', 'log.logger', 'logger_name');
    draft.pid = firstText(object, 'process', 'pid', 'process.pid', 'process_id');
    const process = firstText(object, 'processName', 'process_name', 'process.name');
    draft.tid = process;

    const data = objectOf(object.data);
    const base = draft.fields.length;
    draft.message = message;
    celeryMessage(message, draft, member);
    if (message.indexOf('\n') !== -1) finishCelery(draft, member);
    if (draft.action === '') structlogEvent(message, draft);
    const had = (key: string): boolean =>
      Object.hasOwn(object, key) || draft.fields.lastIndexOf(`"${key}":`) >= base;
    const id = firstText(object, ...ID_KEYS) || firstText(data, 'id', 'task_id');
    const name = firstText(object, ...NAME_KEYS) || firstText(data, 'name');
    const known = id !== '' && id !== '???';
    // What is printed beside JSON lines is no part of them.
    if (known || draft.logger.startsWith('celery.')) member.hint.strays = 'text';
    if (known) {
      if (!had('task_id')) put(draft, 'task_id', id);
      let seen = false;
      for (let i = 0; i < draft.entityCount; i++) if (draft.entityValues[i] === id) seen = true;
      if (!seen) draft.entity('celery_task', id, 'task');
      mentionRelatives(object, draft, id);
    }
    if (name !== '' && name !== '???' && known && !had('task_name')) put(draft, 'task_name', name);
    if (draft.category === '' && known) means(draft, 'task', 'task_log', 'unknown');
    if (draft.action === '' && draft.level >= 2 && (isChild(process) || draft.logger === REDIRECTED)) {
      means(draft, 'task', 'task_output', 'unknown');
    }
    const trace = firstText(object, 'exc_info', 'exception', 'stack_trace', 'exc_text', 'error.stack_trace');
    if (trace !== '') {
      draft.message += `\n${trace}`;
      if (!had('exception')) readTraceback(draft);
    }
    dropDoubles(draft, base, object);
    return true;
  },
  joins: (line, _draft, _member, joined) =>
    joined > 0 || /^(?:\s|Traceback |[\w.]{1,200}(?:Error|Exception|Exit)\b)/.test(line),
  samples: [
    {
      path: 'celery/eps.log',
      text: '{"timestamp":"2026-11-20 17:24:25,439","level":"INFO","logger":"celery.worker.strategy","processName":"MainProcess","process":25436,"message":"Task proj.add[id-1] received","data":{"id":"id-1","name":"proj.add","args":"(0, 0)","kwargs":"{}","eta":null}}\n{"event":"boom","task":"proj.x","task_id":"id-2","parent_task_id":null,"level":"info","logger":"proj","timestamp":"2026-11-20T17:24:30.611802Z"}',
      gives: [
        {
          action: 'task_received',
          time: '2026-11-20T17:24:25.439000Z',
          pid: '25436',
          logger: 'celery.worker.strategy',
          fields: { task_id: 'id-1', task_name: 'proj.add' },
          entities: ['celery_task:id-1:task'],
        },
        {
          action: 'task_log',
          message: 'boom',
          fields: { task_id: 'id-2', task_name: 'proj.x' },
          time: '2026-11-20T17:24:30.611802Z',
        },
      ],
    },
    {
      path: 'celery/eps.log',
      text: '{"asctime": "2026-11-20 17:24:25,439", "levelname": "ERROR", "name": "proj.tasks", "processName": "ForkPoolWorker-3", "task_id": "id-4", "task_name": "proj.y", "root_id": "id-1", "parent_id": "id-3", "message": "boom", "exc_info": "Traceback (most recent call last):\\n  File \\"a.py\\", line 1, in f\\nproj.errors.GatewayError: no"}\n[2026-11-20 17:24:26,000: ERROR/MainProcess] Process \'ForkPoolWorker-1\' pid:25440 exited with \'exitcode 3\'\n{"event": "task_failed", "task_id": "id-5", "timestamp": "2026-11-20T17:24:30.611802Z", "logger": "django_structlog.celery.receivers", "level": "error"}\n{"asctime": "2026-11-20T10:56:46Z", "levelname": "INFO", "celeryTaskId": "id-6", "celeryTaskName": "proj.z", "celeryTaskRuntime": 0.129, "hostname": "h1"}\n[2026-11-20 17:24:31,042: INFO/ForkPoolWorker-4] {"event": "warnings_sent", "level": "debug", "task_id": "id-7"}',
      gives: [
        {
          action: 'task_log',
          level: 'error',
          nativeLevel: 'ERROR',
          logger: 'proj.tasks',
          tid: 'ForkPoolWorker-3',
          fields: { exception: 'GatewayError', task_name: 'proj.y' },
          entities: ['celery_task:id-4:task', 'celery_task:id-1:root', 'celery_task:id-3:parent'],
        },
        { action: 'worker_exit', fields: { exitcode: 3, child_pid: 25440 } },
        { action: 'task_failed', outcome: 'failure', nativeLevel: 'error', fields: { task_id: 'id-5' } },
        {
          action: 'task_log',
          fields: { celeryTaskId: 'id-6', task_id: 'id-6', task_name: 'proj.z' },
          level: 'info',
        },
        {
          action: 'task_log',
          level: 'info',
          fields: { event: 'warnings_sent', inner_level: 'debug', task_id: 'id-7' },
        },
      ],
    },
    {
      path: 'celery/events.jsonl',
      text: '[{"type":"task-received","uuid":"id-1","name":"proj.add","args":"[1, 2]","kwargs":"{}","root_id":"id-1","parent_id":null,"hostname":"alpha@h1","timestamp":1795195597.25,"pid":7,"clock":3,"utcoffset":5},{"type":"worker-heartbeat","hostname":"alpha@h1","timestamp":1795195598.25,"pid":7,"clock":4,"utcoffset":5,"freq":2.0,"active":1,"processed":9}]\n{"type":"task-sent","uuid":"id-2","name":"proj.add","hostname":"gen12@web","timestamp":1795177599.5,"utcoffset":5,"pid":12,"local_received":1795195599.75}',
      gives: [
        {
          action: 'task_received',
          lines: 0,
          time: '2026-11-20T17:26:37.250000Z',
          pid: '7',
          fields: { task_name: 'proj.add' },
        },
        { action: 'worker_heartbeat', lines: 1, time: '2026-11-20T17:26:38.250000Z', category: 'node' },
        { action: 'task_sent', time: '2026-11-20T17:26:39.500000Z', entities: ['host:web:producer'] },
      ],
    },
    {
      path: 'celery/events.jsonl',
      text: '{"type":"task-failed","uuid":"id-3","hostname":"alpha@h1","timestamp":1795195597.5,"pid":7,"clock":3,"utcoffset":-1,"exception":"ValueError(1)"}',
      gives: [
        {
          component: 'events',
          action: 'task_failed',
          outcome: 'failure',
          fields: { task_id: 'id-3' },
          time: '2026-11-20T17:26:37.500000Z',
        },
      ],
    },
  ],
};

/** A JSON line of the application that Celery's own form was put in front of: what it says of its task. */
export function readInner(message: string, draft: Draft): void {
  if (message.length > 64_000 || message.charCodeAt(message.length - 1) !== 125) return;
  const object = parseObject(message);
  if (!object) return;
  const event = firstText(object, 'event', 'message', 'msg');
  if (event !== '') put(draft, 'event', event);
  const level = firstText(object, 'level', 'levelname', 'severity');
  if (level !== '') put(draft, 'inner_level', level);
  const id = firstText(object, ...ID_KEYS);
  const name = firstText(object, ...NAME_KEYS);
  if (id === '' || id === '???') return;
  put(draft, 'task_id', id);
  draft.entity('celery_task', id, 'task');
  if (name !== '') put(draft, 'task_name', name);
  mentionRelatives(object, draft, id);
  if (!structlogEvent(event, draft)) means(draft, 'task', 'task_log', 'unknown');
}

function mentionRelatives(object: JsonObject, draft: Draft, id: string): void {
  for (const key of ['root_id', 'parent_id', 'group', 'group_id'])
    mentionRelative(draft, key, textOf(object[key]), id);
  mentionRelative(draft, 'parent_id', textOf(object.parent_task_id), id);
}

const EVENT = /^(?:task|worker)-[a-z][a-z-]{1,40}$/;

function putTime(draft: Draft, time: string): void {
  const ts = isoAt(time, 0);
  const wall = !Number.isNaN(ts) ? ts : epochMicros(time);
  if (Number.isNaN(wall)) return;
  draft.tsWall = wall;
  draft.tsKind = !Number.isNaN(ts) && !cursor.zoned ? TS_KIND.wall : TS_KIND.absolute;
}

/** An event as the broker carried it. One that a receiver wrote down again has `local_received`, and a moved time. */
function event(object: JsonObject, line: string, draft: Draft, member: Member, type: string): void {
  const dash = type.indexOf('-');
  const ofTask = type.startsWith('task-');
  const verb = type.slice(dash + 1).replaceAll('-', '_');
  const node = textOf(object.hostname);
  draft.parsed = true;
  draft.system = 'celery';
  draft.component = 'events';
  draft.fields = openObject(line, object);
  const base = draft.fields.length;
  putTime(draft, textOf(object.timestamp));
  if (draft.tsKind === TS_KIND.absolute && object.local_received !== undefined)
    draft.tsWall = eventTime(member, node, draft.tsWall, epochMicros(textOf(object.local_received)));
  draft.pid = textOf(object.pid);
  draft.message = `${type} ${firstText(object, 'name', 'uuid')} ${node}`.replace(/ {2,}/g, ' ');
  eventMeans(draft, ofTask, verb);
  eventNode(draft, node, verb === 'sent');
  if (node !== '') put(draft, 'node_name', node);
  put(draft, 'event', ofTask ? `task ${verb}` : verb);
  const id = firstText(object, 'uuid');
  if (id !== '') {
    put(draft, 'task_id', id);
    draft.entity('celery_task', id, 'task');
    mentionRelatives(object, draft, id);
  }
  const name = textOf(object.name);
  if (ofTask && name !== '') put(draft, 'task_name', name);
  const trace = textOf(object.traceback);
  if (trace !== '') draft.message += `\n${trace}`;
  dropDoubles(draft, base, object);
}

/** A worker sends events in lists: `[{"type":"task-received",…},…]`. Each is a record. */
function events(line: string, draft: Draft, member: Member): boolean {
  if (line.charCodeAt(1) !== 123 || line.indexOf('"type"') === -1 || line.indexOf('"hostname"') === -1)
    return false;
  let list: unknown;
  try {
    list = JSON.parse(decode(line));
  } catch {
    return false;
  }
  if (!Array.isArray(list) || list.length === 0) return false;
  const pieces = objectsIn(line);
  if (pieces.length !== list.length) return false;
  for (const { text } of pieces) {
    const object = parseObject(text);
    if (!object || !EVENT.test(textOf(object.type)) || object.hostname === undefined) return false;
  }
  const head = pieces[0] as { at: number; text: string };
  const object = parseObject(head.text) as JsonObject;
  event(object, head.text, draft, member, textOf(object.type));
  member.rest = pieces.slice(1);
  return true;
}
