// Pulled byte streams: a file, a decompressor, a stretch of another stream. Damage is a value of its own: what was
// readable comes first, then the Damage, and again on every later read.
import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import zlib from 'node:zlib';

/** Size of the pieces that files are read in and decompressors write. */
export const PIECE = 1 << 20;

/** Compressed bytes given to a decompressor at a time: what may be lost before a damaged spot in a long stream. */
const FEED = 64 << 10;

/** Decompressed bytes that may wait for their reader. */
const AHEAD = 2 * PIECE;

/** Streams up to this size are read again in small steps when damaged, so that nothing before the spot is lost. */
const RETAIN = 4 << 20;

/** Unpacked bytes up to which that is tried. */
const RESCUED = 64 << 20;

export interface Source {
  /** The next bytes, never empty; null at the end. Throws Damage when there is more but it cannot be read. */
  read(): Promise<Uint8Array | null>;
}

/** Evidence that is cut or broken from here on. The message is a clause: what, and where. */
export class Damage extends Error {
  override readonly name = 'Damage';
}

/** A file or a range of it. `onBytes` hears of every piece before it is handed on and may throw to stop. */
export class FileSource implements Source {
  readonly #file: FileHandle;
  readonly #end: number;
  readonly #onBytes: ((piece: Uint8Array) => void) | undefined;
  #position: number;
  #damage: Damage | null = null;

  constructor(
    file: FileHandle,
    options: { start?: number; end?: number; onBytes?: (piece: Uint8Array) => void } = {},
  ) {
    this.#file = file;
    this.#position = options.start ?? 0;
    this.#end = options.end ?? Number.POSITIVE_INFINITY;
    this.#onBytes = options.onBytes;
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#damage) throw this.#damage;
    const want = Math.min(PIECE, this.#end - this.#position);
    if (want <= 0) return null;
    const buffer = Buffer.allocUnsafeSlow(want);
    let got: number;
    try {
      got = (await this.#file.read(buffer, 0, want, this.#position)).bytesRead;
    } catch (error) {
      throw this.#fail(`the file cannot be read at byte ${this.#position} (${reasonOf(error)})`);
    }
    if (got === 0) {
      if (this.#end === Number.POSITIVE_INFINITY) return null;
      throw this.#fail(
        `the file ends at byte ${this.#position}, before byte ${this.#end} where this part ends`,
      );
    }
    this.#position += got;
    const piece = got === want ? buffer : buffer.subarray(0, got);
    this.#onBytes?.(piece);
    return piece;
  }

  #fail(clause: string): Damage {
    this.#damage = new Damage(clause);
    return this.#damage;
  }
}

/** Looks ahead and takes exact amounts; `offset` counts what was taken. */
export class Cursor implements Source {
  readonly #source: Source;
  #chunk: Uint8Array = EMPTY;
  #ended = false;
  #damage: unknown = null;
  offset = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Up to `count` bytes without taking them; fewer only at the end or before damage. */
  async peek(count: number): Promise<Uint8Array> {
    while (this.#chunk.length < count && (await this.#fill()));
    return this.#chunk.length > count ? this.#chunk.subarray(0, count) : this.#chunk;
  }

  async read(max = Number.POSITIVE_INFINITY): Promise<Uint8Array | null> {
    if (this.#chunk.length === 0 && !(await this.#fill())) {
      if (this.#damage) throw this.#damage;
      return null;
    }
    const taken = this.#chunk.length > max ? this.#chunk.subarray(0, max) : this.#chunk;
    this.#chunk = this.#chunk.subarray(taken.length);
    this.offset += taken.length;
    return taken;
  }

  /** `count` bytes, or fewer when the stream ends first. Throws Damage when it is damaged first. */
  async take(count: number): Promise<Uint8Array> {
    const bytes = await this.peek(count);
    if (bytes.length < count && this.#damage) throw this.#damage;
    this.#chunk = this.#chunk.subarray(bytes.length);
    this.offset += bytes.length;
    return bytes;
  }

  async #fill(): Promise<boolean> {
    if (this.#ended || this.#damage) return false;
    let next: Uint8Array | null;
    try {
      next = await this.#source.read();
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
      this.#damage = error;
      return false;
    }
    if (next === null) {
      this.#ended = true;
      return false;
    }
    this.#chunk = this.#chunk.length === 0 ? next : Buffer.concat([this.#chunk, next]);
    return true;
  }
}

/** The next `length` bytes of a stream, as a stream. */
export class Stretch implements Source {
  readonly #from: Cursor;
  remaining: number;

  constructor(from: Cursor, length: number) {
    this.#from = from;
    this.remaining = length;
  }

  async read(): Promise<Uint8Array | null> {
    if (this.remaining === 0) return null;
    const chunk = await this.#from.read(this.remaining);
    if (chunk === null) {
      throw new Damage(
        `the archive ends at byte ${this.#from.offset}, ${this.remaining} bytes before the end of this member`,
      );
    }
    this.remaining -= chunk.length;
    return chunk;
  }
}

/** Passes bytes on and hashes them. */
export class HashingSource implements Source {
  readonly #from: Source;
  readonly #hash: Hash = createHash('sha256');
  size = 0;

  constructor(from: Source) {
    this.#from = from;
  }

  async read(): Promise<Uint8Array | null> {
    const chunk = await this.#from.read();
    if (chunk) {
      this.#hash.update(chunk);
      this.size += chunk.length;
    }
    return chunk;
  }

  /** Reads what is left, so that the hash covers all of it, and gives the hash. */
  async finish(): Promise<string> {
    try {
      while (await this.read());
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
    }
    return this.#hash.digest('hex');
  }
}

export type Compression = 'gzip' | 'deflate' | 'zstd';

export const CAN_UNPACK_ZSTD = typeof zlib.createZstdDecompress === 'function';

function decompressorFor(kind: Compression) {
  const options = { chunkSize: PIECE };
  if (kind === 'gzip') return zlib.createGunzip(options);
  return kind === 'deflate' ? zlib.createInflateRaw(options) : zlib.createZstdDecompress(options);
}

/**
 * Decompressed bytes of a stream, worked ahead by a few pieces. Fed in small steps because Node drops what a
 * decompressor wrote in the step that failed. `onBytes` hears of all that comes out and may throw to stop.
 */
export class Unpacked implements Source {
  readonly #from: Source;
  readonly #kind: Compression;
  readonly #onBytes: ((count: number) => void) | undefined;
  #engine: Engine;
  #retained: Uint8Array[] | null = [];
  #retainedSize = 0;
  #pending: Uint8Array = EMPTY;
  #fed = 0;
  #delivered = 0;
  #queue: Uint8Array[] = [];
  #queued = 0;
  #incoming: Promise<Uint8Array | null> | null = null;
  #working: Promise<void> | null = null;
  #wake: () => void = () => {};
  #failure: unknown = null;
  #ended = false;
  /** Compressed bytes up to the end that the data itself states, once it is reached. */
  consumed: number | null = null;

  constructor(from: Source, kind: Compression, onBytes?: (count: number) => void) {
    this.#from = from;
    this.#kind = kind;
    this.#onBytes = onBytes;
    this.#engine = new Engine(kind);
  }

  async read(): Promise<Uint8Array | null> {
    this.#workAhead();
    while (this.#queue.length === 0 && this.#working) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const chunk = this.#queue.shift();
    if (chunk === undefined) {
      if (this.#failure) throw this.#failure;
      return null;
    }
    this.#queued -= chunk.length;
    this.#delivered += chunk.length;
    this.#onBytes?.(chunk.length);
    return chunk;
  }

  /** Gives the decompressor's memory back when the stream is left before its end. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#working;
    await this.#incoming?.catch(() => {});
    this.#engine.close();
  }

  #workAhead(): void {
    if (this.#working || this.#ended || this.#failure || this.#queued >= AHEAD) return;
    this.#working = (async () => {
      do {
        await this.#advance();
        this.#queued = lengthOf(this.#queue);
        this.#wake();
      } while (!this.#ended && !this.#failure && this.#queued < AHEAD);
      this.#working = null;
      this.#wake();
    })();
  }

  /** One step; never rejects, so that it may run ahead. */
  async #advance(): Promise<void> {
    try {
      if (this.#pending.length === 0) {
        const next = await (this.#incoming ?? this.#from.read());
        this.#incoming = null;
        if (next === null) {
          this.#queue.push(...(await this.#engine.finish()));
          this.#ended = true;
          return;
        }
        this.#pending = next;
        this.#retain(next);
      }
      const piece = this.#pending.subarray(0, FEED);
      this.#pending = this.#pending.subarray(piece.length);
      this.#fed += piece.length;
      const out = this.#engine.feed(piece);
      // Read and hash the next piece while the decompressor's thread works on this one.
      this.#incoming ??= this.#from.read();
      this.#incoming.catch(() => {});
      this.#queue.push(...(await out));
      if (this.#engine.ended) this.#next(piece);
    } catch (error) {
      if (error instanceof Damage || !(error instanceof EngineFault)) {
        this.#failure = error;
      } else {
        this.#queue.push(...error.chunks);
        if (!error.cut) this.#queue.push(...(await this.#rescue(this.#delivered + lengthOf(this.#queue))));
        this.#failure = new Damage(this.#sentence(error));
      }
      this.#engine.close();
    }
  }

  /** A decompressor for the next frame, when the one that ended (of zstd, Node reads one) left something behind. */
  #next(piece: Uint8Array): void {
    const left = piece.length - this.#engine.consumedOfLast;
    if (this.#kind !== 'zstd' || left === 0) {
      this.consumed = this.#fed - left;
      this.#ended = true;
      return;
    }
    this.#pending = Buffer.concat([piece.subarray(piece.length - left), this.#pending]);
    this.#fed -= left;
    this.#engine.close();
    this.#engine = new Engine(this.#kind);
  }

  #sentence(error: EngineFault): string {
    const at = `compressed byte ${this.#fed}`;
    if (error.cut) return `the ${this.#kind} data is cut after ${this.#fed} compressed bytes`;
    if (/data check|length check/.test(error.message)) {
      return `the checksum of the ${this.#kind} data before ${at} does not match: some of what was unpacked is not what was packed`;
    }
    if (
      /header check|compression method/.test(error.message) &&
      this.#delivered + lengthOf(this.#queue) > 0
    ) {
      return `bytes before ${at} follow the ${this.#kind} data and are not ${this.#kind}; they were not unpacked`;
    }
    return `the ${this.#kind} data is damaged before ${at} (${error.message})`;
  }

  #retain(chunk: Uint8Array): void {
    this.#retainedSize += chunk.length;
    if (this.#retainedSize > RETAIN) this.#retained = null;
    this.#retained?.push(chunk);
  }

  /** What a small stream holds between the bytes known so far and the damaged spot: steps get finer towards it. */
  async #rescue(known: number): Promise<Uint8Array[]> {
    if (!this.#retained || this.#kind === 'zstd' || known > RESCUED) return [];
    const input = Buffer.concat(this.#retained);
    let best: Uint8Array[] = [];
    let good = Math.max(0, this.#fed - FEED);
    for (const step of [512, 1]) {
      const engine = new Engine(this.#kind);
      const out: Uint8Array[] = [];
      let at = 0;
      try {
        while (at < this.#fed) {
          const end = at < good ? Math.min(good, at + FEED) : Math.min(this.#fed, at + step);
          out.push(...(await engine.feed(input.subarray(at, end))));
          at = end;
        }
      } catch (error) {
        if (!(error instanceof EngineFault)) throw error;
        out.push(...error.chunks);
        good = at;
      } finally {
        engine.close();
      }
      best = out;
    }
    const all = Buffer.concat(best);
    return all.length > known ? [all.subarray(known)] : [];
  }
}

class EngineFault extends Error {
  readonly chunks: Uint8Array[];
  readonly cut: boolean;
  constructor(message: string, chunks: Uint8Array[], cut: boolean) {
    super(message);
    this.chunks = chunks;
    this.cut = cut;
  }
}

/** A zlib stream driven step by step: each step resolves with all that it wrote. */
class Engine {
  readonly #stream: ReturnType<typeof decompressorFor>;
  #out: Uint8Array[] = [];
  #error: (Error & { code?: string }) | null = null;
  #wake: () => void = () => {};
  ended = false;
  /** Bytes of the last step that the decompressor took. */
  consumedOfLast = 0;

  constructor(kind: Compression) {
    this.#stream = decompressorFor(kind);
    this.#stream.on('data', (chunk: Uint8Array) => this.#out.push(chunk));
    this.#stream.on('end', () => {
      this.ended = true;
      this.#wake();
    });
    this.#stream.on('error', (error) => {
      this.#error = error;
      this.#wake();
    });
  }

  async feed(piece: Uint8Array): Promise<Uint8Array[]> {
    const before = this.#stream.bytesWritten;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#stream.write(piece, () => resolve());
    });
    this.consumedOfLast = this.#stream.bytesWritten - before;
    return this.#collect();
  }

  async finish(): Promise<Uint8Array[]> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.ended || this.#error) resolve();
      this.#stream.end();
    });
    return this.#collect();
  }

  close(): void {
    this.#stream.destroy();
  }

  #collect(): Uint8Array[] {
    const out = this.#out;
    this.#out = [];
    if (this.#error) {
      const cut = this.#error.code === 'Z_BUF_ERROR' || /unexpected end/i.test(this.#error.message);
      throw new EngineFault(this.#error.message, out, cut);
    }
    return out;
  }
}

/** The operating system's reason in words. */
export function reasonOf(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  const known: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'not permitted',
    EIO: 'input/output error',
    ENOENT: 'it is gone',
    ENXIO: 'no such device',
    ENOSPC: 'no space left on the disk',
    ELOOP: 'too many symbolic links',
    ENAMETOOLONG: 'the name is too long',
  };
  if (typeof code === 'string') return known[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}

function lengthOf(chunks: Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}

const EMPTY = new Uint8Array(0);
