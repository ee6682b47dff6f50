// Whether a correlation can be fulfilled by the logs of a case, and which of its rules have none there.
import type { Condition } from './condition.ts';
import type { Correlation } from './correlation-document.ts';
import type { Base } from './correlation-query.ts';
import type { EventRule } from './document.ts';
import { type CaseSources, occurs } from './logsource.ts';

/** False: no window can fulfil it, because rules that must occur do not; `may` says which detections do. */
export function canOccur(base: Base, may: (detection: EventRule) => boolean): boolean {
  const { body } = base;
  if ('kind' in body) return may(body);
  const here = body.bases.map((b) => canOccur(b, may));
  const rule = body.correlation;
  if (rule.expression) return possible(rule.expression, rule, here);
  if (rule.type !== 'temporal' && rule.type !== 'temporal_ordered') return here.some(Boolean);
  const least = Math.max(1, ...rule.condition.map((c) => leastRules(c)));
  return here.filter(Boolean).length >= least;
}

const leastRules = ({ operator, value }: Correlation['condition'][number]): number =>
  operator === '>' ? value + 1 : operator === '>=' || operator === '=' ? value : 0;

function possible(condition: Condition, rule: Correlation, here: boolean[]): boolean {
  if (condition.is === 'selection') return here[rule.rules.findIndex((r) => r.name === condition.name)]!;
  if (condition.is === 'not') return true; // what has no logs certainly does not occur
  const parts = condition.of.map((part) => possible(part, rule, here));
  return condition.is === 'and' ? parts.every(Boolean) : parts.some(Boolean);
}

/** Of the rules it rests on, at any depth, those about logs that the case does not hold; by what they are called. */
export function withoutLogs(base: Base, there: CaseSources): string[] {
  const { body } = base;
  if (!('kind' in body)) return [...new Set(body.bases.flatMap((b) => withoutLogs(b, there)))];
  return occurs(body.logSource, there) ? [] : [base.role];
}
