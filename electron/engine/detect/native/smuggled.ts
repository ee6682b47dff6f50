// What was put into a logged value to look like lines of the log, or to play with who reads it. See docs/native-checks.md.
import type { NativeCheck, NativeTable } from './native-check.ts';

/** Fields whose values a client, or who names things, chooses. */
const CHOSEN = [
  'http.request.useragent',
  'useragent',
  'http.useragent',
  'request.useragent',
  'user_agent',
  'http.request.uri',
  'http.request.referer',
  'referer',
  'http.request.host',
  'client.forwarded_for',
  'user.attempted',
  'auth.user.name',
  'framework_name',
  'principal',
  'vars.name',
  'vars.reference',
  'task_name',
  'entrypoint',
];

/** Traces that one of the signs below leaves in JSON text; cheap, and few lines have one. */
const TRACES = [
  '\\n',
  '\\r',
  '\\u00',
  '\\u20',
  '%0',
  '%1',
  '\\\\x',
  '\\\\r',
  '\u202e',
  '\u2066',
  'msg=',
  '\\" 2',
  '\u009b',
];

const HEAD =
  '(time="?[0-9]{4}-[0-9]{2}-|\\[?[0-9]{4}-[0-9]{2}-[0-9]{2}[T ,][0-9]{2}:[0-9]{2}|[IWEF][0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}|\\{"(level|time|msg|message|asctime|levelname|@timestamp)"|[0-9]{1,3}([.][0-9]{1,3}){3} - [^ ]+ \\[)';
const BREAK = '(\\r\\n?|\\n)';
const WRITTEN = '(\\\\r\\\\n|\\\\n|\\\\r|\\\\x0[aAdD]|\\\\u000[aAdD]|%0[aAdD])';

/** One row per line of which a chosen value has a sign; `value` is what was chosen, percent-encoding undone. */
const SMUGGLED: NativeTable = {
  name: 'native_smuggled',
  sql: `
WITH suspect AS (
  SELECT e.event_id, e.ts, e.node, e.system, e.src_ip, e.user_name, e.file_id, concat_ws(' ', ${CHOSEN.map((key) => `e.fields->>'$."${key}"'`).join(', ')}) AS value
  FROM events AS e
  WHERE ${TRACES.map((t) => `contains(e.fields, '${t}')`).join(' OR ')}
), plain AS (
  SELECT *, coalesce(TRY(url_decode(value)), value) AS decoded FROM suspect WHERE value <> ''
)
SELECT * EXCLUDE (decoded), CASE
    WHEN regexp_matches(value, '${BREAK}\\s*${HEAD}') THEN 'a line end and the beginning of a log line'
    WHEN regexp_matches(value, '${WRITTEN}[^a-zA-Z0-9]*${HEAD}') OR regexp_matches(value, '%0[aAdD]') AND regexp_matches(decoded, '${BREAK}\\s*${HEAD}')
      THEN 'a written-out line end and the beginning of a log line'
    WHEN regexp_matches(value, '\\x1b|\\x{9b}|\\\\x1b|\\\\u001b|\\\\033|%1[bB]') THEN 'a terminal escape sequence'
    WHEN regexp_matches(value, '[\\x{202a}-\\x{202e}\\x{2066}-\\x{2069}]') THEN 'a character that turns the direction of text'
    WHEN regexp_matches(decoded, '"? +level="?(debug|info|warn|warning|error|fatal)"? +msg=|msg="[^"]*" +level=|" [1-5][0-9]{2} [0-9]+ "[^"]*" "') THEN 'the fields of a log line'
    WHEN regexp_matches(value, '${BREAK}') OR regexp_matches(value, '%0[aAdD]') THEN 'a line end'
  END AS sign
FROM plain`,
};

const told = (where: string) => `
SELECT [node, sign, coalesce(src_ip, user_name, 'a client that the line does not name'),
    regexp_replace(left(first(value ORDER BY event_id) OVER (PARTITION BY node, sign, src_ip, user_name), 160), '[[:cntrl:]]+', ' ', 'g')] AS g,
  0 AS island, event_id, ts, node, system, 'smuggled text' AS role
FROM native_smuggled WHERE ${where}`;

export const smuggledText: NativeCheck = {
  thresholds: [],
  groupNames: ['node', 'sign', 'who', 'value'],
  tables: [SMUGGLED],
  query: () => ({
    sql: told(`sign IS NOT NULL AND sign <> 'a line end and the beginning of a log line'`),
    values: [],
  }),
};

export const forgedLine: NativeCheck = {
  thresholds: [],
  groupNames: ['node', 'sign', 'who', 'value'],
  tables: [SMUGGLED],
  query: () => ({
    sql: `WITH forged AS (
  SELECT e.event_id, e.node, f.path, e.message, first(e.message ORDER BY e.event_id) OVER (PARTITION BY e.node, f.path) AS sample
  FROM events AS e JOIN evidence_files AS f ON f.file_id = e.file_id WHERE e.action = 'forged_line'
)
SELECT [f.node, 'lines of its own', 'whoever chose the name in ' || f.path, left(f.sample, 160)] AS g, 0 AS island, e.event_id, e.ts, e.node, e.system,
  CASE WHEN e.event_id = f.event_id THEN 'forged line' ELSE 'smuggled text' END AS role
FROM forged AS f JOIN events AS e ON e.event_id IN (f.event_id, f.event_id - 1)
WHERE e.action IS DISTINCT FROM 'forged_line' OR e.event_id = f.event_id
UNION ALL${told(`sign = 'a line end and the beginning of a log line'`)}`,
    values: [],
  }),
};
