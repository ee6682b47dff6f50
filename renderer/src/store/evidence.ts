// The ledger: every member of every bundle and what became of it; the bundles themselves.
import { create } from 'zustand';
import type { BundleRow, LedgerRow } from '../../../shared/api.ts';
import type { MemberStatus } from '../../../shared/model.ts';
import { api } from '../backend.ts';
import { type LedgerFilters, NO_FILTERS } from '../views/evidence/ledger-filters.ts';
import type { ReasonKind } from '../views/evidence/reason-kinds.ts';
import { newest } from './newest.ts';
import { useRoute } from './route.ts';

interface EvidenceState {
  files: LedgerRow[];
  loaded: boolean;
  error: string | null;
  filters: LedgerFilters;
  bundles: BundleRow[];
  bundlesLoaded: boolean;
  bundlesError: string | null;
  load(): void;
  loadBundles(): void;
  narrow(filters: Partial<LedgerFilters>): void;
  toggleStatus(status: MemberStatus): void;
  toggleReason(reason: ReasonKind): void;
  clearFilters(): void;
  /** Shows the ledger with these filters and no others. */
  showLedger(filters: Partial<LedgerFilters>): void;
}

const toggled = <T>(set: ReadonlySet<T>, one: T): Set<T> => {
  const next = new Set(set);
  if (!next.delete(one)) next.add(one);
  return next;
};

export const useEvidence = create<EvidenceState>((set, get) => {
  const ask = newest({
    run: () => api['evidence.list']({}),
    took: ({ files }) => set({ files, loaded: true, error: null }),
    failed: (error) => set({ error, loaded: true }),
  });
  const askBundles = newest({
    run: () => api['evidence.bundles']({}),
    took: ({ bundles }) => set({ bundles, bundlesLoaded: true, bundlesError: null }),
    failed: (bundlesError) => set({ bundlesError, bundlesLoaded: true }),
  });
  const narrow = (filters: Partial<LedgerFilters>) => set({ filters: { ...get().filters, ...filters } });
  return {
    files: [],
    loaded: false,
    error: null,
    filters: NO_FILTERS,
    bundles: [],
    bundlesLoaded: false,
    bundlesError: null,
    load: () => ask(undefined),
    loadBundles: () => askBundles(undefined),
    narrow,
    toggleStatus: (status) => narrow({ statuses: toggled(get().filters.statuses, status) }),
    toggleReason: (reason) => narrow({ reasons: toggled(get().filters.reasons, reason) }),
    clearFilters: () => set({ filters: NO_FILTERS }),
    showLedger(filters) {
      set({ filters: { ...NO_FILTERS, ...filters } });
      useRoute.getState().showPart('ledger');
    },
  };
});
