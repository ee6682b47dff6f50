// What a check with SQL of its own states: its thresholds, the tables it shares with others, and a query like a compiled rule's.
import type { Bound, Connection } from '../../case/database.ts';
import type { Threshold } from '../thresholds.ts';

export interface NativeCheck {
  /** What it needs from the case, one of each list that is given; absent: it always applies. */
  needs?: { systems?: string[]; components?: string[] };
  thresholds: Threshold[];
  /** Names of the group values, in the order of column `g`; the sentence of a finding names them as `{name}`. */
  groupNames: string[];
  /** Tables that must be there when the query runs, in this order; those of one name are made once for all checks of a run. */
  tables?: NativeTable[];
  /** For what a table can't say: fills TEMP tables, whose names begin with `native_`, before the query runs. */
  prepare?(connection: Connection, thresholds: Record<string, number>): Promise<void>;
  /** Answers like a compiled rule: g, island, event_id, ts, node, system, role (see sigma/event-query.ts). */
  query(thresholds: Record<string, number>): { sql: string; values: Bound[] };
}

/** A TEMP table of a run, the same whatever the thresholds; dropped when the run ends. */
export interface NativeTable {
  name: `native_${string}`;
  /** The SELECT that fills it. */
  sql: string;
}

/** Makes what the query of a check rests on. */
export async function prepareCheck(
  connection: Connection,
  check: NativeCheck,
  thresholds: Record<string, number>,
): Promise<void> {
  for (const { name, sql } of check.tables ?? [])
    await connection.run(`CREATE TEMP TABLE IF NOT EXISTS ${name} AS ${sql}`);
  await check.prepare?.(connection, thresholds);
}

/** Drops every table that checks of a run have made. */
export async function dropPrepared(connection: Connection): Promise<void> {
  const made = await connection.rows<{ name: string }>(
    `SELECT table_name AS name FROM duckdb_tables() WHERE temporary AND starts_with(table_name, 'native_')`,
  );
  for (const { name } of made) await connection.run(`DROP TABLE IF EXISTS temp.${name}`);
}

/** All the SQL of a check, for the record of how a finding came about. */
export const checkSource = (check: NativeCheck, thresholds: Record<string, number>): string =>
  [
    ...(check.tables ?? []).map(({ name, sql }) => `CREATE TEMP TABLE ${name} AS\n${sql.trim()};`),
    check.query(thresholds).sql,
  ].join('\n\n');
