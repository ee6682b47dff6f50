// The ledger as verification reads it: bundles, and members in the order they were read in.
import type { Connection } from '../case/database.ts';
import { placesAreNumbers } from './numbers.ts';

export interface LedgerBundle {
  bundleId: number;
  name: string;
  path: string | null;
  sha256: string | null;
  size: number;
  complete: boolean;
  problem: string | null;
  toolVersion: string | null;
  state: string;
  /** JSON: limits and what else the ingest was begun with. */
  options: string | null;
}

export interface LedgerMember {
  fileId: number;
  bundleId: number;
  bundle: string;
  path: string;
  sha256: string | null;
  contentSha256: string | null;
  size: number;
  contentSize: number | null;
  compression: string | null;
  status: string;
  records: number;
  mtimeUs: number | null;
  mode: number | null;
  owner: string | null;
}

export async function readBundles(connection: Connection): Promise<LedgerBundle[]> {
  const rows = await connection.rows<Record<string, unknown>>(
    `SELECT bundle_id AS "bundleId", name, path, sha256, coalesce(size, 0) AS size, coalesce(complete, false) AS complete, problem,
       tool_version AS "toolVersion", state, options FROM bundle ORDER BY bundle_id`,
  );
  return placesAreNumbers<LedgerBundle>(rows, ['bundleId', 'size']);
}

export async function readMembers(connection: Connection): Promise<LedgerMember[]> {
  const rows = await connection.rows<Record<string, unknown>>(
    `SELECT m.file_id AS "fileId", m.bundle_id AS "bundleId", coalesce(b.name, '?') AS bundle, m.path, m.sha256, m.content_sha256 AS "contentSha256",
       coalesce(m.size, 0) AS size, m.content_size AS "contentSize", m.compression, m.status, coalesce(m.records, 0) AS records,
       epoch_us(m.mtime) AS "mtimeUs", m.mode, m.owner
     FROM member m LEFT JOIN bundle b USING (bundle_id) ORDER BY m.file_id`,
  );
  return placesAreNumbers<LedgerMember>(rows, [
    'fileId',
    'bundleId',
    'size',
    'contentSize',
    'records',
    'mtimeUs',
    'mode',
  ]);
}
