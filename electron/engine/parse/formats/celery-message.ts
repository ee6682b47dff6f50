// What Celery's messages mean: the worker, its pool, beat, the consumer's connection, remote control.
// Facts: celery, kombu and billiard sources of 3.1, 4.4, 5.2, 5.5 and 5.7, and runs of them, see docs/formats/celery.md.

import type { Member } from '../kind.ts';
import { means } from '../kind.ts';
import { between, Lexicon, says, wordAt } from '../lexicon.ts';
import type { Draft } from '../record.ts';
import { isIp, put, putIf, putJson } from '../text.ts';
import {
  readApply,
  readMessageDump,
  readRemoteMethod,
  readTraceback,
  readTryingAgain,
} from './celery-block.ts';
import {
  lastName,
  putException,
  putFigure,
  receivedTask,
  taskMessage,
  taskText,
  wholeTask,
} from './celery-task.ts';

const EXIT =
  /^Process '([^']{1,200})'(?: pid:(\d+))? exited with '(?:signal (\d+) \((\w+)\)|exitcode (-?\d+))'/;
const DRIFT =
  /^Substantial drift from (\S+) may mean clocks are out of sync\.\s+Current drift is\s+(-?[\d.]+) seconds/;
const DRIFT_TIMES = /\[orig: (\d[^\]]{5,40}?) recv: (\d[^\]]{5,40})\]/;
const LOST =
  /Worker exited prematurely(?:: | \()(?:signal (\d+) \((\w+)\)|exitcode:? (-?\d+))\)?(?:.*? Job: (\d+))?/;
const EXCEPTION_CLASS = /^<?([A-Za-z_][\w.]*)/;

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

function workerLost(msg: string, draft: Draft): void {
  const m = LOST.exec(msg.length > 4000 ? msg.slice(0, 4000) : msg);
  if (!m) {
    putException(draft, msg.slice(27));
    return;
  }
  signalOf(draft, m[1], m[2], m[3]);
  if (m[4]) putJson(draft, 'job', String(Number(m[4])));
  put(draft, 'exception', 'WorkerLostError');
}

const BROKER_URL =
  /^[a-z][\w+]{1,30}:\/\/(?:([^/\s:@]{0,200})(?::[^/\s@]{0,200})?@)?(\[[0-9a-fA-F:.]{2,45}\]|[\w.-]{1,253})?/;

/** A broker's URL as Celery prints it: the URL, the login it names, and the host. */
export function putBroker(draft: Draft, url: string): void {
  if (url === '') return;
  put(draft, 'broker_url', url);
  draft.entity('url', url, 'broker');
  const m = BROKER_URL.exec(url.length > 800 ? url.slice(0, 800) : url);
  if (!m) return;
  if (m[1]) {
    put(draft, 'broker_user', m[1]);
    draft.entity('user', m[1], 'configured');
  }
  const host = m[2]?.replace(/^\[|\]$/g, '') ?? '';
  if (isIp(host)) draft.entity('ip', host, 'broker');
  else if (host !== '') draft.entity('host', host, 'broker');
}

const connected = (msg: string, draft: Draft): void => {
  const at = msg.indexOf('Connected to ');
  putBroker(draft, wordAt(msg, at + 13));
  worker(draft, 'connected');
};

const restored = (msg: string, draft: Draft): void =>
  putFigure(draft, 'messages', /\d{1,9}/.exec(msg.slice(0, 60))?.[0] ?? '');

const processes = (msg: string, draft: Draft): void =>
  putFigure(draft, 'processes', /\d{1,9}/.exec(msg.slice(0, 60))?.[0] ?? '');

const error =
  (from: number) =>
  (msg: string, draft: Draft): void =>
    putException(draft, msg.slice(from));

const errorAfter =
  (mark: string) =>
  (msg: string, draft: Draft): void => {
    const at = msg.indexOf(mark);
    if (at !== -1) putException(draft, msg.slice(at + mark.length));
  };

const queue =
  (from: number) =>
  (msg: string, draft: Draft): void =>
    putIf(draft, 'queue', msg.slice(from, from + 400));

const LEXICON = new Lexicon([
  // beat
  says('Scheduler: Sending due task ', 'task/task_scheduled/success', (msg, draft) => {
    const open = msg.lastIndexOf(' (');
    if (open < 28) return;
    put(draft, 'beat_entry', msg.slice(28, open));
    put(draft, 'task_name', msg.slice(open + 2, msg.length - 1));
  }),
  says('beat: Starting...', 'process/start/success', (_m, draft) => worker(draft, 'started')),
  says('beat: Shutting down...', 'process/stop/success', (_m, draft) => worker(draft, 'stopped')),
  says('Celerybeat: Starting...', 'process/start/success', (_m, draft) => worker(draft, 'started')),
  says('Celerybeat: Shutting down...', 'process/stop/success', (_m, draft) => worker(draft, 'stopped')),
  says('beat: Connection error: ', 'network/broker_connect/failure', (msg, draft) => {
    const m =
      /^beat: Connection error: ([\s\S]{0,2000}?)\. Trying again in ([\d.]{1,12}) seconds\.\.\.$/.exec(
        msg.slice(0, 2200),
      );
    put(draft, 'reason', m ? (m[1] as string) : msg.slice(24, 2000));
    if (m) putFigure(draft, 'retry_in', m[2] as string);
  }),
  says('beat: Waking up ', 'process/beat_tick/unknown'),
  says('beat: Ticking with ', 'process/beat_tick/unknown'),
  says('beat: Synchronizing schedule', 'storage/schedule_write/unknown'),
  says('beat raised exception ', 'process/crash/failure', (msg, draft) => {
    errorAfter('>: ')(msg, draft);
    worker(draft, 'crashed');
  }),
  says('Message Error: ', 'task/task_scheduled/failure', (msg, draft) =>
    put(draft, 'reason', msg.slice(15, 2015)),
  ),
  says('Current schedule:', 'configuration/schedule/unknown'),
  says('DatabaseScheduler: ', 'configuration/schedule_change/unknown'),
  says('Writing entries', 'storage/schedule_write/unknown'),
  says('Removing corrupted schedule file ', 'storage/schedule_read/failure'),
  says('Reset: ', 'configuration/schedule_change/unknown'),
  says('DB Reset: ', 'configuration/schedule_change/unknown'),

  // children of the pool
  says('Task handler raised error: ', 'process/worker_lost/failure', workerLost),
  says('Process … exited with ', 'process/worker_exit/failure', processExit),
  says('Soft time limit (', 'task/time_limit_exceeded/failure', (msg, draft, member) =>
    limit(msg, draft, member, 'soft'),
  ),
  says('Hard time limit (', 'task/time_limit_exceeded/failure', (msg, draft, member) =>
    limit(msg, draft, member, 'hard'),
  ),
  says('Timed out waiting for UP message from ', 'process/worker_start/failure', (msg, draft) =>
    putIf(draft, 'child', between(msg, '(', ',')),
  ),
  says(
    'child process exiting after exceeding memory limit',
    'resource/memory_limit/failure',
    (msg, draft) => {
      const m = /\((\d{1,15})KiB \/ (\d{1,15})KiB\)/.exec(msg.slice(0, 200));
      if (!m) return;
      putFigure(draft, 'used_kib', m[1] as string);
      putFigure(draft, 'limit_kib', m[2] as string);
    },
  ),
  says('child process ', 'process/worker_start/unknown', (msg, draft) => {
    const pid = /^child process (\d{1,10}) /.exec(msg.slice(0, 40))?.[1];
    if (!pid) return;
    putJson(draft, 'child_pid', String(Number(pid)));
    draft.entity('process', pid, 'child');
  }),
  says('worker exiting after ', 'process/worker_exit/unknown'),
  says('Pool process ', 'process/worker_exit/failure', errorAfter(' error: ')),
  says('Pool callback raised exception: ', 'process/pool/failure', error(32)),
  says('Process inqueue damaged: ', 'process/pool/failure'),
  says('process with pid=', 'process/worker_exit/unknown'),
  says('Process cleanup failed: ', 'process/pool/failure', error(24)),
  says('!!!WAIT FOR ACK TIMEOUT', 'process/pool/failure'),
  says('Scaling up ', 'resource/scale_up/success', processes),
  says('Scaling down ', 'resource/scale_down/success', processes),
  says('Autoscaler: scale_down: ', 'resource/scale_down/failure', error(24)),
  says("Autoscaler won't scale down", 'resource/scale_down/failure'),
  says('Task accepted: ', 'task/task_started/unknown', (msg, draft, member) => {
    const end = msg.lastIndexOf('] pid:');
    if (end === -1 || !wholeTask(msg.slice(15, end + 1), draft, member)) return;
    const pid = /^\d{1,10}/.exec(msg.slice(end + 6, end + 20))?.[0];
    if (!pid) return;
    putJson(draft, 'child_pid', String(Number(pid)));
    draft.entity('process', pid, 'child');
  }),
  says('TaskPool: Apply ', 'task/task_applied/unknown', readApply),

  // messages from the queue
  says('Received unregistered task of type ', 'task/unregistered_task/failure', (msg, draft) => {
    // A JSON line holds the whole text: the name ends with its first line.
    const lines = msg.indexOf('\n');
    const end = lines === -1 ? msg.length : lines;
    const name = msg.slice(35, msg.charCodeAt(end - 1) === 46 ? end - 1 : end);
    put(draft, 'task_name', name.replace(/^u?(['"])([\s\S]*)\1$/, '$2'));
  }),
  says('Received task: ', 'task/task_received/unknown', (msg, draft, member) =>
    receivedTask(msg, 15, draft, member),
  ),
  says('Got task from broker: ', 'task/task_received/unknown', (msg, draft, member) =>
    receivedTask(msg, 22, draft, member),
  ),
  says('Received invalid task message: …untrusted content', 'task/untrusted_content/failure', untrusted),
  says('Received invalid task message: ', 'task/message_decode/failure', (msg, draft) =>
    put(draft, 'reason', msg.slice(31, 2031)),
  ),
  says('Received and deleted unknown message', 'task/message_decode/failure'),
  says('Refusing to deserialize ', 'task/untrusted_content/failure', untrusted),
  says("Can't decode message body: …untrusted content", 'task/untrusted_content/failure', decode),
  says("Can't decode message body: ", 'task/message_decode/failure', decode),
  says('Discarding revoked task: ', 'task/task_revoked/failure', (msg, draft, member) => {
    const by = msg.indexOf('] (revoked by header: ');
    wholeTask(by === -1 ? msg.slice(25) : msg.slice(25, by + 1), draft, member);
    if (by !== -1) put(draft, 'reason', msg.slice(by + 3, msg.length - 1));
  }),
  says("Couldn't convert ETA ", 'task/task_received/failure', (msg, draft) =>
    putIf(draft, 'eta', between(msg, "ETA '", "'")),
  ),
  says("Couldn't ack ", 'task/message_ack/failure', errorAfter('reason:')),
  says("Couldn't reject ", 'task/message_ack/failure', errorAfter('reason:')),
  says('Restoring …unacknowledged message', 'task/message_restore/success', restored),
  says('UNABLE TO RESTORE ', 'task/message_restore/failure', restored),
  says('Could not restore message: ', 'task/message_restore/failure'),
  says('Failed to retry task ', 'task/task_retried/failure', (msg, draft, member) => {
    const end = msg.indexOf('] after worker was lost');
    if (end !== -1) wholeTask(msg.slice(21, end + 1), draft, member);
    errorAfter('after worker was lost: ')(msg, draft);
  }),
  says('Failed to dispatch chain/callbacks', 'task/task_dispatch/failure'),

  // chords and results
  says("Chord '", 'task/chord_failed/failure', chord),
  says('Chord ', 'task/chord_failed/failure', chord),
  says('Failed to handle chord error', 'task/chord_failed/failure'),
  says('Failed operation ', 'storage/result_write/failure'),

  // the broker
  says('Connected to ', 'network/broker_connect/success', connected),
  says('pidbox: Connected to ', 'network/broker_connect/success', connected),
  says('consumer: Cannot connect to …WRONGPASS', 'authentication/broker_login/failure', cannotConnect),
  says('consumer: Cannot connect to …NOAUTH', 'authentication/broker_login/failure', cannotConnect),
  says('consumer: Cannot connect to …invalid password', 'authentication/broker_login/failure', cannotConnect),
  says('consumer: Cannot connect to …invalid username', 'authentication/broker_login/failure', cannotConnect),
  says(
    'consumer: Cannot connect to …Authentication required',
    'authentication/broker_login/failure',
    cannotConnect,
  ),
  says('consumer: Cannot connect to …AccessRefused', 'authentication/broker_login/failure', cannotConnect),
  says('consumer: Cannot connect to …ACCESS_REFUSED', 'authentication/broker_login/failure', cannotConnect),
  says('consumer: Cannot connect to …NOT_ALLOWED', 'authorization/broker_access/failure', cannotConnect),
  says('consumer: Cannot connect to ', 'network/broker_connect/failure', cannotConnect),
  says('consumer: Connection to broker lost', 'network/broker_connection_lost/failure', (msg, draft) => {
    worker(draft, 'broker_lost');
    const open = msg.indexOf('... (');
    if (open !== -1 && msg.endsWith(')')) putException(draft, msg.slice(open + 5, -1));
  }),
  says('Consumer: Connection ', 'network/broker_connection_lost/failure', (_m, draft) =>
    worker(draft, 'broker_lost'),
  ),
  says('Connection to Redis lost: ', 'network/broker_connection_lost/failure', retryCount),
  says('Connection to broker lost', 'network/broker_connection_lost/failure'),
  says('Connection error: ', 'network/broker_error/failure', error(18)),
  says('Broker connection error', 'network/broker_connect/failure'),
  says('purge: Connection error: ', 'network/broker_connect/failure'),
  says('Retry limit exceeded while trying to reconnect', 'network/broker_connect/failure'),
  says('Retrying to …connection to the message broker', 'network/broker_connect/failure'),
  says('Frequent restarts detected: ', 'network/broker_connection_lost/failure', error(28)),
  says('Too many open files', 'resource/open_files/failure'),
  says('Unrecoverable error: …AccessRefused', 'authentication/broker_login/failure', unrecoverable),
  says('Unrecoverable error: …AuthenticationError', 'authentication/broker_login/failure', unrecoverable),
  says('Unrecoverable error: …NotAllowed', 'authorization/broker_access/failure', unrecoverable),
  says('Unrecoverable error: ', 'process/crash/failure', unrecoverable),
  says('No hostname was supplied. Reverting to default', 'configuration/broker_default/unknown'),
  says('Secure redis scheme specified', 'configuration/insecure_transport/failure'),
  says('Setting ssl_cert_reqs=CERT_', 'configuration/insecure_transport/failure'),
  says('basic.qos: prefetch_count->', 'network/prefetch/unknown', (msg, draft) =>
    putFigure(draft, 'prefetch_count', msg.slice(27)),
  ),
  says('heartbeat_tick ', 'network/amqp_heartbeat/unknown'),
  says('Closed channel #', 'network/consumer_close/unknown'),
  says('QoS: Disabled', 'network/prefetch/unknown'),
  says('Temporarily reducing the prefetch count', 'network/prefetch/unknown'),
  says('Resuming normal operations following a restart', 'network/prefetch/unknown'),
  says('Skipping prefetch count reduction', 'network/prefetch/unknown'),
  says('Global QoS is disabled', 'network/prefetch/unknown'),
  says('Canceling task consumer', 'network/consumer_close/unknown'),
  says('Closing consumer channel', 'network/consumer_close/unknown'),
  says('Canceling broadcast consumer', 'network/consumer_close/unknown'),

  // other workers
  says('missed heartbeat from ', 'node/missed_heartbeat/failure', (msg, draft) => peer(draft, msg.slice(22))),
  says('Substantial drift from ', 'node/clock_drift/failure', drift),
  says('sync with ', 'node/node_join/success', (msg, draft) => peer(draft, msg.slice(10))),
  says('mingle: processing reply from ', 'node/mingle/unknown', (msg, draft) => peer(draft, msg.slice(30))),
  says('mingle: ', 'node/mingle/unknown', (msg, draft) =>
    putFigure(draft, 'nodes', /^mingle: sync with (\d{1,6}) nodes/.exec(msg.slice(0, 60))?.[1] ?? ''),
  ),
  says('I won the election ', 'node/election/success'),
  says('node …elected for', 'node/election/success', (msg, draft) => peer(draft, wordAt(msg, 5))),

  // remote control
  says('Got shutdown from remote', 'process/remote_shutdown/success', (_m, draft) =>
    worker(draft, 'remote_shutdown'),
  ),
  says('Tasks flagged as revoked: ', 'task/revoke_request/success', (msg, draft) => {
    const ids = msg.slice(26).split(/,\s*/, 200);
    putJson(draft, 'task_ids', JSON.stringify(ids));
    for (const id of ids) if (id.length < 200) draft.entity('celery_task', id, 'revoked');
  }),
  says('tasks …flagged as revoked', 'task/revoke_request/success'),
  says('Terminating ', 'task/task_terminate/success', (msg, draft) => {
    const m = /^Terminating (.{1,400}) \(([^)]{1,40})\)$/.exec(msg.length > 500 ? '' : msg);
    if (!m) return;
    put(draft, 'task_id', m[1] as string);
    put(draft, 'signal', m[2] as string);
    draft.entity('celery_task', m[1] as string, 'terminated');
  }),
  says('New rate limit for tasks of type ', 'configuration/rate_limit/success', (msg, draft) => {
    putIf(draft, 'task_name', between(msg, 'of type ', ':'));
    putIf(draft, 'rate_limit', /: ([^:]{1,40}?)\.?$/.exec(msg.slice(-60))?.[1]);
  }),
  says('Rate limits disabled for tasks of type ', 'configuration/rate_limit/success', (msg, draft) => {
    putIf(draft, 'task_name', msg.slice(39, 439));
    put(draft, 'rate_limit', 'none');
  }),
  says('New time limits for tasks of type ', 'configuration/time_limit/success', (msg, draft) => {
    putIf(draft, 'task_name', between(msg, 'of type ', ':'));
    putIf(draft, 'soft_limit', /soft=(\S{1,20})/.exec(msg.slice(-80))?.[1]);
    putIf(draft, 'hard_limit', /hard=(\S{1,20})/.exec(msg.slice(-80))?.[1]);
  }),
  says('Rate limit attempt for unknown task ', 'configuration/rate_limit/failure', (msg, draft) =>
    putIf(draft, 'task_name', msg.slice(36, 436)),
  ),
  says('Time limit attempt for unknown task ', 'configuration/time_limit/failure', (msg, draft) =>
    putIf(draft, 'task_name', msg.slice(36, 436)),
  ),
  says('Change time limit attempt for unknown task ', 'configuration/time_limit/failure', (msg, draft) =>
    putIf(draft, 'task_name', msg.slice(43, 443)),
  ),
  says('pidbox command error: ', 'configuration/remote_control/failure', error(22)),
  says('Control command error: ', 'configuration/remote_control/failure', error(23)),
  says('Cannot decode message: ', 'configuration/remote_control/failure', error(23)),
  says('No such control command: ', 'configuration/remote_control/failure', (msg, draft) =>
    putIf(draft, 'method', msg.slice(25, 225)),
  ),
  says('pidbox received method ', 'configuration/remote_control/unknown', readRemoteMethod),
  says('Started consuming from ', 'configuration/add_consumer/success', queue(23)),
  says('Canceling queue ', 'configuration/cancel_consumer/success', queue(16)),
  says('No longer consuming from ', 'configuration/cancel_consumer/success', queue(25)),
  says('Events of group ', 'configuration/events_toggle/success'),
  says('Heartbeat requested by remote', 'node/heartbeat_request/unknown'),
  says('Dumping graph for type ', 'configuration/remote_control/success'),

  // the worker itself
  says('Initiating Soft Shutdown', 'process/stop/unknown', (_m, draft) => worker(draft, 'soft_shutdown')),
  says('| Worker: ', 'process/bootstep/unknown'),
  says('| Consumer: ', 'process/bootstep/unknown'),
  says('^-- substep ok', 'process/bootstep/success'),
  says('Timer wake-up! ', 'process/timer/unknown'),
  says('Timer error: ', 'process/timer/failure', error(13)),
  says('Thread Timer crashed: ', 'process/crash/failure', error(22)),
  says('Error in timer: ', 'process/timer/failure', error(16)),
  says('Callback …raised exception: ', 'process/callback/failure', errorAfter('raised exception: ')),
  says('Refreshing …', 'node/refresh/unknown'),
  says('…SecurityWarning: ', 'configuration/superuser_worker/failure'),
  says('…superuser privileges', 'configuration/superuser_worker/failure'),
  says('…No space left on device', 'storage/write/failure'),
]);

function limit(msg: string, draft: Draft, member: Member, kind: string): void {
  put(draft, 'limit', kind);
  const end = msg.indexOf('s) exceeded for ', 17);
  if (end === -1) return;
  putFigure(draft, 'limit_seconds', msg.slice(17, end));
  wholeTask(msg.slice(end + 16), draft, member);
}

function untrusted(msg: string, draft: Draft): void {
  putIf(draft, 'content_type', between(msg, 'untrusted content of type ', ' '));
}

/** `Can't decode message body: DecodeError(…) [type:'application/json' encoding:'utf-8' headers:{…}]`. */
function decode(msg: string, draft: Draft): void {
  const cls = EXCEPTION_CLASS.exec(msg.slice(27))?.[1];
  if (cls) put(draft, 'exception', lastName(cls));
  const m = /\[type:u?'([^']{0,200})' encoding:/.exec(msg.length > 20_000 ? msg.slice(0, 20_000) : msg);
  putIf(draft, 'content_type', m?.[1]);
}

function unrecoverable(msg: string, draft: Draft): void {
  putException(draft, msg.slice(21));
  worker(draft, 'crashed');
}

function cannotConnect(msg: string, draft: Draft): void {
  const at = 28;
  putBroker(draft, wordAt(msg, at));
  const colon = msg.indexOf(': ', at);
  if (colon !== -1) put(draft, 'reason', msg.slice(colon + 2));
}

function retryCount(msg: string, draft: Draft): void {
  const m = /Retry \((\d{1,6})\/(\d{1,6}|Inf)\)(?: in ([\d.]{1,12}) second)?/.exec(msg.slice(0, 200));
  if (!m) return;
  putJson(draft, 'retry', String(Number(m[1])));
  if (m[2] !== 'Inf') putJson(draft, 'retry_max', String(Number(m[2])));
  if (m[3]) putFigure(draft, 'retry_in', m[3]);
}

/** The figure is unsigned; the two times, both the local wall clock of the node that writes, say which clock is ahead. */
function drift(msg: string, draft: Draft): void {
  const m = DRIFT.exec(msg);
  if (!m) return;
  put(draft, 'drift_node', m[1] as string);
  putFigure(draft, 'drift_seconds', m[2] as string);
  hostOfNode(draft, m[1] as string);
  const times = DRIFT_TIMES.exec(msg.slice(-200));
  if (!times) return;
  put(draft, 'drift_orig', times[1] as string);
  put(draft, 'drift_recv', times[2] as string);
}

function chord(msg: string, draft: Draft): void {
  const m = /^Chord (?:callback )?(?:for )?u?'([^']{1,400})'/.exec(msg.slice(0, 500));
  putIf(draft, 'chord_id', m?.[1]);
  if (m) draft.entity('celery_group', m[1] as string, 'chord');
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

const PY_WARNING = /^\S{1,400}\.py:\d{1,7}: ([A-Za-z_]\w{0,60}Warning): /;

/** Sets meaning, fields and entities of one message of a worker or of beat; `plain`: it is a slice of a line that is. */
export function celeryMessage(msg: string, draft: Draft, member: Member, plain = false): void {
  if (msg.startsWith('Task ') && taskMessage(msg, draft, member, plain)) return;
  if (LEXICON.apply(msg, draft, member, draft.level >= 4)) return;
  const mark = msg.indexOf(']: ');
  if (mark > 0 && mark < 820 && taskText(msg, mark, draft, member)) return;
  const last = msg.charCodeAt(msg.length - 1);
  if (last === 46) {
    if (msg.endsWith(' ready.') || msg.endsWith(' has started.')) nodeReady(msg, draft, member);
    else if (msg.endsWith(' sent.')) beatSent(msg, draft);
    return;
  }
  if (last === 121 || last === 116) {
    const party = msg.length < 400 ? /^(\S{1,300}@\S{1,300}) (joined the party|left)$/.exec(msg) : null;
    if (!party) return;
    means(draft, 'node', (party[2] as string).startsWith('joined') ? 'node_join' : 'node_leave', 'success');
    peer(draft, party[1] as string);
    return;
  }
  if (msg.indexOf(' sent. id->') !== -1) {
    beatSent(msg, draft);
    return;
  }
  const warning = draft.level === 4 ? PY_WARNING.exec(msg.length > 600 ? msg.slice(0, 600) : msg) : null;
  if (!warning) return;
  means(draft, 'process', 'warning', 'unknown');
  put(draft, 'warning', warning[1] as string);
}

function nodeReady(msg: string, draft: Draft, member: Member): void {
  const m = /^(\S{1,200}@\S{1,200}) (?:ready|has started)\.$/.exec(msg.length < 500 ? msg : '');
  if (!m) return;
  const node = m[1] as string;
  means(draft, 'process', 'start', 'success');
  put(draft, 'worker_state', 'ready');
  put(draft, 'node_name', node);
  const host = node.slice(node.indexOf('@') + 1);
  member.fact('host', host);
  member.fact('role', 'worker');
  draft.entity('host', host, 'origin');
}

/** Beat at DEBUG: `name sent. id->uuid`, the only line of beat that names a task's id. */
function beatSent(msg: string, draft: Draft): void {
  const m = /^(\S{1,300}) sent\.(?: id->(.{1,400}))?$/.exec(msg.length < 800 ? msg : '');
  if (!m) return;
  means(draft, 'task', 'task_sent', 'success');
  put(draft, 'task_name', m[1] as string);
  if (!m[2]) return;
  put(draft, 'task_id', m[2]);
  draft.entity('celery_task', m[2], 'task');
}

/** The record is complete: its further lines may hold a message, its headers, a traceback, or when it is tried again. */
export function finishCelery(draft: Draft, member: Member): void {
  // Some messages begin with a line end: what they say stands on the second line.
  if (draft.action === '' && draft.message.charCodeAt(0) === 10) {
    celeryMessage(draft.message.slice(1), draft, member);
  }
  switch (draft.action) {
    case 'unregistered_task':
    case 'message_decode':
    case 'untrusted_content':
      readMessageDump(draft);
      break;
    case 'clock_drift':
      // 4.3 breaks the line before the figure.
      if (draft.fields.indexOf('"drift_seconds":') === -1) drift(draft.message, draft);
      break;
    case 'broker_connect':
    case 'broker_login':
    case 'broker_access':
      readTryingAgain(draft);
      break;
    default:
  }
  readTraceback(draft);
}
