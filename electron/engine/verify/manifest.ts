// The manifest: what a case consists of, as one canonical text that people sign.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Case } from '../case/case.ts';
import { asciiJson } from '../case/custody-detail.ts';
import { TOOL_VERSION } from '../case/version.ts';

export interface ManifestMember {
  bundle: string;
  path: string;
  sha256: string | null;
  content_sha256: string | null;
  size: number;
  content_size: number | null;
  status: string;
}

export interface Manifest {
  format: 'tidemark-manifest';
  version: 1;
  case: string;
  tool: string;
  bundles: { name: string; sha256: string | null; size: number | null; members: number }[];
  members: ManifestMember[];
  /** Files of the case's own folders. */
  rules: { path: string; sha256: string }[];
  formats: { path: string; sha256: string }[];
  /** The last entry of the custody log when the manifest was made. */
  custody: { seq: number; hash: string };
}

/** JSON with sorted keys, without blanks, in ASCII: the same manifest is the same bytes. */
export function canonicalJson(value: unknown): string {
  const sorted = (inner: unknown): unknown => {
    if (Array.isArray(inner)) return inner.map(sorted);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(
      Object.entries(inner)
        .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        .map(([key, each]) => [key, sorted(each)]),
    );
  };
  return asciiJson(sorted(value));
}

export const manifestSha256 = (manifest: Manifest): string =>
  createHash('sha256').update(canonicalJson(manifest)).digest('hex');

/** What the manifest says of the case itself, apart from its custody log: the same as long as nothing was added or changed. */
export const contentOf = (manifest: Manifest): string =>
  canonicalJson({ ...manifest, custody: null, tool: null });

const numbered = (value: string | null): number | null => (value === null ? null : Number(value));

/** The manifest of the case as it is now. */
export async function makeManifest(open: Case): Promise<Manifest> {
  const { bundles, members } = await open.read(async (connection) => ({
    bundles: await connection.rows<{
      name: string;
      sha256: string | null;
      size: string | null;
      members: string;
    }>(
      `SELECT b.name, b.sha256, b.size, count(m.file_id) AS members FROM bundle b JOIN member m USING (bundle_id)
       GROUP BY b.bundle_id, b.name, b.sha256, b.size ORDER BY b.bundle_id`,
    ),
    members: await connection.rows<Record<keyof ManifestMember, string | null>>(
      `SELECT b.name AS bundle, m.path, m.sha256, m.content_sha256, m.size, m.content_size, m.status
       FROM member m JOIN bundle b USING (bundle_id) ORDER BY m.file_id`,
    ),
  }));
  return {
    format: 'tidemark-manifest',
    version: 1,
    case: open.name,
    tool: TOOL_VERSION,
    bundles: bundles.map((row) => ({ ...row, size: numbered(row.size), members: Number(row.members) })),
    members: members.map((row) => ({
      bundle: row.bundle!,
      path: row.path!,
      sha256: row.sha256,
      content_sha256: row.content_sha256,
      size: Number(row.size ?? 0),
      content_size: numbered(row.content_size),
      status: row.status!,
    })),
    rules: await filesOf(open.paths.rules),
    formats: await filesOf(open.paths.formats),
    custody: open.custody.head,
  };
}

async function filesOf(folder: string): Promise<{ path: string; sha256: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const named = files.map((file) => ({ file, path: relative(folder, file).split(sep).join('/') }));
  named.sort((a, b) => (a.path < b.path ? -1 : 1));
  return Promise.all(named.map(async ({ file, path }) => ({ path, sha256: await hashFile(file) })));
}

export async function hashFile(
  path: string,
  signal?: AbortSignal,
  progress?: (bytes: number) => void,
): Promise<string> {
  const hash = createHash('sha256');
  const counted = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      progress?.(chunk.length);
      yield chunk;
    }
  };
  const stream = createReadStream(path, { highWaterMark: 1 << 20 });
  await pipeline(stream, counted, hash, signal ? { signal } : {});
  return hash.digest('hex');
}
