// The ids that Mesos prints: frameworks, agents, tasks, executors, containers, status updates, libprocess ids.
import { between, wordAt } from '../lexicon.ts';
import type { Draft } from '../record.ts';
import { put } from '../text.ts';

/** Id after ` <word> ` or `<word> '…'`: unquoted up to a blank, quoted up to the next quote. */
export function idAfter(msg: string, mark: string): string {
  const at = msg.indexOf(mark);
  if (at === -1) return '';
  const start = at + mark.length;
  if (msg.charCodeAt(start) === 39) {
    const end = msg.indexOf("'", start + 1);
    return end === -1 || end - start > 300 ? '' : msg.slice(start + 1, end);
  }
  const word = wordAt(msg, start);
  return word.length > 300 ? '' : word;
}

const MASTER_ID =
  /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{8}-\d{6}-\d{1,10}-\d{1,5}-\d{1,10})/;

/** The last ids that a master gave: few of them are in a file, and each stands in many lines. */
const given = { last: '', before: '' };

function isOfMaster(id: string): boolean {
  if (id.length <= 20) return false;
  if (id === given.last || id === given.before) return true;
  if (!MASTER_ID.test(id)) return false;
  given.before = given.last;
  given.last = id;
  return true;
}

/** `ip:port` of a libprocess id `name(n)@ip:port`, and its place in the text. */
const UPID = /[\w().-]{1,120}@((?:\d{1,3}\.){3}\d{1,3}|\[[0-9a-f:]{2,45}\]):(\d{1,5})/;

export function peer(msg: string, draft: Draft, role: string): void {
  const at = msg.indexOf('@');
  if (at === -1) return;
  const m = UPID.exec(at > 200 ? msg.slice(at - 130, at + 80) : msg.slice(0, at + 80));
  if (!m) return;
  const ip = (m[1] as string).replace(/^\[|\]$/g, '');
  if (ip === '0.0.0.0') return;
  put(draft, 'peer', `${m[1]}:${m[2]}`);
  put(draft, 'upid', m[0]);
  draft.srcIp = ip;
  draft.entity('ip', ip, role);
}

const FRAMEWORK = 1;
const AGENT = 2;
const TASK = 4;
const EXECUTOR = 8;
const CONTAINER = 16;
const PRINCIPAL = 32;
const UUID = 64;
const STATUS = 128;

/** Which words stand in front of a blank: one look at the text instead of one for each word. */
function wordsOf(msg: string): number {
  let words = 0;
  for (let at = msg.indexOf(' '); at !== -1; at = msg.indexOf(' ', at + 1)) {
    switch (msg.charCodeAt(at - 1)) {
      case 107: // k
        if (msg.startsWith('ramework', at - 8)) words |= FRAMEWORK;
        else if (msg.startsWith('ask', at - 3)) words |= TASK;
        break;
      case 116: // t
        if (msg.startsWith('gent', at - 4)) words |= AGENT;
        break;
      case 101: // e
        if (msg.startsWith('slave', at - 5)) words |= AGENT;
        break;
      case 114: // r
        if (msg.charCodeAt(at + 1) === 39 && msg.startsWith('xecutor', at - 7)) words |= EXECUTOR;
        else if (msg.startsWith('ontainer', at - 8)) words |= CONTAINER;
        break;
      case 108: // l
        if (msg.charCodeAt(at + 1) === 39 && msg.startsWith('rincipal', at - 8)) words |= PRINCIPAL;
        break;
      case 58: // :
        if (msg.startsWith('UUID', at - 5)) words |= UUID;
        break;
      case 115: // s
        if (msg.startsWith('call for status', at - 15)) words |= STATUS;
        break;
    }
  }
  return words;
}

/** The UUID of a status update: the same in the logs of executor, agent, master and framework. */
function statusUpdate(draft: Draft, uuid: string, plain: boolean): void {
  put(draft, 'status_uuid', uuid, plain);
  draft.entity('mesos_status_update', uuid, 'mentioned');
}

/** Every id that Mesos prints with its kind in front. */
export function ids(msg: string, draft: Draft, plain: boolean): void {
  const words = wordsOf(msg);
  let id: string;
  if (words & FRAMEWORK) {
    id = idAfter(msg, 'framework ') || idAfter(msg, 'Framework ');
    if (isOfMaster(id)) {
      put(draft, 'framework_id', id, plain);
      draft.entity('mesos_framework', id, 'mentioned');
      const name = msg.indexOf(`${id} (`);
      const label = name === -1 ? '' : between(msg, '(', ')', name);
      if (label !== '' && !label.startsWith('latest state') && !label.startsWith('reports'))
        put(draft, 'framework_name', label, plain);
    }
  }
  if (words & AGENT) {
    id = idAfter(msg, 'agent ') || idAfter(msg, 'Agent ') || idAfter(msg, 'slave ');
    if (!isOfMaster(id))
      id =
        idAfter(msg, 'on agent ') ||
        idAfter(msg, 'from agent ') ||
        idAfter(msg, 'on slave ') ||
        idAfter(msg, 'from slave ');
    if (isOfMaster(id)) {
      put(draft, 'agent_id', id, plain);
      draft.entity('mesos_agent', id, 'mentioned');
      const at = msg.indexOf(id);
      const host = msg.indexOf('@', at) === -1 ? '' : AGENT_HOST.exec(msg.slice(at, at + 400))?.[1];
      if (host) {
        put(draft, 'agent_host', host, plain);
        draft.entity('host', host, 'mentioned');
      }
    }
  }
  if (words & TASK) {
    id = idAfter(msg, 'for task ') || idAfter(msg, ' task ') || idAfter(msg, 'Task ');
    if (id !== '' && !NOT_A_TASK.has(id)) {
      put(draft, 'task_id', id, plain);
      draft.entity('mesos_task', id, 'mentioned');
    }
  }
  if (words & EXECUTOR) {
    id = idAfter(msg, 'xecutor ');
    if (id !== '') {
      put(draft, 'executor_id', id, plain);
      draft.entity('mesos_executor', id, 'mentioned');
    }
  }
  if (words & CONTAINER) {
    id = idAfter(msg, 'ontainer ');
    if (/^[0-9a-f]{8}-[0-9a-f]{4}-/.test(id)) {
      put(draft, 'container_id', id, plain);
      draft.entity('mesos_container', id, 'mentioned');
    }
  }
  if (words & UUID) {
    id = between(msg, 'UUID: ', ')');
    if (id !== '' && id.length < 60) statusUpdate(draft, id, plain);
  } else if (words & STATUS) {
    statusUpdate(draft, idAfter(msg, 'call for status '), false);
  }
  if (words & PRINCIPAL) {
    id = between(msg, "rincipal '", "'");
    if (id !== '') put(draft, 'principal', id, plain);
  }
  const state = msg.indexOf('TASK_');
  if (state !== -1) {
    let end = state + 5;
    while (
      end < msg.length &&
      ((msg.charCodeAt(end) >= 65 && msg.charCodeAt(end) <= 90) || msg.charCodeAt(end) === 95)
    )
      end++;
    const word = msg.slice(state, end);
    if (TASK_STATES.has(word)) put(draft, 'task_state', word, plain);
  }
}

const AGENT_HOST = /\) at |@[\d.]+:\d+ \(([\w.-]{1,253})\)/;

const TASK_STATES = new Set(
  'STAGING STARTING RUNNING KILLING FINISHED FAILED KILLED ERROR LOST DROPPED UNREACHABLE GONE GONE_BY_OPERATOR UNKNOWN'
    .split(' ')
    .map((state) => `TASK_${state}`),
);
const NOT_A_TASK = new Set([
  'status',
  'group',
  'of',
  'for',
  'state',
  'updates',
  'update',
  'with',
  'ids',
  '{}',
  'reconciliation',
  'resources',
]);
