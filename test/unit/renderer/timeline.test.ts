// Geometry of the timeline: windows, ticks, gaps.
import { describe, expect, test } from 'vitest';
import { stackOrder } from '../../../renderer/src/draw/histogram.ts';
import {
  around,
  density,
  emptyRuns,
  limitsOf,
  mostOf,
  panned,
  span,
  ticks,
  tsOf,
  within,
  xOf,
  zoomed,
} from '../../../renderer/src/draw/scale.ts';
import { segmentOf, segmentWith } from '../../../renderer/src/views/events/segment.ts';

const limits = { from: 0, to: 1_000_000_000 };

describe('a window of time', () => {
  test('a pixel and its time lead to each other', () => {
    const w = { from: 1000, to: 3000 };
    expect(xOf(w, 500, 2000)).toBe(250);
    expect(tsOf(w, 500, 250)).toBe(2000);
  });
  test('zooming keeps the time under the pointer where it is', () => {
    const w = { from: 200_000_000, to: 600_000_000 };
    const ts = 300_000_000;
    const nearer = zoomed(w, 0.5, ts, limits);
    expect(span(nearer)).toBe(200_000_000);
    expect(xOf(nearer, 1000, ts)).toBeCloseTo(xOf(w, 1000, ts));
  });
  test('zooming out ends at the limits', () => {
    expect(zoomed({ from: 10, to: 20 }, 1e12, 15, limits)).toEqual(limits);
  });
  test('zooming in ends at a millisecond', () => {
    expect(span(zoomed({ from: 0, to: 10_000 }, 1e-9, 5000, limits))).toBe(1000);
  });
  test('panning stops at the limits and keeps its length', () => {
    const w = { from: 100, to: 300 };
    expect(panned(w, -500, limits)).toEqual({ from: 0, to: 200 });
    expect(span(panned(w, 5e12, limits))).toBe(200);
  });
  test('a window longer than the limits becomes the limits', () => {
    expect(within({ from: -5, to: 5e12 }, limits)).toEqual(limits);
  });
  test('a span is shown with air around it', () => {
    const w = around(400_000_000, 500_000_000, limits);
    expect(w.from).toBeLessThan(400_000_000);
    expect(w.to).toBeGreaterThan(500_000_000);
  });
  test('a case of one moment still has a width', () => {
    const one = limitsOf(5_000_000, 5_000_000)!;
    expect(span(one)).toBe(1_000_000);
    expect(limitsOf(null, null)).toBeNull();
  });
});

describe('ticks', () => {
  test('stand at round times inside the window and leave room for their labels', () => {
    const w = { from: 1_763_647_351_000_000, to: 1_763_650_951_000_000 };
    const { step, at } = ticks(w, 1000, 96);
    expect(step).toBe(600_000_000);
    expect(at.every((t) => t % step === 0 && t >= w.from && t < w.to)).toBe(true);
    expect(at).toHaveLength(6);
  });
});

describe('columns', () => {
  test('runs without data are found, short pauses are not', () => {
    expect(emptyRuns([1, 0, 0, 0, 1, 0, 1, 0, 0], 2)).toEqual([
      { start: 1, end: 4 },
      { start: 7, end: 9 },
    ]);
  });
  test('one event among a million is still drawn', () => {
    expect(density(0, 1_000_000)).toBe(0);
    expect(density(1, 1_000_000)).toBeGreaterThan(0.2);
    expect(density(1_000_000, 1_000_000)).toBe(1);
  });
  test('the shortest run with most of the events leaves outliers out', () => {
    expect(mostOf([1, 0, 0, 50, 48, 0, 0, 1], 0.95)).toEqual({ start: 3, end: 5 });
    expect(mostOf([0, 0], 0.95).end).toBeGreaterThan(0);
  });
  test('the gravest level stands on the ground of a bar', () => {
    const keys = ['debug', 'error', 'info', 'none'];
    expect(stackOrder('level', keys).map((i) => keys[i])).toEqual(['error', 'info', 'debug', 'none']);
  });
});

describe('segments of a long list', () => {
  test('a list longer than a browser can scroll is cut', () => {
    expect(segmentOf(1_200_000, 2)).toEqual({ index: 2, count: 3, start: 1_000_000, rows: 200_000 });
    expect(segmentWith(999_999)).toBe(1);
  });
  test('an empty list has one empty segment', () => {
    expect(segmentOf(0, 3)).toEqual({ index: 0, count: 1, start: 0, rows: 0 });
  });
});
