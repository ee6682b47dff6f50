// Takes bundles into a case: intake reads them, lanes parse and commit them, the ledger says what became of each member.

import { mkdir, readdir, rm } from 'node:fs/promises';
import { availableParallelism, userInfo } from 'node:os';
import { join } from 'node:path';
import type { CasePaths } from '../case/case.ts';
import { type Bound, type Connection, timestamp } from '../case/database.ts';
import { CaseError } from '../case/errors.ts';
import { TOOL_VERSION } from '../case/version.ts';
import { type MemberFlow, type MemberHeader, type MemberWriter, readBundle } from '../intake/bundle.ts';
import { builtinFormatsDir, readFormats } from './format-files.ts';
import { Lane } from './lane.ts';
import type { MemberDone } from './worker-messages.ts';

export interface IngestOptions {
  signal?: AbortSignal;
  /** Bytes of the bundles as collected read so far, events committed so far, and what is being read. */
  progress?(bytes: number, events: number, reading: string): void;
  workers?: number;
}

export interface IngestResult {
  bundles: number;
  /** Ids of the bundles that were taken in, to look their members up once derive has marked duplicates. */
  bundleIds: number[];
  lines: number;
  records: number;
  unparsedLines: number;
  /** What the responder has to know: damaged archives, refused members; sentences. */
  problems: string[];
}

interface Open {
  header: MemberHeader;
  bundleId: number;
}

/** Reads `paths` one after another into the open case. Rejects only for what stops everything; damage is recorded. */
export async function ingest(
  connection: Connection,
  connect: () => Promise<Connection>,
  paths: CasePaths,
  bundles: string[],
  options: IngestOptions = {},
): Promise<IngestResult> {
  await mkdir(paths.scratch, { recursive: true });
  for (const left of await readdir(paths.scratch))
    await rm(join(paths.scratch, left), { recursive: true, force: true });
  await removeUnfinished(connection);
  const next = await connection.row<{ file: number; bundle: number; round: number; kind: number }>(
    `SELECT greatest(coalesce((SELECT max(file_id) FROM member), 0), coalesce((SELECT max(file_id) FROM event), 0)) + 1 AS file, coalesce((SELECT max(bundle_id) FROM bundle), 0) + 1 AS bundle,
       coalesce((SELECT max(entity_id >> 40) FROM entity), 0)::INTEGER + 1 AS round, coalesce((SELECT max(kind_id) FROM event_kind), 0) + 1 AS kind`,
  );
  const state = { fileId: next!.file, bundleId: next!.bundle, bytesBefore: 0, events: 0, reading: '' };
  const result: IngestResult = {
    bundles: 0,
    bundleIds: [],
    lines: 0,
    records: 0,
    unparsedLines: 0,
    problems: [],
  };
  const open = new Map<number, Open>();
  const formats = await readFormats([paths.formats, builtinFormatsDir()]);
  result.problems.push(...formats.problems);

  const lanes: Lane[] = [];
  const report = (bytes: number) =>
    options.progress?.(state.bytesBefore + bytes, state.events, state.reading);
  let bytesNow = 0;
  // one core is left to DuckDB and to reading the bundle: on two cores one worker is as fast as two and holds less
  const workers = options.workers ?? Math.max(1, Math.min(8, availableParallelism() - 1));
  for (let i = 0; i < workers; i++) {
    lanes.push(
      new Lane(
        {
          name: `lane${i}`,
          storeDir: paths.evidence,
          scratchDir: paths.scratch,
          entityHigh: (next!.round << 8) | i,
          kinds: { first: next!.kind + i, step: workers },
          formats: formats.definitions,
        },
        await connect(),
        {
          members: async (lane, members) => {
            for (const member of members) {
              const row = ledgerRow(member, open.get(member.fileId)!);
              await insertMember(lane, row);
              await insertEvidence(lane, member);
              open.delete(member.fileId);
              result.lines += row.lines;
              result.records += row.records;
              result.unparsedLines += row.unparsedLines;
              if (row.status === 'failed' || row.status === 'partial')
                result.problems.push(`${row.path}: ${row.reason}`);
            }
          },
          committed: (rows) => {
            state.events += rows;
            report(bytesNow);
          },
        },
      ),
    );
  }

  try {
    for (const path of bundles) {
      const bundleId = state.bundleId++;
      state.reading = path;
      bytesNow = 0;
      const name = path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;
      await connection.run(`INSERT INTO bundle VALUES ($1, $2, $3, NULL, NULL, $4, $5, $6, false, NULL)`, [
        bundleId,
        name,
        path,
        timestamp(Date.now() * 1000),
        userName(),
        TOOL_VERSION,
      ]);
      const flow: MemberFlow = {
        begin: async (header) => {
          const fileId = state.fileId++;
          open.set(fileId, { header, bundleId });
          return memberWriter(idlest(lanes), fileId, header, name);
        },
        note: async (header, status, reason) => {
          const fileId = state.fileId++;
          await insertMember(connection, {
            ...blankRow(fileId, { header, bundleId }),
            status,
            reason,
            size: header.size ?? 0,
          });
          if (status === 'failed') result.problems.push(`${header.path}: ${reason}`);
        },
        progress: (bytes) => {
          bytesNow = bytes;
          report(bytes);
        },
      };
      try {
        const read = await readBundle(path, flow, options.signal ? { signal: options.signal } : {});
        await Promise.all(lanes.map((lane) => lane.finish()));
        await connection.run(
          'UPDATE bundle SET sha256 = $2, size = $3, complete = $4, problem = $5 WHERE bundle_id = $1',
          [bundleId, read.sha256, BigInt(read.size), read.problem === null, read.problem],
        );
        if (read.problem)
          result.problems.push(read.problem.startsWith(name) ? read.problem : `${name}: ${read.problem}`);
        const nothing = await nothingRead(connection, bundleId);
        if (nothing) result.problems.push(`${name}: ${nothing}`);
        state.bytesBefore += read.size;
        result.bundles++;
        result.bundleIds.push(bundleId);
      } catch (error) {
        // nothing of this bundle was taken in: the case must not list it
        await connection
          .run(
            'DELETE FROM bundle WHERE bundle_id = $1 AND NOT EXISTS (SELECT 1 FROM member WHERE bundle_id = $1)',
            [bundleId],
          )
          .catch(() => 0);
        if (
          !(error instanceof CaseError) ||
          error.code === 'cancelled' ||
          error.code === 'disk_full' ||
          bundles.length === 1
        )
          throw error;
        result.problems.push(error.message);
      }
    }
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
    await removeUnfinished(connection);
  }
  return result;
}

/** Removes events of members whose end never came: broken off, cancelled, or killed in an earlier run. */
async function removeUnfinished(connection: Connection): Promise<void> {
  const unfinished = '(SELECT DISTINCT file_id FROM event WHERE file_id NOT IN (SELECT file_id FROM member))';
  const some = await connection.row<{ n: number }>(`SELECT count(*)::INTEGER AS n FROM ${unfinished}`);
  if (!some?.n) return;
  await connection.run(`DELETE FROM entity_ref WHERE (event_id >> 32) IN ${unfinished}`);
  await connection.run(`DELETE FROM event_row WHERE file_id IN ${unfinished}`);
}

/** Says why a bundle gave no record at all; null when it gave some. */
async function nothingRead(connection: Connection, bundleId: number): Promise<string | null> {
  const rows = await connection.rows<{ reason: string; n: number; records: string }>(
    `SELECT coalesce(reason, 'no lines in it') AS reason, count(*)::INTEGER AS n, sum(records) AS records FROM member WHERE bundle_id = $1
     GROUP BY 1 ORDER BY n DESC, 1`,
    [bundleId],
  );
  if (rows.length === 0 || rows.some((row) => Number(row.records) > 0)) return null;
  const reasons = rows.slice(0, 3).map(({ n, reason }) => `${n} ${n === 1 ? 'file' : 'files'}: ${reason}`);
  return `nothing in it could be read as a log (${reasons.join('; ')}). Its bytes are kept; check that this is the right bundle.`;
}

function idlest(lanes: Lane[]): Lane {
  let best = lanes[0]!;
  for (const lane of lanes) if (lane.load < best.load) best = lane;
  return best;
}

async function memberWriter(
  lane: Lane,
  fileId: number,
  header: MemberHeader,
  bundle: string,
): Promise<MemberWriter> {
  await lane.send({ kind: 'open', fileId, path: header.path, bundle, mtimeUs: header.mtimeUs });
  return {
    write: (chunk) => lane.send({ kind: 'chunk', bytes: chunk as Uint8Array<ArrayBuffer> }),
    end: (end) => lane.send({ kind: 'end', ...end }),
  };
}

interface MemberRow {
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

function blankRow(fileId: number, { header, bundleId }: Open): MemberRow {
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
function ledgerRow(done: MemberDone, opened: Open): MemberRow {
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

async function insertMember(connection: Connection, row: MemberRow): Promise<void> {
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
async function insertEvidence(connection: Connection, { fileId, summary }: MemberDone): Promise<void> {
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

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
