// bzip2 as a pulled stream, block by block: a damaged block costs itself, reading goes on at the next one. Own decoder,
// because no library keeps what stands behind damage. Format: Julian Seward's bzip2 1.0.8; there is no other document
// than its source, and the description at https://github.com/dsnet/compress/blob/master/doc/bzip2-format.pdf.
import { BitReader } from './bits.ts';
import { type Block, BlockFault, readBlock } from './bzip2-block.ts';
import { Damage, Gap } from './damage.ts';
import { MOST_TRIES } from './frames.ts';
import { Cursor, type Source } from './source.ts';

/** More than a block can take: 900,000 symbols of 20 bits, and its tables. */
const LONGEST_BLOCK = 2_600_000;
const STREAM_HEAD = 4;

/** The first 48 bits of a block and of the end of a stream, in halves of 24. */
const BLOCK = [0x314159, 0x265359] as const;
const END = [0x177245, 0x385090] as const;

export class Bunzip2 implements Source {
  readonly #from: Cursor;
  /** What is at hand, the bit reached in it, and where it begins in the stream. */
  #bits = new BitReader(new Uint8Array(0));
  #base = 0;
  #level = 0;
  #streams = 0;
  /** The checksum over all blocks; null once one is missing. */
  #combined: number | null = 0;
  /** What is wrong with the bytes that the stream comes from, once it was met. */
  #below: string | null = null;
  #failure: Damage | null = null;
  #late: string | null = null;
  #ended = false;
  consumed: number | null = null;

  constructor(from: Source) {
    this.#from = new Cursor(from);
  }

  async close(): Promise<void> {}

  async read(): Promise<Uint8Array | null> {
    for (;;) {
      if (this.#failure) throw this.#failure;
      if (this.#ended && this.#late) throw this.#fail(this.#late);
      if (this.#ended) return null;
      await this.#fill();
      if (this.#level === 0) {
        const problem = this.#open();
        if (problem) throw await this.#beyond(problem);
        continue;
      }
      const block = await this.#block();
      if (typeof block === 'string') throw await this.#beyond(block);
      if (block && block.length > 0) return block;
    }
  }

  /** Has enough at hand for the longest block, unless the stream ends before. */
  async #fill(): Promise<void> {
    const left = this.#bits.bitsLeft >> 3;
    if (left >= LONGEST_BLOCK || (this.#below && left > 0)) return;
    const start = this.#bits.position >> 3;
    const parts = [this.#bits.bytes.subarray(start)];
    for (let size = left; size < LONGEST_BLOCK; ) {
      let piece: Uint8Array | null;
      try {
        piece = await this.#from.read();
      } catch (error) {
        if (!(error instanceof Damage)) throw error;
        this.#below = error.message;
        if (size === 0) throw this.#fail(error.message);
        break;
      }
      if (piece === null) break;
      parts.push(piece);
      size += piece.length;
    }
    if (parts.length === 1) return;
    this.#base += start;
    this.#bits = new BitReader(Buffer.concat(parts), this.#bits.position & 7);
  }

  /** Begins a stream, or sets the end. */
  #open(): string | null {
    const { bits } = this.#aligned();
    const at = this.#at;
    if (bits.bitsLeft === 0) {
      this.#ended = true;
      this.consumed = at;
      return this.#streams > 0 ? null : 'the bzip2 data is cut after 0 compressed bytes';
    }
    const start = bits.position >> 3;
    const head = Buffer.from(bits.bytes.subarray(start, start + STREAM_HEAD)).toString('latin1');
    if (!/^BZh[1-9]$/.test(head)) {
      if (this.#streams > 0 && this.#onlyZeros(start)) return null;
      if (this.#streams > 0)
        return `bytes from compressed byte ${at} on follow the bzip2 data and are not bzip2; they were not unpacked`;
      return 'BZh'.startsWith(head.slice(0, 3)) && head.length < STREAM_HEAD
        ? `the bzip2 data is cut after ${head.length} compressed bytes`
        : `the bzip2 data is damaged at compressed byte ${at} (incorrect header)`;
    }
    bits.position += STREAM_HEAD * 8;
    this.#level = Number(head[3]);
    this.#combined = 0;
    this.#streams++;
    return null;
  }

  /** Zeros behind the last stream, which tapes and blocks add, are passed over as far as they are at hand. */
  #onlyZeros(start: number): boolean {
    const { bytes } = this.#bits;
    let end = start;
    while (end < bytes.length && bytes[end] === 0) end++;
    this.#bits.position = end * 8;
    return end > start;
  }

  #aligned(): { bits: BitReader } {
    this.#bits.position = (this.#bits.position + 7) & ~7;
    return { bits: this.#bits };
  }

  get #at(): number {
    return this.#base + (this.#bits.position >> 3);
  }

  /** The next block's content, null at the end of a stream, a clause when it cannot be read. */
  async #block(): Promise<Uint8Array | string | null> {
    const bits = this.#bits;
    const begun = bits.position;
    const at = this.#at;
    if (bits.bitsLeft < 80) return this.#cut();
    const magic = [bits.read(24), bits.read(24)];
    const crc = ((bits.read(16) << 16) | bits.read(16)) >>> 0;
    if (magic[0] === END[0] && magic[1] === END[1]) {
      if (this.#combined !== null && crc !== this.#combined)
        this.#late ??= `the checksum at the end of the bzip2 stream before compressed byte ${this.#at} does not match`;
      this.#level = 0;
      return null;
    }
    if (magic[0] !== BLOCK[0] || magic[1] !== BLOCK[1]) {
      bits.position = begun;
      return `the bzip2 data is damaged at compressed byte ${at} (no block begins there)`;
    }
    let block: Block;
    try {
      // a decoder on this thread: what else waits gets its turn between two blocks
      await new Promise<void>((resolve) => setImmediate(resolve));
      block = readBlock(bits, this.#level * 100_000);
    } catch (error) {
      if (!(error instanceof BlockFault)) throw error;
      const cut = bits.bitsLeft <= 0;
      bits.position = begun + 48;
      return cut && (await this.#isLast()) ? this.#cut() : `${this.#blockAt(at)} (${error.message})`;
    }
    if (block.crc !== crc) {
      bits.position = begun + 48;
      return `${this.#blockAt(at)} (its checksum does not match; its content was left out)`;
    }
    const before = this.#combined;
    if (before !== null) this.#combined = (((before << 1) | (before >>> 31)) ^ crc) >>> 0;
    return block.content;
  }

  async #isLast(): Promise<boolean> {
    return (await this.#from.peek(1)).length === 0;
  }

  #blockAt(at: number): string {
    return `the bzip2 data is damaged in the block at compressed byte ${at}`;
  }

  #cut(): string {
    return (
      this.#below ?? `the bzip2 data is cut after ${this.#base + this.#bits.bytes.length} compressed bytes`
    );
  }

  #fail(clause: string): Damage {
    this.#failure = new Damage(clause);
    return this.#failure;
  }

  /** A hole up to the next block that can be read; the end of all when there is none. */
  async #beyond(problem: string): Promise<Damage> {
    for (let tries = 0; tries < MOST_TRIES; ) {
      await this.#fill();
      const bits = this.#bits;
      const found = nextPlace(bits);
      if (found === null) {
        bits.position = Math.max(bits.position, bits.bytes.length * 8 - 47);
        if (bits.position % 8 !== 0) bits.position &= ~7;
        if (!(await this.#more())) return this.#fail(problem);
        continue;
      }
      bits.position = found.position;
      await this.#fill();
      if (found.kind === 'stream') {
        this.#level = 0;
        return new Gap(`${problem}; reading goes on at compressed byte ${this.#at}`);
      }
      const probe = this.#probe();
      if (probe === 'block' || (probe === 'end' && this.#level > 0)) {
        const at = this.#at;
        if (probe === 'end') {
          this.#finishStream();
          if (await this.#nothingLeft()) return this.#fail(problem);
        } else this.#combined = null;
        this.#level ||= 9;
        return new Gap(`${problem}; reading goes on at compressed byte ${at}`);
      }
      this.#bits.position += 48;
      tries++;
    }
    return this.#fail(problem);
  }

  /** What stands at the place found: a block that can be read whole, the end of a stream, or neither. */
  #probe(): 'block' | 'end' | null {
    const bits = this.#bits;
    const begun = bits.position;
    try {
      if (bits.bitsLeft < 80) return null;
      const isEnd = bits.read(24) === END[0];
      bits.read(24);
      const crc = ((bits.read(16) << 16) | bits.read(16)) >>> 0;
      if (isEnd) return 'end';
      return readBlock(bits, 900_000).crc === crc ? 'block' : null;
    } catch (error) {
      if (error instanceof BlockFault) return null;
      throw error;
    } finally {
      bits.position = begun;
    }
  }

  #finishStream(): void {
    this.#bits.position += 80;
    this.#level = 0;
  }

  async #nothingLeft(): Promise<boolean> {
    await this.#fill();
    return this.#bits.bitsLeft < 8;
  }

  /** Reads on; false at the end. */
  async #more(): Promise<boolean> {
    const before = this.#base + this.#bits.bytes.length;
    await this.#fill();
    return this.#base + this.#bits.bytes.length > before;
  }
}

/** The next place, at any bit, where a block or the end of a stream may begin, or at any byte a stream. */
function nextPlace(bits: BitReader): { kind: 'block' | 'stream'; position: number } | null {
  const { bytes } = bits;
  let high = 0;
  let low = 0;
  const first = bits.position;
  for (let at = first >> 3; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === 0x42 && at * 8 > first && isStreamHead(bytes, at)) {
      return { kind: 'stream', position: at * 8 };
    }
    for (let bit = 7; bit >= 0; bit--) {
      high = ((high << 1) | (low >>> 23)) & 0xffffff;
      low = ((low << 1) | ((byte >> bit) & 1)) & 0xffffff;
      const isMagic = (high === BLOCK[0] && low === BLOCK[1]) || (high === END[0] && low === END[1]);
      const position = at * 8 + (8 - bit) - 48;
      if (isMagic && position >= first) return { kind: 'block', position };
    }
  }
  return null;
}

/** `BZh`, a level, and a first block or the end right behind it. */
function isStreamHead(bytes: Uint8Array, at: number): boolean {
  if (at + 10 > bytes.length) return false;
  return /^BZh[1-9](?:1AY&SY|\x17rE8P\x90)$/.test(
    Buffer.from(bytes.subarray(at, at + 10)).toString('latin1'),
  );
}
