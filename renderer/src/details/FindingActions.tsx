// Confirm, dismiss with a reason, reopen, show on the timeline.
import { useEffect, useState } from 'react';
import type { FindingRow } from '../../../shared/api.ts';
import { useFindings } from '../store/findings.ts';
import { useReason } from '../store/reason.ts';
import { showOnTimeline } from '../store/show-finding.ts';

export function FindingActions({ finding }: { finding: FindingRow }) {
  const setState = useFindings((s) => s.setState);
  const { asking, ask } = useReason();
  const [why, setWhy] = useState('');
  const dismissing = asking === finding.findingId;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another finding starts with an empty reason
  useEffect(() => setWhy(''), [finding.findingId]);
  const dismiss = () => {
    ask(null);
    void setState(finding.findingId, 'dismissed', why.trim());
    setWhy('');
  };
  return (
    <>
      <div className="event-marks">
        {finding.state !== 'confirmed' && (
          <button
            type="button"
            className="button main"
            onClick={() => void setState(finding.findingId, 'confirmed')}
            data-testid="finding-confirm"
            title="Confirm (c)"
          >
            Confirm
          </button>
        )}
        {finding.state !== 'dismissed' && (
          <button
            type="button"
            className="button"
            onClick={() => ask(dismissing ? null : finding.findingId)}
            aria-expanded={dismissing}
            data-testid="finding-dismiss"
            title="Dismiss with a reason (d)"
          >
            Dismiss …
          </button>
        )}
        {finding.state !== 'open' && (
          <button
            type="button"
            className="button"
            onClick={() => void setState(finding.findingId, 'open')}
            data-testid="finding-reopen"
          >
            Reopen
          </button>
        )}
        {finding.firstTs !== null && (
          <button
            type="button"
            className="button"
            onClick={() => showOnTimeline(finding)}
            data-testid="finding-timeline"
            title="Show on the timeline (t)"
          >
            On the timeline
          </button>
        )}
      </div>
      {dismissing && (
        <form
          className="reason"
          onSubmit={(e) => {
            e.preventDefault();
            if (why.trim()) dismiss();
          }}
        >
          <label htmlFor="reason">Why is this not a threat? It goes into the report.</label>
          <input
            id="reason"
            className="field"
            // biome-ignore lint/a11y/noAutofocus: opened by a key or click that asks for this field
            autoFocus
            value={why}
            onChange={(e) => setWhy(e.target.value)}
            onKeyDown={(e) => {
              if (e.key !== 'Escape') return;
              e.stopPropagation();
              ask(null);
            }}
            data-testid="dismiss-reason"
          />
          <button type="submit" className="button main" disabled={!why.trim()} data-testid="dismiss-confirm">
            Dismiss
          </button>
        </form>
      )}
    </>
  );
}
