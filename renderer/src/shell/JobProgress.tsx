// One running job: how far, how fast, how long still, and a way to stop it.
import type { JobInfo } from '../../../shared/api.ts';
import { bytes, count, short } from '../format/numbers.ts';
import { duration } from '../format/time.ts';
import { useJobs } from '../store/jobs.ts';

const amount = (job: JobInfo, n: number) => (job.unit === 'bytes' ? bytes(n) : count(n));

export function JobProgress({ job }: { job: JobInfo }) {
  const cancel = useJobs((s) => s.cancel);
  const known = job.total !== null && job.total > 0;
  const share = known ? Math.min(1, job.done / job.total!) : 0;
  const rate = job.perSecond && job.perSecond > 0 ? job.perSecond : null;
  const left = known && rate ? ((job.total! - job.done) / rate) * 1_000_000 : null;
  return (
    <div className="job" data-testid="job">
      <div className="job-line">
        <strong className="cut">{job.title}</strong>
        <button type="button" className="button" onClick={() => void cancel(job.id)} data-testid="job-cancel">
          Cancel
        </button>
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
        <span className="cut">{job.phase}</span>
        <span className="num">
          {amount(job, job.done)}
          {known && ` of ${amount(job, job.total!)}`} {job.unit !== 'bytes' && job.unit}
          {rate && ` · ${job.unit === 'bytes' ? bytes(rate) : short(Math.round(rate))}/s`}
          {left !== null && left > 1_000_000 && ` · ${duration(left)} left`}
        </span>
      </div>
    </div>
  );
}
