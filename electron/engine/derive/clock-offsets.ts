// Clock offsets of the nodes: gathers the pairs that bound them, estimates, chooses the frame of reference, and keeps what
// proves it beside what the responder set by hand.
import { type Connection, timestamp, type Bound as Value } from '../case/database.ts';
import {
  bothSides,
  type Edge,
  halfWidth,
  holds,
  intersect,
  longest,
  middle,
  type Placed,
  proven,
  type Stretch,
  solve,
  stretches,
  WORTH_US,
} from './clock-estimate.ts';
import { clockPairs, PAIR_KINDS, type Pair } from './clock-pairs.ts';

/** Zone-less logs that are off by this or more are in another zone rather than on a wrong clock. */
const ZONE_STEP_US = 30 * 60 * 1_000_000;
/** Without a stated preference, servers that others talk to are the frame of reference. */
const RANK = ['registry', 'master', 'head', 'beat'];

interface NodeRow {
  node: string;
  roles: string[] | null;
  zone_basis: string | null;
  clock_plan: string;
}

interface Compared extends Edge {
  pairs: Pair[];
  /** A whole difference of zones is left to the zone settings. */
  zones: boolean;
}

/** What the evidence says of one node's clock. */
interface Finding {
  offset: number;
  low: number | null;
  high: number | null;
  via: string | null;
  confidence: number | null;
  basis: string | null;
  stretches: Stretch[];
}

/**
 * Rewrites clock_pair and node_clock, and sets `node.clock_offset_us`, its basis and plan. Offsets are relative to the largest
 * group of nodes whose clocks agree. Returns whether any time has to be moved.
 */
export async function settleClockOffsets(connection: Connection): Promise<boolean> {
  const nodes = await connection.rows<NodeRow>(
    'SELECT node, roles, zone_basis, clock_plan FROM node ORDER BY node',
  );
  const edges = compare(await clockPairs(connection), nodes);
  const rank = new Map(
    nodes.map(({ node, roles }) => {
      const at = RANK.findIndex((role) => roles?.includes(role));
      return [node, at === -1 ? RANK.length : at];
    }),
  );
  const placed = solve(
    edges.map((edge) => ({ ...edge, proven: edge.proven && !edge.zones })),
    (node) => rank.get(node) ?? RANK.length,
  );
  await connection.run('DELETE FROM clock_pair');
  await connection.run('DELETE FROM node_clock');
  await writePairs(connection, edges);
  for (const { node } of nodes) {
    const found = finding(node, placed, edges);
    await writeStretches(connection, node, found.stretches);
    await connection.run(
      `UPDATE node SET offset_found_us = $2::BIGINT, offset_found_basis = $3, offset_confidence = $4, offset_low_us = $5::BIGINT,
         offset_high_us = $6::BIGINT, offset_via = $7, clock_plan = $8,
         clock_offset_us = coalesce(offset_set, $2::BIGINT), offset_basis = CASE WHEN offset_set IS NULL THEN $3 ELSE 'set by hand' END
       WHERE node = $1`,
      [
        node,
        String(found.offset),
        found.basis,
        found.confidence,
        found.low === null ? null : String(found.low),
        found.high === null ? null : String(found.high),
        found.via,
        planOf(found),
      ],
    );
  }
  await connection.run(
    'UPDATE node SET clock_plan = offset_set::VARCHAR, offset_confidence = NULL WHERE offset_set IS NOT NULL',
  );
  const after = await connection.rows<{ clock_plan: string }>('SELECT clock_plan FROM node ORDER BY node');
  return after.some((row, i) => row.clock_plan !== nodes[i]!.clock_plan);
}

/** `offset`, or `offset<moment<offset…`: the moments are logged times at which another offset begins. */
function planOf(found: Finding): string {
  if (found.stretches.length < 2) return String(found.offset);
  return found.stretches.map((s, i) => (i === 0 ? '' : `${s.from}<`) + worth(middle(s))).join('<');
}

const worth = (offset: number): number => (Math.abs(offset) >= WORTH_US ? offset : 0);

/** Pairs by the two nodes they are of, with what they say together. */
function compare(pairs: readonly Pair[], nodes: readonly NodeRow[]): Compared[] {
  const known = new Map(nodes.map((row) => [row.node, row.zone_basis !== 'assumed_zone']));
  const byNodes = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const key = `${pair.node}\0${pair.other}`;
    const list = byNodes.get(key);
    if (list) list.push(pair);
    else byNodes.set(key, [pair]);
  }
  return [...byNodes.values()].map((list): Compared => {
    const { node: a, other: b } = list[0]!;
    const least = Math.min(...list.map((pair) => PAIR_KINDS[pair.kind].least));
    const parts = stretches(list, least);
    // several stretches are only given where each of them is proven
    const sure = parts.length > 1 || (parts.length === 1 && proven(parts[0]!, list, least));
    const far = parts.some((s) => Math.abs(middle(s)) > ZONE_STEP_US - WORTH_US);
    return {
      a,
      b,
      pairs: list,
      stretches: parts,
      proven: sure,
      exact: list.some((pair) => PAIR_KINDS[pair.kind].basis === 'exact'),
      zones: far && !(known.get(a) && known.get(b)),
    };
  });
}

const seconds = (us: number): string => `${(us / 1e6).toFixed(3)} s`;
const signed = (us: number): string => `${us < 0 ? '−' : '+'}${seconds(Math.abs(us))}`;

/** What made the pairs, in words, the commonest first. */
function kinds(pairs: readonly Pair[]): string {
  const counts = new Map<string, number>();
  for (const pair of pairs) counts.set(pair.kind, (counts.get(pair.kind) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([kind, n]) => {
      const { words, basis } = PAIR_KINDS[kind as Pair['kind']];
      return `${n === 1 ? '1 ×' : n} ${words}${basis === 'inferred' ? ' (matched by content)' : ''}`;
    })
    .join(', ');
}

const total = (list: readonly Stretch[]) => ({
  pairs: list.reduce((n, s) => n + s.pairs, 0),
  agreeing: list.reduce((n, s) => n + s.agreeing, 0),
});

function finding(node: string, placed: ReadonlyMap<string, Placed>, edges: readonly Compared[]): Finding {
  const nothing: Finding = {
    offset: 0,
    low: null,
    high: null,
    via: null,
    confidence: null,
    basis: null,
    stretches: [],
  };
  const mine = edges.filter((edge) => edge.a === node || edge.b === node);
  const place = placed.get(node);
  if (place?.edge) {
    const edge = mine.find((e) => e === place.edge || (e.a === place.edge!.a && e.b === place.edge!.b))!;
    const { pairs, agreeing } = total(place.stretches);
    const main = longest(place.stretches);
    const offset =
      worth(middle(main)) === 0 || Math.abs(middle(main)) < 2 * halfWidth(main) ? 0 : middle(main);
    const share = Math.round((agreeing / pairs) * 1000) / 1000;
    const what = `${agreeing} of ${pairs} pairs with ${place.via} agree within ±${seconds(halfWidth(main))} (${kinds(edge.pairs)})`;
    const moved =
      place.stretches.length > 1
        ? `; the clock was stepped or drifted: ${place.stretches.map((s) => signed(worth(middle(s)))).join(', then ')}`
        : offset === 0
          ? '; no difference worth correcting'
          : '';
    return {
      offset,
      low: main.low,
      high: main.high,
      via: place.via,
      confidence: share,
      basis: what + moved,
      stretches: place.stretches,
    };
  }
  if (place) return { ...nothing, ...reference(node, placed, mine) };
  return { ...nothing, ...unproven(node, mine) };
}

/** A node of the frame of reference: nothing is added to its times. */
function reference(
  node: string,
  placed: ReadonlyMap<string, Placed>,
  mine: readonly Compared[],
): Partial<Finding> {
  const inFrame = mine.filter((edge) => {
    const other = edge.a === node ? edge.b : edge.a;
    return edge.proven && !edge.zones && placed.get(other)?.edge === null;
  });
  if (inFrame.length > 0) {
    const others = inFrame.map((edge) => (edge.a === node ? edge.b : edge.a));
    const { pairs, agreeing } = total(inFrame.flatMap((edge) => edge.stretches));
    return {
      confidence: Math.round((agreeing / pairs) * 1000) / 1000,
      basis: `agrees with ${others.slice(0, 3).join(', ')}${others.length > 3 ? ` and ${others.length - 3} more` : ''} (${agreeing} of ${pairs} pairs): part of the frame of reference`,
    };
  }
  const others = mine
    .filter((edge) => edge.proven && !edge.zones)
    .map((edge) => (edge.a === node ? edge.b : edge.a));
  return {
    basis: `frame of reference for ${others.slice(0, 3).join(', ')}${others.length > 3 ? ` and ${others.length - 3} more` : ''}; which of the clocks is wrong the logs do not say`,
  };
}

/** What pairs say that prove no offset: a bound from one side, a difference of zones, or too little. */
function unproven(node: string, mine: readonly Compared[]): Partial<Finding> {
  const edge = [...mine].sort(
    (x, y) => y.pairs.length - x.pairs.length || (x.a + x.b < y.a + y.b ? -1 : 1),
  )[0];
  const all = edge && intersect(edge.pairs);
  if (!edge || !all) return {};
  const other = edge.a === node ? edge.b : edge.a;
  const [low, high] = edge.a === node ? [all.low, all.high] : [-all.high, -all.low];
  const n = `${edge.pairs.length} ${edge.pairs.length === 1 ? 'pair' : 'pairs'} with ${other} (${kinds(edge.pairs)})`;
  if (edge.zones && edge.proven) {
    return {
      via: other,
      basis: `${n} put the clocks ${signed(Math.round((low + high) / 2))} apart: a difference of zones rather than of clocks; set the zone of ${node} or ${other}`,
    };
  }
  if (!bothSides(all)) {
    const bound = Number.isFinite(low)
      ? `at least ${signed(low)} would have to be added`
      : `at most ${signed(high)} may be added`;
    return {
      via: other,
      low: Number.isFinite(low) ? low : null,
      high: Number.isFinite(high) ? high : null,
      basis: `not corrected: ${n} bound the difference from one side only (${bound})`,
    };
  }
  return {
    via: other,
    low,
    high,
    basis: `not corrected: ${n}, of which ${all.agreeing} agree, are too few or too much at odds`,
  };
}

async function writePairs(connection: Connection, edges: readonly Compared[]): Promise<void> {
  const rows: Value[][] = [];
  for (const edge of edges) {
    for (const pair of edge.pairs) {
      const part = edge.stretches.find((s) => pair.at >= s.from && pair.at < s.to);
      const limit = (us: number): Value => (Number.isFinite(us) ? BigInt(us) : null);
      rows.push([
        pair.node,
        pair.other,
        pair.kind,
        PAIR_KINDS[pair.kind].basis,
        pair.key.slice(0, 500),
        BigInt(pair.fromEvent),
        BigInt(pair.toEvent),
        limit(pair.low),
        limit(pair.high),
        part !== undefined && holds(part, pair),
      ]);
    }
  }
  const types = [
    'VARCHAR',
    'VARCHAR',
    'VARCHAR',
    'VARCHAR',
    'VARCHAR',
    'BIGINT',
    'BIGINT',
    'BIGINT',
    'BIGINT',
    'BOOLEAN',
  ];
  for (let from = 0; from < rows.length; from += 500) {
    const part = rows.slice(from, from + 500);
    const tuples = part.map(
      (_, i) => `(${types.map((type, c) => `$${i * types.length + c + 1}::${type}`).join(', ')})`,
    );
    await connection.run(`INSERT INTO clock_pair VALUES ${tuples.join(', ')}`, part.flat());
  }
}

async function writeStretches(connection: Connection, node: string, list: readonly Stretch[]): Promise<void> {
  const moment = (us: number): Value => (Number.isFinite(us) ? timestamp(us) : null);
  for (const [seq, s] of list.entries()) {
    await connection.run(
      'INSERT INTO node_clock VALUES ($1, $2, $3::TIMESTAMP, $4::TIMESTAMP, $5, $6, $7, $8, $9)',
      [
        node,
        seq,
        moment(s.from),
        moment(s.to),
        BigInt(worth(middle(s))),
        BigInt(s.low),
        BigInt(s.high),
        s.pairs,
        s.agreeing,
      ],
    );
  }
}
