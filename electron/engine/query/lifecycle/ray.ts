// The life of a Ray job, from the dashboard's request to the workers: submission, supervisor, driver, actors, ends.
import type { EntityKind } from '../../../../shared/model.ts';
import { clusterOf, tasksOf } from '../tasks.ts';
import { linesInContext, type Mention, mentionsOf, namedBy } from './mentions.ts';
import type { Story } from './story.ts';

/** Lines of a driver's job that are steps; the rest is the noise of its workers. */
const JOB_CATEGORIES = new Set(['task', 'process', 'resource', 'configuration', 'node']);
const MOST_OF_JOB = 300;

export async function raySubmission(story: Story): Promise<void> {
  const { connection, value } = story;
  const named = await mentionsOf(connection, 'ray_submission', value);
  story.exact(named, 'ray_submission', value, `names the submission ${value}`);
  story.output += await linesInContext(connection, 'ray_submission', value);
  story.attempts = await tasksOf(connection, { system: 'ray', kind: 'submission', id: value });
  story.title = story.attempts[0]?.name ?? '';
  await story.follow(['job_request']);

  const drivers = new Map<string, Mention>();
  const told = named.filter((event) => event.action === 'driver_job');
  const links = await story.follow(['driver_job']);
  for (const id of await namedBy(
    connection,
    [...told.map((event) => event.eventId), ...links.map((link) => link.to)],
    ['ray_job'],
  )) {
    const at = story.steps.get(id.eventId);
    if (at && id.role !== 'context') drivers.set(id.value, at);
  }
  // the supervisor is an actor named after the submission; the job it stands in is the agent's, not the submitted one
  const supervised = named.filter(
    (event) => event.role === 'supervised' || event.component === 'job_supervisor',
  );
  const actors = new Set(
    (
      await namedBy(
        connection,
        supervised.map((event) => event.eventId),
        ['ray_actor'],
      )
    ).map((id) => id.value),
  );
  for (const actor of [...actors].slice(0, 5))
    story.exact(
      await mentionsOf(connection, 'ray_actor', actor),
      'ray_actor',
      actor,
      `names the actor ${actor}, the supervisor of this submission`,
    );
  for (const [job, at] of drivers) await addJob(story, job, at);
  story.missing.push(...missing(story, drivers.size > 0));
}

export async function rayJob(story: Story, at: Mention | null): Promise<void> {
  await addJob(story, story.value, at);
  const cluster = at ? await clusterOf(story.connection, at.fileId) : null;
  story.attempts = (await tasksOf(story.connection, { system: 'ray', kind: 'job', id: story.value })).filter(
    (job) => cluster === null || job.scope === cluster,
  );
  story.title = story.attempts[0]?.name ?? '';
  const links = await story.follow(['driver_job']);
  const from = await namedBy(
    story.connection,
    links.map((link) => link.from),
    ['ray_submission'],
  );
  for (const id of from) story.relate('submitted as', 'ray_submission', id.value);
  if (story.attempts.length > 1 && cluster === null)
    story.missing.push(
      `Job ids count from 1 in every cluster: ${story.attempts.length} clusters of the case have a job ${story.value}.`,
    );
}

/** Events of a driver's job in its own cluster, and its actors and tasks as related things. */
async function addJob(story: Story, job: string, at: Mention | null): Promise<void> {
  const { connection } = story;
  const all = await mentionsOf(connection, 'ray_job', job);
  const cluster = at ? await clusterOf(connection, at.fileId) : null;
  const clusters = new Map<number, string>();
  const own: Mention[] = [];
  for (const event of all) {
    if (event.role !== 'context' && !JOB_CATEGORIES.has(event.category ?? '')) continue;
    if (cluster !== null) {
      if (!clusters.has(event.fileId)) clusters.set(event.fileId, await clusterOf(connection, event.fileId));
      if (clusters.get(event.fileId) !== cluster) continue;
    }
    own.push(event);
  }
  const why = `names the job ${job}${cluster === null ? '' : ' in the same cluster'}`;
  const basis =
    at && story.kind === 'ray_submission' && at.role !== 'origin'
      ? `${why}; that this is the driver of the submission is inferred`
      : null;
  if (basis) story.inferred(own.slice(0, MOST_OF_JOB), basis);
  else story.exact(own.slice(0, MOST_OF_JOB), 'ray_job', job, why);
  story.relate('driver job', 'ray_job', job);
  story.output += await linesInContext(connection, 'ray_job', job);
  const inside = await namedBy(
    connection,
    own.map((event) => event.eventId),
    ['ray_actor', 'ray_worker', 'ray_task', 'ray_node'],
  );
  const words: Partial<Record<EntityKind, string>> = {
    ray_actor: 'actor',
    ray_worker: 'worker',
    ray_task: 'task',
    ray_node: 'on the node',
  };
  for (const { kind, value } of inside) {
    // an id of another job, which an actor's or task's id would end with, is not of this one
    if ((kind === 'ray_actor' || kind === 'ray_task') && !value.endsWith(job)) continue;
    story.relate(words[kind]!, kind, value);
  }
}

export async function rayUnit(story: Story, kind: 'ray_actor' | 'ray_task'): Promise<void> {
  const { connection, value } = story;
  story.exact(
    await mentionsOf(connection, kind, value),
    kind,
    value,
    `names the ${kind === 'ray_actor' ? 'actor' : 'task'} ${value}`,
  );
  story.attempts = await tasksOf(connection, {
    system: 'ray',
    kind: kind === 'ray_actor' ? 'actor' : 'task',
    id: value,
  });
  story.title = story.attempts.find((attempt) => attempt.name)?.name ?? '';
  story.relate('of the job', 'ray_job', value.slice(-8));
  if (kind === 'ray_task' && !/^f+$/.test(value.slice(16, 40)))
    story.relate('of the actor', 'ray_actor', value.slice(16));
  const around = await namedBy(connection, story.steps.keys(), ['ray_worker', 'ray_node', 'ray_submission']);
  for (const id of around)
    story.relate(
      id.kind === 'ray_worker' ? 'worker' : id.kind === 'ray_node' ? 'on the node' : 'supervises',
      id.kind,
      id.value,
    );
  if (story.attempts.every((attempt) => attempt.state === null))
    story.missing.push(
      'No export event or line of the GCS states its state: only lines that name it are in the case.',
    );
}

function missing(story: Story, driver: boolean): string[] {
  const out: string[] = [];
  const steps = [...story.steps.values()];
  if (!steps.some((step) => step.action === 'http_request'))
    out.push('No access line of the dashboard fits: who submitted it is not known.');
  if (!story.has('job_submit'))
    out.push("No `Starting job` line: the dashboard agent's log is not in the case.");
  if (!steps.some((step) => step.component === 'driver'))
    out.push('No job-driver log: what the entrypoint printed is not in the case.');
  if (!driver) out.push('No driver job is known: the entrypoint started none, or no line says so.');
  const last = story.attempts.at(-1);
  if (last && last.endedTs === null) out.push('No end of the submission is logged.');
  return out;
}
