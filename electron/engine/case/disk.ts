// Room on the disk of a case: looked at before and while evidence is taken in, so that writing stops in order.
import { statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { CaseError } from './errors.ts';

/**
 * Below this much free space nothing more is taken in: the database and the findings need some to be closed in order.
 * `TIDEMARK_RESERVE` (bytes) sets it, for tests on small disks.
 */
export const RESERVE = Number(process.env.TIDEMARK_RESERVE ?? 256 * 2 ** 20);
/** Room that a bundle takes as kept content, events and scratch files, by its size as collected. */
const BY_SIZE = 1.3;
const EVERY_MS = 200;

/** Bytes that may be written where `dir` is. */
export async function freeBytes(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

const mega = (bytes: number): string => `${Math.ceil(bytes / 1e6).toLocaleString('en-US')} MB`;

function freeNow(dir: string): string {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return mega(bavail * bsize);
  } catch {
    return 'nothing';
  }
}

/** The sentence for a disk that filled up while the case in `dir` was written. */
export function diskFull(dir: string, cause?: unknown): CaseError {
  const free = freeNow(dir);
  return new CaseError(
    'disk_full',
    `The disk of the case folder ${dir} is full (${free} free). What was being written was undone; what was stored before is whole, and the case can be read. Free space, ${mega(RESERVE)} at least, then do it again; an ingest that was broken off goes on with tidemark resume.`,
    { cause },
  );
}

/** Whether `error` says that a disk is full, in the words of the operating system or of DuckDB. */
export function isDiskFull(error: unknown): boolean {
  if (error instanceof CaseError) return error.code === 'disk_full';
  if ((error as NodeJS.ErrnoException | null)?.code === 'ENOSPC') return true;
  const text = error instanceof Error ? error.message : String(error);
  return /no space left on device|ENOSPC|EDQUOT|disk quota exceeded/i.test(text);
}

/** Refuses work that `bytes` of bundles would not leave room for. */
export async function checkRoom(dir: string, bytes: number): Promise<void> {
  const free = await freeBytes(dir);
  const needed = Math.ceil(bytes * BY_SIZE) + RESERVE;
  if (free < needed)
    throw new CaseError(
      'disk_full',
      `The disk of the case folder ${dir} has ${mega(free)} free; the bundles may need ${mega(needed)}, of which ${mega(RESERVE)} have to stay free. Nothing was read. Free space, or put the case on another disk.`,
    );
}

/** Watches the room while evidence is written; asks the system a few times a second at most. */
export class DiskWatch {
  readonly #dir: string;
  #asked = 0;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Throws disk_full when less than the reserve is left. */
  async check(): Promise<void> {
    const now = performance.now();
    if (now - this.#asked < EVERY_MS) return;
    this.#asked = now;
    const free = await freeBytes(this.#dir);
    if (free < RESERVE)
      throw new CaseError(
        'disk_full',
        `The disk of the case folder has only ${mega(free)} left, and ${mega(RESERVE)} have to stay free: taking in stopped in order. Members taken in so far are whole and kept. Free space, then go on with what was broken off (tidemark resume).`,
      );
  }
}
