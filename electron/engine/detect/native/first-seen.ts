// Values that a case shows for the first time after a learning period: users, addresses, agents, images, entry points, tasks.
import type { Threshold } from '../thresholds.ts';
import type { NativeCheck, NativeTable } from './native-check.ts';

const LEARN: Threshold[] = [
  {
    name: 'learn',
    value: 50,
    unit: 'percent',
    least: 10,
    most: 90,
    about: "share of a system's time in the case in which what is there is learned",
  },
  {
    name: 'period',
    value: 3600,
    unit: 'seconds',
    least: 60,
    most: 31_536_000,
    about: 'shortest learning period',
  },
  {
    name: 'learned',
    value: 100,
    unit: 'events',
    least: 10,
    most: 1_000_000,
    about: 'fewest events with a value of the kind in the learning period',
  },
  {
    name: 'new',
    value: 5,
    unit: 'values',
    least: 1,
    most: 1000,
    about: 'most new values of a kind; with more, new ones are usual there',
  },
];

const AGENT = ['http.request.useragent', 'useragent', 'http.useragent', 'request.useragent', 'user_agent']
  .map((key) => `e.fields->>'$."${key}"'`)
  .join(', ');

/** Values of one kind by system: when each came first and how often. Time and event as one number: the least is the first. */
const kind = (name: string, value: string, from: string): string => `
SELECT system, '${name}' AS kind, value, min((epoch_us(ts)::HUGEINT << 63) + event_id) AS first, count(*) AS events
FROM (SELECT e.event_id, e.ts, e.system, ${value} AS value FROM ${from}) WHERE value IS NOT NULL AND system IS NOT NULL AND epoch_us(ts) >= 0
GROUP BY system, value`;

/** Of a user agent the product (`docker` of `docker/24.0.7 go/...`): the rest changes with every version. */
const PROGRAM = `nullif(regexp_extract(coalesce(${AGENT}), '^[^/ ([]+'), '')`;
/** Of an entry point the first two words: the rest changes with every argument. */
const ENTRY = `nullif(regexp_extract(e.fields->>'$."entrypoint"', '^[^ ]+( +[^ ]+)?'), '')`;

const VALUES: NativeTable = {
  name: 'native_value',
  sql: `
SELECT system, kind, value, make_timestamp((first >> 63)::BIGINT) AS first_ts, (first & 9223372036854775807)::BIGINT AS first_id, events
FROM (${[
    kind('client address', 'e.src_ip', 'events AS e WHERE e.src_ip IS NOT NULL'),
    kind('user', 'e.user_name', `events AS e WHERE e.user_name IS NOT NULL AND e.user_name <> '-'`),
    kind(
      'client program',
      PROGRAM,
      `events AS e WHERE e.http_method IS NOT NULL AND contains(e.fields, 'agent":')`,
    ),
    kind(
      'task',
      `e.fields->>'$."task_name"'`,
      `events AS e WHERE e.system = 'celery' AND e.category = 'task' AND contains(e.fields, '"task_name":')`,
    ),
    kind('entry point', ENTRY, `events AS e WHERE e.system = 'ray' AND contains(e.fields, '"entrypoint":')`),
    kind(
      'image',
      'n.value',
      `entity AS n JOIN entity_ref AS r ON r.entity_id = n.entity_id JOIN event AS e ON e.event_id = r.event_id WHERE n.kind = 'image_repository'`,
    ),
  ].join('\nUNION ALL')})`,
};

/** What changes something: pushes and deletions, jobs, calls of operators. Requests that were refused are none. */
const ACT = `(e.outcome IS DISTINCT FROM 'failure' AND coalesce(e.http_status, 200) < 400 AND (
    e.http_method IN ('PUT', 'DELETE') AND regexp_matches(e.http_path, '^/v2/.+/(manifests|tags)/')
    OR e.http_method = 'DELETE' AND regexp_matches(e.http_path, '^/(v2/.+/blobs/|api/jobs)')
    OR e.http_method = 'POST' AND regexp_matches(e.http_path, '^/api/jobs/?($|[^?]*/stop)')
    OR e.category = 'audit' AND e.action IN ('push', 'delete')
    OR e.action IN ('job_submit', 'operator_call', 'framework_teardown', 'agent_gone', 'agent_drain')))`;

const NEW = (t: Record<string, number>) => `span AS (
  SELECT system, min(low) AS low, max(high) AS high FROM native_span GROUP BY system
), learning AS (
  SELECT system, low, low + to_microseconds(CAST((epoch_us(high) - epoch_us(low)) * ${t.learn! / 100} AS BIGINT)) AS until FROM span
), population AS (
  SELECT v.system, v.kind, l.low, l.until, count(*) FILTER (v.first_ts <= l.until) AS known, count(*) FILTER (v.first_ts > l.until) AS fresh,
    -- values that still kept coming in the second half of the learning period show an open population
    count(*) FILTER (v.first_ts <= l.until AND epoch_us(v.first_ts) > (epoch_us(l.low) + epoch_us(l.until)) / 2) AS late,
    sum(v.events) FILTER (v.first_ts <= l.until) AS learned
  FROM native_value AS v JOIN learning AS l ON l.system = v.system GROUP BY ALL
), new_value AS (
  SELECT v.*, p.known, CAST(round((epoch_us(p.until) - epoch_us(p.low)) / 3.6e9, 1) AS VARCHAR) AS hours
  FROM native_value AS v JOIN population AS p ON p.system = v.system AND p.kind = v.kind
  -- a node whose logs begin later taught nothing
  JOIN events AS e ON e.event_id = v.first_id
  JOIN native_span AS s ON s.system = v.system AND s.node IS NOT DISTINCT FROM e.node AND epoch_us(s.low) <= (epoch_us(p.low) + epoch_us(p.until)) / 2
  WHERE v.first_ts > p.until AND p.fresh <= ${t.new} AND p.late <= ${t.new} AND p.learned >= ${t.learned}
    AND p.until - p.low >= INTERVAL ${t.period} SECONDS
), act AS (
  SELECT v.system, v.kind, v.value, e.event_id, e.ts, e.node, row_number() OVER (PARTITION BY v.system, v.kind, v.value ORDER BY e.ts, e.event_id) AS number
  FROM new_value AS v JOIN events AS e ON e.system = v.system AND e.ts >= v.first_ts AND ${ACT}
    AND CASE v.kind WHEN 'client address' THEN e.src_ip = v.value WHEN 'user' THEN e.user_name = v.value
      WHEN 'client program' THEN ${PROGRAM} = v.value
      WHEN 'image' THEN coalesce(e.fields->>'$."repository"', e.fields->>'$."vars.name"', e.fields->>'$."target.repository"') = v.value
      WHEN 'entry point' THEN ${ENTRY} = v.value ELSE false END
)`;

const SPANS: NativeTable = {
  name: 'native_span',
  sql: `SELECT system, node, min(ts) AS low, max(ts) AS high FROM events
WHERE ts_basis NOT IN ('neighbour', 'none') AND system IS NOT NULL GROUP BY system, node`,
};

const GROUPS = ['kind', 'value', 'system', 'learning_hours', 'known'];
const FACTS = `[v.kind, v.value, v.system, v.hours, CAST(v.known AS VARCHAR)]`;
const TABLES = [VALUES, SPANS];

export const firstSeen: NativeCheck = {
  thresholds: LEARN,
  groupNames: GROUPS,
  tables: TABLES,
  query: (t) => ({
    sql: `WITH ${NEW(t)}
SELECT ${FACTS} AS g, 0 AS island, e.event_id, e.ts, e.node, e.system, 'first seen' AS role
FROM new_value AS v JOIN events AS e ON e.event_id = v.first_id
WHERE NOT EXISTS (SELECT 1 FROM act AS a WHERE a.system = v.system AND a.kind = v.kind AND a.value = v.value)`,
    values: [],
  }),
};

export const firstSeenActs: NativeCheck = {
  thresholds: LEARN,
  groupNames: GROUPS,
  tables: TABLES,
  query: (t) => ({
    sql: `WITH ${NEW(t)}
SELECT ${FACTS} AS g, 0 AS island, e.event_id, e.ts, e.node, e.system, CASE WHEN e.event_id = a.event_id THEN 'act' ELSE 'first seen' END AS role
FROM new_value AS v JOIN act AS a ON a.system = v.system AND a.kind = v.kind AND a.value = v.value AND a.number <= 100
JOIN events AS e ON e.event_id IN (v.first_id, a.event_id)`,
    values: [],
  }),
};
