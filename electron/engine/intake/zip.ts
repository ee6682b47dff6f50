// Reads a zip through yauzl's directory reader; names are judged by us, content is unpacked and checked by us.
import type { FileHandle } from 'node:fs/promises';
import zlib from 'node:zlib';
import { type Entry, fromFdPromise, getFileNameLowLevel, type ZipFile } from 'yauzl';
import { decodeName } from './member-name.ts';
import type { Stated } from './reading.ts';
import {
  CAN_UNPACK_ZSTD,
  type Compression,
  Damage,
  FileSource,
  reasonOf,
  type Source,
  Unpacked,
} from './source.ts';

export type ZipMember =
  | { kind: 'directory'; stated: Stated }
  | { kind: 'unreadable'; stated: Stated; reason: string }
  | { kind: 'link'; stated: Stated; target: () => Promise<string> }
  | { kind: 'file'; stated: Stated; open: (onUnpacked: (count: number) => void) => ZipContent };

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
      this.problem = `the directory at the end of the zip cannot be read (${reasonOf(error)}); it is cut or damaged`;
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
    if (compression === undefined) {
      const method = METHODS[entry.compressionMethod] ?? `method ${entry.compressionMethod}`;
      return unreadable(`compressed with ${method}, which this version does not unpack; not read`);
    }
    let start: number;
    try {
      start = (await zip.readLocalFileHeaderPromise(entry, { minimal: true })).fileDataStart;
    } catch (error) {
      return unreadable(`its place in the zip is damaged (${reasonOf(error)}); not read`);
    }
    const open = (onUnpacked: (count: number) => void): ZipContent => {
      const raw = new FileSource(this.#file, {
        start,
        end: start + entry.compressedSize,
        onBytes: (piece) => this.#onRead(piece.length),
      });
      return new ZipContent(raw, compression, entry, onUnpacked);
    };
    if ((unixMode & 0o170000) === LINK) return { kind: 'link', stated, target: () => targetOf(open) };
    return { kind: 'file', stated, open };
  }
}

/** Unpacked content of one member; Damage at its end when its length or checksum is not what the zip states. */
export class ZipContent implements Source {
  readonly #from: Source;
  readonly #unpacked: Unpacked | null;
  readonly #entry: Entry;
  #size = 0;
  #crc = 0;
  #damage: Damage | null = null;

  constructor(
    raw: Source,
    compression: Compression | null,
    entry: Entry,
    onUnpacked: (count: number) => void,
  ) {
    this.#unpacked = compression ? new Unpacked(raw, compression, onUnpacked) : null;
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
    if (this.#size !== uncompressedSize) {
      this.#damage = new Damage(
        `the zip states ${uncompressedSize} bytes for this member but it holds ${this.#size}`,
      );
    } else if (this.#crc !== crc32) {
      this.#damage = new Damage(
        'the checksum in the zip does not match: some of this content is not what was packed',
      );
    }
    if (this.#damage) throw this.#damage;
    return null;
  }

  async close(): Promise<void> {
    await this.#unpacked?.close();
  }
}

function compressionOf(method: number): Compression | null | undefined {
  if (method === STORED) return null;
  if (method === 8) return 'deflate';
  return method === 93 && CAN_UNPACK_ZSTD ? 'zstd' : undefined;
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

async function targetOf(open: (onUnpacked: (count: number) => void) => ZipContent): Promise<string> {
  const content = open(() => {});
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
