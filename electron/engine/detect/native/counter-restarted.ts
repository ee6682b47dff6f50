// Numbers that only count up within one life of a program, and fell back without a new life. See docs/native-checks.md.
import type { NativeCheck } from './native-check.ts';
import { FILES } from './records.ts';

/**
 * `series`: what has one counter. Mesos: offers and agents are numbered by one master, whose id stands before the number. Ray:
 * jobs by one cluster session. Celery: the logical clock of one worker process in its events. Registry: seconds on a terminal.
 */
const COUNTERS = `
  SELECT 'offer number' AS counter, regexp_extract(message, '([0-9a-fA-F-]{20,})-O([0-9]+)', 1) AS series,
    CAST(regexp_extract(message, '([0-9a-fA-F-]{20,})-O([0-9]{1,15})', 2) AS BIGINT) AS number, 1 AS slack, event_id, ts, node, system, file_id
  FROM events WHERE system = 'mesos' AND action = 'offer_send' AND regexp_matches(message, '^Sending offers [[] ?[0-9a-fA-F-]{20,}-O[0-9]{1,15}')
  UNION ALL
  SELECT 'agent number', regexp_extract(message, '([0-9a-fA-F-]{20,})-S([0-9]+)', 1), CAST(regexp_extract(message, '([0-9a-fA-F-]{20,})-S([0-9]{1,15})', 2) AS BIGINT),
    1, event_id, ts, node, system, file_id
  FROM events WHERE system = 'mesos' AND component = 'master' AND starts_with(message, 'Registered ') AND regexp_matches(message, '^Registered (agent|slave) [0-9a-fA-F-]{20,}-S[0-9]{1,15}')
  UNION ALL
  SELECT 'job number', coalesce(fields->>'$."session"', node || ' ' || CAST(file_id AS VARCHAR)), CAST(('0x' || job[7:8] || job[5:6] || job[3:4] || job[1:2]) AS BIGINT),
    1, event_id, ts, node, system, file_id
  FROM (SELECT *, fields->>'$."job_id"' AS job FROM events WHERE system = 'ray' AND component = 'gcs_server' AND action = 'job_register')
  WHERE regexp_full_match(job, '[0-9a-f]{8}')
  UNION ALL
  SELECT 'event clock', (fields->>'$."hostname"') || ' ' || (fields->>'$."pid"') || ' ' || CAST(file_id AS VARCHAR), TRY_CAST(fields->>'$."clock"' AS BIGINT),
    20, event_id, ts, node, system, file_id
  FROM events WHERE file_id IN (SELECT file_id FROM native_file WHERE format = 'celery.events') AND contains(fields, '"clock":') AND contains(fields, '"utcoffset":') AND fields->>'$."pid"' IS NOT NULL
  UNION ALL
  SELECT 'seconds since the start', CAST(file_id AS VARCHAR), TRY_CAST(fields->>'$."seconds_since_start"' AS BIGINT), 5, event_id, ts, node, system, file_id
  FROM events WHERE file_id IN (SELECT file_id FROM native_file WHERE format = 'registry.tty') AND contains(fields, '"seconds_since_start":')`;

const sql = (t: Record<string, number>) => `WITH count_of AS (${COUNTERS}
), step AS (
  SELECT c.*, f.log, f.path, max(number) OVER (PARTITION BY c.node, log, counter, series ORDER BY event_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS highest,
    lag(event_id) OVER w AS before_id, lead(number) OVER w AS next_number
  FROM count_of AS c JOIN native_file AS f ON f.file_id = c.file_id WHERE number IS NOT NULL AND series <> ''
  WINDOW w AS (PARTITION BY c.node, log, counter, series ORDER BY event_id)
), fallen AS (
  SELECT * FROM step AS s WHERE number + slack <= highest
    -- a program that starts says so, and counts anew
    AND NOT (counter = 'seconds since the start' AND number <= 5)
    AND NOT EXISTS (SELECT 1 FROM events AS e WHERE e.file_id = s.file_id AND e.event_id BETWEEN s.before_id AND s.event_id
      AND e.category = 'process' AND e.action IN ('start', 'restart', 'worker_start'))
  QUALIFY row_number() OVER (PARTITION BY node, log, counter, series ORDER BY event_id) <= ${t.falls}
)
SELECT [f.counter, CAST(f.highest AS VARCHAR), CAST(f.number AS VARCHAR), f.path] AS g, f.event_id AS island, e.event_id, e.ts, e.node, e.system,
  CASE WHEN e.event_id = f.event_id THEN 'after the fall' ELSE 'before the fall' END AS role
FROM fallen AS f JOIN events AS e ON e.event_id IN (f.before_id, f.event_id)`;

export const counterRestarted: NativeCheck = {
  needs: { systems: ['mesos', 'ray', 'celery', 'registry'] },
  tables: [FILES],
  thresholds: [
    {
      name: 'falls',
      value: 3,
      unit: 'times',
      least: 1,
      most: 1000,
      about: 'most falls of one counter that are told, from the first',
    },
  ],
  groupNames: ['counter', 'from_number', 'to_number', 'log'],
  query: (t) => ({ sql: sql(t), values: [] }),
};
