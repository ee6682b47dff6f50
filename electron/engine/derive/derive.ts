// After load: duplicates, nodes, zones, clock offsets, best times, links. Runs again whenever a bundle came in or a clock was set.
import type { Connection } from '../case/database.ts';
import { settleClockOffsets } from './clock-offsets.ts';
import { markDuplicates } from './duplicates.ts';
import { settleLinks } from './links.ts';
import { listNodes } from './nodes.ts';
import { settleSeries } from './series.ts';
import { settleTemplates } from './templates.ts';
import { applyTimes } from './times.ts';
import { settleYears } from './years.ts';
import { settleZones } from './zones.ts';

/** Zones the responder gave: node to IANA zone or offset, `*` for all other nodes. */
export type GivenZones = Record<string, string>;

/** Returns the nodes of `given` that the case does not have: their zones were not used. */
export async function derive(connection: Connection, given: GivenZones = {}): Promise<string[]> {
  await connection.run('BEGIN');
  try {
    await markDuplicates(connection);
    await listNodes(connection);
    const unknown = await rememberZones(connection, given);
    await settleYears(connection);
    await settleZones(connection);
    await applyTimes(connection);
    if (await settleClockOffsets(connection)) await applyTimes(connection);
    await settleSeries(connection);
    await settleTemplates(connection);
    await settleLinks(connection);
    await connection.run('COMMIT');
    return unknown;
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => 0);
    throw error;
  }
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
