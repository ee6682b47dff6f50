// Pairs of observations on two nodes of which one cannot have been later than the other: what bounds the difference of two
// clocks. Each source of such pairs is looked at only where the case holds both of its sides.
import type { Connection } from '../case/database.ts';

/** "`before` was not later than `after`", on two nodes. */
interface Order {
  kind: PairKind;
  /** The id or the words that make the two observations one matter. */
  key: string;
  before_node: string;
  before_event: string;
  before_us: string;
  after_node: string;
  after_event: string;
  after_us: string;
  /** How much later than `after` `before` may have been all the same. */
  slack_us: string;
}

/** What made the pairs. `exact`: an id that both sides name; `inferred`: by content and order. `least`: so many must agree. */
export const PAIR_KINDS = {
  celery_request: {
    basis: 'exact',
    least: 3,
    words: 'requests made inside Celery tasks that carry the id of the task',
  },
  mesos_status: {
    basis: 'exact',
    least: 2,
    words: 'status updates from agent to master and their acknowledgements back',
  },
  mesos_launch: { basis: 'exact', least: 2, words: 'tasks launched by the master and assigned at the agent' },
  celery_sent: { basis: 'exact', least: 3, words: 'tasks sent by beat and received by a worker' },
  celery_retry: { basis: 'exact', least: 3, words: 'tasks that went to another worker for a retry' },
  celery_event: { basis: 'exact', least: 3, words: 'events of a worker and when they were received' },
  celery_drift: {
    basis: 'inferred',
    least: 1,
    words: 'drift of the clocks that workers report of each other',
  },
  ray_node: { basis: 'exact', least: 1, words: 'raylets that register and unregister at the GCS' },
  ray_job: { basis: 'inferred', least: 2, words: 'jobs posted at the head and started by an agent' },
  ray_serve: { basis: 'exact', least: 3, words: 'requests that a Serve proxy handed to a replica' },
  registry_proxy: {
    basis: 'inferred',
    least: 3,
    words: 'requests that the proxy in front and the registry both logged',
  },
} as const satisfies Record<string, { basis: 'exact' | 'inferred'; least: number; words: string }>;
export type PairKind = keyof typeof PAIR_KINDS;

/** Both directions of one matter between two nodes, `node` before `other` in the order of names. */
export interface Pair {
  node: string;
  other: string;
  kind: PairKind;
  key: string;
  /** The difference offset(node) - offset(other) lies between these; infinite where nothing bounds it. */
  low: number;
  high: number;
  at: number; // by the clock of `node`
  fromEvent: string;
  toEvent: string;
}

/** More than this of one source and direction are thinned out evenly: they would not narrow anything further. */
const MOST = 20_000;
const OWN = 'e.ts_kind IN (1, 2, 3) AND e.ts_logged IS NOT NULL';

/** Nodes by what writes on them: which sources are worth a question. */
class Writers {
  #nodes = new Map<string, Set<string>>();

  add(what: string, node: string): void {
    this.#nodes.set(what, (this.#nodes.get(what) ?? new Set()).add(node));
  }

  /** True when some node writes `a` and another one writes `b`. */
  apart(a: string, b: string): boolean {
    const [x, y] = [this.#nodes.get(a), this.#nodes.get(b)];
    if (!x || !y) return false;
    return x.size > 1 || y.size > 1 || [...x][0] !== [...y][0];
  }

  has(what: string): boolean {
    return this.#nodes.has(what);
  }
}

export async function clockPairs(connection: Connection): Promise<Pair[]> {
  const writers = new Writers();
  const rows = await connection.rows<{ node: string; system: string; component: string | null }>(
    `SELECT DISTINCT m.node, e.system, e.component FROM event e JOIN member m ON m.file_id = e.file_id WHERE m.node IS NOT NULL`,
  );
  const nodes = new Set(rows.map((row) => row.node));
  if (nodes.size < 2) return [];
  for (const { node, system, component } of rows) {
    writers.add(system, node);
    writers.add(`${system} ${component}`, node);
  }
  const roles = new Set(
    (
      await connection.rows<{ what: string }>(
        `SELECT DISTINCT kind || ' ' || role AS what FROM entity WHERE role = 'carried' OR kind IN ('mesos_status_update', 'mesos_task', 'ray_node', 'http_request')`,
      )
    ).map((row) => row.what),
  );
  const named = (kind: string) => [...roles].some((what) => what.startsWith(`${kind} `));

  const questions: [boolean, string][] = [
    [roles.has('celery_task carried'), CELERY_REQUEST],
    [writers.apart('mesos agent', 'mesos master') && named('mesos_status_update'), MESOS_STATUS],
    [writers.apart('mesos agent', 'mesos master') && named('mesos_task'), MESOS_LAUNCH],
    [writers.apart('celery beat', 'celery worker'), CELERY_SENT],
    [writers.apart('celery worker', 'celery worker'), CELERY_RETRY],
    [writers.has('celery events'), CELERY_EVENT],
    [writers.apart('celery worker', 'celery worker'), CELERY_DRIFT],
    [writers.apart('ray gcs_server', 'ray raylet') && named('ray_node'), RAY_NODE],
    [writers.apart('ray dashboard', 'ray dashboard_agent'), RAY_JOB],
    [writers.apart('ray serve', 'ray serve') && named('http_request'), RAY_SERVE],
    [
      writers.apart('registry access', 'nginx access') || writers.apart('registry access', 'other access'),
      REGISTRY_PROXY,
    ],
  ];
  const orders: Order[] = [];
  for (const [worth, sql] of questions) {
    if (!worth) continue;
    orders.push(
      ...(await connection.rows<Order>(
        `SELECT * FROM (${sql}) WHERE before_node <> after_node
         QUALIFY row_number() OVER (PARTITION BY before_node, after_node ORDER BY hash(key), key, before_event) <= ${MOST}
         ORDER BY kind, key, before_node, after_node, before_event`,
      )),
    );
  }
  return together(orders);
}

/** Precision of a time as written, in microseconds: access lines state whole seconds, Python milliseconds. */
const grain = (us: number): number => (us % 1_000_000 === 0 ? 1_000_000 : us % 1000 === 0 ? 1000 : 1);

/** Joins the two directions of each matter. */
export function together(orders: readonly Order[]): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const order of orders) {
    const [before, after] = [Number(order.before_us), Number(order.after_us)];
    // offset(before node) - offset(after node) is at most this
    const most = after + grain(after) - before + Number(order.slack_us);
    const forward = order.before_node < order.after_node;
    const [node, other] = forward
      ? [order.before_node, order.after_node]
      : [order.after_node, order.before_node];
    const id = `${node}\0${other}\0${order.kind}\0${order.key}`;
    let pair = pairs.get(id);
    if (!pair) {
      pair = {
        node,
        other,
        kind: order.kind,
        key: order.key,
        low: Number.NEGATIVE_INFINITY,
        high: Number.POSITIVE_INFINITY,
        at: forward ? before : after,
        fromEvent: forward ? order.before_event : order.after_event,
        toEvent: forward ? order.after_event : order.before_event,
      };
      pairs.set(id, pair);
    }
    if (forward) pair.high = Math.min(pair.high, most);
    else pair.low = Math.max(pair.low, -most);
  }
  return [...pairs.values()];
}

/** A task's id in a request that reached another node: the request came between the task's first and last line. */
const CELERY_REQUEST = `
  WITH carried AS (SELECT DISTINCT value FROM entity WHERE kind = 'celery_task' AND role = 'carried'),
  mention AS (
    SELECT n.value AS task, m.node, e.event_id, epoch_us(e.ts_logged) AS us, e.system
    FROM entity n JOIN carried USING (value) JOIN entity_ref r USING (entity_id) JOIN event e ON e.event_id = r.event_id
      JOIN member m ON m.file_id = e.file_id
    WHERE n.kind = 'celery_task' AND ${OWN} AND e.component IS DISTINCT FROM 'events'),
  span AS (
    SELECT task, node, min(us) AS started, arg_min(event_id, us) AS first, max(us) AS ended, arg_max(event_id, us) AS last
    FROM mention WHERE system = 'celery' GROUP BY ALL HAVING count(DISTINCT event_id) >= 2 AND max(us) - min(us) < 3600000000),
  seen AS (SELECT task, node, min(us) AS least, arg_min(event_id, us) AS first, max(us) AS most, arg_max(event_id, us) AS last
           FROM mention WHERE system <> 'celery' GROUP BY ALL)
  SELECT 'celery_request' AS kind, task AS key, span.node AS before_node, span.first::VARCHAR AS before_event, span.started AS before_us,
    seen.node AS after_node, seen.first::VARCHAR AS after_event, seen.least AS after_us, 0 AS slack_us FROM span JOIN seen USING (task)
  UNION ALL
  SELECT 'celery_request', task, seen.node, seen.last::VARCHAR, seen.most, span.node, span.last::VARCHAR, span.ended, 0 FROM span JOIN seen USING (task)`;

/** A status update leaves the agent, reaches the master; its acknowledgement leaves the master, reaches the agent. */
const MESOS_STATUS = `
  WITH mention AS (
    SELECT n.value AS uuid, m.node, e.component, e.action, e.message, epoch_us(e.ts_logged) AS us, e.event_id
    FROM entity n JOIN entity_ref r USING (entity_id) JOIN event e ON e.event_id = r.event_id JOIN member m ON m.file_id = e.file_id
    WHERE n.kind = 'mesos_status_update' AND e.component IN ('agent', 'master') AND ${OWN}),
  step AS (
    SELECT uuid, node, CASE
        WHEN component = 'agent' AND action = 'status_forward' THEN 'forwarded'
        WHEN component = 'master' AND action = 'status_update' THEN 'received'
        WHEN component = 'master' AND action = 'status_acknowledge' THEN 'acknowledged'
        WHEN component = 'agent' AND action = 'status_acknowledge' AND message LIKE 'Received %' THEN 'settled' END AS step,
      min(us) AS us, arg_min(event_id, us) AS event_id
    FROM mention GROUP BY ALL HAVING step IS NOT NULL)
  SELECT 'mesos_status' AS kind, a.uuid AS key, a.node AS before_node, a.event_id::VARCHAR AS before_event, a.us AS before_us,
    b.node AS after_node, b.event_id::VARCHAR AS after_event, b.us AS after_us, 0 AS slack_us
  FROM step a JOIN step b USING (uuid)
  WHERE (a.step = 'forwarded' AND b.step = 'received') OR (a.step = 'acknowledged' AND b.step = 'settled')`;

/** A task that the master launched once is assigned at the agent after that. */
const MESOS_LAUNCH = `
  WITH mention AS (
    SELECT n.value AS task, m.node, e.component, epoch_us(e.ts_logged) AS us, e.event_id
    FROM entity n JOIN entity_ref r USING (entity_id) JOIN event e ON e.event_id = r.event_id JOIN member m ON m.file_id = e.file_id
    WHERE n.kind = 'mesos_task' AND n.role <> 'context' AND ${OWN}
      AND ((e.component = 'master' AND e.action = 'task_launch') OR (e.component = 'agent' AND e.action = 'task_assign'))),
  step AS (SELECT task, node, component, min(us) AS us, arg_min(event_id, us) AS event_id, count(DISTINCT us) AS times FROM mention GROUP BY ALL)
  SELECT 'mesos_launch' AS kind, a.task AS key, a.node AS before_node, a.event_id::VARCHAR AS before_event, a.us AS before_us,
    b.node AS after_node, b.event_id::VARCHAR AS after_event, b.us AS after_us, 0 AS slack_us
  FROM step a JOIN step b USING (task) WHERE a.component = 'master' AND b.component = 'agent' AND a.times = 1 AND b.times = 1`;

/** Beat at DEBUG names the id it sent; a worker received it later. */
const CELERY_SENT = `
  WITH beat AS (
    SELECT n.value AS task, m.node, min(epoch_us(e.ts_logged)) AS us, arg_min(e.event_id, e.ts_logged) AS event_id
    FROM event e JOIN member m ON m.file_id = e.file_id JOIN entity_ref r ON r.event_id = e.event_id JOIN entity n ON n.entity_id = r.entity_id
    WHERE e.system = 'celery' AND e.component = 'beat' AND n.kind = 'celery_task' AND ${OWN} GROUP BY ALL),
  received AS (
    SELECT n.value AS task, m.node, min(epoch_us(e.ts_logged)) AS us, arg_min(e.event_id, e.ts_logged) AS event_id
    FROM beat JOIN entity n ON n.value = beat.task JOIN entity_ref r ON r.entity_id = n.entity_id JOIN event e ON e.event_id = r.event_id
      JOIN member m ON m.file_id = e.file_id
    WHERE n.kind = 'celery_task' AND e.component = 'worker' AND ${OWN} GROUP BY ALL)
  SELECT 'celery_sent' AS kind, task AS key, a.node AS before_node, a.event_id::VARCHAR AS before_event, a.us AS before_us,
    b.node AS after_node, b.event_id::VARCHAR AS after_event, b.us AS after_us, 0 AS slack_us FROM beat a JOIN received b USING (task)`;

/** A worker sent a task off for its one retry; another worker, that had never seen it, received it later. */
const CELERY_RETRY = `
  WITH retried AS (
    SELECT n.value AS task, m.node, max(epoch_us(e.ts_logged)) AS us, arg_max(e.event_id, e.ts_logged) AS event_id
    FROM event e JOIN member m ON m.file_id = e.file_id JOIN entity_ref r ON r.event_id = e.event_id JOIN entity n ON n.entity_id = r.entity_id
    WHERE e.action = 'task_retried' AND e.component = 'worker' AND n.kind = 'celery_task' AND n.role = 'task' AND ${OWN} GROUP BY ALL
    HAVING count(*) = 1),
  received AS (
    SELECT n.value AS task, m.node, min(epoch_us(e.ts_logged)) AS us, arg_min(e.event_id, e.ts_logged) AS event_id
    FROM (SELECT DISTINCT task FROM retried) t JOIN entity n ON n.value = t.task JOIN entity_ref r ON r.entity_id = n.entity_id
      JOIN event e ON e.event_id = r.event_id JOIN member m ON m.file_id = e.file_id
    WHERE n.kind = 'celery_task' AND e.action = 'task_received' AND e.component = 'worker' AND ${OWN} GROUP BY ALL HAVING count(*) = 1)
  SELECT 'celery_retry' AS kind, a.task AS key, a.node AS before_node, a.event_id::VARCHAR AS before_event, a.us AS before_us,
    b.node AS after_node, b.event_id::VARCHAR AS after_event, b.us AS after_us, 0 AS slack_us
  FROM retried a JOIN received b USING (task)
  WHERE a.node <> b.node AND NOT EXISTS (SELECT 1 FROM retried x WHERE x.task = a.task AND x.node <> a.node)
    AND (SELECT count(*) FROM received y WHERE y.task = a.task) = 2`;

/** An event as JSON states the sender's time and, as local_received, the time of the machine that took it. */
const CELERY_EVENT = `
  WITH host AS (SELECT DISTINCT m.node, f.value AS host FROM fact f JOIN member m USING (file_id) WHERE f.kind = 'host'
                UNION SELECT node, node FROM node),
  taken AS (
    SELECT e.event_id, m.node, epoch_us(e.ts_logged) AS us, coalesce(e.fields->>'$."hostname"', e.fields->>'$."node_name"') AS sender,
      round(TRY_CAST(e.fields->>'$."local_received"' AS DOUBLE) * 1e6)::BIGINT AS taken_us
    FROM event e JOIN member m ON m.file_id = e.file_id
    WHERE e.system = 'celery' AND e.component = 'events' AND e.ts_kind = 1 AND contains(e.fields, '"local_received"'))
  SELECT 'celery_event' AS kind, t.event_id::VARCHAR AS key, h.node AS before_node, t.event_id::VARCHAR AS before_event, t.us AS before_us,
    t.node AS after_node, t.event_id::VARCHAR AS after_event, t.taken_us AS after_us, 0 AS slack_us
  FROM taken t JOIN host h ON h.host = regexp_extract(t.sender, '@(.*)$', 1) WHERE taken_us IS NOT NULL`;

/**
 * `Substantial drift from X … [orig: T recv: S]`: T is when this worker took a heartbeat, S the time X wrote into it. A
 * difference of zones is part of both zones' text, so whole half hours are taken off; a heartbeat takes seconds at most.
 */
const CELERY_DRIFT = `
  WITH host AS (SELECT DISTINCT m.node, f.value AS host FROM fact f JOIN member m USING (file_id) WHERE f.kind = 'host'
                UNION SELECT node, node FROM node),
  told AS (
    SELECT e.event_id, m.node, epoch_us(e.ts_logged) AS us, regexp_extract(e.fields->>'$."drift_node"', '@(.*)$', 1) AS peer,
      epoch_us(TRY_CAST(regexp_extract(e.message, 'orig: ([0-9:. -]{19,26})', 1) AS TIMESTAMP))
        - epoch_us(TRY_CAST(regexp_extract(e.message, 'recv: ([0-9:. -]{19,26})', 1) AS TIMESTAMP)) AS late
    FROM event e JOIN member m ON m.file_id = e.file_id WHERE e.action = 'clock_drift' AND e.system = 'celery' AND ${OWN}),
  rest AS (SELECT t.*, h.node AS other, late - (round(late / 1800000000.0) * 1800000000)::BIGINT AS rest FROM told t JOIN host h ON h.host = t.peer
           WHERE late IS NOT NULL)
  SELECT 'celery_drift' AS kind, event_id::VARCHAR AS key, other AS before_node, event_id::VARCHAR AS before_event, us - rest AS before_us,
    node AS after_node, event_id::VARCHAR AS after_event, us AS after_us, 0 AS slack_us FROM rest
  UNION ALL
  SELECT 'celery_drift', event_id::VARCHAR, node, event_id::VARCHAR, us, other, event_id::VARCHAR, us - rest, 3000000 FROM rest`;

/** A raylet sets its id, then the GCS registers it; it asks to be unregistered, the GCS does it, the raylet hears of it. */
const RAY_NODE = `
  WITH mention AS (
    SELECT n.value AS id, m.node, e.component, e.message, epoch_us(e.ts_logged) AS us, e.event_id
    FROM entity n JOIN entity_ref r USING (entity_id) JOIN event e ON e.event_id = r.event_id JOIN member m ON m.file_id = e.file_id
    WHERE n.kind = 'ray_node' AND e.component IN ('raylet', 'gcs_server') AND ${OWN}),
  step AS (
    SELECT id, node, CASE
        WHEN component = 'raylet' AND message LIKE 'Setting node ID%' THEN 'named'
        WHEN component = 'gcs_server' AND message LIKE 'Registering n%' THEN 'registered'
        WHEN component = 'raylet' AND message LIKE 'Unregistering node%' THEN 'leaving'
        WHEN component = 'gcs_server' AND message LIKE 'HandleUnregisterNode%' THEN 'unregistered'
        WHEN component = 'raylet' AND message LIKE 'Finished unregistering node%' THEN 'left' END AS step,
      min(us) AS us, arg_min(event_id, us) AS event_id
    FROM mention GROUP BY ALL HAVING step IS NOT NULL)
  SELECT 'ray_node' AS kind, a.id AS key, a.node AS before_node, a.event_id::VARCHAR AS before_event, a.us AS before_us,
    b.node AS after_node, b.event_id::VARCHAR AS after_event, b.us AS after_us, 0 AS slack_us
  FROM step a JOIN step b USING (id)
  WHERE (a.step, b.step) IN (('named', 'registered'), ('leaving', 'unregistered'), ('unregistered', 'left'))`;

/**
 * A job posted at the head is started by an agent before the head answers. The request names no job: used only where one
 * other node started as many jobs as the head was asked for, in the same order.
 */
const RAY_JOB = `
  WITH posted AS (
    SELECT m.node, e.event_id, epoch_us(e.ts_logged) AS ended, epoch_us(e.ts_logged) - TRY_CAST(e.fields->>'$."duration_us"' AS BIGINT) AS started,
      row_number() OVER (PARTITION BY m.node ORDER BY e.ts_logged, e.event_id) AS n, count(*) OVER (PARTITION BY m.node) AS total
    FROM event e JOIN member m ON m.file_id = e.file_id
    WHERE e.system = 'ray' AND e.component = 'dashboard' AND e.http_method = 'POST' AND e.http_path = '/api/jobs/' AND e.http_status = 200 AND ${OWN}),
  job AS (
    SELECT m.node, e.event_id, epoch_us(e.ts_logged) AS us FROM event e JOIN member m ON m.file_id = e.file_id
    WHERE e.system = 'ray' AND e.component = 'dashboard_agent' AND e.action = 'job_submit' AND e.message LIKE 'Starting job with submission_id%' AND ${OWN}),
  ranked AS (SELECT *, row_number() OVER (ORDER BY us, event_id) AS n, count(*) OVER () AS total FROM job
             WHERE (SELECT count(DISTINCT node) FROM job) = 1)
  SELECT 'ray_job' AS kind, p.event_id::VARCHAR AS key, p.node AS before_node, p.event_id::VARCHAR AS before_event, p.started AS before_us,
    j.node AS after_node, j.event_id::VARCHAR AS after_event, j.us AS after_us, 0 AS slack_us
  FROM posted p JOIN ranked j ON p.n = j.n AND p.total = j.total WHERE p.started IS NOT NULL
  UNION ALL
  SELECT 'ray_job', p.event_id::VARCHAR, j.node, j.event_id::VARCHAR, j.us, p.node, p.event_id::VARCHAR, p.ended, 0
  FROM posted p JOIN ranked j ON p.n = j.n AND p.total = j.total`;

/** A Serve proxy logs a request when it is answered, with how long it took; the replica's part lies inside. */
const RAY_SERVE = `
  WITH mention AS (
    SELECT n.value AS id, m.node, e.event_id, epoch_us(e.ts_logged) AS us, round(TRY_CAST(e.fields->>'$."duration_ms"' AS DOUBLE) * 1000)::BIGINT AS took,
      e.fields->>'$."serve.component"' LIKE '%proxy%' AS proxy
    FROM entity n JOIN entity_ref r USING (entity_id) JOIN event e ON e.event_id = r.event_id JOIN member m ON m.file_id = e.file_id
    WHERE n.kind = 'http_request' AND e.system = 'ray' AND e.component = 'serve' AND e.http_method IS NOT NULL AND ${OWN})
  SELECT 'ray_serve' AS kind, id AS key, p.node AS before_node, p.event_id::VARCHAR AS before_event, p.us - p.took AS before_us,
    r.node AS after_node, r.event_id::VARCHAR AS after_event, r.us - r.took AS after_us, 2000 AS slack_us
  FROM mention p JOIN mention r USING (id) WHERE p.proxy AND NOT r.proxy AND p.took IS NOT NULL AND r.took IS NOT NULL
  UNION ALL
  SELECT 'ray_serve', id, r.node, r.event_id::VARCHAR, r.us, p.node, p.event_id::VARCHAR, p.us, 2000
  FROM mention p JOIN mention r USING (id) WHERE p.proxy AND NOT r.proxy`;

/**
 * A proxy in front logs a request when it has been answered, the registry when its part is done. No id joins them: only
 * requests are used whose method, URI and status stand once in each log. The proxy follows within a second.
 */
const REGISTRY_PROXY = `
  WITH line AS (
    SELECT m.node, e.event_id, epoch_us(e.ts_logged) AS us, e.system = 'registry' AS inner_side,
      concat_ws(' ', e.http_method, e.fields->>'$."http.request.uri"', e.http_status) AS key
    FROM event e JOIN member m ON m.file_id = e.file_id
    WHERE e.component = 'access' AND e.system IN ('registry', 'nginx', 'other') AND e.http_status IS NOT NULL AND contains(e.http_path, '/v2/') AND ${OWN}),
  once AS (SELECT node, inner_side, key, any_value(event_id) AS event_id, any_value(us) AS us FROM line GROUP BY ALL HAVING count(*) = 1),
  pair AS (SELECT r.key, r.node AS registry, r.event_id AS registry_event, r.us AS registry_us, p.node AS proxy, p.event_id AS proxy_event, p.us AS proxy_us
           FROM once r JOIN once p USING (key) WHERE r.inner_side AND NOT p.inner_side
           QUALIFY count(*) OVER (PARTITION BY r.key) = 1)
  SELECT 'registry_proxy' AS kind, key, registry AS before_node, registry_event::VARCHAR AS before_event, registry_us AS before_us,
    proxy AS after_node, proxy_event::VARCHAR AS after_event, proxy_us AS after_us, 0 AS slack_us FROM pair
  UNION ALL
  SELECT 'registry_proxy', key, proxy, proxy_event::VARCHAR, proxy_us, registry, registry_event::VARCHAR, registry_us, 1000000 FROM pair`;
