// Carrying cases: writing the case into one file, making a case of a received one, taking annotations over.
import { create } from 'zustand';
import type { Input, MergeResult } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { useJobs } from './jobs.ts';
import { sentence } from './newest.ts';

interface TransferState {
  busy: boolean;
  error: string | null;
  /** What the last merge did, and of which file. */
  merged: { file: string; result: MergeResult } | null;
  exportCase(wanted: Input<'transfer.export'>): Promise<boolean>;
  importCase(wanted: Input<'transfer.import'>): Promise<boolean>;
  merge(file: string): Promise<void>;
  /** Takes back what the last merge added, as far as it can be taken back. */
  undoMerge(): Promise<void>;
  dismiss(): void;
}

export const useTransfer = create<TransferState>((set, get) => {
  const guarded = async (act: () => Promise<void>): Promise<boolean> => {
    set({ busy: true, error: null });
    try {
      await act();
      return true;
    } catch (error) {
      set({ error: sentence(error) });
      return false;
    } finally {
      set({ busy: false });
    }
  };
  const watched = async (started: Promise<{ jobId: string }>) =>
    useJobs.getState().watch((await started).jobId);
  return {
    busy: false,
    error: null,
    merged: null,
    exportCase: (wanted) => guarded(() => watched(api['transfer.export'](wanted))),
    importCase: (wanted) => guarded(() => watched(api['transfer.import'](wanted))),
    async merge(file) {
      set({ merged: null });
      await guarded(async () => set({ merged: { file, result: await api['transfer.merge']({ file }) } }));
    },
    async undoMerge() {
      const { merged } = get();
      if (!merged) return;
      const { annotationIds, suppressionIds, findingIds } = merged.result;
      const done = await guarded(async () => {
        for (const annotationId of annotationIds) await api['annotations.remove']({ annotationId });
        for (const suppressionId of suppressionIds) await api['suppressions.remove']({ suppressionId });
        if (findingIds.length > 0)
          await api['findings.setState']({ findingIds, state: 'open', why: 'The merge was taken back' });
      });
      if (done) set({ merged: null });
    },
    dismiss: () => set({ error: null, merged: null }),
  };
});
