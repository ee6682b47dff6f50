// Keys of the findings: move, confirm, dismiss, show on the timeline.
import type { FindingRow } from '../../../../shared/api.ts';
import { useKeys } from '../../shell/useKeys.ts';
import { useFindings } from '../../store/findings.ts';
import { showOnly } from '../../store/pivot.ts';
import { useReason } from '../../store/reason.ts';
import { showOnTimeline } from '../../store/show-finding.ts';

export function useFindingKeys(order: FindingRow[], current: FindingRow | undefined): void {
  const { select, setState } = useFindings.getState();
  const step = (by: number) => {
    const at = order.findIndex((f) => f.findingId === current?.findingId);
    const next = order[Math.max(0, Math.min(order.length - 1, at + by))];
    if (next) select(next.findingId);
  };
  const withCurrent = (act: (finding: FindingRow) => void) => () => {
    if (current) act(current);
  };
  useKeys('Findings', [
    { key: 'j', word: 'Next finding', run: () => step(1) },
    { key: 'k', word: 'Previous finding', run: () => step(-1) },
    { key: 'c', word: 'Confirm', run: withCurrent((f) => void setState(f.findingId, 'confirmed')) },
    {
      key: 'd',
      word: 'Dismiss with a reason',
      run: withCurrent((f) => useReason.getState().ask(f.findingId)),
    },
    { key: 'o', word: 'Reopen', run: withCurrent((f) => void setState(f.findingId, 'open')) },
    { key: 't', word: 'Show on the timeline', run: withCurrent(showOnTimeline) },
    { key: 'e', word: 'Its events', run: withCurrent((f) => showOnly([['finding', f.findingId]])) },
  ]);
}
