// What a life cycle is gathered from: the events that name an id, the ids that events name, the links that lead on.
import type { EntityKind, LinkKind } from '../../../../shared/model.ts';
import type { Connection } from '../../case/database.ts';

/** An event in the few columns that a walk needs. */
export interface Mention {
  eventId: string;
  ts: number | null; // microseconds
  /** Role of the id in the event; `context`: first or last line of a file whose path gives the id. */
  role: string;
  node: string;
  system: string;
  component: string | null;
  category: string | null;
  action: string | null;
  outcome: string | null;
  fileId: number;
}

export interface Named {
  eventId: string;
  kind: EntityKind;
  value: string;
  role: string;
}

export interface Joined {
  from: string;
  to: string;
  kind: LinkKind;
  why: string;
}

/** More events of one id than a page can show are cut, and the answer says so. */
export const MOST_MENTIONS = 2000;

type Raw = Omit<Mention, 'ts'> & { ts: string | null };
const COLUMNS = `e.event_id::VARCHAR AS "eventId", epoch_us(e.ts) AS ts, m.node, e.system, e.component, e.category, e.action, e.outcome, e.file_id AS "fileId"`;
const taken = (rows: Raw[]): Mention[] =>
  rows.map((row) => ({ ...row, ts: row.ts === null ? null : Number(row.ts) }));
const digits = (ids: Iterable<string>): string => [...ids].map((id) => BigInt(id).toString()).join(', ');

/** Events that name an id, in time order. Of a file whose path gives the id its first and last line. */
export async function mentionsOf(
  connection: Connection,
  kind: EntityKind,
  value: string,
): Promise<Mention[]> {
  return (await mentionsOfAll(connection, kind, [value])).get(value) ?? [];
}

/** The same for several ids at once. */
export async function mentionsOfAll(
  connection: Connection,
  kind: EntityKind,
  values: readonly string[],
): Promise<Map<string, Mention[]>> {
  if (values.length === 0) return new Map();
  const rows = await connection.rows<Raw & { value: string }>(
    `WITH named AS MATERIALIZED (
       SELECT r.event_id, n.role, n.value FROM entity n JOIN entity_ref r ON r.entity_id = n.entity_id
       WHERE n.kind = $1 AND n.value IN (${values.map((_, i) => `$${i + 2}`).join(', ')})),
     chosen AS MATERIALIZED (
       SELECT value, event_id, min(role) AS role FROM (
         SELECT value, event_id, role FROM named WHERE role <> 'context'
         UNION ALL SELECT value, unnest([min(event_id), max(event_id)]), 'context' FROM named WHERE role = 'context' GROUP BY value, event_id >> 32)
       GROUP BY value, event_id)
     SELECT ${COLUMNS}, c.role, c.value FROM chosen c JOIN event e ON e.event_id = c.event_id JOIN member m ON m.file_id = e.file_id
     ORDER BY e.ts NULLS LAST, e.event_id LIMIT ${MOST_MENTIONS}`,
    [kind, ...values],
  );
  return Map.groupBy(
    rows.map(({ value, ...row }) => ({ value, ...taken([row])[0]! })),
    (row) => row.value,
  );
}

/** How many lines stand in files whose path gives the id. */
export async function linesInContext(
  connection: Connection,
  kind: EntityKind,
  value: string,
): Promise<number> {
  const row = await connection.row<{ n: string }>(
    `SELECT count(DISTINCT r.event_id) AS n FROM entity n JOIN entity_ref r ON r.entity_id = n.entity_id WHERE n.kind = $1 AND n.value = $2 AND n.role = 'context'`,
    [kind, value],
  );
  return Number(row?.n ?? 0);
}

/** The same columns of events known by id. */
export async function eventsNamed(connection: Connection, ids: Iterable<string>): Promise<Mention[]> {
  const list = [...ids];
  if (list.length === 0) return [];
  const rows = await connection.rows<Raw>(
    `SELECT ${COLUMNS}, '' AS role FROM (SELECT unnest([${digits(list)}]::BIGINT[]) AS event_id) c JOIN event e ON e.event_id = c.event_id JOIN member m ON m.file_id = e.file_id
     ORDER BY e.ts NULLS LAST, e.event_id`,
  );
  return taken(rows);
}

/** The ids of some kinds that events name. */
export async function namedBy(
  connection: Connection,
  ids: Iterable<string>,
  kinds: readonly EntityKind[],
): Promise<Named[]> {
  const list = [...ids];
  if (list.length === 0) return [];
  return connection.rows<Named>(
    `SELECT r.event_id::VARCHAR AS "eventId", n.kind, n.value, n.role
     FROM (SELECT unnest([${digits(list)}]::BIGINT[]) AS event_id) c JOIN entity_ref r ON r.event_id = c.event_id JOIN entity n ON n.entity_id = r.entity_id
     WHERE n.kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')}) ORDER BY r.event_id, n.kind, n.value, n.role`,
  );
}

/** Links of some kinds that begin or end at events. */
export async function linksAt(
  connection: Connection,
  ids: Iterable<string>,
  kinds: readonly LinkKind[],
): Promise<Joined[]> {
  const list = [...ids];
  if (list.length === 0) return [];
  const named = `(SELECT unnest([${digits(list)}]::BIGINT[]))`;
  return connection.rows<Joined>(
    `SELECT from_event::VARCHAR AS "from", to_event::VARCHAR AS "to", kind, why FROM links
     WHERE kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')}) AND (from_event IN ${named} OR to_event IN ${named})
     ORDER BY from_event, to_event, kind`,
  );
}
