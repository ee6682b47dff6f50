// Takes bundles into a case: intake reads them, lanes parse and commit them, the ledger says what became of each member.
// Bundles are written down before the first is read; one that was broken off is read again from its first member, whose
// number it keeps, and what is in the ledger already is passed over.
import { userInfo } from 'node:os';
import type { BundleProgress } from '../../../shared/api.ts';
import type { CasePaths } from '../case/case.ts';
import type { Connection } from '../case/database.ts';
import { DiskWatch } from '../case/disk.ts';
import { CaseError } from '../case/errors.ts';
import { type BundleResult, type MemberFlow, readBundle } from '../intake/bundle.ts';
import { builtinFormatsDir, readFormats } from './format-files.ts';
import { LanePool } from './lane-pool.ts';
import { blankRow, insertMembers, type MemberRow } from './ledger.ts';
import { nextFileId, PLAIN_PLAN, type Plan, type PlannedBundle, planBundles } from './plan.ts';
import { checkSamePath, PresentMembers, passedOver } from './present.ts';

export interface IngestOptions {
  signal?: AbortSignal;
  /** Bytes of the bundles as collected read so far, events committed so far, what is being read, and each bundle (a live list). */
  progress?(bytes: number, events: number, reading: string, bundles: BundleProgress[]): void;
  workers?: number | undefined;
  /** Events of a batch, at most. */
  batchRows?: number | undefined;
  /** What is remembered with the bundles, for when they are broken off. */
  plan?: Plan;
  /** Who adds the bundles; the user of this process when not said. */
  addedBy?: string;
  /** Passwords by path of the bundle, `*` for all. */
  passwords?: Record<string, string>;
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

/** Reads `bundles` one after another into the open case. Rejects only for what stops everything; damage is recorded. */
export async function ingest(
  connection: Connection,
  connect: () => Promise<Connection>,
  paths: CasePaths,
  bundles: string[],
  options: IngestOptions = {},
): Promise<IngestResult> {
  const planned = await planBundles(
    connection,
    bundles,
    options.plan ?? PLAIN_PLAN,
    options.addedBy ?? userName(),
  );
  return readPlanned(connection, connect, paths, planned, options);
}

/** Reads bundles that are written down, the first of which may have been begun. */
export async function readPlanned(
  connection: Connection,
  connect: () => Promise<Connection>,
  paths: CasePaths,
  bundles: PlannedBundle[],
  options: IngestOptions = {},
): Promise<IngestResult> {
  const formats = await readFormats([paths.formats, builtinFormatsDir()]);
  const run = new Run(connection, bundles, options);
  run.problems.push(...formats.problems);
  const pool = await LanePool.open(connection, connect, paths, {
    formats: formats.definitions,
    workers: options.workers,
    batchRows: options.batchRows,
    committed: (rows) => run.committed(rows),
  });
  const disk = new DiskWatch(paths.evidence);
  try {
    for (const [i, bundle] of bundles.entries()) await run.bundle(i, bundle, pool, disk, paths.scratch);
  } finally {
    await pool.close();
  }
  return run.result();
}

/** Notes held before they go into the ledger together. */
const NOTES = 1_000;

class Run {
  readonly problems: string[] = [];
  readonly #connection: Connection;
  readonly #options: IngestOptions;
  readonly #progress: BundleProgress[];
  readonly #done: number[] = [];
  readonly #one: boolean;
  #reading = 0;
  #events = 0;
  #notes: MemberRow[] = [];

  constructor(connection: Connection, bundles: PlannedBundle[], options: IngestOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#one = bundles.length === 1;
    this.#progress = bundles.map(({ name, path, size }) => ({
      name,
      path,
      state: 'waiting',
      done: 0,
      total: size,
      members: 0,
      events: 0,
      problem: null,
    }));
  }

  committed(rows: number): void {
    this.#events += rows;
    this.#progress[this.#reading]!.events += rows;
    this.#say();
  }

  #say(): void {
    const bytes = this.#progress.reduce((sum, { done }) => sum + done, 0);
    const { path } = this.#progress[this.#reading]!;
    this.#options.progress?.(bytes, this.#events, path, this.#progress);
  }

  async bundle(
    i: number,
    bundle: PlannedBundle,
    pool: LanePool,
    disk: DiskWatch,
    scratch: string,
  ): Promise<void> {
    this.#reading = i;
    const progress = this.#progress[i]!;
    progress.state = 'reading';
    this.#say();
    try {
      const first = bundle.firstFileId ?? (await nextFileId(this.#connection));
      await this.#connection.run(
        `UPDATE bundle SET state = 'reading', first_file_id = $2 WHERE bundle_id = $1`,
        [bundle.bundleId, first],
      );
      const flow = this.#flow(bundle, first, pool, disk, progress);
      const read = await readBundle(bundle.path, flow, {
        limits: bundle.plan.limits,
        spoolDir: scratch,
        passwords: passwordsFor(bundle.path, this.#options.passwords ?? {}),
        ...(this.#options.signal ? { signal: this.#options.signal } : {}),
      });
      await orCancelled(pool.finish(), this.#options.signal);
      await this.#writeNotes();
      await this.#complete(bundle, read, progress);
    } catch (error) {
      this.#notes = [];
      await this.#broken(bundle, error, progress);
    }
    this.#say();
  }

  #flow(
    { bundleId, name }: PlannedBundle,
    first: number,
    pool: LanePool,
    disk: DiskWatch,
    progress: BundleProgress,
  ): MemberFlow {
    let next = first;
    const present = new PresentMembers(this.#connection, bundleId);
    return {
      begin: async (header) => {
        const fileId = next++;
        const there = await present.get(fileId);
        progress.members++;
        if (there) return passedOver(name, header, there);
        await disk.check();
        const writer = await pool.begin(fileId, bundleId, name, header);
        return {
          write: async (chunk) => {
            await disk.check();
            await writer.write(chunk);
          },
          end: (end) => writer.end(end),
        };
      },
      note: async (header, status, reason) => {
        const fileId = next++;
        const there = await present.get(fileId);
        progress.members++;
        if (there) return checkSamePath(name, header, there);
        const row = blankRow(fileId, { header, bundleId });
        this.#notes.push({ ...row, status, reason, size: header.size ?? 0 });
        if (this.#notes.length >= NOTES) await this.#writeNotes();
      },
      progress: (bytes) => {
        progress.done = Math.min(bytes, Math.max(progress.total, bytes));
        this.#say();
      },
    };
  }

  async #writeNotes(): Promise<void> {
    const notes = this.#notes;
    this.#notes = [];
    await insertMembers(this.#connection, notes);
  }

  async #complete(bundle: PlannedBundle, read: BundleResult, progress: BundleProgress): Promise<void> {
    await this.#connection.run(
      `UPDATE bundle SET sha256 = $2, size = $3, complete = $4, problem = $5, state = 'done' WHERE bundle_id = $1`,
      [bundle.bundleId, read.sha256, BigInt(read.size), read.problem === null, read.problem],
    );
    this.problems.push(...(await memberProblems(this.#connection, bundle.bundleId)));
    if (read.problem)
      this.problems.push(
        read.problem.startsWith(bundle.name) ? read.problem : `${bundle.name}: ${read.problem}`,
      );
    const nothing = await nothingRead(this.#connection, bundle.bundleId);
    if (nothing) this.problems.push(`${bundle.name}: ${nothing}`);
    Object.assign(progress, { state: 'done', done: read.size, problem: read.problem ?? nothing });
    progress.total = read.size;
    this.#done.push(bundle.bundleId);
  }

  /** A bundle that can't be read at all is forgotten and said; any other fault leaves it to be resumed. */
  async #broken(bundle: PlannedBundle, error: unknown, progress: BundleProgress): Promise<void> {
    const cancelled = this.#options.signal?.aborted === true;
    progress.state = cancelled ? 'cancelled' : 'failed';
    progress.problem = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    this.#say();
    const unreadable = error instanceof CaseError && !cancelled && !GOES_ON.has(error.code);
    if (!unreadable) throw error;
    const members = await this.#connection.row<{ n: number }>(
      'SELECT count(*)::INTEGER AS n FROM member WHERE bundle_id = $1',
      [bundle.bundleId],
    );
    if (members!.n > 0) throw error;
    await this.#connection.run('DELETE FROM bundle WHERE bundle_id = $1', [bundle.bundleId]);
    if (this.#one) throw error;
    this.problems.push(error.message);
  }

  async result(): Promise<IngestResult> {
    const row = await this.#connection.row<{ lines: string; records: string; unparsed: string }>(
      `SELECT coalesce(sum(lines), 0) AS lines, coalesce(sum(records), 0) AS records, coalesce(sum(unparsed_lines), 0) AS unparsed
       FROM member WHERE bundle_id IN (${[0, ...this.#done].join(', ')})`,
    );
    return {
      bundles: this.#done.length,
      bundleIds: this.#done,
      lines: Number(row!.lines),
      records: Number(row!.records),
      unparsedLines: Number(row!.unparsed),
      problems: this.problems,
    };
  }
}

/** Faults that say nothing of the bundle: it can be read when they are over. */
const GOES_ON: ReadonlySet<string> = new Set([
  'cancelled',
  'disk_full',
  'out_of_memory',
  'case_closed',
  'case_full',
  'bundle_changed',
  'database_gave_up',
  'disk_failed',
  'case_locked',
  'worker_stopped',
]);

/** The bundle's own passwords first, then those for all. */
function passwordsFor(path: string, passwords: Record<string, string>): string[] {
  const of = (key: string) => (Object.hasOwn(passwords, key) ? passwords[key]!.split('\n') : []);
  return [...of(path), ...of('*')];
}

/** Waits for `work` no longer than until it is cancelled. */
async function orCancelled(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return work;
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () =>
      reject(new CaseError('cancelled', 'Taking in was cancelled. Members read before that are kept.'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
  try {
    work.catch(() => undefined);
    await Promise.race([work, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}

/** Sentences on single members that are said; the ledger has them all. */
const SAID = 200;

async function memberProblems(connection: Connection, bundleId: number): Promise<string[]> {
  const rows = await connection.rows<{ path: string; reason: string | null; all: number }>(
    `SELECT path, reason, count(*) OVER ()::INTEGER AS "all" FROM member
     WHERE bundle_id = $1 AND status IN ('failed', 'partial') ORDER BY file_id LIMIT ${SAID}`,
    [bundleId],
  );
  const said = rows.map(({ path, reason }) => `${path}: ${reason}`);
  const more = (rows[0]?.all ?? 0) - rows.length;
  if (more > 0)
    said.push(
      `${more.toLocaleString('en-US')} more members could not be read, or not to their end: the ledger lists them.`,
    );
  return said;
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
