// The same content twice on one node (a copied symbolic link, a file collected twice) is counted once.
import type { Connection } from '../case/database.ts';
import { markSeverityCopies } from './severity-copies.ts';

/**
 * Keeps the member that came first; the others stay in the ledger as duplicates and give no events. A member that comes in
 * later, with a lower number, takes the place of the first: its duplicates are then its own.
 */
export async function markDuplicates(connection: Connection): Promise<void> {
  await connection.run(`
    WITH content AS (
      SELECT m.file_id, m.node, m.content_sha256, m.path FROM member m LEFT JOIN member d ON d.file_id = m.duplicate_of
      WHERE m.content_size > 0 AND (m.status IN ('parsed', 'partial')
        OR m.status = 'duplicate' AND d.node = m.node AND d.content_sha256 = m.content_sha256)),
    first AS (
      SELECT node, content_sha256, min(file_id) AS file_id, arg_min(path, file_id) AS path FROM content GROUP BY ALL HAVING count(*) > 1)
    UPDATE member SET status = 'duplicate', duplicate_of = later.first, records = 0, unparsed_lines = 0, out_of_order = 0,
      foreign_records = 0,
      reason = 'same content as ' || later.path || '; its events are counted there' || coalesce('; ' || CASE WHEN member.status = 'duplicate'
        THEN nullif(regexp_replace(member.reason, '^same content as .*?; its events are counted there(?:; )?', '', 's'), '') ELSE member.reason END, '')
    FROM (SELECT c.file_id, f.file_id AS first, f.path FROM content c JOIN first f ON f.node = c.node AND f.content_sha256 = c.content_sha256
          WHERE c.file_id > f.file_id) AS later
    WHERE member.file_id = later.file_id AND member.duplicate_of IS DISTINCT FROM later.first`);
  await markSeverityCopies(connection);
  const gone = `(SELECT file_id FROM member WHERE status = 'duplicate')`;
  const left = await connection.row<{ n: number }>(
    `SELECT count(*)::INTEGER AS n FROM event WHERE file_id IN ${gone}`,
  );
  if (!left?.n) return;
  await connection.run(`DELETE FROM entity_ref WHERE (event_id >> 32) IN ${gone}`);
  await connection.run(`DELETE FROM event_row WHERE file_id IN ${gone}`);
}
