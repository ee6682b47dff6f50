// Files of a folder in a fixed order: names compared byte by byte, folders walked in place, links never followed.
import type { Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { decodeName } from './member-name.ts';
import type { Stated } from './reading.ts';
import { reasonOf } from './source.ts';

export type FolderItem =
  | { kind: 'file'; stated: Stated; at: Buffer }
  | { kind: 'noted'; stated: Stated; status: 'skipped' | 'failed'; reason: string };

const SLASH = Buffer.from('/');

export async function* walk(folder: Buffer, prefix = ''): AsyncGenerator<FolderItem> {
  let names: Buffer[];
  try {
    names = (await readdir(folder, { encoding: 'buffer' })).sort(Buffer.compare);
  } catch (error) {
    const stated = { path: prefix || '.', size: null, mode: null, owner: null, mtimeUs: null };
    yield { kind: 'noted', stated, status: 'failed', reason: `folder cannot be read: ${reasonOf(error)}` };
    return;
  }
  for (const name of names) {
    const at = Buffer.concat([folder, SLASH, name]);
    const path = prefix + decodeName(name);
    let stats: Stats;
    try {
      stats = await lstat(at);
    } catch (error) {
      const stated = { path, size: null, mode: null, owner: null, mtimeUs: null };
      yield { kind: 'noted', stated, status: 'failed', reason: `cannot be read: ${reasonOf(error)}` };
      continue;
    }
    if (stats.isDirectory()) yield* walk(at, `${path}/`);
    else yield await item(at, statedOf(path, stats), stats);
  }
}

export function statedOf(path: string, stats: Stats): Stated {
  return {
    path,
    size: stats.size,
    mode: stats.mode & 0o7777,
    owner: `${stats.uid}:${stats.gid}`,
    mtimeUs: Math.round(stats.mtimeMs * 1000),
  };
}

async function item(at: Buffer, stated: Stated, stats: Stats): Promise<FolderItem> {
  if (stats.isFile()) return { kind: 'file', stated, at };
  const skipped = (reason: string): FolderItem => ({ kind: 'noted', stated, status: 'skipped', reason });
  if (stats.isSymbolicLink()) {
    const target = await readlink(at, { encoding: 'buffer' }).then(decodeName, () => '(unreadable)');
    return skipped(`symbolic link to ${target}: not followed`);
  }
  if (stats.isFIFO()) return skipped('fifo: has no content');
  if (stats.isSocket()) return skipped('socket: has no content');
  return skipped('device: not read');
}
