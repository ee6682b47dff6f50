// What main tells the engine's process when it starts it, as process arguments. No Electron here.
import { parseArgs } from 'node:util';

export interface EngineArguments {
  sampleDir: string | null;
  stateDir: string;
  /** A case folder to open, `sample` for the sample case, null for none. */
  open: string | null;
}

export function writeEngineArguments({ sampleDir, stateDir, open }: EngineArguments): string[] {
  const words = [`--state=${stateDir}`];
  if (sampleDir !== null) words.push(`--sample=${sampleDir}`);
  if (open !== null) words.push(`--open=${open}`);
  return words;
}

export function readEngineArguments(words: string[]): EngineArguments {
  const { values } = parseArgs({
    args: words,
    strict: true,
    options: { state: { type: 'string' }, sample: { type: 'string' }, open: { type: 'string' } },
  });
  if (!values.state) throw new Error('The engine process was started without its state folder.');
  return { sampleDir: values.sample ?? null, stateDir: values.state, open: values.open ?? null };
}

/** What the user asked of the desktop app: `--sample`, or a case folder to open. Chromium's own switches are passed over. */
export function askedCase(words: readonly string[]): string | null {
  if (words.includes('--sample')) return 'sample';
  return words.find((word) => !word.startsWith('-')) ?? null;
}
