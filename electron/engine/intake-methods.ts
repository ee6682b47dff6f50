// What bundles hold before they are read, and the limits of reading them.
import { stat, statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ApiImplementation } from '../../shared/api.ts';
import type { Case } from './case/case.ts';
import { CaseError } from './case/errors.ts';
import { LIMITS } from './intake/limits.ts';
import { type Preview, previewBundle } from './intake/preview.ts';
import type { MethodHost } from './method-host.ts';

/** Bytes of the case per byte of content: the evidence compressed, the database, and room to work in. */
const CASE_SHARE = 0.6;
/** Content per byte of a compressed bundle, where it does not say. */
const USUAL_RATIO = 12;

export function intakeMethods(host: MethodHost): Pick<ApiImplementation, 'intake.preview' | 'intake.limits'> {
  return {
    'intake.preview': async ({ paths }) => {
      const open = host.current();
      const bundles = [];
      let neededBytes = 0;
      for (const path of paths.map((given) => resolve(given))) {
        const seen = await preview(path);
        bundles.push({ ...seen, known: open !== null && (await isKnown(open, seen)) });
        neededBytes += needed(seen);
      }
      return { bundles, freeBytes: open ? await freeAt(open.dir) : null, neededBytes };
    },
    'intake.limits': async () => {
      const { members, totalBytes, ratio, depth, seconds, nameLength } = LIMITS;
      return { defaults: { members, totalBytes, ratio, depth, seconds, nameLength } };
    },
  };
}

/** One that is not there, or cannot be looked at, is told and does not hide the others. */
async function preview(path: string): Promise<Preview> {
  try {
    return await previewBundle(path);
  } catch (error) {
    if (!(error instanceof CaseError)) throw error;
    const name = path.split(/[\\/]/).at(-1) ?? path;
    return {
      ...{ path, name, kind: 'unknown', size: 0, members: 0, complete: false, unpacked: null },
      ...{ encrypted: 0, nested: 0, entries: [], problem: error.message },
    };
  }
}

/** The same path, size and time of change as a bundle of the case: most likely the same file again. */
async function isKnown(open: Case, { path, size, kind }: Preview): Promise<boolean> {
  if (kind === 'folder' || size === 0) return false;
  const stats = await stat(path).catch(() => null);
  if (!stats) return false;
  const [before] = await open.read((connection) =>
    connection.rows<{ added: string }>(
      'SELECT epoch_us(added_at)::VARCHAR AS added FROM bundle WHERE path = $1 AND size = $2 ORDER BY added_at DESC LIMIT 1',
      [path, BigInt(size)],
    ),
  );
  return before !== undefined && Number(before.added) >= stats.mtimeMs * 1000;
}

function needed({ size, unpacked, complete, kind }: Preview): number {
  if (complete && unpacked !== null) return Math.ceil(unpacked * CASE_SHARE);
  const ratio = /^(?:tar|file|folder)$/.test(kind) ? 1 : USUAL_RATIO;
  return Math.ceil(size * ratio * CASE_SHARE);
}

async function freeAt(dir: string): Promise<number | null> {
  const disk = await statfs(dir).catch(() => null);
  return disk ? disk.bavail * disk.bsize : null;
}
