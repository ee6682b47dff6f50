// One folder of the engine's machine, for the path picker.
import { create } from 'zustand';
import type { Output } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { newest } from './newest.ts';

interface PickerState {
  listing: Output<'host.list'> | null;
  error: string | null;
  list(path: string): void;
}

export const usePicker = create<PickerState>((set) => ({
  listing: null,
  error: null,
  list: newest({
    run: (path: string) => api['host.list']({ path }),
    took: (listing) => set({ listing, error: null }),
    failed: (error) => set({ error }),
  }),
}));
