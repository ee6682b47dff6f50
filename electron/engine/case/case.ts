// A case folder: create, open, lock. One process at a time; inside it, many readers or one writer.
//
//   case.json        name, versions            evidence/   content-addressed member store
//   case.duckdb      database                  scratch/    column batches on their way in, spilling
//   case.guard       empty; its lock is the    exports/    what the responder exports
//                    case's (lock.ts)          case.lock   who has it open, in words
//   formats/         log formats as data, by the responder
//   rules/           detection rules, by the responder
//   custody.jsonl    every act, hash-chained         signatures/  of the manifest, by people
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CUSTODY_FILE, CustodyLog, systemActor } from './custody.ts';
import { type Connection, closedMeanwhile, Database } from './database.ts';
import { isDiskFull } from './disk.ts';
import { CaseError } from './errors.ts';
import { isCase } from './folder.ts';
import { CaseLock, type Holder, LOCK_FILES } from './lock.ts';
import { createSchema, SCHEMA_VERSION } from './schema.ts';
import { TOOL_VERSION } from './version.ts';
import { syncFolder, writeWhole } from './write-file.ts';

interface CaseFile {
  format: 'tidemark-case';
  name: string;
  /** The responder gave the name; else it is the folder's, which says nothing of the evidence and stays out of reports. */
  named: boolean;
  createdAt: number; // microseconds
  schemaVersion: number;
  toolVersion: string;
}

export interface CasePaths {
  evidence: string;
  scratch: string;
  exports: string;
  /** Log formats that the responder adds. */
  formats: string;
  /** Detection rules that the responder adds. */
  rules: string;
  /** Signatures of the manifest. */
  signatures: string;
}

/** Who opens a case, and by what; for the custody log. */
export interface Opener {
  /** `user@host`; what the system says when left out. */
  actor?: string;
  /** e.g. 'desktop', 'command line'. */
  shell?: string;
  /** What keeps the process from network and files. */
  isolation?: { network: string; files: string };
}

/** What a new case goes on from: one that was received. */
export interface Beginning {
  /** A custody log without a fault, kept verbatim: what is done here follows it. */
  custody?: Uint8Array | undefined;
  /** Runs in the making: the case is there with it, or not at all. */
  prepare?(connection: Connection): Promise<void>;
}

const holder = ({ actor, shell }: Opener): Holder => ({
  who: actor ?? systemActor(),
  program: shell ?? 'command line',
});

export interface WriteOptions {
  /** All cores when not said. */
  threads?: number;
  /** Memory that DuckDB may use, e.g. `600MB`. */
  memoryLimit?: string;
}

export class Case {
  readonly dir: string;
  readonly name: string;
  readonly named: boolean;
  readonly createdAt: number;
  readonly paths: CasePaths;
  readonly notices: string[] = [];
  readonly #by: Record<string, unknown>;
  #custody: CustodyLog | null = null;
  /** An ingest or a detection is at work: what is pending is being done, and is not said. */
  working = false;
  #database: Database | null = null;
  #readers = 0;
  #writing: Promise<unknown> = Promise.resolve();
  #writer: Connection | null = null;
  #changing: Promise<void> | null = null;
  #onIdle: (() => void)[] = [];
  #beforeWrite = new Set<() => void>();
  #lock: CaseLock | null = null;
  #closed = false;

  private constructor(dir: string, file: CaseFile, { shell, isolation }: Opener) {
    this.dir = dir;
    this.#by = { ...(shell === undefined ? {} : { by: shell }), ...(isolation ? { isolation } : {}) };
    this.name = file.name;
    this.named = file.named;
    this.createdAt = file.createdAt;
    this.paths = {
      evidence: join(dir, 'evidence'),
      scratch: join(dir, 'scratch'),
      exports: join(dir, 'exports'),
      formats: join(dir, 'formats'),
      rules: join(dir, 'rules'),
      signatures: join(dir, 'signatures'),
    };
  }

  /** Every act on the case. */
  get custody(): CustodyLog {
    return this.#custody!;
  }

  /**
   * Makes a case in a folder that is absent or empty; folders `formats` and `rules` may be there already, and so may what a
   * making that was broken off left. A case is there from the moment its case.json is: a making that fails leaves none.
   */
  static async create(
    dir: string,
    name?: string,
    opener: Opener = {},
    beginning: Beginning = {},
  ): Promise<Case> {
    const path = resolve(dir);
    await refuseFolderInUse(path);
    const file: CaseFile = {
      format: 'tidemark-case',
      name: name ?? basename(path),
      named: name !== undefined,
      createdAt: Date.now() * 1000,
      schemaVersion: SCHEMA_VERSION,
      toolVersion: TOOL_VERSION,
    };
    const made = new Case(path, file, opener);
    try {
      const first = await mkdir(path, { recursive: true, mode: 0o700 });
      made.#lock = CaseLock.take(path, holder(opener));
      await refuseFolderInUse(path); // another process may have been faster
      await removeUnfinished(path);
      for (const folder of Object.values(made.paths)) await mkdir(folder, { recursive: true, mode: 0o700 });
      const database = await made.#openDatabase('write');
      try {
        const connection = await database.connect();
        await createSchema(connection);
        if (beginning.custody) await writeWhole(join(path, CUSTODY_FILE), beginning.custody);
        made.#custody = await CustodyLog.open(path, opener.actor ?? systemActor());
        if (!beginning.custody)
          await made.custody.append('case.created', {
            name: file.name,
            layout: SCHEMA_VERSION,
            ...made.#by,
          });
        await made.custody.copyTo(connection);
        await beginning.prepare?.(connection);
      } finally {
        await database.close();
      }
      await syncFolder(path);
      await writeWhole(join(path, 'case.json'), `${JSON.stringify(file, null, 2)}\n`);
      if (first) await syncFolder(dirname(first));
    } catch (error) {
      if (made.#lock && !isCase(path)) await removeUnfinished(path).catch(() => 0);
      made.#lock?.release();
      if (error instanceof CaseError && error.code !== 'disk_full') throw error;
      throw new CaseError(
        isDiskFull(error) ? 'disk_full' : 'case_folder',
        `${path} can't be used for a case: ${isDiskFull(error) ? 'the disk is full, and nothing was left there' : reason(error)}. Choose another folder.`,
        { cause: error },
      );
    }
    return made;
  }

  static async open(dir: string, opener: Opener = {}): Promise<Case> {
    const path = resolve(dir);
    let file: CaseFile;
    try {
      file = JSON.parse(await readFile(join(path, 'case.json'), 'utf8')) as CaseFile;
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      throw new CaseError(
        'no_case',
        missing
          ? `There is no case in ${path}: it has no case.json. Check the path, or make a case first.`
          : `The case file of ${path} can't be read: ${reason(error)}.`,
        { cause: error },
      );
    }
    if (file.format !== 'tidemark-case') throw new CaseError('no_case', `${path} holds no Tidemark case.`);
    if (file.schemaVersion !== SCHEMA_VERSION) {
      throw new CaseError(
        'case_version',
        `The case was made by Tidemark ${file.toolVersion} with layout ${file.schemaVersion}; this is ${TOOL_VERSION} with layout ${SCHEMA_VERSION}. Ingest its bundles into a new case.`,
      );
    }
    const opened = new Case(path, file, opener);
    opened.#lock = CaseLock.take(path, holder(opener));
    if (opened.#lock.leftOpen)
      opened.notices.push('The case was not closed properly last time. What was stored is whole.');
    try {
      for (const folder of Object.values(opened.paths)) await mkdir(folder, { recursive: true, mode: 0o700 });
      await removeParts(path, opened.paths);
      opened.#custody = await CustodyLog.open(path, opener.actor ?? systemActor());
      await opened.#recordOpening();
      opened.#database = await opened.#openDatabase('read');
    } catch (error) {
      opened.#lock.release();
      throw error;
    }
    return opened;
  }

  /** Writes the opening into the log, and the log into the database; where nothing can be written, reading goes on and says so. */
  async #recordOpening(): Promise<void> {
    const database = await this.#openDatabase('write');
    let recorded = false;
    try {
      if (database.setAside) {
        const { keptAs, bytes, sentence } = database.setAside;
        this.notices.push(sentence);
        await this.custody.append('database.torn', { kept_as: keptAs, bytes });
      }
      await this.custody.append('case.opened', this.#by);
      recorded = true;
    } catch (error) {
      const why = error instanceof CaseError ? error.message : reason(error);
      this.notices.push(`This opening of the case is not in its custody log. ${why}`);
    }
    try {
      const connection = await database.connect();
      const copied = await this.custody.copyTo(connection);
      if (recorded && copied === 0)
        this.notices.push(
          'The custody log is shorter than its copy in the database: entries at its end were removed. tidemark custody verify names them.',
        );
    } catch (error) {
      const why = error instanceof CaseError ? error.message : reason(error);
      this.notices.push(
        `The copy of the custody log in the database could not be brought up to date: ${why}. tidemark verify says whether the database is damaged.`,
      );
    } finally {
      await database.close();
    }
  }

  /** Runs `work` on a connection of its own to the locked, read-only database; during a write, on the writer's instance. */
  async read<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#counted(async () => {
      const connection = await this.#connection();
      try {
        return await work(connection);
      } finally {
        connection.close();
      }
    });
  }

  /** A connection the caller closes; a writer that begins meanwhile ends it (see `onBeforeWrite`). */
  connect(): Promise<Connection> {
    return this.#counted(() => this.#connection());
  }

  async #connection(): Promise<Connection> {
    for (;;) {
      if (this.#closed) throw closedMeanwhile();
      if (this.#changing) await this.#changing;
      else if (this.#database && (this.#writer || !this.#database.broken)) return this.#database.connect();
      else await this.#change(() => this.#openDatabase('read'));
    }
  }

  /** The database gives way to what `next` makes; who wants a connection meanwhile waits for it. */
  #change(next: () => Promise<Database | null>): Promise<void> {
    const old = this.#database;
    this.#database = null;
    const turn = (async () => {
      try {
        await old?.close();
        this.#database = await next();
      } finally {
        this.#changing = null;
      }
    })();
    this.#changing = turn;
    return turn;
  }

  /** A writer waits for what is counted here. */
  async #counted<T>(work: () => Promise<T>): Promise<T> {
    this.#readers++;
    try {
      return await work();
    } catch (error) {
      throw this.#closed && !(error instanceof CaseError) ? closedMeanwhile() : error;
    } finally {
      if (--this.#readers === 0) for (const done of this.#onIdle.splice(0)) done();
    }
  }

  /** Whether a writer is at work: user SQL waits for it. */
  get writing(): boolean {
    return this.#writer !== null;
  }

  /** Called before a writer takes the database, so that open cursors can be given up. */
  onBeforeWrite(listener: () => void): () => void {
    this.#beforeWrite.add(listener);
    return () => this.#beforeWrite.delete(listener);
  }

  /**
   * Runs `work` as the only writer, with the threads and memory of DuckDB that `options` say. Writers queue; readers of a
   * moment before are let finish, those after share the instance.
   */
  async write<T>(
    work: (connection: Connection, connect: () => Promise<Connection>) => Promise<T>,
    options: WriteOptions = {},
  ): Promise<T> {
    const turn = this.#writing.then(async () => {
      if (this.#closed) throw closedMeanwhile();
      for (const listener of this.#beforeWrite) listener();
      while (this.#readers > 0 || this.#changing)
        await (this.#changing?.catch(() => undefined) ?? this.#idle());
      await this.#change(() => this.#openDatabase('write', options));
      const database = this.#database!;
      this.#writer = await database.connect();
      try {
        await this.custody.copyTo(this.#writer);
        const result = await work(this.#writer, () => database.connect());
        await this.#writer.run('CHECKPOINT').catch(() => 0); // a reader in a transaction defers it to the close
        return result;
      } finally {
        while (this.#readers > 0) await this.#idle();
        this.#writer = null;
        await this.#change(async () => null);
      }
    });
    this.#writing = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves when no reader is left; by then a new one may have come. */
  #idle(): Promise<void> {
    return new Promise((done) => this.#onIdle.push(done));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const listener of this.#beforeWrite) listener();
    await this.#writing;
    await this.#changing?.catch(() => undefined);
    await this.#change(async () => null);
    await this.custody.append('case.closed', this.#by).catch(() => undefined); // a full disk keeps nobody from closing
    this.#lock?.release();
  }

  #openDatabase(mode: 'read' | 'write', options: WriteOptions = {}): Promise<Database> {
    return Database.open(join(this.dir, 'case.duckdb'), {
      mode,
      allowedDirectories: mode === 'write' ? [this.paths.scratch] : [this.paths.exports],
      tempDirectory: join(this.paths.scratch, SPILL),
      ...options,
    });
  }
}

/** What a making that was broken off leaves, besides folders with nothing in them. */
const MAKING = ['case.duckdb', 'case.duckdb.wal', 'case.duckdb.wal.checkpoint', 'custody.jsonl'];
const FOLDERS = ['evidence', 'scratch', 'exports', 'signatures'];

/** Folder in `scratch` that the database spills to. */
const SPILL = 'spill';
const PART = /^\.[0-9a-f]+\.part$/;

/** Files that were being written by `writeWhole` when a Tidemark was broken off: their old state stands, or none. */
async function removeParts(dir: string, { exports, signatures, scratch }: CasePaths): Promise<void> {
  await rm(join(scratch, SPILL), { recursive: true, force: true }).catch(() => 0); // no database is open yet
  for (const folder of [dir, exports, signatures])
    for (const entry of await readdir(folder))
      if (PART.test(entry)) await rm(join(folder, entry), { force: true }).catch(() => 0);
}

/** True for what can't be of use to anybody: a part of a case that never came to be. */
async function isUnfinished(path: string, entry: string): Promise<boolean> {
  if (MAKING.includes(entry) || Object.values<string>(LOCK_FILES).includes(entry)) return true;
  if (PART.test(entry)) return true;
  return FOLDERS.includes(entry) && (await readdir(join(path, entry)).catch(() => ['?'])).length === 0;
}

/** Throws when the folder holds a case, or anything that a case could hurt. */
async function refuseFolderInUse(path: string): Promise<void> {
  if (isCase(path))
    throw new CaseError('case_exists', `${path} already holds a case. Open it, or choose another folder.`);
  const there = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new CaseError(
      'case_folder',
      `${path} can't be used for a case: ${reason(error)}. Choose another folder.`,
      { cause: error },
    );
  });
  for (const entry of there) {
    if (entry === 'formats' || entry === 'rules' || (await isUnfinished(path, entry))) continue;
    throw new CaseError(
      'case_folder',
      `${path} is not empty and holds no case. Choose an empty or new folder; nothing was written.`,
    );
  }
}

/** Removes what an earlier making left; the lock is held. */
async function removeUnfinished(path: string): Promise<void> {
  for (const entry of await readdir(path)) {
    if (Object.values<string>(LOCK_FILES).includes(entry) || !(await isUnfinished(path, entry))) continue;
    await rm(join(path, entry), { recursive: true, force: true });
  }
}

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  const words: Record<string, string> = {
    EACCES: 'access denied',
    EPERM: 'not permitted',
    ENOSPC: 'the disk is full',
    EROFS: 'the disk is read-only',
    ENOTDIR: 'it is not a folder',
    EISDIR: 'it is a folder',
  };
  return (code && words[code]) || (error instanceof Error ? error.message.split('\n')[0]! : String(error));
}
