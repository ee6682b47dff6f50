// Checksums of .xz: CRC-32, CRC-64 (ECMA-182) and SHA-256, over content as it comes.
import { createHash } from 'node:crypto';
import zlib from 'node:zlib';

export interface Check {
  /** Bytes it takes in the file. */
  readonly size: number;
  update(bytes: Uint8Array): void;
  /** As it stands in the file; null where this version can't tell. */
  digest(): Uint8Array | null;
}

/** By the number in the stream flags; sizes as the format gives them for numbers that have no meaning yet. */
export function checkOf(number: number): Check {
  if (number === 1) return crc32();
  if (number === 4) return crc64();
  if (number === 10) {
    const hash = createHash('sha256');
    return { size: 32, update: (bytes) => hash.update(bytes), digest: () => hash.digest() };
  }
  const size = number === 0 ? 0 : 4 << (Math.ceil(number / 3) - 1);
  return { size, update: () => {}, digest: () => null };
}

function crc32(): Check {
  let crc = 0;
  return {
    size: 4,
    update: (bytes) => {
      crc = zlib.crc32(bytes, crc);
    },
    digest: () => {
      const out = Buffer.alloc(4);
      out.writeUInt32LE(crc);
      return out;
    },
  };
}

/** Reflected, polynomial 0xC96C5795D7870F42; eight tables for eight bytes at a time, each in halves of 32 bits. */
const LOW: Int32Array[] = [];
const HIGH: Int32Array[] = [];

function makeTables(): void {
  for (let table = 0; table < 8; table++) {
    LOW.push(new Int32Array(256));
    HIGH.push(new Int32Array(256));
  }
  for (let index = 0; index < 256; index++) {
    let low = index;
    let high = 0;
    for (let bit = 0; bit < 8; bit++) {
      const odd = low & 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (odd) {
        low ^= 0xd7870f42;
        high ^= 0xc96c5795;
      }
    }
    LOW[0]![index] = low;
    HIGH[0]![index] = high;
  }
  for (let index = 0; index < 256; index++) {
    for (let table = 1; table < 8; table++) {
      const low = LOW[table - 1]![index]!;
      const high = HIGH[table - 1]![index]!;
      const byte = low & 0xff;
      LOW[table]![index] = ((low >>> 8) | (high << 24)) ^ LOW[0]![byte]!;
      HIGH[table]![index] = (high >>> 8) ^ HIGH[0]![byte]!;
    }
  }
}

function crc64(): Check {
  if (LOW.length === 0) makeTables();
  let low = -1;
  let high = -1;
  return {
    size: 8,
    update: (bytes) => {
      const [l0, l1, l2, l3, l4, l5, l6, l7] = LOW as [Int32Array, ...Int32Array[]] as Int32Array[];
      const [h0, h1, h2, h3, h4, h5, h6, h7] = HIGH as Int32Array[];
      let at = 0;
      for (const end = bytes.length - 7; at < end; at += 8) {
        low ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
        high ^= bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
        const a = low & 0xff;
        const b = (low >>> 8) & 0xff;
        const c = (low >>> 16) & 0xff;
        const d = low >>> 24;
        const e = high & 0xff;
        const f = (high >>> 8) & 0xff;
        const g = (high >>> 16) & 0xff;
        const h = high >>> 24;
        low = l7![a]! ^ l6![b]! ^ l5![c]! ^ l4![d]! ^ l3![e]! ^ l2![f]! ^ l1![g]! ^ l0![h]!;
        high = h7![a]! ^ h6![b]! ^ h5![c]! ^ h4![d]! ^ h3![e]! ^ h2![f]! ^ h1![g]! ^ h0![h]!;
      }
      for (; at < bytes.length; at++) {
        const byte = (low ^ bytes[at]!) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ l0![byte]!;
        high = (high >>> 8) ^ h0![byte]!;
      }
    },
    digest: () => {
      const out = Buffer.alloc(8);
      out.writeInt32LE(~low, 0);
      out.writeInt32LE(~high, 4);
      return out;
    },
  };
}
