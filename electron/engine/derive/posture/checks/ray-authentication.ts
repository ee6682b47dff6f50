// Is the Ray dashboard, and with it the Jobs API, open? Versions before 2.52 can't ask for a token at all; later ones do
// only when told (token authentication internals, docs.ray.io; on by default from 2.61).
import type { PostureCheck, Stand } from '../check.ts';
import { isLoopback, lens } from '../place.ts';
import type { Count } from '../seen.ts';
import { filesOf, grouped, tally } from '../tally.ts';
import { count, named, plural } from '../words.ts';

interface AddressRow {
  node: string;
  event_id: string;
  address: string;
}

const FIRST_WITH_TOKENS = 52;
const ON_BY_DEFAULT = 61;
const CHANGE =
  'Set RAY_AUTH_MODE=token with RAY_AUTH_TOKEN_PATH on every node (Ray 2.52 and later), bind the dashboard to loopback (--dashboard-host=127.0.0.1) and put a proxy that asks for a login in front.';

export const rayAuthentication: PostureCheck = {
  id: 'ray-authentication',
  system: 'ray',
  async read({ connection, counts }) {
    const ray = counts.filter(({ system }) => system === 'ray');
    const versions = await connection.rows<{ node: string; value: string }>(
      `SELECT DISTINCT m.node, f.value FROM fact f JOIN member m ON m.file_id = f.file_id
       WHERE f.kind = 'version' AND f.value LIKE 'ray %' ORDER BY ALL`,
    );
    const logs = filesOf(
      ray,
      ({ component, action }) => component === 'dashboard' && action !== 'http_request',
    );
    const addresses = logs
      ? await connection.rows<AddressRow>(`
          SELECT m.node, min(e.event_id) AS event_id, regexp_extract(e.message, '^Dashboard head http address: (\\S{1,200})$', 1) AS address
          FROM event e JOIN member m ON m.file_id = e.file_id
          WHERE e.file_id IN (${logs}) AND starts_with(e.message, 'Dashboard head http address: ')
          GROUP BY ALL ORDER BY ALL`)
      : [];
    return [
      ...grouped(ray, ({ node }) => node).flatMap(([node, of]) =>
        stand(
          node,
          of,
          versions.filter((v) => v.node === node).map((v) => v.value.slice(4)),
        ),
      ),
      ...addresses.filter(({ address }) => address !== '').map(bound),
    ];
  },
};

const isCall = ({ component, action }: Count): boolean =>
  action === 'http_request' && (component === 'dashboard' || component === 'dashboard_agent');
const isOk = (count: Count): boolean =>
  isCall(count) && count.status !== null && count.status >= 200 && count.status < 300;
const isWrite = ({ request }: Count): boolean => request === 'write';
const isRefused = (count: Count): boolean => isCall(count) && count.status === 401;
const SIGNS = new Set(['token_check', 'auth_token']);

function stand(node: string, counts: Count[], versions: string[]): Stand[] {
  const called = tally(counts, isOk, isWrite);
  const [ok, writes, refused, checks, tokens] = [
    called.n,
    tally(counts, (count) => isOk(count) && isWrite(count)).n,
    tally(counts, isRefused).n,
    tally(counts, ({ action }) => action === 'token_check').n,
    tally(counts, ({ action }) => action === 'auth_token').n,
  ] as const;
  const about = {
    node,
    system: 'ray',
    component: 'dashboard',
    topic: 'authentication',
    source: 'log lines',
  } as const;
  if (refused + checks + tokens > 0)
    return [
      {
        ...about,
        standing: 'ok',
        title: 'Tokens are asked for',
        proof: `${plural(refused, 'request was', 'requests were')} answered with 401, ${plural(checks, 'line tells', 'lines tell')} of a missing or wrong token, ${plural(tokens, 'line', 'lines')} of a token that was loaded: token mode was on while these were written.`,
        change: null,
        events: tally(counts, (count) => isRefused(count) || SIGNS.has(count.action ?? '')).ids,
        eventCount: refused + checks + tokens,
      },
    ];
  if (ok === 0) return [];
  const minor = versions.map(minorOf).filter((value) => value !== null);
  const newest = minor.length > 0 ? Math.max(...minor) : null;
  const seen = `${plural(ok, 'request')} to the dashboard or its agent succeeded${writes > 0 ? `, ${count(writes)} of them writing (the Jobs API runs commands)` : ''}, none was answered with 401.`;
  const stated = versions.length > 0 ? ` Version: ${named(versions)}.` : ' The version is not stated.';
  const events = {
    events: called.ids,
    eventCount: ok,
    terms: lens({
      node,
      system: 'ray',
      component: ['dashboard', 'dashboard_agent'],
      action: 'http_request',
      outcome: 'success',
    }),
  };
  if (newest !== null && newest < FIRST_WITH_TOKENS)
    return [
      {
        ...about,
        ...events,
        standing: 'bad',
        title: 'No authentication: this version of Ray has none',
        proof: `${seen}${stated} Ray before 2.52 has no authentication: whoever reaches the port can run code.`,
        change: CHANGE,
      },
    ];
  return [
    {
      ...about,
      ...events,
      standing: newest !== null && newest >= ON_BY_DEFAULT ? 'unknown' : 'weak',
      title: 'No sign of token authentication',
      proof: `${seen}${stated} An access line does not tell whether a token came with the request, and that a token was loaded is logged at DEBUG only: this is no proof that token mode was off${newest !== null && newest < ON_BY_DEFAULT ? ', but off is the default of this version' : ''}.`,
      change: CHANGE,
    },
  ];
}

/** 58 of `2.58.0`; 0 of `1.13.0`; null when it can't be read. */
function minorOf(version: string): number | null {
  const match = /^(\d{1,3})\.(\d{1,4})/.exec(version);
  if (!match) return null;
  const major = Number(match[1]);
  return major < 2 ? 0 : major > 2 ? 1000 : Number(match[2]);
}

const bound = ({ node, event_id, address }: AddressRow): Stand => {
  const local = isLoopback(address);
  return {
    node,
    system: 'ray',
    component: 'dashboard',
    topic: 'hardening',
    standing: local ? 'ok' : 'weak',
    title: local ? 'Dashboard bound to loopback' : 'Dashboard reachable from the network',
    proof: local
      ? `The dashboard says that it listens on ${address}: other machines reach it through a proxy or tunnel only.`
      : `The dashboard says that it listens on ${address}, which other machines can reach.`,
    change: local
      ? null
      : 'Start the head with --dashboard-host=127.0.0.1 and reach it through a proxy or tunnel.',
    events: [event_id],
    eventCount: 1,
    source: 'log lines',
  };
};
