// The same content twice on one node (a copied symbolic link, a file collected twice) is counted once.
import type { Connection } from '../case/database.ts';
import { markSeverityCopies } from './severity-copies.ts';

/** Keeps the member that came first; the others stay in the ledger as duplicates and give no events. */
export async function markDuplicates(connection: Connection): Promise<void> {
  await connection.run(`
    UPDATE member SET status = 'duplicate', duplicate_of = first.file_id, records = 0, unparsed_lines = 0, out_of_order = 0,
      foreign_records = 0,
      reason = 'same content as ' || first.path || '; its events are counted there' || coalesce('; ' || member.reason, '')
    FROM (SELECT node, content_sha256, arg_min(file_id, file_id) AS file_id, arg_min(path, file_id) AS path
          FROM member WHERE content_size > 0 AND status IN ('parsed', 'partial') GROUP BY ALL HAVING count(*) > 1) AS first
    WHERE member.node = first.node AND member.content_sha256 = first.content_sha256
      AND member.file_id > first.file_id AND member.status IN ('parsed', 'partial')`);
  await markSeverityCopies(connection);
  const gone = `(SELECT file_id FROM member WHERE status = 'duplicate')`;
  const left = await connection.row<{ n: number }>(
    `SELECT count(*)::INTEGER AS n FROM event WHERE file_id IN ${gone}`,
  );
  if (!left?.n) return;
  await connection.run(`DELETE FROM entity_ref WHERE (event_id >> 32) IN ${gone}`);
  await connection.run(`DELETE FROM event_row WHERE file_id IN ${gone}`);
}
