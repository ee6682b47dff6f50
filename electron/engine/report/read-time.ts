// How times are known: zone and clock offset of each node, basis of the events, years that no line states.
import type { TsBasis } from '../../../shared/model.ts';
import { type Asker, type Numeric, number, numberOrNull } from './asker.ts';
import type { NodeTime, TimeBasis } from './model.ts';

export const BASIS_MEANING: Record<TsBasis, string> = {
  zone: 'the line states its offset from UTC',
  file_zone: 'local time; the zone was learned from other lines or from metadata of the file or node',
  assumed_zone: 'local time; the zone is a case setting or an assumption',
  inferred_year: 'the line states no year; it was inferred from the file',
  neighbour: 'the line has no time; that of the dated line beside it stands',
  none: 'nothing can be said of its time',
};
const BASES = Object.keys(BASIS_MEANING) as TsBasis[];

export async function readTimeBasis(ask: Asker): Promise<TimeBasis> {
  const byBasis = await ask.rows<{ node: string | null; basis: TsBasis; events: Numeric }>(
    'Events per node and basis of their time',
    `
    SELECT node, ts_basis AS basis, count(*) AS events
    FROM events
    GROUP BY ALL
    ORDER BY node NULLS LAST, basis`,
  );
  const evidence = await ask.rows<{
    node: string | null;
    minutes: number;
    n: Numeric;
    files: Numeric;
    why: string;
  }>(
    'Observations that tell the zone of a file',
    `
    SELECT m.node, z.offset_minutes AS minutes, z.why, sum(z.count) AS n, count(DISTINCT z.file_id) AS files
    FROM zone_evidence z JOIN member m ON m.file_id = z.file_id
    GROUP BY ALL
    ORDER BY m.node NULLS LAST, minutes, z.why`,
  );
  const nodes = await ask.rows<{
    node: string;
    zone: string | null;
    zone_basis: string | null;
    zone_set: string | null;
    offset_us: Numeric;
    offset_basis: string | null;
    offset_confidence: number | null;
    offset_set: Numeric;
  }>(
    'Zone and clock offset of each node',
    `
    SELECT node, zone, zone_basis, zone_set, clock_offset_us AS offset_us, offset_basis, offset_confidence, offset_set
    FROM node
    ORDER BY node`,
  );
  const years = await ask.rows<{
    node: string | null;
    files: Numeric;
    n: Numeric;
    first_us: Numeric;
    last_us: Numeric;
  }>(
    'Events whose year was inferred',
    `
    SELECT node, count(DISTINCT file_id) AS files, count(*) AS n, epoch_us(min(ts)) AS first_us, epoch_us(max(ts)) AS last_us
    FROM events
    WHERE ts_basis = 'inferred_year'
    GROUP BY node
    ORDER BY node NULLS LAST`,
  );
  const of = (node: string | null, basis: TsBasis) =>
    byBasis.filter((row) => row.basis === basis && (node === null || row.node === node));
  const total = (rows: { events: Numeric }[]) => rows.reduce((sum, row) => sum + number(row.events), 0);
  return {
    nodes: nodes.map(
      (row): NodeTime => ({
        node: row.node,
        zone: row.zone,
        zoneBasis: row.zone_basis,
        zoneSetByHand: row.zone_set !== null,
        clockOffsetUs: number(row.offset_us),
        offsetBasis: row.offset_basis,
        offsetConfidence: row.offset_confidence,
        offsetSetByHand: row.offset_set !== null,
        bases: BASES.map((basis) => ({ basis, events: total(of(row.node, basis)) })).filter(
          (b) => b.events > 0,
        ),
        evidence: evidence
          .filter((item) => item.node === row.node)
          .map((item) => ({
            offsetMinutes: item.minutes,
            observations: number(item.n),
            files: number(item.files),
            why: item.why,
          })),
      }),
    ),
    bases: BASES.map((basis) => ({ basis, meaning: BASIS_MEANING[basis], events: total(of(null, basis)) })),
    years: years.map((row) => ({
      node: row.node ?? '(no node)',
      files: number(row.files),
      events: number(row.n),
      firstTs: numberOrNull(row.first_us),
      lastTs: numberOrNull(row.last_us),
    })),
    assumptions: [
      'All times are UTC. The best time of an event is the time as logged, moved to UTC by the zone of its node or file, plus the clock offset of its node.',
      'A clock that was stepped or drifts is followed in stretches where enough pairs of events show it; between them it can be off by what it moved.',
      'Local times in the hour that a change of summer time repeats are told apart by the order of their lines; where that does not show which is meant, the earlier is taken and the basis is an assumed zone.',
      'The order of two events of one file follows the file; between nodes it is only as good as the zones and offsets below.',
    ],
  };
}
