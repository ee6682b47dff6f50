// The part of a rule or filter that says what matches: selections by name, and conditions over them.
import { type Condition, namedSelections, parseCondition } from './condition.ts';
import type { Reading } from './item.ts';
import { readSelection, type Selection } from './selection.ts';
import { entry, type MapTree, type Tree } from './tree.ts';

export interface Detection {
  selections: Map<string, Selection>;
  /** Any of them makes an event match. */
  conditions: Condition[];
}

const MOST_SELECTIONS = 1000;
const MOST_CONDITIONS = 100;

/** Reads `detection` or `filter`; `besides` are keys of that block that are no selections. Null when it is refused. */
export function readDetection(
  tree: Tree,
  block: 'detection' | 'filter',
  besides: readonly string[],
  reading: Reading,
): Detection | null {
  const { problems, warnings } = reading;
  if (tree.kind !== 'map') {
    problems.add(tree.at, `'${block}' must be a map of selections and a condition`);
    return null;
  }
  if (tree.entries.length > MOST_SELECTIONS) {
    problems.add(tree.at, `'${block}' has more than ${MOST_SELECTIONS} selections`);
    return null;
  }
  const before = problems.count;
  const selections = new Map<string, Selection>();
  const names: string[] = [];
  for (const { key, at, value } of tree.entries) {
    if (key === 'condition' || besides.includes(key)) continue;
    if (key === 'timeframe') {
      problems.add(
        at,
        "'timeframe' was removed from Sigma; write a correlation rule with 'timespan' instead",
      );
      continue;
    }
    names.push(key);
    const selection = readSelection(value, key, reading);
    if (selection) selections.set(key, selection);
  }
  const conditions = readConditions(tree, block, names, reading);
  if (problems.count > before) return null;
  const used = new Set(conditions.flatMap((condition) => [...namedSelections(condition)]));
  for (const { key, at } of tree.entries) {
    if (selections.has(key) && !used.has(key)) warnings.add(at, `no condition uses the selection '${key}'`);
  }
  return { selections, conditions };
}

function readConditions(tree: MapTree, block: string, names: string[], { problems }: Reading): Condition[] {
  const condition = entry(tree, 'condition');
  if (!condition) {
    problems.add(tree.at, `'${block}' has no condition`);
    return [];
  }
  const texts = condition.value.kind === 'list' ? condition.value.items : [condition.value];
  if (texts.length > MOST_CONDITIONS) {
    problems.add(condition.at, `condition: the list has more than ${MOST_CONDITIONS} conditions`);
    return [];
  }
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
  return conditions;
}
