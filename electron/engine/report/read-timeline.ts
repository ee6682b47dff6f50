// The timeline: events that the stronger findings rest on, in time order over all nodes, and the volume around them.
import type { FindingLevel, FindingState } from '../../../shared/model.ts';
import { type Asker, type Numeric, number } from './asker.ts';
import { cutMessage, type PlaceRow, toPlace } from './event-place.ts';
import type { FindingEvents, Findings, Timeline } from './model.ts';
import { readVolume } from './read-volume.ts';
import { ACTIVE, PLACE, TIME_ORDER } from './sql.ts';

/** Rows of the printed timeline; per finding and role the first six and the last two events are candidates. */
export const TIMELINE_ROWS = 400;
/** Rows of the table of all finding events (CSV, JSON). */
export const FINDING_EVENT_ROWS = 50_000;

export async function readTimeline(ask: Asker, findings: Findings): Promise<Timeline> {
  const total = await ask.rows<{ n: Numeric }>(
    'Events that findings of medium and above rest on',
    `
    SELECT count(DISTINCT fe.event_id) AS n
    FROM finding_events fe JOIN findings f ON f.finding_id = fe.finding_id
    WHERE f.level >= 'medium'::finding_level AND ${ACTIVE}`,
  );
  const rows = await ask.rows<PlaceRow & { finding_ids: string[]; message: string | null }>(
    'Timeline: per finding of medium and above and per role the first six and the last two events',
    `
    WITH ranked AS (
      SELECT fe.finding_id, fe.event_id, f.level,
        row_number() OVER (PARTITION BY fe.finding_id, fe.role ORDER BY fe.seq NULLS LAST, fe.event_id) AS head,
        row_number() OVER (PARTITION BY fe.finding_id, fe.role ORDER BY fe.seq DESC NULLS FIRST, fe.event_id DESC) AS tail
      FROM finding_events fe JOIN findings f ON f.finding_id = fe.finding_id
      WHERE f.level >= 'medium'::finding_level AND ${ACTIVE}),
    chosen AS (
      SELECT event_id, list_sort(list(DISTINCT finding_id)) AS finding_ids,
        max(level) AS strongest, min(least(head, tail)) AS depth
      FROM ranked WHERE head <= 6 OR tail <= 2
      GROUP BY event_id),
    kept AS (
      SELECT *, row_number() OVER (ORDER BY depth > 1, strongest DESC, depth, event_id) AS choice FROM chosen)
    SELECT k.finding_ids, ${PLACE}, left(e.message, 1000) AS message
    FROM kept k
    JOIN events e ON e.event_id = k.event_id
    JOIN member m ON m.file_id = e.file_id
    JOIN bundle b ON b.bundle_id = m.bundle_id
    WHERE k.choice <= ${TIMELINE_ROWS}
    ORDER BY ${TIME_ORDER}`,
  );
  const numbers = new Map(findings.entries.map((entry) => [entry.findingId, entry.number]));
  const volume = await readVolume(ask);
  return {
    rule: `Events of findings of medium and above that nobody dismissed or suppressed: of each finding and role the first six and the last two, at most ${TIMELINE_ROWS} in all.`,
    total: number(total[0]?.n ?? 0),
    entries: rows.map((row) => ({
      ...toPlace(row),
      findings: row.finding_ids
        .map((id) => numbers.get(id))
        .filter((n) => n !== undefined)
        .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1))),
      message: cutMessage(row.message, 400),
    })),
    ...volume,
  };
}

export async function readFindingEvents(ask: Asker, findings: Findings): Promise<FindingEvents> {
  const total = await ask.rows<{ n: Numeric }>(
    'Events of all findings',
    'SELECT count(*) AS n FROM finding_events fe JOIN events e ON e.event_id = fe.event_id',
  );
  const rows = await ask.rows<
    PlaceRow & {
      finding_id: string;
      rule_id: string;
      title: string | null;
      finding_level: FindingLevel;
      state: FindingState;
      role: string | null;
      message: string | null;
    }
  >(
    'Table of the events of all findings in time order',
    `
    SELECT f.finding_id, f.rule_id, f.title, f.level AS finding_level, f.state, fe.role, ${PLACE},
      left(e.message, 5000) AS message
    FROM finding_events fe
    JOIN findings f ON f.finding_id = fe.finding_id
    JOIN events e ON e.event_id = fe.event_id
    JOIN member m ON m.file_id = e.file_id
    JOIN bundle b ON b.bundle_id = m.bundle_id
    ORDER BY ${TIME_ORDER}, f.finding_id, fe.role NULLS LAST, fe.seq
    LIMIT ${FINDING_EVENT_ROWS}`,
  );
  const numbers = new Map(findings.entries.map((entry) => [entry.findingId, entry.number]));
  return {
    total: number(total[0]?.n ?? 0),
    rows: rows.map((row) => ({
      ...toPlace(row),
      findingId: row.finding_id,
      number: numbers.get(row.finding_id) ?? '',
      rule: row.rule_id,
      title: row.title ?? row.rule_id,
      findingLevel: row.finding_level,
      state: row.state,
      role: row.role,
      message: cutMessage(row.message, 4000),
    })),
  };
}
