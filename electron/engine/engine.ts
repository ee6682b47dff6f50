// The engine: implements the contract by calling the stages. Plain Node; every shell talks to this.
import { createHash } from 'node:crypto';
import { copyFile, readdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import {
  type Api,
  type ApiErrorData,
  type ApiImplementation,
  type CaseInfo,
  type EngineEvents,
  type JobInfo,
  type MethodName,
  methods,
} from '../../shared/api.ts';
import { annotationMethods } from './annotation-methods.ts';
import { Case } from './case/case.ts';
import type { Connection } from './case/database.ts';
import { CaseError, toApiError } from './case/errors.ts';
import { removeCase } from './case/folder.ts';
import type { Signer } from './case/signature.ts';
import { makeWhole, notWritten } from './case/write-file.ts';
import { withAct } from './custody-acts.ts';
import { custodyMethods } from './custody-methods.ts';
import { RuleLibrary } from './detect/rule-library.ts';
import { detectMethods } from './detect-methods.ts';
import { ingestMethods } from './ingest-methods.ts';
import { EvidenceReader } from './intake/evidence-store.ts';
import { intakeMethods } from './intake-methods.ts';
import { Jobs } from './jobs.ts';
import type { MethodHost } from './method-host.ts';
import { isZone } from './parse/time.ts';
import { listBundles } from './query/bundles.ts';
import { catalog } from './query/catalog.ts';
import { getEntity, searchEntities } from './query/entities.ts';
import { countEvents, eventDetail, eventPlace, facets, locateEvent, pageEvents } from './query/events.ts';
import { fileDetail } from './query/file.ts';
import { lifeCycle } from './query/lifecycle/lifecycle.ts';
import { nodeProof } from './query/node-proof.ts';
import { caseInfo, listEvidence, listNodes, overview } from './query/overview.ts';
import { listPosture } from './query/posture.ts';
import { rawContext } from './query/raw.ts';
import { requestOfEvent, requestsOf } from './query/requests.ts';
import { neighboursOf } from './query/series.ts';
import { listTasks, tasksOf } from './query/tasks.ts';
import { listTemplates } from './query/templates.ts';
import { UserSql } from './query/user-sql.ts';
import { reportMethods } from './report-methods.ts';
import { findingEvents, listFindings, setFindingStates } from './review/findings.ts';
import { ruleMethods } from './rule-methods.ts';
import { readingMethods } from './rule-reading.ts';
import { tryingMethods } from './rule-trying.ts';
import { changeNode, settleCase } from './settle.ts';
import { signingMethods } from './signing-methods.ts';
import { histogram, lanes } from './timeline/timeline.ts';
import { transferMethods } from './transfer-methods.ts';
import { verifyMethods } from './verify-methods.ts';

export interface EngineOptions {
  shell: 'desktop' | 'browser' | 'command line';
  sampleDir?: string | null;
  stateDir?: string | null;
  /** `user@host` for the custody log; what the system says when left out. */
  actor?: string;
  /** The responder's keys; without them nothing is signed. */
  signer?: Signer;
  /** What keeps this process from network and files, for the custody log. */
  isolation?: { network: string; files: string };
  /** Name of the user for annotations; what the system says when left out. */
  user?: string;
  /** Parse workers, and events of a batch: for tests, which want small ones. */
  load?: { workers?: number; batchRows?: number };
}

/** What the shell's own process answers (host/host-methods.ts). */
type HostSide = 'app.info' | 'host.list' | 'case.recent';
type EngineMethods = Omit<ApiImplementation, HostSide>;

type Listener = <E extends keyof EngineEvents>(event: E, data: EngineEvents[E]) => void;

interface Opened {
  case: Case;
  sql: UserSql;
  evidence: EvidenceReader;
}

export class Engine {
  readonly #options: EngineOptions;
  readonly #listeners = new Set<Listener>();
  readonly #jobs: Jobs;
  readonly #library = new RuleLibrary();
  readonly #implementation: EngineMethods;
  readonly #host: MethodHost;
  #opened: Opened | null = null;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#jobs = new Jobs((job) => this.#say('job', job));
    this.#host = {
      jobs: this.#jobs,
      library: this.#library,
      load: options.load ?? {},
      current: () => this.#opened?.case ?? null,
      need: () => this.#need().case,
      evidence: () => this.#need().evidence,
      changed: (why) => this.#sayChanged(why),
      record: async (act, detail) => {
        await this.#need().case.custody.append(act, detail);
      },
      signer: options.signer ?? null,
      create: async (dir, name, beginning) => {
        const made = await Case.create(dir, name, this.#opener(), beginning);
        await this.#closeCase();
        await this.#adopt(made);
        return made;
      },
      discard: async () => {
        const { dir } = this.#need().case;
        await this.#closeCase();
        // a folder that was given to this process can't be removed by it; then it is left empty
        await removeCase(dir).catch(async (error: unknown) => {
          if ((await readdir(dir).catch(() => [])).length > 0) throw error;
        });
      },
      user: () => options.user ?? userName(),
    };
    this.#implementation = this.#methods();
  }

  /** Direct, typed calls; throw CaseError. */
  readonly api: Api = new Proxy({} as Api, {
    get: (_, name) => (input: unknown) => this.#call(name as string, input),
  });

  /** One call from a wire: checks the input, never throws. */
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

  /** Resolves when the job has ended, whatever its end. */
  job(jobId: string): Promise<JobInfo> {
    return this.#jobs.wait(jobId);
  }

  /** The exact bytes of a record. */
  async raw(eventId: string): Promise<Uint8Array> {
    const { case: open, evidence } = this.#need();
    const place = await open.read((connection) => eventPlace(connection, eventId));
    return evidence.read(place.contentSha256, place.byteOffset, place.byteLength);
  }

  /** The exports folder of the open case, for a shell that offers downloads. */
  get exportsDir(): string | null {
    return this.#opened?.case.paths.exports ?? null;
  }

  async close(): Promise<void> {
    await this.#jobs.stop();
    await this.#closeCase();
  }

  async #call(method: string, input: unknown): Promise<unknown> {
    if (!Object.hasOwn(this.#implementation, method))
      throw new CaseError('no_method', `There is no method ${method}.`, { refusal: 'usage' });
    const checked = methods[method as keyof EngineMethods].input.safeParse(input ?? {});
    if (!checked.success) {
      const issue = checked.error.issues[0]!;
      throw new CaseError('bad_input', `${method}: ${issue.path.join('.') || 'input'}: ${issue.message}.`, {
        refusal: 'usage',
      });
    }
    return withAct(
      method as MethodName,
      checked.data,
      () => this.#opened?.case ?? null,
      () => this.#implementation[method as keyof EngineMethods](checked.data as never),
    );
  }

  #say<E extends keyof EngineEvents>(event: E, data: EngineEvents[E]): void {
    for (const listener of this.#listeners) listener(event, data);
  }

  #need(): Opened {
    if (!this.#opened)
      throw new CaseError('no_case', 'No case is open. Open one, or make one and add bundles.');
    return this.#opened;
  }

  #read<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#need().case.read(work);
  }

  async #timed<T extends object>(
    work: (connection: Connection) => Promise<T>,
  ): Promise<T & { millis: number }> {
    const started = performance.now();
    const answer = await this.#read(work);
    return { ...answer, millis: Math.round(performance.now() - started) };
  }

  async #adopt(opened: Case): Promise<CaseInfo> {
    const sql = new UserSql(opened, (cursorId, percent) => this.#say('sql', { cursorId, percent }));
    this.#opened = { case: opened, sql, evidence: new EvidenceReader(opened.paths.evidence) };
    const info = await opened.read((connection) => caseInfo(opened, connection));
    this.#say('case', { case: info, why: 'opened' });
    return info;
  }

  #opener() {
    const { shell, actor, isolation } = this.#options;
    return {
      shell,
      ...(actor === undefined ? {} : { actor }),
      ...(isolation === undefined ? {} : { isolation }),
    };
  }

  async #closeCase(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    if (!opened) return;
    opened.sql.dispose();
    await opened.case.close();
    this.#say('case', { case: null, why: 'closed' });
  }

  async #sayChanged(why: EngineEvents['case']['why']): Promise<void> {
    const { case: open } = this.#need();
    this.#say('case', { case: await open.read((connection) => caseInfo(open, connection)), why });
  }

  #methods(): EngineMethods {
    return {
      'case.current': async () => {
        const open = this.#opened?.case;
        return { case: open ? await open.read((connection) => caseInfo(open, connection)) : null };
      },
      'case.create': async ({ dir, name }) => {
        await this.#refuseWhileBusy();
        const made = await Case.create(dir, name, this.#opener());
        await this.#closeCase();
        return this.#adopt(made);
      },
      'case.open': async ({ dir }) => {
        await this.#refuseWhileBusy();
        const open = this.#opened?.case;
        if (open?.dir === resolve(dir)) return open.read((connection) => caseInfo(open, connection));
        const opened = await Case.open(dir, this.#opener());
        await this.#closeCase();
        return this.#adopt(opened);
      },
      'case.close': async () => {
        await this.#jobs.stop();
        await this.#closeCase();
        return {};
      },

      ...ingestMethods(this.#host),
      'jobs.list': async () => ({ jobs: this.#jobs.list() }),
      'jobs.cancel': async ({ jobId }) => {
        this.#jobs.cancel(jobId);
        return {};
      },

      'overview.get': async () => {
        const { case: open } = this.#need();
        return open.read(async (connection) => overview(open, connection, await listFindings(connection)));
      },
      'evidence.list': async () => ({ files: await this.#read(listEvidence) }),
      'evidence.bundles': async () => ({ bundles: await this.#read(listBundles) }),
      'evidence.file': async ({ fileId }) => this.#read((connection) => fileDetail(connection, fileId)),
      'posture.list': async () => ({ rows: await this.#read(listPosture) }),
      'nodes.list': async () => ({ nodes: await this.#read((connection) => listNodes(connection)) }),
      'nodes.proof': async ({ node, pairs }) =>
        this.#read((connection) => nodeProof(connection, node, pairs)),
      'nodes.set': async ({ node, zone, clockOffsetUs }) => {
        const { case: open } = this.#need();
        if (zone && !isZone(zone))
          throw new CaseError(
            'unknown_zone',
            `'${zone}' is not a time zone. Use an IANA name such as America/New_York, or an offset such as +02:00.`,
            { refusal: 'usage' },
          );
        await open.write(async (connection) => {
          await changeNode(connection, node, { zone, clockOffsetUs });
          await settleCase(connection);
        });
        await this.#sayChanged('clock');
        const row = (await this.#read((connection) => listNodes(connection, node)))[0];
        if (!row)
          throw new CaseError('no_node', `There is no node ${node} in this case.`, { refusal: 'usage' });
        return row;
      },

      'events.count': async ({ lens }) => this.#timed((connection) => countEvents(connection, lens)),
      'events.page': async (page) =>
        this.#timed(async (connection) => ({
          rows: await pageEvents(connection, page),
          offset: page.offset,
        })),
      'events.locate': async (input) => ({
        offset: await this.#read((connection) => locateEvent(connection, input)),
      }),
      'events.facets': async (input) =>
        this.#timed(async (connection) => ({ facets: await facets(connection, input) })),
      'events.detail': async ({ eventId }) => this.#read((connection) => eventDetail(connection, eventId)),
      'events.raw': async ({ eventId, context }) => {
        const { evidence } = this.#need();
        const { place, around } = await this.#read(async (connection) => {
          const place = await eventPlace(connection, eventId);
          return { place, around: await neighboursOf(connection, place.fileId) };
        });
        return { eventId, ...(await rawContext(evidence, place, context, around)) };
      },
      'events.verify': async ({ eventId }) => {
        const { evidence } = this.#need();
        const place = await this.#read((connection) => eventPlace(connection, eventId));
        const { ok, actual } = await evidence.verify(place.contentSha256);
        return {
          ok,
          sha256: actual,
          expected: place.contentSha256,
          sentence: ok
            ? `The stored content of ${place.path} still has the SHA-256 it had when it was taken in.`
            : `The stored content of ${place.path} changed since it was taken in: its SHA-256 is now ${actual}. Do not rely on it; take the bundle in again.`,
        };
      },

      'templates.list': async (input) => this.#read((connection) => listTemplates(connection, input)),

      'timeline.histogram': async (input) => this.#read((connection) => histogram(connection, input)),
      'timeline.lanes': async (input) => this.#read((connection) => lanes(connection, input)),

      'sql.catalog': async () => this.#read(catalog),
      'sql.run': async ({ sql, limit }) => this.#need().sql.run(sql, limit),
      'sql.fetch': async ({ cursorId, offset, limit }) => this.#need().sql.fetch(cursorId, offset, limit),
      'sql.cancel': async ({ cursorId }) => {
        this.#need().sql.cancel(cursorId);
        return {};
      },
      'sql.close': async ({ cursorId }) => {
        this.#opened?.sql.close(cursorId);
        return {};
      },
      'sql.export': async ({ sql, format, path }) => {
        const opened = this.#need();
        const made = await opened.sql.export(sql, format, exportName('query', sql, format));
        return path === undefined ? made : { ...made, path: await copyOut(made.path, path) };
      },

      'formats.check': async ({ path, log }) => {
        const { checkFormat } = await import('./load/check-format.ts'); // brings all parsers, which only workers need
        return checkFormat(resolve(path), log === null ? null : resolve(log));
      },

      ...ruleMethods(this.#host),
      ...readingMethods(this.#host),
      ...tryingMethods(this.#host),
      ...detectMethods(this.#host),
      'findings.list': async () => ({ findings: await this.#read((connection) => listFindings(connection)) }),
      'findings.events': async ({ findingId, offset, limit }) =>
        this.#read((connection) => findingEvents(connection, findingId, offset, limit)),
      'findings.setState': async ({ findingId, findingIds = [], state, why }) => {
        const ids = findingId === undefined ? findingIds : [findingId, ...findingIds];
        const findings = await this.#need().case.write((connection) =>
          setFindingStates(connection, ids, state, why, this.#host.user()),
        );
        await this.#sayChanged('reviewed');
        return { findings };
      },

      ...annotationMethods(this.#host),

      'entities.search': async ({ text, limit }) =>
        this.#read((connection) => searchEntities(connection, text, limit)),
      'entities.get': async ({ kind, value }) =>
        this.#read((connection) => getEntity(connection, kind, value)),

      'lifecycle.get': async (asked) =>
        this.#timed(async (connection) => ({ lifeCycle: await lifeCycle(connection, asked) })),
      'tasks.list': async (page) => this.#timed((connection) => listTasks(connection, page)),
      'tasks.get': async ({ id, system, kind }) => ({
        tasks: await this.#read((connection) =>
          tasksOf(connection, { id, ...(system ? { system } : {}), ...(kind ? { kind } : {}) }),
        ),
      }),
      'requests.get': async (asked) => ({
        request: await this.#read(async (connection) =>
          'eventId' in asked
            ? requestOfEvent(connection, asked.eventId)
            : ((await requestsOf(connection, [asked.requestId]))[0] ?? null),
        ),
      }),

      ...reportMethods(this.#host),
      ...intakeMethods(this.#host),
      ...custodyMethods(this.#host),
      ...verifyMethods(this.#host),
      ...signingMethods(this.#host),
      ...transferMethods(this.#host),
    };
  }

  async #refuseWhileBusy(): Promise<void> {
    if (this.#jobs.list().some((job) => job.state === 'running')) {
      throw new CaseError('busy', 'A job is still running in the open case. Wait for it or cancel it first.');
    }
  }
}

/** A name that says what a file holds and stays the same for the same question. */
function exportName(kind: string, text: string, extension: string): string {
  return `${kind}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}.${extension}`;
}

async function copyOut(from: string, to: string): Promise<string> {
  const target = resolve(to);
  await makeWhole(target, (temporary) => copyFile(from, temporary)).catch((error: unknown) => {
    throw notWritten('The result', target, error);
  });
  return target;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
