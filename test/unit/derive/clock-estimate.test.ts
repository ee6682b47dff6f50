// Clock differences from intervals that must overlap: one clock, clocks that were stepped, many clocks.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Bound,
  type Edge,
  halfWidth,
  intersect,
  middle,
  proven,
  type Stretch,
  solve,
  stretches,
} from '../../../electron/engine/derive/clock-estimate.ts';
import { together } from '../../../electron/engine/derive/clock-pairs.ts';

const s = 1_000_000;
const INF = Number.POSITIVE_INFINITY;

test('bounds that all hold give their overlap', () => {
  const estimate = intersect([
    { low: 419 * s, high: 421 * s },
    { low: 419.5 * s, high: 425 * s },
    { low: 400 * s, high: 420.5 * s },
  ])!;
  expect([middle(estimate), halfWidth(estimate), estimate.agreeing]).toEqual([420 * s, 0.5 * s, 3]);
});

test('one pair that lies does not move the estimate', () => {
  const honest = Array.from({ length: 10 }, (_, i) => ({
    low: 420 * s - i * 1000 - 1,
    high: 420 * s + i * 1000,
  }));
  const estimate = intersect([...honest, { low: -3600 * s, high: -3599 * s }])!;
  expect(estimate.agreeing).toBe(10);
  expect(Math.abs(middle(estimate) - 420 * s)).toBeLessThan(1000);
});

test('no bounds, or only impossible ones, give no estimate', () => {
  expect(intersect([])).toBeNull();
  expect(intersect([{ low: 5, high: 4 }])).toBeNull();
});

test('the true offset lies within the uncertainty whenever every bound holds', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e9, max: 1e9 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 5e6 }), fc.integer({ min: 0, max: 5e6 })), {
        minLength: 1,
        maxLength: 60,
      }),
      (offset, slack) => {
        const estimate = intersect(
          slack.map(([before, after]) => ({ low: offset - before, high: offset + after })),
        )!;
        expect(estimate.agreeing).toBe(slack.length);
        expect(Math.abs(middle(estimate) - offset)).toBeLessThanOrEqual(halfWidth(estimate) + 1);
      },
    ),
  );
});

test('evidence from one side is a bound, never an offset, however much of it there is', () => {
  const bounds: Bound[] = Array.from({ length: 50 }, (_, i) => ({ low: -INF, high: 420 * s + i, at: i }));
  expect(proven(intersect(bounds)!, bounds, 2)).toBe(false);
  const back: Bound[] = [0, 1].map((i) => ({ low: 419 * s, high: INF, at: i }));
  const both = [...bounds, ...back];
  expect(proven(intersect(both)!, both, 2)).toBe(true);
});

test('a clock that was stepped gets an estimate before and one after', () => {
  const bounds: Bound[] = Array.from({ length: 40 }, (_, i) => {
    const offset = i < 25 ? 420 * s : 0;
    return { low: offset - s / 2, high: offset + s / 2, at: i * 60 * s };
  });
  const found = stretches(bounds, 2);
  expect(found.map((part) => middle(part))).toEqual([420 * s, 0]);
  expect(found[0]!.to).toBeGreaterThan(24 * 60 * s);
  expect(found[0]!.to).toBeLessThanOrEqual(25 * 60 * s);
});

test('a clock that drifts by two minutes is followed in steps', () => {
  const bounds: Bound[] = Array.from({ length: 200 }, (_, i) => {
    const offset = (i * 120 * s) / 200;
    return { low: offset - s, high: offset + s, at: i * 60 * s };
  });
  const found = stretches(bounds, 2);
  expect(found.length).toBeGreaterThan(3);
  for (const [i, bound] of bounds.entries()) {
    const part = found.find((p) => bound.at >= p.from && bound.at < p.to)!;
    expect(Math.abs(middle(part) - (i * 120 * s) / 200)).toBeLessThan(10 * s);
  }
});

const edge = (a: string, b: string, offset: number, agreeing = 10): Edge => {
  const part: Stretch = {
    low: offset - 1000,
    high: offset + 1000,
    pairs: agreeing,
    agreeing,
    from: -INF,
    to: INF,
  };
  return { a, b, stretches: [part], proven: true, exact: true };
};

test('the largest set of nodes that agree is the frame of reference, also through a chain', () => {
  const placed = solve([edge('a', 'b', 420 * s), edge('b', 'c', 0), edge('c', 'd', 100)], () => 0);
  expect(['b', 'c', 'd'].map((node) => placed.get(node)!.edge)).toEqual([null, null, null]);
  expect(middle(placed.get('a')!.stretches[0]!)).toBe(420 * s);
  expect(placed.get('a')!.via).toBe('b');
});

test('a node that only a wrong clock was compared with is placed over it', () => {
  const placed = solve([edge('m', 'n', 0), edge('n', 'w', -420 * s), edge('w', 'z', -60 * s)], () => 0);
  expect(middle(placed.get('w')!.stretches[0]!)).toBe(420 * s);
  expect(middle(placed.get('z')!.stretches[0]!)).toBe(480 * s);
});

test('of two lone clocks the one that others depend on stays, else the first by name', () => {
  expect(solve([edge('a', 'b', 60 * s)], (node) => (node === 'b' ? 0 : 1)).get('b')!.edge).toBeNull();
  expect(solve([edge('a', 'b', 60 * s)], () => 0).get('a')!.edge).toBeNull();
});

test('two directions of one matter make one pair with both bounds, as precise as the times are written', () => {
  const order = (before: string, us: number, after: string, afterUs: number) => ({
    kind: 'mesos_status' as const,
    key: 'u',
    before_node: before,
    before_event: '1',
    before_us: String(us),
    after_node: after,
    after_event: '2',
    after_us: String(afterUs),
    slack_us: '0',
  });
  const [pair, ...more] = together([
    order('agent', 10_000_001, 'master', 12_000_003),
    order('master', 12_500_001, 'agent', 11_000_000),
  ]);
  expect(more).toEqual([]);
  // agent before master: offset(agent) - offset(master) <= 2.000002 s; back, to whole seconds: >= 0.500001 s
  expect(pair).toMatchObject({ node: 'agent', other: 'master', high: 2_000_003, low: 500_001 });
});
