// Short messages that go by themselves; one may carry a way back.
import { create } from 'zustand';

export interface Toast {
  id: number;
  text: string;
  kind: 'note' | 'error';
  undo?: (() => void) | undefined;
}

interface ToastState {
  toasts: Toast[];
  say(text: string, options?: { kind?: Toast['kind']; undo?: () => void }): void;
  drop(id: number): void;
}

let next = 1;
export const useToasts = create<ToastState>((set, get) => ({
  toasts: [],
  say(text, { kind = 'note', undo } = {}) {
    const id = next++;
    set({ toasts: [...get().toasts.slice(-3), { id, text, kind, undo }] });
    setTimeout(() => get().drop(id), kind === 'error' ? 15_000 : 8_000);
  },
  drop: (id) => set({ toasts: get().toasts.filter((t) => t.id !== id) }),
}));

export const say = useToasts.getState().say;
