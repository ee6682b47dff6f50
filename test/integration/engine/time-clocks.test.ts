// Clock offsets of whole cases: a clock seven minutes slow is found within two seconds from each kind of evidence, one-sided
// evidence stays a bound, what is set by hand stands beside what the evidence says, and ts_logged never moves.
import { afterEach, expect, test } from 'vitest';
import { type TimeCase, timeCase } from './time-case.ts';

let open: TimeCase | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});
const made = async (...args: Parameters<typeof timeCase>): Promise<TimeCase> => {
  open = await timeCase(...args);
  return open;
};

const BASE = Date.UTC(2026, 10, 20, 17, 0, 0);
const SLOW = 7 * 60_000 + 3_250;
const iso = (ms: number) => new Date(BASE + ms).toISOString();
const comma = (ms: number) => iso(ms).replace('T', ' ').replace('.', ',').slice(0, 23);
const glog = (ms: number) => `I${iso(ms).slice(5, 7)}${iso(ms).slice(8, 10)} ${iso(ms).slice(11, 23)}`;
const apache = (ms: number) => `${iso(ms).slice(8, 10)}/Nov/2026:${iso(ms).slice(11, 19)} +0000`;
const uuid = (n: number, tail = 0) =>
  `${String(n).padStart(8, '0')}-0000-4000-8000-${String(tail).padStart(12, '0')}`;

/** Offset of a node in seconds. */
const offsets = async (c: TimeCase) =>
  new Map(
    (await c.rows('SELECT node, clock_offset_us / 1e6 FROM nodes')).map(([node, us]) => [node, Number(us)]),
  );

/** A worker whose tasks ask the registry, and the registry's access lines; the worker's clock is `slow` behind. */
const celeryCase = (slow: number | ((n: number) => number), tasks = 20) => {
  const late = typeof slow === 'number' ? () => slow : slow;
  const worker: string[] = [];
  const registry: string[] = [];
  for (let n = 0; n < tasks; n++) {
    const t = n * 60_000 + 137 * n;
    const by = late(n);
    const id = uuid(n);
    worker.push(`[${comma(t - by)}: INFO/MainProcess] Task deploy.check[${id}] received`);
    worker.push(
      `[${comma(t - by + 1400)}: INFO/ForkPoolWorker-1] Task deploy.check[${id}] succeeded in 1.4s: None`,
    );
    registry.push(
      `10.0.0.7 - - [${apache(t + 700)}] "GET /v2/team/app/manifests/v${n} HTTP/1.1" 200 99 "" "celery-deployer/1.0 task=${id}"`,
    );
  }
  return { 'celery-1': { 'worker.log': worker }, 'registry-1': { 'registry.log': registry } };
};

/** A master, and agents whose clocks are behind by so much: the chain of status updates. */
const mesosCase = (agents: Record<string, number>, updates = 6) => {
  const master = ['Log file created at: 2026/11/20 17:00:00', 'Running on machine: master-1'];
  const bundles: Record<string, Record<string, string[]>> = {};
  let k = 0;
  for (const [agent, slow] of Object.entries(agents)) {
    const log = ['Log file created at: 2026/11/20 17:00:00', `Running on machine: ${agent}`];
    for (let n = 0; n < updates; n++) {
      const t = n * 30_000 + k * 1000;
      const id = uuid(n, k);
      const what = `TASK_RUNNING (Status UUID: ${id}) for task web-${k}-${n} of framework 5c144c4b-8cbd-4bc5-8008-919311f44e1f-0001`;
      log.push(
        `${glog(t - slow)}001  28562 slave.cpp:5992] Handling status update ${what} from executor(1)@10.0.0.8:36789`,
      );
      log.push(
        `${glog(t - slow + 50)}101  28562 slave.cpp:6538] Forwarding the update ${what} to master@10.0.0.1:5050`,
      );
      master.push(
        `${glog(t + 52)}201  28532 master.cpp:8187] Status update ${what} from agent 5c144c4b-8cbd-4bc5-8008-919311f44e1f-S1 at slave(1)@10.0.0.8:5051 (${agent})`,
      );
      master.push(
        `${glog(t + 100)}301  28532 master.cpp:5871] Processing ACKNOWLEDGE call for status ${id} for task web-${k}-${n} of framework 5c144c4b-8cbd-4bc5-8008-919311f44e1f-0001 (x) on agent 5c144c4b-8cbd-4bc5-8008-919311f44e1f-S1`,
      );
      log.push(
        `${glog(t - slow + 103)}401  28561 task_status_update_manager.cpp:401] Received task status update acknowledgement (UUID: ${id}) for task web-${k}-${n} of framework 5c144c4b-8cbd-4bc5-8008-919311f44e1f-0001`,
      );
    }
    bundles[agent] = { [`mesos-agent.${agent}.root.log.INFO.20261120-170000.77`]: log };
    k++;
  }
  return { 'master-1': { 'mesos-master.master-1.root.log.INFO.20261120-170000.76': master }, ...bundles };
};

test('requests that carry the id of a Celery task find a worker seven minutes slow', async () => {
  const c = await made(celeryCase(SLOW));
  const found = await offsets(c);
  expect(found.get('registry-1')).toBe(0);
  expect(Math.abs(found.get('celery-1')! - SLOW / 1000)).toBeLessThan(2);
  const [pair] = await c.rows("SELECT kind, basis, key, agrees FROM clock_pairs WHERE key LIKE '00000003-%'");
  expect(pair).toEqual(['celery_request', 'exact', uuid(3), 'true']);
});

test('the chain of status updates finds an agent seven minutes slow, against a master and an agent that agree', async () => {
  const c = await made(mesosCase({ 'agent-1': SLOW, 'agent-2': 0 }));
  const found = await offsets(c);
  expect([found.get('master-1'), found.get('agent-2')]).toEqual([0, 0]);
  expect(Math.abs(found.get('agent-1')! - SLOW / 1000)).toBeLessThan(0.1);
  expect(await c.rows("SELECT count(*), bool_and(agrees) FROM clock_pairs WHERE node = 'agent-1'")).toEqual([
    ['6', 'true'],
  ]);
  const [[from, to]] = (await c.rows(
    "SELECT f.message, t.message FROM clock_pairs p JOIN events f ON f.event_id = p.from_event JOIN events t ON t.event_id = p.to_event WHERE p.node = 'agent-1' LIMIT 1",
  )) as [[string, string]];
  expect(from).toMatch(/Forwarding|acknowledgement/);
  expect(to).toMatch(/Status update|ACKNOWLEDGE/);
});

test('a proxy in front of the registry finds a registry seven minutes slow, by requests that stand once in each log', async () => {
  const registry: string[] = [];
  const proxy: string[] = [];
  for (let n = 0; n < 25; n++) {
    const t = n * 20_000 + 777 * n;
    const line = (ms: number, ip: string) =>
      `${ip} - - [${apache(ms)}] "GET /v2/team/app/blobs/sha256:${String(n).padStart(64, '0')} HTTP/1.1" 200 99 "-" "docker/24"`;
    registry.push(line(t - SLOW, '10.0.0.2').replace('"-"', '""'));
    proxy.push(line(t + 20, '203.0.113.9'));
    // what every client asks again and again joins nothing
    registry.push(`10.0.0.2 - - [${apache(t - SLOW + 100)}] "GET /v2/ HTTP/1.1" 200 2 "" "docker/24"`);
    proxy.push(`203.0.113.9 - - [${apache(t + 120)}] "GET /v2/ HTTP/1.1" 200 2 "-" "docker/24"`);
  }
  const c = await made({
    bundle: { 'proxy-1/nginx-access.log': proxy, 'registry-1/registry.log': registry },
  });
  const found = await offsets(c);
  const difference = found.get('registry-1')! - found.get('proxy-1')!;
  expect(Math.abs(difference - SLOW / 1000)).toBeLessThan(2);
  expect(await c.rows('SELECT DISTINCT basis, count(*) FROM clock_pairs GROUP BY 1')).toEqual([
    ['inferred', '25'],
  ]);
});

test('raylets that register and leave find a worker seven minutes slow', async () => {
  const id = '546ac5e55ddb93068e2b1f1422cbd1536d6540f2c11e912f9b010696';
  const cpp = (ms: number, who: string, text: string) =>
    `[${comma(ms)} I 31972 31972] (${who}) x.cc:1: ${text}`;
  const c = await made({
    'ray-worker': {
      'logs/raylet.out': [
        cpp(-SLOW, 'raylet', `Setting node ID node_id=${id}`),
        cpp(120_000 - SLOW, 'raylet', `Unregistering node node_id=${id}`),
        cpp(120_003 - SLOW, 'raylet', `Finished unregistering node info, status = OK node_id=${id}`),
      ],
    },
    'ray-head': {
      'logs/gcs_server.out': [
        cpp(8_700, 'gcs_server', `Registering new node. node_id=${id} node_name=w node_address=10.0.0.4`),
        cpp(
          120_001,
          'gcs_server',
          `HandleUnregisterNode() for node node_id=${id} grpc_peer=ipv4:10.0.0.4:51202`,
        ),
      ],
    },
  });
  const found = await offsets(c);
  expect(Math.abs(found.get('ray-worker')! - found.get('ray-head')! - SLOW / 1000)).toBeLessThan(0.1);
});

test('one-sided evidence bounds a difference and corrects nothing', async () => {
  const framework = '5c144c4b-8cbd-4bc5-8008-919311f44e1f-0001';
  const [master, agent] = [['Running on machine: m'], ['Running on machine: a']];
  for (let n = 0; n < 12; n++) {
    master.push(
      `${glog(n * 30_000)}001  28532 master.cpp:4513] Launching task t-${n} of framework ${framework} (x) with resources cpus:1 on agent 5c144c4b-8cbd-4bc5-8008-919311f44e1f-S1`,
    );
    agent.push(
      `${glog(n * 30_000 - SLOW + 40)}001  28562 slave.cpp:2302] Got assigned task 't-${n}' for framework ${framework}`,
    );
  }
  const c = await made({
    'master-1': { 'mesos-master.master-1.root.log.INFO.20261120-170000.76': master },
    'agent-1': { 'mesos-agent.agent-1.root.log.INFO.20261120-170000.77': agent },
  });
  const [row] = await c.rows(
    "SELECT clock_offset_us, offset_basis, offset_low_us FROM nodes WHERE node = 'agent-1'",
  );
  expect(row![0]).toBe('0');
  expect(row![1]).toContain('one side only');
  expect(Number(row![2])).toBeGreaterThan((SLOW - 50) * 1000);
});

test('what beat sent and what another worker retried bound clocks from one side each', async () => {
  const beat = ['[2026-11-20 16:59:59,000: INFO/MainProcess] beat: Starting...'];
  const [one, two]: [string[], string[]] = [[], []];
  for (let n = 0; n < 6; n++) {
    const task = `Task shop.mail[${uuid(n)}]`;
    beat.push(`[${comma(n * 30_000)}: DEBUG/MainProcess] shop.mail sent. id->${uuid(n)}`);
    one.push(`[${comma(n * 30_000 - SLOW + 40)}: INFO/MainProcess] ${task} received`);
    one.push(
      `[${comma(n * 30_000 - SLOW + 900)}: INFO/ForkPoolWorker-1] ${task} retry: Retry in 1s: ConnectionError('x')`,
    );
    two.push(`[${comma(n * 30_000 + 2100)}: INFO/MainProcess] ${task} received`);
  }
  const c = await made({
    bundle: {
      'beat-1/celery-beat.log': beat,
      'celery-1/worker.log': one,
      'celery-2/worker.log': two,
    },
  });
  expect(
    await c.rows(
      'SELECT kind, node, other, count(*), max(high_us) FROM clock_pairs GROUP BY ALL ORDER BY ALL',
    ),
  ).toEqual([
    ['celery_retry', 'celery-1', 'celery-2', '6', String((SLOW + 1200 + 1) * 1000)],
    ['celery_sent', 'beat-1', 'celery-1', '6', String((-SLOW + 40 + 1) * 1000)],
    ['celery_sent', 'beat-1', 'celery-2', '6', '2101000'],
  ]);
  expect(await c.rows('SELECT DISTINCT clock_offset_us FROM nodes')).toEqual([['0']]);
});

test('a clock that was set right while it logged is corrected before that moment only', async () => {
  const c = await made(celeryCase((n) => (n < 12 ? SLOW : 0), 30));
  const rows = await c.rows(
    "SELECT epoch_ms(ts) - epoch_ms(ts_logged), message FROM events WHERE node = 'celery-1' ORDER BY event_id",
  );
  for (const [moved, message] of rows) {
    const n = Number(/\[0*(\d+)-/.exec(message!)![1]!.replace(/^$/, '0'));
    expect(Math.abs(Number(moved) - (n < 12 ? SLOW : 0)), `task ${n}`).toBeLessThan(2000);
  }
  expect(await c.rows("SELECT count(*) FROM clock_stretches WHERE node = 'celery-1'")).toEqual([['2']]);
});

test('what is set by hand holds, the finding of the evidence stays beside it, and logged times never move', async () => {
  const c = await made(celeryCase(SLOW));
  const logged = "SELECT string_agg(ts_logged::VARCHAR, ',' ORDER BY event_id) FROM events";
  const before = await c.rows(logged);
  await c.engine.api['nodes.set']({ node: 'celery-1', clockOffsetUs: -5_000_000 });
  expect((await offsets(c)).get('celery-1')).toBe(-5);
  expect(
    await c.rows("SELECT DISTINCT epoch_us(ts) - epoch_us(ts_logged) FROM events WHERE node = 'celery-1'"),
  ).toEqual([['-5000000']]);
  const [found] = await c.rows("SELECT offset_found_us / 1e6 FROM node WHERE node = 'celery-1'");
  expect(Math.abs(Number(found![0]) - SLOW / 1000)).toBeLessThan(2);
  await c.engine.api['nodes.set']({ node: 'celery-1', clockOffsetUs: null });
  expect(Math.abs((await offsets(c)).get('celery-1')! - SLOW / 1000)).toBeLessThan(2);
  expect(await c.rows(logged)).toEqual(before);
});

test('a difference of whole hours between logs without a zone is a question of zones, not of clocks', async () => {
  const c = await made(celeryCase(5 * 3_600_000));
  const [row] = await c.rows("SELECT clock_offset_us, offset_basis FROM nodes WHERE node = 'celery-1'");
  expect(row![0]).toBe('0');
  expect(row![1]).toContain('difference of zones');
});
