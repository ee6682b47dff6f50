// The bundles of the case: what each was, what became of it, and its members by what became of them.
import type { BundleRow } from '../../../shared/api.ts';
import { MEMBER_STATUSES } from '../../../shared/model.ts';
import type { Connection, Json } from '../case/database.ts';

const number = (value: Json | undefined): number | null =>
  value === null || value === undefined ? null : Number(value);

/** In the order they were added. */
export async function listBundles(connection: Connection): Promise<BundleRow[]> {
  const rows = await connection.rows<Record<string, Json>>(
    `SELECT bundle_id AS "bundleId", name, path, sha256, size, problem, epoch_us(added_at) AS "addedAt", added_by AS "addedBy", tool_version AS "toolVersion",
       state, options
     FROM bundle ORDER BY bundle_id`,
  );
  const counts = await connection.rows<{ bundle: number; status: string; n: string; records: string }>(
    'SELECT bundle_id AS bundle, status, count(*) AS n, sum(records) AS records FROM member GROUP BY ALL',
  );
  return rows.map((row) => {
    const own = counts.filter((c) => c.bundle === row.bundleId);
    return {
      ...(row as unknown as BundleRow),
      size: number(row.size),
      addedAt: number(row.addedAt),
      options: typeof row.options === 'string' ? (JSON.parse(row.options) as BundleRow['options']) : null,
      members: MEMBER_STATUSES.flatMap((status) => {
        const n = own.find((c) => c.status === status)?.n;
        return n === undefined ? [] : [{ status, members: Number(n) }];
      }),
      // the events of a duplicate are those of the file it repeats
      events: own.reduce((sum, c) => sum + (c.status === 'duplicate' ? 0 : Number(c.records)), 0),
    };
  });
}
