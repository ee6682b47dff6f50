// Running and ended jobs: a sign in the top bar, a list behind it.
import { Popover } from 'radix-ui';
import type { JobInfo } from '../../../shared/api.ts';
import { useJobs } from '../store/jobs.ts';
import { BundleProgress } from './BundleProgress.tsx';
import { JobProgress } from './JobProgress.tsx';

const WORD: Record<JobInfo['state'], string> = {
  running: '',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

export function Jobs() {
  const { jobs, clearEnded } = useJobs();
  const active = jobs.filter((j) => j.state === 'running');
  const first = active[0];
  return (
    <Popover.Root>
      <Popover.Trigger className="jobs" data-testid="jobs" title="Jobs">
        {first ? (
          <>
            <span className="spin" aria-hidden="true" />
            {first.total ? `${Math.floor((100 * first.done) / first.total)} %` : first.kind}
          </>
        ) : (
          <span className="dim">no jobs</span>
        )}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className="popover jobs-list" align="end" sideOffset={4}>
          <h2>Jobs</h2>
          {jobs.length === 0 && <p className="dim">Nothing has run in this session.</p>}
          {jobs.toReversed().map((job) =>
            job.state === 'running' ? (
              <JobProgress key={job.id} job={job} />
            ) : (
              <div key={job.id} className="job-ended">
                <span>{job.title}</span>
                <span className={job.state === 'failed' ? 'bad' : 'dim'}>{WORD[job.state]}</span>
                {job.error && <p className={job.state === 'failed' ? 'bad' : 'dim'}>{job.error}</p>}
                <BundleProgress job={job} />
              </div>
            ),
          )}
          {jobs.length > active.length && (
            <button type="button" className="button" onClick={clearEnded}>
              Forget those that ended
            </button>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
