// A browser cannot scroll a list of any length: a list is cut into segments, one of which is scrolled.

export const SEGMENT = 500_000;

export interface Segment {
  readonly index: number;
  readonly count: number;
  readonly start: number;
  readonly rows: number;
}

export function segmentOf(total: number, index: number): Segment {
  const count = Math.max(1, Math.ceil(total / SEGMENT));
  const at = Math.max(0, Math.min(count - 1, index));
  const start = at * SEGMENT;
  return { index: at, count, start, rows: Math.max(0, Math.min(SEGMENT, total - start)) };
}

export const segmentWith = (row: number): number => Math.floor(Math.max(0, row) / SEGMENT);
