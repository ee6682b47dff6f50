// After a case was written into a file: where it is, its hash, what was left out, and its signature.
import { useState } from 'react';
import { plural } from '../format/numbers.ts';
import { ExportedFile } from '../parts/Downloads.tsx';
import { useJobs } from '../store/jobs.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

export function ExportedCase() {
  const job = useJobs((s) =>
    s.jobs.findLast((j) => j.kind === 'export' && j.state === 'done' && s.seenEnding.has(j.id)),
  );
  const [read, setRead] = useState('');
  const result = job?.result;
  const path = text(result?.path);
  if (!job || !result || path === '' || job.id === read) return null;
  const signature = text(result.signaturePath);
  const leftOut = number(result.left_out);
  return (
    <div className="banner" role="status" data-testid="exported-case">
      <div className="grow column pending-words">
        <ExportedFile
          name={path.split(/[\\/]/).at(-1)!}
          path={path}
          size={number(result.bytes)}
          sha256={text(result.sha256)}
          {...(leftOut > 0 ? { note: `${plural(leftOut, 'file')} left out` } : {})}
        />
        {signature !== '' && (
          <span className="soft wrap">
            Signed; the signature is beside it: <span className="mono dim">{signature}</span>
          </span>
        )}
      </div>
      <button type="button" className="button" onClick={() => setRead(job.id)}>
        Close
      </button>
    </div>
  );
}
