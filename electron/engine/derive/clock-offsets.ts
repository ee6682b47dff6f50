// Clock offsets between nodes, from work that two nodes both logged: a request made inside a Celery task that carries the
// task's id can only have reached the other node between the task's start and end. Each such pair bounds the difference
// of the two clocks from both sides; many pairs narrow it. Source of the idea: reference on Celery section 4 (the
// deployer's User-Agent carries the task id) and RFC 2330 (offset = difference of clocks at a moment).
import type { Connection } from '../case/database.ts';

/** Differences smaller than this are not worth moving evidence for. */
const WORTH_US = 2_000_000;
const MIN_PAIRS = 3;
/** Celery writes milliseconds, cut off. */
const WRITTEN_US = 1000;
/** Zone-less logs that are off by this or a multiple are in another zone rather than on a wrong clock. */
const ZONE_STEP_US = 30 * 60 * 1_000_000;

export interface Bound {
  low: number; // microseconds: offset(node) - offset(other) is at least this
  high: number;
}

export interface Estimate {
  offsetUs: number;
  uncertaintyUs: number;
  pairs: number;
  agreeing: number;
}

/** The offset most bounds agree on: the densest overlap of the intervals, found by sweeping their ends. */
export function intersect(bounds: Bound[]): Estimate | null {
  const ends = bounds
    .filter((b) => b.high >= b.low)
    .flatMap((b) => [
      { at: b.low, step: 1 },
      { at: b.high, step: -1 },
    ])
    .sort((a, b) => a.at - b.at || b.step - a.step);
  let depth = 0;
  let best: { depth: number; low: number; high: number } | null = null;
  for (let i = 0; i < ends.length; i++) {
    depth += ends[i]!.step;
    if (ends[i]!.step === 1 && (!best || depth > best.depth))
      best = { depth, low: ends[i]!.at, high: ends[i + 1]?.at ?? ends[i]!.at };
  }
  if (!best) return null;
  return {
    offsetUs: Math.round((best.low + best.high) / 2),
    uncertaintyUs: Math.round((best.high - best.low) / 2),
    pairs: bounds.length,
    agreeing: best.depth,
  };
}

interface PairRow {
  node: string;
  other: string;
  low: string;
  high: string;
}

/**
 * Sets `node.clock_offset_us` and its basis. Nodes that disagree with the rest are moved; the frame of reference is the
 * largest group of nodes that agree. Returns whether any offset changed.
 */
export async function settleClockOffsets(connection: Connection): Promise<boolean> {
  const before = await connection.rows<{ node: string; clock_offset_us: string }>(
    'SELECT node, clock_offset_us FROM node ORDER BY node',
  );
  const estimates = await estimate(connection);
  for (const { node } of before) {
    const found = estimates.get(node);
    if (found && Math.abs(found.offsetUs) >= Math.max(WORTH_US, found.uncertaintyUs * 2)) {
      const share = found.agreeing / found.pairs;
      await connection.run(
        'UPDATE node SET clock_offset_us = $2, offset_basis = $3, offset_confidence = $4 WHERE node = $1',
        [
          node,
          BigInt(found.offsetUs),
          `${found.agreeing} of ${found.pairs} tasks logged here and on ${found.other} agree within ${(found.uncertaintyUs / 1e6).toFixed(3)} s`,
          Math.round(share * 1000) / 1000,
        ],
      );
    } else {
      await connection.run(
        'UPDATE node SET clock_offset_us = 0, offset_basis = $2, offset_confidence = $3 WHERE node = $1',
        [
          node,
          found
            ? `${found.agreeing} of ${found.pairs} tasks logged here and on ${found.other} show no difference worth correcting`
            : null,
          found ? Math.round((found.agreeing / found.pairs) * 1000) / 1000 : null,
        ],
      );
    }
  }
  await connection.run(
    `UPDATE node SET clock_offset_us = offset_set, offset_basis = 'set by hand', offset_confidence = NULL WHERE offset_set IS NOT NULL`,
  );
  const after = await connection.rows<{ node: string; clock_offset_us: string }>(
    'SELECT node, clock_offset_us FROM node ORDER BY node',
  );
  return after.some((row, i) => row.clock_offset_us !== before[i]!.clock_offset_us);
}

async function estimate(connection: Connection): Promise<Map<string, Estimate & { other: string }>> {
  const any = await connection.row(
    `SELECT 1 AS one FROM entity WHERE kind = 'celery_task' AND role = 'carried' LIMIT 1`,
  );
  if (!any) return new Map();
  const rows = await connection.rows<PairRow>(`
    WITH carried AS (SELECT DISTINCT value FROM entity WHERE kind = 'celery_task' AND role = 'carried'),
    mention AS (
      SELECT n.value AS task, m.node, e.event_id, e.ts_logged, e.system, e.component
      FROM entity n JOIN carried USING (value) JOIN entity_ref r USING (entity_id) JOIN event e ON e.event_id = r.event_id
        JOIN member m ON m.file_id = e.file_id
      WHERE n.kind = 'celery_task' AND e.ts_logged IS NOT NULL AND e.ts_kind NOT IN (4, 5)),
    span AS (
      SELECT task, node, epoch_us(min(ts_logged)) AS started, epoch_us(max(ts_logged)) AS ended
      FROM mention WHERE system = 'celery' GROUP BY ALL HAVING count(DISTINCT event_id) >= 2 AND max(ts_logged) - min(ts_logged) < INTERVAL 1 HOUR),
    seen AS (SELECT task, node, epoch_us(ts_logged) AS at,
        epoch_us(ts_logged) + CASE WHEN epoch_us(ts_logged) % 1000000 = 0 THEN 1000000 ELSE 0 END AS until -- access lines state whole seconds
      FROM mention WHERE system <> 'celery')
    SELECT span.node, seen.node AS other, max(seen.at - span.ended) - ${WRITTEN_US} AS low, min(seen.until - span.started) + ${WRITTEN_US} AS high
    FROM span JOIN seen USING (task) WHERE span.node <> seen.node
    GROUP BY span.node, seen.node, task ORDER BY span.node, seen.node, task`);
  const pairs = new Map<string, { node: string; other: string; bounds: Bound[] }>();
  for (const { node, other, low, high } of rows) {
    const key = `${node}\0${other}`;
    const pair = pairs.get(key) ?? { node, other, bounds: [] };
    pair.bounds.push({ low: Number(low), high: Number(high) });
    pairs.set(key, pair);
  }
  // the node that most others can be compared with is the frame of reference
  const partners = new Map<string, number>();
  for (const { other, bounds } of pairs.values())
    partners.set(other, (partners.get(other) ?? 0) + bounds.length);
  const found = new Map<string, Estimate & { other: string }>();
  for (const { node, other, bounds } of pairs.values()) {
    if (bounds.length < MIN_PAIRS) continue;
    const agreed = intersect(bounds);
    if (!agreed || agreed.agreeing < Math.max(MIN_PAIRS, bounds.length / 2)) continue;
    if (Math.abs(agreed.offsetUs) > ZONE_STEP_US - WORTH_US) continue; // a zone question, left to the zone settings
    const known = found.get(node);
    if (!known || (partners.get(other) ?? 0) > (partners.get(known.other) ?? 0))
      found.set(node, { ...agreed, other });
  }
  return found;
}
