// Reads a portable case that came from someone else. Nothing in it is believed: it is read as a hostile archive is, no name
// in it becomes a path, its parts are held against the hashes it states, and what does not fit is told in sentences.
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { CaseError } from '../case/errors.ts';
import { Damage } from '../intake/damage.ts';
import { Cursor, FileSource, reasonOf, type Source } from '../intake/source.ts';
import { isTarHeader, type TarEntry, TarReader } from '../intake/tar.ts';
import {
  Annotations,
  FORMAT,
  FORMAT_VERSION,
  Head,
  type LedgerBundle,
  type LedgerMember,
  MOST,
  MOST_PARTS,
  NOTHING_SAID,
  PART,
  partKind,
  Settings,
} from './format.ts';
import { parseAs, parseJson, sound } from './received-json.ts';
import { readLedger } from './received-ledger.ts';

export interface ReadReceived {
  signal?: AbortSignal;
  /** Bytes of the file read so far, of all. */
  progress?(done: number, total: number): void;
}

export interface ReceivedFile {
  path: string;
  sha256: string;
  size: number;
  head: Head;
  bundles: LedgerBundle[];
  members: LedgerMember[];
  annotations: Annotations;
  /** `annotations.json` is there, and as the file states it. */
  annotationsWhole: boolean;
  settings: Settings | null;
  custody: Buffer | null;
  rules: { path: string; text: Buffer }[];
  /** Rules that were named for the last run alone. */
  given: { path: string; text: Buffer }[];
  formats: { path: string; text: Buffer }[];
  signatures: { path: string; text: Buffer }[];
  /** Contents whose bytes are there; whether they are the right ones is seen when they are unpacked. */
  contents: Set<string>;
  /** What does not fit: sentences. */
  problems: string[];
}

const shown = (name: string): string => JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name);

/** One pass over the whole file. Errors: no_such_path, not_portable, portable_version, cancelled. */
export async function readReceived(path: string, options: ReadReceived = {}): Promise<ReceivedFile> {
  return withReceived(path, options, async (tar, file) => {
    const problems: string[] = [];
    const head = await readHead(tar, path);
    const parts = await readParts(tar, head, problems);
    if (tar.problem) problems.push(`The file is damaged: ${tar.problem}.`);
    await file.rest();
    const ledgerText = parts.texts.get(PART.ledger);
    if (!ledgerText)
      throw new CaseError(
        'not_portable',
        `${path} has no readable ledger (${problems[0] ?? 'the part is missing'}): without it nothing says what its evidence is. Nothing was taken over. Ask for the file again.`,
      );
    const ledger = readLedger(ledgerText, problems);
    const many = (prefix: string) =>
      [...parts.texts].flatMap(([name, text]) =>
        name.startsWith(prefix) ? [{ path: name.slice(prefix.length), text }] : [],
      );
    return {
      path,
      sha256: file.sha256(),
      size: file.size,
      head,
      ...ledger,
      annotations: readAnnotations(parts.texts.get(PART.annotations), problems),
      annotationsWhole: parts.texts.has(PART.annotations) && !parts.changed.has(PART.annotations),
      settings: readSettings(parts.texts.get(PART.settings), problems),
      custody: parts.texts.get(PART.custody) ?? null,
      rules: many('rules/'),
      given: many('given-rules/'),
      formats: many('formats/'),
      signatures: many('signatures/'),
      contents: parts.contents,
      problems,
    };
  });
}

/** Hands on the packed bytes of each content, in the order of the file; contents that come twice are handed on once. */
export async function eachContent(
  path: string,
  options: ReadReceived,
  each: (sha256: string, packed: Source) => Promise<void>,
): Promise<void> {
  await withReceived(path, options, async (tar) => {
    const seen = new Set<string>();
    for (;;) {
      const entry = await nextEntry(tar);
      if (entry === null || typeof entry === 'string') return;
      if (entry.kind !== 'file' || partKind(entry.name) !== 'evidence' || seen.has(entry.name)) continue;
      seen.add(entry.name);
      await each(entry.name.slice('evidence/'.length, -'.zst'.length), tar.content);
    }
  });
}

/** Whether the file begins as a portable case does; refuses what does not before anything is made of it. */
export async function checkReceived(path: string): Promise<Head> {
  return withReceived(path, {}, (tar) => readHead(tar, path));
}

interface OpenFile {
  size: number;
  /** Reads what stands behind the tar, so that the hash is that of the whole file. */
  rest(): Promise<void>;
  sha256(): string;
}

async function withReceived<T>(
  path: string,
  { signal, progress }: ReadReceived,
  work: (tar: TarReader, file: OpenFile) => Promise<T>,
): Promise<T> {
  const handle = await openFile(path);
  try {
    const { size } = await handle.stat();
    const hash = createHash('sha256');
    let done = 0;
    const raw = new Cursor(
      new FileSource(handle, {
        onBytes: (piece) => {
          if (signal?.aborted) throw new CaseError('cancelled', 'Reading the received case was cancelled.');
          hash.update(piece);
          done += piece.length;
          progress?.(done, size);
        },
      }),
    );
    const first = await raw.peek(512);
    if (first.length < 512 || !isTarHeader(first)) throw notPortable(path);
    return await work(new TarReader(raw), {
      size,
      rest: async () => {
        while (await raw.read().catch(untilDamage));
      },
      sha256: () => hash.digest('hex'),
    });
  } finally {
    await handle.close();
  }
}

async function openFile(path: string): Promise<FileHandle> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw new CaseError(
      'no_such_path',
      `${path} can't be opened: ${reasonOf(error)}. Nothing was read. Check the path.`,
      { refusal: 'usage', cause: error },
    );
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw notPortable(path);
}

const notPortable = (path: string) =>
  new CaseError(
    'not_portable',
    `${path} is no portable case: that is a tar whose first part is ${PART.head}. Nothing was taken over. Logs and archives of logs are taken in with tidemark ingest.`,
    { refusal: 'usage' },
  );

function untilDamage(error: unknown): null {
  if (error instanceof Damage) return null;
  throw error;
}

/** The next part; a clause when the archive ends before its end, null at the end. */
async function nextEntry(tar: TarReader): Promise<TarEntry | string | null> {
  try {
    return await tar.next();
  } catch (error) {
    if (error instanceof Damage) return error.message;
    throw error;
  }
}

async function readHead(tar: TarReader, path: string): Promise<Head> {
  const entry = await nextEntry(tar);
  if (entry === null || typeof entry === 'string' || entry.name !== PART.head || entry.kind !== 'file')
    throw notPortable(path);
  const read = await readText(tar, entry, MOST[PART.head]!);
  const refuse = (why: string) =>
    new CaseError(
      'not_portable',
      `${PART.head} of ${path} can't be used: ${why}. Nothing was taken over. Ask for the file again.`,
    );
  if (read.problem !== null) throw refuse(read.problem);
  const raw = parseJson(read.bytes);
  if (raw.problem !== null) throw refuse(raw.problem);
  const { format, version } = (raw.value ?? {}) as { format?: unknown; version?: unknown };
  if (format === FORMAT && version !== FORMAT_VERSION)
    throw new CaseError(
      'portable_version',
      `${path} is a portable case of version ${String(JSON.stringify(version)).slice(0, 40)}; this Tidemark reads version ${FORMAT_VERSION}. Nothing was taken over. Use a Tidemark that knows it, or ask for the bundles themselves.`,
    );
  const head = parseAs(read.bytes, Head);
  if (head.problem !== null) throw refuse(head.problem);
  return head.value;
}

interface Parts {
  texts: Map<string, Buffer>;
  contents: Set<string>;
  /** Parts that are not as the head states them. */
  changed: Set<string>;
}

async function readParts(tar: TarReader, head: Head, problems: string[]): Promise<Parts> {
  const stated = new Map(head.parts.map((part) => [part.name, part]));
  const parts: Parts = { texts: new Map(), contents: new Set(), changed: new Set() };
  const seen = new Set<string>();
  for (let count = 0; ; count++) {
    const entry = await nextEntry(tar);
    if (entry === null) break;
    if (typeof entry === 'string') {
      problems.push(`The file is cut or damaged: ${entry}. What stands before is used.`);
      break;
    }
    if (count > MOST_PARTS) {
      problems.push(`The file holds more than ${MOST_PARTS} parts; the rest was not read.`);
      break;
    }
    const kind = partKind(entry.name);
    const odd = oddPart(entry, kind, seen.has(entry.name), stated.has(entry.name));
    if (odd) {
      problems.push(odd);
      continue;
    }
    seen.add(entry.name);
    await readPart(tar, entry, kind!, stated.get(entry.name)!, parts, problems);
  }
  const missing = head.parts.filter(({ name }) => !seen.has(name)).map(({ name }) => name);
  for (const name of missing.slice(0, 20))
    problems.push(`The part ${shown(name)}, which ${PART.head} names, is not in the file.`);
  if (missing.length > 20) problems.push(`${missing.length - 20} more parts are not in the file.`);
  return parts;
}

/** Why a part is passed over; null: it is read. */
function oddPart(entry: TarEntry, kind: string | null, again: boolean, stated: boolean): string | null {
  const name = shown(entry.name);
  if (/(?:^|\/)[^/]*\.(?:duckdb|db|sqlite3?)(?:\.wal)?$/i.test(entry.name))
    return `The file holds a database, ${name}: a received database is never opened, nor was it written to the disk.`;
  if (entry.kind !== 'file') return `The part ${name} is a ${entry.kind}, not a file: it was passed over.`;
  if (kind === null || kind === 'head')
    return `The part ${name} does not belong in a portable case: it was passed over.`;
  if (again) return `The part ${name} is in the file more than once: the first counts.`;
  if (!stated) return `The part ${name} is not among those that ${PART.head} names: it was passed over.`;
  return null;
}

async function readPart(
  tar: TarReader,
  entry: TarEntry,
  kind: NonNullable<ReturnType<typeof partKind>>,
  stated: { size: number; sha256: string },
  parts: Parts,
  problems: string[],
): Promise<void> {
  const evidence = kind === 'evidence';
  const read = await readText(tar, entry, evidence ? 0 : mostOf(entry.name, kind), stated.sha256);
  if (read.problem !== null) problems.push(`The part ${shown(entry.name)} can't be used: ${read.problem}.`);
  else if (entry.size !== stated.size || !read.fits) {
    parts.changed.add(entry.name);
    problems.push(
      `The part ${shown(entry.name)} is not as ${PART.head} states it: its size or SHA-256 differs. ${
        evidence
          ? 'It is used only if it holds the content that it is named after.'
          : 'It was changed after it was written, or damaged on its way.'
      }`,
    );
  }
  if (read.problem !== null) return;
  if (evidence) parts.contents.add(entry.name.slice('evidence/'.length, -'.zst'.length));
  else parts.texts.set(entry.name, read.bytes);
}

function mostOf(name: string, kind: string): number {
  return MOST[name] ?? MOST[kind === 'given' ? 'rules' : kind]!;
}

/** The bytes of a part, when there are at most `most` of them (0: they are only hashed), and whether they have the hash. */
async function readText(
  tar: TarReader,
  entry: TarEntry,
  most: number,
  sha256?: string,
): Promise<{ bytes: Buffer; fits: boolean; problem: string | null }> {
  const pieces: Buffer[] = [];
  const hash = createHash('sha256');
  const kept = most > 0 && entry.size <= most;
  try {
    for (let piece = await tar.content.read(); piece !== null; piece = await tar.content.read()) {
      hash.update(piece);
      if (kept) pieces.push(Buffer.from(piece));
    }
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    return { bytes: Buffer.alloc(0), fits: false, problem: error.message };
  }
  if (most > 0 && !kept)
    return {
      bytes: Buffer.alloc(0),
      fits: false,
      problem: `it has ${entry.size} bytes, and at most ${most} are read`,
    };
  return { bytes: Buffer.concat(pieces), fits: hash.digest('hex') === sha256, problem: null };
}

function readAnnotations(bytes: Buffer | undefined, problems: string[]): Annotations {
  if (!bytes) return NOTHING_SAID;
  const parsed = parseJson(bytes);
  if (parsed.problem !== null || typeof parsed.value !== 'object' || parsed.value === null) {
    problems.push(
      `${PART.annotations} can't be used: ${parsed.problem ?? 'it is no object'}. No tag, comment or decision was taken over.`,
    );
    return NOTHING_SAID;
  }
  const said = parsed.value as Record<string, unknown>;
  const read = { ...NOTHING_SAID };
  for (const key of Object.keys(NOTHING_SAID) as (keyof Annotations)[]) {
    const { good, bad } = sound(said[key], Annotations.shape[key].element as never);
    (read as Record<string, unknown>)[key] = good;
    if (bad > 0)
      problems.push(
        `${bad} of the entries under ${key} in ${PART.annotations} have not the right form: passed over.`,
      );
  }
  return read;
}

function readSettings(bytes: Buffer | undefined, problems: string[]): Settings | null {
  if (!bytes) return null;
  const parsed = parseAs(bytes, Settings);
  if (parsed.problem !== null) problems.push(`${PART.settings} can't be used: ${parsed.problem}.`);
  return parsed.value;
}
