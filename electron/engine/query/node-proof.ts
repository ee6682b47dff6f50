// What the Nodes view shows of one node: what was collected, its zones with the lines that showed them, its clock with the
// pairs of events that prove it, and hints that prove nothing.
import type { Output } from '../../../shared/api.ts';
import type { Connection } from '../case/database.ts';
import { CaseError } from '../case/errors.ts';
import { PAIR_KINDS, type PairKind } from '../derive/clock-pairs.ts';
import { offsetName } from '../derive/zones.ts';
import { MINUTE_US } from '../parse/time.ts';

type NodeProof = Output<'nodes.proof'>;

const FILES = 500;
const STRETCHES = 200;
const EVIDENCE = 200;
const HINT_SLACK_US = 2 * MINUTE_US;

const number = (value: string | number | null): number | null => (value === null ? null : Number(value));

export async function nodeProof(connection: Connection, node: string, pairLimit: number): Promise<NodeProof> {
  const row = await connection.row<{
    zone_found: string | null;
    zone_set: string | null;
    offset_found_us: string | null;
    offset_found_basis: string | null;
    offset_set: string | null;
    offset_low_us: string | null;
    offset_high_us: string | null;
    offset_confidence: number | null;
    offset_via: string | null;
  }>('SELECT * FROM node WHERE node = $1', [node]);
  if (!row) throw new CaseError('no_node', `There is no node ${node} in this case.`, { refusal: 'usage' });
  const clock = await clockOf(connection, node, pairLimit);
  return {
    node,
    collected: await collected(connection, node),
    files: await files(connection, node),
    localEvents: await localEvents(connection, node),
    zone: { found: row.zone_found, set: row.zone_set, ...(await zones(connection, node)) },
    clock: {
      foundUs: number(row.offset_found_us),
      foundBasis: row.offset_found_basis,
      setUs: number(row.offset_set),
      lowUs: number(row.offset_low_us),
      highUs: number(row.offset_high_us),
      confidence: row.offset_confidence,
      via: row.offset_via,
      ...clock,
    },
    hints: await hints(connection, node),
  };
}

async function collected(connection: Connection, node: string): Promise<NodeProof['collected']> {
  const rows = await connection.rows<{
    system: string;
    component: string | null;
    files: string;
    events: string;
    first: string | null;
    last: string | null;
  }>(
    `SELECT e.system, e.component, count(DISTINCT e.file_id) AS files, count(*) AS events, epoch_us(min(e.ts)) AS first, epoch_us(max(e.ts)) AS last
     FROM event e JOIN member m ON m.file_id = e.file_id WHERE m.node = $1 GROUP BY ALL ORDER BY e.system, e.component NULLS LAST`,
    [node],
  );
  return rows.map((r) => ({
    system: r.system,
    component: r.component,
    files: Number(r.files),
    events: Number(r.events),
    firstTs: number(r.first),
    lastTs: number(r.last),
  }));
}

async function files(connection: Connection, node: string): Promise<NodeProof['files']> {
  const rows = await connection.rows<Record<string, string | number | null>>(
    `SELECT file_id, path, format, system, status, records, zone, zone_basis, year_basis, epoch_us(first_ts) AS first, epoch_us(last_ts) AS last
     FROM member WHERE node = $1 ORDER BY file_id LIMIT ${FILES}`,
    [node],
  );
  return rows.map((r) => ({
    fileId: Number(r.file_id),
    path: String(r.path),
    format: r.format as string | null,
    status: String(r.status),
    events: Number(r.records),
    zone: r.zone as string | null,
    zoneBasis: r.zone_basis as string | null,
    firstTs: number(r.first ?? null),
    lastTs: number(r.last ?? null),
  }));
}

async function localEvents(connection: Connection, node: string): Promise<number> {
  const row = await connection.row<{ n: string }>(
    `SELECT count(*) AS n FROM event e JOIN member m ON m.file_id = e.file_id WHERE m.node = $1 AND e.ts_kind IN (2, 3, 5)`,
    [node],
  );
  return Number(row?.n ?? 0);
}

async function zones(
  connection: Connection,
  node: string,
): Promise<Pick<NodeProof['zone'], 'stretches' | 'evidence'>> {
  const stretches = await connection.rows<Record<string, string | number | null>>(
    `SELECT s.zone, s.basis, s.doubt, s.why, s.component, s.from_line, s.to_line, epoch_us(s.from_wall) AS from_wall, epoch_us(s.to_wall) AS to_wall,
       count(*) AS files, min(s.file_id) AS file_id, arg_min(m.path, s.file_id) AS path, min(s.seq) AS seq
     FROM zone_span s JOIN member m ON m.file_id = s.file_id WHERE m.node = $1 AND m.records > 0
     GROUP BY s.zone, s.basis, s.doubt, s.why, s.component, s.from_line, s.to_line, s.from_wall, s.to_wall
     ORDER BY file_id, seq LIMIT ${STRETCHES}`,
    [node],
  );
  const evidence = await connection.rows<Record<string, string | number | null>>(
    `SELECT z.file_id, m.path, z.offset_minutes, z.count, z.first_line, z.last_line, z.first_wall, z.last_wall, z.why, z.writer,
       (SELECT max(e.event_id)::VARCHAR FROM event e WHERE e.file_id = z.file_id AND e.line <= z.first_line) AS first_event,
       (SELECT max(e.event_id)::VARCHAR FROM event e WHERE e.file_id = z.file_id AND e.line <= z.last_line) AS last_event
     FROM zone_evidence z JOIN member m ON m.file_id = z.file_id WHERE m.node = $1 AND m.status <> 'duplicate'
     ORDER BY z.file_id, z.first_line, z.offset_minutes LIMIT ${EVIDENCE}`,
    [node],
  );
  return {
    stretches: stretches.map((r) => ({
      zone: String(r.zone),
      basis: String(r.basis),
      doubt: r.doubt as string | null,
      why: String(r.why),
      component: r.component as string | null,
      fromLine: number(r.from_line ?? null),
      toLine: number(r.to_line ?? null),
      fromWall: number(r.from_wall ?? null),
      toWall: number(r.to_wall ?? null),
      files: Number(r.files),
      fileId: Number(r.file_id),
      path: String(r.path),
    })),
    evidence: evidence.map((r) => ({
      fileId: Number(r.file_id),
      path: String(r.path),
      zone: offsetName(Number(r.offset_minutes)),
      lines: Number(r.count),
      firstLine: Number(r.first_line),
      lastLine: Number(r.last_line),
      firstWall: Number(r.first_wall),
      lastWall: Number(r.last_wall),
      why: String(r.why),
      writer: String(r.writer),
      firstEvent: r.first_event as string | null,
      lastEvent: r.last_event as string | null,
    })),
  };
}

async function clockOf(
  connection: Connection,
  node: string,
  limit: number,
): Promise<Pick<NodeProof['clock'], 'stretches' | 'pairs' | 'pairCount'>> {
  const stretches = await connection.rows<Record<string, string | number | null>>(
    `SELECT epoch_us(from_ts) AS "from", epoch_us(to_ts) AS "to", clock_offset_us AS us, low_us AS low, high_us AS high, pairs, agreeing
     FROM node_clock WHERE node = $1 ORDER BY seq`,
    [node],
  );
  const total = await connection.row<{ n: string }>(
    'SELECT count(*) AS n FROM clock_pair WHERE node = $1 OR other = $1',
    [node],
  );
  // the tightest first: they are what the estimate rests on
  const pairs = await connection.rows<Record<string, string | number | boolean | null>>(
    `WITH mine AS (
       SELECT other, kind, basis, key, from_event, to_event, low_us AS low, high_us AS high, agrees FROM clock_pair WHERE node = $1
       UNION ALL
       SELECT node, kind, basis, key, to_event, from_event, -high_us, -low_us, agrees FROM clock_pair WHERE other = $1)
     SELECT p.*, epoch_us(f.ts_logged) AS from_ts, epoch_us(t.ts_logged) AS to_ts, left(f.message, 200) AS from_message, left(t.message, 200) AS to_message
     FROM (SELECT * FROM mine ORDER BY agrees DESC, coalesce(high - low, 9223372036854775807), kind, key, other LIMIT ${Math.trunc(limit)}) p
       LEFT JOIN event f ON f.event_id = p.from_event LEFT JOIN event t ON t.event_id = p.to_event
     ORDER BY p.agrees DESC, coalesce(p.high - p.low, 9223372036854775807), p.kind, p.key, p.other`,
    [node],
  );
  return {
    stretches: stretches.map((r) => ({
      fromTs: number(r.from ?? null),
      toTs: number(r.to ?? null),
      offsetUs: Number(r.us),
      lowUs: Number(r.low),
      highUs: Number(r.high),
      pairs: Number(r.pairs),
      agreeing: Number(r.agreeing),
    })),
    pairCount: Number(total?.n ?? 0),
    pairs: pairs.map((r) => ({
      other: String(r.other),
      kind: String(r.kind),
      words: PAIR_KINDS[r.kind as PairKind]?.words ?? String(r.kind),
      basis: r.basis as 'exact' | 'inferred',
      key: String(r.key),
      fromEvent: String(r.from_event),
      toEvent: String(r.to_event),
      fromTs: number(r.from_ts as string | null),
      toTs: number(r.to_ts as string | null),
      fromMessage: String(r.from_message ?? ''),
      toMessage: String(r.to_message ?? ''),
      lowUs: number(r.low as string | null),
      highUs: number(r.high as string | null),
      agrees: r.agrees === true,
    })),
  };
}

/**
 * What only hints at a zone and is never applied: a file's time in the archive, where it differs from its last line by whole
 * quarters of an hour.
 */
async function hints(connection: Connection, node: string): Promise<string[]> {
  const rows = await connection.rows<{ path: string; quarters: number; zone: string; n: string }>(
    `SELECT min(path) AS path, round(-gap / 900e6)::INTEGER AS quarters, any_value(zone) AS zone, count(*) AS n
     FROM (SELECT m.path, m.zone, epoch_us(m.mtime) - epoch_us(m.last_wall) AS gap FROM member m
           WHERE m.node = $1 AND m.mtime IS NOT NULL AND m.last_wall IS NOT NULL AND m.zone_basis = 'assumed_zone'
             AND EXISTS (SELECT 1 FROM event e WHERE e.file_id = m.file_id AND e.ts_kind IN (2, 3)))
     WHERE abs(gap - round(gap / 900e6) * 900e6) <= ${HINT_SLACK_US} AND abs(gap) <= 15 * 3600e6
     GROUP BY quarters ORDER BY n DESC, path LIMIT 5`,
    [node],
  );
  return rows.map(({ path, quarters, n }) => {
    const more = Number(n) > 1 ? ` (and ${Number(n) - 1} more)` : '';
    return `${path}${more} was last changed in the archive when its last line would say ${offsetName(quarters * 15)}. That is a hint only: copying sets such times anew, so it is not applied.`;
  });
}
