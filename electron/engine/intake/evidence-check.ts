// Checks a stored content byte by byte: every frame, the seek table, the footer; says where it is bad. See evidence-store.ts.
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import zlib from 'node:zlib';
import {
  FOOTER,
  FRAME,
  placeOf,
  SEAL,
  SEAL_MAGIC,
  SEEKABLE_MAGIC,
  SKIPPABLE_MAGIC,
} from './evidence-store.ts';

export interface StoredCheck {
  /** False: the file is not there, or can't be read (see `damage`). */
  present: boolean;
  /** Bytes of the content, as far as it could be unpacked. */
  size: number;
  /** Of the whole content; null when a part of it can't be unpacked. */
  sha256: string | null;
  /** Clauses: which bytes of the file are bad, and how. Empty: the file is as it was written. */
  damage: string[];
}

export interface CheckOptions {
  signal?: AbortSignal;
  /** Bytes of content that were hashed. */
  progress?(bytes: number): void;
}

interface Frames {
  /** Packed and unpacked length of each. */
  lengths: [packed: number, content: number][];
  damage: string[];
}

/** Memory: one frame at a time, at most two of 1 MiB. */
export async function checkStored(
  storeDir: string,
  sha256: string,
  options: CheckOptions = {},
): Promise<StoredCheck> {
  let file: FileHandle;
  try {
    file = await open(placeOf(storeDir, sha256), 'r');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const damage = code === 'ENOENT' ? [] : [`it can't be opened (${code ?? message})`];
    return { present: false, size: 0, sha256: null, damage };
  }
  try {
    const { size } = await file.stat();
    const frames = await readFrames(file, size);
    return await hashFrames(file, size, frames, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    return {
      present: true,
      size: 0,
      sha256: null,
      damage: [`it can't be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`],
    };
  } finally {
    await file.close();
  }
}

/** Lengths of the frames by the seek table; where the table is bad, by the frames themselves as far as they can be told. */
async function readFrames(file: FileHandle, size: number): Promise<Frames> {
  const table = await readTable(file, size);
  if (table.damage.length === 0) return table;
  const walked = await walkFrames(file, size);
  return { lengths: walked, damage: table.damage };
}

async function readTable(file: FileHandle, size: number): Promise<Frames> {
  const bad = (damage: string): Frames => ({ lengths: [], damage: [damage] });
  if (size < SEAL + 8 + FOOTER)
    return bad(`it has ${size} bytes, fewer than the end of a stored content alone`);
  const footer = await bytesAt(file, size - FOOTER, FOOTER);
  const at = `footer, bytes ${size - FOOTER} to ${size},`;
  if (footer.readUInt32LE(5) !== SEEKABLE_MAGIC) return bad(`its ${at} is not that of a stored content`);
  if (footer.readUInt8(4) !== 0)
    return bad(`its ${at} states options that are never written (${footer.readUInt8(4)})`);
  const count = footer.readUInt32LE(0);
  const length = 8 + count * 8 + FOOTER;
  if (length + SEAL > size) return bad(`its ${at} states ${count} frames, more than there is room for`);
  const begin = size - length;
  const bytes = await bytesAt(file, begin, length);
  const where = `seek table, bytes ${begin} to ${size - FOOTER},`;
  if (bytes.readUInt32LE(0) !== SKIPPABLE_MAGIC || bytes.readUInt32LE(4) !== length - 8)
    return bad(`its ${where} does not begin as one of ${count} frames does`);
  const lengths: [number, number][] = [];
  let packed = 0;
  for (let i = 0; i < count; i++) {
    lengths.push([bytes.readUInt32LE(8 + i * 8), bytes.readUInt32LE(12 + i * 8)]);
    packed += lengths[i]![0];
    if (lengths[i]![1] > FRAME || lengths[i]![0] > 2 * FRAME)
      return bad(
        `its ${where} states lengths in entry ${i + 1} (bytes ${begin + 8 + i * 8} to ${begin + 16 + i * 8}) that no frame has`,
      );
  }
  if (packed !== begin - SEAL)
    return bad(`its ${where} states ${packed} bytes of frames where there are ${begin - SEAL}`);
  return { lengths, damage: [] };
}

const ZSTD_MAGIC = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);

/** Frames found by their beginnings, for a file whose table is bad: what can be unpacked is told from what can't. */
async function walkFrames(file: FileHandle, size: number): Promise<[number, number][]> {
  const lengths: [number, number][] = [];
  let at = 0;
  while (at < size) {
    const bytes = await bytesAt(file, at, Math.min(2 * FRAME, size - at));
    if (!bytes.subarray(0, 4).equals(ZSTD_MAGIC)) break;
    const frame = frameLength(bytes);
    if (frame === null || frame > bytes.length) break;
    lengths.push([frame, -1]);
    at += frame;
  }
  return lengths;
}

/** Length of the zstd frame at the beginning of `bytes` (RFC 8878, 3.1.1); null when its header makes no sense. */
function frameLength(bytes: Buffer): number | null {
  const descriptor = bytes[4];
  if (descriptor === undefined) return null;
  const single = (descriptor >> 5) & 1;
  const sizeFlag = descriptor >> 6;
  const dictionary = [0, 1, 2, 4][descriptor & 3]!;
  let at = 5 + (single ? 0 : 1) + dictionary + (sizeFlag === 0 ? single : 1 << sizeFlag);
  for (let last = false; !last; ) {
    if (at + 3 > bytes.length) return null;
    const header = bytes.readUIntLE(at, 3);
    last = (header & 1) === 1;
    const kind = (header >> 1) & 3;
    if (kind === 3) return null;
    at += 3 + (kind === 1 ? 1 : header >> 3);
  }
  return at + ((descriptor >> 2) & 1 ? 4 : 0);
}

async function hashFrames(
  file: FileHandle,
  size: number,
  { lengths, damage }: Frames,
  { signal, progress }: CheckOptions,
): Promise<StoredCheck> {
  const hash = createHash('sha256');
  const packedHash = createHash('sha256');
  const found = [...damage];
  let whole = lengths.length > 0 || damage.length === 0;
  let at = 0;
  let content = 0;
  for (const [i, [packed, stated]] of lengths.entries()) {
    signal?.throwIfAborted();
    const where = `frame ${i + 1}, bytes ${at} to ${at + packed}${stated < 0 ? '' : ` (bytes ${content} to ${content + stated} of the content)`},`;
    const bytes = await bytesAt(file, at, packed);
    packedHash.update(bytes);
    const unpacked = await unpack(bytes);
    at += packed;
    if (typeof unpacked === 'string') {
      whole = false;
      content += Math.max(0, stated);
      found.push(`its ${where} can't be unpacked (${unpacked})`);
      continue;
    }
    if (stated >= 0 && unpacked.length !== stated) found.push(`its ${where} holds ${unpacked.length} bytes`);
    hash.update(unpacked);
    content += unpacked.length;
    progress?.(unpacked.length);
  }
  const seal = await sealDamage(file, at, size, packedHash.digest('hex'));
  // bad frames and a bad table explain a seal that does not fit
  if (seal !== null && found.length === 0) found.push(seal);
  return { present: true, size: content, sha256: whole ? hash.digest('hex') : null, damage: found };
}

/** The hash of the frames as they were written, behind them. */
async function sealDamage(
  file: FileHandle,
  at: number,
  size: number,
  packed: string,
): Promise<string | null> {
  if (at + SEAL > size) return `it has no seal behind its frames, at byte ${at}`;
  const bytes = await bytesAt(file, at, SEAL);
  const where = `seal, bytes ${at} to ${at + SEAL},`;
  if (bytes.readUInt32LE(0) !== SEAL_MAGIC || bytes.readUInt32LE(4) !== SEAL - 8)
    return `its ${where} does not begin as one`;
  const sealed = bytes.toString('hex', 8);
  return sealed === packed
    ? null
    : `its frames, bytes 0 to ${at}, have the SHA-256 ${packed}, its ${where} says ${sealed}: a byte was changed, though the frames unpack to the same content`;
}

function unpack(packed: Uint8Array): Promise<Uint8Array | string> {
  return new Promise((resolve) => {
    zlib.zstdDecompress(packed, { maxOutputLength: FRAME }, (error, content) =>
      resolve(error ? error.message : content),
    );
  });
}

async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  for (let got = 0; got < length; ) {
    const { bytesRead } = await file.read(buffer, got, length - got, at + got);
    if (bytesRead === 0) throw new Error('it ends too early');
    got += bytesRead;
  }
  return buffer;
}
