// One way to unpack every compression there is, with what goes in and comes out counted.
import { Bunzip2 } from './bzip2.ts';
import { Frames, GZIP, ZSTD } from './frames.ts';
import type { Gauge } from './limits.ts';
import { holesAreEnds, type Source } from './source.ts';
import { undeflate64, unlzma, unxz, unzipLzma } from './xz.ts';
import { CAN_UNPACK_ZSTD, ZlibStream } from './zlib-stream.ts';

export type Compression = 'gzip' | 'deflate' | 'deflate64' | 'zstd' | 'bzip2' | 'xz' | 'lzma';

/** A decompressor over a stream. */
export interface Unpacking extends Source {
  /** Compressed bytes up to the end that the data itself states, once it is reached. */
  readonly consumed: number | null;
  /** Gives its memory back when the stream is left before its end. */
  close(): Promise<void>;
}

export const UNPACKED: ReadonlySet<string> = new Set<Compression>([
  ...(['gzip', 'bzip2', 'xz', 'lzma'] as const),
  ...(CAN_UNPACK_ZSTD ? (['zstd'] as const) : []),
]);

/** Unpacked bytes of `from`. `gauge` hears of both sides and may throw to stop. */
export function unpack(from: Source, kind: Compression, gauge?: Gauge): Unpacking {
  return new Gauged(unpacking(counted(from, gauge), kind), gauge);
}

/** LZMA with the head that zip gives it (method 14). */
export function unpackZipLzma(from: Source, size: number | null, gauge?: Gauge): Unpacking {
  return new Gauged(unzipLzma(counted(from, gauge), size), gauge);
}

const counted = (from: Source, gauge: Gauge | undefined): Source => ({
  read: async () => {
    const piece = await from.read().catch(holesAreEnds);
    if (piece) gauge?.packed(piece.length);
    return piece;
  },
});

function unpacking(from: Source, kind: Compression): Unpacking {
  switch (kind) {
    case 'gzip':
      return new Frames(from, GZIP);
    case 'zstd':
      return new Frames(from, ZSTD);
    case 'deflate':
      return new ZlibStream(from, 'deflate');
    case 'deflate64':
      return undeflate64(from);
    case 'bzip2':
      return new Bunzip2(from);
    case 'xz':
      return unxz(from);
    case 'lzma':
      return unlzma(from);
  }
}

/** What a gauge threw is thrown again: a bomb gives nothing more. */
class Gauged implements Unpacking {
  readonly #from: Unpacking;
  readonly #gauge: Gauge | undefined;
  #stopped: unknown = null;

  constructor(from: Unpacking, gauge: Gauge | undefined) {
    this.#from = from;
    this.#gauge = gauge;
  }

  get consumed(): number | null {
    return this.#from.consumed;
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#stopped) throw this.#stopped;
    const piece = await this.#from.read();
    try {
      if (piece) this.#gauge?.unpacked(piece.length);
    } catch (error) {
      this.#stopped = error;
      throw error;
    }
    return piece;
  }

  close(): Promise<void> {
    return this.#from.close();
  }
}
