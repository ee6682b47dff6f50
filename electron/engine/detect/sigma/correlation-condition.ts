// The condition of a correlation: numbers to compare with, or an expression over rule names.

import type { CorrelationType } from '../../../../shared/model.ts';
import { type Condition, parseCondition } from './condition.ts';
import type { Criterion } from './correlation-document.ts';
import { orderedCountProblem, orderedProblem } from './ordered-chains.ts';
import type { Place, Problems } from './problem.ts';
import { entry, type MapTree, type Tree } from './tree.ts';

export interface CorrelationCondition {
  /** All of them; none with an expression. */
  criteria: Criterion[];
  expression: Condition | null;
  fields: string[];
  /** value_percentile: 0 to 1. */
  quantile: number | null;
}

const OPERATORS: Record<string, Criterion['operator']> = {
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  eq: '=',
  neq: '<>',
};
/** Types that reckon with a number of each event: their thresholds may be fractions. */
const RECKONED: readonly unknown[] = ['value_sum', 'value_avg', 'value_percentile', 'value_median'];

export const isTemporal = (type: unknown): boolean => type === 'temporal' || type === 'temporal_ordered';

/** `rules`: the names under `rules`; an expression may stand in place of that list. */
export function readCorrelationCondition(
  tree: MapTree,
  type: CorrelationType | null,
  rules: readonly string[],
  problems: Problems,
  warnings: Problems,
): CorrelationCondition {
  const found = entry(tree, 'condition');
  const made: CorrelationCondition = { criteria: [], expression: null, fields: [], quantile: null };
  if (!found || (found.value.kind === 'scalar' && found.value.value === null)) {
    if (isTemporal(type)) made.criteria.push({ operator: '>=', value: rules.length });
    else {
      problems.add(
        found?.at ?? tree.at,
        `'correlation.condition' is missing; ${type ?? 'it'} needs one such as gte: 10`,
      );
    }
    return made;
  }
  if (found.value.kind === 'map') {
    readCriteria(found.value.entries, made, type, problems);
    checkCriteria(made, found.at, type, rules.length, problems, warnings);
    return made;
  }
  if (!isTemporal(type) || found.value.kind !== 'scalar' || typeof found.value.value !== 'string') {
    problems.add(
      found.value.at,
      isTemporal(type)
        ? "'correlation.condition' must be a map such as gte: 2, or an expression such as a and not b"
        : `'correlation.condition' must be a map such as gte: 10; an expression of rule names belongs to temporal and temporal_ordered`,
    );
    return made;
  }
  const names = rules.length > 0 ? rules : null;
  made.expression = parseCondition(found.value.value, names, found.value.textAt, problems, 'rule');
  if (made.expression) {
    checkExpression(made.expression, found.at, rules, problems, warnings);
    const wrong = type === 'temporal_ordered' ? orderedProblem(made.expression) : null;
    if (wrong) problems.add(found.value.at, `condition: ${wrong}`);
  }
  return made;
}

/** The rules that an expression names, in the order in which they first appear. */
export function rulesNamed(
  condition: Condition,
  negated = false,
  found: Map<string, boolean> = new Map(),
): Map<string, boolean> {
  if (condition.is === 'selection')
    found.set(condition.name, negated || (found.get(condition.name) ?? false));
  else if (condition.is === 'not') rulesNamed(condition.of, !negated, found);
  else for (const part of condition.of) rulesNamed(part, negated, found);
  return found;
}

function checkExpression(
  expression: Condition,
  at: Place,
  rules: readonly string[],
  problems: Problems,
  warnings: Problems,
): void {
  const named = rulesNamed(expression);
  for (const rule of rules) {
    if (!named.has(rule))
      problems.add(at, `condition: 'rules' lists '${rule}', which the condition does not name`);
  }
  const barred = [...named].filter(([, negated]) => negated).map(([name]) => name);
  if (barred.length > 0) {
    warnings.add(
      at,
      `'not' means that no event of ${barred.join(', ')} lies in the window that ends at the matching event; one that comes later takes nothing back`,
    );
  }
}

function readCriteria(
  entries: MapTree['entries'],
  made: CorrelationCondition,
  type: CorrelationType | null,
  problems: Problems,
): void {
  for (const { key, at, value } of entries) {
    if (key === 'field') {
      if (isTemporal(type) || type === 'event_count')
        problems.add(at, `'condition.field' does not belong to ${type}`);
      const items = value.kind === 'list' ? value.items : [value];
      for (const item of items) {
        if (item.kind === 'scalar' && typeof item.value === 'string' && item.value !== '')
          made.fields.push(item.value);
        else problems.add(item.at, "'condition.field' must name a field");
      }
    } else if (key === 'percentile') {
      const percentile = numberOf(value);
      if (type !== 'value_percentile') problems.add(at, `'condition.percentile' does not belong to ${type}`);
      else if (percentile === null || percentile < 0 || percentile > 100)
        problems.add(value.at, "'condition.percentile' is a number from 0 to 100");
      else made.quantile = percentile / 100;
    } else if (Object.hasOwn(OPERATORS, key)) {
      const number = numberOf(value);
      if (RECKONED.includes(type)) {
        if (number === null) problems.add(value.at, `'condition.${key}' must be a number`);
      } else if (number === null || !Number.isInteger(number) || number < 0)
        problems.add(value.at, `'condition.${key}' must be a whole number`);
      if (number !== null) made.criteria.push({ operator: OPERATORS[key]!, value: number });
    } else
      problems.add(at, `'${key}' is not part of a correlation condition; use gt, gte, lt, lte, eq or neq`);
  }
}

/** A finite number, also where it is written as text. */
function numberOf(tree: Tree): number | null {
  if (tree.kind !== 'scalar') return null;
  if (typeof tree.value === 'number') return tree.value;
  const text = typeof tree.value === 'string' && /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(tree.value);
  return text ? Number(tree.value) : null;
}

function checkCriteria(
  { criteria, fields, quantile }: CorrelationCondition,
  at: Place,
  type: CorrelationType | null,
  rules: number,
  problems: Problems,
  warnings: Problems,
): void {
  if (criteria.length === 0)
    problems.add(at, "'correlation.condition' compares with nothing; write such as gte: 10");
  if (type?.startsWith('value_') && fields.length === 0) problems.add(at, `${type} needs 'condition.field'`);
  if (RECKONED.includes(type) && fields.length > 1)
    problems.add(at, `${type} reckons with one field; only value_count takes several`);
  if (type === 'value_percentile' && quantile === null) {
    problems.add(
      at,
      "value_percentile needs 'condition.percentile' (0 to 100): the specification does not say which percentile is meant",
    );
  }
  const least = (c: Criterion) => c.operator === '>=' || c.operator === '>';
  if (type === 'temporal_ordered' && !(criteria.length === 1 && least(criteria[0]!))) {
    problems.add(
      at,
      'temporal_ordered asks for at least so many of its rules in order: write gte with a number, or leave the condition out',
    );
  }
  if (isTemporal(type) && criteria.length > 0 && criteria.every(least)) {
    const wanted = Math.max(...criteria.map((c) => (c.operator === '>' ? c.value + 1 : c.value)));
    if (wanted > rules)
      problems.add(
        at,
        `the condition asks for ${wanted} rules, and 'rules' lists ${rules}: it can't be true`,
      );
    else if (type === 'temporal_ordered') {
      const wrong = orderedCountProblem(rules, wanted);
      if (wrong) problems.add(at, `condition: ${wrong}`);
    }
    if (wanted === 0) problems.add(at, 'the condition is true for every event; ask for at least one rule');
  }
  if (!RECKONED.includes(type) && criteria.length > 0 && !criteria.some(least)) {
    warnings.add(
      at,
      'windows end at an event, so that a window without any event is never seen by lt, lte, eq and neq',
    );
  }
}
