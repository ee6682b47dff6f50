// Power cuts: acts on a case run with power-cut.c below them, which at one of their changes to the case folder takes back or
// tears what was not synced and ends the process. The case has to open, keep what was acknowledged, and going on has to
// give what an undisturbed run gives, row for row.
//
//   node test/faults/power-cut.ts [--cuts 100] [--seed 1] [--scenario ingest|work] [--small] [--keep]
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { faultsOf } from './checks.ts';
import { type ActSaid, runActs, sampleBundles } from './run-acts.ts';
import { differences, type Views, viewsOf } from './views.ts';

const HERE = dirname(fileURLToPath(import.meta.url));

/** Builds the library; a sentence when this system can't. */
export function buildLibrary(into: string): { library: string } | { cannot: string } {
  if (process.platform !== 'linux') return { cannot: 'power cuts are tested on Linux only' };
  const library = join(into, 'power-cut.so');
  const words = ['-O1', '-shared', '-fPIC', '-o', library, join(HERE, 'power-cut.c'), '-ldl', '-lpthread'];
  const built = spawnSync('cc', words, { encoding: 'utf8' });
  return built.status === 0
    ? { library }
    : { cannot: `no C compiler builds power-cut.c: ${built.error?.message ?? built.stderr}` };
}

export interface Scenario {
  /** Acts that the power is cut in. */
  acts: string[];
  /** A case folder they begin with; null: none. */
  from: string | null;
  /** Bundles that the case has to hold in the end. */
  bundles: string[];
  /** Acts that bring a case to the same end after the cut. */
  rest: string[];
}

export class PowerCuts {
  readonly #home: string;
  readonly #library: string;
  readonly #scenario: Scenario;
  #expected: Views = {};
  #changes = 0;

  constructor(home: string, library: string, scenario: Scenario) {
    this.#home = home;
    this.#library = library;
    this.#scenario = scenario;
  }

  #environment(root: string, at: number, seed: number): Record<string, string> {
    return {
      LD_PRELOAD: this.#library,
      UV_USE_IO_URING: '0',
      POWER_CUT_DIR: root,
      POWER_CUT_STASH: join(root, '..', 'stash'),
      POWER_CUT_COUNT: join(root, '..', 'count'),
      POWER_CUT_AT: String(at),
      POWER_CUT_SEED: String(seed),
      POWER_CUT_MODEL: seed % 2 === 0 ? 'strict' : 'journal',
    };
  }

  #begin(name: string): { root: string; dir: string; stateDir: string } {
    const root = join(this.#home, name, 'root');
    for (const made of [root, join(root, '..', 'stash'), join(root, '..', 'state')])
      mkdirSync(made, { recursive: true });
    const dir = join(root, 'case');
    if (this.#scenario.from) cpSync(this.#scenario.from, dir, { recursive: true });
    return { root, dir, stateDir: join(root, '..', 'state') };
  }

  /** The run that nothing disturbs; how many changes it makes. */
  async undisturbed(): Promise<number> {
    const { root, dir, stateDir } = this.#begin('undisturbed');
    const ran = await runActs(dir, stateDir, this.#scenario.acts, this.#environment(root, 0, 1));
    if (ran.code !== 0) throw new Error(`the undisturbed run failed: ${JSON.stringify(ran)}`);
    this.#changes = Number(readFileSync(join(root, '..', 'count'), 'utf8'));
    this.#expected = await viewsOf(dir);
    const faults = await faultsOf(dir);
    if (faults.length > 0) throw new Error(`the undisturbed run left faults: ${faults.join('; ')}`);
    return this.#changes;
  }

  /** Cuts the power at one change; sentences on what is wrong afterwards, and what the cut did. */
  async cut(
    at: number,
    seed: number,
    keep = false,
  ): Promise<{ problems: string[]; log: string; survived: string }> {
    const { root, dir, stateDir } = this.#begin(`cut-${at}-${seed}`);
    const { acts, bundles, rest } = this.#scenario;
    const ran = await runActs(dir, stateDir, acts, this.#environment(root, at, seed));
    const problems: string[] = [];
    let survived = '';
    if (ran.code !== 86 && ran.code !== 0)
      problems.push(`the run ended with ${ran.code}: ${ran.stderr} ${JSON.stringify(ran.said)}`);
    const wasCase = existsSync(join(dir, 'case.json'));
    const wasHeld = existsSync(join(dir, 'case.lock'));
    const acknowledged = ran.said.filter(({ ok }) => ok).map(({ act }) => act);
    if (!wasCase && acknowledged.includes('create')) problems.push('the case was made, and is gone');
    const after = await runActs(dir, stateDir, [`go-on:${bundles.join(',')}`, 'close', ...rest]);
    const failed = after.said.filter(({ ok }) => !ok);
    if (after.code !== 0)
      problems.push(`going on failed: ${JSON.stringify(failed)} ${after.stderr.slice(-2000)}`);
    else {
      const first = after.said[0]! as ActSaid & {
        result: { notices: string[]; pending: unknown; missing: number; was: Record<string, number> };
      };
      survived = JSON.stringify(first.result);
      if (wasCase && wasHeld && first.result.notices.length === 0)
        problems.push('the case says nothing of the fault');
      problems.push(...lost(acknowledged, first.result));
      problems.push(...differences(this.#expected, await viewsOf(dir)));
      problems.push(...(await faultsOf(dir)));
    }
    if (!keep || problems.length === 0) rmSync(join(root, '..'), { recursive: true, force: true });
    return { problems, log: ran.stderr, survived };
  }
}

/** What was acknowledged before the cut and is not there after it. */
function lost(
  acknowledged: string[],
  { missing, was }: { missing: number; was: Record<string, number> },
): string[] {
  const found: string[] = [];
  if (acknowledged.includes('ingest') && missing > 0)
    found.push('an ingest was acknowledged, and its bundles are gone');
  if (acknowledged.includes('tag') && was.annotations === 0)
    found.push('a tag was acknowledged, and is gone');
  if (acknowledged.includes('judge') && was.confirmed === 0)
    found.push('a verdict was acknowledged, and is gone');
  return found;
}

export function ingestScenario(bundles: string[]): Scenario {
  return { acts: ['create', `ingest:${bundles.join(',')}`, 'close'], from: null, bundles, rest: [] };
}

/** Work on a case that holds `bundles`, made in `home`: rules, a tag, a verdict, a report, a query. */
export async function workScenario(bundles: string[], home: string): Promise<Scenario> {
  const from = join(home, 'prepared');
  mkdirSync(join(home, 'prepared-state'), { recursive: true });
  const made = await runActs(from, join(home, 'prepared-state'), [
    'create',
    `ingest:${bundles.join(',')}`,
    'close',
  ]);
  if (made.code !== 0) throw new Error(`no case to begin with: ${JSON.stringify(made)}`);
  const out = (name: string) => `${name}:${join(home, name)}`;
  const acts = ['open', 'tag', 'detect', 'judge', out('report'), out('query'), 'close'];
  return { acts, from, bundles, rest: ['open', 'tag', 'detect', 'judge', 'close'] };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      cuts: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      at: { type: 'string' },
      scenario: { type: 'string', default: 'ingest' },
      small: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });
  const home = mkdtempSync(join(tmpdir(), 'tidemark-power-cut-'));
  const built = buildLibrary(home);
  if ('cannot' in built) throw new Error(built.cannot);
  const bundles = sampleBundles(values.small);
  const scenario = values.scenario === 'work' ? await workScenario(bundles, home) : ingestScenario(bundles);
  const cuts = new PowerCuts(home, built.library, scenario);
  const changes = await cuts.undisturbed();
  console.log(`${changes} changes in an undisturbed run`);
  let bad = 0;
  const first = Number(values.seed);
  const n = values.at ? 1 : Number(values.cuts);
  for (let i = 0; i < n; i++) {
    const seed = first + i;
    const at = values.at ? Number(values.at) : 1 + ((seed * 7919) % changes);
    const { problems, log, survived } = await cuts.cut(at, seed, values.keep);
    if (values.verbose) console.log(log, survived);
    if (problems.length === 0) continue;
    bad++;
    console.log(
      `cut ${at} seed ${seed}:\n  ${problems.join('\n  ')}${values.verbose ? '' : `\n    ${log.split('\n')[0]} ...`}`,
    );
  }
  console.log(`${n} power cuts (${values.scenario}), ${bad} with problems`);
  if (!values.keep) rmSync(home, { recursive: true, force: true });
  else console.log(home);
  process.exitCode = bad > 0 ? 1 : 0;
}

if (import.meta.main) await main();
