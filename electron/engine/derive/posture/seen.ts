// What the checks ask again and again, read from the events in one pass each: how often what was seen, and what
// rare lines said of the set-up.
import type { Connection } from '../../case/database.ts';

/** Lines that state something of the set-up of their program. */
const TELLING = [
  'access_controller',
  'agent_register',
  'auth_token',
  'authentication',
  'authorize',
  'broker_connect',
  'clock_drift',
  'debug_server',
  'endpoint_configure',
  'flags',
  'log_level',
  'loopback',
  'missed_heartbeat',
  'node_join',
  'node_register',
  'notification_send',
  'runtime_env_create',
  'start',
  'superuser_worker',
  'tls',
  'tls_restrict',
  'unencrypted',
  'untrusted_content',
  'weak_authentication',
  'weak_secret',
] as const;

/** Of one file, action and outcome, so many lines are looked into; all of them are counted. */
const LOOKED_INTO = 200;

/**
 * `posture_seen`: a row per file, component, level, kind of time, act, and class of request, with its count and first event.
 * `posture_said`: the telling lines themselves.
 * Both are gone with `forgetSeen`.
 */
export async function readSeen(connection: Connection): Promise<void> {
  await connection.run(`
    CREATE OR REPLACE TEMP TABLE posture_seen AS
    WITH counted AS (
      SELECT file_id, system, component, level, ts_kind, action, outcome, http_status,
        CASE WHEN http_method IN ('PUT', 'POST', 'PATCH', 'DELETE') THEN 'write' WHEN http_method IS NOT NULL THEN 'read' END AS request,
        user_name IS NOT NULL AS named,
        count(*) AS n, count(*) FILTER (epoch_us(ts_wall) % 1000000 <> 0) AS fine, min(event_id) AS first_id,
        min(ts) AS first_ts, max(ts) AS last_ts
      FROM event GROUP BY ALL)
    SELECT m.node, m.path, m.format, counted.* FROM counted JOIN member m ON m.file_id = counted.file_id`);
  await connection.run(`
    CREATE OR REPLACE TEMP TABLE posture_said AS
    WITH telling AS (
      SELECT event_id FROM event WHERE action IN (${TELLING.map((action) => `'${action}'`).join(', ')})
      QUALIFY row_number() OVER (PARTITION BY file_id, action, outcome ORDER BY event_id) <= ${LOOKED_INTO})
    SELECT e.event_id, e.file_id, m.node, e.system, e.component, e.level, e.action, e.outcome, e.ts, left(e.message, 100000) AS message,
      e.fields, e.user_name
    FROM event e JOIN member m ON m.file_id = e.file_id WHERE e.event_id IN (SELECT event_id FROM telling)`);
}

export async function forgetSeen(connection: Connection): Promise<void> {
  await connection.run('DROP TABLE IF EXISTS posture_seen');
  await connection.run('DROP TABLE IF EXISTS posture_said');
}
