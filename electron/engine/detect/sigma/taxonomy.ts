// What the names of Sigma's taxonomy - fields and log sources - mean in a case. Data alone; fields.ts and logsource.ts read it.
// Source: Sigma specification 2.1, appendix taxonomy (webserver, proxy, application); the rest are our own names.

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
  level_native: 'text',
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

/** Columns beside the message that a log line itself states: keywords are looked for in them too. */
export const STATED_COLUMNS: readonly string[] = [
  ...['level_native', 'pid', 'tid', 'logger'],
  ...['src_ip', 'user_name', 'http_method', 'http_path', 'http_status'],
];

/** What may be read out of other columns; the expressions are in fields.ts. */
export type Reading = 'digest' | 'urlHost' | 'peer' | 'date' | 'time' | 'uriExtension';

/** One place a value may stand: a column, a key of `fields`, or a part of another column. */
export type Source = { column: string } | { key: string } | { read: Reading };

const column = (name: string): Source[] => [{ column: name }];
const keys = (...names: string[]): Source[] => names.map((key) => ({ key }));

const USER_AGENT = keys(
  'http.request.useragent',
  'useragent',
  'http.useragent',
  'request.useragent',
  'user_agent',
  'http_user_agent',
);
/** The whole request with its query: public rules ask `cs-uri-query` for parts of the path as well. */
const URI: Source[] = [{ key: 'http.request.uri' }, { column: 'http_path' }];
const HOST = keys('http.request.host', 'request.host');
const DIGEST = keys('digest', 'vars.digest', 'target.digest');
const REFERER = keys('http.request.referer', 'referer', 'http_referer');
const DURATION = keys('http.response.duration', 'request_time');

/** Names that mean more than one native field, or come from Sigma's taxonomy. The first value that is there counts. */
export const FIELD_NAMES: Readonly<Record<string, readonly Source[]>> = {
  // our own
  user_agent: USER_AGENT,
  repository: keys('repository', 'vars.name', 'target.repository'),
  reference: keys('reference', 'vars.reference', 'target.tag'),
  digest: DIGEST,
  attempted_user: keys('user.attempted'),
  http_uri: URI,
  image_digest: [...DIGEST, { read: 'digest' }],
  url_host: [{ read: 'urlHost' }],
  peer_ip: [{ column: 'src_ip' }, { read: 'peer' }],
  // webserver
  date: [...keys('date'), { read: 'date' }],
  time: [...keys('time'), { read: 'time' }],
  'c-ip': column('src_ip'),
  'cs-username': column('user_name'),
  's-computername': column('node'),
  'cs-method': column('http_method'),
  'cs-uri': URI,
  'cs-uri-stem': column('http_path'),
  'cs-uri-query': URI,
  'cs-uri-extension': [{ read: 'uriExtension' }],
  'sc-status': column('http_status'),
  'sc-bytes': keys('http.response.written', 'bytes', 'body_bytes_sent'),
  'cs-bytes': keys('http.request.contentlength', 'request_length'),
  'time-taken': DURATION,
  'cs-version': keys('http.version', 'server_protocol'),
  'cs-host': HOST,
  'cs-user-agent': USER_AGENT,
  'cs-cookie': keys('http.request.cookie', 'cookie', 'http_cookie'),
  'cs-referer': REFERER,
  // proxy
  'c-uri': URI,
  'c-uri-stem': column('http_path'),
  'c-uri-query': URI,
  'c-uri-extension': [{ read: 'uriExtension' }],
  'c-useragent': USER_AGENT,
  'cs-referrer': REFERER,
  'r-dns': HOST,
};

/** Other names of systems, and what application logs may stand in: product -> `events.system`, any of them. */
export const PRODUCTS: Readonly<Record<string, readonly string[]>> = {
  distribution: ['registry'],
  docker_registry: ['registry'],
  'docker-registry': ['registry'],
  postgres: ['postgresql'],
};

/** `category: application`: the frameworks a product's logs come through. */
export const APPLICATIONS: Readonly<Record<string, readonly string[]>> = {
  python: ['celery', 'ray', 'gunicorn'],
  django: ['celery', 'gunicorn'],
  jvm: ['mesos', 'marathon', 'chronos', 'zookeeper'],
  java: ['mesos', 'marathon', 'chronos', 'zookeeper'],
  spring: ['mesos', 'marathon', 'chronos'],
};

/** Other names of components, by system. */
export const SERVICES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  registry: {
    access_log: ['access'],
    notification: ['notification', 'notifications'],
    notifications: ['notification', 'notifications'],
  },
  mesos: { slave: ['agent'], executor: ['executor', 'sandbox'], fetcher: ['fetcher', 'sandbox', 'agent'] },
  ray: { gcs: ['gcs_server'], job: ['job', 'job_driver', 'job-driver', 'driver'] },
};

/** Product and service that together are a system of ours. */
export const PRODUCT_SERVICES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  linux: { auditd: 'audit' },
};

/** Categories of the taxonomy that are all rows with an HTTP method. */
export const HTTP_CATEGORIES: readonly string[] = ['webserver', 'proxy'];
