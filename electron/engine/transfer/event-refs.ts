// Events and findings as they are known in any case that holds the same evidence: by content and offset, not by number.
import type { Connection } from '../case/database.ts';
import type { EventRef } from './format.ts';

/** What a finding rests on: `sha256` as `docs/portable.md` defines it. */
export interface FindingProof {
  findingId: string;
  ruleId: string;
  title: string;
  count: number;
  sha256: string;
  first: EventRef;
}

/** `where`: a condition on `finding f`. */
export async function findingProofs(
  connection: Connection,
  where: string,
  values: Parameters<Connection['rows']>[1] = [],
): Promise<FindingProof[]> {
  const rows = await connection.rows<{
    finding_id: string;
    rule_id: string;
    title: string;
    n: string;
    digest: string;
    id: string;
    content: string;
    byte_offset: string;
    node: string;
    path: string;
  }>(
    `WITH place AS (
       SELECT f.finding_id, f.rule_id, f.title, e.event_id, e.ts, m.content_sha256, e.byte_offset, m.node, m.path
       FROM finding f JOIN finding_event fe ON fe.finding_id = f.finding_id
         JOIN event_row e ON e.event_id = fe.event_id JOIN member m ON m.file_id = e.file_id
       WHERE ${where}),
     digest AS (
       SELECT finding_id, count(*) AS n, sha256(string_agg(line, '' ORDER BY line)) AS digest
       FROM (SELECT DISTINCT finding_id, content_sha256 || ':' || byte_offset || chr(10) AS line FROM place) GROUP BY finding_id),
     first AS (
       SELECT * FROM place
       QUALIFY row_number() OVER (PARTITION BY finding_id ORDER BY ts NULLS LAST, content_sha256, byte_offset, node, path, event_id) = 1)
     SELECT first.finding_id, rule_id, title, n, digest, event_id::VARCHAR AS id, content_sha256 AS content, byte_offset::VARCHAR AS byte_offset, node, path
     FROM first JOIN digest ON digest.finding_id = first.finding_id ORDER BY first.finding_id`,
    values,
  );
  return rows.map((row) => ({
    findingId: row.finding_id,
    ruleId: row.rule_id,
    title: row.title,
    count: Number(row.n),
    sha256: row.digest,
    first: {
      id: row.id,
      contentSha256: row.content,
      byteOffset: Number(row.byte_offset),
      node: row.node,
      path: row.path,
    },
  }));
}

/** The event of this case for each reference, null where there is none: the same number where it fits, else the same node and path. */
export async function eventsOf(
  connection: Connection,
  refs: readonly EventRef[],
): Promise<(string | null)[]> {
  const found: (string | null)[] = refs.map(() => null);
  if (refs.length === 0) return found;
  const columns =
    '{"n":"INTEGER","id":"UBIGINT","contentSha256":"VARCHAR","byteOffset":"BIGINT","node":"VARCHAR","path":"VARCHAR"}';
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE transfer_ref AS SELECT unnest(from_json($1::JSON, '[${columns}]'), recursive := true)`,
    [JSON.stringify(refs.map((ref, n) => ({ n, ...ref })))],
  );
  try {
    const rows = await connection.rows<{ n: number; id: string }>(
      `SELECT r.n, e.event_id::VARCHAR AS id
       FROM transfer_ref r JOIN member m ON m.content_sha256 = r."contentSha256"
         JOIN event_row e ON e.file_id = m.file_id AND e.byte_offset = r."byteOffset"
       QUALIFY row_number() OVER (PARTITION BY r.n ORDER BY e.event_id::UBIGINT = r.id DESC, m.node = r.node DESC, m.path = r.path DESC, e.event_id) = 1`,
    );
    for (const { n, id } of rows) found[n] = id;
    return found;
  } finally {
    await connection.run('DROP TABLE IF EXISTS temp.transfer_ref');
  }
}
