// One line of a selection - field, modifiers, values - as a two-valued SQL expression.
import { type Network, networksSql, parseNetwork } from './cidr.ts';
import { type FieldSql, fieldProblem, fieldSql } from './fields.ts';
import type { Place, Problems } from './problem.ts';
import { regexProblem } from './regex.ts';
import { allOf, anyOf, type Binder } from './sql.ts';
import { likePattern, open, type Part, parseText } from './text-value.ts';
import type { Tree, Value } from './tree.ts';

export interface Item {
  /** null: keyword, looked for in the whole event. */
  field: string | null;
  match: Match;
  values: Value[];
  /** AND of the values in place of OR. */
  all: boolean;
  /** `neq`. */
  negated: boolean;
  at: Place;
}

type Match =
  | { by: 'text'; front: boolean; behind: boolean; cased: boolean }
  | { by: 'regex'; flags: string }
  | { by: 'cidr' }
  | { by: 'exists' }
  | { by: 'compare'; operator: '<' | '<=' | '>' | '>=' };

const COMPARE = { lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;
const REGEX_FLAGS: Record<string, string> = {
  i: 'i',
  ignorecase: 'i',
  m: 'm',
  multiline: 'm',
  s: 's',
  dotall: 's',
};
/** Modifiers of Sigma 2.1 that are refused by name until they are built. */
const NOT_YET = new Set([
  ...['base64', 'base64offset', 'wide', 'utf16', 'utf16le', 'utf16be', 'windash', 'fieldref', 'expand'],
  ...['minute', 'hour', 'day', 'week', 'month', 'year'],
]);

/** Reads `field|modifier|...: value(s)`; null when it is refused. */
export function readItem(key: string, keyAt: Place, tree: Tree, problems: Problems): Item | null {
  const [name = '', ...modifiers] = key.split('|');
  const before = problems.list.length;
  const match = readModifiers(modifiers, keyAt, problems);
  if (name !== '') {
    const wrong = fieldProblem(name);
    if (wrong) problems.add(keyAt, wrong);
  }
  const scalars: { value: Value; at: Place }[] = [];
  if (tree.kind === 'scalar') scalars.push(tree);
  else if (tree.kind === 'list') {
    if (tree.items.length === 0) {
      problems.add(tree.at, `the list of values of '${name}' is empty; write null for "has no value"`);
    }
    for (const item of tree.items) {
      if (item.kind !== 'scalar') problems.add(item.at, `a value of '${name}' is neither text nor a number`);
      else {
        if (item.value === null) {
          problems.add(
            item.at,
            `null must not stand in a list of values of '${name}'; make it a selection of its own`,
          );
        }
        scalars.push(item);
      }
    }
  } else problems.add(tree.at, `the value of '${name}' must be a value or a list of values`);
  if (name === '' && scalars.some((s) => s.value === null)) problems.add(tree.at, 'a keyword is empty');
  for (const { value, at } of scalars) checkValue(match.match, value, at, problems);
  if (match.match.by === 'exists') {
    if (scalars.length > 1) problems.add(tree.at, "'exists' takes one value, true or false");
    if (name === '') problems.add(keyAt, "'exists' needs a field name");
  }
  if (name === '' && match.match.by !== 'text' && match.match.by !== 'regex') {
    problems.add(keyAt, 'keywords take only the modifiers all, cased and re');
  }
  if (problems.list.length > before) return null;
  return {
    field: name === '' ? null : name,
    match: match.match,
    values: scalars.map((s) => s.value),
    all: match.all,
    negated: match.negated,
    at: keyAt,
  };
}

/** A list of keywords, ORed. */
export function keywordItem(values: { value: Value; at: Place }[], at: Place): Item {
  return {
    field: null,
    match: { by: 'text', front: false, behind: false, cased: false },
    values: values.map((v) => v.value),
    all: false,
    negated: false,
    at,
  };
}

function readModifiers(modifiers: string[], at: Place, problems: Problems) {
  const seen = new Set<string>();
  let kind: 'text' | 'regex' | 'cidr' | 'exists' | 'compare' = 'text';
  let kindName = '';
  const set = (to: typeof kind, name: string) => {
    if (kindName) problems.add(at, `the modifiers '${kindName}' and '${name}' do not go together`);
    kind = to;
    kindName = name;
  };
  let flags = '';
  let operator: '<' | '<=' | '>' | '>=' = '<';
  modifiers.forEach((modifier, index) => {
    if (seen.has(modifier)) problems.add(at, `the modifier '${modifier}' is given twice`);
    seen.add(modifier);
    if (modifier === 'contains' || modifier === 'startswith' || modifier === 'endswith')
      set('text', modifier);
    else if (modifier === 're') {
      set('regex', modifier);
      if (index > 0 && modifiers.slice(0, index).some((m) => m !== 'all' && m !== 'neq')) {
        problems.add(at, "the modifier 're' must come first");
      }
    } else if (REGEX_FLAGS[modifier]) {
      if (kind !== 'regex') problems.add(at, `the modifier '${modifier}' belongs after 're'`);
      flags += REGEX_FLAGS[modifier];
    } else if (modifier === 'cidr') set('cidr', modifier);
    else if (modifier === 'exists') set('exists', modifier);
    else if (Object.hasOwn(COMPARE, modifier)) {
      set('compare', modifier);
      operator = COMPARE[modifier as keyof typeof COMPARE];
    } else if (modifier === 'all' || modifier === 'neq' || modifier === 'cased') {
      // looked up in `seen` below
    } else if (NOT_YET.has(modifier)) {
      problems.add(
        at,
        modifier === 'expand'
          ? "the modifier 'expand' needs values for placeholders, which Tidemark does not have; the rule is refused as Sigma asks"
          : `the modifier '${modifier}' is not supported yet`,
      );
    } else
      problems.add(
        at,
        modifier === '' ? "a modifier is missing after '|'" : `'${modifier}' is not a Sigma modifier`,
      );
  });
  const said: string = kind;
  if (seen.has('cased') && said !== 'text')
    problems.add(at, `the modifier 'cased' does not go with '${kindName}'`);
  if (said === 'exists' && modifiers.length > 1) problems.add(at, "'exists' takes no other modifier");
  if (said === 'compare' && seen.has('all'))
    problems.add(at, `the modifier 'all' does not go with '${kindName}'`);
  const match: Match =
    said === 'regex'
      ? { by: 'regex', flags: [...new Set(flags)].sort().join('') }
      : said === 'cidr'
        ? { by: 'cidr' }
        : said === 'exists'
          ? { by: 'exists' }
          : said === 'compare'
            ? { by: 'compare', operator }
            : {
                by: 'text',
                front: seen.has('contains') || seen.has('endswith'),
                behind: seen.has('contains') || seen.has('startswith'),
                cased: seen.has('cased'),
              };
  return { match, all: seen.has('all'), negated: seen.has('neq') };
}

function checkValue(match: Match, value: Value, at: Place, problems: Problems): void {
  if (match.by === 'exists') {
    if (typeof value !== 'boolean') problems.add(at, "'exists' takes true or false");
  } else if (match.by === 'compare') {
    if (typeof value !== 'number' && typeof value !== 'bigint')
      problems.add(at, 'a comparison needs a number');
  } else if (match.by === 'cidr') {
    const network = typeof value === 'string' ? parseNetwork(value) : 'a network is text such as 10.0.0.0/8';
    if (typeof network === 'string') problems.add(at, network);
  } else if (match.by === 'regex') {
    if (typeof value !== 'string') problems.add(at, 'a regular expression is text');
    else {
      const wrong = regexProblem(value);
      if (wrong) problems.add(at, `regular expression: ${wrong}`);
    }
  } else if (value === null && (match.front || match.behind)) {
    problems.add(at, 'contains, startswith and endswith need a value, not null');
  }
}

/** What a compiled rule asks the database to look at before it runs. */
export interface Asked {
  regexes: { pattern: string; at: Place }[];
}

/** TRUE or FALSE for every row, never NULL. */
export function itemSql(item: Item, binder: Binder, asked: Asked): string {
  if (item.field === null) return keywordSql(item, binder, asked);
  const field = fieldSql(item.field, binder);
  if (item.match.by === 'exists') {
    const there = `coalesce(${field.exists}, false)`;
    return item.values[0] === true ? there : `(NOT ${there})`;
  }
  const leaves = leafGroups(item, field, binder, asked).map((leaf) => `coalesce(${leaf}, false)`);
  const together = item.all ? allOf(leaves) : anyOf(leaves);
  return item.negated ? `(NOT ${together})` : together;
}

/** One expression per value; many equal-to-text values become one IN. */
function leafGroups(item: Item, field: FieldSql, binder: Binder, asked: Asked): string[] {
  const match = item.match;
  if (match.by === 'cidr' && !item.all) return [networksSql(field.text, networks(item.values), binder)];
  if (match.by === 'text' && !match.front && !match.behind && !item.all) {
    const plain: string[] = [];
    const rest: Value[] = [];
    for (const value of item.values) {
      const parts = typeof value === 'string' ? parseText(value) : null;
      const only = parts?.length === 1 ? parts[0]! : null;
      if (only && typeof only === 'object') plain.push(only.text);
      else rest.push(value);
    }
    if (plain.length > 2) {
      const fold = (sql: string) => (match.cased ? sql : `lower(${sql})`);
      const list = plain.map((text) => fold(binder.bind(text))).join(', ');
      return [`${fold(field.text)} IN (${list})`, ...rest.map((v) => leafSql(item, field, v, binder, asked))];
    }
  }
  return item.values.map((value) => leafSql(item, field, value, binder, asked));
}

/** The values of `cidr`, read before and found to be networks. */
const networks = (values: Value[]): Network[] =>
  values.map((value) => parseNetwork(String(value))).filter((n) => typeof n !== 'string');

function leafSql(item: Item, field: FieldSql, value: Value, binder: Binder, asked: Asked): string {
  const match = item.match;
  if (match.by === 'cidr') return networksSql(field.text, networks([value]), binder);
  if (match.by === 'regex') return regexSql(field.text, value as string, match.flags, item.at, binder, asked);
  if (match.by === 'compare') {
    const number = value as number | bigint;
    if (field.number) return `${field.number} ${match.operator} ${binder.bind(number)}`;
    const cast = `TRY_CAST(${field.text} AS ${typeof number === 'bigint' ? 'HUGEINT' : 'DOUBLE'})`;
    const compare = `${cast} ${match.operator} ${binder.bind(number)}`;
    return typeof number === 'bigint' ? compare : `(${compare} AND isfinite(${cast}))`;
  }
  if (match.by === 'exists') throw new Error('exists has no leaf');
  if (value === null) return `${field.text} IS NULL`;
  if (typeof value === 'boolean') return `lower(${field.text}) = ${binder.bind(String(value))}`;
  if (typeof value !== 'string' && !match.front && !match.behind) {
    if (field.number) return `${field.number} = ${binder.bind(value)}`;
    const type = typeof value === 'bigint' ? 'HUGEINT' : 'DOUBLE';
    return `(${field.text} = ${binder.bind(String(value))} OR coalesce(TRY_CAST(${field.text} AS ${type}) = ${binder.bind(value)}, false))`;
  }
  const parts = open(parseText(String(value)), match.front, match.behind);
  return textSql(field.text, parts, match.cased, binder);
}

/** Equality or pattern over text; the same `lower` on both sides. */
function textSql(text: string, parts: Part[], cased: boolean, binder: Binder): string {
  const fold = (sql: string) => (cased ? sql : `lower(${sql})`);
  const [a, b, c] = parts;
  const literal = (part: Part | undefined): part is { text: string } => typeof part === 'object';
  if (parts.length === 0) return `${text} = ''`;
  if (parts.length === 1 && literal(a)) return `${fold(text)} = ${fold(binder.bind(a.text))}`;
  if (parts.length === 1 && a === 'any') return `${text} IS NOT NULL`;
  if (parts.length === 2 && literal(a) && b === 'any')
    return `starts_with(${fold(text)}, ${fold(binder.bind(a.text))})`;
  if (parts.length === 2 && a === 'any' && literal(b))
    return `ends_with(${fold(text)}, ${fold(binder.bind(b.text))})`;
  if (parts.length === 3 && a === 'any' && literal(b) && c === 'any') {
    return `contains(${fold(text)}, ${fold(binder.bind(b.text))})`;
  }
  return `${fold(text)} LIKE ${fold(binder.bind(likePattern(parts)))} ESCAPE '\\'`;
}

function regexSql(
  text: string,
  pattern: string,
  flags: string,
  at: Place,
  binder: Binder,
  asked: Asked,
): string {
  const whole = flags === '' ? pattern : `(?${flags})${pattern}`; // DuckDB's own flag argument does not know `m`
  asked.regexes.push({ pattern: whole, at });
  return `regexp_matches(${text}, ${binder.bind(whole)})`;
}

/** Keywords are looked for in the message and in the parsed fields. */
function keywordSql(item: Item, binder: Binder, asked: Asked): string {
  const match = item.match;
  const leaves = item.values.map((value) => {
    const over = (text: string) =>
      match.by === 'regex'
        ? regexSql(text, String(value), match.flags, item.at, binder, asked)
        : textSql(
            text,
            open(parseText(String(value)), true, true),
            match.by === 'text' && match.cased,
            binder,
          );
    return `(coalesce(${over('e.message')}, false) OR coalesce(${over('e.fields')}, false))`;
  });
  const together = item.all ? allOf(leaves) : anyOf(leaves);
  return item.negated ? `(NOT ${together})` : together;
}
