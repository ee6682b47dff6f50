// Keys of the timeline: pan, zoom, fit, from finding to finding.

import { useKeys } from '../../shell/useKeys.ts';
import { openFinding } from '../../store/details.ts';
import { useFindings } from '../../store/findings.ts';
import { useLens } from '../../store/lens.ts';
import { useTimeline } from '../../store/timeline.ts';
import { inTime } from '../findings/order.ts';

function step(direction: 1 | -1): void {
  const { findings, selected, select } = useFindings.getState();
  const list = inTime(findings);
  if (list.length === 0) return;
  const at = list.findIndex((f) => f.findingId === selected);
  const start = direction > 0 ? -1 : list.length;
  const next = list[Math.max(0, Math.min(list.length - 1, (at < 0 ? start : at) + direction))]!;
  select(next.findingId);
  openFinding(next.findingId);
  const { window, showAround } = useTimeline.getState();
  const from = next.firstTs!;
  const inView = window && from >= window.from && from <= window.to;
  if (!inView) showAround(from, next.lastTs ?? from);
}

export function useTimelineKeys(): void {
  const t = useTimeline.getState();
  useKeys('Timeline', [
    { key: 'h', word: 'Earlier', run: () => t.pan(-0.25) },
    { key: 'l', word: 'Later', run: () => t.pan(0.25) },
    { key: 'ArrowLeft', word: 'Earlier', run: () => t.pan(-0.25) },
    { key: 'ArrowRight', word: 'Later', run: () => t.pan(0.25) },
    { key: '+', word: 'Zoom in', run: () => t.zoom(0.5) },
    { key: '=', word: 'Zoom in', run: () => t.zoom(0.5) },
    { key: '-', word: 'Zoom out', run: () => t.zoom(2) },
    { key: 'f', word: 'Fit the whole case', run: () => t.fit() },
    {
      key: 'z',
      word: 'Zoom to the brush',
      run: () => {
        const { from, to } = useLens.getState().lens;
        if (from !== undefined && to !== undefined) t.show({ from, to });
      },
    },
    {
      key: 'b',
      word: 'Brush what is shown',
      run: () => {
        const { window } = useTimeline.getState();
        if (window) useLens.getState().range(window.from, window.to);
      },
    },
    { key: ']', word: 'Next finding', run: () => step(1) },
    { key: '[', word: 'Previous finding', run: () => step(-1) },
  ]);
}
