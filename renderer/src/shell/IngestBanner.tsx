// While evidence is read: its progress above every view, and what the tool noticed when it opened the case.
import { useState } from 'react';
import type { JobInfo } from '../../../shared/api.ts';
import { useCase } from '../store/case.ts';
import { useJobs } from '../store/jobs.ts';
import { ExportedCase } from './ExportedCase.tsx';
import { JobProgress } from './JobProgress.tsx';
import { PendingBanner } from './PendingBanner.tsx';

const SHOWN: readonly JobInfo['kind'][] = ['ingest', 'detect', 'verify', 'import', 'export'];

export function IngestBanner() {
  const job = useJobs((s) => s.jobs.find((j) => j.state === 'running' && SHOWN.includes(j.kind)));
  const info = useCase((s) => s.info);
  const pending = info?.pending?.sentence;
  const notices = info?.notices.filter((notice) => notice !== pending);
  const error = useCase((s) => s.error);
  const dismissError = useCase((s) => s.dismissError);
  const [read, setRead] = useState('');
  return (
    <>
      {error && (
        <div className="banner" role="alert">
          <span className="grow">{error}</span>
          <button type="button" className="button" onClick={dismissError}>
            Close
          </button>
        </div>
      )}
      {notices && notices.length > 0 && notices.join('\n') !== read && (
        <div className="banner" role="status">
          <ul className="grow">
            {notices.map((notice) => (
              <li key={notice}>{notice}</li>
            ))}
          </ul>
          <button type="button" className="button" onClick={() => setRead(notices.join('\n'))}>
            Read
          </button>
        </div>
      )}
      <ExportedCase />
      {info && !job && <PendingBanner info={info} />}
      {job && (
        <div className="banner" data-testid="ingest-progress">
          <div className="grow">
            <JobProgress job={job} />
          </div>
        </div>
      )}
    </>
  );
}
