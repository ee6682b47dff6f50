// The rotation series that a file is of, and its neighbours where the log goes on without a break.
import type { FileDetail } from '../../../shared/api.ts';
import type { Connection } from '../case/database.ts';

export async function seriesOfFile(connection: Connection, fileId: number): Promise<FileDetail['series']> {
  const series = await connection.row<{
    id: number;
    name: string;
    missing: string[];
    contradiction: string | null;
  }>(
    `SELECT s.series_id AS id, s.name, s.missing, s.contradiction FROM series s JOIN series_member p ON p.series_id = s.series_id
     WHERE p.file_id = $1`,
    [fileId],
  );
  if (!series) return null;
  const members = await connection.rows<{
    fileId: number;
    path: string;
    position: number;
    why: string;
    firstTs: string | null;
    lastTs: string | null;
  }>(
    `SELECT p.file_id AS "fileId", m.path, p.position, p.why, epoch_us(m.first_ts) AS "firstTs", epoch_us(m.last_ts) AS "lastTs"
     FROM series_member p JOIN member m ON m.file_id = p.file_id WHERE p.series_id = $1 ORDER BY p.position`,
    [series.id],
  );
  const time = (us: string | null): number | null => (us === null ? null : Number(us));
  return {
    name: series.name,
    members: members.map((member) => ({
      ...member,
      firstTs: time(member.firstTs),
      lastTs: time(member.lastTs),
    })),
    missing: series.missing,
    contradiction: series.contradiction,
  };
}

/** A file of the store whose lines go before or after those of another. */
export interface Neighbour {
  path: string;
  contentSha256: string;
  contentSize: number;
  lines: number;
}

/** So many files are looked at on either side for the lines around an event. */
const REACH = 50;

/** Files that the lines of `fileId` come after and go on in, nearest first; none across a gap or a contradiction. */
export async function neighboursOf(
  connection: Connection,
  fileId: number,
): Promise<{ before: Neighbour[]; after: Neighbour[] }> {
  const rows = await connection.rows<{
    distance: number;
    follows: boolean;
    path: string;
    contentSha256: string | null;
    contentSize: string | null;
    lines: string;
  }>(
    `SELECT p.position - own.position AS distance, p.follows, m.path, m.content_sha256 AS "contentSha256", m.content_size AS "contentSize", m.lines
     FROM series_member own JOIN series_member p ON p.series_id = own.series_id AND abs(p.position - own.position) <= ${REACH}
       JOIN member m ON m.file_id = p.file_id
     WHERE own.file_id = $1 ORDER BY p.position`,
    [fileId],
  );
  const own = rows.findIndex(({ distance }) => distance === 0);
  const neighbour = (row: (typeof rows)[number]): Neighbour | null =>
    row.contentSha256 === null || Number(row.lines) === 0
      ? null
      : {
          path: row.path,
          contentSha256: row.contentSha256,
          contentSize: Number(row.contentSize),
          lines: Number(row.lines),
        };
  const before: Neighbour[] = [];
  for (let at = own; at > 0 && rows[at]!.follows; at--) {
    const next = neighbour(rows[at - 1]!);
    if (!next) break;
    before.push(next);
  }
  const after: Neighbour[] = [];
  for (let at = own + 1; own !== -1 && at < rows.length && rows[at]!.follows; at++) {
    const next = neighbour(rows[at]!);
    if (!next) break;
    after.push(next);
  }
  return { before, after };
}
