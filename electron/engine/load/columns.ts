// Column builders: rows come in one by one as numbers and byte strings, encoded Parquet columns go out.
import type { EncodedColumn } from './parquet.ts';

/** Node's Buffer has this method; its type declarations leave it out. */
type ByteBuffer = Buffer & { latin1Write(text: string, offset: number, length: number): number };

export interface Column {
  readonly name: string;
  readonly bytes: number; // roughly, of what is held
  encode(rows: number): EncodedColumn;
  reset(): void;
}

export class Int32Column implements Column {
  readonly name: string;
  #values: Int32Array;
  constructor(name: string, capacity: number) {
    this.name = name;
    this.#values = new Int32Array(capacity);
  }
  get bytes(): number {
    return 0;
  }
  set(row: number, value: number): void {
    this.#values[row] = value;
  }
  encode(rows: number): EncodedColumn {
    return {
      name: this.name,
      type: 'int32',
      text: false,
      dictionary: null,
      data: new Uint8Array(this.#values.buffer, 0, rows * 4),
    };
  }
  reset(): void {}
}

/** 64-bit integers from two halves or from a double (exact to 2^53). */
export class Int64Column implements Column {
  readonly name: string;
  #low: Int32Array;
  constructor(name: string, capacity: number) {
    this.name = name;
    this.#low = new Int32Array(capacity * 2);
  }
  get bytes(): number {
    return 0;
  }
  setHalves(row: number, high: number, low: number): void {
    this.#low[row * 2] = low;
    this.#low[row * 2 + 1] = high;
  }
  set(row: number, value: number): void {
    const high = Math.floor(value / 4294967296);
    this.#low[row * 2] = value - high * 4294967296;
    this.#low[row * 2 + 1] = high;
  }
  encode(rows: number): EncodedColumn {
    return {
      name: this.name,
      type: 'int64',
      text: false,
      dictionary: null,
      data: new Uint8Array(this.#low.buffer, 0, rows * 8),
    };
  }
  reset(): void {}
}

/** The four length bytes in front of a PLAIN value, as a byte string. */
const prefixOf = (length: number): string =>
  String.fromCharCode(length & 255, (length >>> 8) & 255, (length >>> 16) & 255, length >>> 24);
const PREFIXES = Array.from({ length: 4096 }, (_, length) => prefixOf(length));

/** So many values are written by one call out of JavaScript: a call each costs more than the copying. */
const GATHER_VALUES = 256;
const GATHER_BYTES = 1 << 18;

/** Byte strings that rarely repeat: length-prefixed, in one growing buffer. */
export class TextColumn implements Column {
  readonly name: string;
  #buffer: ByteBuffer;
  #end = 0;
  #gathered = ''; // a rope, flattened when it is written
  #values = 0; // in the rope
  constructor(name: string, initialBytes: number) {
    this.name = name;
    this.#buffer = Buffer.allocUnsafeSlow(initialBytes) as ByteBuffer;
  }
  get bytes(): number {
    return this.#end + this.#gathered.length;
  }
  /** Called with what was written: length-prefixed values, all of those pushed since the last call. */
  onWritten: ((buffer: Uint8Array, from: number, to: number) => void) | null = null;

  push(value: string): void {
    const length = value.length;
    this.#gathered += (length < 4096 ? PREFIXES[length]! : prefixOf(length)) + value;
    if (++this.#values >= GATHER_VALUES || this.#gathered.length > GATHER_BYTES) this.#write();
  }
  #write(): void {
    const text = this.#gathered;
    if (this.#end + text.length > this.#buffer.length) this.#grow(text.length);
    this.#buffer.latin1Write(text, this.#end, text.length);
    const from = this.#end;
    this.#end += text.length;
    this.#gathered = '';
    this.#values = 0;
    this.onWritten?.(this.#buffer, from, this.#end);
  }
  /** Writes what is gathered. */
  settle(): void {
    if (this.#values > 0) this.#write();
  }
  #grow(need: number): void {
    const next = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#end + need)) as ByteBuffer;
    this.#buffer.copy(next, 0, 0, this.#end);
    this.#buffer = next;
  }
  encode(): EncodedColumn {
    this.settle();
    return {
      name: this.name,
      type: 'bytes',
      text: true,
      dictionary: null,
      data: this.#buffer.subarray(0, this.#end),
    };
  }
  reset(): void {
    this.#end = 0;
    this.#gathered = '';
    this.#values = 0;
    if (this.#buffer.length > 96 << 20) this.#buffer = Buffer.allocUnsafeSlow(16 << 20) as ByteBuffer; // one giant line must not stay
  }
}

/** Byte strings that repeat: indices into a dictionary. */
export class WordColumn implements Column {
  readonly name: string;
  #index: Int32Array;
  #words = new Map<string, number>();
  #last = '';
  #lastIndex = -1;
  constructor(name: string, capacity: number) {
    this.name = name;
    this.#index = new Int32Array(capacity);
  }
  get bytes(): number {
    return this.#words.size * 32;
  }
  set(row: number, value: string): void {
    if (value === this.#last && this.#lastIndex >= 0) {
      this.#index[row] = this.#lastIndex;
      return;
    }
    let index = this.#words.get(value);
    if (index === undefined) {
      index = this.#words.size;
      this.#words.set(value, index);
    }
    this.#index[row] = index;
    this.#last = value;
    this.#lastIndex = index;
  }
  encode(rows: number): EncodedColumn {
    const text = new TextColumn(this.name, 1024);
    for (const word of this.#words.keys()) text.push(word);
    return {
      name: this.name,
      type: 'bytes',
      text: true,
      dictionary: { bytes: text.encode().data, values: this.#words.size },
      data: packIndices(this.#index, rows, this.#words.size),
    };
  }
  reset(): void {
    this.#words.clear();
    this.#lastIndex = -1;
    this.#last = '';
  }
}

/** RLE / bit-packed hybrid with whole-byte widths, so that packing is copying. */
function packIndices(index: Int32Array, rows: number, words: number): Uint8Array {
  const width = words <= 256 ? 1 : words <= 65536 ? 2 : 4;
  const groups = Math.ceil(rows / 8);
  const head: number[] = [width * 8];
  let run = groups * 2 + 1;
  while (run > 127) {
    head.push((run & 127) | 128);
    run = Math.floor(run / 128);
  }
  head.push(run);
  const out = new Uint8Array(head.length + groups * 8 * width);
  out.set(head);
  if (width === 1) {
    for (let i = 0, at = head.length; i < rows; i++, at++) out[at] = index[i]!;
  } else if (width === 2) {
    for (let i = 0, at = head.length; i < rows; i++, at += 2) {
      const v = index[i]!;
      out[at] = v;
      out[at + 1] = v >>> 8;
    }
  } else {
    for (let i = 0, at = head.length; i < rows; i++, at += 4) {
      const v = index[i]!;
      out[at] = v;
      out[at + 1] = v >>> 8;
      out[at + 2] = v >>> 16;
      out[at + 3] = v >>> 24;
    }
  }
  return out;
}
