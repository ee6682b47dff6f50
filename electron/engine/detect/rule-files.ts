// Rule files of paths: single files, folders, and zips read as folders. What can't be read is named with its reason.
import { readdir, readFile, stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { CaseError } from '../case/errors.ts';
import { reasonOf } from '../intake/source.ts';
import { readRuleZip } from './rule-zip.ts';

export interface RuleFile {
  /** Relative to the folder or zip that was named, `/` separated; of a file that was named its own path. */
  path: string;
  /** Absolute, for a member of a zip with `!/` before its name: what tells one file from another. */
  place: string;
  text: string;
  /** Why there is no text. */
  problem: string | null;
}

export const LINK = 'a symbolic link is not followed; name the file itself';

/** Larger ones are no rules. */
export const MOST_BYTES = 2_000_000;
export const MOST_FILES = 20_000;

export const isRuleName = (name: string): boolean => /\.ya?ml$/i.test(name);

/** Files of all paths in the order of their names, each once. A path that is not there is an error. */
export async function readRuleFiles(paths: string[]): Promise<RuleFile[]> {
  const files: RuleFile[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    for (const file of await filesOf(path)) {
      if (seen.has(file.place)) continue;
      seen.add(file.place);
      files.push(file);
    }
  }
  return files;
}

async function filesOf(path: string): Promise<RuleFile[]> {
  const root = resolve(path);
  const info = await stat(root).catch((error: NodeJS.ErrnoException) => {
    throw new CaseError(
      'no_rules',
      `The rules at ${path} can't be read (${error.code ?? 'unknown'}). Check the path.`,
      { refusal: 'usage', cause: error },
    );
  });
  if (!info.isDirectory()) {
    if (!/\.zip$/i.test(root)) return [await readOne(root, root)];
    return readRuleZip(root);
  }
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const names = found
    .filter((e) => (e.isFile() || e.isSymbolicLink()) && isRuleName(e.name))
    .map((e) => ({ place: resolve(e.parentPath, e.name), link: e.isSymbolicLink() }))
    .sort((a, b) => (a.place < b.place ? -1 : 1));
  if (names.length > MOST_FILES)
    throw new CaseError(
      'too_many_rules',
      `${path} has ${names.length} rule files; at most ${MOST_FILES} are read at once. Name folders inside it.`,
      { refusal: 'usage' },
    );
  const files: RuleFile[] = [];
  for (const { place, link } of names) {
    const path = relative(root, place).split(sep).join('/');
    if (link) files.push({ path, place, text: '', problem: LINK });
    else files.push(await readOne(place, path));
  }
  return files;
}

async function readOne(place: string, path: string): Promise<RuleFile> {
  try {
    const { size } = await stat(place);
    if (size > MOST_BYTES) return { path, place, text: '', problem: tooLarge(size) };
    return { path, place, ...decoded(await readFile(place)) };
  } catch (error) {
    return { path, place, text: '', problem: `the file can't be read (${reasonOf(error)})` };
  }
}

/** Rules are UTF-8; what is not would be read with other characters than were written. */
export function decoded(bytes: Uint8Array): Pick<RuleFile, 'text' | 'problem'> {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), problem: null };
  } catch {
    return { text: '', problem: 'the file is not UTF-8 text' };
  }
}

export const tooLarge = (size: number): string =>
  `the file has ${size} bytes; rule files of more than ${MOST_BYTES} are not read`;
