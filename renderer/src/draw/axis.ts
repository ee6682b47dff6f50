// The time axis: ticks with as much of the time as their step needs, the day where it changes.
import { clock, day, type Precision } from '../format/time.ts';
import { ticks, type Window, xOf } from './scale.ts';

const DAY = 86_400_000_000;

const precisionOf = (step: number): Precision =>
  step >= 60_000_000 ? 'min' : step >= 1_000_000 ? 's' : step >= 1000 ? 'ms' : 'us';

export interface Tick {
  x: number;
  /** With the day where it changes, and without. */
  label: string;
  brief: string;
}

export function axisTicks(w: Window, width: number): Tick[] {
  const { step, at } = ticks(w, width);
  const precision = precisionOf(step);
  let last = '';
  return at.map((t) => {
    const date = day(t);
    const brief = step >= DAY ? date : clock(t, precision);
    const label = step >= DAY || date === last ? brief : `${date.slice(5)} ${brief}`;
    last = date;
    return { x: xOf(w, width, t), label, brief };
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
  const all = axisTicks(w, width);
  all.forEach(({ x, label, brief }, i) => {
    const room = (all[i + 1]?.x ?? width) - x - 8;
    ctx.fillStyle = colours.line;
    ctx.fillRect(Math.round(x), top, 1, height);
    ctx.fillStyle = colours.text;
    const fitting = [label, brief].find((text) => ctx.measureText(text).width <= room);
    if (fitting) ctx.fillText(fitting, Math.round(x) + 4, top + height / 2);
  });
}
