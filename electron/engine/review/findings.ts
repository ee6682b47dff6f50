// Findings as the responder works through them: list, events, state.
import type { EventRow, FindingRow } from '../../../shared/api.ts';
import type { FindingState } from '../../../shared/model.ts';
import { type Connection, type Json, timestamp } from '../case/database.ts';
import { CaseError } from '../case/errors.ts';
import { eventsById } from '../query/events.ts';

const number = (value: Json | undefined): number | null =>
  value === null || value === undefined ? null : Number(value);

/** Strongest first, then in time order. */
export async function listFindings(connection: Connection, only?: string): Promise<FindingRow[]> {
  const rows = await connection.rows<Record<string, Json>>(
    `SELECT finding_id AS "findingId", rule_id AS "ruleId", title, level, attack, node, nodes, systems, epoch_us(first_ts) AS "firstTs",
       epoch_us(last_ts) AS "lastTs", event_count AS "eventCount", group_values AS "groupValues", explanation, state, state_by AS "stateBy",
       epoch_us(state_at) AS "stateAt", state_why AS "stateWhy"
     FROM findings WHERE $1::VARCHAR IS NULL OR finding_id = $1 ORDER BY level DESC, first_ts NULLS LAST, finding_id`,
    [only ?? null],
  );
  return rows.map((row) => ({
    ...(row as unknown as FindingRow),
    attack: (row.attack as string[] | null) ?? [],
    nodes: (row.nodes as string[] | null) ?? [],
    systems: (row.systems as string[] | null) ?? [],
    firstTs: number(row.firstTs),
    lastTs: number(row.lastTs),
    eventCount: Number(row.eventCount),
    groupValues: row.groupValues ? (JSON.parse(row.groupValues as string) as Record<string, unknown>) : {},
    stateAt: number(row.stateAt),
  }));
}

export async function getFinding(connection: Connection, findingId: string): Promise<FindingRow> {
  const finding = (await listFindings(connection, findingId))[0];
  if (!finding)
    throw new CaseError(
      'no_finding',
      `There is no finding ${findingId}. Detection may have run again with other rules; reload the list.`,
    );
  return finding;
}

export async function findingEvents(
  connection: Connection,
  findingId: string,
  offset: number,
  limit: number,
): Promise<{ rows: (EventRow & { role: string })[]; total: number }> {
  const total = Number(
    (await connection.row<{ n: string }>('SELECT count(*) AS n FROM finding_event WHERE finding_id = $1', [
      findingId,
    ]))!.n,
  );
  const refs = await connection.rows<{ id: string; role: string }>(
    `SELECT event_id::VARCHAR AS id, role FROM finding_event WHERE finding_id = $1 ORDER BY seq, event_id LIMIT ${limit} OFFSET ${offset}`,
    [findingId],
  );
  const events = new Map(
    (
      await eventsById(
        connection,
        refs.map((ref) => ref.id),
      )
    ).map((row) => [row.eventId, row]),
  );
  return {
    total,
    rows: refs.flatMap(({ id, role }) => (events.has(id) ? [{ ...events.get(id)!, role }] : [])),
  };
}

/** Kept apart from the finding, so that it survives another run of detection. */
export async function setFindingState(
  connection: Connection,
  findingId: string,
  state: FindingState,
  why: string,
  by: string,
): Promise<void> {
  if (state === 'open') {
    await connection.run('DELETE FROM finding_state WHERE finding_id = $1', [findingId]);
    return;
  }
  if (state === 'dismissed' && why.trim() === '') {
    throw new CaseError(
      'why_missing',
      'A dismissed finding needs a reason, so that others can follow it. Say why and try again.',
      { refusal: 'usage' },
    );
  }
  await connection.run('INSERT OR REPLACE INTO finding_state VALUES ($1, $2, $3, $4, $5)', [
    findingId,
    state,
    by,
    timestamp(Date.now() * 1000),
    why || null,
  ]);
}
