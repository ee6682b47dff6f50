// No memory: acts on a case with too little of it for the database, for a parse worker, for the engine's own heap, or for the
// whole process (address space, or a control group whose limit makes the system kill it). What does not fit is refused with
// `out_of_memory` and a sentence, or the process is gone; the case is whole, and going on with enough gives the same rows.
//
//   node test/faults/no-memory.ts [--small] [--only database,worker,heap,space,group]     (space, group: Linux)
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { faultsOf } from './checks.ts';
import { type Ran, runActs, sampleBundles } from './run-acts.ts';
import { differences, type Views, viewsOf } from './views.ts';

export interface Little {
  name: string;
  environment?: Record<string, string>;
  /** Words for Node. */
  words?: string[];
  /** A program before Node, and its words. */
  under?: string[];
  /** The process may be ended by the system or by V8 instead of answering. */
  mayEnd?: boolean;
}

export interface MemoryRun {
  name: string;
  /** What was said or how the process ended; [] when it was enough. */
  outcome: string[];
  problems: string[];
}

const database = (limit: string): Little => ({
  name: `database ${limit}`,
  environment: { TIDEMARK_MEMORY: limit },
});
const worker = (mb: number): Little => ({
  name: `worker ${mb} MB`,
  environment: { TIDEMARK_WORKER_MEMORY: String(mb) },
});
const heap = (mb: number): Little => ({
  name: `heap ${mb} MB`,
  words: [`--max-old-space-size=${mb}`],
  mayEnd: true,
});
const space = (gb: number): Little => ({
  name: `address space ${gb} GB`,
  under: ['prlimit', `--as=${Math.trunc(gb * 2 ** 30)}`, '--core=0'],
  mayEnd: true,
});
const group = (mb: number): Little => ({
  name: `control group ${mb} MB`,
  under: ['sh', '-c', `echo $$ > ${GROUP}/cgroup.procs && exec "$0" "$@"`],
  mayEnd: true,
});

export const LITTLE = { database, worker, heap, space, group };

const GROUP = '/sys/fs/cgroup/memory/tidemark-no-memory'; // version 1; where version 2 is mounted, the test says so

/** Makes the control group; false where that is not allowed. */
function makeGroup(mb: number): boolean {
  try {
    mkdirSync(GROUP, { recursive: true });
    writeFileSync(join(GROUP, 'memory.limit_in_bytes'), String(mb * 2 ** 20));
    return true;
  } catch {
    return false;
  }
}

export class NoMemory {
  readonly #home: string;
  readonly #bundles: string[];
  readonly #detect: string[];
  #expected: Views = {};

  constructor(home: string, bundles: string[], detect: boolean) {
    this.#detect = detect ? ['detect'] : [];
    this.#home = home;
    this.#bundles = bundles;
    mkdirSync(join(home, 'state'), { recursive: true });
  }

  get #acts(): string[] {
    return [`ingest:${this.#bundles.join(',')}`, ...this.#detect, 'close'];
  }

  async undisturbed(): Promise<void> {
    const dir = join(this.#home, 'whole');
    const empty = join(this.#home, 'empty');
    const stateDir = join(this.#home, 'state');
    const made = await runActs(empty, stateDir, ['create', 'close']);
    cpSync(empty, dir, { recursive: true });
    const ran = await runActs(dir, stateDir, ['open', ...this.#acts]);
    if (made.code !== 0 || ran.code !== 0)
      throw new Error(`the undisturbed run failed: ${JSON.stringify(ran)}`);
    this.#expected = await viewsOf(dir);
  }

  async run(little: Little): Promise<MemoryRun> {
    const dir = join(this.#home, little.name.replaceAll(/\W/g, '-'));
    const stateDir = join(this.#home, 'state');
    cpSync(join(this.#home, 'empty'), dir, { recursive: true });
    const ran = await runActs(
      dir,
      stateDir,
      ['open', ...this.#acts],
      little.environment ?? {},
      little.words ?? [],
      little.under ?? [],
    );
    const problems: string[] = [];
    const outcome = judged(ran, little, problems);
    const after = await runActs(dir, stateDir, [
      `go-on:${this.#bundles.join(',')}`,
      ...this.#detect,
      'close',
    ]);
    for (const { act, ok, error } of after.said)
      if (!ok) problems.push(`with enough memory, ${act} failed: ${error?.code} ${error?.sentence}`);
    if (after.code === 0)
      problems.push(...differences(this.#expected, await viewsOf(dir)), ...(await faultsOf(dir)));
    else problems.push(`going on ended with ${after.code}: ${after.stderr.slice(-500)}`);
    rmSync(dir, { recursive: true, force: true });
    return { name: little.name, outcome, problems };
  }
}

function judged(ran: Ran, little: Little, problems: string[]): string[] {
  const failed = ran.said.filter(({ ok }) => !ok);
  const outcome = failed.map(({ act, error }) => `${act}: ${error?.code}: ${error?.sentence}`);
  let none = false;
  for (const { act, error } of failed) {
    none ||= error?.code === 'out_of_memory';
    const follows = none && error?.code === 'no_case'; // what could not be opened
    if (error?.code !== 'out_of_memory' && !follows)
      problems.push(`${act} failed with ${error?.code}: ${error?.sentence}`);
    else if (!follows && !/enough memory/.test(error!.sentence)) problems.push(`${act}: ${error!.sentence}`);
  }
  if (ran.code !== 0 && ran.code !== 3) {
    outcome.push(`the process was ended (${ran.signal ?? ran.code})`);
    if (!little.mayEnd)
      problems.push(`the process ended with ${ran.signal ?? ran.code}: ${ran.stderr.slice(-1500)}`);
  }
  return outcome;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      small: { type: 'boolean', default: false },
      only: { type: 'string', default: 'database,worker,heap,space,group' },
    },
  });
  const all: Record<string, Little[]> = {
    database: ['4MB', '8MB', '12MB', '16MB', '24MB', '32MB', '64MB'].map(database),
    worker: [8, 12, 16, 24, 32].map(worker),
    heap: [16, 24, 32, 48, 64].map(heap),
    space: [2, 4, 6, 8].map(space),
    group: [120, 160, 200, 260, 320].map(group),
  };
  const home = mkdtempSync(join(tmpdir(), 'tidemark-no-memory-'));
  let bad = 0;
  try {
    const runs = new NoMemory(home, sampleBundles(values.small), true);
    await runs.undisturbed();
    for (const kind of values.only.split(','))
      for (const little of all[kind] ?? []) {
        if (kind === 'group' && !makeGroup(Number(/\d+/.exec(little.name)![0]))) {
          console.log(`${little.name}: no control group of version 1 may be made here`);
          continue;
        }
        if (kind === 'space' && spawnSync('prlimit', ['--version']).status !== 0) {
          console.log(`${little.name}: there is no prlimit here`);
          continue;
        }
        const { outcome, problems } = await runs.run(little);
        console.log(`${little.name}: ${outcome.join('\n    ') || 'it was enough'}`);
        for (const problem of problems) console.log(`  PROBLEM ${problem}`);
        bad += problems.length > 0 ? 1 : 0;
      }
  } finally {
    try {
      rmdirSync(GROUP);
    } catch {
      // there was none
    }
    rmSync(home, { recursive: true, force: true });
  }
  console.log(`${bad} runs with problems`);
  process.exitCode = bad > 0 ? 1 : 0;
}

if (import.meta.main) await main();
