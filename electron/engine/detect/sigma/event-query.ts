// Event rules as SQL: the rows of a log source that a condition is true for, parted into findings.
//
// Every compiled rule answers with the same columns, one row per matched event:
//   g (VARCHAR[]: group values), island (BIGINT: number of the finding within its group, NULL: excluded from windows),
//   event_id, ts, node, system, role
import { type Condition, positiveSelections } from './condition.ts';
import type { EventRule, Extras } from './document.ts';
import { fieldSql } from './fields.ts';
import type { Asked } from './leaf.ts';
import { logSourceSql } from './logsource.ts';
import { type Selection, selectionSql } from './selection.ts';
import { allOf, anyOf, type Binder, interval } from './sql.ts';

/** Which rows of `events AS e` a detection matches, without WHERE. */
export type RowsOf = (rule: EventRule, binder: Binder, asked: Asked) => string;

/** The mark of a record that glog wrote a second time, into the file of another severity (derive/severity-copies.ts). */
const COPY = 'tidemark.copy_of';
/** Only in files of such names, so that a key of that name in a line of another log hides nothing. */
const NO_COPY = `NOT (coalesce(contains(e.fields, '"${COPY}":'), false)
      AND e.file_id IN (SELECT file_id FROM evidence_files WHERE regexp_matches(path, '[.]log[.](WARNING|ERROR|FATAL)[.]')))`;

/** `log source AND condition AND conditions of its filters`; a record that repeats another counts once. */
export function whereSql(rule: EventRule, binder: Binder, asked: Asked): string {
  const source = logSourceSql(rule.logSource, binder);
  const judged = [rule, ...rule.filters];
  const parts = judged.map(({ conditions, selections }) =>
    anyOf(conditions.map((condition) => conditionSql(condition, selections, binder, asked))),
  );
  if (!judged.some(({ selections }) => [...selections.values()].some(namesCopies)))
    parts.push(binder.hoist(() => NO_COPY));
  return [source, ...parts].join('\n    AND ');
}

/** A rule that asks for copies is asked of them too. */
const namesCopies = (selection: Selection): boolean =>
  'any' in selection ? selection.any.some(namesCopies) : selection.all.some((item) => item.field === COPY);

function conditionSql(
  condition: Condition,
  selections: Map<string, Selection>,
  binder: Binder,
  asked: Asked,
): string {
  if (condition.is === 'selection') return selectionSql(selections.get(condition.name)!, binder, asked);
  if (condition.is === 'not') return `(NOT ${conditionSql(condition.of, selections, binder, asked)})`;
  const parts = condition.of.map((part) => conditionSql(part, selections, binder, asked));
  return condition.is === 'and' ? allOf(parts) : anyOf(parts);
}

/** Names of the selections that are true for a matched row. */
function roleSql(rule: EventRule, binder: Binder, asked: Asked): string {
  const names = new Set<string>();
  for (const condition of rule.conditions) positiveSelections(condition, false, names);
  const list = [...names];
  if (list.length === 0) return binder.bind('match');
  if (list.length === 1) return binder.bind(list[0]!);
  const cases = list.map(
    (name) =>
      `CASE WHEN ${selectionSql(rule.selections.get(name)!, binder, asked)} THEN ${binder.bind(name)} END`,
  );
  return `concat_ws(', ', ${cases.join(', ')})`;
}

/** A pseudo field of `tidemark.group_by`: the names of the selections that matched. */
const SELECTION = 'selection';

export function groupSql(fields: string[], binder: Binder): string {
  if (fields.length === 0) return '[]::VARCHAR[]';
  return `[${fields.map((field) => fieldSql(field, binder).text).join(', ')}]::VARCHAR[]`;
}

/** Findings: one per node (or `tidemark.group_by`) and stretch without a silence longer than the gap. */
export function eventQuery(
  rule: EventRule,
  extras: Extras,
  binder: Binder,
  asked: Asked,
  rowsOf: RowsOf = whereSql,
): string {
  const where = rowsOf(rule, binder, asked);
  const fields = extras.groupBy ?? ['node'];
  const groups = fields.map((f) =>
    f === SELECTION ? roleSql(rule, binder, asked) : fieldSql(f, binder).text,
  );
  return `WITH hit AS (
  SELECT [${groups.join(', ')}]::VARCHAR[] AS g, e.event_id, e.ts, e.node, e.system,
    ${roleSql(rule, binder, asked)} AS role
  FROM ${binder.events} AS e
  WHERE ${where}
), step AS (
  SELECT *, CASE WHEN lag(event_id) OVER w IS NULL THEN 1 WHEN ts - lag(ts) OVER w > ${interval(extras.gap)} THEN 1 ELSE 0 END AS fresh
  FROM hit
  WINDOW w AS (PARTITION BY g, ts IS NULL ORDER BY ts, event_id)
)
SELECT g, CASE WHEN ts IS NULL THEN 0
  ELSE sum(fresh) OVER (PARTITION BY g, ts IS NULL ORDER BY ts, event_id ROWS UNBOUNDED PRECEDING) END::BIGINT AS island,
  event_id, ts, node, system, role
FROM step`;
}
