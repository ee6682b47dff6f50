// From a rule to what it found: its findings, their events; and from a finding or tag to rules.
import { useFindings } from './findings.ts';
import { showTerms } from './pivot.ts';
import { useRoute } from './route.ts';
import { useRules } from './rules.ts';

/** A lens term holds at most 1,000 values. */
const MOST = 1000;

export function showRuleFindings(ruleId: string): void {
  useFindings.getState().ofRule(ruleId);
  useRoute.getState().go('findings');
}

export function showRuleEvents(ruleId: string): void {
  const ids = useFindings
    .getState()
    .findings.filter((f) => f.ruleId === ruleId)
    .map((f) => f.findingId);
  if (ids.length > MOST || ids.length === 0) showRuleFindings(ruleId);
  else showTerms([{ field: 'finding', values: ids, not: false }]);
}

export function showRule(ruleId: string): void {
  useRules.getState().open(ruleId);
  useRoute.getState().go('rules');
}

/** All rules with a tag; `attack.t1110` also those of its sub-techniques. */
export function showRulesOfTag(tag: string): void {
  useRules.getState().clearFilter();
  useRules.getState().narrow({ tag });
  useRoute.getState().go('rules');
}
