// Makes a case of a received file: its evidence is hashed and read anew; a received database is never opened.
import { useState } from 'react';
import { useCase } from '../../store/case.ts';
import { useDialogs } from '../../store/dialogs.ts';
import { useTransfer } from '../../store/transfer.ts';
import { FileField } from '../start/FileField.tsx';
import { slug } from '../start/slug.ts';
import './transfer.css';
import { DialogForm, FormDialog } from '../../parts/FormDialog.tsx';

export function ImportCase() {
  const { open, show } = useDialogs();
  return (
    <FormDialog open={open === 'import case'} onClose={() => show(null)} testId="import-case-dialog">
      <Form onDone={() => show(null)} />
    </FormDialog>
  );
}

/** `/a/b/night shift.tidemark` -> `night-shift` */
const nameOf = (file: string): string =>
  slug(
    file
      .split(/[\\/]/)
      .at(-1)!
      .replace(/\.tidemark$/i, ''),
  );

function Form({ onDone }: { onDone(): void }) {
  const { importCase, busy, error } = useTransfer();
  const app = useCase((s) => s.app);
  const openCase = useCase((s) => s.info);
  const [file, setFile] = useState('');
  const [typed, setTyped] = useState<string | null>(null);
  const proposed = app && file.trim() ? [app.home, 'Tidemark', nameOf(file.trim())].join(app.separator) : '';
  const dir = typed ?? proposed;
  const ready = !busy && file.trim() !== '' && dir.trim() !== '';
  const start = async () => {
    if (!ready) return;
    if (await importCase({ file: file.trim(), dir: dir.trim() })) onDone();
  };
  return (
    <DialogForm
      title="Import a case file"
      body="start-form scroll"
      onSubmit={start}
      footer={
        <button type="submit" className="button main" disabled={!ready} data-testid="import-case-start">
          {busy ? 'Starting …' : 'Import'}
        </button>
      }
    >
      <label htmlFor="import-file">Case file</label>
      <FileField
        id="import-file"
        placeholder="…/name.tidemark"
        title="A case file"
        value={file}
        onChange={setFile}
        first
        testId="import-case-file"
      />
      <label htmlFor="import-dir">New folder</label>
      <input
        id="import-dir"
        className="field mono"
        value={dir}
        onChange={(e) => setTyped(e.target.value)}
        data-testid="import-case-dir"
      />
      <span />
      <span className="dim">
        The evidence in it is hashed and read anew, so its events are found again by this version; ids stay.
        Tags, findings' states and the custody log come with it.
        {openCase && ' The case that is open now is closed first.'}
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
