// The case's own rules: files in its folder `rules`, written, removed, imported. Every act can be undone.
import { lstat, mkdir, readFile, realpath, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { CaseError } from '../case/errors.ts';
import { notWritten, writeWhole } from '../case/write-file.ts';
import { reasonOf } from '../intake/source.ts';
import { buildRules } from './load-rules.ts';
import { isRuleName, MOST_BYTES, readRuleFiles } from './rule-files.ts';
import { unsafeName } from './rule-zip.ts';

/** Writes a rule file; answers the text it replaced, null when there was none. */
export async function saveRule(folder: string, path: string, text: string): Promise<string | null> {
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES)
    throw usage('too_large', `A rule file of ${bytes} bytes is too large; at most ${MOST_BYTES} are read.`);
  const place = await placeOf(folder, path);
  const before = await readFile(place, 'utf8').catch(() => null);
  await mkdir(dirname(place), { recursive: true, mode: 0o700 });
  await inside(folder, dirname(place));
  await writeWhole(place, text).catch((error: unknown) => {
    throw notWritten('The rule', path, error);
  });
  return before;
}

/** Removes a rule file and the folders it leaves empty; answers its text. */
export async function removeRule(folder: string, path: string): Promise<string> {
  const place = await placeOf(folder, path);
  const text = await readFile(place, 'utf8').catch((error: unknown) => {
    throw usage('no_rule', `The case has no rule file ${path} (${reasonOf(error)}). Reload the list.`, error);
  });
  await rm(place);
  for (let dir = dirname(place); dir !== resolve(folder); dir = dirname(dir)) {
    try {
      await rmdir(dir);
    } catch {
      break; // not empty
    }
  }
  return text;
}

export interface Imported {
  files: number;
  rules: number;
  /** Of the written files, for `removeRule`. */
  paths: string[];
  authors: string[];
  /** Files that were not copied, and rules that were and are refused. */
  refused: { path: string; reason: string }[];
}

/** Copies the rule files of a folder, a zip or a single file into the case, under a name that is free. */
export async function importRules(folder: string, from: string): Promise<Imported> {
  const read = await readRuleFiles([from]);
  const single = read.length === 1 && read[0]!.path === resolve(from);
  const name = basename(resolve(from)).replace(/\.zip$/i, '');
  const home = single ? '' : await freeName(folder, cleanName(name));
  const imported: Imported = { files: 0, rules: 0, paths: [], authors: [], refused: [] };
  const texts = [];
  for (const file of read) {
    const own = single ? basename(file.path) : file.path;
    const refuse = (reason: string) => imported.refused.push({ path: own || basename(from), reason });
    if (file.problem !== null) {
      refuse(file.problem);
      continue;
    }
    const path = single ? await freeName(folder, cleanName(own)) : `${home}/${own}`;
    try {
      await saveRule(folder, path, file.text);
      imported.paths.push(path);
      texts.push({ path, text: file.text, problem: null, origin: 'case' as const });
    } catch (error) {
      refuse(error instanceof CaseError ? error.message : reasonOf(error));
    }
  }
  imported.files = imported.paths.length;
  const authors = new Set<string>();
  for (const rule of buildRules(texts)) {
    if (rule.problems.length === 0) imported.rules++;
    else
      imported.refused.push({
        path: rule.path,
        reason: `line ${rule.problems[0]!.line}: ${rule.problems[0]!.message}`,
      });
    if (rule.author !== null) authors.add(rule.author);
  }
  imported.authors = [...authors].sort();
  return imported;
}

/** The absolute place of a path of the case's rules; anything that leads elsewhere is refused. */
async function placeOf(folder: string, path: string): Promise<string> {
  if (
    unsafeName(path) ||
    path.length > 500 ||
    !isRuleName(path) ||
    path.split('/').some((p) => p === '' || p === '.')
  )
    throw usage(
      'bad_path',
      `'${path}' is no name for a rule file: it stands in the case's folder of rules and ends in .yml or .yaml.`,
    );
  const place = join(folder, ...path.split('/'));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await inside(folder, place);
  return place;
}

/** No part of the way may be a link out of the folder. */
async function inside(folder: string, place: string): Promise<void> {
  const root = await realpath(folder);
  for (let at = place; at !== resolve(folder) && at.length > folder.length; at = dirname(at)) {
    const info = await lstat(at).catch(() => null);
    if (info === null) continue;
    const real = await realpath(at).catch(() => null);
    if (info.isSymbolicLink() || real === null || !real.startsWith(root + sep))
      throw usage('bad_path', `${place} leads out of the case's folder of rules. Nothing was changed.`);
  }
}

const cleanName = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9._ -]+/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 100) || 'imported';

async function freeName(folder: string, name: string): Promise<string> {
  const dot = isRuleName(name) ? name.lastIndexOf('.') : name.length;
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${name.slice(0, dot)}-${n}${name.slice(dot)}`;
    if (!(await stat(join(folder, free)).catch(() => null))) return free;
  }
}

const usage = (code: string, sentence: string, cause?: unknown) =>
  new CaseError(code, sentence, { refusal: 'usage', ...(cause === undefined ? {} : { cause }) });
