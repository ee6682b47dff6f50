// The engine as the shells use it: it runs in a process of its own, which may reach the case and what the responder named
// and nothing else. This side never reads evidence. One process at a time serves; another takes its place when another
// case is opened, or when a call names files that the running one may not read.
import { mkdirSync, realpathSync, rmdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Api, ApiErrorData, CaseInfo, EngineEvents, JobInfo, Output } from '../../shared/api.ts';
import { CaseError, toApiError } from '../engine/case/errors.ts';
import type { Begin, Push } from './channel.ts';
import type { EngineDoor, Listener } from './door.ts';
import type { EngineProcess } from './engine-process.ts';
import { EXPORTS, type ExportAsked, exportThrough } from './exports.ts';
import { Grants } from './grants.ts';
import { HostJobs } from './host-jobs.ts';
import { type HostMethods, type HostOptions, hostMethods } from './host-methods.ts';
import { READS_BUNDLES, withPaths } from './input-paths.ts';
import { isInside, type Reach } from './isolation.ts';
import { type ExportCase, Outgoing } from './outgoing.ts';
import { Signing } from './signing.ts';
import type { EngineStarter } from './start-engine.ts';
import { rememberCase } from './state.ts';
import { userName, whoIsAtWork } from './user.ts';

/** How long a process that gives way may go on with what it was asked. */
const DRAIN_MS = 5000;

interface Running {
  process: EngineProcess;
  reach: Reach;
  /** The folder of the case it has open. */
  open: string | null;
  /** Of a case that is being imported: the first folder that was made for it, removed again when that fails. */
  made?: string | null;
}

export class EngineHost implements EngineDoor {
  readonly #starter: EngineStarter;
  readonly #begin: Omit<Begin, 'level'>;
  readonly #stateDir: string;
  readonly #listeners = new Set<Listener>();
  readonly #jobs = new HostJobs();
  readonly #methods: HostMethods;
  readonly #signing: Signing;
  readonly #grants: Grants;
  readonly #outgoing: Outgoing;
  /** What the responder named so far: readable from the next start on. */
  readonly #inputs: Set<string>;
  #running: Running | null = null;
  /** The case that a lost process had open: opened again by the next. */
  #lost: string | null = null;
  /** Starting, opening, closing: one after another. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** `inputs`: files and folders that will be named, so that the first process may read them already. */
  constructor(starter: EngineStarter, options: HostOptions, inputs: readonly string[] = []) {
    this.#starter = starter;
    this.#begin = { shell: options.shell, user: userName(), actor: whoIsAtWork() };
    this.#stateDir = options.stateDir;
    this.#grants = new Grants(options.stateDir);
    this.#signing = new Signing(options.stateDir);
    this.#outgoing = new Outgoing(options.stateDir);
    this.#inputs = new Set(inputs.map((path) => resolve(path)));
    this.#methods = hostMethods(options, () => starter.isolation());
  }

  readonly api: Api = new Proxy({} as Api, {
    get: (_, name) => (input: unknown) => this.#call(String(name), input),
  });

  async invoke(method: string, input: unknown): Promise<{ ok: unknown } | { error: ApiErrorData }> {
    try {
      return { ok: await this.#call(method, input) };
    } catch (error) {
      return { error: toApiError(error) };
    }
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  job(jobId: string): Promise<JobInfo> {
    return this.#jobs.wait(jobId);
  }

  async raw(eventId: string): Promise<Uint8Array> {
    const { process } = await this.#ready([]);
    return Buffer.from(String(await process.control('raw', { eventId })), 'base64');
  }

  get exportsDir(): string | null {
    const open = this.#running?.open ?? this.#lost;
    return open === null ? null : join(open, 'exports');
  }

  /** The process id of the engine's process, if one runs. */
  get enginePid(): number | undefined {
    return this.#running?.process.pid;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#inTurn(() => this.#end());
  }

  async #call(method: string, input: unknown): Promise<unknown> {
    const own = Object.hasOwn(this.#methods, method) ? this.#methods[method as keyof HostMethods] : undefined;
    if (own) return own((await parsed(method as keyof HostMethods, input)) as never);
    const idle = this.#running?.open == null && this.#lost === null;
    if (method === 'jobs.list') return { jobs: this.#jobs.list() };
    if (method === 'case.current' && idle) return { case: null };
    if (method === 'jobs.cancel' && this.#running === null) return {};
    const dir = folderOf(input);
    if ((method === 'case.create' || method === 'case.open') && dir !== null)
      return this.#inTurn(() => this.#openIn(method, dir, input));
    const { input: given, paths } = withPaths(method, input);
    if (method === 'transfer.import' && dir !== null)
      return this.#inTurn(() => this.#openIn(method, dir, given, paths));
    if (method === 'case.close') return this.#inTurn(() => this.#closeCase());
    const running = await this.#ready([...paths, ...(await this.#bundlesFor(method))]);
    if (method === 'ingest.start' && running.open !== null) await this.#grants.add(running.open, paths);
    const call = (asked: unknown) => running.process.call(method, asked);
    if (method === 'transfer.export' && running.open !== null) return this.#export(running.open, given, call);
    return this.#signing.during(method, given, (asked) =>
      EXPORTS.has(method) && running.open !== null
        ? exportThrough(call, running.open, asked as ExportAsked)
        : call(asked),
    );
  }

  /** The engine's process is asked without the key: the manifest is signed before, the file when it is taken out. */
  async #export(
    caseDir: string,
    input: unknown,
    call: (asked: unknown) => Promise<unknown>,
  ): Promise<unknown> {
    const asked = (await parsed('transfer.export', input)) as ExportCase;
    if (asked.sign) await this.#call('manifest.sign', asked.sign);
    return this.#outgoing.start(asked, caseDir, call);
  }

  /** The bundles of the case that a call reads again, as far as the responder named them. */
  async #bundlesFor(method: string): Promise<string[]> {
    if (!READS_BUNDLES.has(method)) return [];
    const { process, open } = await this.#ready([]);
    if (open === null) return [];
    const { bundles } = (await process.call('evidence.bundles', {})) as Output<'evidence.bundles'>;
    return this.#grants.known(bundles.flatMap(({ path }) => (typeof path === 'string' ? [path] : [])));
  }

  /** Runs `work` when everything that starts or ends a process before it is over. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** A process that serves the open case, if any, and may read `paths`. */
  #ready(paths: readonly string[]): Promise<Running> {
    return this.#inTurn(async () => {
      if (this.#closed) throw new CaseError('case_closed', 'Tidemark is being closed.');
      const running = this.#running;
      if (running && mayRead([...this.#starter.own, ...foldersOf(running.reach)], paths)) return running;
      if (running)
        this.#refuseWhileBusy(
          'These files were not named before, so the engine has to be started anew to read them',
        );
      const open = running?.open ?? this.#lost;
      await running?.process.idle(DRAIN_MS);
      await this.#end('restarted');
      this.#lost = open; // opened again by a later call, should this start fail
      const started = await this.#start(open, paths);
      this.#lost = null;
      if (open !== null) {
        try {
          await started.process.call('case.open', { dir: open });
          started.open = open;
        } catch (error) {
          await started.process.close();
          this.#lost = null;
          this.#say('case', { case: null, why: 'closed' });
          throw error;
        }
      }
      this.#adopt(started);
      return started;
    });
  }

  /** `case.create`, `case.open`, `transfer.import`: a process for that folder; the one before stays when it fails. */
  async #openIn(
    method: string,
    dir: string,
    input: unknown,
    paths: readonly string[] = [],
  ): Promise<unknown> {
    const before = this.#running;
    const at = realOf(dir);
    if (before?.open === at && method === 'case.open') return before.process.call(method, { dir: at });
    this.#refuseWhileBusy('A job is still running in the open case');
    const made = method === 'case.open' ? null : makeFolder(at);
    const started = await this.#start(at, paths);
    if (method === 'transfer.import') started.process.onPush = (push) => this.#heard(push); // of its job
    let first: unknown;
    try {
      first = await started.process.call(method, { ...(input as object), dir: at });
    } catch (error) {
      await started.process.close();
      if (made !== null) removeFolders(at, made);
      throw error;
    }
    await this.#end();
    this.#lost = null;
    started.open = at;
    if (method === 'transfer.import') started.made = made;
    this.#adopt(started);
    if (method !== 'transfer.import') await this.#opened(first as CaseInfo);
    return first;
  }

  #remember(info: CaseInfo): Promise<void> {
    return rememberCase(this.#stateDir, { dir: info.dir, name: info.name, openedAt: Date.now() * 1000 });
  }

  async #opened(info: CaseInfo): Promise<void> {
    await this.#remember(info);
    this.#say('case', { case: info, why: 'opened' });
  }

  async #closeCase(): Promise<unknown> {
    await this.#end();
    this.#lost = null;
    return {};
  }

  /** Ends the running process, its case closed in order; says so when there was one and it is not opened again at once. */
  async #end(why: 'closed' | 'restarted' = 'closed'): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    await running.process.close();
    this.#running = null;
    if (running.open !== null && why === 'closed') this.#say('case', { case: null, why });
  }

  async #start(caseDir: string | null, paths: readonly string[]): Promise<Running> {
    for (const path of paths) this.#inputs.add(path);
    if (caseDir !== null) for (const path of await this.#grants.of(caseDir)) this.#inputs.add(path);
    const tempDir = caseDir === null ? await mkdtemp(join(realpathSync(tmpdir()), 'tidemark-engine-')) : null;
    const gone = () => (tempDir === null ? Promise.resolve() : rm(tempDir, { recursive: true, force: true }));
    const reach = { caseDir, tempDir, inputs: [...this.#inputs] };
    const process = await this.#starter.start(reach, this.#begin).catch(async (error) => {
      await gone();
      throw error;
    });
    void process.ended.then(gone);
    return { process, reach, open: null };
  }

  /** From now on this process serves: its events are the engine's. */
  #adopt(running: Running): void {
    this.#running = running;
    running.process.onPush = (push) => this.#heard(push);
    running.process.onAsk = (asked) => this.#signing.sign(asked);
    running.process.onLost = (why) => this.#gone(running, why);
  }

  #heard({ push, data }: Push): void {
    if (push === 'job') {
      const job = data as JobInfo;
      const taken = this.#outgoing.ended(job);
      if (taken !== null) {
        void taken.then((ended) => this.#heardJob(ended));
        return;
      }
      this.#heardJob(job);
      return;
    }
    if (push === 'case') {
      const { why, case: info } = data as EngineEvents['case'];
      if (why === 'closed' || why === 'opened') return; // said here, once
      if (why === 'imported' && info) void this.#remember(info);
    }
    this.#say(push, data as never);
  }

  #heardJob(job: JobInfo): void {
    this.#jobs.heard(job);
    // an import that failed leaves no case
    if (job.kind === 'import' && (job.state === 'failed' || job.state === 'cancelled') && this.#running) {
      const { open, made } = this.#running;
      if (open !== null && made) removeFolders(open, made);
      this.#running.open = null;
    }
    this.#say('job', job);
  }

  /** The process ended by itself: its jobs failed; the next call starts another and opens the case again. */
  #gone(running: Running, why: string): void {
    if (this.#running !== running) return;
    this.#running = null;
    this.#lost = running.open;
    const sentence = `The engine stopped while this was under way: ${why}. What was stored in the case is whole; go on from there.`;
    for (const job of this.#jobs.fail('engine_ended', sentence)) this.#say('job', job);
  }

  #refuseWhileBusy(what: string): void {
    if (this.#jobs.running.length > 0)
      throw new CaseError('busy', `${what}, and a job is running. Wait for it or cancel it first.`);
  }

  #say<E extends keyof EngineEvents>(event: E, data: EngineEvents[E]): void {
    for (const listener of this.#listeners) listener(event, data);
  }
}

/** The input of a method that is answered here; the engine's process checks all others. */
async function parsed(method: keyof HostMethods | 'transfer.export', input: unknown): Promise<unknown> {
  const { methods } = await import('../../shared/api.ts'); // its schemas are many, and most commands need none here
  const read = methods[method].input.safeParse(input ?? {});
  if (read.success) return read.data;
  const issue = read.error.issues[0]!;
  throw new CaseError('bad_input', `${method}: ${issue.path.join('.') || 'input'}: ${issue.message}.`, {
    refusal: 'usage',
  });
}

const folderOf = (input: unknown): string | null => {
  const dir = (input as { dir?: unknown } | null)?.dir;
  return typeof dir === 'string' && dir !== '' ? resolve(dir) : null;
};

/** Links on the way to a case are followed once, here: the responder chose them. */
function realOf(dir: string): string {
  try {
    return realpathSync(dir);
  } catch {
    const above = dirname(dir);
    return above === dir ? dir : join(realOf(above), dir.slice(above.length).replace(/^[\\/]/, ''));
  }
}

const foldersOf = ({ caseDir, inputs }: Reach) => [...inputs, ...(caseDir === null ? [] : [caseDir])];

const mayRead = (readable: readonly string[], paths: readonly string[]): boolean =>
  paths.every((path) => readable.some((each) => isInside(path, each)));

/** Makes a case folder that is not there, for its owner alone; the first folder that was missing, null when all were there. */
function makeFolder(dir: string): string | null {
  try {
    return mkdirSync(dir, { recursive: true, mode: 0o700 }) ?? null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const words: Record<string, string> = {
      EACCES: 'access denied',
      EPERM: 'not permitted',
      ENOSPC: 'the disk is full',
      EROFS: 'the disk is read-only',
      ENOTDIR: 'it is not a folder',
      EEXIST: 'it is not a folder',
    };
    throw new CaseError(
      'case_folder',
      `${dir} can't be used for a case: ${words[code ?? ''] ?? message}. Choose another folder.`,
      { cause: error },
    );
  }
}

/** Removes what `makeFolder` made, as long as it is empty. */
function removeFolders(dir: string, first: string): void {
  try {
    for (let at = dir; isInside(at, first); at = dirname(at)) rmdirSync(at);
  } catch {
    // something is in it: it stays
  }
}
