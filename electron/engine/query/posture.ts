// The logging posture as the page shows it: rows of the view with the paths of their files.
import type { LensTerm, PostureRow } from '../../../shared/api.ts';
import type { Connection } from '../case/database.ts';

interface Row extends Omit<PostureRow, 'eventCount' | 'fileCount' | 'terms' | 'files'> {
  eventCount: string;
  fileCount: string;
  fileIds: number[];
  terms: string | null;
}

export async function listPosture(connection: Connection): Promise<PostureRow[]> {
  const rows = await connection.rows<Row>(`
    SELECT posture_id AS "postureId", check_id AS "checkId", topic, node, system, component, standing, title, proof, change,
      event_ids AS "eventIds", event_count AS "eventCount", file_ids AS "fileIds", file_count AS "fileCount", source, terms
    FROM posture_row ORDER BY posture_id`);
  const paths = await connection.rows<{ file_id: number; path: string }>(
    `SELECT file_id, path FROM member WHERE file_id IN (SELECT unnest(file_ids) FROM posture_row)`,
  );
  const pathOf = new Map(paths.map(({ file_id, path }) => [file_id, path]));
  return rows.map(({ fileIds, ...row }) => ({
    ...row,
    eventCount: Number(row.eventCount),
    fileCount: Number(row.fileCount),
    files: fileIds.flatMap((fileId) => {
      const path = pathOf.get(fileId);
      return path === undefined ? [] : [{ fileId, path }];
    }),
    terms: row.terms === null ? null : (JSON.parse(row.terms) as LensTerm[]),
  }));
}
