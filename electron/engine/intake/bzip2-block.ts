// One block of bzip2: Huffman codes, move to front, Burrows-Wheeler, runs, checksum.
import type { BitReader } from './bits.ts';

/** The block is damaged; the message says what gave it away. */
export class BlockFault extends Error {
  override readonly name = 'BlockFault';
}

export interface Block {
  content: Uint8Array;
  crc: number;
}

const GROUP = 50;
const LONGEST_CODE = 20;
const RUN_A = 0;
const RUN_B = 1;

/** Reads the block whose magic and checksum were taken already. `size`: bytes before the first run-length step at most. */
export function readBlock(bits: BitReader, size: number): Block {
  const randomised = bits.read(1);
  const origin = bits.read(24);
  if (randomised) throw new BlockFault('it is randomised, as only bzip2 before 0.9.5 wrote');
  const symbols = symbolsUsed(bits);
  const alphabet = symbols.length + 2;
  const groups = bits.read(3);
  const selectorCount = bits.read(15);
  if (groups < 2 || groups > 6 || selectorCount === 0) throw new BlockFault('its tables are impossible');
  const selectors = readSelectors(bits, selectorCount, groups);
  const tables: HuffmanTable[] = [];
  for (let group = 0; group < groups; group++) tables.push(huffmanTable(readLengths(bits, alphabet)));
  const counts = new Int32Array(257);
  const { chain, length } = readSymbols(bits, symbols, selectors, tables, size, counts);
  if (bits.bitsLeft < 0) throw new BlockFault('it ends too early');
  if (origin >= length) throw new BlockFault('its origin lies outside');
  return unrun(chain, length, origin, counts);
}

function symbolsUsed(bits: BitReader): Uint8Array {
  const ranges = bits.read(16);
  const used: number[] = [];
  for (let range = 0; range < 16; range++) {
    if (!(ranges & (0x8000 >> range))) continue;
    const map = bits.read(16);
    for (let low = 0; low < 16; low++) if (map & (0x8000 >> low)) used.push(range * 16 + low);
  }
  if (used.length === 0) throw new BlockFault('it uses no symbol');
  return Uint8Array.from(used);
}

function readSelectors(bits: BitReader, count: number, groups: number): Uint8Array {
  const order = [0, 1, 2, 3, 4, 5];
  const selectors = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    let place = 0;
    while (bits.read(1)) if (++place >= groups) throw new BlockFault('a selector is out of range');
    const group = order[place]!;
    order.splice(place, 1);
    order.unshift(group);
    selectors[index] = group;
  }
  return selectors;
}

function readLengths(bits: BitReader, alphabet: number): Uint8Array {
  const lengths = new Uint8Array(alphabet);
  let length = bits.read(5);
  for (let symbol = 0; symbol < alphabet; symbol++) {
    for (;;) {
      if (length < 1 || length > LONGEST_CODE) throw new BlockFault('a code is too long or too short');
      if (!bits.read(1)) break;
      length += bits.read(1) ? -1 : 1;
    }
    lengths[symbol] = length;
  }
  return lengths;
}

/** Bits looked up at once. */
const FAST = 10;

interface HuffmanTable {
  /** By the next FAST bits: `symbol << 5 | length`, 0 where the code is longer. */
  fast: Uint16Array;
  /** By length: the first code beyond those of that length, left-aligned to LONGEST_CODE bits; and where its symbols are. */
  limit: Int32Array;
  base: Int32Array;
  sorted: Uint16Array;
}

function huffmanTable(lengths: Uint8Array): HuffmanTable {
  const count = new Int32Array(LONGEST_CODE + 2);
  for (const length of lengths) count[length]!++;
  const limit = new Int32Array(LONGEST_CODE + 2);
  const base = new Int32Array(LONGEST_CODE + 2);
  const sorted = new Uint16Array(lengths.length);
  const fast = new Uint16Array(1 << FAST);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    base[length] = place - code;
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      sorted[place++] = symbol;
      if (length <= FAST && code < 1 << length) {
        fast.fill((symbol << 5) | length, code << (FAST - length), (code + 1) << (FAST - length));
      }
      code++;
    }
    limit[length] = code << (LONGEST_CODE - length);
    code <<= 1;
  }
  return { fast, limit, base, sorted };
}

function readSymbols(
  bits: BitReader,
  symbols: Uint8Array,
  selectors: Uint8Array,
  tables: HuffmanTable[],
  size: number,
  counts: Int32Array,
): { chain: Uint32Array; length: number } {
  const chain = new Uint32Array(size);
  const front = Uint8Array.from(symbols);
  const end = symbols.length + 1;
  let length = 0;
  let run = 0;
  let runBit = 1;
  for (let group = 0; ; group++) {
    if (group >= selectors.length) throw new BlockFault('it has no end');
    const { fast, limit, base, sorted } = tables[selectors[group]!]!;
    for (let count = 0; count < GROUP; count++) {
      let symbol: number;
      const entry = fast[bits.peek(FAST)]!;
      if (entry !== 0) {
        bits.position += entry & 31;
        symbol = entry >> 5;
      } else {
        const code = bits.peek(LONGEST_CODE);
        let width = FAST + 1;
        while (width <= LONGEST_CODE && code >= limit[width]!) width++;
        if (width > LONGEST_CODE) throw new BlockFault('a code stands for nothing');
        bits.position += width;
        symbol = sorted[(code >> (LONGEST_CODE - width)) + base[width]!]!;
      }
      if (symbol <= RUN_B) {
        run += symbol === RUN_A ? runBit : runBit << 1;
        runBit <<= 1;
        if (run > size) throw new BlockFault('a run is too long');
        continue;
      }
      if (run > 0) {
        if (length + run > size) throw new BlockFault('it is too long');
        const byte = front[0]!;
        counts[byte + 1]! += run;
        chain.fill(byte, length, length + run);
        length += run;
        run = 0;
        runBit = 1;
      }
      if (symbol === end) return { chain, length };
      if (length >= size) throw new BlockFault('it is too long');
      const place = symbol - 1;
      const byte = front[place]!;
      if (place > 24) front.copyWithin(1, 0, place);
      else for (let index = place; index > 0; index--) front[index] = front[index - 1]!;
      front[0] = byte;
      counts[byte + 1]!++;
      chain[length++] = byte;
    }
    if (bits.bitsLeft < 0) throw new BlockFault('it ends too early');
  }
}

/** Undoes Burrows-Wheeler and the runs of the first step: four equal bytes are followed by how many more there are. */
function unrun(chain: Uint32Array, length: number, origin: number, counts: Int32Array): Block {
  for (let byte = 0; byte < 256; byte++) counts[byte + 1]! += counts[byte]!;
  for (let index = 0; index < length; index++) {
    const byte = chain[index]! & 0xff;
    chain[counts[byte]!++]! |= index << 8;
  }
  let content = Buffer.allocUnsafeSlow(length + (length >> 2) + 1024);
  let size = 0;
  let same = 0;
  let last = -1;
  let at = chain[origin]! >>> 8;
  for (let index = 0; index < length; index++) {
    const entry = chain[at]!;
    const byte = entry & 0xff;
    at = entry >>> 8;
    if (size + 256 > content.length) {
      const larger = Buffer.allocUnsafeSlow(content.length * 2);
      content.copy(larger, 0, 0, size);
      content = larger;
    }
    if (same === 4) {
      content.fill(last, size, size + byte);
      size += byte;
      same = 0;
      last = -1;
      continue;
    }
    same = byte === last ? same + 1 : 1;
    last = byte;
    content[size++] = byte;
  }
  const whole = content.subarray(0, size);
  return { content: whole, crc: crcOf(whole) };
}

/** CRC-32 with the highest bit first, as bzip2 has it. */
function crcOf(bytes: Uint8Array): number {
  let crc = -1;
  for (let index = 0; index < bytes.length; index++) {
    crc = (crc << 8) ^ CRC_TABLE[((crc >>> 24) ^ bytes[index]!) & 0xff]!;
  }
  return ~crc >>> 0;
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let crc = index << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});
