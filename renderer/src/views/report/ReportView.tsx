// Report: the pages as they will be, and files written from them.
import { useEffect } from 'react';
import { ExportedFile } from '../../parts/Downloads.tsx';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { useCase } from '../../store/case.ts';
import { REPORT_FORMATS, type ReportFormat, useReport } from '../../store/report.ts';
import './report.css';

const WORD: Record<ReportFormat, string> = { html: 'HTML', md: 'Markdown', json: 'JSON', csv: 'CSV' };

export function ReportView() {
  const { html, loading, exporting, exported, error, preview, write } = useReport();
  const revision = useCase((s) => s.revision);
  const findings = useCase((s) => s.info?.findings);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => preview(), [preview, revision, findings]);
  return (
    <div className="view">
      <div className="bar">
        <h1>Report</h1>
        <span className="dim">{loading ? 'Writing the pages …' : 'of the whole case, as it stands'}</span>
        <span className="grow" />
        <button type="button" className="button" onClick={preview} disabled={loading}>
          Write again
        </button>
        {REPORT_FORMATS.map((format) => (
          <button
            key={format}
            type="button"
            className={format === 'html' ? 'button main' : 'button'}
            disabled={exporting !== null}
            onClick={() => void write(format)}
            data-testid={`report-export-${format}`}
          >
            {exporting === format ? 'Writing …' : `Export ${WORD[format]}`}
          </button>
        ))}
      </div>
      <ErrorLine sentence={error} />
      {exported.length > 0 && (
        <div className="report-exported" role="status" data-testid="report-exported">
          {exported.map((e) => (
            <ExportedFile key={e.path} name={e.name} path={e.path} size={e.bytes} sha256={e.sha256} />
          ))}
        </div>
      )}
      {html === null && !loading && !error && (
        <Empty title="No report yet">
          <p>The report with findings, events, rules and custody would be shown here.</p>
        </Empty>
      )}
      {html !== null && (
        <iframe
          className="report-pages"
          title="Report preview"
          sandbox=""
          srcDoc={html}
          data-testid="report-preview"
        />
      )}
    </div>
  );
}
