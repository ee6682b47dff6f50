// The same run of records twice in one log: pasted again, with its times or with times moved. See docs/native-checks.md.
import type { NativeCheck } from './native-check.ts';
import { FILES, RECORDS } from './records.ts';

/** Records whose key occurs a second time in the log, each with the time before. `number` is the place in the file. */
const occurrence = (key: string, most: number) => `
  SELECT '${key}' AS kind, node, log, file_id, event_id, event_id & 4294967295 AS number, ts_logged, ${key} AS key,
    lag(file_id) OVER w AS from_file, lag(event_id) OVER w AS from_event, lag(event_id & 4294967295) OVER w AS from_number,
    epoch_us(ts_logged) - epoch_us(lag(ts_logged) OVER w) AS shift
  FROM (
    SELECT r.*, f.node, f.log FROM native_record AS r JOIN native_file AS f ON f.file_id = r.file_id
    WHERE r.dated AND NOT r."copy" AND NOT r."foreign" AND r.${key} IN (
      SELECT x.${key} FROM native_record AS x WHERE x.dated AND NOT x."copy" AND NOT x."foreign"
      GROUP BY x.${key} HAVING count(*) BETWEEN 2 AND ${most})
  ) WINDOW w AS (PARTITION BY node, log, ${key} ORDER BY event_id)`;

const sql = (t: Record<string, number>) => `WITH again AS (
  FROM (${occurrence('twin', 16)}) WHERE from_event IS NOT NULL
  UNION ALL
  -- with other times the text alone must be the same, by the same difference, to the microsecond
  FROM (${occurrence('text', 4)}) WHERE from_event IS NOT NULL AND shift <> 0
), broken AS (
  SELECT *, CASE WHEN number - lag(number) OVER w <= CASE WHEN kind = 'twin' THEN 1 ELSE 5 END THEN 0 ELSE 1 END AS fresh
  FROM again WINDOW w AS (PARTITION BY kind, file_id, from_file, number - from_number, shift ORDER BY number)
), island AS (
  SELECT *, sum(fresh) OVER (PARTITION BY kind, file_id, from_file, number - from_number, shift ORDER BY number ROWS UNBOUNDED PRECEDING) AS part
  FROM broken
), block AS (
  SELECT kind, node, log, file_id, from_file, number - from_number AS distance, shift, part, count(*) AS records, count(DISTINCT key) AS kinds,
    min(number) AS low, max(number) AS high, min(from_number) AS from_low, max(from_number) AS from_high,
    count(DISTINCT ts_logged) AS times, min(event_id) AS first_id
  FROM island GROUP BY ALL
  HAVING count(*) >= ${t.records} AND count(DISTINCT ts_logged) >= ${t.times}
    AND (kind = 'twin' AND count(DISTINCT key) >= count(*) / 2 OR count(DISTINCT key) = count(*)
      AND count(DISTINCT ts_logged) >= count(*) / 2 AND max(ts_logged) - min(ts_logged) >= INTERVAL 5 SECONDS)
), judged AS (
  SELECT b.*, f.path, g.path AS from_path FROM block AS b
  JOIN native_file AS f ON f.file_id = b.file_id JOIN native_file AS g ON g.file_id = b.from_file
  WHERE (b.file_id <> b.from_file OR b.low > b.from_high)
    -- a copy of a whole file, and the edge that a rotation copies, are no paste
    AND (b.file_id = b.from_file OR b.records < 0.8 * least(f.records, g.records)
      AND NOT (b.from_high >= g.records - 1 AND b.low = 0) AND NOT (b.high >= f.records - 1 AND b.from_low = 0))
), told AS (
  -- a block found by its times is not told again by its text
  SELECT *, [log, CAST(records AS VARCHAR), from_path, path,
    CASE WHEN shift = 0 THEN 'the same times' ELSE 'times moved by ' || CAST(round(shift / 1e6, 1) AS VARCHAR) || ' s' END] AS facts
  FROM judged QUALIFY row_number() OVER (PARTITION BY file_id, from_file, distance, low // 1000 ORDER BY records DESC, kind DESC) = 1
)
SELECT b.facts AS g, b.first_id AS island, e.event_id, e.ts, e.node, e.system, CASE WHEN e.event_id = i.event_id THEN 'again' ELSE 'first time' END AS role
FROM told AS b JOIN island AS i ON i.kind = b.kind AND i.file_id = b.file_id AND i.from_file = b.from_file AND i.shift = b.shift
  AND i.number - i.from_number = b.distance AND i.number BETWEEN b.low AND least(b.high, b.low + 499)
JOIN events AS e ON e.event_id IN (i.event_id, i.from_event)`;

export const duplicatedBlock: NativeCheck = {
  thresholds: [
    {
      name: 'records',
      value: 10,
      unit: 'events',
      least: 3,
      most: 100_000,
      about: 'shortest run of records that comes twice',
    },
    {
      name: 'times',
      value: 3,
      unit: 'values',
      least: 1,
      most: 100_000,
      about: 'fewest different times within the run',
    },
  ],
  groupNames: ['log', 'records', 'first_file', 'second_file', 'difference'],
  tables: [FILES, RECORDS],
  query: (t) => ({ sql: sql(t), values: [] }),
};
