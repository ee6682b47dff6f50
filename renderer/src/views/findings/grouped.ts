// Findings in groups: by level, rule, node, entity or ATT&CK tactic; the group with the gravest finding first.
import type { Attack, FindingRow, RuleRow } from '../../../../shared/api.ts';
import { placesOf, tagsOf } from './attack-places.ts';
import { strength, strongestFirst } from './order.ts';

export type Grouping = 'level' | 'rule' | 'node' | 'entity' | 'tactic';

export interface FindingGroup {
  key: string;
  word: string;
  findings: FindingRow[];
}

/** What names of groups are looked up in. */
export interface Names {
  attack: Attack;
  rules: ReadonlyMap<string, RuleRow>;
}

export const valueText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** A plain number counts or measures something; it names nothing. */
const names = (value: unknown): boolean => value !== null && !/^-?\d+(\.\d+)?$/.test(valueText(value));

/** The groups a finding is in: by entity or tactic it may be in several, by the others in one. */
function groupsOf(f: FindingRow, by: Grouping, { attack, rules }: Names): string[] {
  switch (by) {
    case 'level':
      return [f.level];
    case 'rule':
      return [f.ruleId];
    case 'node':
      return [f.node ?? (f.nodes.length > 1 ? 'several nodes' : (f.nodes[0] ?? 'no node'))];
    case 'entity': {
      const values = Object.entries(f.groupValues).filter(([, value]) => names(value));
      return values.length > 0
        ? values.map(([name, value]) => `${name} = ${valueText(value)}`)
        : ['no entity'];
    }
    case 'tactic': {
      const tactics = placesOf(tagsOf(f, rules.get(f.ruleId)), attack).map((place) => place.tactic);
      return tactics.length > 0 ? [...new Set(tactics)] : [''];
    }
  }
}

function wordOf(key: string, members: FindingRow[], by: Grouping, { attack }: Names): string {
  if (by === 'rule') return members[0]!.title;
  if (by !== 'tactic') return key;
  return attack.tactics.find((t) => t.short === key)?.name ?? 'Under no tactic';
}

export function grouped(findings: FindingRow[], by: Grouping, tables: Names): FindingGroup[] {
  const groups = new Map<string, FindingRow[]>();
  for (const finding of findings)
    for (const key of groupsOf(finding, by, tables)) {
      const members = groups.get(key);
      if (members) members.push(finding);
      else groups.set(key, [finding]);
    }
  const place = (group: FindingGroup) => {
    const at = tables.attack.tactics.findIndex((t) => t.short === group.key);
    return at < 0 ? tables.attack.tactics.length : at;
  };
  return [...groups]
    .map(([key, members]) => ({
      key,
      word: wordOf(key, members, by, tables),
      findings: members.toSorted(strongestFirst),
    }))
    .toSorted((a, b) =>
      by === 'tactic'
        ? place(a) - place(b)
        : strength(b.findings[0]!) - strength(a.findings[0]!) || a.word.localeCompare(b.word),
    );
}
