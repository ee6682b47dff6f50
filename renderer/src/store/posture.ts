// The logging posture: how nodes and components stand, and which of it is shown.
import { create } from 'zustand';
import type { PostureRow } from '../../../shared/api.ts';
import type { Standing } from '../../../shared/model.ts';
import { api } from '../backend.ts';
import { newest } from './newest.ts';

export type PostureGrouping = 'topic' | 'node';

/** What a responder looks for first: what is wrong. */
const FIRST: readonly Standing[] = ['bad', 'weak'];

interface PostureState {
  rows: PostureRow[];
  loaded: boolean;
  error: string | null;
  grouping: PostureGrouping;
  /** Shown standings; empty: all. */
  standings: ReadonlySet<Standing>;
  filter: string;
  selected: string | null;
  load(): void;
  group(by: PostureGrouping): void;
  toggle(standing: Standing): void;
  only(standings: readonly Standing[], filter?: string): void;
  setFilter(filter: string): void;
  select(key: string | null): void;
}

export const usePosture = create<PostureState>((set, get) => {
  const ask = newest({
    run: () => api['posture.list']({}),
    took: ({ rows }) => set({ rows, loaded: true, error: null }),
    failed: (error) => set({ error, loaded: true }),
  });
  return {
    rows: [],
    loaded: false,
    error: null,
    grouping: 'topic',
    standings: new Set(FIRST),
    filter: '',
    selected: null,
    load: () => ask(undefined),
    group: (grouping) => set({ grouping, selected: null }),
    toggle(standing) {
      const standings = new Set(get().standings);
      if (!standings.delete(standing)) standings.add(standing);
      set({ standings });
    },
    only: (standings, filter = '') => set({ standings: new Set(standings), filter, selected: null }),
    setFilter: (filter) => set({ filter }),
    select: (selected) => set({ selected }),
  };
});

export const matchingPosture = (
  rows: PostureRow[],
  standings: ReadonlySet<Standing>,
  filter: string,
): PostureRow[] => {
  const needle = filter.trim().toLowerCase();
  return rows.filter(
    (row) =>
      (standings.size === 0 || standings.has(row.standing)) &&
      (needle === '' ||
        [row.node, row.system, row.component, row.topic, row.title, row.proof, row.change, row.source].some(
          (text) => text?.toLowerCase().includes(needle),
        )),
  );
};
