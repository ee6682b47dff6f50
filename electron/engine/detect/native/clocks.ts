// Clocks that differ between nodes or change within the case, as the pairs of events that two nodes logged prove it.
import type { Threshold } from '../thresholds.ts';
import type { NativeCheck } from './native-check.ts';

const SECONDS: Threshold = {
  name: 'seconds',
  value: 2,
  unit: 'seconds',
  least: 1,
  most: 86_400,
  about: 'smallest difference that counts',
};

const PAIRED = `paired AS (
  SELECT node, from_event AS event_id FROM clock_pairs WHERE agrees
  UNION ALL SELECT other, to_event FROM clock_pairs WHERE agrees
)`;

export const clockOffset: NativeCheck = {
  thresholds: [SECONDS],
  groupNames: ['clock_of', 'seconds', 'direction', 'proof'],
  query: (t) => ({
    sql: `WITH ${PAIRED}, off AS (
  SELECT node, abs(clock_offset_us) / 1e6 AS seconds, CASE WHEN clock_offset_us > 0 THEN 'slow' ELSE 'fast' END AS direction, offset_basis
  FROM nodes WHERE abs(clock_offset_us) >= ${t.seconds! * 1e6}
    AND (SELECT count(*) FROM clock_stretches AS s WHERE s.node = nodes.node) < 2
)
SELECT [o.node, CAST(round(o.seconds, 1) AS VARCHAR), o.direction, coalesce(o.offset_basis, 'set by hand')] AS g, 0 AS island,
  e.event_id, e.ts, e.node, e.system, 'pair that proves it' AS role
FROM off AS o JOIN paired AS p ON p.node = o.node JOIN events AS e ON e.event_id = p.event_id AND e.node = o.node
QUALIFY row_number() OVER (PARTITION BY o.node ORDER BY e.ts, e.event_id) <= 50`,
    values: [],
  }),
};

export const clockDrift: NativeCheck = {
  thresholds: [SECONDS],
  groupNames: ['clock_of', 'from_seconds', 'to_seconds', 'stretches'],
  query: (t) => ({
    sql: `WITH ${PAIRED}, drift AS (
  SELECT node, count(*) AS stretches, arg_min(clock_offset_us, coalesce(from_ts, '0001-01-01'::TIMESTAMP)) / 1e6 AS first_s,
    arg_max(clock_offset_us, coalesce(from_ts, '0001-01-01'::TIMESTAMP)) / 1e6 AS last_s
  FROM clock_stretches GROUP BY node
  HAVING count(*) > 1 AND max(clock_offset_us) - min(clock_offset_us) >= ${t.seconds! * 1e6}
)
SELECT [d.node, CAST(round(d.first_s, 1) AS VARCHAR), CAST(round(d.last_s, 1) AS VARCHAR), CAST(d.stretches AS VARCHAR)] AS g, 0 AS island,
  e.event_id, e.ts, e.node, e.system, 'pair that proves it' AS role
FROM drift AS d JOIN paired AS p ON p.node = d.node JOIN events AS e ON e.event_id = p.event_id AND e.node = d.node
QUALIFY row_number() OVER (PARTITION BY d.node ORDER BY e.ts, e.event_id) <= 50`,
    values: [],
  }),
};

export const clockUnproven: NativeCheck = {
  thresholds: [
    SECONDS,
    {
      name: 'pairs',
      value: 3,
      unit: 'events',
      least: 1,
      most: 10_000,
      about: 'fewest pairs that contradict the times in use',
    },
    {
      name: 'share',
      value: 50,
      unit: 'percent',
      least: 1,
      most: 100,
      about: 'share of the pairs of two nodes that contradict them',
    },
  ],
  groupNames: ['one', 'other', 'seconds', 'contradicting', 'pairs'],
  query: (t) => ({
    // by how much the times in use break a pair's bounds
    sql: `WITH pair AS (
  SELECT p.node, p.other, p.from_event, p.to_event,
    greatest(coalesce(p.low_us - moved, 0), coalesce(moved - p.high_us, 0)) / 1e6 AS broken
  FROM (SELECT q.*, (epoch_us(a.ts) - epoch_us(a.ts_logged)) - (epoch_us(b.ts) - epoch_us(b.ts_logged)) AS moved
    FROM clock_pairs AS q JOIN events AS a ON a.event_id = q.from_event JOIN events AS b ON b.event_id = q.to_event) AS p
), judged AS (
  SELECT *, count(*) OVER w AS pairs, count(*) FILTER (broken > ${t.seconds}) OVER w AS contradicting,
    quantile_cont(broken, 0.5) FILTER (broken > ${t.seconds}) OVER w AS usual
  FROM pair WINDOW w AS (PARTITION BY node, other)
)
SELECT [j.node, j.other, CAST(round(j.usual, 1) AS VARCHAR), CAST(j.contradicting AS VARCHAR), CAST(j.pairs AS VARCHAR)] AS g, 0 AS island,
  e.event_id, e.ts, e.node, e.system, 'pair that contradicts' AS role
FROM judged AS j JOIN events AS e ON e.event_id IN (j.from_event, j.to_event)
WHERE j.broken > ${t.seconds} AND j.contradicting >= ${t.pairs} AND j.contradicting >= j.pairs * ${t.share! / 100}
QUALIFY row_number() OVER (PARTITION BY j.node, j.other ORDER BY e.ts, e.event_id) <= 50`,
    values: [],
  }),
};
