// Tasks of the case: pages of them, and the attempts of one id.
import type { TaskRow } from '../../../shared/api.ts';
import type { Connection, Json } from '../case/database.ts';
import { Bounds } from './lens-sql.ts';

type Raw = Record<string, Json>;

const COLUMNS = `system, kind, id, attempt, attempts, scope, left(name, 2000) AS name, node, epoch_us(submitted) AS "submittedTs", epoch_us(received) AS "receivedTs",
  epoch_us(started) AS "startedTs", epoch_us(ended) AS "endedTs", state, state_native AS "stateNative", left(error, 2000) AS error, runtime_s AS "runtimeS", parent, root, process, container,
  first_event::VARCHAR AS "firstEvent", last_event::VARCHAR AS "lastEvent", end_event::VARCHAR AS "endEvent", events`;

const number = (value: Json | undefined): number | null =>
  value === null || value === undefined ? null : Number(value);

function taskRow(raw: Raw): TaskRow {
  return {
    ...(raw as unknown as TaskRow),
    submittedTs: number(raw.submittedTs),
    receivedTs: number(raw.receivedTs),
    startedTs: number(raw.startedTs),
    endedTs: number(raw.endedTs),
    runtimeS: number(raw.runtimeS),
    events: Number(raw.events),
  };
}

/** The attempts of one id, in order. */
export async function tasksOf(
  connection: Connection,
  of: { system?: string; kind?: string; id: string },
): Promise<TaskRow[]> {
  const bounds = new Bounds();
  const where = [`id = ${bounds.add(of.id)}`];
  // constants, so that the other systems' parts of the view fall away when the statement is planned
  if (of.system && /^\w+$/.test(of.system)) where.push(`system = '${of.system}'`);
  if (of.kind && /^\w+$/.test(of.kind)) where.push(`kind = '${of.kind}'`);
  const rows = await connection.rows<Raw>(
    `SELECT ${COLUMNS} FROM tasks WHERE ${where.join(' AND ')} ORDER BY system, kind, scope NULLS FIRST, attempt LIMIT 1000`,
    bounds.values,
  );
  return rows.map(taskRow);
}

export interface TaskPage {
  system?: string | undefined;
  kind?: string | undefined;
  state?: string | undefined;
  node?: string | undefined;
  text?: string | undefined;
  from?: number | undefined;
  to?: number | undefined;
  offset: number;
  limit: number;
}

/** Tasks by the time they began, with how many there are in all. */
export async function listTasks(
  connection: Connection,
  page: TaskPage,
): Promise<{ tasks: TaskRow[]; total: number }> {
  const bounds = new Bounds();
  const where: string[] = [];
  for (const field of ['system', 'kind', 'state', 'node'] as const)
    if (page[field] !== undefined) where.push(`${field} = ${bounds.add(page[field])}`);
  if (page.text)
    where.push(
      `(contains(lower(id), lower(${bounds.add(page.text)})) OR contains(lower(coalesce(name, '')), lower(${bounds.add(page.text)})))`,
    );
  const began = `coalesce(submitted, received, started, ended)`;
  if (page.from !== undefined)
    where.push(`${began} >= make_timestamp(${bounds.add(BigInt(page.from))}::BIGINT)`);
  if (page.to !== undefined) where.push(`${began} < make_timestamp(${bounds.add(BigInt(page.to))}::BIGINT)`);
  const rows = await connection.rows<Raw & { total: string }>(
    `SELECT ${COLUMNS}, total FROM (
       SELECT *, ${began} AS began, count(*) OVER () AS total FROM tasks ${where.length ? `WHERE ${where.join(' AND ')}` : ''})
     ORDER BY began NULLS LAST, system, kind, id, attempt LIMIT ${page.limit} OFFSET ${page.offset}`,
    bounds.values,
  );
  return {
    tasks: rows.map(({ total: _, ...row }) => taskRow(row as Raw)),
    total: Number(rows[0]?.total ?? 0),
  };
}

/** The Ray cluster a file belongs to: its session folder, else its bundle. */
export async function clusterOf(connection: Connection, fileId: number): Promise<string> {
  const row = await connection.row<{ cluster: string }>(
    `SELECT coalesce(nullif(regexp_extract(path, 'session_[0-9][^/]*'), ''), 'bundle ' || bundle_id) AS cluster FROM member WHERE file_id = $1`,
    [fileId],
  );
  return row?.cluster ?? '';
}
