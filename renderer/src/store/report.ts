// The report: a preview, and files written from it.
import { create } from 'zustand';
import type { Input, Output } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { newest, sentence } from './newest.ts';

export const REPORT_FORMATS = ['html', 'md', 'json', 'csv'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];
export type Sign = NonNullable<Input<'report.export'>['sign']>;
/** `signedBy`: fingerprint of the key, null when it was not signed. */
export type Exported = Output<'report.export'> & { format: string; signedBy: string | null };

interface ReportState {
  html: string | null;
  loading: boolean;
  exporting: ReportFormat | null;
  exported: Exported[];
  error: string | null;
  preview(): void;
  write(format: ReportFormat, sign?: Sign): Promise<void>;
}

export const useReport = create<ReportState>((set, get) => {
  const ask = newest({
    run: () => api['report.preview']({}),
    took: ({ html }) => set({ html, loading: false, error: null }),
    failed: (error) => set({ error, loading: false }),
  });
  return {
    html: null,
    loading: false,
    exporting: null,
    exported: [],
    error: null,
    preview() {
      set({ loading: true });
      ask(undefined);
    },
    async write(format, sign) {
      set({ exporting: format, error: null });
      try {
        const file = await api['report.export']({ format, ...(sign ? { sign } : {}) });
        set({
          exported: [
            { ...file, format, signedBy: sign?.keyId ?? null },
            ...get().exported.filter((e) => e.path !== file.path),
          ],
        });
      } catch (error) {
        set({ error: sentence(error) });
      } finally {
        set({ exporting: null });
      }
    },
  };
});
