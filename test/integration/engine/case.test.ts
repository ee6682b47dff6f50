// The case folder: one Tidemark at a time, readers and one writer, and what a broken folder says.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Case } from '../../../electron/engine/case/case.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tidemark-case-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('a new case opens again with what was written', async () => {
  const made = await Case.create(join(dir, 'a'), 'Night shift');
  await made.write((connection) => connection.run(`INSERT INTO setting VALUES ('k', 'v')`));
  await made.close();
  const opened = await Case.open(join(dir, 'a'));
  expect(opened.name).toBe('Night shift');
  expect(await opened.read((c) => c.row(`SELECT value FROM setting WHERE key = 'k'`))).toEqual({
    value: 'v',
  });
  await opened.close();
});

test('a case that is open elsewhere is refused and says where', async () => {
  const first = await Case.create(join(dir, 'a'));
  await expect(Case.open(join(dir, 'a'))).rejects.toMatchObject({
    code: 'case_locked',
    message: expect.stringContaining('is open in another Tidemark ('),
  });
  await first.close();
  await (await Case.open(join(dir, 'a'))).close();
});

test('a lock left by a process that is gone is taken over, and said', async () => {
  await (await Case.create(join(dir, 'a'))).close();
  writeFileSync(join(dir, 'a', 'case.lock'), JSON.stringify({ who: 'night shift' }));
  const opened = await Case.open(join(dir, 'a'));
  expect(opened.notices.join()).toContain('not closed properly');
  await opened.close();
});

test('a folder with other things in it is not made a case', async () => {
  mkdirSync(join(dir, 'full'));
  writeFileSync(join(dir, 'full', 'notes.txt'), 'mine');
  await expect(Case.create(join(dir, 'full'))).rejects.toMatchObject({ code: 'case_folder' });
  await expect(Case.open(join(dir, 'full'))).rejects.toMatchObject({ code: 'no_case' });
  await expect(Case.open(join(dir, 'nowhere'))).rejects.toMatchObject({ code: 'no_case' });
});

test('readers outside a write cannot write, and see a write once it is over', async () => {
  const made = await Case.create(join(dir, 'a'));
  await expect(made.read((c) => c.run(`INSERT INTO setting VALUES ('x', 'y')`))).rejects.toThrow(/read-only/);
  const write = made.write(async (c) => {
    await c.run(`INSERT INTO setting VALUES ('x', 'y')`);
    return 'written';
  });
  const later = write.then(() => made.read((c) => c.row(`SELECT value FROM setting WHERE key = 'x'`)));
  expect(await write).toBe('written');
  expect(await later).toEqual({ value: 'y' });
  await made.close();
});

test('many readers and writers at once end in order and lose nothing', async () => {
  const made = await Case.create(join(dir, 'a'));
  const work: Promise<unknown>[] = [];
  for (let i = 0; i < 12; i++) {
    work.push(made.write((c) => c.run('INSERT INTO setting VALUES ($1, $1)', [`k${i}`])));
    for (let j = 0; j < 4; j++) work.push(made.read((c) => c.rows('SELECT * FROM setting')));
  }
  await Promise.all(work);
  expect(
    await made.read((c) => c.row(`SELECT count(*)::INTEGER AS n FROM setting WHERE key LIKE 'k%'`)),
  ).toEqual({ n: 12 });
  await made.close();
});

/** A statement that ends by being interrupted. */
const LONG = 'SELECT sum(hash(range)) FROM range(100_000_000_000)';

/** Resolves when statements sent before have surely begun: many others came and went meanwhile. */
async function otherWork(made: Case): Promise<void> {
  for (let i = 0; i < 40; i++) await made.read((c) => c.row('SELECT 1'));
}

test('a case closes while statements run on it: they end, say so, and the next case opens', async () => {
  for (let round = 0; round < 3; round++) {
    const made = await Case.create(join(dir, `busy-${round}`));
    const reads = [made.read((c) => c.rows(LONG)), made.read((c) => c.rows(LONG))];
    const ended = Promise.allSettled(reads);
    await otherWork(made);
    await made.close();
    for (const read of await ended) {
      expect(read).toMatchObject({ status: 'rejected', reason: { code: 'case_closed' } });
    }
  }
});

test('a read that gives up while its other statement runs leaves the case to the next writer', async () => {
  const made = await Case.create(join(dir, 'a'));
  const read = made.read((c) =>
    Promise.all([
      c.rows(LONG),
      otherWork(made).then(() => {
        throw new Error('given up');
      }),
    ]),
  );
  await expect(read).rejects.toThrow('given up');
  await made.write((c) => c.run(`INSERT INTO setting VALUES ('k', 'v')`));
  expect(await made.read((c) => c.row(`SELECT value FROM setting WHERE key = 'k'`))).toEqual({ value: 'v' });
  await made.close();
});
