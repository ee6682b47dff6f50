// Simple values of a map of the tree, by their key.
import type { Place, Problems } from './problem.ts';
import { entry, type MapTree } from './tree.ts';

export function scalar(map: MapTree, key: string): unknown {
  const found = entry(map, key);
  return found?.value.kind === 'scalar' ? found.value.value : undefined;
}

/** A list of texts (or one text), each with its place. */
export function texts(map: MapTree, key: string, problems: Problems): { name: string; at: Place }[] {
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
