// The bundles of an ingest as the case remembers them: written down before the first is read, so that work that is broken
// off can go on. A bundle is planned, then reading, then done; one that is given up with members in the case is broken off.
import { type Stats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Connection, timestamp } from '../case/database.ts';
import { CaseError } from '../case/errors.ts';
import { pendingDetail, setPending } from '../case/pending.ts';
import { TOOL_VERSION } from '../case/version.ts';
import { bundleSize } from '../intake/bundle.ts';
import { LIMITS, type Limits } from '../intake/limits.ts';

/** What an ingest was begun with, apart from its bundles. Passwords are never kept: only that there were some. */
export interface Plan {
  timezones: Record<string, string>;
  detect: boolean;
  limits: Partial<Limits>;
  passwords: boolean;
}

export const PLAIN_PLAN: Plan = { timezones: {}, detect: false, limits: {}, passwords: false };

export interface PlannedBundle {
  bundleId: number;
  name: string;
  path: string;
  /** As collected, when it was planned. */
  size: number;
  state: 'planned' | 'reading';
  /** Number of its first member; null before it is begun. */
  firstFileId: number | null;
  /** Members that are in the case. */
  members: number;
  since: number; // microseconds
  plan: Plan;
}

const lastName = (path: string): string => path.split(/[\\/]/).filter(Boolean).at(-1) ?? path;

/** Writes the bundles down, and that they have to be settled (and rules run) afterwards, in one transaction. */
export async function planBundles(
  connection: Connection,
  paths: readonly string[],
  plan: Plan,
  addedBy: string,
): Promise<PlannedBundle[]> {
  const sizes = await Promise.all(paths.map((path) => bundleSize(path).catch(() => 0)));
  const changed = await Promise.all(paths.map((path) => stat(path).then(mtimeUs, () => null)));
  const since = Date.now() * 1000;
  const next = await connection.row<{ bundle: number; ordinal: number }>(
    'SELECT coalesce(max(bundle_id), 0) + 1 AS bundle, coalesce(max(ordinal), 0) + 1 AS ordinal FROM bundle',
  );
  const planned = paths.map(
    (path, i): PlannedBundle => ({
      bundleId: next!.bundle + i,
      name: lastName(path),
      path,
      size: sizes[i]!,
      state: 'planned',
      firstFileId: null,
      members: 0,
      since,
      plan,
    }),
  );
  await connection.run('BEGIN');
  try {
    for (const [i, bundle] of planned.entries()) {
      const us = changed[i];
      await connection.run(
        `INSERT INTO bundle (bundle_id, name, path, added_at, added_by, tool_version, complete, state, ordinal, mtime, options)
         VALUES ($1, $2, $3, $4, $5, $6, false, 'planned', $7, $8, $9)`,
        [
          bundle.bundleId,
          bundle.name,
          bundle.path,
          timestamp(since),
          addedBy,
          TOOL_VERSION,
          next!.ordinal + i,
          us === null || us === undefined ? null : timestamp(us),
          JSON.stringify({ ...plan, size: bundle.size }),
        ],
      );
    }
    await planSteps(connection, planned);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => 0);
    throw error;
  }
  return planned;
}

const mtimeUs = (stats: Stats): number => Math.round(stats.mtimeMs * 1000);

/** The zones that a pending settling has to use. */
export function zonesOf(detail: Record<string, unknown> | null): Record<string, string> {
  return (detail?.timezones as Record<string, string> | undefined) ?? {};
}

/** Bundles that are begun or planned and not done, in the order they were given. */
export async function unfinishedBundles(connection: Connection): Promise<PlannedBundle[]> {
  const rows = await connection.rows<{
    bundle_id: number;
    name: string;
    path: string;
    state: 'planned' | 'reading';
    first_file_id: number | null;
    since: string;
    options: string | null;
    members: string;
  }>(
    `SELECT bundle_id, name, path, state, first_file_id, epoch_us(added_at) AS since, options,
       (SELECT count(*) FROM member m WHERE m.bundle_id = b.bundle_id) AS members
     FROM bundle b WHERE state IN ('planned', 'reading') ORDER BY ordinal`,
  );
  return rows.map((row) => {
    const { size, ...plan } = JSON.parse(row.options ?? '{}') as Plan & { size?: number };
    return {
      bundleId: row.bundle_id,
      name: row.name,
      path: row.path,
      size: size ?? 0,
      state: row.state,
      firstFileId: row.first_file_id,
      members: Number(row.members),
      since: Number(row.since),
      plan: { ...PLAIN_PLAN, ...plan },
    };
  });
}

/** The unfinished bundles, with what has to be done after them written down again: another ingest may have settled the case meanwhile. */
export async function takeUpAgain(connection: Connection): Promise<PlannedBundle[]> {
  const bundles = await unfinishedBundles(connection);
  if (bundles.length === 0) return bundles;
  await connection.run('BEGIN');
  try {
    await planSteps(connection, bundles);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => 0);
    throw error;
  }
  return bundles;
}

async function planSteps(connection: Connection, bundles: readonly { plan: Plan }[]): Promise<void> {
  if (bundles.length === 0) return;
  const timezones = { ...zonesOf(await pendingDetail(connection, 'settle')) };
  for (const { plan } of bundles) Object.assign(timezones, plan.timezones);
  await setPending(connection, 'settle', { timezones });
  if (bundles.some(({ plan }) => plan.detect)) await setPending(connection, 'detect');
}

/** Highest number of a member: event ids hold it in their upper half, which has to stay positive. */
const MOST_FILES = 2 ** 31 - 1;

/**
 * The number of the next new member. Bundles that are begun keep the numbers their other members will have: as many as
 * their limit lets them have.
 */
export async function nextFileId(connection: Connection): Promise<number> {
  const row = await connection.row<{ file: number }>(
    'SELECT greatest(coalesce((SELECT max(file_id) FROM member), 0), coalesce((SELECT max(file_id) FROM event_row), 0)) AS file',
  );
  let last = row!.file;
  for (const { firstFileId, plan } of await unfinishedBundles(connection))
    if (firstFileId !== null)
      last = Math.max(last, firstFileId + (plan.limits.members ?? LIMITS.members) + 1);
  if (last >= MOST_FILES - 1)
    throw new CaseError(
      'case_full',
      'The case has no numbers left for more members: bundles that were broken off hold the rest of them. Resume them or give them up first; nothing was read.',
    );
  return last + 1;
}

/** Forgets bundles of which nothing is in the case, and closes those of which something is; what is read stays. */
export async function giveUpBundles(connection: Connection): Promise<PlannedBundle[]> {
  const bundles = await unfinishedBundles(connection);
  await connection.run('BEGIN');
  try {
    for (const { bundleId, members } of bundles) {
      if (members === 0) await connection.run('DELETE FROM bundle WHERE bundle_id = $1', [bundleId]);
      else
        await connection.run(
          `UPDATE bundle SET state = 'broken off', complete = false, size = coalesce(size, 0),
             problem = 'Reading was broken off and given up: ' || $2 || ' of its members are in the case, the others are not.' WHERE bundle_id = $1`,
          [bundleId, members.toLocaleString('en-US')],
        );
    }
    await planSteps(connection, bundles);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => 0);
    throw error;
  }
  return bundles;
}

/** False when nothing stands where the bundle was. What this process may not look at is for another to say. */
export function isReachable(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}
