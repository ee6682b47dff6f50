// The timeline: the window of time that is shown, the lanes in it, and the strip of the whole case above.
import { create } from 'zustand';
import type { Lanes, Lens, Output } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { totals } from '../draw/histogram.ts';
import { around, limitsOf, mostOf, panned, span, type Window, within, zoomed } from '../draw/scale.ts';
import { EMPTY, withoutRange } from '../lens/operations.ts';
import { newest } from './newest.ts';

export type LanesBy = 'node' | 'system' | 'component' | 'node_component';
type Histogram = Output<'timeline.histogram'>;

const PIXELS_PER_COLUMN = 2;
const WHOLE_COLUMNS = 400;

interface TimelineState {
  limits: Window | null;
  window: Window | null;
  by: LanesBy;
  lanes: Lanes | null;
  /** All data of the case by lane, whatever the lens: where it is empty, nothing was collected. */
  whole: Lanes | null;
  context: Histogram | null;
  hidden: ReadonlySet<string>;
  width: number;
  error: string | null;
  setCase(first: number | null, last: number | null, revision: string): void;
  load(lens: Lens): void;
  setBy(by: LanesBy): void;
  setWidth(width: number): void;
  show(window: Window): void;
  showAround(from: number, to: number): void;
  zoom(factor: number, ts?: number): void;
  pan(share: number): void;
  fit(): void;
  toggleLane(key: string): void;
  showAllLanes(): void;
}

export const useTimeline = create<TimelineState>((set, get) => {
  let lens: Lens = EMPTY;
  let revision = '';
  let touched = false;

  const askLanes = newest({
    run: ({ lens, window, by, columns }: { lens: Lens; window: Window; by: LanesBy; columns: number }) =>
      api['timeline.lanes']({
        lens,
        from: Math.floor(window.from),
        to: Math.ceil(window.to),
        columns,
        by,
      }),
    took: (lanes, asked) => {
      if (asked.by === get().by) set({ lanes, error: null });
    },
    failed: (error) => set({ error }),
    overtaken: true,
  });
  const askWhole = newest({
    run: ({ window, by }: { window: Window; by: LanesBy }) =>
      api['timeline.lanes']({
        lens: EMPTY,
        from: Math.floor(window.from),
        to: Math.ceil(window.to),
        columns: WHOLE_COLUMNS,
        by,
      }),
    took: (whole) => set({ whole }),
    failed: (error) => set({ error }),
  });
  const askContext = newest({
    run: (lens: Lens) => api['timeline.histogram']({ lens, by: 'level', buckets: 300 }),
    took(context) {
      set({ context });
      settle(context);
    },
    failed: (error) => set({ error }),
  });

  /** A case with a few far outliers opens where its events are; the strip above still shows all of it. */
  const settle = (context: Histogram) => {
    const { limits } = get();
    if (touched || !limits) return;
    touched = true;
    const most = mostOf(totals(context), 0.95);
    const from = context.from + most.start * context.bucketUs;
    const to = context.from + most.end * context.bucketUs;
    if (to - from > 0 && to - from < span(limits) / 4) get().show(around(from, to, limits));
  };

  /** Asks for half a window more at each side, so that a pan shows no blank. */
  const refresh = () => {
    const { window, by, width, limits } = get();
    if (!window || !limits || width === 0) return;
    const half = span(window) / 2;
    const wide = within({ from: window.from - half, to: window.to + half }, limits);
    const columns = Math.round((width / PIXELS_PER_COLUMN) * (span(wide) / span(window)));
    askLanes({ lens: withoutRange(lens), window: wide, by, columns: Math.min(4000, Math.max(1, columns)) });
  };
  const refreshWhole = () => {
    const { limits, by } = get();
    if (limits) askWhole({ window: limits, by });
  };

  return {
    limits: null,
    window: null,
    by: 'node',
    lanes: null,
    whole: null,
    context: null,
    hidden: new Set(),
    width: 0,
    error: null,
    setCase(first, last, now) {
      if (now === revision) return;
      revision = now;
      const limits = limitsOf(first, last);
      const window = get().window;
      const kept = limits && window && window.from >= limits.from && window.to <= limits.to;
      if (!kept) touched = false;
      set({ limits, window: kept ? window : limits, lanes: null, whole: null });
      refreshWhole();
    },
    load(next) {
      const { limits } = get();
      lens = next;
      const { from, to } = next;
      const w = get().window;
      // A range chosen elsewhere comes into view; one brushed here is in view already.
      if (limits && w && from !== undefined && to !== undefined && (from < w.from || to > w.to)) {
        touched = true;
        set({ window: around(from, to, limits) });
      }
      refresh();
      askContext(withoutRange(next));
    },
    setBy(by) {
      if (by === get().by) return;
      set({ by, lanes: null, whole: null });
      refresh();
      refreshWhole();
    },
    setWidth(width) {
      if (width === get().width) return;
      set({ width });
      refresh();
    },
    show(window) {
      const { limits } = get();
      if (!limits) return;
      touched = true;
      set({ window: within(window, limits) });
      refresh();
    },
    showAround(from, to) {
      const { limits } = get();
      if (limits) get().show(around(from, to, limits));
    },
    zoom(factor, ts) {
      const { window, limits } = get();
      if (window && limits) get().show(zoomed(window, factor, ts ?? (window.from + window.to) / 2, limits));
    },
    pan(share) {
      const { window, limits } = get();
      if (window && limits) get().show(panned(window, share * span(window), limits));
    },
    fit() {
      const { limits } = get();
      if (limits) get().show(limits);
    },
    toggleLane(key) {
      const hidden = new Set(get().hidden);
      if (!hidden.delete(key)) hidden.add(key);
      set({ hidden });
    },
    showAllLanes: () => set({ hidden: new Set() }),
  };
});
