// Takes bundles into a case: intake reads them, lanes parse and commit them, the ledger says what became of each member.
import { userInfo } from 'node:os';
import type { CasePaths } from '../case/case.ts';
import { type Connection, timestamp } from '../case/database.ts';
import { CaseError } from '../case/errors.ts';
import { TOOL_VERSION } from '../case/version.ts';
import { type MemberFlow, readBundle } from '../intake/bundle.ts';
import { builtinFormatsDir, readFormats } from './format-files.ts';
import { LanePool } from './lane-pool.ts';
import { blankRow, insertMember } from './ledger.ts';

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

/** Reads `paths` one after another into the open case. Rejects only for what stops everything; damage is recorded. */
export async function ingest(
  connection: Connection,
  connect: () => Promise<Connection>,
  paths: CasePaths,
  bundles: string[],
  options: IngestOptions = {},
): Promise<IngestResult> {
  const state = { fileId: 1, bundleId: 1, bytesBefore: 0, events: 0, reading: '' };
  const result: IngestResult = {
    bundles: 0,
    bundleIds: [],
    lines: 0,
    records: 0,
    unparsedLines: 0,
    problems: [],
  };
  const formats = await readFormats([paths.formats, builtinFormatsDir()]);
  result.problems.push(...formats.problems);
  let bytesNow = 0;
  const report = (bytes: number) =>
    options.progress?.(state.bytesBefore + bytes, state.events, state.reading);
  const pool = await LanePool.open(connection, connect, paths, {
    formats: formats.definitions,
    workers: options.workers,
    member: (row) => {
      result.lines += row.lines;
      result.records += row.records;
      result.unparsedLines += row.unparsedLines;
      if (row.status === 'failed' || row.status === 'partial')
        result.problems.push(`${row.path}: ${row.reason}`);
    },
    committed: (rows) => {
      state.events += rows;
      report(bytesNow);
    },
  });

  try {
    const next = await connection.row<{ file: number; bundle: number }>(
      `SELECT greatest(coalesce((SELECT max(file_id) FROM member), 0), coalesce((SELECT max(file_id) FROM event), 0)) + 1 AS file,
         coalesce((SELECT max(bundle_id) FROM bundle), 0) + 1 AS bundle`,
    );
    Object.assign(state, { fileId: next!.file, bundleId: next!.bundle });
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
        begin: (header) => pool.begin(state.fileId++, bundleId, name, header),
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
        await pool.finish();
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
    await pool.close();
  }
  return result;
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

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
