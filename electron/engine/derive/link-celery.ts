// Links that Celery's lines do not state: beat names no task id, print() names no task, a dying child names no task.
// Rules of the reference on Celery, sections 1.4, 4 and 7; each link says what it rests on and how many fitted as well.
import type { Connection } from '../case/database.ts';

const some = async (connection: Connection, where: string): Promise<boolean> =>
  (await connection.row(`SELECT 1 AS one FROM event WHERE system = 'celery' AND ${where} LIMIT 1`)) !==
  undefined;

/** A send of beat without an id, and the nearest receipt of a task of that name within 2 s. */
const BEAT = `
INSERT INTO link (from_event, to_event, kind, candidates, why)
WITH send AS (
  SELECT e.event_id, e.ts, (e.fields->>'$."task_name"') AS name FROM event e
  WHERE e.system = 'celery' AND e.action = 'task_scheduled' AND e.ts IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM entity_ref r JOIN entity n USING (entity_id) WHERE r.event_id = e.event_id AND n.kind = 'celery_task')),
-- by the second, so that a name that is received all day is compared with its near sends only
moment AS (SELECT event_id, ts, name, unnest([epoch_us(ts) // 1000000, epoch_us(ts) // 1000000 + 1, epoch_us(ts) // 1000000 + 2]) AS sec FROM send),
receipt AS (
  SELECT e.event_id, e.ts, s.sec, (e.fields->>'$."task_name"') AS name FROM event e JOIN (SELECT DISTINCT sec FROM moment) s ON s.sec = epoch_us(e.ts) // 1000000
  WHERE e.system = 'celery' AND e.action = 'task_received' AND e.component <> 'events'),
pairs AS (
  SELECT s.event_id AS send, r.event_id AS receipt, r.ts - s.ts AS after, count(*) OVER (PARTITION BY s.event_id) AS n
  FROM moment s JOIN receipt r ON r.name = s.name AND r.sec = s.sec AND r.ts BETWEEN s.ts AND s.ts + INTERVAL 2 SECOND),
nearest AS (
  SELECT *, row_number() OVER (PARTITION BY receipt ORDER BY after, send) AS of_receipt FROM pairs
  QUALIFY row_number() OVER (PARTITION BY send ORDER BY after, receipt) = 1)
SELECT send, receipt, 'beat_send', n, 'the nearest receipt of this task name within 2 s after beat sent it; the line of beat states no task id'
FROM nearest WHERE of_receipt = 1 ORDER BY send`;

/** What a child prints carries no task id: it belongs to the task whose end that child logs next. */
const OUTPUT = `
INSERT INTO link (from_event, to_event, kind, candidates, why)
WITH printed AS (
  SELECT event_id, file_id, tid, ts FROM event
  WHERE system = 'celery' AND action = 'task_output' AND tid IS NOT NULL AND ts IS NOT NULL),
child AS (SELECT DISTINCT file_id, tid FROM printed),
ended AS (
  SELECT e.event_id, e.file_id, e.tid, e.ts, e.action FROM event e JOIN child USING (file_id, tid)
  WHERE e.system = 'celery' AND e.action IN ('task_succeeded', 'task_failed', 'task_retried', 'task_rejected', 'task_ignored')),
next AS (
  SELECT p.event_id AS printed, e.event_id AS ended, e.file_id, p.ts AS printed_ts
  FROM printed p ASOF JOIN ended e ON e.file_id = p.file_id AND e.tid = p.tid AND e.event_id > p.event_id)
SELECT n.printed, n.ended, 'task_output', 1, 'printed by ' || e.tid || ', which runs one task at a time and logs the end of this one next'
FROM next n JOIN event e ON e.event_id = n.ended
WHERE NOT EXISTS (
  SELECT 1 FROM event x WHERE x.file_id = n.file_id AND x.action = 'worker_exit' AND x.event_id > n.printed AND x.event_id < n.ended
    AND (x.fields->>'$."process"') = e.tid)
ORDER BY n.printed`;

/** A child that dies leaves tasks that were received on its node within the hour before and have no end anywhere. */
const EXITS = `
INSERT INTO link (from_event, to_event, kind, candidates, why)
WITH exited AS (
  SELECT e.event_id, e.ts, m.node, (e.fields->>'$."process"') AS process, (e.fields->>'$."child_pid"') AS pid
  FROM event e JOIN member m USING (file_id) WHERE e.system = 'celery' AND e.action = 'worker_exit' AND e.ts IS NOT NULL AND e.component <> 'events'),
step AS (
  SELECT n.value AS task, e.event_id, e.ts, e.action, e.file_id, m.node, e.tid
  FROM entity n JOIN entity_ref r USING (entity_id) JOIN event e ON e.event_id = r.event_id JOIN member m ON m.file_id = e.file_id
  WHERE n.kind = 'celery_task' AND n.role = 'task' AND e.system = 'celery'),
done AS (SELECT DISTINCT task FROM step WHERE action IN ('task_succeeded', 'task_failed', 'task_rejected', 'task_ignored', 'task_revoked')),
-- the line says which child took it, or wrote of it
told AS (
  SELECT s.task, s.event_id, s.ts, s.node, CASE WHEN s.action = 'task_log' THEN s.tid END AS process,
    CASE WHEN s.action = 'task_started' THEN (e.fields->>'$."child_pid"') END AS pid
  FROM step s JOIN event e ON e.event_id = s.event_id WHERE s.action IN ('task_log', 'task_started')),
last AS (
  SELECT x.event_id AS exited, t.event_id AS task_event, t.task, t.ts, x.ts AS exited_ts, 'wrote of this task last' AS how
  FROM exited x ASOF JOIN (SELECT * FROM told WHERE process IS NOT NULL) t ON t.node = x.node AND t.process = x.process AND t.ts <= x.ts
  UNION ALL
  SELECT x.event_id, t.event_id, t.task, t.ts, x.ts, 'took this task last (same pid)'
  FROM exited x ASOF JOIN (SELECT * FROM told WHERE pid IS NOT NULL) t ON t.node = x.node AND t.pid = x.pid AND t.ts <= x.ts),
exact AS (
  SELECT exited, max_by(task_event, (ts, task_event)) AS task_event, 'this child ' || max_by(how, (ts, task_event)) || ' and no line says that the task ended' AS why
  FROM last WHERE ts >= exited_ts - INTERVAL 1 HOUR AND task NOT IN (SELECT task FROM done) GROUP BY exited),
open AS (
  SELECT task, node, event_id, ts, row_number() OVER (PARTITION BY node ORDER BY ts, event_id) AS k FROM (
    SELECT task, node, max_by(event_id, (ts, event_id)) AS event_id, max(ts) AS ts FROM step
    WHERE action = 'task_received' AND ts IS NOT NULL AND task NOT IN (SELECT task FROM done) GROUP BY ALL)),
-- how many there are is counted before any is paired: where nothing is said of ends, every task would fit every exit
within AS (
  SELECT h.exited, h.node, coalesce(l.k, 0) AS low, coalesce(h.k, 0) AS high FROM (
      SELECT x.event_id AS exited, x.node, x.ts, o.k FROM exited x ASOF LEFT JOIN open o ON o.node = x.node AND o.ts <= x.ts) h
    ASOF LEFT JOIN open l ON l.node = h.node AND l.ts < h.ts - INTERVAL 1 HOUR
  WHERE h.exited NOT IN (SELECT exited FROM exact)),
pairs AS (
  SELECT w.exited, o.event_id AS task_event, w.n FROM (
      SELECT exited, node, high - low AS n, unnest(range(low + 1, high + 1)) AS k FROM within WHERE high - low BETWEEN 1 AND 20) w
    JOIN open o ON o.node = w.node AND o.k = w.k)
SELECT task_event, exited, 'worker_exit', 1, why FROM exact
UNION ALL
SELECT task_event, exited, 'worker_exit', n, 'received on this node within the hour before the child ended, and no line says that the task ended'
FROM pairs
ORDER BY 1, 2`;

/** The end of a process as two logs tell it: the kernel that killed it, the parent that missed it. */
const ENDS = `
INSERT INTO link (from_event, to_event, kind, candidates, why)
WITH said AS (
  SELECT n.value AS pid, n.role, e.event_id, e.ts, m.node FROM entity n JOIN entity_ref r USING (entity_id) JOIN event e ON e.event_id = r.event_id
    JOIN member m ON m.file_id = e.file_id
  WHERE n.kind = 'process' AND n.role IN ('killed', 'crashed', 'exited') AND e.ts IS NOT NULL),
pairs AS (
  SELECT k.event_id AS killed, x.event_id AS exited, k.pid, count(*) OVER (PARTITION BY k.event_id) AS n,
    row_number() OVER (PARTITION BY k.event_id ORDER BY abs(epoch_us(x.ts - k.ts)), x.event_id) AS near
  FROM said k JOIN said x ON x.node = k.node AND x.pid = k.pid AND x.role = 'exited' AND k.role <> 'exited'
    AND x.ts BETWEEN k.ts - INTERVAL 2 SECOND AND k.ts + INTERVAL 30 SECOND)
SELECT killed, exited, 'process_end', n, 'process ' || pid || ' of this node: killed here, missed there within 30 s' FROM pairs WHERE near = 1 ORDER BY killed`;

export async function linkCelery(connection: Connection): Promise<void> {
  if (await some(connection, `action = 'task_scheduled'`)) await connection.run(BEAT);
  if (await some(connection, `action = 'task_output'`)) await connection.run(OUTPUT);
  if (await some(connection, `action = 'worker_exit'`)) await connection.run(EXITS);
  const killed = await connection.row(
    `SELECT 1 AS one FROM entity WHERE kind = 'process' AND role IN ('killed', 'crashed') LIMIT 1`,
  );
  if (killed) await connection.run(ENDS);
}
