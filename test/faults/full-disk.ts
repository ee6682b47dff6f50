// Full disks: a case on a small tmpfs of its own. Whatever does not fit is refused with `disk_full` and a sentence; the case
// opens and reads while the disk is still full; with room made, going on gives what an undisturbed run gives.
//
//   node test/faults/full-disk.ts [--sizes 0.3,2,5,10,20,40] [--free 0.02,0.2,1,3] [--small]     (MB; Linux)
//
// Runs itself again in a mount namespace (`--inside`), and says with one line of JSON what was wrong there.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { faultsOf } from './checks.ts';
import { type ActSaid, type Ran, runActs, sampleBundles } from './run-acts.ts';
import { differences, type Views, viewsOf } from './views.ts';

const MB = 1e6;
const NO_RESERVE = { TIDEMARK_RESERVE: '0' }; // so that the disk fills to its last byte amid the work

export interface DiskRun {
  /** What the disk was: its size, or what was left free on it. */
  disk: string;
  /** Acts that were refused, with their sentence. */
  refused: string[];
  problems: string[];
}

/** Why full disks can't be tested here; null when they can. */
export function cannotMount(): string | null {
  const tried = spawnSync('unshare', [...NAMESPACE, 'mount', '-t', 'tmpfs', 'none', tmpdir()], {
    encoding: 'utf8',
  });
  return tried.status === 0
    ? null
    : `no mount namespace can be had here: ${tried.error?.message ?? tried.stderr.trim()}`;
}

const NAMESPACE = process.getuid?.() === 0 ? ['-m'] : ['-Urm'];

/** Runs this file in a mount namespace; throws what it could not do there. */
export function inNamespace(words: string[]): DiskRun[] {
  const self = fileURLToPath(import.meta.url);
  const ran = spawnSync(
    'unshare',
    [...NAMESPACE, process.execPath, '--disable-warning=ExperimentalWarning', self, '--inside', ...words],
    { encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  if (ran.status !== 0) throw new Error(`the run in the namespace ended with ${ran.status}`);
  return ran.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as DiskRun);
}

class Disk {
  readonly at: string;
  constructor(home: string, bytes: number) {
    this.at = join(home, 'disk');
    mkdirSync(this.at, { recursive: true });
    this.#mount([`size=${Math.ceil(bytes / 4096) * 4096}`]);
  }
  #mount(options: string[]): void {
    const ran = spawnSync('mount', ['-t', 'tmpfs', '-o', options.join(), 'none', this.at], {
      encoding: 'utf8',
    });
    if (ran.status !== 0) throw new Error(ran.stderr);
  }
  /** Room for everything. */
  enlarge(): void {
    const ran = spawnSync('mount', ['-o', 'remount,size=2g', this.at], { encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(ran.stderr);
  }
  /** Leaves `bytes` free, by a file that is no part of the case. */
  fillTo(bytes: number): void {
    const { bavail, bsize } = statfsSync(this.at);
    writeFileSync(join(this.at, 'ballast'), Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
  }
  empty(): void {
    rmSync(join(this.at, 'ballast'), { force: true });
    this.enlarge();
  }
  remove(): void {
    spawnSync('umount', ['-l', this.at]);
  }
}

/** Every act that failed did so with a sentence on the disk. */
function refusals(ran: Ran, problems: string[]): string[] {
  const failed = ran.said.filter(({ ok }) => !ok);
  if (ran.code !== 0 && ran.code !== 3)
    problems.push(`the process ended with ${ran.code}: ${ran.stderr.slice(-1000)}`);
  let wasFull = false;
  for (const { act, error } of failed) {
    wasFull ||= error?.code === 'disk_full';
    const follows = wasFull && ['no_case', 'not_opened'].includes(error?.code ?? ''); // the case could not be made
    if (error?.code !== 'disk_full' && !follows)
      problems.push(`${act} failed with ${error?.code}: ${error?.sentence}`);
    else if (!follows && !/full|MB free/.test(error!.sentence))
      problems.push(`${act}: the sentence does not say that the disk is full: ${error!.sentence}`);
  }
  return failed.map(({ act, error }) => `${act}: ${error?.sentence}`);
}

/** The case opens and reads while the disk is still full. */
async function readsWhileFull(dir: string, stateDir: string, problems: string[]): Promise<void> {
  if (!existsSync(join(dir, 'case.json'))) return;
  const ran = await runActs(dir, stateDir, ['open', 'read', 'close'], NO_RESERVE);
  for (const { act, ok, error } of ran.said)
    if (!ok) problems.push(`on the full disk, ${act} failed: ${error?.sentence}`);
  if (ran.code !== 0)
    problems.push(`on the full disk, opening ended with ${ran.code} ${ran.stderr.slice(-500)}`);
}

async function compare(dir: string, expected: Views, problems: string[]): Promise<void> {
  problems.push(...differences(expected, await viewsOf(dir)), ...(await faultsOf(dir)));
}

/** Taking bundles into a new case on a disk of `megabytes`. */
async function fillIngest(
  home: string,
  megabytes: number,
  bundles: string[],
  expected: Views,
): Promise<DiskRun> {
  const disk = new Disk(home, megabytes * MB);
  const dir = join(disk.at, 'case');
  const stateDir = join(home, 'state');
  const problems: string[] = [];
  try {
    const ran = await runActs(dir, stateDir, ['create', `ingest:${bundles.join(',')}`, 'close'], NO_RESERVE);
    const refused = refusals(ran, problems);
    await readsWhileFull(dir, stateDir, problems);
    disk.enlarge();
    const after = await runActs(dir, stateDir, [`go-on:${bundles.join(',')}`, 'close']);
    for (const { act, ok, error } of after.said)
      if (!ok) problems.push(`with room made, ${act} failed: ${error?.code} ${error?.sentence}`);
    if (after.code === 0) await compare(dir, expected, problems);
    return { disk: `${megabytes} MB`, refused, problems };
  } finally {
    disk.remove();
  }
}

/** Acts and what the custody log calls them. */
const ACTS: Record<string, RegExp> = {
  tag: /^annotation\.added$/,
  detect: /^rules\.run$/,
  judge: /^finding/,
  report: /^report\.exported$/,
  query: /^query\.exported$/,
};

/** What was acknowledged stands in the log. */
function unlogged(dir: string, said: ActSaid[], problems: string[]): void {
  const text = readFileSync(join(dir, 'custody.jsonl'), 'utf8');
  const acts = text
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => (JSON.parse(line) as { act: string }).act);
  for (const { act, ok } of said) {
    const name = ACTS[act];
    if (ok && name && !acts.some((logged) => name.test(logged)))
      problems.push(`${act} was acknowledged and is not in the custody log`);
  }
}

/** Work on a case that is there, with `megabytes` left. */
async function fillWork(home: string, megabytes: number, from: string, expected: Views): Promise<DiskRun> {
  const disk = new Disk(home, 400 * MB);
  const dir = join(disk.at, 'case');
  const stateDir = join(home, 'state');
  const problems: string[] = [];
  try {
    cpSync(from, dir, { recursive: true });
    disk.fillTo(megabytes * MB);
    const out = (name: string) => `${name}:${join(disk.at, name)}`;
    const ran = await runActs(
      dir,
      stateDir,
      ['open', 'tag', 'detect', 'judge', out('report'), out('query'), 'close'],
      NO_RESERVE,
    );
    const refused = refusals(
      { ...ran, said: ran.said.filter(({ act, error }) => !(act === 'judge' && error?.code === 'internal')) }, // nothing to judge
      problems,
    );
    for (const name of ['report', 'query']) {
      const ok = ran.said.some((said) => said.act === name && said.ok);
      if (!ok && existsSync(join(disk.at, name))) problems.push(`a half ${name} was left at its place`);
    }
    const halves = readdirSync(join(dir, 'exports')).filter((name) => /\.part|\.tmp/.test(name));
    if (halves.length > 0) problems.push(`half a file was left: exports/${halves[0]}`);
    unlogged(dir, ran.said, problems);
    await readsWhileFull(dir, stateDir, problems);
    disk.empty();
    const after = await runActs(dir, stateDir, [
      'open',
      'tag',
      'detect',
      'judge',
      out('report'),
      out('query'),
      'close',
    ]);
    for (const { act, ok, error } of after.said)
      if (!ok) problems.push(`with room made, ${act} failed: ${error?.code} ${error?.sentence}`);
    if (after.code === 0) await compare(dir, expected, problems);
    return { disk: `${megabytes} MB free`, refused, problems };
  } finally {
    disk.remove();
  }
}

async function inside(sizes: number[], free: number[], bundles: string[]): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'tidemark-full-disk-'));
  spawnSync('mount', ['--make-rprivate', '/']);
  try {
    mkdirSync(join(home, 'state'));
    const whole = join(home, 'whole');
    const made = await runActs(whole, join(home, 'state'), [
      'create',
      `ingest:${bundles.join(',')}`,
      'close',
    ]);
    if (made.code !== 0) throw new Error(`the undisturbed run failed: ${JSON.stringify(made)}`);
    const taken = await viewsOf(whole);
    for (const size of sizes) console.log(JSON.stringify(await fillIngest(home, size, bundles, taken)));
    if (free.length === 0) return;
    const worked = join(home, 'worked');
    cpSync(whole, worked, { recursive: true });
    await runActs(worked, join(home, 'state'), ['open', 'tag', 'detect', 'judge', 'close']);
    const expected = await viewsOf(worked);
    for (const left of free) console.log(JSON.stringify(await fillWork(home, left, whole, expected)));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const numbers = (text: string): number[] => text.split(',').filter(Boolean).map(Number);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: '0.1,0.3,1,2,3,5,8,10,20,40' },
      free: { type: 'string', default: '0,0.01,0.05,0.2,0.5,1,2,4' },
      small: { type: 'boolean', default: false },
      inside: { type: 'boolean', default: false },
    },
  });
  if (values.inside) return inside(numbers(values.sizes), numbers(values.free), sampleBundles(values.small));
  const cannot = cannotMount();
  if (cannot) throw new Error(cannot);
  let bad = 0;
  for (const { disk, refused, problems } of inNamespace(process.argv.slice(2))) {
    console.log(`${disk}: ${refused.length === 0 ? 'it was enough' : refused.join('\n    ')}`);
    for (const problem of problems) console.log(`  PROBLEM ${problem}`);
    bad += problems.length > 0 ? 1 : 0;
  }
  console.log(`${bad} disks with problems`);
  process.exitCode = bad > 0 ? 1 : 0;
}

if (import.meta.main) await main();
