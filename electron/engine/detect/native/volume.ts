// Spikes and drops of a component's lines or errors against its own median per five minutes.
import type { Threshold } from '../thresholds.ts';
import type { NativeCheck } from './native-check.ts';

const BUCKET: Threshold = {
  name: 'bucket',
  value: 300,
  unit: 'seconds',
  least: 10,
  most: 86_400,
  about: 'width of the buckets that are counted',
};
const BUCKETS: Threshold = {
  name: 'buckets',
  value: 24,
  unit: 'values',
  least: 6,
  most: 1_000_000,
  about: 'fewest buckets with a line that make a baseline',
};
const MAD: Threshold = {
  name: 'deviations',
  value: 8,
  unit: 'times',
  least: 2,
  most: 1000,
  about: 'how many deviations (1.4826 MAD) from the median',
};
const SHARE: Threshold = {
  name: 'stretches',
  value: 3,
  unit: 'times',
  least: 1,
  most: 1000,
  about: 'most stretches of one component; with more it is its habit',
};
const TIMES: Threshold = {
  name: 'times',
  value: 5,
  unit: 'times',
  least: 1.5,
  most: 1000,
  about: 'how many times the median',
};
const LEAST = (value: number, about: string): Threshold => ({
  name: 'least',
  value,
  unit: 'events',
  least: 1,
  most: 1_000_000,
  about,
});

/**
 * Lines of a component of a node per bucket, with median and MAD over its buckets with a line: a long silence is no part of
 * the baseline. `what` says which lines count; `flag` which buckets stand out; they come out as stretches.
 */
const stretches = (t: Record<string, number>, what: string, flag: string) => `counted AS (
  SELECT node, system, component, epoch_us(ts) // ${t.bucket! * 1e6}::BIGINT AS bucket, count(*) FILTER (${what}) AS n, count(*) AS lines
  FROM events WHERE ts_basis NOT IN ('neighbour', 'none') AND system IS NOT NULL AND component IS NOT NULL GROUP BY ALL
), based AS (
  SELECT *, median(n) OVER w AS usual, mad(n) OVER w AS mad, count(*) OVER w AS buckets
  FROM counted WINDOW w AS (PARTITION BY node, system, component)
), measured AS (
  SELECT *, greatest(1.4826 * mad, sqrt(usual), 1) AS deviation,
    min(bucket) FILTER (n * 2 >= usual) OVER w AS first_usual, max(bucket) FILTER (n * 2 >= usual) OVER w AS last_usual
  FROM based WHERE buckets >= ${t.buckets} WINDOW w AS (PARTITION BY node, system, component)
), flagged AS (
  SELECT *, CASE WHEN bucket - lag(bucket) OVER (PARTITION BY node, system, component ORDER BY bucket) <= 2 THEN 0 ELSE 1 END AS fresh
  FROM measured WHERE ${flag}
), numbered AS (
  SELECT *, sum(fresh) OVER (PARTITION BY node, system, component ORDER BY bucket ROWS UNBOUNDED PRECEDING) AS stretch FROM flagged
), stretch AS (
  SELECT node, system, component, stretch, min(bucket) AS low, max(bucket) AS high, count(*) AS wide, max(n) AS most, min(n) AS fewest, any_value(usual) AS usual,
    sum(n) AS events
  FROM numbered GROUP BY node, system, component, stretch
  QUALIFY count(*) OVER (PARTITION BY node, system, component) <= ${t.stretches}
)`;

const rows = (t: Record<string, number>, what: string, facts: string, role: string, only = '') => `
SELECT [s.system || ' ' || s.component, ${facts}] AS g, s.low AS island, e.event_id, e.ts, e.node, e.system, '${role}' AS role
FROM stretch AS s JOIN events AS e ON e.node IS NOT DISTINCT FROM s.node AND e.system = s.system AND e.component = s.component
  AND e.ts >= make_timestamp(s.low * ${t.bucket! * 1e6}::BIGINT) AND e.ts < make_timestamp((s.high + 1) * ${t.bucket! * 1e6}::BIGINT)
WHERE ${what} AND e.ts_basis NOT IN ('neighbour', 'none')${only}
QUALIFY row_number() OVER (PARTITION BY s.node, s.system, s.component, s.low ORDER BY e.ts, e.event_id) <= 200
  OR row_number() OVER (PARTITION BY s.node, s.system, s.component, s.low ORDER BY e.ts DESC, e.event_id DESC) = 1`;

const FACTS = `CAST(s.events AS VARCHAR), CAST(CAST(s.most AS BIGINT) AS VARCHAR), CAST(round(s.usual, 1) AS VARCHAR)`;
const GROUPS = ['component', 'events', 'highest', 'usual'];
const ERRORS = `level >= 'error'::log_level`;

export const errorSpike: NativeCheck = {
  thresholds: [BUCKET, BUCKETS, MAD, TIMES, SHARE, LEAST(20, 'fewest errors of a bucket')],
  groupNames: GROUPS,
  query: (t) => ({
    sql: `WITH ${stretches(t, ERRORS, `n >= ${t.least} AND n > usual + ${t.deviations} * deviation AND n >= ${t.times} * usual`)}${rows(t, ERRORS, FACTS, 'error')}`,
    values: [],
  }),
};

export const volumeSpike: NativeCheck = {
  thresholds: [BUCKET, BUCKETS, MAD, TIMES, SHARE, LEAST(200, 'fewest lines of a bucket')],
  groupNames: GROUPS,
  query: (t) => ({
    sql: `WITH ${stretches(t, 'true', `n >= ${t.least} AND n > usual + ${t.deviations} * deviation AND n >= ${t.times} * usual`)}${rows(t, 'true', FACTS, 'line of the spike')}`,
    values: [],
  }),
};

export const volumeDrop: NativeCheck = {
  thresholds: [
    BUCKET,
    BUCKETS,
    MAD,
    SHARE,
    LEAST(100, 'smallest median of lines that can drop'),
    { ...TIMES, about: 'how many times fewer than the median' },
  ],
  groupNames: ['component', 'events', 'lowest', 'usual'],
  query: (t) => ({
    // a steady component that comes back to its usual lines; one bucket alone is chance
    sql: `WITH ${stretches(
      t,
      'true',
      `usual >= ${t.least} AND mad <= 0.3 * usual AND n <= usual / ${t.times} AND n < usual - ${t.deviations} * deviation AND bucket > first_usual AND bucket < last_usual`,
    )}${rows(t, 'true', `CAST(s.events AS VARCHAR), CAST(CAST(s.fewest AS BIGINT) AS VARCHAR), CAST(round(s.usual, 1) AS VARCHAR)`, 'line in the drop', ' AND s.wide >= 2')}`,
    values: [],
  }),
};
