// Lines as the four programs write them on an ordinary day, one file each: nothing grave is to be found in them.
const SESSION = 'ray-head/tmp/ray/session_2026-11-20_08-26-14_617841_28470/logs';
const JOB = 'raysubmit_2VkXtRs9S4yj34X5';
const NODE = '239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f896967477';
const WORKER = 'caf637ca2b1a7313053c98639fb6a0ea3ef22842453aa9899b4d648f';
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';
const SDK = 'python-requests/2.31.0';

const access = (at: string, request: string, status: number, agent: string, ip = '10.0.0.5'): string =>
  `2026-11-20 ${at},368\tINFO web_log.py:229 -- ${ip} [20/Nov/2026:${at} +0000] '${request} HTTP/1.1' ${status} 319 bytes 2138 us '-' '${agent}'`;
const cpp = (at: string, component: string, text: string): string =>
  `[2026-11-20 ${at},368 I 28470 28470] (${component}) file.cc:143: ${text}`;
const worker = (at: string, text: string, level = 'INFO', process = 'MainProcess'): string =>
  `[2026-11-20 ${at},582: ${level}/${process}] ${text}`;

export const QUIET: Record<string, string[]> = {
  [`${SESSION}/dashboard.log`]: [
    '2026-11-20 08:26:20,368\tINFO head.py:242 -- Dashboard head http address: 10.0.0.21:8265',
    ...[
      '/',
      '/static/js/main.js',
      '/api/version',
      '/nodes?view=summary',
      '/api/jobs/',
      '/api/cluster_status',
      '/logical/actors',
      '/api/v0/tasks?limit=100',
      '/api/serve/applications/',
    ].map((path, i) => access(`08:30:0${i}`, `GET ${path}`, 200, BROWSER)),
    access('08:40:00', 'GET /favicon.ico', 404, BROWSER),
    access('08:41:00', 'GET /api/version', 200, SDK),
    access('08:41:01', 'GET /api/packages/gcs/_ray_pkg_7b1f0c3a.zip', 404, SDK),
    access('08:41:02', 'PUT /api/packages/gcs/_ray_pkg_7b1f0c3a.zip', 200, SDK),
    access('08:41:03', 'POST /api/jobs/', 200, SDK),
    ...Array.from({ length: 30 }, (_, i) =>
      access(`08:41:${String(i + 10)}`, `GET /api/jobs/${JOB}`, 200, SDK),
    ),
    access(
      '08:50:00',
      `GET /api/v0/logs/file?node_id=${NODE}&filename=job-driver-${JOB}.log&lines=1000`,
      200,
      BROWSER,
    ),
    access('08:51:00', `POST /api/jobs/${JOB}/stop`, 200, SDK),
    access('08:52:00', 'GET /worker/traceback?pid=348&ip=10.0.0.21&native=0', 200, BROWSER),
  ],
  [`${SESSION}/job-driver-${JOB}.log`]: [
    '2026-11-20 08:41:05,368\tINFO job_manager.py:531 -- Runtime env is setting up.',
    `Running entrypoint for job ${JOB}: python3 train.py --epochs 10 --data s3://bucket/train`,
    'epoch 1: loss 0.3, accepted (3 of 4) samples, exec time 12 s',
    '\u001b[36m(train pid=1922)\u001b[0m step 1 of 10',
  ],
  [`${SESSION}/runtime_env_agent.log`]: [
    '2026-11-20 08:41:04,368\tINFO runtime_env_agent.py:375 -- Creating runtime env: {"env_vars": {"MLFLOW_TRACKING_URI": "https://mlflow.example"}, "pip": {"packages": ["torch==2.4.0"], "pip_check": false}, "working_dir": "gcs://_ray_pkg_7b1f0c3a.zip"} with timeout 600 seconds.',
    '2026-11-20 08:41:05,368\tINFO runtime_env_agent.py:410 -- Successfully created runtime env: {"pip": ["torch==2.4.0"]}',
  ],
  [`${SESSION}/gcs_server.out`]: [
    cpp('08:26:20', 'gcs_server', 'GcsServer server started, listening on port 6379.'),
    cpp(
      '08:26:21',
      'gcs_server',
      `Registering new node. node_id=${NODE} node_name=10.0.0.21 node_address=10.0.0.21`,
    ),
    cpp('08:41:05', 'gcs_server', 'Registering job. job_id=01000000 driver_pid=348'),
    cpp(
      '08:51:05',
      'gcs_server',
      'Actor is failed on worker a at node b, need_reschedule = 0, remaining_restarts = 0, num_restarts = 0, job id = 01000000 actor_id=3f8f563ccbd2cecef6d89d5b01000000',
    ),
    cpp(
      '18:00:00',
      'gcs_server',
      `HandleDrainNode, reason: Node received SIGTERM; draining before shutdown., deadline: 1795195703390, grpc_peer: ipv4:10.0.0.21:35358 node_id=${NODE}`,
    ),
    cpp(
      '18:00:01',
      'gcs_server',
      `, death reason = EXPECTED_TERMINATION, death message = received SIGTERM node_id=${NODE}`,
    ),
  ],
  [`${SESSION}/raylet.out`]: [
    cpp('08:26:21', 'raylet', `Setting node ID node_id=${NODE}`),
    cpp('08:41:06', 'raylet', `Started worker process with pid 1922 worker_id=${WORKER}`),
    cpp('08:45:06', 'raylet', ':info_message:Spilled 85 MiB, 4 objects, write throughput 86 MiB/s.'),
  ],
  [`${SESSION}/worker-${WORKER}-01000000-1922.out`]: [
    ':job_id:01000000',
    ':task_name:train',
    'reading with socket timeout 3 s',
    'wrote model to /tmp/model.pt; md5sum -c ok',
  ],
  'h1/var/log/celery/worker.log': [
    worker('08:17:54', 'Connected to redis://:**@10.0.0.9:6379/0'),
    worker('08:17:55', 'mingle: searching for neighbors'),
    worker('08:17:56', 'sync with w2@h2'),
    worker('08:17:56', 'w1@h1 ready.'),
    ...Array.from({ length: 30 }, (_, i) => i).flatMap((i) => [
      worker(`08:20:${i + 10}`, `Task billing.charge[02505c70-e2bb-4deb-947f-598ee62069${i + 10}] received`),
      worker(
        `08:20:${i + 11}`,
        `Task billing.charge[02505c70-e2bb-4deb-947f-598ee62069${i + 10}] succeeded in 0.10197819699988031s: {'amount': 40}`,
        'INFO',
        'ForkPoolWorker-1',
      ),
    ]),
    worker(
      '08:22:00',
      "Task mail.send[9786fc7a-5232-424d-ab44-3c2be3fcd25b] retry: Retry in 3s: ConnectionError('x')",
      'INFO',
      'ForkPoolWorker-2',
    ),
    worker(
      '08:23:00',
      "Task report.build[41bb1ed9-8a4f-4a5e-97a5-dd2cc2a7a4b0] raised unexpected: CalledProcessError(1, ['curl', '-o', '/srv/data.csv', 'https://files.example/data.csv'])",
      'ERROR',
      'ForkPoolWorker-2',
    ),
    'Traceback (most recent call last):',
    '  File "/srv/app/report.py", line 12, in build',
    "    subprocess.run(['curl', '-o', target, url], check=True)",
    "subprocess.CalledProcessError: Command '['curl', '-o', '/srv/data.csv', 'https://files.example/data.csv']' returned non-zero exit status 1.",
    worker('08:24:00', "Received unregistered task of type 'billing.old_name'.", 'ERROR'),
    worker('08:25:00', 'Tasks flagged as revoked: 9786fc7a-5232-424d-ab44-3c2be3fcd25b'),
    worker(
      '08:26:00',
      'consumer: Connection to broker lost. Trying to re-establish the connection...',
      'WARNING',
    ),
    worker('08:26:02', 'Connected to redis://:**@10.0.0.9:6379/0'),
    'worker: Warm shutdown (MainProcess)',
  ],
  'h5/var/log/celery/worker.json.log': [
    `{"timestamp":"2026-11-20 08:24:25,439","level":"INFO","logger":"celery.worker.strategy","processName":"MainProcess","process":25436,"message":"Task mail.send[9786fc7a-5232-424d-ab44-3c2be3fcd25b] received","data":{"id":"9786fc7a-5232-424d-ab44-3c2be3fcd25b","name":"mail.send","args":"('a@example.org', 'curl your hair -e')","kwargs":"{'template': 'hello'}","eta":null}}`,
  ],
  'h6/var/log/celery/flower.log': [
    '[I 261120 08:20:00 command:177] Visit me at http://10.0.0.6:5555',
    '[I 261120 08:20:02 web:2243] 200 GET /api/workers (10.0.0.5) 3.1ms',
  ],
  'broker-1/var/log/redis/redis-server.log': [
    '15242:M 20 Nov 2026 08:17:51.464 * Ready to accept connections',
    "15242:M 20 Nov 2026 08:17:51.470 * Module 'search' loaded from /opt/redis-stack/lib/redisearch.so",
    '15242:M 20 Nov 2026 08:17:52.464 - Accepted 10.0.0.7:56254',
    '15242:M 20 Nov 2026 08:30:00.464 * Background saving started by pid 15300',
    '15242:M 20 Nov 2026 08:30:00.664 # Failed opening the temp RDB file temp-15300.rdb (in server root dir /var/lib/redis) for saving: No space left on device',
  ],
  'broker-2/var/log/rabbitmq/rabbit@broker-2.log': [
    '2026-11-20 08:17:54.582121+00:00 [info] <0.9.0> Server startup complete; 3 plugins started.',
    '2026-11-20 08:18:54.582121+00:00 [info] <0.100.0> accepting AMQP connection <0.100.0> (10.0.0.7:5000 -> 10.0.0.9:5672)',
    "2026-11-20 08:18:54.682121+00:00 [info] <0.100.0> connection <0.100.0> (10.0.0.7:5000 -> 10.0.0.9:5672): user 'app' authenticated and granted access to vhost '/'",
    '2026-11-20 08:19:54.582121+00:00 [info] <0.100.0> closing AMQP connection <0.100.0> (10.0.0.7:5000 -> 10.0.0.9:5672)',
  ],
};
