// A bar between two panels that can be dragged or moved with the arrow keys.
import { useRef } from 'react';

interface Props {
  label: string;
  /** Size of the panel in pixels, and whether that panel lies after the bar. */
  size: number;
  after?: boolean;
  across?: boolean;
  least: number;
  most: number;
  onSize(size: number): void;
}

export function Splitter({ label, size, after = false, across = false, least, most, onSize }: Props) {
  const start = useRef<{ at: number; size: number } | null>(null);
  const sign = after ? -1 : 1;
  const set = (next: number) => onSize(Math.round(Math.max(least, Math.min(most, next))));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a window splitter is a separator with a value (WAI-ARIA practice)
    <div
      role="separator"
      tabIndex={0}
      className={across ? 'splitter across' : 'splitter'}
      aria-label={label}
      aria-orientation={across ? 'horizontal' : 'vertical'}
      aria-valuenow={size}
      aria-valuemin={least}
      aria-valuemax={most}
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId);
        start.current = { at: across ? e.clientY : e.clientX, size };
      }}
      onPointerMove={(e) => {
        if (start.current)
          set(start.current.size + sign * ((across ? e.clientY : e.clientX) - start.current.at));
      }}
      onPointerUp={() => {
        start.current = null;
      }}
      onKeyDown={(e) => {
        const more = across ? 'ArrowDown' : 'ArrowRight';
        const less = across ? 'ArrowUp' : 'ArrowLeft';
        if (e.key !== more && e.key !== less) return;
        e.preventDefault();
        e.stopPropagation();
        set(size + sign * (e.key === more ? 16 : -16));
      }}
    />
  );
}
