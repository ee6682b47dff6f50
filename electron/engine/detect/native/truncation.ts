// Logs that are cut: a head that is missing, a tail that is missing, an end while the process went on.
import type { NativeCheck } from './native-check.ts';
import { EDGES, FILES, RECORDS, ROTATED } from './records.ts';

/** Formats of one line a record, whose first line opens one whatever was before it. */
const ONE_LINE = `('registry.access', 'registry.json', 'registry.text', 'mesos.glog', 'ray.cpp', 'ray.json', 'ray.event', 'nginx.access', 'web.json')`;

/** SQL: the line can only be the end of one of this format, not a banner or what a shell printed. */
const REST = `CASE
      WHEN format IN ('registry.access', 'nginx.access') THEN regexp_matches(message, '" [1-5][0-9]{2} [0-9-]+ ')
      WHEN format IN ('registry.json', 'ray.json', 'ray.event', 'web.json') THEN left(message, 1) <> '{' AND right(message, 1) = '}' AND contains(message, '":')
      WHEN format = 'registry.text' THEN regexp_matches(message, '(^| )(http[.]|vars[.]|go[.]version|auth[.])[a-z.]*=')
      ELSE false END`;

/** A file whose number says that another one was before it, or after it. */
const NEIGHBOUR = (which: '>' | '<') => `EXISTS (SELECT 1 FROM native_rotated AS a JOIN native_rotated AS b
      ON b.node IS NOT DISTINCT FROM a.node AND b.log = a.log AND b.number ${which} a.number WHERE a.file_id = f.file_id)`;

export const logHeadMissing: NativeCheck = {
  thresholds: [],
  groupNames: ['log', 'sign'],
  tables: [FILES, RECORDS, EDGES, ROTATED],
  query: () => ({
    sql: `WITH head AS (
  SELECT f.file_id, f.node, f.path, f.glog, f.format, e.event_id, e.ts, k.system, k.action, e.message, e.fields, e.parsed
  FROM native_file AS f JOIN native_edge AS b ON b.file_id = f.file_id JOIN event_row AS e ON e.event_id = b.first_id
  JOIN event_kind AS k ON k.kind_id = e.kind_id
  WHERE f.status = 'parsed' AND f.records >= 5
), sign AS (
  SELECT *, CASE
    WHEN glog AND action IS DISTINCT FROM 'log_open' THEN 'glog begins every file with a header, and this one has none'
    WHEN glog THEN NULL
    WHEN contains(fields, '"tidemark.nul_bytes":') AND NOT ${NEIGHBOUR('>')}
      THEN 'it begins with NUL bytes: the file was emptied while its writer went on at the old place'
    WHEN (contains(fields, '"tidemark.partial":"last part') OR NOT parsed AND ${REST})
      AND NOT ${NEIGHBOUR('>')} THEN 'it begins in the middle of a record, and no file was before it'
    END AS sign
  FROM head AS f
)
SELECT [path, sign] AS g, file_id AS island, event_id, ts, node, system, 'first record' AS role FROM sign WHERE sign IS NOT NULL`,
    values: [],
  }),
};

export const logCut: NativeCheck = {
  thresholds: [],
  groupNames: ['log', 'sign'],
  tables: [FILES, RECORDS, EDGES, ROTATED],
  query: () => ({
    sql: `WITH tail AS (
  SELECT f.*, e.event_id, e.ts, k.system, e.parsed, e.fields, m.reason,
    strlen(e.message) = e.byte_length AS open_end, left(e.message, 1) AS opening, right(e.message, 1) AS closing
  FROM native_file AS f JOIN native_edge AS b ON b.file_id = f.file_id JOIN event_row AS e ON e.event_id = b.last_id
  JOIN event_kind AS k ON k.kind_id = e.kind_id JOIN member AS m ON m.file_id = f.file_id
), sign AS (
  SELECT *, CASE
    WHEN status = 'partial' THEN 'only a part of it could be read (' || coalesce(reason, 'the archive is cut') || ')'
    WHEN records < 5 THEN NULL
    WHEN contains(fields, '"tidemark.partial":"the event is cut off') THEN 'its last record is cut off'
    WHEN NOT open_end THEN NULL
    WHEN opening = '{' AND closing <> '}' AND NOT parsed THEN 'its last line is an open JSON object'
    WHEN NOT parsed AND format IN ${ONE_LINE} THEN 'its last line breaks off'
    WHEN ${NEIGHBOUR('<')} AND format IN ${ONE_LINE} THEN 'it ends without a line end, although another file follows it'
    END AS sign
  FROM tail AS f
)
SELECT [path, sign] AS g, file_id AS island, event_id, ts, node, system, 'last record' AS role FROM sign WHERE sign IS NOT NULL`,
    values: [],
  }),
};

export const logEndsEarly: NativeCheck = {
  thresholds: [
    {
      name: 'records',
      value: 50,
      unit: 'events',
      least: 10,
      most: 1_000_000,
      about: 'fewest records of the log that ends',
    },
    {
      name: 'after',
      value: 300,
      unit: 'seconds',
      least: 10,
      most: 864_000,
      about: 'shortest time that the process went on',
    },
    {
      name: 'pauses',
      value: 10,
      unit: 'times',
      least: 2,
      most: 1000,
      about: "how much longer than the log's longest pause the process went on",
    },
    {
      name: 'others',
      value: 20,
      unit: 'events',
      least: 5,
      most: 1_000_000,
      about: 'fewest records of the process elsewhere after the end',
    },
  ],
  groupNames: ['log', 'longest_pause_seconds', 'other_log', 'records_elsewhere'],
  tables: [FILES, RECORDS],
  query: (t) => ({
    sql: `WITH mine AS (
  -- one process of one log: by its pid; of a registry every request is in both of its logs
  SELECT f.node, f.log, k.system, r.event_id, r.ts, CASE WHEN k.system = 'registry' AND r.request THEN 0 ELSE r.process END AS process
  FROM native_record AS r JOIN native_file AS f ON f.file_id = r.file_id JOIN event_kind AS k ON k.kind_id = r.kind_id
  WHERE r.dated AND NOT r."foreign" AND NOT r."copy" AND (NOT f.glog OR contains(f.path, '.INFO.'))
    AND k.component IS DISTINCT FROM 'notification' AND (r.process IS NOT NULL OR k.system = 'registry' AND r.request)
), whole AS (
  SELECT node, log, system, process, count(*) AS records, max(ts) AS ended FROM mine GROUP BY ALL
), short AS (
  SELECT DISTINCT a.node, a.log, a.system, a.process FROM whole AS a JOIN whole AS b
    ON b.node IS NOT DISTINCT FROM a.node AND b.system = a.system AND b.process = a.process AND b.log <> a.log
  WHERE a.records >= ${t.records} AND b.records >= ${t.others} AND b.ended - a.ended > INTERVAL ${t.after} SECONDS
), paused AS (
  SELECT m.*, epoch_us(m.ts) - epoch_us(lag(m.ts) OVER (PARTITION BY m.node, m.log, m.system, m.process ORDER BY m.ts, m.event_id)) AS pause
  FROM mine AS m JOIN short AS s ON s.node IS NOT DISTINCT FROM m.node AND s.log = m.log AND s.system = m.system AND s.process = m.process
), stretch AS (
  SELECT node, log, system, process, max(pause) AS longest, max(ts) AS ended, arg_max(event_id, (ts, event_id)) AS last_id
  FROM paused GROUP BY ALL
), early AS (
  SELECT a.*, b.log AS other FROM stretch AS a JOIN whole AS b
    ON b.node IS NOT DISTINCT FROM a.node AND b.system = a.system AND b.process = a.process AND b.log <> a.log
  WHERE epoch_us(b.ended) - epoch_us(a.ended) > greatest(a.longest * ${t.pauses}, ${t.after! * 1e6})
), later AS (
  SELECT a.node, a.log, a.system, a.process, any_value(a.longest) AS longest, any_value(a.last_id) AS last_id, a.other,
    count(*) AS elsewhere, min_by(m.event_id, (m.ts, m.event_id)) AS next_id, max_by(m.event_id, (m.ts, m.event_id)) AS end_id
  FROM early AS a JOIN mine AS m ON m.node IS NOT DISTINCT FROM a.node AND m.log = a.other AND m.system = a.system
    AND m.process = a.process AND m.ts > a.ended
  GROUP BY a.node, a.log, a.system, a.process, a.other HAVING count(*) >= ${t.others}
  QUALIFY row_number() OVER (PARTITION BY a.node, a.log, a.system ORDER BY count(*) DESC, a.other, a.process) = 1
)
SELECT [l.log, CAST(round(l.longest / 1e6, 1) AS VARCHAR), l.other, CAST(l.elsewhere AS VARCHAR)] AS g, l.last_id AS island,
  e.event_id, e.ts, e.node, e.system, CASE WHEN e.event_id = l.last_id THEN 'last record' ELSE 'the process goes on' END AS role
FROM later AS l JOIN events AS e ON e.event_id IN (l.last_id, l.next_id, l.end_id)`,
    values: [],
  }),
};
