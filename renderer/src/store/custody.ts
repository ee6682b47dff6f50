// The custody log as the page holds it: all entries, fetched in blocks, and the last check of the chain.
import { create } from 'zustand';
import type { CustodyCheck, CustodyRow } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { newest, sentence } from './newest.ts';

const BLOCK = 5000;

interface CustodyState {
  rows: CustodyRow[];
  loaded: boolean;
  error: string | null;
  newestFirst: boolean;
  act: string | null;
  actor: string | null;
  text: string;
  /** Entries that are opened, by seq. */
  opened: ReadonlySet<number>;
  check: CustodyCheck | null;
  checking: boolean;
  checkError: string | null;
  load(): void;
  narrow(filters: Partial<Pick<CustodyState, 'act' | 'actor' | 'text' | 'newestFirst'>>): void;
  toggle(seq: number): void;
  verify(): Promise<void>;
}

/** All entries, oldest first. The log only grows: what was read stays, unless the first entry read is another. */
async function readAll(have: CustodyRow[]): Promise<CustodyRow[]> {
  const rows: CustodyRow[] = [];
  for (;;) {
    const page = await api['custody.list']({ offset: rows.length, limit: BLOCK });
    rows.push(...page.rows);
    if (page.rows.length === 0 || rows.length >= page.total) break;
  }
  return rows.length === have.length && rows.at(-1)?.hash === have.at(-1)?.hash ? have : rows;
}

export const useCustody = create<CustodyState>((set, get) => {
  const ask = newest({
    run: () => readAll(get().rows),
    took: (rows) => {
      // a check of a shorter log says nothing of this one
      const { check } = get();
      set({ rows, loaded: true, error: null, check: check && check.entries >= rows.length ? check : null });
    },
    failed: (error) => set({ error, loaded: true }),
  });
  return {
    rows: [],
    loaded: false,
    error: null,
    newestFirst: true,
    act: null,
    actor: null,
    text: '',
    opened: new Set(),
    check: null,
    checking: false,
    checkError: null,
    load: () => ask(undefined),
    narrow: (filters) => set(filters),
    toggle(seq) {
      const opened = new Set(get().opened);
      if (!opened.delete(seq)) opened.add(seq);
      set({ opened });
    },
    async verify() {
      set({ checking: true, checkError: null });
      try {
        set({ check: await api['custody.verify']({}) });
      } catch (error) {
        set({ checkError: sentence(error) });
      } finally {
        set({ checking: false });
      }
      get().load();
    },
  };
});
