// The whole case as one strip, stacked by level; a drag brushes a span, the frame shows what the lanes show.
import { useCallback, useMemo, useState } from 'react';
import { drawAxis } from '../../draw/axis.ts';
import { Canvas, type Picture } from '../../draw/Canvas.tsx';
import { colour, seriesProperty } from '../../draw/colours.ts';
import '../../draw/draw.css';
import { drawHistogram, stackOrder } from '../../draw/histogram.ts';
import { tsOf, xOf } from '../../draw/scale.ts';
import { dateTime, range } from '../../format/time.ts';
import { useLens } from '../../store/lens.ts';
import { useTheme } from '../../store/theme.ts';
import { useTimeline } from '../../store/timeline.ts';

const AXIS = 16;

export function ContextStrip() {
  const { context, limits, window, show } = useTimeline();
  const lens = useLens((s) => s.lens);
  const setRange = useLens((s) => s.range);
  const theme = useTheme((s) => s.theme);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const [hover, setHover] = useState<number | null>(null);
  const order = useMemo(() => (context ? stackOrder('level', context.keys) : []), [context]);
  const draw = useCallback<Picture>(
    (ctx, width, height) => {
      if (!limits) return;
      drawAxis(ctx, limits, width, height - AXIS, AXIS, {
        line: colour(theme, '--line-strong'),
        text: colour(theme, '--text-3'),
      });
      if (!context) return;
      const colours = context.keys.map((key, i) => colour(theme, seriesProperty('level', key, i)));
      drawHistogram(
        ctx,
        context,
        { window: limits, width, top: 3, height: height - AXIS - 4 },
        order,
        colours,
      );
    },
    [context, limits, order, theme],
  );
  if (!limits) return null;
  const at = (e: React.PointerEvent<HTMLElement>) => {
    const box = e.currentTarget.getBoundingClientRect();
    return tsOf(limits, box.width, Math.max(0, Math.min(box.width, e.clientX - box.left)));
  };
  const place = (from: number, to: number) => ({
    left: `${Math.max(0, xOf(limits, 100, Math.min(from, to)))}%`,
    width: `${Math.min(100, (100 * Math.abs(to - from)) / (limits.to - limits.from))}%`,
  });
  const brush =
    drag ?? (lens.from !== undefined && lens.to !== undefined ? { from: lens.from, to: lens.to } : null);
  return (
    <div className="context-row">
      <div className="lane-labels context-label">
        <span>Whole case</span>
        <span className="dim">{brush ? 'brush = lens' : 'drag to brush'}</span>
      </div>
      <div
        className="context chart-box"
        data-testid="timeline-context"
        role="img"
        aria-label={`Whole case from ${dateTime(limits.from, 's')} to ${dateTime(limits.to, 's')} UTC${brush ? `; brush ${range(brush.from, brush.to)}` : ''}`}
        onPointerDown={(e) => {
          if (e.button !== 0) return;
          e.currentTarget.setPointerCapture(e.pointerId);
          setDrag({ from: at(e), to: at(e) });
        }}
        onPointerMove={(e) => {
          setHover(at(e));
          if (drag) setDrag({ ...drag, to: at(e) });
        }}
        onPointerLeave={() => setHover(null)}
        onPointerUp={() => {
          if (!drag) return;
          setDrag(null);
          const length = Math.abs(drag.to - drag.from);
          if (length > (limits.to - limits.from) / 400) {
            const from = Math.min(drag.from, drag.to);
            setRange(from, from + length);
            show({ from: from - length * 0.05, to: from + length * 1.05 });
          } else if (window) {
            const half = (window.to - window.from) / 2;
            show({ from: drag.from - half, to: drag.from + half });
          }
        }}
      >
        <Canvas draw={draw} />
        {window && (
          <div className="context-window" style={{ ...place(window.from, window.to), bottom: AXIS }} />
        )}
        {brush && (
          <div
            className="brush"
            style={{ ...place(brush.from, brush.to), bottom: AXIS }}
            data-testid="timeline-brush"
          />
        )}
        {hover !== null && (
          <>
            <div className="crosshair" style={{ left: `${xOf(limits, 100, hover)}%`, bottom: AXIS }} />
            <div
              className="time-label mono"
              style={
                xOf(limits, 100, hover) > 80
                  ? { right: `${100 - xOf(limits, 100, hover)}%` }
                  : { left: `${xOf(limits, 100, hover)}%` }
              }
            >
              {drag
                ? range(Math.min(drag.from, drag.to), Math.max(drag.from, drag.to))
                : dateTime(hover, 's')}
            </div>
          </>
        )}
      </div>
    </div>
  );
}
