// Entities by what the responder typed, and what is known of one.
import type { Output } from '../../../shared/api.ts';
import type { EntityKind } from '../../../shared/model.ts';
import type { Connection } from '../case/database.ts';

export async function searchEntities(
  connection: Connection,
  text: string,
  limit: number,
): Promise<Output<'entities.search'>> {
  const rows = await connection.rows<{ kind: EntityKind; value: string; events: string }>(
    `SELECT n.kind, n.value, count(DISTINCT r.event_id) AS events FROM entity n JOIN entity_ref r USING (entity_id)
     WHERE contains(lower(n.value), lower($1)) GROUP BY n.kind, n.value ORDER BY starts_with(lower(any_value(n.value)), lower($1)) DESC, events DESC, n.kind, n.value LIMIT ${limit}`,
    [text],
  );
  return { entities: rows.map((row) => ({ ...row, events: Number(row.events) })) };
}

export async function getEntity(
  connection: Connection,
  kind: EntityKind,
  value: string,
): Promise<Output<'entities.get'>> {
  const mine = `WITH mine AS (SELECT r.event_id, n.role FROM entity n JOIN entity_ref r USING (entity_id) WHERE n.kind = $1 AND n.value = $2)`;
  const span = (await connection.row<Record<string, string | null>>(
    `${mine} SELECT count(DISTINCT e.event_id) AS events, epoch_us(min(e.ts)) AS first, epoch_us(max(e.ts)) AS last FROM mine JOIN event e USING (event_id)`,
    [kind, value],
  ))!;
  const nodes = await connection.rows<{ node: string; system: string; n: string }>(
    `${mine} SELECT e.node, e.system, count(DISTINCT e.event_id) AS n FROM mine JOIN events e USING (event_id) GROUP BY ALL ORDER BY n DESC, e.node, e.system`,
    [kind, value],
  );
  const roles = await connection.rows<{ role: string; n: string }>(
    `${mine} SELECT role, count(DISTINCT event_id) AS n FROM mine GROUP BY role ORDER BY n DESC, role`,
    [kind, value],
  );
  const us = (text: string | null | undefined) => (text === null || text === undefined ? null : Number(text));
  return {
    kind,
    value,
    events: Number(span.events),
    firstTs: us(span.first),
    lastTs: us(span.last),
    nodes: nodes.map(({ node, system, n }) => ({ node, system, events: Number(n) })),
    roles: roles.map(({ role, n }) => ({ role, events: Number(n) })),
  };
}
