// One line of a selection as a two-valued SQL expression.
import { networksSql } from './cidr.ts';
import { type FieldSql, fieldSql } from './fields.ts';
import type { Item } from './item.ts';
import { keywordSql } from './keyword.ts';
import type { Place } from './problem.ts';
import { allOf, anyOf, type Binder } from './sql.ts';
import { anyNumberSql, anyTextSql, manyTexts, numberSql } from './text-sql.ts';
import type { Leaf } from './values.ts';

export type { Item } from './item.ts';

/** What a compiled rule asks the database to look at before it runs. */
export interface Asked {
  regexes: { pattern: string; at: Place }[];
}

/** TRUE or FALSE for every row, never NULL. */
export function itemSql(item: Item, binder: Binder, asked: Asked): string {
  if (item.field === null) return keywordSql(item, binder, asked);
  const field = fieldSql(item.field, binder);
  if (item.exists !== null) return item.exists ? field.exists : `(NOT ${field.exists})`;
  const together = item.all
    ? allOf(item.values.map((leaves) => leavesSql(leaves, field, binder, asked)))
    : leavesSql(item.values.flat(), field, binder, asked);
  return item.negated ? `(NOT ${together})` : together;
}

/** Any of the leaves holds for the field. */
function leavesSql(leaves: Leaf[], field: FieldSql, binder: Binder, asked: Asked): string {
  const parts: string[] = [];
  if (leaves.some((leaf) => leaf.is === 'null')) parts.push(`(${field.text} IS NULL)`);
  const date = leaves.filter((leaf) => leaf.is === 'date');
  if (date.length > 0 && field.time !== null)
    parts.push(`coalesce(${dateSql(field.time, date, binder)}, false)`);
  const tested = leaves.filter((leaf) => leaf.is !== 'null' && (leaf.is !== 'date' || field.time === null));
  if (tested.length > 0) {
    parts.push(
      field.any((text, repeated) => {
        const number = repeated || text !== field.text ? null : field.number;
        return anyLeafSql(tested, { text, number, repeated }, binder, asked);
      }),
    );
  }
  return anyOf(parts);
}

interface Tested {
  text: string;
  number: string | null;
  repeated: boolean;
}

/** Any of the leaves holds for one value. */
function anyLeafSql(leaves: Leaf[], tested: Tested, binder: Binder, asked: Asked): string {
  const { text, repeated } = tested;
  const of = <K extends Leaf['is']>(kind: K) =>
    leaves.filter((leaf): leaf is Extract<Leaf, { is: K }> => leaf.is === kind);
  const found: string[] = [];
  const texts = of('text');
  for (const cased of [true, false]) {
    const values = texts.filter((leaf) => leaf.cased === cased).map((leaf) => leaf.parts);
    if (values.length > 0) found.push(anyTextSql(text, manyTexts(values), cased, binder, repeated));
  }
  const numbers = of('number').map((leaf) => leaf.value);
  if (numbers.length > 0) found.push(anyNumberSql(tested, numbers, binder, repeated));
  for (const { value } of of('boolean')) found.push(`lower(${text}) = ${binder.bind(String(value))}`);
  for (const { pattern, at } of of('regex')) {
    asked.regexes.push({ pattern, at });
    const quick = binder.quickly(text, pattern);
    const matches = `regexp_matches(${text}, ${binder.bind(pattern)})`;
    found.push(quick === null ? matches : `CASE WHEN ${quick} THEN ${matches} ELSE false END`);
  }
  const networks = of('network').map((leaf) => leaf.network);
  if (networks.length > 0) found.push(networksSql(text, networks, binder, repeated));
  for (const leaf of of('compare')) found.push(compareSql(leaf, tested, binder));
  const dates = of('date');
  if (dates.length > 0) found.push(dateSql(timeSql(text), dates, binder));
  for (const leaf of of('field')) found.push(fieldrefSql(leaf, text, repeated, binder));
  return found.length === 1 ? found[0]! : anyOf(found.map((part) => `coalesce(${part}, false)`));
}

function compareSql(leaf: Extract<Leaf, { is: 'compare' }>, tested: Tested, binder: Binder): string {
  const { operator, value } = leaf;
  if (tested.number !== null) return `${tested.number} ${operator} ${binder.bind(value)}`;
  const number = numberSql(tested.text, typeof value === 'bigint' ? 'HUGEINT' : 'DOUBLE');
  const compare = `${number} ${operator} ${binder.bind(value)}`;
  return typeof value === 'bigint' ? compare : `(${compare} AND isfinite(${number}))`;
}

/** A text as a time, as it is written, or NULL: a zone behind it is left aside, as Sigma converts none. */
const timeSql = (text: string): string =>
  `TRY_CAST(regexp_replace(${text}, '(:[0-9.]+) ?(?:[zZ]|[+-][0-9]{2}(?::?[0-9]{2})?)$', '\\1') AS TIMESTAMP)`;

/** Parts of a date. Weeks are those of ISO 8601. The names are those of the modifier table, not text of a rule. */
function dateSql(time: string, leaves: Extract<Leaf, { is: 'date' }>[], binder: Binder): string {
  return anyOf(leaves.map((leaf) => `date_part('${leaf.part}', ${time}) = ${binder.bind(leaf.value)}`));
}

/** The value of another field is compared as it stands, never as a pattern; an empty part is in every text. */
function fieldrefSql(
  leaf: Extract<Leaf, { is: 'field' }>,
  text: string,
  repeated: boolean,
  binder: Binder,
): string {
  const fold = (sql: string) => (leaf.cased ? sql : `lower(${sql})`);
  const compare = (a: string, b: string) =>
    leaf.front && leaf.behind
      ? `contains(${fold(a)}, ${fold(b)})`
      : leaf.behind
        ? `starts_with(${fold(a)}, ${fold(b)})`
        : leaf.front
          ? `ends_with(${fold(a)}, ${fold(b)})`
          : `${fold(a)} = ${fold(b)}`;
  const other = fieldSql(leaf.name, binder);
  return repeated ? compare(text, other.text) : other.any((value) => compare(text, value));
}
