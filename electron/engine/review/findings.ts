// Findings as the responder works through them: list, events, state.
import type { EventRow, FindingRow } from '../../../shared/api.ts';
import type { FindingState } from '../../../shared/model.ts';
import { type Connection, type Json, list, timestamp } from '../case/database.ts';
import { CaseError } from '../case/errors.ts';
import { eventsById } from '../query/events.ts';

const number = (value: Json | undefined): number | null =>
  value === null || value === undefined ? null : Number(value);

/** Strongest first, then in time order. */
export async function listFindings(connection: Connection, only?: string[]): Promise<FindingRow[]> {
  const rows = await connection.rows<Record<string, Json>>(
    `SELECT finding_id AS "findingId", rule_id AS "ruleId", title, level, attack, node, nodes, systems, epoch_us(first_ts) AS "firstTs",
       epoch_us(last_ts) AS "lastTs", event_count AS "eventCount", group_values AS "groupValues", explanation, state, state_by AS "stateBy",
       epoch_us(state_at) AS "stateAt", state_why AS "stateWhy",
       (SELECT suppression_id FROM finding_suppressed u WHERE u.finding_id = findings.finding_id
         AND NOT EXISTS (FROM finding_state s WHERE s.finding_id = u.finding_id)) AS "suppressionId"
     FROM findings WHERE $1::VARCHAR[] IS NULL OR finding_id IN (SELECT unnest($1::VARCHAR[])) ORDER BY level DESC, first_ts NULLS LAST, finding_id`,
    [only === undefined ? null : list(only)],
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
  const finding = (await listFindings(connection, [findingId]))[0];
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

/**
 * Sets the state of many findings at once and answers their rows. Kept apart from the findings, so that it survives
 * another run of detection. All or none: an id that is not there changes nothing.
 */
export async function setFindingStates(
  connection: Connection,
  findingIds: string[],
  state: FindingState,
  why: string,
  by: string,
): Promise<FindingRow[]> {
  if (state === 'dismissed' && why.trim() === '') {
    throw new CaseError(
      'why_missing',
      'A dismissed finding needs a reason, so that others can follow it. Say why and try again.',
      { refusal: 'usage' },
    );
  }
  const known = new Set((await listFindings(connection, findingIds)).map((f) => f.findingId));
  const missing = findingIds.find((id) => !known.has(id));
  if (missing !== undefined) await getFinding(connection, missing);
  const ids = list([...known]);
  await connection.run('BEGIN TRANSACTION');
  try {
    await connection.run('DELETE FROM finding_state WHERE finding_id IN (SELECT unnest($1::VARCHAR[]))', [
      ids,
    ]);
    await connection.run(
      `INSERT INTO finding_state SELECT finding_id, $2, $3, $4, $5::VARCHAR FROM finding f
      WHERE finding_id IN (SELECT unnest($1::VARCHAR[])) AND ${NEEDS_ROW}`,
      [ids, state, by, timestamp(Date.now() * 1000), why || null],
    );
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => 0);
    throw error;
  }
  return listFindings(connection, findingIds);
}

/** What a suppression says, or its absence, needs no row: so that undoing gives back the finding as it was. */
const NEEDS_ROW = `CASE $2
  WHEN 'open' THEN EXISTS (FROM finding_suppressed u WHERE u.finding_id = f.finding_id)
  WHEN 'suppressed' THEN NOT EXISTS (
    FROM finding_suppressed u JOIN suppression s ON s.suppression_id = u.suppression_id
    WHERE u.finding_id = f.finding_id AND coalesce($5::VARCHAR, s.reason) = s.reason)
  ELSE true END`;
