// What the database claims of the evidence, held against itself: counts, places, references. Each check is one query that
// gives rows only where something is not as it must be.
import type { Case } from '../case/case.ts';
import { wrongTimes } from '../derive/times.ts';
import { type Gathered, plural, readable, type Watch } from './findings.ts';

interface Check {
  /** What is looked for, for the count of checks. */
  title: string;
  sql: string;
  /** Name and sentence of a row. */
  says(row: Record<string, string | number | null>): [name: string, sentence: string];
}

const LIMIT = 1_001;
const MEMBER = `coalesce(m.path, '?') AS path, coalesce(b.name, '?') AS bundle`;
const OF_MEMBER =
  'LEFT JOIN member m ON m.file_id = x.file_id LEFT JOIN bundle b ON b.bundle_id = m.bundle_id';

const CHECKS: Check[] = [
  {
    title: 'every member is of a bundle',
    sql: 'SELECT m.file_id, m.path FROM member m WHERE m.bundle_id NOT IN (SELECT bundle_id FROM bundle) ORDER BY 1',
    says: ({ file_id, path }) => [
      `member ${file_id}`,
      `${path} is of a bundle that the case does not list: its row was removed or changed.`,
    ],
  },
  {
    title: 'members that were not compressed are their content',
    sql: `SELECT x.file_id, ${MEMBER} FROM member x ${OF_MEMBER}
      WHERE x.compression IS NULL AND x.content_sha256 IS NOT NULL AND (x.sha256 IS DISTINCT FROM x.content_sha256 OR x.size IS DISTINCT FROM x.content_size) ORDER BY 1`,
    says: ({ file_id, path, bundle }) => [
      `member ${file_id}`,
      `${path} of ${bundle} was not compressed, and the ledger states one hash or size for it as collected and another for its content: the row was changed.`,
    ],
  },
  {
    title: 'every event is of the file that its id says, and that file is in the ledger',
    sql: `SELECT x.file_id, count(*) AS n, min(x.event_id)::VARCHAR AS first FROM event_row x
      WHERE x.file_id <> (x.event_id >> 32) OR x.file_id NOT IN (SELECT file_id FROM member) GROUP BY 1 ORDER BY 1`,
    says: ({ file_id, n, first }) => [
      `event ${first}`,
      `${plural(Number(n), 'event')} (the first is ${first}) ${Number(n) === 1 ? 'says' : 'say'} to be of file ${file_id}, which the ledger does not have or their ids do not name: put in, or changed.`,
    ],
  },
  {
    title: 'each file has as many events as the ledger says',
    sql: `SELECT x.file_id, ${MEMBER}, x.records AS n, coalesce(e.n, 0) AS there FROM member x
      LEFT JOIN (SELECT file_id, count(*) AS n FROM event_row GROUP BY 1) e ON e.file_id = x.file_id ${OF_MEMBER}
      WHERE coalesce(e.n, 0) <> coalesce(x.records, 0) ORDER BY 1`,
    says: ({ file_id, path, bundle, n, there }) => [
      `member ${file_id}`,
      `The ledger says that ${path} of ${bundle} has ${plural(Number(n), 'record')}; the database holds ${plural(Number(there), 'event')} of it: events were removed or put in, or the count was changed.`,
    ],
  },
  {
    title: 'no event stands twice',
    sql: 'SELECT event_id::VARCHAR AS id, count(*) AS n FROM event_row GROUP BY event_id HAVING count(*) > 1 ORDER BY event_id',
    says: ({ id, n }) => [`event ${id}`, `The event ${id} stands ${n} times in the database.`],
  },
  {
    title: 'every event lies within the content of its file',
    sql: `SELECT x.event_id::VARCHAR AS id, ${MEMBER}, x.byte_offset AS a, x.byte_offset + x.byte_length AS z, m.content_size AS size FROM event_row x ${OF_MEMBER}
      WHERE x.byte_offset < 0 OR x.byte_length < 0 OR x.byte_offset + x.byte_length > m.content_size ORDER BY x.event_id`,
    says: ({ id, path, bundle, a, z, size }) => [
      `event ${id}`,
      `The event ${id} says to be bytes ${a} to ${z} of ${path} of ${bundle}, which has ${size}: the row was changed.`,
    ],
  },
  {
    title: 'every event has its kind',
    sql: 'SELECT event_id::VARCHAR AS id, kind_id FROM event_row WHERE kind_id NOT IN (SELECT kind_id FROM event_kind) ORDER BY event_id',
    says: ({ id, kind_id }) => [
      `event ${id}`,
      `The event ${id} is of kind ${kind_id}, which the database does not have: a row was removed or changed.`,
    ],
  },
  {
    title: 'findings rest on events that are there',
    sql: `SELECT f.finding_id, count(*) AS n, min(f.event_id)::VARCHAR AS first FROM finding_event f
      WHERE f.event_id NOT IN (SELECT event_id FROM event_row) GROUP BY 1 ORDER BY 1`,
    says: ({ finding_id, n, first }) => [
      `finding ${finding_id}`,
      `The finding ${finding_id} rests on ${plural(Number(n), 'event')} that the database does not hold, the first is ${first}.`,
    ],
  },
  {
    title: 'tags and comments are on events that are there',
    sql: 'SELECT annotation_id, event_id::VARCHAR AS id FROM annotation WHERE event_id NOT IN (SELECT event_id FROM event_row) ORDER BY 1',
    says: ({ annotation_id, id }) => [
      `annotation ${annotation_id}`,
      `A tag or comment is on the event ${id}, which the database does not hold.`,
    ],
  },
];

export async function checkDatabase(open: Case, gathered: Gathered, watch: Watch): Promise<number> {
  const tables = await readWhole(open, gathered, watch);
  for (const { title, sql, says } of CHECKS) {
    watch.signal.throwIfAborted();
    watch.progress(0, `checking that ${title}`);
    const ask = () =>
      open.read((connection) =>
        connection.rows<Record<string, string | number | null>>(`SELECT * FROM (${sql}) LIMIT ${LIMIT}`),
      );
    const rows = await readable(gathered, watch.signal, ask, []);
    for (const row of rows) gathered.problem('database', ...says(row));
  }
  watch.progress(0, 'checking the times of events');
  const wrong = await readable(
    gathered,
    watch.signal,
    () => open.read((connection) => wrongTimes(connection, LIMIT)),
    [],
  );
  for (const id of wrong)
    gathered.problem(
      'database',
      `event ${id}`,
      `The times of event ${id} (ts_logged, ts) are not what the zone of its file and the clock of its node make of the time as written: the row was changed.`,
    );
  return CHECKS.length + tables + 1;
}

/** Reads every column of every table, so that each block's checksum is looked at; DuckDB says where one does not fit. */
async function readWhole(open: Case, gathered: Gathered, watch: Watch): Promise<number> {
  const list = () =>
    open.read((connection) =>
      connection.rows<{ name: string }>('SELECT table_name AS name FROM duckdb_tables() ORDER BY table_name'),
    );
  const tables = await readable(gathered, watch.signal, list, []);
  for (const { name } of tables) {
    watch.signal.throwIfAborted();
    watch.progress(0, `reading the table ${name}`);
    const read = () =>
      open.read((connection) =>
        connection.rows(`SELECT bit_xor(hash(t)) AS h FROM "${name.replaceAll('"', '""')}" t`),
      );
    await readable(gathered, watch.signal, read, []);
  }
  return tables.length;
}
