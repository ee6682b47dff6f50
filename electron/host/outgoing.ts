// Cases that are exported: the engine's process writes the file inside the case as a job; when the job is done, this side
// takes it out to where the responder wants it, as a whole, and signs it there. Only then is the job said to be done.
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { JobInfo } from '../../shared/api.ts';
import { CaseError, toApiError } from '../engine/case/errors.ts';
import type { SignWithKey } from '../engine/case/signature.ts';
import { openPlain } from './exports.ts';
import { KeyRing } from './keys.ts';
import { signReport } from './sign.ts';

const PIECE = 1 << 20;

export interface ExportCase {
  path?: string;
  only?: unknown;
  sign?: SignWithKey;
}

interface Going {
  folder: string;
  /** Where the responder wants it; null: it stays in the exports of the case. */
  target: string;
  sign: SignWithKey | null;
  jobId: string | null;
}

export class Outgoing {
  readonly #keys: KeyRing;
  readonly #going = new Set<Going>();

  constructor(stateDir: string) {
    this.#keys = new KeyRing(stateDir);
  }

  /** Starts the job for a file inside the case; `sign` signs the manifest first. */
  async start(
    input: ExportCase,
    caseDir: string,
    call: (input: unknown) => Promise<unknown>,
  ): Promise<{ jobId: string }> {
    const { path, sign, only } = input;
    const exports = join(caseDir, 'exports');
    const name = only === 'tagged' ? 'case-tagged.tidemark' : 'case.tidemark';
    const folder = join(exports, `.outgoing-${randomBytes(6).toString('hex')}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const target = path ? resolve(path) : join(exports, name);
    const going: Going = { folder, target, sign: sign ?? null, jobId: null };
    this.#going.add(going);
    try {
      const started = (await call({
        ...(only === undefined ? {} : { only }),
        path: join(folder, basename(target)),
      })) as {
        jobId: string;
      };
      going.jobId = started.jobId;
      return started;
    } catch (error) {
      await this.#gone(going);
      throw error;
    }
  }

  /** The job of an export that has ended, as it ends for the shells; null: it is none of these. */
  ended(job: JobInfo): Promise<JobInfo> | null {
    if (job.kind !== 'export' || job.state === 'running') return null;
    const inside = (job.result as { path?: unknown } | null)?.path;
    for (const going of this.#going)
      if (going.jobId === job.id || (typeof inside === 'string' && dirname(inside) === going.folder))
        return this.#takeOut(job, going);
    return null;
  }

  async #takeOut(job: JobInfo, going: Going): Promise<JobInfo> {
    try {
      if (job.state !== 'done') return job;
      await takeOutWhole(join(going.folder, basename(going.target)), going.target);
      await rm(`${going.target}.sig`, { force: true }); // of what stood there before
      const signed = going.sign ? await signReport(this.#keys, going.target, going.sign) : null;
      const result = { ...job.result, path: going.target, signaturePath: signed?.signaturePath ?? null };
      return { ...job, result };
    } catch (error) {
      const { code, sentence } = toApiError(error);
      return { ...job, state: 'failed', error: sentence, result: { code } };
    } finally {
      await this.#gone(going);
    }
  }

  async #gone(going: Going): Promise<void> {
    this.#going.delete(going);
    await rm(going.folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Copies a plain file of the case out: what stood at `to` before stays until all of the new one is on the disk. */
async function takeOutWhole(from: string, to: string): Promise<void> {
  const source = await openPlain(from);
  const part = join(dirname(to), `.${basename(to)}-${randomBytes(6).toString('hex')}.part`);
  try {
    const out = await open(part, 'wx', 0o600);
    try {
      const buffer = Buffer.allocUnsafe(PIECE);
      for (;;) {
        const { bytesRead } = await source.read(buffer, 0, PIECE);
        if (bytesRead === 0) break;
        for (let at = 0; at < bytesRead; ) at += (await out.write(buffer, at, bytesRead - at)).bytesWritten;
      }
      await out.sync();
    } finally {
      await out.close();
    }
    await rename(part, to);
    await syncFolder(dirname(to));
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CaseError(
      code === 'ENOSPC' ? 'disk_full' : 'not_written',
      `The case could not be written to ${to}: ${code === 'ENOSPC' ? 'the disk is full' : (code ?? message)}. Nothing is left of the file. Choose another place.`,
      { cause: error },
    );
  } finally {
    await source.close();
  }
}

/** Makes the new name durable, where the file system lets folders be synced. */
async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r').catch(() => null);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}
