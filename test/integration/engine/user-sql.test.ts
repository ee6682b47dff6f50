// SQL of the responder: what runs, what is refused, paging, cancel, export.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Case } from '../../../electron/engine/case/case.ts';
import { UserSql } from '../../../electron/engine/query/user-sql.ts';

let dir: string;
let open: Case;
let sql: UserSql;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tidemark-sql-'));
  open = await Case.create(join(dir, 'case'));
  await open.write((c) => c.run(`INSERT INTO setting SELECT 'n' || i, '=cmd|' || i FROM range(5000) t(i)`));
  sql = new UserSql(open, () => {});
});
afterAll(async () => {
  sql.dispose();
  await open.close();
  rmSync(dir, { recursive: true, force: true });
});

test('a SELECT gives typed columns and pages on', async () => {
  const first = await sql.run(
    'SELECT i, i::HUGEINT * 10000000000 AS big FROM range(10000) t(i) ORDER BY i',
    100,
  );
  expect(first.columns).toEqual([
    { name: 'i', type: 'BIGINT' },
    { name: 'big', type: 'HUGEINT' },
  ]);
  expect(first.rows[99]).toEqual(['99', '990000000000']);
  expect(first.done).toBe(false);
  const next = await sql.fetch(first.cursorId, 100, 9900);
  expect(next.rows.at(-1)?.[0]).toBe('9999');
  expect(next.done).toBe(true);
  expect((await sql.fetch(first.cursorId, 5, 2)).rows.map((row) => row[0])).toEqual(['5', '6']);
});

test.each([
  ['DELETE FROM setting', 'sql_refused'],
  ['DELETE FROM events', 'sql_refused'],
  ['-- quietly\nUPDATE events SET message = 1', 'sql_refused'],
  ['WITH x AS (SELECT 1) DELETE FROM setting', 'sql_refused'],
  ['DROP TABLE setting', 'sql_refused'],
  ['CREATE TABLE x (a INTEGER)', 'sql_refused'],
  ['CREATE TEMP TABLE x (a INTEGER)', 'sql_refused'],
  [`COPY setting TO '/tmp/x.csv'`, 'sql_refused'],
  [`ATTACH '/tmp/other.db'`, 'sql_refused'],
  ['SELECT 1; SELECT 2', 'sql_refused'],
  ['SELECT 1; DROP TABLE setting', 'sql_refused'],
  ['SET threads = 1', 'sql_refused'],
  ['INSTALL httpfs', 'sql_refused'],
  [`SELECT * FROM read_text('/etc/hostname')`, 'sql_refused'],
  [`SELECT * FROM read_csv('/etc/hostname')`, 'sql_refused'],
  [`SELECT * FROM glob('/etc/*')`, 'sql_refused'],
  [`FROM '/etc/hostname'`, 'sql_refused'],
  [`SELECT * FROM 'evil.csv'`, 'sql_refused'],
  ['CHECKPOINT', 'sql_refused'],
  ['PRAGMA enable_profiling', 'sql_refused'],
  ['EXPLAIN ANALYZE SELECT 1', 'sql_refused'],
  ['  ; -- nothing', 'sql_empty'],
  ['SELEC 1', 'sql_error'],
  ['SELECT no_such_column FROM events', 'sql_error'],
])('%s is refused', async (text, code) => {
  await expect(sql.run(text, 10)).rejects.toMatchObject({ code });
});

test('a long statement can be cancelled and the next one runs', async () => {
  const slow = sql.run(
    'SELECT count(*) FROM range(1000000000) a(i), range(1000) b(j) WHERE hash(i, j) = 1',
    1,
  );
  const ended = expect(slow).rejects.toMatchObject({ code: 'cancelled' });
  const timer = setInterval(() => sql.cancel(), 20); // the statement may not have begun yet
  await ended;
  clearInterval(timer);
  expect((await sql.run('SELECT 42', 1)).rows).toEqual([[42]]);
});

test('exports hold everything, and CSV cells cannot run as formulas', async () => {
  const text = `SELECT value FROM setting WHERE key LIKE 'n%' ORDER BY key; -- all of them`;
  const csv = await sql.export(text, 'csv', 'a.csv');
  const lines = readFileSync(csv.path, 'utf8').trimEnd().split('\n');
  expect(lines.length).toBe(5001);
  expect(lines.slice(1).every((line) => line.startsWith(`'=cmd|`))).toBe(true);
  const json = await sql.export(text, 'json', 'a.json');
  expect((JSON.parse(readFileSync(json.path, 'utf8')) as unknown[]).length).toBe(5000);
  const parquet = await sql.export(text, 'parquet', 'a.parquet');
  expect(readFileSync(parquet.path).subarray(0, 4).toString()).toBe('PAR1');
  expect([csv.rows, json.rows, parquet.rows]).toEqual([5000, 5000, 5000]);
  await expect(
    sql.export(`SELECT 1) TO '/tmp/evil.csv' (FORMAT csv); --`, 'csv', 'b.csv'),
  ).rejects.toMatchObject({ code: expect.stringMatching(/^sql_/) });
});

test('an open result is given up when the case changes, and says so', async () => {
  const page = await sql.run('SELECT i FROM range(100000) t(i)', 10);
  await open.write((c) => c.run(`INSERT INTO setting VALUES ('later', '1')`));
  await expect(sql.fetch(page.cursorId, 10, 10)).rejects.toMatchObject({ code: 'cursor_gone' });
});
