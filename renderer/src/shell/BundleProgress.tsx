// The bundles of a running or ended ingest, a row each: waiting, being read, read, failed and why.
import type { JobInfo } from '../../../shared/api.ts';
import { oneLine } from '../format/control.ts';
import { progressRows } from '../format/progress.ts';
import './jobs.css';

const SIGN = { waiting: '○', reading: '◐', done: '✓', failed: '▲', cancelled: '–' } as const;

export function BundleProgress({ job }: { job: JobInfo }) {
  const rows = progressRows(job);
  if (rows.length === 0) return null;
  return (
    <ul className="bundle-rows scroll" data-testid="bundle-progress" aria-label="Bundles">
      {rows.map((row) => (
        <li key={row.path} data-testid="bundle-row" data-state={row.state}>
          <span className={row.state === 'failed' ? 'bad' : 'dim'}>
            <span aria-hidden="true">{SIGN[row.state]}</span> {row.word}
          </span>
          <span className="mono cut" title={row.path}>
            {oneLine(row.name)}
          </span>
          <span className="bundle-bar" aria-hidden="true">
            {row.state === 'reading' && row.share !== null && (
              <span style={{ width: `${row.share * 100}%` }} />
            )}
          </span>
          <span className="num soft bundle-amount">
            {row.amount}
            {row.pace && ` · ${row.pace}`}
          </span>
          {row.problem && <p className="bad bundle-problem">{row.problem}</p>}
        </li>
      ))}
    </ul>
  );
}
