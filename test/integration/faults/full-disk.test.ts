// Full disks, on a small tmpfs in a mount namespace. More sizes: `node test/faults/full-disk.ts`.
import { expect, test } from 'vitest';
import { cannotMount, inNamespace } from '../../faults/full-disk.ts';

const cannot = process.platform === 'linux' ? cannotMount() : 'full disks are tested on Linux only';
if (cannot) console.warn(`Full disks are not tested here: ${cannot}`);

test.skipIf(cannot !== null)(
  'a disk that fills amid making a case, taking bundles in, rules, report or export is said; the case reads on it, and goes on with room made',
  () => {
    const runs = inNamespace(['--small', '--sizes', '0.5,2.5', '--free', '0']);
    expect(runs.map(({ disk }) => disk)).toEqual(['0.5 MB', '2.5 MB', '0 MB free']);
    for (const { disk, problems } of runs) expect(problems, disk).toEqual([]);
    const [making, taking, working] = runs.map(({ refused }) => refused.join('\n'));
    expect(making).toMatch(
      /^create: .* can't be used for a case: the disk is full, and nothing was left there/,
    );
    expect(taking).toMatch(
      /^ingest: The disk of the case folder .* is full \(\d+ MB free\).*tidemark resume/,
    );
    for (const act of ['tag', 'detect', 'report', 'query'])
      expect(working).toMatch(new RegExp(`^${act}: `, 'm'));
  },
  300_000,
);
