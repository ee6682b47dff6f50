// The trail a registry leaves: access lines, application lines, notifications, and when notifications did not get through.
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import { lens, withoutUser } from '../place.ts';
import type { Count, Said } from '../seen.ts';
import { fieldText, filesOf, grouped, tally } from '../tally.ts';
import { count, named, plural, span, utc } from '../words.ts';

interface SinkRow {
  node: string;
  lines: string;
  first_us: string | null;
  last_us: string | null;
  ids: string[];
}
export const registryTrail: PostureCheck = {
  id: 'registry-trail',
  system: 'registry',
  async read({ connection, counts, said }) {
    const registry = counts.filter(({ system }) => system === 'registry');
    const failing = filesOf(
      registry,
      ({ action, outcome }) => action === 'notification_send' && outcome === 'failure',
    );
    const sinks = failing
      ? await connection.rows<SinkRow>(`
          SELECT m.node, count(*) AS lines, epoch_us(min(e.ts)) AS first_us, epoch_us(max(e.ts)) AS last_us, min(e.event_id, ${FIRST}) AS ids
          FROM event e JOIN member m ON m.file_id = e.file_id
          WHERE e.file_id IN (${failing}) AND e.action = 'notification_send' AND e.outcome = 'failure' GROUP BY m.node ORDER BY m.node`)
      : [];
    const endpoints = said.filter(({ action }) => action === 'endpoint_configure');
    const notified = registry.some(isNotification);
    const nodes = grouped(registry, ({ node }) => node);
    return [
      ...nodes.flatMap(([node, of]) => trail(node, of)),
      ...sinks.map(gap),
      ...nodes
        .filter(([, of]) => of.some(isRequest))
        .map(([node, of]) =>
          audit(
            node,
            of,
            endpoints.filter((line) => line.node === node),
            notified,
          ),
        ),
    ];
  },
};

const isApp = ({ component }: Count): boolean => component === 'app';
const isAccess = ({ component }: Count): boolean => component === 'access';
const isRequest = ({ component, action }: Count): boolean => component === 'app' && action === 'http_request';
const isNotification = ({ component }: Count): boolean => component === 'notification';

function trail(node: string, counts: Count[]): Stand[] {
  const lines = {
    app: tally(counts, isApp),
    requests: tally(counts, isRequest),
    access: tally(counts, isAccess),
  };
  const [app, requests, access] = [lines.app.n, lines.requests.n, lines.access.n];
  const about = { node, system: 'registry', topic: 'access', source: 'log lines' } as const;
  if (access > 0 && app > 0)
    return [
      {
        ...about,
        component: 'access',
        standing: 'ok',
        title: 'Access log and application log are both there',
        proof: `${plural(access, 'access line')} and ${plural(app, 'application line')}.`,
        change: null,
        events: lines.access.ids,
        eventCount: access,
        terms: lens({ node, system: 'registry', component: 'access' }),
      },
    ];
  if (requests > 0)
    return [
      {
        ...about,
        component: 'access',
        standing: 'bad',
        title: 'No access log',
        proof: `${plural(requests, 'application line')} of a request, but not one access line: the address of the socket, the status of a refused login (401) and requests outside /v2/ stand only there. Either log.accesslog.disabled is set, or standard output was not collected.`,
        change:
          'Set log.accesslog.disabled: false in config.yml, and collect standard output as well as standard error.',
        events: lines.requests.ids,
        eventCount: requests,
        terms: lens({ node, system: 'registry', component: 'app', action: 'http_request' }),
      },
    ];
  if (access > 0)
    return [
      {
        ...about,
        component: 'app',
        standing: 'bad',
        title: 'No application log',
        proof: `${plural(access, 'access line')}, but not one application line: users that were tried, request ids, error codes and starts stand only there. Either standard error was not collected, or log.level is set above info.`,
        change: 'Collect standard error as well as standard output, with log.level: info.',
        events: lines.access.ids,
        eventCount: access,
        terms: lens({ node, system: 'registry', component: 'access' }),
      },
    ];
  return [];
}

function gap(row: SinkRow): Stand {
  const lines = Number(row.lines);
  const length =
    row.first_us !== null && row.last_us !== null
      ? `from ${utc(row.first_us)} to ${utc(row.last_us)} (${span(Number(row.last_us) - Number(row.first_us))})`
      : 'at an unknown time';
  return {
    node: row.node,
    system: 'registry',
    component: 'app',
    topic: 'audit',
    standing: 'bad',
    title: 'Notifications did not get through',
    proof: `${plural(lines, 'failed attempt')} to deliver notifications ${length}. The queue is in memory: what it held is lost when the registry stops, so pushes and deletions of that time may be missing from the audit trail.`,
    change:
      'Watch the endpoint, set notifications.endpoints[].threshold and backoff, and keep the receiver on more than one machine.',
    events: row.ids,
    eventCount: lines,
    source: 'log lines',
    terms: lens({ node: row.node, system: 'registry', action: 'notification_send' }),
  };
}

function audit(node: string, counts: Count[], endpoints: Said[], anyNotification: boolean): Stand {
  const notifications = tally(counts, isNotification).n;
  const requests = tally(counts, isRequest);
  const about = {
    node,
    system: 'registry',
    component: 'notification',
    topic: 'audit',
    source: 'log lines',
  } as const;
  if (notifications > 0)
    return {
      ...about,
      standing: 'ok',
      title: 'Notifications are in the case',
      proof: `${plural(notifications, 'notification')}: who pushed, pulled or deleted what is known where an actor is named.`,
      change: null,
      eventCount: notifications,
      terms: lens({ node, system: 'registry', component: 'notification' }),
    };
  if (endpoints.length > 0) {
    const urls = new Set(endpoints.map(({ fields }) => withoutUser(fieldText(fields, 'endpoint.url'))));
    const stated = [...urls].filter((url) => url !== '').sort();
    return {
      ...about,
      standing: anyNotification ? 'unknown' : 'weak',
      title: 'Notifications go elsewhere',
      proof: `An endpoint is configured at start (${named(stated.length > 0 ? stated : ['address not stated'])}), but no notification of this node is in the case${anyNotification ? '; those of another node are, and may be for both' : ''}. Only they name who pushed and pulled.`,
      change: 'Collect what the endpoint received.',
      events: endpoints.slice(0, FIRST).map(({ eventId }) => eventId),
      eventCount: endpoints.length,
    };
  }
  return {
    ...about,
    standing: 'weak',
    title: 'No notifications: pushes and pulls name nobody',
    proof: `${count(requests.n)} application lines of requests, no notification, and no line at start that configures an endpoint. At level info Distribution 2.8 names no user on a request that succeeded.`,
    change: 'Set notifications.endpoints in config.yml and keep what they receive.',
    events: requests.ids,
    eventCount: requests.n,
  };
}
