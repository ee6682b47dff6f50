// The life of a Ray job from the dashboard to its workers, over nodes, with and without export events.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogsCase, told } from './logs-of.ts';

const SESSION = 'session_2026-11-20_17-26-14_617841_28470';
const SID = 'raysubmit_tZVGa99y7s6v4eyA';
const SLOW = 'raysubmit_SlowOne123456789';
const NODE1 = '239c74b256be28e4e04cb4fcf909bfd7ee55f154fd8692f896967477';
const WORKER1 = 'e0ddcead163331fb591c05623e041f799b4f0ca11188565ad4edc4e6';
const WORKER2 = '1ed85cfa6142b23490b8319571986ab537923c5180b6761b4ddad469';
const SUPERVISOR = '37083abd17f3e2003e018cde01000000';
const ACTOR = '8003ee0cb141f9c8b3c0cc4102000000';
const TAIL = `job_id=01000000 worker_id=${WORKER1} node_id=${NODE1} actor_id=${SUPERVISOR} task_id=16310a0f0a45af5c${SUPERVISOR} task_name=JobSupervisor.run actor_name=_ray_internal_job_actor_${SID}`;

const py = (at: string, file: string, text: string) => `2026-11-20 ${at}\tINFO ${file} -- ${text}`;
const gcs = (at: string, file: string, text: string) =>
  `[2026-11-20 ${at} I 28536 28536] (gcs_server) ${file}: ${text}`;
const posted = (end: string, start: string, us: number) =>
  py(
    end,
    'web_log.py:229',
    `127.0.0.1 [20/Nov/2026:${start} +0000] 'POST /api/jobs/ HTTP/1.1' 200 246 bytes ${us} us '-' 'curl/7.88.1'`,
  );

const HEAD: Record<string, string[]> = {
  'dashboard.log': [
    posted('17:26:37,368', '17:26:32', 5_098_229),
    posted('17:27:00,200', '17:27:00', 150_000),
  ],
  'dashboard_agent.log': [
    py('17:26:37,227', 'job_manager.py:535', `Starting job with submission_id: ${SID}`),
    py('17:27:00,100', 'job_manager.py:535', `Starting job with submission_id: ${SLOW}`),
  ],
  [`jobs/supervisor-${SID}.log`]: [
    py('17:26:40,368', 'job_supervisor.py:375', `Submitting job with RAY_ADDRESS = 127.0.0.1:6379 ${TAIL}`),
    py('17:26:59,472', 'job_supervisor.py:437', `Job ${SID} entrypoint command exited with code 1 ${TAIL}`),
  ],
  [`job-driver-${SID}.log`]: [
    py('17:26:40,300', 'job_manager.py:583', `Running entrypoint for job ${SID}: python work.py`),
    'starting up',
    'Traceback (most recent call last):',
    'ValueError: no data',
  ],
  'events/event_JOBS.log': [
    `{"event_id": "c3", "source_type": "JOBS", "source_hostname": "rh", "source_pid": 28979, "message": "Started a ray job ${SID}.", "timestamp": "1795195597", "custom_fields": {"submission_id": "${SID}"}, "severity": "INFO", "label": ""}`,
    `{"event_id": "c4", "source_type": "JOBS", "source_hostname": "rh", "source_pid": 28979, "severity": "ERROR", "message": "Completed a ray job ${SID} with a status FAILED. Job entrypoint command failed with exit code 1.", "timestamp": "1795195620", "custom_fields": {"submission_id": "${SID}"}, "label": ""}`,
  ],
  'gcs_server.out': [
    gcs('17:26:37,217', 'gcs_job_manager.cc:115', 'Registering job. job_id=01000000 driver_pid=28979'),
    gcs('17:26:53,091', 'gcs_job_manager.cc:115', 'Registering job. job_id=02000000 driver_pid=29518'),
    gcs('17:26:53,577', 'gcs_actor_manager.cc:320', `Registering actor job_id=02000000 actor_id=${ACTOR}`),
    gcs('17:26:53,581', 'gcs_actor_manager.cc:439', `Creating actor job_id=02000000 actor_id=${ACTOR}`),
    gcs(
      '17:26:55,910',
      'gcs_actor_scheduler.cc:463',
      `Actor creation task succeeded. actor_id=${ACTOR} worker_id=${WORKER2} job_id=02000000 node_id=${NODE1}`,
    ),
    gcs('17:26:58,692', 'gcs_job_manager.cc:156', 'Marking job as finished. job_id=02000000'),
    gcs(
      '17:26:59,515',
      'gcs_actor_manager.cc:895',
      `Actor name _ray_internal_job_actor_${SID} is cleaned up.`,
    ),
  ],
};
const EXPORTS: Record<string, string[]> = {
  'export_events/event_EXPORT_DRIVER_JOB.log': [
    `{"event_data":{"config":{"metadata":{"job_submission_id":"${SID}"}},"driver_ip_address":"10.0.0.5","driver_pid":"29518","end_time":"0","entrypoint":"python work.py","is_dead":false,"job_id":"AgAAAA==","start_time":"1795195613091"},"event_id":"07","source_type":"EXPORT_DRIVER_JOB","timestamp":1795195613}`,
    `{"event_data":{"config":{"metadata":{"job_submission_id":"${SID}"}},"driver_ip_address":"10.0.0.5","driver_pid":"29518","end_time":"1795195618","entrypoint":"python work.py","is_dead":true,"job_id":"AgAAAA==","start_time":"1795195613091"},"event_id":"08","source_type":"EXPORT_DRIVER_JOB","timestamp":1795195618}`,
  ],
  'export_events/event_EXPORT_TASK_29518.log': [
    `{"event_data":{"attempt_number":0,"job_id":"AgAAAA==","state_updates":{"state_ts_ns":{"1":"1795195613576126241","5":"1795195614000000000","8":"1795195614100000000","12":"1795195614600000000"}},"task_id":"4ILJCrhCKwCAA+4MsUH5yLPAzEECAAAA","task_info":{"func_or_class_name":"B.pid","parent_task_id":"//////////////////////////8CAAAA","task_id":"4ILJCrhCKwCAA+4MsUH5yLPAzEECAAAA","type":"ACTOR_TASK"}},"event_id":"39","source_type":"EXPORT_TASK","timestamp":1795195614}`,
    `{"event_data":{"attempt_number":1,"job_id":"AgAAAA==","state_updates":{"state_ts_ns":{"8":"1795195615100000000","11":"1795195615600000000"}},"task_id":"4ILJCrhCKwCAA+4MsUH5yLPAzEECAAAA","task_info":{"func_or_class_name":"B.pid","parent_task_id":"//////////////////////////8CAAAA","task_id":"4ILJCrhCKwCAA+4MsUH5yLPAzEECAAAA","type":"ACTOR_TASK"}},"event_id":"3a","source_type":"EXPORT_TASK","timestamp":1795195615}`,
  ],
};
const WORKER: Record<string, string[]> = {
  [`worker-${WORKER2}-02000000-29630.out`]: [':job_id:02000000', ':actor_name:B', 'on second', 'done'],
  [`python-core-worker-${WORKER2}_29630.log`]: [
    `[2026-11-20 17:26:55,800 I 29630 29630] core_worker.cc:107: Initializing worker at address: 10.0.0.6:10006 worker_id=${WORKER2} node_id=${NODE1}`,
  ],
};

const on = (node: string, files: Record<string, string[]>, session = SESSION) =>
  Object.fromEntries(
    Object.entries(files).map(([path, lines]) => [`${node}/${session}/logs/${path}`, lines]),
  );

let text: LogsCase;
let exported: LogsCase;
beforeAll(async () => {
  text = await LogsCase.of({
    ...on('rh', HEAD),
    ...on('rw', WORKER),
    // another cluster counts its jobs from 1 too
    ...on(
      'other',
      { 'gcs_server.out': HEAD['gcs_server.out']!.slice(1, 4) },
      'session_2026-11-21_01-00-00_000001_1',
    ),
  });
  exported = await LogsCase.of({ ...on('rh', { ...HEAD, ...EXPORTS }), ...on('rw', WORKER) });
});
afterAll(async () => {
  await text?.close();
  await exported?.close();
});

describe('a submitted job', () => {
  test('is one life cycle from the submission id, from the dashboard to the worker', async () => {
    const life = await text.life('ray_submission', SID);
    const steps = told(life);
    for (const step of [
      'rh: ~request',
      'rh: submitted',
      'rh: start recorded',
      'rh: entrypoint run',
      'rh: ~driver registered',
      'rh: ~actor registered',
      'rh: ~driver ended',
      'rh: ended',
    ])
      expect(steps).toContain(step);
    expect(life.nodes).toEqual(expect.arrayContaining(['rh', 'rw']));
    expect(life.nodes).not.toContain('other');
    expect(life.attempts).toMatchObject([
      { kind: 'submission', name: 'python work.py', state: 'failed', stateNative: 'FAILED', node: 'rh' },
    ]);
    expect(life.related).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'ray_job', value: '02000000' }),
        expect.objectContaining({ kind: 'ray_actor', value: ACTOR }),
        expect.objectContaining({ kind: 'ray_worker', value: WORKER2 }),
      ]),
    );
    expect(life.missing).toEqual([]);
  });

  test('every step states why it is there, and the driver of text logs is inferred', async () => {
    const life = await text.life('ray_submission', SID);
    const driver = life.steps.find((step) => step.role === 'driver registered')!;
    expect(driver.basis).toBe('inferred');
    expect(driver.why).toMatch(/no line says who started it/);
    const request = life.steps.find((step) => step.role === 'request')!;
    expect(request.why).toMatch(/the access line names no submission/);
    const cleaned = life.steps.find((step) => step.event.message.includes('is cleaned up'))!;
    expect(cleaned.basis).toBe('exact');
  });

  test('takes the request whose span holds its start, and no other', async () => {
    const links = await text.rows(
      `SELECT f.message AS request, t.message AS started FROM links l JOIN events f ON f.event_id = l.from_event JOIN events t ON t.event_id = l.to_event
       WHERE kind = 'job_request' ORDER BY f.ts`,
    );
    expect(links.map((l) => String(l.started).split(' ').at(-1))).toEqual([SID, SLOW]);
  });

  test('whose driver states the submission needs no guess', async () => {
    expect(
      await exported.rows(`SELECT 1 FROM links WHERE kind = 'driver_job' AND contains(why, 'command line')`),
    ).toEqual([]);
    const life = await exported.life('ray_submission', SID);
    const drivers = life.steps.filter((step) => step.event.action === 'driver_job');
    expect(drivers).toHaveLength(2);
    expect(drivers.every((step) => step.basis === 'exact')).toBe(true);
    expect(
      await exported.rows(`SELECT parent, state, process FROM tasks WHERE kind = 'job' AND id = '02000000'`),
    ).toEqual([{ parent: SID, state: 'ended', process: '29518' }]);
  });

  test('is found from a line of its driver', async () => {
    const { lifeCycle } = await text.engine.api['lifecycle.get']({
      eventId: await text.eventOf('starting up'),
    });
    expect([lifeCycle?.kind, lifeCycle?.value]).toEqual(['ray_submission', SID]);
  });
});

describe('jobs, actors and tasks', () => {
  test('a job id is of one cluster: the same number elsewhere is another job', async () => {
    const rows = await text.rows(
      `SELECT scope, process FROM tasks WHERE kind = 'job' AND id = '02000000' ORDER BY scope`,
    );
    expect(rows.map((r) => r.scope)).toEqual([SESSION, 'session_2026-11-21_01-00-00_000001_1']);
    const crossing = await text.rows(
      `SELECT 1 FROM links l JOIN events f ON f.event_id = l.from_event JOIN events t ON t.event_id = l.to_event
       WHERE kind = 'ray_job' AND (f.node = 'other') <> (t.node = 'other')`,
    );
    expect(crossing).toEqual([]);
  });

  test('attempts of a task are those that its export events count', async () => {
    const rows = await exported.rows(
      `SELECT attempt, attempts, name, state, runtime_s, parent FROM tasks WHERE kind = 'task' AND id LIKE 'e082c9%' ORDER BY attempt`,
    );
    expect(rows).toMatchObject([
      { attempt: 1, attempts: 2, name: 'B.pid', state: 'failed', runtime_s: 0.5 },
      { attempt: 2, attempts: 2, name: 'B.pid', state: 'succeeded', runtime_s: 0.5 },
    ]);
    expect(rows[0]!.parent).toBe('ffffffffffffffffffffffffffffffffffffffff02000000');
  });

  test('an actor is of the job that its id ends with', async () => {
    const [row] = await text.rows(`SELECT state, parent FROM tasks WHERE kind = 'actor' AND id = '${ACTOR}'`);
    expect(row).toEqual({ state: 'running', parent: '02000000' });
    const life = await text.life('ray_actor', ACTOR);
    expect(life.related).toEqual(
      expect.arrayContaining([expect.objectContaining({ relation: 'of the job', value: '02000000' })]),
    );
  });
});
