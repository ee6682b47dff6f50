// The only file that imports DuckDB: instances, connections, cursors. All else asks here.
import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBResult,
  DuckDBTimestampValue,
  type DuckDBValue,
  version as duckdbVersion,
  type Json,
  StatementType,
} from '@duckdb/node-api';
import { CaseError } from './errors.ts';

export type { Json };
/** A value bound to `$1`, `$2`, ... */
export type Bound = DuckDBValue;
export type Row = Record<string, Json>;

/** Microseconds since the epoch as a bound TIMESTAMP. */
export const timestamp = (us: number): DuckDBTimestampValue =>
  new DuckDBTimestampValue(BigInt(Math.trunc(us)));

export interface OpenOptions {
  mode: 'read' | 'write';
  /** Folders DuckDB itself may read and write besides the database; all other files are out of its reach. */
  allowedDirectories: string[];
  /** Folder for spilling. */
  tempDirectory: string;
  memoryLimit?: string;
  tempLimit?: string;
  threads?: number;
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

export class Database {
  readonly path: string;
  readonly mode: 'read' | 'write';
  #instance: DuckDBInstance | null;
  #connections = new Set<Connection>();

  private constructor(path: string, mode: 'read' | 'write', instance: DuckDBInstance) {
    this.path = path;
    this.mode = mode;
    this.#instance = instance;
  }

  static get version(): string {
    return duckdbVersion();
  }

  /** Opens the file, then locks its configuration: no file, network or setting can be reached by SQL afterwards. */
  static async open(path: string, options: OpenOptions): Promise<Database> {
    let instance: DuckDBInstance;
    try {
      instance = await DuckDBInstance.create(path, {
        access_mode: options.mode === 'read' ? 'READ_ONLY' : 'READ_WRITE',
        storage_compatibility_version: 'latest',
        memory_limit: options.memoryLimit ?? '1GB',
        threads: String(options.threads ?? 2),
        preserve_insertion_order: 'false',
        allow_community_extensions: 'false',
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
      });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (/lock/i.test(text)) {
        throw new CaseError(
          'case_locked',
          'The case is open in another Tidemark. Close it there, then try again; nothing was changed.',
          { cause: error },
        );
      }
      throw new CaseError(
        'case_damaged',
        `The case database could not be opened: ${text.split('\n')[0]}. Nothing was changed; the evidence in the case folder can be ingested into a new case.`,
        { cause: error },
      );
    }
    const database = new Database(path, options.mode, instance);
    const connection = await database.connect();
    await connection.run(`SET TimeZone='UTC'`);
    await connection.run(`SET temp_directory=${quoted(options.tempDirectory)}`);
    await connection.run(`SET max_temp_directory_size=${quoted(options.tempLimit ?? '20GB')}`);
    await connection.run(`SET enable_progress_bar=true`);
    await connection.run(`SET enable_progress_bar_print=false`);
    await connection.run(`SET allowed_directories=[${options.allowedDirectories.map(quoted).join(', ')}]`);
    await connection.run(`SET enable_external_access=false`);
    await connection.run(`SET lock_configuration=true`);
    connection.close();
    return database;
  }

  async connect(): Promise<Connection> {
    if (!this.#instance) throw new CaseError('case_closed', 'The case was closed meanwhile. Open it again.');
    const connection = new Connection(await this.#instance.connect(), (gone) =>
      this.#connections.delete(gone),
    );
    this.#connections.add(connection);
    return connection;
  }

  /** Interrupts what runs, closes every connection, releases the file lock. */
  close(): void {
    for (const connection of [...this.#connections]) {
      connection.interrupt();
      connection.close();
    }
    this.#instance?.closeSync();
    this.#instance = null;
  }
}

/** One statement at a time; a streaming cursor owns its connection until it is closed. */
export class Connection {
  #connection: DuckDBConnection;
  #onClose: (connection: Connection) => void;
  #open = true;

  constructor(connection: DuckDBConnection, onClose: (connection: Connection) => void) {
    this.#connection = connection;
    this.#onClose = onClose;
  }

  async run(sql: string, values: Bound[] = []): Promise<number> {
    const result = await this.#connection.run(sql, values);
    return result.rowsChanged;
  }

  /** All rows as objects; BIGINT, TIMESTAMP, DECIMAL and BLOB come as text. */
  async rows<T extends object = Row>(sql: string, values: Bound[] = []): Promise<T[]> {
    const reader = await this.#connection.runAndReadAll(sql, values);
    return reader.getRowObjectsJson() as unknown as T[];
  }

  async row<T extends object = Row>(sql: string, values: Bound[] = []): Promise<T | undefined> {
    return (await this.rows<T>(sql, values))[0];
  }

  /** A cursor: rows come as JSON values, chunk by chunk. */
  async stream(sql: string, values: Bound[] = []): Promise<Cursor> {
    return new Cursor(await this.#connection.stream(sql, values));
  }

  /** How many statements a text holds, and the kind of each that can be prepared alone, without running anything. */
  async statementTypes(sql: string): Promise<string[]> {
    const statements = await this.#connection.extractStatements(sql);
    const types: string[] = [];
    for (let i = 0; i < statements.count; i++) {
      const prepared = await statements.prepare(i);
      types.push(StatementType[prepared.statementType] ?? 'INVALID');
      prepared.destroySync();
    }
    return types;
  }

  interrupt(): void {
    if (this.#open) this.#connection.interrupt();
  }

  /** 0..100, or -1 when DuckDB does not say. */
  get progress(): number {
    return this.#open ? this.#connection.progress.percentage : -1;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#onClose(this);
    this.#connection.disconnectSync();
  }
}

export class Cursor {
  readonly columns: { name: string; type: string }[];
  #rows: AsyncIterableIterator<Json[][]>;
  #pending: Json[][] = [];
  #ended = false;

  constructor(result: DuckDBResult) {
    const names = result.columnNames();
    this.columns = names.map((name, i) => ({ name, type: result.columnType(i).toString() }));
    this.#rows = result.yieldRowsJson();
  }

  /** The next `limit` rows, fewer at the end. */
  async next(limit: number): Promise<{ rows: Json[][]; done: boolean }> {
    while (this.#pending.length <= limit && !this.#ended) {
      const chunk = await this.#rows.next();
      if (chunk.done) this.#ended = true;
      else this.#pending = this.#pending.length ? this.#pending.concat(chunk.value) : chunk.value;
    }
    const rows = this.#pending.slice(0, limit);
    this.#pending = this.#pending.slice(limit);
    return { rows, done: this.#ended && this.#pending.length === 0 };
  }
}
