// The time axis: ticks with as much of the time as their step needs, the day where it changes.
import { clock, day, type Precision } from '../format/time.ts';
import { ticks, type Window, xOf } from './scale.ts';

const precisionOf = (step: number): Precision =>
  step >= 60_000_000 ? 'min' : step >= 1_000_000 ? 's' : step >= 1000 ? 'ms' : 'us';

export interface Tick {
  x: number;
  label: string;
}

export function axisTicks(w: Window, width: number): Tick[] {
  const { step, at } = ticks(w, width);
  const precision = precisionOf(step);
  let last = '';
  return at.map((t) => {
    const date = day(t);
    const label =
      step >= 86_400_000_000
        ? date
        : date === last
          ? clock(t, precision)
          : `${date.slice(5)} ${clock(t, precision)}`;
    last = date;
    return { x: xOf(w, width, t), label };
  });
}

export function drawAxis(
  ctx: CanvasRenderingContext2D,
  w: Window,
  width: number,
  top: number,
  height: number,
  colours: { line: string; text: string },
): void {
  ctx.font = '11px system-ui, sans-serif';
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  for (const { x, label } of axisTicks(w, width)) {
    ctx.fillStyle = colours.line;
    ctx.fillRect(Math.round(x), top, 1, height);
    ctx.fillStyle = colours.text;
    ctx.fillText(label, Math.round(x) + 4, top + height / 2);
  }
}
