// The methods of the contract that are about rules, tuning and suppressions, as calls of the stages.
import type { ApiImplementation, RuleRow } from '../../shared/api.ts';
import type { Case } from './case/case.ts';
import type { Connection } from './case/database.ts';
import { CaseError } from './case/errors.ts';
import { attackNames } from './detect/attack.ts';
import { importRules, removeRule, saveRule } from './detect/case-rules.ts';
import { caseSources } from './detect/case-sources.ts';
import { checkRuleFiles } from './detect/check-files.ts';
import { checkRuleText, type LoadedRule, type LoadOptions } from './detect/load-rules.ts';
import { thresholdProblem } from './detect/thresholds.ts';
import { listPlaceholders, setPlaceholder } from './detect/tuning/placeholders.ts';
import { addSuppression, listSuppressions, removeSuppression } from './detect/tuning/suppressions.ts';
import {
  NO_TUNING,
  readTuning,
  setDefault,
  type Tuning,
  thresholdsOf,
  tuneRule,
} from './detect/tuning/tuning.ts';
import type { MethodHost } from './method-host.ts';
import { defaultRows, readOutcomes, ruleRows } from './review/rules.ts';
import type { ReadingMethod } from './rule-reading.ts';
import type { TryingMethod } from './rule-trying.ts';

export type RuleHost = Pick<MethodHost, 'library' | 'current' | 'need' | 'changed' | 'user'>;

export type RuleMethod = Exclude<
  Extract<keyof ApiImplementation, `${'rules' | 'placeholders' | 'suppressions' | 'attack'}.${string}`>,
  ReadingMethod | TryingMethod
>;

/** How the case wants its rules compiled. */
export const loadOptions = (tuning: Tuning): LoadOptions => ({
  thresholds: thresholdsOf(tuning),
  placeholders: tuning.placeholders,
});

/** The rules of a case, or the built-in ones when none is open, compiled as the case wants them. */
export async function rulesOf(
  host: Pick<RuleHost, 'library'>,
  open: Case | null,
  extra: string[] = [],
): Promise<{ rules: LoadedRule[]; tuning: Tuning }> {
  const tuning = open ? await open.read(readTuning) : NO_TUNING;
  const all = await host.library.rules({ caseRules: open?.paths.rules ?? null, extra }, loadOptions(tuning));
  return { rules: all.filter((rule) => rule.reported), tuning };
}

export function ruleMethods(host: RuleHost): Pick<ApiImplementation, RuleMethod> {
  const rows = async (): Promise<RuleRow[]> => {
    const open = host.current();
    const { rules, tuning } = await rulesOf(host, open);
    return ruleRows(rules, tuning, open ? await open.read(readOutcomes) : new Map());
  };
  const write = <T>(work: (connection: Connection) => Promise<T>): Promise<T> =>
    host.need().write((connection) => work(connection));
  const defaults = async () => {
    const { rules, tuning } = await rulesOf(host, host.current());
    return { defaults: defaultRows(rules, tuning) };
  };
  return {
    'rules.list': async () => ({ rules: await rows() }),
    'rules.check': async ({ text }) => {
      const open = host.current();
      const tuning = open ? await open.read(readTuning) : NO_TUNING;
      const { rules, ...checked } = checkRuleText(text, loadOptions(tuning));
      return {
        ...checked,
        rules: rules.map(({ ruleId, title, type, level }) => ({ ruleId, title, type, level })),
      };
    },
    'rules.checkFiles': async ({ paths }) => {
      const open = host.current();
      const tuning = open ? await open.read(readTuning) : NO_TUNING;
      const sources = open ? await open.read(caseSources) : null;
      return { rules: await checkRuleFiles(paths, loadOptions(tuning), sources) };
    },
    'rules.save': async ({ path, text }) => {
      const before = await saveRule(host.need().paths.rules, path, text);
      await host.changed('tuned');
      const saved = (await rows()).filter((row) => row.origin === 'case' && row.path === path);
      return { rules: saved, before };
    },
    'rules.remove': async ({ path }) => {
      const text = await removeRule(host.need().paths.rules, path);
      await host.changed('tuned');
      return { text };
    },
    'rules.import': async ({ path }) => {
      const imported = await importRules(host.need().paths.rules, path);
      await host.changed('tuned');
      return imported;
    },
    'attack.list': attackNames,
    'rules.tune': async ({ ruleId, enabled, thresholds, reason }) => {
      const before = (await rows()).find((row) => row.ruleId === ruleId);
      if (!before) throw noRule(ruleId);
      checkThresholds(before, thresholds ?? {});
      await write((connection) =>
        tuneRule(
          connection,
          ruleId,
          {
            reason,
            ...(enabled === undefined ? {} : { enabled }),
            ...(thresholds === undefined ? {} : { thresholds }),
          },
          host.user(),
        ),
      );
      await host.changed('tuned');
      return (await rows()).find((row) => row.ruleId === ruleId)!;
    },
    'rules.defaults': defaults,
    'rules.setDefault': async ({ kind, value, enabled }) => {
      await write((connection) => setDefault(connection, kind, value, enabled, host.user()));
      await host.changed('tuned');
      return defaults();
    },
    'placeholders.list': async () => ({ placeholders: await host.need().read(listPlaceholders) }),
    'placeholders.set': async ({ name, values }) => {
      await write((connection) => setPlaceholder(connection, name, values, host.user()));
      await host.changed('tuned');
      return { placeholders: await host.need().read(listPlaceholders) };
    },
    'suppressions.list': async () => ({ suppressions: await host.need().read(listSuppressions) }),
    'suppressions.add': async (asked) => {
      const added = await write((connection) => addSuppression(connection, asked, host.user()));
      await host.changed('reviewed');
      return added;
    },
    'suppressions.remove': async ({ suppressionId }) => {
      const removed = await write((connection) => removeSuppression(connection, suppressionId));
      await host.changed('reviewed');
      return removed;
    },
  };
}

const noRule = (ruleId: string) =>
  new CaseError('no_rule', `There is no rule ${ruleId}. Its file may have changed; reload the list.`, {
    refusal: 'usage',
  });

function checkThresholds(rule: RuleRow, values: Record<string, number>): void {
  for (const [name, value] of Object.entries(values)) {
    const threshold = rule.thresholds.find((t) => t.name === name);
    const there = rule.thresholds.map((t) => t.name).join(', ');
    const wrong = threshold
      ? thresholdProblem(threshold, value)
      : `the rule '${rule.title}' has no threshold '${name}'; it has ${there || 'none'}`;
    if (wrong)
      throw new CaseError(
        'bad_threshold',
        `${wrong[0]!.toUpperCase()}${wrong.slice(1)}. Nothing was changed.`,
        {
          refusal: 'usage',
        },
      );
  }
}
