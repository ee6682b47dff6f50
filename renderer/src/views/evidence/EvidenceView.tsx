// Evidence: the ledger of every member, what became of it and why.
import { useEffect, useMemo } from 'react';
import { MEMBER_STATUSES } from '../../../../shared/model.ts';
import { bytes, count } from '../../format/numbers.ts';
import { STATUS_WORDS } from '../../format/words.ts';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { useCase } from '../../store/case.ts';
import { matching, useEvidence } from '../../store/evidence.ts';
import './evidence.css';
import { LedgerTable } from './LedgerTable.tsx';

export function EvidenceView() {
  const { files, loaded, error, statuses, filter, load, toggle, setFilter } = useEvidence();
  const revision = useCase((s) => s.revision);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => load(), [load, revision]);
  const shown = useMemo(() => matching(files, statuses, filter), [files, statuses, filter]);
  return (
    <div className="view">
      <div className="bar">
        <h1>Evidence</h1>
        <span className="soft" data-testid="evidence-total">
          {count(shown.length)} of {count(files.length)} files in the case,{' '}
          {bytes(shown.reduce((n, f) => n + f.size, 0))}
        </span>
        <span className="grow" />
        <input
          className="field"
          placeholder="Filter: path, node, reason, sha256"
          aria-label="Filter the ledger"
          size={30}
          value={filter}
          onChange={(e) => setFilter(e.target.value)}
          data-testid="evidence-filter"
        />
        <fieldset className="choices" aria-label="Statuses shown">
          {MEMBER_STATUSES.map((status) => (
            <button
              key={status}
              type="button"
              aria-pressed={statuses.has(status)}
              data-state={statuses.has(status) ? 'on' : 'off'}
              onClick={() => toggle(status)}
              data-testid={`evidence-status-${status}`}
            >
              {STATUS_WORDS[status]} {count(files.filter((f) => f.status === status).length)}
            </button>
          ))}
        </fieldset>
      </div>
      <ErrorLine sentence={error} />
      {loaded && files.length === 0 && (
        <Empty title="The ledger is empty">
          <p>
            Every file of every bundle is listed here with its hash and what became of it. Add a bundle from
            the case menu.
          </p>
        </Empty>
      )}
      {files.length > 0 && <LedgerTable files={shown} />}
    </div>
  );
}
