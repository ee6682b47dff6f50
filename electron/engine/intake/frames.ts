// Streams that are made of frames one after another: gzip members (RFC 1952) and zstd frames (RFC 8878). A broken frame
// costs itself; where another follows it that can be read, reading goes on there, over a hole.
import zlib from 'node:zlib';
import { Damage, Gap } from './damage.ts';
import { Cursor, PIECE, type Source } from './source.ts';
import { Cut, type ZlibKind, ZlibStream } from './zlib-stream.ts';

/** What a format has around and between its frames. Clauses are what is wrong, null when nothing is. */
interface FrameFormat {
  readonly label: string;
  readonly kind: ZlibKind;
  /**
   * Takes what stands before the data of a frame. 'none': no frame begins here, and nothing was taken. `problem`: its data
   * cannot be found. `warning`: it can, but something is wrong.
   */
  head(from: Cursor): Promise<{ problem?: string; warning?: string } | 'none' | 'end'>;
  /** Takes what stands behind the data. */
  tail(from: Cursor, content: { size: number; crc: number }): Promise<{ problem?: string; warning?: string }>;
  readonly checksums: boolean;
  /** Where a frame may begin in `bytes`, from `at` on; -1 for nowhere. */
  next(bytes: Uint8Array, at: number): number;
}

/** Bytes that have to be there to tell whether a frame may begin. */
const MAGIC = 4;

/** Places that look like the beginning of a frame and are tried before the search is given up. */
export const MOST_TRIES = 10_000;

export class Frames implements Source {
  readonly #from: Cursor;
  readonly #format: FrameFormat;
  #frame: ZlibStream | null = null;
  /** Of the frame at work. */
  #content = { size: 0, crc: 0 };
  #frames = 0;
  /** Read on trial, to see whether a frame is one. */
  #first: Uint8Array | null = null;
  #failure: Damage | null = null;
  /** What is wrong although all was unpacked: said after the last byte. */
  #late: string | null = null;
  #ended = false;
  /** Compressed bytes up to the end, once it is reached. */
  consumed: number | null = null;

  constructor(from: Source, format: FrameFormat) {
    this.#from = new Cursor(from);
    this.#format = format;
  }

  async read(): Promise<Uint8Array | null> {
    for (;;) {
      if (this.#first) {
        const chunk = this.#first;
        this.#first = null;
        return this.#counted(chunk);
      }
      if (this.#failure) throw this.#failure;
      if (this.#ended && this.#late) throw this.#fail(new Damage(this.#late));
      if (this.#ended) return null;
      const problem = await this.#step();
      if (typeof problem !== 'string') {
        if (problem) return this.#counted(problem);
      } else throw await this.#beyond(problem);
    }
  }

  async close(): Promise<void> {
    await this.#frame?.close();
  }

  /** Content, null to be asked again, or a clause when the frame at work can be read no further. */
  async #step(): Promise<Uint8Array | string | null> {
    if (!this.#frame) return this.#open();
    let chunk: Uint8Array | null;
    try {
      chunk = await this.#frame.read();
    } catch (error) {
      if (error instanceof Cut) throw this.#fail(error);
      if (!(error instanceof Damage)) throw error;
      await this.#leave();
      return error.message;
    }
    if (chunk) return chunk;
    await this.#leave();
    const { problem, warning } = await this.#format.tail(this.#from, this.#content);
    this.#late ??= warning ?? null;
    return problem ?? null;
  }

  /** Begins the next frame; sets the end when there is none. */
  async #open(): Promise<string | null> {
    const at = this.#from.offset;
    if ((await this.#from.peek(1)).length === 0) {
      await this.#from.take(1); // throws where the source is damaged
      return this.#end(at);
    }
    const head = await this.#format.head(this.#from);
    if (head === 'end') return this.#end(this.#from.offset);
    if (head === 'none') {
      if (this.#frames > 0) {
        if (await this.#onlyZeros()) return this.#end(at);
        if (this.#from.offset > at) return this.#open();
      }
      const { label } = this.#format;
      return this.#frames === 0
        ? `the ${label} data is damaged before compressed byte ${at + MAGIC} (incorrect header)`
        : `bytes from compressed byte ${at} on follow the ${label} data and are not ${label}; they were not unpacked`;
    }
    if (head.problem) return head.problem;
    this.#late ??= head.warning ?? null;
    this.#frames++;
    this.#content = { size: 0, crc: 0 };
    const { kind, label } = this.#format;
    this.#frame = new ZlibStream(this.#from, kind, label, this.#from.offset);
    return null;
  }

  #end(at: number): null {
    this.#ended = true;
    this.consumed = at;
    return null;
  }

  /** Gives back what the frame read beyond its end. */
  async #leave(): Promise<void> {
    const rest = await this.#frame!.rest();
    this.#from.unread(rest);
    this.#frame = null;
  }

  #counted(chunk: Uint8Array): Uint8Array {
    this.#content.size += chunk.length;
    if (this.#format.checksums) this.#content.crc = zlib.crc32(chunk, this.#content.crc);
    return chunk;
  }

  #fail(damage: Damage): Damage {
    this.#failure = damage;
    return damage;
  }

  /** Steps over zeros that tapes and blocks add; false at any other byte, which is not taken. */
  async #onlyZeros(): Promise<boolean> {
    for (;;) {
      const bytes = await this.#from.peek(1);
      if (bytes.length === 0) return true;
      const piece = (await this.#from.read(PIECE))!;
      const other = piece.findIndex((byte) => byte !== 0);
      if (other < 0) continue;
      this.#from.unread(piece.subarray(other));
      return false;
    }
  }

  /** A hole up to the next frame that gives content; the end of all when there is none. */
  async #beyond(problem: string): Promise<Damage> {
    try {
      for (let tries = 0; tries < MOST_TRIES && (await this.#seek()); tries++) {
        const at = this.#from.offset;
        const found = await this.#tried();
        if (!found) continue;
        this.#first = found;
        return new Gap(`${problem}; reading goes on at compressed byte ${at}`);
      }
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
    }
    return this.#fail(new Damage(problem));
  }

  /** The first content of a frame that may begin here. */
  async #tried(): Promise<Uint8Array | null> {
    const opened = await this.#open();
    if (opened !== null || !this.#frame) {
      await this.#from.take(1);
      return null;
    }
    try {
      const chunk = await this.#frame.read();
      if (chunk) return chunk;
    } catch (error) {
      if (!(error instanceof Damage)) throw error;
    }
    await this.#leave();
    return null;
  }

  /** Takes what stands before the next place where a frame may begin. */
  async #seek(): Promise<boolean> {
    for (;;) {
      const piece = await this.#from.peek(PIECE);
      if (piece.length < MAGIC) return false;
      const at = this.#format.next(piece, 0);
      if (at >= 0) {
        await this.#from.take(at);
        return true;
      }
      await this.#from.take(piece.length - MAGIC + 1);
    }
  }
}

const FHCRC = 2;
const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
const RESERVED = 0xe0;
/** A name or a comment that is longer than this is none. */
const LONGEST_TEXT = 1 << 16;

export const GZIP: FrameFormat = {
  label: 'gzip',
  kind: 'deflate',
  checksums: true,

  async head(from) {
    const at = from.offset;
    const start = await from.peek(10);
    if (start.length >= 2 && !(start[0] === 0x1f && start[1] === 0x8b)) return 'none';
    const cut = () => ({ problem: `the gzip data is cut after ${from.offset} compressed bytes` });
    if (start.length < 10) {
      if (start.length > 2 && start[2] !== 8) return { problem: unknownMethod(at) };
      await from.take(start.length);
      return cut();
    }
    if (start[2] !== 8) return { problem: unknownMethod(at) };
    const flags = start[3]!;
    if (flags & RESERVED)
      return {
        problem: `the gzip data is damaged before compressed byte ${at + 4} (reserved flags are set in its header)`,
      };
    const head: Uint8Array[] = [Buffer.from(await from.take(10))];
    if (flags & FEXTRA) {
      const length = await from.take(2);
      if (length.length < 2) return cut();
      const size = length[0]! | (length[1]! << 8);
      head.push(Buffer.from(length));
      head.push(Buffer.from(await from.take(size)));
      if (head.at(-1)!.length < size) return cut();
    }
    for (const flag of [FNAME, FCOMMENT]) {
      if (!(flags & flag)) continue;
      const text = await upToZero(from);
      if (text === null) return cut();
      head.push(text);
    }
    if (flags & FHCRC) {
      const stated = await from.take(2);
      if (stated.length < 2) return cut();
      const crc = zlib.crc32(Buffer.concat(head)) & 0xffff;
      if (crc !== (stated[0]! | (stated[1]! << 8)))
        return {
          warning: `the checksum of the gzip header before compressed byte ${from.offset} does not match`,
        };
    }
    return {};
  },

  async tail(from, { size, crc }) {
    const bytes = Buffer.from(await from.take(8));
    if (bytes.length < 8) return { problem: `the gzip data is cut after ${from.offset} compressed bytes` };
    if (bytes.readUInt32LE(0) !== crc || bytes.readUInt32LE(4) !== size % 2 ** 32) {
      return {
        warning: `the checksum of the gzip data before compressed byte ${from.offset} does not match: some of what was unpacked is not what was packed`,
      };
    }
    return {};
  },

  next(bytes, at) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let found = buffer.indexOf('\x1f\x8b\x08', at, 'latin1'); found >= 0; ) {
      if (found + 3 < buffer.length && !(buffer[found + 3]! & RESERVED)) return found;
      found = buffer.indexOf('\x1f\x8b\x08', found + 1, 'latin1');
    }
    return -1;
  },
};

const unknownMethod = (at: number) =>
  `the gzip data is damaged before compressed byte ${at + 3} (unknown compression method)`;

async function upToZero(from: Cursor): Promise<Buffer | null> {
  for (let wanted = 256; wanted <= LONGEST_TEXT; wanted *= 4) {
    const bytes = await from.peek(wanted);
    const end = bytes.indexOf(0);
    if (end >= 0) return Buffer.from(await from.take(end + 1));
    if (bytes.length < wanted) break;
  }
  return null;
}

const ZSTD_MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;

export const ZSTD: FrameFormat = {
  label: 'zstd',
  kind: 'zstd',
  checksums: false,

  async head(from) {
    for (;;) {
      const start = Buffer.from(await from.peek(8));
      if (start.length < 4) return 'none';
      const magic = start.readUInt32LE(0);
      if (magic === ZSTD_MAGIC) return {};
      if ((magic & 0xfffffff0) !== SKIPPABLE || start.length < 8) return 'none';
      await from.take(8);
      for (let left = start.readUInt32LE(4); left > 0; ) {
        const piece = await from.read(left);
        if (!piece) return { problem: `the zstd data is cut after ${from.offset} compressed bytes` };
        left -= piece.length;
      }
      if ((await from.peek(1)).length === 0) return 'end';
    }
  },

  async tail() {
    return {};
  },

  next(bytes, at) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(
      '\x28\xb5\x2f\xfd',
      at,
      'latin1',
    );
  },
};
