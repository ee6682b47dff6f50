// Which entries of the custody log are shown, and what an entry holds in lines a person reads.
import type { CustodyRow } from '../../../../shared/api.ts';
import { dateTime } from '../../format/time.ts';

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

/** The detail of an entry as name and value: what is nested by the names that lead to it, `bundles[2].sha256`; `at` is a time. */
export function detailLines(detail: Record<string, unknown>): [name: string, value: string][] {
  return Object.entries(detail).flatMap(([name, value]) => lines(name, value));
}

function lines(name: string, value: unknown): [name: string, value: string][] {
  if (typeof value === 'string') return [[name, value]];
  if (typeof value === 'number' && /(?:^|\.)at$/.test(name)) return [[name, `${dateTime(value, 's')} UTC`]];
  if (typeof value !== 'object' || value === null) return [[name, String(value)]];
  const inside = Object.entries(value);
  if (inside.length === 0) return [[name, 'none']];
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object'))
    return [[name, value.map(String).join(', ')]];
  return inside.flatMap(([key, each]) =>
    lines(Array.isArray(value) ? `${name}[${Number(key) + 1}]` : `${name}.${key}`, each),
  );
}
