// A rule taken apart: condition, selections, lines and values, each a test of its own.
import type { Condition } from '../sigma/condition.ts';
import type { Detection } from '../sigma/detection.ts';
import type { EventRule } from '../sigma/document.ts';
import type { Item } from '../sigma/item.ts';
import { type Asked, itemSql } from '../sigma/leaf.ts';
import type { Selection } from '../sigma/selection.ts';
import { allOf, anyOf, type Binder } from '../sigma/sql.ts';
import { itemText, valueText } from './look.ts';

export interface Part {
  text: string;
  line: number | null;
  /** Of a line with a field: what may be missing. */
  field: string | null;
  /** Of a line: what it asks. */
  item: Item | null;
  children: Part[];
  /** TRUE or FALSE for every event. */
  sql(binder: Binder, asked: Asked): string;
}

/** Of more values than this only the line as a whole is a part. */
const MOST_VALUES = 60;

/** The condition of an event rule, and each filter that holds beside it. */
export function partsOf(rule: EventRule): Part {
  const [own, ...filters] = [rule, ...rule.filters].map(detectionPart);
  if (filters.length === 0) return own!;
  const children = [own!, ...filters];
  return join('and', 'the rule and the filters in force', children);
}

function detectionPart(detection: Detection): Part {
  const parts = detection.conditions.map((condition) => conditionPart(condition, detection.selections));
  return parts.length === 1 ? parts[0]! : join('or', 'any of its conditions', parts);
}

function conditionPart(condition: Condition, selections: Map<string, Selection>): Part {
  if (condition.is === 'selection') return selectionPart(condition.name, selections.get(condition.name)!);
  if (condition.is === 'not') {
    const of = conditionPart(condition.of, selections);
    return {
      text: `not ${of.item === null && of.children.length > 0 && /^(all|any) of/.test(of.text) ? `(${of.text})` : of.text}`,
      line: of.line,
      field: null,
      item: null,
      children: [of],
      sql: (binder, asked) => `(NOT ${of.sql(binder, asked)})`,
    };
  }
  const parts = condition.of.map((part) => conditionPart(part, selections));
  return join(condition.is, condition.is === 'and' ? 'all of these' : 'any of these', parts);
}

function selectionPart(name: string, selection: Selection): Part {
  if ('any' in selection) {
    const branches = selection.any.map((branch, i) => selectionPart(`${name} (${i + 1})`, branch));
    return join('or', name, branches);
  }
  return join('and', name, selection.all.map(itemPart));
}

function itemPart(item: Item): Part {
  const sql = (binder: Binder, asked: Asked) => itemSql(item, binder, asked);
  const split = item.values.length > 1 && item.values.length <= MOST_VALUES && !item.negated;
  return {
    text: itemText(item),
    line: item.at.line,
    field: item.field,
    item,
    children: split ? item.values.map((_, i) => valuePart(item, i)) : [],
    sql,
  };
}

function valuePart(item: Item, index: number): Part {
  const one: Item = { ...item, values: [item.values[index]!] };
  return {
    text: valueText(item, index),
    line: null,
    field: null,
    item: one,
    children: [],
    sql: (binder, asked) => itemSql(one, binder, asked),
  };
}

function join(how: 'and' | 'or', text: string, children: Part[]): Part {
  return {
    text,
    line: children[0]?.line ?? null,
    field: null,
    item: null,
    children,
    sql: (binder, asked) => {
      const parts = children.map((child) => child.sql(binder, asked));
      return how === 'and' ? allOf(parts) : anyOf(parts);
    },
  };
}
