// Suppressions of the case: what is hidden and why; making one from a finding, taking one away.
import { create } from 'zustand';
import type { FindingRow, Input, Output, SuppressionRow } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { plural } from '../format/numbers.ts';
import { useFindings } from './findings.ts';
import { newest, sentence } from './newest.ts';
import { say } from './toasts.ts';

type Wanted = Input<'suppressions.add'>;

interface SuppressionsState {
  rows: SuppressionRow[];
  loaded: boolean;
  error: string | null;
  /** The finding a suppression is being made from. */
  from: FindingRow | null;
  /** How many findings what is being made would hide; null: being counted. */
  would: Output<'suppressions.count'> | null;
  wouldError: string | null;
  listed: boolean;
  load(): void;
  begin(finding: FindingRow | null): void;
  count(wanted: Omit<Wanted, 'reason'>): void;
  add(wanted: Wanted): Promise<boolean>;
  remove(row: SuppressionRow): Promise<void>;
  list(listed: boolean): void;
}

export const useSuppressions = create<SuppressionsState>((set, get) => {
  const ask = newest({
    run: () => api['suppressions.list']({}),
    took: ({ suppressions }) => set({ rows: suppressions, loaded: true, error: null }),
    failed: (error) => set({ error, loaded: true }),
  });
  const askCount = newest({
    run: (wanted: Omit<Wanted, 'reason'>) => api['suppressions.count'](wanted),
    took: (would) => set({ would, wouldError: null }),
    failed: (wouldError) => set({ would: null, wouldError }),
  });
  const reload = () => {
    ask(undefined);
    useFindings.getState().load();
  };
  const add = async (wanted: Wanted) => {
    const answer = await api['suppressions.add'](wanted);
    reload();
    return answer;
  };
  const remove = async (suppressionId: string) => {
    const answer = await api['suppressions.remove']({ suppressionId });
    reload();
    return answer;
  };
  return {
    rows: [],
    loaded: false,
    error: null,
    from: null,
    would: null,
    wouldError: null,
    listed: false,
    load: () => ask(undefined),
    begin: (from) => set({ from, would: null, wouldError: null }),
    count(wanted) {
      set({ would: null });
      askCount(wanted);
    },
    async add(wanted) {
      try {
        const { suppression, findings } = await add(wanted);
        set({ from: null });
        useFindings.getState().remember(
          {
            word: 'the suppression',
            run: async () => void (await remove(suppression.suppressionId)),
          },
          `Suppressed: ${plural(findings, 'finding')} hidden`,
        );
        return true;
      } catch (error) {
        set({ wouldError: sentence(error) });
        return false;
      }
    },
    async remove({ suppressionId, ruleId, fieldValues, fromTs, toTs, reason }) {
      try {
        const { findings } = await remove(suppressionId);
        useFindings.getState().remember(
          {
            word: 'the removal of a suppression',
            run: async () => void (await add({ ruleId, fieldValues, fromTs, toTs, reason })),
          },
          `Suppression removed: ${plural(findings, 'finding')} brought back`,
        );
      } catch (error) {
        say(sentence(error), { kind: 'error' });
      }
    },
    list(listed) {
      set({ listed });
      if (listed) get().load();
    },
  };
});
