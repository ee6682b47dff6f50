// SQL that a responder writes: one SELECT at a time on the locked, read-only database, a connection per cursor.
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SqlPage } from '../../../shared/api.ts';
import type { Case } from '../case/case.ts';
import type { Connection, Cursor } from '../case/database.ts';
import { CaseError } from '../case/errors.ts';
import { makeWhole } from '../case/write-file.ts';

const OPEN_CURSORS = 8;
const PROGRESS_MS = 200;

interface OpenCursor {
  id: string;
  sql: string;
  connection: Connection;
  cursor: Cursor | null;
  position: number;
}

export class UserSql {
  readonly #case: Case;
  readonly #progress: (cursorId: string, percent: number) => void;
  readonly #cursors = new Map<string, OpenCursor>();
  readonly #stop: () => void;

  constructor(openCase: Case, progress: (cursorId: string, percent: number) => void) {
    this.#case = openCase;
    this.#progress = progress;
    this.#stop = openCase.onBeforeWrite(() => this.#closeAll());
  }

  /** Runs one SELECT and gives its first rows; more by `fetch`. */
  async run(sql: string, limit: number): Promise<SqlPage> {
    if (this.#case.writing) {
      throw new CaseError(
        'busy',
        'Evidence is being taken in or rules are running: SQL is possible again as soon as that is over.',
      );
    }
    const connection = await this.#case.connect();
    const open: OpenCursor = { id: randomUUID(), sql, connection, cursor: null, position: 0 };
    this.#cursors.set(open.id, open);
    this.#evict();
    const timer = setInterval(() => {
      const percent = connection.progress;
      if (percent >= 0) this.#progress(open.id, percent);
    }, PROGRESS_MS);
    try {
      await assertSelect(connection, sql);
      return await this.#page(open, limit);
    } catch (error) {
      this.close(open.id);
      throw sqlError(error);
    } finally {
      clearInterval(timer);
    }
  }

  /** Rows from `offset` on. Going back runs the statement again. */
  async fetch(cursorId: string, offset: number, limit: number): Promise<SqlPage> {
    const open = this.#cursors.get(cursorId);
    if (!open)
      throw new CaseError(
        'cursor_gone',
        'This result is no longer open, because the case changed or newer results took its place. Run the statement again.',
      );
    try {
      if (offset < open.position) {
        open.cursor = null;
        open.position = 0;
      }
      if (offset > open.position) {
        open.cursor ??= await open.connection.stream(open.sql);
        const skipped = await open.cursor.next(offset - open.position);
        open.position += skipped.rows.length;
      }
      return await this.#page(open, limit);
    } catch (error) {
      throw sqlError(error);
    }
  }

  async #page(open: OpenCursor, limit: number): Promise<SqlPage> {
    const started = performance.now();
    open.cursor ??= await open.connection.stream(open.sql);
    const offset = open.position;
    const { rows, done } = await open.cursor.next(limit);
    open.position += rows.length;
    return {
      cursorId: open.id,
      columns: open.cursor.columns,
      rows,
      offset,
      done,
      millis: Math.round(performance.now() - started),
    };
  }

  cancel(cursorId?: string): void {
    for (const open of this.#cursors.values())
      if (cursorId === undefined || open.id === cursorId) open.connection.interrupt();
  }

  close(cursorId: string): void {
    const open = this.#cursors.get(cursorId);
    this.#cursors.delete(cursorId);
    open?.connection.close();
  }

  /** Writes the whole result into the exports folder. CSV cells that a spreadsheet would run get an apostrophe in front. */
  async export(
    sql: string,
    format: 'csv' | 'json' | 'parquet',
    name: string,
  ): Promise<{ path: string; name: string; rows: number; bytes: number }> {
    if (this.#case.writing)
      throw new CaseError(
        'busy',
        'Evidence is being taken in or rules are running: try the export again when that is over.',
      );
    const connection = await this.#case.connect();
    const path = join(this.#case.paths.exports, name);
    try {
      const inner = withoutEnd(sql);
      await assertSelect(connection, inner);
      const select =
        format === 'csv' ? await guardFormulas(connection, inner) : `SELECT * FROM (\n${inner}\n)`;
      const options = {
        csv: 'FORMAT csv, HEADER true',
        json: 'FORMAT json, ARRAY true',
        parquet: 'FORMAT parquet, COMPRESSION zstd',
      }[format];
      const rows = await makeWhole(path, (temporary) =>
        connection.run(`COPY (${select}) TO '${temporary.replaceAll("'", "''")}' (${options})`),
      );
      return { path, name, rows, bytes: (await stat(path)).size };
    } catch (error) {
      throw sqlError(error);
    } finally {
      connection.close();
    }
  }

  dispose(): void {
    this.#stop();
    this.#closeAll();
  }

  #closeAll(): void {
    for (const open of [...this.#cursors.values()]) {
      open.connection.interrupt();
      this.close(open.id);
    }
  }

  #evict(): void {
    while (this.#cursors.size > OPEN_CURSORS) this.close(this.#cursors.keys().next().value!);
  }
}

/** First words of statements that change something or reach out of the case. */
const CHANGING = new Set(
  `ALTER ANALYZE ATTACH BEGIN CALL CHECKPOINT COMMENT COMMIT COPY CREATE DEALLOCATE DELETE DETACH DROP EXECUTE EXPORT FORCE GRANT IMPORT INSERT
   INSTALL LOAD MERGE PRAGMA PREPARE RESET ROLLBACK SET START TRUNCATE UPDATE UPDATEEXTENSIONS USE VACUUM`.split(
    /\s+/,
  ),
);

/** Refuses all but exactly one SELECT. */
async function assertSelect(connection: Connection, sql: string): Promise<void> {
  if (withoutEnd(sql).trim() === '')
    throw new CaseError('sql_empty', 'There is no statement to run.', { refusal: 'usage' });
  const types = await connection.statementTypes(sql).catch((error: unknown) => {
    // a statement that can't be prepared is refused for what it would do, before it is called wrong
    const first = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/|\()*(\w+)/.exec(sql)?.[1]?.toUpperCase() ?? '';
    if (!CHANGING.has(first)) throw error;
    return [first];
  });
  if (types.length !== 1) {
    throw new CaseError(
      'sql_refused',
      `Refused: ${types.length} statements at once. Run one SELECT at a time; nothing was run.`,
    );
  }
  if (types[0] !== 'SELECT') {
    throw new CaseError(
      'sql_refused',
      `Refused: this is a ${types[0]} statement. The case is read-only to SQL: only SELECT (and WITH, VALUES, DESCRIBE, SUMMARIZE) can run; nothing was run.`,
    );
  }
}

/** Removes semicolons, blanks and comments at the end, so that the text can stand in brackets. */
function withoutEnd(sql: string): string {
  // string, quoted name, dollar-quoted string, comments, anything else
  const token =
    /'(?:[^']|'')*'|"(?:[^"]|"")*"|(\$\w*\$)[\s\S]*?\1|(--[^\n]*|\/\*[\s\S]*?\*\/|[\s;]+)|[^'"$\s;/-]+|[\s\S]/g;
  let end = 0;
  for (const match of sql.matchAll(token)) if (match[2] === undefined) end = match.index + match[0].length;
  return sql.slice(0, end);
}

async function guardFormulas(connection: Connection, sql: string): Promise<string> {
  const columns = await connection.rows<{ column_name: string; column_type: string }>(
    `DESCRIBE SELECT * FROM (\n${sql}\n)`,
  );
  const list = columns.map(({ column_name, column_type }) => {
    const quoted = `"${column_name.replaceAll('"', '""')}"`;
    if (column_type !== 'VARCHAR') return quoted;
    return `CASE WHEN regexp_matches(${quoted}, '^[=+@\\t\\r-]') THEN '''' || ${quoted} ELSE ${quoted} END AS ${quoted}`;
  });
  return `SELECT ${list.join(', ')} FROM (\n${sql}\n)`;
}

/** DuckDB's words as a sentence: refused, wrong, too big or cancelled. */
function sqlError(error: unknown): Error {
  if (error instanceof CaseError) return error;
  const text = (error instanceof Error ? error.message : String(error))
    .replace(/^Failed to extract statements: /, '')
    .trim();
  if (/INTERRUPT/i.test(text)) return new CaseError('cancelled', 'Cancelled.');
  if (
    /Permission Error|file system operations are disabled|LocalFileSystem|configuration has been locked|Cannot (?:change|modify) configuration/i.test(
      text,
    )
  ) {
    return new CaseError(
      'sql_refused',
      'Refused: the statement reaches for a file, an extension or a setting outside the case. SQL sees the views of the case and nothing else; nothing was read.',
      { detail: text },
    );
  }
  const file = /Table with name (\S*[/\\.]\S*) does not exist/.exec(text);
  if (file && /[/\\]|\.(?:csv|json|parquet|txt|gz|db|duckdb)$/i.test(file[1]!)) {
    return new CaseError(
      'sql_refused',
      `Refused: '${file[1]}' looks like a file. SQL sees the views of the case and nothing else; nothing was read.`,
      { detail: text },
    );
  }
  if (/read-only/i.test(text))
    return new CaseError('sql_refused', 'Refused: the case is read-only to SQL; nothing was written.', {
      detail: text,
    });
  if (/Out of Memory/i.test(text)) {
    return new CaseError(
      'sql_memory',
      'The statement needs more memory or temporary space than the case allows. Narrow it with a time range or LIMIT; nothing was changed.',
      { detail: text },
    );
  }
  return new CaseError('sql_error', text.replace(/\n+/g, '\n'), { refusal: 'usage' });
}
