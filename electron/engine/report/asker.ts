// Asks the case and keeps what was asked, so that the report can show its own queries with their row counts.
import type { Bound, Connection } from '../case/database.ts';
import type { AskedQuery } from './model.ts';

/** A BIGINT, DOUBLE or INTEGER as the driver gives it. */
export type Numeric = number | string | null;

export class Asker {
  readonly asked: AskedQuery[] = [];
  #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** `name` says what the query is for; `sql` must order its rows totally. */
  async rows<T extends object>(name: string, sql: string, values: Bound[] = []): Promise<T[]> {
    const text = dedent(sql);
    const rows = await this.#connection.rows<T>(text, values);
    this.asked.push({ name, sql: withValues(text, values), rows: rows.length });
    return rows;
  }
}

/** As a number; microseconds stay exact up to the year 2255. */
export const number = (value: Numeric): number => (value === null ? 0 : Number(value));
export const numberOrNull = (value: Numeric): number | null => (value === null ? null : Number(value));

function dedent(sql: string): string {
  const lines = sql.replace(/^\n+|\s+$/g, '').split('\n');
  const indents = lines.filter((line) => line.trim()).map((line) => line.length - line.trimStart().length);
  const indent = Math.min(...indents);
  return lines.map((line) => line.slice(indent)).join('\n');
}

/** What the reader needs to ask again: the bound values stand beside the text. */
function withValues(sql: string, values: Bound[]): string {
  if (values.length === 0) return sql;
  return `${sql}\n-- ${values.map((value, i) => `$${i + 1} = ${String(value)}`).join(', ')}`;
}
