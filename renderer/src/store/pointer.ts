// The moment under the cursor, shared so that a row in a list is marked on the lanes.
import { create } from 'zustand';

interface PointerState {
  ts: number | null;
  node: string | null;
  at(ts: number | null, node?: string | null): void;
}

export const usePointer = create<PointerState>((set) => ({
  ts: null,
  node: null,
  at: (ts, node = null) => set({ ts, node }),
}));
