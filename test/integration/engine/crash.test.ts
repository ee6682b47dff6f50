// The job is killed at random moments and gone on with: a small run of test/crash (node test/crash/kill.ts --kills 200).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { crashTest } from '../../crash/chain.ts';

const sample = resolve(import.meta.dirname, '../../../resources/samples/incident');

test('ten kills at random moments: every case that goes on equals the undisturbed one, row for row', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tidemark-crash-'));
  try {
    const said: string[] = [];
    const { kills, faults } = await crashTest({
      dir,
      bundles: ['celery-worker-1.tar.gz', 'celery-worker-2.zip'].map((name) => join(sample, name)),
      kills: 10,
      depth: 5,
      seed: Number(process.env.TIDEMARK_CRASH_SEED ?? 5),
      load: { batchRows: 100 },
      say: (line) => said.push(line),
    });
    expect(faults, said.join('\n')).toEqual([]);
    expect(kills).toBeGreaterThanOrEqual(10);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}, 600_000);
