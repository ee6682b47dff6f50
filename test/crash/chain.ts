// Chains of kills: a job is begun, killed, gone on with, killed again, until it is done; then its case is compared.
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { random } from '../bench/writing.ts';
import { type Digest, differences, digestOf, leftovers, unequal } from './compare.ts';

export interface CrashOptions {
  dir: string;
  bundles: string[];
  /** Kills in all, at least; a chain that is begun is brought to its end. */
  kills: number;
  /** Kills of one chain, at most. */
  depth: number;
  seed: number;
  load: { workers?: number; batchRows?: number };
  say(line: string): void;
}

export interface CrashResult {
  kills: number;
  chains: number;
  /** What was not as it should be; sentences. */
  faults: string[];
}

const CHILD = new URL('./child.ts', import.meta.url).pathname;

/** When a run is killed: so long after its start, or so long after it said for the n-th time that it is at a part of the work. */
interface Moment {
  afterMs: number;
  at: { part: RegExp; nth: number } | null;
}

const PARTS = [
  /^open /,
  /^phase reading (?!the events)/,
  /^phase settling /,
  /^phase looking /,
  /^phase reading the events/,
  /^phase (?!reading |settling |looking |waiting)/,
];

interface Ran {
  lines: string[];
  ms: number;
  killed: boolean;
  code: number | null;
  errors: string;
}

/** One run in a process group of its own, killed with all that belongs to it at `moment`. */
function run(dir: string, options: CrashOptions, moment: Moment | null): Promise<Ran> {
  return new Promise((done) => {
    const started = performance.now();
    const child: ChildProcess = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        CHILD,
        dir,
        JSON.stringify({ paths: options.bundles, load: options.load }),
      ],
      { detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const ran: Ran = { lines: [], ms: 0, killed: false, code: null, errors: '' };
    let held = '';
    const kill = () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      ran.killed = true;
      process.kill(-child.pid!, 'SIGKILL');
    };
    let timer = moment && moment.at === null ? setTimeout(kill, moment.afterMs) : undefined;
    let left = moment?.at?.nth ?? 0;
    child.stdout!.on('data', (text: Buffer) => {
      const lines = (held + text.toString()).split('\n');
      held = lines.pop()!;
      for (const line of lines) {
        ran.lines.push(line);
        if (moment?.at?.part.test(line) && --left === 0) timer = setTimeout(kill, moment.afterMs);
      }
    });
    child.stderr!.on('data', (text: Buffer) => {
      ran.errors += text.toString();
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      Object.assign(ran, { ms: performance.now() - started, code });
      done(ran);
    });
  });
}

export async function crashTest(options: CrashOptions): Promise<CrashResult> {
  const r = random(options.seed);
  const undisturbed = join(options.dir, 'undisturbed');
  const whole = await run(undisturbed, options, null);
  if (whole.lines.at(-1) !== 'done')
    throw new Error(`the undisturbed run ended with ${whole.lines.at(-1) ?? whole.errors}`);
  const expected = await digestOf(undisturbed);
  options.say(
    `undisturbed: ${Math.round(whole.ms)} ms, ${whole.lines.length} steps, ${Object.entries(expected)
      .map(([view, { rows }]) => `${view} ${rows}`)
      .join(', ')}`,
  );
  const result: CrashResult = { kills: 0, chains: 0, faults: [...leftovers(undisturbed)] };
  while (result.kills < options.kills) {
    const dir = join(options.dir, `chain-${result.chains++}`);
    const chain = await oneChain(dir, options, whole, r);
    result.kills += chain.kills;
    const faults = [...chain.faults, ...(await judge(undisturbed, dir, expected))];
    result.faults.push(...faults.map((fault) => `chain ${result.chains}: ${fault}`));
    options.say(
      `chain ${result.chains}: ${chain.said.join(' | ')}${faults.length ? ` FAULTS ${faults.join('; ')}` : ' equal'}`,
    );
    rmSync(dir, { recursive: true, force: true });
  }
  return result;
}

/** Half of the moments by the clock, over the whole of a run; half shortly after it began a part of the work, each as often. */
function momentOf(whole: Ran, r: () => number): Moment {
  if (r() < 0.5) return { afterMs: r() * whole.ms, at: null };
  const part = PARTS[Math.floor(r() * PARTS.length)]!;
  const said = whole.lines.filter((line) => part.test(line)).length;
  return { afterMs: r() * 60, at: { part, nth: 1 + Math.floor(r() * said) } };
}

async function oneChain(
  dir: string,
  options: CrashOptions,
  whole: Ran,
  r: () => number,
): Promise<{ kills: number; said: string[]; faults: string[] }> {
  const said: string[] = [];
  const faults: string[] = [];
  let kills = 0;
  for (let runs = 0; runs < options.depth + 40; runs++) {
    const moment = kills >= options.depth ? null : momentOf(whole, r);
    const ran = await run(dir, options, moment);
    if (ran.killed) {
      kills++;
      said.push(`killed after ${Math.round(ran.ms)} ms at "${ran.lines.at(-1) ?? 'the start'}"`);
      continue;
    }
    if (ran.lines.at(-1) === 'done') return { kills, said, faults };
    faults.push(`a run ended with ${ran.code}: ${ran.lines.at(-1) ?? ''} ${ran.errors.slice(0, 500)}`);
    return { kills, said, faults };
  }
  return { kills, said, faults: [...faults, 'the job never came to its end'] };
}

async function judge(undisturbed: string, dir: string, expected: Digest): Promise<string[]> {
  const faults: string[] = [];
  for (const view of unequal(expected, await digestOf(dir)))
    faults.push(...(await differences(view, undisturbed, dir)));
  return [...faults, ...leftovers(dir)];
}
