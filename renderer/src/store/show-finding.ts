// Puts a finding into the middle of the timeline and opens its details.
import type { FindingRow } from '../../../shared/api.ts';
import { useCase } from './case.ts';
import { openFinding } from './details.ts';
import { useFindings } from './findings.ts';
import { useRoute } from './route.ts';
import { useTimeline } from './timeline.ts';

export function showOnTimeline(finding: Pick<FindingRow, 'findingId' | 'firstTs' | 'lastTs'>): void {
  const { info, revision } = useCase.getState();
  const timeline = useTimeline.getState();
  timeline.setCase(info?.firstTs ?? null, info?.lastTs ?? null, `${info?.dir} ${revision}`);
  if (finding.firstTs !== null) timeline.showAround(finding.firstTs, finding.lastTs ?? finding.firstTs);
  useFindings.getState().select(finding.findingId);
  openFinding(finding.findingId);
  useRoute.getState().go('timeline');
}
