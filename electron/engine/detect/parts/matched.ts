// What in an event a rule is true for: its selections, lines and values, and where in the message they stand.
import type { Matched } from '../../../../shared/api.ts';
import type { Bound, Connection, Json } from '../../case/database.ts';
import type { LoadedRule } from '../load-rules.ts';
import { positiveSelections } from '../sigma/condition.ts';
import type { EventRule } from '../sigma/document.ts';
import { whereSql } from '../sigma/event-query.ts';
import { COLUMNS, fieldSql } from '../sigma/fields.ts';
import type { Item } from '../sigma/item.ts';
import { type Asked, itemSql } from '../sigma/leaf.ts';
import { type Selection, selectionSql } from '../sigma/selection.ts';
import { Binder } from '../sigma/sql.ts';
import { locate } from './locate.ts';
import { eventBases } from './why-not.ts';

/** More than this is not shown of one event. */
const MOST = 200;
const MOST_LINES = 300;

interface Line {
  selection: string;
  item: Item;
  /** All of these columns must be true: of the rule, the selection, the branch, the line. */
  needs: number[];
  /** Columns of its values; empty: not told apart. */
  values: number[];
  /** Column of the text of its field. */
  text: number | null;
}

/** By event id, in the order of the rule. Events that the rule is not true for have none. */
export async function matchedIn(
  connection: Connection,
  rule: LoadedRule,
  eventIds: readonly string[],
): Promise<Map<string, Matched[]>> {
  const found = new Map<string, Matched[]>();
  if (eventIds.length === 0 || rule.problems.length > 0) return found;
  const own = rule.document.body;
  const rules = own?.kind === 'event' ? [rule] : eventBases(rule);
  for (const one of rules) {
    for (const [eventId, matched] of await matchedBy(connection, one.document.body as EventRule, eventIds)) {
      found.set(eventId, [...(found.get(eventId) ?? []), ...matched].slice(0, MOST));
    }
  }
  return found;
}

async function matchedBy(
  connection: Connection,
  rule: EventRule,
  eventIds: readonly string[],
): Promise<Map<string, Matched[]>> {
  const binder = new Binder();
  const asked: Asked = { regexes: [] };
  const columns: string[] = [];
  const known = new Map<string, number>();
  const column = (sql: string): number => {
    const there = known.get(sql);
    if (there !== undefined) return there;
    known.set(sql, columns.length);
    return columns.push(sql) - 1;
  };
  const whole = column(whereSql(rule, binder, asked));
  const lines = linesOf(rule, whole, column, binder, asked);
  const ids = binder.bind(eventIds.join(','));
  const rows = await connection.rows<Record<string, Json>>(
    `SELECT e.event_id::VARCHAR AS id, e.message AS message, ${columns.map((sql, i) => `${sql} AS c${i}`).join(',\n  ')}
    FROM events AS e WHERE e.event_id IN (SELECT CAST(unnest(string_split(${ids}, ',')) AS BIGINT))`,
    binder.values as Bound[],
  );
  return new Map(
    rows.map((row) => [
      String(row.id),
      lines
        .filter((line) => line.needs.every((at) => row[`c${at}`] === true))
        .flatMap((line) => marksOf(line, row))
        .slice(0, MOST),
    ]),
  );
}

function linesOf(
  rule: EventRule,
  whole: number,
  column: (sql: string) => number,
  binder: Binder,
  asked: Asked,
): Line[] {
  const lines: Line[] = [];
  const names = new Set<string>();
  for (const condition of rule.conditions) positiveSelections(condition, false, names);
  const walk = (selection: Selection, name: string, needs: number[]): void => {
    const at = [...needs, column(selectionSql(selection, binder, asked))];
    if ('any' in selection) {
      for (const branch of selection.any) walk(branch, name, at);
      return;
    }
    for (const item of selection.all) {
      if (item.negated || item.exists === false || lines.length >= MOST_LINES) continue;
      const several = item.values.length > 1 && item.values.length <= MOST;
      lines.push({
        selection: name,
        item,
        needs: [...at, column(itemSql(item, binder, asked))],
        values: several ? item.values.map((_, i) => column(itemSql(oneValue(item, i), binder, asked))) : [],
        text:
          item.field === null || item.field === 'message' ? null : column(fieldSql(item.field, binder).text),
      });
    }
  };
  for (const name of names) walk(rule.selections.get(name)!, name, [whole]);
  return lines;
}

function marksOf(line: Line, row: Record<string, Json>): Matched[] {
  const { item, selection } = line;
  const message = String(row.message ?? '');
  const leaves = item.values.flatMap((_, i) =>
    line.values.length === 0 || row[`c${line.values[i]}`] === true ? item.values[i]! : [],
  );
  const base = { selection, field: item.field ?? 'keyword' };
  if (item.field === null || item.field === 'message') {
    const spans = leaves.flatMap((leaf) => locate(leaf, message, item.field === null));
    if (spans.length > 0)
      return spans.map(([start, end]) => ({
        ...base,
        column: 'message' as const,
        start,
        end,
        value: message.slice(start, end),
      }));
    if (item.field === 'message') return [];
    const words = leaves.flatMap((leaf) => (leaf.is === 'text' ? wordsOf(leaf.parts) : []));
    return words.length > 0 ? [{ ...base, ...whole(words.join(' … '), 'fields') }] : [];
  }
  const text = row[`c${line.text}`];
  if (text === null || text === undefined) return [];
  const column = Object.hasOwn(COLUMNS, item.field) ? 'other' : 'fields';
  return [{ ...base, ...whole(String(text).slice(0, 2000), column) }];
}

const oneValue = (item: Item, index: number): Item => ({ ...item, values: [item.values[index]!] });

const whole = (value: string, column: 'fields' | 'other') => ({
  column,
  start: 0,
  end: value.length,
  value,
});

const wordsOf = (parts: readonly unknown[]): string[] =>
  parts.flatMap((part) =>
    typeof part === 'object' && part !== null && 'text' in part ? [String(part.text)] : [],
  );
