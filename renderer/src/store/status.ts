// How much of the case the lens shows: the figures of the status bar.
import { create } from 'zustand';
import type { Lens, Output } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { newest } from './newest.ts';

interface StatusState {
  count: Output<'events.count'> | null;
  /** Nodes with at least one event in the lens. */
  nodesWithData: number | null;
  load(lens: Lens): void;
}

export const useStatus = create<StatusState>((set) => {
  const ask = newest({
    run: async (lens: Lens) => {
      const [count, facets] = await Promise.all([
        api['events.count']({ lens }),
        api['events.facets']({ lens, fields: ['node'], limit: 200 }),
      ]);
      return { count, nodes: facets.facets[0] };
    },
    took: ({ count, nodes }) =>
      set({
        count,
        nodesWithData: nodes ? nodes.values.filter((v) => v.events > 0).length + nodes.more : null,
      }),
    failed: () => set({ count: null, nodesWithData: null }),
  });
  return { count: null, nodesWithData: null, load: ask };
});
