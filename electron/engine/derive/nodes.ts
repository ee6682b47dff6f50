// The nodes of the case: named at intake, described by what their files say.
import type { Connection } from '../case/database.ts';

/** Rewrites what is derived of each node and keeps what the responder set (zone_set, offset_set). */
export async function listNodes(connection: Connection): Promise<void> {
  await connection.run(
    `INSERT INTO node (node) SELECT DISTINCT node FROM member WHERE node NOT IN (SELECT node FROM node) ORDER BY node`,
  );
  await connection.run(`
    UPDATE node SET systems = found.systems, roles = found.roles, addresses = found.addresses
    FROM (
      SELECT m.node,
        coalesce(list_sort(list_distinct(list(DISTINCT m.system) FILTER (m.records > 0 AND m.system IN ('ray', 'celery', 'mesos', 'registry')))), []) AS systems,
        coalesce(list_sort(list(DISTINCT f.value) FILTER (f.kind = 'role')), []) AS roles,
        coalesce(list_sort(list(DISTINCT f.value) FILTER (f.kind = 'address')), []) AS addresses
      FROM member m LEFT JOIN fact f ON f.file_id = m.file_id GROUP BY m.node) AS found
    WHERE node.node = found.node`);
}
