// .xz, .lzma and what zip has of them as pulled streams. A damaged block costs itself: reading goes on at the next block or stream that has a
// right checksum in its header. Format: The .xz File Format 1.2.1 (tukaani.org/xz/xz-file-format.txt).
import zlib from 'node:zlib';
import { Damage, Gap } from './damage.ts';
import { unfilter } from './filters.ts';
import { inflate64 } from './inflate64.ts';
import { LzmaFault } from './lzma.ts';
import { cutAt, lzma2Dictionary, lzmaHead, unpackLzma, unpackLzma2, upTo } from './lzma-streams.ts';
import { Cursor, PIECE, type Source } from './source.ts';
import { type Check, checkOf } from './xz-check.ts';

const MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
const HEAD = 12;
const LZMA2 = 0x21;

/** Content of a flow; a Gap in it is thrown once, then reading goes on. */
class Flow implements Source {
  readonly #flow: AsyncGenerator<Uint8Array | Gap>;
  readonly #from: Cursor;
  #failure: unknown = null;
  consumed: number | null = null;

  constructor(from: Source, flow: (from: Cursor) => AsyncGenerator<Uint8Array | Gap>) {
    this.#from = new Cursor(from);
    this.#flow = flow(this.#from);
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#failure) throw this.#failure;
    let next: IteratorResult<Uint8Array | Gap>;
    try {
      next = await this.#flow.next();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    if (next.done) {
      this.consumed ??= this.#from.offset;
      return null;
    }
    if (next.value instanceof Gap) throw next.value;
    return next.value;
  }

  async close(): Promise<void> {
    await this.#flow.return(undefined);
  }
}

export const unxz = (from: Source): Flow => new Flow(from, (cursor) => new XzReader(cursor).contents());

type Place = 'stream' | 'block' | 'end';

class XzReader {
  readonly #from: Cursor;
  #flags = Buffer.alloc(2);
  #streams = 0;
  /** Blocks of the stream at work; null once one was lost. */
  #blocks: number | null = 0;
  /** What is wrong although all was unpacked: said after the last byte. */
  #late: string | null = null;

  constructor(from: Cursor) {
    this.#from = from;
  }

  async *contents(): AsyncGenerator<Uint8Array | Gap> {
    for (let place: Place = 'stream'; place !== 'end'; ) {
      try {
        if (place === 'stream') place = await this.#streamHead();
        else {
          const head = await this.#blockHead();
          if (head) yield* this.#block(head);
          else place = await this.#index();
        }
      } catch (error) {
        if (!(error instanceof LzmaFault)) throw error;
        const clause = `the xz data is damaged before compressed byte ${this.#from.offset} (${error.message}); what was unpacked last may be wrong`;
        const found = await this.#seek();
        if (!found) throw new Damage(clause);
        yield new Gap(`${clause}; reading goes on at compressed byte ${this.#from.offset}`);
        place = found;
      }
    }
    if (this.#late) throw new Damage(this.#late);
  }

  async #streamHead(): Promise<Place> {
    const at = this.#from.offset;
    const head = Buffer.from(await this.#from.peek(HEAD));
    if (head.length === 0) {
      await this.#from.take(1);
      if (this.#streams > 0) return 'end';
    }
    if (this.#streams > 0 && head.length >= 4 && head.readUInt32LE(0) === 0) {
      await this.#from.take(4); // padding between streams
      return 'stream';
    }
    if (!isStreamHead(head)) {
      if (this.#streams > 0 && !MAGIC.subarray(0, head.length).equals(head.subarray(0, 6))) {
        throw new LzmaFault(`bytes from ${at} on follow the xz data and are not xz; they were not unpacked`);
      }
      if (head.length < HEAD && MAGIC.subarray(0, head.length).equals(head.subarray(0, 6))) {
        await this.#from.take(head.length);
        throw await cutAt(this.#from, 'xz');
      }
      await this.#from.take(4);
      throw new LzmaFault('incorrect header');
    }
    await this.#from.take(HEAD);
    this.#flags = head.subarray(6, 8);
    this.#streams++;
    this.#blocks = 0;
    return 'block';
  }

  /** What the next block states; null where the index begins. */
  async #blockHead(): Promise<BlockHead | null> {
    const first = await upTo(this.#from, 1);
    if (first.length === 0) throw await cutAt(this.#from, 'xz');
    if (first[0] === 0) return null;
    const size = (first[0]! + 1) * 4;
    const rest = await upTo(this.#from, size - 1);
    if (rest.length < size - 1) throw await cutAt(this.#from, 'xz');
    const head = parseBlockHead(Buffer.concat([first, rest]));
    if (typeof head === 'string') throw new LzmaFault(head);
    return head;
  }

  async *#block(head: BlockHead): AsyncGenerator<Uint8Array> {
    const from = this.#from;
    const begun = from.offset;
    const check: Check = checkOf(this.#flags[1]! & 15);
    let size = 0;
    for await (const piece of unfilter(unpackLzma2(from, head.dictionary, 'xz'), head.filters)) {
      size += piece.length;
      check.update(piece);
      yield piece;
    }
    const packed = from.offset - begun;
    if ((head.packed !== null && head.packed !== packed) || (head.size !== null && head.size !== size)) {
      throw new LzmaFault('a block is not as long as its header states');
    }
    const padding = (4 - (packed % 4)) % 4;
    const stated = await upTo(from, padding + check.size);
    if (stated.length < padding + check.size) throw await cutAt(from, 'xz');
    const digest = check.digest();
    if (digest && !Buffer.from(digest).equals(stated.subarray(padding))) {
      this.#late ??= `the checksum of the xz block before compressed byte ${from.offset} does not match: some of what was unpacked is not what was packed`;
    }
    if (this.#blocks !== null) this.#blocks++;
  }

  /** The index and the end of a stream; its first byte was taken. */
  async #index(): Promise<Place> {
    const from = this.#from;
    let crc = zlib.crc32(Buffer.from([0]));
    let length = 1;
    const bytes = async (count: number): Promise<Uint8Array> => {
      const read = await upTo(from, count);
      if (read.length < count) throw await cutAt(from, 'xz');
      crc = zlib.crc32(read, crc);
      length += count;
      return read;
    };
    const number = async (): Promise<number> => {
      let value = 0;
      for (let shift = 0; shift < 63; shift += 7) {
        const byte = (await bytes(1))[0]!;
        value += (byte & 0x7f) * 2 ** shift;
        if (byte < 0x80) return value;
      }
      throw new LzmaFault('a number in the index is too long');
    };
    const records = await number();
    if (this.#blocks !== null && records !== this.#blocks)
      throw new LzmaFault(`its index states ${records} blocks, ${this.#blocks} were read`);
    for (let record = 0; record < 2 * records; record++) await number();
    await bytes((4 - (length % 4)) % 4);
    const stated = crc;
    const read = Buffer.from(await bytes(4)).readUInt32LE(0);
    const foot = Buffer.from(await bytes(HEAD));
    if (read !== stated) this.#late ??= 'the checksum of the index of the xz data does not match';
    else if (foot.toString('latin1', 10) !== 'YZ' || !foot.subarray(8, 10).equals(this.#flags)) {
      this.#late ??= `the end of the xz stream before compressed byte ${from.offset} is damaged`;
    }
    return 'stream';
  }

  /** Takes what stands before the next block or stream, which begin at multiples of four bytes. */
  async #seek(): Promise<Place | null> {
    const from = this.#from;
    await from.take((4 - (from.offset % 4)) % 4);
    for (;;) {
      const piece = Buffer.from(await from.peek(PIECE).catch(() => new Uint8Array(0)));
      for (let at = 0; at + HEAD <= piece.length; at += 4) {
        const place = placeAt(piece, at);
        if (place === null) continue;
        await from.take(at);
        if (place === 'block') this.#blocks = null;
        return place;
      }
      if (piece.length < PIECE) return null;
      await from.take(piece.length - 1024);
    }
  }
}

function isStreamHead(bytes: Buffer): boolean {
  return (
    bytes.length >= HEAD &&
    bytes.subarray(0, 6).equals(MAGIC) &&
    bytes[6] === 0 &&
    bytes.readUInt32LE(8) === zlib.crc32(bytes.subarray(6, 8))
  );
}

function placeAt(bytes: Buffer, at: number): Place | null {
  if (bytes[at] === 0xfd && isStreamHead(bytes.subarray(at, at + HEAD))) return 'stream';
  const size = (bytes[at]! + 1) * 4;
  // a head without our filter behind it is none; asked first because a checksum of every place would take long
  if (
    size < HEAD ||
    at + size > bytes.length ||
    bytes[at + 1]! & 0x3c ||
    !bytes.subarray(at + 2, at + size).includes(LZMA2)
  )
    return null;
  return typeof parseBlockHead(bytes.subarray(at, at + size)) === 'string' ? null : 'block';
}

interface BlockHead {
  packed: number | null;
  size: number | null;
  dictionary: number;
  filters: { id: number; properties: Uint8Array }[];
}

function parseBlockHead(bytes: Buffer): BlockHead | string {
  const end = bytes.length - 4;
  if (bytes.readUInt32LE(end) !== zlib.crc32(bytes.subarray(0, end)))
    return 'the header of a block is damaged';
  const flags = bytes[1]!;
  let at = 2;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; at < end; shift += 7) {
      const byte = bytes[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  const packed = flags & 0x40 ? number() : null;
  const size = flags & 0x80 ? number() : null;
  const filters: BlockHead['filters'] = [];
  for (let index = 0; index <= (flags & 3); index++) {
    const id = number();
    const length = number();
    if (Number.isNaN(length) || at + length > end) return 'the header of a block is impossible';
    filters.push({ id, properties: bytes.subarray(at, at + length) });
    at += length;
  }
  const last = filters.pop()!;
  const dictionary = last.id === LZMA2 ? lzma2Dictionary(last.properties[0]!) : null;
  if (dictionary === null) return 'a block is packed in a way this version does not know';
  return { packed, size, dictionary, filters };
}

/** `.lzma`, the format before .xz: properties, size, one stream, no checksum. */
export const unlzma = (from: Source): Flow => new Flow(from, unlzmaContents);

async function* unlzmaContents(from: Cursor): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(await upTo(from, 13));
  if (bytes.length < 13) throw await cutAt(from, 'lzma');
  const head = lzmaHead(bytes);
  if (!head)
    throw new Damage('the lzma data is damaged before compressed byte 1 (its properties are impossible)');
  const size = bytes.readBigUInt64LE(5);
  const known = size === 0xffff_ffff_ffff_ffffn ? null : Number(size);
  yield* clausesOf(unpackLzma(from, head.properties, head.dictionary, known, 'lzma'), from, 'lzma');
  if ((await from.peek(1)).length > 0)
    throw new Damage(
      `bytes from compressed byte ${from.offset} on follow the lzma data; they were not unpacked`,
    );
}

export const undeflate64 = (from: Source): Flow =>
  new Flow(from, (cursor) => clausesOf(inflate64(cursor, 'deflate64'), cursor, 'deflate64'));

/** As zip has it: version, size of the properties, properties, then LZMA of `size` bytes or up to its end mark. */
export const unzipLzma = (from: Source, size: number | null): Flow =>
  new Flow(from, async function* (cursor) {
    const bytes = await upTo(cursor, 9);
    if (bytes.length < 9) throw await cutAt(cursor, 'lzma');
    const head = bytes[2] === 5 && bytes[3] === 0 ? lzmaHead(bytes.subarray(4)) : null;
    if (!head)
      throw new Damage('the lzma data is damaged before compressed byte 9 (its properties are impossible)');
    yield* clausesOf(unpackLzma(cursor, head.properties, head.dictionary, size, 'lzma'), cursor, 'lzma');
  });

/** Faults of the decoder as Damage that says where. */
export async function* clausesOf(
  flow: AsyncIterable<Uint8Array>,
  from: Cursor,
  label: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* flow;
  } catch (error) {
    if (!(error instanceof LzmaFault)) throw error;
    throw new Damage(
      `the ${label} data is damaged before compressed byte ${from.offset} (${error.message}); what was unpacked last may be wrong`,
    );
  }
}
