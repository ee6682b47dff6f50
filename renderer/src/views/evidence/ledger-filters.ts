// Which rows of the ledger are shown, and how many each filter would leave: counts are of the rows that the other filters leave.
import type { LedgerRow } from '../../../../shared/api.ts';
import type { MemberStatus } from '../../../../shared/model.ts';
import { type ReasonKind, reasonKind } from './reason-kinds.ts';

export interface LedgerFilters {
  /** Shown statuses; empty: all. */
  statuses: ReadonlySet<MemberStatus>;
  /** Shown kinds of reasons; empty: all. */
  reasons: ReadonlySet<ReasonKind>;
  filter: string;
  bundle: string | null;
  node: string | null;
  system: string | null;
  format: string | null;
  /** Only files with lines that fitted no format. */
  unparsed: boolean;
  /** Only files of at least this many bytes as collected. */
  least: number;
}

export const NO_FILTERS: LedgerFilters = {
  statuses: new Set(),
  reasons: new Set(),
  filter: '',
  bundle: null,
  node: null,
  system: null,
  format: null,
  unparsed: false,
  least: 0,
};

export const SIZES: readonly (readonly [least: number, word: string])[] = [
  [0, 'any size'],
  [1_000_000, '1 MB and more'],
  [100_000_000, '100 MB and more'],
  [1_000_000_000, '1 GB and more'],
];

type Test = (file: LedgerRow) => boolean;

function tests(f: LedgerFilters): Record<keyof LedgerFilters, Test> {
  const needle = f.filter.trim().toLowerCase();
  return {
    statuses: (file) => f.statuses.size === 0 || f.statuses.has(file.status),
    reasons: (file) => {
      if (f.reasons.size === 0) return true;
      const kind = reasonKind(file);
      return kind !== null && f.reasons.has(kind);
    },
    bundle: (file) => f.bundle === null || file.bundle === f.bundle,
    node: (file) => f.node === null || file.node === f.node,
    system: (file) => f.system === null || (file.system ?? '') === f.system,
    format: (file) => f.format === null || (file.format ?? '') === f.format,
    unparsed: (file) => !f.unparsed || file.unparsedLines > 0,
    least: (file) => file.size >= f.least,
    filter: (file) =>
      needle === '' ||
      [file.path, file.bundle, file.node, file.format, file.reason, file.sha256].some((v) =>
        v?.toLowerCase().includes(needle),
      ),
  };
}

/** Rows that pass all filters but `but`. */
export function passing(files: LedgerRow[], filters: LedgerFilters, but?: keyof LedgerFilters): LedgerRow[] {
  const used = Object.entries(tests(filters)).flatMap(([key, test]) => (key === but ? [] : [test]));
  return files.filter((file) => used.every((test) => test(file)));
}

/** How often each value occurs, by value. */
export function tally<T extends string>(
  files: LedgerRow[],
  value: (file: LedgerRow) => T | null,
): Map<T, number> {
  const counts = new Map<T, number>();
  for (const file of files) {
    const one = value(file);
    if (one !== null) counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  return counts;
}

/** Whether anything is filtered. */
export const isFiltered = (f: LedgerFilters): boolean =>
  f.statuses.size > 0 ||
  f.reasons.size > 0 ||
  f.filter.trim() !== '' ||
  f.bundle !== null ||
  f.node !== null ||
  f.system !== null ||
  f.format !== null ||
  f.unparsed ||
  f.least > 0;
