// Keys of the findings: move, judge one or all that are marked, suppress, take back, go to the evidence.
import type { FindingRow } from '../../../../shared/api.ts';
import { useKeys } from '../../shell/useKeys.ts';
import { useFindings } from '../../store/findings.ts';
import { showOnly } from '../../store/pivot.ts';
import { MARKED, useReason } from '../../store/reason.ts';
import { showOnTimeline } from '../../store/show-finding.ts';
import { showRule } from '../../store/show-rule.ts';
import { useSuppressions } from '../../store/suppressions.ts';

/** A finding in the group it is listed in. */
export interface Listed {
  finding: FindingRow;
  group: string;
}

export function useFindingKeys(order: Listed[], at: number): void {
  const current = order[at]?.finding;
  const { select, setState, mark, markAll, undo, show, display } = useFindings.getState();
  const step = (by: number) => {
    const next = order[Math.max(0, Math.min(order.length - 1, at + by))];
    if (next) select(next.finding.findingId, next.group);
  };
  /** Those marked, else the one looked at. */
  const those = (): string[] => {
    const { marked } = useFindings.getState();
    return marked.size > 0 ? [...marked] : current ? [current.findingId] : [];
  };
  const withCurrent = (act: (finding: FindingRow) => void) => () => {
    if (current) act(current);
  };
  const dismiss = () => {
    const { marked } = useFindings.getState();
    useReason.getState().ask(marked.size > 0 ? MARKED : (current?.findingId ?? null));
  };
  useKeys('Findings', [
    { key: 'j', word: 'Next finding', run: () => step(1) },
    { key: 'k', word: 'Previous finding', run: () => step(-1) },
    { key: 'c', word: 'Confirm', run: () => void setState(those(), 'confirmed') },
    { key: 'd', word: 'Dismiss with a reason', run: dismiss },
    {
      key: 's',
      word: 'Suppress: hide all that are alike',
      run: withCurrent((f) => useSuppressions.getState().begin(f)),
    },
    { key: 'o', word: 'Reopen', run: () => void setState(those(), 'open') },
    {
      key: 'x',
      word: 'Select, to judge several at once',
      run: withCurrent((f) => {
        mark(f.findingId);
        step(1);
      }),
    },
    {
      key: 'a',
      word: 'Select all that are shown, or none',
      run: () => markAll(useFindings.getState().marked.size > 0 ? [] : order.map((l) => l.finding.findingId)),
    },
    { key: 'u', word: 'Take the last verdict back', run: () => void undo() },
    { key: 't', word: 'Show on the timeline', run: withCurrent(showOnTimeline) },
    { key: 'e', word: 'Its events', run: withCurrent((f) => showOnly([['finding', f.findingId]])) },
    { key: 'r', word: 'Its rule', run: withCurrent((f) => showRule(f.ruleId)) },
    {
      key: 'm',
      word: 'ATT&CK matrix or list',
      run: () => show(display === 'matrix' ? 'list' : 'matrix'),
    },
    { key: 'l', word: 'Suppressions', run: () => useSuppressions.getState().list(true) },
  ]);
}
