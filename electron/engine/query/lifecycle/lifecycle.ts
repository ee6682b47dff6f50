// The life cycle of one piece of work or one request, from a single id or from one of its events: all nodes, in order.
import type { LifeCycle } from '../../../../shared/api.ts';
import { type EntityKind, INFERRED_LINKS, LIFE_KINDS } from '../../../../shared/model.ts';
import type { Connection } from '../../case/database.ts';
import { eventsById } from '../events.ts';
import { requestsOf } from '../requests.ts';
import { celeryTask } from './celery.ts';
import { eventsNamed, linksAt, type Mention, mentionsOf, type Named, namedBy } from './mentions.ts';
import { mesosTask } from './mesos.ts';
import { rayJob, raySubmission, rayUnit } from './ray.ts';
import { httpRequest, registryUpload } from './registry.ts';
import { Story } from './story.ts';
import { spanWords } from './words.ts';

const MOST_STEPS = 500;

export type Asked =
  | { eventId: string }
  | { kind: EntityKind; value: string; scope?: string | null | undefined };

interface Subject {
  kind: EntityKind;
  value: string;
  scope: string | null;
  at: Mention | null;
}

/** Null when the event belongs to nothing that has a life cycle. */
export async function lifeCycle(connection: Connection, asked: Asked): Promise<LifeCycle | null> {
  const subject =
    'eventId' in asked ? await subjectOf(connection, asked.eventId) : await known(connection, asked);
  if (!subject) return null;
  const story = new Story(connection, subject.kind, subject.value);
  switch (subject.kind) {
    case 'celery_task':
      await celeryTask(story);
      break;
    case 'mesos_task':
      await mesosTask(story, subject.scope);
      break;
    case 'http_request':
      await httpRequest(story);
      break;
    case 'registry_upload':
      await registryUpload(story);
      break;
    case 'ray_submission':
      await raySubmission(story);
      break;
    case 'ray_job':
      await rayJob(story, subject.at);
      break;
    case 'ray_actor':
    case 'ray_task':
      await rayUnit(story, subject.kind);
      break;
    default:
      story.exact(
        await mentionsOf(connection, subject.kind, subject.value),
        subject.kind,
        subject.value,
        `names the ${subject.kind.replaceAll('_', ' ')} ${subject.value}`,
      );
  }
  return assemble(story, subject);
}

/** Ids that stand for another one: a status update or a container for its task, an executor for the task of its id. */
async function known(
  connection: Connection,
  asked: { kind: EntityKind; value: string; scope?: string | null | undefined },
): Promise<Subject | null> {
  const { kind, value } = asked;
  if (!(LIFE_KINDS as readonly string[]).includes(kind)) return null;
  const there = await connection.row('SELECT 1 AS one FROM entity WHERE kind = $1 AND value = $2 LIMIT 1', [
    kind,
    value,
  ]);
  if (!there) return null;
  const subject = { kind, value, scope: asked.scope ?? null, at: null };
  if (kind !== 'mesos_status_update' && kind !== 'mesos_container' && kind !== 'mesos_executor')
    return subject;
  const events = await mentionsOf(connection, kind, value);
  return (await mesosSubject(connection, events, kind === 'mesos_executor' ? value : null)) ?? subject;
}

/** The task that events name, or whose executor they name. */
async function mesosSubject(
  connection: Connection,
  events: Mention[],
  executor: string | null,
): Promise<Subject | null> {
  const ids = await namedBy(
    connection,
    events.map((event) => event.eventId),
    ['mesos_task', 'mesos_executor', 'mesos_framework'],
  );
  const scopeAt = (eventId: string) =>
    ids.find((id) => id.kind === 'mesos_framework' && id.eventId === eventId)?.value ?? null;
  const found: Subject[] = [];
  for (const id of ids) {
    if (id.kind === 'mesos_framework' || (executor !== null && id.value !== executor)) continue;
    const subject: Subject = {
      kind: 'mesos_task',
      value: id.value,
      scope: scopeAt(id.eventId),
      at: null,
    };
    if (id.kind === 'mesos_task') found.push(subject);
    else if (!found.some((one) => one.value === id.value && one.scope === subject.scope)) {
      const task = await connection.row(
        `SELECT 1 AS one FROM entity WHERE kind = 'mesos_task' AND value = $1 LIMIT 1`,
        [id.value],
      );
      if (task) found.push(subject);
    }
  }
  return found.find((one) => one.scope !== null) ?? found[0] ?? null;
}

/** Which kind speaks for an event: that of its own system first. */
const ORDER: Record<string, readonly EntityKind[]> = {
  registry: ['http_request', 'registry_upload', 'celery_task'],
  celery: ['celery_task'],
  ray: ['ray_submission', 'ray_task', 'ray_actor', 'ray_job', 'http_request'],
};
const ANY_ORDER: readonly EntityKind[] = LIFE_KINDS;

function choose(system: string, ids: Named[]): Named | undefined {
  const order = [...(ORDER[system] ?? []), ...ANY_ORDER];
  const spoken = ids.filter((id) => id.role !== 'parent' && id.role !== 'root');
  for (const kind of order) {
    const found =
      spoken.find((id) => id.kind === kind && id.role !== 'context') ?? spoken.find((id) => id.kind === kind);
    if (found) return found;
  }
  return undefined;
}

async function subjectOf(connection: Connection, eventId: string): Promise<Subject | null> {
  const [event] = await eventsNamed(connection, [eventId]);
  if (!event) return null;
  const ids = await namedBy(connection, [eventId], [...LIFE_KINDS, 'mesos_framework']);
  const chosen = choose(
    event.system,
    ids.filter((id) => id.kind !== 'mesos_framework'),
  );
  if (!chosen) return throughLink(connection, event);
  const scope = ids.find((id) => id.kind === 'mesos_framework')?.value ?? null;
  if (chosen.kind.startsWith('mesos_') && chosen.kind !== 'mesos_task') {
    const named = ids.find((id) => id.kind === 'mesos_container') ?? chosen;
    return known(connection, { kind: named.kind, value: named.value, scope });
  }
  return {
    kind: chosen.kind,
    value: chosen.value,
    scope: chosen.kind === 'mesos_task' ? scope : null,
    at: event,
  };
}

/** An event without an id of its own: what a link joins it to. */
async function throughLink(connection: Connection, event: Mention): Promise<Subject | null> {
  const links = await linksAt(connection, [event.eventId], INFERRED_LINKS);
  for (const link of links) {
    const other = link.from === event.eventId ? link.to : link.from;
    const [there] = await eventsNamed(connection, [other]);
    if (!there) continue;
    const chosen = choose(there.system, await namedBy(connection, [other], LIFE_KINDS));
    if (chosen) return { kind: chosen.kind, value: chosen.value, scope: null, at: there };
  }
  return null;
}

async function assemble(story: Story, subject: Subject): Promise<LifeCycle> {
  const { connection } = story;
  const ordered = story.inOrder();
  const shown =
    ordered.length > MOST_STEPS
      ? [...ordered.slice(0, MOST_STEPS / 2), ...ordered.slice(-MOST_STEPS / 2)]
      : ordered;
  const rows = new Map(
    (
      await eventsById(
        connection,
        shown.map((step) => step.eventId),
      )
    ).map((row) => [row.eventId, row]),
  );
  const start = ordered.find((step) => step.ts !== null)?.ts ?? null;
  const ends = ordered.filter((step) => step.ts !== null).at(-1)?.ts ?? null;
  const { attempts } = story;
  return {
    kind: subject.kind,
    value: subject.value,
    scope: subject.scope,
    title: story.title,
    sentence: sentence(story, start, ends),
    state: attempts.at(-1)?.state ?? null,
    startTs: start,
    endTs: ends,
    nodes: [...new Set(ordered.map((step) => step.node))],
    ids: story.ids,
    attempts,
    requests: await requestsOf(connection, story.requestIds),
    steps: shown.flatMap((step) => {
      const event = rows.get(step.eventId);
      if (!event) return [];
      return [
        {
          event,
          role: step.words,
          attempt: attemptOf(story, step.node, step.ts),
          minor: step.minor,
          basis: step.basis,
          why: step.why,
        },
      ];
    }),
    total: ordered.length,
    output: story.output,
    missing: story.missing,
    related: story.related,
  };
}

/** The attempt that was under way on the node at that time; null where that is not one attempt. */
function attemptOf(story: Story, node: string, ts: number | null): number | null {
  if (story.attempts.length < 2 || ts === null) return null;
  const within = story.attempts.filter((attempt) => {
    if (attempt.node !== null && attempt.node !== node) return false;
    const from = attempt.receivedTs ?? attempt.startedTs ?? attempt.submittedTs;
    return from !== null && ts >= from && (attempt.endedTs === null || ts <= attempt.endedTs);
  });
  return within.length === 1 ? within[0]!.attempt : null;
}

const KIND_WORD: Partial<Record<EntityKind, string>> = {
  celery_task: 'Celery task',
  mesos_task: 'Mesos task',
  mesos_container: 'Mesos container',
  mesos_status_update: 'Mesos status update',
  mesos_executor: 'Mesos executor',
  http_request: 'Request',
  registry_upload: 'Upload',
  ray_submission: 'Ray submission',
  ray_actor: 'Ray actor',
  ray_task: 'Ray task',
  ray_job: 'Ray job',
};

function sentence(story: Story, start: number | null, end: number | null): string {
  const nodes = new Set([...story.steps.values()].map((step) => step.node));
  const parts = [
    `${story.steps.size} ${story.steps.size === 1 ? 'event' : 'events'} on ${nodes.size} ${nodes.size === 1 ? 'node' : 'nodes'}`,
  ];
  if (start !== null && end !== null) parts.push(`over ${spanWords(end - start)}`);
  const last = story.attempts.at(-1);
  if (last?.state)
    parts.push(
      `${story.attempts.length > 1 ? `${story.attempts.length} attempts, the last ` : ''}${last.state}`,
    );
  const inferred = [...story.steps.values()].filter((step) => step.basis === 'inferred').length;
  if (inferred > 0) parts.push(`${inferred} of them inferred`);
  return `${KIND_WORD[story.kind] ?? story.kind}: ${parts.join(', ')}.`;
}
