// A canvas that fills its parent, sharp on any screen, drawn again when its picture, size or theme changes.
import { useLayoutEffect, useRef } from 'react';
import { useSize } from '../parts/useSize.ts';
import { useTheme } from '../store/theme.ts';

export type Picture = (ctx: CanvasRenderingContext2D, width: number, height: number) => void;

export function Canvas({ draw, onWidth }: { draw: Picture; onWidth?: (width: number) => void }) {
  const [box, { width, height }] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme((s) => s.theme);
  useLayoutEffect(() => {
    if (width > 0) onWidth?.(width);
  }, [width, onWidth]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme draws again
  useLayoutEffect(() => {
    const element = canvas.current;
    const ctx = element?.getContext('2d');
    if (!element || !ctx || width === 0 || height === 0) return;
    const ratio = window.devicePixelRatio || 1;
    element.width = Math.round(width * ratio);
    element.height = Math.round(height * ratio);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    draw(ctx, width, height);
  }, [draw, width, height, theme]);
  return (
    <div ref={box} className="canvas-box">
      <canvas ref={canvas} style={{ width, height }} />
    </div>
  );
}
