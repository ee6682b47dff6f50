// Field names of rules -> expressions over the view `events`. Names are looked up, never written into SQL.
import { anyOf, type Binder } from './sql.ts';
import { COLUMNS, FIELD_NAMES, type Reading, type Source } from './taxonomy.ts';

export { COLUMNS, FIELD_NAMES } from './taxonomy.ts';

const READINGS: Record<Reading, string> = {
  digest: `nullif(regexp_extract(e.message, 'sha256:[0-9a-f]{64}'), '')`,
  urlHost: `nullif(regexp_extract(e.message, '[a-z]+://([^/:''"[:space:]]+)', 1), '')`,
  peer: `nullif(regexp_extract(e.message, '@([0-9]{1,3}(?:[.][0-9]{1,3}){3}):[0-9]+', 1), '')`,
  date: `strftime(e.ts, '%Y-%m-%d')`,
  time: `strftime(e.ts, '%H:%M:%S')`,
  uriExtension: `nullif(regexp_extract(e.http_path, '[.]([A-Za-z0-9]+)$', 1), '')`,
};

/** A test of one value; `repeated`: it stands inside a list function, where no subquery may stand. */
export type Test = (text: string, repeated: boolean) => string;

export interface FieldSql {
  /** VARCHAR or NULL; of several nested values the first. */
  text: string;
  /** Set for columns that are numbers. */
  number: string | null;
  /** Set for columns that are times. */
  time: string | null;
  /** BOOLEAN: the field is there, whatever its value; for columns: it is not NULL. */
  exists: string;
  /** TRUE or FALSE: the value passes the test, or, where it is an array, one of its elements. */
  any(test: Test): string;
}

/** The expression of a field; a leading `fields.` forces the parsed field where a column has the same name. */
export function fieldSql(name: string, binder: Binder): FieldSql {
  const sources = sourcesOf(name);
  const parts = sources.map((source) => sourceSql(source, binder));
  const flat = flatSql(sources, parts, binder);
  const last = sources.at(-1)!;
  const nested = 'key' in last ? nestedSql(last.key, binder) : null;
  const keyed = sources.some((source) => 'key' in source);
  return {
    text: nested ? `coalesce(${flat}, CASE WHEN ${nested.guard} THEN (${nested.values})[1] END)` : flat,
    number: parts.length === 1 ? parts[0]!.number : null,
    time: parts.length === 1 ? parts[0]!.time : null,
    // asked for late: a value that is bound must be used in the statement
    get exists() {
      const exists = parts.map((p) => `coalesce(${p.exists}, false)`);
      if (nested) exists.push(`(${nested.guard} AND (${nested.exists()} OR len(${nested.values}) > 0))`);
      return anyOf(exists);
    },
    any(test) {
      const whole = `coalesce(${test(flat, false)}, false)`;
      if (!keyed) return whole;
      const one = `lambda v: coalesce(${test('v', true)}, false)`;
      const deep = nested
        ? ` WHEN ${flat} IS NULL AND ${nested.guard} THEN len(list_filter(${nested.values}, ${one})) > 0`
        : '';
      return `CASE WHEN starts_with(${flat}, '[') AND coalesce(${parts.map((p) => p.kind).join(', ')}) = 'ARRAY'
        THEN len(list_filter(${elements(`from_json(${flat}, '["JSON"]')`)}, ${one})) > 0${deep} ELSE ${whole} END`;
    },
  };
}

/** A plain column as it is; what has to be read out of JSON or text is worth reading once. */
function flatSql(sources: readonly Source[], parts: SourceSql[], binder: Binder): string {
  const [only] = parts;
  if (parts.length === 1 && 'column' in sources[0]!) return only!.text;
  const made = (b: Binder) => {
    const texts = sources.map((source) => sourceSql(source, b).text);
    return texts.length === 1 ? texts[0]! : `coalesce(${texts.join(', ')})`;
  };
  return binder.hoist(made);
}

/** The columns in whose text the value of a field stands as it is (in `fields`, as JSON); null: it does not. */
export function standsIn(name: string): ('message' | 'fields' | 'http_path')[] | null {
  const columns = sourcesOf(name).map((source) => {
    if ('key' in source) return 'fields';
    const column = 'column' in source ? source.column : READ_FROM[source.read];
    return column === 'message' || column === 'fields' || column === 'http_path' ? column : null;
  });
  return columns.every((column) => column !== null) ? [...new Set(columns)] : null;
}

const READ_FROM: Partial<Record<Reading, string>> = {
  digest: 'message',
  urlHost: 'message',
  peer: 'message',
  uriExtension: 'http_path',
};

function sourcesOf(name: string): readonly Source[] {
  if (Object.hasOwn(COLUMNS, name)) return [{ column: name }];
  if (Object.hasOwn(FIELD_NAMES, name)) {
    const sources = FIELD_NAMES[name]!;
    const stands = sources.length === 1 && 'column' in sources[0]!;
    return stands || sources.some((s) => 'key' in s && s.key === name)
      ? sources
      : [...sources, { key: name }];
  }
  return [{ key: name.startsWith('fields.') ? name.slice('fields.'.length) : name }];
}

interface SourceSql {
  text: string;
  number: string | null;
  time: string | null;
  exists: string;
  /** The JSON type of the value, NULL when there is none. */
  kind: string;
}

function sourceSql(source: Source, binder: Binder): SourceSql {
  if ('key' in source) {
    const path = () => binder.bind(pointer(source.key)); // asked for late: a value that is bound must be used
    return {
      get text() {
        return binder.jsonText(pointer(source.key));
      },
      number: null,
      time: null,
      get exists() {
        return `TRY(json_exists(e.fields, ${path()}))`;
      },
      get kind() {
        return `nullif(TRY(json_type(e.fields, ${path()})), 'NULL')`;
      },
    };
  }
  const type = 'column' in source ? COLUMNS[source.column]! : 'text'; // an own name of the table, not text of the rule
  const name = 'column' in source ? `e.${source.column}` : READINGS[source.read];
  return {
    text: type === 'text' ? name : `CAST(${name} AS VARCHAR)`,
    number: type === 'number' ? name : null,
    time: type === 'time' ? name : null,
    exists: `${name} IS NOT NULL`,
    kind: `CASE WHEN ${name} IS NOT NULL THEN 'VARCHAR' END`,
  };
}

/** A pointer in place of a path: in `$."*"` even the quoted star would be a wildcard. */
const pointer = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** Lists within lists that are looked into. */
const LISTS = 3;

/** The texts of a list of JSON values: of values that are lists their elements, and theirs; objects as JSON text. */
function elements(values: string): string {
  let flat = values;
  for (let i = 0; i < LISTS; i++) {
    flat = `flatten(list_transform(${flat}, lambda o: CASE WHEN json_type(o) = 'ARRAY' THEN from_json(o, '["JSON"]') ELSE [o] END))`;
  }
  return `list_transform(${flat}, lambda o: json_extract_string(o, '$'))`;
}

/** Beyond this many steps a name is a key and nothing else. */
const DEEPEST = 8;

/**
 * `a.b.c` as a way through nested objects; arrays on the way and at its end give each of their elements.
 * `guard` is a quick test that the way can begin at all.
 */
function nestedSql(name: string, binder: Binder): { guard: string; values: string; exists(): string } | null {
  const [first, ...rest] = name.split('.');
  if (!first || rest.length === 0 || rest.length >= DEEPEST || rest.includes('')) return null;
  let found = `[TRY(json_extract(e.fields, ${binder.bind(pointer(first))}))]`;
  for (const key of rest) {
    const path = binder.bind(pointer(key));
    found = `flatten(list_transform(${found}, lambda o: CASE WHEN json_type(o) = 'ARRAY'
      THEN list_transform(from_json(o, '["JSON"]'), lambda q: json_extract(q, ${path})) ELSE [json_extract(o, ${path})] END))`;
  }
  const values = `list_filter(${elements(found)}, lambda t: t IS NOT NULL)`;
  const straight = [first, ...rest].map(pointer).join('');
  return {
    guard: binder.hoist((b) => `contains(e.fields, ${b.bind(JSON.stringify(first))})`),
    values,
    exists: () => `coalesce(TRY(json_exists(e.fields, ${binder.bind(straight)})), false)`,
  };
}

/** Can the name be asked for at all? */
export const fieldProblem = (name: string): string | null =>
  name === '' ? 'a field name is empty' : name.length > 500 ? 'a field name is too long' : null;
