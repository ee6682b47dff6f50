// Validates every rule under some paths: read, compiled, and put to DuckDB on an empty case in memory.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { RuleFileCheck } from '../../../shared/api.ts';
import { type Connection, Database } from '../case/database.ts';
import { createSchema } from '../case/schema.ts';
import { refusalOf } from './accepts.ts';
import { buildRules, type CaseSources, type LoadedRule, type LoadOptions } from './load-rules.ts';
import { dropPrepared } from './native/native-check.ts';
import { readRuleFiles } from './rule-files.ts';

/** One row per document, in the order of the files. `sources`: of an open case, else null. */
export async function checkRuleFiles(
  paths: string[],
  options: LoadOptions,
  sources: CaseSources | null,
): Promise<RuleFileCheck[]> {
  const files = [];
  const seen = new Set<string>();
  for (const path of paths) {
    const folder = (await stat(path).catch(() => null))?.isDirectory() ?? false;
    for (const file of await readRuleFiles([path])) {
      if (seen.has(file.place)) continue;
      seen.add(file.place);
      const shown =
        file.path === resolve(path) ? path : folder ? join(path, file.path) : `${path}!/${file.path}`;
      files.push({ ...file, path: shown, origin: 'file' as const });
    }
  }
  const rules = buildRules(files, options);
  const reasons = await refusals(rules);
  return rules.map((rule, i): RuleFileCheck => {
    const reason = reasons[i]!;
    return {
      path: rule.path,
      line: rule.line,
      id: rule.document.metadata.id,
      title: rule.title,
      type: rule.type,
      level: rule.level,
      author: rule.author,
      ok: reason === null,
      applies: sources === null || reason !== null ? null : rule.applies(sources),
      reason,
      warnings: rule.warnings.map(({ line, message }) => `line ${line}: ${message}`),
    };
  });
}

/** Connections that ask DuckDB at the same time: most of the work is its own. */
const LANES = 2;

function refusals(rules: LoadedRule[]): Promise<(string | null)[]> {
  return onEmptyCase(async (connect) => {
    const reasons = new Array<string | null>(rules.length);
    let next = 0;
    const lane = async () => {
      const connection = await connect();
      while (next < rules.length) {
        const i = next++;
        reasons[i] = await refusalOf(connection, rules[i]!);
      }
      await dropPrepared(connection);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return reasons;
  });
}

async function onEmptyCase<T>(work: (connect: () => Promise<Connection>) => Promise<T>): Promise<T> {
  const scratch = await mkdtemp(join(tmpdir(), 'tidemark-rules-'));
  const database = await Database.open(':memory:', {
    mode: 'write',
    allowedDirectories: [],
    tempDirectory: scratch,
  });
  try {
    const connection = await database.connect();
    await createSchema(connection);
    connection.close();
    return await work(() => database.connect());
  } finally {
    await database.close();
    await rm(scratch, { recursive: true, force: true });
  }
}
