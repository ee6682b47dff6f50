// HTTP requests of the case, by their ids or by one of their events.
import type { RequestRow } from '../../../shared/api.ts';
import type { Connection, Json } from '../case/database.ts';

type Raw = Record<string, Json>;

const COLUMNS = `request_id AS "requestId", system, node, method, left(path, 2000) AS path, status, bytes, duration_s AS "durationS", client_socket AS "clientSocket",
  client_claimed AS "clientClaimed", "user", user_proven AS "userProven", repository, reference, digest, operation, user_agent AS "userAgent",
  epoch_us(started) AS "startedTs", epoch_us(ended) AS "endedTs", list_transform(event_ids, x -> x::VARCHAR) AS "eventIds", access_candidates AS "accessCandidates"`;

const number = (value: Json | undefined): number | null =>
  value === null || value === undefined ? null : Number(value);

function requestRow(raw: Raw): RequestRow {
  return {
    ...(raw as unknown as RequestRow),
    bytes: number(raw.bytes),
    durationS: number(raw.durationS),
    startedTs: number(raw.startedTs),
    endedTs: number(raw.endedTs),
  };
}

/** Requests known by id, in the order they began. */
export async function requestsOf(connection: Connection, ids: string[]): Promise<RequestRow[]> {
  if (ids.length === 0) return [];
  const rows = await connection.rows<Raw>(
    `SELECT ${COLUMNS} FROM requests WHERE request_id IN (${ids.map((_, i) => `$${i + 1}`).join(', ')}) ORDER BY started NULLS LAST, first_event`,
    ids,
  );
  return rows.map(requestRow);
}

/** The request that an event belongs to; null when it is none. */
export async function requestOfEvent(connection: Connection, eventId: string): Promise<RequestRow | null> {
  const id = BigInt(eventId);
  const named = await connection.row<{ value: string }>(
    `SELECT n.value FROM entity_ref r JOIN entity n ON n.entity_id = r.entity_id WHERE r.event_id = $1 AND n.kind = 'http_request' ORDER BY n.value LIMIT 1`,
    [id],
  );
  if (named) return (await requestsOf(connection, [named.value]))[0] ?? null;
  const joined = await connection.row<{ value: string }>(
    `SELECT n.value FROM link l JOIN entity_ref r ON r.event_id = CASE WHEN l.kind = 'access_line' THEN l.from_event ELSE l.to_event END JOIN entity n ON n.entity_id = r.entity_id
     WHERE n.kind = 'http_request' AND ((l.kind = 'access_line' AND l.to_event = $1) OR (l.kind = 'proxy_line' AND l.from_event = $1)) ORDER BY n.value LIMIT 1`,
    [id],
  );
  if (joined) return (await requestsOf(connection, [joined.value]))[0] ?? null;
  const rows = await connection.rows<Raw>(
    `SELECT ${COLUMNS} FROM requests WHERE request_id IS NULL AND (first_event = $1 OR list_contains(event_ids, $1)) LIMIT 1`,
    [id],
  );
  return rows[0] ? requestRow(rows[0]) : null;
}
