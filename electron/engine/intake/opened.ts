// A bundle on disk before it is read: what it is, told by its first bytes.
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { CaseError } from '../case/errors.ts';
import { type Kind, kindOf, MAGIC_LENGTH, withoutCompression } from './magic.ts';
import { isPacked } from './reading.ts';
import { Cursor, FileSource, reasonOf } from './source.ts';
import { unpack } from './unpack.ts';
import { findDirectory } from './zip-directory.ts';

/** What the file is, and what it is inside when it is compressed. Looks at its first bytes only. */
export async function kindsOf(file: FileHandle, name: string): Promise<{ kind: Kind; inner: Kind }> {
  const head = new Cursor(new FileSource(file));
  const kind = kindOf(await head.peek(MAGIC_LENGTH), name);
  if (kind === 'plain' && PREFIXED.test(name) && (await endsAsZip(file)))
    return { kind: 'zip', inner: 'zip' };
  if (!isPacked(kind)) return { kind, inner: kind };
  const unpacked = unpack(head, kind);
  try {
    return { kind, inner: kindOf(await new Cursor(unpacked).peek(MAGIC_LENGTH), withoutCompression(name)) };
  } finally {
    await unpacked.close();
  }
}

/** Names of zips that may have a program before them (self-extracting), or something else. */
const PREFIXED = /\.(?:zip|exe|sfx|sh|run)$/i;

async function endsAsZip(file: FileHandle): Promise<boolean> {
  const directory = await findDirectory(file, (await file.stat()).size);
  return typeof directory !== 'string' && directory.entries > 0;
}

/** Opened without waiting, should a fifo stand there by now. */
export function openEvidence(path: string | Buffer): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
}

export async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new CaseError(
        'no_such_path',
        `There is no file or folder ${path}. Nothing was read. Check the path.`,
        {
          refusal: 'usage',
          cause: error,
        },
      );
    }
    throw new CaseError(
      'unreadable_path',
      `${path} cannot be looked at: ${reasonOf(error)}. Nothing was read. Check its permissions.`,
      {
        refusal: 'usage',
        cause: error,
      },
    );
  }
}
