// The block `correlation` of a rule, checked and typed.
import { CORRELATION_TYPES, type CorrelationType } from '../../../../shared/model.ts';
import type { Condition } from './condition.ts';
import { isTemporal, readCorrelationCondition, rulesNamed } from './correlation-condition.ts';
import type { Place, Problems } from './problem.ts';
import { readLongSpan } from './span.ts';
import { entry, type MapTree, type Tree } from './tree.ts';
import { scalar, texts } from './tree-values.ts';

export interface Criterion {
  operator: '>' | '>=' | '<' | '<=' | '=' | '<>';
  value: number;
}

export interface Correlation {
  kind: 'correlation';
  type: CorrelationType;
  rules: { name: string; at: Place }[];
  groupBy: { name: string; at: Place }[];
  /** Microseconds. */
  timespan: number;
  /** All of them; none with an expression. */
  condition: Criterion[];
  /** temporal and temporal_ordered: over the names under `rules`, called selections here. */
  expression: Condition | null;
  /** What the types value_* count or reckon with; several are counted as one tuple. */
  fields: string[];
  /** value_percentile: 0 to 1. */
  quantile: number | null;
  aliases: Map<string, Map<string, string>>;
  aliasPlaces: { rule: string; at: Place }[];
  generate: boolean;
}

/** Their presence in a window is kept in the bits of one number. */
const MOST_TEMPORAL_RULES = 60;

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
  const type = readType(tree, problems);
  const listed = texts(tree, 'rules', problems);
  if (new Set(listed.map((r) => r.name)).size < listed.length)
    problems.add(listed[0]!.at, "'correlation.rules' names a rule twice");
  const names = listed.map((r) => r.name);
  const { criteria, expression, fields, quantile } = readCorrelationCondition(
    tree,
    type,
    names,
    problems,
    warnings,
  );
  const rules = listed.length > 0 || !expression ? listed : rulesOf(tree, expression);
  if (rules.length === 0)
    problems.add(entry(tree, 'rules')?.at ?? tree.at, "'correlation.rules' names no rule");
  if (isTemporal(type) && rules.length > MOST_TEMPORAL_RULES)
    problems.add(tree.at, `${type} takes at most ${MOST_TEMPORAL_RULES} rules, not ${rules.length}`);
  const groupBy = texts(tree, 'group-by', problems);
  if (groupBy.length === 0) {
    warnings.add(
      tree.at,
      "without 'group-by', which the specification asks for, all events of the case form one group",
    );
  }
  const timespan = readTimespan(tree, problems, warnings);
  const { aliases, aliasPlaces } = readAliases(tree, problems);
  const generate = entry(tree, 'generate') ? scalar(tree, 'generate') : (scalar(root, 'generate') ?? false);
  if (typeof generate !== 'boolean')
    problems.add(entry(tree, 'generate')?.at ?? tree.at, "'generate' is true or false");
  if (problems.any || type === null || timespan === null) return null;
  return {
    kind: 'correlation',
    type,
    rules,
    groupBy,
    timespan,
    condition: criteria,
    expression,
    fields,
    quantile,
    aliases,
    aliasPlaces,
    generate: generate === true,
  };
}

function readType(tree: MapTree, problems: Problems): CorrelationType | null {
  const type = scalar(tree, 'type');
  const at = entry(tree, 'type')?.value.at ?? tree.at;
  const known = CORRELATION_TYPES.find((name) => name === type);
  if (typeof type !== 'string') problems.add(at, "'correlation.type' is missing");
  else if (!known)
    problems.add(at, `'${type}' is not a correlation type; there are ${CORRELATION_TYPES.join(', ')}`);
  return known ?? null;
}

/** Without a list, the rules are those of the condition. */
function rulesOf(tree: MapTree, expression: Condition): Correlation['rules'] {
  const at = entry(tree, 'condition')!.value.at;
  return [...rulesNamed(expression).keys()].map((name) => ({ name, at }));
}

function readTimespan(tree: MapTree, problems: Problems, warnings: Problems): number | null {
  const found = entry(tree, 'timespan');
  if (!found) {
    problems.add(tree.at, "'correlation.timespan' is missing");
    return null;
  }
  const { span, beyond } = readLongSpan(scalar(tree, 'timespan'));
  if (span === null)
    problems.add(found.value.at, "'timespan' is a whole number with s, m, h or d, such as 5m");
  else if (beyond) {
    warnings.add(
      found.value.at,
      `'timespan': w, M and y are not in the specification; ${scalar(tree, 'timespan')} is taken as ${span / 1e6} seconds`,
    );
  }
  return span;
}

function readAliases(tree: MapTree, problems: Problems): Pick<Correlation, 'aliases' | 'aliasPlaces'> {
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
  return { aliases, aliasPlaces };
}
