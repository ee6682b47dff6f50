// A lane: one parse worker and the connection that takes its batches in, each in a transaction of its own.
// A member counts from the moment its ledger row is committed, with its last batch: events without one do not show
// (the view `events` joins the ledger) and are removed by `removeUnfinished`.
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Connection } from '../case/database.ts';
import { diskFull, isDiskFull } from '../case/disk.ts';
import { CaseError } from '../case/errors.ts';
import { keepParts } from '../intake/evidence-keeping.ts';
import { INSERT } from './batch.ts';
import type { BatchMessage, FromWorker, MemberDone, ToWorker, WorkerSetup } from './worker-messages.ts';

const IN_FLIGHT = 12 << 20; // bytes a worker may be behind
const BATCHES_BEHIND = 2; // batches DuckDB may be behind
const INTERRUPT_MS = 20; // an interrupt before a statement has begun to run is lost

/** The worker beside this file: TypeScript in a checkout, bundled in a packaged application. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? './parse-worker.ts' : './parse-worker.mjs',
  import.meta.url,
);

/** Heap of a parse worker in MB, for tests on little memory; Node decides when it is not set. */
const WORKER_MEMORY = Number(process.env.TIDEMARK_WORKER_MEMORY ?? 0);

function stopped(how: string): CaseError {
  return new CaseError(
    'worker_stopped',
    `A process part that parses stopped before its work was done: ${how}. Members taken in so far are whole and kept. Go on with what was broken off (tidemark resume).`,
  );
}

export interface LaneEvents {
  /** Runs inside the transaction that takes the members' last batch in. */
  members(connection: Connection, members: MemberDone[]): Promise<void>;
  committed(rows: number): void;
}

export class Lane {
  readonly #worker: Worker;
  readonly #setup: WorkerSetup;
  readonly #connection: Connection;
  readonly #events: LaneEvents;
  #reading = 'the bundle';
  #behind = 0;
  #batches = 0;
  #wake: (() => void)[] = [];
  #inserting: Promise<void> = Promise.resolve();
  #inTransaction = false;
  #interruptible = false;
  #fault: Error | null = null;
  #finished: (() => void) | null = null;
  #closing = false;

  constructor(setup: WorkerSetup, connection: Connection, events: LaneEvents) {
    this.#setup = setup;
    this.#connection = connection;
    this.#events = events;
    this.#worker = new Worker(WORKER, {
      workerData: setup,
      // in the engine's own process a thread keeps the flags that limit it
      ...(process.permission ? {} : { execArgv: ['--disable-warning=ExperimentalWarning'] }),
      ...(WORKER_MEMORY ? { resourceLimits: { maxOldGenerationSizeMb: WORKER_MEMORY } } : {}),
    });
    this.#worker.on('message', (message: FromWorker) => this.#receive(message));
    this.#worker.on('error', (error: NodeJS.ErrnoException) =>
      this.#fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? this.#noMemory(error) : error),
    );
    this.#worker.on('exit', (code) => {
      if (!this.#closing) this.#fail(stopped(`it ended with code ${code}`));
    });
  }

  /** How far behind this lane is, to choose the idlest. */
  get load(): number {
    return this.#behind + this.#batches * (32 << 20);
  }

  async send(message: ToWorker): Promise<void> {
    if (this.#fault) throw this.#fault;
    if (message.kind === 'open') this.#reading = message.path;
    if (message.kind === 'chunk') {
      this.#behind += message.bytes.length;
      this.#worker.postMessage(message, [message.bytes.buffer]);
    } else this.#worker.postMessage(message);
    while (!this.#fault && (this.#behind > IN_FLIGHT || this.#batches > BATCHES_BEHIND)) {
      await new Promise<void>((wake) => this.#wake.push(wake));
    }
    if (this.#fault) throw this.#fault;
  }

  /** Resolves when everything sent is committed. */
  async finish(): Promise<void> {
    if (this.#fault) throw this.#fault;
    await new Promise<void>((resolve) => {
      this.#finished = resolve;
      this.#worker.postMessage({ kind: 'finish' } satisfies ToWorker);
    });
    await this.#inserting;
    if (this.#fault) throw this.#fault;
  }

  /** Ends the worker; what is not committed is rolled back, with what runs for it interrupted. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#worker.terminate();
    // between statements `#insert` sees by itself that the lane closes
    const again = setInterval(() => this.#interrupt(), INTERRUPT_MS);
    this.#interrupt();
    await this.#inserting;
    clearInterval(again);
    if (this.#inTransaction) await this.#connection.run('ROLLBACK').catch(() => 0);
    await this.#connection.end();
  }

  #interrupt(): void {
    if (this.#interruptible) this.#connection.interrupt();
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'ack') {
      this.#behind -= message.bytes;
      this.#wakeAll();
    } else if (message.kind === 'batch') {
      this.#batches++;
      this.#inserting = this.#inserting.then(() => this.#insert(message));
    } else if (message.kind === 'finished') {
      this.#finished?.();
    } else {
      this.#fail(
        message.code === 'ENOSPC' || message.code === 'EDQUOT'
          ? diskFull(dirname(this.#setup.storeDir))
          : message.code === 'ENOMEM'
            ? this.#noMemory(new Error(message.text))
            : new Error(message.text),
      );
    }
  }

  async #insert(batch: BatchMessage): Promise<void> {
    try {
      // the evidence of a member is durable before its ledger row says that it is there
      const parts = batch.members.flatMap(({ part }) => part ?? []);
      if (!this.#over) await keepParts(parts);
      if (this.#over) return;
      this.#interruptible = true;
      await this.#connection.run('BEGIN');
      this.#inTransaction = true;
      await this.#take(batch);
      await this.#events.members(this.#connection, batch.members);
      this.#interruptible = false;
      if (this.#over) return;
      await this.#connection.run('COMMIT');
      this.#inTransaction = false;
      this.#events.committed(batch.rows);
    } catch (error) {
      const fault =
        isDiskFull(error) && !(error instanceof CaseError)
          ? diskFull(dirname(this.#setup.storeDir), error)
          : error;
      this.#fail(fault instanceof Error ? fault : new Error(String(fault)));
    } finally {
      this.#interruptible = false;
      this.#batches--;
      this.#wakeAll();
      await Promise.all(
        ['events', 'entities', 'refs', 'templates', 'kinds'].map((part) =>
          rm(`${batch.path}.${part}`, { force: true }),
        ),
      );
    }
  }

  #noMemory(cause: Error): CaseError {
    return new CaseError(
      'out_of_memory',
      `There was not enough memory to read ${this.#reading}. Members taken in so far are whole and kept. Close other programs, then go on with what was broken off (tidemark resume).`,
      { cause },
    );
  }

  async #take(batch: BatchMessage): Promise<void> {
    const parts = [
      ['kinds', batch.kinds],
      ['events', batch.rows],
      ['entities', batch.entities],
      ['refs', batch.entities],
      ['templates', batch.templates],
    ] as const;
    for (const [part, rows] of parts) {
      if (this.#over) return;
      if (rows > 0) await this.#connection.run(INSERT[part], [`${batch.path}.${part}`]);
    }
  }

  /** Nothing more is to be committed. */
  get #over(): boolean {
    return this.#closing || this.#fault !== null;
  }

  #fail(error: Error): void {
    this.#fault ??= error;
    this.#finished?.();
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
