// The seam of intake: a bundle on disk becomes a flow of members, in order, with back-pressure and flat memory.
import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { CaseError } from '../case/errors.ts';
import { type FolderItem, statedOf, walk } from './folder.ts';
import { LimitReached, type Limits, Meter } from './limits.ts';
import { type Kind, kindOf, MAGIC_LENGTH } from './magic.ts';
import { Reading, withoutCompression } from './reading.ts';
import { CAN_UNPACK_ZSTD, Cursor, Damage, FileSource, reasonOf, type Source, Unpacked } from './source.ts';
import { ZipReader } from './zip.ts';

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
  /** 'gzip' or 'zstd' for a compressed member that was unpacked, null for plain. */
  compression: string | null;
  /** See node-name.ts. */
  node: string;
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
  meter.check();
  const name = basename(resolve(path));
  const job: Job = { path, name, flow, meter, spoolDir: options.spoolDir };
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
}

async function readFolder(job: Job): Promise<BundleResult> {
  const reading = new Reading(job.flow, job.meter, { name: job.name, isArchive: false }, job.spoolDir);
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
    if (UNREAD.has(kind)) {
      throw new CaseError(
        'unsupported_archive',
        `${job.path} is ${kind} compressed, which this version does not unpack. Nothing was read. Unpack it and add the result.`,
        { refusal: 'usage' },
      );
    }
    if (kind === 'zip') return await readZip(job, file, stats.size);
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
  const reading = new Reading(job.flow, meter, { name: job.name, isArchive }, job.spoolDir);
  const problem = await untilLimit(async () => {
    if (!isArchive) {
      await reading.member(
        statedOf(kind === 'plain' ? job.name : withoutCompression(job.name), stats),
        raw,
        0,
      );
      return about(job.name, reading.damage);
    }
    const unpacked = isPacked(kind) ? new Unpacked(raw, kind, (count) => meter.unpacked(count)) : null;
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

/** A zip is read out of order: its hash is taken first, in a pass of its own. */
async function readZip(job: Job, file: FileHandle, size: number): Promise<BundleResult> {
  const { meter } = job;
  const hash = createHash('sha256');
  const unread = await drain(
    new FileSource(file, {
      onBytes: (piece) => {
        meter.check();
        hash.update(piece);
      },
    }),
  );
  const reading = new Reading(job.flow, meter, { name: job.name, isArchive: true }, job.spoolDir);
  // Members may share bytes in a hostile zip: no more is counted than the file holds.
  const zip = new ZipReader(file, (count) => meter.raw(Math.min(count, size - meter.bytesRead)));
  const problem = await untilLimit(async () => about(job.name, await reading.zip(zip, '', 0)));
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

/** What the file is, and what it is inside when it is compressed. Looks at its first bytes only. */
async function kindsOf(file: FileHandle, name: string): Promise<{ kind: Kind; inner: Kind }> {
  const head = new Cursor(new FileSource(file));
  const kind = kindOf(await head.peek(MAGIC_LENGTH), name);
  if (!isPacked(kind)) return { kind, inner: kind };
  const unpacked = new Unpacked(head, kind);
  try {
    return { kind, inner: kindOf(await new Cursor(unpacked).peek(MAGIC_LENGTH), withoutCompression(name)) };
  } finally {
    await unpacked.close();
  }
}

const UNREAD: ReadonlySet<Kind> = new Set<Kind>([
  'bzip2',
  'xz',
  '7z',
  'rar',
  'lz4',
  ...(CAN_UNPACK_ZSTD ? [] : (['zstd'] as const)),
]);

function isPacked(kind: Kind): kind is 'gzip' | 'zstd' {
  return kind === 'gzip' || kind === 'zstd';
}

/** Opened without waiting, should a fifo stand there by now. */
function openEvidence(path: string | Buffer): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new CaseError(
        'no_such_path',
        `There is no file or folder ${path}. Nothing was read. Check the path.`,
        {
          refusal: 'usage',
          cause: error,
        },
      );
    }
    throw new CaseError(
      'unreadable_path',
      `${path} cannot be looked at: ${reasonOf(error)}. Nothing was read. Check its permissions.`,
      {
        refusal: 'usage',
        cause: error,
      },
    );
  }
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
