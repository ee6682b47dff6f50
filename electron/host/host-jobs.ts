// The jobs of the engine's processes as the shell has heard of them: they outlast a process that is started anew or lost.
import type { JobInfo } from '../../shared/api.ts';

export class HostJobs {
  readonly #jobs = new Map<string, JobInfo>();
  readonly #waiting = new Map<string, ((job: JobInfo) => void)[]>();

  /** What was heard of a job. */
  heard(job: JobInfo): void {
    this.#jobs.set(job.id, job);
    if (job.state === 'running') return;
    for (const done of this.#waiting.get(job.id) ?? []) done({ ...job });
    this.#waiting.delete(job.id);
  }

  list(): JobInfo[] {
    return [...this.#jobs.values()].map((job) => ({ ...job }));
  }

  get running(): JobInfo[] {
    return this.list().filter((job) => job.state === 'running');
  }

  wait(id: string): Promise<JobInfo> {
    const job = this.#jobs.get(id);
    if (!job) return Promise.reject(new Error(`no job ${id}`));
    if (job.state !== 'running') return Promise.resolve({ ...job });
    return new Promise((done) => {
      this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), done]);
    });
  }

  /** All that ran have failed; returns them as they are now. */
  fail(code: string, sentence: string): JobInfo[] {
    const failed = this.running.map((job) => ({
      ...job,
      state: 'failed' as const,
      error: sentence,
      result: { code },
    }));
    for (const job of failed) this.heard(job);
    return failed;
  }
}
