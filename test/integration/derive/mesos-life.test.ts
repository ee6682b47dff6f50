// The life of a Mesos task from its launch to its last status update, over master, agent, sandbox and kernel.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogsCase, told } from './logs-of.ts';

const CLUSTER = '5c144c4b-8cbd-4bc5-8008-919311f44e1f';
const WEB = `${CLUSTER}-0001`;
const ETL = `${CLUSTER}-0002`;
const AGENT = `${CLUSTER}-S1`;
const CONTAINER = '6e7fcb29-ca85-441d-81b1-d9f86eb243c4';
const RUNNING = '33ae5c7c-42a1-4269-b2fb-b4362c267983';
const FAILED = '212f5618-c932-4ecd-bb13-34ef022050b9';
const OTHER = '9d2f5618-c932-4ecd-bb13-34ef022050b9';

const HEAD = (host: string) => [
  'Log file created at: 2026/11/20 18:00:00',
  `Running on machine: ${host}`,
  'Log line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg',
];
const m = (at: string, text: string) => `I1120 ${at} 28490 master.cpp:4763] ${text}`;
const a = (at: string, text: string) => `I1120 ${at} 28540 slave.cpp:2302] ${text}`;
const update = (state: string, uuid: string, framework = WEB) =>
  `${state} (Status UUID: ${uuid}) for task mem-hog of framework ${framework}`;

const MASTER = [
  ...HEAD('mm'),
  m(
    '18:10:00.100000',
    `Adding task mem-hog with resources cpus(allocated: *):0.5 on agent ${AGENT} at slave(1)@10.0.0.31:5051 (ma)`,
  ),
  m(
    '18:10:00.100100',
    `Launching task mem-hog of framework ${WEB} (webfw) at scheduler-1@10.0.0.9:4000 with resources cpus(allocated: *):0.5 on agent ${AGENT} at slave(1)@10.0.0.31:5051 (ma)`,
  ),
  m(
    '18:10:01.200000',
    `Status update ${update('TASK_RUNNING', RUNNING)} from agent ${AGENT} at slave(1)@10.0.0.31:5051 (ma)`,
  ),
  m('18:10:01.200100', `Forwarding status update ${update('TASK_RUNNING', RUNNING)}`),
  m(
    '18:10:01.200200',
    `Updating the state of task mem-hog of framework ${WEB} (latest state: TASK_RUNNING, status update state: TASK_RUNNING)`,
  ),
  m(
    '18:10:01.300000',
    `Processing ACKNOWLEDGE call for status ${RUNNING} for task mem-hog of framework ${WEB} (webfw) at scheduler-1@10.0.0.9:4000 on agent ${AGENT}`,
  ),
  m(
    '18:10:05.500000',
    `Status update ${update('TASK_FAILED', FAILED)} from agent ${AGENT} at slave(1)@10.0.0.31:5051 (ma)`,
  ),
  m(
    '18:10:05.500200',
    `Updating the state of task mem-hog of framework ${WEB} (latest state: TASK_FAILED, status update state: TASK_FAILED)`,
  ),
  // the same task id in another framework is another task
  m(
    '18:20:00.000000',
    `Launching task mem-hog of framework ${ETL} (etl) at scheduler-2@10.0.0.9:4001 with resources cpus(allocated: *):0.5 on agent ${AGENT} at slave(1)@10.0.0.31:5051 (ma)`,
  ),
  m(
    '18:20:03.000000',
    `Status update ${update('TASK_FINISHED', OTHER, ETL)} from agent ${AGENT} at slave(1)@10.0.0.31:5051 (ma)`,
  ),
];
const AGENT_LOG = [
  ...HEAD('ma'),
  a('18:10:00.110000', `Got assigned task 'mem-hog' for framework ${WEB}`),
  a('18:10:00.120000', `Launching container ${CONTAINER} for executor 'mem-hog' of framework ${WEB}`),
  a(
    '18:10:01.100000',
    `Handling status update ${update('TASK_RUNNING', RUNNING)} from executor(1)@10.0.0.31:40000`,
  ),
  a('18:10:01.110000', `Forwarding the update ${update('TASK_RUNNING', RUNNING)} to master@10.0.0.1:5050`),
  a(
    '18:10:01.310000',
    `Received task status update acknowledgement (UUID: ${RUNNING}) for task mem-hog of framework ${WEB}`,
  ),
  a('18:10:05.000000', `OOM detected for container ${CONTAINER}`),
  a('18:10:05.400000', `Handling status update ${update('TASK_FAILED', FAILED)} from @0.0.0.0:0`),
];
const RUN = `work_dir/slaves/${AGENT}/frameworks/${WEB}/executors/mem-hog/runs/${CONTAINER}`;
const KERNEL = [
  `Nov 20 18:10:04 ma kernel: [12345.678901] Task in /mesos/${CONTAINER} killed as a result of limit of /mesos/${CONTAINER}`,
];

let given: LogsCase;
beforeAll(async () => {
  given = await LogsCase.of({
    'mm/log/mesos-master.mm.root.log.INFO.20261120-180000.28483': MASTER,
    'ma/log/mesos-agent.ma.root.log.INFO.20261120-180000.28537': AGENT_LOG,
    'ma/log/kern.log': KERNEL,
    [`ma/${RUN}/stdout`]: ['allocating', 'more', 'and more'],
  });
});
afterAll(() => given?.close());

describe('a Mesos task', () => {
  test('is one life cycle from its id, from launch to the last status update', async () => {
    const life = await given.life('mesos_status_update', FAILED);
    expect([life.kind, life.value, life.scope]).toEqual(['mesos_task', 'mem-hog', WEB]);
    expect(life.state).toBe('failed');
    expect(told(life)).toEqual([
      'mm: launched (master)',
      'ma: assigned to the agent (agent)',
      'ma: container launched (agent)',
      'ma: status update (agent)',
      'ma: status update forwarded (agent)',
      'mm: status update (master)',
      'mm: status update forwarded (master)',
      'mm: state recorded (master)',
      'mm: status update acknowledged (master)',
      'ma: status update acknowledged (agent)',
      'ma: out of memory',
      'ma: out of memory (agent)',
      'ma: status update: failed (agent)',
      'mm: status update: failed (master)',
      'mm: state recorded: failed (master)',
      'ma: a line of its own log',
      'ma: a line of its own log',
    ]);
    expect(life.output).toBe(3);
    expect(life.steps.every((step) => step.basis === 'exact')).toBe(true);
    expect(life.missing).toEqual([expect.stringContaining('2 frameworks have a task of this id')]);
  });

  test('has the same life cycle from its container, from a line of its sandbox and from the kernel', async () => {
    const life = await given.life('mesos_container', CONTAINER);
    for (const text of ['more', 'killed as a result of limit']) {
      const [event] = await given.rows(
        `SELECT event_id::VARCHAR AS id FROM events WHERE contains(message, '${text}') ORDER BY event_id LIMIT 1`,
      );
      const { lifeCycle } = await given.engine.api['lifecycle.get']({ eventId: event!.id as string });
      expect(lifeCycle?.steps).toEqual(life.steps);
    }
  });

  test('of the same id in another framework is another row, and no link crosses', async () => {
    const rows = await given.rows(
      `SELECT scope, attempt, attempts, state, state_native, node, container FROM tasks WHERE id = 'mem-hog' ORDER BY scope`,
    );
    expect(rows).toMatchObject([
      {
        scope: WEB,
        attempt: 1,
        attempts: 1,
        state: 'failed',
        state_native: 'TASK_FAILED',
        node: 'ma',
        container: CONTAINER,
      },
      { scope: ETL, attempt: 1, attempts: 1, state: 'succeeded', state_native: 'TASK_FINISHED' },
    ]);
    const crossing = await given.rows(
      `SELECT 1 FROM links l JOIN events f ON f.event_id = l.from_event JOIN events t ON t.event_id = l.to_event
       WHERE (f.fields->>'$."framework_id"') <> (t.fields->>'$."framework_id"')`,
    );
    expect(crossing).toEqual([]);
    const other = await given.engine.api['lifecycle.get']({
      kind: 'mesos_task',
      value: 'mem-hog',
      scope: ETL,
    });
    expect(told(other.lifeCycle!)).toEqual(['mm: launched (master)', 'mm: status update (master)']);
  });

  test('states when it was launched, ran and ended', async () => {
    const [row] = await given.rows(
      `SELECT submitted, received, started, ended FROM tasks WHERE id = 'mem-hog' AND scope = '${WEB}'`,
    );
    expect(row).toEqual({
      // the line that adds it names no framework, and two have a task of this id
      submitted: '2026-11-20 18:10:00.1001',
      received: '2026-11-20 18:10:00.11',
      started: '2026-11-20 18:10:01.1',
      ended: '2026-11-20 18:10:05.4',
    });
  });

  test('the status update has a chain of its own over both logs', async () => {
    const chain = await given.rows(
      `SELECT f.node || '>' || t.node AS hop FROM links l JOIN events f ON f.event_id = l.from_event JOIN events t ON t.event_id = l.to_event
       WHERE kind = 'mesos_status_update' AND contains(why, '${RUNNING}') ORDER BY f.ts`,
    );
    expect(chain.map((c) => c.hop)).toEqual(['ma>ma', 'ma>mm', 'mm>mm', 'mm>mm', 'mm>ma']);
  });

  test('a sandbox of many lines gives links for its first and last line only', async () => {
    const many = await LogsCase.of({
      'ma/log/mesos-agent.ma.root.log.INFO.20261120-180000.28537': AGENT_LOG,
      [`ma/${RUN}/stdout`]: Array.from({ length: 5000 }, (_, i) => `line ${i}`),
    });
    try {
      const [count] = await many.rows('SELECT count(*)::INTEGER AS n FROM links');
      expect(count!.n).toBeLessThan(40);
      expect((await many.life('mesos_task', 'mem-hog')).output).toBe(5000);
    } finally {
      await many.close();
    }
  });
});
