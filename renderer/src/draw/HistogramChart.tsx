// A histogram over its own extent with axis, reading under the pointer, and a brush.
import { useCallback, useMemo, useState } from 'react';
import { count, plural } from '../format/numbers.ts';
import { clock, dateTime, range } from '../format/time.ts';
import { useTheme } from '../store/theme.ts';
import { drawAxis } from './axis.ts';
import { Canvas, type Picture } from './Canvas.tsx';
import { colour, seriesProperty } from './colours.ts';
import './draw.css';
import { drawHistogram, type HistogramData, stackOrder, totals } from './histogram.ts';
import { tsOf } from './scale.ts';

interface Props {
  histogram: HistogramData | null;
  by: 'level' | 'system' | 'node';
  height: number;
  label: string;
  legend?: boolean;
  onSpan(from: number, to: number): void;
}

const AXIS = 18;

export function HistogramChart({ histogram: h, by, height, label, legend = false, onSpan }: Props) {
  const theme = useTheme((s) => s.theme);
  const [hover, setHover] = useState<number | null>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const order = useMemo(() => (h ? stackOrder(by, h.keys) : []), [h, by]);
  const sums = useMemo(() => (h ? totals(h) : []), [h]);
  const draw = useCallback<Picture>(
    (ctx, width, tall) => {
      if (!h) return;
      const window = { from: h.from, to: h.to };
      drawAxis(ctx, window, width, tall - AXIS, AXIS, {
        line: colour(theme, '--line-strong'),
        text: colour(theme, '--text-2'),
      });
      const colours = h.keys.map((key, i) => colour(theme, seriesProperty(by, key, i)));
      drawHistogram(ctx, h, { window, width, top: 4, height: tall - AXIS - 6 }, order, colours);
      ctx.fillStyle = colour(theme, '--line-strong');
      ctx.fillRect(0, tall - AXIS - 1, width, 1);
    },
    [h, by, order, theme],
  );
  const share = (e: React.PointerEvent<HTMLElement>) => {
    const box = e.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(1, (e.clientX - box.left) / box.width));
  };
  const bucket = h && hover !== null ? Math.min(sums.length - 1, Math.floor(hover * sums.length)) : null;
  const most = Math.max(0, ...sums);
  const peak = sums.indexOf(most);
  const summary = h
    ? `${label}: ${plural(
        sums.reduce((a, b) => a + b, 0),
        'event',
      )} from ${dateTime(h.from, 's')} to ${dateTime(h.to, 's')} UTC, most at ${dateTime(h.from + peak * h.bucketUs, 's')}`
    : label;
  return (
    <div className="chart">
      <div
        className="chart-box"
        role="img"
        aria-label={summary}
        style={{ height }}
        data-testid="volume-chart"
        onPointerDown={(e) => {
          if (!h || e.button !== 0) return;
          e.currentTarget.setPointerCapture(e.pointerId);
          setDrag({ from: share(e), to: share(e) });
        }}
        onPointerMove={(e) => {
          setHover(share(e));
          if (drag) setDrag({ ...drag, to: share(e) });
        }}
        onPointerLeave={() => setHover(null)}
        onPointerUp={() => {
          setDrag(null);
          if (!h || !drag) return;
          const w = { from: h.from, to: h.to };
          const [a, b] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
          if (b - a > 0.004) onSpan(tsOf(w, 1, a), tsOf(w, 1, b));
          else if (bucket !== null) onSpan(h.from + bucket * h.bucketUs, h.from + (bucket + 1) * h.bucketUs);
        }}
      >
        <Canvas draw={draw} />
        {drag && (
          <div
            className="brush"
            style={{
              left: `${100 * Math.min(drag.from, drag.to)}%`,
              width: `${100 * Math.abs(drag.to - drag.from)}%`,
              bottom: AXIS,
            }}
          />
        )}
        {hover !== null && <div className="crosshair" style={{ left: `${hover * 100}%`, bottom: AXIS }} />}
        {h && bucket !== null && (
          <div
            className="reading"
            style={hover! > 0.6 ? { right: `${(1 - hover!) * 100 + 1}%` } : { left: `${hover! * 100 + 1}%` }}
          >
            <div className="mono">
              {drag
                ? range(
                    h.from + Math.min(drag.from, drag.to) * (h.to - h.from),
                    h.from + Math.max(drag.from, drag.to) * (h.to - h.from),
                  )
                : `${dateTime(h.from + bucket * h.bucketUs, 's')} – ${clock(h.from + (bucket + 1) * h.bucketUs, 's')}`}
            </div>
            {order
              .filter((k) => (h.series[k]?.[bucket] ?? 0) > 0)
              .map((k) => (
                <div key={h.keys[k]} className="reading-line">
                  <span className="dot" style={{ background: `var(${seriesProperty(by, h.keys[k]!, k)})` }} />
                  <span className="grow">{h.keys[k] || 'no level'}</span>
                  <span className="num">{count(h.series[k]![bucket]!)}</span>
                </div>
              ))}
            {sums[bucket] === 0 && <div className="dim">no events</div>}
          </div>
        )}
      </div>
      {legend && h && (
        <ul className="legend">
          {order.map((k) => (
            <li key={h.keys[k]}>
              <span className="dot" style={{ background: `var(${seriesProperty(by, h.keys[k]!, k)})` }} />
              {h.keys[k] || 'no level'}
            </li>
          ))}
          <li className="grow" />
          <li className="dim">tallest bar: {plural(most, 'event')}; heights by square root</li>
        </ul>
      )}
    </div>
  );
}
