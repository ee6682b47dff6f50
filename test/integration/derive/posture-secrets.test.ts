// The logging posture, secrets and configuration files: what is found, that it is never shown, and that no file harms the reader.
import { afterEach, describe, expect, it } from 'vitest';
import { celery, type Files, lines, type Posture, postureOf, py, received, registry } from './posture-of.ts';

const made: Posture[] = [];
const posture = async (files: Files): Promise<Posture> => {
  const one = await postureOf(files);
  made.push(one);
  return one;
};
afterEach(async () => {
  for (const one of made.splice(0)) await one.close();
});
const said = (rows: { standing: string; title: string }[]) =>
  rows.map(({ standing, title }) => `${standing}: ${title}`);

const JWT = `eyJhbGciOiJIUzI1NiJ9.${'eyJzdWIiOiIxMjM0NTY3ODkwIn0'}.c2lnbmF0dXJl`;
const SECRETS: Record<string, { text: string; secret: string; title: string }> = {
  bearer: {
    text: 'calling https://api.example/v1 with Bearer s3cr3t-Token_0001',
    secret: 's3cr3t-Token_0001',
    title: 'Bearer token in clear',
  },
  password: {
    text: 'login with password=Hunter2-hunter2 failed',
    secret: 'Hunter2-hunter2',
    title: 'Password, key or token in clear',
  },
  dict: {
    text: "kwargs: {'api_key': 'k9X7q2Lm41', 'n': 1}",
    secret: 'k9X7q2Lm41',
    title: 'Password, key or token in clear',
  },
  environment: {
    text: 'env: AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI0K7MDENG',
    secret: 'wJalrXUtnFEMI0K7MDENG',
    title: 'Password, key or token in clear',
  },
  url: {
    text: 'using postgres://app:pAssw0rdX@db.example/app',
    secret: 'pAssw0rdX',
    title: 'Password in a URL in clear',
  },
  aws: {
    text: 'key id AKIAIOSFODNN7EXAMPLE is used',
    secret: 'AKIAIOSFODNN7EXAMPLE',
    title: 'AWS access key id in clear',
  },
  jwt: { text: `session ${JWT} began`, secret: JWT, title: 'Signed token (JWT) in clear' },
  key: {
    text: 'got -----BEGIN RSA PRIVATE KEY-----MIIEowIBAAKCAQEA75-----END RSA PRIVATE KEY-----',
    secret: 'MIIEowIBAAKCAQEA75',
    title: 'Private key in clear',
  },
  ...Object.fromEntries(
    (
      [
        ['github', `ghp_${'aB3'.repeat(12)}`, 'GitHub token'],
        ['gitlab', 'glpat-abcdefghij0123456789', 'GitLab token'],
        ['slack', 'xoxb-1234567890-abcdefghij', 'Slack token or webhook'],
        ['google', `AIza${'Sy0_-'.repeat(7)}`, 'Google API key'],
        ['stripe', 'sk_live_abcdefghij0123456789', 'Stripe key'],
        ['npm', `npm_${'aB3'.repeat(12)}`, 'npm token'],
        ['docker', 'dckr_pat_abcdefghij0123456789', 'Docker Hub token'],
        ['hugging', `hf_${'aB'.repeat(17)}`, 'Hugging Face token'],
      ] as const
    ).map(([name, secret, title]) => [
      name,
      { text: `cloned with ${secret} just now`, secret, title: `${title} in clear` },
    ]),
  ),
  option: {
    text: 'running tool --db-password Sup3rS3cret now',
    secret: 'Sup3rS3cret',
    title: 'Secret on a command line in clear',
  },
};

describe('secrets in clear', () => {
  it('are found by kind and place, and shown by two characters and their length', async () => {
    const files = Object.fromEntries(
      Object.entries(SECRETS).map(([name, { text }], i) => [
        `cel-${name}/celery/worker.log`,
        `${received(i)}\n${celery(i + 1, 'INFO', text)}\n${celery(i + 2, 'INFO', text)}\n`,
      ]),
    );
    const { of, rows } = await posture(files);
    for (const [name, { secret, title }] of Object.entries(SECRETS)) {
      const found = of('secrets', `cel-${name}`);
      expect(found, name).toMatchObject([{ standing: 'bad', title, eventCount: 2, fileCount: 1 }]);
      expect(found[0]!.proof).toContain(
        `first in worker.log, line 2: ${secret.slice(0, 2)}… (${secret.length} characters)`,
      );
    }
    const everything = JSON.stringify(rows);
    for (const { secret } of Object.values(SECRETS)) expect(everything).not.toContain(secret.slice(0, 6));
  });

  it('are not seen in masked values, prose, figures, paths and lines of code', async () => {
    const harmless = [
      'Connected to redis://:**@10.0.0.7:6379/0',
      'Authentication token is missing or incorrect',
      'password=******** was masked',
      "{'password': None, 'token': '***'}",
      'max_tokens=512 tokens=12',
      'Bearer authentication is required',
      '  File "app.py", line 3, in f\n    connect(password=self.password, token=os.environ["TOKEN"])',
      '--token-file /run/secrets/token',
      'secret_key=/etc/app/key.pem',
      'key: value, keyword=argument',
      'worker alpha@cel-node-01 is ready',
      'see https://docs.example:443/a@b',
    ];
    const { of } = await posture({
      'cel-a/celery/worker.log': harmless.map((text, i) => celery(i, 'INFO', text)).join('\n'),
    });
    expect(of('secrets').map(({ proof }) => proof)).toEqual([]);
  });

  it('of a notification endpoint and of members that only a JSON line keeps are found too', async () => {
    const json = `${JSON.stringify({
      timestamp: '2026-11-20 12:00:01,000',
      level: 'INFO',
      logger: 'celery.worker.strategy',
      processName: 'MainProcess',
      message: 'Task app.login[7d0d6d1b-6b7e-4d9c-8f6e-0a1b2c3d4e5f] received',
      data: {
        id: '7d0d6d1b-6b7e-4d9c-8f6e-0a1b2c3d4e5f',
        name: 'app.login',
        args: '[]',
        kwargs: "{'password': 'Tr0ub4dor'}",
      },
    })}\n`;
    const { of, rows } = await posture({
      'reg/var/log/registry/registry.log': `${registry(0, 'info', 'configuring endpoint audit (http://10.0.0.5/events), timeout=1s, headers=map[Authorization:[Bearer notifyToken-0001]]')}\n`,
      'cel/var/log/celery/worker.json.log': json,
    });
    expect(said(of('secrets', 'reg'))).toEqual(['bad: Bearer token in clear']);
    expect(said(of('secrets', 'cel'))).toEqual(['bad: Password, key or token in clear']);
    expect(said(of('arguments', 'cel'))).toEqual(['weak: Task arguments in the log (JSON)']);
    expect(JSON.stringify(rows)).not.toMatch(/notifyToken|Tr0ub4dor/);
  });
});

describe('arguments, environments and command lines', () => {
  it('are said where logs print them, with names of variables and not their values', async () => {
    const create = (vars: Record<string, string>) =>
      py(
        1,
        'INFO',
        'runtime_env_agent.py:1',
        `Creating runtime env: ${JSON.stringify({ env_vars: vars })} with timeout 600 seconds.`,
      );
    const session = 'tmp/ray/session_2026-11-20_12-00-00_000001_9/logs';
    const { of, rows } = await posture({
      'cel/celery/worker.log': `${celery(0, 'DEBUG', "TaskPool: Apply <function fast_trace_task at 0x7f> (args:('app.f', 'id', {'lang': 'py'}, b'[[1], {}]', 'application/json', 'utf-8') kwargs:{})")}\n${received(1)}\n`,
      [`ray-a/${session}/runtime_env_agent.log`]: `${create({ HF_HOME: '/models', DB_DSN: 'Zq81-value' })}\n`,
      [`ray-b/${session}/runtime_env_agent.log`]: `${create({ RAY_worker_niceness: '0' })}\n`,
      'ray-c/process_info.txt':
        'root 1 python /opt/ray/dashboard/dashboard.py --host=0.0.0.0 --port=8265 --logging-level=debug\nroot 2 raylet/raylet --redis-password=Zq82-value\n',
      'ray-d/process_info.txt':
        'root 1 python /opt/ray/dashboard/dashboard.py --host=127.0.0.1 --port=8265\n',
    });
    expect(said(of('arguments', 'cel'))).toEqual(['weak: Task arguments in the log (DEBUG)']);
    expect(of('arguments', 'ray-a')[0]!.proof).toContain('DB_DSN and HF_HOME');
    expect(said(of('arguments', 'ray-b'))).toEqual(['ok: Environments of jobs hold variables of Ray alone']);
    expect(said(of('command-lines', 'ray-c'))).toEqual([
      'bad: Password of Redis on a command line',
      'weak: Dashboard started for all addresses',
      'weak: Ray started with --logging-level=debug',
    ]);
    expect(of('command-lines', 'ray-d')).toEqual([]);
    expect(JSON.stringify(rows)).not.toMatch(/Zq8[12]-value/);
  });
});

describe('configuration files', () => {
  it('of a registry: each weak setting speaks, a sound file does not', async () => {
    const weak = `version: 0.1
log:
  level: debug
  accesslog:
    disabled: true
storage:
  delete:
    enabled: true
  s3:
    accesskey: AKIAIOSFODNN7EXAMPLE
    secretkey: wJalrXUtnFEMIK7MDENG
http:
  addr: :5000
  debug:
    addr: :5001
notifications:
  endpoints:
    - name: hook
      disabled: false
      url: http://10.0.0.5/events
      headers:
        Authorization: [Bearer notifyToken-0001]
`;
    const sound = `version: 0.1
log:
  level: info
storage:
  filesystem:
    rootdirectory: /var/lib/registry
auth:
  htpasswd:
    realm: team
    path: /etc/registry/htpasswd
http:
  addr: 10.0.0.1:5000
  secret: $HTTP_SECRET
  tls:
    certificate: /etc/registry/crt.pem
    key: /etc/registry/key.pem
notifications:
  endpoints:
    - name: hook
      url: https://10.0.0.5/events
`;
    const { of, rows } = await posture({
      'weak-one/etc/docker/registry/config.yml': weak,
      'sound-one/etc/distribution/config.yml': sound,
    });
    expect(said(of('configuration-registry', 'weak-one')).sort()).toEqual([
      'bad: Access log switched off',
      'bad: Deletion through the API is enabled',
      'bad: No auth in the configuration',
      'bad: http.debug open to the network',
      'weak: No http.secret in the configuration',
      'weak: No http.tls in the configuration',
      'weak: Notifications cross the network in clear',
      'weak: log.level: debug',
    ]);
    expect(said(of('configuration-registry', 'sound-one'))).toEqual(['ok: auth.htpasswd is set']);
    expect(of('configuration-registry', 'weak-one')[0]).toMatchObject({
      source: 'configuration file config.yml',
      eventCount: 1,
      files: [{ path: expect.stringContaining('config.yml') }],
    });
    expect(of('configuration-secrets', 'weak-one')[0]!.proof).toMatch(
      /accesskey AK… \(20 characters\).*secretkey wJ… \(20 characters\)/,
    );
    expect(of('configuration-secrets', 'sound-one')).toEqual([]);
    expect(JSON.stringify(rows)).not.toMatch(/IOSFODNN|alrXUtn|notifyToken/);
  });

  it('of Celery and Mesos: pickle, levels, brokers, root, ACLs, credentials', async () => {
    const { of, rows } = await posture({
      'cel-a/app/celeryconfig.py':
        "broker_url = 'redis://10.0.0.7:6379/0'\naccept_content = ['json', 'pickle']\n# task_serializer = 'pickle'\n",
      'cel-a/etc/default/celeryd': 'CELERYD_LOG_LEVEL="DEBUG"\nCELERYD_USER="root"\n',
      'cel-b/app/celeryconfig.py':
        "broker_url = 'rediss://:Zq83-value@10.0.0.7:6379/0'\naccept_content = ['json']\n# accept_content = ['pickle']\n",
      'mesos-a/etc/mesos/acls.json':
        '{"permissive": true, "register_agents": [{"principals": {"type": "ANY"}}]}',
      'mesos-a/etc/mesos/credentials.json': '{"credentials": [{"principal": "ops", "secret": "Zq84-value"}]}',
      'mesos-b/etc/mesos/acls.json':
        '{"permissive": false, "register_agents": [{"principals": {"values": ["ops"]}}]}',
      'mesos-b/etc/other.json': '{"a": [1, 2',
    });
    expect(said(of('configuration-celery', 'cel-a')).sort()).toEqual([
      'bad: Broker without a password in the configuration',
      'bad: Pickle in the configuration',
      'weak: Log level debug in the configuration',
      'weak: Workers run as root by configuration',
    ]);
    expect(of('configuration-celery', 'cel-b')).toEqual([]);
    expect(said(of('configuration-mesos', 'mesos-a')).sort()).toEqual([
      'bad: Credentials of Mesos in clear',
      'weak: ACLs that permit what they do not name',
    ]);
    expect(of('configuration-mesos', 'mesos-b')).toEqual([]);
    expect(JSON.stringify(rows)).not.toMatch(/Zq8[34]-value/);
  });

  it('that attack their reader are answered with a sentence, and the rest of the posture stands', async () => {
    const aliases = `a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`).join('\n')}\n`;
    const start = 'version: 0.1\nstorage:\n  filesystem: {}\n';
    const { of } = await posture({
      'bomb/etc/registry/config.yml': start + aliases,
      'deep/etc/registry/config.yml': `${start}x: ${'['.repeat(30_000)}\n`,
      'wrong/etc/registry/config.yml': `${start}log: {level: debug\n`,
      'long/etc/registry/config.yml': `${start}# ${'x'.repeat(80_000)}\nlog:\n  level: debug\n`,
      'types/etc/registry/config.yml':
        'version: 0.1\nstorage: 7\nlog: [debug]\nhttp: none\nauth: {none: null}\nnotifications: {endpoints: {a: b}}\n',
      'proto/etc/registry/config.yml': `${start}__proto__: {polluted: true}\nauth: {constructor: {}}\n`,
      'cel/celery/worker.log': lines(3, received),
    });
    for (const node of ['bomb', 'deep', 'wrong', 'long'])
      expect(said(of('configuration-registry', node)), node).toEqual([
        'unknown: Configuration file could not be read',
      ]);
    expect(of('configuration-registry', 'long')[0]!.proof).toContain('longer than 64 KiB');
    expect(said(of('configuration-registry', 'types'))).toContain('bad: No auth in the configuration');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(of('levels', 'cel')).toMatchObject([{ standing: 'ok' }]);
  });
});
