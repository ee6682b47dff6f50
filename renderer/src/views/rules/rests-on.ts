// Which rules a correlation names, read from its text; the names are ids or the `name` of another rule.
import type { RuleRow } from '../../../../shared/api.ts';

/** The items of `correlation: rules:` of the first correlation in a rule text. */
export function namedRules(source: string): string[] {
  const lines = source.split('\n');
  const at = lines.findIndex((line) => /^correlation:\s*(#.*)?$/.test(line));
  if (at < 0) return [];
  const rules = lines.findIndex((line, i) => i > at && /^\s+rules:/.test(line));
  if (rules < 0) return [];
  const inline = /^\s+rules:\s*([^#]*)/.exec(lines[rules]!)?.[1]?.trim() ?? '';
  if (inline)
    return inline
      .replace(/^\[|\]$/g, '')
      .split(',')
      .map(unquoted)
      .filter(Boolean);
  const named: string[] = [];
  for (const line of lines.slice(rules + 1)) {
    const item = /^\s+-\s+(.+?)\s*(#.*)?$/.exec(line);
    if (!item) break;
    named.push(unquoted(item[1]!));
  }
  return named;
}

const unquoted = (word: string): string => word.trim().replace(/^(['"])(.*)\1$/, '$2');

const nameOf = (rule: RuleRow): string | null => {
  const name = /^name:\s*(.+?)\s*$/m.exec(rule.source)?.[1];
  return name === undefined ? null : unquoted(name);
};

/** Each name with the rule that bears it; null: listed nowhere on its own, as rules of the same file may be. */
export const restsOn = (rule: RuleRow, rules: RuleRow[]): { name: string; rule: RuleRow | null }[] =>
  namedRules(rule.source).map((name) => ({
    name,
    rule: rules.find((r) => r !== rule && (r.ruleId === name || nameOf(r) === name)) ?? null,
  }));
