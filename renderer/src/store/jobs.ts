// Long work of the engine: what runs, how far it is, how it ended.
import { create } from 'zustand';
import type { JobInfo } from '../../../shared/api.ts';
import { api, on } from '../backend.ts';
import { sentence } from './newest.ts';
import { say } from './toasts.ts';

interface JobsState {
  jobs: JobInfo[];
  /** Those that ended while this window looked on. */
  seenEnding: ReadonlySet<string>;
  take(jobs: JobInfo[]): void;
  /** Makes sure that a job just started is known, even if its first progress was sent before. */
  watch(jobId: string): void;
  cancel(jobId: string): Promise<void>;
  /** Forgets jobs that have ended. */
  clearEnded(): void;
}

const merge = (jobs: JobInfo[], job: JobInfo): JobInfo[] =>
  jobs.some((j) => j.id === job.id) ? jobs.map((j) => (j.id === job.id ? job : j)) : [...jobs, job];

export const useJobs = create<JobsState>((set, get) => {
  on('job', (job) => {
    const before = get().jobs.find((j) => j.id === job.id);
    set({ jobs: merge(get().jobs, job) });
    if (before?.state === job.state) return;
    if (job.state !== 'running') set({ seenEnding: new Set([...get().seenEnding, job.id]) });
    if (job.state === 'failed') say(`${job.title}: ${job.error ?? 'failed'}`, { kind: 'error' });
    if (job.state === 'cancelled') say(`${job.title}: cancelled`);
  });
  return {
    jobs: [],
    seenEnding: new Set(),
    take: (jobs) => set({ jobs: jobs.reduce(merge, get().jobs) }),
    watch(jobId) {
      if (get().jobs.some((j) => j.id === jobId)) return;
      void api['jobs.list']({}).then(
        ({ jobs }) => {
          const job = jobs.find((j) => j.id === jobId);
          if (job && !get().jobs.some((j) => j.id === jobId)) set({ jobs: [...get().jobs, job] });
        },
        () => {}, // progress events will tell
      );
    },
    async cancel(jobId) {
      try {
        await api['jobs.cancel']({ jobId });
      } catch (error) {
        say(sentence(error), { kind: 'error' });
      }
    },
    clearEnded: () => set({ jobs: get().jobs.filter((j) => j.state === 'running') }),
  };
});

/** The newest running job of a kind. */
export const running = (jobs: JobInfo[], kind?: JobInfo['kind']): JobInfo | undefined =>
  jobs.findLast((j) => j.state === 'running' && (kind === undefined || j.kind === kind));
