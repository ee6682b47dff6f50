// The filters of the ledger: each choice says how many files it would leave beside the other filters.
import { useMemo } from 'react';
import { MEMBER_STATUSES } from '../../../../shared/model.ts';
import { count } from '../../format/numbers.ts';
import { STATUS_WORDS } from '../../format/words.ts';
import { useEvidence } from '../../store/evidence.ts';
import { type LedgerFilters as Filters, passing, SIZES, tally } from './ledger-filters.ts';
import { REASON_KINDS, REASON_SENTENCES, reasonKind } from './reason-kinds.ts';

export function LedgerFilters() {
  const { files, filters, narrow, toggleStatus, toggleReason } = useEvidence();
  const counts = useMemo(() => {
    const left = (but: keyof Filters) => passing(files, filters, but);
    return {
      status: tally(left('statuses'), (f) => f.status),
      reason: tally(left('reasons'), reasonKind),
      bundle: tally(left('bundle'), (f) => f.bundle),
      node: tally(left('node'), (f) => f.node),
      system: tally(left('system'), (f) => f.system ?? ''),
      format: tally(left('format'), (f) => f.format ?? ''),
      unparsed: left('unparsed').filter((f) => f.unparsedLines > 0).length,
    };
  }, [files, filters]);
  const everReason = useMemo(() => tally(files, reasonKind), [files]);
  return (
    <>
      <div className="bar ledger-filters">
        <fieldset className="choices" aria-label="Statuses shown">
          {MEMBER_STATUSES.map((status) => (
            <button
              key={status}
              type="button"
              aria-pressed={filters.statuses.has(status)}
              data-state={filters.statuses.has(status) ? 'on' : 'off'}
              onClick={() => toggleStatus(status)}
              data-testid={`evidence-status-${status}`}
            >
              {STATUS_WORDS[status]} {count(counts.status.get(status) ?? 0)}
            </button>
          ))}
        </fieldset>
        <label className="mark" title="Only files with lines that fitted no format (u)">
          <input
            type="checkbox"
            checked={filters.unparsed}
            onChange={(e) => narrow({ unparsed: e.target.checked })}
            data-testid="evidence-unparsed"
          />
          not all parsed {count(counts.unparsed)}
        </label>
        <span className="grow" />
        <Pick
          label="Bundle"
          all="all bundles"
          value={filters.bundle}
          counts={counts.bundle}
          onPick={(bundle) => narrow({ bundle })}
        />
        <Pick
          label="Node"
          all="all nodes"
          value={filters.node}
          counts={counts.node}
          onPick={(node) => narrow({ node })}
        />
        <Pick
          label="System"
          all="all systems"
          value={filters.system}
          counts={counts.system}
          onPick={(system) => narrow({ system })}
        />
        <Pick
          label="Format"
          all="all formats"
          value={filters.format}
          counts={counts.format}
          onPick={(format) => narrow({ format })}
        />
        <select
          className="field evidence-pick"
          aria-label="Size"
          value={filters.least}
          onChange={(e) => narrow({ least: Number(e.target.value) })}
          data-testid="evidence-size"
        >
          {SIZES.map(([least, word]) => (
            <option key={least} value={least}>
              {word}
            </option>
          ))}
        </select>
      </div>
      {everReason.size > 0 && (
        <div className="bar ledger-filters">
          <span className="dim">why</span>
          <fieldset className="choices" aria-label="Kinds of reasons shown">
            {REASON_KINDS.filter((kind) => everReason.has(kind)).map((kind) => (
              <button
                key={kind}
                type="button"
                aria-pressed={filters.reasons.has(kind)}
                data-state={filters.reasons.has(kind) ? 'on' : 'off'}
                title={REASON_SENTENCES[kind]}
                onClick={() => toggleReason(kind)}
                data-testid={`evidence-reason-${kind.replaceAll(' ', '-')}`}
              >
                {kind} {count(counts.reason.get(kind) ?? 0)}
              </button>
            ))}
          </fieldset>
        </div>
      )}
    </>
  );
}

interface PickProps {
  label: string;
  all: string;
  value: string | null;
  counts: ReadonlyMap<string, number>;
  onPick(value: string | null): void;
}

/** One of the values that occur, or all. */
function Pick({ label, all, value, counts, onPick }: PickProps) {
  const offered = new Map(counts);
  if (value !== null && !offered.has(value)) offered.set(value, 0);
  return (
    <select
      className="field evidence-pick"
      aria-label={label}
      value={value === null ? '' : `=${value}`}
      onChange={(e) => onPick(e.target.value === '' ? null : e.target.value.slice(1))}
      data-testid={`evidence-${label.toLowerCase()}`}
    >
      <option value="">{all}</option>
      {[...offered]
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([one, n]) => (
          <option key={one} value={`=${one}`}>
            {one || `no ${label.toLowerCase()}`} ({count(n)})
          </option>
        ))}
    </select>
  );
}
