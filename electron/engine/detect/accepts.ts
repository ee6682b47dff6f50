// Does DuckDB take a compiled rule? Asked before it runs: its regular expressions, then its query, prepared.
import type { Connection } from '../case/database.ts';
import type { LoadedRule } from './load-rules.ts';
import { NATIVE_CHECKS } from './native/checks.ts';
import { prepareCheck } from './native/native-check.ts';
import { problemsText } from './sigma/problem.ts';

/** Why a rule can't run, or null: its own problems first, then what DuckDB says. Works on any case, an empty one too. */
export async function refusalOf(connection: Connection, rule: LoadedRule): Promise<string | null> {
  if (rule.problems.length > 0) return problemsText(rule.problems);
  const { query } = rule;
  if (!query) return null;
  const regex = await refusedRegex(connection, query.regexes);
  if (regex !== null) return regex;
  try {
    const native = rule.native === null ? undefined : NATIVE_CHECKS.get(rule.native);
    if (native) await prepareCheck(connection, native, rule.thresholdsInForce);
    await connection.prepares(query.sql, query.values);
    return null;
  } catch (error) {
    return `the database does not take the rule: ${firstLine(error)}`;
  }
}

/** RE2 has the last word on regular expressions. */
export async function refusedRegex(
  connection: Connection,
  regexes: { pattern: string; at: { line: number } }[],
): Promise<string | null> {
  for (const { pattern, at } of regexes) {
    try {
      await connection.run(`SELECT regexp_matches('', $1::VARCHAR)`, [pattern]);
    } catch (error) {
      const text = firstLine(error).replace(/^[A-Za-z ]*Error: /, '');
      return `line ${at.line}: regular expression: RE2 refuses it (${text})`;
    }
  }
  return null;
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 500);
