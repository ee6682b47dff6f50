// The only file that imports DuckDB: instances, connections, cursors. All else asks here.
import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBResult,
  DuckDBTimestampValue,
  type DuckDBValue,
  version as duckdbVersion,
  type Json,
  listValue,
  StatementType,
} from '@duckdb/node-api';
import { CaseError } from './errors.ts';
import { type Fault, faultOfMachine, GAVE_UP, notOpened, textOf } from './machine-faults.ts';
import { type SetAside, setAsideLog } from './torn-wal.ts';

export type { Json };
/** A value bound to `$1`, `$2`, ... */
export type Bound = DuckDBValue;
export type Row = Record<string, Json>;

/** Microseconds since the epoch as a bound TIMESTAMP. */
export const timestamp = (us: number): DuckDBTimestampValue =>
  new DuckDBTimestampValue(BigInt(Math.trunc(us)));

/** Texts as a bound VARCHAR[]. */
export const list = (texts: readonly string[]): Bound => listValue([...texts]);

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

/** The memory DuckDB may use; `TIDEMARK_MEMORY` (`200MB`) sets it for small machines and tests. */
const memoryLimit = ({ memoryLimit: asked }: OpenOptions) => process.env.TIDEMARK_MEMORY ?? asked ?? '1GB';

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

export class Database {
  readonly path: string;
  readonly mode: 'read' | 'write';
  #instance: DuckDBInstance | null;
  #connections = new Set<Connection>();
  #connecting = new Set<Promise<DuckDBConnection>>();

  /** What could not be read of the log of changes, when there was such. */
  readonly setAside: SetAside | null;
  readonly #fault: Fault;
  #broken = false;

  private constructor(
    path: string,
    options: OpenOptions,
    instance: DuckDBInstance,
    setAside: SetAside | null,
  ) {
    this.path = path;
    this.mode = options.mode;
    this.setAside = setAside;
    this.#instance = instance;
    this.#fault = (error) => {
      if (GAVE_UP.test(textOf(error))) this.#broken = true;
      return faultOfMachine(error, path, memoryLimit(options));
    };
  }

  /** DuckDB gave this instance up after a fault it could not undo: what is on disk is whole, and opens again. */
  get broken(): boolean {
    return this.#broken;
  }

  static get version(): string {
    return duckdbVersion();
  }

  /** Opens the file, then locks its configuration: no file, network or setting can be reached by SQL afterwards. */
  static async open(path: string, options: OpenOptions): Promise<Database> {
    const create = () =>
      DuckDBInstance.create(path, {
        access_mode: options.mode === 'read' ? 'READ_ONLY' : 'READ_WRITE',
        storage_compatibility_version: 'latest',
        memory_limit: memoryLimit(options),
        threads: String(options.threads ?? 2),
        preserve_insertion_order: 'false',
        temp_directory: options.tempDirectory, // here, since replaying the log may spill before any statement runs
        max_temp_directory_size: options.tempLimit ?? '20GB',
        allow_community_extensions: 'false',
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
      });
    let instance: DuckDBInstance;
    let setAside: SetAside | null = null;
    try {
      instance = await create().catch(async (error: unknown) => {
        setAside = await setAsideLog(path, textOf(error));
        if (setAside === null) throw error;
        return create();
      });
    } catch (error) {
      throw notOpened(error, path);
    }
    const database = new Database(path, options, instance, setAside);
    const connection = await database.connect();
    await connection.run(`SET TimeZone='UTC'`);
    await connection.run(`SET enable_progress_bar=true`);
    await connection.run(`SET enable_progress_bar_print=false`);
    await connection.run(`SET allowed_directories=[${options.allowedDirectories.map(quoted).join(', ')}]`);
    await connection.run(`SET enable_external_access=false`);
    await connection.run(`SET lock_configuration=true`);
    connection.close();
    return database;
  }

  async connect(): Promise<Connection> {
    if (!this.#instance) throw closedMeanwhile();
    const connecting = this.#instance.connect();
    this.#connecting.add(connecting);
    try {
      const connection = new Connection(
        await connecting,
        (gone) => this.#connections.delete(gone),
        this.#fault,
      );
      this.#connections.add(connection);
      if (!this.#instance) {
        connection.close();
        throw closedMeanwhile();
      }
      return connection;
    } finally {
      this.#connecting.delete(connecting);
    }
  }

  /** Interrupts what runs, closes every connection as its statements end, then releases the file lock. */
  async close(): Promise<void> {
    const instance = this.#instance;
    this.#instance = null;
    await Promise.allSettled([...this.#connecting]);
    await Promise.all([...this.#connections].map((connection) => connection.end()));
    instance?.closeSync();
  }
}

export const closedMeanwhile = () =>
  new CaseError('case_closed', 'The case was closed meanwhile. Open it again.');

/** How often a statement that has to end is interrupted: an interrupt before it has begun to run is lost. */
const INTERRUPT_MS = 20;

/**
 * One statement at a time; a streaming cursor owns its connection until it is closed. A connection is never given back
 * to DuckDB while a statement runs on it: the last to let go of it would be that statement, which then waits for itself.
 */
export class Connection {
  #connection: DuckDBConnection;
  #onClose: (connection: Connection) => void;
  readonly #fault: Fault;
  #open = true;
  #running = 0;
  #onIdle: (() => void) | null = null;
  #ended: Promise<void> | null = null;

  constructor(connection: DuckDBConnection, onClose: (connection: Connection) => void, fault: Fault) {
    this.#connection = connection;
    this.#onClose = onClose;
    this.#fault = fault;
  }

  async #statement<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    if (!this.#open) throw closedMeanwhile();
    this.#running++;
    try {
      return await work(this.#connection);
    } catch (error) {
      throw this.#fault(error);
    } finally {
      if (--this.#running === 0) this.#onIdle?.();
    }
  }

  run(sql: string, values: Bound[] = []): Promise<number> {
    return this.#statement(async (connection) => (await connection.run(sql, values)).rowsChanged);
  }

  /** All rows as objects; BIGINT, TIMESTAMP, DECIMAL and BLOB come as text. */
  rows<T extends object = Row>(sql: string, values: Bound[] = []): Promise<T[]> {
    return this.#statement(async (connection) => {
      const reader = await connection.runAndReadAll(sql, values);
      return reader.getRowObjectsJson() as unknown as T[];
    });
  }

  async row<T extends object = Row>(sql: string, values: Bound[] = []): Promise<T | undefined> {
    return (await this.rows<T>(sql, values))[0];
  }

  /** A cursor: rows come as JSON values, chunk by chunk. */
  stream(sql: string, values: Bound[] = []): Promise<Cursor> {
    return this.#statement(
      async (connection) => new Cursor(await connection.stream(sql, values), (work) => this.#statement(work)),
    );
  }

  /** Has the statement parsed, bound and its values taken, without running anything; throws what DuckDB says. */
  prepares(sql: string, values: Bound[] = []): Promise<void> {
    return this.#statement(async (connection) => {
      const prepared = await connection.prepare(sql);
      try {
        prepared.bind(values);
      } finally {
        prepared.destroySync();
      }
    });
  }

  /** How many statements a text holds, and the kind of each that can be prepared alone, without running anything. */
  statementTypes(sql: string): Promise<string[]> {
    return this.#statement(async (connection) => {
      const statements = await connection.extractStatements(sql);
      const types: string[] = [];
      for (let i = 0; i < statements.count; i++) {
        const prepared = await statements.prepare(i);
        types.push(StatementType[prepared.statementType] ?? 'INVALID');
        prepared.destroySync();
      }
      return types;
    });
  }

  interrupt(): void {
    if (this.#open) this.#connection.interrupt();
  }

  /** 0..100, or -1 when DuckDB does not say. */
  get progress(): number {
    return this.#open ? this.#connection.progress.percentage : -1;
  }

  /** No statement begins from now on; one that runs is interrupted, and the connection is given back when it has ended. */
  close(): void {
    void this.end();
  }

  /** `close`, and resolves when the connection is given back. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.#open = false;
    if (this.#running > 0) {
      const interrupt = () => this.#connection.interrupt();
      interrupt();
      const again = setInterval(interrupt, INTERRUPT_MS);
      await new Promise<void>((idle) => {
        this.#onIdle = idle;
      });
      clearInterval(again);
    }
    this.#connection.disconnectSync();
    this.#onClose(this);
  }
}

export class Cursor {
  readonly columns: { name: string; type: string }[];
  #rows: AsyncIterableIterator<Json[][]>;
  #pending: Json[][] = [];
  #ended = false;
  readonly #statement: <T>(work: () => Promise<T>) => Promise<T>;

  constructor(result: DuckDBResult, statement: <T>(work: () => Promise<T>) => Promise<T>) {
    this.#statement = statement;
    const names = result.columnNames();
    this.columns = names.map((name, i) => ({ name, type: result.columnType(i).toString() }));
    this.#rows = result.yieldRowsJson();
  }

  /** The next `limit` rows, fewer at the end. */
  async next(limit: number): Promise<{ rows: Json[][]; done: boolean }> {
    while (this.#pending.length <= limit && !this.#ended) {
      const chunk = await this.#statement(() => this.#rows.next());
      if (chunk.done) this.#ended = true;
      else this.#pending = this.#pending.length ? this.#pending.concat(chunk.value) : chunk.value;
    }
    const rows = this.#pending.slice(0, limit);
    this.#pending = this.#pending.slice(limit);
    return { rows, done: this.#ended && this.#pending.length === 0 };
  }
}
