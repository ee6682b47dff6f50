// A rule file's documents as typed rules: structure is checked here, references between rules in load-rules.ts.
import { FINDING_LEVELS, type FindingLevel } from '../../../../shared/model.ts';
import { type Condition, parseCondition } from './condition.ts';
import { type LogSource, readLogSource } from './logsource.ts';
import { type Place, type Problem, Problems } from './problem.ts';
import { readSelection, type Selection } from './selection.ts';
import { readTemplate, type Template } from './template.ts';
import { entry, type MapTree, readYaml, type Tree } from './tree.ts';

export const CORRELATION_TYPES = ['event_count', 'value_count', 'temporal', 'temporal_ordered'] as const;
export type CorrelationType = (typeof CORRELATION_TYPES)[number];

export interface Metadata {
  id: string | null;
  name: string | null;
  title: string;
  level: FindingLevel;
  status: string;
  description: string;
  author: string | null;
  references: string[];
  falsePositives: string[];
  attack: string[];
}

/** What a rule says to Tidemark alone, under `tidemark:`. */
export interface Extras {
  /** Longest silence within one finding of an event rule, microseconds. */
  gap: number;
  /** Fields that part the findings of an event rule, in place of the node; `selection`: by the selection that matched. */
  groupBy: string[] | null;
  explain: Template | null;
  /** The role whose events give the finding its time; the others are what led to it. */
  focus: string | null;
  /** Fields of the focus events that part the finding further; what led to them is told in each part. */
  splitBy: string[];
  /** temporal_ordered: a chain ends when it is complete for the first time. */
  once: boolean;
  /** Name of a built-in check in place of a detection. */
  native: string | null;
}

export interface EventRule {
  kind: 'event';
  logSource: LogSource;
  selections: Map<string, Selection>;
  conditions: Condition[];
}

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

export interface RuleDocument {
  at: Place;
  text: string;
  metadata: Metadata;
  extras: Extras;
  body: EventRule | Correlation | { kind: 'native'; name: string } | null;
  problems: Problem[];
  warnings: Problem[];
}

const STATUSES = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'];
const DEFAULT_GAP = 15 * 60 * 1_000_000;
const UNIT_US: Record<string, number> = { s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 };

export function readDocuments(text: string): RuleDocument[] {
  return readYaml(text).map((document) => {
    const problems = new Problems();
    const warnings = new Problems();
    problems.list.push(...document.problems);
    const empty: RuleDocument = {
      at: document.at,
      text: document.text,
      metadata: emptyMetadata(),
      extras: {
        gap: DEFAULT_GAP,
        groupBy: null,
        explain: null,
        focus: null,
        splitBy: [],
        once: false,
        native: null,
      },
      body: null,
      problems: problems.list,
      warnings: warnings.list,
    };
    if (!document.root) return empty;
    if (document.root.kind !== 'map') {
      problems.add(document.at, 'a rule is a map with title, logsource and detection');
      return empty;
    }
    const root = document.root;
    const metadata = readMetadata(root, problems);
    const extras = readExtras(root, problems);
    return { ...empty, metadata, extras, body: readBody(root, extras, problems, warnings) };
  });
}

function readBody(
  root: MapTree,
  extras: Extras,
  problems: Problems,
  warnings: Problems,
): RuleDocument['body'] {
  const action = entry(root, 'action');
  if (action && !entry(root, 'logsource') && !entry(root, 'correlation')) {
    problems.add(
      action.at,
      "'action' (global, reset, repeat) is not part of Sigma 2; write each rule in full",
    );
    return null;
  }
  const filter = entry(root, 'filter');
  if (filter) {
    problems.add(filter.at, 'Sigma filter documents are not supported yet');
    return null;
  }
  const correlation = entry(root, 'correlation');
  const detection = entry(root, 'detection');
  if (extras.native) {
    if (correlation || detection)
      problems.add(root.at, 'a built-in check has neither detection nor correlation');
    return { kind: 'native', name: extras.native };
  }
  if (correlation && detection) {
    problems.add(correlation.at, "a rule has either 'detection' or 'correlation'; put them in two documents");
    return null;
  }
  if (correlation) return readCorrelation(root, correlation.value, problems, warnings);
  const logSource = readLogSource(entry(root, 'logsource')?.value, problems, root.at);
  if (!detection) {
    problems.add(root.at, "'detection' is missing");
    return null;
  }
  const detected = readDetection(detection.value, problems);
  return logSource && detected ? { kind: 'event', logSource, ...detected } : null;
}

function readDetection(tree: Tree, problems: Problems): Pick<EventRule, 'selections' | 'conditions'> | null {
  if (tree.kind !== 'map') {
    problems.add(tree.at, "'detection' must be a map of selections and a condition");
    return null;
  }
  const selections = new Map<string, Selection>();
  const names: string[] = [];
  for (const { key, at, value } of tree.entries) {
    if (key === 'condition') continue;
    if (key === 'timeframe') {
      problems.add(
        at,
        "'timeframe' was removed from Sigma; write a correlation rule with 'timespan' instead",
      );
      continue;
    }
    if (!/^[A-Za-z0-9_-]+$/.test(key)) {
      problems.add(at, `the selection name '${key}' has characters that a condition cannot name`);
      continue;
    }
    names.push(key);
    const selection = readSelection(value, key, problems);
    if (selection) selections.set(key, selection);
  }
  const condition = entry(tree, 'condition');
  if (!condition) {
    problems.add(tree.at, "'detection' has no condition");
    return null;
  }
  const texts = condition.value.kind === 'list' ? condition.value.items : [condition.value];
  if (texts.length === 0) problems.add(condition.at, 'condition: the list is empty');
  const conditions: Condition[] = [];
  for (const text of texts) {
    if (text.kind !== 'scalar' || (typeof text.value !== 'string' && typeof text.value !== 'number')) {
      problems.add(text.at, 'condition: it must be text');
      continue;
    }
    const parsed = parseCondition(String(text.value), names, text.textAt, problems);
    if (parsed) conditions.push(parsed);
  }
  return problems.any ? null : { selections, conditions };
}

function readCorrelation(
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

const LONGEST_SPAN = 10_000 * 86_400e6;

/** `5m` in microseconds, or null. */
export function readSpan(value: unknown): number | null {
  const match = typeof value === 'string' ? /^([1-9]\d{0,8})([smhd])$/.exec(value) : null;
  const span = match ? Number(match[1]) * UNIT_US[match[2]!]! : null;
  return span !== null && span <= LONGEST_SPAN ? span : null;
}

const emptyMetadata = (): Metadata => ({
  id: null,
  name: null,
  title: '',
  level: 'medium',
  status: 'experimental',
  description: '',
  author: null,
  references: [],
  falsePositives: [],
  attack: [],
});

function readMetadata(root: MapTree, problems: Problems): Metadata {
  const made = emptyMetadata();
  const text = (key: string, most: number): string | null => {
    const found = entry(root, key);
    if (!found || (found.value.kind === 'scalar' && found.value.value === null)) return null;
    if (found.value.kind !== 'scalar' || typeof found.value.value !== 'string') {
      problems.add(found.at, `'${key}' must be text`);
      return null;
    }
    if (found.value.value.length > most) problems.add(found.at, `'${key}' is longer than ${most} characters`);
    return found.value.value.trim();
  };
  made.title = text('title', 256) ?? '';
  if (made.title === '') problems.add(entry(root, 'title')?.at ?? root.at, "'title' is missing");
  made.id = text('id', 64);
  if (made.id !== null && !/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(made.id)) {
    problems.add(entry(root, 'id')!.value.at, "'id' must be a UUID");
  }
  made.id = made.id?.toLowerCase() ?? null;
  made.name = text('name', 256);
  made.description = text('description', 65_535) ?? '';
  made.author = text('author', 4096);
  const status = text('status', 64);
  if (status !== null && !STATUSES.includes(status)) {
    problems.add(entry(root, 'status')!.value.at, `'status' must be one of ${STATUSES.join(', ')}`);
  }
  made.status = status ?? 'experimental';
  const level = text('level', 64);
  if (level !== null && !(FINDING_LEVELS as readonly string[]).includes(level)) {
    problems.add(entry(root, 'level')!.value.at, `'level' must be one of ${FINDING_LEVELS.join(', ')}`);
  } else if (level !== null) made.level = level as FindingLevel;
  for (const key of ['date', 'modified']) {
    const date = text(key, 64);
    if (date !== null && !/^\d{4}-\d\d-\d\d$/.test(date)) {
      problems.add(entry(root, key)!.value.at, `'${key}' must be written YYYY-MM-DD`);
    }
  }
  made.references = texts(root, 'references', problems).map((t) => t.name);
  made.falsePositives = texts(root, 'falsepositives', problems).map((t) => t.name);
  for (const { name, at } of texts(root, 'tags', problems)) {
    if (!/^[a-z0-9_-]+\.[a-z0-9._-]+$/.test(name))
      problems.add(at, `the tag '${name}' is not written namespace.value`);
    const attack = /^attack\.([tgs]\d{4}(?:\.\d{3})?)$/.exec(name);
    if (attack) made.attack.push(attack[1]!.toUpperCase());
  }
  const taxonomy = text('taxonomy', 256);
  if (taxonomy !== null && taxonomy !== 'sigma') {
    problems.add(
      entry(root, 'taxonomy')!.value.at,
      `the taxonomy '${taxonomy}' is not known; only 'sigma' is`,
    );
  }
  return made;
}

function readExtras(root: MapTree, problems: Problems): Extras {
  const extras: Extras = {
    gap: DEFAULT_GAP,
    groupBy: null,
    explain: null,
    focus: null,
    splitBy: [],
    once: false,
    native: null,
  };
  const block = entry(root, 'tidemark');
  if (block && block.value.kind !== 'map') problems.add(block.at, "'tidemark' must be a map");
  const entries = [
    ...(block?.value.kind === 'map' ? block.value.entries : []),
    ...root.entries.filter((e) => e.key.startsWith('tidemark.')).map((e) => ({ ...e, key: e.key.slice(9) })),
  ];
  for (const { key, at, value } of entries) {
    const text = value.kind === 'scalar' && typeof value.value === 'string' ? value.value : null;
    if (key === 'gap') {
      const gap = readSpan(text);
      if (gap === null)
        problems.add(value.at, "'tidemark.gap' is a whole number with s, m, h or d, such as 15m");
      else extras.gap = gap;
    } else if (key === 'group_by' || key === 'split_by') {
      const items = value.kind === 'list' ? value.items : [value];
      const fields: string[] = [];
      for (const item of items) {
        if (item.kind === 'scalar' && typeof item.value === 'string' && item.value !== '')
          fields.push(item.value);
        else problems.add(item.at, `'tidemark.${key}' must name fields`);
      }
      if (key === 'group_by') extras.groupBy = fields;
      else extras.splitBy = fields;
    } else if (key === 'explain') {
      if (text === null) problems.add(value.at, "'tidemark.explain' must be text");
      else extras.explain = readTemplate(text, value.at, problems);
    } else if (key === 'focus') {
      if (text === null)
        problems.add(value.at, "'tidemark.focus' must name a selection or a correlated rule");
      extras.focus = text;
    } else if (key === 'once') {
      const flag = value.kind === 'scalar' ? value.value : null;
      if (typeof flag !== 'boolean') problems.add(value.at, "'tidemark.once' is true or false");
      extras.once = flag === true;
    } else if (key === 'native') {
      if (text === null) problems.add(value.at, "'tidemark.native' must name a built-in check");
      extras.native = text;
    } else
      problems.add(
        at,
        `'tidemark.${key}' is not known; there are gap, group_by, split_by, explain, focus, once and native`,
      );
  }
  return extras;
}

function scalar(map: MapTree, key: string): unknown {
  const found = entry(map, key);
  return found?.value.kind === 'scalar' ? found.value.value : undefined;
}

/** A list of texts (or one text), each with its place. */
function texts(map: MapTree, key: string, problems: Problems): { name: string; at: Place }[] {
  const found = entry(map, key);
  if (!found || (found.value.kind === 'scalar' && found.value.value === null)) return [];
  const items = found.value.kind === 'list' ? found.value.items : [found.value];
  const list: { name: string; at: Place }[] = [];
  for (const item of items) {
    if (item.kind === 'scalar' && typeof item.value === 'string' && item.value !== '') {
      list.push({ name: item.value, at: item.at });
    } else problems.add(item.at, `'${key}' must hold text`);
  }
  return list;
}
