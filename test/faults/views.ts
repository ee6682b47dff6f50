// What a case claims: the rows of its public views, for comparing two cases row for row.
import { Case } from '../../electron/engine/case/case.ts';

/** Who did what when is not the same twice; nothing else may differ. */
const LEFT_OUT: Record<string, string[]> = {
  bundles: ['added_at'],
  annotations: ['annotation_id', 'made_at'],
  findings: ['state_at'],
  suppressions: ['suppression_id', 'made_at'],
  saved_queries: ['made_at'],
};
const VIEWS_LEFT_OUT = ['custody', 'event']; // `event` is the inner view below `events`

export type Views = Record<string, string[]>;

/** Rows of each view as JSON, sorted. */
export async function viewsOf(dir: string): Promise<Views> {
  const open = await Case.open(dir, { shell: 'test' });
  try {
    return await open.read(async (connection) => {
      const names = await connection.rows<{ name: string }>(
        'SELECT view_name AS name FROM duckdb_views() WHERE NOT internal ORDER BY 1',
      );
      const views: Views = {};
      for (const { name } of names) {
        if (VIEWS_LEFT_OUT.includes(name)) continue;
        const out = LEFT_OUT[name];
        const rows = await connection.rows(
          `SELECT *${out ? ` EXCLUDE (${out.join(', ')})` : ''} FROM ${name}`,
        );
        views[name] = rows.map((row) => JSON.stringify(row)).sort();
      }
      return views;
    });
  } finally {
    await open.close();
  }
}

/** What differs, in words; [] when nothing does. */
export function differences(expected: Views, actual: Views): string[] {
  const found: string[] = [];
  for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const a = expected[name] ?? [];
    const b = actual[name] ?? [];
    if (a.length === b.length && a.every((row, i) => row === b[i])) continue;
    const inB = new Set(b);
    const inA = new Set(a);
    const lost = a.filter((row) => !inB.has(row));
    const added = b.filter((row) => !inA.has(row));
    found.push(
      `${name}: ${a.length} rows, now ${b.length}; ${lost.length} missing (${(lost[0] ?? '').slice(0, 300)}), ${added.length} new (${(added[0] ?? '').slice(0, 300)})`,
    );
  }
  return found;
}
