// Pulled byte streams: a file, a stretch of another stream, a look ahead. Damage is a value of its own: what was readable
// comes first, then the Damage, and again on every later read.
import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Damage, Gap } from './damage.ts';

/** Size of the pieces that files are read in and decompressors write. */
export const PIECE = 1 << 20;

export interface Source {
  /** The next bytes, never empty; null at the end. Throws Damage when there is more but it cannot be read. */
  read(): Promise<Uint8Array | null>;
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

  /** Goes over the hole that reading met, leaving what stands before it; false where there is none. */
  pass(): boolean {
    if (!(this.#damage instanceof Gap)) return false;
    this.#chunk = EMPTY;
    this.#damage = null;
    return true;
  }

  /** Puts bytes back that were taken last. */
  unread(bytes: Uint8Array): void {
    this.#chunk = this.#chunk.length === 0 ? bytes : Buffer.concat([bytes, this.#chunk]);
    this.offset -= bytes.length;
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
    const chunk = await this.#from.read(this.remaining).catch(holesAreEnds);
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

/** A hole in what lies around is the end of what lies within: only the outer reader can go over it. */
export function holesAreEnds(error: unknown): never {
  throw error instanceof Gap ? new Damage(error.message) : error;
}

const EMPTY = new Uint8Array(0);
