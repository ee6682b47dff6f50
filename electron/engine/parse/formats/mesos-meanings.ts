// What the messages of Mesos masters, agents, executors, fetchers and schedulers mean.
// Facts: Mesos sources 0.2x to 1.12 and runs, see docs/formats/mesos.md. Mesos' levels are no severity: most of what matters
// here is written at level I.
import { between, type Meaning, says, wordAt } from '../lexicon.ts';
import { put, putIf, putJson, putNumber } from '../text.ts';
import { flags } from './mesos-flags.ts';
import { copyBegins } from './mesos-foreign.ts';
import { pathIds, peer, sandboxIds, statusUpdate } from './mesos-ids.ts';
import { image, imageIn } from './mesos-image.ts';
import {
  agentStart,
  authPeer,
  BAD_STATES,
  callOf,
  causeOf,
  childPid,
  duration,
  exitOf,
  exitStatus,
  fetcherInfo,
  frameworkName,
  givenId,
  markedAgent,
  namedContainer,
  operation,
  principalClaimed,
  principalProven,
  pull,
  reasonAfter,
  refused,
  refusedFramework,
  resources,
  selfAgent,
  selfFramework,
  sender,
  signal,
  spoofed,
  startFailure,
  status,
  stderrLeftOpen,
  uris,
  userOf,
} from './mesos-readers.ts';

const AUTH_OK = 'authentication/login/success';
const AUTH_BAD = 'authentication/login/failure';
const DENIED = 'authorization/authorize/failure';

/** In words of Mesos 1.0 and later; what says agent here said slave before. The commonest stand first. */
export const MEANINGS: readonly Meaning[] = [
  // tasks
  says('Status update ', 'task/status_update/unknown', status),
  says('Forwarding status update ', 'task/status_forward/unknown', status),
  says('Forwarding the update ', 'task/status_forward/unknown', status),
  says(
    'Received status update …on behalf of a different executor',
    'authorization/executor_impersonation/failure',
    authPeer,
  ),
  says('Received status update acknowledgement', 'task/status_acknowledge/unknown'),
  says('Received status update ', 'task/status_update/unknown', status),
  says('Received task status update acknowledgement', 'task/status_acknowledge/unknown'),
  says('Received task status update ', 'task/status_update/unknown', status),
  says('Received operation status update acknowledgement', 'resource/operation_acknowledge/unknown'),
  says('Received operation status update ', 'resource/operation_update/unknown', operation),
  says('Handling status update ', 'task/status_update/unknown', status),
  says('Sending acknowledgement ', 'task/status_acknowledge/unknown'),
  says('Sending status update …authorized to', DENIED, principalClaimed),
  says('Sending status update ', 'task/status_update/unknown', (msg, draft) => {
    status(msg, draft);
    const text = /'([\s\S]{1,1000})'$/.exec(msg.length > 3000 ? '' : msg)?.[1];
    putIf(draft, 'reason', text);
  }),
  says('Checkpointing …status update', 'task/status_checkpoint/unknown', status),
  says('Checkpointing …forked pid ', 'process/container_start/success', (msg, draft) => {
    const pid = /forked pid '?(\d{1,10})/.exec(msg)?.[1];
    if (pid) {
      put(draft, 'child_pid', pid);
      draft.entity('process', pid, 'started');
    }
    pathIds(msg, draft);
  }),
  says('Updating the state of task ', 'task/state_change/unknown', (msg, draft) => {
    const latest = between(msg, 'latest state: ', ',');
    if (/^TASK_[A-Z_]{1,30}$/.test(latest)) {
      if (BAD_STATES.test(latest)) draft.outcome = 'failure';
      else if (latest === 'TASK_FINISHED') draft.outcome = 'success';
    }
  }),
  says('Updating the state of operation ', 'resource/operation_update/unknown', operation),
  says('Launching task ', 'task/task_launch/unknown'),
  says('Launching executor ', 'task/executor_launch/unknown', pathIds),
  says('Adding task ', 'task/task_add/unknown'),
  says('Removing task ', 'task/task_remove/unknown'),
  says('Got assigned task ', 'task/task_assign/unknown'),
  says('Queuing task ', 'task/task_queue/unknown'),
  says('Queued task ', 'task/task_queue/unknown'),
  says('Sending queued task ', 'task/task_send/unknown'),
  says('Starting task ', 'task/task_start/unknown'),
  says('Killing task ', 'task/task_kill/unknown'),
  says('Asked to kill task ', 'task/task_kill/unknown'),
  says('Received kill for task ', 'task/task_kill/unknown'),
  says('Telling agent …to kill task', 'task/task_kill/unknown'),
  says('Processing KILL call', 'task/task_kill/unknown'),
  says('Cannot kill task ', 'task/task_kill/failure'),
  says('Command exited with status ', 'process/command_exit/unknown', (msg, draft) => {
    exitOf(msg, draft);
    childPid(msg, draft);
  }),
  says('Command terminated with signal ', 'process/command_exit/failure', (msg, draft) => {
    exitOf(msg, draft);
    childPid(msg, draft);
  }),
  says('Forked command at ', 'process/command_start/success', (msg, draft) => {
    const pid = msg.slice(18).trim();
    if (!/^\d{1,10}$/.test(pid)) return;
    put(draft, 'child_pid', pid);
    draft.entity('process', pid, 'started');
  }),
  says('Sending SIG…to process tree', 'process/kill/unknown'),
  says('Sent SIG…to the following process trees', 'process/kill/success'),
  says('Could not lookup task for status update', 'task/status_update/failure', status),
  says('Could not find the executor for status update', 'task/status_update/failure', status),
  says('Executor ID mismatch', 'authorization/executor_impersonation/failure'),
  says('Slave ID mismatch', 'authorization/agent_identity/failure'),
  says('Possibly orphaned completed task ', 'task/orphan/failure'),
  says('Ignoring status update ', 'task/status_update/failure', status),
  says('Processing ACKNOWLEDGE call', 'task/status_acknowledge/unknown', (msg, draft) => {
    // Up to 1.x `call <uuid> for task`, then `call for status <uuid>`.
    const uuid = /^Processing ACKNOWLEDGE call ([0-9a-f]{8}-[0-9a-f-]{27}) for/.exec(msg)?.[1];
    if (uuid) statusUpdate(draft, uuid, true);
  }),
  says('Processing ACCEPT call', 'resource/offer_accept/unknown'),
  says('Processing DECLINE call', 'resource/offer_decline/unknown'),
  says('Processing SUPPRESS call', 'resource/offer_suppress/unknown'),
  says('Processing REVIVE call', 'resource/offer_revive/unknown'),
  says('Processing RECONCILE call', 'task/reconcile/unknown'),
  says('Processing TEARDOWN call', 'configuration/framework_teardown/unknown', authPeer),
  says('Processing call ', 'api/operator_call/unknown', (msg, draft) => put(draft, 'call', wordAt(msg, 16))),
  says('Processing …call', 'api/operator_call/unknown', callOf),
  // offers and resources
  says('Sending …offers', 'resource/offer_send/unknown'),
  says('Sending operation ', 'resource/operation/unknown'),
  says('Removing offer ', 'resource/offer_remove/unknown'),
  says('Ignoring accept of offer ', 'resource/offer_accept/failure'),
  says('ACCEPT call used invalid offers', 'resource/offer_accept/failure'),
  says('Applying …operation for resources', 'resource/operation/unknown', (msg, draft) =>
    put(draft, 'operation', wordAt(msg, 9)),
  ),
  says('Applying …operation', 'resource/operation/unknown', (msg, draft) =>
    put(draft, 'operation', wordAt(msg, 9)),
  ),
  says('Suppressed offers ', 'resource/offer_suppress/success'),
  says('Unsuppressed offers ', 'resource/offer_revive/success'),
  says('Removed offer filters ', 'resource/offer_revive/success'),
  says('Before allocation', 'resource/allocate/unknown'),
  says('After allocation', 'resource/allocate/unknown'),
  says('Performed allocation ', 'resource/allocate/success'),
  says('Updated quota ', 'configuration/quota/success'),
  says('Using force flag to override quota', 'configuration/quota/success'),
  // frameworks
  says('Subscribing framework ', 'node/framework_subscribe/success', frameworkName),
  says('Received subscription request for ', 'node/framework_subscribe/unknown', frameworkName),
  says('Received SUBSCRIBE call for framework ', 'node/framework_subscribe/unknown', frameworkName),
  says('Received registration request for framework ', 'node/framework_subscribe/unknown', frameworkName),
  says('Received re-registration request from framework ', 'node/framework_subscribe/unknown', authPeer),
  says('Registering framework ', 'node/framework_subscribe/unknown', authPeer),
  says('Adding framework ', 'node/framework_add/success', authPeer),
  says('Added framework ', 'node/framework_add/success'),
  says('Framework …failed over', 'node/framework_failover/unknown', authPeer),
  says('Framework …disconnected', 'node/framework_disconnect/unknown'),
  says('Framework failover timeout', 'node/framework_lost/failure'),
  says('Framework registered with ', 'node/framework_subscribe/success', selfFramework),
  says('Framework re-registered with ', 'node/framework_subscribe/success', selfFramework),
  says('Framework reregistered with ', 'node/framework_subscribe/success', selfFramework),
  says('Framework at …not authenticated', AUTH_BAD, authPeer),
  says('Framework …not authorized to', DENIED, principalClaimed),
  says('Giving framework ', 'node/framework_failover/unknown'),
  says('Asked to unregister framework ', 'configuration/framework_teardown/unknown'),
  says('Asked to shut down framework ', 'configuration/framework_teardown/unknown', authPeer),
  says('Shutting down framework ', 'configuration/framework_teardown/unknown'),
  says('Removing framework ', 'node/framework_remove/unknown'),
  says('Removed framework ', 'node/framework_remove/success'),
  says('Disconnecting framework ', 'node/framework_disconnect/unknown'),
  says('Deactivating framework ', 'node/framework_deactivate/unknown'),
  says('Deactivated framework ', 'node/framework_deactivate/success'),
  says('Disallowing subscription attempt of framework', 'node/framework_subscribe/failure', refused),
  says("Got error '…not authenticated", AUTH_BAD, authPeer),
  says("Got error '…ot authorized", DENIED),
  says("Got error '", 'node/framework_error/failure'),
  // authentication and authorization
  says('Successfully authenticated principal ', AUTH_OK, (msg, draft) => {
    principalProven(msg, draft);
    peer(msg, draft, 'client');
  }),
  says('Successfully authenticated with master ', AUTH_OK),
  says('Successfully authenticated ', AUTH_OK, authPeer),
  says('Authentication of …unsuccessful', AUTH_BAD, (msg, draft) => {
    peer(msg, draft, 'client');
    putIf(draft, 'reason', between(msg, 'unsuccessful: ', ''));
  }),
  says('Authentication failure: ', AUTH_BAD, reasonAfter('failure: ')),
  says('Authentication error: ', AUTH_BAD, reasonAfter('error: ')),
  says('Authentication timed out', AUTH_BAD),
  says('Authentication success', AUTH_OK),
  says('Authenticating with ', 'authentication/login/unknown'),
  says('Authenticating …@', 'authentication/login/unknown', authPeer),
  says('An error ocurred while attempting to authenticate ', AUTH_BAD, authPeer),
  says('An error occurred while attempting to authenticate ', AUTH_BAD, authPeer),
  says('Received authentication request from ', AUTH_BAD, authPeer),
  says('Failed to authenticate ', AUTH_BAD, authPeer),
  says('Master …refused authentication', AUTH_BAD),
  says('EXIT with status …refused authentication', AUTH_BAD, exitStatus),
  says('Authorizing principal ', 'authorization/authorize/unknown', (msg, draft) => {
    principalProven(msg, draft);
    putIf(
      draft,
      'authorize.action',
      /to (?:perform action )?(\w[\w ]{1,60}?)(?: on | for |$)/.exec(msg)?.[1],
    );
  }),
  says('Authorizing framework ', 'authorization/authorize/unknown', principalClaimed),
  says('Refusing subscription of framework …not authenticated', AUTH_BAD, refusedFramework),
  says(
    'Refusing subscription of framework …does not match authenticated principal',
    'authorization/principal_mismatch/failure',
    spoofed,
  ),
  says('Refusing subscription of framework ', 'authorization/framework_subscribe/failure', refusedFramework),
  says('Refusing registration …not authenticated', AUTH_BAD, refused),
  says('Refusing registration of framework ', 'authorization/framework_subscribe/failure', refusedFramework),
  says(
    'Refusing registration request of framework ',
    'authorization/framework_subscribe/failure',
    refusedFramework,
  ),
  says('Refusing registration ', 'authorization/agent_register/failure', refused),
  says('Refusing re-registration ', 'authorization/agent_register/failure', refused),
  says('Refusing reregistration ', 'authorization/agent_register/failure', refused),
  says("Principal '…no authorized to", DENIED, principalClaimed),
  says('Principal …not authorized', DENIED, principalClaimed),
  says('Not authorized to ', DENIED, principalClaimed),
  says('Task …not authorized to', DENIED, principalClaimed),
  says('Failed to authorize ', DENIED, principalClaimed),
  says('Authorization failed for ', DENIED),
  says('Dropping message …capacity(', 'api/rate_limit/failure', (msg, draft) => {
    authPeer(msg, draft);
    putIf(draft, 'principal', /@\S{3,60}\(([^)]{1,200})\): capacity/.exec(msg)?.[1]);
    putIf(draft, 'message_name', /^Dropping message (\S{1,200}) from/.exec(msg)?.[1]);
  }),
  says('Dropping …ot authorized', DENIED, refused),
  says('Dropping …authorize', DENIED, refused),
  says('Dropping ', 'network/message_drop/failure', authPeer),
  says('Ignoring …because it is not ', 'network/unexpected_sender/failure', sender),
  says('Ignoring registration attempt from old agent', 'authorization/agent_register/failure', authPeer),
  says('…does not match authenticated principal', 'authorization/principal_mismatch/failure', spoofed),
  says('…because it is not expected from', 'network/unexpected_sender/failure', sender),
  // configuration
  says('Master allowing unauthenticated ', 'configuration/weak_authentication/failure'),
  says(
    'Master allowing HTTP frameworks …without authentication',
    'configuration/weak_authentication/failure',
  ),
  says('Master only allowing ', 'configuration/authentication/success'),
  says('No credentials provided', 'configuration/weak_authentication/failure'),
  says('Permissions on ', 'configuration/weak_permissions/failure', (msg, draft) => {
    const path = between(msg, "'", "'");
    if (path === '') return;
    put(draft, 'file_path', path);
    draft.entity('file_path', path, 'target');
  }),
  says('Failed SSL connections will be downgraded', 'configuration/tls_downgrade/failure'),
  says('Authorization enabled', 'configuration/authorization/success'),
  says('Using default …authentica', 'configuration/authentication/success'),
  says('Creating default …authentica', 'configuration/authentication/success'),
  says('Creating default …authorizer', 'configuration/authorization/success'),
  says('Loading credential', 'configuration/credentials/success', (msg, draft) => {
    const path = between(msg, "'", "'");
    if (path !== '') draft.entity('file_path', path, 'read');
  }),
  says('Agent using credential for: ', 'configuration/credentials/success', (msg, draft) =>
    put(draft, 'principal', msg.slice(msg.indexOf(': ') + 2).trim()),
  ),
  // ACLs make it many lines: then it is read when all of them are there.
  says('Flags at startup: ', 'configuration/flags/success', (msg, draft) => {
    if (/"\s{0,4}$/.test(msg.slice(-6))) flags(msg, draft);
  }),
  says('Setting verbose logging level', 'configuration/log_level/success', (msg, draft) => {
    const n = /level to (\d{1,4})/.exec(msg)?.[1];
    if (n) putJson(draft, 'verbose_level', String(Number(n)));
  }),
  says('Whitelist is empty', 'configuration/whitelist/failure'),
  says('No whitelist given', 'configuration/whitelist/unknown'),
  says('Master bound to loopback interface', 'configuration/loopback/failure'),
  says('Agent bound to loopback interface', 'configuration/loopback/failure'),
  says('Scheduler driver bound to loopback interface', 'configuration/loopback/failure'),
  // agents
  says('Registered agent ', 'node/agent_register/success', (msg, draft) => {
    authPeer(msg, draft);
    resources(msg, draft);
  }),
  says('Registered with master ', 'node/agent_register/success', givenId),
  says('Registered but got wrong id', 'authorization/agent_identity/failure'),
  says('Registering agent ', 'node/agent_register/unknown', authPeer),
  says('Re-registered agent ', 'node/agent_reregister/success', authPeer),
  says('Reregistered agent ', 'node/agent_reregister/success', authPeer),
  says('Re-registered with master ', 'node/agent_reregister/success', givenId),
  says('Reregistered with master ', 'node/agent_reregister/success', givenId),
  says('Re-registering agent ', 'node/agent_reregister/unknown', authPeer),
  says('Allowing UNKNOWN agent to re', 'node/agent_reregister/success'),
  says('Received register agent message from ', 'node/agent_register/unknown', authPeer),
  says('Received reregister agent message from ', 'node/agent_reregister/unknown', authPeer),
  says('Received re-register agent message from ', 'node/agent_reregister/unknown', authPeer),
  says('Agent … with different ', 'authorization/agent_identity/failure', authPeer),
  says('Agent …assigned an agent ID that already appears', 'authorization/agent_identity/failure', authPeer),
  says('Agent …reregistered with completed framework', 'task/orphan/failure'),
  says('Agent asked to shut down …not authenticated', AUTH_BAD, (msg, draft) =>
    putIf(draft, 'reason', between(msg, "because '", "'")),
  ),
  says('Agent asked to shut down', 'process/stop/unknown', (msg, draft) =>
    putIf(draft, 'reason', between(msg, "because '", "'")),
  ),
  says('Agent terminating', 'process/stop/unknown'),
  says('Agent …disconnected', 'node/agent_disconnect/unknown'),
  says('Agent …deactivated', 'node/agent_deactivate/success'),
  says('Agent …reactivated', 'node/agent_reactivate/success'),
  says('Agent exited, but framework has checkpointing', 'node/agent_disconnect/unknown'),
  says('Agent finished draining', 'configuration/agent_drain/success'),
  says('Agent hostname: ', 'configuration/hostname/success', (msg, _draft, member) =>
    member.fact('host', wordAt(msg, 16)),
  ),
  says('Agent resources: ', 'configuration/resources/success'),
  says('Added agent ', 'node/agent_add/success'),
  says('Disconnecting agent ', 'node/agent_disconnect/unknown'),
  says('Deactivating agent ', 'node/agent_deactivate/unknown'),
  says('Reactivating …agent ', 'node/agent_reactivate/unknown'),
  says('Removed agent ', 'node/agent_remove/failure', reasonAfter('): ')),
  says('Removing agent ', 'node/agent_remove/unknown', reasonAfter('): ')),
  says('Marking agent …unreachable', 'node/agent_unreachable/failure'),
  says('Marked agent …unreachable', 'node/agent_unreachable/failure'),
  says('Marking agent …as gone', 'configuration/agent_gone/unknown', markedAgent),
  says('Marked agent …as gone', 'configuration/agent_gone/success', markedAgent),
  says('Scheduling transition of agent ', 'node/agent_unreachable/failure'),
  says('Scheduling shutdown of agent ', 'node/agent_unreachable/failure'),
  says('Canceling transition of agent ', 'node/agent_unreachable/success'),
  says('Canceling shutdown of agent ', 'node/agent_unreachable/success'),
  says('Transitioning agent …DRAINING', 'configuration/agent_drain/unknown'),
  says('Initiating drain with ', 'configuration/agent_drain/unknown'),
  says('No pings from master received', 'node/master_lost/failure'),
  says('Master disconnected! ', 'node/master_lost/failure'),
  says('End-Of-File received from master', 'node/master_lost/failure'),
  says('Got exited event for ', 'network/exited/unknown', authPeer),
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
  says('Starting Mesos ', 'process/start/success'),
  says('Version: ', 'process/start/success', (msg, draft, member) => {
    put(draft, 'version', msg.slice(9));
    member.fact('version', `mesos ${msg.slice(9)}`);
  }),
  says('INFO level logging started!', 'process/start/success'),
  // election
  says('Elected as the leading master', 'node/leader_change/success'),
  says('Re-elected as the leading master', 'node/leader_change/success'),
  says('The newly elected leader is None', 'node/leader_lost/failure'),
  says('The newly elected leader is ', 'node/leader_change/success', authPeer),
  says('A new leading master ', 'node/leader_change/success', authPeer),
  says('New master detected at ', 'node/leader_change/success', authPeer),
  says('Detected a new leader', 'node/leader_change/success'),
  says('Lost candidacy as a leader', 'node/leader_lost/failure'),
  says('Lost leadership', 'node/leader_lost/failure'),
  says('Conceded leadership', 'node/leader_lost/failure'),
  says('Failed to detect the leading master', 'node/leader_lost/failure'),
  says('No longer ', 'node/leader_lost/failure'),
  says('Lost connection to ZooKeeper', 'network/zookeeper_lost/failure'),
  says('Timed out waiting to connect to ZooKeeper', 'network/zookeeper_connect/failure'),
  says('ZooKeeper session expired', 'network/zookeeper_lost/failure'),
  says('Group process …connected to ZooKeeper', 'network/zookeeper_connect/success'),
  // registry and log
  says('Registrar aborting', 'storage/registry_write/failure', reasonAfter('aborting: ')),
  says('Failed to perform …within', 'storage/registry_write/failure'),
  says('Failed to update registry', 'storage/registry_write/failure'),
  says('Failed to recover registrar', 'storage/registry_recover/failure'),
  says('Recovery failed: ', 'storage/registry_recover/failure', reasonAfter('failed: ')),
  says('Successfully updated the registry', 'storage/registry_write/success', duration),
  says('Successfully fetched the registry', 'storage/registry_read/success', duration),
  says('Successfully recovered registrar', 'storage/registry_recover/success'),
  says('Recovering from registrar', 'storage/registry_recover/unknown'),
  says('Replicated log has not been initialized', 'storage/replicated_log/failure'),
  says('Unable to finish the recover protocol', 'storage/replicated_log/failure'),
  // containers
  says('OOM detected for container ', 'resource/out_of_memory/failure', namedContainer),
  says('OOM notifier is triggered', 'resource/out_of_memory/failure', namedContainer),
  says('Memory limit exceeded', 'resource/out_of_memory/failure', (msg, draft) => {
    const m = /Requested: (\S{1,20}) (?:Maximum )?Used: (\S{1,20})/.exec(msg);
    if (!m) return;
    put(draft, 'memory_requested', m[1] as string);
    put(draft, 'memory_used', m[2] as string);
  }),
  says('Container …has reached its limit', 'resource/limit_reached/failure', namedContainer),
  says('Launching container ', 'task/container_launch/unknown', namedContainer),
  says('Launching nested container ', 'task/container_launch/unknown', namedContainer),
  says('Starting container ', 'task/container_start/unknown', namedContainer),
  says('Starting nested container ', 'task/container_start/unknown', namedContainer),
  says('Transitioning the state of container ', 'task/container_state/unknown', (msg, draft) => {
    namedContainer(msg, draft);
    const to = msg.lastIndexOf(' to ');
    const end = msg.indexOf(' ', to + 4);
    if (to !== -1 && end !== -1) put(draft, 'container_state', msg.slice(to + 4, end));
  }),
  says('Container …failed to start', 'task/container_start/failure', startFailure),
  says('Container …has exited', 'task/container_exit/unknown', namedContainer),
  says('Destroying container ', 'task/container_destroy/unknown', namedContainer),
  says('Asked to destroy container ', 'task/container_destroy/unknown', namedContainer),
  says('Cleaning up orphan container ', 'task/container_orphan/unknown', namedContainer),
  says('Terminating executor …did not register', 'task/executor_register/failure'),
  says('Termination of executor …failed', 'task/executor_exit/failure'),
  says('None of the enabled containerizers', 'task/container_start/failure'),
  says('Executor for container …has exited', 'task/container_exit/unknown', namedContainer),
  says('Executor …terminated with', 'task/executor_exit/unknown', exitOf),
  says('Executor …exited with status', 'task/executor_exit/unknown', exitOf),
  says('Executor registered on agent ', 'task/executor_register/success', selfAgent),
  says('Executor reregistered on agent ', 'task/executor_register/success', selfAgent),
  says('Executor re-registered on agent ', 'task/executor_register/success', selfAgent),
  says('Executor asked to shutdown', 'process/stop/unknown'),
  says('Got registration for executor ', 'task/executor_register/success', authPeer),
  says('Received re-registration message from executor ', 'task/executor_register/success'),
  says('Shutting down executor ', 'task/executor_kill/unknown'),
  says('Killing executor ', 'task/executor_kill/unknown'),
  says('Received LAUNCH event', 'task/task_launch/unknown'),
  says('Received KILL event', 'task/task_kill/unknown'),
  says('Received SHUTDOWN event', 'process/stop/unknown'),
  says('Begin fetcher log ', 'network/fetch_log/failure', (msg, draft, member) => {
    namedContainer(msg, draft);
    copyBegins(msg, draft, member);
  }),
  says('Fetching URI', 'network/fetch/unknown', uris),
  says('Fetching …directly into', 'network/fetch/unknown', uris),
  says('Fetching manifest from ', 'network/image_pull/unknown', pull),
  says('Fetching blobs to ', 'network/image_pull/unknown', pull),
  says('Fetching layers to ', 'network/image_pull/unknown', pull),
  says('Pulling image ', 'network/image_pull/unknown', pull),
  says('Successfully pulled ', 'network/image_pull/success', pull),
  says('Docker pull …completed', 'network/image_pull/success', (msg, draft) => image(wordAt(msg, 12), draft)),
  says('Downloading resource from ', 'network/fetch/unknown', (msg, draft) => {
    uris(msg, draft);
    pathIds(msg, draft);
  }),
  says('Fetched ', 'network/fetch/success', (msg, draft) => {
    uris(msg, draft);
    pathIds(msg, draft);
  }),
  says('Successfully fetched all URIs', 'network/fetch/success', (msg, draft) => pathIds(msg, draft)),
  says('Fetcher Info: ', 'network/fetch/unknown', fetcherInfo),
  says('Failed to run mesos-fetcher', 'network/fetch/failure', reasonAfter(': ')),
  says("Failed to run 'docker …pull", 'network/image_pull/failure', (msg, draft, member) => {
    imageIn(msg, draft);
    stderrLeftOpen(msg, member);
  }),
  says('Failed to pull ', 'network/image_pull/failure', pull),
  says('Failed to fetch ', 'network/fetch/failure', uris),
  says('EXIT with status …Failed to fetch', 'network/fetch/failure', (msg, draft, member) => {
    exitStatus(msg, draft, member);
    uris(msg, draft);
  }),
  says('Creating sandbox ', 'storage/sandbox_create/success', userOf),
  says('Trying to chown ', 'configuration/chown/unknown', userOf),
  // the end
  says('EXIT with status …agent removal limit exceeded', 'node/agent_removal_limit/failure', exitStatus),
  says('EXIT with status …Failed to perform recovery', 'process/recovery/failure', exitStatus),
  says('EXIT with status …committing suicide', 'node/leader_lost/failure', exitStatus),
  says('EXIT with status …ot authorized', DENIED, exitStatus),
  says('EXIT with status …Received an ERROR event', 'node/framework_error/failure', exitStatus),
  says('EXIT with status ', 'process/crash/failure', exitStatus),
  says('Finished recovery', 'process/recovery/success'),
  says('Recovering …registrar', 'storage/registry_recover/unknown'),
  says('Recovering ', 'process/recovery/unknown'),
  says('Current disk usage ', 'resource/disk_usage/unknown', (msg, draft) => {
    const n = /^Current disk usage (\d{1,3}(?:\.\d{1,6})?)%/.exec(msg)?.[1];
    if (n) putNumber(draft, 'disk_usage_percent', Number(n));
    putIf(draft, 'max_allowed_age', between(msg, 'Max allowed age: ', ''));
  }),
  says("Scheduling '…for gc", 'storage/sandbox_schedule_delete/unknown', sandboxIds),
  says("Unscheduling '", 'storage/sandbox_schedule_delete/unknown', sandboxIds),
  says('Failed to delete ', 'storage/sandbox_delete/failure', pathIds),
  says('Deleting …', 'storage/sandbox_delete/unknown', pathIds),
  says('Deleted …', 'storage/sandbox_delete/success', pathIds),
  says('Pruning directories', 'storage/sandbox_delete/unknown'),
  says('Unable to send message to framework ', 'network/send/failure'),
  says("Failed to send '", 'network/send/failure', (msg, draft) =>
    putIf(draft, 'address', /to '((?:\d{1,3}\.){3}\d{1,3}:\d{1,5})'/.exec(msg)?.[1]),
  ),
  says('Failed to recv on socket', 'network/receive/failure'),
  says('RAW: Received signal ', 'process/stop/unknown', signal),
  says('Received signal ', 'process/stop/unknown', signal),
  says('Check failed: ', 'process/crash/failure'),
  says('CHECK_', 'process/crash/failure'),
  says('…committing suicide', 'node/leader_lost/failure'),
  says('…Unexpected HTTP response', 'network/image_pull/failure', (msg, draft) => causeOf(msg, draft)),
  says('…not authorized to', DENIED, principalClaimed),
];
