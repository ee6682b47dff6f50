// Methods of the contract that let a responder read a rule: its statement, its whole file, what a suppression would hide.
import { readFile, realpath } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import type { ApiImplementation } from '../../shared/api.ts';
import { CaseError } from './case/errors.ts';
import { problemsText } from './detect/sigma/problem.ts';
import { countSuppressed } from './detect/tuning/suppressions.ts';
import { type RuleHost, rulesOf } from './rule-methods.ts';

export type ReadingMethod = 'rules.sql' | 'rules.text' | 'suppressions.count';

export function readingMethods(host: RuleHost): Pick<ApiImplementation, ReadingMethod> {
  return {
    'rules.sql': async ({ ruleId }) => {
      const { rules } = await rulesOf(host, host.current());
      const rule = rules.find((r) => r.ruleId === ruleId);
      if (!rule?.query) {
        const why = rule && rule.problems.length > 0 ? problemsText(rule.problems) : 'it is not loaded';
        throw new CaseError('no_sql', `The rule ${ruleId} has no statement: ${why}.`, { refusal: 'usage' });
      }
      return { sql: rule.query.sql, values: rule.query.values.map((value) => String(value)) };
    },
    'rules.text': async ({ path }) => ({ text: await caseRuleText(host.need().paths.rules, path) }),
    'suppressions.count': async (asked) =>
      host.need().read((connection) => countSuppressed(connection, asked)),
  };
}

/** A file of the case's folder of rules, and of no other folder, whatever links stand in it. */
async function caseRuleText(folder: string, path: string): Promise<string> {
  try {
    const root = await realpath(folder);
    const file = await realpath(resolve(root, path));
    if (file.startsWith(root + sep)) return await readFile(file, 'utf8');
  } catch {
    // said below
  }
  throw new CaseError(
    'no_rule_file',
    `There is no file ${path} among the rules of this case. Reload the list.`,
    {
      refusal: 'usage',
    },
  );
}
