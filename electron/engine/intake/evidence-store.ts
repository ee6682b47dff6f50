// The evidence store: content under its own SHA-256, in the zstd seekable format, so that `zstd -dc` alone restores it
// and any stretch of it can be read. Format: facebook/zstd contrib/seekable_format/zstd_seekable_compression_format.md.
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { CaseError } from '../case/errors.ts';
import { isWhole, keepPart, type Part } from './evidence-keeping.ts';

/** Content of one frame at most. */
export const FRAME = 1 << 20;
export const SKIPPABLE_MAGIC = 0x184d2a5e;
/** A skippable frame of our own between the frames and their table: the SHA-256 of all bytes before it. Some bits of a zstd
 * frame can differ and it unpacks to the same content; this sees them too. */
export const SEAL_MAGIC = 0x184d2a50;
export const SEAL = 8 + 32;
export const SEEKABLE_MAGIC = 0x8f92eab1;
export const FOOTER = 9;
const CHECKSUMS = 0x80;

/** Level 1, and a checksum in each frame, so that zstd itself sees a flipped bit. */
const FRAME_OPTIONS: zlib.ZstdOptions = {
  params: { [zlib.constants.ZSTD_c_compressionLevel]: 1, [zlib.constants.ZSTD_c_checksumFlag]: 1 },
};

export function placeOf(storeDir: string, sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) {
    throw new CaseError(
      'bad_evidence_id',
      `'${sha256.slice(0, 80)}' is not a SHA-256 in lower-case hex. Nothing was read.`,
    );
  }
  return join(storeDir, sha256.slice(0, 2), `${sha256}.zst`);
}

/** Writes one content, synchronously, for use inside parse workers. After `close`, `end` or `abort` it takes no more. */
export class EvidenceWriter {
  readonly #storeDir: string;
  readonly #temporary: string;
  readonly #hash = createHash('sha256');
  readonly #packed = createHash('sha256');
  readonly #frames: [compressed: number, content: number][] = [];
  #fd: number;
  #size = 0;

  constructor(storeDir: string) {
    this.#storeDir = storeDir;
    mkdirSync(storeDir, { recursive: true });
    this.#temporary = join(storeDir, `.${process.pid}-${randomBytes(9).toString('hex')}.part`);
    this.#fd = openSync(this.#temporary, 'wx', 0o600);
  }

  write(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#size += chunk.length;
    for (let at = 0; at < chunk.length; at += FRAME) {
      const content = chunk.length <= FRAME ? chunk : chunk.subarray(at, at + FRAME);
      const frame = zlib.zstdCompressSync(content, FRAME_OPTIONS);
      this.#append(frame);
      this.#packed.update(frame);
      this.#frames.push([frame.length, content.length]);
    }
  }

  /**
   * Closes what is written; it counts once `keepParts` has put `part` in its place. Null: the same content is in the store
   * already, and whole.
   */
  close(): { sha256: string; size: number; part: Part | null } {
    const sha256 = this.#hash.digest('hex');
    const place = placeOf(this.#storeDir, sha256);
    const size = this.#size;
    if (existsSync(place) && isWhole(place, size)) {
      this.abort();
      return { sha256, size, part: null };
    }
    this.#append(seal(this.#packed.digest()));
    this.#append(seekTable(this.#frames));
    this.#close();
    return { sha256, size, part: { part: this.#temporary, place } };
  }

  /** `close`, and makes the content durable at once. */
  end(): { sha256: string; size: number } {
    const { sha256, size, part } = this.close();
    if (part) keepPart(part);
    return { sha256, size };
  }

  /** Leaves no trace. */
  abort(): void {
    if (this.#fd < 0) return;
    this.#close();
    rmSync(this.#temporary, { force: true });
  }

  #append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
  }

  #close(): void {
    closeSync(this.#fd);
    this.#fd = -1;
  }
}

function seal(packedSha256: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(SEAL_MAGIC, 0);
  head.writeUInt32LE(packedSha256.length, 4);
  return Buffer.concat([head, packedSha256]);
}

function seekTable(frames: [compressed: number, content: number][]): Buffer {
  const table = Buffer.alloc(8 + frames.length * 8 + FOOTER);
  table.writeUInt32LE(SKIPPABLE_MAGIC, 0);
  table.writeUInt32LE(table.length - 8, 4);
  let at = 8;
  for (const [compressed, content] of frames) {
    table.writeUInt32LE(compressed, at);
    table.writeUInt32LE(content, at + 4);
    at += 8;
  }
  table.writeUInt32LE(frames.length, at);
  table.writeUInt8(0, at + 4);
  table.writeUInt32LE(SEEKABLE_MAGIC, at + 5);
  return table;
}

/** Where each frame starts; both arrays hold one more entry than there are frames. */
interface SeekTable {
  compressed: Float64Array;
  content: Float64Array;
}

const KEPT_TABLES = 256;
const KEPT_FRAMES = 16;

/** Reads stretches of stored content. Remembers the tables and the frames used last. */
export class EvidenceReader {
  readonly #storeDir: string;
  readonly #tables = new Recent<SeekTable>(KEPT_TABLES);
  readonly #frames = new Recent<Uint8Array>(KEPT_FRAMES);

  constructor(storeDir: string) {
    this.#storeDir = storeDir;
  }

  /** `length` bytes from `offset`, fewer at the end of the content. Throws CaseError when they cannot be had. */
  async read(sha256: string, offset: number, length: number): Promise<Uint8Array> {
    if (!(offset >= 0) || !(length >= 0)) {
      throw new CaseError(
        'bad_range',
        `Bytes ${offset} and ${length} on of evidence ${sha256} cannot be read: there is no such range.`,
      );
    }
    return this.#withFile(sha256, async (file) => {
      const table = await this.#table(file, sha256);
      const end = Math.min(offset + length, table.content.at(-1)!);
      if (offset >= end) return new Uint8Array(0);
      const out = new Uint8Array(end - offset);
      for (let index = frameAt(table, offset); index < table.content.length - 1; index++) {
        const start = table.content[index]!;
        if (start >= end) break;
        const frame = await this.#frame(file, sha256, table, index);
        const from = Math.max(0, offset - start);
        out.set(frame.subarray(from, Math.min(frame.length, end - start)), start + from - offset);
      }
      return out;
    });
  }

  /** The content in the pieces it was stored in, one after another. */
  async *chunks(sha256: string): AsyncGenerator<Uint8Array> {
    const file = await this.#open(sha256);
    try {
      const table = await readTable(file, sha256);
      for (let index = 0; index < table.content.length - 1; index++)
        yield await readFrame(file, sha256, table, index);
    } finally {
      await file.close();
    }
  }

  /** Size of the content. */
  async size(sha256: string): Promise<number> {
    return this.#withFile(sha256, async (file) => (await this.#table(file, sha256)).content.at(-1)!);
  }

  /** Hashes the content as it is on disk now. `actual` is '' when it can no longer be unpacked. */
  async verify(sha256: string): Promise<{ ok: boolean; actual: string }> {
    return this.#withFile(sha256, async (file) => {
      const hash = createHash('sha256');
      try {
        const table = await readTable(file, sha256);
        for (let index = 0; index < table.content.length - 1; index++) {
          hash.update(await readFrame(file, sha256, table, index));
        }
      } catch (error) {
        if (error instanceof CaseError && error.code === 'evidence_damaged') return { ok: false, actual: '' };
        throw error;
      }
      const actual = hash.digest('hex');
      return { ok: actual === sha256, actual };
    });
  }

  async #withFile<T>(sha256: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
    const file = await this.#open(sha256);
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  }

  async #open(sha256: string): Promise<FileHandle> {
    try {
      return await open(placeOf(this.#storeDir, sha256), 'r');
    } catch (error) {
      if (error instanceof CaseError || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      throw new CaseError(
        'evidence_missing',
        `Evidence ${sha256} is not in the case's evidence store. Nothing was read. The case folder is incomplete: bring the file back or add the bundle again.`,
        { cause: error },
      );
    }
  }

  async #table(file: FileHandle, sha256: string): Promise<SeekTable> {
    return this.#tables.get(sha256, () => readTable(file, sha256));
  }

  async #frame(file: FileHandle, sha256: string, table: SeekTable, index: number): Promise<Uint8Array> {
    return this.#frames.get(`${sha256}/${index}`, () => readFrame(file, sha256, table, index));
  }
}

/** Index of the frame that holds the byte at `offset`. */
function frameAt(table: SeekTable, offset: number): number {
  let low = 0;
  let high = table.content.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (table.content[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

async function readTable(file: FileHandle, sha256: string): Promise<SeekTable> {
  const { size } = await file.stat();
  if (size < 8 + FOOTER) throw damaged(sha256, 'it is too short');
  const footer = await readExactly(file, size - FOOTER, FOOTER, sha256);
  if (footer.readUInt32LE(5) !== SEEKABLE_MAGIC)
    throw damaged(sha256, 'its seek table does not end as it should');
  const frames = footer.readUInt32LE(0);
  const entry = footer.readUInt8(4) & CHECKSUMS ? 12 : 8;
  const length = 8 + frames * entry + FOOTER;
  if (length > size) throw damaged(sha256, 'its seek table is longer than the file');
  const bytes = await readExactly(file, size - length, length, sha256);
  if (bytes.readUInt32LE(0) !== SKIPPABLE_MAGIC || bytes.readUInt32LE(4) !== length - 8) {
    throw damaged(sha256, 'its seek table does not begin as it should');
  }
  const compressed = new Float64Array(frames + 1);
  const content = new Float64Array(frames + 1);
  for (let index = 0; index < frames; index++) {
    const at = 8 + index * entry;
    const stated = bytes.readUInt32LE(at + 4);
    if (stated > FRAME) throw damaged(sha256, `its seek table states a frame of ${stated} bytes`);
    compressed[index + 1] = compressed[index]! + bytes.readUInt32LE(at);
    content[index + 1] = content[index]! + stated;
  }
  if (compressed[frames] !== size - length - SEAL)
    throw damaged(sha256, 'its seek table does not match its length');
  return { compressed, content };
}

async function readFrame(
  file: FileHandle,
  sha256: string,
  table: SeekTable,
  index: number,
): Promise<Uint8Array> {
  const at = table.compressed[index]!;
  const packed = await readExactly(file, at, table.compressed[index + 1]! - at, sha256);
  const expected = table.content[index + 1]! - table.content[index]!;
  const where = `its frame ${index + 1}, content bytes ${table.content[index]} to ${table.content[index + 1]},`;
  let content: Uint8Array;
  try {
    content = await unpackFrame(packed, expected);
  } catch (error) {
    throw damaged(sha256, `${where} cannot be unpacked (${error instanceof Error ? error.message : error})`);
  }
  if (content.length !== expected) throw damaged(sha256, `${where} holds ${content.length} bytes`);
  return content;
}

function unpackFrame(packed: Uint8Array, expected: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    zlib.zstdDecompress(packed, { maxOutputLength: Math.max(1, expected) }, (error, content) =>
      error ? reject(error) : resolve(content),
    );
  });
}

async function readExactly(file: FileHandle, at: number, length: number, sha256: string): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  for (let got = 0; got < length; ) {
    const { bytesRead } = await file.read(buffer, got, length - got, at + got);
    if (bytesRead === 0) throw damaged(sha256, 'it ends too early');
    got += bytesRead;
  }
  return buffer;
}

function damaged(sha256: string, how: string): CaseError {
  return new CaseError(
    'evidence_damaged',
    `The stored copy of evidence ${sha256} is damaged: ${how}. Nothing was changed. Add the bundle again from where it was collected, and check the disk.`,
  );
}

/** The last values used, by key; callers that ask at the same time share one answer, failures are not kept. */
class Recent<T> {
  readonly #limit: number;
  readonly #values = new Map<string, Promise<T>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  async get(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#values.get(key);
    this.#values.delete(key);
    const value = known ?? make();
    this.#values.set(key, value);
    if (this.#values.size > this.#limit) this.#values.delete(this.#values.keys().next().value!);
    try {
      return await value;
    } catch (error) {
      if (this.#values.get(key) === value) this.#values.delete(key);
      throw error;
    }
  }
}
