// Findings in groups: by level, rule or node; the group with the gravest finding first.
import type { FindingRow } from '../../../../shared/api.ts';
import { type Grouping, strength, strongestFirst } from '../../store/findings.ts';

export interface FindingGroup {
  key: string;
  word: string;
  findings: FindingRow[];
}

const nameOf = (f: FindingRow, by: Grouping): string =>
  by === 'level'
    ? f.level
    : by === 'rule'
      ? f.ruleId
      : (f.node ?? (f.nodes.length > 1 ? 'several nodes' : (f.nodes[0] ?? 'no node')));

export function grouped(findings: FindingRow[], by: Grouping): FindingGroup[] {
  const groups = Map.groupBy(findings, (f) => nameOf(f, by));
  return [...groups]
    .map(([key, members]) => ({
      key,
      word: by === 'rule' ? members[0]!.title : key,
      findings: members.toSorted(strongestFirst),
    }))
    .toSorted((a, b) => strength(b.findings[0]!) - strength(a.findings[0]!) || a.word.localeCompare(b.word));
}
