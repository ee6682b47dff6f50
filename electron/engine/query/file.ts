// One file of the ledger: how well it was read, what of it was not, and what its times rest on.
import type { FileDetail } from '../../../shared/api.ts';
import type { TsBasis } from '../../../shared/model.ts';
import type { Connection, Json } from '../case/database.ts';
import { CaseError } from '../case/errors.ts';
import { LEDGER, ledgerRow } from './overview.ts';
import { seriesOfFile } from './series.ts';

const SHOWN = 20;
const CUT = 300;

export async function fileDetail(connection: Connection, fileId: number): Promise<FileDetail> {
  const row = await connection.row<Record<string, Json>>(`${LEDGER} WHERE file_id = $1`, [fileId]);
  if (!row)
    throw new CaseError(
      'no_file',
      `There is no file ${fileId} in this case. Ids come from the column file_id of the view evidence_files.`,
      { refusal: 'usage' },
    );
  const rows = <T extends object>(sql: string) => connection.rows<T>(sql, [fileId]);
  const [member] = await rows<{
    content_sha256: string | null;
    content_size: string | null;
    duplicate_of: number | null;
    of_path: string | null;
    out_of_order: string;
    foreign_records: string;
  }>(
    `SELECT m.content_sha256, m.content_size, m.duplicate_of, d.path AS of_path, m.out_of_order, m.foreign_records
     FROM member m LEFT JOIN member d ON d.file_id = m.duplicate_of WHERE m.file_id = $1`,
  );
  const kinds = await rows<{ system: string; component: string | null; records: string; unparsed: string }>(
    `SELECT coalesce(system, 'other') AS system, component, count(*) AS records, count(*) FILTER (NOT parsed) AS unparsed
     FROM event WHERE file_id = $1 GROUP BY ALL ORDER BY records DESC, system, component NULLS LAST LIMIT ${SHOWN}`,
  );
  const bases = await rows<{ basis: TsBasis; records: string }>(
    'SELECT ts_basis AS basis, count(*) AS records FROM events WHERE file_id = $1 GROUP BY ALL ORDER BY records DESC, basis',
  );
  const zones = await rows<{ offsetMinutes: number; seen: string; why: string }>(
    `SELECT offset_minutes AS "offsetMinutes", sum(count)::BIGINT AS seen, any_value(why ORDER BY why) AS why
     FROM zone_evidence WHERE file_id = $1 GROUP BY offset_minutes ORDER BY seen DESC, offset_minutes LIMIT ${SHOWN}`,
  );
  const [notParsed] = await rows<{ n: string }>(
    'SELECT count(*) AS n FROM event WHERE file_id = $1 AND NOT parsed',
  );
  const unparsed = await rows<{
    eventId: string;
    line: number;
    lines: number;
    message: string;
    whole: string;
  }>(
    `SELECT event_id AS "eventId", line, lines, left(message, ${CUT}) AS message, length(message) AS whole
     FROM event WHERE file_id = $1 AND NOT parsed ORDER BY event_id LIMIT ${SHOWN}`,
  );
  const outOfOrder = Number(member!.out_of_order);
  const foreign = Number(member!.foreign_records);
  const marked =
    outOfOrder + foreign === 0
      ? []
      : await rows<{ eventId: string; line: number; behind: string | null; reason: string | null }>(
          `SELECT event_id AS "eventId", line, fields->>'$."tidemark.out_of_order"' AS behind, fields->>'$."tidemark.foreign"' AS reason
           FROM event WHERE file_id = $1 AND contains(fields, '"tidemark.') AND
             (contains(fields, '"tidemark.out_of_order"') OR contains(fields, '"tidemark.foreign"'))
           ORDER BY event_id LIMIT ${SHOWN}`,
        );
  return {
    file: ledgerRow(row),
    contentSha256: member!.content_sha256,
    contentSize: member!.content_size === null ? null : Number(member!.content_size),
    duplicateOf:
      member!.duplicate_of === null
        ? null
        : { fileId: member!.duplicate_of, path: member!.of_path ?? '(not in the ledger)' },
    duplicates: await rows(
      'SELECT file_id AS "fileId", path FROM member WHERE duplicate_of = $1 ORDER BY file_id',
    ),
    kinds: kinds.map((kind) => ({
      ...kind,
      records: Number(kind.records),
      unparsed: Number(kind.unparsed),
    })),
    bases: bases.map(({ basis, records }) => ({ basis, records: Number(records) })),
    zones: zones.map((zone) => ({ ...zone, seen: Number(zone.seen) })),
    unparsedRecords: Number(notParsed!.n),
    unparsed: unparsed.map(({ whole, ...record }) => ({ ...record, messageCut: Number(whole) > CUT })),
    outOfOrder,
    foreign,
    marked: marked.map(({ eventId, line, behind, reason }) => ({
      eventId,
      line,
      mark: reason ?? behindWords(Number(behind)),
    })),
    series: await seriesOfFile(connection, fileId),
  };
}

const behindWords = (us: number): string =>
  us < 0
    ? `${(-us / 1e6).toFixed(3)} s ahead of what follows`
    : `${(us / 1e6).toFixed(3)} s behind the latest time before it`;
