// Rotated files of one log: a member that is missing between others, and members whose times contradict their numbers.
import type { Threshold } from '../thresholds.ts';
import type { NativeCheck } from './native-check.ts';
import { EDGES, FILES, RECORDS, ROTATED } from './records.ts';

const SLACK: Threshold = {
  name: 'slack',
  value: 60,
  unit: 'seconds',
  least: 1,
  most: 86_400,
  about: 'shortest time between two members that is a hole, or by which they contradict their numbers',
};

/** Neighbours by number: `older` has the higher one. */
const PAIRS = `pair AS (
  SELECT node, log, path AS newer, number AS newer_number, first_ts AS newer_first, last_ts AS newer_last, file_id AS newer_file,
    lead(path) OVER w AS older, lead(number) OVER w AS older_number, lead(first_ts) OVER w AS older_first,
    lead(last_ts) OVER w AS older_last, lead(file_id) OVER w AS older_file
  FROM native_rotated WHERE records > 0
  WINDOW w AS (PARTITION BY node, log ORDER BY number)
)`;

const rows = (facts: string, from: string) => `
SELECT ${facts} AS g, p.newer_file AS island, e.event_id, e.ts, p.node, e.system,
  CASE WHEN e.file_id = p.older_file THEN 'older file' ELSE 'newer file' END AS role
FROM ${from} AS p JOIN native_edge AS o ON o.file_id = p.older_file JOIN native_edge AS n ON n.file_id = p.newer_file
JOIN events AS e ON e.event_id IN (o.last_dated, n.first_dated)`;

export const rotatedFileMissing: NativeCheck = {
  thresholds: [SLACK],
  groupNames: ['log', 'missing', 'older_file', 'newer_file'],
  tables: [FILES, RECORDS, EDGES, ROTATED],
  query: (t) => ({
    sql: `WITH ${PAIRS}, missing AS (
  SELECT p.*, list(n.number ORDER BY n.number) AS absent
  FROM pair AS p, LATERAL (SELECT unnest(range(p.newer_number + 1, p.older_number)) AS number) AS n
  WHERE p.newer_first - p.older_last > INTERVAL ${t.slack} SECONDS
    AND NOT EXISTS (SELECT 1 FROM native_rotated AS r
      WHERE r.node IS NOT DISTINCT FROM p.node AND r.log = p.log AND r.number = n.number)
  GROUP BY ALL
)${rows("[p.log, list_aggregate(list_transform(p.absent, n -> '.' || n), 'string_agg', ', '), p.older, p.newer]", 'missing')}`,
    values: [],
  }),
};

export const rotationOutOfOrder: NativeCheck = {
  thresholds: [SLACK],
  groupNames: ['log', 'newer_number', 'older_number'],
  tables: [FILES, RECORDS, EDGES, ROTATED],
  query: (t) => ({
    sql: `WITH ${PAIRS}, judged AS (
  SELECT *, older_first - newer_first > INTERVAL ${t.slack} SECONDS AS wrong, newer_first - older_first > INTERVAL ${t.slack} SECONDS AS fits,
    newer_number <= 0 AND newer = log AS current
  FROM pair WHERE older IS NOT NULL AND older_first IS NOT NULL AND newer_first IS NOT NULL
), schemed AS (
  -- some programs number from old to new: then all numbers do
  SELECT *, count(*) FILTER (wrong AND NOT current) OVER s AS falling, count(*) FILTER (fits AND NOT current) OVER s AS rising
  FROM judged WINDOW s AS (PARTITION BY node, log)
)${rows('[p.log, p.newer, p.older]', '(FROM schemed WHERE wrong AND (rising > 0 OR current AND falling = 0))')}`,
    values: [],
  }),
};
