// One bundle of gigabytes in thousands of members: events per second, memory over time (flat or not), disk, and how long the
// case takes to open again.
import { spawn } from 'node:child_process';
import { readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { measure, treeRss } from './measure.ts';
import { writeTarBundle } from './tar-bundle.ts';

const root = resolve(import.meta.dirname, '../..');
const program = join(root, 'electron/tidemark.mjs');
/** Disk that is needed by bytes of logs: the packed bundle, kept evidence, database, scratch. */
const DISK = 1.3;
const EVERY_MS = 250;

const mb = (bytes: number): string => (bytes / 1e6).toFixed(0);

function folderBytes(path: string): number {
  let sum = 0;
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    try {
      sum += statSync(join(entry.parentPath, entry.name)).size;
    } catch {
      // gone meanwhile
    }
  }
  return sum;
}

interface Run {
  seconds: number;
  stdout: string;
  code: number | null;
  samples: { ms: number; rss: number }[];
  /** Bytes the file system lost at most while it ran. */
  peakDisk: number;
}

function watched(args: string[], dir: string): Promise<Run> {
  return new Promise((done) => {
    const started = performance.now();
    const free = () => {
      const { bavail, bsize } = statfsSync(dir);
      return bavail * bsize;
    };
    const before = free();
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const run: Run = { seconds: 0, stdout: '', code: null, samples: [], peakDisk: 0 };
    const timer = setInterval(() => {
      run.samples.push({ ms: performance.now() - started, rss: treeRss(child.pid!) });
      run.peakDisk = Math.max(run.peakDisk, before - free());
    }, EVERY_MS);
    child.stdout.on('data', (part: Buffer) => {
      run.stdout += part.toString();
    });
    child.on('close', (code) => {
      clearInterval(timer);
      done(Object.assign(run, { code, seconds: (performance.now() - started) / 1000 }));
    });
  });
}

/** Answers whether the aims are met: every member in, memory under 1.5 GB and flat, reopened in under 2 s. */
export async function benchLarge(
  dir: string,
  gigabytes: number,
  members: number,
  seed: number,
): Promise<boolean> {
  const { bavail, bsize } = statfsSync(dir);
  const needed = gigabytes * 1e9 * DISK + 512e6;
  if (bavail * bsize < needed)
    throw new Error(
      `${dir} has ${mb(bavail * bsize)} MB free; ${mb(needed)} MB are needed. Name another folder with --dir, or less with --gb.`,
    );
  const bundle = join(dir, 'large.tar.gz');
  const caseDir = join(dir, 'large-case');
  const began = performance.now();
  const made = await writeTarBundle(bundle, gigabytes * 1e9, members, seed);
  console.log(
    `bundle: ${mb(made.bytes)} MB of logs, ${made.lines.toLocaleString('en-US')} lines, ${made.members.toLocaleString('en-US')} members, tar.gz ${mb(statSync(bundle).size)} MB, made in ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );
  const run = await watched([program, 'ingest', caseDir, bundle, '--json'], dir);
  if (run.code !== 0) throw new Error(`ingest ended with ${run.code}: ${run.stdout.slice(0, 2000)}`);
  const said = JSON.parse(run.stdout) as { records: number; lines: number; members: Record<string, number> };
  if (said.lines !== made.lines) throw new Error(`ingest counted ${said.lines} lines of ${made.lines}`);
  const tenths = Array.from({ length: 10 }, (_, i) => {
    const part = run.samples.filter(
      ({ ms }) => Math.min(9, Math.floor((ms / 1000 / run.seconds) * 10)) === i,
    );
    return Math.max(0, ...part.map(({ rss }) => rss));
  });
  const peak = Math.max(...tenths);
  console.log(
    `ingest: ${said.records.toLocaleString('en-US')} events in ${run.seconds.toFixed(1)} s (${Math.round(said.records / run.seconds).toLocaleString('en-US')} events/s, ${(made.bytes / 1e6 / run.seconds).toFixed(1)} MB/s), members ${JSON.stringify(said.members)}`,
  );
  console.log(
    `memory: peak ${mb(peak)} MB; highest of each tenth of the time, MB: ${tenths.map(mb).join(' ')}`,
  );
  console.log(
    `disk: at most ${mb(run.peakDisk)} MB while it ran; case ${mb(folderBytes(caseDir))} MB, of it database ${mb(statSync(join(caseDir, 'case.duckdb')).size)} MB`,
  );
  const opened = await measure(process.execPath, [join(import.meta.dirname, 'reopen.ts'), caseDir]);
  const { openMs, overviewMs, sinceStartMs } = JSON.parse(opened.stdout) as Record<string, number>;
  console.log(
    `reopen: case.open answered after ${openMs!.toFixed(0)} ms (${sinceStartMs!.toFixed(0)} ms from the start of the process), the overview ${overviewMs!.toFixed(0)} ms later`,
  );
  rmSync(bundle, { force: true });
  // the second half may be no more than a quarter above the first: what grows with the bundle would double
  const [first, second] = [Math.max(...tenths.slice(1, 5)), Math.max(...tenths.slice(5))];
  const flat = second <= first * 1.25;
  const met = peak < 1.5e9 && sinceStartMs! < 2000 && flat;
  console.log(
    `aims: under 1,500 MB, no higher in the second half (${mb(first)} and ${mb(second)} MB), reopened in under 2 s: ${met ? 'met' : 'NOT met'}`,
  );
  return met;
}
