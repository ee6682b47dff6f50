// The difference of clocks from pairs that bound it: pure arithmetic, no database. Microseconds throughout.
// offset = what is added to the logged times of a node; difference of a pair = offset(node) - offset(other).
// Source of the idea: RFC 2330 (offset is the difference of clocks at a moment, skew its rate); many bounds narrow it.

/** One pair of observations. A side that nothing bounds is infinite. */
export interface Bound {
  low: number;
  high: number;
  /** When it was observed, by the clock of `node`: tells a clock that was stepped or drifts. */
  at: number;
}

export interface Estimate {
  low: number;
  high: number;
  pairs: number;
  agreeing: number;
}

/** Differences smaller than this are not worth moving evidence for. */
export const WORTH_US = 2_000_000;
/** Where so many pairs agree the clock kept its difference all the time. */
const MOSTLY = 0.8;
const MOST_PARTS = 200;
const WIDEN_US = 250_000;

/** The difference most bounds agree on: the densest overlap of the intervals, found by sweeping their ends. */
export function intersect(bounds: readonly Pick<Bound, 'low' | 'high'>[]): Estimate | null {
  const ends = bounds
    .filter((b) => b.high >= b.low)
    .flatMap((b) => [
      { at: b.low, step: 1 },
      { at: b.high, step: -1 },
    ])
    .sort((a, b) => (a.at === b.at ? b.step - a.step : a.at < b.at ? -1 : 1));
  let depth = 0;
  let best: { depth: number; low: number; high: number } | null = null;
  for (let i = 0; i < ends.length; i++) {
    depth += ends[i]!.step;
    if (ends[i]!.step === 1 && (!best || depth > best.depth))
      best = { depth, low: ends[i]!.at, high: ends[i + 1]?.at ?? ends[i]!.at };
  }
  return best && { low: best.low, high: best.high, pairs: bounds.length, agreeing: best.depth };
}

export const middle = (e: Pick<Estimate, 'low' | 'high'>): number => Math.round((e.low + e.high) / 2);
export const halfWidth = (e: Pick<Estimate, 'low' | 'high'>): number => Math.round((e.high - e.low) / 2);
export const bothSides = (e: Pick<Estimate, 'low' | 'high'>): boolean =>
  Number.isFinite(e.low) && Number.isFinite(e.high);
export const holds = (e: Pick<Estimate, 'low' | 'high'>, b: Pick<Bound, 'low' | 'high'>): boolean =>
  b.low <= e.high && b.high >= e.low;

/** True when enough pairs hold the estimate from below as well as from above, and most agree. */
export function proven(e: Estimate, bounds: readonly Bound[], least: number): boolean {
  if (!bothSides(e) || e.agreeing < Math.max(least, bounds.length / 2)) return false;
  const below = bounds.filter((b) => Number.isFinite(b.low) && holds(e, b)).length;
  const above = bounds.filter((b) => Number.isFinite(b.high) && holds(e, b)).length;
  return below >= least && above >= least;
}

/** A stretch of time with one difference. `from` and `to` by the clock of `node`, infinite at the ends. */
export interface Stretch extends Estimate {
  from: number;
  to: number;
}

/**
 * The difference over time. A clock that was stepped, or that drifts, shows as pairs that agree before a moment and after it
 * but not with each other: then each part gets its own estimate.
 */
export function stretches(bounds: readonly Bound[], least: number): Stretch[] {
  const sorted = [...bounds].sort((a, b) => a.at - b.at);
  const all = intersect(sorted);
  if (!all) return [];
  const [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const undivided = [{ ...all, from, to }];
  if (all.agreeing >= all.pairs * MOSTLY) return undivided;
  const parts = runsThatAgree(sorted, least);
  if (parts.length < 2 || parts.length > MOST_PARTS) return undivided;
  const found: Stretch[] = [];
  for (const [i, part] of parts.entries()) {
    const estimate = intersect(part);
    if (!estimate || !proven(estimate, part, least)) return undivided;
    const before = parts[i - 1]?.at(-1)?.at;
    const after = parts[i + 1]?.[0]?.at;
    found.push({
      ...estimate,
      from: before === undefined ? from : between(before, part[0]!.at),
      to: after === undefined ? to : between(part.at(-1)!.at, after),
    });
  }
  const offsets = found.map(middle);
  return Math.max(...offsets) - Math.min(...offsets) < WORTH_US ? undivided : found;
}

const between = (a: number, b: number): number => Math.round((a + b) / 2);

/**
 * Cuts pairs in the order of time where those that follow no longer agree with those before, but with each other. A pair that
 * neither side agrees with stays where it is, as one that is at odds. Bounds are widened: a drift that is not worth a
 * correction makes no cut.
 */
function runsThatAgree(sorted: readonly Bound[], least: number): Bound[][] {
  const parts: Bound[][] = [];
  let part: Bound[] = [];
  let odd: Bound[] = [];
  let common = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  for (const { low, high, at } of sorted) {
    const b = { low: low - WIDEN_US, high: high + WIDEN_US, at };
    if (b.low > b.high) continue;
    if (holds(common, b)) {
      common = { low: Math.max(common.low, b.low), high: Math.min(common.high, b.high) };
      part.push(...odd, b);
      odd = [];
      continue;
    }
    odd.push(b);
    const shared = intersect(odd);
    if (odd.length < Math.max(2, least) || shared?.agreeing !== odd.length) continue;
    parts.push(part);
    part = odd;
    common = { low: shared.low, high: shared.high };
    odd = [];
  }
  part.push(...odd);
  parts.push(part);
  return parts.filter((list) => list.length > 0);
}

/** What is known of two nodes' clocks. `a` and `b` in the order of their names. */
export interface Edge {
  a: string;
  b: string;
  stretches: Stretch[];
  /** Both sides bounded by enough pairs that agree. */
  proven: boolean;
  /** Some of its pairs share an id; else they are matched by content, and a sharper estimate of that kind is not preferred. */
  exact: boolean;
}

export interface Placed {
  /** Node of the frame of reference this one was compared with, '' for those of the frame. */
  via: string;
  edge: Edge | null;
  stretches: Stretch[]; // offsets of the node
}

/**
 * Offsets of all nodes that can be compared, per connected group of nodes. The frame of reference is the largest set of nodes
 * whose clocks agree with each other; of sets of one size the one with most pairs. `rank`: lower wins what is left equal.
 */
export function solve(edges: readonly Edge[], rank: (node: string) => number): Map<string, Placed> {
  const used = edges.filter((edge) => edge.proven);
  const nodes = [...new Set(used.flatMap((edge) => [edge.a, edge.b]))].sort();
  const agreeing = classes(
    nodes,
    used.filter((edge) => edge.stretches.every(near)),
  );
  const placed = new Map<string, Placed>();
  for (const group of classes(nodes, used)) {
    const frames = agreeing.filter((frame) => group.includes(frame[0]!));
    const weight = (frame: string[]) =>
      used
        .filter((edge) => frame.includes(edge.a) || frame.includes(edge.b))
        .reduce((sum, edge) => sum + edge.stretches.reduce((n, s) => n + s.agreeing, 0), 0);
    const neighbours = (frame: string[]) =>
      new Set(
        used
          .filter((edge) => frame.includes(edge.a) !== frame.includes(edge.b))
          .map((edge) => (frame.includes(edge.a) ? edge.b : edge.a)),
      ).size;
    const best = (frame: string[]) => Math.min(...frame.map(rank));
    frames.sort(
      (x, y) =>
        y.length - x.length ||
        neighbours(y) - neighbours(x) ||
        weight(y) - weight(x) ||
        best(x) - best(y) ||
        (x[0]! < y[0]! ? -1 : 1),
    );
    for (const node of frames[0]!) placed.set(node, { via: '', edge: null, stretches: [] });
    spread(group, used, placed);
  }
  return placed;
}

const near = (s: Stretch): boolean => Math.abs(middle(s)) < Math.max(WORTH_US, 2 * halfWidth(s));

/** Outwards from the frame, the surest comparison first. */
function spread(group: readonly string[], edges: readonly Edge[], placed: Map<string, Placed>): void {
  for (;;) {
    let best: { node: string; via: string; edge: Edge; stretches: Stretch[]; width: number } | null = null;
    for (const edge of edges) {
      if (!group.includes(edge.a) || placed.has(edge.a) === placed.has(edge.b)) continue;
      const [node, via] = placed.has(edge.b) ? [edge.a, edge.b] : [edge.b, edge.a];
      const known = placed.get(via)!;
      // a difference to a clock that changes itself is only taken for its longest stretch
      const base = known.stretches.length === 0 ? null : longest(known.stretches);
      const own = edge.stretches.map((s): Stretch => {
        const [low, high] = node === edge.a ? [s.low, s.high] : [-s.high, -s.low];
        return { ...s, low: low + (base ? base.low : 0), high: high + (base ? base.high : 0) };
      });
      const width = Math.max(...own.map(halfWidth)) + (edge.exact ? 0 : WORTH_US);
      if (!best || width < best.width || (width === best.width && node < best.node))
        best = { node, via, edge, stretches: own, width };
    }
    if (!best) return;
    placed.set(best.node, { via: best.via, edge: best.edge, stretches: best.stretches });
  }
}

export function longest(list: readonly Stretch[]): Stretch {
  return list.reduce((a, b) => (b.agreeing > a.agreeing ? b : a));
}

/** Sets of nodes that the edges connect, each in the order of its names. */
function classes(nodes: readonly string[], edges: readonly Edge[]): string[][] {
  const root = new Map(nodes.map((node) => [node, node]));
  const find = (node: string): string => {
    let at = node;
    while (root.get(at) !== at) at = root.get(at)!;
    return at;
  };
  for (const edge of edges) {
    const [x, y] = [find(edge.a), find(edge.b)];
    if (x !== y) root.set(x < y ? y : x, x < y ? x : y);
  }
  const sets = new Map<string, string[]>();
  for (const node of nodes) sets.set(find(node), [...(sets.get(find(node)) ?? []), node]);
  return [...sets.values()];
}
