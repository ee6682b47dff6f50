// Geometry of the time axis: a window of time on a width of pixels. Pure; times in microseconds.

export interface Window {
  readonly from: number;
  readonly to: number;
}

const SHORTEST = 1000; // 1 ms over the whole width is as near as it goes

export const span = (w: Window): number => w.to - w.from;
export const xOf = (w: Window, width: number, ts: number): number => ((ts - w.from) / span(w)) * width;
export const tsOf = (w: Window, width: number, x: number): number => w.from + (x / width) * span(w);

/** Moves a window into the limits without changing its length, unless it is longer than they are. */
export function within(w: Window, limits: Window): Window {
  if (span(w) >= span(limits)) return { from: limits.from, to: limits.to };
  const shift = Math.max(0, limits.from - w.from) - Math.max(0, w.to - limits.to);
  return { from: w.from + shift, to: w.to + shift };
}

/** Zooms so that `ts` stays under the pointer; factor < 1 shows less time. */
export function zoomed(w: Window, factor: number, ts: number, limits: Window): Window {
  const length = Math.min(span(limits), Math.max(SHORTEST, span(w) * factor));
  const share = (ts - w.from) / span(w);
  return within({ from: ts - share * length, to: ts + (1 - share) * length }, limits);
}

export const panned = (w: Window, by: number, limits: Window): Window =>
  within({ from: w.from + by, to: w.to + by }, limits);

/** The extent of the case with a little air; a case of one moment gets a second. */
export function limitsOf(first: number | null, last: number | null): Window | null {
  if (first === null || last === null) return null;
  const air = Math.max(500_000, (last - first) * 0.02);
  return { from: first - air, to: last + air };
}

/** A window that shows a span in its middle with air at both sides. */
export function around(from: number, to: number, limits: Window): Window {
  const air = Math.max(span({ from, to }) * 0.25, 1_000_000);
  return within({ from: from - air, to: to + air }, limits);
}

const S = 1_000_000;
const STEPS = [
  100,
  200,
  500,
  1_000,
  2_000,
  5_000,
  10_000,
  20_000,
  50_000,
  100_000,
  200_000,
  500_000,
  S,
  2 * S,
  5 * S,
  10 * S,
  15 * S,
  30 * S,
  60 * S,
  120 * S,
  300 * S,
  600 * S,
  900 * S,
  1800 * S,
  3600 * S,
  7200 * S,
  10_800 * S,
  21_600 * S,
  43_200 * S,
  86_400 * S,
  172_800 * S,
  604_800 * S,
  2_592_000 * S,
  7_776_000 * S,
  31_536_000 * S,
]; // prettier-ignore

/** Step between ticks so that labels of `room` pixels fit. */
export function tickStep(w: Window, width: number, room: number): number {
  const least = (span(w) * room) / Math.max(1, width);
  return STEPS.find((s) => s >= least) ?? STEPS.at(-1)!;
}

/** Round times inside the window. */
export function ticks(w: Window, width: number, room = 96): { step: number; at: number[] } {
  const step = tickStep(w, width, room);
  const at: number[] = [];
  for (let t = Math.ceil(w.from / step) * step; t < w.to; t += step) at.push(t);
  return { step, at };
}

export interface Run {
  /** First and one after the last column. */
  readonly start: number;
  readonly end: number;
}

/** Runs of at least `least` empty columns: spans where a lane has no data. */
export function emptyRuns(counts: readonly number[], least: number): Run[] {
  const runs: Run[] = [];
  let start = -1;
  for (let i = 0; i <= counts.length; i++) {
    const empty = i < counts.length && counts[i] === 0;
    if (empty && start < 0) start = i;
    if (!empty && start >= 0) {
      if (i - start >= least) runs.push({ start, end: i });
      start = -1;
    }
  }
  return runs;
}

/** The shortest run of columns that holds at least `share` of all counts. */
export function mostOf(counts: readonly number[], share: number): Run {
  const wanted = counts.reduce((a, b) => a + b, 0) * share;
  let best: Run = { start: 0, end: counts.length };
  let start = 0;
  let sum = 0;
  for (let end = 1; end <= counts.length; end++) {
    sum += counts[end - 1]!;
    while (start < end - 1 && sum - counts[start]! >= wanted) sum -= counts[start++]!;
    if (sum >= wanted && end - start < best.end - best.start) best = { start, end };
  }
  return best;
}

/** Strength of a density cell, 0..1: logarithmic, so that one event among a million is still seen. */
export const density = (count: number, most: number): number =>
  count <= 0 ? 0 : 0.22 + 0.78 * (Math.log1p(count) / Math.log1p(Math.max(1, most)));
