// glog writes a line of level W, E or F into the file of its own severity and into those of all lower ones: count it once.
import type { Connection } from '../case/database.ts';

const NAME = `'(?:^|/)(?:lt-)?([a-z][a-z-]*)\\.([^/]+)\\.([^./]+)\\.log\\.(INFO|WARNING|ERROR|FATAL)\\.[0-9]{8}-[0-9]{6}\\.([0-9]+)[^/]*$'`;

/** Files of one process, by name: program, host, user and pid are equal, severities differ. */
const FILES = `
CREATE OR REPLACE TEMP TABLE severity_file AS
SELECT file_id, path, key, rank FROM (
  SELECT file_id, path, node || ' ' || part[1] || ' ' || part[2] || ' ' || part[3] || ' ' || part[5] AS key,
    list_position(['INFO', 'WARNING', 'ERROR', 'FATAL'], part[4]) AS rank
  FROM (SELECT file_id, path, node, [regexp_extract(path, ${NAME}, 1), regexp_extract(path, ${NAME}, 2), regexp_extract(path, ${NAME}, 3),
      regexp_extract(path, ${NAME}, 4), regexp_extract(path, ${NAME}, 5)] AS part
    FROM member WHERE status IN ('parsed', 'partial') AND contains(path, '.log.'))
  WHERE part[4] <> '')
QUALIFY count(DISTINCT rank) OVER (PARTITION BY key) > 1`;

/**
 * Records of a higher severity with their twin in a lower one: time, thread, place in the source and text are equal, and the
 * second of two equal ones needs a second twin. Undated records are compared without their neighbour's time.
 */
const COPIES = `
CREATE OR REPLACE TEMP TABLE severity_copy AS
WITH record AS (
  SELECT f.key, f.rank, f.file_id, e.event_id, CASE WHEN e.ts_kind IN (1, 2, 3) THEN e.ts_wall END AS moment, e.tid, e.logger, e.message,
    row_number() OVER (PARTITION BY f.key, f.rank, moment, e.tid, e.logger, e.message ORDER BY e.event_id) AS nth
  FROM event_row e JOIN severity_file f ON f.file_id = e.file_id
  WHERE NOT starts_with(e.message, 'Log file created at: '))
SELECT high.file_id, high.event_id, min(low.event_id) AS twin
FROM record high LEFT JOIN record low
  ON low.key = high.key AND low.rank < high.rank AND low.nth = high.nth AND low.message = high.message
    AND coalesce(low.moment, '1970-01-01') = coalesce(high.moment, '1970-01-01') AND coalesce(low.tid, '') = coalesce(high.tid, '')
    AND coalesce(low.logger, '') = coalesce(high.logger, '')
WHERE high.rank > 1 GROUP BY ALL`;

/**
 * A file whose every record (but its header) stands in a file of lower severity becomes a duplicate in the ledger, as a copied
 * file does. Of other files the records that have a twin say so: \`tidemark.copy_of\` is the event they repeat.
 */
export async function markSeverityCopies(connection: Connection): Promise<void> {
  await connection.run(FILES);
  const some = await connection.row<{ n: number }>('SELECT count(*)::INTEGER AS n FROM severity_file');
  if (some?.n) {
    await connection.run(COPIES);
    await connection.run(`
      UPDATE member SET status = 'duplicate', duplicate_of = whole.low, records = 0, unparsed_lines = 0,
        reason = 'each of its ' || whole.n || ' records also stands in ' || whole.path || ', which holds lower severities too; its events are counted there'
      FROM (SELECT c.file_id, count(*) AS n, min(c.twin >> 32) AS low, min(f.path) AS path
            FROM severity_copy c LEFT JOIN severity_file f ON f.file_id = (c.twin >> 32)
            GROUP BY c.file_id HAVING count(*) = count(c.twin)) AS whole
      WHERE member.file_id = whole.file_id`);
    await connection.run(`
      UPDATE event_row SET fields = left(event_row.fields, length(event_row.fields) - 1) || ',"tidemark.copy_of":' || c.twin || '}'
      FROM severity_copy c
      WHERE c.event_id = event_row.event_id AND c.twin IS NOT NULL AND starts_with(event_row.fields, '{"')
        AND NOT contains(event_row.fields, '"tidemark.copy_of":')
        AND c.file_id NOT IN (SELECT file_id FROM member WHERE status = 'duplicate')`);
    await connection.run('DROP TABLE severity_copy');
  }
  await connection.run('DROP TABLE severity_file');
}
