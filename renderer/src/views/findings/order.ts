// In which order findings stand.
import type { FindingRow } from '../../../../shared/api.ts';
import { FINDING_LEVELS } from '../../../../shared/model.ts';

export const strength = (finding: Pick<FindingRow, 'level'>): number => FINDING_LEVELS.indexOf(finding.level);
export const strongestFirst = (a: FindingRow, b: FindingRow): number =>
  strength(b) - strength(a) ||
  (a.firstTs ?? Number.MAX_SAFE_INTEGER) - (b.firstTs ?? Number.MAX_SAFE_INTEGER) ||
  a.findingId.localeCompare(b.findingId);

/** Findings with a time, in time order: for previous and next on the timeline. */
export const inTime = (findings: FindingRow[]): FindingRow[] =>
  findings
    .filter((f) => f.firstTs !== null && f.state !== 'dismissed' && f.state !== 'suppressed')
    .toSorted((a, b) => (a.firstTs ?? 0) - (b.firstTs ?? 0));
