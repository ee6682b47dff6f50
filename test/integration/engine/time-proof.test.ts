// What the responder is told of time: the sentence of an event, and the proof of a node's zones and clock.
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

/** The sentence of the one event whose message holds a text. */
const sentence = async (c: TimeCase, text: string): Promise<string> => {
  const [[id]] = (await c.rows(`SELECT event_id FROM events WHERE contains(message, '${text}')`)) as [
    [string],
  ];
  return (await c.engine.api['events.detail']({ eventId: id })).timeSentence;
};

const access = (clock: string, offset: string, path: string) =>
  `2026-11-01 ${clock},100\tINFO web_log.py:233 -- 10.0.0.9 [01/Nov/2026:${clock} ${offset}] 'GET ${path} HTTP/1.1' 200 99 bytes 1000 us '-' 'curl/8'`;
const ray = (clock: string, text: string) => `2026-11-01 ${clock},500\tINFO job_manager.py:500 -- ${text}`;

test('the sentence tells zone, stretch, doubt, order, neighbour, year and clock', async () => {
  const c = await made({
    'ray-head': {
      'logs/dashboard.log': [
        access('01:10:00', '-0400', '/a'),
        ray('01:50:00', 'first pass'),
        ray('01:20:00', 'second pass'),
        access('01:40:00', '-0500', '/b'),
      ],
      'logs/monitor.log': [ray('01:30:00', 'which pass')],
      'logs/worker-546ac5e55ddb93068e2b1f14-01000000-77.out': [':job_id:01000000', 'printed words'],
    },
    'master-1': {
      'mesos-master.master-1.root.log.INFO.20261231-235900.77': [
        'Log file created at: 2026/12/31 23:59:00',
        'Running on machine: master-1',
        'I1231 23:59:59.000000 77 master.cpp:1] old year',
        'I0101 00:00:01.000000 77 master.cpp:1] new year',
      ],
    },
    'celery-1': {
      'worker.log': [
        '[2026-11-01 12:00:00,000: INFO/MainProcess] Connected to redis://x',
        '[2026-11-01 12:00:01,000: WARNING/MainProcess] assumed zone here',
      ],
    },
  });
  expect(await sentence(c, 'first pass')).toMatch(
    /^The line states local time without a zone\. The zone -04:00 is learned for .*access lines state their offset/,
  );
  expect(await sentence(c, 'second pass')).toContain('The zone -05:00 is learned');
  expect(await sentence(c, 'which pass')).toMatch(/The zone -04:00 is assumed.*In doubt: .*came twice/);
  expect(await sentence(c, 'new year')).toContain(
    'It states no year; 2027 comes from the header of the file',
  );
  expect(await sentence(c, 'assumed zone here')).toContain(
    'The zone UTC is assumed: nothing in the case tells the zone.',
  );
  expect(await sentence(c, 'GET /a')).toContain('The zone -04:00 is learned');
  const undated = await c.rows(
    "SELECT event_id, ts_basis FROM events WHERE contains(message, 'printed words')",
  );
  expect(undated[0]![1]).toBe('none');
  expect((await c.engine.api['events.detail']({ eventId: undated[0]![0]! })).timeSentence).toContain(
    'neither the record nor a record beside it',
  );

  await c.engine.api['nodes.set']({ node: 'celery-1', zone: 'Asia/Tokyo', clockOffsetUs: 90_000_000 });
  expect(await sentence(c, 'assumed zone here')).toMatch(
    /The zone Asia\/Tokyo was set by the responder\..*corrected by \+90\.000 s, set by the responder/,
  );
});

test('an undated record says whose time it takes, and of which zone', async () => {
  const c = await made({
    'ray-head': {
      'logs/dashboard.log': [access('00:10:00', '-0400', '/a')],
      'logs/job-driver-raysubmit_a.log': [ray('00:11:00', 'dated'), 'uid=0(root) printed'],
    },
  });
  const text = await sentence(c, 'uid=0(root)');
  expect(text).toContain('that of its dated neighbour in the same file, line 1, is used');
  expect(text).toContain('The zone -04:00 is learned: taken from dashboard.log of the same node');
});

test('a record out of order says so, unless the change of zone explains it', async () => {
  const c = await made({
    'registry-1': {
      'registry/app.log': [
        '2026/11/20 17:24:42 http: TLS handshake error from 10.0.0.1:1: EOF',
        '2026/11/20 12:00:00 http: TLS handshake error from 10.0.0.2:2: copied',
        '2026/11/20 17:24:43 http: TLS handshake error from 10.0.0.1:1: EOF again',
      ],
    },
  });
  expect(await sentence(c, 'copied')).toMatch(
    /behind records before it, e\.g\. line 1: out of order, copied, forged/,
  );
});

test('the proof of a node lists what was collected, the lines that showed its zones, and pairs that open their events', async () => {
  const tasks = Array.from({ length: 8 }, (_, n) => n);
  const id = (n: number) => `0000000${n}-0000-4000-8000-000000000000`;
  const c = await made({
    'celery-1': {
      'worker.log': tasks.flatMap((n) => [
        `[2026-11-20 12:0${n}:00,000: INFO/MainProcess] Task d.check[${id(n)}] received`,
        `[2026-11-20 12:0${n}:01,500: INFO/ForkPoolWorker-1] Task d.check[${id(n)}] succeeded in 1.5s: None`,
      ]),
    },
    'registry-1': {
      'registry.log': tasks.map(
        (n) =>
          `10.0.0.7 - - [20/Nov/2026:12:${String(7 + n).padStart(2, '0')}:01 +0000] "GET /v2/a/manifests/v${n} HTTP/1.1" 200 99 "" "celery-deployer/1.0 task=${id(n)}"`,
      ),
    },
  });
  const proof = await c.engine.api['nodes.proof']({ node: 'celery-1' });
  expect(proof.collected).toEqual([
    expect.objectContaining({ system: 'celery', component: 'worker', events: 16, files: 1 }),
  ]);
  expect(proof.localEvents).toBe(16);
  expect(proof.clock.pairCount).toBe(8);
  expect(proof.clock.via).toBe('registry-1');
  const found = proof.clock.foundUs!;
  expect(proof.clock.lowUs).toBeLessThanOrEqual(found);
  expect(proof.clock.highUs).toBeGreaterThanOrEqual(found);
  for (const pair of proof.clock.pairs.filter((p) => p.agrees)) {
    expect(pair.lowUs! <= proof.clock.highUs! && pair.highUs! >= proof.clock.lowUs!).toBe(true);
    const [from, to] = [
      await c.engine.api['events.detail']({ eventId: pair.fromEvent }),
      await c.engine.api['events.detail']({ eventId: pair.toEvent }),
    ];
    expect([from.node, to.node]).toEqual(['celery-1', 'registry-1']);
    expect(from.message).toContain(pair.key);
  }
  const registry = await c.engine.api['nodes.proof']({ node: 'registry-1' });
  expect(registry.zone.evidence).toEqual([
    expect.objectContaining({ zone: 'UTC', lines: 8, firstLine: 1, lastLine: 8 }),
  ]);
  expect(registry.clock.pairs.map((p) => p.other)).toEqual(Array(8).fill('celery-1'));
  await expect(c.engine.api['nodes.proof']({ node: 'nobody' })).rejects.toMatchObject({ code: 'no_node' });
});

test("a file's time in the archive is a hint, and never a zone", async () => {
  const c = await made({
    'celery-1': {
      'worker.log': {
        lines: ['[2026-11-20 12:00:00,000: INFO/MainProcess] Connected to redis://x'],
        mtime: '2026-11-20T17:00:30Z',
      },
    },
  });
  const proof = await c.engine.api['nodes.proof']({ node: 'celery-1' });
  expect(proof.hints).toEqual([expect.stringMatching(/would say -05:00.*hint only/)]);
  expect(await c.rows('SELECT zone, zone_basis FROM nodes')).toEqual([['UTC', 'assumed_zone']]);
});
