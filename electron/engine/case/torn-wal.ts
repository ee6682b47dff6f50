// The end of DuckDB's write-ahead log after a power cut. A commit counts once the log is synced; what was being written after
// that may have come to the disk with holes. DuckDB passes over a log that is cut short, but refuses one whose size came to
// the disk before its bytes. Entries stand as [size u64][checksum u64][bytes]; DuckDB names the byte after the checksum of
// the first that fails (storage/wal_replay.cpp, 1.5).
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { writeWhole } from './write-file.ts';

const DAMAGED = /Corrupt WAL file: entry at byte position (\d+) computed checksum/;
const BEFORE = 16; // size and checksum

export interface SetAside {
  /** Name of the file beside the database that keeps it. */
  keptAs: string;
  bytes: number;
  /** Where it began in the log. */
  at: number;
}

/** Moves what stands in the log from the damaged entry on into a file beside it; null when `message` is of something else. */
export async function setAsideTornEnd(database: string, message: string): Promise<SetAside | null> {
  const found = DAMAGED.exec(message);
  if (!found) return null;
  const at = Math.max(0, Number(found[1]) - BEFORE);
  const log = `${database}.wal`;
  const file = await open(log, 'r+');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(size - at);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, at);
    const kept = `${log}.torn-${at}`;
    await writeWhole(kept, bytes.subarray(0, bytesRead));
    await file.truncate(at);
    await file.sync();
    return { keptAs: basename(kept), bytes: size - at, at };
  } finally {
    await file.close();
  }
}
