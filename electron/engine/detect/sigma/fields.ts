// Field names of rules -> expressions over the view `events`. Names are looked up, never written into SQL.
import type { Binder } from './sql.ts';

export type ColumnType = 'text' | 'number' | 'time' | 'level';

/** Columns of `events` that a rule may name: the allow-list. */
export const COLUMNS: Readonly<Record<string, ColumnType>> = {
  event_id: 'number',
  ts: 'time',
  ts_logged: 'time',
  ts_basis: 'text',
  node: 'text',
  system: 'text',
  component: 'text',
  level: 'level',
  category: 'text',
  action: 'text',
  outcome: 'text',
  message: 'text',
  fields: 'text',
  src_ip: 'text',
  user_name: 'text',
  http_method: 'text',
  http_path: 'text',
  http_status: 'number',
  pid: 'text',
  tid: 'text',
  logger: 'text',
  file_id: 'number',
  line: 'number',
};

/** One place a value may stand: a column, a key of `fields`, or a part of the request path. */
type Source = { column: string } | { key: string } | { find: keyof typeof FOUND };

/** What may be read out of the text of a message. */
const FOUND = {
  digest: `regexp_extract(e.message, 'sha256:[0-9a-f]{64}')`,
  urlHost: `regexp_extract(e.message, '[a-z]+://([^/:''"[:space:]]+)', 1)`,
  peer: `regexp_extract(e.message, '@([0-9]{1,3}(?:[.][0-9]{1,3}){3}):[0-9]+', 1)`,
} as const;

const column = (name: string): Source[] => [{ column: name }];
const keys = (...names: string[]): Source[] => names.map((key) => ({ key }));

/**
 * Names that mean more than one native field, or come from the Sigma taxonomy (webserver, proxy). The first value
 * that is there counts. `cs-uri-query` is the whole request path with its query, as the public rules use it.
 */
export const FIELD_NAMES: Readonly<Record<string, Source[]>> = {
  user_agent: keys(
    'http.request.useragent',
    'useragent',
    'http.useragent',
    'request.useragent',
    'user_agent',
  ),
  repository: keys('repository', 'vars.name', 'target.repository'),
  reference: keys('reference', 'vars.reference', 'target.tag'),
  digest: keys('digest', 'vars.digest', 'target.digest'),
  attempted_user: keys('user.attempted'),
  http_uri: [{ key: 'http.request.uri' }, { column: 'http_path' }],
  image_digest: [...keys('digest', 'vars.digest', 'target.digest'), { find: 'digest' }],
  url_host: [{ find: 'urlHost' }],
  peer_ip: [{ column: 'src_ip' }, { find: 'peer' }],
  'c-ip': column('src_ip'),
  'cs-method': column('http_method'),
  'cs-uri': [{ key: 'http.request.uri' }, { column: 'http_path' }],
  'cs-uri-query': [{ key: 'http.request.uri' }, { column: 'http_path' }],
  'cs-uri-stem': column('http_path'),
  'sc-status': column('http_status'),
  'cs-username': column('user_name'),
  'cs-host': keys('http.request.host', 'request.host'),
  'cs-referer': keys('http.request.referer', 'referer'),
  'cs-user-agent': keys(
    'http.request.useragent',
    'useragent',
    'http.useragent',
    'request.useragent',
    'user_agent',
  ),
  'sc-bytes': keys('http.response.written', 'bytes'),
  'c-uri': [{ key: 'http.request.uri' }, { column: 'http_path' }],
  'c-uri-query': [{ key: 'http.request.uri' }, { column: 'http_path' }],
  'c-uri-stem': column('http_path'),
  'c-useragent': keys(
    'http.request.useragent',
    'useragent',
    'http.useragent',
    'request.useragent',
    'user_agent',
  ),
};

export interface FieldSql {
  /** VARCHAR or NULL. */
  text: string;
  /** Set for columns that are numbers. */
  number: string | null;
  /** BOOLEAN: the field is there, whatever its value; for columns: it is not NULL. */
  exists: string;
}

/** The expression of a field; a leading `fields.` forces the parsed field where a column has the same name. */
export function fieldSql(name: string, binder: Binder): FieldSql {
  const sources = sourcesOf(name);
  const parts = sources.map((source) => sourceSql(source, binder));
  if (parts.length === 1) return parts[0]!;
  return {
    text: `coalesce(${parts.map((p) => p.text).join(', ')})`,
    number: null,
    exists: `(${parts.map((p) => `coalesce(${p.exists}, false)`).join(' OR ')})`,
  };
}

function sourcesOf(name: string): Source[] {
  if (Object.hasOwn(COLUMNS, name)) return [{ column: name }];
  if (Object.hasOwn(FIELD_NAMES, name)) return FIELD_NAMES[name]!;
  return [{ key: name.startsWith('fields.') ? name.slice('fields.'.length) : name }];
}

function sourceSql(source: Source, binder: Binder): FieldSql {
  if ('find' in source) {
    const text = `nullif(${FOUND[source.find]}, '')`;
    return { text, number: null, exists: `${text} IS NOT NULL` };
  }
  if ('column' in source) {
    const type = COLUMNS[source.column]!; // an own name of the table above, not text of the rule
    const name = `e.${source.column}`;
    return {
      text: type === 'text' ? name : `CAST(${name} AS VARCHAR)`,
      number: type === 'number' ? name : null,
      exists: `${name} IS NOT NULL`,
    };
  }
  // TRY: `fields` is JSON by construction, but a filter that runs early must not end the query over one bad row.
  // A pointer in place of a path: in `$."*"` even the quoted star would be a wildcard.
  const path = binder.bind(`/${source.key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return {
    text: `TRY(json_extract_string(e.fields, ${path}))`,
    number: null,
    exists: `TRY(json_exists(e.fields, ${path}))`,
  };
}

/** Can the name be asked for at all? */
export const fieldProblem = (name: string): string | null =>
  name === '' ? 'a field name is empty' : name.length > 500 ? 'a field name is too long' : null;
