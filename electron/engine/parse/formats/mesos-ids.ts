// The ids that Mesos prints: frameworks, agents, tasks, executors, containers, status updates, libprocess ids.
import type { Member } from '../kind.ts';
import { wordAt } from '../lexicon.ts';
import type { Draft } from '../record.ts';
import { digitsEnd, isIp, put, standsAt } from '../text.ts';
import { nameLeftOpen } from './mesos-foreign.ts';

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

/** A libprocess id `name(n)@ip:port`: who sent or received. The first of the message, or from `from` on. */
export function peer(msg: string, draft: Draft, role: string, from = 0): void {
  let at = msg.indexOf('@', from);
  for (let tries = 0; at !== -1 && tries < 4; tries++) {
    const colon = msg.indexOf(':', msg.charCodeAt(at + 1) === 91 ? msg.indexOf(']', at) : at);
    if (colon === -1) return;
    const bare = msg.charCodeAt(at + 1) === 91;
    const ip = bare ? msg.slice(at + 2, colon - 1) : msg.slice(at + 1, colon);
    const end = digitsEnd(msg, colon + 1);
    if (end > colon + 1 && end - colon <= 6 && isIp(ip)) {
      if (ip === '0.0.0.0') return;
      let start = at;
      while (start > 0 && at - start < 120 && isName(msg.charCodeAt(start - 1))) start--;
      if (start < at) {
        put(draft, 'peer', msg.slice(at + 1, end));
        put(draft, 'upid', msg.slice(start, end));
        draft.srcIp = ip;
        draft.entity('ip', ip, role);
        return;
      }
    }
    at = msg.indexOf('@', at + 1);
  }
}

/** Letters, digits, `_`, `-`, `.`, `(` and `)`. */
function isName(c: number): boolean {
  return (
    (c >= 97 && c <= 122) ||
    (c >= 48 && c <= 57) ||
    (c >= 65 && c <= 90) ||
    c === 45 ||
    c === 95 ||
    c === 46 ||
    c === 40 ||
    c === 41
  );
}

/** Where the word ends that begins at `start`: at a blank, in quotes at the next quote; without closing punctuation. */
function endOf(msg: string, start: number, blank: number): number {
  let end = blank === -1 ? msg.length : blank;
  while (end > start) {
    const c = msg.charCodeAt(end - 1);
    if (c === 44 || c === 59 || c === 46 || c === 58 || c === 41 || c === 10 || c === 13) end--;
    else break;
  }
  return end;
}

/** The id after the blank at `at`, which may stand in quotes; `next` is the blank after it. */
function idAt(msg: string, at: number, next: number): string {
  if (msg.charCodeAt(at + 1) === 39) {
    const close = msg.indexOf("'", at + 2);
    if (close !== -1) return close - at > 302 ? '' : msg.slice(at + 2, close);
    // Up to 0.2x the quote after a framework is forgotten.
    const word = msg.slice(at + 2, endOf(msg, at + 2, next));
    return word.length > 300 ? '' : word;
  }
  const end = endOf(msg, at + 1, next);
  return end - at > 301 ? '' : msg.slice(at + 1, end);
}

/** The word after the blank at `at` up to a closing bracket that is near. */
function closedAt(msg: string, at: number): string {
  const word = msg.slice(at + 1, at + 61);
  const close = word.indexOf(')');
  return close === -1 ? '' : word.slice(0, close);
}

/** Every id that Mesos prints with its kind in front, word by word. */
export function ids(msg: string, draft: Draft, member: Member, plain: boolean): void {
  let framework = false;
  let agent = false;
  let task = false;
  let executor = false;
  let container = false;
  let status = false;
  let principal = false;
  let next = -1;
  for (let at = msg.indexOf(' '); at !== -1; at = next) {
    next = msg.indexOf(' ', at + 1);
    // The last two letters of the word tell most others apart.
    const last = msg.charCodeAt(at - 2);
    switch (msg.charCodeAt(at - 1)) {
      case 107: // framework, task
        if (last === 115) {
          const c = msg.charCodeAt(at - 4);
          if (task || msg.charCodeAt(at - 3) !== 97 || (c !== 116 && c !== 84)) break;
          // Up to 0.2x two blanks stand after `Launching task`.
          const id = next === at + 1 ? idAt(msg, next, msg.indexOf(' ', next + 1)) : idAt(msg, at, next);
          if (id === '' || NOT_A_TASK.has(id)) break;
          task = true;
          put(draft, 'task_id', id, plain);
          draft.entity('mesos_task', id, 'mentioned');
        } else if (last === 114 && !framework && standsAt(msg, 'ramework', at - 8)) {
          framework = frameworkAt(msg, at, next, draft, member, plain);
        }
        break;
      case 116: // agent
        if (last === 110 && !agent && standsAt(msg, 'gent', at - 4))
          agent = agentAt(msg, at, next, draft, member, plain);
        break;
      case 101: // slave
        if (last === 118 && !agent && standsAt(msg, 'lave', at - 4))
          agent = agentAt(msg, at, next, draft, member, plain);
        break;
      case 114: // executor, container
        if (last === 111 && !executor && standsAt(msg, 'xecutor', at - 7)) {
          // Versions up to 0.2x print it without quotes: `executor E of framework F`.
          if (msg.charCodeAt(at + 1) !== 39 && !(next !== -1 && standsAt(msg, 'of framework ', next + 1)))
            break;
          const id = idAt(msg, at, next);
          if (id === '') break;
          executor = true;
          put(draft, 'executor_id', id, plain);
          draft.entity('mesos_executor', id, 'mentioned');
        } else if (last === 101 && !container && standsAt(msg, 'ontainer', at - 8)) {
          const id = idAt(msg, at, next);
          if (id.charCodeAt(8) !== 45 || !CONTAINER.test(id)) break;
          container = true;
          put(draft, 'container_id', id, plain);
          draft.entity('mesos_container', id, 'mentioned');
        }
        break;
      case 108: // principal
        if (last !== 97 || principal || msg.charCodeAt(at + 1) !== 39 || !standsAt(msg, 'rincipal', at - 8))
          break;
        {
          const id = idAt(msg, at, next);
          if (id === '') break;
          principal = true;
          put(draft, 'principal', id, plain);
        }
        break;
      case 58: // (UUID: x), (Status UUID: x), (uuid: x)
        if (last === 68 && !status && standsAt(msg, 'UUID', at - 5)) {
          const uuid = closedAt(msg, at);
          if (uuid === '') break;
          status = true;
          statusUpdate(draft, uuid, plain);
        } else if (last === 100 && standsAt(msg, '(uuid', at - 6)) {
          const uuid = closedAt(msg, at);
          if (uuid !== '') put(draft, 'operation_uuid', uuid, plain);
        }
        break;
      case 115: // call for status x
        if (last !== 117 || status || !standsAt(msg, 'call for status', at - 15)) break;
        status = true;
        statusUpdate(draft, idAt(msg, at, next), plain);
        break;
    }
  }
  if (!container && msg.indexOf('mesos-') !== -1) dockerName(msg, draft);
  const state = msg.indexOf('TASK_');
  if (state === -1) return;
  let end = state + 5;
  for (;;) {
    const c = msg.charCodeAt(end);
    if (!(c >= 65 && c <= 90) && c !== 95) break;
    end++;
  }
  const word = msg.slice(state, end);
  if (TASK_STATES.has(word)) put(draft, 'task_state', word, plain);
}

/** Docker's name of a container: `mesos-<id>`, in 0.2x `mesos-<agent id>.<id>`. */
const DOCKER_NAME = /mesos-(?:[\w-]{1,80}\.)?([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})(?![\w-])/;

function dockerName(msg: string, draft: Draft): void {
  const id = DOCKER_NAME.exec(msg.length > 4000 ? msg.slice(0, 4000) : msg)?.[1];
  if (id === undefined) return;
  put(draft, 'container_id', id);
  draft.entity('mesos_container', id, 'mentioned');
}

/** The UUID of a status update: the same in the logs of executor, agent, master and framework. */
export function statusUpdate(draft: Draft, uuid: string, plain: boolean): void {
  put(draft, 'status_uuid', uuid, plain);
  draft.entity('mesos_status_update', uuid, 'mentioned');
}

/** `framework <id> (<name>) at <pid>`; the name is what the framework said it is called. */
function frameworkAt(
  msg: string,
  at: number,
  next: number,
  draft: Draft,
  member: Member,
  plain: boolean,
): boolean {
  const id = idAt(msg, at, next);
  if (!isOfMaster(id)) return false;
  put(draft, 'framework_id', id, plain);
  draft.entity('mesos_framework', id, 'mentioned');
  if (id.charCodeAt(15) === 45) oldMaster(id, draft, member);
  if (next === -1 || msg.charCodeAt(next + 1) !== 40 || msg.charCodeAt(next - 1) === 44) return true;
  const close = msg.indexOf(')', next);
  if (close === -1) nameLeftOpen(msg, ')', member);
  else if (
    !standsAt(msg, 'latest state', next + 2) &&
    !standsAt(msg, 'reports', next + 2) &&
    close > next + 2
  )
    put(draft, 'framework_name', msg.slice(next + 2, close), plain);
  return true;
}

/** `agent <id> at <pid> (<host>)`, or `agent <id> (<host>)`. */
function agentAt(
  msg: string,
  at: number,
  next: number,
  draft: Draft,
  member: Member,
  plain: boolean,
): boolean {
  const id = idAt(msg, at, next);
  if (!isOfMaster(id)) return false;
  put(draft, 'agent_id', id, plain);
  draft.entity('mesos_agent', id, 'mentioned');
  if (id.charCodeAt(15) === 45) oldMaster(id, draft, member);
  if (next === -1) return true;
  let open = next + 1;
  if (standsAt(msg, 'at ', open)) open = msg.indexOf(' ', open + 3) + 1;
  if (open === 0 || msg.charCodeAt(open) !== 40) return true;
  const close = msg.indexOf(')', open);
  const host = close === -1 ? '' : msg.slice(open + 1, close);
  if (host === '' || host.length > 253 || !HOST.test(host)) return true;
  put(draft, 'agent_host', host, plain);
  draft.entity('host', host, 'mentioned');
  return true;
}

const HOST = /^[\w.-]+$/;
const CONTAINER = /^[0-9a-f]{8}-[0-9a-f]{4}-/;

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
  'id',
  'launch',
  'because',
  'in',
  'message',
  '{}',
  'reconciliation',
  'resources',
]);

/**
 * Ids up to 0.2x begin with the id of their master: `YYYYMMDD-HHMMSS-<ip as little-endian number>-<port>-<pid>`. Its parts
 * stand in the first record of the file that names the master.
 */
function oldMaster(id: string, draft: Draft, member: Member): void {
  const m = OLD_MASTER.exec(id);
  const masters = member.glog.masters;
  if (!m || masters.size > 200 || masters.has(m[0])) return;
  masters.add(m[0]);
  const [master, y, mo, d, h, mi, s, number, port, pid] = m;
  const value = Number(number);
  if (!(value <= 0xffffffff)) return;
  const ip = [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24].join('.');
  put(draft, 'master_id', master);
  put(draft, 'master_started', `${y}-${mo}-${d} ${h}:${mi}:${s}`);
  put(draft, 'master_address', `${ip}:${port}`);
  put(draft, 'master_pid', pid as string);
  draft.entity('ip', ip, 'master');
}

const OLD_MASTER = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-(\d{1,10})-(\d{1,5})-(\d{1,10})/;

/** The part of a path between a folder and the next slash or quote; '' when the folder isn't there. */
function below(path: string, folder: string): string {
  const at = path.indexOf(folder);
  if (at === -1) return '';
  const from = at + folder.length;
  const slash = path.indexOf('/', from);
  const mark = path.indexOf("'", from);
  let end = slash === -1 ? path.length : slash;
  if (mark !== -1 && mark < end) end = mark;
  if (end - from > 300) return '';
  const part = path.slice(from, end);
  return part === 'latest' ? '' : part;
}

function known(draft: Draft, field: string): boolean {
  return draft.fields.indexOf(field) !== -1;
}

/** The container whose sandbox a path names, with its executor. */
export function sandboxIds(msg: string, draft: Draft): void {
  const container = below(msg, '/runs/');
  if (container !== '' && !known(draft, '"container_id":')) {
    put(draft, 'container_id', container);
    draft.entity('mesos_container', container, 'mentioned');
  }
  const executor = below(msg, '/executors/');
  if (executor !== '' && !known(draft, '"executor_id":')) put(draft, 'executor_id', executor);
}

/** All ids that a path of the work directory names. */
export function pathIds(msg: string, draft: Draft): void {
  sandboxIds(msg, draft);
  const framework = below(msg, '/frameworks/');
  if (framework !== '' && !known(draft, '"framework_id":')) {
    put(draft, 'framework_id', framework);
    draft.entity('mesos_framework', framework, 'mentioned');
  }
  const agent = below(msg, '/slaves/');
  if (agent === '' || known(draft, '"agent_id":')) return;
  put(draft, 'agent_id', agent);
  draft.entity('mesos_agent', agent, 'mentioned');
}
