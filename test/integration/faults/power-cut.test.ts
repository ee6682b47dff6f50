// Power cuts by fault injection below the process (test/faults/power-cut.c). Many more: `node test/faults/power-cut.ts`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { buildLibrary, ingestScenario, PowerCuts, workScenario } from '../../faults/power-cut.ts';
import { sampleBundles } from '../../faults/run-acts.ts';

const home = mkdtempSync(join(tmpdir(), 'tidemark-power-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const built = buildLibrary(home);
if ('cannot' in built) console.warn(`Power cuts are not tested here: ${built.cannot}`);
const library = 'library' in built ? built.library : '';
const onLinux = test.skipIf(library === '');

/** Writes two files, one of them synced, and is cut at its last change; what is left of each. */
function left(seed: number): { synced: string | null; loose: string | null } {
  const root = join(home, `probe-${seed}`, 'root');
  for (const dir of [root, join(root, '..', 'stash')]) mkdirSync(dir, { recursive: true });
  const program = `
    const fs = require('node:fs');
    const dir = fs.openSync('.', 'r');
    for (const name of ['synced', 'loose']) {
      const fd = fs.openSync(name, 'w');
      fs.writeSync(fd, name.repeat(1000));
      if (name === 'synced') fs.fsyncSync(fd), fs.fsyncSync(dir);
    }
    fs.writeFileSync('last', '');
  `;
  const ran = spawnSync(process.execPath, ['-e', program], {
    cwd: root,
    env: {
      ...process.env,
      LD_PRELOAD: library,
      UV_USE_IO_URING: '0',
      POWER_CUT_DIR: root,
      POWER_CUT_STASH: join(root, '..', 'stash'),
      POWER_CUT_AT: '7',
      POWER_CUT_SEED: String(seed),
    },
  });
  expect(ran.status, ran.stderr.toString()).toBe(86);
  const read = (name: string) =>
    existsSync(join(root, name)) ? readFileSync(join(root, name), 'utf8') : null;
  return { synced: read('synced'), loose: read('loose') };
}

onLinux('a cut takes back what was not synced, in every way, and nothing that was', () => {
  const ways = new Set<string>();
  for (let seed = 1; seed <= 24; seed++) {
    const { synced, loose } = left(seed);
    expect(synced).toBe('synced'.repeat(1000));
    const whole = 'loose'.repeat(1000);
    if (loose === null) ways.add('no name');
    else if (loose === '') ways.add('lost');
    else if (loose === whole) ways.add('kept');
    else ways.add(loose.includes('\0') ? 'sectors' : 'half');
  }
  expect([...ways].sort()).toEqual(['half', 'kept', 'lost', 'no name', 'sectors']);
});

onLinux(
  'a case that was being made or taking bundles in when the power failed goes on to the same rows',
  async () => {
    const cuts = new PowerCuts(
      join(home, 'ingest'),
      library,
      ingestScenario(sampleBundles(true).slice(0, 1)),
    );
    const changes = await cuts.undisturbed();
    // making the case, keeping evidence, a commit or settling
    const at = [0.12, 0.4, 0.8].map((share) => Math.round(changes * share));
    for (const [i, change] of at.entries()) {
      const { problems, log } = await cuts.cut(change, 11 + i);
      expect(problems, `cut at ${change}, seed ${11 + i}\n${log}`).toEqual([]);
    }
  },
  300_000,
);

onLinux(
  'a case that was being worked on when the power failed keeps what was acknowledged',
  async () => {
    const scenario = await workScenario(sampleBundles(true).slice(0, 1), home);
    const cuts = new PowerCuts(join(home, 'work'), library, scenario);
    const changes = await cuts.undisturbed();
    const change = Math.round(changes * 0.75);
    const { problems, log } = await cuts.cut(change, 20);
    expect(problems, `cut at ${change}\n${log}`).toEqual([]);
  },
  300_000,
);
