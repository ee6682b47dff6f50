// The directory at the end of a zip: where it is, what it states. Format: PKWARE APPNOTE 6.3.10, Info-ZIP extra fields.
import type { FileHandle } from 'node:fs/promises';
import zlib from 'node:zlib';
import { Damage } from './damage.ts';
import { decodeName } from './member-name.ts';
import { PIECE, reasonOf } from './source.ts';

export interface ZipEntry {
  name: string;
  rawName: Buffer;
  madeOnUnix: boolean;
  unixMode: number;
  flags: number;
  method: number;
  /** As the packer's clock showed it, for the check of a password. */
  dosTime: number;
  mtimeUs: number | null;
  crc32: number;
  packed: number;
  size: number;
  disk: number;
  /** Where its own header is stated to stand. */
  offset: number;
  extra: Buffer;
}

export interface Directory {
  start: number;
  end: number;
  entries: number;
  /** What is to be added to every stated place, when something stands before the zip. */
  shift: number;
  /** The number of this part of a split zip, 0 for a whole one. */
  disk: number;
  problem: string | null;
}

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const ENTRY = 0x02014b50;
const MEMBER = 0x04034b50;
const END_SIZE = 22;
/** Places that look like the end of a directory and are tried. */
const MOST_TRIES = 1_000;
const ENTRY_SIZE = 46;
const MAX16 = 0xffff;
const MAX32 = 0xffffffff;
const UNIX = 3;

export async function bytesAt(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(at >= 0 && Number.isSafeInteger(at + length) ? Math.max(0, length) : 0);
  for (let got = 0; got < buffer.length; ) {
    const { bytesRead } = await file.read(buffer, got, buffer.length - got, at + got).catch((error) => {
      throw new Damage(`the file cannot be read at byte ${at + got} (${reasonOf(error)})`);
    });
    if (bytesRead === 0) return buffer.subarray(0, got);
    got += bytesRead;
  }
  return buffer;
}

/** The directory; a clause where there is none to be found. */
export async function findDirectory(file: FileHandle, size: number): Promise<Directory | string> {
  const from = Math.max(0, size - END_SIZE - MAX16 - PIECE);
  const tail = await bytesAt(file, from, size - from);
  const found: Directory[] = [];
  let tries = 0;
  for (let at = tail.length - END_SIZE; at >= 0 && tries < MOST_TRIES; at--) {
    if (tail[at] !== 0x50 || tail.readUInt32LE(at) !== END) continue;
    tries++;
    const directory = await directoryOf(file, tail, at, from);
    if (directory === null) continue;
    const over = size - (from + at + END_SIZE + tail.readUInt16LE(at + 20));
    if (over > 0) directory.problem = `${over.toLocaleString('en-US')} bytes follow the zip`;
    found.push(directory);
    if (found.length > 1) break;
  }
  const [last, other] = found;
  if (!last) return 'no end of central directory record was found';
  // a directory in the comment of another: both end where the file does
  if (other && !other.problem && !last.problem)
    last.problem ??=
      'it holds more than one directory, the last of which was read: another program may see other members';
  return last;
}

async function directoryOf(
  file: FileHandle,
  tail: Buffer,
  at: number,
  from: number,
): Promise<Directory | null> {
  const comment = tail.readUInt16LE(at + 20);
  if (at + END_SIZE + comment > tail.length) return null;
  let disk = tail.readUInt16LE(at + 4);
  let entries = tail.readUInt16LE(at + 10);
  let length = tail.readUInt32LE(at + 12);
  let stated = tail.readUInt32LE(at + 16);
  let end = from + at;
  const wide = await end64(file, from + at);
  if (wide && (entries === MAX16 || length === MAX32 || stated === MAX32 || disk === MAX16)) {
    ({ disk, entries, length, stated, at: end } = wide);
  }
  const place = end - length;
  if (place < 0) return null;
  if (entries === 0 && length === 0) return { start: end, end, entries, shift: 0, disk, problem: null };
  // where it is stated to be, or right before its end: a program or other bytes stand before the zip then
  for (const start of [stated, place]) {
    const head = await bytesAt(file, start, 4);
    if (head.length === 4 && head.readUInt32LE(0) === ENTRY) {
      return { start, end: start + length, entries, disk, ...(await shiftOf(file, start, stated)) };
    }
  }
  return null;
}

/** What stands before a zip moves all of it; a place that is stated wrong moves nothing. The first member tells. */
async function shiftOf(
  file: FileHandle,
  start: number,
  stated: number,
): Promise<Pick<Directory, 'shift' | 'problem'>> {
  if (start === stated) return { shift: 0, problem: null };
  const entry = await bytesAt(file, start, ENTRY_SIZE);
  const first = entry.length === ENTRY_SIZE ? entry.readUInt32LE(42) : MAX32;
  const isMember = async (at: number): Promise<boolean> => {
    const head = await bytesAt(file, at, 4);
    return head.length === 4 && head.readUInt32LE(0) === MEMBER;
  };
  if (first === MAX32 || !(await isMember(first)) || (await isMember(first + start - stated)))
    return { shift: start - stated, problem: null };
  const problem = `the directory of the zip is stated to be at byte ${stated} and stands at byte ${start}`;
  return { shift: 0, problem };
}

async function end64(file: FileHandle, endAt: number) {
  const locator = await bytesAt(file, endAt - 20, endAt < 20 ? 0 : 20);
  if (locator.length < 20 || locator.readUInt32LE(0) !== LOCATOR64) return null;
  for (const at of [Number(locator.readBigUInt64LE(8)), endAt - 20 - 56]) {
    if (!Number.isSafeInteger(at) || at < 0) continue;
    const record = await bytesAt(file, at, 56);
    if (record.length < 56 || record.readUInt32LE(0) !== END64) continue;
    return {
      at,
      disk: record.readUInt32LE(16),
      entries: Number(record.readBigUInt64LE(32)),
      length: Number(record.readBigUInt64LE(40)),
      stated: Number(record.readBigUInt64LE(48)),
    };
  }
  return null;
}

/** Entries in order. Where one is damaged the next is looked for; `onProblem` hears of it. */
export async function* directoryEntries(
  file: FileHandle,
  directory: Directory,
  onProblem: (clause: string) => void,
): AsyncGenerator<ZipEntry> {
  let window: Buffer = Buffer.alloc(0);
  let base = directory.start;
  let count = 0;
  for (let at = directory.start; at + ENTRY_SIZE <= directory.end; ) {
    const have = async (length: number): Promise<Buffer> => {
      if (at + length > base + window.length) {
        window = await bytesAt(file, at, Math.max(PIECE, length));
        base = at;
      }
      return window.subarray(at - base, at - base + length);
    };
    const fixed = await have(ENTRY_SIZE);
    const isEntry = fixed.length === ENTRY_SIZE && fixed.readUInt32LE(0) === ENTRY;
    const length = isEntry
      ? ENTRY_SIZE + fixed.readUInt16LE(28) + fixed.readUInt16LE(30) + fixed.readUInt16LE(32)
      : 0;
    if (!isEntry || at + length > directory.end) {
      onProblem(`the directory of the zip is damaged after ${count} of ${directory.entries} members`);
      await have(PIECE);
      const next = window.indexOf('PK\x01\x02', at + 1 - base, 'latin1');
      if (next < 0) return;
      at = base + next;
      continue;
    }
    yield entryOf(await have(length));
    count++;
    at += length;
  }
  if (count !== directory.entries && !(directory.entries === (count & MAX16)))
    onProblem(`the directory of the zip states ${directory.entries} members and lists ${count}`);
}

function entryOf(bytes: Buffer): ZipEntry {
  const nameEnd = ENTRY_SIZE + bytes.readUInt16LE(28);
  const extra = Buffer.from(bytes.subarray(nameEnd, nameEnd + bytes.readUInt16LE(30)));
  const rawName = Buffer.from(bytes.subarray(ENTRY_SIZE, nameEnd));
  const madeOnUnix = bytes.readUInt16LE(4) >> 8 === UNIX;
  const entry: ZipEntry = {
    name: nameOf(rawName, extra, madeOnUnix),
    rawName,
    madeOnUnix,
    unixMode: madeOnUnix ? bytes.readUInt32LE(38) >>> 16 : 0,
    flags: bytes.readUInt16LE(8),
    method: bytes.readUInt16LE(10),
    dosTime: bytes.readUInt16LE(12),
    mtimeUs: timeOf(bytes.readUInt16LE(12), bytes.readUInt16LE(14), extra),
    crc32: bytes.readUInt32LE(16),
    packed: bytes.readUInt32LE(20),
    size: bytes.readUInt32LE(24),
    disk: bytes.readUInt16LE(34),
    offset: bytes.readUInt32LE(42),
    extra,
  };
  widen(entry);
  return entry;
}

/** Sizes and place from the zip64 field: only those that do not fit stand there, in this order. */
export function widen(entry: Pick<ZipEntry, 'size' | 'packed' | 'offset' | 'extra'>): void {
  const field = extraField(entry.extra, 1);
  let at = 0;
  for (const key of ['size', 'packed', 'offset'] as const) {
    if (entry[key] !== MAX32 || !field || at + 8 > field.length) continue;
    entry[key] = Number(field.readBigUInt64LE(at));
    at += 8;
  }
}

export function extraField(extra: Buffer, id: number): Buffer | null {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return null;
}

/** The Info-ZIP Unicode name where it is of this name. Archives from Windows may separate with backslashes. */
export function nameOf(raw: Buffer, extra: Buffer, madeOnUnix: boolean): string {
  const unicode = extraField(extra, 0x7075);
  const isOwn =
    unicode && unicode.length > 5 && unicode[0] === 1 && unicode.readUInt32LE(1) === zlib.crc32(raw);
  const name = decodeName(isOwn ? unicode.subarray(5) : raw);
  return madeOnUnix ? name : name.replaceAll('\\', '/');
}

/** Microseconds. A DOS time without zone is taken as UTC: it can be wrong by the zone of the machine that packed. */
function timeOf(time: number, date: number, extra: Buffer): number | null {
  const unix = extraField(extra, 0x5455);
  if (unix && unix.length >= 5 && unix[0]! & 1) return unix.readInt32LE(1) * 1e6;
  const ntfs = extraField(extra, 0x000a);
  if (ntfs && ntfs.length >= 16 && ntfs.readUInt16LE(4) === 1) {
    return Number(ntfs.readBigUInt64LE(8) / 10n - 11_644_473_600_000_000n);
  }
  const [year, month, day] = [1980 + (date >> 9), (date >> 5) & 15, date & 31];
  const ms = Date.UTC(year, month - 1, day, time >> 11, (time >> 5) & 63, (time & 31) * 2);
  return month >= 1 && day >= 1 && Number.isFinite(ms) ? ms * 1000 : null;
}
