// What a rule says to Tidemark alone, under `tidemark:`.
import type { Problems } from './problem.ts';
import { readSpan } from './span.ts';
import { readTemplate, type Template } from './template.ts';
import { entry, type MapTree } from './tree.ts';

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

const DEFAULT_GAP = 15 * 60 * 1_000_000;

export const emptyExtras = (): Extras => ({
  gap: DEFAULT_GAP,
  groupBy: null,
  explain: null,
  focus: null,
  splitBy: [],
  once: false,
  native: null,
});

export function readExtras(root: MapTree, problems: Problems): Extras {
  const extras = emptyExtras();
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
