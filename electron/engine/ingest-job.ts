// The work of an ingest job: read what is planned, settle what is derived from the evidence as a whole, run the rules. What is
// pending says how far it came: each step is done once, whoever begins it and however often it is broken off.
import { sep } from 'node:path';
import type { Case } from './case/case.ts';
import type { Connection } from './case/database.ts';
import { checkRoom } from './case/disk.ts';
import { CaseError, toApiError } from './case/errors.ts';
import { clearPending, pendingDetail } from './case/pending.ts';
import { runRules } from './detect-methods.ts';
import { bundleSize } from './intake/bundle.ts';
import type { JobHandle } from './jobs.ts';
import { type IngestOptions, type IngestResult, ingest, readPlanned } from './load/ingest.ts';
import { loadMemory } from './load/lane-pool.ts';
import { type Plan, takeUpAgain, unfinishedBundles } from './load/plan.ts';
import type { MethodHost } from './method-host.ts';
import { readPending } from './query/pending.ts';
import { type Settled, settleCase } from './settle.ts';

/** Bundles to begin with, or null to go on with what is pending. */
export interface Work {
  paths: string[] | null;
  plan: Plan;
  passwords: Record<string, string>;
  /** Go on without reading: the bundles were given up. */
  readNothing?: boolean;
}

/** Does the whole of it; `pending` is left as it is where the work is broken off. */
export async function ingestJob(
  host: MethodHost,
  open: Case,
  job: JobHandle,
  work: Work,
): Promise<Record<string, unknown>> {
  open.working = true;
  const started = performance.now();
  const seconds = () => Math.round(performance.now() - started) / 1000;
  const pending = await open.read((connection) => readPending(connection));
  await host.record(...begun(work, pending?.bundles ?? []));
  let why: 'ingested' | 'detected' = 'ingested';
  try {
    const result = await takeIn(host, open, job, work);
    const detects = await open.read((connection) => pendingDetail(connection, 'detect'));
    const { bundles, members, records, problems } = result;
    await host.record('ingest.done', {
      bundles,
      members,
      records,
      problems: (problems as string[]).length,
      seconds: seconds(),
      in_case: await bundlesInCase(open),
    });
    if (!detects) return result;
    await host.changed('ingested');
    job.signal.throwIfAborted();
    why = 'detected';
    const detected = await runRules(host, open, job, []);
    return { ...result, detect: detected };
  } catch (error) {
    const { code, sentence } = toApiError(error);
    const left = await open.read((connection) => readPending(connection)).catch(() => null);
    await host
      .record('ingest.brokenOff', {
        code,
        sentence,
        pending: left?.bundles.map(({ name, members }) => ({ name, members })) ?? [],
      })
      .catch(() => undefined);
    throw error;
  } finally {
    open.working = false;
    if (host.current() === open) await host.changed(why).catch(() => undefined);
  }
}

/** The bundles of the case with their hashes: the custody log holds them in place beside the database. */
async function bundlesInCase(open: Case): Promise<{ name: string; sha256: string | null; size: number }[]> {
  const rows = await open.read((connection) =>
    connection.rows<{ name: string; sha256: string | null; size: string }>(
      `SELECT name, sha256, coalesce(size, 0) AS size FROM bundle WHERE state = 'done' ORDER BY bundle_id`,
    ),
  );
  return rows.map((row) => ({ ...row, size: Number(row.size) }));
}

/** What the custody log says of the beginning: settings, never passwords. */
function begun(
  { paths, plan, readNothing }: Work,
  pending: { path: string; members: number }[],
): [string, Record<string, unknown>] {
  const bundles = pending.map(({ path, members }) => ({ path, members }));
  if (readNothing) return ['ingest.resumed', { bundles: [] }];
  if (paths === null) return ['ingest.resumed', { bundles }];
  const { timezones, detect, limits, passwords } = plan;
  return ['ingest.begun', { bundles: paths, timezones, detect, limits, passwords_given: passwords }];
}

async function takeIn(
  host: MethodHost,
  open: Case,
  job: JobHandle,
  work: Work,
): Promise<Record<string, unknown>> {
  const started = performance.now();
  const result = work.readNothing ? NOTHING : await read(host, open, job, work);
  const { unknown, unsettled, timezones } = await settle(open, job);
  return {
    bundles: result.bundles,
    members: {
      parsed: 0,
      partial: 0,
      skipped: 0,
      failed: 0,
      duplicate: 0,
      ...(await memberCounts(open, result.bundleIds)),
    },
    records: result.records,
    lines: result.lines,
    unparsed_lines: result.unparsedLines,
    seconds: Math.round(performance.now() - started) / 1000,
    problems: [
      ...result.problems,
      ...unsettled,
      ...unknown.map(
        (node) =>
          `There is no node ${node} in the case: the zone ${timezones[node]} given for it was not used.`,
      ),
    ],
  };
}

const NOTHING: IngestResult = {
  bundles: 0,
  bundleIds: [],
  lines: 0,
  records: 0,
  unparsedLines: 0,
  problems: [],
};

async function read(host: MethodHost, open: Case, job: JobHandle, work: Work): Promise<IngestResult> {
  const options: IngestOptions = {
    signal: job.signal,
    plan: work.plan,
    passwords: work.passwords,
    addedBy: host.user(),
    ...host.load,
    progress: (done, events, reading, bundles) =>
      job.progress({
        done,
        total: bundles.reduce((sum, { total }) => sum + total, 0),
        phase: `reading ${reading.split(sep).at(-1)} · ${events.toLocaleString('en-US')} events`,
        bundles,
      }),
  };
  if (work.paths) {
    const sizes = await Promise.all(work.paths.map((path) => bundleSize(path).catch(() => 0)));
    await checkRoom(
      open.dir,
      sizes.reduce((sum, size) => sum + size, 0),
    );
  }
  // every lane inserts on a thread of its own: more threads of DuckDB would only wait for work and take cores from parsing
  return open.write(
    async (connection, connect) => {
      const before = await isPending(connection);
      try {
        if (work.paths) return await ingest(connection, connect, open.paths, work.paths, options);
        const bundles = await takeUpAgain(connection);
        return await readPlanned(connection, connect, open.paths, bundles, options);
      } catch (error) {
        if (!before) await forgetWhenNothingIsLeft(connection).catch(() => undefined);
        throw error;
      }
    },
    { threads: 1, memoryLimit: loadMemory(host.load.workers) },
  );
}

const isPending = async (connection: Connection): Promise<boolean> =>
  (await pendingDetail(connection, 'settle')) !== null || (await unfinishedBundles(connection)).length > 0;

/** Bundles that can't be read at all are forgotten; then nothing has to be settled for them either. */
async function forgetWhenNothingIsLeft(connection: Connection): Promise<void> {
  if ((await unfinishedBundles(connection)).length > 0) return;
  const settled = await connection.row<{ n: number }>(
    `SELECT count(*)::INTEGER AS n FROM bundle b WHERE added_at >= (SELECT since FROM pending WHERE step = 'settle')
       AND EXISTS (SELECT 1 FROM member m WHERE m.bundle_id = b.bundle_id)`,
  );
  if (settled!.n > 0) return;
  await clearPending(connection, 'settle');
  await clearPending(connection, 'detect');
}

/** What is derived from the evidence as a whole, on all cores, in a write of its own. */
export async function settle(open: Case, job: JobHandle): Promise<Settled> {
  job.signal.throwIfAborted();
  return open.write((connection) =>
    settleCase(connection, {
      signal: job.signal,
      say: (phase, done) => job.progress({ phase, done, total: 2, unit: 'steps' }),
    }),
  );
}

async function memberCounts(open: Case, bundleIds: number[]): Promise<Record<string, number>> {
  const rows = await open.read((connection) =>
    connection.rows<{ status: string; n: number }>(
      `SELECT status, count(*)::INTEGER AS n FROM member WHERE bundle_id IN (${[0, ...bundleIds].join(', ')}) GROUP BY status ORDER BY status`,
    ),
  );
  return Object.fromEntries(rows.map((row) => [row.status, row.n]));
}

/** Refuses to go on when nothing is pending, or a bundle is not where it was. */
export function checkResumable(bundles: { path: string; name: string; reachable: boolean }[]): void {
  const gone = bundles.filter(({ reachable }) => !reachable);
  if (gone.length > 0)
    throw new CaseError(
      'no_such_path',
      `${gone.map(({ path }) => path).join(', ')} ${gone.length === 1 ? 'is' : 'are'} not there. Bring ${gone.length === 1 ? 'it' : 'them'} back and resume, or give up what was broken off; nothing was read.`,
      { refusal: 'usage' },
    );
}
