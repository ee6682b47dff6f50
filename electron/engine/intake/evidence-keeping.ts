// How content comes to stand in the evidence store for good: written under a temporary name, synced, made read-only, renamed
// to its hash, its folder synced. A file under its hash is whole therefore; a ledger row is written after that.
import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
} from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder, syncFolderSync } from '../case/write-file.ts';

/** Content that is written whole under a temporary name. */
export interface Part {
  /** Path of the temporary file. */
  part: string;
  /** Where it belongs. */
  place: string;
}

export const PART = /^\..*\.part$/;
export const READ_ONLY = 0o400;
/** Files synced at the same time: the file system joins their commits. */
const AT_ONCE = 8;

/** Makes parts durable in their places. Rejects with what the operating system says; parts not moved yet stay. */
export async function keepParts(parts: readonly Part[]): Promise<void> {
  const folders = [...new Set(parts.map(({ place }) => dirname(place)))];
  const made = await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));
  const waiting = [...parts];
  const work = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) await keep(next);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, parts.length) }, work));
  await Promise.all(folders.map(syncFolder));
  if (made.some((folder) => folder !== undefined)) await syncFolder(dirname(folders[0]!));
}

async function keep({ part, place }: Part): Promise<void> {
  const file = await open(part, 'r+');
  try {
    // by path and by handle: the other ways are closed under Node's permission model
    await chmod(part, READ_ONLY);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, place);
}

/** Makes one part durable in its place, synchronously; Node's permission model, where it is on, refuses that. */
export function keepPart({ part, place }: Part): void {
  const fd = openSync(part, 'r+');
  try {
    fchmodSync(fd, READ_ONLY);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
  renameSync(part, place);
  for (const folder of [dirname(place), dirname(dirname(place))]) syncFolderSync(folder);
}

/** Removes what a run that was broken off left half written. */
export async function removeParts(storeDir: string): Promise<void> {
  const names = await readdir(storeDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) if (PART.test(name)) await rm(join(storeDir, name), { force: true });
}

const FOOTER = 9;
const SEEKABLE_MAGIC = 0x8f92eab1;
const CHECKSUMS = 0x80;
const SEAL = 8 + 32;

/** Whether the stored file has the length its seek table states and holds `size` bytes of content: it was not cut. */
export function isWhole(place: string, size: number): boolean {
  let fd: number;
  try {
    fd = openSync(place, 'r');
  } catch {
    return false;
  }
  try {
    const length = fstatSync(fd).size;
    if (length < 8 + FOOTER) return false;
    const footer = Buffer.alloc(FOOTER);
    if (readSync(fd, footer, 0, FOOTER, length - FOOTER) !== FOOTER) return false;
    if (footer.readUInt32LE(5) !== SEEKABLE_MAGIC) return false;
    const frames = footer.readUInt32LE(0);
    const entry = footer.readUInt8(4) & CHECKSUMS ? 12 : 8;
    const tableLength = 8 + frames * entry + FOOTER;
    if (tableLength > length) return false;
    const table = Buffer.alloc(frames * entry);
    if (readSync(fd, table, 0, table.length, length - tableLength + 8) !== table.length) return false;
    let [packed, content] = [0, 0];
    for (let at = 0; at < table.length; at += entry) {
      packed += table.readUInt32LE(at);
      content += table.readUInt32LE(at + 4);
    }
    // between the frames and their table stands the seal
    return packed + SEAL === length - tableLength && content === size;
  } finally {
    closeSync(fd);
  }
}
