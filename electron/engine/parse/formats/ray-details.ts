// What Ray's messages name besides ids: addresses, exit reasons, counts, packages, images. Readers for the rules of ray-message.ts.

import type { Member } from '../kind.ts';
import { between, wordAfter } from '../lexicon.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { hostOf, isIp, put, putIf, putJson, quote } from '../text.ts';
import { SECOND_US } from '../time.ts';
import { ZONE_WHY } from '../zone-runs.ts';
import { rayId } from './ray-ids.ts';

const HEX_OR_NIL = /^(?:[0-9a-f]{8,64}|NIL_ID)$/;

/** Puts the number that the first group of a pattern finds. */
function number(draft: Draft, key: string, msg: string, shape: RegExp): string {
  const n = shape.exec(msg)?.[1] ?? '';
  if (n !== '') putJson(draft, key, String(Number(n)));
  return n;
}

function processId(draft: Draft, key: string, pid: string | undefined, role: string): void {
  if (!pid) return;
  put(draft, key, pid);
  draft.entity('process', pid, role);
}

const GRPC_PEER =
  /grpc_peer(?:=|: )ipv[46]:(\[[0-9a-f:]{2,45}\]|%5B[0-9a-f:]{2,45}%5D|[\d.]{7,15}):(\d{1,5})/;

export function peer(msg: string, draft: Draft): void {
  const m = GRPC_PEER.exec(msg);
  if (!m) return;
  const host = (m[1] as string).replace('%5B', '[').replace('%5D', ']');
  const ip = hostOf(`${host}:${m[2]}`);
  put(draft, 'peer', `${ip}:${m[2]}`);
  draft.srcIp = ip;
  draft.entity('ip', ip, 'client');
}

/** A drain: who asked for it, and why. */
export function drain(msg: string, draft: Draft): void {
  peer(msg, draft);
  const reason = between(msg, 'reason: ', ', deadline') || between(msg, 'Drain reason: ', '.');
  putIf(draft, 'reason', reason.slice(0, 300));
  putIf(draft, 'reason_message', between(msg, 'Drain reason message: ', '').slice(0, 300));
}

const PLANNED = /^(?:EXPECTED_TERMINATION|AUTOSCALER_DRAIN_\w{1,40})$/;

/** `death reason = X, death message = Y`: a planned end (scale-down, preemption, SIGTERM) is no failure. */
export function deathReason(msg: string, draft: Draft): void {
  const reason = wordAfter(msg, 'death reason = ');
  if (reason !== '') {
    put(draft, 'death_reason', reason);
    if (reason === 'UNEXPECTED_TERMINATION') {
      draft.action = 'node_dead';
      draft.outcome = 'failure';
    } else if (PLANNED.test(reason)) {
      draft.action = 'node_remove';
      draft.outcome = 'success';
    }
  }
  const from = msg.indexOf('death message = ');
  if (from !== -1) {
    let to = msg.lastIndexOf(' node_id=');
    if (to < from) to = msg.length;
    putIf(draft, 'death_message', msg.slice(from + 16, Math.min(to, from + 1016)));
  }
  nodeName(msg, draft);
}

export function submission(draft: Draft, id: string): void {
  const clean = id.replace(/[.:,']$/, '').replace(/^'/, '');
  if (clean === '') return;
  if (draft.fields.indexOf('"submission_id":') === -1) put(draft, 'submission_id', clean);
  draft.entity('ray_submission', clean, 'target');
}

/** Reader for messages that name a submission after a mark. */
export function submissionAfter(mark: string): (msg: string, draft: Draft) => void {
  return (msg, draft) => submission(draft, wordAfter(msg, mark));
}

export function entrypoint(msg: string, draft: Draft): void {
  const colon = msg.indexOf(': ', 27);
  if (colon === -1) return;
  submission(draft, msg.slice(27, colon));
  put(draft, 'entrypoint', msg.slice(colon + 2));
}

export function jobExit(msg: string, draft: Draft): void {
  submission(draft, wordAfter(msg, 'Job '));
  const code = number(draft, 'exit_code', msg, /exited with code (-?\d{1,9})/);
  if (code !== '') draft.outcome = Number(code) === 0 ? 'success' : 'failure';
}

const STATUS_OF_JOB = /with a status ([A-Z]{3,20})/;

export function jobCompleted(msg: string, draft: Draft): void {
  submission(draft, wordAfter(msg, 'ray job '));
  const status = STATUS_OF_JOB.exec(msg)?.[1];
  if (!status) return;
  put(draft, 'status', status);
  draft.outcome = status === 'SUCCEEDED' ? 'success' : 'failure';
}

export function killed(msg: string, draft: Draft): void {
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

/** The kill of one moment: how many, the reason, and whose memory it was. */
export function memoryKill(msg: string, draft: Draft): void {
  number(draft, 'killed_workers', msg, /^(?:Killing )?(\d{1,9}) worker/i);
  putIf(draft, 'task_name', between(msg, 'task with name ', ' and actor ID'));
  nodeIp(msg, draft);
}

export function nodeIp(msg: string, draft: Draft): void {
  const ip = wordAfter(msg, 'IP: ') || wordAfter(msg, 'node with IP ');
  if (ip === '' || !isIp(ip)) return;
  put(draft, 'node_ip', ip);
  draft.entity('ip', ip, 'node');
}

const ENV_KINDS = ['pip', 'uv', 'conda', 'working_dir', 'py_modules', 'image_uri', 'container', 'java_jars'];
const ENV_PACKAGES = /"packages": ?\[((?:"[^"\\]{1,200}"(?:, ?)?){1,200})\]/;
const ENV_IMAGE = /"image(?:_uri)?": ?"([^"\\]{1,300})"/;

export function runtimeEnv(msg: string, draft: Draft): void {
  const from = msg.indexOf('{');
  if (from === -1) return;
  const context = msg.indexOf(', context: ', from);
  const text = msg.slice(from, context === -1 ? from + 20_000 : Math.min(context, from + 20_000));
  const kinds = ENV_KINDS.filter((key) => text.indexOf(`"${key}"`) !== -1);
  putJson(draft, 'runtime_env.kinds', JSON.stringify(kinds));
  const url = /(?:https?|s3|gs|git\+\w{2,5}|file):\/\/[^\s"'\\]{1,500}/.exec(text);
  if (url) {
    put(draft, 'url', url[0]);
    draft.entity('url', url[0], 'mentioned');
  }
  const packages = ENV_PACKAGES.exec(text)?.[1];
  if (packages) putJson(draft, 'runtime_env.packages', `[${packages.replace(/, ?$/, '')}]`);
  const image = ENV_IMAGE.exec(text)?.[1];
  if (image) imageOf(image, draft);
}

/** A container image as a repository of a registry: the part after the host. */
export function imageOf(reference: string, draft: Draft): void {
  put(draft, 'image', reference);
  const m =
    /^(?:([\w.-]{1,200}(?::\d{1,5})?)\/)?([\w./-]{1,200}?)(?::([\w.-]{1,128}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
      reference,
    );
  if (!m) return;
  const host = m[1] ?? '';
  const isHost = host.includes('.') || host.includes(':') || host === 'localhost';
  const repository = isHost || host === '' ? (m[2] as string) : `${host}/${m[2]}`;
  draft.entity('image_repository', repository, 'mentioned');
  if (m[3]) draft.entity('image_tag', `${repository}:${m[3]}`, 'mentioned');
  if (m[4]) draft.entity('image_digest', m[4], 'mentioned');
}

export function download(msg: string, draft: Draft): void {
  const url = wordAfter(msg, 'from ');
  if (url === '') return;
  put(draft, 'url', url);
  draft.entity('url', url, 'source');
}

const INSTALL = /'install'(?:, '[^']{1,300}'){1,200}/;

/** A command that the runtime-env agent ran; what `pip install` names on its command line. */
export function command(msg: string, draft: Draft): void {
  putIf(draft, 'command', msg.slice(msg.indexOf('] ') + 2));
  const install = INSTALL.exec(msg.length > 20_000 ? msg.slice(0, 20_000) : msg);
  if (!install) return;
  const words = [...install[0].matchAll(/'([^']{1,300})'/g)].map((m) => m[1] as string).slice(1);
  const packages: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (
      /^(?:-r|--requirement|-c|--constraint|-i|--index-url|--extra-index-url|-f|--find-links|--python)$/.test(
        word,
      )
    ) {
      if (/index-url|^-i$|find-links|^-f$/.test(word) && words[i + 1])
        put(draft, 'url', words[i + 1] as string);
      i++;
    } else if (!word.startsWith('-')) packages.push(word);
  }
  if (packages.length > 0) putJson(draft, 'packages', `[${packages.map(quote).join(',')}]`);
}

export function pathTraversal(msg: string, draft: Draft): void {
  const stated = wordAfter(msg, 'request_path=');
  put(draft, 'path', /\('([^']{1,2000})'\)?$/.exec(stated)?.[1] ?? stated);
}

export function workerExit(msg: string, draft: Draft): void {
  const type =
    wordAfter(msg, 'exit_type = ') ||
    wordAfter(msg, 'exit_type=') ||
    wordAfter(msg, 'exits, type=') ||
    wordAfter(msg, 'Executing worker exit: ');
  putIf(draft, 'exit_type', type);
  if (type.startsWith('INTENDED')) draft.outcome = 'success';
  const detail = between(msg, 'exit_detail = ', '') || between(msg, 'exit_detail=', ', has ');
  putIf(draft, 'exit_detail', detail.slice(0, 1000));
  const address = wordAfter(msg, ', address = ');
  if (isIp(address)) {
    put(draft, 'node_ip', address);
    draft.entity('ip', address, 'node');
  }
}

export function healthCheck(msg: string, draft: Draft): void {
  number(draft, 'remaining_checks', msg, /remaining checks (\d{1,9})/);
}

/** `address = 10.0.0.5`, `node_address=…`, `and address: …`; `node name = …`. */
export function nodeAddress(msg: string, draft: Draft): void {
  const address = wordAfter(msg, 'address = ') || wordAfter(msg, 'address=') || wordAfter(msg, 'address: ');
  if (address !== '') {
    put(draft, 'address', address);
    const ip = hostOf(address);
    if (isIp(ip)) draft.entity('ip', ip, 'node');
  }
  nodeName(msg, draft);
}

function nodeName(msg: string, draft: Draft): void {
  putIf(
    draft,
    'node_name',
    wordAfter(msg, 'node name = ') || wordAfter(msg, 'node_name=') || wordAfter(msg, 'node name: '),
  );
}

export function heartbeat(msg: string, draft: Draft): void {
  number(draft, 'heartbeat_ms', msg, /^Last heartbeat was sent (\d{1,12}) ms ago/);
}

export function restarts(msg: string, draft: Draft): void {
  number(draft, 'remaining_restarts', msg, /remaining_restarts ?= ?(-?\d{1,9})/);
  number(draft, 'num_restarts', msg, /num_restarts(?: ?=|:) ?(-?\d{1,9})/);
  putIf(
    draft,
    'death_context',
    wordAfter(msg, 'death context type = ') || wordAfter(msg, 'death context type='),
  );
}

/** `received notification on actor, state: DEAD, …` */
export function actorState(msg: string, draft: Draft): void {
  const state = wordAfter(msg, 'state: ');
  putIf(draft, 'state', state);
  if (state === 'ALIVE') draft.outcome = 'success';
  else if (state === 'DEAD' || state === 'RESTARTING') draft.outcome = 'failure';
  const ip = wordAfter(msg, 'ip address: ');
  if (isIp(ip)) {
    put(draft, 'node_ip', ip);
    draft.entity('ip', ip, 'node');
  }
  restarts(msg, draft);
}

export function statusOfCreation(msg: string, draft: Draft): void {
  const status = wordAfter(msg, 'Status: ') || wordAfter(msg, 'status = ');
  if (status === '') return;
  draft.outcome = status === 'OK' ? 'success' : 'failure';
  if (status !== 'OK') put(draft, 'status', status);
}

export function workerLost(msg: string, draft: Draft): void {
  processId(draft, 'worker_pid', /Worker PID: (\d{1,10})/.exec(msg)?.[1], 'target');
  putIf(draft, 'exit_type', wordAfter(msg, 'Worker exit type: '));
  const ip = wordAfter(msg, 'Worker IP address: ') || wordAfter(msg, 'Node IP address: ');
  if (isIp(ip)) {
    put(draft, 'node_ip', ip);
    draft.entity('ip', ip, 'node');
  } else nodeIp(msg, draft);
  putIf(draft, 'exit_detail', between(msg, 'Worker exit detail: ', '').slice(0, 1000));
}

export function workerPid(msg: string, draft: Draft): void {
  processId(
    draft,
    'worker_pid',
    /(?:with pid |worker process\(|pgid=|process group )(\d{1,10})/.exec(msg)?.[1],
    'target',
  );
  if (msg.indexOf('The process is still alive') !== -1) putJson(draft, 'still_alive', 'true');
  else if (msg.indexOf('The process is dead') !== -1) putJson(draft, 'still_alive', 'false');
}

export function driverPid(msg: string, draft: Draft): void {
  processId(
    draft,
    'driver_pid',
    /(?:driver_pid=|[Dd]river pid (?:= )?|\(pid=)(\d{1,10})/.exec(msg)?.[1],
    'driver',
  );
}

export function taskRetry(msg: string, draft: Draft): void {
  const left = /(?:There are |retries left: )(infinite|-?\d{1,9})/.exec(msg)?.[1];
  if (left === 'infinite') put(draft, 'retries_left', left);
  else if (left) putJson(draft, 'retries_left', String(Number(left)));
  const name = /^Task (\S{1,200}) failed\. There are/.exec(msg)?.[1];
  putIf(draft, 'task_name', name && !/^[0-9a-f]{40,48}$/.test(name) ? name : undefined);
}

export function taskError(msg: string, draft: Draft): void {
  putIf(draft, 'error', wordAfter(msg, 'failed with error '));
}

/** `<path> is over 95% full, available space: …; capacity: …`; 2.0 and before print the fraction as `0.95%`. */
export function diskFull(msg: string, draft: Draft): void {
  const m = /^(\S{1,500}) is over ([\d.]{1,12})% full, available space: ([\d.]{1,20}(?: ?[KMGT]?i?B)?)/.exec(
    msg,
  );
  if (!m) return;
  put(draft, 'file_path', m[1] as string);
  draft.entity('file_path', m[1] as string, 'target');
  const used = Number(m[2]);
  putJson(draft, 'used_percent', String(used <= 1 ? Math.round(used * 10_000) / 100 : used));
  put(draft, 'available', (m[3] as string).replace(/\.$/, ''));
  putIf(draft, 'capacity', /capacity: ([\d.]{1,20}(?: ?[KMGT]?i?B)?)/.exec(msg)?.[1]?.replace(/\.$/, ''));
}

export function spill(msg: string, draft: Draft): void {
  number(draft, 'spilled_mib', msg, /^Spilled (\d{1,12}) MiB/);
  number(draft, 'restored_mib', msg, /^Restored (\d{1,12}) MiB/);
  number(draft, 'objects', msg, /MiB, (\d{1,12}) objects/);
  number(draft, 'used_percent', msg, /current usage ([\d.]{1,12})%/);
}

/** Where a server listens: `started, listening on port N.`, `address: host:port`, `server on host:port`. */
export function listens(msg: string, draft: Draft): void {
  const port = /port[ #](\d{1,5})\b/.exec(msg)?.[1];
  if (port) putJson(draft, 'port', String(Number(port)));
  const m =
    /(?:address: |initialized at |server (?:on|at) |listening on '|Running on (?:https?:\/\/)?|Listening to address )(\[[0-9a-f:]{2,45}\]|[\w.-]{1,200})(?::(\d{1,5}))?/.exec(
      msg,
    );
  if (!m) return;
  const host = hostOf(m[1] as string);
  put(draft, 'address', m[2] ? `${m[1]}:${m[2]}` : (m[1] as string));
  if (m[2] && !port) putJson(draft, 'port', m[2]);
  if (isIp(host) && host !== '0.0.0.0' && host !== '::') draft.entity('ip', host, 'self');
}

/** A request for the stack, the memory or the CPU profile of a process. */
export function profile(msg: string, draft: Draft): void {
  processId(draft, 'target_pid', /pid:? ?(\d{1,10})/.exec(msg)?.[1], 'target');
  const m = /request to ([\w.-]{1,200}):(\d{1,5})/.exec(msg);
  if (!m) return;
  put(draft, 'address', `${m[1]}:${m[2]}`);
  if (isIp(m[1] as string)) draft.entity('ip', m[1] as string, 'target');
}

const WORKER_FILE = /worker-([0-9a-f]{40,56})-(?:([0-9a-f]{8})-)?(\d{1,10})\.(?:out|err)/;

/** `Beginning to track file worker-<worker>-<job>-<pid>.out` */
export function trackedFile(msg: string, draft: Draft, member: Member): void {
  const file = wordAfter(msg, 'track file ');
  put(draft, 'file', file);
  const m = WORKER_FILE.exec(file);
  if (!m) return;
  rayId(draft, member, 'worker_id', m[1] as string);
  if (m[2] && m[2] !== 'ffffffff') {
    put(draft, 'job_id', m[2], true);
    draft.entity('ray_job', m[2], 'mentioned');
  }
  processId(draft, 'worker_pid', m[3], 'target');
}

export function signalName(msg: string, draft: Draft, member: Member): void {
  const unix = /^\*\*\* SIG[A-Z]{2,8} received at time=(\d{9,11})\b/.exec(msg)?.[1];
  if (unix && draft.tsKind === TS_KIND.wall)
    member.zoneSeen(draft.tsWall, Number(unix) * SECOND_US, ZONE_WHY.crash, draft.component, 2 * SECOND_US);
  putIf(draft, 'signal', /^\*\*\* (SIG[A-Z]{2,8})/.exec(msg)?.[1]);
}

/** `Cannot reach the node, <id>, after timeout` */
export function unreachable(msg: string, draft: Draft, member: Member): void {
  const id = wordAfter(msg, 'node, ');
  if (HEX_OR_NIL.test(id) && draft.fields.indexOf('"node_id":') === -1) rayId(draft, member, 'node_id', id);
}

export function ownNode(msg: string, draft: Draft, member: Member): void {
  const id = /(?:node_id=|node ID |Raylet of id, |local node id = )([0-9a-f]{40,56})/.exec(msg)?.[1];
  if (id === undefined) return;
  member.fact('node_id', id);
  draft.entity('ray_node', id, 'self');
  if (draft.fields.indexOf('"node_id":') === -1) put(draft, 'node_id', id);
  const address = /node_manager address: ([\w.:[\]-]{1,80}):(\d{1,5})\b/.exec(msg)?.[1];
  if (address) ownAddress(address, draft, member);
}

export function ownAddress(address: string, draft: Draft, member: Member): void {
  const ip = hostOf(address);
  put(draft, 'address', address);
  if (!isIp(ip)) return;
  member.fact('address', ip);
  draft.entity('ip', ip, 'self');
}

export function workerStart(msg: string, draft: Draft, member: Member): void {
  ownAddress(wordAfter(msg, 'address: '), draft, member);
  const node = wordAfter(msg, 'node_id=') || wordAfter(msg, 'raylet ');
  if (/^[0-9a-f]{40,56}$/.test(node)) member.fact('node_id', node);
}

export function rayVersion(mark: string): (msg: string, draft: Draft, member: Member) => void {
  return (msg, draft, member) => {
    const version = wordAfter(msg, mark);
    if (version === '') return;
    put(draft, 'ray_version', version);
    member.fact('version', `ray ${version}`);
  };
}

/** `Terminated Raylet: ip=…, node_id=…` */
export function terminatedRaylet(msg: string, draft: Draft): void {
  const ip = wordAfter(msg, 'ip=');
  if (!isIp(ip)) return;
  put(draft, 'node_ip', ip);
  draft.entity('ip', ip, 'node');
}

export function replica(msg: string, draft: Draft): void {
  const m =
    /Replica\(id='([\w-]{1,80})', deployment='([^']{1,200})', app='([^']{0,200})'\)/.exec(msg) ??
    /[Rr]eplica ([\w:#-]{1,200}#\w{1,20})(?: of deployment ([\w:-]{1,200}))?/.exec(msg);
  if (m) {
    put(draft, 'replica', m[1] as string);
    putIf(draft, 'deployment', m[2]);
    putIf(draft, 'application', m[3]);
  }
  processId(draft, 'worker_pid', /\(PID: (\d{1,10})\)/.exec(msg)?.[1], 'target');
}
