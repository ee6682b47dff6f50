// The windows that fulfil a correlation, as SQL: `ended_windows(g, since, ts)`, each by its first event and its end.
// They are made from `kept(rule, g, v, x, event_id, ts, ...)`: one row per rule and event that can take part.
import type { Condition } from './condition.ts';
import type { Correlation } from './correlation-document.ts';
import { type Chain, chainsOf } from './ordered-chains.ts';
import { allOf, anyOf, type Binder, interval } from './sql.ts';

/** Common table expressions, the last of which is `ended_windows`. */
export function windowCtes(rule: Correlation, binder: Binder, once: boolean): string[] {
  if (rule.type === 'temporal_ordered') return orderedCtes(chainsOf(rule), interval(rule.timespan), once);
  const { measure, condition } = measured(rule, binder);
  return [
    `counted AS (
  SELECT g, ts, ${measure} OVER w AS n, min(ts) OVER w AS since
  FROM kept
  WINDOW w AS (PARTITION BY g ORDER BY ts RANGE BETWEEN ${interval(rule.timespan)} PRECEDING AND CURRENT ROW)
)`,
    `ended_windows AS (SELECT DISTINCT g, since, ts FROM counted WHERE ${condition})`,
  ];
}

/** What is reckoned over one window, and what it must fulfil. */
function measured(rule: Correlation, binder: Binder): { measure: string; condition: string } {
  const compare = (n: string) =>
    allOf(rule.condition.map((c) => `${n} ${c.operator} ${binder.bind(c.value)}`));
  switch (rule.type) {
    case 'event_count':
      return { measure: 'count(*)', condition: compare('n') };
    case 'value_count':
      return { measure: 'count(DISTINCT v)', condition: compare('n') };
    case 'value_sum':
      return { measure: 'sum(x)', condition: compare('n') };
    case 'value_avg':
      return { measure: 'avg(x)', condition: compare('n') };
    case 'value_percentile':
      return { measure: `quantile_cont(x, ${rule.quantile ?? 0.5})`, condition: compare('n') };
    case 'value_median':
      return { measure: 'quantile_cont(x, 0.5)', condition: compare('n') };
    default: {
      // the rules that occur in the window, one bit each
      const names = rule.rules.map((r) => r.name);
      return {
        measure: 'bit_or(1::BIGINT << rule)',
        condition: rule.expression ? occurs(rule.expression, names) : compare('bit_count(n)'),
      };
    }
  }
}

function occurs(condition: Condition, names: string[]): string {
  if (condition.is === 'selection') return `(n & (1::BIGINT << ${names.indexOf(condition.name)})) <> 0`;
  if (condition.is === 'not') return `(NOT ${occurs(condition.of, names)})`;
  const parts = condition.of.map((part) => occurs(part, names));
  return condition.is === 'and' ? allOf(parts) : anyOf(parts);
}

/**
 * For each chain, step by step, f: the latest start of a chain up to this step that ends at the row. An event is one step
 * only: of its rows, later steps come first. Ties between files go by event id.
 */
function orderedCtes(chains: Chain[], span: string, once: boolean): string[] {
  const ctes: string[] = [];
  const ends: string[] = [];
  chains.forEach(({ wanted, barred }, n) => {
    const name = (step: number) => `chain_${n}_${step}`;
    ctes.push(`${name(0)} AS (SELECT *, CASE WHEN rule = ${wanted[0]} THEN ts END AS f FROM kept)`);
    for (let i = 1; i < wanted.length; i++) {
      ctes.push(`${name(i)} AS (
  SELECT * REPLACE (CASE WHEN rule = ${wanted[i]} THEN max(CASE WHEN rule = ${wanted[i - 1]} THEN f END)
      OVER (PARTITION BY g ORDER BY ts, event_id, rule DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) ELSE f END AS f)
  FROM ${name(i - 1)}
)`);
    }
    let last = name(wanted.length - 1);
    let clear = '';
    if (barred.length > 0) {
      ctes.push(`clear_${n} AS (
  SELECT *, count(*) FILTER (rule IN (${barred.join(', ')})) OVER (PARTITION BY g ORDER BY ts RANGE BETWEEN ${span} PRECEDING AND CURRENT ROW) AS barred
  FROM ${last}
)`);
      last = `clear_${n}`;
      clear = ' AND barred = 0';
    }
    ends.push(
      `SELECT g, event_id, ts, f FROM ${last} WHERE rule = ${wanted.at(-1)} AND f IS NOT NULL AND ts - f <= ${span}${clear}`,
    );
  });
  // of the chains that end at one event, the one that began last
  const ended = `(\n  ${ends.join('\n  UNION ALL\n  ')}\n)`;
  const latest =
    ends.length === 1 ? ended : `(SELECT g, ts, max(f) AS f FROM ${ended} GROUP BY g, event_id, ts)`;
  ctes.push(
    once
      ? `ended_windows AS (SELECT g, f AS since, min(ts) AS ts FROM ${latest} GROUP BY g, f)`
      : `ended_windows AS (SELECT DISTINCT g, f AS since, ts FROM ${latest})`,
  );
  return ctes;
}
