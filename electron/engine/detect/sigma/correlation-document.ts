// The block `correlation` of a rule, checked and typed.
import type { Place, Problems } from './problem.ts';
import { readSpan } from './span.ts';
import { entry, type MapTree, type Tree } from './tree.ts';
import { scalar, texts } from './tree-values.ts';

export const CORRELATION_TYPES = ['event_count', 'value_count', 'temporal', 'temporal_ordered'] as const;
export type CorrelationType = (typeof CORRELATION_TYPES)[number];

export interface Correlation {
  kind: 'correlation';
  type: CorrelationType;
  rules: { name: string; at: Place }[];
  groupBy: { name: string; at: Place }[];
  /** Microseconds. */
  timespan: number;
  condition: { operator: '>' | '>=' | '<' | '<=' | '=' | '<>'; value: number }[];
  /** value_count only. */
  fields: string[];
  aliases: Map<string, Map<string, string>>;
  aliasPlaces: { rule: string; at: Place }[];
  generate: boolean;
}

export function readCorrelation(
  root: MapTree,
  tree: Tree,
  problems: Problems,
  warnings: Problems,
): Correlation | null {
  if (tree.kind !== 'map') {
    problems.add(tree.at, "'correlation' must be a map with type, rules and timespan");
    return null;
  }
  const known = ['type', 'rules', 'group-by', 'timespan', 'condition', 'aliases', 'generate'];
  for (const { key, at } of tree.entries) {
    if (!known.includes(key)) problems.add(at, `'${key}' is not part of a correlation`);
  }
  const type = scalar(tree, 'type');
  const typeAt = entry(tree, 'type')?.at ?? tree.at;
  if (typeof type !== 'string') problems.add(typeAt, "'correlation.type' is missing");
  else if (!(CORRELATION_TYPES as readonly string[]).includes(type)) {
    problems.add(
      typeAt,
      ['value_sum', 'value_avg', 'value_percentile', 'value_median'].includes(type)
        ? `the correlation type '${type}' is not supported yet`
        : `'${type}' is not a correlation type; Tidemark knows ${CORRELATION_TYPES.join(', ')}`,
    );
  }
  const rules = texts(tree, 'rules', problems);
  if (rules.length === 0)
    problems.add(entry(tree, 'rules')?.at ?? tree.at, "'correlation.rules' names no rule");
  if (new Set(rules.map((r) => r.name)).size < rules.length) {
    problems.add(rules[0]!.at, "'correlation.rules' names a rule twice");
  }
  const groupBy = texts(tree, 'group-by', problems);
  const spanTree = entry(tree, 'timespan');
  const timespan = readSpan(scalar(tree, 'timespan'));
  if (!spanTree) problems.add(tree.at, "'correlation.timespan' is missing");
  else if (timespan === null)
    problems.add(spanTree.value.at, "'timespan' is a whole number with s, m, h or d, such as 5m");
  const { condition, fields } = readCorrelationCondition(tree, type, rules.length, problems, warnings);
  const aliases = new Map<string, Map<string, string>>();
  const aliasPlaces: Correlation['aliasPlaces'] = [];
  const aliasTree = entry(tree, 'aliases');
  if (aliasTree && aliasTree.value.kind !== 'map') problems.add(aliasTree.at, "'aliases' must be a map");
  if (aliasTree?.value.kind === 'map') {
    for (const alias of aliasTree.value.entries) {
      const fieldsOf = new Map<string, string>();
      if (alias.value.kind !== 'map') {
        problems.add(alias.at, `the alias '${alias.key}' must name a field for each rule`);
        continue;
      }
      for (const field of alias.value.entries) {
        if (
          field.value.kind !== 'scalar' ||
          typeof field.value.value !== 'string' ||
          field.value.value === ''
        ) {
          problems.add(field.at, `the alias '${alias.key}' has no field for '${field.key}'`);
          continue;
        }
        fieldsOf.set(field.key, field.value.value);
        aliasPlaces.push({ rule: field.key, at: field.at });
      }
      aliases.set(alias.key, fieldsOf);
    }
  }
  const generate = entry(tree, 'generate') ? scalar(tree, 'generate') : (scalar(root, 'generate') ?? false);
  if (typeof generate !== 'boolean')
    problems.add(entry(tree, 'generate')?.at ?? tree.at, "'generate' is true or false");
  if (problems.any) return null;
  return {
    kind: 'correlation',
    type: type as CorrelationType,
    rules,
    groupBy,
    timespan: timespan!,
    condition,
    fields,
    aliases,
    aliasPlaces,
    generate: generate === true,
  };
}

const OPERATORS: Record<string, Correlation['condition'][number]['operator']> = {
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  eq: '=',
  neq: '<>',
};

function readCorrelationCondition(
  tree: MapTree,
  type: unknown,
  rules: number,
  problems: Problems,
  warnings: Problems,
) {
  const found = entry(tree, 'condition');
  const condition: Correlation['condition'] = [];
  const fields: string[] = [];
  const temporal = type === 'temporal' || type === 'temporal_ordered';
  if (!found) {
    if (temporal) return { condition: [{ operator: '>=' as const, value: rules }], fields };
    problems.add(
      tree.at,
      `'correlation.condition' is missing; ${String(type ?? 'it')} needs one such as gte: 10`,
    );
    return { condition, fields };
  }
  if (found.value.kind !== 'map') {
    problems.add(
      found.value.at,
      temporal
        ? 'conditions written as an expression of rule names are not supported yet'
        : "'correlation.condition' must be a map such as gte: 10",
    );
    return { condition, fields };
  }
  let fieldAt: Place | null = null;
  for (const { key, at, value } of found.value.entries) {
    if (key === 'field') {
      fieldAt = at;
      const items = value.kind === 'list' ? value.items : [value];
      for (const item of items) {
        if (item.kind === 'scalar' && typeof item.value === 'string' && item.value !== '')
          fields.push(item.value);
        else problems.add(item.at, "'condition.field' must name a field");
      }
    } else if (Object.hasOwn(OPERATORS, key)) {
      if (
        value.kind !== 'scalar' ||
        typeof value.value !== 'number' ||
        !Number.isInteger(value.value) ||
        value.value < 0
      ) {
        problems.add(value.at, `'condition.${key}' must be a whole number`);
      } else condition.push({ operator: OPERATORS[key]!, value: value.value });
    } else
      problems.add(at, `'${key}' is not part of a correlation condition; use gt, gte, lt, lte, eq or neq`);
  }
  if (condition.length === 0)
    problems.add(found.at, "'correlation.condition' compares with nothing; write such as gte: 10");
  if (type === 'value_count' && fields.length === 0)
    problems.add(found.at, "value_count needs 'condition.field'");
  if (type !== 'value_count' && fieldAt)
    problems.add(fieldAt, `'condition.field' does not belong to ${String(type)}`);
  if (
    type === 'temporal_ordered' &&
    !(condition.length === 1 && condition[0]!.operator === '>=' && condition[0]!.value === rules)
  ) {
    problems.add(
      found.at,
      'temporal_ordered asks for all its rules in order; another condition is not supported',
    );
  }
  if (
    condition.some(
      (c) => c.operator === '<' || c.operator === '<=' || c.operator === '=' || c.operator === '<>',
    ) &&
    !condition.some((c) => c.operator === '>' || c.operator === '>=')
  ) {
    warnings.add(
      found.at,
      'windows end at an event, so that a window without any event is never seen by lt, lte, eq and neq',
    );
  }
  return { condition, fields };
}
