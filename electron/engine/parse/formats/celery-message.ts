// What Celery's messages mean: the worker, its pool, beat, the consumer's connection, remote control.
// Facts: celery 5.2 and 5.5 sources and runs, see docs/formats/celery.md.

import type { Member } from '../kind.ts';
import { means } from '../kind.ts';
import { between, Lexicon, says, wordAt } from '../lexicon.ts';
import type { Draft } from '../record.ts';
import { put, putIf, putJson, putNumber, standsAt } from '../text.ts';

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?$/;

/**
 * Is it a decimal fraction that JavaScript writes the same? One below 8, with up to 15 decimals and no zero at its end: such
 * numbers are further apart than doubles are.
 */
function asWritten(text: string): boolean {
  const end = text.length;
  const whole = text.charCodeAt(0);
  if (end < 3 || end > 17 || whole < 48 || whole > 55 || text.charCodeAt(1) !== 46) return false;
  let leading = whole === 48;
  let c = 0;
  for (let i = 2; i < end; i++) {
    c = text.charCodeAt(i);
    if (c < 48 || c > 57) return false;
    // Below a millionth it is written with an exponent.
    if (leading && c === 48) {
      if (i === 7) return false;
    } else leading = false;
  }
  return c !== 48;
}

function putFigure(draft: Draft, key: string, text: string): void {
  if (asWritten(text)) putJson(draft, key, text);
  else if (NUMBER.test(text)) putNumber(draft, key, Number(text));
}

/** `name[id]` at `from`: puts both; answers where `end`, a `]` and what must follow it, stood; -1 when it is no task. */
function task(text: string, from: number, draft: Draft, end = ']', plain = false): number {
  const open = text.indexOf('[', from);
  if (open === -1 || open - from > 400) return -1;
  const close = text.indexOf(end, open);
  if (close === -1 || close - open > 400) return -1;
  const name = text.slice(from, open);
  if (name === '' || name.indexOf(' ') !== -1) return -1;
  const id = text.slice(open + 1, close);
  put(draft, 'task_name', name, plain);
  put(draft, 'task_id', id, plain);
  draft.entity('celery_task', id, 'task');
  return close;
}

/** `Task name[id] …` and `Received task: name[id]`. */
function taskMessage(msg: string, draft: Draft, plain: boolean): boolean {
  const close = task(msg, 5, draft, '] ', plain);
  if (close === -1) return false;
  const at = close + 2;
  if (msg.startsWith('received', at)) {
    means(draft, 'task', 'task_received', 'unknown');
    if (msg.length > at + 8) {
      putIf(draft, 'eta', between(msg, 'ETA:[', ']', at));
      putIf(draft, 'expires', between(msg, 'expires:[', ']', at));
    }
    return true;
  }
  if (standsAt(msg, 'succeeded in ', at)) {
    means(draft, 'task', 'task_succeeded', 'success');
    const end = msg.indexOf('s: ', at + 13);
    if (end === -1) return true;
    putFigure(draft, 'runtime', msg.slice(at + 13, end));
    if (msg.length - end < 4096) put(draft, 'result', msg.slice(end + 3), plain);
    return true;
  }
  const rest = msg.slice(at);
  if (rest.startsWith('raised ') || rest.startsWith('INTERNAL ERROR: ')) {
    means(draft, 'task', 'task_failed', 'failure');
    const colon = rest.indexOf(': ');
    put(draft, 'failure', colon === -1 ? rest : rest.slice(0, colon));
    if (colon !== -1) putException(draft, rest.slice(colon + 2));
  } else if (rest.startsWith('retry: ')) {
    means(draft, 'task', 'task_retried', 'failure');
    const m = /^retry: Retry in ([\d.]+)s?(?:: ([\s\S]*))?$/.exec(
      rest.length > 4096 ? rest.slice(0, 4096) : rest,
    );
    if (m) putFigure(draft, 'retry_in', m[1] as string);
    if (m?.[2]) putException(draft, m[2]);
  } else if (rest.startsWith('ignored')) {
    means(draft, 'task', 'task_ignored', 'unknown');
  } else if (rest.startsWith('reject ')) {
    means(draft, 'task', 'task_rejected', 'failure');
    putIf(draft, 'requeue', /requeue=(True|False)/.exec(rest)?.[1]);
  } else {
    means(draft, 'task', 'task_message', 'unknown');
  }
  return true;
}

const EXCEPTION_CLASS = /^<?([A-Za-z_][\w.]*)/;

/** The exception as printed, and its class. `ExceptionWithTraceback()` says nothing; the traceback decides then. */
export function putException(draft: Draft, text: string): void {
  const cls = EXCEPTION_CLASS.exec(text)?.[1] ?? '';
  put(draft, 'error', text.length > 2000 ? text.slice(0, 2000) : text);
  if (cls !== '' && cls !== 'ExceptionWithTraceback')
    put(draft, 'exception', cls.slice(cls.lastIndexOf('.') + 1));
}

const LAST_LINE =
  /^([A-Za-z_][\w.]*?(?:Error|Exception|Exit|Interrupt|Exceeded|Lost\w*|Limit\w*|Ignore|Reject|Retry|Refused|Warning|Failure|[A-Z]\w*)): ?/;

/** A traceback follows the line: its last exception line names the class when the first line did not. */
export function readTraceback(draft: Draft): void {
  const msg = draft.message;
  if (msg.indexOf('Traceback (most recent call last)') === -1) return;
  if (draft.fields.indexOf('"exception":') !== -1) return;
  const lines = msg.split('\n');
  for (let i = lines.length - 1; i > 0; i--) {
    const line = lines[i] as string;
    if (line.length > 2000) continue;
    const m = LAST_LINE.exec(line);
    if (!m) continue;
    const cls = m[1] as string;
    put(draft, 'exception', cls.slice(cls.lastIndexOf('.') + 1));
    return;
  }
}

const EXIT =
  /^Process '([^']{1,200})'(?: pid:(\d+))? exited with '(?:signal (\d+) \((\w+)\)|exitcode (-?\d+))'/;
const DRIFT =
  /^Substantial drift from (\S+) may mean clocks are out of sync\.\s+Current drift is (-?[\d.]+) seconds/;
const LOST = /Worker exited prematurely: (?:signal (\d+) \((\w+)\)|exitcode (-?\d+)) Job: (\d+)/;

function worker(draft: Draft, state: string): void {
  put(draft, 'worker_state', state);
}

function processExit(msg: string, draft: Draft): void {
  const m = EXIT.exec(msg);
  if (!m) return;
  put(draft, 'process', m[1] as string);
  if (m[2]) {
    putJson(draft, 'child_pid', String(Number(m[2])));
    draft.entity('process', m[2], 'exited');
  }
  signalOf(draft, m[3], m[4], m[5]);
}

function signalOf(draft: Draft, number?: string, name?: string, code?: string): void {
  if (number !== undefined) {
    putJson(draft, 'signal', String(Number(number)));
    putIf(draft, 'signal_name', name);
  }
  if (code !== undefined) putJson(draft, 'exitcode', String(Number(code)));
}

function broker(msg: string, draft: Draft, from: string): void {
  const at = msg.indexOf(from);
  if (at === -1) return;
  const url = wordAt(msg, at + from.length);
  if (url === '') return;
  put(draft, 'broker_url', url);
  draft.entity('url', url, 'broker');
}

const LEXICON = new Lexicon([
  says('Scheduler: Sending due task ', 'task/task_scheduled/success', (msg, draft) => {
    const open = msg.lastIndexOf(' (');
    if (open < 28) return;
    put(draft, 'beat_entry', msg.slice(28, open));
    put(draft, 'task_name', msg.slice(open + 2, msg.length - 1));
  }),
  says('Task handler raised error: ', 'process/worker_lost/failure', (msg, draft) => {
    const m = LOST.exec(msg);
    if (m) {
      signalOf(draft, m[1], m[2], m[3]);
      putJson(draft, 'job', String(Number(m[4])));
      put(draft, 'exception', 'WorkerLostError');
    } else {
      putException(draft, msg.slice(27));
    }
  }),
  says('Process … exited with ', 'process/worker_exit/failure', processExit),
  says('Soft time limit (', 'task/time_limit_exceeded/failure', (msg, draft) =>
    limit(msg, draft, 'soft', 17),
  ),
  says('Hard time limit (', 'task/time_limit_exceeded/failure', (msg, draft) =>
    limit(msg, draft, 'hard', 17),
  ),
  says('Received unregistered task of type ', 'task/unregistered_task/failure', (msg, draft) => {
    const end = msg.endsWith('.') ? msg.length - 1 : msg.length;
    put(draft, 'task_name', msg.slice(35, end).replace(/^'|'$/g, ''));
  }),
  says('Received task: ', 'task/task_received/unknown', (msg, draft) => {
    task(msg, 15, draft);
    putIf(draft, 'eta', between(msg, 'ETA:[', ']'));
  }),
  says('Received invalid task message: …untrusted content', 'task/untrusted_content/failure', untrusted),
  says('Received invalid task message: ', 'task/message_decode/failure'),
  says('Received and deleted unknown message', 'task/message_decode/failure'),
  says('Refusing to deserialize ', 'task/untrusted_content/failure', untrusted),
  says("Can't decode message body: ", 'task/message_decode/failure', (msg, draft) => {
    putIf(draft, 'exception', EXCEPTION_CLASS.exec(msg.slice(27))?.[1]);
    putIf(draft, 'content_type', between(msg, "type:'", "'"));
  }),
  says('Unrecoverable error: …AccessRefused', 'authentication/broker_login/failure', (msg, draft) => {
    put(draft, 'exception', 'AccessRefused');
    worker(draft, 'crashed');
    void msg;
  }),
  says('Unrecoverable error: ', 'process/crash/failure', (msg, draft) => {
    putException(draft, msg.slice(21));
    worker(draft, 'crashed');
  }),
  says('consumer: Cannot connect to …WRONGPASS', 'authentication/broker_login/failure', cannotConnect),
  says('consumer: Cannot connect to …NOAUTH', 'authentication/broker_login/failure', cannotConnect),
  says('consumer: Cannot connect to …ACCESS_REFUSED', 'authentication/broker_login/failure', cannotConnect),
  says('consumer: Cannot connect to ', 'network/broker_connect/failure', cannotConnect),
  says('consumer: Connection to broker lost', 'network/broker_connection_lost/failure', (_m, draft) =>
    worker(draft, 'broker_lost'),
  ),
  says('Connection to Redis lost: ', 'network/broker_connection_lost/failure', retryCount),
  says('Retry limit exceeded while trying to reconnect', 'network/broker_connect/failure'),
  says('Connected to ', 'network/broker_connect/success', (msg, draft) => {
    broker(msg, draft, 'Connected to ');
    worker(draft, 'connected');
  }),
  says('Discarding revoked task: ', 'task/task_revoked/failure', (msg, draft) => void task(msg, 25, draft)),
  says('Tasks flagged as revoked: ', 'task/revoke_request/success', (msg, draft) => {
    const ids = msg.slice(26).split(/,\s*/, 200);
    putJson(draft, 'task_ids', JSON.stringify(ids));
    for (const id of ids) if (id.length < 200) draft.entity('celery_task', id, 'revoked');
  }),
  says('Terminating ', 'task/task_terminate/success', (msg, draft) => {
    const m = /^Terminating (\S{1,200}) \(([^)]{1,40})\)/.exec(msg);
    if (!m) return;
    put(draft, 'task_id', m[1] as string);
    put(draft, 'signal', m[2] as string);
    draft.entity('celery_task', m[1] as string, 'terminated');
  }),
  says('missed heartbeat from ', 'node/missed_heartbeat/failure', (msg, draft) => peer(draft, msg.slice(22))),
  says('Substantial drift from ', 'node/clock_drift/failure', (msg, draft) => {
    const m = DRIFT.exec(msg);
    if (!m) return;
    put(draft, 'drift_node', m[1] as string);
    putFigure(draft, 'drift_seconds', m[2] as string);
    hostOfNode(draft, m[1] as string);
  }),
  says('sync with ', 'node/node_join/success', (msg, draft) => peer(draft, msg.slice(10))),
  says('mingle: ', 'node/mingle/unknown'),
  says('Got shutdown from remote', 'process/remote_shutdown/success', (_m, draft) =>
    worker(draft, 'remote_shutdown'),
  ),
  says('New rate limit for tasks of type ', 'configuration/rate_limit/success', limitChange),
  says('New time limits for tasks of type ', 'configuration/time_limit/success', limitChange),
  says('Rate limit attempt for unknown task ', 'configuration/rate_limit/failure'),
  says('Time limit attempt for unknown task ', 'configuration/time_limit/failure'),
  says('pidbox command error: ', 'configuration/remote_control/failure', (msg, draft) =>
    putException(draft, msg.slice(22)),
  ),
  says('No such control command: ', 'configuration/remote_control/failure'),
  says('Started consuming from ', 'configuration/add_consumer/success'),
  says('Canceling queue ', 'configuration/cancel_consumer/success'),
  says('No longer consuming from ', 'configuration/cancel_consumer/success'),
  says('Events of group ', 'configuration/events_toggle/success'),
  says('Restoring …unacknowledged message', 'task/message_restore/success', (msg, draft) =>
    putFigure(draft, 'messages', /\d+/.exec(msg)?.[0] ?? ''),
  ),
  says("Chord '", 'task/chord_failed/failure', chord),
  says('Chord ', 'task/chord_failed/failure', chord),
  says('Scaling up ', 'resource/scale_up/success', (msg, draft) =>
    putFigure(draft, 'processes', /\d+/.exec(msg)?.[0] ?? ''),
  ),
  says('Scaling down ', 'resource/scale_down/success', (msg, draft) =>
    putFigure(draft, 'processes', /\d+/.exec(msg)?.[0] ?? ''),
  ),
  says('Timed out waiting for UP message from ', 'process/worker_start/failure'),
  says('beat: Starting...', 'process/start/success', (_m, draft) => worker(draft, 'started')),
  says('beat: Shutting down...', 'process/stop/success', (_m, draft) => worker(draft, 'stopped')),
  says('Task accepted: ', 'task/task_started/unknown', (msg, draft) => {
    const close = task(msg, 15, draft);
    const pid = close === -1 ? '' : (/^\] pid:(\d+)/.exec(msg.slice(close, close + 20))?.[1] ?? '');
    if (pid) putJson(draft, 'child_pid', String(Number(pid)));
  }),
  says('TaskPool: Apply ', 'task/task_applied/unknown', (msg, draft) => {
    const head = msg.length > 8000 ? msg.slice(0, 8000) : msg;
    const m = /\(args:\('([^']{1,300})', '([^']{1,200})'/.exec(head);
    if (m) {
      put(draft, 'task_name', m[1] as string);
      put(draft, 'task_id', m[2] as string);
      draft.entity('celery_task', m[2] as string, 'task');
    }
    headers(head, draft, m?.[2] ?? '');
  }),
  says('Refreshing …', 'node/refresh/unknown'),
  says('…SecurityWarning: ', 'configuration/superuser_worker/failure'),
  says('…superuser privileges', 'configuration/superuser_worker/failure'),
  says('…No space left on device', 'storage/write/failure'),
]);

/** `root_id`, `parent_id`, `group`, `origin` of a message's headers, as Python prints them. */
function headers(text: string, draft: Draft, task: string): void {
  for (const key of ['root_id', 'parent_id', 'group', 'origin']) {
    const value = between(text, `'${key}': '`, "'");
    if (value === '' || value.length >= 200) continue;
    put(draft, key, value);
    mentionRelative(draft, key, value, task);
  }
}

/** A task that another one came from (`root_id`, `parent_id`) or the group it belongs to. A retry is its own parent. */
export function mentionRelative(draft: Draft, key: string, value: string, task: string): void {
  if (value === '' || value === task || value.length >= 200) return;
  if (key === 'root_id') draft.entity('celery_task', value, 'root');
  else if (key === 'parent_id') draft.entity('celery_task', value, 'parent');
  else if (key === 'group' || key === 'group_id') draft.entity('celery_group', value, 'group');
}

function limit(msg: string, draft: Draft, kind: string, from: number): void {
  put(draft, 'limit', kind);
  const end = msg.indexOf('s) exceeded for ', from);
  if (end === -1) return;
  putFigure(draft, 'limit_seconds', msg.slice(from, end));
  task(msg, end + 16, draft);
}

function untrusted(msg: string, draft: Draft): void {
  putIf(draft, 'content_type', between(msg, 'untrusted content of type ', ' '));
}

function cannotConnect(msg: string, draft: Draft): void {
  const at = 28;
  const url = wordAt(msg, at);
  put(draft, 'broker_url', url);
  draft.entity('url', url, 'broker');
  const colon = msg.indexOf(': ', at);
  if (colon !== -1) put(draft, 'reason', msg.slice(colon + 2));
}

function retryCount(msg: string, draft: Draft): void {
  const m = /Retry \((\d{1,6})\/(\d{1,6})\)/.exec(msg);
  if (m) {
    putJson(draft, 'retry', String(Number(m[1])));
    putJson(draft, 'retry_max', String(Number(m[2])));
  }
}

function limitChange(msg: string, draft: Draft): void {
  putIf(draft, 'task_name', between(msg, 'of type ', ':'));
}

function chord(msg: string, draft: Draft): void {
  const id = between(msg, "Chord '", "'");
  putIf(draft, 'chord_id', id);
  if (id !== '' && id.length < 200) draft.entity('celery_group', id, 'chord');
  put(draft, 'exception', 'ChordError');
  const dependency = between(msg, 'Dependency ', ' ');
  if (dependency !== '' && dependency.length < 200) {
    put(draft, 'task_id', dependency);
    draft.entity('celery_task', dependency, 'task');
  }
}

function peer(draft: Draft, node: string): void {
  put(draft, 'peer_node', node);
  hostOfNode(draft, node);
}

function hostOfNode(draft: Draft, node: string): void {
  const at = node.indexOf('@');
  if (at !== -1 && at < node.length - 1) draft.entity('host', node.slice(at + 1), 'mentioned');
}

const DIGEST = /\bsha256:[0-9a-f]{64}\b/;
const TASK_TEXT = /^([\w.-]{1,300})\[([\w-]{1,200}|\?\?\?)\]: /;

/** Sets meaning, fields and entities of one message of a worker or of beat; `plain`: it is a slice of a line that is. */
export function celeryMessage(msg: string, draft: Draft, member: Member, plain = false): void {
  if (msg.startsWith('Task ') && taskMessage(msg, draft, plain)) return;
  if (LEXICON.apply(msg, draft, member, draft.level >= 4)) return;
  const open = msg.indexOf(']: ');
  if (open > 0 && open < 520) {
    const m = TASK_TEXT.exec(msg);
    if (m) {
      means(draft, 'task', 'task_log', 'unknown');
      put(draft, 'task_name', m[1] as string, true);
      if (m[2] !== '???') {
        put(draft, 'task_id', m[2] as string, true);
        draft.entity('celery_task', m[2] as string, 'task');
      }
      draft.message = msg.slice(m[0].length);
      const digest = msg.indexOf('sha256:') === -1 ? undefined : DIGEST.exec(msg)?.[0];
      if (digest) draft.entity('image_digest', digest, 'mentioned');
      return;
    }
  }
  if (msg.endsWith(' ready.')) {
    const node = msg.slice(0, -7);
    if (/^\S{1,200}@\S{1,200}$/.test(node)) {
      means(draft, 'process', 'start', 'success');
      put(draft, 'worker_state', 'ready');
      put(draft, 'node_name', node);
      const host = node.slice(node.indexOf('@') + 1);
      member.fact('host', host);
      member.fact('role', 'worker');
      draft.entity('host', host, 'origin');
    }
    return;
  }
  const party = / (joined|left) the party$/.exec(msg.length < 400 ? msg : '');
  if (party) {
    means(draft, 'node', party[1] === 'joined' ? 'node_join' : 'node_leave', 'success');
    peer(draft, msg.slice(0, party.index));
  }
}
