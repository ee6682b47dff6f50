// Years that a file did not state and that turned out wrong: by a later line, by the time of the file, or because an older
// piece of a rotated set would be younger than the piece after it.
import type { Connection } from '../case/database.ts';

/** `syslog.3.gz` is piece 3 of `syslog`; the piece without a number is the youngest. */
const PIECE = /^(.*?)(?:\.(\d{1,3}))?(?:\.(?:gz|zst|bz2|xz))?$/;
const DAY_US = 86_400_000_000;
const MOST_YEARS = 30;

interface Fix {
  file_id: number;
  before_line: number;
  years: number;
}

/** Moves `ts_wall` of the lines concerned; what was applied of their zone is applied anew afterwards. */
export async function settleYears(connection: Connection): Promise<void> {
  const fixes = await connection.rows<Fix>('SELECT * FROM year_fix ORDER BY file_id, before_line, years');
  for (const fix of fixes) await move(connection, fix);
  if (fixes.length > 0) await connection.run('DELETE FROM year_fix');
  for (const fix of await piecesOutOfOrder(connection)) await move(connection, fix);
}

async function move(connection: Connection, { file_id, before_line, years }: Fix): Promise<void> {
  await connection.run(
    `UPDATE event_row SET ts_wall = ts_wall + to_years($3::INTEGER) WHERE file_id = $1 AND line < $2 AND ts_kind IN (3, 5)`,
    [file_id, before_line, years],
  );
  await connection.run(
    `UPDATE zone_evidence SET first_wall = epoch_us(make_timestamp(first_wall) + to_years($3::INTEGER)),
       last_wall = epoch_us(make_timestamp(last_wall) + to_years($3::INTEGER)) WHERE file_id = $1 AND last_line < $2`,
    [file_id, before_line, years],
  );
  await connection.run(
    `UPDATE member SET applied_zone = '', first_wall = span.first, last_wall = span.last
     FROM (SELECT min(ts_wall) AS first, max(ts_wall) AS last FROM event WHERE file_id = $1) AS span WHERE file_id = $1`,
    [file_id],
  );
}

/** Rotated pieces whose year rests on the time of the file alone: an older one must end before the next begins. */
async function piecesOutOfOrder(connection: Connection): Promise<Fix[]> {
  const files = await connection.rows<{
    file_id: number;
    node: string;
    path: string;
    first: string;
    last: string;
  }>(
    `SELECT file_id, node, path, epoch_us(first_wall) AS first, epoch_us(last_wall) AS last FROM member
     WHERE year_basis = 'mtime' AND first_wall IS NOT NULL AND status <> 'duplicate' ORDER BY file_id`,
  );
  const sets = new Map<string, { number: number; file: (typeof files)[number] }[]>();
  for (const file of files) {
    const m = PIECE.exec(file.path)!;
    const key = `${file.node}\n${m[1]}`;
    sets.set(key, [...(sets.get(key) ?? []), { number: m[2] === undefined ? -1 : Number(m[2]), file }]);
  }
  const fixes: Fix[] = [];
  for (const set of sets.values()) {
    let bound = Number.POSITIVE_INFINITY;
    for (const { file } of set.sort((a, b) => a.number - b.number)) {
      let [first, last] = [Number(file.first), Number(file.last)];
      let years = 0;
      while (last > bound + DAY_US && years > -MOST_YEARS) {
        years--;
        [first, last] = [first - 365.25 * DAY_US, last - 365.25 * DAY_US];
      }
      if (years < 0) fixes.push({ file_id: file.file_id, before_line: 2 ** 31 - 1, years });
      bound = first;
    }
  }
  return fixes;
}
