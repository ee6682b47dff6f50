// Reads the evidence of a received case anew, through the lanes of an ingest, under the numbers that its ledger gives: so
// event ids stay what they were. What the ledger says of the reading is not believed but compared.
import type { CasePaths } from '../case/case.ts';
import type { Connection } from '../case/database.ts';
import { DiskWatch } from '../case/disk.ts';
import { CaseError } from '../case/errors.ts';
import { TOOL_VERSION } from '../case/version.ts';
import type { MemberHeader } from '../intake/bundle.ts';
import { EvidenceReader } from '../intake/evidence-store.ts';
import { builtinFormatsDir, readFormats } from '../load/format-files.ts';
import { LanePool } from '../load/lane-pool.ts';
import { blankRow, insertMembers, type MemberRow } from '../load/ledger.ts';
import type { LedgerBundle, LedgerMember } from './format.ts';
import { insertRows } from './rows.ts';
import type { Taken } from './take-contents.ts';

const CHUNK = 1 << 20;
const NOTES = 1_000;

export interface Replay {
  bundles: readonly LedgerBundle[];
  members: readonly LedgerMember[];
  taken: Taken;
}

export interface ReplayOptions {
  signal?: AbortSignal;
  /** Bytes of content given to the parsers, of all, and events committed. */
  progress?(done: number, total: number, events: number): void;
}

/** `problems`: sentences on formats that are refused. */
export async function replay(
  connection: Connection,
  connect: () => Promise<Connection>,
  paths: CasePaths,
  { bundles, members, taken }: Replay,
  options: ReplayOptions = {},
): Promise<{ problems: string[] }> {
  const formats = await readFormats([paths.formats, builtinFormatsDir()]);
  await insertBundles(connection, bundles);
  const names = new Map(bundles.map(({ id, name }) => [id, name]));
  const total = members.reduce((sum, m) => sum + (isThere(m, taken) ? m.contentSize! : 0), 0);
  const reader = new EvidenceReader(paths.evidence);
  const disk = new DiskWatch(paths.evidence);
  let done = 0;
  let events = 0;
  const say = () => {
    if (options.signal?.aborted) throw new CaseError('cancelled', 'Reading the received case was cancelled.');
    options.progress?.(done, total, events);
  };
  const pool = await LanePool.open(connection, connect, paths, {
    formats: formats.definitions,
    committed: (rows) => {
      events += rows;
    },
  });
  try {
    let notes: MemberRow[] = [];
    for (const member of members) {
      say();
      if (!isThere(member, taken)) {
        notes.push(noteOf(member, taken));
        if (notes.length < NOTES) continue;
        await insertMembers(connection, notes);
        notes = [];
        continue;
      }
      const writer = await pool.begin(member.id, member.bundle, names.get(member.bundle)!, headerOf(member));
      for (let at = 0; at < member.contentSize!; at += CHUNK) {
        await disk.check();
        const chunk = await reader.read(member.contentSha256!, at, CHUNK);
        done += chunk.length; // the chunk is given away with its bytes
        await writer.write(chunk);
        say();
      }
      await writer.end({
        sha256: member.sha256 === member.contentSha256 ? null : member.sha256,
        size: member.size,
        problem: problemOf(member),
      });
    }
    await pool.finish();
    await insertMembers(connection, notes);
  } finally {
    await pool.close();
  }
  return { problems: formats.problems };
}

const isThere = (member: LedgerMember, taken: Taken): boolean =>
  member.evidence && taken.get(member.contentSha256!) === null;

const headerOf = (member: LedgerMember): MemberHeader => ({
  path: member.path,
  size: member.size,
  mode: member.mode,
  owner: member.owner,
  mtimeUs: member.mtime,
  compression: member.compression,
  node: member.node,
  remark: remarkOf(member),
});

/** What the ledger remarks on a member that was read, behind what the new reading says of it by itself. */
function remarkOf({ status, reason }: LedgerMember): string | null {
  if (reason === null || status === 'duplicate') return null;
  if (status === 'parsed') return reason;
  const own = /^(?:the parser stopped: |binary content, |text in )/.test(reason);
  return own ? (/; the bytes are kept[^;]*; (.+)$/s.exec(reason)?.[1] ?? null) : null;
}

/** What was wrong with the archive when it was read; a fault of a parser shows again by itself. */
function problemOf({ status, reason }: LedgerMember): string | null {
  const damaged =
    (status === 'partial' || status === 'failed') && !reason?.startsWith('the parser stopped: ');
  return damaged ? (reason ?? 'damaged, as the received ledger says') : null;
}

/** A member without bytes: as the ledger states it, or what became of its bytes. */
function noteOf(member: LedgerMember, taken: Taken): MemberRow {
  const row: MemberRow = {
    ...blankRow(member.id, { header: headerOf(member), bundleId: member.bundle }),
    sha256: member.sha256,
    status: member.status,
    reason: member.reason,
    size: member.size,
  };
  if (member.contentSha256 === null) return row;
  const was = `there it was ${member.status} with ${member.records.toLocaleString('en-US')} records (content SHA-256 ${member.contentSha256})`;
  if (!member.evidence)
    return { ...row, status: 'skipped', reason: `its bytes were left out of the received file; ${was}` };
  return {
    ...row,
    status: 'failed',
    reason: `its bytes in the received file can't be used: ${taken.get(member.contentSha256) ?? 'they are not in it'}; ${was}`,
  };
}

async function insertBundles(connection: Connection, bundles: readonly LedgerBundle[]): Promise<void> {
  await insertRows(
    connection,
    'bundle',
    {
      bundle_id: 'INTEGER',
      name: 'VARCHAR',
      sha256: 'VARCHAR',
      size: 'BIGINT',
      added_at: 'us',
      added_by: 'VARCHAR',
      tool_version: 'VARCHAR',
      complete: 'BOOLEAN',
      problem: 'VARCHAR',
      state: 'VARCHAR',
      first_file_id: 'INTEGER',
      ordinal: 'INTEGER',
      mtime: 'us',
      options: 'VARCHAR',
    },
    bundles.map((bundle) => ({
      bundle_id: bundle.id,
      name: bundle.name,
      sha256: bundle.sha256,
      size: bundle.size ?? 0,
      added_at: bundle.addedAt,
      added_by: bundle.addedBy,
      tool_version: TOOL_VERSION, // which reads it now
      complete: bundle.complete,
      problem: bundle.problem,
      state: bundle.state === 'broken off' ? bundle.state : 'done',
      first_file_id: bundle.firstFileId,
      ordinal: bundle.id,
      mtime: bundle.mtime,
      options: isObject(bundle.options) ? bundle.options : null,
    })),
  );
}

function isObject(text: string | null): boolean {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** Where the new reading is not what the received ledger claims: sentences. */
export async function compareLedger(connection: Connection, { members, taken }: Replay): Promise<string[]> {
  const rows = await connection.rows<Record<string, string | number | null>>(
    `SELECT file_id, status, format, lines, records, unparsed_lines, out_of_order, foreign_records FROM member`,
  );
  const read = new Map(rows.map((row) => [Number(row.file_id), row]));
  const differences: string[] = [];
  for (const member of members) {
    if (!isThere(member, taken)) continue;
    const row = read.get(member.id);
    const claims: [string, string | number | null, string | number | null][] = [
      ['status', member.status, (row?.status as string) ?? null],
      ['format', member.format, (row?.format as string) ?? null],
      ['lines', member.lines, Number(row?.lines)],
      ['records', member.records, Number(row?.records)],
      ['lines not understood', member.unparsedLines, Number(row?.unparsed_lines)],
      ['records out of order', member.outOfOrder, Number(row?.out_of_order)],
      ['records not its own', member.foreignRecords, Number(row?.foreign_records)],
    ];
    const other = claims.filter(([, claimed, found]) => claimed !== found);
    if (other.length > 0)
      differences.push(
        `${member.path} is read otherwise than the received ledger says: ${other.map(([what, claimed, found]) => `${what} ${found ?? 'none'}, there ${claimed ?? 'none'}`).join('; ')}. The new reading counts.`,
      );
  }
  return differences;
}
