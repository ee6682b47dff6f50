// Which zone a file's zone-less times are in: by hand, from the file, from its node, else assumed.
import type { Connection } from '../case/database.ts';

interface NodeZone {
  node: string;
  zone_set: string | null;
}

/** `+05:30` for 330. */
export function offsetName(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
}

/** Sets `member.zone` and `zone_basis` (file_zone, assumed_zone, set by hand), and the same of each node. */
export async function settleZones(connection: Connection): Promise<void> {
  const fallback =
    (await connection.row<{ value: string }>(`SELECT value FROM setting WHERE key = 'zone'`))?.value ?? 'UTC';
  await connection.run(`UPDATE member SET zone = $1, zone_basis = 'assumed_zone'`, [fallback]);
  await connection.run(`UPDATE node SET zone = $1, zone_basis = 'assumed_zone'`, [fallback]);

  const nodeEvidence = await connection.rows<{ node: string; minutes: number }>(`
    SELECT node, arg_max(offset_minutes, (n, -abs(offset_minutes), offset_minutes)) AS minutes
    FROM (SELECT m.node, z.offset_minutes, sum(z.count) AS n FROM zone_evidence z JOIN member m USING (file_id)
          WHERE m.status <> 'duplicate' GROUP BY ALL) GROUP BY node`);
  for (const { node, minutes } of nodeEvidence) {
    await connection.run(`UPDATE node SET zone = $2, zone_basis = 'file_zone' WHERE node = $1`, [
      node,
      offsetName(minutes),
    ]);
    await connection.run(`UPDATE member SET zone = $2, zone_basis = 'file_zone' WHERE node = $1`, [
      node,
      offsetName(minutes),
    ]);
  }
  const fileEvidence = await connection.rows<{ file_id: number; minutes: number }>(`
    SELECT file_id, arg_max(offset_minutes, (count, -abs(offset_minutes), offset_minutes)) AS minutes
    FROM zone_evidence GROUP BY file_id`);
  for (const { file_id, minutes } of fileEvidence) {
    await connection.run(`UPDATE member SET zone = $2, zone_basis = 'file_zone' WHERE file_id = $1`, [
      file_id,
      offsetName(minutes),
    ]);
  }
  const byHand = await connection.rows<NodeZone>(
    'SELECT node, zone_set FROM node WHERE zone_set IS NOT NULL',
  );
  for (const { node, zone_set } of byHand) {
    await connection.run(`UPDATE node SET zone = $2, zone_basis = 'set by hand' WHERE node = $1`, [
      node,
      zone_set,
    ]);
    await connection.run(`UPDATE member SET zone = $2, zone_basis = 'set by hand' WHERE node = $1`, [
      node,
      zone_set,
    ]);
  }
}
