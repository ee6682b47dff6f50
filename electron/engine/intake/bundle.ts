// The seam of intake: a bundle on disk becomes a flow of members, in order, with back-pressure and flat memory.
import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { CaseError } from '../case/errors.ts';
import { Damage } from './damage.ts';
import { type FolderItem, statedOf, walk } from './folder.ts';
import { LimitReached, type Limits, Meter } from './limits.ts';
import { type Kind, UNREAD, withoutCompression } from './magic.ts';
import { kindsOf, openEvidence, statOf } from './opened.ts';
import { type BundleIdentity, isListed, isPacked, type ListedKind, Reading } from './reading.ts';
import { Cursor, FileSource, reasonOf, type Source } from './source.ts';
import { unpack } from './unpack.ts';

export interface MemberHeader {
  /**
   * Inside the bundle, '/' separated; nested archives: 'inner.tar.gz!/path'. Raw names are decoded as UTF-8 (Latin-1
   * where they are not UTF-8), control characters kept. Never used as a path on disk.
   */
  path: string;
  /** As the archive states. */
  size: number | null;
  mode: number | null;
  /** `user:group`, by name where the archive holds names. */
  owner: string | null;
  mtimeUs: number | null;
  /** 'gzip', 'bzip2', 'xz', 'xz in gzip', ... for a compressed member that was unpacked, null for plain. */
  compression: string | null;
  /** See node-name.ts. */
  node: string;
  /** A clause for the ledger on what is odd although the member is read: its name, what it follows. See names.ts. */
  remark: string | null;
}

export interface MemberWriter {
  /**
   * Decompressed content; resolves when more may be sent. The chunk is handed over and owns its whole ArrayBuffer;
   * chunks are 256 KiB to 1 MiB except the last.
   */
  write(chunk: Uint8Array): Promise<void>;
  /**
   * `sha256` of the member as collected when that differs from its content (compressed member), else null; `size` as
   * collected. `problem`: the content is cut or damaged from here on; what was read is kept.
   */
  end(result: { sha256: string | null; size: number; problem: string | null }): Promise<void>;
}

export interface MemberFlow {
  /** Members come one after another, in archive order. */
  begin(header: MemberHeader): Promise<MemberWriter>;
  /** Ledger entry without content: links, devices, refused names, encrypted, unreadable. */
  note(header: MemberHeader, status: 'skipped' | 'failed', reason: string): Promise<void>;
  /** Bytes of the bundle as collected, so far. */
  progress(bytesRead: number): void;
}

export interface BundleResult {
  name: string;
  path: string;
  /** Of the file as collected; null for a folder. */
  sha256: string | null;
  size: number;
  /** Members with content; notes are not counted. */
  members: number;
  /** A sentence when the bundle is cut, damaged, or over a limit. */
  problem: string | null;
}

export interface ReadOptions {
  signal?: AbortSignal;
  limits?: Partial<Limits>;
  /** Where nested zips wait while they are read; the system's temporary folder when left out. */
  spoolDir?: string;
  /** Tried in turn on what is encrypted. */
  passwords?: readonly string[];
}

/**
 * Reads a folder, a file, or an archive by its content. Damaged content never throws: it ends in `problem`. Errors:
 * no_such_path, unreadable_path, empty_bundle, unsupported_archive, cancelled, and whatever the flow throws.
 */
export async function readBundle(
  path: string,
  flow: MemberFlow,
  options: ReadOptions = {},
): Promise<BundleResult> {
  const meter = new Meter(options.limits, options.signal, (bytes) => flow.progress(bytes));
  const stats = await statOf(path);
  meter.cancelled();
  const name = basename(resolve(path));
  const { spoolDir, passwords = [] } = options;
  const job: Job = { path, name, flow, meter, spoolDir, passwords };
  if (stats.isDirectory()) return readFolder(job);
  if (!stats.isFile()) {
    throw new CaseError(
      'unreadable_path',
      `${path} is neither a file nor a folder. Nothing was read. Name a log file, an archive or a folder.`,
      {
        refusal: 'usage',
      },
    );
  }
  return readFile(job, stats);
}

/** Bytes as collected, for progress totals: the file, or all files of the folder. */
export async function bundleSize(path: string): Promise<number> {
  const stats = await statOf(path);
  if (!stats.isDirectory()) return stats.size;
  let size = 0;
  for await (const item of walk(Buffer.from(resolve(path))))
    if (item.kind === 'file') size += item.stated.size ?? 0;
  return size;
}

interface Job {
  path: string;
  name: string;
  flow: MemberFlow;
  meter: Meter;
  spoolDir: string | undefined;
  passwords: readonly string[];
}

const bundleOf = ({ name, spoolDir, passwords }: Job, isArchive: boolean): BundleIdentity => ({
  name,
  isArchive,
  spoolDir,
  passwords,
});

async function readFolder(job: Job): Promise<BundleResult> {
  const reading = new Reading(job.flow, job.meter, bundleOf(job, false));
  const problem = await untilLimit(async () => {
    for await (const item of walk(Buffer.from(resolve(job.path)))) await folderItem(reading, item);
    return null;
  });
  if (problem === null && job.meter.members === 0) throw empty(job.path, 'holds no file');
  return {
    name: job.name,
    path: job.path,
    sha256: null,
    size: job.meter.bytesRead,
    members: reading.members,
    problem,
  };
}

async function folderItem(reading: Reading, item: FolderItem): Promise<void> {
  if (item.kind === 'noted') return reading.note(item.stated, item.status, item.reason);
  let file: FileHandle;
  try {
    file = await openEvidence(item.at);
  } catch (error) {
    return reading.note(item.stated, 'failed', `cannot be opened: ${reasonOf(error)}`);
  }
  try {
    const content = new FileSource(file, { onBytes: (piece) => reading.meter.raw(piece.length) });
    await reading.member(item.stated, content, 0);
  } finally {
    await file.close();
  }
}

async function readFile(job: Job, stats: Stats): Promise<BundleResult> {
  let file: FileHandle;
  try {
    file = await openEvidence(job.path);
  } catch (error) {
    throw new CaseError(
      'unreadable_path',
      `${job.path} cannot be opened: ${reasonOf(error)}. Nothing was read. Check its permissions.`,
      {
        refusal: 'usage',
        cause: error,
      },
    );
  }
  try {
    if (stats.size === 0) throw empty(job.path, 'is an empty file');
    const { kind, inner } = await kindsOf(file, job.name);
    const unread = UNREAD[kind];
    if (unread) {
      throw new CaseError('unsupported_archive', `${job.path} is ${unread}. Nothing was read.`, {
        refusal: 'usage',
      });
    }
    if (isListed(kind)) return await readListed(job, file, stats.size, kind);
    return await readStream(job, file, stats, kind, inner);
  } finally {
    await file.close();
  }
}

/** A tar, a compressed tar, or one log file, plain or compressed: one pass over the file from its start to its end. */
async function readStream(
  job: Job,
  file: FileHandle,
  stats: Stats,
  kind: Kind,
  inner: Kind,
): Promise<BundleResult> {
  const { meter } = job;
  const hash = createHash('sha256');
  const raw = new Cursor(
    new FileSource(file, {
      onBytes: (piece) => {
        hash.update(piece);
        meter.raw(piece.length);
      },
    }),
  );
  const isArchive = inner === 'tar' || inner === 'empty_tar';
  const reading = new Reading(job.flow, meter, bundleOf(job, isArchive));
  const problem = await untilLimit(async () => {
    if (!isArchive) {
      await reading.member(
        statedOf(kind === 'plain' ? job.name : withoutCompression(job.name), stats),
        raw,
        0,
        job.name,
      );
      return about(job.name, reading.damage);
    }
    const unpacked = isPacked(kind) ? unpack(raw, kind, meter.gauge()) : null;
    try {
      return about(job.name, await reading.tar(unpacked ? new Cursor(unpacked) : raw, '', 0));
    } finally {
      await unpacked?.close();
    }
  });
  const unread = await drain(raw);
  if (problem === null && meter.members === 0) throw empty(job.path, 'is an archive without any file in it');
  return {
    name: job.name,
    path: job.path,
    sha256: hash.digest('hex'),
    size: meter.bytesRead,
    members: reading.members,
    problem: problem ?? about(job.name, unread),
  };
}

/** A zip or 7z is read out of order: its hash is taken first, in a pass of its own. */
async function readListed(job: Job, file: FileHandle, size: number, kind: ListedKind): Promise<BundleResult> {
  const { meter } = job;
  const hash = createHash('sha256');
  const unread = await drain(
    new FileSource(file, {
      onBytes: (piece) => {
        meter.cancelled();
        hash.update(piece);
      },
    }),
  );
  const reading = new Reading(job.flow, meter, bundleOf(job, true));
  // Members may share bytes in a hostile zip: no more is counted than the file holds.
  const onRead = (count: number) => meter.raw(Math.min(count, size - meter.bytesRead));
  const problem = await untilLimit(async () =>
    about(job.name, await reading.atAnyPlace(file, kind, '', 0, onRead)),
  );
  meter.raw(size - meter.bytesRead);
  if (problem === null && meter.members === 0) throw empty(job.path, 'is an archive without any file in it');
  return {
    name: job.name,
    path: job.path,
    sha256: hash.digest('hex'),
    size,
    members: reading.members,
    problem: problem ?? about(job.name, unread),
  };
}

/** Runs until done or until a limit ends it; the sentence of the limit is the problem then. */
async function untilLimit(read: () => Promise<string | null>): Promise<string | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof LimitReached) return error.message;
    throw error;
  }
}

/** Reads to the end for the hash; gives a clause when the end cannot be reached. */
async function drain(from: Source): Promise<string | null> {
  try {
    while (await from.read());
    return null;
  } catch (error) {
    if (error instanceof Damage) return error.message;
    throw error;
  }
}

function about(name: string, clause: string | null): string | null {
  if (clause === null) return null;
  return `${name}: ${clause}. What could be read is kept. If the rest matters, collect the bundle again.`;
}

function empty(path: string, how: string): CaseError {
  return new CaseError(
    'empty_bundle',
    `${path} ${how}. Nothing was added. Check that this is the right bundle.`,
  );
}
