// Filter documents: conditions that are put beside those of the rules they name (Sigma specification, filters).
import type { Condition } from './condition.ts';
import { type Detection, readDetection } from './detection.ts';
import type { Reading } from './item.ts';
import { contains, type LogSource, readLogSource } from './logsource.ts';
import type { Place } from './problem.ts';
import { entry, type MapTree } from './tree.ts';

export interface Filter extends Detection {
  kind: 'filter';
  logSource: LogSource;
  /** Ids and names of the rules meant; null: every rule of the log source. */
  rules: { name: string; at: Place }[] | null;
}

/** Reads a document with `filter:`; null when it is refused. */
export function readFilter(root: MapTree, reading: Reading): Filter | null {
  const { problems, warnings } = reading;
  const block = entry(root, 'filter')!;
  const logSource = readLogSource(entry(root, 'logsource')?.value, problems, root.at);
  const detection = readDetection(block.value, 'filter', ['rules'], reading);
  if (!logSource || !detection || block.value.kind !== 'map') return null;
  if (!detection.conditions.some(negates)) {
    warnings.add(
      entry(block.value, 'condition')!.at,
      "the condition has no 'not': rules then match only what the selection matches; write 'not selection' to leave it out",
    );
  }
  const before = problems.count;
  const rules = readRules(block.value, reading);
  return problems.count > before ? null : { kind: 'filter', logSource, rules, ...detection };
}

function readRules(block: MapTree, { problems }: Reading): Filter['rules'] {
  const found = entry(block, 'rules');
  if (!found) {
    problems.add(block.at, "'filter.rules' is missing; name rules by id or name, or write any");
    return null;
  }
  const items = found.value.kind === 'list' ? found.value.items : [found.value];
  const rules: { name: string; at: Place }[] = [];
  for (const item of items) {
    if (item.kind !== 'scalar' || typeof item.value !== 'string' || item.value === '')
      problems.add(item.at, "'filter.rules' must hold ids or names of rules, or the word any");
    else if (found.value.kind === 'scalar' && item.value.toLowerCase() === 'any') return null;
    else rules.push({ name: item.value, at: item.at });
  }
  return items.length === 0 ? null : rules;
}

const negates = (condition: Condition): boolean =>
  condition.is === 'not' || (condition.is !== 'selection' && condition.of.some(negates));

/** Is a rule of this log source, known by these words, one of those the filter is meant for? */
export function filters(filter: Filter, logSource: LogSource, words: readonly string[]): boolean {
  if (!contains(filter.logSource, logSource)) return false;
  return (
    filter.rules === null ||
    filter.rules.some(({ name }) => words.includes(name) || words.includes(name.toLowerCase()))
  );
}
