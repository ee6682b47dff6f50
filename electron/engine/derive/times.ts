// From local time to best time: ts_logged = local time moved to UTC by the zone of its stretch, ts = that moved by the
// node's clock offset.
import type { Bound, Connection } from '../case/database.ts';
import { CaseError } from '../case/errors.ts';
import { isZone } from '../parse/time.ts';

const FIXED = /^([+-])(\d\d):(\d\d)$/;

/** The values a statement is given; `add` answers the name of the next. */
class Values {
  readonly list: Bound[] = [];
  add(value: Bound): string {
    return `$${this.list.push(value)}`;
  }
}

/** The SQL of a local time in `zone` as UTC. Fixed offsets by arithmetic, IANA zones by DuckDB's ICU. */
function toUtc(zone: string, values: Values): string {
  if (zone === 'UTC' || zone === 'Z') return 'ts_wall';
  const fixed = FIXED.exec(zone);
  if (fixed) {
    const minutes = (Number(fixed[2]) * 60 + Number(fixed[3])) * (fixed[1] === '-' ? -1 : 1);
    return `ts_wall - to_minutes(${minutes})`;
  }
  if (!isZone(zone)) {
    throw new CaseError(
      'unknown_zone',
      `'${zone}' is not a time zone. Use an IANA name such as America/New_York, or an offset such as +02:00.`,
      { refusal: 'usage' },
    );
  }
  return `timezone(${values.add(zone)}, ts_wall)::TIMESTAMP`;
}

/** The SQL of a logged time moved by the clock's plan: `offset`, or `offset<moment<offset…`, microseconds. */
function moved(logged: string, plan: string): string {
  const numbers = plan.split('<').map((text) => BigInt(text));
  if (numbers.length === 1) return numbers[0] === 0n ? logged : `${logged} + to_microseconds(${numbers[0]})`;
  const whens: string[] = [];
  for (let i = 0; i + 1 < numbers.length; i += 2)
    whens.push(`WHEN epoch_us(${logged}) < ${numbers[i + 1]} THEN ${numbers[i]}`);
  return `${logged} + to_microseconds(CASE ${whens.join(' ')} ELSE ${numbers.at(-1)} END)`;
}

/** How the zones of a file are laid out: a zone, or a hash of its stretches. What is applied already is left alone. */
const PLANS = `
  SELECT file_id, CASE WHEN count(*) = 1 AND bool_and(component IS NULL AND from_line IS NULL AND to_line IS NULL AND from_wall IS NULL AND to_wall IS NULL)
    THEN any_value(zone) ELSE md5(string_agg(concat_ws('|', component, coalesce(from_line, -1), coalesce(to_line, -1), coalesce(from_wall::VARCHAR, '-'),
      coalesce(to_wall::VARCHAR, '-'), zone, basis), ';' ORDER BY seq)) END AS plan,
    count(*) > 1 OR NOT bool_and(component IS NULL AND from_line IS NULL AND to_line IS NULL AND from_wall IS NULL AND to_wall IS NULL) AS pieces
  FROM zone_span GROUP BY file_id`;

interface Stale {
  plan: string;
  pieces: boolean;
  clock: string;
  files: number[];
}

/** Brings ts_logged, ts and the span of each file up to date; touches only files whose zones or offset are not applied yet. */
export async function applyTimes(connection: Connection): Promise<void> {
  const stale = await connection.rows<Stale>(`
    WITH plan AS (${PLANS})
    SELECT p.plan, p.pieces, n.clock_plan AS clock, list(m.file_id ORDER BY m.file_id) AS files
    FROM member m JOIN plan p ON p.file_id = m.file_id JOIN node n ON n.node = m.node
    WHERE p.plan <> m.applied_zone OR n.clock_plan <> m.applied_clock
    GROUP BY ALL ORDER BY p.plan, clock`);
  for (const { plan, pieces, clock, files } of stale) {
    const list = files.join(', '); // integers
    if (pieces) for (const file of files) await applyPieces(connection, file, clock);
    else {
      const values = new Values();
      const zone = toUtc(plan, values);
      const logged = `CASE WHEN ts_kind IN (2, 3, 5) THEN ${zone} ELSE ts_wall END`;
      await connection.run(
        `UPDATE event_row SET ts_logged = ${logged}, ts = ${moved(logged, clock)}, ts_mark = NULL WHERE file_id IN (${list})`,
        values.list,
      );
    }
    await connection.run(
      `UPDATE member SET first_ts = span.first, last_ts = span.last
       FROM (SELECT file_id, min(ts) AS first, max(ts) AS last FROM event_row WHERE file_id IN (${list}) GROUP BY file_id) AS span
       WHERE span.file_id = member.file_id`,
    );
    await connection.run(
      `UPDATE member SET applied_zone = $1, applied_clock = $2 WHERE file_id IN (${list})`,
      [plan, clock],
    );
  }
}

/** Events whose times are not what their zone and their node's clock make of the time as written; of files with one zone. */
export async function wrongTimes(connection: Connection, most: number): Promise<string[]> {
  const plans = await connection.rows<Stale>(`
    WITH plan AS (${PLANS})
    SELECT p.plan, p.pieces, n.clock_plan AS clock, list(m.file_id ORDER BY m.file_id) AS files
    FROM member m JOIN plan p ON p.file_id = m.file_id JOIN node n ON n.node = m.node
    WHERE NOT p.pieces AND m.records > 0 AND p.plan = m.applied_zone AND n.clock_plan = m.applied_clock
    GROUP BY ALL ORDER BY p.plan, clock`);
  const found: string[] = [];
  for (const { plan, clock, files } of plans) {
    const values = new Values();
    const zone = toUtc(plan, values);
    const logged = `CASE WHEN ts_kind IN (2, 3, 5) THEN ${zone} ELSE ts_wall END`;
    const rows = await connection.rows<{ id: string }>(
      `SELECT event_id::VARCHAR AS id FROM event_row WHERE file_id IN (${files.join(', ')})
         AND (ts_logged IS DISTINCT FROM ${logged} OR ts IS DISTINCT FROM ${moved(logged, clock)}) ORDER BY event_id LIMIT ${most}`,
      values.list,
    );
    found.push(...rows.map((row) => row.id));
  }
  return found;
}

interface Piece {
  component: string | null;
  from_line: number | null;
  to_line: number | null;
  from_us: string | null;
  to_us: string | null;
  zone: string;
  basis: string;
}

/** One file whose lines are in several zones: the first stretch that fits a line holds. */
async function applyPieces(connection: Connection, file: number, clock: string): Promise<void> {
  const pieces = await connection.rows<Piece>(
    `SELECT component, from_line, to_line, epoch_us(from_wall) AS from_us, epoch_us(to_wall) AS to_us, zone, basis
     FROM zone_span WHERE file_id = $1 ORDER BY seq`,
    [file],
  );
  const values = new Values();
  const utc: string[] = [];
  const mark: string[] = [];
  for (const piece of pieces) {
    const fits = ['true'];
    if (piece.component !== null)
      fits.push(
        `kind_id IN (SELECT kind_id FROM event_kind WHERE component = ${values.add(piece.component)})`,
      );
    if (piece.from_line !== null) fits.push(`line >= ${piece.from_line}`);
    if (piece.to_line !== null) fits.push(`line <= ${piece.to_line}`);
    if (piece.from_us !== null) fits.push(`epoch_us(ts_wall) >= ${BigInt(piece.from_us)}`);
    if (piece.to_us !== null) fits.push(`epoch_us(ts_wall) < ${BigInt(piece.to_us)}`);
    const when = fits.join(' AND ');
    utc.push(`WHEN ${when} THEN ${toUtc(piece.zone, values)}`);
    mark.push(`WHEN ${when} THEN ${piece.basis === 'file_zone' ? 1 : 2}`);
  }
  const logged = `CASE WHEN ts_kind IN (2, 3, 5) THEN CASE ${utc.join(' ')} ELSE ts_wall END ELSE ts_wall END`;
  await connection.run(
    `UPDATE event_row SET ts_logged = ${logged}, ts = ${moved(logged, clock)},
       ts_mark = CASE ${mark.join(' ')} END WHERE file_id = ${values.add(file)}`,
    values.list,
  );
  if (!pieces.some((piece) => piece.component !== null)) return;
  // an undated record takes the moment of its dated neighbour, whatever component wrote either
  await connection.run(
    `UPDATE event_row SET ts_logged = found.ts_logged, ts = found.ts, ts_mark = found.ts_mark
     FROM (SELECT u.event_id, coalesce(d.ts_logged, f.ts_logged) AS ts_logged, coalesce(d.ts, f.ts) AS ts, coalesce(d.ts_mark, f.ts_mark) AS ts_mark
           FROM (SELECT event_id FROM event_row WHERE file_id = $1 AND ts_kind = 5) u
           ASOF LEFT JOIN (SELECT event_id, ts_logged, ts, ts_mark FROM event_row WHERE file_id = $1 AND ts_kind IN (2, 3)) d ON u.event_id >= d.event_id
           CROSS JOIN (SELECT arg_min(ts_logged, event_id) AS ts_logged, arg_min(ts, event_id) AS ts, arg_min(ts_mark, event_id) AS ts_mark
                       FROM event_row WHERE file_id = $1 AND ts_kind IN (2, 3)) f) AS found
     WHERE event_row.event_id = found.event_id`,
    [file],
  );
}
