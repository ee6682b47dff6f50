// The ledger: every member of every bundle, narrowed by what became of it and why.
import { type ReactNode, useEffect, useMemo } from 'react';
import { bytes, count } from '../../format/numbers.ts';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { useKeys } from '../../shell/useKeys.ts';
import { useCase } from '../../store/case.ts';
import { openFile, useDetails } from '../../store/details.ts';
import { useEvidence } from '../../store/evidence.ts';
import { showOnly } from '../../store/pivot.ts';
import { LedgerFilters } from './LedgerFilters.tsx';
import { LedgerTable } from './LedgerTable.tsx';
import { isFiltered, passing } from './ledger-filters.ts';

export function LedgerPart({ head }: { head: ReactNode }) {
  const { files, loaded, error, filters, load, narrow, clearFilters } = useEvidence();
  const revision = useCase((s) => s.revision);
  const chosen = useDetails((s) => (s.subject?.kind === 'file' ? Number(s.subject.id) : null));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => load(), [load, revision]);
  const shown = useMemo(() => passing(files, filters), [files, filters]);
  const step = (by: number) => {
    const at = shown.findIndex((file) => file.fileId === chosen);
    const next = shown[at === -1 ? 0 : Math.max(0, Math.min(shown.length - 1, at + by))];
    if (next) openFile(next.fileId);
  };
  useKeys('Ledger', [
    { key: 'j', word: 'Next file', run: () => step(1) },
    { key: 'k', word: 'Previous file', run: () => step(-1) },
    {
      key: 'e',
      word: 'Events of the file',
      run: () => chosen !== null && showOnly([['file_id', String(chosen)]]),
    },
    {
      key: 'u',
      word: 'Only files with lines not parsed',
      run: () => narrow({ unparsed: !filters.unparsed }),
    },
    { key: 'z', word: 'Clear the filters of the ledger', run: clearFilters },
  ]);
  return (
    <>
      <div className="bar">
        {head}
        <span className="soft" data-testid="evidence-total">
          {count(shown.length)} of {count(files.length)} files in the case,{' '}
          {bytes(shown.reduce((n, f) => n + f.size, 0))}
        </span>
        {isFiltered(filters) && (
          <button type="button" className="link" onClick={clearFilters} data-testid="evidence-clear">
            Show all (z)
          </button>
        )}
        <span className="grow" />
        <input
          className="field evidence-search"
          placeholder="Filter: path, node, reason, sha256"
          aria-label="Filter the ledger"
          value={filters.filter}
          onChange={(e) => narrow({ filter: e.target.value })}
          data-testid="evidence-filter"
        />
      </div>
      <LedgerFilters />
      <ErrorLine sentence={error} />
      {loaded && files.length === 0 && (
        <Empty title="The ledger is empty">
          <p>
            Every file of every bundle is listed here with its hash and what became of it. Add a bundle from
            the case menu.
          </p>
        </Empty>
      )}
      {files.length > 0 && shown.length === 0 && (
        <Empty title="No file fits">
          <p>Clear the filters above (z) to see all {count(files.length)} files.</p>
        </Empty>
      )}
      {shown.length > 0 && <LedgerTable files={shown} chosen={chosen} />}
    </>
  );
}
