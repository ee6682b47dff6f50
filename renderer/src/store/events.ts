// The event list: pages of the lens in time order, fetched as they come into view, forgotten when the lens changes.
import { create } from 'zustand';
import type { EventRow, Lens } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { lensKey } from '../lens/operations.ts';
import { sentence } from './newest.ts';

export const PAGE = 200;
const KEPT_PAGES = 60;
const AT_ONCE = 2;
export type Order = 'asc' | 'desc';

interface EventsState {
  /** What the rows are of: lens, order and state of the case. */
  key: string;
  lens: Lens;
  order: Order;
  total: number | null;
  millis: number | null;
  pages: ReadonlyMap<number, EventRow[]>;
  /** Row of the keyboard cursor, -1 for none. */
  cursor: number;
  error: string | null;
  show(lens: Lens, revision: number): void;
  setOrder(order: Order): void;
  /** These rows are in view. */
  want(first: number, last: number): void;
  row(index: number): EventRow | undefined;
  moveTo(index: number): void;
  /** Puts the cursor on an event, or on the first at or after a time. */
  locate(where: { eventId?: string; ts?: number }): Promise<void>;
}

export const useEvents = create<EventsState>((set, get) => {
  let revision = 0;
  let queue: number[] = [];
  const loading = new Set<string>();

  const keyOf = (lens: Lens, order: Order) => `${revision} ${order} ${lensKey(lens)}`;

  const restart = (lens: Lens, order: Order) => {
    const key = keyOf(lens, order);
    if (key === get().key) return;
    queue = [];
    set({ key, lens, order, total: null, millis: null, pages: new Map(), cursor: -1, error: null });
    api['events.count']({ lens }).then(
      (answer) => {
        if (get().key === key) set({ total: answer.events, millis: answer.millis });
      },
      (error) => {
        if (get().key === key) set({ error: sentence(error), total: 0 });
      },
    );
    get().want(0, PAGE - 1);
  };

  const pump = () => {
    const { key, lens, order } = get();
    while (loading.size < AT_ONCE && queue.length > 0) {
      const page = queue.shift()!;
      const name = `${key} ${page}`;
      if (loading.has(name) || get().pages.has(page)) continue;
      loading.add(name);
      api['events.page']({ lens, order, offset: page * PAGE, limit: PAGE })
        .then(
          ({ rows }) => {
            if (get().key !== key) return;
            const pages = new Map(get().pages);
            if (pages.size >= KEPT_PAGES) pages.delete(farthest(pages, page));
            set({ pages: pages.set(page, rows) });
          },
          (error) => {
            if (get().key === key) set({ error: sentence(error) });
          },
        )
        .finally(() => {
          loading.delete(name);
          pump();
        });
    }
  };

  return {
    key: '',
    lens: { terms: [] },
    order: 'asc',
    total: null,
    millis: null,
    pages: new Map(),
    cursor: -1,
    error: null,
    show(lens, now) {
      revision = now;
      restart(lens, get().order);
    },
    setOrder: (order) => restart(get().lens, order),
    want(first, last) {
      const { pages } = get();
      const from = Math.floor(Math.max(0, first) / PAGE);
      const to = Math.floor(Math.max(0, last) / PAGE);
      queue = [];
      for (let page = from; page <= to; page++) if (!pages.has(page)) queue.push(page);
      pump();
    },
    row: (index) => get().pages.get(Math.floor(index / PAGE))?.[index % PAGE],
    moveTo(index) {
      const { total } = get();
      if (!total) return;
      set({ cursor: Math.max(0, Math.min(total - 1, index)) });
    },
    async locate(where) {
      const { key, lens, order } = get();
      try {
        const { offset } = await api['events.locate']({ lens, order, ...where });
        if (get().key === key && offset !== null) set({ cursor: offset });
      } catch (error) {
        if (get().key === key) set({ error: sentence(error) });
      }
    },
  };
});

function farthest(pages: Map<number, EventRow[]>, from: number): number {
  let far = -1;
  let distance = -1;
  for (const page of pages.keys()) {
    if (Math.abs(page - from) <= distance) continue;
    distance = Math.abs(page - from);
    far = page;
  }
  return far;
}
