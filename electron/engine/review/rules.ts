// The rules of a case as the responder works with them: what they are, what the case wants of them, what they found.
import type { RuleDefaultRow, RuleRow } from '../../../shared/api.ts';
import type { RuleDefaultKind } from '../../../shared/model.ts';
import type { Connection, Json } from '../case/database.ts';
import type { LoadedRule } from '../detect/load-rules.ts';
import { problemsText } from '../detect/sigma/problem.ts';
import { STANDARD_DEFAULTS, type Tuning, verdict } from '../detect/tuning/tuning.ts';

interface Outcome {
  ruleId: string;
  title: string;
  level: RuleRow['level'];
  status: string;
  type: RuleRow['type'];
  path: string;
  source: string;
  error: string | null;
  applies: boolean | null;
  events: number;
  findings: number;
  suppressed: number;
  millis: number | null;
  enabled: boolean;
  disabledWhy: string | null;
  origin: RuleRow['origin'];
  warnings: string | null;
  excluded: number;
  note: string | null;
}

export async function readOutcomes(connection: Connection): Promise<Map<string, Outcome>> {
  const rows = await connection.rows<Record<string, Json>>(
    `SELECT rule_id AS "ruleId", title, level, status, type, path, source, error, applies, events, findings, millis,
      enabled, disabled_why AS "disabledWhy", origin, warnings, excluded, note,
      (SELECT count(*) FROM findings f WHERE f.rule_id = r.rule_id AND f.state = 'suppressed') AS suppressed
    FROM rule_run r ORDER BY rule_id`,
  );
  return new Map(
    rows.map((row) => {
      const outcome = {
        ...(row as unknown as Outcome),
        events: Number(row.events),
        findings: Number(row.findings),
        suppressed: Number(row.suppressed),
        excluded: Number(row.excluded ?? 0),
      };
      return [outcome.ruleId, outcome];
    }),
  );
}

/** Rows of the loaded rules, then of those that the last run had beside them. */
export function ruleRows(
  loaded: readonly LoadedRule[],
  tuning: Tuning,
  outcomes: ReadonlyMap<string, Outcome>,
): RuleRow[] {
  const rest = new Map(outcomes);
  const rows = loaded.map((rule) => {
    const outcome = rest.get(rule.ruleId);
    rest.delete(rule.ruleId);
    return ruleRow(rule, tuning, outcome);
  });
  return [...rows, ...[...rest.values()].map(runRow)];
}

export function ruleRow(rule: LoadedRule, tuning: Tuning, outcome: Outcome | undefined): RuleRow {
  const { enabled, why } = verdict(rule, tuning);
  return {
    ruleId: rule.ruleId,
    title: rule.title,
    level: rule.level,
    status: rule.status,
    type: rule.type,
    product: rule.product,
    service: rule.service,
    attack: rule.attack,
    tags: rule.tags,
    path: rule.path,
    line: rule.line,
    origin: rule.origin,
    editable: rule.origin === 'case',
    description: rule.description,
    falsePositives: rule.falsePositives,
    references: rule.references,
    related: rule.related,
    license: rule.license,
    author: rule.author,
    source: rule.source,
    error: rule.problems.length > 0 ? problemsText(rule.problems) : (outcome?.error ?? null),
    warnings: rule.warnings.map(({ line, message }) => `line ${line}: ${message}`),
    enabled,
    disabledWhy: why,
    thresholds: rule.thresholds.map((threshold) => ({
      ...threshold,
      value: rule.tuned[threshold.name] ?? threshold.value,
      stated: threshold.value,
    })),
    applies: outcome ? outcome.applies : null,
    note: outcome?.note ?? rule.note,
    findings: outcome?.findings ?? 0,
    suppressed: outcome?.suppressed ?? 0,
    events: outcome?.events ?? 0,
    excluded: outcome?.excluded ?? 0,
    millis: outcome?.millis ?? null,
  };
}

/** A rule that was brought for the last run alone: what the case keeps of it. */
function runRow(outcome: Outcome): RuleRow {
  return {
    ...outcome,
    warnings: outcome.warnings === null ? [] : (JSON.parse(outcome.warnings) as string[]),
    product: null,
    service: null,
    attack: [],
    tags: [],
    line: 1,
    editable: false,
    description: '',
    falsePositives: [],
    references: [],
    related: [],
    license: null,
    author: null,
    thresholds: [],
  };
}

/** What the rules have, and what was set, whether a rule has it or not. */
export function defaultRows(loaded: readonly LoadedRule[], tuning: Tuning): RuleDefaultRow[] {
  const counted = new Map<string, RuleDefaultRow>();
  const add = (kind: RuleDefaultKind, value: string, rules: number) => {
    const key = `${kind}:${value}`;
    const row = counted.get(key);
    if (row) {
      row.rules += rules;
      return;
    }
    const set = tuning.defaults.get(key);
    counted.set(key, {
      kind,
      value,
      enabled: set?.enabled ?? true,
      rules,
      author: set?.author ?? null,
      madeAt: set?.madeAt ?? null,
    });
  };
  for (const rule of loaded) {
    add('level', rule.level, 1);
    add('status', rule.status, 1);
    for (const tag of rule.tags) add('tag', tag, 1);
  }
  for (const { kind, value } of STANDARD_DEFAULTS) add(kind, value, 0);
  for (const key of tuning.defaults.keys()) {
    const at = key.indexOf(':');
    add(key.slice(0, at) as RuleDefaultKind, key.slice(at + 1), 0);
  }
  return [...counted.values()].sort((a, b) => a.kind.localeCompare(b.kind) || a.value.localeCompare(b.value));
}
