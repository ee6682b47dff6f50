// Which entries of the custody log are shown, and what an entry holds in lines a person reads.
import type { CustodyRow } from '../../../../shared/api.ts';

export interface CustodyFilters {
  act: string | null;
  actor: string | null;
  text: string;
  newestFirst: boolean;
}

/** `rows` oldest first. Text is looked for in the sentence, the act, the actor, the hash and the detail. */
export function shownEntries(rows: CustodyRow[], f: CustodyFilters): CustodyRow[] {
  const needle = f.text.trim().toLowerCase();
  const fits = rows.filter(
    (row) =>
      (f.act === null || row.act === f.act) &&
      (f.actor === null || row.actor === f.actor) &&
      (needle === '' ||
        [row.sentence, row.act, row.actor, row.hash, JSON.stringify(row.detail)].some((v) =>
          v.toLowerCase().includes(needle),
        )),
  );
  return f.newestFirst ? fits.toReversed() : fits;
}

/** Values of one field with how often each occurs, most first. */
export function occurring(rows: CustodyRow[], field: 'act' | 'actor'): [value: string, entries: number][] {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row[field], (counts.get(row[field]) ?? 0) + 1);
  return [...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}

/** The detail of an entry as name and value; what is nested stays JSON. */
export const detailLines = (detail: Record<string, unknown>): [name: string, value: string][] =>
  Object.entries(detail).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value, null, typeof value === 'object' ? 1 : 0),
  ]);
