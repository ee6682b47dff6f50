// Events counted by node, system, level and basis of their time, from what derive counted; from the events themselves where
// that is not up to date.
import type { Overview } from '../../../shared/api.ts';
import { LEVELS, type Level, type TsBasis } from '../../../shared/model.ts';
import type { Connection } from '../case/database.ts';
import { TALLY } from '../derive/tally.ts';

export interface EventCounts {
  matrix: Overview['matrix'];
  levels: Overview['levels'];
  systems: Overview['systems'];
  bases: Map<TsBasis, number>;
  undated: number;
}

interface Counted {
  node: string;
  system: string | null;
  level: Level | null;
  basis: TsBasis;
  events: string;
  undated: string;
  first: string | null;
  last: string | null;
}

const SEVERE = LEVELS.indexOf('error');

export async function countEvents(connection: Connection): Promise<EventCounts> {
  const settled = await connection.row<{ same: boolean }>(
    `SELECT (SELECT coalesce(sum(events), 0) FROM event_tally) = (SELECT count(*) FROM event_row) AS same`,
  );
  // the words of the view `events` for the basis
  const rows = await connection.rows<Counted>(
    `SELECT m.node, k.system, k.level::VARCHAR AS level,
       CASE t.ts_kind WHEN 1 THEN 'zone' WHEN 2 THEN CASE coalesce(t.ts_mark, CASE WHEN m.zone_basis = 'file_zone' THEN 1 ELSE 2 END) WHEN 1 THEN 'file_zone' ELSE 'assumed_zone' END
         WHEN 3 THEN 'inferred_year' WHEN 4 THEN 'neighbour' WHEN 5 THEN 'neighbour' ELSE 'none' END AS basis,
       sum(t.events)::BIGINT AS events, sum(t.undated)::BIGINT AS undated, epoch_us(min(t.first_ts)) AS first, epoch_us(max(t.last_ts)) AS last
     FROM ${settled?.same ? 'event_tally' : `(${TALLY})`} t JOIN event_kind k ON k.kind_id = t.kind_id JOIN member m ON m.file_id = t.file_id
     GROUP BY ALL ORDER BY m.node, k.system`,
  );
  const matrix = new Map<string, Overview['matrix'][number]>();
  const levels = new Map<Level | null, number>();
  const systems = new Map<string | null, number>();
  const bases = new Map<TsBasis, number>();
  let undated = 0;
  for (const row of rows) {
    const events = Number(row.events);
    const key = `${row.node}\0${row.system}`;
    const cell = matrix.get(key) ?? {
      node: row.node,
      system: row.system as string,
      events: 0,
      errors: 0,
      firstTs: null,
      lastTs: null,
    };
    matrix.set(key, cell);
    cell.events += events;
    if (row.level !== null && LEVELS.indexOf(row.level) >= SEVERE) cell.errors += events;
    if (row.first !== null)
      cell.firstTs = Math.min(cell.firstTs ?? Number.POSITIVE_INFINITY, Number(row.first));
    if (row.last !== null) cell.lastTs = Math.max(cell.lastTs ?? Number.NEGATIVE_INFINITY, Number(row.last));
    levels.set(row.level, (levels.get(row.level) ?? 0) + events);
    systems.set(row.system, (systems.get(row.system) ?? 0) + events);
    bases.set(row.basis, (bases.get(row.basis) ?? 0) + events);
    undated += Number(row.undated);
  }
  return {
    matrix: [...matrix.values()],
    levels: [...LEVELS, null].flatMap((level) => {
      const events = levels.get(level);
      return events ? [{ level, events }] : [];
    }),
    systems: [...systems]
      .sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : a < b ? -1 : a > b ? 1 : 0))
      .map(([system, events]) => ({ system: system ?? 'other', events })),
    bases,
    undated,
  };
}
