// Writes a case into one file. All that is said is read at one moment; contents are copied as they stand in the store.
import { createHash, type Hash, randomBytes } from 'node:crypto';
import { type FileHandle, open as openFile, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Case } from '../case/case.ts';
import { CUSTODY_FILE } from '../case/custody.ts';
import { CaseError } from '../case/errors.ts';
import { SCHEMA_VERSION } from '../case/schema.ts';
import { TOOL_VERSION } from '../case/version.ts';
import { syncFolder } from '../case/write-file.ts';
import { reasonOf } from '../intake/source.ts';
import {
  readAnnotations,
  readBundles,
  readFolders,
  readMembers,
  readSettings,
  taggedContents,
} from './collect.ts';
import { FORMAT, FORMAT_VERSION, type Head, type LedgerMember, PART } from './format.ts';
import { TAR_END, tarHeader, tarPadding } from './tar-writer.ts';

const PIECE = 1 << 20;
/** What has to stay free on the disk beside the file. */
const RESERVE = 64 << 20;

export interface ExportOptions {
  only: 'all' | 'tagged';
  signal?: AbortSignal;
  /** Bytes read and written, of all that have to be. */
  progress?(done: number, total: number, phase: string): void;
}

export interface ExportResult {
  path: string;
  bytes: number;
  sha256: string;
  bundles: number;
  members: number;
  /** Contents in the file, and those that the ledger names and that are left out of it. */
  contents: number;
  left_out: number;
  annotations: number;
  /** What did not go along although it should: sentences. */
  problems: string[];
}

interface Part {
  name: string;
  size: number;
  sha256: string;
  /** In memory, or a file of the evidence store. */
  from: Buffer | string;
}

/** `target` is there as a whole or not at all. Errors: not_written, disk_full, cancelled, evidence_changed. */
export async function exportCase(open: Case, target: string, options: ExportOptions): Promise<ExportResult> {
  const job = new Progress(options);
  const said = await readCase(open, options.only, job);
  const evidence = await hashContents(open, said.members, said.problems, job);
  const { head, parts } = assemble(open, options.only, said, evidence);
  const total = parts.reduce((sum, part) => sum + part.size + 1024, head.length + 2048);
  await checkRoom(dirname(target), total);
  const written = await writeTar(target, head, parts, job);
  return {
    path: target,
    ...written,
    bundles: said.bundles.length,
    members: said.members.length,
    contents: evidence.length,
    left_out: leftOut(said.members),
    annotations: said.annotationCount,
    problems: said.problems,
  };
}

/** All that the database and the folders say, at one moment: no writer comes between. */
function readCase(open: Case, only: ExportOptions['only'], job: Progress) {
  return open.read(async (connection) => {
    job.say('reading the ledger');
    const held = only === 'all' ? null : await taggedContents(connection);
    const annotations = await readAnnotations(open, connection);
    const folders = await readFolders(open, connection);
    return {
      bundles: await readBundles(connection),
      members: await readMembers(connection, held),
      annotations,
      annotationCount: annotations.annotations.length,
      settings: await readSettings(connection),
      custody: await readFile(join(open.dir, CUSTODY_FILE)),
      folders,
      problems: [...folders.passed],
    };
  });
}
type Said = Awaited<ReturnType<typeof readCase>>;

/** The files of the store that go along, hashed; a content that is not there is said and left out. */
async function hashContents(
  open: Case,
  members: LedgerMember[],
  problems: string[],
  job: Progress,
): Promise<Part[]> {
  const sizes = new Map<string, number>();
  const missing = new Set<string>();
  for (const { evidence, contentSha256, path } of members) {
    if (!evidence || sizes.has(contentSha256!) || missing.has(contentSha256!)) continue;
    const info = await stat(placeOf(open, contentSha256!)).catch(() => null);
    if (info) sizes.set(contentSha256!, info.size);
    else {
      missing.add(contentSha256!);
      problems.push(
        `The content of ${path} (SHA-256 ${contentSha256}) is not in the evidence store of the case: it does not go along, and the ledger says so.`,
      );
    }
  }
  for (const member of members)
    if (member.contentSha256 !== null && missing.has(member.contentSha256)) member.evidence = false;
  job.total = 2 * [...sizes.values()].reduce((sum, size) => sum + size, 0);
  const parts: Part[] = [];
  for (const [sha256, size] of sizes) {
    job.say('hashing the evidence');
    const hash = createHash('sha256');
    const from = placeOf(open, sha256);
    await eachPiece(from, size, (piece) => {
      hash.update(piece);
      job.add(piece.length);
    });
    parts.push({ name: `evidence/${sha256}.zst`, size, sha256: hash.digest('hex'), from });
  }
  return parts;
}

const placeOf = (open: Case, sha256: string) =>
  join(open.paths.evidence, sha256.slice(0, 2), `${sha256}.zst`);

function leftOut(members: readonly LedgerMember[]): number {
  return new Set(members.flatMap((m) => (m.contentSha256 !== null && !m.evidence ? [m.contentSha256] : [])))
    .size;
}

function assemble(
  open: Case,
  only: ExportOptions['only'],
  said: Said,
  evidence: Part[],
): { head: Buffer; parts: Part[] } {
  const small = (name: string, bytes: Buffer): Part => ({
    name,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    from: bytes,
  });
  const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, null, 1)}\n`);
  const ledger = [
    ...said.bundles.map((bundle) => Buffer.from(`${JSON.stringify({ bundle })}\n`)),
    ...said.members.map((member) => Buffer.from(`${JSON.stringify({ member })}\n`)),
  ];
  const { rules, formats, signatures } = said.folders;
  const parts = [
    small(PART.ledger, Buffer.concat(ledger)),
    small(PART.custody, said.custody),
    small(PART.annotations, json(said.annotations)),
    ...rules.map(({ name, bytes }) => small(name, bytes)),
    ...formats.map(({ name, bytes }) => small(name, bytes)),
    small(PART.settings, json(said.settings)),
    ...signatures.map(({ name, bytes }) => small(name, bytes)),
    ...evidence,
  ];
  const head: Head = {
    format: FORMAT,
    version: FORMAT_VERSION,
    tool: TOOL_VERSION,
    schema: SCHEMA_VERSION,
    case: { name: open.named ? open.name : null, createdAt: open.createdAt },
    only,
    holds: {
      bundles: said.bundles.length,
      members: said.members.length,
      contents: evidence.length,
      leftOut: leftOut(said.members),
      annotations: said.annotationCount,
      custodyEntries: said.custody.toString('latin1').split('\n').length - 1,
    },
    parts: parts.map(({ name, size, sha256 }) => ({ name, size, sha256 })),
  };
  return { head: json(head), parts };
}

async function checkRoom(dir: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir).catch((error: unknown) => {
    throw notWritten(dir, error);
  });
  if (bavail * bsize < bytes + RESERVE)
    throw new CaseError(
      'disk_full',
      `The case needs ${whole(bytes)} bytes, and ${dir} has ${whole(bavail * bsize)} left. Nothing was written. Free space, or choose another place.`,
    );
}

async function writeTar(
  target: string,
  head: Buffer,
  parts: Part[],
  job: Progress,
): Promise<{ bytes: number; sha256: string }> {
  const temporary = join(dirname(target), `.${basename(target)}-${randomBytes(6).toString('hex')}.part`);
  try {
    const file = await openFile(temporary, 'wx', 0o600);
    const out = new TarFile(file);
    try {
      await out.write(tarHeader(PART.head, head.length), head, tarPadding(head.length));
      for (const part of parts) {
        job.say(`writing ${basename(target)}`);
        await writePart(out, part, job);
      }
      await out.write(TAR_END);
      await file.sync();
    } finally {
      await file.close();
    }
    job.check();
    await rename(temporary, target);
    await syncFolder(dirname(target));
    return { bytes: out.bytes, sha256: out.hash.digest('hex') };
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => 0);
    throw error instanceof CaseError ? error : notWritten(target, error);
  }
}

async function writePart(out: TarFile, part: Part, job: Progress): Promise<void> {
  await out.write(tarHeader(part.name, part.size));
  if (typeof part.from !== 'string') await out.write(part.from);
  else {
    const hash = createHash('sha256');
    await eachPiece(part.from, part.size, async (piece) => {
      hash.update(piece);
      await out.write(piece);
      job.add(piece.length);
    });
    if (hash.digest('hex') !== part.sha256) throw changed(part.from);
  }
  await out.write(tarPadding(part.size));
}

class TarFile {
  readonly #file: FileHandle;
  readonly hash: Hash = createHash('sha256');
  bytes = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async write(...pieces: Uint8Array[]): Promise<void> {
    for (const piece of pieces) {
      this.hash.update(piece);
      for (let at = 0; at < piece.length; ) at += (await this.#file.write(piece, at)).bytesWritten;
      this.bytes += piece.length;
    }
  }
}

/** Every byte of a file of `size` bytes; a file that is shorter or longer by now is refused. */
async function eachPiece(path: string, size: number, each: (piece: Uint8Array) => unknown): Promise<void> {
  const file = await openFile(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(PIECE);
    let read = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, PIECE);
      if (bytesRead === 0) break;
      read += bytesRead;
      if (read > size) throw changed(path);
      await each(buffer.subarray(0, bytesRead));
    }
    if (read !== size) throw changed(path);
  } finally {
    await file.close();
  }
}

/** Says where the export is, and ends it when it is cancelled. */
class Progress {
  readonly #options: ExportOptions;
  #done = 0;
  #phase = '';
  total = 0;

  constructor(options: ExportOptions) {
    this.#options = options;
  }

  check(): void {
    if (this.#options.signal?.aborted)
      throw new CaseError('cancelled', 'Writing the case was cancelled. Nothing is left of the file.');
  }

  say(phase: string): void {
    this.check();
    this.#phase = phase;
    this.#options.progress?.(this.#done, this.total, phase);
  }

  add(bytes: number): void {
    this.#done += bytes;
    this.say(this.#phase);
  }
}

const changed = (path: string) =>
  new CaseError(
    'evidence_changed',
    `${basename(path)} in the evidence store changed while it was copied. Nothing was written. tidemark verify says what is wrong with the store.`,
  );

const notWritten = (place: string, error: unknown) =>
  new CaseError(
    (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'disk_full' : 'not_written',
    `The case could not be written to ${place}: ${reasonOf(error)}. Nothing is left of the file. Choose another place.`,
    { cause: error },
  );

const whole = (bytes: number) => bytes.toLocaleString('en-US');
