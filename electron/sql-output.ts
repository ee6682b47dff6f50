// Prints the result of `tidemark sql`, or writes it to a file, page by page: no result has to fit into memory.
import { createReadStream } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Api, SqlPage } from '../shared/api.ts';
import type { SqlFormat } from './command-line.ts';
import { harmless, harmlessJson, table } from './terminal.ts';
import { write } from './write.ts';

const TABLE_ROWS = 1000;
const PAGE = 10_000;

export interface SqlAsked {
  sql: string;
  format: SqlFormat;
  out: string | null;
  /** The exports folder of the case: where the engine writes first. */
  exportsDir: string | null;
}

export async function printSql(
  api: Api,
  { sql, format, out, exportsDir }: SqlAsked,
  say: (sentence: string) => void,
): Promise<void> {
  if (format === 'table') return printTable(api, sql, say);
  if (format === 'json' && out === null) return printJson(api, sql);
  const before = exportsDir === null ? [] : await readdir(exportsDir);
  const file = await api['sql.export']({
    sql,
    format: format as 'csv' | 'json' | 'parquet',
    ...(out === null ? {} : { path: resolve(out) }),
  });
  try {
    if (out !== null) {
      say(
        `Wrote ${file.path}: ${file.rows.toLocaleString('en')} rows, ${file.bytes.toLocaleString('en')} bytes.`,
      );
      return;
    }
    const onTerminal = process.stdout.isTTY;
    const stream = createReadStream(file.path, onTerminal ? { encoding: 'utf8' } : {});
    for await (const chunk of stream)
      await write(process.stdout, onTerminal ? harmless(chunk as string, '\n') : (chunk as Buffer));
  } finally {
    // An export of the same question that the responder made before stays.
    if (exportsDir !== null && !before.includes(file.name))
      await rm(join(exportsDir, file.name), { force: true });
  }
}

async function printTable(api: Api, sql: string, say: (sentence: string) => void): Promise<void> {
  const page = await api['sql.run']({ sql, limit: TABLE_ROWS });
  await write(process.stdout, `${table(page.columns, page.rows).join('\n')}\n`);
  const count = page.rows.length.toLocaleString('en');
  if (page.done) say(`${count} row${page.rows.length === 1 ? '' : 's'}`);
  else
    say(`The first ${count} rows; there are more. Use --format json or csv, or --out FILE, for all of them.`);
}

/** An array of row objects, one row on a line. */
async function printJson(api: Api, sql: string): Promise<void> {
  let page = await api['sql.run']({ sql, limit: PAGE });
  const columns = distinctNames(page.columns);
  await write(process.stdout, '[');
  let lead = '\n';
  for (;;) {
    let text = '';
    for (const row of page.rows) {
      text += `${lead}${harmlessJson(rowObject(columns, row))}`;
      lead = ',\n';
    }
    await write(process.stdout, text);
    if (page.done) break;
    page = await api['sql.fetch']({
      cursorId: page.cursorId,
      offset: page.offset + page.rows.length,
      limit: PAGE,
    });
  }
  await write(process.stdout, '\n]\n');
}

/** An object has each name once: later columns of the same name become `name_1`, `name_2`, as DuckDB does in files. */
export function distinctNames(columns: SqlPage['columns']): SqlPage['columns'] {
  const taken = new Set<string>();
  return columns.map(({ name, type }) => {
    let free = name;
    for (let n = 1; taken.has(free); n++) free = `${name}_${n}`;
    taken.add(free);
    return { name: free, type };
  });
}

/** Numbers that a page carries as text stand in JSON as the numbers they are, with every digit. */
export function rowObject(columns: SqlPage['columns'], row: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(
    columns.map(({ name, type }, i) => [name, isNumber(type, row[i]) ? rawJson(row[i] as string) : row[i]]),
  );
}

const isNumber = (type: string, value: unknown) =>
  typeof value === 'string' && /^(U?(BIG|HUGE)INT|DECIMAL.*)$/.test(type) && /^-?\d+(\.\d+)?$/.test(value);

const rawJson = (digits: string): unknown =>
  (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(digits);
