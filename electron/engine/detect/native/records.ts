// Tables that several checks share: one row per file that has records, one per record, with what is dear to read twice.
import type { NativeTable } from './native-check.ts';

const GLOG_END = '[.][0-9]{8}-[0-9]{6}[.][0-9]+$';

/** SQL: the path without what rotation and compression add. Rotated files of one log have one name. */
export const logNameSql = (path: string): string =>
  `regexp_replace(regexp_replace(regexp_replace(regexp_replace(${path},
    '[.](gz|bz2|xz|zst)$', ''), '[.][0-9]{8}-[0-9]{6}([.][0-9]+){0,2}$', ''), '[.-][0-9]{4}-[0-9]{2}-[0-9]{2}([_-][0-9]{2}([-:]?[0-9]{2}){0,2})?$', ''), '[.-][0-9]{1,8}$', '')`;

/** Files that were read, with the name of the log they are rotated files of. */
export const FILES: NativeTable = {
  name: 'native_file',
  sql: `
SELECT file_id, node, path, format, status, records, first_ts, last_ts, first_wall, content_size, out_of_order,
  ${logNameSql('path')} AS log, regexp_matches(path, '[.]log[.](INFO|WARNING|ERROR|FATAL)${GLOG_END}') AS glog
FROM member WHERE status IN ('parsed', 'partial')`,
};

/**
 * `dated`: it states a time of its own. `text` is equal where the text is, and the id of a request that it is about; `twin` where
 * the time as written is, too. `process`: of the pid that the line states. `disorder`: microseconds behind the latest time
 * before it. `foreign`: not the file's own line. `copy`: counted elsewhere too.
 */
export const RECORDS: NativeTable = {
  name: 'native_record',
  sql: `
SELECT * EXCLUDE (ts_wall), CASE WHEN dated THEN hash(ts_wall, text) END AS twin FROM (
SELECT e.event_id, e.file_id, e.kind_id, e.line, e.ts, e.ts_logged, e.ts_wall, e.ts_kind IN (1, 2, 3) AS dated, e.ts_kind = 1 AS zoned,
  hash(e.message, CASE WHEN contains(e.fields, '"http.request.id":') THEN e.fields->>'$."http.request.id"' END) AS text,
  CASE WHEN e.pid IS NOT NULL THEN hash(e.pid) END AS process, e.http_method IS NOT NULL AS request,
  CASE WHEN contains(e.fields, '"tidemark.out_of_order":') THEN TRY_CAST(e.fields->>'$."tidemark.out_of_order"' AS BIGINT) END AS disorder,
  coalesce(contains(e.fields, '"tidemark.foreign":'), false) AS "foreign",
  coalesce(contains(e.fields, '"tidemark.copy_of":'), false) AS "copy"
FROM event_row AS e JOIN native_file AS f ON f.file_id = e.file_id)`,
};

/** First and last record of a file, and of those that state a time of their own. */
export const EDGES: NativeTable = {
  name: 'native_edge',
  sql: `
SELECT file_id, min(event_id) AS first_id, max(event_id) AS last_id,
  min(event_id) FILTER (dated AND NOT "foreign") AS first_dated, max(event_id) FILTER (dated AND NOT "foreign") AS last_dated
FROM native_record GROUP BY file_id`,
};

/** Rotated files of one log by number: the current one is 0, or -1 where one is named \`.0\`. Every member of the ledger counts. */
export const ROTATED: NativeTable = {
  name: 'native_rotated',
  sql: `
WITH named AS (
  SELECT file_id, node, path, regexp_replace(path, '[.](gz|bz2|xz|zst)$', '') AS plain FROM member
), numbered AS (
  SELECT file_id, node, path, regexp_extract(plain, '^(.*)[.]([0-9]{1,3})$', 1) AS log,
    CAST(regexp_extract(plain, '[.]([0-9]{1,3})$', 1) AS INTEGER) AS number
  FROM named WHERE regexp_matches(plain, '[^/][.][0-9]{1,3}$') AND NOT regexp_matches(plain, '${GLOG_END}')
), whole AS (
  FROM numbered
  UNION ALL
  SELECT n.file_id, n.node, n.path, n.plain, s.least FROM named AS n
  JOIN (SELECT node, log, CASE WHEN min(number) = 0 THEN -1 ELSE 0 END AS least FROM numbered GROUP BY node, log) AS s
    ON s.node IS NOT DISTINCT FROM n.node AND s.log = n.plain
)
SELECT w.*, f.first_ts, f.last_ts, f.records FROM whole AS w LEFT JOIN native_file AS f ON f.file_id = w.file_id`,
};
