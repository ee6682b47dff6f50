// Reads a zip through yauzl's directory reader; names are judged by us, content is unpacked and checked by us.
import type { FileHandle } from 'node:fs/promises';
import zlib from 'node:zlib';
import { type Entry, fromFdPromise, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { Damage } from './damage.ts';
import type { Gauge } from './limits.ts';
import { decodeName } from './member-name.ts';
import type { Stated } from './reading.ts';
import { FileSource, PIECE, reasonOf, type Source } from './source.ts';
import { type Compression, UNPACKED, type Unpacking, unpack } from './unpack.ts';

export type ZipMember =
  | { kind: 'directory'; stated: Stated }
  | { kind: 'unreadable'; stated: Stated; reason: string }
  | { kind: 'link'; stated: Stated; target: () => Promise<string> }
  | { kind: 'file'; stated: Stated; open: (gauge?: Gauge) => ZipContent };

const STORED = 0;
const METHODS: Record<number, string> = {
  1: 'shrink',
  6: 'implode',
  9: 'deflate64',
  12: 'bzip2',
  14: 'lzma',
  93: 'zstd',
  95: 'xz',
  98: 'ppmd',
  99: 'AES encryption',
};
const ENCRYPTED = 'encrypted: not read; unpack it with its password and add the result';
const MEMBER_MAGIC = Buffer.from('PK\x03\x04', 'latin1');
const DIRECTORY_MAGIC = Buffer.from('PK\x01\x02', 'latin1');
/** Flag: sizes and checksum follow the content. */
const SIZES_LATER = 0x8;
const UNIX = 3;
const LINK = 0o120000;

export class ZipReader {
  readonly #file: FileHandle;
  readonly #onRead: (count: number) => void;
  /** A clause about what is wrong with the directory of the zip. */
  problem: string | null = null;

  /** `onRead` hears of content bytes read from the file and may throw to stop. */
  constructor(file: FileHandle, onRead: (count: number) => void) {
    this.#file = file;
    this.#onRead = onRead;
  }

  async *entries(): AsyncGenerator<ZipMember> {
    let zip: ZipFile;
    try {
      zip = await fromFdPromise(this.#file.fd, {
        autoClose: false,
        decodeStrings: false,
        validateEntrySizes: false,
      });
    } catch (error) {
      this.problem = `the directory at the end of the zip cannot be read (${reasonOf(error)}); it is cut or damaged. Members were looked for one after another`;
      yield* this.#withoutDirectory();
      return;
    }
    const listed = zip.eachEntry();
    for (let count = 0; ; count++) {
      let entry: Entry;
      try {
        const next = await listed.next();
        if (next.done) return;
        entry = next.value;
      } catch (error) {
        this.problem = `the directory of the zip is damaged after ${count} of ${zip.entryCount} members (${reasonOf(error)})`;
        return;
      }
      yield await this.#member(zip, entry);
    }
  }

  /** Members by the headers before their content: less is known (no mode, no links), but a cut zip has no more. */
  async *#withoutDirectory(): AsyncGenerator<ZipMember> {
    for (let at = await this.#nextMember(0); at !== null; ) {
      const head = await this.#bytes(at, 30);
      if (head.length < 30) return;
      const nameLength = head.readUInt16LE(26);
      const tail = await this.#bytes(at + 30, nameLength + head.readUInt16LE(28));
      const start = at + 30 + nameLength + head.readUInt16LE(28);
      const flags = head.readUInt16LE(6);
      const method = head.readUInt16LE(8);
      const later = (flags & SIZES_LATER) !== 0;
      const sizes = later ? null : sizesOf(head, tail.subarray(nameLength));
      const path = decodeName(tail.subarray(0, nameLength)).replaceAll('\\', '/');
      const stated: Stated = { path, size: sizes?.content ?? null, mode: null, owner: null, mtimeUs: null };
      const compression = compressionOf(method);
      let end: number | null = sizes ? start + sizes.packed : null;
      if (path.endsWith('/')) {
        yield { kind: 'directory', stated };
      } else if (flags & 1) {
        yield { kind: 'unreadable', stated, reason: ENCRYPTED };
      } else if (compression === undefined) {
        yield { kind: 'unreadable', stated, reason: unreadMethod(method) };
      } else if (later && compression !== 'deflate') {
        yield {
          kind: 'unreadable',
          stated,
          reason: 'the zip is cut and only its lost directory says where this ends',
        };
      } else {
        let content: ZipContent | null = null;
        const states = {
          uncompressedSize: sizes?.content ?? null,
          crc32: later ? null : head.readUInt32LE(14),
        };
        const open = (gauge?: Gauge): ZipContent => {
          const range = end === null ? { start } : { start, end };
          const raw = new FileSource(this.#file, {
            ...range,
            onBytes: (piece) => this.#onRead(piece.length),
          });
          content = new ZipContent(raw, compression, states, gauge);
          return content;
        };
        yield { kind: 'file', stated, open };
        const consumed = (content as ZipContent | null)?.consumed ?? null;
        if (end === null && consumed !== null) end = start + consumed;
      }
      at = await this.#nextMember(end ?? start);
    }
  }

  /** Where the next header of a member stands; null when only the directory or nothing follows. */
  async #nextMember(from: number): Promise<number | null> {
    for (let at = from, window = 64; ; window = PIECE) {
      const piece = await this.#bytes(at, window);
      const found = piece.indexOf(MEMBER_MAGIC);
      const directory = piece.indexOf(DIRECTORY_MAGIC);
      if (found >= 0 && (directory < 0 || found < directory)) return at + found;
      if (directory >= 0 || piece.length < window) return null;
      at += piece.length - 3;
      this.#onRead(0);
    }
  }

  async #bytes(at: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length);
    const { bytesRead } = await this.#file.read(buffer, 0, length, at).catch((error) => {
      throw new Damage(`the file cannot be read at byte ${at} (${reasonOf(error)})`);
    });
    return buffer.subarray(0, bytesRead);
  }

  async #member(zip: ZipFile, entry: Entry): Promise<ZipMember> {
    const madeOnUnix = entry.versionMadeBy >> 8 === UNIX;
    const unixMode = madeOnUnix ? entry.externalFileAttributes >>> 16 : 0;
    const stated: Stated = {
      path: nameOf(entry, madeOnUnix),
      size: entry.uncompressedSize,
      mode: unixMode === 0 ? null : unixMode & 0o7777,
      owner: null,
      mtimeUs: timeOf(entry),
    };
    if (stated.path.endsWith('/')) return { kind: 'directory', stated };
    const unreadable = (reason: string): ZipMember => ({ kind: 'unreadable', stated, reason });
    if (entry.isEncrypted())
      return unreadable('encrypted: not read; unpack it with its password and add the result');
    const compression = compressionOf(entry.compressionMethod);
    if (compression === undefined) return unreadable(unreadMethod(entry.compressionMethod));
    let start: number;
    try {
      start = (await zip.readLocalFileHeaderPromise(entry, { minimal: true })).fileDataStart;
    } catch (error) {
      return unreadable(`its place in the zip is damaged (${reasonOf(error)}); not read`);
    }
    const open = (gauge?: Gauge): ZipContent => {
      const raw = new FileSource(this.#file, {
        start,
        end: start + entry.compressedSize,
        onBytes: (piece) => this.#onRead(piece.length),
      });
      return new ZipContent(raw, compression, entry, gauge);
    };
    if ((unixMode & 0o170000) === LINK) return { kind: 'link', stated, target: () => targetOf(open) };
    return { kind: 'file', stated, open };
  }
}

/** What the zip says of a content; null where it does not say. */
interface ZipStates {
  uncompressedSize: number | null;
  crc32: number | null;
}

/** Unpacked content of one member; Damage at its end when its length or checksum is not what the zip states. */
export class ZipContent implements Source {
  readonly #from: Source;
  readonly #unpacked: Unpacking | null;
  readonly #entry: ZipStates;
  #size = 0;
  #crc = 0;
  #damage: Damage | null = null;

  constructor(raw: Source, compression: Compression | null, entry: ZipStates, gauge: Gauge | undefined) {
    this.#unpacked = compression ? unpack(raw, compression, gauge) : null;
    this.#from = this.#unpacked ?? raw;
    this.#entry = entry;
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#damage) throw this.#damage;
    const chunk = await this.#from.read();
    if (chunk) {
      this.#size += chunk.length;
      this.#crc = zlib.crc32(chunk, this.#crc);
      return chunk;
    }
    const { uncompressedSize, crc32 } = this.#entry;
    if (uncompressedSize !== null && this.#size !== uncompressedSize) {
      this.#damage = new Damage(
        `the zip states ${uncompressedSize} bytes for this member but it holds ${this.#size}`,
      );
    } else if (crc32 !== null && this.#crc !== crc32) {
      this.#damage = new Damage(
        'the checksum in the zip does not match: some of this content is not what was packed',
      );
    }
    if (this.#damage) throw this.#damage;
    return null;
  }

  /** Packed bytes up to the end that the data itself states. */
  get consumed(): number | null {
    return this.#unpacked?.consumed ?? null;
  }

  async close(): Promise<void> {
    await this.#unpacked?.close();
  }
}

function unreadMethod(method: number): string {
  return `compressed with ${METHODS[method] ?? `method ${method}`}, which this version does not unpack; not read`;
}

/** Sizes in the header before the content, or in its zip64 field (id 1: content, then packed, 8 bytes each). */
function sizesOf(head: Buffer, extra: Buffer): { packed: number; content: number } {
  const packed = head.readUInt32LE(18);
  const content = head.readUInt32LE(22);
  if (packed !== 0xffffffff && content !== 0xffffffff) return { packed, content };
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === 1 && at + 20 <= extra.length) {
      return {
        content: Number(extra.readBigUInt64LE(at + 4)),
        packed: Number(extra.readBigUInt64LE(at + 12)),
      };
    }
  }
  return { packed, content };
}

function compressionOf(method: number): Compression | null | undefined {
  if (method === STORED) return null;
  if (method === 8) return 'deflate';
  const named = ({ 12: 'bzip2', 93: 'zstd', 95: 'xz' } as const)[method];
  return named && UNPACKED.has(named) ? named : undefined;
}

/** The Info-ZIP Unicode name where there is one. Archives from Windows may separate with backslashes. */
function nameOf(entry: Entry, madeOnUnix: boolean): string {
  const unicode = entry.extraFields.some((field) => field.id === 0x7075);
  const name = unicode
    ? getFileNameLowLevel(entry.generalPurposeBitFlag | 0x800, entry.fileNameRaw, entry.extraFields, true)
    : decodeName(entry.fileNameRaw);
  return madeOnUnix ? name : name.replaceAll('\\', '/');
}

/** Microseconds. A DOS time without zone is taken as UTC: it can be wrong by the zone of the machine that packed. */
function timeOf(entry: Entry): number | null {
  const ms = entry.getLastModDate({ timezone: 'UTC' }).getTime();
  return Number.isFinite(ms) ? ms * 1000 : null;
}

async function targetOf(open: () => ZipContent): Promise<string> {
  const content = open();
  try {
    const chunk = await content.read();
    return chunk ? decodeName(chunk.subarray(0, 4096)) : '(nothing)';
  } catch (error) {
    if (error instanceof Damage) return '(unreadable)';
    throw error;
  } finally {
    await content.close();
  }
}
