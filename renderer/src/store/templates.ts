// Message templates of the lens: what is written often, rarely, or for the first time.
import { create } from 'zustand';
import type { Lens, TemplateOrder, TemplateRow } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { rememberTemplate } from '../lens/template-words.ts';
import { newest } from './newest.ts';

const PAGE = 500;

interface TemplatesState {
  rows: TemplateRow[];
  total: number;
  once: number;
  loaded: boolean;
  loading: boolean;
  error: string | null;
  order: TemplateOrder;
  text: string;
  onlyNew: boolean;
  load(lens: Lens): void;
  more(): void;
  sort(order: TemplateOrder): void;
  setText(text: string): void;
  setOnlyNew(on: boolean): void;
}

export const useTemplates = create<TemplatesState>((set, get) => {
  let lens: Lens = { terms: [] };
  const ask = newest({
    run: async (offset: number) => {
      const { order, text, onlyNew } = get();
      return api['templates.list']({ lens, order, text, onlyNew, offset, limit: PAGE });
    },
    took({ rows, total, once, offset }) {
      for (const row of rows) rememberTemplate(row.templateId, row.template);
      const before = offset === 0 ? [] : get().rows.slice(0, offset);
      set({
        rows: [...before, ...rows],
        ...(rows.length > 0 || offset === 0 ? { total, once } : {}),
        loaded: true,
        loading: false,
        error: null,
      });
    },
    failed: (error) => set({ error, loaded: true, loading: false }),
  });
  const again = (change: Partial<TemplatesState>) => {
    set({ ...change, loading: true });
    ask(0);
  };
  return {
    rows: [],
    total: 0,
    once: 0,
    loaded: false,
    loading: false,
    error: null,
    order: 'rare',
    text: '',
    onlyNew: false,
    load(given) {
      lens = given;
      again({});
    },
    more: () => {
      set({ loading: true });
      ask(get().rows.length);
    },
    sort: (order) => again({ order }),
    setText: (text) => again({ text }),
    setOnlyNew: (onlyNew) => again({ onlyNew }),
  };
});
