// What the messages of Mesos masters, agents, executors and schedulers mean.
// Facts: Mesos sources 0.2x to 1.12 and runs, see docs/formats/mesos.md.

import type { Member } from '../kind.ts';
import { between, Lexicon, says, wordAt } from '../lexicon.ts';
import type { Draft } from '../record.ts';
import { put, putIf, putJson, putNumber } from '../text.ts';
import { flags } from './mesos-flags.ts';
import { audit, http } from './mesos-http.ts';
import { idAfter, ids, peer } from './mesos-ids.ts';

const BAD_STATES = /TASK_(?:FAILED|ERROR|LOST|DROPPED|UNREACHABLE|GONE|GONE_BY_OPERATOR|KILLED)/;

function principalProven(msg: string, draft: Draft): void {
  const name = between(msg, "rincipal '", "'");
  if (name === '' || name === 'ANY') return;
  draft.userName = name;
  draft.entity('user', name, 'user');
}

function principalClaimed(msg: string, draft: Draft): void {
  const name = between(msg, "rincipal '", "'");
  if (name !== '' && name !== 'ANY') draft.entity('user', name, 'attempted');
}

function status(msg: string, draft: Draft): void {
  if (BAD_STATES.test(msg)) draft.outcome = 'failure';
  else if (msg.indexOf('TASK_FINISHED') !== -1) draft.outcome = 'success';
}

function authPeer(msg: string, draft: Draft): void {
  peer(msg, draft, 'client');
}

function refused(msg: string, draft: Draft): void {
  peer(msg, draft, 'client');
  principalClaimed(msg, draft);
  const why = msg.lastIndexOf(': ');
  if (why > 20) put(draft, 'reason', msg.slice(why + 2));
}

function uris(msg: string, draft: Draft): void {
  const quoted = /'((?:https?|ftp|hdfs|s3n?|file|docker):\/?\/?[^']{1,1000})'/.exec(msg)?.[1];
  if (!quoted) return;
  put(draft, 'uri', quoted);
  draft.entity('url', quoted, 'source');
}

function fetcherInfo(msg: string, draft: Draft): void {
  const found: string[] = [];
  for (const m of msg.slice(0, 50_000).matchAll(/"value":"([^"]{1,1000})"/g))
    found.push((m[1] as string).replaceAll('\\/', '/'));
  if (found.length === 0) return;
  putJson(draft, 'uris', JSON.stringify(found));
  put(draft, 'uri', found[0] as string);
  for (const uri of found.slice(0, 20)) draft.entity('url', uri, 'source');
  putIf(draft, 'user', between(msg, '"user":"', '"'));
}

const AUTH_OK = 'authentication/login/success';
const AUTH_BAD = 'authentication/login/failure';
const DENIED = 'authorization/authorize/failure';

const LEXICON = new Lexicon([
  // tasks: the commonest first
  says('Status update ', 'task/status_update/unknown', status),
  says('Forwarding status update ', 'task/status_forward/unknown', status),
  says('Forwarding the update ', 'task/status_forward/unknown', status),
  says('Received status update ', 'task/status_update/unknown', status),
  says('Received task status update …acknowledgement', 'task/status_acknowledge/unknown'),
  says('Received task status update ', 'task/status_update/unknown', status),
  says('Handling status update ', 'task/status_update/unknown', status),
  says('Sending acknowledgement ', 'task/status_acknowledge/unknown'),
  says('Sending status update ', 'task/status_update/unknown', status),
  says('Updating the state of task ', 'task/state_change/unknown', (msg, draft) => {
    const latest = between(msg, 'latest state: ', ',');
    if (/^TASK_[A-Z_]{1,30}$/.test(latest)) {
      if (BAD_STATES.test(latest)) draft.outcome = 'failure';
      else if (latest === 'TASK_FINISHED') draft.outcome = 'success';
    }
  }),
  says('Launching task ', 'task/task_launch/unknown'),
  says('Adding task ', 'task/task_add/unknown'),
  says('Removing task ', 'task/task_remove/unknown'),
  says('Got assigned task ', 'task/task_assign/unknown'),
  says('Queuing task ', 'task/task_queue/unknown'),
  says('Starting task ', 'task/task_start/unknown'),
  says('Killing task ', 'task/task_kill/unknown'),
  says('Asked to kill task ', 'task/task_kill/unknown'),
  says('Processing KILL call', 'task/task_kill/unknown'),
  says('Cannot kill task ', 'task/task_kill/failure'),
  says('Command exited with status ', 'process/command_exit/unknown', (msg, draft) => {
    const code = /with status (\d{1,9})/.exec(msg)?.[1];
    if (code) {
      putJson(draft, 'exit_code', String(Number(code)));
      draft.outcome = Number(code) === 0 ? 'success' : 'failure';
    }
    childPid(msg, draft);
  }),
  says('Command terminated with signal ', 'process/command_exit/failure', (msg, draft) => {
    putIf(draft, 'signal', /signal ([A-Za-z ]{1,40}?)(?: \(|$)/.exec(msg)?.[1]);
    childPid(msg, draft);
  }),
  says('Forked command at ', 'process/command_start/success', (msg, draft) => {
    const pid = msg.slice(18).trim();
    put(draft, 'child_pid', pid);
    draft.entity('process', pid, 'started');
  }),
  says('Processing ACKNOWLEDGE call', 'task/status_acknowledge/unknown'),
  says('Processing ACCEPT call', 'resource/offer_accept/unknown'),
  says('Processing DECLINE call', 'resource/offer_decline/unknown'),
  says('Processing SUPPRESS call', 'resource/offer_suppress/unknown'),
  says('Processing REVIVE call', 'resource/offer_revive/unknown'),
  says('Processing TEARDOWN call', 'configuration/framework_teardown/unknown'),
  says('Processing call ', 'api/operator_call/unknown', (msg, draft) => put(draft, 'call', wordAt(msg, 16))),
  says('Processing …call', 'api/operator_call/unknown', (msg, draft) =>
    putIf(draft, 'call', /^Processing ([A-Z_]{2,60}) call/.exec(msg)?.[1]),
  ),
  says('Sending …offers', 'resource/offer_send/unknown'),
  says('Sending offers ', 'resource/offer_send/unknown'),
  says('Sending inverse offers ', 'resource/offer_send/unknown'),
  says('Removing offer ', 'resource/offer_remove/unknown'),
  says('Ignoring accept of offer ', 'resource/offer_accept/failure'),
  says('ACCEPT call used invalid offers', 'resource/offer_accept/failure'),
  says('Applying …operation for resources', 'resource/operation/unknown', (msg, draft) =>
    put(draft, 'operation', wordAt(msg, 9)),
  ),
  // frameworks
  says('Subscribing framework ', 'node/framework_subscribe/success', (msg, draft) => {
    const name = idAfter(msg, 'Subscribing framework ');
    if (name !== '') put(draft, 'framework_name', name);
    peer(msg, draft, 'client');
  }),
  says('Received subscription request for ', 'node/framework_subscribe/unknown', (msg, draft) => {
    putIf(draft, 'framework_name', between(msg, "framework '", "'"));
    peer(msg, draft, 'client');
  }),
  says('Adding framework ', 'node/framework_add/success'),
  says('Framework …failed over', 'node/framework_failover/unknown', authPeer),
  says('Framework …disconnected', 'node/framework_disconnect/unknown'),
  says('Framework failover timeout', 'node/framework_lost/failure'),
  says('Framework registered with ', 'node/framework_subscribe/success', (msg, draft) => {
    const id = wordAt(msg, 26);
    put(draft, 'framework_id', id);
    draft.entity('mesos_framework', id, 'self');
  }),
  says('Giving framework ', 'node/framework_failover/unknown'),
  says('Asked to unregister framework ', 'configuration/framework_teardown/unknown'),
  says('Asked to shut down framework ', 'configuration/framework_teardown/unknown'),
  says('Shutting down framework ', 'configuration/framework_teardown/unknown'),
  says('Removing framework ', 'node/framework_remove/unknown'),
  says('Deactivating framework ', 'node/framework_deactivate/unknown'),
  says('Disallowing subscription attempt of framework', 'node/framework_subscribe/failure', refused),
  // authentication and authorization
  says('Successfully authenticated principal ', AUTH_OK, (msg, draft) => {
    principalProven(msg, draft);
    peer(msg, draft, 'client');
  }),
  says('Successfully authenticated with master ', AUTH_OK),
  says('Authentication of …unsuccessful', AUTH_BAD, (msg, draft) => {
    peer(msg, draft, 'client');
    putIf(draft, 'reason', between(msg, 'unsuccessful: ', ''));
  }),
  says('Authentication failure: ', AUTH_BAD),
  says('Authentication error: ', AUTH_BAD),
  says('Authentication timed out', AUTH_BAD),
  says('Authentication success', AUTH_OK),
  says('Authenticating with ', 'authentication/login/unknown'),
  says('Authenticating …@', 'authentication/login/unknown', authPeer),
  says('An error ocurred while attempting to authenticate ', AUTH_BAD, authPeer),
  says('Received authentication request from ', AUTH_BAD, authPeer),
  says('Failed to authenticate with ', AUTH_BAD),
  says('Master …refused authentication', AUTH_BAD),
  says('EXIT with status …refused authentication', AUTH_BAD),
  says('Authorizing principal ', 'authorization/authorize/unknown', (msg, draft) => {
    principalProven(msg, draft);
    putIf(
      draft,
      'authorize.action',
      /to (?:perform action )?(\w[\w ]{1,60}?)(?: on | for |$)/.exec(msg)?.[1],
    );
  }),
  says('Authorizing framework ', 'authorization/authorize/unknown', principalClaimed),
  says('Refusing subscription of framework …not authenticated', AUTH_BAD, refused),
  says('Refusing subscription of framework ', 'authorization/framework_subscribe/failure', refused),
  says('Refusing registration …not authenticated', AUTH_BAD, refused),
  says('Refusing registration request of framework …not authenticated', AUTH_BAD, refused),
  says('Refusing registration ', 'authorization/agent_register/failure', refused),
  says('Refusing re-registration ', 'authorization/agent_register/failure', refused),
  says('Refusing reregistration ', 'authorization/agent_register/failure', refused),
  says("Principal '…no authorized to", DENIED, principalClaimed),
  says('Principal …not authorized', DENIED, principalClaimed),
  says('Failed to authorize principal ', DENIED, principalClaimed),
  says('Authorization failed for ', DENIED),
  says('Dropping …principal', 'api/rate_limit/failure', authPeer),
  says('Dropping ', 'network/message_drop/failure', authPeer),
  says('Ignoring …because it is not expected from', 'network/unexpected_sender/failure', authPeer),
  says('Ignoring …because it is not from the registered', 'network/unexpected_sender/failure', authPeer),
  says('Ignoring …because it is not the expected', 'network/unexpected_sender/failure', authPeer),
  says('Ignoring status update ', 'task/status_update/failure'),
  says('Ignoring registration attempt from old agent', 'authorization/agent_register/failure', authPeer),
  says('…does not match authenticated principal', DENIED, refused),
  says('…because it is not expected from', 'network/unexpected_sender/failure', authPeer),
  // configuration
  says('Master allowing unauthenticated ', 'configuration/weak_authentication/failure'),
  says(
    'Master allowing HTTP frameworks …without authentication',
    'configuration/weak_authentication/failure',
  ),
  says('Master only allowing ', 'configuration/authentication/success'),
  says('No credentials provided', 'configuration/weak_authentication/failure'),
  says('Permissions on ', 'configuration/weak_permissions/failure'),
  says('Failed SSL connections will be downgraded', 'configuration/tls_downgrade/failure'),
  // ACLs make it many lines: then it is read when all of them are there.
  says('Flags at startup: ', 'configuration/flags/success', (msg, draft) => {
    if (/"\s{0,4}$/.test(msg.slice(-6))) flags(msg, draft);
  }),
  says('Setting verbose logging level', 'configuration/log_level/success'),
  says('Using force flag to override quota', 'configuration/quota/success'),
  says('Master bound to loopback interface', 'configuration/loopback/failure'),
  says('Agent bound to loopback interface', 'configuration/loopback/failure'),
  says('Scheduler driver bound to loopback interface', 'configuration/loopback/failure'),
  // agents
  says('Registered agent ', 'node/agent_register/success', authPeer),
  says('Registered slave ', 'node/agent_register/success', authPeer),
  says('Registered with master ', 'node/agent_register/success'),
  says('Registering agent ', 'node/agent_register/unknown', authPeer),
  says('Re-registered agent ', 'node/agent_reregister/success', authPeer),
  says('Re-registered slave ', 'node/agent_reregister/success', authPeer),
  says('Re-registered with master ', 'node/agent_reregister/success'),
  says('Received register agent message from ', 'node/agent_register/unknown', authPeer),
  says('Received reregister agent message from ', 'node/agent_reregister/unknown', authPeer),
  says('Agent …attempted to reregister with different', 'authorization/agent_register/failure', authPeer),
  says('Agent …assigned an agent ID that already appears', 'authorization/agent_register/failure', authPeer),
  says('Agent asked to shut down', 'process/stop/unknown', (msg, draft) => {
    putIf(draft, 'reason', between(msg, "because '", "'"));
  }),
  says('Agent …disconnected', 'node/agent_disconnect/unknown'),
  says('Agent hostname: ', 'configuration/hostname/success', (msg, _draft, member) =>
    member.fact('host', wordAt(msg, 16)),
  ),
  says('Disconnecting agent ', 'node/agent_disconnect/unknown'),
  says('Deactivating agent ', 'node/agent_deactivate/unknown'),
  says('Reactivating agent ', 'node/agent_reactivate/unknown'),
  says('Removed agent ', 'node/agent_remove/failure'),
  says('Removing agent ', 'node/agent_remove/unknown'),
  says('Removing slave ', 'node/agent_remove/unknown'),
  says('Marking agent …unreachable', 'node/agent_unreachable/failure'),
  says('Marked agent …unreachable', 'node/agent_unreachable/failure'),
  says('Marking agent …as gone', 'configuration/agent_gone/unknown'),
  says('Scheduling transition of agent ', 'node/agent_unreachable/failure'),
  says('Canceling transition of agent ', 'node/agent_unreachable/success'),
  says('Transitioning …DRAINING', 'configuration/agent_drain/unknown'),
  says('No pings from master received', 'node/master_lost/failure'),
  says('Master disconnected! ', 'node/master_lost/failure'),
  says('Master …started on ', 'process/start/success', (msg, draft, member) => {
    const address = between(msg, 'started on ', '').trim();
    put(draft, 'address', address);
    member.fact('address', address.replace(/:\d+$/, ''));
    member.fact('role', 'master');
    const host = /\(([\w.-]{1,253})\) started on/.exec(msg)?.[1];
    if (host) member.fact('host', host);
    const id = /^Master ([0-9a-f-]{36}|\d{8}-\S{1,60}) /.exec(msg)?.[1];
    if (id) put(draft, 'master_id', id);
  }),
  says('Mesos agent started on ', 'process/start/success', agentStart),
  says('Agent started on ', 'process/start/success', agentStart),
  says('Slave started on ', 'process/start/success', agentStart),
  says('Starting Mesos ', 'process/start/success'),
  says('Version: ', 'process/start/success', (msg, draft, member) => {
    put(draft, 'version', msg.slice(9));
    member.fact('version', `mesos ${msg.slice(9)}`);
  }),
  // election
  says('Elected as the leading master', 'node/leader_change/success'),
  says('Re-elected as the leading master', 'node/leader_change/success'),
  says('The newly elected leader is ', 'node/leader_change/success', authPeer),
  says('A new leading master ', 'node/leader_change/success', authPeer),
  says('New master detected at ', 'node/leader_change/success', authPeer),
  says('Detected a new leader', 'node/leader_change/success'),
  says('Lost candidacy as a leader', 'node/leader_lost/failure'),
  says('Lost leadership', 'node/leader_lost/failure'),
  says('Conceded leadership', 'node/leader_lost/failure'),
  says('Lost connection to ZooKeeper', 'network/zookeeper_lost/failure'),
  says('Timed out waiting to connect to ZooKeeper', 'network/zookeeper_connect/failure'),
  says('ZooKeeper session expired', 'network/zookeeper_lost/failure'),
  says('Registrar aborting', 'storage/registry_write/failure'),
  says('Failed to perform …within', 'storage/registry_write/failure'),
  says('Failed to update registry', 'storage/registry_write/failure'),
  says('Successfully updated the registry', 'storage/registry_write/success'),
  says('Replicated log has not been initialized', 'storage/replicated_log/failure'),
  // containers
  says('OOM detected for container ', 'resource/out_of_memory/failure'),
  says('OOM notifier is triggered', 'resource/out_of_memory/failure'),
  says('Memory limit exceeded', 'resource/out_of_memory/failure'),
  says('Launching container ', 'task/container_launch/unknown'),
  says('Starting container ', 'task/container_start/unknown'),
  says('Container …failed to start', 'task/container_start/failure', (msg, draft) =>
    putIf(draft, 'reason', between(msg, 'failed to start: ', '').slice(0, 1000)),
  ),
  says('Container …has exited', 'task/container_exit/unknown'),
  says('Destroying container ', 'task/container_destroy/unknown'),
  says('Terminating executor …did not register', 'task/executor_register/failure'),
  says('None of the enabled containerizers', 'task/container_start/failure'),
  says('Executor …terminated with', 'task/executor_exit/unknown'),
  says('Executor …exited with status', 'task/executor_exit/unknown'),
  says('Executor registered on agent ', 'task/executor_register/success'),
  says('Fetching URI ', 'network/fetch/unknown', uris),
  says('Fetching manifest from ', 'network/image_pull/unknown', uris),
  says('Downloading resource from ', 'network/fetch/unknown', uris),
  says('Fetched ', 'network/fetch/success', uris),
  says('Fetcher Info: ', 'network/fetch/unknown', fetcherInfo),
  says('Failed to run mesos-fetcher', 'network/fetch/failure'),
  says('Failed to fetch ', 'network/fetch/failure', uris),
  says('EXIT with status …Failed to fetch', 'network/fetch/failure', uris),
  says('Trying to chown ', 'configuration/chown/unknown', (msg, draft) =>
    putIf(draft, 'user', between(msg, "to user '", "'")),
  ),
  says('EXIT with status ', 'process/crash/failure'),
  says('Current disk usage ', 'resource/disk_usage/unknown', (msg, draft) => {
    const n = /^Current disk usage (\d{1,3}(?:\.\d{1,6})?)%/.exec(msg)?.[1];
    if (n) putNumber(draft, 'disk_usage_percent', Number(n));
  }),
  says('Deleting …', 'storage/sandbox_delete/unknown'),
  says('Deleted …', 'storage/sandbox_delete/success'),
  says('Pruning directories', 'storage/sandbox_delete/unknown'),
  says(
    'Received status update …on behalf of a different executor',
    'authorization/executor_impersonation/failure',
  ),
  says('Executor ID mismatch', 'authorization/executor_impersonation/failure'),
  says('RAW: Received signal ', 'process/stop/unknown', signal),
  says('Received signal ', 'process/stop/unknown', signal),
  says('Check failed: ', 'process/crash/failure'),
  says('…committing suicide!', 'node/leader_lost/failure'),
  says('…Unexpected HTTP response', 'network/image_pull/failure'),
]);

function childPid(msg: string, draft: Draft): void {
  const pid = /\(pid: (\d{1,10})\)/.exec(msg)?.[1];
  if (!pid) return;
  put(draft, 'child_pid', pid);
  draft.entity('process', pid, 'exited');
}

function agentStart(msg: string, draft: Draft, member: Member): void {
  const address = /@([\d.]{7,15}:\d{1,5}|\[[0-9a-f:]{2,45}\]:\d{1,5})/.exec(msg)?.[1];
  if (address) {
    put(draft, 'address', address);
    member.fact('address', address.replace(/:\d+$/, ''));
  }
  member.fact('role', 'agent');
}

function signal(msg: string, draft: Draft): void {
  const m = /Received signal (\w{3,12})(?: from process (\d{1,10}) of user (\d{1,10}))?/.exec(msg);
  if (!m) return;
  put(draft, 'signal', m[1] as string);
  if (m[2]) {
    put(draft, 'sender_pid', m[2]);
    put(draft, 'sender_uid', m[3] as string);
    draft.entity('process', m[2], 'sender');
  }
}

/** Flags and warnings in boxes stand in the continuation lines. */
export function mesosFinish(draft: Draft, member: Member): void {
  // Boxes begin with an empty line: what they say is below it.
  if (draft.message.charCodeAt(0) === 10 && draft.category === '') {
    LEXICON.apply(draft.message.replace(/^[\n* ]{1,200}/, ''), draft, member, false);
  }
  if (!draft.message.startsWith('Flags at startup: ')) return;
  if (draft.fields.indexOf('"flag.') === -1) flags(draft.message, draft);
}

/** Meaning, ids and facts of one message; `plain`: it is a slice of a line that is. */
export function mesosMessage(msg: string, draft: Draft, member: Member, plain = false): void {
  if (msg.startsWith('HTTP ') && http(msg, draft, plain)) return;
  if (msg.startsWith('dstip=') || msg.startsWith('type=audit')) if (audit(msg, draft, member)) return;
  ids(msg, draft, plain);
  LEXICON.apply(msg, draft, member, draft.level >= 4);
}
