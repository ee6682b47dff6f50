// Correlation rules as SQL: sliding windows that end at an event, both ends inclusive; one finding per island of windows.
// Same answer columns as event-query.ts. Rows without a time, a group value or a counted value take part in no window:
// they come with island NULL, so that they can be counted and said.
import type { Correlation } from './correlation-document.ts';
import { windowCtes } from './correlation-windows.ts';
import type { EventRule, Extras } from './document.ts';
import { type RowsOf, whereSql } from './event-query.ts';
import { fieldSql } from './fields.ts';
import type { Asked } from './leaf.ts';
import { allOf, type Binder } from './sql.ts';

/** A rule that a correlation refers to, in the order of `correlation.rules`. */
export interface Base {
  /** What events of this rule are called in a finding. */
  role: string;
  /** The words by which `rules` and aliases may name it. */
  names: string[];
  body: EventRule | { correlation: Correlation; bases: Base[] };
}

type How = Pick<Extras, 'once' | 'focus' | 'splitBy'>;

export function correlationQuery(
  rule: Correlation,
  bases: Base[],
  binder: Binder,
  asked: Asked,
  how: How = { once: false, focus: null, splitBy: [] },
  rowsOf: RowsOf = whereSql,
): string {
  const chained = bases.flatMap(({ body }, index) => ('kind' in body ? [] : [index]));
  const complete = completeSql(rule);
  const ctes = keptCtes(rule, bases, binder, asked, how, rowsOf);
  ctes.push(...windowCtes(rule, binder, how.once), ...islandCtes(how.splitBy.length > 0));
  let found = 'found';
  if (how.splitBy.length > 0 && how.focus !== null) {
    const focus = binder.bind(how.focus);
    found = 'parted';
    ctes.push(`parted AS (
  SELECT list_concat(f.g, p.s) AS g, f.island, f.rule, f.ig, f.ii, f.event_id, f.ts, f.node, f.system, f.role
  FROM found AS f JOIN (SELECT DISTINCT g, island, s FROM found WHERE role = ${focus}) AS p ON p.g = f.g AND p.island = f.island
  WHERE f.role <> ${focus} OR f.s IS NOT DISTINCT FROM p.s
)`);
  }
  // a finding of an inner rule stands in the windows as its last event; the finding rests on all its events
  const expanded = chained.map(
    (index) => `UNION ALL
SELECT f.g, f.island, c.event_id, c.ts, c.node, c.system, f.role
FROM ${found} AS f JOIN inner_${index} AS c ON c.g = f.ig AND c.island = f.ii
WHERE f.rule = ${index}
UNION ALL
SELECT g, NULL, event_id, ts, node, system, role FROM inner_${index} WHERE island IS NULL`,
  );
  return `WITH ${ctes.join(', ')}
SELECT g, island, event_id, ts, node, system, role FROM ${found}
${expanded.join('\n')}
UNION ALL
SELECT g, NULL, event_id, ts, node, system, role FROM base WHERE NOT coalesce(${complete}, false)`;
}

/** Up to `base`, the rows of all correlated rules, and `kept`, those that can stand in a window. */
function keptCtes(
  rule: Correlation,
  bases: Base[],
  binder: Binder,
  asked: Asked,
  how: How,
  rowsOf: RowsOf,
): string[] {
  const ctes: string[] = [];
  bases.forEach(({ body }, index) => {
    if ('kind' in body) return;
    const inner = correlationQuery(body.correlation, body.bases, binder, asked, undefined, rowsOf);
    ctes.push(`inner_${index} AS (\n${inner}\n)`);
  });
  const rows = bases.map((base, index) => baseRows(rule, base, index, binder, asked, how, rowsOf));
  ctes.push(
    `base AS (\n${rows.join('\n  UNION ALL\n')}\n)`,
    `kept AS (SELECT * FROM base WHERE ${completeSql(rule)})`,
  );
  return ctes;
}

/**
 * How near a correlation came, one row: `hits` of its rules, `kept` of them that can stand in a window, `least` and `most`
 * that any window reaches (of temporal: how many different rules; NULL for temporal_ordered and without windows).
 */
export function measureQuery(rule: Correlation, bases: Base[], binder: Binder, asked: Asked): string {
  const how: How = { once: false, focus: null, splitBy: [] };
  const ctes = keptCtes(rule, bases, binder, asked, how, whereSql);
  const ordered = rule.type === 'temporal_ordered';
  if (!ordered) ctes.push(...windowCtes(rule, binder, false));
  const n = rule.type === 'temporal' ? 'bit_count(n)' : 'n';
  const reached = (of: string) => (ordered ? 'NULL::DOUBLE' : `(SELECT ${of}(${n})::DOUBLE FROM counted)`);
  return `WITH ${ctes.join(', ')}
SELECT (SELECT count(*) FROM base) AS hits, (SELECT count(*) FROM kept) AS kept, ${reached('min')} AS least, ${reached('max')} AS most${
    ordered ? '' : ', (SELECT count(*) FROM ended_windows) AS met' // its values are bound, so it must be asked
  }`;
}

/** The rows of one correlated rule: events, or the last event of each finding of a correlation. */
function baseRows(
  rule: Correlation,
  base: Base,
  index: number,
  binder: Binder,
  asked: Asked,
  how: How,
  rowsOf: RowsOf,
): string {
  const { body } = base;
  const inner = 'kind' in body ? [] : body.correlation.groupBy.map((g) => g.name);
  // what an inner rule groups by is known of its findings, also under a name that is an alias there
  const text = (name: string) =>
    inner.includes(name) ? `ended.g[${inner.indexOf(name) + 1}]` : fieldSql(name, binder).text;
  const list = (fields: string[]) => `[${fields.map(text).join(', ')}]::VARCHAR[]`;
  const columns = [
    `${index} AS rule`,
    `${list(groupFields(rule, base))} AS g`,
    rule.type === 'value_count' ? `${list(rule.fields)} AS v` : null,
    reckons(rule) ? `${finiteNumber(text(rule.fields[0]!))} AS x` : null,
    how.splitBy.length > 0 ? `${list(how.splitBy)} AS s` : null,
    'kind' in body ? 'NULL::VARCHAR[] AS ig, NULL::BIGINT AS ii' : 'ended.g AS ig, ended.island AS ii',
    'e.event_id, e.ts, e.node, e.system',
    `${binder.bind(base.role)} AS role`,
  ].filter((column) => column !== null);
  const select = `  SELECT ${columns.join(', ')}`;
  if ('kind' in body)
    return `${select}\n  FROM ${binder.events} AS e\n  WHERE ${rowsOf(body, binder, asked)}`;
  return `${select}
  FROM (
    SELECT g, island, arg_max(event_id, row(ts, event_id)) AS event_id FROM inner_${index} WHERE island IS NOT NULL GROUP BY g, island
  ) AS ended JOIN ${binder.events} AS e ON e.event_id = ended.event_id`;
}

const reckons = (rule: Correlation): boolean => rule.type.startsWith('value_') && rule.type !== 'value_count';

/** As comparisons read numbers: the whole text is one, and it is finite. */
function finiteNumber(text: string): string {
  const number = `CASE WHEN NOT contains(${text}, '_') THEN TRY_CAST(${text} AS DOUBLE) END`;
  return `CASE WHEN isfinite(${number}) THEN ${number} END`;
}

/** Which rows of `base` can stand in a window. */
function completeSql(rule: Correlation): string {
  const parts = ['ts IS NOT NULL', 'list_count(g) = len(g)'];
  if (rule.type === 'value_count') parts.push('list_count(v) = len(v)');
  if (reckons(rule)) parts.push('x IS NOT NULL');
  return allOf(parts);
}

/** From `ended_windows` to `found`: windows that touch are one island, and it holds all rows of its time. */
const islandCtes = (split: boolean): string[] => [
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
  SELECT k.g, i.island, k.rule, k.ig, k.ii, k.event_id, k.ts, k.node, k.system, k.role${split ? ', k.s' : ''}
  FROM kept AS k JOIN island AS i ON i.g = k.g AND k.ts BETWEEN i.first_ts AND i.last_ts
)`,
];

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
