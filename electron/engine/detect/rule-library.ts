// The rules of a case, kept as they were read: built-in ones, those of the case, those named for one run. Files that did
// not change are not read again, and nothing is compiled again while files, thresholds and placeholders stay the same.
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { RuleOrigin } from '../../../shared/model.ts';
import {
  buildRules,
  builtinRulesDir,
  documentsOf,
  type LoadedRule,
  type LoadOptions,
  type RuleText,
} from './load-rules.ts';
import { type RuleFile, readRuleFiles } from './rule-files.ts';
import type { RuleDocument } from './sigma/document.ts';

interface Kept {
  stamp: string;
  files: RuleText[];
}

export class RuleLibrary {
  /** By folder or file that was named. */
  #kept = new Map<string, Kept>();
  #built: { key: string; rules: LoadedRule[] } | null = null;

  /** All rules, also those a correlation rests on. `caseRules`: the folder of the case; `extra`: paths for this run. */
  async rules(
    { caseRules, extra = [] }: { caseRules: string | null; extra?: string[] },
    options: LoadOptions = {},
  ): Promise<LoadedRule[]> {
    const files = [
      ...(await this.#files(builtinRulesDir(), 'built-in')),
      ...(caseRules !== null && existsSync(caseRules) ? await this.#files(caseRules, 'case') : []),
    ];
    for (const path of extra) files.push(...(await this.#files(path, 'file')));
    const stamps = [builtinRulesDir(), caseRules ?? '', ...extra].map(
      (p) => this.#kept.get(resolve(p))?.stamp,
    );
    const key = JSON.stringify([stamps, [...(options.thresholds ?? [])], [...(options.placeholders ?? [])]]);
    if (this.#built?.key !== key) this.#built = { key, rules: buildRules(files, options) };
    return this.#built.rules;
  }

  async #files(path: string, origin: RuleOrigin): Promise<RuleText[]> {
    const root = resolve(path);
    const stamp = await stampOf(root);
    const kept = this.#kept.get(root);
    if (kept?.stamp === stamp) return kept.files;
    const before = new Map<string, RuleDocument[]>();
    for (const file of kept?.files ?? []) before.set(file.text, file.documents!);
    const read = await readRuleFiles([root]);
    const files = read.map(
      (file: RuleFile): RuleText => ({
        path: file.path,
        text: file.text,
        problem: file.problem,
        origin,
        documents: (file.problem === null ? before.get(file.text) : undefined) ?? documentsOf(file),
      }),
    );
    this.#kept.set(root, { stamp, files });
    return files;
  }
}

/** Changes when a file of the folder is added, removed, renamed or written. */
async function stampOf(root: string): Promise<string> {
  const info = await stat(root).catch(() => null);
  if (!info?.isDirectory()) return `${info?.mtimeMs} ${info?.size}`;
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((e) => !e.isDirectory()).map((e) => join(e.parentPath, e.name));
  const stamps = await Promise.all(
    files.map(async (file) => {
      const { mtimeMs, size } = await stat(file).catch(() => ({ mtimeMs: 0, size: 0 }));
      return `${file} ${mtimeMs} ${size}`;
    }),
  );
  return stamps.sort().join('\n');
}
