// Files that were not wholly read, and why.
import type { Output } from '../../../../shared/api.ts';
import { count } from '../../format/numbers.ts';
import { STATUS_WORDS } from '../../format/words.ts';
import { useEvidence } from '../../store/evidence.ts';
import { showOnly } from '../../store/pivot.ts';
import { Card } from './Card.tsx';

export function ProblemFiles({ overview }: { overview: Output<'overview.get'> }) {
  const files = overview.worstFiles;
  return (
    <Card
      title="Files with problems"
      side={
        <button
          type="button"
          className="link"
          onClick={() => {
            useEvidence.getState().showLedger({ statuses: new Set(['partial', 'skipped', 'failed']) });
          }}
        >
          All in Evidence
        </button>
      }
    >
      {files.length === 0 && <p className="dim">None: every file was read to its last line.</p>}
      {files.length > 0 && (
        <table className="table" data-testid="worst-files">
          <thead>
            <tr>
              <th>file</th>
              <th>status</th>
              <th className="num">plain lines</th>
              <th>why</th>
            </tr>
          </thead>
          <tbody>
            {files.map((f) => (
              <tr key={f.fileId}>
                <td className="mono wrap">
                  <button
                    type="button"
                    className="link"
                    disabled={f.records === 0}
                    onClick={() => showOnly([['file_id', String(f.fileId)]])}
                    title={f.bundle}
                  >
                    {f.path}
                  </button>
                </td>
                <td className="nowrap">{STATUS_WORDS[f.status]}</td>
                <td className="num">{count(f.unparsedLines)}</td>
                <td className="soft">{f.reason ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
