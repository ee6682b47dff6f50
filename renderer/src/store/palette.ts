// The command palette and the sheet of keys: open or not, what was typed, which entities match.
import { create } from 'zustand';
import type { Output } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { newest } from './newest.ts';

interface PaletteState {
  open: boolean;
  help: boolean;
  typed: string;
  entities: Output<'entities.search'>['entities'];
  show(open: boolean): void;
  showHelp(help: boolean): void;
  type(typed: string): void;
}

export const usePalette = create<PaletteState>((set, get) => {
  const search = newest({
    run: (text: string) => api['entities.search']({ text, limit: 20 }),
    took: ({ entities }, text) => {
      if (get().typed.trim() === text) set({ entities });
    },
    failed: () => set({ entities: [] }),
  });
  return {
    open: false,
    help: false,
    typed: '',
    entities: [],
    show: (open) => set({ open, typed: '', entities: [], help: false }),
    showHelp: (help) => set({ help, open: false }),
    type(typed) {
      set({ typed });
      const text = typed.trim();
      if (text.length > 0) search(text);
      else set({ entities: [] });
    },
  };
});
