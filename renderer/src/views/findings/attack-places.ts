// Where rules and findings stand in the ATT&CK matrix.
import type { Attack, FindingRow, RuleRow } from '../../../../shared/api.ts';
import { FINDING_LEVELS, type FindingLevel } from '../../../../shared/model.ts';

/** `tactic` is its short name, '' when none is known; `technique` an id, '' when only the tactic is named. */
export interface Place {
  tactic: string;
  technique: string;
}
export interface Cell extends Place {
  name: string;
  rules: number;
  findings: number;
  open: number;
  /** The gravest of its findings; null: none. */
  level: FindingLevel | null;
}
export interface MatrixColumn {
  short: string;
  name: string;
  cells: Cell[];
  rules: number;
  findings: number;
}

/**
 * A technique stands under the tactics the tags name, as far as it belongs to them; else under all it belongs to. A tactic
 * that is named and got no technique stands for itself.
 */
export function placesOf(tags: string[], attack: Attack): Place[] {
  const names = tags
    .map((tag) => tag.toLowerCase())
    .filter((tag) => tag.startsWith('attack.'))
    .map((tag) => tag.slice(7));
  const techniques = names.filter((n) => /^t\d{4}(\.\d{3})?$/.test(n)).map((n) => n.toUpperCase());
  const tactics = names
    .map((n) => n.replaceAll('_', '-'))
    .filter((n) => attack.tactics.some((t) => t.short === n));
  const places = techniques.flatMap((technique): Place[] => {
    const its = tacticsOf(technique, attack);
    const named = tactics.filter((t) => its.length === 0 || its.includes(t));
    const under = named.length > 0 ? named : its.length > 0 ? its : [''];
    return under.map((tactic) => ({ tactic, technique }));
  });
  const alone = tactics.filter((tactic) => !places.some((p) => p.tactic === tactic));
  return [...places, ...alone.map((tactic) => ({ tactic, technique: '' }))];
}

/** Of a sub-technique that is not listed, those of its technique. */
function tacticsOf(technique: string, attack: Attack): string[] {
  const of = (id: string) => attack.techniques.find((t) => t.id === id)?.tactics;
  return of(technique) ?? of(technique.split('.')[0]!) ?? [];
}

/** The tags of its rule; of a rule that is not loaded any more, the techniques the finding names. */
export const tagsOf = (finding: FindingRow, rule: RuleRow | undefined): string[] =>
  rule?.tags.some((tag) => tag.toLowerCase().startsWith('attack.'))
    ? rule.tags
    : finding.attack.map((id) => `attack.${id.toLowerCase()}`);

export const techniqueName = (id: string, attack: Attack): string =>
  attack.techniques.find((t) => t.id === id)?.name ?? '';

const strength = (level: FindingLevel | null): number =>
  level === null ? -1 : FINDING_LEVELS.indexOf(level);

/** All tactics in order, with the techniques that rules or findings name; at the end what stands under no tactic. */
export function matrixOf(attack: Attack, rules: RuleRow[], findings: FindingRow[]): MatrixColumn[] {
  const cells = new Map<string, Cell>();
  const at = ({ tactic, technique }: Place): Cell => {
    const key = `${tactic} ${technique}`;
    const made = cells.get(key) ?? {
      tactic,
      technique,
      name: technique === '' ? 'no technique named' : techniqueName(technique, attack),
      rules: 0,
      findings: 0,
      open: 0,
      level: null,
    };
    cells.set(key, made);
    return made;
  };
  const byId = new Map(rules.map((rule) => [rule.ruleId, rule]));
  for (const rule of rules) for (const place of placesOf(rule.tags, attack)) at(place).rules++;
  for (const finding of findings) {
    for (const place of placesOf(tagsOf(finding, byId.get(finding.ruleId)), attack)) {
      const cell = at(place);
      cell.findings++;
      if (finding.state === 'open') cell.open++;
      if (strength(finding.level) > strength(cell.level)) cell.level = finding.level;
    }
  }
  const column = (short: string, name: string): MatrixColumn => {
    const its = [...cells.values()]
      .filter((cell) => cell.tactic === short)
      .toSorted((a, b) => (a.technique || '~').localeCompare(b.technique || '~'));
    const sum = (of: 'rules' | 'findings') => its.reduce((n, cell) => n + cell[of], 0);
    return { short, name, cells: its, rules: sum('rules'), findings: sum('findings') };
  };
  const columns = attack.tactics.map((tactic) => column(tactic.short, tactic.name));
  const rest = column('', 'Under no tactic');
  return rest.cells.length > 0 ? [...columns, rest] : columns;
}
