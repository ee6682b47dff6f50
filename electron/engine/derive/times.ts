// From wall clock to best time: ts_logged = wall moved to UTC by the file's zone, ts = ts_logged moved by the node's offset.
import type { Connection } from '../case/database.ts';
import { CaseError } from '../case/errors.ts';
import { isZone } from '../parse/time.ts';

const FIXED = /^([+-])(\d\d):(\d\d)$/;

/** The SQL of a wall time in `zone` as UTC. Fixed offsets by arithmetic, IANA zones by DuckDB's ICU. */
function toUtc(zone: string): { sql: string; bound: string | null } {
  if (zone === 'UTC' || zone === 'Z') return { sql: 'ts_wall', bound: null };
  const fixed = FIXED.exec(zone);
  if (fixed) {
    const minutes = (Number(fixed[2]) * 60 + Number(fixed[3])) * (fixed[1] === '-' ? -1 : 1);
    return { sql: `ts_wall - to_minutes(${minutes})`, bound: null };
  }
  if (!isZone(zone)) {
    throw new CaseError(
      'unknown_zone',
      `'${zone}' is not a time zone. Use an IANA name such as America/New_York, or an offset such as +02:00.`,
      { refusal: 'usage' },
    );
  }
  return { sql: `timezone($2, ts_wall)::TIMESTAMP`, bound: zone };
}

/** Brings ts_logged, ts and the span of each file up to date; touches only files whose zone or offset is not applied yet. */
export async function applyTimes(connection: Connection): Promise<void> {
  const stale = await connection.rows<{ zone: string; offset: string; files: number[] }>(`
    SELECT m.zone, n.clock_offset_us AS "offset", list(m.file_id ORDER BY m.file_id) AS files
    FROM member m JOIN node n ON n.node = m.node
    WHERE m.zone <> m.applied_zone OR n.clock_offset_us <> m.applied_offset_us
    GROUP BY ALL ORDER BY m.zone, "offset"`);
  for (const { zone, offset, files } of stale) {
    const { sql, bound } = toUtc(zone);
    const list = files.join(', '); // integers
    const logged = `CASE WHEN ts_kind IN (2, 3, 5) THEN ${sql} ELSE ts_wall END`;
    await connection.run(
      `UPDATE event SET ts_logged = ${logged}, ts = ${logged} + to_microseconds($1::BIGINT) WHERE file_id IN (${list})`,
      bound ? [offset, bound] : [offset],
    );
    await connection.run(
      `UPDATE member SET applied_zone = zone, applied_offset_us = $1::BIGINT, first_ts = span.first, last_ts = span.last
       FROM (SELECT file_id, min(ts) AS first, max(ts) AS last FROM event WHERE file_id IN (${list}) GROUP BY file_id) AS span
       WHERE span.file_id = member.file_id`,
      [offset],
    );
    await connection.run(
      `UPDATE member SET applied_zone = zone, applied_offset_us = $1::BIGINT WHERE file_id IN (${list})`,
      [offset],
    );
  }
}
