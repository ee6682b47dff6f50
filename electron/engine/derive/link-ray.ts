// Links that Ray's lines do not state: the access line of a submission has no submission id, and the driver's job id stands
// beside no submission id unless its configuration says so (reference on Ray, section 3 and the chain at the end of 4).
import type { Connection } from '../case/database.ts';

/** The session folder tells clusters apart; unknown where a path has none. */
const SESSION = `nullif(regexp_extract(m.path, 'session_[0-9][^/]*'), '')`;

/**
 * `POST /api/jobs/` (dashboard) and `POST /api/job_agent/jobs/` (agent) are answered after the job was started: the start is
 * in the span of the request. In the order of their ends, each takes the last start in its span that none took before.
 */
const REQUESTS = `
WITH request AS (
  SELECT e.event_id, e.ts, m.node, ${SESSION} AS session, e.http_path LIKE '/api/job_agent/%' AS agent,
    coalesce(try_cast((e.fields->>'$."duration_us"') AS BIGINT), 0) AS took
  FROM event e JOIN member m USING (file_id)
  WHERE e.system = 'ray' AND e.http_method = 'POST' AND e.http_status = 200 AND e.ts IS NOT NULL AND regexp_matches(e.http_path, '^/api/(job_agent/)?jobs/?$')),
started AS (
  SELECT e.event_id, e.ts, m.node, ${SESSION} AS session FROM event e JOIN member m USING (file_id)
  WHERE e.system = 'ray' AND e.action = 'job_submit' AND e.ts IS NOT NULL AND e.message LIKE 'Starting job with submission_id%')
SELECT r.event_id::VARCHAR AS request, r.agent, s.event_id::VARCHAR AS started
FROM request r JOIN started s ON s.ts <= r.ts + INTERVAL 1 MILLISECOND
  AND s.ts >= r.ts - to_microseconds(greatest(r.took, CASE WHEN r.took = 0 THEN 10000000 ELSE 0 END)) - INTERVAL 1 SECOND
  AND (NOT r.agent OR r.node = s.node) AND coalesce(r.session = s.session, true)
ORDER BY r.agent, r.ts, r.event_id, s.ts DESC, s.event_id DESC`;

interface Fit {
  request: string;
  agent: boolean;
  started: string;
}

/**
 * The driver that registers while a submitted entrypoint runs. Export events state its command line, which must be the same;
 * the GCS's text states none. Submissions that ran at the same time are as good.
 */
const DRIVERS = `
INSERT INTO link (from_event, to_event, kind, candidates, why)
WITH said AS (
  SELECT n.value AS submission, ${SESSION} AS session, e.event_id, e.ts, e.action, (e.fields->>'$."entrypoint"') AS entrypoint
  FROM entity n JOIN entity_ref r USING (entity_id) JOIN event e ON e.event_id = r.event_id JOIN member m ON m.file_id = e.file_id
  WHERE n.kind = 'ray_submission' AND n.role IN ('target', 'context') AND e.ts IS NOT NULL
    AND e.action IN ('job_submit', 'job_start', 'job_entrypoint', 'submission_job', 'job_end')),
run AS (
  SELECT submission, max(session) AS session, max(ts) AS ended,
    coalesce(min(ts) FILTER (action = 'job_entrypoint'), min(ts)) AS begun, max(entrypoint) AS entrypoint,
    coalesce(min_by(event_id, (ts, event_id)) FILTER (action = 'job_entrypoint'), min_by(event_id, (ts, event_id))) AS event_id
  FROM said GROUP BY submission),
driver AS (
  SELECT n.value AS job, max(${SESSION}) AS session, min_by(e.event_id, (e.action = 'driver_job', e.ts, e.event_id)) AS event_id, min_by(e.ts, (e.action = 'driver_job', e.ts, e.event_id)) AS ts,
    max((e.fields->>'$."entrypoint"')) AS entrypoint, bool_or(e.action = 'driver_job' AND (e.fields->>'$."submission_id"') IS NOT NULL) AS told
  FROM entity n JOIN entity_ref r USING (entity_id) JOIN event e ON e.event_id = r.event_id JOIN member m ON m.file_id = e.file_id
  WHERE n.kind = 'ray_job' AND n.role <> 'context' AND e.action IN ('driver_job', 'job_register') AND e.ts IS NOT NULL
  GROUP BY n.value, coalesce(nullif(regexp_extract(m.path, 'session_[0-9][^/]*'), ''), 'bundle ' || m.bundle_id)),
pairs AS (
  SELECT r.event_id AS run, d.event_id AS driver, d.entrypoint IS NOT NULL AS same, count(*) OVER (PARTITION BY d.event_id) AS n,
    row_number() OVER (PARTITION BY d.event_id ORDER BY d.ts - r.begun, r.event_id) AS near
  FROM driver d JOIN run r ON NOT d.told AND coalesce(d.session = r.session, true) AND (d.entrypoint IS NULL OR d.entrypoint = r.entrypoint) AND d.ts <= r.ended + INTERVAL 1 SECOND
    AND d.ts >= r.begun - to_milliseconds(CASE WHEN epoch_us(d.ts) % 1000000 = 0 THEN 1000 ELSE 0 END)) -- export events state whole seconds
SELECT run, driver, 'driver_job', n, CASE WHEN same THEN 'the driver has the same command line and registered while this submission ran'
  ELSE 'a driver registered while this submission ran; no line says who started it' END
FROM pairs WHERE near = 1 ORDER BY run, driver`;

const WHY = 'the job was started between start and end of this request; the access line names no submission';

async function linkRequests(connection: Connection): Promise<void> {
  const fits = await connection.rows<Fit>(REQUESTS);
  const taken = new Set<string>();
  const byRequest = Map.groupBy(fits, (fit) => fit.request);
  const made: string[] = [];
  for (const [request, candidates] of byRequest) {
    const chosen = candidates.find((fit) => !taken.has(`${fit.agent} ${fit.started}`));
    if (!chosen) continue;
    taken.add(`${chosen.agent} ${chosen.started}`);
    made.push(`(${BigInt(request)}, ${BigInt(chosen.started)}, ${candidates.length})`);
  }
  for (let from = 0; from < made.length; from += 1000)
    await connection.run(
      `INSERT INTO link (from_event, to_event, kind, candidates, why)
       SELECT f, t, 'job_request', n, $1 FROM (VALUES ${made.slice(from, from + 1000).join(', ')}) AS made(f, t, n)`,
      [WHY],
    );
}

export async function linkRay(connection: Connection): Promise<void> {
  const posted = await connection.row(
    `SELECT 1 AS one FROM event WHERE system = 'ray' AND action = 'job_submit' LIMIT 1`,
  );
  if (posted) await linkRequests(connection);
  const driver = await connection.row(
    `SELECT 1 AS one FROM event WHERE system = 'ray' AND action IN ('driver_job', 'job_register') LIMIT 1`,
  );
  if (driver) await connection.run(DRIVERS);
}
