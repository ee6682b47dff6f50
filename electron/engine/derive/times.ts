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

/** Brings ts_logged, ts and the span of each file up to date; touches only what differs. */
export async function applyTimes(connection: Connection): Promise<void> {
  const zones = await connection.rows<{ zone: string; files: string[] }>(
    `SELECT zone, list(file_id::VARCHAR ORDER BY file_id) AS files FROM member WHERE records > 0 GROUP BY zone ORDER BY zone`,
  );
  for (const { zone, files } of zones) {
    const { sql, bound } = toUtc(zone);
    const wanted = `CASE WHEN ts_kind IN (2, 3, 5) THEN ${sql} ELSE ts_wall END`;
    await connection.run(
      `UPDATE event SET ts_logged = ${wanted} WHERE file_id IN (SELECT unnest($1::VARCHAR[])::INTEGER) AND ts_logged IS DISTINCT FROM ${wanted}`,
      bound ? [`[${files.join(',')}]`, bound] : [`[${files.join(',')}]`],
    );
  }
  const moved = `e.ts_logged + to_microseconds(n.clock_offset_us)`;
  await connection.run(`
    UPDATE event AS e SET ts = ${moved} FROM member m, node n
    WHERE e.file_id = m.file_id AND n.node = m.node AND e.ts IS DISTINCT FROM ${moved}`);
  await connection.run(`
    UPDATE member SET first_ts = span.first, last_ts = span.last
    FROM (SELECT file_id, min(ts) AS first, max(ts) AS last FROM event GROUP BY file_id) AS span
    WHERE span.file_id = member.file_id`);
}
