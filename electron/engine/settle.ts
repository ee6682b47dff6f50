// What is derived from the evidence as a whole (zones, clocks, nodes, links, posture), as far as it is pending: each part is
// done once, whoever begins it and however often it is broken off.
import type { Connection } from './case/database.ts';
import { isDiskFull } from './case/disk.ts';
import { toApiError } from './case/errors.ts';
import { clearPending, pendingDetail, setPending } from './case/pending.ts';
import { derive } from './derive/derive.ts';
import { settlePosture } from './derive/posture/posture.ts';
import { zonesOf } from './load/plan.ts';

export interface Settled {
  /** Nodes that were given a zone and that the case does not have. */
  unknown: string[];
  /** Sentences on what could not be done. */
  unsettled: string[];
  timezones: Record<string, string>;
}

export interface SettleOptions {
  signal?: AbortSignal;
  /** Says what is being done, and how many of two steps are. */
  say?(phase: string, done: number): void;
}

/** Does nothing when nothing is pending. */
export async function settleCase(
  connection: Connection,
  { signal, say }: SettleOptions = {},
): Promise<Settled> {
  const detail = await pendingDetail(connection, 'settle');
  const timezones = zonesOf(detail);
  if (detail === null) return { unknown: [], unsettled: [], timezones };
  say?.('settling zones, clocks and nodes', 0);
  // derived already when it was broken off after that: it is not done twice
  const unknown = Array.isArray(detail.derived)
    ? (detail.derived as string[])
    : await derive(connection, timezones, {
        signal,
        completed: (inside, derived) => setPending(inside, 'settle', { ...detail, derived }),
      });
  say?.('looking at the logging posture', 1);
  const unsettled = await settlePosture(connection, {
    signal,
    completed: (inside) => clearPending(inside, 'settle'),
  }).then(
    () => [],
    async (error: unknown) => {
      if (signal?.aborted || isDiskFull(error)) throw error;
      await clearPending(connection, 'settle');
      return [
        `The logging posture could not be settled: ${toApiError(error).sentence} Everything else was taken in; set a clock or add a bundle to try again.`,
      ];
    },
  );
  return { unknown, unsettled, timezones };
}

/** What the responder says of a node's zone or clock, and that all times have to be settled anew, in one transaction. */
export async function changeNode(
  connection: Connection,
  node: string,
  { zone, clockOffsetUs }: { zone?: string | null | undefined; clockOffsetUs?: number | null | undefined },
): Promise<void> {
  await connection.run('BEGIN');
  try {
    if (zone !== undefined)
      await connection.run('UPDATE node SET zone_set = $2 WHERE node = $1', [node, zone]);
    if (clockOffsetUs !== undefined)
      await connection.run('UPDATE node SET offset_set = $2 WHERE node = $1', [
        node,
        clockOffsetUs === null ? null : BigInt(clockOffsetUs),
      ]);
    const timezones = { ...zonesOf(await pendingDetail(connection, 'settle')) };
    if (zone !== undefined) delete timezones[node];
    await setPending(connection, 'settle', { timezones });
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => 0);
    throw error;
  }
}
