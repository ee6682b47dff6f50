// Rules by others: folders or zips are chosen, copied into the case, and what was refused is said.
import { useState } from 'react';
import { count, plural } from '../../format/numbers.ts';
import { useCase } from '../../store/case.ts';
import { useRules } from '../../store/rules.ts';
import { PathPicker } from '../start/PathPicker.tsx';

export function ImportButton() {
  const app = useCase((s) => s.app);
  const readOnly = useCase((s) => s.info?.readOnly ?? true);
  const importing = useRules((s) => s.importing);
  const [picking, setPicking] = useState(false);
  return (
    <>
      <button
        type="button"
        className="button"
        disabled={importing || readOnly}
        onClick={() => setPicking(true)}
        title="Copy the Sigma rules of a folder or zip into this case"
        data-testid="rules-import"
      >
        {importing ? 'Importing …' : 'Import …'}
      </button>
      <PathPicker
        title="Import rules: folders, zips or rule files"
        wants="evidence"
        open={picking}
        start={app?.home ?? ''}
        onOpen={setPicking}
        onChoose={(paths) => void useRules.getState().importFrom(paths)}
      />
    </>
  );
}

export function ImportResult() {
  const { imported, undoImport, closeImported } = useRules();
  if (!imported) return null;
  const { files, rules, authors, refused, paths } = imported;
  return (
    <div className="banner import-result" role="status" data-testid="import-result">
      <div className="grow column">
        <span>
          {plural(rules, 'rule')} of {plural(files, 'file')} copied into the case
          {authors.length > 0 && `, by ${authors.slice(0, 4).join(', ')}`}
          {authors.length > 4 && ` and ${count(authors.length - 4)} more`}.{' '}
          {refused.length === 0
            ? 'None was refused.'
            : `${count(refused.length)} refused; they stay in the list, with the reason.`}
        </span>
        {refused.length > 0 && (
          <details>
            <summary>Which were refused, and why</summary>
            <ul className="import-refused">
              {refused.slice(0, 500).map((r) => (
                <li key={`${r.path} ${r.reason}`}>
                  <span className="mono">{r.path}</span>: {r.reason}
                </li>
              ))}
              {refused.length > 500 && <li className="dim">and {count(refused.length - 500)} more</li>}
            </ul>
          </details>
        )}
      </div>
      {paths.length > 0 && (
        <button type="button" className="button" onClick={() => void undoImport()} data-testid="import-undo">
          Remove them again
        </button>
      )}
      <button type="button" className="button" onClick={closeImported}>
        Close
      </button>
    </div>
  );
}
