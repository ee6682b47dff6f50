// Client addresses that requests claim in a header (X-Forwarded-For, X-Real-Ip) and that what else is logged speaks against.
import type { NativeCheck, NativeTable } from './native-check.ts';

const field = (name: string): string => `(e.fields->>'$."${name}"')`;
const AGENT = `coalesce(${field('http.request.useragent')}, ${field('http.useragent')}, ${field('useragent')}, ${field('request.useragent')})`;
const USER = `coalesce(e.user_name, ${field('user.attempted')}, ${field('access.user')})`;
/** First address of a list, without port and brackets. */
const address = (text: string): string =>
  `regexp_extract(trim(split_part(${text}, ',', 1)), '^\\[?([0-9]+(?:[.][0-9]+){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*|[^\\]:]*)', 1)`;

/**
 * One row per request whose client is stated: what the socket shows (NULL where only an application line is there), what is
 * claimed, and whether a header must have claimed it. The registry writes `ip:port` of a socket and a bare address of a header.
 */
const CLAIMS: NativeTable = {
  name: 'native_claim',
  sql: `WITH request AS (
  SELECT e.event_id, a.event_id AS socket_event, e.ts, m.node, k.system, ${AGENT} AS agent, ${USER} AS account,
    coalesce(a.http_status, e.http_status) AS status, a.src_ip AS socket, ${field('http.request.remoteaddr')} AS stated
  FROM event_row AS e JOIN event_kind AS k ON k.kind_id = e.kind_id JOIN member AS m ON m.file_id = e.file_id
    LEFT JOIN link AS l ON l.kind = 'access_line' AND l.from_event = e.event_id AND l.candidates = 1
    LEFT JOIN event_row AS a ON a.event_id = l.to_event
  WHERE k.system = 'registry' AND contains(e.fields, '"http.request.remoteaddr"')
    AND (l.to_event IS NOT NULL OR NOT regexp_matches(e.fields, '"http.request.remoteaddr":"[^"]*:[0-9]+"'))
  UNION ALL
  SELECT e.event_id, NULL, e.ts, m.node, k.system, ${AGENT}, ${USER}, e.http_status, e.src_ip,
    coalesce(${field('http.xff')}, ${field('http_x_forwarded_for')})
  FROM event_row AS e JOIN event_kind AS k ON k.kind_id = e.kind_id JOIN member AS m ON m.file_id = e.file_id
  WHERE contains(e.fields, '"http.xff"') OR contains(e.fields, '"http_x_forwarded_for"')
), told AS (
  SELECT *, ${address('stated')} AS claimed,
    NOT regexp_matches(stated, '^([0-9.]+|\\[.*\\]):[0-9]+$') OR socket IS NOT NULL AND ${address('stated')} <> socket AS by_header
  FROM request WHERE stated IS NOT NULL AND trim(stated) NOT IN ('', '-')
)
SELECT * FROM told`,
};

const PRIVATE =
  '^(10[.]|192[.]168[.]|172[.](1[6-9]|2[0-9]|3[01])[.]|127[.]|169[.]254[.]|::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)';
const NO_CLIENT = '^(0[.]|127[.]|22[4-9][.]|2[3-5][0-9][.]|::$|::1$|ff[0-9a-f]{2}:)';
const ADDRESS = '^([0-9]+([.][0-9]+){3}|[0-9a-f:.]*:[0-9a-f:.]*)$';

const EVENTS = `SELECT event_id, 'request' AS role, * EXCLUDE (event_id) FROM chosen
  UNION ALL SELECT socket_event, 'its connection', * EXCLUDE (event_id) FROM chosen WHERE socket_event IS NOT NULL`;

export const claimedAddressImpossible: NativeCheck = {
  thresholds: [],
  groupNames: ['claimed', 'why', 'socket'],
  tables: [CLAIMS],
  query: () => ({
    sql: `WITH chosen AS (
  SELECT *, CASE
    WHEN NOT regexp_matches(lower(claimed), '${ADDRESS}') THEN 'it is no address'
    WHEN regexp_matches(claimed, '^[0-9.]+$') AND list_max([try_cast(x AS INTEGER) FOR x IN string_split(claimed, '.')]) > 255 THEN 'it is no address'
    WHEN regexp_matches(lower(claimed), '${NO_CLIENT}') AND claimed IS DISTINCT FROM socket THEN 'no client on a network has it'
    WHEN socket IS NOT NULL AND NOT regexp_matches(lower(socket), '${PRIVATE}') AND regexp_matches(lower(claimed), '${PRIVATE}')
      THEN 'a private address is claimed from outside'
    END AS why
  FROM native_claim WHERE by_header
)
SELECT [x.claimed, x.why, coalesce(x.socket, 'an address the logs do not state')] AS g, x.node AS island, e.event_id, e.ts, e.node, e.system, x.role
FROM (${EVENTS}) AS x JOIN events AS e ON e.event_id = x.event_id WHERE x.why IS NOT NULL AND x.node IS NOT NULL`,
    values: [],
  }),
};

export const claimedAddressContradicted: NativeCheck = {
  thresholds: [
    {
      name: 'own',
      value: 1,
      unit: 'events',
      least: 1,
      most: 100_000,
      about: 'Requests of the same client under its own address',
    },
  ],
  groupNames: ['socket', 'agent', 'claimed', 'own'],
  tables: [CLAIMS],
  query: (t) => ({
    sql: `WITH client AS (
  SELECT node, socket, agent, count(*) FILTER (NOT by_header AND claimed = socket) AS own,
    list_sort(list(DISTINCT claimed) FILTER (by_header AND claimed <> socket)) AS others
  FROM native_claim WHERE socket IS NOT NULL AND agent IS NOT NULL GROUP BY ALL
), chosen AS (
  SELECT c.*, array_to_string(k.others[:3], ', ') || CASE WHEN len(k.others) > 3 THEN ' and ' || (len(k.others) - 3) || ' more' ELSE '' END AS said, k.own
  FROM client AS k JOIN native_claim AS c ON c.node IS NOT DISTINCT FROM k.node AND c.socket = k.socket AND c.agent = k.agent
  WHERE k.own >= ${t.own} AND len(k.others) > 0 AND c.by_header AND c.claimed <> c.socket
)
SELECT [x.socket, x.agent, x.said, CAST(x.own AS VARCHAR)] AS g, coalesce(x.node, '') AS island, e.event_id, e.ts, e.node, e.system, x.role
FROM (${EVENTS}) AS x JOIN events AS e ON e.event_id = x.event_id`,
    values: [],
  }),
};

export const claimedAddressesRotate: NativeCheck = {
  thresholds: [
    {
      name: 'addresses',
      value: 10,
      unit: 'values',
      least: 2,
      most: 100_000,
      about: 'Different claimed addresses',
    },
    {
      name: 'requests',
      value: 3,
      unit: 'times',
      least: 1,
      most: 1000,
      about: 'Requests an address must stay below on average',
    },
    {
      name: 'gap',
      value: 900,
      unit: 'seconds',
      least: 1,
      most: 86_400,
      about: 'Longest silence within one finding',
    },
  ],
  groupNames: ['agent', 'account', 'addresses', 'socket'],
  tables: [CLAIMS],
  query: (t) => ({
    sql: `WITH one AS (
  SELECT *, coalesce(account, 'no user name') AS who, coalesce(socket, '') AS peer FROM native_claim
  WHERE by_header AND agent IS NOT NULL AND ts IS NOT NULL AND claimed IS DISTINCT FROM socket
), stepped AS (
  SELECT *, coalesce(ts - lag(ts) OVER w > INTERVAL ${t.gap} SECONDS, true) AS opens FROM one WINDOW w AS (PARTITION BY node, peer, agent, who ORDER BY ts, event_id)
), stretch AS (
  SELECT *, count(*) FILTER (opens) OVER (PARTITION BY node, peer, agent, who ORDER BY ts, event_id ROWS UNBOUNDED PRECEDING) AS part FROM stepped
), chosen AS (
  SELECT s.*, n.addresses FROM stretch AS s JOIN (
    SELECT node, peer, agent, who, part, count(DISTINCT claimed) AS addresses FROM stretch GROUP BY ALL
    HAVING count(DISTINCT claimed) >= ${t.addresses} AND count(*) < count(DISTINCT claimed) * ${t.requests}
  ) AS n ON n.node IS NOT DISTINCT FROM s.node AND n.peer = s.peer AND n.agent = s.agent AND n.who = s.who AND n.part = s.part
)
SELECT [x.agent, x.who, CAST(x.addresses AS VARCHAR), CASE x.peer WHEN '' THEN 'an address the logs do not state' ELSE x.peer END] AS g,
  x.node || ' ' || x.part AS island, e.event_id, e.ts, e.node, e.system, x.role
FROM (${EVENTS}) AS x JOIN events AS e ON e.event_id = x.event_id`,
    values: [],
  }),
};
