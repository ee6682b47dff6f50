// node test/crash/kill.ts [--kills 40] [--seed 1] [--depth 4] [--rows 400] [--dir DIR] [BUNDLE...]: ingests the sample incident in a
// process of its own, kills it at random moments, goes on, kills again, and compares what comes out with an undisturbed run.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { crashTest } from './chain.ts';

const { values, positionals } = parseArgs({
  options: {
    kills: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    depth: { type: 'string', default: '4' },
    rows: { type: 'string', default: '400' },
    dir: { type: 'string', default: tmpdir() },
  },
  allowPositionals: true,
});
const sample = resolve(import.meta.dirname, '../../resources/samples/incident');
const bundles = positionals.length
  ? positionals.map((path) => resolve(path))
  : readdirSync(sample)
      .filter((name) => /\.(?:gz|zip)$/.test(name))
      .sort()
      .map((name) => join(sample, name));
const dir = mkdtempSync(join(resolve(values.dir), 'tidemark-crash-'));
try {
  const { kills, chains, faults } = await crashTest({
    dir,
    bundles,
    kills: Number(values.kills),
    depth: Number(values.depth),
    seed: Number(values.seed),
    load: { batchRows: Number(values.rows) },
    say: (line) => console.log(line),
  });
  console.log(
    faults.length === 0
      ? `${kills} kills in ${chains} chains: every case equals the undisturbed one in every public view.`
      : `${kills} kills in ${chains} chains, ${faults.length} faults:\n${faults.join('\n')}`,
  );
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}
