// Events over time. A few events with a far-off clock must not squeeze all others into one bar: they are counted beside it.
import { type Asker, type Numeric, number, numberOrNull } from './asker.ts';
import type { Timeline } from './model.ts';

const BUCKETS = 160;
/** Buckets of the first look at the whole range. */
const COARSE = 4096;
/** Share of the events that may lie before, and after, the stretch that is drawn. */
const OUTSIDE = 0.025;

export async function readVolume(ask: Asker): Promise<Pick<Timeline, 'firstTs' | 'lastTs' | 'volume'>> {
  const [range] = await ask.rows<{ first_us: Numeric; last_us: Numeric }>(
    'First and last dated event',
    'SELECT epoch_us(min(ts)) AS first_us, epoch_us(max(ts)) AS last_us FROM events',
  );
  const firstTs = numberOrNull(range?.first_us ?? null);
  const lastTs = numberOrNull(range?.last_us ?? null);
  if (firstTs === null || lastTs === null) return { firstTs: null, lastTs: null, volume: null };
  const { from, to } = await drawnRange(ask, firstTs, lastTs);
  const bucketUs = Math.max(1, Math.ceil((to - from + 1) / BUCKETS));
  const rows = await ask.rows<{ bucket: Numeric; n: Numeric; warnings: Numeric }>(
    'Events over time, and those of level warning and above; -1 and 160 are those before and after',
    `
    SELECT greatest(-1, least(${BUCKETS}, floor((epoch_us(ts) - CAST($1 AS BIGINT)) / CAST($2 AS BIGINT)))) AS bucket,
      count(*) AS n, count(*) FILTER (WHERE level >= 'warning'::log_level) AS warnings
    FROM events
    WHERE ts IS NOT NULL
    GROUP BY bucket
    ORDER BY bucket`,
    [BigInt(from), BigInt(bucketUs)],
  );
  const at = new Map(rows.map((row) => [number(row.bucket), row]));
  const buckets = Array.from({ length: BUCKETS }, (_, i) => at.get(i));
  return {
    firstTs,
    lastTs,
    volume: {
      from,
      to: from + bucketUs * BUCKETS,
      bucketUs,
      events: buckets.map((row) => number(row?.n ?? 0)),
      warnings: buckets.map((row) => number(row?.warnings ?? 0)),
      before: number(at.get(-1)?.n ?? 0),
      after: number(at.get(BUCKETS)?.n ?? 0),
    },
  };
}

/** The whole range, or the stretch that holds all but a few events when that is much shorter. */
async function drawnRange(ask: Asker, first: number, last: number): Promise<{ from: number; to: number }> {
  const stepUs = Math.max(1, Math.ceil((last - first + 1) / COARSE));
  const rows = await ask.rows<{ bucket: Numeric; n: Numeric }>(
    'Where in the range of time the events lie',
    `
    SELECT (epoch_us(ts) - CAST($1 AS BIGINT)) // CAST($2 AS BIGINT) AS bucket, count(*) AS n
    FROM events
    WHERE ts IS NOT NULL
    GROUP BY bucket
    ORDER BY bucket`,
    [BigInt(first), BigInt(stepUs)],
  );
  const counts = rows.map((row) => ({ bucket: number(row.bucket), n: number(row.n) }));
  const allowed = counts.reduce((sum, row) => sum + row.n, 0) * OUTSIDE;
  const low = firstBeyond(counts, allowed);
  const high = firstBeyond([...counts].reverse(), allowed);
  const margin = Math.ceil((high - low + 1) * 0.03);
  const from = Math.max(first, first + (low - margin) * stepUs);
  const to = Math.min(last, first + (high + 1 + margin) * stepUs);
  return to - from < (last - first) / 2 ? { from, to } : { from: first, to: last };
}

function firstBeyond(counts: { bucket: number; n: number }[], allowed: number): number {
  let seen = 0;
  for (const { bucket, n } of counts) {
    seen += n;
    if (seen > allowed) return bucket;
  }
  return counts.at(-1)?.bucket ?? 0;
}
