// Texts and patterns as SQL over one VARCHAR expression. The same `lower` on both sides folds the case.
import { anyOf, type Binder } from './sql.ts';
import { likePattern, type Part, plainText, regexPattern } from './text-value.ts';

/** One text or pattern. */
export function textSql(text: string, parts: Part[], cased: boolean, binder: Binder): string {
  const fold = folded(cased, binder);
  const literal = (part: Part | undefined): string | null =>
    typeof part === 'object' && 'text' in part ? part.text : null;
  const [a, b, c] = parts;
  const plain = plainText(parts);
  if (plain === '') return `${text} = ''`;
  if (plain !== null) return `${fold(text)} = ${fold(binder.bind(plain))}`;
  if (parts.length === 1 && a === 'any') return `${text} IS NOT NULL`;
  const start = literal(a);
  const middle = literal(b);
  if (parts.length === 2 && start !== null && b === 'any')
    return `starts_with(${fold(text)}, ${fold(binder.bind(start))})`;
  if (parts.length === 2 && a === 'any' && middle !== null)
    return `ends_with(${fold(text)}, ${fold(binder.bind(middle))})`;
  if (parts.length === 3 && a === 'any' && middle !== null && c === 'any')
    return `contains(${fold(text)}, ${fold(binder.bind(middle))})`;
  const like = likePattern(parts);
  if (like !== null) return `${fold(text)} LIKE ${fold(binder.bind(like))} ESCAPE '\\'`;
  return regexSql(text, regexPattern(parts), cased, binder);
}

const folded =
  (cased: boolean, binder: Binder) =>
  (sql: string): string =>
    cased ? sql : /^e\.\w+$/.test(sql) ? binder.derive(`lower(${sql})`) : `lower(${sql})`;

const regexSql = (text: string, pattern: string, cased: boolean, binder: Binder): string =>
  `regexp_matches(${folded(cased, binder)(text)}, ${folded(cased, binder)(binder.bind(`(?s)${pattern}`))})`;

/** From so many equal-to texts on they are one list; from so many patterns on one regular expression. */
const LISTED = 3;
const TOGETHER = 5;
/** From so many on the list is one value in place of one value each. */
const BOUND_AS_ONE = 100;
/** Longest joint pattern: RE2 keeps its automaton in a fixed amount of memory. */
const LONGEST = 4000;

/** Many texts and patterns, sorted once for all the places they are looked for. */
export interface ManyTexts {
  plain: string[];
  patterns: Part[][];
  /** Patterns joined to few regular expressions; empty where they are few. */
  joint: string[];
}

export function manyTexts(values: Part[][]): ManyTexts {
  const plain: string[] = [];
  const patterns: Part[][] = [];
  for (const parts of values) {
    const only = plainText(parts);
    if (only !== null && only !== '') plain.push(only);
    else patterns.push(parts);
  }
  return { plain, patterns, joint: patterns.length < TOGETHER ? [] : jointPatterns(patterns) };
}

/** Any of many texts and patterns, in few expressions. `repeated`: no subquery may stand here. */
export function anyTextSql(
  text: string,
  { plain, patterns, joint }: ManyTexts,
  cased: boolean,
  binder: Binder,
  repeated: boolean,
): string {
  const found: string[] = [];
  if (plain.length >= LISTED) found.push(listedSql(text, plain, cased, binder, repeated));
  else for (const one of plain) found.push(textSql(text, [{ text: one }], cased, binder));
  if (joint.length === 0) for (const parts of patterns) found.push(textSql(text, parts, cased, binder));
  for (const pattern of joint) found.push(regexSql(text, pattern, cased, binder));
  return anyOf(found);
}

function listedSql(
  text: string,
  values: string[],
  cased: boolean,
  binder: Binder,
  repeated: boolean,
): string {
  const fold = folded(cased, binder);
  if (values.length < BOUND_AS_ONE)
    return `${fold(text)} IN (${values.map((value) => fold(binder.bind(value))).join(', ')})`;
  // JSON text may be lowered as a whole: its own escapes are lower-case and hexadecimal digits may be
  const list = `from_json(${fold(binder.bind(JSON.stringify(values.map((v) => v.toWellFormed()))))}, '["VARCHAR"]')`;
  return repeated ? `list_contains(${list}, ${fold(text)})` : `${fold(text)} IN (SELECT unnest(${list}))`;
}

/** Patterns joined by `|`, in as many expressions as their length needs. */
function jointPatterns(values: Part[][]): string[] {
  const joint: string[] = [];
  let open = '';
  for (const parts of values) {
    const pattern = regexPattern(parts);
    if (open !== '' && open.length + pattern.length >= LONGEST) {
      joint.push(open);
      open = '';
    }
    open = open === '' ? pattern : `${open}|${pattern}`;
  }
  if (open !== '') joint.push(open);
  return joint;
}

/** The number a text states, or NULL; DuckDB alone would read `1_000` as one. */
export const numberSql = (text: string, type: 'DOUBLE' | 'HUGEINT'): string =>
  `CASE WHEN NOT contains(${text}, '_') THEN TRY_CAST(${text} AS ${type}) END`;

/** Any of many numbers; the text may write them as it likes: `5`, `05`, `5.0`. */
export function anyNumberSql(
  field: { text: string; number: string | null },
  values: (number | bigint)[],
  binder: Binder,
  repeated: boolean,
): string {
  const big = values.filter((v) => typeof v === 'bigint');
  const small = values.filter((v) => typeof v === 'number');
  const found = big.map((value) => {
    const number = field.number ?? numberSql(field.text, 'HUGEINT');
    return `${number} = ${binder.bind(value)}`;
  });
  if (small.length === 0) return anyOf(found);
  const number = field.number ?? numberSql(field.text, 'DOUBLE');
  if (small.length < LISTED) {
    for (const value of small) found.push(`${number} = ${binder.bind(value)}`);
  } else if (small.length < BOUND_AS_ONE) {
    found.push(`${number} IN (${small.map((value) => binder.bind(value)).join(', ')})`);
  } else {
    const list = `from_json(${binder.bind(JSON.stringify(small))}, '["DOUBLE"]')`;
    found.push(
      repeated
        ? `list_contains(${list}, CAST(${number} AS DOUBLE))`
        : `${number} IN (SELECT unnest(${list}))`,
    );
  }
  return anyOf(found.map((part) => `coalesce(${part}, false)`));
}
