// Sums and groups of what was seen.
import { FIRST } from './check.ts';
import type { Count } from './seen.ts';

export interface Tally {
  n: number;
  /** The first events, in order. */
  ids: string[];
}

/** How many events fit, and the first of them; those that `prefer` fits come first. */
export function tally(
  counts: readonly Count[],
  fits: (count: Count) => boolean,
  prefer: (count: Count) => boolean = () => false,
): Tally {
  const those = counts.filter(fits);
  const order = those.toSorted(
    (a, b) => Number(prefer(b)) - Number(prefer(a)) || Number(a.firstId) - Number(b.firstId),
  );
  return {
    n: those.reduce((sum, count) => sum + count.n, 0),
    ids: order.slice(0, FIRST).map(({ firstId }) => firstId),
  };
}

/** Groups in the order of their keys. */
export function grouped<T>(items: Iterable<T>, keyOf: (item: T) => string | null): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Ids of the files with counts that fit, as a list for IN: a list of numbers lets DuckDB leave out row groups. */
export function filesOf(counts: readonly Count[], fits: (count: Count) => boolean): string {
  const ids = new Set(counts.filter(fits).map(({ member }) => member.fileId));
  return [...ids]
    .sort((a, b) => a - b)
    .slice(0, 5000)
    .join(', ');
}

/** A field of a line as text; '' when it is none. */
export const fieldText = (fields: Record<string, unknown>, name: string): string => {
  const value = fields[name];
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : '';
};
