// The LZMA decoder that .xz, .lzma, 7z and zip share. Symbols are decoded whole or not at all, so that a cut stream gives
// all it holds. Format: Igor Pavlov's LZMA specification (lzma-specification.txt of the LZMA SDK, public domain).
import { Damage } from './damage.ts';

/** What is held of what was unpacked, at most: data that points back further cannot be followed. */
export const LARGEST_DICTIONARY = 128 << 20;

/** Most bytes one symbol can take from the input, and can give. */
const SYMBOL_IN = 21;
const SYMBOL_OUT = 273;

const HALF = 1024;
const UNSIGNED = 0x80000000 | 0;

/** The data contradicts itself; the message is what was seen. */
export class LzmaFault extends Error {
  override readonly name = 'LzmaFault';
}

/** What was unpacked last, for matches to point into, and what of it was not handed on yet. */
export class Window {
  bytes = new Uint8Array(0);
  position = 0;
  /** Bytes since the dictionary was reset. */
  total = 0;
  readonly #stated: number;
  readonly #size: number;
  #taken = 0;

  /** `most`: bytes that are held, however large the dictionary is stated to be. */
  constructor(dictionary: number, most = LARGEST_DICTIONARY) {
    this.#stated = dictionary;
    this.#size = Math.max(4096, Math.min(dictionary, most));
  }

  /** Why a match cannot be followed, or null: it may point as far back as the dictionary is large. */
  refusal(distance: number): Error | null {
    if (distance > 0 && distance <= Math.min(this.total, this.#size)) return null;
    if (distance <= 0 || distance > Math.min(this.total, this.#stated))
      return new LzmaFault('a match points before the beginning');
    return new Damage(
      `it was packed with a dictionary of ${Math.ceil(this.#stated / 2 ** 20)} MiB and points back further than the ${this.#size >>> 20} MiB that are held in memory. Unpack it and add the result`,
    );
  }

  reset(): void {
    this.total = 0;
  }

  /** Makes room for `count` bytes behind the position; all that was unpacked before must have been taken. */
  reserve(count: number): void {
    if (this.position + count <= this.bytes.length) return;
    const keep = Math.min(this.position, this.#size);
    const wanted = Math.min(2 * keep, keep + (this.#size >> 1)) + count;
    const from = this.position - keep;
    if (wanted > this.bytes.length) {
      const larger = new Uint8Array(wanted);
      larger.set(this.bytes.subarray(from, this.position));
      this.bytes = larger;
    } else {
      this.bytes.copyWithin(0, from, this.position);
    }
    this.position = keep;
    this.#taken = keep;
  }

  append(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.position);
    this.position += bytes.length;
    this.total += bytes.length;
  }

  /** What was unpacked since this was last asked, in memory of its own. */
  take(): Uint8Array {
    const out = Buffer.allocUnsafeSlow(this.position - this.#taken);
    out.set(this.bytes.subarray(this.#taken, this.position));
    this.#taken = this.position;
    return out;
  }
}

export interface LzmaProperties {
  lc: number;
  lp: number;
  pb: number;
}

/** The byte of properties, or null when it states what cannot be. */
export function propertiesOf(byte: number): LzmaProperties | null {
  if (byte >= 9 * 5 * 5) return null;
  return { lc: byte % 9, lp: Math.floor(byte / 9) % 5, pb: Math.floor(byte / 45) };
}

const probabilities = (count: number): Uint16Array => new Uint16Array(count).fill(HALF);

class Lengths {
  readonly choice = probabilities(2);
  readonly low = probabilities(16 << 3);
  readonly mid = probabilities(16 << 3);
  readonly high = probabilities(256);

  reset(): void {
    for (const part of [this.choice, this.low, this.mid, this.high]) part.fill(HALF);
  }
}

export type LzmaStop = 'room' | 'input' | 'end';

export class LzmaDecoder {
  readonly window: Window;
  #lc = 0;
  #lpMask = 0;
  #pbMask = 0;
  #literal = probabilities(0);
  readonly #isMatch = probabilities(12 << 4);
  readonly #isRep = probabilities(12);
  readonly #isRepG0 = probabilities(12);
  readonly #isRepG1 = probabilities(12);
  readonly #isRepG2 = probabilities(12);
  readonly #isRep0Long = probabilities(12 << 4);
  readonly #slot = probabilities(4 << 6);
  readonly #special = probabilities(128);
  readonly #align = probabilities(16);
  readonly #length = new Lengths();
  readonly #repLength = new Lengths();
  #state = 0;
  #rep0 = 0;
  #rep1 = 0;
  #rep2 = 0;
  #rep3 = 0;
  // the range coder
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  #range = -1;
  #code = 0;

  constructor(window: Window) {
    this.window = window;
  }

  setProperties({ lc, lp, pb }: LzmaProperties): void {
    this.#lc = lc;
    this.#lpMask = (1 << lp) - 1;
    this.#pbMask = (1 << pb) - 1;
    const count = 0x300 << (lc + lp);
    if (this.#literal.length !== count) this.#literal = probabilities(count);
  }

  resetState(): void {
    this.#state = 0;
    this.#rep0 = this.#rep1 = this.#rep2 = this.#rep3 = 0;
    for (const part of [
      ...[this.#literal, this.#isMatch, this.#isRep, this.#isRepG0, this.#isRepG1, this.#isRepG2],
      ...[this.#isRep0Long, this.#slot, this.#special, this.#align],
    ])
      part.fill(HALF);
    this.#length.reset();
    this.#repLength.reset();
  }

  /** Begins a range coded stream: its first five bytes. */
  begin(input: Uint8Array, at: number): void {
    if (input[at] !== 0) throw new LzmaFault('its first byte is not zero');
    this.#range = -1;
    this.#code = (input[at + 1]! << 24) | (input[at + 2]! << 16) | (input[at + 3]! << 8) | input[at + 4]!;
    this.#input = input;
    this.#at = at + 5;
  }

  get at(): number {
    return this.#at;
  }

  /** True where a stream may end: all bits of the range coder were used. */
  get isFinished(): boolean {
    this.#normalize();
    return this.#code === 0;
  }

  /**
   * Decodes until `room` bytes came out, the input up to `end` is used up, or the end mark. Without `last`, stops early
   * enough that no symbol is cut. `strict`: a match that goes beyond `room` is a fault.
   */
  run(input: Uint8Array, at: number, end: number, room: number, last: boolean, strict: boolean): LzmaStop {
    const { window } = this;
    window.reserve(room + SYMBOL_OUT);
    this.#input = input;
    this.#at = at;
    const stop = window.position + room;
    const enough = last ? end : end - SYMBOL_IN;
    while (window.position < stop) {
      if (this.#at > enough) return 'input';
      const position = window.position;
      const ended = this.#symbol();
      if (this.#at > end) {
        window.total -= window.position - position;
        window.position = position;
        return 'input';
      }
      if (ended) return 'end';
      if (strict && window.position > stop) throw new LzmaFault('a match goes beyond the end');
    }
    return 'room';
  }

  /** One symbol into the window; true for the end mark. */
  #symbol(): boolean {
    const { window } = this;
    const posState = window.total & this.#pbMask;
    const state = this.#state;
    if (this.#bit(this.#isMatch, (state << 4) | posState) === 0) {
      this.#literalByte(state);
      return false;
    }
    let length: number;
    if (this.#bit(this.#isRep, state) === 0) {
      this.#rep3 = this.#rep2;
      this.#rep2 = this.#rep1;
      this.#rep1 = this.#rep0;
      length = this.#lengthOf(this.#length, posState);
      this.#state = state < 7 ? 7 : 10;
      this.#rep0 = this.#distance(length);
      if (this.#rep0 === -1) return true;
    } else {
      if (this.#bit(this.#isRepG0, state) === 0) {
        if (this.#bit(this.#isRep0Long, (state << 4) | posState) === 0) {
          this.#state = state < 7 ? 9 : 11;
          this.#copy(1);
          return false;
        }
      } else this.#chooseRep(state);
      length = this.#lengthOf(this.#repLength, posState);
      this.#state = state < 7 ? 8 : 11;
    }
    this.#copy(length + 2);
    return false;
  }

  #chooseRep(state: number): void {
    let distance: number;
    if (this.#bit(this.#isRepG1, state) === 0) distance = this.#rep1;
    else {
      if (this.#bit(this.#isRepG2, state) === 0) distance = this.#rep2;
      else {
        distance = this.#rep3;
        this.#rep3 = this.#rep2;
      }
      this.#rep2 = this.#rep1;
    }
    this.#rep1 = this.#rep0;
    this.#rep0 = distance;
  }

  #literalByte(state: number): void {
    const { window } = this;
    const { bytes, position } = window;
    const before = window.total > 0 ? bytes[position - 1]! : 0;
    const base = 0x300 * (((window.total & this.#lpMask) << this.#lc) + (before >> (8 - this.#lc)));
    const literal = this.#literal;
    let symbol = 1;
    if (state >= 7) {
      let match = bytes[position - this.#rep0 - 1]!;
      do {
        match <<= 1;
        const expected = match & 0x100;
        const bit = this.#bit(literal, base + 0x100 + expected + symbol);
        symbol = (symbol << 1) | bit;
        if (expected >> 8 !== bit) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(literal, base + symbol);
    bytes[position] = symbol;
    window.position = position + 1;
    window.total++;
    this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  #copy(length: number): void {
    const { window } = this;
    const distance = this.#rep0 + 1;
    const refusal = window.refusal(distance);
    if (refusal) throw refusal;
    const { bytes, position } = window;
    if (length > 16 && distance >= length) {
      bytes.copyWithin(position, position - distance, position - distance + length);
    } else {
      for (let at = position; at < position + length; at++) bytes[at] = bytes[at - distance]!;
    }
    window.position = position + length;
    window.total += length;
  }

  #lengthOf(lengths: Lengths, posState: number): number {
    if (this.#bit(lengths.choice, 0) === 0) return this.#tree(lengths.low, posState << 3, 3);
    if (this.#bit(lengths.choice, 1) === 0) return 8 + this.#tree(lengths.mid, posState << 3, 3);
    return 16 + this.#tree(lengths.high, 0, 8);
  }

  /** Less one; -1 is the end mark. */
  #distance(length: number): number {
    const slot = this.#tree(this.#slot, Math.min(length, 3) << 6, 6);
    if (slot < 4) return slot;
    const direct = (slot >> 1) - 1;
    let distance = (2 | (slot & 1)) << direct;
    if (slot < 14) return distance + this.#reverse(this.#special, distance - slot, direct);
    distance += this.#direct(direct - 4) << 4;
    return (distance + this.#reverse(this.#align, 0, 4)) | 0;
  }

  #tree(from: Uint16Array, base: number, bits: number): number {
    let symbol = 1;
    for (let bit = 0; bit < bits; bit++) symbol = (symbol << 1) | this.#bit(from, base + symbol);
    return symbol - (1 << bits);
  }

  #reverse(from: Uint16Array, base: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let bit = 0; bit < bits; bit++) {
      const read = this.#bit(from, base + symbol);
      symbol = (symbol << 1) | read;
      value |= read << bit;
    }
    return value;
  }

  #direct(bits: number): number {
    let value = 0;
    for (let bit = 0; bit < bits; bit++) {
      this.#normalize();
      this.#range >>>= 1;
      this.#code = (this.#code - this.#range) | 0;
      const mask = this.#code >> 31;
      this.#code = (this.#code + (this.#range & mask)) | 0;
      value = (value << 1) + 1 + mask;
    }
    return value;
  }

  #bit(from: Uint16Array, index: number): 0 | 1 {
    let range = this.#range;
    if ((range & 0xff000000) === 0) {
      range <<= 8;
      this.#code = (this.#code << 8) | this.#input[this.#at++]!;
    }
    const probability = from[index]!;
    const bound = Math.imul(range >>> 11, probability);
    if ((this.#code ^ UNSIGNED) < (bound ^ UNSIGNED)) {
      this.#range = bound;
      from[index] = probability + ((2048 - probability) >> 5);
      return 0;
    }
    this.#range = (range - bound) | 0;
    this.#code = (this.#code - bound) | 0;
    from[index] = probability - (probability >> 5);
    return 1;
  }

  #normalize(): void {
    if ((this.#range & 0xff000000) !== 0) return;
    this.#range <<= 8;
    this.#code = (this.#code << 8) | this.#input[this.#at++]!;
  }
}
