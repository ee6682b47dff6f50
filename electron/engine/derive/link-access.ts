// Which access line, proxy line or answer belongs to which request: no id is shared, so address, method, path, status and time
// decide (reference on the registry, section 3). Equal candidates are paired in order and the link says how many there were.
import type { Connection } from '../case/database.ts';
import { goSeconds } from '../case/request-view.ts';

const some = async (connection: Connection, where: string): Promise<boolean> =>
  (await connection.row(`SELECT 1 AS one FROM event WHERE ${where} LIMIT 1`)) !== undefined;

/** The columns that pairs must have in common, as one number to sort by; they are compared themselves as well. */
const KEYS = `hash(http_method, http_path, status) AS what, hash(node, src_ip) AS who`;

/** A request of the application's log: its last line. A 401 of version 2 has no line that states the status. */
const appRequests = (failures: boolean): string => `
CREATE OR REPLACE TEMP TABLE asked AS
WITH line AS (
  SELECT e.event_id, m.node, e.src_ip, e.http_method, e.http_path, coalesce(e.http_status, 401) AS status, e.ts, e.http_status IS NOT NULL AS stated, e.outcome
  FROM event e JOIN member m ON m.file_id = e.file_id
  WHERE e.system = 'registry' AND e.component = 'app' AND e.http_method IS NOT NULL AND e.ts IS NOT NULL
    AND (e.http_status IS NOT NULL OR (e.action = 'authorize_request' AND e.outcome = 'failure'))),
one AS (
  SELECT * FROM line ${
    failures
      ? `WHERE outcome IS DISTINCT FROM 'failure' UNION ALL SELECT unnest(best, recursive := true) FROM (
    -- an error is logged once per cause: one line stands for the request
    SELECT max_by(line, (line.stated, line.ts, line.event_id)) AS best
    FROM line JOIN entity_ref r ON r.event_id = line.event_id JOIN entity n ON n.entity_id = r.entity_id
    WHERE line.outcome = 'failure' AND n.kind = 'http_request' GROUP BY n.value)`
      : ''
  })
SELECT event_id, node, src_ip, http_method, http_path, status, ${KEYS}, epoch_us(ts) // 1000000 AS sec FROM one`;

const lines = (table: string, where: string): string => `
CREATE OR REPLACE TEMP TABLE ${table} AS
SELECT event_id, node, src_ip, http_method, http_path, status, ${KEYS}, sec FROM (
  SELECT e.event_id, m.node, e.src_ip, e.http_method, e.http_path, e.http_status AS status, epoch_us(e.ts) // 1000000 AS sec
  FROM event e JOIN member m ON m.file_id = e.file_id WHERE e.ts IS NOT NULL AND e.http_method IS NOT NULL AND ${where})`;

interface Pass {
  kind: 'access_line' | 'proxy_line';
  /** What must be equal, beside method, path and status. */
  same: 'node and client' | 'client' | 'node and agent' | 'agent';
  /** Seconds that the line is before the request (access lines state the start). */
  earlier: number;
  why: string;
}

const SAME_COLUMNS = {
  'node and client': { by: 'what, who', equal: ['node', 'src_ip'] },
  client: { by: 'what, src_ip', equal: ['src_ip'] },
  'node and agent': { by: 'what, node, agent', equal: ['node', 'agent'] },
  agent: { by: 'what, agent', equal: ['agent'] },
} as const;

/** Pairs what is left of `from` and `to`; both are tables of requests, and what was paired leaves them. */
async function pair(connection: Connection, from: string, to: string, pass: Pass): Promise<number> {
  const { by, equal } = SAME_COLUMNS[pass.same];
  const agent = `(e.fields->>'$."http.request.useragent"') AS agent`;
  const side = (table: string, moved: number) => {
    const source = pass.same.endsWith('agent')
      ? `(SELECT t.*, ${agent} FROM ${table} t JOIN event e USING (event_id))`
      : table;
    return `(SELECT *, sec + ${moved} AS moment, row_number() OVER (PARTITION BY ${by}, sec ORDER BY event_id) AS k,
      count(*) OVER (PARTITION BY ${by}, sec) AS n FROM ${source})`;
  };
  const made = await connection.run(`
    INSERT INTO link (from_event, to_event, kind, candidates, why)
    SELECT f.event_id, t.event_id, '${pass.kind}', greatest(f.n, t.n), ${pass.why}
    FROM ${side(from, -pass.earlier)} f JOIN ${side(to, 0)} t ON f.moment = t.moment AND f.k = t.k AND f.what = t.what
      AND f.http_method = t.http_method AND f.http_path = t.http_path AND f.status = t.status AND ${equal.map((key) => `f.${key} = t.${key}`).join(' AND ')}`);
  if (made === 0) return made;
  await connection.run(
    `DELETE FROM ${from} WHERE event_id IN (SELECT from_event FROM link WHERE kind = '${pass.kind}')`,
  );
  await connection.run(
    `DELETE FROM ${to} WHERE event_id IN (SELECT to_event FROM link WHERE kind = '${pass.kind}')`,
  );
  return made;
}

const SAME = 'same method, path and status';
const text = (words: string) => `'${words}'`;
/** Two lines of one request that name different clients: what a header claims, and the socket. */
const ADDRESSES = `'${SAME} and the same user agent on this node within a second; the access line shows the socket ' || coalesce(t.src_ip, 'of an unnamed client') || ', the application line believes a header that says ' || coalesce(f.src_ip, 'nothing')`;

async function accessLines(connection: Connection): Promise<void> {
  await connection.run(lines('answered', `e.system = 'registry' AND e.component = 'access'`));
  const failures = await some(
    connection,
    `system = 'registry' AND component = 'app' AND outcome = 'failure'`,
  );
  await connection.run(appRequests(failures));
  const left = async () =>
    (await connection.row('SELECT 1 AS one FROM answered, asked LIMIT 1')) !== undefined;
  const pass = async (same: Pass['same'], earlier: number, why: string) => {
    if (await left())
      await pair(connection, 'asked', 'answered', { kind: 'access_line', same, earlier, why });
  };
  const client = text(`same client address, ${SAME.slice(5)} on this node within a second`);
  await pass('node and client', 0, client);
  // most are joined: what is left of both sides is little
  await connection.run('DELETE FROM answered WHERE (node, what) NOT IN (SELECT (node, what) FROM asked)');
  await connection.run('DELETE FROM asked WHERE (node, what) NOT IN (SELECT (node, what) FROM answered)');
  await pass('node and client', 1, client);
  if (!(await left())) return;
  // access lines state the start: long requests go by what their application line says they took
  const long = await connection.run(`
    UPDATE asked SET sec = sec - round(long.seconds)::BIGINT FROM (
      SELECT e.event_id, ${goSeconds(`(e.fields->>'$."http.response.duration"')`)} AS seconds FROM asked a JOIN event e USING (event_id)) AS long
    WHERE long.event_id = asked.event_id AND long.seconds >= 1 AND long.seconds < 1e6`);
  const begun = text(`same client address, ${SAME.slice(5)} on this node; the request began in that second`);
  if (long > 0) for (const earlier of [0, 1, -1]) await pass('node and client', earlier, begun);
  // behind a proxy the two lines name different addresses
  for (const earlier of [0, 1]) await pass('node and agent', earlier, ADDRESSES);
}

/** nginx in front: it names the client that the registry takes from its header; else only method, path, status and time fit. */
async function proxyLines(connection: Connection): Promise<void> {
  await connection.run(lines('passed', `e.system = 'nginx' AND e.http_path LIKE '/v2%'`));
  await connection.run(appRequests(true));
  const client = text(
    `same client address, ${SAME.slice(5)} within a second at the proxy and at the registry behind it`,
  );
  for (const earlier of [0, 1, -1])
    await pair(connection, 'passed', 'asked', { kind: 'proxy_line', same: 'client', earlier, why: client });
  await connection.run(
    lines(
      'answered',
      `e.system = 'registry' AND e.component = 'access' AND NOT EXISTS (SELECT 1 FROM link l WHERE l.kind = 'access_line' AND l.to_event = e.event_id)`,
    ),
  );
  const time = text(`${SAME} and user agent within a second at the proxy and at the registry behind it`);
  for (const earlier of [0, 1, -1])
    await pair(connection, 'passed', 'answered', { kind: 'proxy_line', same: 'agent', earlier, why: time });
}

/** Newer Mesos logs a request and its answer as two lines of one file, with the same peer. */
const ANSWERS = `
INSERT INTO link (from_event, to_event, kind, candidates, why)
WITH answer AS (
  SELECT event_id, file_id, src_ip, http_method, http_path, ts, (fields->>'$."peer"') AS peer FROM event WHERE system = 'mesos' AND http_status IS NOT NULL AND ts IS NOT NULL),
request AS (
  SELECT *, row_number() OVER (PARTITION BY file_id, http_method, http_path, peer ORDER BY event_id) AS k FROM (
    SELECT e.event_id, e.file_id, e.http_method, e.http_path, e.ts, (e.fields->>'$."peer"') AS peer FROM event e
    WHERE e.system = 'mesos' AND e.http_method IS NOT NULL AND e.http_status IS NULL
      AND (e.file_id, e.http_method, e.http_path) IN (SELECT (file_id, http_method, http_path) FROM answer))),
near AS (
  SELECT r.event_id AS request, a.event_id AS answer, r.ts >= a.ts - INTERVAL 5 MINUTE AS soon,
    r.k - lag(r.k, 1, 0) OVER (PARTITION BY a.file_id, a.http_method, a.http_path, a.peer ORDER BY a.event_id) AS n
  FROM answer a ASOF JOIN request r ON r.file_id = a.file_id AND r.http_method = a.http_method AND r.http_path = a.http_path AND r.peer = a.peer AND r.event_id < a.event_id)
SELECT request, answer, 'request_answer', n, 'same peer, method and path in this file; the answer is the next one to it' FROM near
WHERE n > 0 AND soon ORDER BY request`;

/** The POST that opens an upload names no upload yet: the last one before it of the same client and repository. */
const UPLOADS = `
INSERT INTO link (from_event, to_event, kind, candidates, why)
WITH first AS (
  SELECT n.value, min_by(e.event_id, (e.ts, e.event_id)) AS event_id FROM entity n JOIN entity_ref r USING (entity_id) JOIN event e ON e.event_id = r.event_id
  WHERE n.kind = 'registry_upload' AND e.component = 'app' AND e.ts IS NOT NULL GROUP BY n.value),
upload AS (
  SELECT e.event_id, e.src_ip, e.ts, regexp_replace(e.http_path, '[^/]*$', '') AS path FROM first JOIN event e USING (event_id) WHERE e.http_path IS NOT NULL),
post AS (
  SELECT event_id, src_ip, ts, CASE WHEN http_path LIKE '%/' THEN http_path ELSE http_path || '/' END AS path FROM event
  WHERE system = 'registry' AND http_method = 'POST' AND http_status = 202 AND component = 'app' AND http_path LIKE '/v2/%/blobs/uploads%'),
counted AS (SELECT *, row_number() OVER (PARTITION BY src_ip, path ORDER BY ts, event_id) AS k FROM post WHERE src_ip IS NOT NULL AND ts IS NOT NULL),
last AS (
  SELECT u.event_id AS upload, u.src_ip, u.path, u.ts, p.event_id AS post, p.ts AS post_ts, p.k
  FROM upload u ASOF JOIN counted p ON p.src_ip = u.src_ip AND p.path = u.path AND p.ts <= u.ts),
-- how many were opened in the minute before
many AS (SELECT l.*, l.k - coalesce(b.k, 0) AS n FROM last l ASOF LEFT JOIN counted b ON b.src_ip = l.src_ip AND b.path = l.path AND b.ts < l.ts - INTERVAL 1 MINUTE)
SELECT post, upload, 'upload_start', n, 'the last upload opened by the same client in the same repository within the minute before; the opening line names no upload id'
FROM many WHERE post_ts >= ts - INTERVAL 1 MINUTE QUALIFY row_number() OVER (PARTITION BY post ORDER BY ts, upload) = 1 ORDER BY post`;

export async function linkAccessLines(connection: Connection): Promise<void> {
  if (await some(connection, `system = 'registry' AND component = 'access'`)) await accessLines(connection);
  if (await some(connection, `system = 'nginx'`)) await proxyLines(connection);
  if (await some(connection, `system = 'mesos' AND http_status IS NOT NULL`)) await connection.run(ANSWERS);
  const uploads = await connection.row(`SELECT 1 AS one FROM entity WHERE kind = 'registry_upload' LIMIT 1`);
  if (uploads) await connection.run(UPLOADS);
  for (const table of ['asked', 'answered', 'passed']) await connection.run(`DROP TABLE IF EXISTS ${table}`);
}
