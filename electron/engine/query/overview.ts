// What the overview, the evidence list and the nodes view show.
import type { CaseInfo, FindingRow, LedgerRow, NodeRow, Overview } from '../../../shared/api.ts';
import {
  FINDING_LEVELS,
  type FindingLevel,
  MEMBER_STATUSES,
  type MemberStatus,
  TS_BASES,
  type TsBasis,
} from '../../../shared/model.ts';
import type { Case } from '../case/case.ts';
import type { Connection, Json } from '../case/database.ts';
import { SCHEMA_VERSION } from '../case/schema.ts';
import { TOOL_VERSION } from '../case/version.ts';
import { countEvents } from './event-counts.ts';
import { importNotices } from './import-notices.ts';
import { readPending } from './pending.ts';

const number = (value: Json | undefined): number | null =>
  value === null || value === undefined ? null : Number(value);

export async function caseInfo(openCase: Case, connection: Connection): Promise<CaseInfo> {
  const row = (await connection.row<Record<string, string | null>>(
    `SELECT (SELECT count(*) FROM bundles) AS bundles, (SELECT count(*) FROM member) AS members, (SELECT count(*) FROM finding) AS findings,
       coalesce(sum(records), 0) AS events, epoch_us(min(first_ts)) AS first, epoch_us(max(last_ts)) AS last
     FROM member WHERE status <> 'duplicate'`,
  ))!;
  const pending = openCase.working ? null : await readPending(connection);
  const notices = [
    ...openCase.notices,
    ...(await importNotices(connection)),
    ...(pending ? [pending.sentence] : []),
  ];
  return {
    dir: openCase.dir,
    name: openCase.name,
    createdAt: openCase.createdAt,
    readOnly: false,
    bundles: Number(row.bundles),
    members: Number(row.members),
    events: Number(row.events),
    findings: Number(row.findings),
    firstTs: number(row.first),
    lastTs: number(row.last),
    toolVersion: TOOL_VERSION,
    schemaVersion: SCHEMA_VERSION,
    notices,
    pending,
  };
}

export async function listNodes(connection: Connection, only?: string): Promise<NodeRow[]> {
  const rows = await connection.rows<Record<string, Json>>(
    `SELECT n.node, n.systems, n.roles, n.addresses, n.zone, n.zone_basis AS "zoneBasis", n.clock_offset_us AS "clockOffsetUs",
       n.offset_basis AS "offsetBasis", n.offset_confidence AS "offsetConfidence", n.zone_found AS "zoneFound", n.zone_set AS "zoneSet",
       n.offset_found_us AS "offsetFoundUs", n.offset_found_basis AS "offsetFoundBasis", n.offset_set AS "offsetSetUs", n.offset_low_us AS "offsetLowUs",
       n.offset_high_us AS "offsetHighUs", count(m.file_id) AS files, coalesce(sum(m.records), 0) AS events,
       epoch_us(min(m.first_ts)) AS "firstTs", epoch_us(max(m.last_ts)) AS "lastTs"
     FROM node n LEFT JOIN member m ON m.node = n.node WHERE $1::VARCHAR IS NULL OR n.node = $1 GROUP BY ALL ORDER BY n.node`,
    [only ?? null],
  );
  return rows.map((row) => ({
    ...(row as unknown as NodeRow),
    clockOffsetUs: Number(row.clockOffsetUs),
    offsetFoundUs: number(row.offsetFoundUs),
    offsetSetUs: number(row.offsetSetUs),
    offsetLowUs: number(row.offsetLowUs),
    offsetHighUs: number(row.offsetHighUs),
    files: Number(row.files),
    events: Number(row.events),
    firstTs: number(row.firstTs),
    lastTs: number(row.lastTs),
  }));
}

export const LEDGER = `
  SELECT file_id AS "fileId", bundle, path, sha256, size, epoch_us(mtime) AS mtime, mode, owner, format,
    (SELECT system FROM member m WHERE m.file_id = evidence_files.file_id) AS system, encoding, compression, status, reason,
    lines, records, unparsed_lines AS "unparsedLines", epoch_us(first_ts) AS "firstTs", epoch_us(last_ts) AS "lastTs", zone, zone_basis AS "zoneBasis", node
  FROM evidence_files`;

export function ledgerRow(row: Record<string, Json>): LedgerRow {
  return {
    ...(row as unknown as LedgerRow),
    size: Number(row.size ?? 0),
    mtime: number(row.mtime),
    mode: row.mode === null ? null : Number(row.mode).toString(8).padStart(4, '0'),
    lines: Number(row.lines),
    records: Number(row.records),
    unparsedLines: Number(row.unparsedLines),
    firstTs: number(row.firstTs),
    lastTs: number(row.lastTs),
  };
}

export async function listEvidence(connection: Connection): Promise<LedgerRow[]> {
  return (await connection.rows<Record<string, Json>>(`${LEDGER} ORDER BY file_id`)).map(ledgerRow);
}

export async function overview(
  openCase: Case,
  connection: Connection,
  findings: FindingRow[],
): Promise<Overview> {
  const counts = await countEvents(connection);
  const members = await connection.rows<{ status: MemberStatus; n: string; bytes: string }>(
    'SELECT status, count(*) AS n, coalesce(sum(size), 0) AS bytes FROM evidence_files GROUP BY status',
  );
  const quality = (await connection.row<Record<string, string>>(
    `SELECT coalesce(sum(lines), 0) AS lines, coalesce(sum(unparsed_lines), 0) AS unparsed FROM evidence_files WHERE status <> 'duplicate'`,
  ))!;
  const worst = await connection.rows<Record<string, Json>>(
    `${LEDGER} WHERE status NOT IN ('parsed', 'duplicate') OR unparsed_lines > 0
     ORDER BY status = 'failed' DESC, status = 'partial' DESC, unparsed_lines DESC, file_id LIMIT 20`,
  );
  return {
    case: await caseInfo(openCase, connection),
    nodes: await listNodes(connection),
    matrix: counts.matrix,
    levels: counts.levels,
    systems: counts.systems,
    bases: TS_BASES.flatMap((basis: TsBasis) => {
      const events = counts.bases.get(basis);
      return events ? [{ basis, events }] : [];
    }),
    members: MEMBER_STATUSES.flatMap((status) => {
      const row = members.find((m) => m.status === status);
      return row ? [{ status, members: Number(row.n), bytes: Number(row.bytes) }] : [];
    }),
    quality: {
      lines: Number(quality.lines),
      unparsedLines: Number(quality.unparsed),
      undated: counts.undated,
    },
    worstFiles: worst.map(ledgerRow),
    findingLevels: FINDING_LEVELS.flatMap((level: FindingLevel) => {
      const n = findings.filter((finding) => finding.level === level).length;
      return n ? [{ level, findings: n }] : [];
    }),
    topFindings: findings.slice(0, 12),
  };
}
