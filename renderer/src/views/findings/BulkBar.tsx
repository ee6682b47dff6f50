// What can be done with all findings that are marked.
import { count } from '../../format/numbers.ts';
import { ReasonForm } from '../../parts/ReasonForm.tsx';
import { useFindings } from '../../store/findings.ts';
import { MARKED, useReason } from '../../store/reason.ts';

/** `shown`: ids that the list shows; marks may lie on others. */
export function BulkBar({ shown }: { shown: ReadonlySet<string> }) {
  const { marked, setState, markAll } = useFindings();
  const { asking, ask } = useReason();
  if (marked.size === 0) return null;
  const ids = [...marked];
  const out = ids.filter((id) => !shown.has(id)).length;
  return (
    <div className="bulk" data-testid="bulk-bar">
      <div className="event-marks">
        <span data-testid="bulk-count">
          {count(ids.length)} selected
          {out > 0 && <span className="dim"> ({count(out)} not shown now)</span>}
        </span>
        <button
          type="button"
          className="button"
          onClick={() => void setState(ids, 'confirmed')}
          title="Confirm (c)"
          data-testid="bulk-confirm"
        >
          Confirm
        </button>
        <button
          type="button"
          className="button"
          aria-expanded={asking === MARKED}
          onClick={() => ask(asking === MARKED ? null : MARKED)}
          title="Dismiss with a reason (d)"
          data-testid="bulk-dismiss"
        >
          Dismiss …
        </button>
        <button
          type="button"
          className="button"
          onClick={() => void setState(ids, 'open')}
          title="Reopen (o)"
          data-testid="bulk-reopen"
        >
          Reopen
        </button>
        <button type="button" className="button" onClick={() => markAll([])}>
          Clear
        </button>
      </div>
      {asking === MARKED && (
        <ReasonForm
          label={`Why are these ${count(ids.length)} not a threat? It goes into the report.`}
          word="Dismiss"
          testid="bulk-reason"
          onLeave={() => ask(null)}
          onSay={(why) => {
            ask(null);
            void setState(ids, 'dismissed', why);
          }}
        />
      )}
    </div>
  );
}
