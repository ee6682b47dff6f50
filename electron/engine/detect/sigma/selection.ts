// The search identifiers of a rule: maps (AND), lists of maps (OR), keywords.
import { type Asked, type Item, itemSql, keywordItem, readItem } from './leaf.ts';
import type { Problems } from './problem.ts';
import { allOf, anyOf, type Binder } from './sql.ts';
import type { Tree } from './tree.ts';

export type Selection = { all: Item[] } | { any: Selection[] };

/** Reads a search identifier; null when it is refused. */
export function readSelection(tree: Tree, name: string, problems: Problems): Selection | null {
  if (tree.kind === 'map') {
    if (tree.entries.length === 0) problems.add(tree.at, `the selection '${name}' is empty`);
    const items = tree.entries.map((e) => readItem(e.key, e.at, e.value, problems));
    return items.length > 0 && items.every((i) => i !== null) ? { all: items } : null;
  }
  if (tree.kind === 'scalar') {
    if (tree.value === null || tree.value === '') {
      problems.add(tree.at, `the selection '${name}' is empty`);
      return null;
    }
    return { all: [keywordItem([tree], tree.at)] };
  }
  if (tree.items.length === 0) {
    problems.add(tree.at, `the selection '${name}' is empty`);
    return null;
  }
  const keywords = tree.items.filter((i) => i.kind === 'scalar');
  const parts: (Selection | null)[] = [];
  for (const keyword of keywords) {
    if (keyword.value === null || keyword.value === '')
      problems.add(keyword.at, `a keyword of '${name}' is empty`);
  }
  if (keywords.some((k) => k.value === null || k.value === '')) return null;
  if (keywords.length > 0) parts.push({ all: [keywordItem(keywords, keywords[0]!.at)] });
  for (const item of tree.items) if (item.kind !== 'scalar') parts.push(readSelection(item, name, problems));
  if (!parts.every((p) => p !== null)) return null;
  return parts.length === 1 ? parts[0]! : { any: parts };
}

export function selectionSql(selection: Selection, binder: Binder, asked: Asked): string {
  if ('any' in selection) return anyOf(selection.any.map((part) => selectionSql(part, binder, asked)));
  return allOf(selection.all.map((item) => itemSql(item, binder, asked)));
}
