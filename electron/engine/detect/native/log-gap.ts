// A steady log that stops and goes on: cut out, switched off, or its writer stood still. See docs/native-checks.md.
import type { NativeCheck } from './native-check.ts';
import { FILES, RECORDS } from './records.ts';

/** A line that pauses more often, or is there for less of the time, comes in bursts. */
const sql = (t: Record<string, number>) => `WITH slot AS (
  -- a silence is longer than a slot, so its ends are the ends of slots
  SELECT f.node, f.log AS name, epoch_us(r.ts) // ${Math.max(1, Math.round(t.silence! * 5e5))}::BIGINT AS slot,
    min(r.ts) AS first_ts, arg_min(r.event_id, (r.ts, r.event_id)) AS first_id, max(r.ts) AS last_ts, arg_max(r.event_id, (r.ts, r.event_id)) AS last_id
  FROM native_record AS r JOIN native_file AS f ON f.file_id = r.file_id WHERE r.dated GROUP BY f.node, f.log, slot
), silence AS (
  SELECT s.node, s.name, k.system, s.after_id, s.after_ts, s.before_id, s.before_ts FROM (
    SELECT node, name, first_id AS after_id, first_ts AS after_ts, lag(last_id) OVER w AS before_id, lag(last_ts) OVER w AS before_ts
    FROM slot WINDOW w AS (PARTITION BY node, name ORDER BY slot)
  ) AS s JOIN native_record AS r ON r.event_id = s.after_id JOIN event_kind AS k ON k.kind_id = r.kind_id
  WHERE s.after_ts - s.before_ts > INTERVAL ${t.silence} SECONDS
), beat AS (
  -- lines of logs with a silence, by what recurs: the request and its client, or the text without its numbers
  SELECT l.node, l.log AS name, e.ts, e.event_id,
    hash(e.component, e.src_ip, e.http_method, e.http_path,
      regexp_replace(left(e.message, 80), '[0-9a-fA-F]{6,}|[0-9]+([.,:][0-9]+)*', '#', 'g')) AS stream,
    coalesce(e.http_method || ' ' || left(e.http_path, 80) || coalesce(' from ' || e.src_ip, ''), left(e.message, 80)) AS line
  FROM events AS e JOIN native_file AS l ON l.file_id = e.file_id
  WHERE e.ts IS NOT NULL AND e.ts_basis NOT IN ('neighbour', 'none')
    AND EXISTS (SELECT 1 FROM silence AS s WHERE s.node IS NOT DISTINCT FROM l.node AND s.name = l.log)
), paused AS (
  SELECT *, epoch_us(ts) - epoch_us(lag(ts) OVER w) AS pause, lag(ts) OVER w AS previous, row_number() OVER w AS number
  FROM beat WINDOW w AS (PARTITION BY node, name, stream ORDER BY ts, event_id)
), rhythm AS (
  SELECT node, name, stream, count(*) AS beats, median(pause) AS usual, quantile_cont(pause, 0.95) AS p95
  FROM paused GROUP BY node, name, stream HAVING count(*) >= ${t.beats}
), steady AS (
  SELECT r.node, r.name, r.stream, any_value(r.beats) AS beats, any_value(r.usual) AS usual, any_value(r.p95) AS p95,
    any_value(p.line) AS line,
    sum(p.pause) AS whole, sum(CASE WHEN p.pause <= 3 * r.p95 THEN p.pause ELSE 0 END) AS covered
  FROM rhythm AS r JOIN paused AS p ON p.node IS NOT DISTINCT FROM r.node AND p.name = r.name AND p.stream = r.stream
  WHERE r.usual > 0 AND p.pause IS NOT NULL
  GROUP BY r.node, r.name, r.stream
  HAVING avg(CASE WHEN p.pause BETWEEN r.usual * 0.5 AND r.usual * 1.5 THEN 1 ELSE 0 END) >= ${t.steady! / 100}
    AND count(*) FILTER (p.pause > ${t.pauses} * r.p95) <= ${t.silences}
), gap AS (
  -- the steady line runs up to the silence and again from its end
  SELECT s.*, t.usual, t.p95, t.line
  FROM silence AS s
  JOIN steady AS t ON t.node IS NOT DISTINCT FROM s.node AND t.name = s.name
  JOIN paused AS p ON p.node IS NOT DISTINCT FROM s.node AND p.name = s.name AND p.stream = t.stream
    AND p.previous <= s.before_ts AND p.ts >= s.after_ts
  WHERE epoch_us(s.after_ts) - epoch_us(s.before_ts) > ${t.pauses} * t.p95
    AND epoch_us(s.before_ts) - epoch_us(p.previous) <= 3 * t.p95 AND epoch_us(p.ts) - epoch_us(s.after_ts) <= 3 * t.p95
    AND p.number > 10 AND t.beats - p.number >= 2
    AND t.covered >= ${t.covered! / 100} * (t.whole - p.pause)
  QUALIFY row_number() OVER (PARTITION BY s.after_id ORDER BY t.p95, t.beats DESC, t.line) = 1
), elsewhere AS (
  SELECT g.after_id, count(*) AS events, count(*) FILTER (f.node IS NOT DISTINCT FROM g.node) AS here
  FROM gap AS g JOIN native_record AS r ON r.ts > g.before_ts + to_microseconds(CAST(g.p95 AS BIGINT))
    AND r.ts < g.after_ts - to_microseconds(CAST(g.p95 AS BIGINT)) AND r.dated
  JOIN native_file AS f ON f.file_id = r.file_id
  WHERE NOT (f.node IS NOT DISTINCT FROM g.node AND f.log = g.name)
  GROUP BY g.after_id
), told AS (
  SELECT g.*, [g.name, g.line, CAST(round(g.usual / 1e6, 1) AS VARCHAR), CAST(x.here AS VARCHAR), CAST(x.events - x.here AS VARCHAR)] AS facts,
    row_number() OVER (ORDER BY g.before_ts, g.after_id) AS island
  FROM gap AS g JOIN elsewhere AS x ON x.after_id = g.after_id
)
SELECT facts AS g, island, before_id AS event_id, before_ts AS ts, node, system, 'before the gap' AS role FROM told
UNION ALL
SELECT facts, island, after_id, after_ts, node, system, 'after the gap' FROM told`;

export const logGap: NativeCheck = {
  thresholds: [
    {
      name: 'silence',
      value: 30,
      unit: 'seconds',
      least: 1,
      most: 86_400,
      about: 'shortest silence of a log that is looked at',
    },
    {
      name: 'pauses',
      value: 10,
      unit: 'times',
      least: 2,
      most: 1000,
      about: "how much longer than the steady line's 95th percentile of pauses the silence is",
    },
    {
      name: 'beats',
      value: 40,
      unit: 'events',
      least: 5,
      most: 1_000_000,
      about: 'fewest occurrences of a steady line',
    },
    {
      name: 'steady',
      value: 80,
      unit: 'percent',
      least: 10,
      most: 100,
      about: "steady line's pauses within half to one and a half of the usual one",
    },
    {
      name: 'silences',
      value: 3,
      unit: 'times',
      least: 1,
      most: 100,
      about: 'most silences of one steady line; what pauses more often comes in bursts',
    },
    {
      name: 'covered',
      value: 60,
      unit: 'percent',
      least: 10,
      most: 100,
      about: 'share of its time that a steady line covers, the silence apart',
    },
  ],
  groupNames: ['log', 'steady_line', 'usual_seconds', 'events_of_same_node', 'events_of_other_nodes'],
  tables: [FILES, RECORDS],
  query: (thresholds) => ({ sql: sql(thresholds), values: [] }),
};
