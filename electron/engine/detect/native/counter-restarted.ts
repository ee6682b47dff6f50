// Numbers that only count up within one life of a program, and fell back without a new life. See docs/native-checks.md.
import type { Connection } from '../../case/database.ts';
import type { NativeCheck } from './native-check.ts';
import { FILES } from './records.ts';

/**
 * `series`: what has one counter. Mesos: offers and agents are numbered by one master, whose id stands before the number. Ray:
 * jobs by one cluster session. Celery: the logical clock of one worker process in its events. Registry: seconds on a terminal.
 */
const COUNTERS = `
  SELECT 'offer number' AS counter, regexp_extract(message, '([0-9a-fA-F-]{20,})-O([0-9]+)', 1) AS series,
    CAST(regexp_extract(message, '([0-9a-fA-F-]{20,})-O([0-9]{1,15})', 2) AS BIGINT) AS number, 1 AS slack, event_id, ts, node, system, file_id
  FROM native_counted WHERE system = 'mesos' AND action = 'offer_send' AND regexp_matches(message, '^Sending offers [[] ?[0-9a-fA-F-]{20,}-O[0-9]{1,15}')
  UNION ALL
  SELECT 'agent number', regexp_extract(message, '([0-9a-fA-F-]{20,})-S([0-9]+)', 1), CAST(regexp_extract(message, '([0-9a-fA-F-]{20,})-S([0-9]{1,15})', 2) AS BIGINT),
    20, event_id, ts, node, system, file_id -- those that register at once are told in any order
  FROM native_counted WHERE system = 'mesos' AND component = 'master' AND regexp_matches(message, '^Registered (agent|slave) [0-9a-fA-F-]{20,}-S[0-9]{1,15}')
  UNION ALL
  SELECT 'job number', coalesce(fields->>'$."session"', node || ' ' || CAST(file_id AS VARCHAR)), CAST(('0x' || job[7:8] || job[5:6] || job[3:4] || job[1:2]) AS BIGINT),
    1, event_id, ts, node, system, file_id
  FROM (SELECT *, fields->>'$."job_id"' AS job FROM native_counted WHERE system = 'ray' AND component = 'gcs_server' AND action = 'job_register')
  WHERE regexp_full_match(job, '[0-9a-f]{8}')
  UNION ALL
  SELECT 'event clock', (fields->>'$."hostname"') || ' ' || (fields->>'$."pid"') || ' ' || CAST(file_id AS VARCHAR), TRY_CAST(fields->>'$."clock"' AS BIGINT),
    20, event_id, ts, node, system, file_id
  FROM native_counted WHERE format = 'celery.events' AND contains(fields, '"clock":') AND contains(fields, '"utcoffset":') AND fields->>'$."pid"' IS NOT NULL
  UNION ALL
  SELECT 'seconds since the start', CAST(file_id AS VARCHAR), TRY_CAST(fields->>'$."seconds_since_start"' AS BIGINT), 5, event_id, ts, node, system, file_id
  FROM native_counted WHERE format = 'registry.tty' AND contains(fields, '"seconds_since_start":')`;

/** Lines that can hold a counter. Their kinds and files are named one by one, so that the texts of all others are never read. */
async function prepare(connection: Connection): Promise<void> {
  const kinds = await connection.rows<{ id: number }>(
    `SELECT kind_id AS id FROM event_kind WHERE system = 'mesos' AND component = 'master' AND action IN ('offer_send', 'agent_register')
      OR system = 'ray' AND component = 'gcs_server' AND action = 'job_register'`,
  );
  const files = await connection.rows<{ id: number }>(
    `SELECT file_id AS id FROM native_file WHERE format IN ('celery.events', 'registry.tty')`,
  );
  const named = (column: string, ids: { id: number }[]) =>
    ids.length > 0 ? `${column} IN (${ids.map(({ id }) => Number(id)).join(', ')})` : 'false';
  await connection.run(`CREATE OR REPLACE TEMP TABLE native_counted AS
    SELECT e.event_id, e.file_id, e.ts, f.node, f.format, k.system, k.component, k.action, e.message, e.fields
    FROM (SELECT * FROM event_row WHERE ${named('kind_id', kinds)} UNION ALL
      SELECT * FROM event_row WHERE ${named('file_id', files)} AND NOT ${named('kind_id', kinds)}) AS e
    JOIN event_kind AS k ON k.kind_id = e.kind_id JOIN native_file AS f ON f.file_id = e.file_id`);
}

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
  prepare,
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
