// The search identifiers of a rule: maps (AND), lists of maps (OR), keywords.
import { type Item, keywordItem, type Reading, readItem } from './item.ts';
import { type Asked, itemSql } from './leaf.ts';
import { allOf, anyOf, type Binder } from './sql.ts';
import type { ScalarTree, Tree } from './tree.ts';

export type Selection = { all: Item[] } | { any: Selection[] };

/** Reads a search identifier; null when it is refused. */
export function readSelection(tree: Tree, name: string, reading: Reading): Selection | null {
  const { problems, warnings } = reading;
  if (tree.kind === 'map') {
    if (tree.entries.length === 0) problems.add(tree.at, `the selection '${name}' is empty`);
    const items = tree.entries.map((e) => readItem(e.key, e.at, e.value, reading));
    return items.length > 0 && items.every((i) => i !== null) ? { all: items } : null;
  }
  if (tree.kind === 'scalar') {
    if (!isKeyword(tree, name, reading)) return null;
    warnings.add(tree.at, `the selection '${name}' is one value without a field; it is read as a keyword`);
    return keywords([tree], reading);
  }
  if (tree.items.length === 0) {
    problems.add(tree.at, `the selection '${name}' is empty`);
    return null;
  }
  const plain = tree.items.filter((i) => i.kind === 'scalar');
  if (!plain.every((keyword) => isKeyword(keyword, name, reading))) return null;
  const parts: (Selection | null)[] = plain.length > 0 ? [keywords(plain, reading)] : [];
  for (const item of tree.items) if (item.kind !== 'scalar') parts.push(readSelection(item, name, reading));
  if (!parts.every((p) => p !== null)) return null;
  return parts.length === 1 ? parts[0]! : { any: parts };
}

function isKeyword(tree: ScalarTree, name: string, { problems }: Reading): boolean {
  if (tree.value !== null && tree.value !== '') return true;
  problems.add(tree.at, `a keyword of '${name}' is empty`);
  return false;
}

function keywords(values: ScalarTree[], reading: Reading): Selection | null {
  const item = keywordItem(values, values[0]!.at, reading);
  return item && { all: [item] };
}

export function selectionSql(selection: Selection, binder: Binder, asked: Asked): string {
  if ('any' in selection) return anyOf(selection.any.map((part) => selectionSql(part, binder, asked)));
  return allOf(selection.all.map((item) => itemSql(item, binder, asked)));
}
