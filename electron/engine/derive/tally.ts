// How many events there are of what kind in which file: what the overview shows without reading them.
import type { Connection } from '../case/database.ts';

export const TALLY = `
SELECT file_id, kind_id, ts_kind, ts_mark, count(*) AS events, count(*) FILTER (ts IS NULL) AS undated, min(ts) AS first_ts, max(ts) AS last_ts
FROM event_row GROUP BY file_id, kind_id, ts_kind, ts_mark`;

/** Rewrites event_tally; after times and duplicates are settled. */
export async function settleTally(connection: Connection): Promise<void> {
  await connection.run('DELETE FROM event_tally');
  await connection.run(`INSERT INTO event_tally ${TALLY}`);
}
