// One deflate stream or one zstd frame, unpacked by Node's zlib on threads of its own, worked ahead by a few pieces.
import zlib from 'node:zlib';
import { Damage } from './damage.ts';
import { PIECE, type Source } from './source.ts';

/** Compressed bytes given to a decompressor at a time: what may be lost before a damaged spot in a long stream. */
const FEED = 64 << 10;

/** Decompressed bytes that may wait for their reader. */
const AHEAD = 2 * PIECE;

/** Streams up to this size are read again in small steps when damaged, so that nothing before the spot is lost. */
const RETAIN = 4 << 20;

/** Unpacked bytes up to which that is tried. */
const RESCUED = 64 << 20;

export type ZlibKind = 'deflate' | 'zstd';

export const CAN_UNPACK_ZSTD = typeof zlib.createZstdDecompress === 'function';

const EMPTY = new Uint8Array(0);

/** Fed in small steps because Node drops what a decompressor wrote in the step that failed. */
export class ZlibStream implements Source {
  readonly #from: Source;
  readonly #kind: ZlibKind;
  readonly #label: string;
  readonly #base: number;
  readonly #engine: Engine;
  #retained: Uint8Array[] | null = [];
  #retainedSize = 0;
  /** The piece of input at work, how much of it was fed, and how much of that in the last step. */
  #input: Uint8Array = EMPTY;
  #at = 0;
  #step = 0;
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

  /** `label` names the format in sentences, `base` is where the stream begins in what the sentences count. */
  constructor(from: Source, kind: ZlibKind, label: string = kind, base = 0) {
    this.#from = from;
    this.#kind = kind;
    this.#label = label;
    this.#base = base;
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
    return chunk;
  }

  /**
   * After the end or after damage: the bytes that were read but belong to what follows. After damage that includes the
   * step that failed, but never the first byte of the stream. What lies behind them is still in the source.
   */
  async rest(): Promise<Uint8Array> {
    await this.close();
    const incoming = await this.#incoming?.catch(() => null);
    this.#incoming = null;
    if (this.#failure) this.#at -= this.#fed === this.#step ? this.#step - 1 : this.#step;
    const left = this.#input.subarray(Math.max(0, this.#at));
    this.#input = EMPTY;
    this.#at = 0;
    return incoming ? Buffer.concat([left, incoming]) : left;
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
      if (this.#at === this.#input.length) {
        const next = await (this.#incoming ?? this.#from.read());
        this.#incoming = null;
        if (next === null) {
          this.#queue.push(...(await this.#engine.finish()));
          this.#ended = true;
          this.consumed = this.#fed;
          return;
        }
        this.#input = next;
        this.#at = 0;
        this.#retain(next);
      }
      const piece = this.#input.subarray(this.#at, this.#at + FEED);
      this.#step = piece.length;
      this.#at += piece.length;
      this.#fed += piece.length;
      const out = this.#engine.feed(piece);
      // Read and hash the next piece while the decompressor's thread works on this one.
      if (this.#at === this.#input.length) this.#readOn();
      this.#queue.push(...(await out));
      if (this.#engine.ended) this.#finished();
    } catch (error) {
      if (error instanceof Damage || !(error instanceof EngineFault)) {
        this.#failure = error;
      } else {
        this.#queue.push(...error.chunks);
        if (!error.cut) this.#queue.push(...(await this.#rescue(this.#delivered + lengthOf(this.#queue))));
        this.#failure = this.#damage(error);
      }
      this.#engine.close();
    }
  }

  #readOn(): void {
    this.#incoming ??= this.#from.read();
    this.#incoming.catch(() => {});
  }

  #finished(): void {
    const left = this.#step - this.#engine.consumedOfLast;
    this.#at -= left;
    this.#fed -= left;
    this.consumed = this.#fed;
    this.#ended = true;
  }

  #damage(error: EngineFault): Damage {
    const fed = this.#base + this.#fed;
    return error.cut
      ? new Cut(`the ${this.#label} data is cut after ${fed} compressed bytes`)
      : new Damage(
          `the ${this.#label} data is damaged before compressed byte ${fed} (${error.message}); what was unpacked last may be wrong`,
        );
  }

  #retain(chunk: Uint8Array): void {
    this.#retainedSize += chunk.length;
    if (this.#retainedSize > RETAIN) this.#retained = null;
    this.#retained?.push(chunk);
  }

  /** What a small stream holds between the bytes known so far and the damaged spot: steps get finer towards it. */
  async #rescue(known: number): Promise<Uint8Array[]> {
    if (!this.#retained || known > RESCUED) return [];
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

/** The end came too early: nothing follows that could be read. */
export class Cut extends Damage {}

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

  constructor(kind: ZlibKind) {
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

function decompressorFor(kind: ZlibKind) {
  const options = { chunkSize: PIECE };
  return kind === 'deflate' ? zlib.createInflateRaw(options) : zlib.createZstdDecompress(options);
}

function lengthOf(chunks: Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
