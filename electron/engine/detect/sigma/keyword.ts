// Keywords are looked for in the whole event: the message, every value of the parsed fields, and what else the line
// itself states (level, process, thread, logger, address, user, request). Names of fields are not values.
import type { Item } from './item.ts';
import type { Asked } from './leaf.ts';
import { allOf, anyOf, type Binder } from './sql.ts';
import { COLUMNS, STATED_COLUMNS } from './taxonomy.ts';
import { anyTextSql, type ManyTexts, manyTexts } from './text-sql.ts';
import { open, type Part } from './text-value.ts';
import type { Leaf } from './values.ts';

export function keywordSql(item: Item, binder: Binder, asked: Asked): string {
  const found = item.all
    ? allOf(item.values.map((leaves) => anywhereSql(leaves, binder, asked)))
    : anywhereSql(item.values.flat(), binder, asked);
  return item.negated ? `(NOT ${found})` : found;
}

/** Any of the keywords stands somewhere in the event. */
function anywhereSql(leaves: Leaf[], binder: Binder, asked: Asked): string {
  const texts = keywordTexts(leaves);
  for (const leaf of leaves)
    if (leaf.is === 'regex') asked.regexes.push({ pattern: leaf.pattern, at: leaf.at });
  const over = (text: string, repeated: boolean) =>
    `coalesce(${keywordIn(text, repeated, leaves, texts, binder)}, false)`;
  const columns = STATED_COLUMNS.map((name) =>
    over(COLUMNS[name] === 'text' ? `e.${name}` : `CAST(e.${name} AS VARCHAR)`, false),
  );
  return anyOf([over('e.message', false), fieldValuesSql(leaves, over, binder), ...columns]);
}

/** Any value of `fields`, at any depth. The quick test of the JSON text comes first; CASE keeps the order. */
function fieldValuesSql(
  leaves: Leaf[],
  over: (text: string, repeated: boolean) => string,
  binder: Binder,
): string {
  const one = `json_type(v) NOT IN ('OBJECT', 'ARRAY') AND ${over(`json_extract_string(v, '$')`, true)}`;
  const values = `TRY(json_extract(e.fields, '$..*'))`;
  const exact = `len(list_filter(coalesce(${values}, []), lambda v: ${one})) > 0`;
  const runs = leaves.map(plainRun);
  if (runs.some((run) => run === '')) return `coalesce(${exact}, false)`;
  const patterns = runs.map((text): Part[] => ['any', { text }, 'any']);
  return `CASE WHEN ${anyTextSql('e.fields', manyTexts(patterns), false, binder, false)} THEN ${exact} ELSE false END`;
}

/** The longest part of a keyword that stands in JSON text as it is; empty when there is none. */
function plainRun(leaf: Leaf): string {
  const texts =
    leaf.is === 'text'
      ? leaf.parts.map((part) => (typeof part === 'object' && 'text' in part ? part.text : ''))
      : leaf.is === 'number' || leaf.is === 'boolean'
        ? [String(leaf.value)]
        : [];
  return texts
    .flatMap((text) => text.split(NOT_PLAIN_IN_JSON))
    .reduce((longest, run) => (run.length > longest.length ? run : longest), '');
}

const NOT_PLAIN_IN_JSON = /["\\\u0000-\u001f\u007f\u2028\u2029\ud800-\udfff]/;

/** What the keywords look for, cased and not. */
function keywordTexts(leaves: Leaf[]): { cased: boolean; texts: ManyTexts }[] {
  return [true, false].flatMap((cased) => {
    const values = leaves.flatMap((leaf) => {
      if (leaf.is === 'text') return leaf.cased === cased ? [open(leaf.parts, true, true)] : [];
      const plain = leaf.is === 'number' || leaf.is === 'boolean' ? String(leaf.value) : null;
      return plain === null || cased ? [] : [open([{ text: plain }], true, true)];
    });
    return values.length > 0 ? [{ cased, texts: manyTexts(values) }] : [];
  });
}

function keywordIn(
  text: string,
  repeated: boolean,
  leaves: Leaf[],
  texts: { cased: boolean; texts: ManyTexts }[],
  binder: Binder,
): string {
  const found = texts.map((some) => anyTextSql(text, some.texts, some.cased, binder, repeated));
  for (const leaf of leaves) {
    if (leaf.is === 'regex') found.push(`regexp_matches(${text}, ${binder.bind(leaf.pattern)})`);
  }
  return found.length === 1 ? found[0]! : anyOf(found.map((part) => `coalesce(${part}, false)`));
}
