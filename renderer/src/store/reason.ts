// Which finding a reason for its dismissal is being asked for, or that it is for all that are marked.
import { create } from 'zustand';

/** In place of a finding's id: all that are marked. */
export const MARKED = 'marked';

interface ReasonState {
  asking: string | null;
  ask(findingId: string | null): void;
}

export const useReason = create<ReasonState>((set) => ({ asking: null, ask: (asking) => set({ asking }) }));
