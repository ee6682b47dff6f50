// Report: the pages as they will be, whether the evidence was verified, and files written and signed from them.
import { useEffect, useState } from 'react';
import { ExportedFile } from '../../parts/Downloads.tsx';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { useCase } from '../../store/case.ts';
import { REPORT_FORMATS, type ReportFormat, useReport } from '../../store/report.ts';
import { useRoute } from '../../store/route.ts';
import { useVerify } from '../../store/verify.ts';
import { verifiedWords } from '../evidence/verify-words.ts';
import { KeyChoice, NO_KEY, signWith } from '../signing/KeyChoice.tsx';
import './report.css';

const WORD: Record<ReportFormat, string> = { html: 'HTML', md: 'Markdown', json: 'JSON', csv: 'CSV' };

export function ReportView() {
  const { html, loading, exporting, exported, error, preview, write } = useReport();
  const revision = useCase((s) => s.revision);
  const findings = useCase((s) => s.info?.findings);
  const [signed, setSigned] = useState(false);
  const [choice, setChoice] = useState(NO_KEY);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => preview(), [preview, revision, findings]);
  const sign = signed ? signWith(choice) : null;
  const ready = exporting === null && (!signed || sign !== null);
  return (
    <div className="view">
      <div className="bar">
        <h1>Report</h1>
        <span className="dim">{loading ? 'Writing the pages …' : 'of the whole case, as it stands'}</span>
        <span className="grow" />
        <button type="button" className="button" onClick={preview} disabled={loading}>
          Write again
        </button>
        <label className="mark" title="Write a signature into the report or beside it">
          <input
            type="checkbox"
            checked={signed}
            onChange={(e) => {
              setSigned(e.target.checked);
              setChoice({ ...choice, passphrase: '' });
            }}
            data-testid="report-sign"
          />
          sign
        </label>
        {REPORT_FORMATS.map((format) => (
          <button
            key={format}
            type="button"
            className={format === 'html' ? 'button main' : 'button'}
            disabled={!ready}
            onClick={() => void write(format, sign ?? undefined)}
            data-testid={`report-export-${format}`}
          >
            {exporting === format ? 'Writing …' : `Export ${WORD[format]}`}
          </button>
        ))}
      </div>
      <Verified />
      {signed && (
        <section className="report-sign" aria-label="Signature">
          <KeyChoice choice={choice} onChange={setChoice} />
        </section>
      )}
      <ErrorLine sentence={error} />
      {exported.length > 0 && (
        <div className="report-exported" role="status" data-testid="report-exported">
          {exported.map((e) => (
            <ExportedFile
              key={e.path}
              name={e.name}
              path={e.path}
              size={e.bytes}
              sha256={e.sha256}
              signature={
                e.signedBy === null ? null : { path: e.signaturePath ?? null, fingerprint: e.signedBy }
              }
            />
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

/** Whether somebody hashed the evidence again, when, and what came of it. */
function Verified() {
  const { result, loaded, load } = useVerify();
  const revision = useCase((s) => s.revision);
  const showPart = useRoute((s) => s.showPart);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => load(), [load, revision]);
  if (!loaded) return null;
  return (
    <div className="report-verified" data-testid="report-verified">
      <span className={result === null || result.ok ? 'soft' : 'bad'}>
        <span aria-hidden="true">{result === null ? '○ ' : result.ok ? '✓ ' : '▲ '}</span>
        {verifiedWords(result)}
      </span>
      <button type="button" className="link" onClick={() => showPart('verification')}>
        {result === null ? 'Verify it' : 'Show the result'}
      </button>
    </div>
  );
}
