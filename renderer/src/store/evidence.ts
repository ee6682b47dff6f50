// The ledger: every member of every bundle and what became of it.
import { create } from 'zustand';
import type { LedgerRow } from '../../../shared/api.ts';
import type { MemberStatus } from '../../../shared/model.ts';
import { api } from '../backend.ts';
import { newest } from './newest.ts';

interface EvidenceState {
  files: LedgerRow[];
  loaded: boolean;
  error: string | null;
  /** Shown statuses; empty: all. */
  statuses: ReadonlySet<MemberStatus>;
  filter: string;
  load(): void;
  toggle(status: MemberStatus): void;
  only(statuses: MemberStatus[]): void;
  setFilter(filter: string): void;
}

export const useEvidence = create<EvidenceState>((set, get) => {
  const ask = newest({
    run: () => api['evidence.list']({}),
    took: ({ files }) => set({ files, loaded: true, error: null }),
    failed: (error) => set({ error, loaded: true }),
  });
  return {
    files: [],
    loaded: false,
    error: null,
    statuses: new Set(),
    filter: '',
    load: () => ask(undefined),
    toggle(status) {
      const statuses = new Set(get().statuses);
      if (!statuses.delete(status)) statuses.add(status);
      set({ statuses });
    },
    only: (statuses) => set({ statuses: new Set(statuses), filter: '' }),
    setFilter: (filter) => set({ filter }),
  };
});

export const matching = (
  files: LedgerRow[],
  statuses: ReadonlySet<MemberStatus>,
  filter: string,
): LedgerRow[] => {
  const needle = filter.trim().toLowerCase();
  return files.filter(
    (f) =>
      (statuses.size === 0 || statuses.has(f.status)) &&
      (needle === '' ||
        [f.path, f.bundle, f.node, f.format, f.reason, f.sha256].some((v) =>
          v?.toLowerCase().includes(needle),
        )),
  );
};
