// The evidence inventory: every bundle and every member with its hashes, whatever became of it.
import type { MemberStatus } from '../../../shared/model.ts';
import { type Asker, type Numeric, number, numberOrNull } from './asker.ts';
import type { BundleEntry, FileEntry } from './model.ts';
import { nameOnly, withoutFolder } from './paths.ts';

interface MemberRow {
  bundle_id: number;
  path: string;
  node: string | null;
  format: string | null;
  encoding: string | null;
  compression: string | null;
  status: MemberStatus;
  reason: string | null;
  size: Numeric;
  content_size: Numeric;
  sha256: string | null;
  content_sha256: string | null;
  mode: number | null;
  owner: string | null;
  mtime_us: Numeric;
  lines: Numeric;
  records: Numeric;
  unparsed_lines: Numeric;
  first_us: Numeric;
  last_us: Numeric;
  duplicate_of: string | null;
}

export async function readEvidence(ask: Asker): Promise<BundleEntry[]> {
  const bundles = await ask.rows<{
    bundle_id: number;
    name: string;
    path: string | null;
    sha256: string | null;
    size: Numeric;
    complete: boolean | null;
    problem: string | null;
  }>(
    'Bundles',
    `
    SELECT bundle_id, name, path, sha256, size, complete, problem
    FROM bundle b
    WHERE EXISTS (SELECT 1 FROM member m WHERE m.bundle_id = b.bundle_id)
    ORDER BY name, sha256 NULLS LAST, bundle_id`,
  );
  const members = await ask.rows<MemberRow>(
    'Evidence inventory: every member with its hashes',
    `
    SELECT m.bundle_id, m.path, m.node, m.format, m.encoding, m.compression, m.status, m.reason, m.size, m.content_size,
      m.sha256, m.content_sha256, m.mode, m.owner, epoch_us(m.mtime) AS mtime_us, m.lines, m.records, m.unparsed_lines,
      epoch_us(m.first_ts) AS first_us, epoch_us(m.last_ts) AS last_us, d.path AS duplicate_of
    FROM member m LEFT JOIN member d ON d.file_id = m.duplicate_of
    ORDER BY m.bundle_id, m.path, m.file_id`,
  );
  return bundles.map((bundle) => ({
    name: nameOnly(bundle.name),
    sha256: bundle.sha256,
    size: numberOrNull(bundle.size),
    complete: bundle.complete !== false,
    problem: withoutFolder(bundle.problem, bundle.path),
    files: members
      .filter((member) => member.bundle_id === bundle.bundle_id)
      .map((member) => toFile(member, bundle.path)),
  }));
}

const toFile = (row: MemberRow, bundlePath: string | null): FileEntry => ({
  path: row.path,
  node: row.node,
  format: row.format,
  encoding: row.encoding,
  compression: row.compression,
  status: row.status,
  reason: withoutFolder(row.reason, bundlePath),
  size: numberOrNull(row.size),
  contentSize: numberOrNull(row.content_size),
  sha256: row.sha256,
  contentSha256: row.content_sha256,
  mode: row.mode === null ? null : (row.mode & 0o7777).toString(8).padStart(4, '0'),
  owner: row.owner,
  mtime: numberOrNull(row.mtime_us),
  lines: number(row.lines),
  records: number(row.records),
  unparsedLines: number(row.unparsed_lines),
  firstTs: numberOrNull(row.first_us),
  lastTs: numberOrNull(row.last_us),
  duplicateOf: row.duplicate_of,
});
