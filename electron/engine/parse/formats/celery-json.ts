// Celery through python-json-logger or structlog, and event JSON as brokered: keys depend on the site, so aliases decide.
import type { LineKind, Member } from '../kind.ts';
import { means } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import type { Json, JsonObject } from '../text.ts';
import { decode, dropDoubles, firstText, openObject, parseObject, put, textOf } from '../text.ts';
import { cursor, isoAt } from '../time.ts';
import { mentionRelative, readTraceback } from './celery-block.ts';
import { eventMeans, eventNode, eventTime } from './celery-events.ts';
import { celeryMessage, finishCelery } from './celery-message.ts';
import { isChild, numericLevel } from './celery-worker.ts';
import { epochBeside, epochMicros, levelOf } from './other.ts';

const SPEAKS =
  /"(?:processName|celery[\w.]*|task_id|task_name|parent_task_id|sw_ident|local_received)"|"type": ?"(?:task|worker)-[a-z]{2,20}"|"logger": ?"(?:celery|kombu|billiard|proj)/;

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
    if (message === '') return false;
    draft.parsed = true;
    draft.system = 'celery';
    draft.component = member.hint.component === 'beat' ? 'beat' : 'worker';
    draft.fields = openObject(line, object);
    putTime(draft, firstText(object, 'timestamp', 'asctime', 'time', '@timestamp', 'ts'));
    if (draft.tsKind === TS_KIND.wall) epochBeside(object, draft.tsWall, member, draft.component);
    const word = firstText(object, 'level', 'levelname', 'severity', 'log.level', 'levelno');
    draft.nativeLevel = word;
    draft.level = /^\d{1,3}$/.test(word) ? numericLevel(Number(word)) : levelOf(word);
    draft.logger = firstText(object, 'logger', 'name', 'log.logger', 'logger_name');
    draft.pid = firstText(object, 'process', 'pid', 'process.pid', 'process_id');
    const process = firstText(object, 'processName', 'process_name', 'process.name');
    draft.tid = process;

    const data = objectOf(object.data);
    const base = draft.fields.length;
    draft.message = message;
    celeryMessage(message, draft, member);
    if (message.indexOf('\n') !== -1) finishCelery(draft, member);
    const had = (key: string): boolean =>
      Object.hasOwn(object, key) || draft.fields.lastIndexOf(`"${key}":`) >= base;
    const id =
      firstText(object, 'task_id', 'taskId', 'celery_task_id', 'celery.task_id', 'uuid') ||
      firstText(data, 'id', 'task_id');
    const name =
      firstText(object, 'task_name', 'taskName', 'task', 'celery_task_name', 'celery.task_name') ||
      firstText(data, 'name');
    const known = id !== '' && id !== '???';
    if (known) {
      if (!had('task_id')) put(draft, 'task_id', id);
      let seen = false;
      for (let i = 0; i < draft.entityCount; i++) if (draft.entityValues[i] === id) seen = true;
      if (!seen) draft.entity('celery_task', id, 'task');
      mentionRelatives(object, draft, id);
    }
    if (name !== '' && name !== '???' && known && !had('task_name')) put(draft, 'task_name', name);
    if (draft.category === '' && known) means(draft, 'task', 'task_log', 'unknown');
    if (draft.action === '' && draft.level >= 2 && isChild(process)) {
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
  const pieces = elements(line);
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

/** The objects of a list that is JSON: where each starts in the line, and its text. */
function elements(line: string): { at: number; text: string }[] {
  const found: { at: number; text: string }[] = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let i = 1; i < line.length; i++) {
    const c = line.charCodeAt(i);
    if (quoted) {
      if (c === 92) i++;
      else if (c === 34) quoted = false;
    } else if (c === 34) quoted = true;
    else if (c === 123) {
      if (depth++ === 0) start = i;
    } else if (c === 125 && --depth === 0) found.push({ at: start, text: line.slice(start, i + 1) });
  }
  return found;
}

function objectOf(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}
