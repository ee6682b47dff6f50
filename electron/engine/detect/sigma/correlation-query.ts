// Correlation rules as SQL: sliding windows that end at an event, both ends inclusive; one finding per island of windows.
// Same answer columns as event-query.ts. Rows without a time, a group value or a counted value take part in no window:
// they come with island NULL, so that they can be counted and said.
import type { Correlation } from './correlation-document.ts';
import type { EventRule, Extras } from './document.ts';
import { groupSql, whereSql } from './event-query.ts';
import type { Asked } from './leaf.ts';
import { type Binder, interval } from './sql.ts';

/** A rule that a correlation refers to, in the order of `correlation.rules`. */
export interface Base {
  /** What events of this rule are called in a finding. */
  role: string;
  /** The word used for it in `rules` and in aliases. */
  names: string[];
  body: EventRule | { correlation: Correlation; bases: Base[] };
}

export function correlationQuery(
  rule: Correlation,
  bases: Base[],
  binder: Binder,
  asked: Asked,
  how: Pick<Extras, 'once' | 'focus' | 'splitBy'> = { once: false, focus: null, splitBy: [] },
): string {
  const ctes: string[] = [];
  const rows = bases.map((base, index) => {
    const group = groupSql(groupFields(rule, base), binder);
    const values = groupSql(rule.fields, binder);
    const split = how.splitBy.length > 0 ? ` ${groupSql(how.splitBy, binder)} AS s,` : '';
    const columns = `SELECT ${index} AS rule, ${group} AS g, ${values} AS v,${split} e.event_id, e.ts, e.node, e.system`;
    if ('kind' in base.body) {
      return `  ${columns}, ${binder.bind(base.role)} AS role\n  FROM events AS e\n  WHERE ${whereSql(base.body, binder, asked)}`;
    }
    const inner = correlationQuery(base.body.correlation, base.body.bases, binder, asked);
    ctes.push(`inner_${index} AS (\n${inner}\n)`);
    return `  ${columns}, ${binder.bind(base.role)} AS role
  FROM (
    SELECT arg_max(event_id, row(ts, event_id)) AS event_id FROM inner_${index} WHERE island IS NOT NULL GROUP BY g, island
  ) AS ended JOIN events AS e ON e.event_id = ended.event_id`;
  });
  const complete = ['ts IS NOT NULL', 'list_count(g) = len(g)', 'list_count(v) = len(v)'].join(' AND ');
  const chained = bases.flatMap((base, index) => ('kind' in base.body ? [] : [index]));
  ctes.push(
    `base AS (\n${rows.join('\n  UNION ALL\n')}\n)`,
    `kept AS (SELECT * FROM base WHERE ${complete})`,
    ...windows(rule, bases.length, how.once),
    `step AS (
  SELECT g, since, ts, CASE WHEN since <= max(ts) OVER (PARTITION BY g ORDER BY ts, since ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    THEN 0 ELSE 1 END AS fresh
  FROM ended_windows
)`,
    `numbered AS (
  SELECT g, since, ts, sum(fresh) OVER (PARTITION BY g ORDER BY ts, since ROWS UNBOUNDED PRECEDING)::BIGINT AS island FROM step
)`,
    `island AS (SELECT g, island, min(since) AS first_ts, max(ts) AS last_ts FROM numbered GROUP BY g, island)`,
    `found AS (
  SELECT k.g, i.island, k.rule, k.event_id, k.ts, k.node, k.system, k.role${how.splitBy.length > 0 ? ', k.s' : ''}
  FROM kept AS k JOIN island AS i ON i.g = k.g AND k.ts BETWEEN i.first_ts AND i.last_ts
)`,
  );
  let found = 'found';
  if (how.splitBy.length > 0 && how.focus !== null) {
    const focus = binder.bind(how.focus);
    found = 'parted';
    ctes.push(`parted AS (
  SELECT list_concat(f.g, p.s) AS g, f.island, f.rule, f.event_id, f.ts, f.node, f.system, f.role
  FROM found AS f JOIN (SELECT DISTINCT g, island, s FROM found WHERE role = ${focus}) AS p ON p.g = f.g AND p.island = f.island
  WHERE f.role <> ${focus} OR f.s IS NOT DISTINCT FROM p.s
)`);
  }
  const expanded = chained.map(
    (index) => `UNION ALL
SELECT f.g, f.island, c.event_id, c.ts, c.node, c.system, f.role
FROM ${found} AS f
JOIN inner_${index} AS last ON last.event_id = f.event_id AND last.island IS NOT NULL
JOIN inner_${index} AS c ON c.g = last.g AND c.island = last.island
WHERE f.rule = ${index}`,
  );
  return `WITH ${ctes.join(', ')}
SELECT g, island, event_id, ts, node, system, role FROM ${found}
${expanded.join('\n')}
UNION ALL
SELECT g, NULL, event_id, ts, node, system, role FROM base WHERE NOT coalesce(${complete}, false)`;
}

/** The fields a correlation groups by, for one of its rules: aliases resolved. */
export function groupFields(rule: Correlation, base: Base): string[] {
  return rule.groupBy.map(({ name }) => {
    const alias = rule.aliases.get(name);
    if (!alias) return name;
    for (const word of base.names) {
      const field = alias.get(word);
      if (field) return field;
    }
    return name;
  });
}

/** `ended_windows(g, since, ts)`: every window that fulfils the condition, by its first event and its end. */
function windows(rule: Correlation, ruleCount: number, once: boolean): string[] {
  const span = interval(rule.timespan);
  if (rule.type === 'temporal_ordered') {
    // f_i: the latest start of a chain rule 0 -> ... -> rule i that ends at the row. An event is one step only:
    // of its rows, later steps come first. Ties between files go by event id.
    const ctes = ['chain_0 AS (SELECT *, CASE WHEN rule = 0 THEN ts END AS f FROM kept)'];
    for (let i = 1; i < ruleCount; i++) {
      ctes.push(`chain_${i} AS (
  SELECT * REPLACE (CASE WHEN rule = ${i} THEN max(CASE WHEN rule = ${i - 1} THEN f END)
      OVER (PARTITION BY g ORDER BY ts, event_id, rule DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) ELSE f END AS f)
  FROM chain_${i - 1}
)`);
    }
    ctes.push(`ended_windows AS (
  SELECT ${once ? 'g, f AS since, min(ts) AS ts' : 'DISTINCT g, f AS since, ts'} FROM chain_${ruleCount - 1} WHERE rule = ${ruleCount - 1} AND f IS NOT NULL AND ts - f <= ${span}${once ? ' GROUP BY g, f' : ''}
)`);
    return ctes;
  }
  const measure =
    rule.type === 'event_count'
      ? 'count(*)'
      : rule.type === 'value_count'
        ? 'count(DISTINCT v)'
        : 'count(DISTINCT rule)';
  const condition = rule.condition.map((c) => `n ${c.operator} ${c.value}`).join(' AND '); // whole numbers, checked
  return [
    `counted AS (
  SELECT g, ts, ${measure} OVER w AS n, min(ts) OVER w AS since
  FROM kept
  WINDOW w AS (PARTITION BY g ORDER BY ts RANGE BETWEEN ${span} PRECEDING AND CURRENT ROW)
)`,
    `ended_windows AS (SELECT DISTINCT g, since, ts FROM counted WHERE ${condition})`,
  ];
}
