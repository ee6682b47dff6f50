// Links between events: exact ones by the ids that lines share, and those that other files infer.
//
// Events of one id form a chain in time order: n events, n - 1 links. Ids that say where something ran rather than what it
// was (nodes, workers, agents, frameworks, addresses, users, repositories) join nothing.
import type { Connection } from '../case/database.ts';
import { CHAINED } from '../case/link-view.ts';
import { linkAccessLines } from './link-access.ts';
import { linkCelery } from './link-celery.ts';
import { linkRay } from './link-ray.ts';

const list = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ');

/**
 * `link_several`: entities whose kind and value stand in more than one row (every batch of an ingest numbers its own), with one key
 * for all of them. Only values whose hash occurs twice are compared as text. An executor may have the id of its task.
 */
const SEVERAL = `
INSERT INTO link_several
WITH named AS MATERIALIZED (
  SELECT entity_id, hash(CASE kind WHEN 'mesos_executor' THEN 'mesos_task' ELSE kind END, value) AS h
  FROM entity WHERE kind IN (${list([...CHAINED, 'mesos_task', 'mesos_executor', 'image_digest', 'ray_job'])})),
twice AS MATERIALIZED (SELECT h FROM named GROUP BY h HAVING count(*) > 1)
SELECT n.entity_id, min(n.entity_id) OVER (PARTITION BY CASE n.kind WHEN 'mesos_executor' THEN 'mesos_task' ELSE n.kind END, n.value) AS key
FROM named JOIN twice USING (h) JOIN entity n ON n.entity_id = named.entity_id`;

/**
 * All other entities stand in one row; where they stand in one file as well, the order of the file is the order of the chain,
 * and each mention knows the one before it (`entity_ref.back`): the view `links` reads them there. What goes on in a second
 * file is made anew by time.
 */
const CROSSING = `
INSERT INTO link_several SELECT DISTINCT entity_id, entity_id FROM entity_ref
WHERE back < 0 AND entity_id NOT IN (SELECT entity_id FROM link_several)
  AND entity_id IN (SELECT entity_id FROM entity WHERE kind IN (${list(CHAINED)}))`;

/**
 * Everything with more than one entity row or file, in the order of time. An id that a file's path gives is on every line of
 * the file: its first and last line stand for it. How many rows there are depends on where batches were cut; an id of one
 * role in one file has therefore the order of the file here too.
 */
const TOGETHER = `
INSERT INTO link (from_event, to_event, kind, entity_id)
WITH unit AS MATERIALIZED (
  SELECT n.entity_id, n.kind, n.role, n.role = 'context' AS context, coalesce(s.key, n.entity_id) AS key
  FROM entity n LEFT JOIN link_several s USING (entity_id)
  WHERE n.kind IN (${list(CHAINED)}) AND (s.key IS NOT NULL OR n.role = 'context')),
alone AS (
  SELECT u.key FROM entity_ref r JOIN unit u USING (entity_id)
  GROUP BY u.key HAVING min(u.role) = max(u.role) AND min(r.event_id >> 32) = max(r.event_id >> 32)),
ref AS (
  SELECT r.event_id, u.key, u.kind FROM entity_ref r JOIN unit u USING (entity_id) WHERE u.role NOT IN ('context', 'parent', 'root')
  UNION ALL
  SELECT unnest([min(r.event_id), max(r.event_id)]), u.key, any_value(u.kind)
  FROM entity_ref r JOIN unit u USING (entity_id) WHERE u.context GROUP BY u.key, r.event_id >> 32)
SELECT event_id, next, kind::link_kind, key FROM (
  SELECT r.event_id, r.kind, r.key,
    lead(r.event_id) OVER (PARTITION BY r.key ORDER BY CASE WHEN a.key IS NULL THEN e.ts END, r.event_id) AS next
  FROM ref r JOIN event e ON e.event_id = r.event_id LEFT JOIN alone a ON a.key = r.key)
WHERE next <> event_id`;

const unit = (kinds: readonly string[]): string => `
  unit AS MATERIALIZED (
    SELECT n.entity_id, n.kind, n.role, coalesce(s.key, n.entity_id) AS key FROM entity n LEFT JOIN link_several s USING (entity_id)
    WHERE n.kind IN (${list(kinds)}))`;

/** A child names its parent: the parent's first line and the child's first line that says so. */
const PARENTS = `
INSERT INTO link (from_event, to_event, kind, entity_id)
WITH child AS (SELECT n.value, r.event_id FROM entity n JOIN entity_ref r USING (entity_id) WHERE n.kind = 'celery_task' AND n.role = 'parent'),
said AS (
  SELECT c.value, t.value AS task, min_by(r.event_id, (e.ts, e.event_id)) AS event_id
  FROM child c JOIN entity_ref r ON r.event_id = c.event_id JOIN entity t ON t.entity_id = r.entity_id AND t.kind = 'celery_task' AND t.role = 'task'
    JOIN event e ON e.event_id = r.event_id GROUP BY ALL),
parent AS (
  SELECT n.value, min(n.entity_id) AS entity_id, min_by(r.event_id, (e.ts, e.event_id)) AS event_id
  FROM entity n JOIN entity_ref r USING (entity_id) JOIN event e ON e.event_id = r.event_id
  WHERE n.kind = 'celery_task' AND n.role = 'task' AND n.value IN (SELECT value FROM child) GROUP BY n.value)
SELECT p.event_id, s.event_id, 'celery_parent', p.entity_id FROM said s JOIN parent p USING (value) WHERE p.event_id <> s.event_id`;

/**
 * A task id is unique within its framework only. Lines that name no framework belong to the only one the id is known of.
 * The executor of a command task has the task's id.
 */
const MESOS_TASKS = `
INSERT INTO link (from_event, to_event, kind, entity_id)
WITH ${unit(['mesos_task', 'mesos_executor'])},
tasks AS (SELECT DISTINCT key FROM unit WHERE kind = 'mesos_task'),
ref AS MATERIALIZED (
  SELECT r.event_id, u.key FROM entity_ref r JOIN unit u USING (entity_id) WHERE u.role <> 'context' AND u.key IN (SELECT key FROM tasks)
  UNION ALL
  SELECT unnest([min(r.event_id), max(r.event_id)]), u.key FROM entity_ref r JOIN unit u USING (entity_id)
  WHERE u.role = 'context' AND u.key IN (SELECT key FROM tasks) GROUP BY u.key, r.event_id >> 32),
framework AS (SELECT r.event_id, n.value AS framework FROM entity_ref r JOIN entity n ON n.entity_id = r.entity_id WHERE n.kind = 'mesos_framework'),
placed AS MATERIALIZED (SELECT ref.event_id, ref.key, f.framework FROM ref LEFT JOIN framework f ON f.event_id = ref.event_id),
known AS MATERIALIZED (SELECT key, min(framework) AS least, max(framework) AS most FROM placed GROUP BY key)
SELECT event_id, next, 'mesos_task', key FROM (
  SELECT p.event_id, p.key, lead(p.event_id) OVER (PARTITION BY p.key, coalesce(p.framework, k.least) ORDER BY e.ts, p.event_id) AS next
  FROM placed p JOIN known k ON k.key = p.key JOIN event e ON e.event_id = p.event_id
  WHERE p.framework IS NOT NULL OR k.least IS NOT DISTINCT FROM k.most)
WHERE next <> event_id`;

/** A digest is a link where it leaves the registry's own request lines: those of one digest are found by the view \`requests\`. */
const DIGESTS = `
INSERT INTO link (from_event, to_event, kind, entity_id)
WITH ${unit(['image_digest'])},
ref AS (SELECT DISTINCT r.event_id, u.key FROM entity_ref r JOIN unit u USING (entity_id)),
seen AS (
  SELECT r.event_id, r.key, e.ts, e.system <> 'registry' OR e.component = 'gc' OR coalesce(e.category = 'storage', false) AS beyond
  FROM ref r JOIN event e ON e.event_id = r.event_id)
SELECT event_id, next, 'image_digest', key FROM (
  SELECT event_id, key, beyond, lead(event_id) OVER w AS next, lead(beyond) OVER w AS next_beyond
  FROM seen WHERE key IN (SELECT key FROM seen WHERE beyond) WINDOW w AS (PARTITION BY key ORDER BY ts, event_id))
WHERE next <> event_id`;

/** Job ids count from 1 in every cluster: the session folder keeps clusters apart, else the bundle. */
const RAY_JOBS = `
INSERT INTO link (from_event, to_event, kind, entity_id)
WITH ${unit(['ray_job'])},
cluster AS (SELECT file_id, coalesce(nullif(regexp_extract(path, 'session_[0-9][^/]*'), ''), 'bundle ' || bundle_id) AS cluster FROM member),
ref AS (
  SELECT DISTINCT r.event_id, u.key, c.cluster, e.ts FROM entity_ref r JOIN unit u USING (entity_id) JOIN event e ON e.event_id = r.event_id
    JOIN cluster c ON c.file_id = e.file_id
  WHERE u.role <> 'context' AND e.category = 'task')
SELECT event_id, next, 'ray_job', key FROM (
  SELECT event_id, key, lead(event_id) OVER (PARTITION BY key, cluster ORDER BY ts, event_id) AS next FROM ref) WHERE next IS NOT NULL`;

/** Rebuilds the links of the whole case; runs whenever times or members changed. */
export async function settleLinks(connection: Connection): Promise<void> {
  await connection.run('DELETE FROM link');
  const kinds = new Set(
    (await connection.rows<{ kind: string; role: string }>('SELECT DISTINCT kind, role FROM entity')).flatMap(
      ({ kind, role }) => [kind, `${kind} ${role}`],
    ),
  );
  await connection.run('DELETE FROM link_several');
  await connection.run(SEVERAL);
  await connection.run(CROSSING);
  await connection.run(TOGETHER);
  if (kinds.has('celery_task parent')) await connection.run(PARENTS);
  if (kinds.has('mesos_task')) await connection.run(MESOS_TASKS);
  if (kinds.has('image_digest')) await connection.run(DIGESTS);
  if (kinds.has('ray_job')) await connection.run(RAY_JOBS);
  await linkAccessLines(connection);
  await linkCelery(connection);
  await linkRay(connection);
}
