// What a case wants of its rules: on or off by rule, level, status and tag, other thresholds, values of placeholders.
import type { FindingLevel, RuleDefaultKind } from '../../../../shared/model.ts';
import { type Connection, timestamp } from '../../case/database.ts';

export interface RuleTuning {
  /** null: the defaults decide. */
  enabled: boolean | null;
  thresholds: Record<string, number>;
  reason: string | null;
  author: string | null;
}

export interface Tuning {
  rules: ReadonlyMap<string, RuleTuning>;
  /** By `kind:value`. */
  defaults: ReadonlyMap<string, { enabled: boolean; author: string | null; madeAt: number | null }>;
  placeholders: ReadonlyMap<string, string[]>;
}

/** As Tidemark comes: rules that their authors gave up are off. */
export const STANDARD_DEFAULTS: readonly { kind: RuleDefaultKind; value: string; enabled: boolean }[] = [
  { kind: 'status', value: 'deprecated', enabled: false },
  { kind: 'status', value: 'unsupported', enabled: false },
];

export const defaultKey = (kind: string, value: string): string => `${kind}:${value}`;

const standard = () =>
  new Map(
    STANDARD_DEFAULTS.map(({ kind, value, enabled }) => [
      defaultKey(kind, value),
      { enabled, author: null as string | null, madeAt: null as number | null },
    ]),
  );

export const NO_TUNING: Tuning = { rules: new Map(), defaults: standard(), placeholders: new Map() };

export async function readTuning(connection: Connection): Promise<Tuning> {
  const rules = await connection.rows<{
    rule_id: string;
    enabled: boolean | null;
    thresholds: string | null;
    reason: string | null;
    author: string | null;
  }>('SELECT rule_id, enabled, thresholds, reason, author FROM rule_tuning ORDER BY rule_id');
  const defaults = await connection.rows<{
    kind: string;
    value: string;
    enabled: boolean;
    author: string | null;
    made: string | null;
  }>('SELECT kind, value, enabled, author, epoch_us(made_at) AS made FROM rule_default ORDER BY kind, value');
  const placeholders = await connection.rows<{ name: string; values: string[] }>(
    'SELECT name, "values" FROM placeholder ORDER BY name',
  );
  const byKey = standard();
  for (const { kind, value, enabled, author, made } of defaults)
    byKey.set(defaultKey(kind, value), { enabled, author, madeAt: made === null ? null : Number(made) });
  return {
    rules: new Map(
      rules.map(({ rule_id, enabled, thresholds, reason, author }) => [
        rule_id,
        {
          enabled,
          thresholds: thresholds === null ? {} : (JSON.parse(thresholds) as Record<string, number>),
          reason,
          author,
        },
      ]),
    ),
    defaults: byKey,
    placeholders: new Map(placeholders.map(({ name, values }) => [name, values])),
  };
}

/** Values for `loadRules`: only rules that have some. */
export const thresholdsOf = (tuning: Tuning): Map<string, Record<string, number>> =>
  new Map(
    [...tuning.rules].flatMap(([id, { thresholds }]) =>
      Object.keys(thresholds).length > 0 ? [[id, thresholds] as const] : [],
    ),
  );

/** Whether a rule runs; `why` when it does not. What was said of the rule itself counts first. */
export function verdict(
  rule: { ruleId: string; level: FindingLevel; status: string; tags: readonly string[] },
  tuning: Tuning,
): { enabled: boolean; why: string | null } {
  const own = tuning.rules.get(rule.ruleId);
  if (own?.enabled === true) return { enabled: true, why: null };
  if (own?.enabled === false) {
    const by = own.author ? ` by ${own.author}` : '';
    return { enabled: false, why: `switched off${by}${own.reason ? `: ${own.reason}` : ''}` };
  }
  const said: [RuleDefaultKind, string][] = [
    ['level', rule.level],
    ['status', rule.status],
    ...rule.tags.map((tag): [RuleDefaultKind, string] => ['tag', tag]),
  ];
  for (const [kind, value] of said) {
    const found = tuning.defaults.get(defaultKey(kind, value));
    if (found && !found.enabled) {
      const by = found.author ? `by ${found.author}` : 'as Tidemark comes';
      return { enabled: false, why: `rules with the ${kind} '${value}' are switched off (${by})` };
    }
  }
  return { enabled: true, why: null };
}

/** Writes what changed and nothing else; a row that says nothing any more goes. */
export async function tuneRule(
  connection: Connection,
  ruleId: string,
  change: { enabled?: boolean | null; thresholds?: Record<string, number> | null; reason: string },
  author: string,
): Promise<void> {
  const before = (await readTuning(connection)).rules.get(ruleId);
  const enabled = change.enabled === undefined ? (before?.enabled ?? null) : change.enabled;
  const thresholds = change.thresholds === undefined ? (before?.thresholds ?? {}) : (change.thresholds ?? {});
  if (enabled === null && Object.keys(thresholds).length === 0) {
    await connection.run('DELETE FROM rule_tuning WHERE rule_id = $1', [ruleId]);
    return;
  }
  await connection.run('INSERT OR REPLACE INTO rule_tuning VALUES ($1, $2, $3, $4, $5, $6)', [
    ruleId,
    enabled,
    Object.keys(thresholds).length === 0 ? null : JSON.stringify(thresholds),
    change.reason || null,
    author,
    timestamp(Date.now() * 1000),
  ]);
}

/** A default as Tidemark comes needs no row. */
export async function setDefault(
  connection: Connection,
  kind: RuleDefaultKind,
  value: string,
  enabled: boolean,
  author: string,
): Promise<void> {
  const asItComes = STANDARD_DEFAULTS.find((d) => d.kind === kind && d.value === value)?.enabled ?? true;
  if (enabled === asItComes) {
    await connection.run('DELETE FROM rule_default WHERE kind = $1 AND value = $2', [kind, value]);
    return;
  }
  await connection.run('INSERT OR REPLACE INTO rule_default VALUES ($1, $2, $3, $4, $5)', [
    kind,
    value,
    enabled,
    author,
    timestamp(Date.now() * 1000),
  ]);
}
