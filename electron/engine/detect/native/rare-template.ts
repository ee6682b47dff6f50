// Kinds of lines that a busy component wrote once or twice, away from its starts and stops.
import type { Threshold } from '../thresholds.ts';
import type { NativeCheck, NativeTable } from './native-check.ts';
import { FILES } from './records.ts';

/** Kinds of lines by component of a system; the masks' kinds are merged already (derive/templates.ts). */
const KINDS: NativeTable = {
  name: 'native_template',
  sql: `
SELECT t.merged_id AS template_id, k.system, k.component, any_value(t.text) AS template, max(k.level) AS level, count(*) AS events,
  min(e.event_id) AS first_id, max(e.event_id) AS last_id
FROM event_row AS e JOIN event_kind AS k ON k.kind_id = e.kind_id JOIN template AS t ON t.template_id = e.template_id
WHERE k.system IS NOT NULL AND k.component IS NOT NULL GROUP BY t.merged_id, k.system, k.component`,
};

const THRESHOLDS: Threshold[] = [
  {
    name: 'seen',
    value: 2,
    unit: 'events',
    least: 1,
    most: 100,
    about: 'how often a rare kind of line comes at most',
  },
  {
    name: 'events',
    value: 2000,
    unit: 'events',
    least: 50,
    most: 1_000_000_000,
    about: 'fewest events of a component that has rare kinds',
  },
  {
    name: 'kinds',
    value: 10,
    unit: 'values',
    least: 1,
    most: 1000,
    about: 'most rare kinds of a component; with more, its lines are free text',
  },
  {
    name: 'edge',
    value: 60,
    unit: 'seconds',
    least: 0,
    most: 86_400,
    about: 'around a start, a stop and the ends of a file, where rare lines are usual',
  },
];

const query = (t: Record<string, number>, which: (kind: string) => string) => `WITH busy AS (
  SELECT system, component FROM native_template AS k GROUP BY system, component
  HAVING sum(events) >= ${t.events} AND count(*) FILTER (events <= ${t.seen} AND ${which('k')}) <= ${t.kinds}
), rare AS (
  SELECT r.*, e.event_id, e.ts, e.node, e.file_id FROM native_template AS r
  JOIN busy AS b ON b.system = r.system AND b.component = r.component
  JOIN events AS e ON e.event_id IN (r.first_id, r.last_id)
  WHERE r.events <= ${t.seen} AND ${which('r')}
), turn AS (
  SELECT node, system, ts FROM events WHERE category = 'process' AND action IN ('start', 'stop', 'restart', 'crash', 'log_open', 'worker_start', 'worker_exit')
    AND ts IS NOT NULL AND system IN (SELECT system FROM rare)
), inner_one AS (
  SELECT r.* FROM rare AS r JOIN native_file AS f ON f.file_id = r.file_id
  WHERE r.ts IS NOT NULL AND r.ts - f.first_ts > INTERVAL ${t.edge} SECONDS AND f.last_ts - r.ts > INTERVAL ${t.edge} SECONDS
    AND NOT EXISTS (SELECT 1 FROM turn AS u WHERE u.node IS NOT DISTINCT FROM r.node AND u.system = r.system
      AND u.ts BETWEEN r.ts - INTERVAL ${t.edge} SECONDS AND r.ts + INTERVAL ${t.edge} SECONDS)
)
SELECT [system || ' ' || component, left(template, 200), CAST(events AS VARCHAR), coalesce(CAST(level AS VARCHAR), 'none')] AS g, 0 AS island,
  event_id, ts, node, system, 'rare line' AS role
FROM inner_one`;

const GROUPS = ['component', 'template', 'times', 'level'];

export const rareError: NativeCheck = {
  thresholds: THRESHOLDS,
  groupNames: GROUPS,
  tables: [FILES, KINDS],
  query: (t) => ({ sql: query(t, (k) => `${k}.level >= 'warning'::log_level`), values: [] }),
};

export const rareLine: NativeCheck = {
  thresholds: THRESHOLDS,
  groupNames: GROUPS,
  tables: [FILES, KINDS],
  query: (t) => ({
    sql: query(t, (k) => `(${k}.level IS NULL OR ${k}.level < 'warning'::log_level)`),
    values: [],
  }),
};
