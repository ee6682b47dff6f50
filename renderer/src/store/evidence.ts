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
  /** Only files of this node, of this format, with lines that were not parsed. */
  node: string | null;
  format: string | null;
  unparsed: boolean;
  load(): void;
  toggle(status: MemberStatus): void;
  only(statuses: MemberStatus[]): void;
  setFilter(filter: string): void;
  setNode(node: string | null): void;
  setFormat(format: string | null): void;
  setUnparsed(unparsed: boolean): void;
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
    node: null,
    format: null,
    unparsed: false,
    load: () => ask(undefined),
    toggle(status) {
      const statuses = new Set(get().statuses);
      if (!statuses.delete(status)) statuses.add(status);
      set({ statuses });
    },
    only: (statuses) =>
      set({ statuses: new Set(statuses), filter: '', node: null, format: null, unparsed: false }),
    setFilter: (filter) => set({ filter }),
    setNode: (node) => set({ node }),
    setFormat: (format) => set({ format }),
    setUnparsed: (unparsed) => set({ unparsed }),
  };
});

export const matching = (
  files: LedgerRow[],
  {
    statuses,
    filter,
    node,
    format,
    unparsed,
  }: Pick<EvidenceState, 'statuses' | 'filter' | 'node' | 'format' | 'unparsed'>,
): LedgerRow[] => {
  const needle = filter.trim().toLowerCase();
  return files.filter(
    (f) =>
      (statuses.size === 0 || statuses.has(f.status)) &&
      (node === null || f.node === node) &&
      (format === null || (f.format ?? '') === format) &&
      (!unparsed || f.unparsedLines > 0) &&
      (needle === '' ||
        [f.path, f.bundle, f.node, f.format, f.reason, f.sha256].some((v) =>
          v?.toLowerCase().includes(needle),
        )),
  );
};
