// Histograms and lanes: DuckDB counts per column of pixels, so that a lane costs the same at any zoom.
import type { Histogram, Lane, Lanes, Lens } from '../../../shared/api.ts';
import type { FindingLevel } from '../../../shared/model.ts';
import { type Connection, timestamp } from '../case/database.ts';
import { Bounds, lensSql } from '../query/lens-sql.ts';

/** Case-wide time range of dated events, `to` exclusive; null for a case without any. */
async function wholeSpan(connection: Connection): Promise<{ from: number; to: number } | null> {
  const row = await connection.row<{ from: string | null; to: string | null }>(
    'SELECT epoch_us(min(ts)) AS "from", epoch_us(max(ts)) + 1 AS "to" FROM event',
  );
  return row?.from ? { from: Number(row.from), to: Number(row.to) } : null;
}

export async function histogram(
  connection: Connection,
  input: { lens: Lens; by: 'level' | 'system' | 'node'; buckets: number },
): Promise<Histogram> {
  const span = await wholeSpan(connection);
  const from = input.lens.from ?? span?.from ?? 0;
  const to = Math.max(from + 1, input.lens.to ?? span?.to ?? from + 1);
  const bucketUs = Math.max(1, Math.ceil((to - from) / input.buckets));
  const size = Math.ceil((to - from) / bucketUs);
  const bounds = new Bounds();
  const where = lensSql({ ...input.lens, from, to }, bounds);
  const rows = await connection.rows<{ key: string | null; bucket: string; n: string }>(
    `SELECT ${input.by}::VARCHAR AS key, (epoch_us(ts) - ${from}) // ${bucketUs} AS bucket, count(*) AS n FROM events WHERE ${where} GROUP BY ALL`,
    bounds.values,
  );
  const undatedBounds = new Bounds();
  const { from: _from, to: _to, ...rest } = input.lens;
  const undated = await connection.row<{ n: string }>(
    `SELECT count(*) AS n FROM events WHERE ts IS NULL AND ${lensSql(rest, undatedBounds)}`,
    undatedBounds.values,
  );
  const keys = [...new Set(rows.map((row) => row.key ?? 'none'))].sort();
  const series = keys.map(() => new Array<number>(size).fill(0));
  const index = new Map(keys.map((key, i) => [key, i]));
  for (const row of rows) {
    const counts = series[index.get(row.key ?? 'none')!]!;
    counts[Number(row.bucket)] = (counts[Number(row.bucket)] ?? 0) + Number(row.n);
  }
  return { from, to, bucketUs, keys, series, undated: Number(undated!.n) };
}

const LANE_KEY = {
  node: 'node',
  system: 'system',
  component: `system || ' · ' || coalesce(component, '-')`,
  node_component: `node || ' · ' || coalesce(component, '-')`,
} as const;

export async function lanes(
  connection: Connection,
  input: { lens: Lens; from: number; to: number; columns: number; by: keyof typeof LANE_KEY },
): Promise<Lanes> {
  const to = Math.max(input.from + 1, input.to);
  const columnUs = Math.max(1, Math.ceil((to - input.from) / input.columns));
  const size = Math.ceil((to - input.from) / columnUs);
  const bounds = new Bounds();
  const where = lensSql({ ...input.lens, from: input.from, to }, bounds);
  const key = LANE_KEY[input.by];
  const cells = await connection.rows<{ key: string; column: string; n: string; errors: string }>(
    `SELECT ${key} AS key, (epoch_us(ts) - ${input.from}) // ${columnUs} AS "column", count(*) AS n, count(*) FILTER (level >= 'warning'::log_level) AS errors
     FROM events WHERE ${where} GROUP BY ALL`,
    bounds.values,
  );
  // lanes stay where they are while the responder zooms: every lane of the case is listed, empty ones too
  const all = await connection.rows<{ key: string; system: string | null; node: string | null; n: string }>(
    `SELECT ${key} AS key, CASE WHEN count(DISTINCT system) = 1 THEN any_value(system) END AS system,
       CASE WHEN count(DISTINCT node) = 1 THEN any_value(node) END AS node, count(*) AS n FROM events GROUP BY ALL ORDER BY key`,
  );
  const offsets = new Map(
    (await connection.rows<{ node: string; us: string }>('SELECT node, clock_offset_us AS us FROM node')).map(
      (row) => [row.node, Number(row.us)],
    ),
  );
  const marks = await connection.rows<{
    key: string;
    findingId: string;
    title: string;
    level: FindingLevel;
    first: string;
    last: string;
  }>(
    `SELECT ${key.replaceAll('system', 'e.system').replaceAll('node', 'e.node').replaceAll('component', 'e.component')} AS key, f.finding_id AS "findingId",
       f.title, f.level, epoch_us(min(e.ts)) AS "first", epoch_us(max(e.ts)) AS "last"
     FROM finding f JOIN finding_event x USING (finding_id) JOIN events e ON e.event_id = x.event_id
     WHERE e.ts >= $1 AND e.ts < $2 GROUP BY ALL ORDER BY "first", f.finding_id`,
    [timestamp(input.from), timestamp(to)],
  );
  const byKey = new Map<string, Lane>();
  for (const lane of all) {
    byKey.set(lane.key, {
      key: lane.key,
      label: lane.key,
      system: lane.system,
      events: 0,
      clockOffsetUs: lane.node ? (offsets.get(lane.node) ?? 0) : null,
      counts: new Array<number>(size).fill(0),
      errors: new Array<number>(size).fill(0),
      findings: [],
    });
  }
  for (const cell of cells) {
    const lane = byKey.get(cell.key)!;
    lane.counts[Number(cell.column)] = Number(cell.n);
    lane.errors[Number(cell.column)] = Number(cell.errors);
    lane.events += Number(cell.n);
  }
  for (const { key: at, findingId, title, level, first, last } of marks) {
    byKey.get(at)?.findings.push({ findingId, title, level, firstTs: Number(first), lastTs: Number(last) });
  }
  return { from: input.from, to, columnUs, lanes: [...byKey.values()] };
}
