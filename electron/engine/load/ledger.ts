// The ledger as it is written: a row per member, what became of it, and what it gives the derive stage to settle.
import { type Bound, type Connection, timestamp } from '../case/database.ts';
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
  if (summary) {
    row.format = summary.format;
    row.system = summary.system;
    row.encoding = summary.encoding;
    row.lines = summary.lines;
    row.records = summary.records;
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
  return row;
}

export async function insertMember(connection: Connection, row: MemberRow): Promise<void> {
  const time = (us: number | null): Bound => (us === null ? null : timestamp(us));
  await connection.run(
    `INSERT INTO member (file_id, bundle_id, path, sha256, content_sha256, size, content_size, mode, owner, mtime, format, system,
       encoding, compression, status, reason, lines, records, unparsed_lines, out_of_order, foreign_records, first_ts, last_ts, first_wall, last_wall, node)
     VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$22,$23,$24)`,
    [
      row.fileId,
      row.bundleId,
      wellFormed(row.path),
      row.sha256,
      row.contentSha256,
      BigInt(row.size),
      row.contentSize === null ? null : BigInt(row.contentSize),
      row.header.mode,
      row.header.owner,
      time(row.header.mtimeUs),
      row.format,
      row.system,
      row.encoding,
      row.header.compression,
      row.status,
      row.reason,
      BigInt(row.lines),
      BigInt(row.records),
      BigInt(row.unparsedLines),
      BigInt(row.outOfOrder),
      BigInt(row.foreign),
      time(row.firstWall),
      time(row.lastWall),
      row.header.node,
    ],
  );
}

/** Zone evidence and facts that the member gave, for derive. */
export async function insertEvidence(connection: Connection, { fileId, summary }: MemberDone): Promise<void> {
  for (const zone of summary?.zoneEvidence ?? []) {
    await connection.run('INSERT INTO zone_evidence VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
      fileId,
      zone.offsetMinutes,
      BigInt(zone.count),
      zone.firstLine,
      zone.lastLine,
      BigInt(Math.trunc(zone.firstWall)),
      BigInt(Math.trunc(zone.lastWall)),
      zone.why,
      zone.writer,
    ]);
  }
  for (const fix of summary?.yearFixes ?? [])
    await connection.run('INSERT INTO year_fix VALUES ($1, $2, $3)', [fileId, fix.beforeLine, fix.years]);
  if (summary?.yearBasis)
    await connection.run('UPDATE member SET year_basis = $2 WHERE file_id = $1', [fileId, summary.yearBasis]);
  for (const fact of summary?.facts ?? []) {
    await connection.run('INSERT INTO fact VALUES ($1, $2, $3, $4)', [
      fileId,
      fact.kind,
      fact.value,
      BigInt(fact.line),
    ]);
  }
}

const wellFormed = (text: string): string => (text as string & { toWellFormed(): string }).toWellFormed();
