// Does the registry ask who calls? Successful requests without any sign of a login, and pushes that name no actor.
import type { PostureCheck, Stand } from '../check.ts';
import { lens } from '../place.ts';
import type { Count } from '../seen.ts';
import { filesOf, grouped, tally } from '../tally.ts';
import { count, plural } from '../words.ts';

interface PushRow {
  node: string;
  nameless: string;
  pushes: string;
  ids: string[];
}

/** A few requests say nothing of a registry that nobody used. */
const ENOUGH = 3;
const CHANGE =
  'Set auth.htpasswd or auth.token in config.yml (with http.tls), or let a proxy in front ask, and keep its log.';

export const registryAuthentication: PostureCheck = {
  id: 'registry-authentication',
  system: 'registry',
  async read({ connection, counts }) {
    const registry = counts.filter(({ system }) => system === 'registry');
    const nodes = grouped(registry, ({ node }) => node);
    const files = filesOf(
      registry,
      ({ component, action }) => component === 'notification' && ACTS.has(action ?? ''),
    );
    // only this check asks for names, and of these files alone
    const pushes = files
      ? await connection.rows<PushRow>(`
          SELECT m.node, count(*) FILTER (e.user_name IS NULL) AS nameless, count(*) AS pushes,
            coalesce(min(e.event_id, 5) FILTER (e.user_name IS NULL), []) AS ids
          FROM event e JOIN member m ON m.file_id = e.file_id
          WHERE e.file_id IN (${files}) AND e.system = 'registry' AND e.component = 'notification' AND e.action IN ('push', 'delete', 'mount')
          GROUP BY m.node ORDER BY m.node`)
      : [];
    return [
      ...nodes.flatMap(([node, of]) => stand(node, of)),
      ...pushes.filter((row) => Number(row.nameless) > 0).map(nameless),
    ];
  },
};

const isWrite = ({ request }: Count): boolean => request === 'write';
const ACTS = new Set(['push', 'delete', 'mount']);
const succeeded = ({ action, status }: Count): boolean =>
  action === 'http_request' && status !== null && status >= 200 && status < 400;

function stand(node: string, all: Count[]): Stand[] {
  const counts = all.filter(({ component }) => component === 'app' || component === 'access');
  const about = {
    node,
    system: 'registry',
    component: null,
    topic: 'authentication',
    source: 'log lines',
  } as const;
  const n = (fits: (count: Count) => boolean) => tally(counts, fits).n;
  const refused = n(
    ({ status, action, outcome }) =>
      status === 401 || status === 403 || (action === 'authorize_request' && outcome === 'failure'),
  );
  const authorized = n(({ action, outcome }) => action === 'authorize_request' && outcome === 'success');
  const logins = n(({ action }) => action === 'login');
  const signs = refused + authorized + logins;
  if (signs > 0)
    return [
      {
        ...about,
        standing: 'ok',
        title: 'Requests are asked to log in',
        proof: `${plural(authorized, 'request was authorized', 'requests were authorized')}, ${plural(refused, 'line tells', 'lines tell')} of a refusal, ${plural(logins, 'line', 'lines')} of a failed login. That every request needs a login does not follow: a token service can allow anonymous reads.`,
        change: null,
        events: tally(
          counts,
          ({ action, status }) => action === 'authorize_request' || action === 'login' || status === 401,
        ).ids,
        eventCount: signs,
        terms: lens({ node, system: 'registry', action: ['authorize_request', 'login'] }),
      },
    ];
  const app = tally(counts, (count) => count.component === 'app' && succeeded(count), isWrite);
  const access = tally(counts, (count) => count.component === 'access' && succeeded(count), isWrite);
  const requests = Math.max(app.n, access.n);
  if (requests < ENOUGH) return [];
  const writes = Math.max(
    ...['app', 'access'].map((log) =>
      n((count) => count.component === log && isWrite(count) && succeeded(count)),
    ),
  );
  const seen = `${plural(requests, 'request')} succeeded${writes > 0 ? `, ${count(writes)} of them writing (PUT, POST, PATCH or DELETE)` : ''}, and no line tells of a login, an authorization or a 401.`;
  const events = {
    events: (app.n > 0 ? app : access).ids,
    eventCount: requests,
    terms: lens({ node, system: 'registry', action: 'http_request', outcome: 'success' }),
  };
  if (app.n === 0)
    return [
      {
        ...about,
        ...events,
        standing: 'weak',
        title: 'No sign of a login in the access log',
        proof: `${seen} Only access lines are there, which name no user even after a login; but a registry that asks for one answers a client's first request with 401.`,
        change: CHANGE,
      },
    ];
  return [
    {
      ...about,
      ...events,
      standing: writes > 0 ? 'bad' : 'weak',
      title:
        writes > 0
          ? 'Anybody could write: requests succeed without a login'
          : 'Requests succeed without a login',
      proof: `${seen} With an access controller set, each of them would have left "authorized request" at INFO. A proxy in front may still ask; its log is not here.`,
      change: CHANGE,
    },
  ];
}

const nameless = (row: PushRow): Stand => ({
  node: row.node,
  system: 'registry',
  component: 'notification',
  topic: 'authentication',
  standing: 'bad',
  title: 'Pushes or deletions without an actor',
  proof: `${count(Number(row.nameless))} of ${plural(Number(row.pushes), 'notification')} of a push, mount or deletion name no actor: the registry did not know who it was.`,
  change: CHANGE,
  events: row.ids,
  eventCount: Number(row.nameless),
  source: 'log lines',
  terms: [
    ...lens({ node: row.node, component: 'notification', action: ['push', 'delete', 'mount'] }),
    { field: 'user_name', values: [null], not: false },
  ],
});
