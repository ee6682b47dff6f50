// Long work: an id, progress events, cancel. One job writes at a time; the others wait for their turn.
import { randomUUID } from 'node:crypto';
import type { JobInfo } from '../../shared/api.ts';
import { toApiError } from './case/errors.ts';

const EVERY_MS = 100;

export interface JobHandle {
  readonly signal: AbortSignal;
  /** Says where the job is; sent on about ten times a second, and whenever another step begins. */
  progress(update: Partial<Pick<JobInfo, 'title' | 'phase' | 'done' | 'total' | 'unit' | 'bundles'>>): void;
}

interface Entry {
  info: JobInfo;
  abort: AbortController;
  ended: Promise<void>;
}

export class Jobs {
  readonly #say: (job: JobInfo) => void;
  readonly #entries = new Map<string, Entry>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(say: (job: JobInfo) => void) {
    this.#say = say;
  }

  start(
    kind: JobInfo['kind'],
    title: string,
    unit: JobInfo['unit'],
    work: (job: JobHandle) => Promise<Record<string, unknown>>,
  ): string {
    const id = randomUUID();
    const info: JobInfo = {
      id,
      kind,
      title,
      phase: 'waiting',
      done: 0,
      total: null,
      unit,
      perSecond: null,
      state: 'running',
      error: null,
      result: null,
    };
    const abort = new AbortController();
    let said = 0;
    let started = performance.now();
    const handle: JobHandle = {
      signal: abort.signal,
      progress: (update) => {
        if (update.phase && update.unit && update.unit !== info.unit) started = performance.now();
        const isNewStep = update.phase !== undefined && firstWord(update.phase) !== firstWord(info.phase);
        Object.assign(info, update);
        const now = performance.now();
        const seconds = (now - started) / 1000;
        info.perSecond = seconds > 0.2 ? Math.round(info.done / seconds) : null;
        if (isNewStep || now - said >= EVERY_MS) {
          said = now;
          this.#say(copyOf(info));
        }
      },
    };
    const run = this.#queue.then(async () => {
      started = performance.now();
      try {
        abort.signal.throwIfAborted();
        info.result = await work(handle);
        info.state = 'done';
      } catch (error) {
        const { code, sentence } = toApiError(error);
        info.state = abort.signal.aborted || code === 'cancelled' ? 'cancelled' : 'failed';
        info.error = info.state === 'cancelled' ? 'Cancelled. What was taken in before is kept.' : sentence;
        info.result = { code };
      }
      this.#say(copyOf(info));
    });
    this.#queue = run;
    this.#entries.set(id, { info, abort, ended: run });
    this.#say(copyOf(info));
    return id;
  }

  list(): JobInfo[] {
    return [...this.#entries.values()].map(({ info }) => copyOf(info));
  }

  cancel(id: string): void {
    this.#entries.get(id)?.abort.abort();
  }

  /** Resolves with the job as it ended. */
  async wait(id: string): Promise<JobInfo> {
    const entry = this.#entries.get(id);
    if (!entry) throw new Error(`no job ${id}`);
    await entry.ended;
    return copyOf(entry.info);
  }

  /** Cancels everything and waits until it has stopped. */
  async stop(): Promise<void> {
    for (const { abort } of this.#entries.values()) abort.abort();
    await this.#queue;
  }
}

/** 'reading a.tar.gz', 'reading b.tar.gz': one step. */
const firstWord = (phase: string): string => phase.split(' ', 1)[0]!;

const copyOf = (info: JobInfo): JobInfo => ({
  ...info,
  ...(info.bundles ? { bundles: info.bundles.map((bundle) => ({ ...bundle })) } : {}),
});
