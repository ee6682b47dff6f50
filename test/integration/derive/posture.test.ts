// The logging posture: each check with evidence that must speak and evidence that must not.
import { afterEach, describe, expect, it } from 'vitest';
import {
  access,
  celery,
  cpp,
  type Files,
  lines,
  mesos,
  type Posture,
  postureOf,
  py,
  received,
  registry,
  registryRequest,
} from './posture-of.ts';

const made: Posture[] = [];
const posture = async (files: Files): Promise<Posture> => {
  const one = await postureOf(files);
  made.push(one);
  return one;
};
afterEach(async () => {
  for (const one of made.splice(0)) await one.close();
});

describe('levels', () => {
  it('says the share of DEBUG lines, and ok where there is none', async () => {
    const { of, engine } = await posture({
      'cel-a/var/log/celery/worker.log': lines(10, (i) =>
        i < 3 ? celery(i, 'DEBUG', `TaskPool: Apply ${i}`) : received(i),
      ),
      'cel-b/var/log/celery/worker.log': lines(10, received),
    });
    const [debug] = of('levels', 'cel-a');
    expect(debug).toMatchObject({
      standing: 'weak',
      topic: 'levels',
      system: 'celery',
      component: 'worker',
      title: 'DEBUG lines in production',
      eventCount: 3,
    });
    expect(debug!.proof).toContain('3 of 10 lines that state a level are DEBUG or TRACE (30 %)');
    expect(debug!.change).toContain('--loglevel=INFO');
    const shown = await engine.api['events.count']({ lens: { terms: debug!.terms! } });
    expect(shown.events, 'the lens shows exactly the lines that prove it').toBe(3);
    expect(of('levels', 'cel-b')).toMatchObject([{ standing: 'ok', change: null }]);
  });

  it('says when no INFO line shows that normal acts are logged, and not of a few lines', async () => {
    const { of } = await posture({
      'mesos-a/mesos-agent.log': lines(12, (i) => mesos(i, 'W', 'slave.cpp:1', `Failed to do thing ${i}`)),
      'mesos-b/mesos-agent.log': lines(3, (i) => mesos(i, 'W', 'slave.cpp:1', `Failed to do thing ${i}`)),
      'mesos-c/mesos-agent.log': lines(12, (i) => mesos(i, 'I', 'slave.cpp:1', `Did thing ${i}`)),
    });
    expect(of('levels', 'mesos-a')).toMatchObject([{ standing: 'weak', eventCount: 12 }]);
    expect(of('levels', 'mesos-a')[0]!.change).toContain('--logging_level=INFO');
    expect(of('levels', 'mesos-b')).toMatchObject([{ standing: 'unknown' }]);
    expect(of('levels', 'mesos-c')).toMatchObject([{ standing: 'ok' }]);
  });
});

describe('formats', () => {
  it('says which times leave their zone or year open, and which are whole seconds', async () => {
    const { of } = await posture({
      'cel-a/var/log/celery/worker.log': lines(5, received),
      'mesos-a/mesos-agent.log': lines(5, (i) => mesos(i, 'I', 'slave.cpp:1', `Did thing ${i}`)),
      'reg-a/var/log/registry/registry.log': lines(5, (i) => registryRequest(i + 0.5, 'GET', '/v2/', 200)),
      'reg-a/var/log/registry/access.log': lines(25, (i) => access(i, 'GET', '/v2/', 200)),
    });
    expect(of('formats', 'cel-a')).toMatchObject([
      { standing: 'weak', title: 'Text, no zone in its times', eventCount: 5 },
    ]);
    expect(of('formats', 'mesos-a')).toMatchObject([
      { standing: 'weak', title: 'Text, no zone and no year in its times' },
    ]);
    const [accessRow, app] = of('formats', 'reg-a');
    expect(accessRow).toMatchObject({
      component: 'access',
      standing: 'weak',
      title: 'Text, times of whole seconds',
    });
    expect(app).toMatchObject({ component: 'app', standing: 'ok', title: 'Text' });
  });
});

describe('permissions', () => {
  it('judges modes as archived: readable, writable, neither, and names of keys', async () => {
    const content = lines(2, received);
    const { of } = await posture({
      'a/celery.log': { content, mode: 0o644 },
      'b/celery.log': { content, mode: 0o666 },
      'c/celery.log': { content, mode: 0o640 },
      'd/celery.log': { content, mode: 0o640 },
      'd/etc/registry.key': { content: 'x', mode: 0o644 },
    });
    expect(of('permissions', 'a')).toMatchObject([{ standing: 'weak', fileCount: 1 }]);
    expect(of('permissions', 'a')[0]!.proof).toMatch(/1 of 1 file \(100 %\).*0644.*as archived/);
    expect(of('permissions', 'b')).toMatchObject([{ standing: 'bad' }]);
    expect(of('permissions', 'c')).toMatchObject([{ standing: 'ok' }]);
    expect(of('permissions', 'd')[0]).toMatchObject({
      standing: 'bad',
      title: 'Key or password files open to everybody',
      files: [{ path: expect.stringContaining('d/etc/registry.key') }],
    });
  });
});

describe('clock', () => {
  it('tells a drift in the log from a difference of zones, and says when nothing compares a clock', async () => {
    const drift = (seconds: number) =>
      celery(
        1,
        'WARNING',
        `Substantial drift from beta@cel-b may mean clocks are out of sync.  Current drift is ${seconds} seconds.  [orig: 2026-11-20 12:00:01 recv: 2026-11-20 12:00:00]`,
      );
    const { of } = await posture({
      'cel-a/celery.log': `${received(0)}\n${drift(420)}\n`,
      'cel-c/celery.log': `${received(0)}\n${drift(18000)}\n`,
    });
    const drifts = (node: string) => of('clock', node).filter((row) => row.system === 'celery');
    expect(drifts('cel-a')).toMatchObject([{ standing: 'bad', title: 'Drift to beta@cel-b of 420 s' }]);
    expect(drifts('cel-c')).toMatchObject([
      { standing: 'weak', title: 'Drift to beta@cel-b that looks like a zone' },
    ]);
    expect(of('clock', 'cel-a').find((row) => row.system === null)).toMatchObject({ standing: 'unknown' });
  });
});

describe('authentication of a registry', () => {
  it('tells requests without any sign of a login from those that were authorized', async () => {
    const { of } = await posture({
      'open/var/log/registry/registry.log': lines(6, (i) =>
        registryRequest(i, i < 2 ? 'PUT' : 'GET', `/v2/app/manifests/v${i}`, i < 2 ? 201 : 200),
      ),
      'asks/var/log/registry/registry.log': lines(3, (i) =>
        [
          registryRequest(i, 'GET', `/v2/app/manifests/v${i}`, 200, 'authorized request'),
          registryRequest(i, 'GET', `/v2/app/manifests/v${i}`, 200),
        ].join('\n'),
      ),
      'access-only/var/log/registry/access.log': lines(5, (i) =>
        access(i, 'GET', '/v2/app/manifests/1', 200),
      ),
      'refuses/var/log/registry/access.log': lines(5, (i) => access(i, 'GET', '/v2/', i === 0 ? 401 : 200)),
    });
    expect(of('registry-authentication', 'open')).toMatchObject([
      { standing: 'bad', title: 'Anybody could write: requests succeed without a login', eventCount: 6 },
    ]);
    expect(of('registry-authentication', 'open')[0]!.proof).toContain(
      '6 requests succeeded, 2 of them writing',
    );
    expect(of('registry-authentication', 'asks')).toMatchObject([{ standing: 'ok' }]);
    expect(of('registry-authentication', 'access-only')).toMatchObject([
      { standing: 'weak', title: 'No sign of a login in the access log' },
    ]);
    expect(of('registry-authentication', 'refuses')).toMatchObject([{ standing: 'ok' }]);
  });

  it('says of pushes that name no actor, and not of those that do', async () => {
    const envelope = (actor: string) =>
      `${JSON.stringify(
        {
          events: [
            {
              id: '320678d8-ca14-430f-8bb6-4ca139cd83f7',
              timestamp: '2026-11-20T12:00:01.123456789Z',
              action: 'push',
              target: {
                mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
                size: 708,
                digest: `sha256:${'a'.repeat(64)}`,
                length: 708,
                repository: 'team/app',
                url: 'http://registry:5000/v2/team/app/manifests/sha256:a',
                tag: 'latest',
              },
              request: {
                id: '6df24a34-0959-4923-81ca-14f09767db19',
                addr: '10.0.0.9:43316',
                host: 'registry:5000',
                method: 'PUT',
                useragent: 'docker/24.0.7',
              },
              actor: actor ? { name: actor } : {},
              source: { addr: 'registry:5000', instanceID: 'a53db899-3b4b-4a62-a067-8dd013beaca4' },
            },
          ],
        },
        null,
        3,
      )}\n`;
    const { of } = await posture({
      'nobody/var/log/registry/notifications.log': envelope(''),
      'ci/var/log/registry/notifications.log': envelope('ci'),
    });
    expect(of('registry-authentication', 'nobody')).toMatchObject([
      { standing: 'bad', component: 'notification', eventCount: 1 },
    ]);
    expect(of('registry-authentication', 'ci')).toEqual([]);
  });
});

describe('what a registry says at start', () => {
  it('tells TLS from none, an open debug server from a local one, and a secret made up on several nodes', async () => {
    const start = (listen: string, debug: string) =>
      `${[
        registry(
          0,
          'warning',
          'No HTTP secret provided - generated random secret. This may cause problems with uploads if multiple registries are behind a load-balancer.',
        ),
        registry(1, 'info', `debug server listening ${debug}`),
        registry(2, 'info', `listening on ${listen}`),
      ].join('\n')}\n`;
    const { of } = await posture({
      'a/var/log/registry/registry.log': start('[::]:5000', ':5001'),
      'b/var/log/registry/registry.log': start('10.0.0.1:5000, tls', 'localhost:5001'),
      'c/var/log/registry/registry.log': `${registry(0, 'info', 'listening on 127.0.0.1:5000')}\n`,
    });
    const rows = (node: string) =>
      of('registry-setup', node).map(({ standing, title }) => `${standing}: ${title}`);
    expect(rows('a')).toEqual([
      'bad: Debug server open to the network',
      'bad: HTTP secret made up on each of several registries',
      'weak: Serves without TLS',
    ]);
    expect(rows('b')).toEqual([
      'bad: HTTP secret made up on each of several registries',
      'ok: Serves over TLS',
      'ok: Debug server on the loopback address',
    ]);
    expect(rows('c')).toEqual(['ok: Serves without TLS on the loopback address']);
  });
});

describe('the trail of a registry', () => {
  it('misses the access log or the application log, whichever is not there', async () => {
    const { of } = await posture({
      'app/var/log/registry/registry.log': lines(3, (i) => registryRequest(i, 'GET', '/v2/', 200)),
      'access/var/log/registry/access.log': lines(3, (i) => access(i, 'GET', '/v2/', 200)),
      'both/var/log/registry/registry.log': lines(3, (i) => registryRequest(i, 'GET', '/v2/', 200)),
      'both/var/log/registry/access.log': lines(3, (i) => access(i, 'GET', '/v2/', 200)),
    });
    const trail = (node: string) => of('registry-trail', node).filter(({ topic }) => topic === 'access');
    expect(trail('app')).toMatchObject([{ standing: 'bad', title: 'No access log', eventCount: 3 }]);
    expect(trail('app')[0]!.change).toContain('log.accesslog.disabled: false');
    expect(trail('access')).toMatchObject([{ standing: 'bad', title: 'No application log' }]);
    expect(trail('both')).toMatchObject([{ standing: 'ok' }]);
  });

  it('gives the interval in which notifications did not get through, without the password of their endpoint', async () => {
    const down = (seconds: number) =>
      registry(
        seconds,
        'error',
        'retryingsink: error writing events: httpSink{http://hook:hunter22@10.0.0.5:5080/events}: error posting: dial tcp 10.0.0.5:5080: connect: connection refused, retrying',
      );
    const { of, rows } = await posture({
      'a/var/log/registry/registry.log': `${registryRequest(0, 'GET', '/v2/', 200)}\n${registry(0, 'info', 'configuring endpoint hook (http://hook:hunter22@10.0.0.5:5080/events), timeout=1s, headers=map[]')}\n${down(10)}\n${down(70)}\n`,
    });
    const audit = of('registry-trail', 'a').filter(({ topic }) => topic === 'audit');
    expect(audit[0]).toMatchObject({ standing: 'bad', eventCount: 2 });
    expect(audit[0]!.proof).toContain('from 2026-11-20 12:00:10Z to 2026-11-20 12:01:10Z (1 min)');
    expect(audit[1]!.proof).toContain('http://…@10.0.0.5:5080/events');
    expect(JSON.stringify(rows)).not.toContain('hunter22');
  });
});

describe('authentication of Ray', () => {
  const call = (seconds: number, status: number) =>
    py(
      seconds,
      'INFO',
      'web_log.py:229',
      `10.0.0.9 [20/Nov/2026:12:00:00 +0000] 'POST /api/jobs/ HTTP/1.1' ${status} 246 bytes 5098 us '-' 'curl/7.88.1'`,
    );
  const head = (version: string) =>
    `${cpp(0, 'I', 'gcs_server', 'gcs_server.cc:1', `Ray cluster metadata ray_version=${version} ray_commit=b7f4259e944bf6959f721b106adc366ddfa0c356`)}\n`;
  it('is proven to be absent only where the version has none', async () => {
    const { of } = await posture({
      'old/tmp/ray/session_2026-11-20_12-00-00_000001_9/logs/dashboard.log': lines(4, (i) => call(i, 200)),
      'old/tmp/ray/session_2026-11-20_12-00-00_000001_9/logs/gcs_server.out': head('2.9.3'),
      'new/tmp/ray/session_2026-11-20_12-00-00_000002_9/logs/dashboard.log': lines(4, (i) => call(i, 200)),
      'new/tmp/ray/session_2026-11-20_12-00-00_000002_9/logs/gcs_server.out': head('2.55.0'),
      'asks/tmp/ray/session_2026-11-20_12-00-00_000003_9/logs/dashboard.log': lines(4, (i) =>
        call(i, i === 0 ? 401 : 200),
      ),
      'bound/tmp/ray/session_2026-11-20_12-00-00_000004_9/logs/dashboard.log': `${py(0, 'INFO', 'head.py:1', 'Dashboard head http address: 10.0.0.4:8265')}\n`,
    });
    const rows = (node: string) =>
      of('ray-authentication', node).map(({ standing, title }) => `${standing}: ${title}`);
    expect(rows('old')).toEqual(['bad: No authentication: this version of Ray has none']);
    expect(rows('new')).toEqual(['weak: No sign of token authentication']);
    expect(of('ray-authentication', 'new')[0]!.proof).toContain('this is no proof that token mode was off');
    expect(rows('asks')).toEqual(['ok: Tokens are asked for']);
    expect(rows('bound')).toEqual(['weak: Dashboard reachable from the network']);
  });
});

describe('authentication of Mesos', () => {
  it('reads lines and flags of a start', async () => {
    const flags = (more: string) =>
      `Flags at startup: --agent_ping_timeout="15secs" --${more} --authenticators="crammd5" --help="false" --hostname="m" --port="5050" --quorum="1"`;
    const { of } = await posture({
      'weak/mesos-master.log': `${mesos(0, 'I', 'master.cpp:451', flags('authenticate_agents="false" --authenticate_frameworks="false"'))}\n${mesos(1, 'I', 'master.cpp:502', 'Master allowing unauthenticated frameworks to register')}\n${mesos(2, 'I', 'quota_handler.cpp:1104', "Authorizing principal 'ANY' to update quota for role 'prod'")}\n`,
      'strong/mesos-master.log': `${mesos(0, 'I', 'master.cpp:451', flags('log_dir="/var/log/mesos" --acls="permissive: false" --authenticate_agents="true" --authenticate_frameworks="true"'))}\n${mesos(1, 'I', 'master.cpp:500', 'Master only allowing authenticated frameworks to register')}\n`,
    });
    const rows = (node: string) =>
      of('mesos-authentication', node).map(({ standing, title }) => `${standing}: ${title}`);
    expect(rows('weak')).toEqual([
      "bad: Acts of the principal 'ANY'",
      'bad: Authentication switched off by flags',
      'bad: Lets in who does not authenticate',
      'weak: No ACLs: every principal may do everything',
      'weak: No log files of its own',
    ]);
    expect(rows('strong')).toEqual([
      'ok: Asks for authentication at start',
      'ok: Authentication switched on by flags',
    ]);
  });
});

describe('the broker and the set-up of Celery', () => {
  it('judges the broker by its URL and never prints what stands in it', async () => {
    const connected = (url: string) => `${celery(0, 'INFO', `Connected to ${url}`)}\n${received(1)}\n`;
    const { of, rows } = await posture({
      'a/celery/worker.log': connected('redis://10.0.0.7:6379/0'),
      'b/celery/worker.log': connected('rediss://:**@10.0.0.7:6379/0'),
      'c/celery/worker.log': connected('amqp://guest:**@10.0.0.8:5672//'),
      'd/celery/worker.log': connected('redis://127.0.0.1:6379/0'),
    });
    const of_ = (node: string) =>
      of('celery-broker', node).map(({ standing, title }) => `${standing}: ${title}`);
    expect(of_('a')).toEqual([
      'bad: Broker without a password',
      'weak: Broker connection not encrypted by its URL',
    ]);
    expect(of_('b')).toEqual(['ok: Broker asks for a password']);
    expect(of_('c')).toEqual([
      "weak: Broker user 'guest'",
      'weak: Broker connection not encrypted by its URL',
    ]);
    expect(of_('d')).toEqual(['weak: Broker without a password']);
    expect(rows.filter(({ checkId, node }) => checkId === 'missing-celery' && node === null)).toMatchObject([
      { title: 'No log of the broker on 10.0.0.8' },
      { title: 'No log of the broker on 10.0.0.7' },
      { title: 'No log of the broker on 127.0.0.1' },
    ]);
  });

  it('says that a worker runs as root or takes pickle, and that it refuses it', async () => {
    const root =
      "/usr/lib/python3/dist-packages/celery/platforms.py:840: SecurityWarning: You're running the worker with superuser privileges: this is\nabsolutely not recommended!\n\nPlease specify a different user using the --uid option.\n\nUser information: uid=0 euid=0 gid=0 egid=0\n\n";
    const { of } = await posture({
      'cel-root/celery/worker.log': root + lines(2, received),
      'cel-user/celery/worker.log': `${received(0)}\n${celery(1, 'CRITICAL', "Can't decode message body: ContentDisallowed('Refusing to deserialize untrusted content of type pickle (application/x-python-serialize)')")}\n`,
    });
    expect(of('celery-broker', 'cel-root')).toMatchObject([
      { standing: 'weak', title: 'Worker runs as root' },
    ]);
    expect(of('celery-broker', 'cel-user').filter(({ standing }) => standing !== 'ok')).toEqual([]);
  });
});

describe('the posture as a whole', () => {
  it('is the same for the same evidence, stands worst first, and its view can be asked in SQL', async () => {
    const files: Files = {
      'cel-a/celery/worker.log': {
        content: lines(12, (i) => celery(i, i % 2 ? 'DEBUG' : 'INFO', `token=Zq85-value${i}`)),
        mode: 0o666,
      },
      'reg-a/var/log/registry/registry.log': lines(6, (i) =>
        registryRequest(i, 'PUT', '/v2/app/manifests/1', 201),
      ),
      'mesos-a/mesos-agent.log': lines(5, (i) => mesos(i, 'I', 'slave.cpp:1', `Did thing ${i}`)),
    };
    const [one, two] = [await posture(files), await posture(files)];
    expect(two.rows).toEqual(one.rows);
    const order = ['bad', 'weak', 'unknown', 'ok'];
    const standings = one.rows.map(({ standing }) => order.indexOf(standing));
    expect(standings).toEqual(standings.toSorted((a, b) => a - b));
    const { rows } = await one.engine.api['sql.run']({
      sql: "SELECT count(*), count(*) FILTER (standing <= 'weak'::standing) FROM posture WHERE length(proof) > 20 AND len(event_ids) <= event_count",
      limit: 1,
    });
    expect(rows[0]!.map(Number)).toEqual([
      one.rows.length,
      one.rows.filter(({ standing }) => standing === 'bad' || standing === 'weak').length,
    ]);
    expect(one.rows.filter(({ title }) => title.includes('could not run'))).toEqual([]);
  });
});
