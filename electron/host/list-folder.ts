// Folders of the machine the engine runs on, for the path picker.
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { HostEntry, Output } from '../../shared/api.ts';
import { CaseError } from '../engine/case/errors.ts';
import { isCase } from '../engine/case/folder.ts';

export async function listFolder(path: string): Promise<Output<'host.list'>> {
  const at = resolve(path);
  const names = await readdir(at, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    const why =
      error.code === 'ENOENT'
        ? 'there is no such folder'
        : error.code === 'ENOTDIR'
          ? 'it is a file'
          : error.code === 'EACCES'
            ? 'access denied'
            : error.message;
    throw new CaseError('no_such_path', `${at} can't be listed: ${why}.`, { refusal: 'usage', cause: error });
  });
  const entries: HostEntry[] = [];
  for (const name of names) {
    const full = join(at, name.name);
    const info = await stat(full).catch(() => null); // a dangling link is shown as other
    const kind = !info
      ? 'other'
      : info.isDirectory()
        ? isCase(full)
          ? 'case'
          : 'folder'
        : info.isFile()
          ? 'file'
          : 'other';
    entries.push({
      name: name.name,
      path: full,
      kind,
      size: info?.isFile() ? info.size : 0,
      mtime: info ? Math.trunc(info.mtimeMs * 1000) : null,
    });
  }
  const rank = { case: 0, folder: 0, file: 1, other: 2 };
  entries.sort((a, b) => rank[a.kind] - rank[b.kind] || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const parent = dirname(at);
  return { path: at, parent: parent === at ? null : parent, entries };
}
