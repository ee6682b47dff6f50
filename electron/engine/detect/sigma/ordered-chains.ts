// What temporal_ordered looks for, as alternatives: rules that follow each other, and rules that must not occur.
import type { Condition } from './condition.ts';
import type { Correlation } from './correlation-document.ts';

export interface Chain {
  /** Positions in `rules`, ascending: the order in which they must occur. */
  wanted: number[];
  /** None of them may occur in the window. */
  barred: number[];
}

type Term = { wanted: Set<string>; barred: Set<string> };
const MOST = 64;

/** The chains any of which fulfils the correlation; `names` as in `rules`. */
export function chainsOf(rule: Correlation): Chain[] {
  const names = rule.rules.map((r) => r.name);
  if (rule.expression) {
    const at = (set: Set<string>) => [...set].map((name) => names.indexOf(name)).sort((a, b) => a - b);
    return (alternatives(rule.expression, false) ?? []).map((t) => ({
      wanted: at(t.wanted),
      barred: at(t.barred),
    }));
  }
  const [criterion] = rule.condition;
  const least = criterion ? criterion.value + (criterion.operator === '>' ? 1 : 0) : names.length;
  return subsets(names.length, least).map((wanted) => ({ wanted, barred: [] }));
}

/** Why a condition is no order of rules, or null. */
export function orderedProblem(expression: Condition): string | null {
  const found = alternatives(expression, false);
  if (found === null) return `it has more than ${MOST} alternatives`;
  if (found.length === 0) return 'it can never be true';
  if (found.some((t) => t.wanted.size === 0))
    return 'it can be true without any rule that occurs, which has no order';
  return null;
}

/** As for an expression, for `gte: least` of so many rules. */
export const orderedCountProblem = (rules: number, least: number): string | null =>
  choose(rules, least) > MOST
    ? `${least} of ${rules} rules in order are more than ${MOST} alternatives`
    : null;

/** Disjunctive form without contradictions; null when it grows too large. */
function alternatives(condition: Condition, negated: boolean): Term[] | null {
  if (condition.is === 'selection') {
    const one = new Set([condition.name]);
    return [negated ? { wanted: new Set(), barred: one } : { wanted: one, barred: new Set() }];
  }
  if (condition.is === 'not') return alternatives(condition.of, !negated);
  const parts = condition.of.map((part) => alternatives(part, negated));
  if (!parts.every((part) => part !== null)) return null;
  if ((condition.is === 'or') !== negated) return bounded(parts.flat());
  let all: Term[] = [{ wanted: new Set(), barred: new Set() }];
  for (const part of parts) {
    const joined = bounded(all.flatMap((a) => part.map((b) => join(a, b))));
    if (joined === null) return null;
    all = joined;
  }
  return all;
}

const join = (a: Term, b: Term): Term => ({
  wanted: a.wanted.union(b.wanted),
  barred: a.barred.union(b.barred),
});

/** Each alternative once, those that contradict themselves never. */
function bounded(terms: Term[]): Term[] | null {
  const kept = new Map<string, Term>();
  for (const term of terms) {
    if (!term.wanted.isDisjointFrom(term.barred)) continue;
    kept.set(`${[...term.wanted].sort().join(' ')}|${[...term.barred].sort().join(' ')}`, term);
    if (kept.size > MOST) return null;
  }
  return [...kept.values()];
}

function subsets(of: number, size: number): number[][] {
  if (size === 0) return [[]];
  const list: number[][] = [];
  for (let last = size - 1; last < of; last++) {
    for (const rest of subsets(last, size - 1)) list.push([...rest, last]);
  }
  return list;
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i;
  return Math.round(ways);
}
