// Writes the case into one file, whole or only what is tagged, signed on wish.
import { useState } from 'react';
import { useCase } from '../../store/case.ts';
import { useDialogs } from '../../store/dialogs.ts';
import { useTransfer } from '../../store/transfer.ts';
import { KeyChoice, NO_KEY, signWith } from '../signing/KeyChoice.tsx';
import './transfer.css';
import { DialogForm, FormDialog } from '../../parts/FormDialog.tsx';

export function ExportCase() {
  const { open, show } = useDialogs();
  return (
    <FormDialog open={open === 'export case'} onClose={() => show(null)} testId="export-case-dialog">
      <Form onDone={() => show(null)} />
    </FormDialog>
  );
}

function Form({ onDone }: { onDone(): void }) {
  const { exportCase, busy, error } = useTransfer();
  const info = useCase((s) => s.info);
  const [only, setOnly] = useState<'all' | 'tagged'>('all');
  const [path, setPath] = useState('');
  const [signed, setSigned] = useState(false);
  const [choice, setChoice] = useState(NO_KEY);
  const sign = signed ? signWith(choice) : null;
  const ready = !busy && (!signed || sign !== null);
  const start = async () => {
    if (!ready) return;
    const done = await exportCase({
      only,
      ...(path.trim() ? { path: path.trim() } : {}),
      ...(sign ? { sign } : {}),
    });
    if (done) onDone();
  };
  return (
    <DialogForm
      title="Export the case to a file"
      body="start-form scroll"
      onSubmit={start}
      footer={
        <button
          type="submit"
          className="button main"
          disabled={!ready}
          data-first
          data-testid="export-case-start"
        >
          {busy ? 'Starting …' : 'Export'}
        </button>
      }
    >
      <span>What</span>
      <div className="column transfer-choice">
        <label className="mark">
          <input type="radio" checked={only === 'all'} onChange={() => setOnly('all')} /> the whole case:
          evidence, ledger, custody log, annotations, rules, settings
        </label>
        <label className="mark">
          <input
            type="radio"
            checked={only === 'tagged'}
            onChange={() => setOnly('tagged')}
            data-testid="export-case-tagged"
          />{' '}
          only files with tagged or commented events, or events of confirmed findings
        </label>
      </div>
      <label htmlFor="export-case-path">File</label>
      <span className="column">
        <input
          id="export-case-path"
          className="field mono"
          placeholder={`in the folder exports of the case${info ? `, ${info.dir}` : ''}`}
          value={path}
          onChange={(e) => setPath(e.target.value)}
          data-testid="export-case-path"
        />
      </span>
      <span>Signature</span>
      <div className="column transfer-choice">
        <label className="mark">
          <input
            type="checkbox"
            checked={signed}
            onChange={(e) => setSigned(e.target.checked)}
            data-testid="export-case-sign"
          />{' '}
          sign its manifest, so that who receives it can check it
        </label>
        {signed && <KeyChoice choice={choice} onChange={setChoice} />}
      </div>
      <span />
      <span className="dim">
        Nothing in it is encrypted: whoever has the file can read the evidence. Receivers make a case of it
        with Import; the evidence is hashed and read anew there.
      </span>
      {error && (
        <>
          <span />
          <p className="bad wrap" role="alert">
            ▲ {error}
          </p>
        </>
      )}
    </DialogForm>
  );
}
