// DuckDB's log after a power cut: an end with holes, a log that came back, and what is neither.
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Case } from '../../../electron/engine/case/case.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tidemark-wal-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** The folder as the disk holds it this moment; not the guard, whose lock would fall. */
const image = (dir: string, to: string) =>
  cpSync(dir, to, { recursive: true, filter: (path) => !path.endsWith('case.guard') });

/** A case, and what the disk held of it right after `k` was committed and before it was checkpointed. */
async function broken(): Promise<{ whole: string; cut: string }> {
  const whole = join(home, 'whole');
  const cut = join(home, 'cut');
  const made = await Case.create(whole);
  await made.write(async (connection) => {
    await connection.run(`INSERT INTO setting VALUES ('k', 'v')`);
    image(whole, cut);
  });
  await made.write((connection) => connection.run(`INSERT INTO setting VALUES ('later', 'v')`));
  await made.close();
  expect(existsSync(join(cut, 'case.duckdb.wal'))).toBe(true);
  return { whole, cut };
}

const settings = (open: Case) =>
  open.read((c) => c.rows<{ key: string }>(`SELECT key FROM setting WHERE key IN ('k', 'later') ORDER BY 1`));

test.each([
  ['zeros, where the size came to the disk before the bytes', Buffer.alloc(700)],
  [
    'an entry whose bytes are not those of its checksum',
    Buffer.from(`\x20${'\0'.repeat(7)}${'x'.repeat(200)}`, 'latin1'),
  ],
])('a log that ends in %s opens: the end is set aside, what was committed is there', async (_, end) => {
  const { cut } = await broken();
  const before = statSync(join(cut, 'case.duckdb.wal')).size;
  appendFileSync(join(cut, 'case.duckdb.wal'), end);
  const opened = await Case.open(cut);
  const kept = `case.duckdb.wal.torn-${before}`;
  expect(opened.notices.join('\n')).toContain(`its last ${end.length} bytes are set aside as ${kept}`);
  expect(statSync(join(cut, kept)).size).toBe(end.length);
  expect(await settings(opened)).toEqual([{ key: 'k' }]);
  const { rows } = await opened.custody.entries();
  expect(rows.find(({ act }) => act === 'database.torn')?.detail).toEqual({
    kept_as: kept,
    bytes: end.length,
  });
  await opened.close();
  const again = await Case.open(cut);
  expect(again.notices).toEqual([]);
  await again.close();
});

test('a log that is cut short opens with what was committed before', async () => {
  const { cut } = await broken();
  appendFileSync(join(cut, 'case.duckdb.wal'), Buffer.from('\xff\x01', 'latin1'));
  const opened = await Case.open(cut);
  expect(await settings(opened)).toEqual([{ key: 'k' }]);
  await opened.close();
});

test('a log that a checkpoint had removed and that came back is set aside; nothing is missing', async () => {
  const { whole, cut } = await broken();
  cpSync(join(cut, 'case.duckdb.wal'), join(whole, 'case.duckdb.wal'));
  const opened = await Case.open(whole);
  expect(opened.notices.join('\n')).toMatch(
    /older than it.*holds these changes already.*set aside as case\.duckdb\.wal\.old-\d+/,
  );
  expect(await settings(opened)).toEqual([{ key: 'k' }, { key: 'later' }]);
  await opened.close();
  expect(readdirSync(whole).filter((name) => name.startsWith('case.duckdb.wal.old-'))).toHaveLength(1);
});

test('a database that is no database is refused with a sentence, and nothing is set aside', async () => {
  const { whole } = await broken();
  writeFileSync(join(whole, 'case.duckdb'), 'block after block after block\n'.repeat(1000));
  await expect(Case.open(whole)).rejects.toMatchObject({ code: 'case_damaged' });
  expect(readdirSync(whole).filter((name) => /torn|old/.test(name))).toEqual([]);
});
