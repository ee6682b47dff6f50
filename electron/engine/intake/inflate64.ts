// Deflate64, which Windows packs files over 2 GB with (zip method 9) and zlib does not read: deflate with a window of
// 64 KiB, and lengths and distances to match. Format: RFC 1951; what differs is in PKWARE's APPNOTE and 7-Zip's sources.

import { LzmaFault } from './lzma.ts';
import { cutAt, turn, upTo } from './lzma-streams.ts';
import type { Cursor } from './source.ts';

const WINDOW = 1 << 16;
const ROOM = 1 << 20;
const LONGEST_MATCH = 3 + 0xffff;
/** More than the tables of a block, or a symbol, can take. */
const AHEAD = 1 << 10;
const FEED = 1 << 16;

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 3,
];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 16];
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Codes by their bits, lowest first: `symbol << 4 | length`; 0 stands for nothing. */
type Table = { entries: Uint16Array; bits: number };

/** Content up to the end that the data states. Throws LzmaFault at damage, Damage at a cut. */
export async function* inflate64(from: Cursor, label: string): AsyncGenerator<Uint8Array> {
  const state = new Inflating();
  for (let last = false; ; ) {
    if (!last && state.left < FEED) {
      const piece = await upTo(from, FEED);
      last = piece.length === 0;
      state.feed(piece);
    }
    await turn();
    let fault: unknown = null;
    try {
      state.run(last ? 0 : AHEAD);
    } catch (error) {
      fault = error;
    }
    const out = state.take();
    if (out.length > 0) yield out;
    if (fault) throw fault;
    if (state.ended) break;
    if (last && (state.left <= 0 || out.length === 0)) throw await cutAt(from, label);
  }
  from.unread(state.rest());
}

class Inflating {
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  #bits = 0;
  #count = 0;
  readonly #out = new Uint8Array(WINDOW + ROOM + LONGEST_MATCH);
  #position = 0;
  #taken = 0;
  #inBlock = false;
  #isLast = false;
  #stored = -1;
  #literals: Table = FIXED_LITERALS;
  #distances: Table = FIXED_DISTANCES;
  ended = false;

  get left(): number {
    return this.#input.length - this.#at;
  }

  feed(piece: Uint8Array): void {
    this.#input = Buffer.concat([this.#input.subarray(this.#at), piece]);
    this.#at = 0;
  }

  /** Whole bytes that were not needed. */
  rest(): Uint8Array {
    return this.#input.subarray(Math.max(0, this.#at - (this.#count >> 3)));
  }

  take(): Uint8Array {
    const out = Buffer.allocUnsafeSlow(this.#position - this.#taken);
    out.set(this.#out.subarray(this.#taken, this.#position));
    const keep = Math.min(WINDOW, this.#position);
    this.#out.copyWithin(0, this.#position - keep, this.#position);
    this.#position = keep;
    this.#taken = keep;
    return out;
  }

  /** Works until the room is filled, the data ends, or fewer than `reserve` bytes are left. */
  run(reserve: number): void {
    const stop = WINDOW + ROOM;
    while (!this.ended && this.#position < stop && this.left >= reserve) {
      if (!this.#inBlock) this.#begin();
      else if (this.#stored >= 0) this.#copyStored(stop);
      else if (!this.#symbol()) return;
    }
  }

  #begin(): void {
    const before = this.#mark();
    this.#isLast = this.#take(1) === 1;
    const type = this.#take(2);
    this.#stored = -1;
    if (type === 0) {
      this.#take(this.#count & 7);
      this.#stored = this.#take(16);
      const inverse = this.#take(16);
      if (this.#isShort) {
        this.#undo(before);
        return;
      }
      if ((this.#stored ^ inverse) !== 0xffff) throw new LzmaFault('a stored block contradicts itself');
    } else if (type === 1) [this.#literals, this.#distances] = [FIXED_LITERALS, FIXED_DISTANCES];
    else if (type === 2) this.#tables();
    else throw new LzmaFault('a block of a type that is none');
    if (this.#isShort) this.#undo(before);
    else this.#inBlock = true;
  }

  #tables(): void {
    const [literals, distances, lengths] = [this.#take(5) + 257, this.#take(5) + 1, this.#take(4) + 4];
    const own = new Uint8Array(19);
    for (let index = 0; index < lengths; index++) own[ORDER[index]!] = this.#take(3);
    const table = tableOf(own);
    const all = new Uint8Array(literals + distances);
    for (let index = 0; index < all.length; ) {
      if (this.#isShort) return;
      const symbol = this.#code(table);
      if (symbol < 16) all[index++] = symbol;
      else {
        const repeat =
          symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
        if (index + repeat > all.length || (symbol === 16 && index === 0))
          throw new LzmaFault('the tables of a block are too long');
        all.fill(symbol === 16 ? all[index - 1]! : 0, index, index + repeat);
        index += repeat;
      }
    }
    this.#literals = tableOf(all.subarray(0, literals));
    this.#distances = tableOf(all.subarray(literals));
  }

  #copyStored(stop: number): void {
    while (this.#stored > 0 && this.#position < stop && (this.#count >= 8 || this.left > 0)) {
      this.#out[this.#position++] = this.#take(8);
      this.#stored--;
    }
    if (this.#stored === 0) this.#endBlock();
  }

  #endBlock(): void {
    this.#inBlock = false;
    this.ended = this.#isLast;
  }

  /** One literal or match; false when the input ends within it, which is not taken then. */
  #symbol(): boolean {
    const before = this.#mark();
    const symbol = this.#code(this.#literals);
    if (symbol < 256) {
      if (this.#isShort) return this.#undo(before);
      this.#out[this.#position++] = symbol;
      return true;
    }
    if (symbol === 256) {
      if (this.#isShort) return this.#undo(before);
      this.#endBlock();
      return true;
    }
    const length = LENGTH_BASE[symbol - 257];
    if (length === undefined) throw new LzmaFault('a length that is none');
    const whole = length + this.#take(LENGTH_BITS[symbol - 257]!);
    const slot = this.#code(this.#distances);
    const extra = slot < 2 ? 0 : (slot >> 1) - 1;
    const distance = 1 + (slot < 2 ? slot : ((2 | (slot & 1)) << extra) + this.#take(extra));
    if (this.#isShort) return this.#undo(before);
    if (distance > this.#position) throw new LzmaFault('a match points before the beginning');
    for (let end = this.#position + whole; this.#position < end; this.#position++) {
      this.#out[this.#position] = this.#out[this.#position - distance]!;
    }
    return true;
  }

  #mark(): [number, number, number] {
    return [this.#at, this.#bits, this.#count];
  }

  #undo([at, bits, count]: [number, number, number]): false {
    this.#at = at;
    this.#bits = bits;
    this.#count = count;
    if (!this.#inBlock) this.#isLast = false;
    return false;
  }

  /** More was taken than there is. */
  get #isShort(): boolean {
    return this.#at - (this.#count >> 3) > this.#input.length;
  }

  #fill(count: number): void {
    while (this.#count < count) {
      this.#bits |= (this.#input[this.#at++] ?? 0) << this.#count;
      this.#count += 8;
    }
  }

  /** Up to 16 bits. */
  #take(count: number): number {
    this.#fill(count);
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#count -= count;
    return value;
  }

  #code({ entries, bits }: Table): number {
    this.#fill(bits);
    const entry = entries[this.#bits & ((1 << bits) - 1)]!;
    if (entry === 0 && !this.#isShort) throw new LzmaFault('a code stands for nothing');
    this.#bits >>>= entry & 15;
    this.#count -= entry & 15;
    return entry >> 4;
  }
}

function tableOf(lengths: Uint8Array): Table {
  const bits = Math.max(1, ...lengths);
  const entries = new Uint16Array(1 << bits);
  let code = 0;
  for (let length = 1; length <= bits; length++, code <<= 1) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      if (code >= 1 << length) throw new LzmaFault('the codes of a block are too many');
      let reversed = 0;
      for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
      for (let at = reversed; at < entries.length; at += 1 << length) entries[at] = (symbol << 4) | length;
      code++;
    }
  }
  return { entries, bits };
}

const FIXED_LITERALS = tableOf(
  Uint8Array.from({ length: 288 }, (_, symbol) =>
    symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
  ),
);
const FIXED_DISTANCES = tableOf(new Uint8Array(32).fill(5));
