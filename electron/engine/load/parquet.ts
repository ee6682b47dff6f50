// A small Parquet writer for column batches: REQUIRED columns, no compression, PLAIN or one dictionary page.
// Own code because strings arrive as bytes (latin1 byte strings): hyparquet-writer would decode and encode each of them.
// Format: parquet-format/README.md and parquet.thrift of the Apache Parquet project; metadata in Thrift compact protocol.
import { closeSync, openSync, writevSync } from 'node:fs';

const PHYSICAL = { int32: 1, int64: 2, bytes: 6 } as const;
const ENCODING = { plain: 0, rle: 3, rleDictionary: 8 } as const;
const PAGE = { data: 0, dictionary: 2 } as const;
const UTF8 = 0;

/** One column of a row group, already encoded. `dictionary`: plain page of the distinct values. */
export interface EncodedColumn {
  name: string;
  type: keyof typeof PHYSICAL;
  text: boolean;
  dictionary: { bytes: Uint8Array; values: number } | null;
  data: Uint8Array;
}

/** Thrift compact protocol, as much as the metadata needs. */
class Thrift {
  #bytes: number[] = [];
  #last: number[] = [0];

  varint(value: number): void {
    let v = value;
    while (v > 127) {
      this.#bytes.push((v % 128) | 128);
      v = Math.floor(v / 128);
    }
    this.#bytes.push(v);
  }
  #field(id: number, type: number): void {
    const delta = id - this.#last.at(-1)!;
    this.#bytes.push((delta << 4) | type);
    this.#last[this.#last.length - 1] = id;
  }
  i32(id: number, value: number): void {
    this.#field(id, 5);
    this.varint(value * 2); // zigzag of a non-negative number
  }
  i64(id: number, value: number): void {
    this.#field(id, 6);
    this.varint(value * 2);
  }
  text(id: number, value: string): void {
    this.#field(id, 8);
    this.rawText(value);
  }
  rawText(value: string): void {
    const bytes = Buffer.from(value, 'utf8');
    this.varint(bytes.length);
    this.#bytes.push(...bytes);
  }
  list(id: number, elementType: number, size: number): void {
    this.#field(id, 9);
    if (size < 15) this.#bytes.push((size << 4) | elementType);
    else {
      this.#bytes.push(0xf0 | elementType);
      this.varint(size);
    }
  }
  /** A struct that is an element of a list. */
  open(): void {
    this.#last.push(0);
  }
  struct(id: number): void {
    this.#field(id, 12);
    this.#last.push(0);
  }
  close(): void {
    this.#bytes.push(0);
    this.#last.pop();
  }
  end(): Uint8Array {
    this.#bytes.push(0);
    return Uint8Array.from(this.#bytes);
  }
}

function pageHeader(kind: 'data' | 'dictionary', size: number, values: number, encoding: number): Uint8Array {
  const t = new Thrift();
  t.i32(1, PAGE[kind]);
  t.i32(2, size);
  t.i32(3, size);
  t.struct(kind === 'data' ? 5 : 7);
  t.i32(1, values);
  t.i32(2, encoding);
  if (kind === 'data') {
    t.i32(3, ENCODING.rle);
    t.i32(4, ENCODING.rle);
  }
  t.close();
  return t.end();
}

/** Writes one file of one row group. */
export function writeParquet(path: string, rows: number, columns: EncodedColumn[]): void {
  const magic = Buffer.from('PAR1');
  const parts: Uint8Array[] = [magic];
  let offset = magic.length;
  const add = (bytes: Uint8Array) => {
    parts.push(bytes);
    offset += bytes.length;
  };
  const placed = columns.map((column) => {
    const start = offset;
    let dictionaryAt: number | null = null;
    if (column.dictionary) {
      dictionaryAt = offset;
      add(pageHeader('dictionary', column.dictionary.bytes.length, column.dictionary.values, ENCODING.plain));
      add(column.dictionary.bytes);
    }
    const dataAt = offset;
    add(
      pageHeader(
        'data',
        column.data.length,
        rows,
        column.dictionary ? ENCODING.rleDictionary : ENCODING.plain,
      ),
    );
    add(column.data);
    return { column, dictionaryAt, dataAt, size: offset - start };
  });
  const t = new Thrift();
  t.i32(1, 1);
  t.list(2, 12, columns.length + 1);
  t.open();
  t.text(4, 'batch');
  t.i32(5, columns.length);
  t.close();
  for (const column of columns) {
    t.open();
    t.i32(1, PHYSICAL[column.type]);
    t.i32(3, 0); // REQUIRED
    t.text(4, column.name);
    if (column.text) t.i32(6, UTF8);
    t.close();
  }
  t.i64(3, rows);
  t.list(4, 12, 1);
  t.open();
  t.list(1, 12, columns.length);
  for (const { column, dictionaryAt, dataAt, size } of placed) {
    t.open();
    t.i64(2, 0);
    t.struct(3);
    t.i32(1, PHYSICAL[column.type]);
    t.list(2, 5, 1);
    t.varint((column.dictionary ? ENCODING.rleDictionary : ENCODING.plain) * 2);
    t.list(3, 8, 1);
    t.rawText(column.name);
    t.i32(4, 0); // uncompressed
    t.i64(5, rows);
    t.i64(6, size);
    t.i64(7, size);
    t.i64(9, dataAt);
    if (dictionaryAt !== null) t.i64(11, dictionaryAt);
    t.close();
    t.close();
  }
  t.i64(2, offset);
  t.i64(3, rows);
  t.close();
  t.text(6, 'tidemark');
  const footer = t.end();
  add(footer);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  add(length);
  add(magic);
  const file = openSync(path, 'wx', 0o600);
  try {
    for (let i = 0; i < parts.length; i += 64) writeAll(file, parts.slice(i, i + 64));
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, parts: Uint8Array[]): void {
  let rest = parts;
  while (rest.length > 0) {
    let written = writevSync(file, rest);
    const next: Uint8Array[] = [];
    for (const part of rest) {
      if (written >= part.length) written -= part.length;
      else {
        next.push(written > 0 ? part.subarray(written) : part);
        written = 0;
      }
    }
    rest = next;
  }
}
