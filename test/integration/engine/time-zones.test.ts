// Zones of whole cases: learned per stretch of a file, taken from files beside it, set by hand; both jumps of summer time.
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

/** A line of Ray's dashboard: local time, and a request with its offset. */
const access = (local: string, offset: string) => {
  const [date, clock] = local.split(' ') as [string, string];
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const [y, m, d] = date.split('-') as [string, string, string];
  return `${local},100\tINFO web_log.py:233 -- 10.0.0.9 [${d}/${months[Number(m) - 1]}/${y}:${clock} ${offset}] 'GET /api/version HTTP/1.1' 200 99 bytes 1000 us '-' 'curl/8'`;
};
const ray = (local: string, text: string) => `${local},500\tINFO job_manager.py:500 -- ${text}`;
const celery = (local: string, text: string) => `[${local},000: INFO/MainProcess] ${text}`;

const times = async (c: TimeCase, where = 'true') =>
  c.rows(
    `SELECT strftime(e.ts, '%m-%d %H:%M:%S'), e.ts_basis FROM events e JOIN evidence_files f USING (file_id) WHERE ${where} ORDER BY e.event_id`,
  );

test('in autumn the offset changes where the clock steps back, for the file that shows it and for those beside it', async () => {
  const c = await made({
    'ray-head': {
      'logs/dashboard.log': [
        access('2026-11-01 00:30:00', '-0400'),
        access('2026-11-01 01:10:00', '-0400'),
        ray('2026-11-01 01:50:00', 'first pass'),
        ray('2026-11-01 01:20:00', 'second pass'),
        access('2026-11-01 01:40:00', '-0500'),
        access('2026-11-01 03:00:00', '-0500'),
      ],
      'logs/monitor.log': [
        ray('2026-11-01 00:10:00', 'before'),
        ray('2026-11-01 01:45:00', 'first pass'),
        ray('2026-11-01 01:05:00', 'second pass'),
        ray('2026-11-01 04:00:00', 'after'),
      ],
    },
  });
  expect(await times(c, "f.path LIKE '%dashboard.log'")).toEqual([
    ['11-01 04:30:00', 'file_zone'],
    ['11-01 05:10:00', 'file_zone'],
    ['11-01 05:50:00', 'file_zone'],
    ['11-01 06:20:00', 'file_zone'],
    ['11-01 06:40:00', 'file_zone'],
    ['11-01 08:00:00', 'file_zone'],
  ]);
  expect(await times(c, "f.path LIKE '%monitor.log'")).toEqual([
    ['11-01 04:10:00', 'file_zone'],
    ['11-01 05:45:00', 'file_zone'],
    ['11-01 06:05:00', 'file_zone'],
    ['11-01 09:00:00', 'file_zone'],
  ]);
});

test('a time of the hour that came twice stays in doubt where nothing in its file shows which is meant', async () => {
  const c = await made({
    'ray-head': {
      'logs/dashboard.log': [
        access('2026-11-01 01:58:00', '-0400'),
        access('2026-11-01 01:02:00', '-0500'),
        access('2026-11-01 02:30:00', '-0500'),
      ],
      'logs/monitor.log': [
        ray('2026-11-01 00:10:00', 'before'),
        ray('2026-11-01 01:30:00', 'which?'),
        ray('2026-11-01 04:00:00', 'after'),
      ],
    },
  });
  expect(await times(c, "f.path LIKE '%monitor.log'")).toEqual([
    ['11-01 04:10:00', 'file_zone'],
    ['11-01 05:30:00', 'assumed_zone'],
    ['11-01 09:00:00', 'file_zone'],
  ]);
  expect(
    await c.rows("SELECT doubt FROM zone_spans WHERE path LIKE '%monitor.log' AND doubt IS NOT NULL"),
  ).toEqual([[expect.stringContaining('came twice')]]);
});

test('in spring the offset changes at the gap, and files beside it follow by their local times', async () => {
  const c = await made({
    'ray-head': {
      'logs/dashboard.log': [
        access('2026-03-08 01:10:00', '-0500'),
        ray('2026-03-08 01:59:59', 'last of winter'),
        ray('2026-03-08 03:00:01', 'first of summer'),
        access('2026-03-08 03:30:00', '-0400'),
      ],
      'logs/monitor.log': [ray('2026-03-08 01:59:58', 'before'), ray('2026-03-08 03:00:02', 'after')],
    },
  });
  expect((await times(c)).map(([at]) => at)).toEqual([
    '03-08 06:10:00',
    '03-08 06:59:59',
    '03-08 07:00:01',
    '03-08 07:30:00',
    '03-08 06:59:58',
    '03-08 07:00:02',
  ]);
});

test('a change of zone after a restart is placed where the clock jumps', async () => {
  const c = await made({
    'ray-head': {
      'logs/dashboard.log': [
        access('2026-06-01 10:00:00', '+0000'),
        access('2026-06-01 10:05:00', '+0000'),
        ray('2026-06-01 10:06:00', 'stop'),
        ray('2026-06-01 06:07:00', 'start, now in New York'),
        access('2026-06-01 06:10:00', '-0400'),
      ],
    },
  });
  expect((await times(c)).map(([at]) => at)).toEqual([
    '06-01 10:00:00',
    '06-01 10:05:00',
    '06-01 10:06:00',
    '06-01 10:07:00',
    '06-01 10:10:00',
  ]);
  expect(await c.rows('SELECT zone FROM evidence_files')).toEqual([['UTC, -04:00']]);
});

test('one line that says another zone moves nothing, nor do a dozen forged ones in the middle', async () => {
  const honest = (hour: number) =>
    Array.from({ length: 60 }, (_, m) =>
      access(`2026-06-01 ${hour}:${String(m).padStart(2, '0')}:00`, '-0400'),
    );
  for (const forged of [1, 12]) {
    const c = await made({
      'ray-head': {
        'logs/dashboard.log': [
          ...honest(10),
          ...Array.from({ length: forged }, (_, i) => access(`2026-06-01 10:59:${String(10 + i)}`, '+0900')),
          ...honest(11),
        ],
        'logs/monitor.log': [ray('2026-06-01 11:30:00', 'beside')],
      },
    });
    expect(await c.rows('SELECT DISTINCT zone, basis FROM zone_spans')).toEqual([['-04:00', 'file_zone']]);
    expect(await times(c, "f.path LIKE '%monitor.log'")).toEqual([['06-01 15:30:00', 'file_zone']]);
    expect((await c.rows("SELECT why FROM zone_spans WHERE path LIKE '%dashboard.log'"))[0]![0]).toContain(
      'not followed',
    );
    await c.close();
  }
  open = null;
});

test('nodes of one bundle keep zones of their own', async () => {
  const c = await made({
    'ray-head': { 'logs/dashboard.log': [access('2026-06-01 10:00:00', '-0400')] },
    'ray-worker': {
      'logs/dashboard_agent.log': [access('2026-06-01 23:00:00', '+0900'), ray('2026-06-01 23:00:01', 'x')],
    },
    'celery-1': { 'worker.log': [celery('2026-06-01 14:00:00', 'Task a.b[1] received')] },
  });
  expect(await c.rows("SELECT node, strftime(ts, '%H:%M'), ts_basis FROM events ORDER BY node, ts")).toEqual([
    ['celery-1', '14:00', 'assumed_zone'],
    ['ray-head', '14:00', 'file_zone'],
    ['ray-worker', '14:00', 'file_zone'],
    ['ray-worker', '14:00', 'file_zone'],
  ]);
});

test('a zone of the responder knows both passes of the repeated hour by the order of the lines, and the hour that does not exist', async () => {
  const c = await made(
    {
      'celery-1': {
        'autumn.log': [
          celery('2026-11-01 00:59:00', 'a'),
          celery('2026-11-01 01:30:00', 'first pass'),
          celery('2026-11-01 01:10:00', 'second pass'),
          celery('2026-11-01 01:59:00', 'second pass'),
          celery('2026-11-01 02:10:00', 'b'),
        ],
        'spring.log': [
          celery('2026-03-08 01:59:00', 'a'),
          celery('2026-03-08 02:30:00', 'no such time'),
          celery('2026-03-08 03:01:00', 'b'),
        ],
        'alone.log': [celery('2026-11-01 01:30:00', 'which?')],
      },
    },
    { '*': 'America/New_York' },
  );
  const at = async (name: string) => (await times(c, `f.path LIKE '%${name}.log'`)).map(([t]) => t);
  expect(await at('autumn')).toEqual([
    '11-01 04:59:00',
    '11-01 05:30:00',
    '11-01 06:10:00',
    '11-01 06:59:00',
    '11-01 07:10:00',
  ]);
  expect(await at('spring')).toEqual(['03-08 06:59:00', '03-08 07:30:00', '03-08 07:01:00']);
  expect(await at('alone')).toEqual(['11-01 05:30:00']);
  expect(await c.rows('SELECT path, doubt FROM zone_spans WHERE doubt IS NOT NULL ORDER BY path')).toEqual([
    [expect.stringContaining('alone.log'), expect.stringContaining('came twice')],
    [expect.stringContaining('spring.log'), expect.stringContaining('does not exist')],
  ]);
});

test("an executor's lines in UTC and the fetcher's in local time are told apart in one sandbox file", async () => {
  const agent = '5c144c4b-8cbd-4bc5-8008-919311f44e1f-S1';
  const framework = '5c144c4b-8cbd-4bc5-8008-919311f44e1f-0018';
  const container = 'acbd1ff5-05ca-4d99-b60c-e8a8d007cafe';
  const c = await made({
    bundle: {
      'agent-1/log/mesos-agent.agent-1.root.log.INFO.20261120-130000.77': [
        'Log file created at: 2026/11/20 13:00:00',
        'Running on machine: agent-1',
        'Log line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg',
        'I1120 13:54:41.200000    77 slave.cpp:3887] Launching container ' +
          container +
          " for executor 'fetch-ok' of framework " +
          framework,
        'F1120 13:54:50.000000    77 x.cpp:1] Check failed: y',
        '*** Aborted at 1795200890 (unix time) try "date -d @1795200890" if you are using GNU date ***',
        "I1120 13:54:43.000000    77 slave.cpp:6698] Executor 'fetch-ok' of framework " +
          framework +
          ' exited with status 0',
        'I1120 13:54:43.100000    77 containerizer.cpp:3000] Destroying container ' +
          container +
          ' in RUNNING state',
      ],
      [`agent-1/work/slaves/${agent}/frameworks/${framework}/executors/fetch-ok/runs/${container}/stderr`]: [
        "I1120 13:54:41.343571 29450 fetcher.cpp:459] Fetching URI 'http://10.0.0.1/run.sh'",
        "I1120 13:54:41.352048 29450 fetcher.cpp:618] Fetched 'http://10.0.0.1/run.sh' to 'x'",
        "Marked '/' as rslave",
        'I1120 18:54:41.459137 29455 exec.cpp:164] Version: 1.12.0',
        'I1120 18:54:41.472919 29461 executor.cpp:722] Starting task fetch-ok',
        'plain words of the task',
        'I1120 18:54:41.660975 29460 executor.cpp:1041] Command exited with status 0 (pid: 29465)',
      ],
    },
  });
  const sandbox = await times(c, "f.path LIKE '%stderr'");
  // what the task and the fetcher print beside their log lines is theirs: records of their own, dated by their neighbours
  expect(sandbox.map(([at]) => at)).toEqual(Array(7).fill('11-20 18:54:41'));
});

test('a copied local time of another stretch is read by its place in the file', async () => {
  const c = await made({
    'registry-1': {
      'registry/registry.log': [
        '10.0.0.1 - - [31/Oct/2026:20:00:00 -0400] "GET /v2/ HTTP/1.1" 200 2 "" "docker/24"',
        '10.0.0.1 - - [31/Oct/2026:20:00:01 -0400] "GET /v2/ HTTP/1.1" 200 2 "" "docker/24"',
        '2026/10/31 20:00:02 http: TLS handshake error from 10.0.0.5:4: EOF',
        '10.0.0.1 - - [02/Nov/2026:20:00:00 -0500] "GET /v2/ HTTP/1.1" 200 2 "" "docker/24"',
        '2026/11/02 20:00:01 http: TLS handshake error from 10.0.0.5:4: EOF',
        '10.0.0.1 - - [02/Nov/2026:20:00:01 -0500] "GET /v2/ HTTP/1.1" 200 2 "" "docker/24"',
      ],
    },
  });
  expect(await times(c, "e.component = 'go'")).toEqual([
    ['11-01 00:00:02', 'file_zone'],
    ['11-03 01:00:01', 'file_zone'],
  ]);
});
