// Too little memory for the database, a parse worker, the engine's heap. More of it: `node test/faults/no-memory.ts`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { LITTLE, NoMemory } from '../../faults/no-memory.ts';
import { sampleBundles } from '../../faults/run-acts.ts';

const home = mkdtempSync(join(tmpdir(), 'tidemark-memory-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

test('too little memory is said or ends the process; the case is whole, and with enough it goes on to the same rows', async () => {
  const runs = new NoMemory(home, sampleBundles(true).slice(0, 1), false);
  await runs.undisturbed();

  const database = await runs.run(LITTLE.database('8MB'));
  expect(database.problems).toEqual([]);
  expect(database.outcome.join()).toContain(
    'out_of_memory: There was not enough memory: the database may use 8MB',
  );

  const worker = await runs.run(LITTLE.worker(8));
  expect(worker.problems).toEqual([]);
  expect(worker.outcome.join()).toMatch(
    /out_of_memory: There was not enough memory to read celery-worker-1\/\S+\. .*tidemark resume/,
  );

  const heap = await runs.run(LITTLE.heap(14));
  expect(heap.problems).toEqual([]);
  expect(heap.outcome.join()).toContain('the process was ended');
}, 300_000);
