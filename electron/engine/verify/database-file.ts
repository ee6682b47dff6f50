// The blocks of the database file by their own checksums, without DuckDB: three headers of 4 KiB, then blocks of 256 KiB,
// each with a checksum of the rest in its first 8 bytes (duckdb src/storage/single_file_block_manager.cpp, common/checksum.cpp).
import { type FileHandle, open } from 'node:fs/promises';

const HEADERS = 3;
const HEADER = 4096;
export const BLOCK = 262_144;

/** Offsets of blocks whose checksum does not fit their bytes; null when the file is not of the layout known here. */
export async function badBlocks(path: string, signal: AbortSignal): Promise<number[] | null> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if ((size - HEADERS * HEADER) % BLOCK !== 0) return null;
    const bad: number[] = [];
    for (let at = 0; at < size; ) {
      signal.throwIfAborted();
      const length = at < HEADERS * HEADER ? HEADER : BLOCK;
      if (!fits(await bytesAt(file, at, length))) bad.push(at);
      at += length;
    }
    return bad;
  } finally {
    await file.close();
  }
}

const HIGH = 0xbf58476d;
const LOW = 0x1ce4e5b9;
const LOW_0 = LOW & 0xffff;
const LOW_1 = LOW >>> 16;

/** 5381, XORed with each 64-bit word times a constant, modulo 2^64. */
function fits(block: Buffer): boolean {
  const words = new Uint32Array(block.buffer, block.byteOffset, block.length / 4);
  let high = 0;
  let low = 5381;
  for (let i = 2; i < words.length; i += 2) {
    const a = words[i]!;
    const a0 = a & 0xffff;
    const a1 = a >>> 16;
    const middle = a1 * LOW_0 + ((a0 * LOW_0) >>> 16);
    const carried = a0 * LOW_1 + (middle % 65_536);
    const over = a1 * LOW_1 + Math.floor(middle / 65_536) + Math.floor(carried / 65_536);
    low ^= Math.imul(a, LOW);
    high ^= (over + Math.imul(a, HIGH) + Math.imul(words[i + 1]!, LOW)) | 0;
  }
  return words[0] === low >>> 0 && words[1] === high >>> 0;
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let got = 0; got < length; ) {
    const { bytesRead } = await file.read(bytes, got, length - got, at + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return bytes;
}
