// After load: duplicates, nodes, zones, clock offsets, best times, links. Runs again whenever a bundle came in or a clock was set.
import type { Connection } from '../case/database.ts';
import { interruptible } from '../case/interruptible.ts';
import { settleClockOffsets } from './clock-offsets.ts';
import { markDuplicates } from './duplicates.ts';
import { settleLinks } from './links.ts';
import { listNodes } from './nodes.ts';
import { settleSeries } from './series.ts';
import { settleTally } from './tally.ts';
import { settleTemplates } from './templates.ts';
import { applyTimes } from './times.ts';
import { settleYears } from './years.ts';
import { settleZones } from './zones.ts';

/** Zones the responder gave: node to IANA zone or offset, `*` for all other nodes. */
export type GivenZones = Record<string, string>;

export interface DeriveOptions {
  signal?: AbortSignal | undefined;
  /** Runs in the transaction that completes it, with the nodes of `given` that the case does not have. */
  completed?(connection: Connection, unknown: string[]): Promise<void>;
}

/**
 * All in one transaction: broken off, it leaves what was. Returns the nodes of `given` that the case does not have: their
 * zones were not used.
 */
export async function derive(
  connection: Connection,
  given: GivenZones = {},
  { signal, completed }: DeriveOptions = {},
): Promise<string[]> {
  await connection.run('BEGIN');
  try {
    const unknown = await interruptible(connection, signal, CANCELLED, () =>
      steps(connection, given, signal),
    );
    await completed?.(connection, unknown);
    await connection.run('COMMIT');
    return unknown;
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => 0);
    throw error;
  }
}

const CANCELLED =
  'Settling zones, clocks, nodes and links was cancelled; what was settled before stands, and new evidence waits for it.';

async function steps(
  connection: Connection,
  given: GivenZones,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const goOn = () => signal?.throwIfAborted();
  await markDuplicates(connection);
  await listNodes(connection);
  const unknown = await rememberZones(connection, given);
  await settleYears(connection);
  goOn();
  await settleZones(connection);
  await applyTimes(connection);
  goOn();
  if (await settleClockOffsets(connection)) await applyTimes(connection);
  goOn();
  await settleSeries(connection);
  await settleTemplates(connection);
  goOn();
  await settleLinks(connection);
  await settleTally(connection);
  return unknown;
}

async function rememberZones(connection: Connection, given: GivenZones): Promise<string[]> {
  const unknown: string[] = [];
  for (const [node, zone] of Object.entries(given)) {
    if (node === '*') {
      await connection.run(`INSERT OR REPLACE INTO setting VALUES ('zone', $1)`, [zone]);
    } else {
      const known = await connection.row('SELECT 1 AS one FROM node WHERE node = $1', [node]);
      if (!known) unknown.push(node);
      await connection.run('UPDATE node SET zone_set = $2 WHERE node = $1', [node, zone]);
    }
  }
  return unknown;
}
