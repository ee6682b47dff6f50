// What Ray's messages mean, from C++ and Python alike, and the ids they name.
// Facts: Ray 0.x to 2.58, issues and runs, see docs/formats/ray.md.

import type { Member } from '../kind.ts';
import { between, Lexicon, says, wordAfter } from '../lexicon.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { hostOf, isIp, put, putIf, putJson } from '../text.ts';
import { SECOND_US } from '../time.ts';
import { ZONE_WHY } from '../zone-runs.ts';

const ENTITY: Record<string, string> = {
  node_id: 'ray_node',
  worker_id: 'ray_worker',
  job_id: 'ray_job',
  actor_id: 'ray_actor',
  task_id: 'ray_task',
};

/** Puts an id as field and entity, unless the path or an earlier mention already gave the field. */
function rayId(draft: Draft, member: Member, key: string, value: string): void {
  const kind = ENTITY[key];
  const c = value.charCodeAt(0);
  if (kind && c !== 78 && !(c === 102 && ALL_F.test(value))) draft.entity(kind, value, 'mentioned');
  const known = member.hint.fields[key];
  if (known !== undefined) {
    if (known !== value) put(draft, `${key}.mentioned`, value);
    return;
  }
  if (seen.indexOf(`${key} `) !== -1) return;
  seen += `${key} `;
  put(draft, key, value, true);
}

const ALL_F = /^f+$/;
const HEX_OR_NIL = /^(?:[0-9a-f]{8,64}|NIL_ID)$/;

/** Where what may be an id ends that starts at `from`: hexadecimal digits, with `N` in front capitals too; 65 at most. */
function idEnd(text: string, from: number): number {
  const capitals = text.charCodeAt(from) === 78;
  let end = from;
  while (end < from + 65) {
    const c = text.charCodeAt(end);
    if ((c >= 48 && c <= 57) || (c >= 97 && c <= 102)) end++;
    else if (capitals && ((c >= 65 && c <= 90) || c === 95)) end++;
    else break;
  }
  return end;
}

/**
 * Ids as `node_id=…`, `node id = …`, `worker id: …`, `(ID: …)`: every mention of `id`/`ID` is looked at, and what stands
 * before and after it decides.
 */
export function rayIds(text: string, draft: Draft, member: Member): void {
  const limit = text.length > 20_000 ? 20_000 : text.length;
  seen = '';
  const found = idsAfter('id', text, limit, 0, draft, member);
  idsAfter('ID', text, limit, found, draft, member);
}

/** Names of the ids that the message has given so far, each with a blank behind it. */
let seen = '';

function idsAfter(
  mark: string,
  text: string,
  limit: number,
  before: number,
  draft: Draft,
  member: Member,
): number {
  let found = before;
  let at = text.indexOf(mark);
  while (at !== -1 && at < limit && found < 24) {
    let v = at + 2;
    let c = text.charCodeAt(v);
    if (c === 32) c = text.charCodeAt(++v);
    if (c === 61 || c === 58) c = text.charCodeAt(++v);
    if (c === 32) c = text.charCodeAt(++v);
    const end = idEnd(text, v);
    const length = end - v;
    if (c === 78 ? length === 6 && text.startsWith('NIL_ID', v) : length >= 8 && length <= 64) {
      const key = ownerOf(text, at);
      if (key !== '') {
        rayId(draft, member, key, text.slice(v, end));
        found++;
      }
    }
    at = text.indexOf(mark, length > 0 ? end : at + 2);
  }
  return found;
}

/** Does the text before `end` end with `word`, in small letters or capitals? */
function endsWord(text: string, end: number, word: string): boolean {
  const from = end - word.length;
  return from >= 0 && (text.startsWith(word, from) || text.slice(from, end).toLowerCase() === word);
}

/** Which id stands at `at`: looks at the word before it, by its last letter. `(ID:` is a node's. */
function ownerOf(text: string, at: number): string {
  const before = text.charCodeAt(at - 1);
  if (before === 40) return 'node_id';
  const end = before === 95 || before === 32 ? at - 1 : at;
  switch (text.charCodeAt(end - 1) | 32) {
    case 98: // b
      return endsWord(text, end, 'job') ? 'job_id' : '';
    case 101: // e
      return endsWord(text, end, 'node') ? 'node_id' : endsWord(text, end, 'lease') ? 'lease_id' : '';
    case 107: // k
      return endsWord(text, end, 'task') ? 'task_id' : '';
    case 112: // p
      return endsWord(text, end, 'placement_group') || endsWord(text, end, 'placement group')
        ? 'placement_group_id'
        : '';
    case 114: // r
      return endsWord(text, end, 'worker') ? 'worker_id' : endsWord(text, end, 'actor') ? 'actor_id' : '';
    case 116: // t
      return endsWord(text, end, 'raylet') ? 'node_id' : '';
    case 127: // _
      return endsWord(text, end, 'lease_') ? 'lease_id' : '';
    default:
      return '';
  }
}

const GRPC_PEER = /grpc_peer(?:=|: )ipv[46]:(\[[0-9a-f:]{2,45}\]|[\d.]{7,15}):(\d{1,5})/;

function peer(msg: string, draft: Draft): void {
  const m = GRPC_PEER.exec(msg);
  if (!m) return;
  const ip = hostOf(`${m[1]}:${m[2]}`);
  put(draft, 'peer', `${ip}:${m[2]}`);
  draft.srcIp = ip;
  draft.entity('ip', ip, 'client');
}

function submission(draft: Draft, id: string): void {
  const clean = id.replace(/[.:,]$/, '');
  if (clean === '') return;
  if (draft.fields.indexOf('"submission_id":') === -1) put(draft, 'submission_id', clean);
  draft.entity('ray_submission', clean, 'target');
}

function killed(msg: string, draft: Draft): void {
  const n =
    /^\s*(\d{1,9}) Workers \(tasks \/ actors\) killed due to memory pressure \(OOM\), (\d{1,9}) Workers crashed/.exec(
      msg,
    );
  if (n) {
    putJson(draft, 'killed_workers', String(Number(n[1])));
    putJson(draft, 'crashed_workers', String(Number(n[2])));
  }
  nodeIp(msg, draft);
}

function nodeIp(msg: string, draft: Draft): void {
  const ip = wordAfter(msg, 'IP: ') || wordAfter(msg, 'node with IP ');
  if (ip === '' || !isIp(ip)) return;
  put(draft, 'node_ip', ip);
  draft.entity('ip', ip, 'node');
}

function runtimeEnv(msg: string, draft: Draft): void {
  const from = msg.indexOf('{');
  if (from === -1) return;
  const context = msg.indexOf(', context: ', from);
  const text = context === -1 ? msg : msg.slice(0, context);
  const kinds: string[] = [];
  for (const key of [
    'pip',
    'uv',
    'conda',
    'working_dir',
    'py_modules',
    'image_uri',
    'container',
    'java_jars',
  ]) {
    if (text.indexOf(`"${key}"`, from) !== -1) kinds.push(key);
  }
  putJson(draft, 'runtime_env.kinds', JSON.stringify(kinds));
  const url = /https?:\/\/[^\s"'\\]{1,500}/.exec(text.slice(from, from + 20_000));
  if (url) {
    put(draft, 'url', url[0]);
    draft.entity('url', url[0], 'mentioned');
  }
}

const LEXICON = new Lexicon([
  says('Starting job with submission_id: ', 'task/job_submit/success', (msg, draft) =>
    submission(draft, wordAfter(msg, 'submission_id: ')),
  ),
  says('Running entrypoint for job ', 'process/job_entrypoint/unknown', (msg, draft) => {
    const colon = msg.indexOf(': ', 27);
    if (colon === -1) return;
    submission(draft, msg.slice(27, colon));
    put(draft, 'entrypoint', msg.slice(colon + 2));
  }),
  says('Submitting job with RAY_ADDRESS', 'task/job_submit/success'),
  says('Job …entrypoint command exited with code', 'task/job_end/unknown', (msg, draft) => {
    submission(draft, wordAfter(msg, 'Job '));
    const code = /exited with code (-?\d{1,9})/.exec(msg)?.[1];
    if (code === undefined) return;
    putJson(draft, 'exit_code', String(Number(code)));
    draft.outcome = Number(code) === 0 ? 'success' : 'failure';
  }),
  says('Started a ray job ', 'task/job_start/success', (msg, draft) =>
    submission(draft, wordAfter(msg, 'ray job ')),
  ),
  says('Completed a ray job …SUCCEEDED', 'task/job_end/success', (msg, draft) =>
    submission(draft, wordAfter(msg, 'ray job ')),
  ),
  says('Completed a ray job ', 'task/job_end/failure', (msg, draft) =>
    submission(draft, wordAfter(msg, 'ray job ')),
  ),
  says('Creating runtime env: ', 'configuration/runtime_env_create/unknown', runtimeEnv),
  says('Successfully created runtime env', 'configuration/runtime_env_create/success', runtimeEnv),
  says('Failed to create runtime env', 'configuration/runtime_env_create/failure', runtimeEnv),
  says('runtime_env creation failed', 'configuration/runtime_env_create/failure'),
  says("Couldn't create a runtime environment for job", 'configuration/runtime_env_create/failure'),
  says('Downloading package from ', 'network/package_download/unknown', (msg, draft) => {
    const url = wordAfter(msg, 'from ');
    put(draft, 'url', url);
    draft.entity('url', url, 'source');
  }),
  says('Run cmd[', 'process/command/unknown', (msg, draft) =>
    putIf(draft, 'command', msg.slice(msg.indexOf('] ') + 2)),
  ),
  says('Cloning virtualenv ', 'configuration/virtualenv_clone/unknown'),
  says('Rejecting request_path=', 'api/path_traversal/failure', (msg, draft) => {
    put(draft, 'path', wordAfter(msg, 'request_path='));
  }),
  says('Reporting worker exit', 'process/worker_exit/failure', (msg, draft) => {
    const type = wordAfter(msg, 'exit_type = ') || wordAfter(msg, 'exit_type=');
    putIf(draft, 'exit_type', type);
    if (/^INTENDED/.test(type)) draft.outcome = 'success';
    putIf(draft, 'exit_detail', between(msg, 'exit_detail = ', '').slice(0, 1000));
  }),
  says('Health check failed for node ', 'node/health_check/failure', (msg, draft) => {
    const id = wordAfter(msg, 'for node ');
    if (HEX_OR_NIL.test(id)) {
      put(draft, 'node_id', id);
      draft.entity('ray_node', id, 'target');
    }
    const rest = /remaining checks (\d{1,9})/.exec(msg)?.[1];
    if (rest !== undefined) putJson(draft, 'remaining_checks', String(Number(rest)));
  }),
  says('The node with node id: ', 'node/node_dead/failure'),
  says('Registering node', 'node/node_register/success', nodeAddress),
  says('Registering new node', 'node/node_register/success', nodeAddress),
  says('Finished registering node', 'node/node_register/success', nodeAddress),
  says('HandleDrainNode', 'node/node_drain/unknown', peer),
  says('HandleUnregisterNode', 'node/node_unregister/unknown', peer),
  says('Draining node ', 'node/node_drain/unknown', peer),
  says('Removing node', 'node/node_remove/unknown'),
  says('Node is dead', 'node/node_dead/failure'),
  says('This node has beem marked as dead', 'node/node_dead/failure'),
  says('This node has been marked as dead', 'node/node_dead/failure'),
  says('Exiting because this node manager has mistakenly been marked', 'node/node_dead/failure'),
  says('Last heartbeat was sent ', 'node/heartbeat_late/failure', (msg, draft) => {
    const ms = /^Last heartbeat was sent (\d{1,12}) ms ago/.exec(msg)?.[1];
    if (ms) putJson(draft, 'heartbeat_ms', String(Number(ms)));
  }),
  says('Failed to connect to GCS', 'network/gcs_connect/failure'),
  says("Couldn't reconnect to GCS server", 'network/gcs_connect/failure'),
  says('Unauthenticated: …InvalidAuthToken', 'authentication/token_check/failure'),
  says('Loaded authentication token from ', 'configuration/auth_token/success'),
  says('Actor is failed on worker ', 'task/actor_failed/failure', restarts),
  says('Actor …crashed, marking it unhealthy', 'task/replica_unhealthy/failure'),
  says('Some Ray subprocesses exited unexpectedly', 'process/subprocess_exit/failure'),
  says('Some workers of the worker process(', 'process/worker_register/failure'),
  says('A worker died or was killed while executing', 'process/worker_lost/failure', (msg, draft) => {
    const pid = /Worker PID: (\d{1,10})/.exec(msg)?.[1];
    if (pid) {
      put(draft, 'worker_pid', pid);
      draft.entity('process', pid, 'target');
    }
    putIf(draft, 'exit_type', wordAfter(msg, 'Worker exit type: '));
    nodeIp(msg, draft);
  }),
  says('System memory low at node', 'resource/out_of_memory/failure', nodeIp),
  says('Node memory usage above threshold', 'resource/out_of_memory/failure'),
  says('Killing …kill details', 'resource/out_of_memory/failure', (msg, draft) => {
    const n = /^Killing (\d{1,9}) worker/.exec(msg)?.[1];
    if (n) putJson(draft, 'killed_workers', String(Number(n)));
  }),
  says('…killed due to memory pressure (OOM)', 'resource/out_of_memory/failure', killed),
  says('…killed due to the node running low on memory', 'resource/out_of_memory/failure', (msg, draft) => {
    const n = /^(\d{1,9}) worker/.exec(msg)?.[1];
    if (n) putJson(draft, 'killed_workers', String(Number(n)));
    nodeIp(msg, draft);
  }),
  says('Task attempt …failed', 'task/task_failed/failure'),
  says('Registering job', 'task/job_register/unknown', driverPid),
  says('Registering actor', 'task/actor_register/unknown'),
  says('Creating actor', 'task/actor_create/unknown'),
  says('Actor creation task finished', 'task/actor_create/success'),
  says('Job …terminated', 'task/job_end/unknown', (msg, draft) => submission(draft, wordAfter(msg, 'Job '))),
  says('Job …is requested to stop', 'task/job_stop/unknown', (msg, draft) =>
    submission(draft, wordAfter(msg, 'Job ')),
  ),
  says('*** SIGTERM received', 'process/stop/unknown', signalName),
  says('*** SIGINT received', 'process/stop/unknown', signalName),
  says('*** SIG', 'process/crash/failure', signalName),
  says('…full, available space', 'storage/disk_full/failure'),
  says('Triggering object spilling', 'storage/spill/unknown'),
  says('Spilled ', 'storage/spill/success'),
  says('Task …retries remaining', 'task/task_retried/failure'),
  says('StandardAutoscaler: Error during autoscaling', 'resource/autoscale/failure'),
  says('The autoscaler failed with the following error', 'resource/autoscale/failure'),
  says('Error in monitor loop', 'resource/autoscale/failure'),
  says('Adding …to autoscaler', 'resource/autoscale/unknown'),
  says('Replica …failed health check', 'task/replica_unhealthy/failure'),
  says('Replica health check failed', 'task/replica_unhealthy/failure'),
  says('Health check for Replica', 'task/replica_unhealthy/failure'),
  says('Got AioRpcError when checking GCS is alive', 'network/gcs_check/failure'),
  says('Dashboard suicide', 'process/stop/failure'),
  says('Cannot reach the node, ', 'node/node_unreachable/failure', (msg, draft) => {
    const id = wordAfter(msg, 'node, ');
    if (HEX_OR_NIL.test(id)) {
      put(draft, 'node_id', id);
      draft.entity('ray_node', id, 'target');
    }
  }),
  says('GCS server received SIGTERM', 'process/stop/success'),
  says('GCS server stopped', 'process/stop/success'),
  says('Raylet is terminated', 'process/crash/failure'),
  says('Raylet is dead', 'process/crash/failure'),
  says('Driver …is disconnected', 'process/driver_exit/unknown', (msg, draft) => {
    const pid = /pid=(\d{1,10})/.exec(msg)?.[1];
    if (pid) draft.entity('process', pid, 'target');
  }),
  says('Setting node ID', 'process/start/success', (msg, draft, member) => {
    const id = wordAfter(msg, 'node_id=') || wordAfter(msg, 'node ID ');
    if (!HEX_OR_NIL.test(id)) return;
    member.fact('node_id', id);
    if (draft.fields.indexOf('"node_id":') === -1) {
      put(draft, 'node_id', id);
      draft.entity('ray_node', id, 'self');
    }
  }),
  says('Initializing worker at address: ', 'process/start/success', (msg, draft, member) => {
    const address = wordAfter(msg, 'address: ');
    const ip = hostOf(address);
    put(draft, 'address', address);
    if (isIp(ip)) {
      member.fact('address', ip);
      draft.entity('ip', ip, 'self');
    }
    const node = wordAfter(msg, 'node_id=') || wordAfter(msg, 'raylet ');
    if (/^[0-9a-f]{40,56}$/.test(node)) member.fact('node_id', node);
  }),
  says('Ray cluster metadata', 'process/start/success', (msg, _draft, member) => {
    const version = wordAfter(msg, 'ray_version=');
    if (version) member.fact('version', `ray ${version}`);
  }),
  says('Ray version: ', 'process/start/success', (msg, _draft, member) =>
    member.fact('version', `ray ${msg.slice(13)}`),
  ),
  says('Got stop request', 'task/job_stop/unknown'),
  says('Stopping job', 'task/job_stop/unknown'),
  says('…Check failed:', 'process/crash/failure'),
  says('…No space left on device', 'storage/write/failure'),
]);

function nodeAddress(msg: string, draft: Draft): void {
  const address = wordAfter(msg, 'address = ') || wordAfter(msg, 'address=') || wordAfter(msg, 'address: ');
  if (address) {
    put(draft, 'address', address);
    const ip = hostOf(address);
    if (isIp(ip)) draft.entity('ip', ip, 'node');
  }
  putIf(draft, 'node_name', wordAfter(msg, 'node name = ') || wordAfter(msg, 'node_name='));
}

function driverPid(msg: string, draft: Draft): void {
  const pid = /driver_pid=(\d{1,10})/.exec(msg)?.[1];
  if (!pid) return;
  put(draft, 'driver_pid', pid);
  draft.entity('process', pid, 'driver');
}

function signalName(msg: string, draft: Draft, member: Member): void {
  const unix = /^\*\*\* SIG[A-Z]{2,8} received at time=(\d{9,11})\b/.exec(msg)?.[1];
  if (unix && draft.tsKind === TS_KIND.wall)
    member.zoneSeen(draft.tsWall, Number(unix) * SECOND_US, ZONE_WHY.crash, draft.component, 2 * SECOND_US);
  putIf(draft, 'signal', /^\*\*\* (SIG[A-Z]{2,8})/.exec(msg)?.[1]);
}

const RESTARTS: readonly [string, RegExp][] = [
  ['remaining_restarts', /remaining_restarts ?= ?(-?\d{1,9})/],
  ['num_restarts', /num_restarts ?= ?(-?\d{1,9})/],
];

function restarts(msg: string, draft: Draft): void {
  for (const [key, shape] of RESTARTS) {
    const n = shape.exec(msg)?.[1];
    if (n) putJson(draft, key, String(Number(n)));
  }
}

/** Meaning, ids and facts of one message. */
export function rayMessage(msg: string, draft: Draft, member: Member): void {
  rayIds(msg, draft, member);
  if (LEXICON.apply(msg.charCodeAt(0) === 32 ? msg.trimStart() : msg, draft, member, draft.level >= 4))
    return;
  if (member.hint.component === 'job_supervisor' && member.hint.fields.submission_id) draft.category = 'task';
}
