// The whole case at a glance: figures and volume over time.
import { create } from 'zustand';
import type { Output } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { EMPTY } from '../lens/operations.ts';
import { newest } from './newest.ts';

interface OverviewState {
  overview: Output<'overview.get'> | null;
  volume: Output<'timeline.histogram'> | null;
  volumeBy: 'level' | 'system' | 'node';
  error: string | null;
  load(): void;
  by(by: OverviewState['volumeBy']): void;
}

export const useOverview = create<OverviewState>((set, get) => {
  const failed = (error: string) => set({ error });
  const ask = newest({
    run: () => api['overview.get']({}),
    took: (overview) => set({ overview, error: null }),
    failed,
  });
  const askVolume = newest({
    run: (by: OverviewState['volumeBy']) => api['timeline.histogram']({ lens: EMPTY, by, buckets: 240 }),
    took: (volume) => set({ volume }),
    failed,
  });
  return {
    overview: null,
    volume: null,
    volumeBy: 'level',
    error: null,
    load() {
      ask(undefined);
      askVolume(get().volumeBy);
    },
    by(volumeBy) {
      set({ volumeBy });
      askVolume(volumeBy);
    },
  };
});
