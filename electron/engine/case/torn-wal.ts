// DuckDB's write-ahead log after a power cut. A commit counts once the log is synced; what was being written after that may
// have come to the disk with holes, and a log that a checkpoint removed may have come back. DuckDB (1.5) passes over a log
// that is cut short, but refuses one whose size came to the disk before its bytes, and one that is older than the database.
// Entries stand as [size u64][checksum u64][bytes]; DuckDB names the byte after the checksum of the first that fails.
import { open, rename, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { syncFolder, writeWhole } from './write-file.ts';

const FILE = /WAL file "([^"]+)"/;
const DAMAGED = /Corrupt WAL file: entry at byte position (\d+) computed checksum/;
const OLDER =
  /WAL was created for an older version of this database.*?(?:WAL checkpoint iteration: (\d+))?$/s;
const BEFORE = 16; // size and checksum

export interface SetAside {
  /** Name of the file beside the database that keeps it. */
  keptAs: string;
  bytes: number;
  sentence: string;
}

/** Moves what can't be read of the log into a file beside it; null when `message`, of opening the database, is of something else. */
export async function setAsideLog(database: string, message: string): Promise<SetAside | null> {
  const log = FILE.exec(message)?.[1];
  if (
    log === undefined ||
    dirname(log) !== dirname(database) ||
    !basename(log).startsWith(basename(database))
  )
    return null;
  const damaged = DAMAGED.exec(message);
  if (damaged) return tornEnd(log, Math.max(0, Number(damaged[1]) - BEFORE));
  if (OLDER.test(message)) return olderLog(log);
  return null;
}

async function tornEnd(log: string, at: number): Promise<SetAside> {
  const file = await open(log, 'r+');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(size - at);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
    const kept = `${log}.torn-${at}`;
    await writeWhole(kept, bytes.subarray(0, bytesRead));
    await file.truncate(at);
    await file.sync();
    return {
      keptAs: basename(kept),
      bytes: size - at,
      sentence: `The end of the database's log of changes could not be read, as when the power fails amid a write: its last ${(size - at).toLocaleString('en-US')} bytes are set aside as ${basename(kept)}. Every change before them is there; tidemark verify checks the case.`,
    };
  } finally {
    await file.close();
  }
}

/** All of an older log is in the database: a checkpoint put it there before it removed the log. */
async function olderLog(log: string): Promise<SetAside> {
  const { size, mtimeMs } = await stat(log);
  const kept = `${log}.old-${Math.trunc(mtimeMs)}`;
  await rename(log, kept);
  await syncFolder(dirname(log));
  return {
    keptAs: basename(kept),
    bytes: size,
    sentence: `A log of changes lay beside the database that is older than it, as when the power fails after a checkpoint: the database holds these changes already. It is set aside as ${basename(kept)}.`,
  };
}
