// A rule file's documents as typed rules: structure is checked here, references between rules in load-rules.ts.
import { FINDING_LEVELS, type FindingLevel } from '../../../../shared/model.ts';
import { type Condition, parseCondition } from './condition.ts';
import { type Correlation, readCorrelation } from './correlation-document.ts';
import { type LogSource, readLogSource } from './logsource.ts';
import { type Place, type Problem, Problems } from './problem.ts';
import { readSelection, type Selection } from './selection.ts';
import { readSpan } from './span.ts';
import { readTemplate, type Template } from './template.ts';
import { entry, type MapTree, readYaml, type Tree } from './tree.ts';
import { texts } from './tree-values.ts';

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
  tags: string[];
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
  tags: [],
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
    else made.tags.push(name);
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
