// Bundles that are about to be read: which, what is known of them before, and the defaults of the limits.
// Passwords are not kept here: a form holds them while it is filled in, and forgets them when reading starts.
import { create } from 'zustand';
import type { BundlePreview, IntakeLimits, Output } from '../../../shared/api.ts';
import { api } from '../backend.ts';
import { newest, sentence } from './newest.ts';

interface IntakeState {
  paths: string[];
  /** What was seen of them, by path. */
  seen: ReadonlyMap<string, BundlePreview>;
  disk: { freeBytes: number | null; neededBytes: number } | null;
  looking: boolean;
  error: string | null;
  defaults: Required<IntakeLimits> | null;
  add(paths: string[]): void;
  leaveOut(path: string): void;
  /** Forgets everything, also an answer that is still awaited. */
  clear(): void;
  loadDefaults(): void;
}

export const useIntake = create<IntakeState>((set, get) => {
  const look = newest({
    run: (paths: string[]): Promise<Output<'intake.preview'>> => api['intake.preview']({ paths }),
    took: ({ bundles, freeBytes, neededBytes }, asked) => {
      if (!sameList(asked, get().paths)) return; // left, or others were chosen
      set({
        seen: new Map(bundles.map((b, i) => [(bundles.length === asked.length && asked[i]) || b.path, b])),
        disk: { freeBytes, neededBytes },
        looking: false,
        error: null,
      });
    },
    failed: (error, asked) => {
      if (sameList(asked, get().paths)) set({ looking: false, error });
    },
  });
  const chose = (paths: string[]) => {
    set({ paths, error: null, looking: paths.length > 0, ...(paths.length === 0 ? { disk: null } : {}) });
    if (paths.length > 0) look(paths);
  };
  return {
    paths: [],
    seen: new Map(),
    disk: null,
    looking: false,
    error: null,
    defaults: null,
    add: (more) => chose([...new Set([...get().paths, ...more])]),
    leaveOut: (path) => chose(get().paths.filter((p) => p !== path)),
    clear: () => set({ paths: [], seen: new Map(), disk: null, looking: false, error: null }),
    loadDefaults() {
      if (get().defaults) return;
      api['intake.limits']({}).then(
        ({ defaults }) => set({ defaults }),
        (error) => set({ error: sentence(error) }),
      );
    },
  };
});

const sameList = (a: string[], b: string[]) => a.length === b.length && a.every((path, i) => path === b[i]);
