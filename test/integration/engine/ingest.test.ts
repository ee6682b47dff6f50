// Taking bundles in: counts, cancel, going on, and that a member is wholly in the case or not at all.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Case } from '../../../electron/engine/case/case.ts';
import { Engine } from '../../../electron/engine/engine.ts';

let dir: string;
let engine: Engine;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tidemark-ingest-'));
  engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: dir });
});
afterEach(async () => {
  await engine.close();
  rmSync(dir, { recursive: true, force: true });
});

/** A folder of worker logs; every line is an event of its own. */
function logs(files: number, linesEach: number): string {
  const folder = join(dir, 'bundle');
  mkdirSync(folder, { recursive: true });
  for (let f = 0; f < files; f++) {
    const lines = Array.from({ length: linesEach }, (_, i) => {
      const at = new Date(Date.UTC(2026, 0, 1) + f * 1e7 + i * 100)
        .toISOString()
        .replace('T', ' ')
        .replace('.', ',')
        .slice(0, 23);
      return `[${at}: INFO/MainProcess] Task shop.tasks.charge[${f}-${i}] received`;
    });
    writeFileSync(join(folder, `worker-${f}.log`), `${lines.join('\n')}\n`);
  }
  return folder;
}

async function count(sql: string): Promise<number> {
  const page = await engine.api['sql.run']({ sql, limit: 1 });
  return Number(page.rows[0]![0]);
}
const LOOSE = 'SELECT count(*) FROM event WHERE file_id NOT IN (SELECT file_id FROM member)';

test('every line is in, the ledger adds up, and the stored bytes are those of the file', async () => {
  const folder = logs(3, 500);
  await engine.api['case.create']({ dir: join(dir, 'case') });
  const { jobId } = await engine.api['ingest.start']({ paths: [folder], detect: false });
  const job = await engine.job(jobId);
  expect(job).toMatchObject({
    state: 'done',
    result: { records: 1500, lines: 1500, unparsed_lines: 0, problems: [] },
  });
  const { files } = await engine.api['evidence.list']({});
  expect(files.map((file) => file.status)).toEqual(['parsed', 'parsed', 'parsed']);
  for (const file of files) {
    const bytes = readFileSync(join(folder, file.path.split('/').at(-1)!));
    expect(file.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect([file.lines, file.records, file.size]).toEqual([500, 500, bytes.length]);
  }
});

test('the records of a file, one after the other, are the file', async () => {
  const folder = logs(1, 200);
  await engine.api['case.create']({ dir: join(dir, 'case') });
  await engine.job((await engine.api['ingest.start']({ paths: [folder], detect: false })).jobId);
  const { rows } = await engine.api['sql.run']({
    sql: 'SELECT event_id FROM events ORDER BY event_id',
    limit: 1000,
  });
  const parts = [];
  for (const [id] of rows) parts.push(Buffer.from(await engine.raw(String(id))));
  expect(Buffer.concat(parts).equals(readFileSync(join(folder, 'worker-0.log')))).toBe(true);
});

test('a cancelled ingest leaves whole members only, and the case takes the bundle in afterwards', async () => {
  const folder = logs(40, 20_000);
  await engine.api['case.create']({ dir: join(dir, 'case') });
  const { jobId } = await engine.api['ingest.start']({ paths: [folder], detect: false });
  const stop = engine.subscribe((event, data) => {
    if (event === 'job' && 'done' in data && data.done > 0) void engine.invoke('jobs.cancel', { jobId });
  });
  const job = await engine.job(jobId);
  stop();
  expect(job).toMatchObject({ state: 'cancelled', error: expect.stringContaining('Cancelled') });
  expect(await count(LOOSE)).toBe(0);
  const kept = await count('SELECT count(*) FROM events');
  expect(kept % 20_000).toBe(0);
  expect(kept).toBeLessThan(800_000);
  const again = await engine.job(
    (await engine.api['ingest.start']({ paths: [folder], detect: false })).jobId,
  );
  expect(again).toMatchObject({ state: 'done', result: { records: 800_000, lines: 800_000 } });
}, 120_000);

test('events of a member whose end never came are gone after the next ingest', async () => {
  const made = await Case.create(join(dir, 'case'));
  await made.write(async (c) => {
    await c.run(
      `INSERT INTO event_row (event_id, file_id, kind_id, message) VALUES ((77::BIGINT << 32) + 1, 77, 1, 'half a member')`,
    );
    await c.run(`INSERT INTO entity_ref (event_id, entity_id) VALUES ((77::BIGINT << 32) + 1, 5)`);
  });
  await made.close();
  await engine.api['case.open']({ dir: join(dir, 'case') });
  expect(await count('SELECT count(*) FROM events')).toBe(0); // hidden already: the view joins the ledger
  await engine.job((await engine.api['ingest.start']({ paths: [logs(1, 10)], detect: false })).jobId);
  expect(await count(LOOSE)).toBe(0);
  expect(await count('SELECT count(*) FROM entity_ref WHERE (event_id >> 32) = 77')).toBe(0);
  expect(await count('SELECT count(*) FROM events')).toBe(10);
});

test('a zone that does not exist is refused before anything is read', async () => {
  await engine.api['case.create']({ dir: join(dir, 'case') });
  await expect(
    engine.api['ingest.start']({ paths: [logs(1, 1)], timezones: { '*': 'Mars/Olympus' } }),
  ).rejects.toMatchObject({ code: 'unknown_zone' });
});

test('a zone of the responder moves times, and its daylight-saving jump with it', async () => {
  const folder = join(dir, 'dst');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'worker.log'),
    ['2026-03-08 01:59:59,000', '2026-03-08 03:00:01,000']
      .map((t) => `[${t}: INFO/MainProcess] beat\n`)
      .join(''),
  );
  await engine.api['case.create']({ dir: join(dir, 'case') });
  await engine.job(
    (
      await engine.api['ingest.start']({
        paths: [folder],
        timezones: { '*': 'America/New_York' },
        detect: false,
      })
    ).jobId,
  );
  const { rows } = await engine.api['sql.run']({
    sql: 'SELECT ts::VARCHAR, ts_basis FROM events ORDER BY event_id',
    limit: 5,
  });
  expect(rows).toEqual([
    ['2026-03-08 06:59:59', 'assumed_zone'],
    ['2026-03-08 07:00:01', 'assumed_zone'],
  ]);
});

test('a zone given for a node that is not there is said, not swallowed', async () => {
  await engine.api['case.create']({ dir: join(dir, 'case') });
  const job = await engine.job(
    (
      await engine.api['ingest.start']({
        paths: [logs(1, 3)],
        timezones: { nobody: 'Asia/Tokyo' },
        detect: false,
      })
    ).jobId,
  );
  expect(job.result).toMatchObject({ records: 3, problems: [expect.stringContaining('no node nobody')] });
});
