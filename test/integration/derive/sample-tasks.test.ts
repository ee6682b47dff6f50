// Tasks, requests and links of the sample incident, against what its own lines say.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from '../../../electron/engine/engine.ts';

const SAMPLE = resolve(import.meta.dirname, '../../../resources/samples/incident');
let dir: string;
let engine: Engine;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tidemark-tasks-'));
  engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: dir });
  await engine.api['case.create']({ dir: join(dir, 'case') });
  const paths = readdirSync(SAMPLE)
    .filter((name) => /\.(tar\.gz|zip)$/.test(name))
    .map((name) => join(SAMPLE, name));
  const { jobId } = await engine.api['ingest.start']({ paths, detect: false });
  expect((await engine.job(jobId)).error).toBeNull();
});
afterAll(async () => {
  await engine.close();
  rmSync(dir, { recursive: true, force: true });
});

const rows = async (sql: string): Promise<unknown[][]> =>
  (await engine.api['sql.run']({ sql, limit: 10_000 })).rows;

test('every Celery task has the state that its last line states', async () => {
  const wrong = await rows(`
    WITH said AS (
      SELECT (fields->>'$."task_id"') AS id, bool_or(action = 'task_succeeded') AS ok, bool_or(action = 'task_failed') AS failed
      FROM events WHERE system = 'celery' AND category = 'task' AND (fields->>'$."task_id"') IS NOT NULL AND action IN ('task_received', 'task_succeeded', 'task_failed') GROUP BY 1)
    SELECT said.id, t.state FROM said LEFT JOIN tasks t ON t.id = said.id AND t.system = 'celery'
    WHERE t.state IS DISTINCT FROM CASE WHEN ok THEN 'succeeded' WHEN failed THEN 'failed' ELSE 'received' END`);
  expect(wrong).toEqual([]);
  const [[count]] = (await rows(`SELECT count(*)::INTEGER FROM tasks WHERE system = 'celery'`)) as [[number]];
  expect(count).toBeGreaterThan(200);
});

test('every Mesos task ends as the master last took it to be', async () => {
  const wrong = await rows(`
    WITH said AS (
      SELECT regexp_extract(message, 'task ([^ ]+) of framework', 1) AS id, regexp_extract(message, 'of framework ([^ ]+)', 1) AS framework,
        max_by(regexp_extract(message, 'latest state: (TASK_[A-Z_]+)', 1), (ts, event_id)) AS state
      FROM events WHERE system = 'mesos' AND message LIKE 'Updating the state of task %' GROUP BY ALL)
    SELECT said.*, t.state_native FROM said LEFT JOIN tasks t ON t.system = 'mesos' AND t.id = said.id AND t.scope = said.framework
    WHERE t.state_native IS DISTINCT FROM said.state`);
  expect(wrong).toEqual([]);
});

test('the three submissions of Ray ended as their event files say', async () => {
  expect(
    await rows(`SELECT state, count(*)::INTEGER FROM tasks WHERE kind = 'submission' GROUP BY 1 ORDER BY 1`),
  ).toEqual([
    ['failed', 1],
    ['succeeded', 2],
  ]);
});

test('no access line is in two requests, and every joined one has the same client, method and status', async () => {
  const twice = await rows(
    `SELECT id FROM (SELECT unnest(event_ids) AS id FROM requests WHERE system = 'registry') GROUP BY id HAVING count(*) > 1`,
  );
  expect(twice).toEqual([]);
  const odd = await rows(`
    SELECT l.why FROM links l JOIN events f ON f.event_id = l.from_event JOIN events t ON t.event_id = l.to_event
    WHERE kind = 'access_line' AND (f.http_method <> t.http_method OR f.src_ip <> t.src_ip OR coalesce(f.http_status, 401) <> t.http_status OR f.node <> t.node)`);
  expect(odd).toEqual([]);
});

test('links run forward in time, join two events each, and stay linear in the events', async () => {
  const [found] = await rows(`
    SELECT count(*) FILTER (kind <> 'access_line' AND kind <> 'job_request' AND f.ts > t.ts AND f.file_id <> t.file_id)::INTEGER,
      count(*) FILTER (from_event = to_event)::INTEGER, count(*)::INTEGER, (SELECT count(*)::INTEGER FROM events)
    FROM links l JOIN events f ON f.event_id = l.from_event JOIN events t ON t.event_id = l.to_event`);
  const [backward, itself, links, events] = found as number[];
  expect([backward, itself]).toEqual([0, 0]);
  expect(links).toBeLessThan(2 * events!);
});

test('every task with an id has a life cycle that ends in its state', async () => {
  const list = await engine.api['tasks.list']({ limit: 1000 });
  expect(list.total).toBe(list.tasks.length);
  for (const task of list.tasks.filter((_, i) => i % 25 === 0)) {
    const kind =
      task.system === 'celery'
        ? 'celery_task'
        : task.system === 'mesos'
          ? 'mesos_task'
          : (`ray_${task.kind}` as const);
    const { lifeCycle } = await engine.api['lifecycle.get']({
      kind: kind as 'celery_task',
      value: task.id,
      scope: task.system === 'mesos' ? task.scope : undefined,
    });
    expect(lifeCycle?.state, task.id).toBe(task.state);
    expect(lifeCycle!.steps.some((step) => step.event.eventId === task.firstEvent)).toBe(true);
  }
});
