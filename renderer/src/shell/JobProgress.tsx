// One running job: how far, how fast, how long still, its bundles, and a way to stop it that says what stopping means.
import type { JobInfo } from '../../../shared/api.ts';
import { bytes, count } from '../format/numbers.ts';
import { bundlesRead, pace } from '../format/progress.ts';
import { useJobs } from '../store/jobs.ts';
import { BundleProgress } from './BundleProgress.tsx';

const amount = (job: JobInfo, n: number) => (job.unit === 'bytes' ? bytes(n) : count(n));

const CANCEL: Partial<Record<JobInfo['kind'], string>> = {
  ingest: 'Cancel: what was taken in stays, and you can go on later',
  detect: 'Cancel: the findings stay as they were',
  verify: 'Cancel: nothing was changed, no result is kept',
  export: 'Cancel: the unfinished file is removed',
  import: 'Cancel: what was taken in stays in the new case',
};

export function JobProgress({ job }: { job: JobInfo }) {
  const cancel = useJobs((s) => s.cancel);
  const known = job.total !== null && job.total > 0;
  const share = known ? Math.min(1, job.done / job.total!) : 0;
  const speed = pace(job, job.done, job.total);
  return (
    <div className="job" data-testid="job" data-kind={job.kind}>
      <div className="job-line">
        <strong className="cut">{job.title}</strong>
        <span className="mark">
          {job.kind === 'ingest' && (
            <span className="dim">cancelling keeps what was taken in; you can go on later</span>
          )}
          <button
            type="button"
            className="button"
            title={CANCEL[job.kind]}
            onClick={() => void cancel(job.id)}
            data-testid="job-cancel"
          >
            Cancel
          </button>
        </span>
      </div>
      <div
        className={known ? 'progress' : 'progress unknown'}
        role="progressbar"
        aria-label={job.title}
        aria-valuenow={known ? Math.round(share * 100) : undefined}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <div style={known ? { width: `${share * 100}%` } : undefined} />
      </div>
      <div className="job-line dim">
        <span className="cut">
          {job.phase}
          {job.bundles && job.bundles.length > 1 && ` · ${bundlesRead(job)}`}
        </span>
        <span className="num">
          {amount(job, job.done)}
          {known && ` of ${amount(job, job.total!)}`} {job.unit !== 'bytes' && job.unit}
          {speed && ` · ${speed}`}
        </span>
      </div>
      <BundleProgress job={job} />
    </div>
  );
}
