// The header of a 7z archive as data. Format: 7zFormat.txt of 7-Zip (Igor Pavlov, in the LZMA SDK, public domain).
import { Damage } from './damage.ts';

export interface Coder {
  /** In hex, e.g. `21` for LZMA2, `030101` for LZMA. */
  method: string;
  properties: Uint8Array;
  inputs: number;
  outputs: number;
}

/** Packed streams that are unpacked together, by a graph of coders, to one stream. */
export interface Folder {
  coders: Coder[];
  /** `[input, output]`: the input of a coder takes the output of another. */
  pairs: [number, number][];
  /** Inputs that take packed streams, in order. */
  packed: number[];
  /** By output. */
  sizes: number[];
  crc: number | null;
  /** The index of its first packed stream. */
  firstPacked: number;
}

export interface Streams {
  /** Where packed streams begin, from the end of the signature header on, and their sizes. */
  packedAt: number;
  packedSizes: number[];
  folders: Folder[];
  /** By folder: the files in it. */
  parts: { size: number; crc: number | null }[][];
}

export interface SevenFile {
  name: string;
  hasStream: boolean;
  isDirectory: boolean;
  isAnti: boolean;
  mtimeUs: number | null;
  attributes: number | null;
}

export interface SevenHeader {
  streams: Streams;
  files: SevenFile[];
}

/** Files, folders or streams of one archive: more would take too much memory to list. */
const MOST = 500_000;

/** Reads numbers and lists; everything beyond the end is Damage. */
class Reader {
  readonly #bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  bytes(count: number): Buffer {
    if (!(count >= 0 && this.at + count <= this.#bytes.length))
      throw new Damage('its list of members ends too early');
    this.at += count;
    return this.#bytes.subarray(this.at - count, this.at);
  }

  byte(): number {
    return this.bytes(1)[0]!;
  }

  number(): number {
    const first = this.byte();
    let value = 0;
    let mask = 0x80;
    for (let index = 0; index < 8; index++, mask >>= 1) {
      if ((first & mask) === 0) return value + (first & (mask - 1)) * 2 ** (8 * index);
      value += this.byte() * 2 ** (8 * index);
    }
    return value;
  }

  /** A number of things that stand in the header, or fewer than memory can take. */
  count(): number {
    const value = this.number();
    if (value > MOST) throw new Damage('its list of members states more than can be');
    return value;
  }

  /** UTF-16 up to a zero. */
  text(): string {
    let end = this.at;
    while (end + 1 < this.#bytes.length && (this.#bytes[end] !== 0 || this.#bytes[end + 1] !== 0)) end += 2;
    const text = this.bytes(end - this.at).toString('utf16le');
    this.bytes(2);
    return text;
  }

  bits(count: number): boolean[] {
    const bytes = this.bytes(Math.ceil(count / 8));
    return Array.from({ length: count }, (_, index) => (bytes[index >> 3]! & (0x80 >> (index & 7))) !== 0);
  }

  allOrBits(count: number): boolean[] {
    return this.byte() === 0 ? this.bits(count) : new Array<boolean>(count).fill(true);
  }

  digests(count: number): (number | null)[] {
    return this.allOrBits(count).map((defined) => (defined ? this.bytes(4).readUInt32LE(0) : null));
  }
}

/** `packed`: the header is packed itself, as its streams say. */
export function parseHeader(bytes: Buffer): { header: SevenHeader } | { packed: Streams } {
  const reader = new Reader(bytes);
  const type = reader.byte();
  if (type === 0x17) return { packed: readStreams(reader) };
  if (type !== 0x01) throw new Damage('its list of members begins with what cannot stand there');
  let streams: Streams = { packedAt: 0, packedSizes: [], folders: [], parts: [] };
  let files: SevenFile[] = [];
  for (let id = reader.byte(); id !== 0; id = reader.byte()) {
    if (id === 0x02) skipProperties(reader);
    else if (id === 0x03) readStreams(reader);
    else if (id === 0x04) streams = readStreams(reader);
    else if (id === 0x05) files = readFiles(reader);
    else throw new Damage(`its list of members has a part (${id}) that is not known`);
  }
  return { header: { streams, files } };
}

function skipProperties(reader: Reader): void {
  while (reader.byte() !== 0) reader.bytes(reader.number());
}

function readStreams(reader: Reader): Streams {
  const streams: Streams = { packedAt: 0, packedSizes: [], folders: [], parts: [] };
  let hasParts = false;
  for (let id = reader.byte(); id !== 0; id = reader.byte()) {
    if (id === 0x06) readPacked(reader, streams);
    else if (id === 0x07) readFolders(reader, streams);
    else if (id === 0x08) {
      readParts(reader, streams);
      hasParts = true;
    } else throw new Damage(`its list of members has a part (${id}) that is not known`);
  }
  if (!hasParts) streams.parts = streams.folders.map((folder) => [{ size: sizeOf(folder), crc: folder.crc }]);
  return streams;
}

function readPacked(reader: Reader, streams: Streams): void {
  streams.packedAt = reader.number();
  const count = reader.count();
  for (let id = reader.byte(); id !== 0; id = reader.byte()) {
    if (id === 0x09) for (let index = 0; index < count; index++) streams.packedSizes.push(reader.number());
    else if (id === 0x0a) reader.digests(count);
    else throw new Damage(`its list of members has a part (${id}) that is not known`);
  }
}

function readFolders(reader: Reader, streams: Streams): void {
  if (reader.byte() !== 0x0b) throw new Damage('its list of members has no folders where they must stand');
  const count = reader.count();
  if (reader.byte() !== 0) throw new Damage('its folders stand elsewhere, which is not read');
  let firstPacked = 0;
  for (let index = 0; index < count; index++) {
    const folder = readFolder(reader, firstPacked);
    firstPacked += folder.packed.length;
    streams.folders.push(folder);
  }
  if (reader.byte() !== 0x0c) throw new Damage('its list of members has no sizes where they must stand');
  for (const folder of streams.folders) {
    const outputs = folder.coders.reduce((sum, coder) => sum + coder.outputs, 0);
    for (let output = 0; output < outputs; output++) folder.sizes.push(reader.number());
  }
  for (let id = reader.byte(); id !== 0; id = reader.byte()) {
    if (id !== 0x0a) throw new Damage(`its list of members has a part (${id}) that is not known`);
    for (const [index, crc] of reader.digests(count).entries()) streams.folders[index]!.crc = crc;
  }
}

function readFolder(reader: Reader, firstPacked: number): Folder {
  const coders: Coder[] = [];
  const count = reader.number();
  if (count < 1 || count > 32) throw new Damage('a folder has an impossible number of coders');
  for (let index = 0; index < count; index++) {
    const flags = reader.byte();
    const method = reader.bytes(flags & 15).toString('hex');
    const [inputs, outputs] = flags & 0x10 ? [reader.number(), reader.number()] : [1, 1];
    if (inputs > 32 || outputs > 32) throw new Damage('a coder has too many streams');
    const properties = flags & 0x20 ? Buffer.from(reader.bytes(reader.number())) : Buffer.alloc(0);
    coders.push({ method, properties, inputs, outputs });
  }
  const inputs = coders.reduce((sum, coder) => sum + coder.inputs, 0);
  const outputs = coders.reduce((sum, coder) => sum + coder.outputs, 0);
  const pairs: [number, number][] = [];
  for (let index = 0; index < outputs - 1; index++) pairs.push([reader.number(), reader.number()]);
  const open = Array.from({ length: inputs }, (_, input) => input).filter(
    (input) => !pairs.some(([bound]) => bound === input),
  );
  const packed = open.length === 1 ? open : open.map(() => reader.number());
  return { coders, pairs, packed, sizes: [], crc: null, firstPacked };
}

/** Of what a folder unpacks to: the output that no coder takes. */
export function sizeOf(folder: Folder): number {
  const index = folder.sizes.findIndex((_, output) => !folder.pairs.some(([, bound]) => bound === output));
  return folder.sizes[index] ?? 0;
}

function readParts(reader: Reader, streams: Streams): void {
  let counts = streams.folders.map(() => 1);
  let id = reader.byte();
  if (id === 0x0d) {
    counts = streams.folders.map(() => reader.count());
    id = reader.byte();
  }
  const hasSizes = id === 0x09;
  streams.parts = streams.folders.map((folder, index) => {
    const parts: { size: number; crc: number | null }[] = [];
    let left = sizeOf(folder);
    for (let part = 0; part < counts[index]! - 1; part++) {
      const size = hasSizes ? reader.number() : 0;
      left -= size;
      parts.push({ size, crc: null });
    }
    if (left < 0) throw new Damage('the members of a folder are larger than it');
    if (counts[index]! > 0) parts.push({ size: left, crc: null });
    return parts;
  });
  if (hasSizes) id = reader.byte();
  for (; id !== 0; id = reader.byte()) {
    if (id !== 0x0a) throw new Damage(`its list of members has a part (${id}) that is not known`);
    const unknown = streams.parts.flatMap((parts, index) => {
      const { crc } = streams.folders[index]!;
      if (parts.length !== 1 || crc === null) return parts;
      parts[0]!.crc = crc;
      return [];
    });
    for (const [index, crc] of reader.digests(unknown.length).entries()) unknown[index]!.crc = crc;
  }
  for (const [index, parts] of streams.parts.entries())
    if (parts.length === 1) parts[0]!.crc ??= streams.folders[index]!.crc;
}

function readFiles(reader: Reader): SevenFile[] {
  const count = reader.count();
  const files: SevenFile[] = Array.from({ length: count }, () => ({
    ...{ name: '', hasStream: true, isDirectory: false, isAnti: false, mtimeUs: null, attributes: null },
  }));
  let without: SevenFile[] = [];
  for (let id = reader.byte(); id !== 0; id = reader.byte()) {
    const size = reader.number();
    const end = reader.at + size;
    if (id === 0x0e) {
      const bits = reader.bits(count);
      for (const [index, empty] of bits.entries()) files[index]!.hasStream = !empty;
      without = files.filter((file) => !file.hasStream);
      for (const file of without) file.isDirectory = true;
    } else if (id === 0x0f) {
      for (const [index, empty] of reader.bits(without.length).entries())
        without[index]!.isDirectory = !empty;
    } else if (id === 0x10) {
      for (const [index, anti] of reader.bits(without.length).entries()) without[index]!.isAnti = anti;
    } else if (id === 0x11) readNames(reader, files);
    else if (id === 0x14) {
      for (const file of definedOf(reader, files))
        file.mtimeUs = Number(reader.bytes(8).readBigUInt64LE(0) / 10n - 11_644_473_600_000_000n);
    } else if (id === 0x15) {
      for (const file of definedOf(reader, files)) file.attributes = reader.bytes(4).readUInt32LE(0);
    }
    reader.bytes(end - reader.at);
  }
  return files;
}

function definedOf(reader: Reader, files: SevenFile[]): SevenFile[] {
  const defined = reader.allOrBits(files.length);
  if (reader.byte() !== 0)
    throw new Damage('what it states of its members stands elsewhere, which is not read');
  return files.filter((_, index) => defined[index]);
}

/** UTF-16, each up to a zero. */
function readNames(reader: Reader, files: SevenFile[]): void {
  if (reader.byte() !== 0) throw new Damage('the names of its members stand elsewhere, which is not read');
  for (const file of files) file.name = reader.text();
}
