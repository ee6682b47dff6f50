// The files that come along: formats, rules, signatures. Each is checked as one of a stranger is, and goes where its kind
// stands, under a name that was checked; what is refused is told.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Case } from '../case/case.ts';
import { CaseError } from '../case/errors.ts';
import { writeWhole } from '../case/write-file.ts';
import { saveRule } from '../detect/case-rules.ts';
import { decoded } from '../detect/rule-files.ts';
import { reasonOf } from '../intake/source.ts';
import { problemsText } from '../load/format-files.ts';
import { readDefinition } from '../parse/custom/definition.ts';
import type { ReceivedFile } from './received.ts';

/** Sentences on what was refused. */
export async function takeFiles(open: Case, received: ReceivedFile): Promise<string[]> {
  const problems: string[] = [];
  for (const { path, text } of received.formats) {
    const read = decoded(text);
    const definition = read.problem === null ? readDefinition(read.text) : null;
    if (definition?.definition) await writeWhole(join(open.paths.formats, path), text);
    else
      problems.push(
        `The format ${path} is refused: ${read.problem ?? problemsText(definition!.problems)}. Logs were read without it.`,
      );
  }
  for (const { path, text } of received.rules) {
    const read = decoded(text);
    const why = read.problem ?? (await keepRule(open.paths.rules, path, read.text));
    if (why !== null) problems.push(`The rule file ${path} was not taken over: ${why}`);
  }
  for (const { path, text } of received.signatures) await writeWhole(join(open.paths.signatures, path), text);
  return problems;
}

/** Rules that were named for the last run alone: where they stand for the next one. Scratch files, written when nothing else is at work there. */
export async function keepGivenRules(open: Case, received: ReceivedFile): Promise<string[]> {
  if (received.given.length === 0) return [];
  const folder = join(open.paths.scratch, 'given-rules');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { path, text } of received.given) await writeWhole(join(folder, path), text);
  return received.given.map(({ path }) => join(folder, path));
}

async function keepRule(folder: string, path: string, text: string): Promise<string | null> {
  try {
    await saveRule(folder, path, text);
    return null;
  } catch (error) {
    if (error instanceof CaseError && error.refusal === 'refused') throw error;
    return error instanceof CaseError ? error.message : reasonOf(error);
  }
}
