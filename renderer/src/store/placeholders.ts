// Values of placeholders: what rules of others call `%name%` and only the case can know.
import { create } from 'zustand';
import type { Output } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { newest, sentence } from './newest.ts';
import { useRules } from './rules.ts';
import { say } from './toasts.ts';

type Row = Output<'placeholders.list'>['placeholders'][number];

interface PlaceholdersState {
  rows: Row[];
  error: string | null;
  load(): void;
  /** No values: the placeholder has none any more. */
  set(name: string, values: string[]): Promise<void>;
}

export const usePlaceholders = create<PlaceholdersState>((set) => {
  const ask = newest({
    run: () => api['placeholders.list']({}),
    took: ({ placeholders }) => set({ rows: placeholders, error: null }),
    failed: (error) => set({ error }),
  });
  return {
    rows: [],
    error: null,
    load: () => ask(undefined),
    async set(name, values) {
      try {
        const { placeholders } = await api['placeholders.set']({ name, values });
        set({ rows: placeholders, error: null });
        useRules.setState({ stale: true });
        useRules.getState().load();
        say(values.length === 0 ? `%${name}% has no values any more` : `Values of %${name}% set`);
      } catch (error) {
        set({ error: sentence(error) });
      }
    },
  };
});
