// The view `tasks`: one row per unit of work and attempt of Celery, Mesos and Ray, read out of the events that name its id.
//
// Nothing is stored for it. Conditions on `id` reach the entities below, so that one id costs milliseconds; the CTEs must
// stay inlined for that.

const f = (key: string, of = 'e.fields') => `(${of}->>'$."${key}"')`;

/**
 * Lines of one task; `node` is the worker's: event dumps are written elsewhere and name it. Windows see narrow rows only: what
 * is said is read at the end, from the first line and from the one that states the end.
 */
const CELERY = `
celery_line AS NOT MATERIALIZED (
  SELECT n.value AS id, e.event_id, e.ts, e.file_id, e.component = 'events' AS monitor,
    CASE WHEN e.action IN ('task_sent', 'task_scheduled') THEN NULL
      WHEN e.component = 'events' THEN coalesce(h.node, split_part(coalesce(${f('node_name')}, ${f('hostname')}), '@', -1))
      ELSE m.node END AS node,
    CASE e.action WHEN 'task_received' THEN 'R' WHEN 'task_started' THEN 'S' WHEN 'task_applied' THEN 'S' WHEN 'task_retried' THEN 'T'
      WHEN 'task_succeeded' THEN 'E' WHEN 'task_failed' THEN 'E' WHEN 'task_rejected' THEN 'E' WHEN 'task_ignored' THEN 'E' WHEN 'task_revoked' THEN 'E'
      WHEN 'task_sent' THEN 'Q' WHEN 'task_scheduled' THEN 'Q' WHEN 'task_log' THEN 'L' ELSE 'O' END AS step
  FROM entity n JOIN entity_ref r ON r.entity_id = n.entity_id JOIN event e ON e.event_id = r.event_id JOIN member m ON m.file_id = e.file_id
    LEFT JOIN known_host h ON h.host = CASE WHEN e.component = 'events' THEN split_part(coalesce(${f('node_name')}, ${f('hostname')}), '@', -1) END
  WHERE n.kind = 'celery_task' AND n.role = 'task' AND e.system = 'celery'),
-- a worker's own lines and what it told a monitor are two accounts of the same attempts
celery_seen AS NOT MATERIALIZED (
  SELECT *, lead(CASE WHEN step NOT IN ('L', 'O') THEN {'step': step, 'ts': ts, 'id': event_id} END IGNORE NULLS) OVER line AS next,
    lag(CASE WHEN step = 'R' THEN file_id END IGNORE NULLS) OVER line AS last_file,
    sum(CASE step WHEN 'R' THEN 1 WHEN 'E' THEN -1 WHEN 'T' THEN -1 ELSE 0 END) OVER (PARTITION BY id, node, monitor ORDER BY ts, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS open
  FROM celery_line WINDOW line AS (PARTITION BY id, node, monitor ORDER BY ts, event_id)),
-- the message of a retry is often received some milliseconds before the child has logged that it retries
celery_placed AS NOT MATERIALIZED (
  SELECT * EXCLUDE (early), coalesce(early, false) AS early, CASE WHEN early THEN next.ts ELSE ts END AS place_ts, CASE WHEN early THEN next.id ELSE event_id END AS place_id
  FROM (SELECT *, step = 'R' AND open > 0 AND last_file = file_id AND next.step = 'T' AND next.ts - ts <= INTERVAL 1 SECOND AS early FROM celery_seen)),
celery_before AS NOT MATERIALIZED (
  SELECT *, lag(CASE WHEN step NOT IN ('L', 'O') THEN {'step': step, 'ts': ts, 'file': file_id} END IGNORE NULLS)
    OVER (PARTITION BY id, node, monitor ORDER BY place_ts, place_id, early) AS was FROM celery_placed),
celery_turn AS NOT MATERIALIZED (
  SELECT *, sum(CASE
    WHEN was IS NULL THEN 0
    WHEN step = 'R' AND was.step IN ('E', 'T') THEN (early OR was.ts < ts OR was.file = file_id)::INT
    WHEN step = 'R' THEN (was.file = file_id OR ts - was.ts > INTERVAL 1 SECOND)::INT
    WHEN step = 'S' AND was.step IN ('E', 'T') THEN (was.file = file_id OR ts - was.ts > INTERVAL 1 SECOND)::INT
    WHEN step IN ('E', 'T') AND was.step = 'T' THEN (step = 'E' OR was.file = file_id OR ts - was.ts > INTERVAL 1 SECOND)::INT
    ELSE 0 END) OVER (PARTITION BY id, node, monitor ORDER BY place_ts, place_id, early) AS turn
  FROM celery_before),
celery_attempt AS NOT MATERIALIZED (
  SELECT id, node,
    min(ts) FILTER (step = 'Q') AS sent, min(ts) FILTER (step = 'R') AS received, min(ts) FILTER (step = 'S') AS accepted,
    min(ts) FILTER (step IN ('E', 'T')) AS ended, min_by(event_id, (monitor, ts, event_id)) FILTER (step IN ('E', 'T')) AS end_event,
    bool_or(step = 'T') AND NOT bool_or(step = 'E') AS again, bool_or(step = 'E') AS final,
    min_by(event_id, (step NOT IN ('R', 'E', 'T', 'Q'), ts, event_id)) AS name_event, min_by(event_id, (monitor, ts, event_id)) FILTER (step = 'L') AS text_event,
    min(ts) AS first_ts, min_by(event_id, (ts, event_id)) AS first_event, max_by(event_id, (ts, event_id)) AS last_event,
    count(DISTINCT event_id) AS events, bool_and(step = 'Q') AS only_sent
  FROM celery_turn GROUP BY id, node, turn HAVING bool_or(step <> 'O')),
celery_ordered AS NOT MATERIALIZED (
  SELECT *, coalesce(received, accepted, ended, first_ts) AS began, min(sent) OVER of_id AS first_sent, bool_and(only_sent) OVER of_id AS never_seen,
    min(coalesce(received, accepted, ended, first_ts)) FILTER (final) OVER of_id AS finished
  FROM celery_attempt WINDOW of_id AS (PARTITION BY id)),
-- a task that was retried goes on: whatever the clocks say, that attempt was before the one that ended it
celery_task AS NOT MATERIALIZED (
  SELECT *, row_number() OVER in_turn AS attempt, count(*) OVER (PARTITION BY id) AS attempts, lag(CASE WHEN again THEN ended END) OVER in_turn AS asked_again
  FROM celery_ordered WHERE NOT only_sent OR never_seen
  WINDOW in_turn AS (PARTITION BY id ORDER BY CASE WHEN again THEN 0 WHEN final THEN 1 ELSE coalesce((began > finished)::INT, 0) END, began, first_event)),
celery_relative AS NOT MATERIALIZED (
  SELECT t.value AS id, min(p.value) FILTER (p.role = 'parent') AS parent, min(p.value) FILTER (p.role = 'root') AS root
  FROM entity p JOIN entity_ref pr ON pr.entity_id = p.entity_id JOIN entity_ref tr ON tr.event_id = pr.event_id JOIN entity t ON t.entity_id = tr.entity_id
  WHERE p.kind = 'celery_task' AND p.role IN ('parent', 'root') AND t.kind = 'celery_task' AND t.role = 'task' GROUP BY t.value)`;

const CELERY_ROWS = `
SELECT 'celery' AS system, 'task' AS kind, t.id, t.attempt::INTEGER AS attempt, t.attempts::INTEGER AS attempts, NULL::VARCHAR AS scope,
  ${f('task_name', 'said.fields')} AS name, t.node, CASE WHEN t.attempt = 1 THEN t.first_sent ELSE t.asked_again END AS submitted, t.received,
  coalesce(t.accepted, t.ended - to_microseconds((try_cast(${f('runtime', 'ending.fields')} AS DOUBLE) * 1e6)::BIGINT)) AS started, t.ended,
  CASE WHEN t.end_event IS NULL THEN CASE WHEN t.accepted IS NOT NULL OR t.text_event IS NOT NULL THEN 'running' WHEN t.received IS NOT NULL THEN 'received' WHEN t.only_sent THEN 'sent' END
    ELSE replace(ending.action, 'task_', '') END AS state,
  CASE WHEN t.end_event IS NOT NULL THEN ending.action WHEN t.accepted IS NOT NULL THEN 'task_started' WHEN t.received IS NOT NULL THEN 'task_received' END AS state_native,
  CASE WHEN t.end_event IS NOT NULL AND ending.action <> 'task_succeeded' THEN coalesce(${f('error', 'ending.fields')}, ${f('exception', 'ending.fields')}) END AS error,
  coalesce(try_cast(${f('runtime', 'ending.fields')} AS DOUBLE), epoch_us(t.ended - t.accepted) / 1e6) AS runtime_s,
  kin.parent, kin.root, coalesce(nullif(ending.tid, 'MainProcess'), nullif(texts.tid, 'MainProcess')) AS process, NULL::VARCHAR AS container,
  t.first_event, t.last_event, t.end_event, t.events
FROM (SELECT *, coalesce(end_event, name_event) AS ending_event, coalesce(text_event, name_event) AS told_event FROM celery_task) t
  -- inner joins, so that the few events named are looked up instead of all being read
  JOIN event said ON said.event_id = t.name_event JOIN event ending ON ending.event_id = t.ending_event JOIN event texts ON texts.event_id = t.told_event
  LEFT JOIN celery_relative kin ON kin.id = t.id`;

const MESOS_END = `('TASK_FINISHED', 'TASK_FAILED', 'TASK_KILLED', 'TASK_ERROR', 'TASK_LOST', 'TASK_DROPPED', 'TASK_GONE', 'TASK_GONE_BY_OPERATOR')`;

/** A task id belongs to its framework; a line that names none belongs to the only one the id is known of. */
const MESOS = `
mesos_line AS NOT MATERIALIZED (
  SELECT n.value AS id, e.event_id, e.ts, e.file_id, e.component, e.action, e.fields, m.node, ${f('framework_id')} AS framework, ${f('task_state')} AS task_state
  FROM entity n JOIN entity_ref r ON r.entity_id = n.entity_id JOIN event e ON e.event_id = r.event_id JOIN member m ON m.file_id = e.file_id
  WHERE n.kind = 'mesos_task' AND n.role <> 'context'),
mesos_scoped AS NOT MATERIALIZED (
  SELECT * REPLACE (coalesce(framework, CASE WHEN min(framework) OVER of_id = max(framework) OVER of_id THEN min(framework) OVER of_id END) AS framework),
    min(framework) OVER of_id IS NULL AS alone
  FROM mesos_line WINDOW of_id AS (PARTITION BY id)),
-- the same program launching the same id once more is another attempt; the same line in a second file is not
mesos_turn AS NOT MATERIALIZED (
  SELECT *, 1 + sum(CASE WHEN action = 'task_launch' AND was IS NOT NULL AND (was.file = file_id OR ts - was.ts > INTERVAL 1 SECOND) THEN 1 ELSE 0 END)
    OVER (PARTITION BY id, framework ORDER BY ts, event_id) AS attempt
  FROM (SELECT *, lag({'ts': ts, 'file': file_id}) OVER (PARTITION BY id, framework, node, component, action ORDER BY ts, event_id) AS was FROM mesos_scoped)),
mesos_task AS NOT MATERIALIZED (
  SELECT id, framework, attempt, count(*) OVER (PARTITION BY id, framework) AS attempts,
    coalesce(min(ts) FILTER (action IN ('task_launch', 'task_add') AND component IS DISTINCT FROM 'agent'), min(ts) FILTER (action IN ('task_launch', 'task_add'))) AS submitted,
    min(ts) FILTER (action = 'task_assign') AS received, min(ts) FILTER (task_state = 'TASK_RUNNING') AS started,
    min(ts) FILTER (task_state IN ${MESOS_END}) AS ended, min_by(event_id, (ts, event_id)) FILTER (task_state IN ${MESOS_END}) AS end_event,
    max_by(task_state, (task_state IN ${MESOS_END}, ts, event_id)) FILTER (task_state IS NOT NULL) AS state_native,
    coalesce(min_by(node, (ts, event_id)) FILTER (component = 'agent'), max(${f('agent_host', 'fields')})) AS node,
    max(CASE WHEN task_state IN ${MESOS_END} THEN ${f('reason', 'fields')} END) AS error,
    min_by(event_id, (ts, event_id)) AS first_event, max_by(event_id, (ts, event_id)) AS last_event, count(DISTINCT event_id) AS events
  FROM mesos_turn WHERE framework IS NOT NULL OR alone GROUP BY id, framework, attempt)`;

const MESOS_ROWS = `
SELECT 'mesos', 'task', id, attempt::INTEGER, attempts::INTEGER, framework, id, node, submitted, received, started, ended,
  CASE state_native WHEN 'TASK_FINISHED' THEN 'succeeded' WHEN 'TASK_FAILED' THEN 'failed' WHEN 'TASK_ERROR' THEN 'failed' WHEN 'TASK_KILLED' THEN 'stopped'
    WHEN 'TASK_RUNNING' THEN 'running' WHEN 'TASK_KILLING' THEN 'running' WHEN 'TASK_STAGING' THEN 'submitted' WHEN 'TASK_STARTING' THEN 'submitted'
    ELSE CASE WHEN state_native IN ('TASK_LOST', 'TASK_DROPPED', 'TASK_GONE', 'TASK_GONE_BY_OPERATOR', 'TASK_UNREACHABLE') THEN 'lost'
      WHEN received IS NOT NULL THEN 'received' WHEN submitted IS NOT NULL THEN 'submitted' END END,
  state_native, error, epoch_us(ended - started) / 1e6, NULL, NULL, NULL,
  (SELECT min(c.value) FROM entity x JOIN entity_ref xr ON xr.entity_id = x.entity_id JOIN entity_ref cr ON cr.event_id = xr.event_id JOIN entity c ON c.entity_id = cr.entity_id
     JOIN entity_ref fr ON fr.event_id = xr.event_id JOIN entity f ON f.entity_id = fr.entity_id
   WHERE x.kind = 'mesos_executor' AND x.value = mesos_task.id AND c.kind = 'mesos_container' AND f.kind = 'mesos_framework' AND f.value = mesos_task.framework),
  first_event, last_event, end_event, events
FROM mesos_task`;

const CLUSTER = `coalesce(nullif(regexp_extract(m.path, 'session_[0-9][^/]*'), ''), 'bundle ' || m.bundle_id)`;
const RAY_STATE = (native: string, end: string) => `CASE
  WHEN ${native} IN ('SUCCEEDED', 'FINISHED') THEN 'succeeded' WHEN ${native} = 'FAILED' THEN 'failed' WHEN ${native} IN ('STOPPED', 'DEAD') THEN 'stopped'
  WHEN ${native} = 'RESTARTING' THEN 'retried' WHEN ${native} IN ('RUNNING', 'ALIVE') THEN 'running' WHEN ${native} IS NOT NULL THEN 'submitted' ELSE ${end} END`;

/** When a task came to a state, by its number in Ray's protocol (common.proto, TaskStatus): 1 pending, 5 at the worker, 8 running, 11 finished, 12 failed. */
const stateAt = (code: number) =>
  `make_timestamp_ns(try_cast((e.fields->>'$."event_data"."state_updates"."state_ts_ns"."${code}"') AS BIGINT))::TIMESTAMP`;

/**
 * Conditions stand in the aggregates, not in WHERE: a filter on the wide table would be tried on every event of the case before
 * the few that an id names are looked up.
 */
const SUBMISSION_LINE = `e.action IN ('job_submit', 'job_start', 'job_entrypoint', 'job_end', 'job_stop', 'submission_job')`;
const SUBMISSION_STATE = `CASE WHEN e.action = 'submission_job' THEN ${f('state')}
  WHEN e.action = 'job_end' THEN coalesce(nullif(regexp_extract(e.message, 'with a status ([A-Z]{1,20})', 1), ''), CASE e.outcome WHEN 'success' THEN 'SUCCEEDED' WHEN 'failure' THEN 'FAILED' END) END`;
const JOB_LINE = `e.action IN ('job_register', 'driver_job', 'driver_job_end')`;
const JOB_END = `CASE e.action WHEN 'driver_job_end' THEN true WHEN 'driver_job' THEN (e.fields->>'$."event_data"."is_dead"') = 'true' ELSE false END`;

const RAY = `
ray_submission AS NOT MATERIALIZED (
  SELECT id, min(ts) FILTER (action = 'job_submit') AS submitted, min(ts) FILTER (action = 'job_start') AS received,
    min(ts) FILTER (action = 'job_entrypoint' OR state = 'RUNNING') AS started, min(ts) FILTER (over) AS ended,
    min_by(event_id, (ts, event_id)) FILTER (over) AS end_event, max_by(state, (over, ts, event_id)) FILTER (state IS NOT NULL) AS state_native,
    max(entrypoint) AS name, min_by(node, (ts, event_id)) FILTER (component IN ('driver', 'job_supervisor')) AS node, max(error) FILTER (relevant) AS error,
    min_by(event_id, (ts, event_id)) FILTER (relevant) AS first_event, max_by(event_id, (ts, event_id)) FILTER (relevant) AS last_event,
    count(DISTINCT event_id) FILTER (relevant) AS events
  FROM (
    SELECT *, state IN ('SUCCEEDED', 'FAILED', 'STOPPED') OR (action = 'job_end' AND state IS NULL) AS over FROM (
      SELECT n.value AS id, e.event_id, e.ts, e.action, e.component, m.node, ${SUBMISSION_LINE} AS relevant, ${SUBMISSION_STATE} AS state,
        CASE WHEN e.action IN ('submission_job', 'job_entrypoint') THEN ${f('entrypoint')} END AS entrypoint,
        CASE WHEN e.outcome = 'failure' AND e.action IN ('submission_job', 'job_end') THEN left(coalesce((e.fields->>'$."event_data"."message"'), e.message), 2000) END AS error
      FROM entity n JOIN entity_ref r ON r.entity_id = n.entity_id JOIN event e ON e.event_id = r.event_id JOIN member m ON m.file_id = e.file_id
      WHERE n.kind = 'ray_submission' AND n.role IN ('target', 'context')))
  GROUP BY id HAVING bool_or(relevant)),
ray_job AS NOT MATERIALIZED (
  SELECT id, cluster, min(ts) FILTER (relevant AND NOT over) AS started, min(ts) FILTER (over) AS ended, min_by(event_id, (ts, event_id)) FILTER (over) AS end_event,
    max(entrypoint) AS name, max(submission) AS parent, max(pid) AS process, min_by(node, (ts, event_id)) FILTER (relevant) AS node,
    min_by(event_id, (ts, event_id)) FILTER (relevant) AS first_event, max_by(event_id, (ts, event_id)) FILTER (relevant) AS last_event,
    count(DISTINCT event_id) FILTER (relevant) AS events
  FROM (
    SELECT n.value AS id, ${CLUSTER} AS cluster, e.event_id, e.ts, m.node, ${JOB_LINE} AS relevant, coalesce(${JOB_END}, false) AS over,
      CASE WHEN e.action = 'driver_job' THEN ${f('entrypoint')} END AS entrypoint, CASE WHEN e.action = 'driver_job' THEN ${f('submission_id')} END AS submission,
      CASE e.action WHEN 'job_register' THEN ${f('driver_pid')} WHEN 'driver_job' THEN (e.fields->>'$."event_data"."driver_pid"') END AS pid
    FROM entity n JOIN entity_ref r ON r.entity_id = n.entity_id JOIN event e ON e.event_id = r.event_id JOIN member m ON m.file_id = e.file_id
    WHERE n.kind = 'ray_job' AND n.role <> 'context')
  GROUP BY id, cluster HAVING bool_or(relevant)),
-- text of the GCS and its exports are two accounts of the same lives of an actor
ray_actor_line AS NOT MATERIALIZED (
  SELECT n.value AS id, e.event_id, e.ts, e.component = 'events' AS export, e.action IN ('actor', 'actor_register', 'actor_create', 'actor_failed') AS relevant,
    CASE e.action WHEN 'actor' THEN ${f('state')} WHEN 'actor_failed' THEN CASE WHEN ${f('remaining_restarts')} = '0' THEN 'DEAD' ELSE 'RESTARTING' END WHEN 'actor_register' THEN 'PENDING_CREATION'
      WHEN 'actor_create' THEN CASE WHEN e.outcome = 'success' THEN 'ALIVE' ELSE 'PENDING_CREATION' END END AS state,
    CASE WHEN e.action = 'actor' THEN coalesce(nullif((e.fields->>'$."event_data"."class_name"'), ''), ${f('name')}) END AS name,
    CASE WHEN e.action = 'actor' THEN nullif((e.fields->>'$."event_data"."pid"'), '0') END AS pid, CASE WHEN e.action = 'actor_failed' THEN left(e.message, 2000) END AS error
  FROM entity n JOIN entity_ref r ON r.entity_id = n.entity_id JOIN event e ON e.event_id = r.event_id
  WHERE n.kind = 'ray_actor' AND n.role <> 'context'),
ray_actor_turn AS NOT MATERIALIZED (
  SELECT *, sum(CASE WHEN was = 'RESTARTING' AND state NOT IN ('RESTARTING', 'DEAD') THEN 1 ELSE 0 END) OVER (PARTITION BY id, export ORDER BY ts, event_id) AS turn
  FROM (SELECT *, lag(state IGNORE NULLS) OVER (PARTITION BY id, export ORDER BY ts, event_id) AS was FROM ray_actor_line)),
ray_actor AS NOT MATERIALIZED (
  SELECT id, turn + 1 AS attempt, count(*) OVER (PARTITION BY id) AS attempts, min(ts) FILTER (relevant) AS submitted,
    min(ts) FILTER (state = 'ALIVE') AS started, min(ts) FILTER (state IN ('DEAD', 'RESTARTING')) AS ended,
    min_by(event_id, (ts, event_id)) FILTER (state IN ('DEAD', 'RESTARTING')) AS end_event,
    max_by(state, (state IN ('DEAD', 'RESTARTING'), ts, event_id)) FILTER (state IS NOT NULL) AS state_native, max(name) AS name, max(pid) AS process, max(error) AS error,
    min_by(event_id, (ts, event_id)) FILTER (relevant) AS first_event, max_by(event_id, (ts, event_id)) FILTER (relevant) AS last_event,
    count(DISTINCT event_id) FILTER (relevant) AS events
  FROM ray_actor_turn GROUP BY id, turn HAVING bool_or(relevant)),
ray_task AS NOT MATERIALIZED (
  SELECT id, attempt, min(pending) AS submitted, min(placed) AS received, min(running) AS started, min(coalesce(finished, failed)) AS ended,
    min(CASE WHEN finished IS NOT NULL THEN 'FINISHED' WHEN failed IS NOT NULL THEN 'FAILED' END) AS end_state,
    min_by(event_id, (ts, event_id)) FILTER (finished IS NOT NULL OR failed IS NOT NULL) AS end_event,
    max(name) AS name, max(parent64) AS parent64, max(pid) AS process, min_by(node, (ts, event_id)) AS node,
    min_by(event_id, (ts, event_id)) AS first_event, max_by(event_id, (ts, event_id)) AS last_event, count(DISTINCT event_id) AS events
  FROM (
    SELECT n.value AS id, e.event_id, e.ts, m.node, CASE WHEN e.action = 'task' THEN coalesce(try_cast((e.fields->>'$."event_data"."attempt_number"') AS INTEGER), 0) ELSE 0 END + 1 AS attempt,
      CASE WHEN e.action = 'task' THEN ${stateAt(1)} END AS pending, CASE WHEN e.action = 'task' THEN ${stateAt(5)} END AS placed,
      CASE WHEN e.action = 'task' THEN ${stateAt(8)} END AS running, CASE WHEN e.action = 'task' THEN ${stateAt(11)} END AS finished, CASE WHEN e.action = 'task' THEN ${stateAt(12)} END AS failed,
      CASE WHEN e.action = 'task' THEN ${f('name')} ELSE ${f('task_name')} END AS name,
      CASE WHEN e.action = 'task' THEN (e.fields->>'$."event_data"."task_info"."parent_task_id"') END AS parent64,
      CASE WHEN e.action = 'task' THEN nullif((e.fields->>'$."event_data"."state_updates"."worker_pid"'), '0') ELSE e.pid END AS pid
    FROM entity n JOIN entity_ref r ON r.entity_id = n.entity_id JOIN event e ON e.event_id = r.event_id JOIN member m ON m.file_id = e.file_id
    WHERE n.kind = 'ray_task' AND n.role <> 'context')
  GROUP BY id, attempt HAVING max(name) IS NOT NULL OR bool_or(pending IS NOT NULL OR running IS NOT NULL OR finished IS NOT NULL OR failed IS NOT NULL))`;

const RAY_ROWS = `
SELECT 'ray', 'submission', id, 1, 1, NULL, name, node, submitted, received, started, ended, ${RAY_STATE('state_native', `CASE WHEN started IS NOT NULL THEN 'running' ELSE 'submitted' END`)},
  state_native, CASE WHEN state_native = 'FAILED' THEN error END, epoch_us(ended - started) / 1e6, NULL, NULL, NULL, NULL, first_event, last_event, end_event, events FROM ray_submission
UNION ALL
SELECT 'ray', 'job', id, 1, 1, cluster, name, node, NULL, NULL, started, ended, CASE WHEN ended IS NULL THEN 'running' ELSE 'ended' END,
  CASE WHEN ended IS NULL THEN NULL ELSE 'is_dead' END, NULL, epoch_us(ended - started) / 1e6, parent, NULL, process, NULL, first_event, last_event, end_event, events FROM ray_job
UNION ALL
SELECT 'ray', 'actor', id, attempt::INTEGER, attempts::INTEGER, NULL, name, NULL, submitted, NULL, started, ended, ${RAY_STATE('state_native', 'NULL')}, state_native,
  error, epoch_us(ended - started) / 1e6, right(id, 8), NULL, process, NULL, first_event, last_event, end_event, events FROM ray_actor
UNION ALL
SELECT 'ray', 'task', id, attempt, (count(*) OVER (PARTITION BY id))::INTEGER, NULL, name, node, submitted, received, started, ended,
  ${RAY_STATE('end_state', `CASE WHEN started IS NOT NULL THEN 'running' WHEN submitted IS NOT NULL THEN 'submitted' END`)}, end_state, NULL, epoch_us(ended - started) / 1e6,
  coalesce(CASE WHEN regexp_matches(parent64, '^[A-Za-z0-9+/]{32}$') THEN nullif(lower(hex(try(from_base64(parent64)))), repeat('f', 48)) END, right(id, 8)),
  NULL, process, NULL, first_event, last_event, end_event, events FROM ray_task`;

export const TASK_VIEW = `
CREATE VIEW tasks AS
WITH known_host AS NOT MATERIALIZED (
  SELECT f.value AS host, min(m.node) AS node FROM fact f JOIN member m ON m.file_id = f.file_id WHERE f.kind = 'host' GROUP BY f.value HAVING count(DISTINCT m.node) = 1),
${CELERY}, ${MESOS}, ${RAY}
${CELERY_ROWS}
UNION ALL ${MESOS_ROWS}
UNION ALL ${RAY_ROWS};
`;

export const TASK_COMMENTS: Record<string, string> = {
  '': 'One row per unit of work and attempt of Celery, Mesos and Ray; made from the events when asked, a condition on id is fast',
  system: 'celery, mesos, ray',
  kind: 'task; of Ray also submission, job, actor',
  id: 'Id as the system writes it; the same over all attempts',
  attempt: 'From 1: a Celery retry or redelivery, a Mesos relaunch, an actor restart, a Ray task attempt',
  attempts: 'How many attempts the case shows',
  scope: 'What the id is unique in: Mesos framework, Ray cluster (session folder, else the bundle)',
  name: 'Name of the task, class of the actor, command line of the job',
  node: 'Node that did the work, where a log says so',
  submitted: 'Sent, asked to retry, launched',
  received: 'Received by the worker or agent',
  started: 'Began to run; Celery: as logged, else end minus the runtime it states',
  ended: 'First line that states the end of the attempt',
  state:
    'sent, submitted, received, running, succeeded, failed, retried, rejected, ignored, revoked, stopped, lost, ended; the last the logs show',
  state_native: "The system's own word for it",
  error: 'Why it failed, as logged',
  runtime_s: 'Seconds: as logged, else end minus start',
  parent: 'Id of the work that started this one, where stated (Ray: also as part of the id)',
  root: 'First task of the chain it belongs to (Celery)',
  process: 'Worker process: name of the pool child or pid',
  container: 'Mesos container',
  first_event: 'First event of the attempt',
  last_event: 'Last event of the attempt',
  end_event: 'The event that states its end',
  events: 'Events of the attempt that name its id',
};
