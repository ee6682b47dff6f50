// Format files of the case and of the house: read before an ingest, so that every worker knows the same formats.
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CaseError } from '../case/errors.ts';
import { makeWhole } from '../case/write-file.ts';
import { type FormatDefinition, type FormatProblem, readDefinition } from '../parse/custom/definition.ts';

const FORMAT_FILE = /\.(?:ya?ml|json)$/i;

/** `resources/formats`, found upwards from this file. */
export function builtinFormatsDir(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let dir = start; ; dir = dirname(dir)) {
    const candidate = join(dir, 'resources', 'formats');
    if (existsSync(candidate)) return candidate;
    if (dirname(dir) === dir) return join(start, 'resources', 'formats');
  }
}

/** `line 3: text; line 9: text` */
export const problemsText = (problems: readonly FormatProblem[]): string =>
  problems.map(({ line, message }) => (line === null ? message : `line ${line}: ${message}`)).join('; ');

/**
 * Reads the format files of the folders, in the order of the folders and of their names; of two with one name the first
 * counts. What is refused is told in a sentence, and files are read without it.
 */
export async function readFormats(
  folders: readonly string[],
): Promise<{ definitions: FormatDefinition[]; problems: string[] }> {
  const definitions: FormatDefinition[] = [];
  const problems: string[] = [];
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    for (const name of names.filter((n) => FORMAT_FILE.test(n)).sort()) {
      const read = readDefinition(await readFile(join(folder, name), 'utf8'));
      if (!read.definition) {
        problems.push(
          `formats/${name} is refused (${problemsText(read.problems)}); logs were read without it. Mend it, check it with tidemark format check, and add the bundle to a new case.`,
        );
      } else if (definitions.some((known) => known.name === read.definition!.name)) {
        // the case's own comes first and wins
      } else definitions.push(read.definition);
    }
  }
  return { definitions, problems };
}

/** Copies format files (or those of folders) into the case, so that it says by itself how its logs were read. */
export async function addFormats(paths: readonly string[], folder: string): Promise<void> {
  for (const path of paths) {
    const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
      throw new CaseError(
        'no_format',
        `The formats at ${path} can't be read (${error.code ?? 'unknown'}). Check the path.`,
        {
          refusal: 'usage',
          cause: error,
        },
      );
    });
    const files = info.isDirectory() ? (await readdir(path)).map((name) => join(path, name)) : [path];
    for (const file of files.filter((name) => FORMAT_FILE.test(name))) {
      const read = readDefinition(await readFile(file, 'utf8'));
      if (!read.definition) {
        throw new CaseError(
          'bad_format',
          `${file} is refused: ${problemsText(read.problems)}. Nothing was read. Mend it; tidemark format check says what it makes of a log.`,
          { refusal: 'usage' },
        );
      }
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await makeWhole(join(folder, basename(file)), (temporary) => copyFile(file, temporary));
    }
  }
}
