// Evidence: the ledger of every member, what became of it, how well it was read, and why.
import { useEffect, useMemo } from 'react';
import { MEMBER_STATUSES } from '../../../../shared/model.ts';
import { bytes, count } from '../../format/numbers.ts';
import { STATUS_WORDS } from '../../format/words.ts';
import { Empty, ErrorLine } from '../../parts/Empty.tsx';
import { useKeys } from '../../shell/useKeys.ts';
import { useCase } from '../../store/case.ts';
import { openFile, useDetails } from '../../store/details.ts';
import { matching, useEvidence } from '../../store/evidence.ts';
import { showOnly } from '../../store/pivot.ts';
import './evidence.css';
import { LedgerTable } from './LedgerTable.tsx';

export function EvidenceView() {
  const state = useEvidence();
  const { files, loaded, error, statuses, filter, node, format, unparsed } = state;
  const { load, toggle, setFilter, setNode, setFormat, setUnparsed } = state;
  const revision = useCase((s) => s.revision);
  const chosen = useDetails((s) => (s.subject?.kind === 'file' ? Number(s.subject.id) : null));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to load again
  useEffect(() => load(), [load, revision]);
  const shown = useMemo(
    () => matching(files, { statuses, filter, node, format, unparsed }),
    [files, statuses, filter, node, format, unparsed],
  );
  const step = (by: number) => {
    const at = shown.findIndex((file) => file.fileId === chosen);
    const next = shown[at === -1 ? 0 : Math.max(0, Math.min(shown.length - 1, at + by))];
    if (next) openFile(next.fileId);
  };
  useKeys('Evidence', [
    { key: 'j', word: 'Next file', run: () => step(1) },
    { key: 'k', word: 'Previous file', run: () => step(-1) },
    {
      key: 'e',
      word: 'Events of the file',
      run: () => chosen !== null && showOnly([['file_id', String(chosen)]]),
    },
    { key: 'u', word: 'Only files with lines not parsed', run: () => setUnparsed(!unparsed) },
  ]);
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
          size={26}
          value={filter}
          onChange={(e) => setFilter(e.target.value)}
          data-testid="evidence-filter"
        />
        <Pick
          label="Node"
          all="all nodes"
          value={node}
          values={files.map((file) => file.node)}
          onPick={setNode}
        />
        <Pick
          label="Format"
          all="all formats"
          value={format}
          values={files.map((file) => file.format ?? '')}
          onPick={setFormat}
        />
        <label className="mark" title="Only files with lines that fitted no format (u)">
          <input
            type="checkbox"
            checked={unparsed}
            onChange={(e) => setUnparsed(e.target.checked)}
            data-testid="evidence-unparsed"
          />
          not all parsed
        </label>
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
      {files.length > 0 && shown.length === 0 && (
        <Empty title="No file fits">
          <p>Clear a filter above to see the other {count(files.length)} files.</p>
        </Empty>
      )}
      {shown.length > 0 && <LedgerTable files={shown} chosen={chosen} />}
    </div>
  );
}

interface PickProps {
  label: string;
  all: string;
  value: string | null;
  values: (string | null)[];
  onPick(value: string | null): void;
}

/** One of the values that occur, or all. */
function Pick({ label, all, value, values, onPick }: PickProps) {
  const counts = new Map<string, number>();
  for (const one of values) if (one !== null) counts.set(one, (counts.get(one) ?? 0) + 1);
  return (
    <select
      className="field evidence-pick"
      aria-label={label}
      value={value === null ? '' : `=${value}`}
      onChange={(e) => onPick(e.target.value === '' ? null : e.target.value.slice(1))}
      data-testid={`evidence-${label.toLowerCase()}`}
    >
      <option value="">{all}</option>
      {[...counts]
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([one, n]) => (
          <option key={one} value={`=${one}`}>
            {one || 'no format'} ({count(n)})
          </option>
        ))}
    </select>
  );
}
