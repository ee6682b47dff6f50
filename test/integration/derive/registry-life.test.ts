// The life of a push, from login to notification, and which access line belongs to which request.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LogsCase, told } from './logs-of.ts';

const id = (n: number) => `0000000${n}-aaaa-4bbb-8ccc-dddddddddddd`;
const UPLOAD = '27736ef3-6d5f-4d33-9c0a-3c1f0c2b7a11';
const BLOB = `sha256:${'b'.repeat(64)}`;
const MANIFEST = `sha256:${'c'.repeat(64)}`;
const AGENT = 'docker/24.0.5 go/go1.20.6';

interface Request {
  n: number;
  at: string;
  method: string;
  uri: string;
  status: number;
  client?: string;
  agent?: string;
  took?: string;
}

/** The lines that version 2.8 writes for a request; a 401 has no line with a status. */
function app({
  n,
  at,
  method,
  uri,
  status,
  client = '10.0.0.7',
  agent = AGENT,
  took = '4.5ms',
}: Request): string[] {
  const common = `go.version=go1.19.8 http.request.host="reg:5000" http.request.id=${id(n)} http.request.method=${method} http.request.remoteaddr="${client}:40646" http.request.uri="${uri}" http.request.useragent="${agent}"`;
  const time = (ms: number) => new Date(Date.parse(`2026-11-20T${at}Z`) + ms).toISOString();
  if (status === 401)
    return [
      `time="${time(0)}" level=warning msg="error authorizing context: basic authentication challenge for realm \\"r\\": invalid authorization credential" ${common}`,
    ];
  const end =
    status < 400
      ? `time="${time(5)}" level=info msg="response completed" ${common} http.response.duration=${took} http.response.status=${status} http.response.written=2`
      : `time="${time(5)}" level=error msg="response completed with error" auth.user.name=ci err.code="blob unknown" ${common} http.response.duration=${took} http.response.status=${status} http.response.written=2`;
  return [`time="${time(0)}" level=info msg="authorized request" ${common}`, end];
}
const access = ({ at, method, uri, status, agent = AGENT }: Request, socket = '10.0.0.7') =>
  `${socket} - - [20/Nov/2026:${at.slice(0, 8)} +0000] "${method} ${uri} HTTP/1.1" ${status} 2 "" "${agent}"`;

const uploads = '/v2/team/app/blobs/uploads/';
const PUSH: Request[] = [
  { n: 1, at: '17:00:00.100', method: 'GET', uri: '/v2/', status: 401 },
  { n: 2, at: '17:00:00.300', method: 'GET', uri: '/v2/', status: 200 },
  { n: 3, at: '17:00:01.100', method: 'HEAD', uri: `/v2/team/app/blobs/${BLOB}`, status: 404 },
  { n: 4, at: '17:00:01.200', method: 'POST', uri: uploads, status: 202 },
  { n: 5, at: '17:00:01.300', method: 'PATCH', uri: `${uploads}${UPLOAD}?_state=abc`, status: 202 },
  {
    n: 6,
    at: '17:00:01.400',
    method: 'PUT',
    uri: `${uploads}${UPLOAD}?_state=def&digest=${BLOB.replace(':', '%3A')}`,
    status: 201,
  },
  { n: 7, at: '17:00:02.100', method: 'PUT', uri: '/v2/team/app/manifests/1.0', status: 201 },
];
const OTHERS: Request[] = [
  // another client reads meanwhile
  {
    n: 8,
    at: '17:00:01.900',
    method: 'GET',
    uri: '/v2/team/app/manifests/0.9',
    status: 200,
    client: '10.0.0.8',
  },
  // two requests that look the same to the access log
  { n: 9, at: '17:10:00.100', method: 'GET', uri: '/v2/team/db/tags/list', status: 200 },
];
const TWIN: Request = { ...OTHERS[1]!, n: 0, at: '17:10:00.500' };
/** Behind a proxy: the application believes the header, the socket is the proxy's. */
const PROXIED: Request = {
  n: 0,
  at: '17:20:00.100',
  method: 'GET',
  uri: '/v2/team/db/manifests/2',
  status: 200,
  client: '203.0.113.77',
};
const LONG: Request = {
  n: 0,
  at: '17:30:40.000',
  method: 'PUT',
  uri: '/v2/team/big/manifests/1',
  status: 201,
  took: '39.5s',
};

const envelope = (n: number, at: string, repository: string, digest: string, tag?: string) =>
  JSON.stringify({
    events: [
      {
        id: `event-${n}`,
        timestamp: `2026-11-20T${at}Z`,
        action: 'push',
        target: {
          mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
          digest,
          repository,
          ...(tag ? { tag } : {}),
        },
        request: { id: id(n), addr: '10.0.0.7:40646', host: 'reg:5000', method: 'PUT', useragent: AGENT },
        actor: { name: 'ci' },
        source: { addr: 'reg:5000', instanceID: '1f9efcfa-1111-4222-8333-444444444444' },
      },
    ],
  });

const withId = (request: Request, name: string) => app(request).map((line) => line.replaceAll(id(0), name));

let given: LogsCase;
beforeAll(async () => {
  given = await LogsCase.of({
    'reg-1/registry/registry.log': [
      ...[...PUSH, ...OTHERS].flatMap(app),
      ...withId(TWIN, 'twin'),
      ...withId(PROXIED, 'proxied'),
      // no line at its start: only what it took says when it began
      withId(LONG, 'long').at(-1)!,
    ].sort(),
    'reg-1/registry/access.log': [
      ...PUSH.map((r) => access(r)),
      access(OTHERS[0]!, '10.0.0.8'),
      access(OTHERS[1]!),
      access(TWIN),
      access(PROXIED, '10.0.0.2'),
      access({ ...LONG, at: '17:30:00.500' }),
      // nobody's: no request of the application fits
      access({ n: 0, at: '17:40:00.000', method: 'GET', uri: '/.env', status: 404 }, '198.51.100.9'),
    ],
    'reg-1/registry/notifications.jsonl': [
      envelope(6, '17:00:01.405', 'team/app', BLOB),
      envelope(7, '17:00:02.105', 'team/app', MANIFEST, '1.0'),
    ],
    'celery-1/celery/deploy.log': [
      `[2026-11-20 17:05:00,000: INFO/ForkPoolWorker-1] deploy.app[3e3e7a52-6a36-4a0c-9d5b-0c1f7b0f3a44]: resolved team/app:1.0 to ${MANIFEST}`,
    ],
  });
});
afterAll(() => given?.close());

describe('a push', () => {
  test('is one life cycle from the upload id, from login to notification', async () => {
    const life = await given.life('registry_upload', UPLOAD);
    expect(told(life)).toEqual([
      'reg-1: ~turned away',
      'reg-1: ~access line',
      'reg-1: ~let in',
      'reg-1: ~answered',
      'reg-1: ~access line',
      'reg-1: ~let in',
      'reg-1: ~answered with an error',
      'reg-1: ~access line',
      'reg-1: ~let in',
      'reg-1: ~answered',
      'reg-1: ~access line',
      // the access lines of the upload name it as well
      'reg-1: let in',
      'reg-1: answered',
      'reg-1: access line',
      'reg-1: let in',
      'reg-1: notification: push',
      'reg-1: answered',
      'reg-1: access line',
      'reg-1: ~let in',
      'reg-1: ~notification: push',
      'reg-1: ~answered',
      'reg-1: ~access line',
    ]);
    expect(life.requests.map((r) => r.requestId)).toEqual(PUSH.map((r) => id(r.n)));
    expect(life.missing).toEqual([]);
    const login = life.steps[0]!;
    expect(login.why).toMatch(/API check \(login\) of the same client 10\.0\.0\.7/);
  });

  test('from the manifest request the blobs are inferred and the manifest is exact', async () => {
    const life = await given.life('http_request', id(7));
    expect(life.requests.map((r) => r.requestId)).toEqual(PUSH.map((r) => id(r.n)));
    const exact = life.steps.filter((step) => step.basis === 'exact');
    expect(exact.map((step) => step.role)).toEqual(['let in', 'notification: push', 'answered']);
    expect(life.related).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'image_digest', value: MANIFEST })]),
    );
  });

  test('the POST that opens the upload names no upload: it is joined by client, repository and time', async () => {
    const [link] = await given.rows(`SELECT basis, why FROM links WHERE kind = 'upload_start'`);
    expect(link).toEqual({
      basis: 'inferred',
      why: expect.stringContaining('the opening line names no upload id'),
    });
  });

  test('the digest leads from the notification to the task that resolved it', async () => {
    const [link] = await given.rows(
      `SELECT f.system AS "from", t.system AS "to", basis FROM links l JOIN events f ON f.event_id = l.from_event JOIN events t ON t.event_id = l.to_event WHERE kind = 'image_digest'`,
    );
    expect(link).toEqual({ from: 'registry', to: 'celery', basis: 'exact' });
  });
});

const request = async (name: string) =>
  (
    await given.rows(
      `SELECT status, client_socket, client_claimed, "user", user_proven, repository, access_candidates, len(event_ids) AS events, duration_s FROM requests WHERE request_id = '${name}'`,
    )
  )[0]!;

describe('requests', () => {
  test('are one row each, with access line, notification and the user it proves', async () => {
    expect(await request(id(7))).toMatchObject({
      status: 201,
      client_socket: '10.0.0.7',
      user: 'ci',
      user_proven: true,
      repository: 'team/app',
      access_candidates: 1,
      events: '4',
    });
    expect(await request(id(8))).toMatchObject({ user: null, user_proven: false, client_socket: '10.0.0.8' });
  });

  test('a 401 has its access line though no application line states the status', async () => {
    expect(await request(id(1))).toMatchObject({ client_socket: '10.0.0.7', access_candidates: 1 });
  });

  test('two requests alike within a second are paired in order, and both say that two fitted', async () => {
    expect(await request(id(9))).toMatchObject({ access_candidates: 2 });
    expect(await request('twin')).toMatchObject({ access_candidates: 2 });
    const links = await given.rows(
      `SELECT count(DISTINCT from_event) AS a, count(DISTINCT to_event) AS b, count(*) AS n FROM links WHERE kind = 'access_line' AND why LIKE '%2 fit equally well%'`,
    );
    expect(links).toEqual([{ a: '2', b: '2', n: '2' }]);
  });

  test('behind a proxy the row shows the socket and what the header claimed, and the link says so', async () => {
    expect(await request('proxied')).toMatchObject({
      client_socket: '10.0.0.2',
      client_claimed: '203.0.113.77',
    });
    const [link] = await given.rows(
      `SELECT why FROM links WHERE kind = 'access_line' AND contains(why, '203.0.113.77')`,
    );
    expect(link!.why).toMatch(/the access line shows the socket 10\.0\.0\.2/);
  });

  test('a long request is joined by the second it began in', async () => {
    expect(await request('long')).toMatchObject({ client_socket: '10.0.0.7', duration_s: 39.5 });
  });

  test('an access line that fits no request is a request of its own', async () => {
    const rows = await given.rows(
      `SELECT method, status, client_socket, request_id FROM requests WHERE path = '/.env'`,
    );
    expect(rows).toEqual([{ method: 'GET', status: 404, client_socket: '198.51.100.9', request_id: null }]);
  });

  test('every access line is in exactly one row', async () => {
    const [row] = await given.rows(
      `SELECT count(*) AS n, count(DISTINCT id) AS ids FROM (SELECT unnest(event_ids) AS id FROM requests) JOIN events e ON e.event_id = id WHERE e.component = 'access'`,
    );
    expect(row).toEqual({ n: '13', ids: '13' });
  });
});

describe('hostile values', () => {
  test('the same access line twice joins one of them and says that two fitted', async () => {
    const r: Request = { n: 1, at: '17:00:00.100', method: 'GET', uri: '/v2/a/b/tags/list', status: 200 };
    const twice = await LogsCase.of({
      'reg-1/registry/registry.log': app(r),
      'reg-1/registry/access.log': [access(r), access(r)],
    });
    try {
      expect(await twice.rows(`SELECT why FROM links WHERE kind = 'access_line'`)).toEqual([
        { why: expect.stringContaining('2 fit equally well') },
      ]);
      expect(await twice.rows('SELECT request_id FROM requests ORDER BY ALL')).toHaveLength(2);
    } finally {
      await twice.close();
    }
  });

  test('quotes, markup and SQL in ids are data', async () => {
    const name = `x'); DROP TABLE event; --<img src=x>"\\`;
    const text = name.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
    const r: Request = { n: 0, at: '17:00:00.100', method: 'GET', uri: '/v2/a/b/tags/list', status: 200 };
    const odd = await LogsCase.of({
      'reg-1/registry/registry.log': app(r).map((line) =>
        line.replaceAll(`http.request.id=${id(0)}`, `http.request.id="${text}"`),
      ),
    });
    try {
      const life = await odd.life('http_request', name);
      expect(life.steps).toHaveLength(2);
      expect(life.steps[0]!.why).toContain(name);
      const { request: found } = await odd.engine.api['requests.get']({ requestId: name });
      expect(found?.status).toBe(200);
    } finally {
      await odd.close();
    }
  });
});
