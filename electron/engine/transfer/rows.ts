// Puts rows into a table, many in one statement, their values bound as one JSON text.
import type { Connection } from '../case/database.ts';

/** DuckDB types by column; `us`: microseconds since the epoch that become a TIMESTAMP. */
export type Columns = Readonly<Record<string, string>>;

const AT_ONCE = 2_000;
const wellFormed = (text: string): string => (text as string & { toWellFormed(): string }).toWellFormed();
const quoted = (name: string) => `"${name}"`;

/** `verb`: INSERT, or INSERT OR IGNORE where a row with the same key may stand already. */
export async function insertRows(
  connection: Connection,
  table: string,
  columns: Columns,
  rows: readonly Record<string, unknown>[],
  verb: 'INSERT' | 'INSERT OR IGNORE' = 'INSERT',
): Promise<void> {
  const names = Object.keys(columns);
  const types = Object.fromEntries(
    names.map((name) => [
      name,
      columns[name] === 'us' ? 'BIGINT' : columns[name] === 'VARCHAR[]' ? ['VARCHAR'] : columns[name],
    ]),
  );
  const values = names.map((name) =>
    columns[name] === 'us' ? `make_timestamp(${quoted(name)})` : quoted(name),
  );
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    const text = JSON.stringify(rows.slice(from, from + AT_ONCE), (_, value) =>
      typeof value === 'string' ? wellFormed(value) : value,
    );
    await connection.run(
      `${verb} INTO ${table} (${names.map(quoted).join(', ')})
       SELECT ${values.join(', ')} FROM (SELECT unnest(from_json($1::JSON, '${JSON.stringify([types])}'), recursive := true))`,
      [text],
    );
  }
}

/** All of `work`, or nothing of it. */
export async function whole<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.run('BEGIN TRANSACTION');
  try {
    const result = await work();
    await connection.run('COMMIT');
    return result;
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => 0);
    throw error;
  }
}
