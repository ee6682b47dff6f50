// Draws the swimlanes: density strips with the share of errors, hatching where nothing was collected, findings.
import type { Lane, Lanes } from '../../../shared/api.ts';
import type { FindingLevel } from '../../../shared/model.ts';
import { density, emptyRuns, span, type Window, xOf } from './scale.ts';

export const LANE_HEIGHT = 34;
const STRIP_TOP = 13;
const STRIP = 17;

export interface LaneColours {
  strip: string;
  error: string;
  line: string;
  hatch: string;
  selected: string;
  levels: Record<FindingLevel, string>;
  ground: string;
}

export interface LanePicture {
  lanes: Lanes;
  shown: readonly Lane[];
  whole: Lanes | null;
  window: Window;
  width: number;
  stripOf(lane: Lane): string;
  colours: LaneColours;
  chosenFinding: string | null;
  focused: number;
}

function hatch(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  w: number,
  h: number,
  colour: string,
): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, w, h);
  ctx.clip();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (let i = Math.floor((x - h) / 6) * 6; i < x + w; i += 6) {
    ctx.moveTo(i, y + h);
    ctx.lineTo(i + h, y);
  }
  ctx.stroke();
  ctx.restore();
}

/** A diamond whose size and fill grow with the level, so that shape tells it as well as colour. */
export function diamond(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  level: FindingLevel,
  colour: string,
  ground: string,
): void {
  const r = level === 'critical' ? 7 : level === 'high' ? 6 : level === 'medium' ? 5.5 : 4.5;
  const hollow = level === 'low' || level === 'informational';
  const path = (size: number) => {
    ctx.beginPath();
    ctx.moveTo(x, y - size);
    ctx.lineTo(x + size, y);
    ctx.lineTo(x, y + size);
    ctx.lineTo(x - size, y);
    ctx.closePath();
  };
  path(r + 1.5);
  ctx.fillStyle = ground;
  ctx.fill();
  path(r);
  ctx.fillStyle = hollow ? ground : colour;
  ctx.fill();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5;
  ctx.stroke();
  if (level === 'critical') {
    path(r - 4);
    ctx.fillStyle = ground;
    ctx.fill();
  }
}

function drawStrip(ctx: CanvasRenderingContext2D, p: LanePicture, lane: Lane, top: number): void {
  const { lanes, window, width, colours } = p;
  const most = Math.max(1, ...lane.counts);
  const strip = p.stripOf(lane);
  const perColumn = (lanes.columnUs / span(window)) * width;
  const first = Math.max(0, Math.floor((window.from - lanes.from) / lanes.columnUs));
  const last = Math.min(lane.counts.length - 1, Math.ceil((window.to - lanes.from) / lanes.columnUs));
  for (let i = first; i <= last; i++) {
    const n = lane.counts[i] ?? 0;
    if (n === 0) continue;
    const x = xOf(window, width, lanes.from + i * lanes.columnUs);
    const left = Math.floor(x);
    const wide = Math.max(1, Math.ceil(x + perColumn) - left);
    const tall = STRIP * density(n, most);
    const bottom = top + STRIP_TOP + STRIP;
    ctx.globalAlpha = 0.5 + 0.5 * density(n, most);
    ctx.fillStyle = strip;
    ctx.fillRect(left, bottom - tall, wide, tall);
    const errors = lane.errors[i] ?? 0;
    if (errors > 0) {
      ctx.globalAlpha = 1;
      const part = Math.max(2, tall * (errors / n));
      ctx.fillStyle = colours.error;
      ctx.fillRect(left, bottom - part, wide, part);
    }
  }
  ctx.globalAlpha = 1;
}

function drawGaps(ctx: CanvasRenderingContext2D, p: LanePicture, lane: Lane, top: number): void {
  const whole = p.whole?.lanes.find((l) => l.key === lane.key);
  if (!whole || !p.whole) return;
  // Three hundredths of the case without a line are worth saying; shorter pauses are ordinary.
  for (const run of emptyRuns(whole.counts, Math.max(4, Math.round(whole.counts.length * 0.03)))) {
    const x0 = Math.max(0, xOf(p.window, p.width, p.whole.from + run.start * p.whole.columnUs));
    const x1 = Math.min(p.width, xOf(p.window, p.width, p.whole.from + run.end * p.whole.columnUs));
    if (x1 - x0 > 3) hatch(ctx, x0, top + STRIP_TOP, x1 - x0, STRIP, p.colours.hatch);
  }
}

export function drawLanes(ctx: CanvasRenderingContext2D, p: LanePicture): void {
  p.shown.forEach((lane, i) => {
    const top = i * LANE_HEIGHT;
    if (i === p.focused) {
      ctx.fillStyle = p.colours.selected;
      ctx.fillRect(0, top, p.width, LANE_HEIGHT);
    }
    drawGaps(ctx, p, lane, top);
    drawStrip(ctx, p, lane, top);
    ctx.fillStyle = p.colours.line;
    ctx.fillRect(0, top + LANE_HEIGHT - 1, p.width, 1);
  });
  p.shown.forEach((lane, i) => {
    for (const f of lane.findings) {
      const x = xOf(p.window, p.width, f.firstTs);
      const end = xOf(p.window, p.width, f.lastTs);
      if (end < -8 || x > p.width + 8) continue;
      const y = i * LANE_HEIGHT + 8;
      const colour = p.colours.levels[f.level];
      if (end - x > 4) {
        ctx.fillStyle = colour;
        ctx.fillRect(x, y - 0.75, end - x, 1.5);
      }
      diamond(ctx, x, y, f.level, colour, p.colours.ground);
      if (f.findingId === p.chosenFinding) {
        ctx.strokeStyle = colour;
        ctx.lineWidth = 1;
        ctx.strokeRect(Math.round(x) - 9.5, y - 7.5, 19, 15);
      }
    }
  });
}

/** The finding whose mark is under a point, the gravest when several are. */
export function findingAt(p: Pick<LanePicture, 'shown' | 'window' | 'width'>, x: number, y: number) {
  const lane = p.shown[Math.floor(y / LANE_HEIGHT)];
  if (!lane || y - Math.floor(y / LANE_HEIGHT) * LANE_HEIGHT > 17) return null;
  const near = lane.findings.filter((f) => Math.abs(xOf(p.window, p.width, f.firstTs) - x) <= 8);
  const grave: FindingLevel[] = ['critical', 'high', 'medium', 'low', 'informational'];
  return near.toSorted((a, b) => grave.indexOf(a.level) - grave.indexOf(b.level))[0] ?? null;
}
