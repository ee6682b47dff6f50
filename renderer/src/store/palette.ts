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
  error: string | null;
  show(open: boolean): void;
  showHelp(help: boolean): void;
  type(typed: string): void;
}

export const usePalette = create<PaletteState>((set, get) => {
  const search = newest({
    run: (text: string) => api['entities.search']({ text, limit: 20 }),
    took: ({ entities }, text) => {
      if (get().typed.trim() === text) set({ entities, error: null });
    },
    failed: (error) => set({ entities: [], error }),
  });
  return {
    open: false,
    help: false,
    typed: '',
    entities: [],
    error: null,
    show: (open) => set({ open, typed: '', entities: [], error: null, help: false }),
    showHelp: (help) => set({ help, open: false }),
    type(typed) {
      set({ typed });
      const text = typed.trim();
      if (text.length > 0) search(text);
      else set({ entities: [] });
    },
  };
});
