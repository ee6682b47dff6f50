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
  dismiss(): void;
}

export const useTransfer = create<TransferState>((set) => {
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
    dismiss: () => set({ error: null, merged: null }),
  };
});
