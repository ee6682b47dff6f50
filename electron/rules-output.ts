// What `tidemark rules` and `tidemark detect` print of rules: tables and JSON.
import type { Api, FindingRow, Output, RuleFileCheck, RuleRow, WhyNot } from '../shared/api.ts';
import { harmless, harmlessJson, table } from './terminal.ts';
import { write } from './write.ts';

const number = (n: number) => n.toLocaleString('en');
const counted = (n: number, word: string) => `${number(n)} ${word}${n === 1 ? '' : 's'}`;
const columns = (...names: string[]) =>
  names.map((name) => ({ name, type: /^(events|findings|ms)$/.test(name) ? 'BIGINT' : 'VARCHAR' }));
const print = (text: string) => write(process.stdout, `${text}\n`);

/** `rules check`: every rule as JSON, or the refused ones as a table and the counts. True: none was refused. */
export async function printRuleChecks(rules: RuleFileCheck[], json: boolean): Promise<boolean> {
  const refused = rules.filter((rule) => !rule.ok);
  if (json) {
    const rows = rules.map(({ path, id, title, ok, applies, reason }) => ({
      path,
      id,
      title,
      ok,
      applies,
      reason,
    }));
    await print(`[${rows.map((row) => `\n  ${harmlessJson(row)}`).join(',')}\n]`);
    return refused.length === 0;
  }
  if (refused.length > 0) {
    const rows = refused.map(({ path, line, title, reason }) => [`${path}:${line}`, title, reason]);
    await print(table(columns('rule', 'title', 'refused because'), rows).join('\n'));
  }
  const files = new Set(rules.map((rule) => rule.path)).size;
  const away = rules.filter((rule) => rule.applies === false).length;
  const warned = rules.filter((rule) => rule.ok && rule.warnings.length > 0).length;
  await print(
    [
      `${counted(rules.length, 'rule')} in ${counted(files, 'file')}: ${number(rules.length - refused.length)} accepted, ${number(refused.length)} refused`,
      ...(warned > 0 ? [`${number(warned)} of the accepted with warnings`] : []),
      ...(rules.some((rule) => rule.applies !== null)
        ? [`${number(away)} whose logs are not in the case`]
        : []),
    ].join('; '),
  );
  return refused.length === 0;
}

/** `rules list`. */
export async function printRules(rules: RuleRow[], json: boolean): Promise<void> {
  if (json) {
    await print(`[${rules.map((rule) => `\n  ${harmlessJson(rule)}`).join(',')}\n]`);
    return;
  }
  const state = (rule: RuleRow) =>
    rule.error !== null ? 'refused' : !rule.enabled ? 'off' : rule.applies === false ? 'not here' : 'on';
  const rows = rules.map((rule) => [
    rule.level,
    rule.status,
    rule.origin,
    state(rule),
    rule.ruleId,
    rule.title,
    rule.author,
  ]);
  await print(table(columns('level', 'status', 'origin', 'state', 'id', 'title', 'author'), rows).join('\n'));
  const refused = rules.filter((rule) => rule.error !== null).length;
  const off = rules.filter((rule) => !rule.enabled).length;
  await print(`${counted(rules.length, 'rule')}, ${number(refused)} refused, ${number(off)} switched off`);
}

/** Of a rule in the JSON of `detect`: what it did and how long it took. */
export const ruleTiming = (rule: RuleRow) => ({
  id: rule.ruleId,
  title: rule.title,
  path: rule.path,
  origin: rule.origin,
  level: rule.level,
  type: rule.type,
  enabled: rule.enabled,
  disabled_why: rule.disabledWhy,
  applies: rule.applies,
  findings: rule.findings,
  suppressed: rule.suppressed,
  events: rule.events,
  excluded: rule.excluded,
  millis: rule.millis === null ? null : Math.round(rule.millis * 10) / 10,
  error: rule.error,
  note: rule.note,
});

/** The rules that took longest. */
export async function printSlowest(rules: RuleRow[], most: number): Promise<void> {
  const slow = rules
    .filter((rule) => (rule.millis ?? 0) >= 1)
    .sort((a, b) => b.millis! - a.millis!)
    .slice(0, most);
  if (slow.length === 0) return;
  const rows = slow.map((rule) => [Math.round(rule.millis!), rule.events, rule.findings, rule.title]);
  await print(`\n${table(columns('ms', 'events', 'findings', 'slowest rules'), rows).join('\n')}`);
}

export interface Explanation {
  rule: RuleRow;
  sentence: string;
  parts: WhyNot | null;
  findings: FindingRow[];
}

/** Null: there is no such rule. */
export async function explainRule(api: Api, ruleId: string): Promise<Explanation | null> {
  const { rules } = await api['rules.list']({});
  const rule = rules.find((row) => row.ruleId === ruleId.toLowerCase() || row.ruleId === ruleId);
  if (!rule) return null;
  const why: Output<'rules.whyNot'> = await api['rules.whyNot']({ ruleId: rule.ruleId });
  const { findings } = await api['findings.list']({});
  return { rule, ...why, findings: findings.filter((finding) => finding.ruleId === rule.ruleId) };
}

/** `detect --explain`, for people. */
export async function printExplanation({ rule, sentence, parts, findings }: Explanation): Promise<void> {
  const lines = [
    `${rule.title} (${rule.level}, ${rule.ruleId})`,
    ...(rule.description ? [rule.description] : []),
    '',
    sentence,
  ];
  if (parts) lines.push('', ...partLines(parts, 0));
  for (const finding of findings) {
    lines.push('', `${finding.findingId} ${finding.state}: ${finding.explanation}`);
    for (const [name, value] of Object.entries(finding.groupValues))
      lines.push(`  ${name}: ${String(value)}`);
  }
  await print(lines.map((line) => harmless(line)).join('\n'));
}

function partLines(part: WhyNot, depth: number): string[] {
  const missing = part.missing ? `, ${counted(part.missing, 'event')} without the field` : '';
  const line = part.line === null ? '' : `, line ${part.line}`;
  return [
    `${'  '.repeat(depth)}${part.text}: ${counted(part.events, 'event')}${missing}${line}`,
    ...part.children.flatMap((child) => partLines(child, depth + 1)),
  ];
}
