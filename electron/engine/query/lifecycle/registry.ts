// The life of a registry request, of the upload it belongs to, and of the push that ends with the manifest and its notification.
import { requestsOf } from '../requests.ts';
import { type Mention, mentionsOf, mentionsOfAll, namedBy } from './mentions.ts';
import type { Story } from './story.ts';

/** A push is taken to be over when its client did nothing for so long. */
const PUSH_MINUTES = 10;
const MOST_REQUESTS = 60;
/** A login answers a challenge at once. */
const LOGIN_US = 60_000_000;

/** Adds all lines of requests: their own, their notifications; `joined`: why they are taken to belong here. */
async function addRequests(story: Story, requests: Map<string, string | null>): Promise<Mention[]> {
  const fresh = [...requests.keys()].filter((id) => !story.requestIds.includes(id)).slice(0, MOST_REQUESTS);
  const all = await mentionsOfAll(story.connection, 'http_request', fresh);
  for (const [request, events] of all) {
    const joined = requests.get(request);
    if (joined) story.inferred(events, joined);
    else story.exact(events, 'http_request', request, `names the request ${request}`);
  }
  story.requestIds.push(...fresh);
  return [...all.values()].flat();
}

export async function httpRequest(story: Story): Promise<void> {
  const events = await addRequests(story, new Map([[story.value, null]]));
  const ids = await namedBy(
    story.connection,
    events.map((event) => event.eventId),
    ['registry_upload', 'celery_task'],
  );
  for (const upload of new Set(ids.filter((id) => id.kind === 'registry_upload').map((id) => id.value)))
    await addUpload(story, upload);
  for (const { value } of ids.filter((id) => id.kind === 'celery_task'))
    story.relate('asked for by the task', 'celery_task', value);
  await addPush(story);
  await finish(story);
}

export async function registryUpload(story: Story): Promise<void> {
  await addUpload(story, story.value);
  await addPush(story);
  await finish(story);
}

async function addUpload(story: Story, upload: string): Promise<void> {
  const { connection } = story;
  const events = await mentionsOf(connection, 'registry_upload', upload);
  story.exact(events, 'registry_upload', upload, `names the upload ${upload}`);
  const requests = await namedBy(
    connection,
    events.map((event) => event.eventId),
    ['http_request'],
  );
  await addRequests(story, new Map(requests.map((id) => [id.value, null])));
  const opened = await story.follow(['upload_start']);
  const posts = await namedBy(
    connection,
    opened.map((link) => link.from),
    ['http_request'],
  );
  await addRequests(story, new Map(posts.map((id) => [id.value, opened[0]!.why])));
}

interface Around {
  client: string;
  host: string | null;
  agent: string | null;
  repository: string;
  at: string; // microseconds
}

/** Client, user agent and repository of the story's own write requests, and when the last was. */
async function aroundOf(story: Story): Promise<Around | undefined> {
  const list = [...story.steps.values()]
    .filter((step) => step.system === 'registry')
    .map((step) => BigInt(step.eventId).toString());
  if (list.length === 0) return undefined;
  return story.connection.row<Around>(
    `SELECT e.src_ip AS client, max((e.fields->>'$."http.request.useragent"')) AS agent, max((e.fields->>'$."repository"')) AS repository, max((e.fields->>'$."http.request.host"')) AS host, epoch_us(max(e.ts)) AS at
     FROM (SELECT unnest([${list.join(', ')}]::BIGINT[]) AS event_id) c JOIN event e ON e.event_id = c.event_id
     WHERE e.component = 'app' AND e.src_ip IS NOT NULL AND e.http_method IN ('PUT', 'POST', 'PATCH') AND e.http_path LIKE '/v2/%' GROUP BY e.src_ip ORDER BY count(*) DESC, e.src_ip LIMIT 1`,
  );
}

interface Written {
  event: string;
  at: string;
  method: string;
  path: string;
  status: number | null;
  request: string | null;
}

/**
 * A push is many requests without an id of their own: the same client and user agent write into one repository until the
 * manifest is stored. Login is the API check before them. All of it is inferred, and every step says so.
 */
async function addPush(story: Story): Promise<void> {
  const around = await aroundOf(story);
  if (!around?.repository) return;
  const { client, agent, host, repository, at } = around;
  const written = await story.connection.rows<Written>(
    `WITH line AS (
       SELECT e.event_id, e.ts, e.http_method, e.http_path, e.http_status, e.fields FROM event e
       WHERE e.system = 'registry' AND e.component = 'app' AND e.src_ip = $1 AND e.ts BETWEEN make_timestamp($3::BIGINT) - INTERVAL ${PUSH_MINUTES} MINUTE AND make_timestamp($3::BIGINT) + INTERVAL ${PUSH_MINUTES} MINUTE
         AND (starts_with(e.http_path, '/v2/' || $4 || '/') OR e.http_path = '/v2/'))
     SELECT event_id::VARCHAR AS event, epoch_us(ts) AS at, http_method AS method, http_path AS path, http_status AS status, (fields->>'$."http.request.id"') AS request
     FROM line WHERE (fields->>'$."http.request.useragent"') IS NOT DISTINCT FROM $2 AND (fields->>'$."http.request.host"') IS NOT DISTINCT FROM $5
     ORDER BY ts, event_id LIMIT 2000`,
    [client, agent, BigInt(at), repository, host],
  );
  const now = Number(at);
  const stored = written.filter(
    (line) =>
      line.method === 'PUT' && line.path.includes('/manifests/') && line.status !== null && line.status < 300,
  );
  const end = stored.find((line) => Number(line.at) >= now)?.at ?? written.at(-1)?.at;
  const before = stored.filter((line) => Number(line.at) < Math.min(now, Number(end ?? at))).at(-1)?.at;
  const reasons = `same client ${client}, user agent and host, same repository ${repository}, between ${before === undefined ? 'the start of the push' : 'the manifest before'} and the manifest`;
  const ids = new Map<string, string | null>();
  for (const line of written) {
    if (
      line.request === null ||
      line.path === '/v2/' ||
      (line.method === 'GET' && !line.path.includes('/uploads/'))
    )
      continue;
    if (end !== undefined && Number(line.at) > Number(end)) continue;
    if (before !== undefined && Number(line.at) <= Number(before)) continue;
    ids.set(line.request, reasons);
  }
  const first = written.find((line) => line.request !== null && ids.has(line.request));
  const checks = new Map<string, Written>();
  for (const line of written) {
    if (line.path !== '/v2/' || line.request === null || (first && Number(line.at) > Number(first.at)))
      continue;
    if (!checks.has(line.request) || line.status !== null) checks.set(line.request, line);
  }
  // the last check, and the challenge that it answers
  const [last, challenge] = [...checks.values()].reverse();
  const answers =
    last?.status === 200 && challenge?.status === null && Number(last.at) - Number(challenge.at) < LOGIN_US;
  for (const check of [answers ? challenge : undefined, last])
    if (check?.request)
      ids.set(
        check.request,
        `the API check (login) of the same client ${client} and user agent before the push`,
      );
  await addRequests(story, ids);
}

async function finish(story: Story): Promise<void> {
  const { connection } = story;
  await story.follow(['access_line', 'proxy_line']);
  const requests = await requestsOf(connection, story.requestIds);
  const own = requests.find((request) => request.requestId === story.value) ?? requests[0];
  story.title = own ? `${own.method ?? ''} ${own.path ?? ''}`.trim() : '';
  const digests = new Set(
    requests.flatMap((request) => (request.digest?.startsWith('sha256:') ? [request.digest] : [])),
  );
  for (const digest of [...digests].slice(0, 10)) story.relate('digest', 'image_digest', digest);
  story.missing.push(...(await missing(story)));
}

async function missing(story: Story): Promise<string[]> {
  const out: string[] = [];
  const steps = [...story.steps.values()];
  const nodes = new Set(steps.filter((step) => step.component === 'app').map((step) => step.node));
  if (nodes.size > 0 && !steps.some((step) => step.component === 'access')) {
    const there = await story.connection.row<{ n: number }>(
      `SELECT count(*)::INTEGER AS n FROM member m JOIN event e ON e.file_id = m.file_id WHERE m.node IN (${[...nodes].map((_, i) => `$${i + 1}`).join(', ')}) AND e.system = 'registry' AND e.component = 'access'`,
      [...nodes],
    );
    out.push(
      there?.n
        ? 'No access line fits: the address that the socket showed is not known.'
        : `No access log of ${[...nodes].join(', ')} is in the case: the client's address is what the application line believes, a header may have set it.`,
    );
  }
  if (!steps.some((step) => step.component === 'app'))
    out.push(
      'No line of the application log is in the case: only what was told to subscribers, or the access line.',
    );
  const wrote = steps.some(
    (step) => step.action === 'http_request' && step.component === 'app' && step.outcome === 'success',
  );
  const told = steps.some((step) => step.component === 'notification');
  const manifest =
    story.has('http_request', (step) => step.component === 'app' && step.outcome === 'success') && wrote;
  if (manifest && !told) {
    const any = await story.connection.row(
      `SELECT 1 AS one FROM event WHERE system = 'registry' AND component = 'notification' LIMIT 1`,
    );
    out.push(
      any
        ? 'No notification names one of these requests.'
        : 'No notifications are in the case: in version 2 they alone prove the user of a successful request.',
    );
  }
  return out;
}
