// The open case: which, since when, and how to open, create or leave one.
import { create } from 'zustand';
import type { CaseInfo, EngineEvents, IntakeLimits, Output } from '../../../shared/api.ts';
import { api, on, onEngineLost } from '../backend.ts';
import { forgetCase } from './forget.ts';
import { useJobs } from './jobs.ts';
import { sentence } from './newest.ts';
import { useRoute } from './route.ts';

type AppInfo = Output<'app.info'>;
type Recent = Output<'case.recent'>['cases'][number];

/** What is read, and how. Passwords pass through to the engine and are kept nowhere. */
export interface Intake {
  paths: string[];
  zones?: Record<string, string>;
  limits?: IntakeLimits;
  passwords?: Record<string, string>;
}

interface CaseState {
  phase: 'connecting' | 'none' | 'open';
  /** The engine went away; nothing will be answered until a reload. */
  lost: boolean;
  app: AppInfo | null;
  info: CaseInfo | null;
  recent: Recent[];
  /** Counts up when the content of the case changes: views load again. */
  revision: number;
  busy: string | null;
  error: string | null;
  start(): Promise<void>;
  open(dir: string): Promise<void>;
  /** Creates a case and reads bundles into it. */
  create(dir: string, name: string, intake: Intake): Promise<void>;
  openSample(): Promise<void>;
  addBundles(intake: Intake): Promise<boolean>;
  /** Goes on with what was broken off. */
  resume(passwords: Record<string, string>): Promise<boolean>;
  /** Gives up what was broken off; what was taken in stays. */
  giveUp(): Promise<boolean>;
  close(): Promise<void>;
  dismissError(): void;
}

export const useCase = create<CaseState>((set, get) => {
  const guarded = async (busy: string, act: () => Promise<void>): Promise<boolean> => {
    set({ busy, error: null });
    try {
      await act();
      return true;
    } catch (error) {
      set({ error: sentence(error) });
      return false;
    } finally {
      set({ busy: null });
    }
  };
  const took = (info: CaseInfo | null, changed: boolean) => {
    const other = info?.dir !== get().info?.dir;
    if (other) forgetCase();
    set({
      info,
      phase: info ? 'open' : 'none',
      revision: get().revision + (changed || other ? 1 : 0),
    });
    if (info && other) document.title = `${info.name} – Tidemark`;
    if (!info) document.title = 'Tidemark';
  };
  const loadRecent = async () => {
    set({ recent: (await api['case.recent']({})).cases });
  };
  const ingest = async ({ paths, zones = {}, limits = {}, passwords = {} }: Intake) => {
    if (paths.length === 0) return;
    const { jobId } = await api['ingest.start']({ paths, timezones: zones, limits, passwords });
    useJobs.getState().watch(jobId);
  };
  const watched = async (started: Promise<{ jobId: string }>) =>
    useJobs.getState().watch((await started).jobId);

  onEngineLost(() => set({ lost: true }));
  on('case', (event: EngineEvents['case']) => {
    took(event.case, event.why !== 'opened' && event.why !== 'closed');
    if (event.why === 'closed') void loadRecent();
  });

  return {
    phase: 'connecting',
    lost: false,
    app: null,
    info: null,
    recent: [],
    revision: 0,
    busy: null,
    error: null,
    async start() {
      await guarded('Connecting', async () => {
        const [app, current, jobs] = await Promise.all([
          api['app.info']({}),
          api['case.current']({}),
          api['jobs.list']({}),
        ]);
        set({ app });
        useJobs.getState().take(jobs.jobs);
        took(current.case, false);
        await loadRecent();
      });
    },
    async open(dir) {
      await guarded('Opening the case', async () => {
        took(await api['case.open']({ dir }), false);
        useRoute.getState().go('overview');
      });
    },
    async create(dir, name, intake) {
      await guarded('Creating the case', async () => {
        took(await api['case.create']({ dir, ...(name ? { name } : {}) }), false);
        useRoute.getState().go('overview');
        await ingest(intake);
      });
    },
    async openSample() {
      const app = get().app;
      if (!app?.sampleDir) return;
      const { sampleDir } = app;
      await guarded('Making a case of the sample incident', async () => {
        const dir = await freeFolder(`${app.home}${app.separator}Tidemark`, 'sample-incident', app.separator);
        took(await api['case.create']({ dir, name: 'Sample incident' }), false);
        useRoute.getState().go('overview');
        await ingest({ paths: await sampleBundles(sampleDir) });
      });
    },
    addBundles: (intake) => guarded('Starting to read', () => ingest(intake)),
    resume: (passwords) => guarded('Going on', () => watched(api['ingest.resume']({ passwords }))),
    giveUp: () => guarded('Giving up', () => watched(api['ingest.giveUp']({}))),
    async close() {
      await guarded('Closing the case', async () => {
        await api['case.close']({});
        took(null, false);
        await loadRecent();
      });
    },
    dismissError: () => set({ error: null }),
  };
});

/** `parent/name`, or with -2, -3, ... when that is taken. */
async function freeFolder(parent: string, name: string, separator: string): Promise<string> {
  const taken = await api['host.list']({ path: parent }).then(
    (listing) => new Set(listing.entries.map((entry) => entry.name)),
    () => new Set<string>(), // the parent does not exist yet
  );
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name}-${n}`;
  return `${parent}${separator}${free}`;
}

/** The bundles of the sample folder: its archives, not the notes about them. */
async function sampleBundles(dir: string): Promise<string[]> {
  const { entries } = await api['host.list']({ path: dir });
  const archives = entries.filter((e) => /\.(zip|tgz|tar(\.\w+)?)$/i.test(e.name)).map((e) => e.path);
  return archives.length > 0 ? archives : [dir];
}
