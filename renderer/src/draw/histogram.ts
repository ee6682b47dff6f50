// Stacked bars of a histogram over a window of time.
import type { Output } from '../../../shared/api.ts';
import { type Window, xOf } from './scale.ts';

export type HistogramData = Output<'timeline.histogram'>;

const LEVEL_ORDER = ['critical', 'error', 'warning', 'notice', 'info', 'debug', 'trace'];

/** Order of stacking from below: the gravest level on the ground, where small counts can be compared. */
export function stackOrder(by: 'level' | 'system' | 'node', keys: readonly string[]): number[] {
  const rank = (key: string) => (LEVEL_ORDER.indexOf(key) < 0 ? 99 : LEVEL_ORDER.indexOf(key));
  const order = keys.map((_, i) => i);
  return by === 'level' ? order.toSorted((a, b) => rank(keys[a]!) - rank(keys[b]!)) : order;
}

export function totals(h: HistogramData): number[] {
  const n = h.series[0]?.length ?? 0;
  return Array.from({ length: n }, (_, i) => h.series.reduce((sum, s) => sum + (s[i] ?? 0), 0));
}

/** Square root heights: a busy hour does not flatten a quiet one, and zero stays zero. */
export const heightOf = (count: number, most: number, room: number): number =>
  count <= 0 ? 0 : Math.max(1.5, Math.sqrt(count / Math.max(1, most)) * room);

export function drawHistogram(
  ctx: CanvasRenderingContext2D,
  h: HistogramData,
  box: { window: Window; width: number; top: number; height: number },
  order: readonly number[],
  colours: readonly string[],
): void {
  const sums = totals(h);
  const most = Math.max(1, ...sums);
  for (let i = 0; i < sums.length; i++) {
    const sum = sums[i]!;
    if (sum === 0) continue;
    const x0 = xOf(box.window, box.width, h.from + i * h.bucketUs);
    const x1 = xOf(box.window, box.width, h.from + (i + 1) * h.bucketUs);
    if (x1 < 0 || x0 > box.width) continue;
    const left = Math.round(x0);
    const wide = Math.max(1, Math.round(x1) - left - (x1 - x0 > 3 ? 1 : 0));
    const tall = heightOf(sum, most, box.height);
    let y = box.top + box.height;
    for (const k of order) {
      const n = h.series[k]?.[i] ?? 0;
      if (n === 0) continue;
      const part = (n / sum) * tall;
      y -= part;
      ctx.fillStyle = colours[k] ?? '#888';
      ctx.fillRect(left, y, wide, part);
    }
  }
}
