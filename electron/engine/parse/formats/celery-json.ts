// Celery through python-json-logger or structlog, and event JSON as brokered: keys depend on the site, so aliases decide.
import type { LineKind } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import type { Json, JsonObject } from '../text.ts';
import { dropDoubles, firstText, openObject, parseObject, put, textOf } from '../text.ts';
import { cursor, isoAt } from '../time.ts';
import { celeryMessage, mentionRelative, readTraceback } from './celery-message.ts';
import { epochBeside, epochMicros, levelOf } from './other.ts';

const SPEAKS =
  /"(?:processName|celery[\w.]*|task_id|task_name|parent_task_id|sw_ident|local_received)"|"logger": ?"(?:celery|kombu|billiard|proj)/;

export const celeryJson: LineKind = {
  id: 'celery.json',
  native: true,
  weight: (line) => (SPEAKS.test(line) ? 1 : 0.1),
  read(line, draft, member) {
    if (line.charCodeAt(0) !== 123) return false;
    const object = parseObject(line);
    if (!object) return false;
    const time = firstText(object, 'timestamp', 'asctime', 'time', '@timestamp', 'ts');
    const message = firstText(object, 'message', 'event', 'msg');
    const type = textOf(object.type);
    const isEvent = /^(?:task|worker)-[a-z]+$/.test(type) && object.hostname !== undefined;
    if (message === '' && !isEvent) return false;
    draft.parsed = true;
    draft.system = 'celery';
    draft.component = isEvent ? 'events' : member.hint.component === 'beat' ? 'beat' : 'worker';
    draft.fields = openObject(line, object);
    const ts = isoAt(time, 0);
    const wall = !Number.isNaN(ts) ? ts : epochMicros(time);
    if (!Number.isNaN(wall)) {
      draft.tsWall = wall;
      draft.tsKind = !Number.isNaN(ts) && !cursor.zoned ? TS_KIND.wall : TS_KIND.absolute;
      if (draft.tsKind === TS_KIND.wall) epochBeside(object, wall, member, draft.component);
    }
    draft.level = levelOf(firstText(object, 'level', 'levelname', 'severity'));
    draft.logger = firstText(object, 'logger', 'name');
    draft.pid = firstText(object, 'process', 'pid');
    const process = firstText(object, 'processName');
    draft.tid = process;

    const data = objectOf(object.data);
    const known = new Set(Object.keys(object));
    const base = draft.fields.length;
    if (isEvent) {
      event(object, draft, type);
    } else {
      draft.message = message;
      celeryMessage(message, draft, member);
    }
    dropDoubles(draft, base, object);
    const had = (key: string): boolean => known.has(key) || draft.fields.lastIndexOf(`"${key}":`) >= base;
    const id = firstText(object, 'task_id', 'taskId', 'uuid') || firstText(data, 'id', 'task_id');
    const name = firstText(object, 'task_name', 'task') || firstText(data, 'name');
    if (id !== '' && id !== '???') {
      if (!had('task_id')) put(draft, 'task_id', id);
      let seen = false;
      for (let i = 0; i < draft.entityCount; i++) if (draft.entityValues[i] === id) seen = true;
      if (!seen) draft.entity('celery_task', id, 'task');
    }
    if (id !== '') {
      for (const key of ['root_id', 'parent_id', 'group', 'group_id'])
        mentionRelative(draft, key, textOf(object[key]), id);
      mentionRelative(draft, 'parent_id', textOf(object.parent_task_id), id);
    }
    if (name !== '' && name !== '???' && !had('task_name')) put(draft, 'task_name', name);
    if (draft.category === '' && id !== '') means(draft, 'task', 'task_log', 'unknown');
    const trace = firstText(object, 'exc_info', 'exception', 'stack_trace', 'exc_text');
    if (trace !== '' && !isEvent) {
      draft.message += `\n${trace}`;
      if (!known.has('exception')) readTraceback(draft);
    }
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

function event(object: JsonObject, draft: Draft, type: string): void {
  const verb = type.slice(type.indexOf('-') + 1);
  const node = textOf(object.hostname);
  draft.message = `${type} ${firstText(object, 'name', 'uuid')} ${node}`.replace(/ {2,}/g, ' ');
  const outcome =
    verb === 'succeeded' ? 'success' : verb === 'failed' || verb === 'rejected' ? 'failure' : 'unknown';
  if (type.startsWith('task-')) means(draft, 'task', `task_${verb}`, outcome);
  else means(draft, 'node', `worker_${verb}`, 'success');
  if (node.includes('@')) draft.entity('host', node.slice(node.indexOf('@') + 1), 'origin');
}

function objectOf(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}
