// Whether the evidence still is what it was taken in as: the last result, and running it again.
import { create } from 'zustand';
import type { VerifyResult } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { useJobs } from './jobs.ts';
import { newest, sentence } from './newest.ts';

interface VerifyState {
  result: VerifyResult | null;
  loaded: boolean;
  error: string | null;
  load(): void;
  start(): Promise<void>;
}

export const useVerify = create<VerifyState>((set) => {
  const ask = newest({
    run: () => api['verify.last']({}),
    took: ({ result }) => set({ result, loaded: true, error: null }),
    failed: (error) => set({ error, loaded: true }),
  });
  return {
    result: null,
    loaded: false,
    error: null,
    load: () => ask(undefined),
    async start() {
      set({ error: null });
      try {
        useJobs.getState().watch((await api['verify.start']({})).jobId);
      } catch (error) {
        set({ error: sentence(error) });
      }
    },
  };
});
