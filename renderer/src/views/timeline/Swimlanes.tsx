// The lanes: labels at the left, one canvas for all strips, pointer and keys on it.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Lane } from '../../../../shared/api.ts';
import { drawAxis } from '../../draw/axis.ts';
import { Canvas, type Picture } from '../../draw/Canvas.tsx';
import { colour } from '../../draw/colours.ts';
import '../../draw/draw.css';
import { drawLanes, findingAt, LANE_HEIGHT, type LaneColours } from '../../draw/lanes.ts';
import { span, tsOf, xOf } from '../../draw/scale.ts';
import { plural } from '../../format/numbers.ts';
import { clock, dateTime, duration } from '../../format/time.ts';
import { openFinding } from '../../store/details.ts';
import { useEvents } from '../../store/events.ts';
import { useFindings } from '../../store/findings.ts';
import { useLens } from '../../store/lens.ts';
import { useNodes } from '../../store/nodes.ts';
import { usePointer } from '../../store/pointer.ts';
import { showCell } from '../../store/show-cell.ts';
import { type Theme, useTheme } from '../../store/theme.ts';
import { useTimeline } from '../../store/timeline.ts';
import { LaneLabel } from './LaneLabel.tsx';
import { laneSystem } from './laneSystem.ts';

const KNOWN = ['ray', 'celery', 'mesos', 'registry'];
const DRAG = 4; // pixels that make a press a drag

const coloursOf = (theme: Theme): LaneColours => ({
  strip: colour(theme, '--log-info'),
  error: colour(theme, '--log-error'),
  line: colour(theme, '--line'),
  hatch: colour(theme, '--hatch'),
  selected: colour(theme, '--bg-selected'),
  ground: colour(theme, '--bg-1'),
  levels: {
    critical: colour(theme, '--sev-critical'),
    high: colour(theme, '--sev-high'),
    medium: colour(theme, '--sev-medium'),
    low: colour(theme, '--sev-low'),
    informational: colour(theme, '--sev-informational'),
  },
});

type Press = { kind: 'pan' | 'brush'; x: number; from: number; to: number; ts: number; moved: boolean };

export function Swimlanes() {
  const {
    lanes,
    whole,
    window,
    limits,
    hidden,
    by,
    setWidth,
    show,
    fit: fitAll,
    toggleLane,
    showAllLanes,
    width,
  } = useTimeline();
  const lens = useLens((s) => s.lens);
  const setRange = useLens((s) => s.range);
  const theme = useTheme((s) => s.theme);
  const chosen = useFindings((s) => s.selected);
  const nodes = useNodes((s) => s.nodes);
  const marked = usePointer();
  const cursorTs = useEvents((s) => (s.cursor >= 0 ? (s.row(s.cursor)?.ts ?? null) : null));
  const [focused, setFocused] = useState(-1);
  const [hover, setHover] = useState<{ x: number; y: number } | null>(null);
  const [brush, setBrush] = useState<{ from: number; to: number } | null>(null);
  const press = useRef<Press | null>(null);
  const surface = useRef<HTMLDivElement>(null);

  const shown = useMemo(() => lanes?.lanes.filter((l) => !hidden.has(l.key)) ?? [], [lanes, hidden]);
  const draw = useCallback<Picture>(
    (ctx, wide) => {
      if (!lanes || !window) return;
      const colours = coloursOf(theme);
      drawLanes(ctx, {
        lanes,
        shown,
        whole,
        window,
        width: wide,
        colours,
        stripOf: (lane: Lane) => {
          const system = laneSystem(lane, by, nodes);
          if (system === null) return colours.strip;
          return colour(theme, `--sys-${KNOWN.includes(system) ? system : 'other'}`);
        },
        chosenFinding: chosen,
        focused,
      });
    },
    [lanes, shown, whole, window, theme, chosen, focused, by, nodes],
  );
  const axis = useCallback<Picture>(
    (ctx, wide, tall) => {
      if (!window) return;
      drawAxis(ctx, window, wide, 0, tall, {
        line: colour(theme, '--line-strong'),
        text: colour(theme, '--text-2'),
      });
    },
    [window, theme],
  );

  // React's wheel listener is passive; zooming must keep the page from scrolling.
  useEffect(() => {
    const element = surface.current;
    if (!element) return;
    const wheel = (e: WheelEvent) => {
      const t = useTimeline.getState();
      if (!t.window) return;
      if (e.shiftKey || Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
        e.preventDefault();
        t.pan((e.deltaX || e.deltaY) / 1000);
      } else if (!e.altKey) {
        e.preventDefault();
        const box = element.getBoundingClientRect();
        t.zoom(Math.exp(e.deltaY * 0.002), tsOf(t.window, box.width, e.clientX - box.left));
      }
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, []);

  if (!window || !limits) return null;
  const place = (e: React.PointerEvent<HTMLElement> | React.MouseEvent<HTMLElement>) => {
    const box = e.currentTarget.getBoundingClientRect();
    return { x: e.clientX - box.left, y: e.clientY - box.top };
  };
  const found = hover ? findingAt({ shown, window, width }, hover.x, hover.y) : null;
  const hoverTs = hover ? tsOf(window, width, hover.x) : null;
  const lensBrush =
    lens.from !== undefined && lens.to !== undefined ? { from: lens.from, to: lens.to } : null;
  const drawn = brush ?? lensBrush;
  const height = Math.max(1, shown.length) * LANE_HEIGHT;
  const marks = [marked.ts, cursorTs].filter((ts) => ts !== null);
  const laneUnder = hover ? shown[Math.floor(hover.y / LANE_HEIGHT)] : undefined;

  const released = (e: React.PointerEvent<HTMLElement>) => {
    const p = press.current;
    press.current = null;
    const drawnBrush = brush;
    setBrush(null);
    if (!p) return;
    if (p.kind === 'brush' && drawnBrush && p.moved) {
      setRange(drawnBrush.from, drawnBrush.to);
      return;
    }
    if (p.moved) return;
    const at = place(e);
    const finding = findingAt({ shown, window, width }, at.x, at.y);
    if (finding) {
      useFindings.getState().select(finding.findingId);
      openFinding(finding.findingId);
      return;
    }
    const lane = shown[Math.floor(at.y / LANE_HEIGHT)];
    if (!lane) return;
    const ts = tsOf(window, width, at.x);
    const near = (span(window) / Math.max(1, width)) * 3;
    void showCell(lane, by, ts - near, ts + near);
  };

  return (
    <>
      <div className="axis-row">
        <div className="lane-labels soft">UTC</div>
        <div className="axis">
          <Canvas draw={axis} />
          {hoverTs !== null && (
            <div
              className="time-label mono"
              style={hover!.x > width * 0.7 ? { right: width - hover!.x } : { left: hover!.x }}
            >
              {brush
                ? `${clock(Math.min(brush.from, brush.to))} – ${clock(Math.max(brush.from, brush.to))} · ${duration(brush.to - brush.from)}`
                : dateTime(hoverTs, span(window) < 3_600_000_000 ? 'ms' : 's')}
            </div>
          )}
        </div>
      </div>
      <div className="scroll lanes-scroll">
        <div className="lanes" style={{ height }} data-testid="timeline-lanes">
          <ul className="lane-labels" aria-label="Lanes">
            {shown.map((lane, i) => (
              <LaneLabel
                key={lane.key}
                lane={lane}
                system={laneSystem(lane, by, nodes)}
                by={by}
                index={i}
                onFocus={() => setFocused(i)}
                onBlur={() => setFocused(-1)}
                onHide={() => toggleLane(lane.key)}
              />
            ))}
          </ul>
          <div
            ref={surface}
            className={`lane-surface${found ? ' over-finding' : ''}`}
            data-testid="timeline-surface"
            role="img"
            aria-label={`${shown.length} lanes from ${dateTime(window.from, 's')} to ${dateTime(window.to, 's')} UTC; each lane's label tells its content`}
            onPointerDown={(e) => {
              if (e.button !== 0) return;
              e.currentTarget.setPointerCapture(e.pointerId);
              const { x } = place(e);
              press.current = {
                kind: e.shiftKey ? 'brush' : 'pan',
                x,
                from: window.from,
                to: window.to,
                ts: tsOf(window, width, x),
                moved: false,
              };
            }}
            onPointerMove={(e) => {
              const at = place(e);
              setHover(at);
              const p = press.current;
              if (!p) return;
              if (Math.abs(at.x - p.x) > DRAG) p.moved = true;
              if (!p.moved) return;
              if (p.kind === 'brush') setBrush({ from: p.ts, to: tsOf(window, width, at.x) });
              else {
                const by = ((p.x - at.x) / width) * (p.to - p.from);
                show({ from: p.from + by, to: p.to + by });
              }
            }}
            onPointerLeave={() => setHover(null)}
            onPointerUp={released}
            onDoubleClick={fitAll}
          >
            <Canvas draw={draw} onWidth={setWidth} />
            {drawn && (
              <div
                className="brush"
                style={{
                  left: xOf(window, width, Math.min(drawn.from, drawn.to)),
                  width: Math.max(1, (Math.abs(drawn.to - drawn.from) / span(window)) * width),
                  bottom: 0,
                }}
              />
            )}
            {marks.map((ts, i) => (
              <div
                key={i === 0 ? 'pointer' : 'cursor'}
                className="moment"
                style={{ left: xOf(window, width, ts), bottom: 0 }}
                data-testid="timeline-moment"
              />
            ))}
            {hover && <div className="crosshair" style={{ left: hover.x, bottom: 0 }} />}
            {found && (
              <div
                className="reading"
                style={{
                  top: Math.floor(hover!.y / LANE_HEIGHT) * LANE_HEIGHT + 18,
                  ...(hover!.x > width * 0.6 ? { right: width - hover!.x } : { left: hover!.x }),
                }}
              >
                <strong>{found.title}</strong>
                <div className="dim">
                  {found.level} · {dateTime(found.firstTs, 's')}
                </div>
              </div>
            )}
          </div>
        </div>
      </div>
      <div className="lanes-foot dim">
        <span>
          {laneUnder
            ? `${laneUnder.label}: ${plural(laneUnder.events, 'event')}`
            : 'Wheel zooms, drag pans, Shift+drag brushes, double click fits'}
        </span>
        <span className="grow" />
        <span className="mark">
          <span className="sample error" /> warnings and above
        </span>
        <span className="mark">
          <span className="sample hatched" /> no data collected
        </span>
        <span className="mark">◆ finding</span>
        {hidden.size > 0 && (
          <button type="button" className="link" onClick={showAllLanes}>
            show {plural(hidden.size, 'hidden lane')}
          </button>
        )}
      </div>
    </>
  );
}
