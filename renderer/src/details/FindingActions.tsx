// Confirm, dismiss with a reason, suppress, reopen, show on the timeline.
import type { FindingRow } from '../../../shared/api.ts';
import { ReasonForm } from '../parts/ReasonForm.tsx';
import { useCase } from '../store/case.ts';
import { useFindings } from '../store/findings.ts';
import { useReason } from '../store/reason.ts';
import { useRoute } from '../store/route.ts';
import { showOnTimeline } from '../store/show-finding.ts';
import { useSuppressions } from '../store/suppressions.ts';

export function FindingActions({ finding }: { finding: FindingRow }) {
  const setState = useFindings((s) => s.setState);
  const readOnly = useCase((s) => s.info?.readOnly ?? true);
  const { asking, ask } = useReason();
  const dismissing = asking === finding.findingId;
  return (
    <>
      <div className="event-marks">
        {finding.state !== 'confirmed' && (
          <button
            type="button"
            className="button main"
            disabled={readOnly}
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
            disabled={readOnly}
            onClick={() => ask(dismissing ? null : finding.findingId)}
            aria-expanded={dismissing}
            data-testid="finding-dismiss"
            title="Dismiss with a reason (d)"
          >
            Dismiss …
          </button>
        )}
        {finding.state !== 'suppressed' && (
          <button
            type="button"
            className="button"
            disabled={readOnly}
            onClick={() => useSuppressions.getState().begin(finding)}
            data-testid="finding-suppress"
            title="Hide all findings like this one (s)"
          >
            Suppress …
          </button>
        )}
        {finding.state === 'suppressed' && finding.suppressionId !== null && (
          <button
            type="button"
            className="button"
            onClick={() => {
              useRoute.getState().go('findings');
              useSuppressions.getState().list(true);
            }}
            data-testid="finding-suppressions"
            title="What suppresses it (l)"
          >
            Suppressions …
          </button>
        )}
        {finding.state !== 'open' && (
          <button
            type="button"
            className="button"
            disabled={readOnly}
            onClick={() => void setState(finding.findingId, 'open')}
            data-testid="finding-reopen"
            title="Reopen (o)"
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
        <ReasonForm
          label="Why is this not a threat? It goes into the report."
          word="Dismiss"
          testid="dismiss-reason"
          onLeave={() => ask(null)}
          onSay={(why) => {
            ask(null);
            void setState(finding.findingId, 'dismissed', why);
          }}
        />
      )}
    </>
  );
}
