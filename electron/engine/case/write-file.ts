// Files that are whole or not there: written under another name, made durable, then given their own.
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CaseError } from './errors.ts';

/** Codes of file systems and platforms on which a folder can't be opened or synced: renames there are as durable as they get. */
const NO_FOLDER_SYNC = new Set(['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EBADF']);

/** Makes names made, changed or removed in a folder durable. */
export async function syncFolder(dir: string): Promise<void> {
  try {
    const handle = await open(dir, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!NO_FOLDER_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** `syncFolder` for workers and for what must not wait. */
export function syncFolderSync(dir: string): void {
  try {
    const fd = openSync(dir, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    if (!NO_FOLDER_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/**
 * Has `make` write a file under another name in the same folder, makes it durable and gives it its own: after a fault there is
 * at `path` what was before, or all of the new. What is no plain file (a pipe, a device) is written as it is.
 */
export async function makeWhole<T>(path: string, make: (temporary: string) => Promise<T>): Promise<T> {
  const there = await stat(path).catch(() => null);
  if (there && !there.isFile()) return make(path);
  const target = there ? await realpath(path) : path;
  const temporary = join(dirname(target), `.${randomBytes(6).toString('hex')}.part`);
  let made: T;
  try {
    made = await make(temporary);
    const handle = await open(temporary, 'r+').catch(() => open(temporary, 'r')); // a copy may be read-only
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => 0);
    throw error;
  }
  await syncFolder(dirname(target));
  return made;
}

/** Writes `data` as a whole file. */
export function writeWhole(path: string, data: string | Uint8Array, mode = 0o600): Promise<void> {
  return makeWhole(path, (temporary) =>
    writeFile(temporary, data, { mode, flag: temporary === path ? 'w' : 'wx' }),
  );
}

/** The error for a file that could not be written; nothing of it is left where it was to be. */
export function notWritten(what: string, path: string, cause: unknown): CaseError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new CaseError(
    full ? 'disk_full' : 'not_written',
    `${what} could not be written to ${path}: ${full ? 'the disk is full' : (code ?? message)}. Nothing was left there. ${full ? 'Free space or choose' : 'Choose'} another place.`,
    { cause },
  );
}
