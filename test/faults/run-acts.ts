// Starts `acts.ts` in a process of its own, under whatever fault a test puts it.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const SAMPLE = join(HERE, '..', '..', 'resources', 'samples', 'incident');

/** The bundles of the sample incident; `small`: two of them. */
export function sampleBundles(small: boolean): string[] {
  const names = small
    ? ['celery-worker-1.tar.gz', 'celery-worker-2.zip']
    : readdirSync(SAMPLE)
        .filter((name) => /\.(zip|gz)$/.test(name))
        .sort();
  return names.map((name) => join(SAMPLE, name));
}

export interface ActSaid {
  act: string;
  ok: boolean;
  error: { code: string; sentence: string } | null;
  notices: string[];
  pending: unknown;
  result: unknown;
}

export interface Ran {
  code: number | null;
  signal: string | null;
  said: ActSaid[];
  stderr: string;
}

/** Runs acts in a process of their own; its exit code and what it said. */
export function runActs(
  dir: string,
  stateDir: string,
  acts: string[],
  environment: Record<string, string> = {},
  words: string[] = [],
  under: string[] = [],
): Promise<Ran> {
  const command = [
    ...under,
    process.execPath,
    '--disable-warning=ExperimentalWarning',
    ...words,
    join(HERE, 'acts.ts'),
    dir,
    stateDir,
    ...acts,
  ];
  const child = spawn(command[0]!, command.slice(1), {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  return new Promise((resolve) =>
    child.on('close', (code, signal) =>
      resolve({
        code,
        signal,
        stderr: err,
        said: out
          .split('\n')
          .filter((line) => line.startsWith('{') && line.endsWith('}'))
          .map((line) => JSON.parse(line) as ActSaid),
      }),
    ),
  );
}
