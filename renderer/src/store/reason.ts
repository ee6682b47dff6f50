// Which finding a reason for its dismissal is being asked for.
import { create } from 'zustand';

interface ReasonState {
  asking: string | null;
  ask(findingId: string | null): void;
}

export const useReason = create<ReasonState>((set) => ({ asking: null, ask: (asking) => set({ asking }) }));
