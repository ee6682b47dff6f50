// The ledger as it is written: a row per member, what became of it, and what it gives the derive stage to settle.
import type { Connection } from '../case/database.ts';
import type { MemberHeader } from '../intake/bundle.ts';
import type { MemberDone } from './worker-messages.ts';

/** A member that is being read, or noted. */
export interface OpenMember {
  header: MemberHeader;
  bundleId: number;
}

export interface MemberRow {
  fileId: number;
  bundleId: number;
  path: string;
  sha256: string | null;
  contentSha256: string | null;
  size: number;
  contentSize: number | null;
  header: MemberHeader;
  format: string | null;
  system: string | null;
  encoding: string | null;
  status: string;
  reason: string | null;
  lines: number;
  records: number;
  unparsedLines: number;
  outOfOrder: number;
  foreign: number;
  firstWall: number | null;
  lastWall: number | null;
}

export function blankRow(fileId: number, { header, bundleId }: OpenMember): MemberRow {
  return {
    fileId,
    bundleId,
    path: header.path,
    sha256: null,
    contentSha256: null,
    size: header.size ?? 0,
    contentSize: null,
    header,
    format: null,
    system: null,
    encoding: null,
    status: 'failed',
    reason: null,
    lines: 0,
    records: 0,
    unparsedLines: 0,
    outOfOrder: 0,
    foreign: 0,
    firstWall: null,
    lastWall: null,
  };
}

/** What became of a member, in the words of the ledger. */
export function ledgerRow(done: MemberDone, opened: OpenMember): MemberRow {
  const row = blankRow(done.fileId, opened);
  row.sha256 = done.sha256 ?? done.contentSha256;
  row.contentSha256 = done.contentSha256;
  row.size = done.size;
  row.contentSize = done.contentSize;
  row.firstWall = done.firstWall;
  row.lastWall = done.lastWall;
  const summary = done.summary;
  row.records = done.records;
  if (summary) {
    row.format = summary.format;
    row.system = summary.system;
    row.encoding = summary.encoding;
    row.lines = summary.lines;
    row.unparsedLines = summary.unparsedLines;
    row.outOfOrder = summary.outOfOrder;
    row.foreign = summary.foreign;
  }
  if (done.problem) [row.status, row.reason] = ['partial', done.problem];
  else if (done.parserFault)
    [row.status, row.reason] = [
      'partial',
      `the parser stopped: ${done.parserFault}; the bytes are kept whole`,
    ];
  else if (summary?.format === 'binary')
    [row.status, row.reason] = [
      'skipped',
      summary.encoding === 'binary'
        ? 'binary content, no log lines; the bytes are kept'
        : `text in ${summary.encoding}, which is not read; the bytes are kept: convert the file to UTF-8 and add it`,
    ];
  else row.status = 'parsed';
  const { remark } = opened.header;
  if (remark) row.reason = row.reason ? `${row.reason.replace(/\.$/, '')}; ${remark}` : remark;
  return row;
}

/** Rows of one statement: its text stays small, and so does what DuckDB holds of it. */
const AT_ONCE = 1_000;

const MEMBER = {
  file_id: 'INTEGER',
  bundle_id: 'INTEGER',
  path: 'VARCHAR',
  sha256: 'VARCHAR',
  content_sha256: 'VARCHAR',
  size: 'BIGINT',
  content_size: 'BIGINT',
  mode: 'INTEGER',
  owner: 'VARCHAR',
  mtime: 'BIGINT',
  format: 'VARCHAR',
  system: 'VARCHAR',
  encoding: 'VARCHAR',
  compression: 'VARCHAR',
  status: 'VARCHAR',
  reason: 'VARCHAR',
  lines: 'BIGINT',
  records: 'BIGINT',
  unparsed_lines: 'BIGINT',
  out_of_order: 'BIGINT',
  foreign_records: 'BIGINT',
  first_wall: 'BIGINT',
  last_wall: 'BIGINT',
  year_basis: 'VARCHAR',
  node: 'VARCHAR',
} as const;
const ZONE_EVIDENCE = {
  file_id: 'INTEGER',
  offset_minutes: 'INTEGER',
  count: 'BIGINT',
  first_line: 'INTEGER',
  last_line: 'INTEGER',
  first_wall: 'BIGINT',
  last_wall: 'BIGINT',
  why: 'VARCHAR',
  writer: 'VARCHAR',
} as const;
const YEAR_FIX = { file_id: 'INTEGER', before_line: 'INTEGER', years: 'INTEGER' } as const;
const FACT = { file_id: 'INTEGER', kind: 'VARCHAR', value: 'VARCHAR', line: 'BIGINT' } as const;

/** Ledger rows of members, and what each gave for derive; many rows a statement. */
export async function insertMembers(
  connection: Connection,
  rows: readonly MemberRow[],
  done: readonly MemberDone[] = [],
): Promise<void> {
  const basis = new Map(done.map(({ fileId, summary }) => [fileId, summary?.yearBasis ?? null]));
  await insertAll(
    connection,
    MEMBER,
    rows.map((row) => ({ ...columnsOf(row), year_basis: basis.get(row.fileId) ?? null })),
    (
      source,
    ) => `INSERT INTO member BY NAME SELECT * EXCLUDE (mtime, first_wall, last_wall), make_timestamp(mtime) AS mtime,
      make_timestamp(first_wall) AS first_wall, make_timestamp(last_wall) AS last_wall,
      make_timestamp(first_wall) AS first_ts, make_timestamp(last_wall) AS last_ts FROM (${source})`,
  );
  const into = (table: string) => (source: string) => `INSERT INTO ${table} BY NAME ${source}`;
  const zones = done.flatMap(({ fileId, summary }) =>
    (summary?.zoneEvidence ?? []).map((zone) => ({
      file_id: fileId,
      offset_minutes: zone.offsetMinutes,
      count: zone.count,
      first_line: zone.firstLine,
      last_line: zone.lastLine,
      first_wall: Math.trunc(zone.firstWall),
      last_wall: Math.trunc(zone.lastWall),
      why: zone.why,
      writer: zone.writer,
    })),
  );
  await insertAll(connection, ZONE_EVIDENCE, zones, into('zone_evidence'));
  const fixes = done.flatMap(({ fileId, summary }) =>
    (summary?.yearFixes ?? []).map((fix) => ({
      file_id: fileId,
      before_line: fix.beforeLine,
      years: fix.years,
    })),
  );
  await insertAll(connection, YEAR_FIX, fixes, into('year_fix'));
  const facts = done.flatMap(({ fileId, summary }) =>
    (summary?.facts ?? []).map(({ kind, value, line }) => ({ file_id: fileId, kind, value, line })),
  );
  await insertAll(connection, FACT, facts, into('fact'));
}

function columnsOf(row: MemberRow): Record<keyof typeof MEMBER, string | number | null> {
  return {
    file_id: row.fileId,
    bundle_id: row.bundleId,
    path: row.path,
    sha256: row.sha256,
    content_sha256: row.contentSha256,
    size: row.size,
    content_size: row.contentSize,
    mode: row.header.mode,
    owner: row.header.owner,
    mtime: row.header.mtimeUs === null ? null : Math.trunc(row.header.mtimeUs),
    format: row.format,
    system: row.system,
    encoding: row.encoding,
    compression: row.header.compression,
    status: row.status,
    reason: row.reason,
    lines: row.lines,
    records: row.records,
    unparsed_lines: row.unparsedLines,
    out_of_order: row.outOfOrder,
    foreign_records: row.foreign,
    first_wall: row.firstWall === null ? null : Math.trunc(row.firstWall),
    last_wall: row.lastWall === null ? null : Math.trunc(row.lastWall),
    year_basis: null,
    node: row.header.node,
  };
}

/** Rows go in as one JSON text a statement; lone surrogates, which JSON can't state, become U+FFFD. */
async function insertAll(
  connection: Connection,
  columns: Record<string, string>,
  rows: readonly object[],
  statement: (source: string) => string,
): Promise<void> {
  const source = `SELECT unnest(from_json($1::JSON, '${JSON.stringify([columns])}'), recursive := true)`;
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const text = JSON.stringify(rows.slice(from, from + AT_ONCE), (_, value) =>
      typeof value === 'string' ? wellFormed(value) : value,
    );
    await connection.run(statement(source), [text]);
  }
}

const wellFormed = (text: string): string => (text as string & { toWellFormed(): string }).toWellFormed();
