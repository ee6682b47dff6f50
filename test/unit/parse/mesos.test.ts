// Mesos: what each incident pattern of the sources means, lines that others put into a file, records of many lines, years.
import { describe, expect, test } from 'vitest';
import { TS_KIND } from '../../../electron/engine/parse/record.ts';
import { checkTiling, entitiesOf, fieldsOf, micros, type Read, read } from './reading.ts';

const F = '6710a3d5-1047-43e0-b9fd-79a3028b9683-0007';
const A = 'c7ecb89b-691a-458b-8bd6-b7e0a8e38c0d-S17';
const C = '94101e8f-a1e4-4283-a4f6-48dd3d0621c6';
const U = 'd40de225-5659-4175-9921-8eb66559c9f0';
const AGENT = `${A} at slave(1)@192.168.0.6:5051 (node6.example)`;
const FRAMEWORK = `${F} (marathon) at scheduler-dc49883a@10.0.0.9:35231`;

type Row = [row: number, letter: string, message: string, meaning: string, more?: object];

/** The texts of Mesos' sources; the meaning is `category/action/outcome`. */
const ROWS: Row[] = [
  [
    1,
    'I',
    'Authentication of scheduler-1@10.0.0.7:3344 was unsuccessful: Invalid credentials',
    'authentication/login/failure',
    { srcIp: '10.0.0.7' },
  ],
  [1, 'W', 'Authentication failure: user not found', 'authentication/login/failure'],
  [
    2,
    'I',
    "Successfully authenticated principal 'ops' at slave(1)@10.0.0.7:5051",
    'authentication/login/success',
    { srcIp: '10.0.0.7', userName: 'ops' },
  ],
  [
    3,
    'W',
    'An error ocurred while attempting to authenticate slave(1)@10.0.0.7:5051: Could not create',
    'authentication/login/failure',
    { srcIp: '10.0.0.7' },
  ],
  [3, 'E', 'Authentication error: SASL', 'authentication/login/failure'],
  [3, 'W', 'Authentication timed out', 'authentication/login/failure'],
  [
    4,
    'E',
    'Received authentication request from slave(1)@10.0.0.7:5051 but authenticator is not loaded',
    'authentication/login/failure',
    { srcIp: '10.0.0.7' },
  ],
  [5, 'E', 'Master master@10.0.0.1:5050 refused authentication', 'authentication/login/failure'],
  [
    5,
    'E',
    'EXIT with status 1: Master master@10.0.0.1:5050 refused authentication',
    'authentication/login/failure',
  ],
  [
    5,
    'W',
    'Failed to authenticate with master master@10.0.0.1:5050: Authentication discarded',
    'authentication/login/failure',
  ],
  [
    6,
    'I',
    "Refusing subscription of framework 'x' at scheduler-1@10.0.0.7:3344: Framework at scheduler-1@10.0.0.7:3344 is not authenticated",
    'authentication/login/failure',
    { srcIp: '10.0.0.7' },
  ],
  [
    6,
    'I',
    "Refusing registration request of framework 'x' at scheduler-1@10.0.0.7:3344: Framework at scheduler-1@10.0.0.7:3344 is not authenticated",
    'authentication/login/failure',
    { srcIp: '10.0.0.7' },
  ],
  [
    7,
    'I',
    "Refusing subscription of framework 'x' at scheduler-1@10.0.0.7:3344: Framework principal 'root' does not match authenticated principal 'batch'",
    'authorization/principal_mismatch/failure',
    { userName: 'batch' },
  ],
  [
    8,
    'I',
    "Refusing subscription of framework 'x': Not authorized to use roles { prod }",
    'authorization/framework_subscribe/failure',
  ],
  [
    8,
    'I',
    "Sending status update TASK_ERROR for task t of framework F 'Principal 'batch' no authorized to launch task t under user 'root''",
    'authorization/authorize/failure',
    { userName: '' },
  ],
  [8, 'W', "Failed to authorize principal 'batch'", 'authorization/authorize/failure', { userName: '' }],
  [8, 'E', `Authorization failed for task 't' of framework ${F}: x`, 'authorization/authorize/failure'],
  [
    9,
    'I',
    'Master allowing unauthenticated frameworks to register',
    'configuration/weak_authentication/failure',
  ],
  [9, 'I', 'Master allowing unauthenticated slaves to register', 'configuration/weak_authentication/failure'],
  [
    9,
    'I',
    'Master allowing HTTP frameworks to register without authentication',
    'configuration/weak_authentication/failure',
  ],
  [
    9,
    'W',
    'No credentials provided, authentication requests will be refused',
    'configuration/weak_authentication/failure',
  ],
  [
    9,
    'W',
    "Permissions on executor secret key file '/etc/mesos/key' are too open",
    'configuration/weak_permissions/failure',
  ],
  [
    9,
    'W',
    'Failed SSL connections will be downgraded to a non-SSL socket',
    'configuration/tls_downgrade/failure',
  ],
  [
    10,
    'W',
    'Refusing registration of agent at slave(1)@10.0.0.7:5051 because it is not authenticated',
    'authentication/login/failure',
    { srcIp: '10.0.0.7' },
  ],
  [
    10,
    'I',
    "Agent asked to shut down by master@10.0.0.1:5050 because 'Agent is not authenticated'",
    'authentication/login/failure',
  ],
  [
    11,
    'W',
    "Refusing registration of agent at slave(1)@10.0.0.7:5051 (rogue): Not authorized to register agent providing resources 'cpus:64' with principal 'mallory'",
    'authorization/agent_register/failure',
    { srcIp: '10.0.0.7', userName: '' },
  ],
  [
    11,
    'W',
    `Refusing re-registration of agent ${AGENT}: not authorized`,
    'authorization/agent_register/failure',
  ],
  [
    12,
    'W',
    `Agent ${AGENT} attempted to reregister with different IP / hostname; expected 10.0.0.1; shutting it down`,
    'authorization/agent_identity/failure',
  ],
  [
    12,
    'W',
    `Slave ${AGENT} attempted to re-register with different IP / hostname; expected 10.0.0.1; shutting it down`,
    'authorization/agent_identity/failure',
  ],
  [
    12,
    'W',
    `Agent at slave(1)@10.0.0.7:5051 (h) was assigned an agent ID that already appears in the registry`,
    'authorization/agent_identity/failure',
  ],
  [12, 'W', 'Slave ID mismatch in status update', 'authorization/agent_identity/failure'],
  [
    13,
    'W',
    `Ignoring kill task message for task t of framework ${FRAMEWORK} because it is not expected from scheduler-0000@10.6.6.6:4444`,
    'network/unexpected_sender/failure',
    { srcIp: '10.6.6.6' },
  ],
  [
    13,
    'W',
    `Ignoring shutdown framework message for ${F} from master@10.6.6.6:5050 because it is not from the registered master (master@10.0.0.1:5050)`,
    'network/unexpected_sender/failure',
    { srcIp: '10.6.6.6' },
  ],
  [
    13,
    'W',
    'Ignoring unregister agent message from slave(1)@10.6.6.6:5051 because it is not the agent slave(1)@10.0.0.2:5051',
    'network/unexpected_sender/failure',
    { srcIp: '10.6.6.6' },
  ],
  [14, 'I', `Framework ${FRAMEWORK} failed over`, 'node/framework_failover/unknown', { srcIp: '10.0.0.9' }],
  [
    14,
    'E',
    `Disallowing subscription attempt of framework ${FRAMEWORK} because it is not partition aware`,
    'node/framework_subscribe/failure',
  ],
  [
    15,
    'I',
    "Subscribing framework 'my jobs' with checkpointing enabled and capabilities [ MULTI_ROLE ]",
    'node/framework_subscribe/success',
  ],
  [15, 'I', "Received subscription request for HTTP framework 'my jobs'", 'node/framework_subscribe/unknown'],
  [16, 'I', `Asked to unregister framework ${F}`, 'configuration/framework_teardown/unknown'],
  [
    16,
    'I',
    `Asked to shut down framework ${F} by master@10.0.0.1:5050`,
    'configuration/framework_teardown/unknown',
  ],
  [
    16,
    'I',
    `Processing TEARDOWN call for framework ${FRAMEWORK}`,
    'configuration/framework_teardown/unknown',
  ],
  [16, 'I', `Removing framework ${FRAMEWORK}`, 'node/framework_remove/unknown'],
  [17, 'I', `Framework ${FRAMEWORK} disconnected`, 'node/framework_disconnect/unknown'],
  [17, 'I', `Giving framework ${FRAMEWORK} 1weeks to failover`, 'node/framework_failover/unknown'],
  [17, 'I', `Framework failover timeout, removing framework ${FRAMEWORK}`, 'node/framework_lost/failure'],
  ...['FAILED', 'ERROR', 'LOST', 'DROPPED', 'UNREACHABLE', 'GONE', 'GONE_BY_OPERATOR', 'KILLED'].map(
    (state): Row => [
      18,
      'I',
      `Status update TASK_${state} (Status UUID: ${U}) for task t of framework ${F} from agent ${AGENT}`,
      'task/status_update/failure',
    ],
  ),
  [19, 'I', `OOM detected for container ${C}`, 'resource/out_of_memory/failure'],
  [19, 'I', `OOM notifier is triggered for container ${C} with uuid x`, 'resource/out_of_memory/failure'],
  [19, 'I', 'Memory limit exceeded: Requested: 64MB Maximum Used: 64MB', 'resource/out_of_memory/failure'],
  [
    21,
    'I',
    `Scheduling transition of agent ${A} to UNREACHABLE because of health check timeout`,
    'node/agent_unreachable/failure',
  ],
  [
    21,
    'I',
    `Marking agent ${A} (node6.example) unreachable: health check timed out`,
    'node/agent_unreachable/failure',
  ],
  [
    21,
    'I',
    `Marked agent ${A} (node6.example) unreachable: health check timed out`,
    'node/agent_unreachable/failure',
  ],
  [21, 'I', `Removing slave ${AGENT}: health check timed out`, 'node/agent_remove/unknown'],
  [
    22,
    'I',
    `Canceling transition of agent ${A} to UNREACHABLE because a pong was received!`,
    'node/agent_unreachable/success',
  ],
  [23, 'I', `Agent ${AGENT} disconnected`, 'node/agent_disconnect/unknown'],
  [23, 'I', `Disconnecting agent ${AGENT}`, 'node/agent_disconnect/unknown'],
  [23, 'I', `Deactivating agent ${AGENT}`, 'node/agent_deactivate/unknown'],
  [23, 'I', `Removed agent ${AGENT}: the agent unregistered`, 'node/agent_remove/failure'],
  [23, 'I', `Registered agent ${AGENT} with cpus:4; mem:4096`, 'node/agent_register/success'],
  [23, 'I', `Re-registered slave ${AGENT} with cpus(*):4`, 'node/agent_reregister/success'],
  [
    24,
    'E',
    'EXIT with status 1: Post-recovery agent removal limit exceeded! After 10mins',
    'node/agent_removal_limit/failure',
  ],
  [25, 'I', `Marking agent '${A}' as gone`, 'configuration/agent_gone/unknown'],
  [
    25,
    'W',
    'Refusing re-registration of agent at slave(1)@10.0.0.7:5051 because it is already marked gone',
    'authorization/agent_register/failure',
  ],
  [25, 'I', `Transitioning agent ${A} to the DRAINING state`, 'configuration/agent_drain/unknown'],
  [25, 'I', `Reactivating agent ${A}`, 'node/agent_reactivate/unknown'],
  [26, 'I', 'No pings from master received within 75secs', 'node/master_lost/failure'],
  [26, 'W', 'Master disconnected! Waiting for a new master to be elected', 'node/master_lost/failure'],
  [26, 'I', 'Got exited event for master@10.0.0.1:5050', 'network/exited/unknown'],
  [27, 'I', "Detected a new leader: (id='5')", 'node/leader_change/success'],
  [27, 'I', 'A new leading master (UPID=master@10.0.0.1:5050) is detected', 'node/leader_change/success'],
  [27, 'I', 'The newly elected leader is master@10.0.0.1:5050 with id x', 'node/leader_change/success'],
  [27, 'I', 'The newly elected leader is None', 'node/leader_lost/failure'],
  [27, 'I', 'Elected as the leading master!', 'node/leader_change/success'],
  [
    28,
    'E',
    'EXIT with status 1: Lost candidacy as a leader... committing suicide!',
    'node/leader_lost/failure',
  ],
  [
    28,
    'E',
    'EXIT with status 1: Conceded leadership to another master... committing suicide!',
    'node/leader_lost/failure',
  ],
  [
    28,
    'E',
    'EXIT with status 1: Failed to detect the leading master: x; committing suicide!',
    'node/leader_lost/failure',
  ],
  [
    29,
    'F',
    'Recovery failed: Failed to recover registrar: Failed to perform fetch within 1mins',
    'storage/registry_recover/failure',
  ],
  [29, 'E', 'Registrar aborting: Failed to update registry: x', 'storage/registry_write/failure'],
  [29, 'I', 'Successfully recovered registrar', 'storage/registry_recover/success'],
  [30, 'W', 'Replicated log has not been initialized', 'storage/replicated_log/failure'],
  [30, 'W', 'Unable to finish the recover protocol in 10secs, retrying', 'storage/replicated_log/failure'],
  [31, 'I', 'Lost connection to ZooKeeper, attempting to reconnect ...', 'network/zookeeper_lost/failure'],
  [
    31,
    'W',
    'Timed out waiting to connect to ZooKeeper. Forcing ZooKeeper session (sessionId=0) expiration',
    'network/zookeeper_connect/failure',
  ],
  [31, 'I', 'ZooKeeper session expired', 'network/zookeeper_lost/failure'],
  [31, 'E', 'Failed to authenticate with ZooKeeper: auth failed', 'authentication/login/failure'],
  [
    32,
    'I',
    `Terminating executor 'e' of framework ${F} because it did not register within 1mins`,
    'task/executor_register/failure',
  ],
  [
    33,
    'E',
    `Container '${C}' for executor 'e' of framework ${F} failed to start: None of the enabled containerizers (mesos) could create a container for the provided TaskInfo/ExecutorInfo message`,
    'task/container_start/failure',
  ],
  [
    34,
    'E',
    `Container '${C}' for executor 'e' of framework ${F} failed to start: Failed to run 'docker -H unix:///var/run/docker.sock pull registry.example:5000/team/app:1.4': exited with status 1; stderr='Error: image team/app:1.4 not found'`,
    'task/container_start/failure',
  ],
  [
    34,
    'W',
    "Unexpected HTTP response '401 Unauthorized' when trying to get the manifest",
    'network/image_pull/failure',
  ],
  [35, 'I', "Fetching URI 'http://10.0.0.8/x.sh'", 'network/fetch/unknown'],
  [35, 'I', "Downloading resource from 'http://10.0.0.8/x.sh' to '/tmp/x.sh'", 'network/fetch/unknown'],
  [35, 'E', "EXIT with status 1: Failed to fetch 'http://10.0.0.8/x.sh': refused", 'network/fetch/failure'],
  [
    35,
    'E',
    `Failed to run mesos-fetcher: Failed to fetch all URIs for container '${C}': exited with status 1`,
    'network/fetch/failure',
  ],
  [36, 'I', "Trying to chown '/var/lib/mesos/x' to user 'root'", 'configuration/chown/unknown'],
  [
    37,
    'E',
    'EXIT with status 1: Failed to perform recovery: Incompatible agent info detected.',
    'process/recovery/failure',
  ],
  [37, 'I', `Cleaning up orphan container ${C}`, 'task/container_orphan/unknown'],
  [38, 'I', 'Current disk usage 94.72%. Max allowed age: 3.17days', 'resource/disk_usage/unknown'],
  [38, 'W', "Failed to delete '/var/lib/mesos/slaves/x': denied", 'storage/sandbox_delete/failure'],
  [38, 'I', "Deleted '/var/lib/mesos/slaves/x'", 'storage/sandbox_delete/success'],
  [
    39,
    'I',
    "Authorizing principal 'ops' to update quota for role 'batch'",
    'authorization/authorize/unknown',
    { userName: 'ops' },
  ],
  [
    39,
    'I',
    "Authorizing principal 'ANY' to update weights for roles '[ prod ]'",
    'authorization/authorize/unknown',
    { userName: '' },
  ],
  [39, 'I', 'Using force flag to override quota overcommit check', 'configuration/quota/success'],
  [
    39,
    'I',
    `Applying RESERVE operation for resources x from framework ${FRAMEWORK} to agent ${AGENT}`,
    'resource/operation/unknown',
  ],
  [
    40,
    'W',
    "Refusing registration of agent at slave(1)@10.0.0.7:5051 because the machine 'h' that it is running on is `DOWN`",
    'authorization/agent_register/failure',
  ],
  [41, 'I', 'Processing call MARK_AGENT_GONE', 'api/operator_call/unknown'],
  [
    41,
    'I',
    `Processing LAUNCH_NESTED_CONTAINER_SESSION call for container '${C}.dbg-1'`,
    'api/operator_call/unknown',
  ],
  [
    42,
    'I',
    "HTTP GET for /files/read?length=64&offset=0&path=%2Fetc%2Fpasswd from 10.0.0.7:51770 with User-Agent='curl/7.88.1'",
    'api/http_request/unknown',
    { srcIp: '10.0.0.7', httpPath: '/files/read' },
  ],
  [43, 'I', `Sending 3 offers to framework ${FRAMEWORK}`, 'resource/offer_send/unknown'],
  [43, 'W', 'Ignoring accept of offer 1-O1 since it is no longer valid', 'resource/offer_accept/failure'],
  [
    43,
    'W',
    "ACCEPT call used invalid offers '[ 1-O1 ]': Offer 1-O1 is no longer valid",
    'resource/offer_accept/failure',
  ],
  [
    43,
    'I',
    `Processing DECLINE call for offers: [ 1-O1 ] for framework ${FRAMEWORK}`,
    'resource/offer_decline/unknown',
  ],
  [
    44,
    'W',
    'Dropping message mesos.internal.LaunchTasksMessage from scheduler-1@10.0.0.7:3344(batch): capacity(100) exceeded',
    'api/rate_limit/failure',
    { srcIp: '10.0.0.7', userName: '' },
  ],
  [
    45,
    'W',
    `Ignoring status update TASK_RUNNING (Status UUID: ${U}) for task t of framework ${F} from unknown agent ${A}`,
    'task/status_update/failure',
  ],
  [
    45,
    'W',
    `Could not lookup task for status update TASK_LOST (UUID: ${U}) for task t of framework ${F} from slave ${AGENT}`,
    'task/status_update/failure',
  ],
  [
    45,
    'W',
    `Could not find the executor for status update TASK_LOST (UUID: ${U}) for task t of framework ${F}`,
    'task/status_update/failure',
  ],
  [
    45,
    'W',
    `Possibly orphaned completed task t of framework ${F} that ran on agent ${AGENT}`,
    'task/orphan/failure',
  ],
  [
    45,
    'W',
    `Agent ${AGENT} reregistered with completed framework ${F}. Shutting down the framework on the agent`,
    'task/orphan/failure',
  ],
  [
    46,
    'W',
    `Received status update TASK_RUNNING (Status UUID: ${U}) for task t of framework ${F} from executor(1)@10.0.0.7:4 on behalf of a different executor 'e' (executor(1)@10.0.0.8:4)`,
    'authorization/executor_impersonation/failure',
  ],
  [46, 'W', 'Executor ID mismatch in status update', 'authorization/executor_impersonation/failure'],
  [47, 'F', 'Check failed: f.isReady()', 'process/crash/failure'],
  [
    48,
    'W',
    'Ignoring registration attempt from old agent at slave(1)@10.0.0.7:5051: agent version is 0.28.0',
    'authorization/agent_register/failure',
    { srcIp: '10.0.0.7' },
  ],
  [48, 'W', 'Whitelist is empty, no offers will be made!', 'configuration/whitelist/failure'],
  [
    49,
    'W',
    '\n****\nMaster bound to loopback interface! Cannot communicate with remote schedulers\n****',
    'configuration/loopback/failure',
  ],
  [
    49,
    'W',
    '\n****\nAgent bound to loopback interface! Cannot communicate with remote master(s)\n****',
    'configuration/loopback/failure',
  ],
  [50, 'W', 'Received signal SIGTERM from process 77 of user 1000; exiting', 'process/stop/unknown'],
];

test.each(ROWS)('row %i of the catalogue, %s: %s', (_row, letter, message, meaning, more = {}) => {
  const content = `${letter}0323 22:34:06.612828  6195 master.cpp:4763] ${message}\n`;
  const r = read(content, { path: 'mesos-master.vm.root.log.INFO.20260323-000000.6195' });
  expect(r.records).toHaveLength(1);
  const [draft] = r.records;
  expect(`${draft?.category}/${draft?.action}/${draft?.outcome}`).toBe(meaning);
  expect(draft).toMatchObject({
    ...more,
    nativeLevel: letter,
    level: { I: 2, W: 4, E: 5, F: 6 }[letter],
    tsWall: micros('2026-03-23T22:34:06.612828Z'),
  });
});

const fieldsIn = (message: string, path = 'mesos-agent.INFO'): Record<string, unknown> => {
  const r = read(`I0323 22:34:06.612828  6195 slave.cpp:1] ${message}\n`, { path });
  return fieldsOf(r.records[0] as never);
};

describe('ids and details', () => {
  test.each<[string, object]>([
    [
      `Adding task t with resources cpus(*):1 of framework ${FRAMEWORK} on agent ${AGENT}`,
      { task_id: 't', framework_id: F, framework_name: 'marathon', agent_id: A, agent_host: 'node6.example' },
    ],
    [
      `Removing task t with resources x on slave 20141009-145150-755316746-5050-28180-18 (dev26.example)`,
      { agent_id: '20141009-145150-755316746-5050-28180-18', agent_host: 'dev26.example' },
    ],
    [
      `Processing ACKNOWLEDGE call ${U} for task t of framework ${FRAMEWORK} on slave ${A}`,
      { status_uuid: U, task_id: 't' },
    ],
    [
      `Processing ACKNOWLEDGE call for status ${U} for task t of framework ${FRAMEWORK} on agent ${A}`,
      { status_uuid: U },
    ],
    [
      `Launching executor s-app-3.9ff7a871 of framework ${F} in work directory '/w/slaves/${A}/frameworks/${F}/executors/s-app-3.9ff7a871/runs/${C}'`,
      { executor_id: 's-app-3.9ff7a871', container_id: C, agent_id: A },
    ],
    [
      `Launching container ${C} for executor 'e' of framework ${F}`,
      { container_id: C, executor_id: 'e', framework_id: F },
    ],
    [`Registered with master master@10.0.0.1:5050; given slave ID ${A}`, { agent_id: A }],
    [
      `Creating sandbox '/w/slaves/${A}/frameworks/${F}/executors/e/runs/${C}' for user 'root'`,
      { user: 'root', container_id: C, executor_id: 'e', framework_id: F },
    ],
    [`Executor 'e' of framework ${F} terminated with signal Killed`, { signal: 'Killed', executor_id: 'e' }],
    [
      'Memory limit exceeded: Requested: 64MB Maximum Used: 65MB',
      { memory_requested: '64MB', memory_used: '65MB' },
    ],
    [
      `Fetching manifest from 'docker-manifest://127.0.0.1:5999team/app?1.4#http' to '/s' for image '127.0.0.1:5999/team/app:1.4'`,
      {
        image: '127.0.0.1:5999/team/app:1.4',
        registry_host: '127.0.0.1:5999',
        repository: 'team/app',
        tag: '1.4',
      },
    ],
    [
      `Container '${C}' for executor 'e' of framework ${F} failed to start: Failed to perform 'curl' for 'http://127.0.0.1:5999/v2/team/app/manifests/1.4': exited with status 7`,
      { cause: 'image_pull', registry_host: '127.0.0.1:5999', repository: 'team/app', tag: '1.4' },
    ],
    [
      `Container '${C}' for executor 'e' of framework ${F} failed to start: Failed to run 'docker -H unix:///var/run/docker.sock pull nginx': exited with status 1; stderr='x'`,
      { cause: 'image_pull', image: 'nginx', repository: 'nginx' },
    ],
    [
      `Processing READ_FILE call for path '/w/slaves/${A}/frameworks/${F}/executors/e/runs/${C}/stdout'`,
      { call: 'READ_FILE', container_id: C },
    ],
    [
      `Processing LAUNCH_CONTAINER call for container 'xmr-standalone-1'`,
      { call: 'LAUNCH_CONTAINER', container_id: 'xmr-standalone-1' },
    ],
    ['HTTP GET for /files/read?path=%2Fetc%2Fpasswd from 10.0.0.7:51770', { file_path: '/etc/passwd' }],
    [`Sending operation '' (uuid: ${U}) to agent ${AGENT}`, { operation_uuid: U, agent_id: A }],
    [
      `Updating the state of task t of framework ${F} (latest state: TASK_LOST, status update state: TASK_LOST)`,
      { task_state: 'TASK_LOST' },
    ],
  ])('%s', (message, want) => {
    const got = fieldsIn(message);
    expect(got).toMatchObject(want);
    if ('task_state' in want) expect(got).not.toHaveProperty('framework_name');
  });

  test('a master id of the old shape is taken apart once in a file', () => {
    const line = (n: number) =>
      `I0911 09:46:27.74822${n}   888 slave.cpp:322] Shutting down framework 20150911-055603-169978048-5050-644-0000\n`;
    const r = read(line(1) + line(2), { path: 'mesos-slave.INFO' });
    expect(r.records[0]?.tsWall).toBe(micros('2015-09-11T09:46:27.748221Z'));
    expect(fieldsOf(r.records[0] as never)).toMatchObject({
      master_id: '20150911-055603-169978048-5050-644',
      master_started: '2015-09-11 05:56:03',
      master_address: '192.168.33.10:5050',
      master_pid: '644',
    });
    expect(entitiesOf(r.records[0] as never)).toContain('ip:192.168.33.10:master');
    expect(fieldsOf(r.records[1] as never)).not.toHaveProperty('master_id');
  });

  test('a User-Agent that imitates a second header is split at the last mark, and said to be a claim', () => {
    const got = fieldsIn(
      "HTTP GET for /master/state from 10.0.0.23:4 with User-Agent='a' b' with X-Forwarded-For='10.9.8.7'",
    );
    expect(got).toMatchObject({ 'http.useragent': "a' b", 'http.xff': '10.9.8.7' });
    expect(got['tidemark.claimed']).toMatch(/^http\.useragent, http\.xff: /);
    expect(fieldsIn("HTTP GET for /master/state from 10.0.0.23:4 with User-Agent='curl'")).not.toHaveProperty(
      'tidemark.claimed',
    );
  });

  test('an audit line of DC/OS says who was refused what', () => {
    const r = read(
      'I0410 02:38:24.752534  3708 logfmt.cpp:178] dstip=10.0.3.81 type=audit timestamp=2018-04-10 02:38:24.752481024+00:00 reason="Invalid token" uid="eve" object="/slave(1)/state" agent="curl" authorizer="mesos-agent" action="GET" result=deny srcip=10.0.3.99 dstport=5051 srcport=56595\n',
      { path: '10.0.3.81_agent/dcos-mesos-slave.service', mtimeUs: micros('2018-04-11T00:00:00Z') },
    );
    expect(r.records[0]).toMatchObject({
      category: 'authorization',
      outcome: 'failure',
      userName: '',
      srcIp: '10.0.3.99',
    });
    expect(fieldsOf(r.records[0] as never)).toMatchObject({
      level: 'I',
      uid: 'eve',
      timestamp: '2018-04-10 02:38:24.752481024+00:00',
    });
    expect(entitiesOf(r.records[0] as never)).toContain('user:eve:attempted');
    expect(r.summary.zoneEvidence).toMatchObject([{ offsetMinutes: 0 }]);
  });

  test('flags at startup become fields, also when ACLs make them hundreds of lines', () => {
    const acl = 'register_agents {\n  principals {\n    values: "batch"\n  }\n}\n'.repeat(50);
    const content = `I0323 22:34:06.612828  6195 master.cpp:451] Flags at startup: --acls="permissive: false\n${acl}" --agent_ping_timeout="4secs" --authenticate_agents="true" --credentials="/etc/mesos/credentials.json" --zk="zk://10.0.0.1:2181/mesos"\nI0323 22:34:06.612829  6195 master.cpp:500] next\n`;
    const r = read(content, { path: 'mesos-master.vm.root.log.INFO.20260323-000000.6195' });
    checkTiling(r, content.length);
    expect(r.records).toHaveLength(2);
    expect(fieldsOf(r.records[0] as never)).toMatchObject({
      'flag.agent_ping_timeout': '4secs',
      'flag.authenticate_agents': 'true',
      'flag.credentials': '/etc/mesos/credentials.json',
      'flag.zk': 'zk://10.0.0.1:2181/mesos',
      'acls.permissive': false,
      acls: { register_agents: 50 },
    });
    expect(
      fieldsIn('Flags at startup: --authenticate_http="false" --log_dir="/var/log/mesos"'),
    ).toMatchObject({ 'flag.authenticate_http': 'false', 'flag.log_dir': '/var/log/mesos' });
  });
});

describe('lines that others put into a file', () => {
  const foreign = (r: Read) => r.records.map((d) => typeof fieldsOf(d)['tidemark.foreign'] === 'string');

  test('a line forged through the name of a framework is marked, means nothing, and dates no neighbour', () => {
    const content =
      "I1120 18:55:06.591547 28530 master.cpp:2690] Received subscription request for HTTP framework 'reports\n" +
      "I0101 00:00:00.000000 99999 master.cpp:9829] Successfully authenticated principal 'ops' at scheduler-forged@10.9.8.7:4444'\n" +
      'W0000 00:00:00.000000 28530 logging.cpp:102] RAW: undated\n' +
      'I1120 18:55:07.000000 28530 master.cpp:1] next\n' +
      'I0101 00:00:01.000000 28530 master.cpp:1] New Year\n';
    const r = read(content, { path: 'mesos-master.vm.root.log.INFO.20261120-185320.28483' });
    checkTiling(r, content.length);
    expect(foreign(r)).toEqual([false, true, false, false, false]);
    expect(r.records[1]).toMatchObject({
      action: 'forged_line',
      userName: '',
      srcIp: '',
      entityCount: 0,
      tid: '99999',
    });
    expect(r.records[2]?.tsWall).toBe(micros('2026-11-20T18:55:06.591547Z'));
    expect(r.records[3]?.tsWall).toBe(micros('2026-11-20T18:55:07Z'));
    expect(r.records[4]?.tsWall).toBe(micros('2027-01-01T00:00:01Z'));
  });

  test('the name may be in brackets, bare, or of several forged lines', () => {
    const t = (s: number) => `I1120 18:55:0${s}.000000 28530 master.cpp:1] `;
    const r = read(
      `${t(1)}Adding framework ${F} (a\n${t(0)}forged one\n${t(0)}forged two) with roles\n${t(2)}own\n${t(3)}Subscribing framework b\n${t(0)}forged with checkpointing disabled\n${t(4)}Deactivating framework ${F} (fine)\n${t(5)}own\n`,
      { path: 'mesos-master.vm.root.log.INFO.20261120-185320.28483' },
    );
    expect(foreign(r)).toEqual([false, true, true, false, false, true, false, false]);
  });

  test('a name that glog itself cut off accuses nobody', () => {
    const r = read(
      `I1120 18:55:01.000000 28530 master.cpp:1] Adding framework ${F} (${'x'.repeat(30_000)}\nI1120 18:55:02.000000 28530 master.cpp:1] own\n`,
      { path: 'mesos-master.vm.root.log.INFO.20261120-185320.28483' },
    );
    expect(foreign(r)).toEqual([false, false]);
  });

  const DUMP = `W1120 18:54:45.391988 28559 fetcher.cpp:927] Begin fetcher log (stderr in sandbox) for container ${C} from running command: /x/mesos-fetcher
I1120 18:54:45.324484 29512 fetcher.cpp:562] Fetcher Info: {"cache_directory":"\\/tmp","items":[{"action":"BYPASS_CACHE","uri":{"executable":true,"value":"http:\\/\\/127.0.0.32:9\\/stage2.sh"}}],"user":"root"}
curl: (7) refused
E1120 18:54:45.328887 29512 fetcher.cpp:615] EXIT with status 1: Failed to fetch 'http://127.0.0.32:9/stage2.sh': refused
`;

  test('the log of the fetcher inside that of the agent is of another process and of its container', () => {
    const content = `${DUMP}\nEnd fetcher log for container ${C}\nI1120 18:54:45.391000 28561 slave.cpp:1] a thread that was late\n`;
    const r = read(content, { path: 'mesos-agent.vm.root.log.INFO.20261120-185325.28537' });
    checkTiling(r, content.length);
    expect(foreign(r)).toEqual([false, true, true, false, false]);
    expect(r.records.map((d) => d.pid)).toEqual(['28537', '29512', '29512', '28537', '28537']);
    expect(r.records[1]).toMatchObject({ component: 'fetcher', lines: 2 });
    expect(fieldsOf(r.records[1] as never)).toMatchObject({
      container_id: C,
      uris: ['http://127.0.0.32:9/stage2.sh'],
      executable: true,
      user: 'root',
    });
    // The end stands at the time of the beginning, not of the copied line before it.
    expect(r.records[3]).toMatchObject({
      tsWall: micros('2026-11-20T18:54:45.391988Z'),
      tsKind: TS_KIND.neighbourWall,
    });
  });

  test('a copied log whose end is missing ends where the agent goes on', () => {
    const r = read(
      `${DUMP}E1120 18:54:45.392107 28559 fetcher.cpp:585] Failed to run mesos-fetcher: x\nI1120 18:54:45.392000 28561 slave.cpp:1] own\n`,
      {
        path: 'mesos-agent.vm.root.log.INFO.20261120-185325.28537',
      },
    );
    expect(foreign(r)).toEqual([false, true, true, false, false]);
  });
});

describe('records of many lines', () => {
  test('memory statistics, recovery help and boxes stay with their line', () => {
    const content =
      'I1120 18:54:20.000000 28559 memory.cpp:711] Memory limit exceeded: Requested: 80MB Maximum Used: 80MB\n\nMEMORY STATISTICS: \ncache 0\nrss 82264064\n' +
      'E1120 18:56:46.457254 30312 slave.cpp:8366] EXIT with status 1: Failed to perform recovery: Incompatible agent info detected. \n\n---\nOld agent info:\nhostname: "a"\n\nTo restart this agent with a new agent id instead, do as follows:\nrm -f /x/meta/slaves/latest\n' +
      'W1120 18:56:47.000000 30312 slave.cpp:287] \n****\nAgent bound to loopback interface!\n****\n';
    const r = read(content, { path: 'mesos-agent.vm.root.log.INFO.20261120-185325.28537' });
    checkTiling(r, content.length);
    expect(r.records.map((d) => [d.lines, d.action, d.outcome])).toEqual([
      [5, 'out_of_memory', 'failure'],
      [8, 'recovery', 'failure'],
      [4, 'loopback', 'failure'],
    ]);
  });

  test('a crash in the journal keeps trace and signal in one record, and its seconds tell the zone', () => {
    const head = 'Jun 13 19:17:13 slave-1 mesos-slave[22560]: ';
    const lines = [
      'F0613 21:17:13.100000 22520 x.cpp:1] Check failed: a',
      '*** Check failure stack trace: ***',
      '    @     0x7fcd9e73c4bd  google::LogMessage::Fail()',
      '*** Aborted at 1465845433 (unix time) try "date -d @1465845433" if you are using GNU date ***',
      'PC: @     0x7f5180a0f5f7 __GI_raise',
      '*** SIGABRT (@0x57f8) received by PID 22520 (TID 0x7f517a2dd700) from PID 22520; stack trace: ***',
      '    @     0x7f51812c8100 (unknown)',
    ];
    const r = read(lines.map((l) => `${head}${l}\n`).join(''), {
      path: 'mesos-slave.log',
      mtimeUs: micros('2016-06-14T00:00:00Z'),
    });
    expect(r.records.map((d) => [d.lines, d.level, d.outcome])).toEqual([
      [3, 6, 'failure'],
      [4, 6, 'failure'],
    ]);
    expect(fieldsOf(r.records[1] as never)).toMatchObject({ signal: 'SIGABRT', unix_time: 1465845433 });
    expect(r.summary.zoneEvidence).toContainEqual(expect.objectContaining({ offsetMinutes: 120 }));
  });
});

describe('years that no line states', () => {
  const line = (date: string, text = 'x') => `I${date} 01:02:03.000004 28530 master.cpp:1] ${text}\n`;
  const years = (r: Read) => r.records.map((d) => new Date(d.tsWall / 1000).getUTCFullYear());

  test('come from the name, then the header, a dated line, an old id, a crash, and last the archive', () => {
    const mtimeUs = micros('2026-06-01T00:00:00Z');
    const id = '20150727-115610-2703018762-5050-13855-0007';
    expect(
      years(read(line('0301'), { path: 'mesos-master.h.root.log.INFO.20140228-061840.28180', mtimeUs })),
    ).toEqual([2014]);
    expect(
      years(
        read(`Log file created at: 2013/03/01 01:00:00\n${line('0301')}`, {
          path: 'mesos-master.log',
          mtimeUs,
        }),
      ),
    ).toEqual([2013, 2013]);
    expect(
      years(
        read(`[2016-03-01 01:02:03,000] INFO x (a.b.C:1)\n${line('0301')}`, {
          path: 'marathon.log',
          mtimeUs,
        }),
      ),
    ).toEqual([2016, 2016]);
    expect(
      years(read(line('0801', `Shutting down framework ${id}`), { path: 'mesos-slave.log', mtimeUs })),
    ).toEqual([2015]);
    expect(
      years(
        read(`${line('0613')}*** Aborted at 1465845433 (unix time) try\n`, {
          path: 'mesos-slave.log',
          mtimeUs,
        }),
      ),
    ).toEqual([2016, 2016]);
    expect(years(read(line('0801'), { path: 'mesos-slave.log', mtimeUs }))).toEqual([2025]);
  });

  test('move on at New Year, and 29 February only stands in leap years', () => {
    expect(
      years(
        read(line('1231') + line('0101') + line('1231') + line('0102'), {
          path: 'mesos-master.h.root.log.INFO.20141231-061840.28180',
        }),
      ),
    ).toEqual([2014, 2015, 2014, 2015]);
    expect(
      years(read(line('0229'), { path: 'mesos-master.log', mtimeUs: micros('2026-06-01T00:00:00Z') })),
    ).toEqual([2024]);
  });

  test('are not carried away by forged dates', () => {
    const content =
      line('1120') + line('0101') + line('1120') + line('0805') + line('1121') + line('0301') + line('1122');
    const context = { path: 'mesos-master.h.root.log.INFO.20261120-061840.28180' };
    expect(years(read(content, context)).filter((_, i) => i % 2 === 0)).toEqual([2026, 2026, 2026, 2026]);
    // The modification time bounds even a long row of them.
    const many = line('1120') + line('0301').repeat(40) + line('0701').repeat(40) + line('1121');
    const bound = { ...context, mtimeUs: micros('2026-11-22T00:00:00Z') };
    expect(years(read(many, bound)).at(-1)).toBe(2026);
  });

  test('of a carrier count, minding that the clocks differ at New Year', () => {
    const r = read(`2018-12-31 23:30:00: ${line('0101')}2018-12-31 23:30:01: ${line('1231')}`, {
      path: 'dcos-mesos-master.service',
    });
    expect(years(r)).toEqual([2019, 2018]);
  });
});

describe('carriers around glog', () => {
  const inner = `I0727 12:24:40.159279 11884 slave.cpp:2709] Shutting down framework ${F}`;
  test.each([
    ['syslog without a pid', `Jul 27 12:24:40 localhost mesos-slave: ${inner}`],
    ['syslog', `Jul 27 12:24:40 localhost mesos-slave[733]: ${inner}`],
    ['a program alone', `mesos-slave[1080]: ${inner}`],
    ['the journal of DC/OS', `2026-07-27 12:24:40: ${inner}`],
    ['ctime', `Mon Jul 27 12:24:40 2026 ip-10-0-1-175 mesos-agent [3284] ${inner}`],
    ['ISO 8601', `2026-07-27T12:24:40+00:00 host marathon[4186]: ${inner}`],
    ['a paste from Rancher', `7/27/2026 12:24:40 PM${inner}`],
    ['grep', `mesos-slave.INFO:${inner}`],
  ])('%s', (_name, text) => {
    const r = read(`${text}\n`.repeat(3), {
      path: 'var/log/mesos/mesos-slave.log',
      mtimeUs: micros('2026-07-28T00:00:00Z'),
    });
    expect(r.records).toHaveLength(3);
    for (const d of r.records) {
      expect(d).toMatchObject({
        parsed: true,
        system: 'mesos',
        component: 'agent',
        nativeLevel: 'I',
        tid: '11884',
        logger: 'slave.cpp:2709',
        tsWall: micros('2026-07-27T12:24:40.159279Z'),
        action: 'framework_teardown',
      });
    }
  });
});

describe('paths', () => {
  const head = (path: string, content = 'x\n') => read(content, { path }).records[0];
  const run = `work/slaves/${A}/frameworks/${F}/executors/e`;

  test('of a sandbox give four ids to whatever file stands there', () => {
    const want = { agent_id: A, framework_id: F, executor_id: 'e', container_id: C };
    for (const name of ['stdout', 'stderr', 'stdout.2', 'stderr.1.gz', 'logs/app.log'])
      expect(fieldsOf(head(`${run}/runs/${C}/${name}`) as never)).toMatchObject(want);
    expect(fieldsOf(head(`${run}/runs/${C}/containers/dbg-1/stdout`) as never)).toMatchObject({
      container_id: `${C}.dbg-1`,
    });
    expect(fieldsOf(head(`${run}/runs/latest/stdout`) as never)).not.toHaveProperty('container_id');
  });

  test('of links that an archive kept as files are read as links', () => {
    expect(
      head('log/mesos-master.INFO', 'mesos-master.vm.root.log.INFO.20261120-185612.30171'),
    ).toMatchObject({
      parsed: true,
      action: 'link',
      component: 'master',
    });
    expect(head(`${run}/runs/latest`, `/work/slaves/x/runs/${C}`)).toMatchObject({ parsed: true });
  });

  test('of DC/OS units are logs, those of systemd are configuration', () => {
    const content =
      'Jun 23 20:41:36 ip-10-0-7-1 mesos-master[3]: I0623 20:41:36.810535 28369 master.cpp:1] x\n';
    expect(read(content, { path: '10.0.7.1_master/dcos-mesos-master.service' }).summary.format).toBe(
      'mesos.glog',
    );
    expect(
      read('[Unit]\nDescription=Mesos\n', { path: 'etc/systemd/system/dcos-mesos-master.service' }).summary
        .format,
    ).toBe('config');
  });
});
