// The view `requests`: one row per HTTP request of a registry, a Ray dashboard or agent, a Mesos master or agent, or a proxy.
//
// Registry lines are one request by http.request.id; their access line by the inferred link `access_line`. Everything else
// is one line a request. Nothing is stored for it; a condition on `request_id` is fast.

const f = (key: string, of = 'e.fields') => `(${of}->>'$."${key}"')`;

/** Go's printed duration in seconds: 55.5µs, 4.62ms, 1.2s, 1m2.5s, 1h0m3s. */
export const goSeconds = (d: string): string => `CASE
  WHEN ${d} LIKE '%ns' THEN try_cast(left(${d}, -2) AS DOUBLE) / 1e9
  WHEN ${d} LIKE '%µs' OR ${d} LIKE '%us' THEN try_cast(left(${d}, -2) AS DOUBLE) / 1e6
  WHEN ${d} LIKE '%ms' THEN try_cast(left(${d}, -2) AS DOUBLE) / 1e3
  WHEN ${d} LIKE '%s' THEN coalesce(try_cast(nullif(regexp_extract(${d}, '([0-9]{1,6})h', 1), '') AS DOUBLE), 0) * 3600
    + coalesce(try_cast(nullif(regexp_extract(${d}, '([0-9]{1,6})m', 1), '') AS DOUBLE), 0) * 60
    + try_cast(regexp_extract(${d}, '([0-9.]{1,20})s$', 1) AS DOUBLE) END`;

/** Mesos prints 12.3ms, 1.2secs, 3us, 2mins. */
const mesosSeconds = (d: string) =>
  `CASE WHEN ${d} LIKE '%mins' THEN try_cast(left(${d}, -4) AS DOUBLE) * 60 WHEN ${d} LIKE '%secs' THEN try_cast(left(${d}, -4) AS DOUBLE) ELSE ${goSeconds(d)} END`;

const DURATION = `CASE e.system WHEN 'ray' THEN coalesce(try_cast(${f('duration_us')} AS DOUBLE) / 1e6, try_cast(${f('duration_ms')} AS DOUBLE) / 1e3)
  WHEN 'mesos' THEN ${mesosSeconds(`(${f('duration')})`)} ELSE coalesce(${goSeconds(`(${f('http.response.duration')})`)}, try_cast(${f('duration_ms')} AS DOUBLE) / 1e3) END`;

export const REQUEST_VIEW = `
CREATE VIEW requests AS
WITH part AS NOT MATERIALIZED (
  SELECT n.value AS request_id, e.event_id, e.ts, e.system, e.component, e.action, e.http_method, e.http_path, e.http_status, e.src_ip, e.user_name, e.fields, m.node,
    l.to_event AS access_event, l.candidates, a.src_ip AS socket, p.from_event AS proxy_event
  FROM entity n JOIN entity_ref r ON r.entity_id = n.entity_id JOIN event e ON e.event_id = r.event_id JOIN member m ON m.file_id = e.file_id
    LEFT JOIN (SELECT from_event, to_event, candidates FROM link WHERE kind = 'access_line') l ON l.from_event = e.event_id
    LEFT JOIN (SELECT event_id, src_ip FROM event WHERE component = 'access' AND system = 'registry') a ON a.event_id = l.to_event
    LEFT JOIN (SELECT from_event, to_event FROM link WHERE kind = 'proxy_line') p ON p.to_event = e.event_id
  WHERE n.kind = 'http_request' AND e.system IN ('registry', 'ray')),
joined AS NOT MATERIALIZED (
  SELECT request_id, min_by(system, (ts, event_id)) AS system, min_by(node, (component = 'notification', ts, event_id)) AS node,
    min(http_method) AS http_method, min(http_path) AS http_path, max(http_status) AS http_status,
    max(coalesce(try_cast(${f('http.response.written', 'fields')} AS BIGINT), try_cast(${f('target.size', 'fields')} AS BIGINT))) AS bytes,
    max(coalesce(${goSeconds(`(${f('http.response.duration', 'fields')})`)}, try_cast(${f('duration_ms', 'fields')} AS DOUBLE) / 1e3)) AS duration_s,
    max(socket) AS client_socket, min(src_ip) AS client_claimed, max(user_name) AS user_name, max(${f('user.attempted', 'fields')}) AS attempted,
    max(${f('repository', 'fields')}) AS repository, max(${f('reference', 'fields')}) AS reference, max(${f('digest', 'fields')}) AS digest,
    max(coalesce(${f('http.request.useragent', 'fields')}, ${f('request.useragent', 'fields')})) AS user_agent,
    max(${f('registry.operation', 'fields')}) AS operation, max(coalesce(${f('http.request.uri', 'fields')}, http_path)) AS uri,
    min(ts) AS first_ts, max(ts) FILTER (component IS DISTINCT FROM 'notification') AS last_ts,
    max(access_event) AS access_event, max(candidates) AS candidates, max(proxy_event) AS proxy_event,
    min_by(event_id, (ts, event_id)) AS first_event, list(DISTINCT event_id ORDER BY event_id) AS ids
  FROM part GROUP BY request_id),
alone AS NOT MATERIALIZED (
  SELECT e.event_id, e.ts, e.system, e.component, e.http_method, e.http_path, e.http_status, e.src_ip, e.user_name, e.fields, m.node, q.from_event AS asked_event,
    ${DURATION} AS duration_s
  FROM event e JOIN member m ON m.file_id = e.file_id
    LEFT JOIN (SELECT from_event, to_event FROM link WHERE kind = 'request_answer') q ON q.to_event = e.event_id
  WHERE e.action = 'http_request' AND e.system <> 'celery' AND coalesce(e.component, '') NOT IN ('app', 'serve')
    AND e.event_id NOT IN (SELECT to_event FROM link WHERE kind = 'access_line')
    AND e.event_id NOT IN (SELECT from_event FROM link WHERE kind = 'request_answer'))
SELECT request_id, system, node, http_method AS method, http_path AS path, uri, http_status AS status, bytes, duration_s, client_socket, client_claimed,
  coalesce(user_name, attempted) AS "user", user_name IS NOT NULL AS user_proven, repository, reference, digest, operation, user_agent,
  least(first_ts, last_ts - to_microseconds((duration_s * 1e6)::BIGINT)) AS started, last_ts AS ended,
  first_event, list_filter(list_concat(ids, [access_event, proxy_event]), x -> x IS NOT NULL) AS event_ids, coalesce(candidates, 0)::INTEGER AS access_candidates
FROM joined
UNION ALL
SELECT NULL, e.system, e.node, e.http_method, e.http_path, coalesce(${f('http.request.uri')}, e.http_path), e.http_status,
  try_cast(coalesce(${f('http.response.written')}, ${f('bytes')}) AS BIGINT), e.duration_s, e.src_ip,
  nullif(trim(split_part(coalesce(${f('http.xff')}, ${f('http_x_forwarded_for')}), ',', 1)), ''), coalesce(e.user_name, ${f('access.user')}, ${f('user')}), e.user_name IS NOT NULL,
  ${f('repository')}, ${f('reference')}, ${f('digest')}, ${f('registry.operation')}, coalesce(${f('http.request.useragent')}, ${f('useragent')}, ${f('http.useragent')}),
  CASE WHEN e.system = 'registry' THEN e.ts ELSE e.ts - coalesce(to_microseconds((e.duration_s * 1e6)::BIGINT), INTERVAL 0 SECOND) END,
  CASE WHEN e.system <> 'registry' THEN e.ts END, e.event_id, list_filter([e.asked_event, e.event_id], x -> x IS NOT NULL), 0
FROM alone e;
`;

export const REQUEST_COMMENTS: Record<string, string> = {
  '': 'One row per HTTP request of registry, Ray, Mesos and proxies; made from the events when asked, a condition on request_id is fast',
  request_id: 'http.request.id of the registry, request id of Ray Serve; NULL where the log has none',
  system: 'registry, ray, mesos, nginx, ...',
  node: 'Node whose log has it',
  method: 'Request method',
  path: 'Path without its query',
  uri: 'As asked for, with query',
  status: 'Response status; NULL where no line states it',
  bytes: 'Bytes written, as logged',
  duration_s: 'Seconds, as logged',
  client_socket: 'Client as the socket shows it (access lines); NULL where only an application line is there',
  client_claimed: 'Client as the application line states it: the registry believes X-Forwarded-For of anyone',
  user: 'User: see user_proven',
  user_proven: 'True where the log proves the user; else the name was only tried',
  repository: 'Image repository',
  reference: 'Tag or digest asked for',
  digest: 'Digest asked for or stored',
  operation: 'What the registry was asked to do: manifest_pull, upload_start, ...',
  user_agent: "The client's word",
  started: 'First line, or end minus duration; access lines state whole seconds',
  ended: 'Last line; NULL where only an access line of the registry is there, which states the start',
  first_event: 'First event',
  event_ids: 'Events joined to this request',
  access_candidates:
    '0: no access line joined; 1: one fits; more: so many fit equally well and were paired in order',
};
