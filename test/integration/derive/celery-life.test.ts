// The life of Celery tasks over nodes: attempts, states, what is inferred and what never is.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogsCase, told } from './logs-of.ts';

const RETRIED = '0b3e7a52-6a36-4a0c-9d5b-0c1f7b0f3a11';
const DOUBLE = '1c3e7a52-6a36-4a0c-9d5b-0c1f7b0f3a22';
const LOST = '2d3e7a52-6a36-4a0c-9d5b-0c1f7b0f3a33';
const PARENT = '3e3e7a52-6a36-4a0c-9d5b-0c1f7b0f3a44';
const CHILD = '4f3e7a52-6a36-4a0c-9d5b-0c1f7b0f3a55';
const EARLY = '5a3e7a52-6a36-4a0c-9d5b-0c1f7b0f3a66';
const ANY = "any id/here, with 'quotes' \\ and (brackets)";

const line = (at: string, level: string, process: string, text: string) =>
  `[2026-11-20 ${at}: ${level}/${process}] ${text}`;
const main = (at: string, text: string) => line(at, 'INFO', 'MainProcess', text);
const child = (at: string, n: number, text: string, level = 'INFO') =>
  line(at, level, `ForkPoolWorker-${n}`, text);

const ALPHA = [
  main('17:00:00,000', 'alpha@cel-1 ready.'),
  main('17:18:00,100', `Task shop.charge[${RETRIED}] received`),
  child('17:18:00,900', 1, `Task shop.charge[${RETRIED}] retry: Retry in 2s: ConnectionError('no route')`),
  // the broker gives it out again: twice on one node
  main('17:20:00,000', `Task shop.mail[${DOUBLE}] received`),
  main('17:21:30,000', `Task shop.mail[${DOUBLE}] received`),
  child('17:21:30,500', 2, `Task shop.mail[${DOUBLE}] succeeded in 0.4s: None`),
  main('17:30:00,000', `Task shop.report[${LOST}] received`),
  child('17:30:01,000', 3, `shop.report[${LOST}]: reading rows`),
  line(
    '17:30:05,000',
    'ERROR',
    'MainProcess',
    "Process 'ForkPoolWorker-3' pid:15262 exited with 'signal 9 (SIGKILL)'",
  ),
  line(
    '17:30:05,010',
    'ERROR',
    'MainProcess',
    "Task handler raised error: WorkerLostError('Worker exited prematurely: signal 9 (SIGKILL) Job: 7.')",
  ),
  main('17:40:00,000', `Task odd.task[${ANY}] received`),
  child('17:40:00,200', 1, `Task odd.task[${ANY}] succeeded in 0.1s: 'ok'`),
  main('17:50:00,000', 'Task shop.count[a1] received'),
  child('17:50:00,100', 4, 'counted 17 rows', 'WARNING'),
  child('17:50:00,300', 4, 'Task shop.count[a1] succeeded in 0.25s: 17'),
  // as real workers log it: the retry's message comes back before the child has logged that it retries
  main('17:52:50,655', `Task proj.flaky[${EARLY}] received`),
  child('17:52:50,799', 3, `Task proj.flaky[${EARLY}] retry: Retry in 1s: ConnectionError('timeout')`),
  main('17:52:52,186', `Task proj.flaky[${EARLY}] received`),
  child('17:52:52,232', 3, `proj.flaky[${EARLY}]: fetch failed, attempt 1`, 'WARNING'),
  main('17:52:52,243', `Task proj.flaky[${EARLY}] received`),
  child('17:52:52,249', 3, `Task proj.flaky[${EARLY}] retry: Retry in 1s: ConnectionError('timeout')`),
  main('17:52:53,675', `Task proj.flaky[${EARLY}] received`),
  child('17:52:53,682', 3, `Task proj.flaky[${EARLY}] retry: Retry in 1s: ConnectionError('timeout')`),
  child(
    '17:52:55,362',
    3,
    `Task proj.flaky[${EARLY}] raised unexpected: ConnectionError('timeout')`,
    'ERROR',
  ),
  main('17:55:00,000', 'mingle: all alone'),
];
const BETA = [
  main('17:00:00,000', 'beta@cel-2 ready.'),
  main('17:18:03,000', `Task shop.charge[${RETRIED}] received`),
  child('17:18:03,700', 1, `Task shop.charge[${RETRIED}] succeeded in 0.65s: {'charged': True}`),
  main('18:00:00,000', 'Task shop.tick[b1] received'),
  child('18:00:00,050', 1, 'Task shop.tick[b1] succeeded in 0.01s: None'),
  main('18:01:00,100', 'Task shop.tock[b2] received'),
  main('18:01:00,100', 'Task shop.tock[b3] received'),
];
const BEAT = [
  main('17:59:59,900', 'Scheduler: Sending due task tick-every-hour (shop.tick)'),
  main('18:01:00,000', 'Scheduler: Sending due task tock-every-hour (shop.tock)'),
  main('18:05:00,000', 'Scheduler: Sending due task nobody-takes-it (shop.none)'),
];
const EVENTS = [
  `{"type":"task-sent","uuid":"${CHILD}","name":"shop.part","root_id":"${PARENT}","parent_id":"${PARENT}","hostname":"gen7@cel-1","timestamp":1795197900.0,"pid":7,"clock":3,"utcoffset":0}`,
  `{"type":"task-received","uuid":"${CHILD}","name":"shop.part","root_id":"${PARENT}","parent_id":"${PARENT}","hostname":"gamma@cel-3","timestamp":1795197901.0,"pid":9,"clock":4,"utcoffset":0}`,
  `{"type":"task-started","uuid":"${CHILD}","hostname":"gamma@cel-3","timestamp":1795197901.5,"pid":9,"clock":5,"utcoffset":0}`,
  `{"type":"task-succeeded","uuid":"${CHILD}","hostname":"gamma@cel-3","result":"1","runtime":0.5,"timestamp":1795197902.0,"pid":9,"clock":6,"utcoffset":0}`,
  `{"type":"task-received","uuid":"${RETRIED}","name":"shop.charge","hostname":"beta@cel-2","timestamp":1795195083.001,"pid":9,"clock":4,"utcoffset":0}`,
  `{"type":"task-succeeded","uuid":"${RETRIED}","hostname":"beta@cel-2","result":"1","runtime":0.65,"timestamp":1795195083.701,"pid":9,"clock":6,"utcoffset":0}`,
];
const KERNEL = ['Nov 20 17:30:04 cel-1 kernel: [12345.678901] Killed process 15262 (celery) total-vm:1000kB'];

let given: LogsCase;
beforeAll(async () => {
  given = await LogsCase.of({
    'cel-1/celery/alpha.log': ALPHA,
    'cel-1/log/kern.log': KERNEL,
    'cel-2/celery/beta.log': BETA,
    'cel-9/celery/beat.log': BEAT,
    'cel-9/celery/events.jsonl': EVENTS,
  });
});
afterAll(() => given?.close());

const tasks = (id: string) =>
  given.rows(
    `SELECT attempt, attempts, node, name, state, error, runtime_s, parent, root FROM tasks WHERE id = '${id.replaceAll("'", "''")}' ORDER BY attempt`,
  );

describe('attempts', () => {
  test('a retry on another node is the second attempt of the same task', async () => {
    expect(await tasks(RETRIED)).toMatchObject([
      { attempt: 1, attempts: 2, node: 'cel-1', state: 'retried', error: "ConnectionError('no route')" },
      { attempt: 2, attempts: 2, node: 'cel-2', state: 'succeeded', error: null, runtime_s: 0.65 },
    ]);
    const [second] = await given.rows(
      `SELECT epoch_ms(submitted) AS asked, epoch_ms(received) AS received FROM tasks WHERE id = '${RETRIED}' AND attempt = 2`,
    );
    expect(Number(second!.received) - Number(second!.asked)).toBe(2100);
  });

  test('what a monitor was told of an attempt is the same attempt', async () => {
    const [counted] = await given.rows(
      `SELECT attempts, events FROM tasks WHERE id = '${RETRIED}' AND attempt = 2`,
    );
    expect(counted).toMatchObject({ attempts: 2, events: '4' });
  });

  test('a second receipt on the same node is a redelivery', async () => {
    expect(await tasks(DOUBLE)).toMatchObject([
      { attempt: 1, state: 'received', node: 'cel-1' },
      { attempt: 2, state: 'succeeded', node: 'cel-1' },
    ]);
  });

  test('a retried attempt comes before the one that ended the task, whatever the clocks say', async () => {
    await given.engine.api['nodes.set']({ node: 'cel-2', clockOffsetUs: -3_600_000_000 });
    try {
      expect(await tasks(RETRIED)).toMatchObject([
        { attempt: 1, node: 'cel-1', state: 'retried' },
        { attempt: 2, node: 'cel-2', state: 'succeeded' },
      ]);
    } finally {
      await given.engine.api['nodes.set']({ node: 'cel-2', clockOffsetUs: null });
    }
  });

  test('a retry that comes back before its line is logged is still one attempt each', async () => {
    const rows = await given.rows(
      `SELECT attempt, state, epoch_ms(received) % 100000 AS received, epoch_ms(ended) % 100000 AS ended FROM tasks WHERE id = '${EARLY}' ORDER BY attempt`,
    );
    expect(rows.map((r) => [r.attempt, r.state, Number(r.received), Number(r.ended)])).toEqual([
      [1, 'retried', 70655, 70799],
      [2, 'retried', 72186, 72249],
      [3, 'retried', 72243, 73682],
      [4, 'failed', 73675, 75362],
    ]);
  });

  test('an id may be any text a producer chose', async () => {
    expect(await tasks(ANY)).toMatchObject([
      { attempt: 1, attempts: 1, name: 'odd.task', state: 'succeeded' },
    ]);
    expect(told(await given.life('celery_task', ANY))).toEqual([
      'cel-1: received by the worker',
      'cel-1: succeeded',
    ]);
  });

  test('a task known from events alone names its worker, its parent and its root', async () => {
    expect(await tasks(CHILD)).toMatchObject([
      { attempt: 1, node: 'cel-3', state: 'succeeded', runtime_s: 0.5, parent: PARENT, root: PARENT },
    ]);
  });
});

describe('life cycles', () => {
  test('a task retried on another node is one life cycle from its id', async () => {
    const life = await given.life('celery_task', RETRIED);
    expect(life.state).toBe('succeeded');
    expect(life.nodes).toEqual(['cel-1', 'cel-2', 'cel-9']);
    expect(told(life)).toEqual([
      'cel-1: received by the worker',
      'cel-1: asked to run again',
      'cel-2: received by the worker',
      'cel-9: received by the worker, as told to a monitor',
      'cel-2: succeeded',
      'cel-9: succeeded, as told to a monitor',
    ]);
    expect(life.steps.filter((s) => s.event.node !== 'cel-9').map((s) => s.attempt)).toEqual([1, 1, 2, 2]);
    expect(life.steps.every((s) => s.basis === 'exact' && s.why.includes(RETRIED))).toBe(true);
    expect(life.missing).toEqual([expect.stringContaining('Nothing says who sent it')]);
  });

  test('every event of it leads to the same life cycle', async () => {
    const life = await given.life('celery_task', RETRIED);
    for (const { event } of life.steps) {
      const { lifeCycle } = await given.engine.api['lifecycle.get']({ eventId: event.eventId });
      expect(lifeCycle).toEqual(life);
    }
  });

  test('a killed child is joined to the task it wrote of, and to the kernel that killed it', async () => {
    const life = await given.life('celery_task', LOST);
    expect(told(life)).toEqual([
      'cel-1: received by the worker',
      'cel-1: written by the task',
      'cel-1: ~out of memory',
      'cel-1: ~process ended',
    ]);
    expect(life.steps.at(-1)!.why).toMatch(/this child wrote of this task last/);
    expect(life.missing.join()).toMatch(/no end is logged, though the Celery logs of this node go on until/);
    expect(life.state).toBe('running');
  });

  test('a printed line belongs to the task that its child ends next', async () => {
    const life = await given.life('celery_task', 'a1');
    expect(told(life)).toEqual([
      'cel-1: received by the worker',
      'cel-1: ~printed by its process',
      'cel-1: succeeded',
    ]);
    const { lifeCycle } = await given.engine.api['lifecycle.get']({
      eventId: await given.eventOf('counted 17 rows'),
    });
    expect(lifeCycle?.value).toBe('a1');
  });

  test('a send of beat is joined to the nearest receipt by name, and says that it is inferred', async () => {
    const life = await given.life('celery_task', 'b1');
    expect(told(life)).toEqual(['cel-9: ~sent by beat', 'cel-2: received by the worker', 'cel-2: succeeded']);
    expect(life.steps[0]!.why).toMatch(/no task id$/);
  });

  test('parent and child are related, not mixed', async () => {
    const life = await given.life('celery_task', CHILD);
    expect(life.related).toEqual(
      expect.arrayContaining([expect.objectContaining({ relation: 'started by', value: PARENT })]),
    );
    expect(life.steps).toHaveLength(4);
    const parent = await given.life('celery_task', PARENT);
    expect(parent.related).toEqual([expect.objectContaining({ relation: 'started', value: CHILD })]);
    expect(parent.steps).toEqual([]);
    expect(parent.missing).toEqual([expect.stringContaining('No line of a worker names this task')]);
  });
});

describe('links', () => {
  test('n events of one id are a chain of n - 1 links in time order', async () => {
    const chain = await given.rows(
      `SELECT f.ts <= t.ts AS ordered, basis, why FROM links l JOIN events f ON f.event_id = l.from_event JOIN events t ON t.event_id = l.to_event
       WHERE kind = 'celery_task' AND contains(why, '${RETRIED}')`,
    );
    expect(chain).toHaveLength(5);
    expect(chain.every((l) => l.ordered === true && l.basis === 'exact')).toBe(true);
  });

  test('two receipts that fit a send equally well: one link, which says that there were two', async () => {
    const found = await given.rows(
      `SELECT l.why FROM links l JOIN events f ON f.event_id = l.from_event WHERE kind = 'beat_send' AND contains(f.message, 'tock')`,
    );
    expect(found).toEqual([{ why: expect.stringMatching(/2 fit equally well, this is one of them$/) }]);
  });

  test('a send that nobody received within two seconds is joined to nothing', async () => {
    const found = await given.rows(
      `SELECT 1 FROM links l JOIN events f ON f.event_id = l.from_event WHERE contains(f.message, 'nobody-takes-it')`,
    );
    expect(found).toEqual([]);
  });

  test('setting a clock makes the links anew and no line twice', async () => {
    const before = await given.rows('SELECT from_event, to_event, kind FROM links ORDER BY ALL');
    await given.engine.api['nodes.set']({ node: 'cel-2', clockOffsetUs: 1_000_000 });
    await given.engine.api['nodes.set']({ node: 'cel-2', clockOffsetUs: null });
    expect(await given.rows('SELECT from_event, to_event, kind FROM links ORDER BY ALL')).toEqual(before);
  });
});
