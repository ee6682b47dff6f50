// Takes another responder's annotations over into this case, and says what was added, what was the same, what disagrees.
import { useState } from 'react';
import type { MergeResult } from '../../../../shared/api.ts';
import { oneLine } from '../../format/control.ts';
import { count, plural } from '../../format/numbers.ts';
import { useDialogs } from '../../store/dialogs.ts';
import { useTransfer } from '../../store/transfer.ts';
import { FileField } from '../start/FileField.tsx';
import './transfer.css';
import { DialogForm, FormDialog } from '../../parts/FormDialog.tsx';

export function MergeCase() {
  const { open, show } = useDialogs();
  const dismiss = useTransfer((s) => s.dismiss);
  return (
    <FormDialog
      open={open === 'merge'}
      onClose={() => {
        show(null);
        dismiss();
      }}
      kind="intake"
      testId="merge-dialog"
    >
      <Form />
    </FormDialog>
  );
}

function Form() {
  const { merge, merged, busy, error } = useTransfer();
  const [file, setFile] = useState('');
  const ready = !busy && file.trim() !== '';
  return (
    <DialogForm
      title="Merge annotations from a case file"
      leave="Close"
      body="column transfer-body scroll"
      onSubmit={() => ready && merge(file.trim())}
      footer={
        <button type="submit" className="button main" disabled={!ready} data-testid="merge-start">
          {busy ? 'Merging …' : 'Merge'}
        </button>
      }
    >
      <p className="soft">
        Tags, comments, states of findings, saved queries, suppressions, tuning, placeholders, and zones and
        clocks set by hand of another responder on the same evidence. Where both decided and not alike, yours
        stays and theirs is listed below.
      </p>
      <FileField
        label="Case file"
        placeholder="…/name.tidemark"
        title="A case file"
        value={file}
        onChange={setFile}
        first
        testId="merge-file"
      />
      {error && (
        <p className="bad wrap" role="alert" data-testid="merge-error">
          ▲ {error}
        </p>
      )}
      {merged && <Merged result={merged.result} />}
    </DialogForm>
  );
}

function Merged({ result }: { result: MergeResult }) {
  const undoMerge = useTransfer((s) => s.undoMerge);
  const undoable = result.annotationIds.length + result.suppressionIds.length + result.findingIds.length;
  const added = Object.entries(result.added).filter(([, n]) => n > 0);
  return (
    <section className="column transfer-body" role="status" data-testid="merge-result">
      <h2>
        {added.length === 0
          ? 'Nothing new in it'
          : `Added: ${added.map(([kind, n]) => `${count(n)} ${kind}`).join(', ')}`}
      </h2>
      <p className="soft">
        {count(result.same)} the same in both.{' '}
        {result.withoutEvidence > 0 &&
          `${plural(result.withoutEvidence, 'of theirs is', 'of theirs are')} about evidence that this case does not have: left out.`}
      </p>
      {result.problems.map((problem) => (
        <p key={problem} className="bad wrap" data-testid="merge-problem">
          ▲ {oneLine(problem)}
        </p>
      ))}
      {undoable > 0 && (
        <span>
          <button type="button" className="button" onClick={() => void undoMerge()} data-testid="merge-undo">
            Take back {count(undoable)} of them
          </button>{' '}
          <span className="dim">tags, comments, suppressions, states of findings</span>
        </span>
      )}
      {result.conflicts.length > 0 && (
        <>
          <h2>{plural(result.conflicts.length, 'decision differs', 'decisions differ')}: yours was kept</h2>
          <table className="table">
            <thead>
              <tr>
                <th>of</th>
                <th>which</th>
                <th>yours</th>
                <th>theirs</th>
                <th>by</th>
              </tr>
            </thead>
            <tbody>
              {result.conflicts.map((c) => (
                <tr key={`${c.kind} ${c.name}`} data-testid="merge-conflict">
                  <td>{c.kind}</td>
                  <td className="mono wrap">{oneLine(c.name)}</td>
                  <td className="wrap">{oneLine(c.ours)}</td>
                  <td className="wrap">{oneLine(c.theirs)}</td>
                  <td>{oneLine(c.by)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}
