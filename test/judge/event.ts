// An event as the judge sees it: the columns of `events` and the parsed fields, without a database.
export interface JudgedEvent {
  columns: Record<string, string | number | null>;
  /** As in the log; keys may hold dots. Null: the event has none. */
  fields: Record<string, unknown> | null;
}

/** Names of the Sigma taxonomy that stand for exactly one column (docs/rules.md, "Field names"). */
const TAXONOMY: Record<string, string> = {
  'cs-method': 'http_method',
  'sc-status': 'http_status',
  'c-ip': 'src_ip',
};

/** Names that are columns, whether an event has a value there or not. */
const COLUMNS =
  'event_id ts ts_logged ts_basis node system component level category action outcome message fields src_ip user_name http_method http_path http_status pid tid logger file_id line'.split(
    ' ',
  );

/** A field of an event: whether it is there at all, and the texts that a test may meet. */
export interface Found {
  exists: boolean;
  /** No text: missing or null. Several: the elements of a list, any of which may meet a test. */
  texts: string[];
  isNull: boolean;
}

const NOTHING: Found = { exists: false, texts: [], isNull: true };

export function fieldOf(event: JudgedEvent, name: string): Found {
  const column = TAXONOMY[name] ?? name;
  if (COLUMNS.includes(column)) {
    const value = event.columns[column] ?? null;
    return value === null ? NOTHING : { exists: true, texts: [String(value)], isNull: false };
  }
  const key = name.startsWith('fields.') ? name.slice('fields.'.length) : name;
  const values = valuesAt(event.fields, key);
  const there = values.filter((value) => value !== null);
  return { exists: values.length > 0, texts: there.flatMap(textsOf), isNull: there.length === 0 };
}

/** What stands under a name: the key as it is written, else the way through nested objects; of lists, every element. */
function valuesAt(value: unknown, name: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((element) => valuesAt(element, name));
  if (typeof value !== 'object' || value === null) return [];
  if (Object.hasOwn(value, name)) return [(value as Record<string, unknown>)[name]];
  const dot = name.indexOf('.');
  if (dot < 0 || !Object.hasOwn(value, name.slice(0, dot))) return [];
  return valuesAt((value as Record<string, unknown>)[name.slice(0, dot)], name.slice(dot + 1));
}

/** Scalars as they are written in JSON without quotes; lists by element, however deep; objects as JSON. */
function textsOf(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return [typeof value === 'string' ? value : JSON.stringify(value)];
}

/** Columns that a line itself states; keywords are looked for in them too. */
const STATED = 'message level_native pid tid logger src_ip user_name http_method http_path http_status'.split(
  ' ',
);

/** What a keyword is looked for in, each on its own: what the line states, and every value of the fields, never their names. */
export function wholeEvent(event: JudgedEvent): string[] {
  const leaves = (value: unknown): string[] => {
    if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leaves);
    return textsOf(value);
  };
  const columns = STATED.map((name) => event.columns[name] ?? null).filter((value) => value !== null);
  return [...columns.map(String), ...leaves(event.fields ?? {})];
}
