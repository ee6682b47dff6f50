// Clock differences from intervals that must overlap.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { intersect } from '../../../electron/engine/derive/clock-offsets.ts';

const s = 1_000_000;

test('bounds that all hold give their overlap', () => {
  expect(
    intersect([
      { low: 419 * s, high: 421 * s },
      { low: 419.5 * s, high: 425 * s },
      { low: 400 * s, high: 420.5 * s },
    ]),
  ).toEqual({
    offsetUs: 420 * s,
    uncertaintyUs: 0.5 * s,
    pairs: 3,
    agreeing: 3,
  });
});

test('one pair that lies does not move the estimate', () => {
  const honest = Array.from({ length: 10 }, (_, i) => ({
    low: 420 * s - i * 1000 - 1,
    high: 420 * s + i * 1000,
  }));
  const estimate = intersect([...honest, { low: -3600 * s, high: -3599 * s }])!;
  expect(estimate.agreeing).toBe(10);
  expect(Math.abs(estimate.offsetUs - 420 * s)).toBeLessThan(1000);
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
        expect(Math.abs(estimate.offsetUs - offset)).toBeLessThanOrEqual(estimate.uncertaintyUs + 1);
      },
    ),
  );
});
