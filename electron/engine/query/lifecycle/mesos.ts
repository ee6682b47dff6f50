// The life of a Mesos task: launched by the master, assigned to the agent, its container and executor, every status update.
import type { EntityKind } from '../../../../shared/model.ts';
import { tasksOf } from '../tasks.ts';
import { linesInContext, type Mention, mentionsOf, mentionsOfAll, namedBy } from './mentions.ts';
import type { Story } from './story.ts';

/** `scope`: the framework, where the caller knows it; task ids are unique within one only. */
export async function mesosTask(story: Story, scope: string | null): Promise<void> {
  const { connection, value } = story;
  const named = await mentionsOf(connection, 'mesos_task', value);
  const executors = await mentionsOf(connection, 'mesos_executor', value);
  const frameworks = await frameworksOf(story, [...named, ...executors]);
  const all = [...new Set(frameworks.values())].sort();
  const framework =
    scope ?? (all.length === 1 ? all[0]! : all.length === 0 ? null : await latest(named, frameworks));
  const mine = (event: Mention) => {
    const of = frameworks.get(event.eventId);
    return of === undefined ? all.length <= 1 : of === framework;
  };
  const where = framework === null ? '' : ` of framework ${framework}`;
  const own = named.filter(mine);
  story.exact(own, 'mesos_task', value, `names the task ${value}${where}`);
  const run = executors.filter(mine);
  if (own.length > 0 || named.length === 0)
    story.exact(
      run,
      'mesos_executor',
      value,
      `names the executor ${value}${where}, which has the id of its task`,
    );
  story.title = value;
  story.attempts = (await tasksOf(connection, { system: 'mesos', id: value })).filter(
    (task) => framework === null || task.scope === framework || task.scope === null,
  );
  if (all.length > 1)
    story.missing.push(
      `Task ids are unique within a framework only: ${all.length} frameworks have a task of this id; this is the one of ${framework}.`,
    );

  const inside = await namedBy(
    connection,
    [...own, ...run].map((event) => event.eventId),
    ['mesos_container', 'mesos_status_update', 'mesos_agent', 'mesos_framework', 'image_digest'],
  );
  for (const container of distinct(inside, 'mesos_container')) {
    story.exact(
      await mentionsOf(connection, 'mesos_container', container),
      'mesos_container',
      container,
      `names the container ${container} of this task`,
    );
    story.output += await linesInContext(connection, 'mesos_container', container);
  }
  const updates = distinct(inside, 'mesos_status_update').slice(0, 200);
  for (const [update, events] of await mentionsOfAll(connection, 'mesos_status_update', updates))
    story.exact(events, 'mesos_status_update', update, `names the status update ${update} of this task`);
  await story.follow(['process_end']);
  for (const agent of distinct(inside, 'mesos_agent').slice(0, 5))
    story.relate('on the agent', 'mesos_agent', agent);
  if (framework !== null) story.relate('of the framework', 'mesos_framework', framework);
  for (const digest of distinct(inside, 'image_digest').slice(0, 5))
    story.relate('image', 'image_digest', digest);
  story.missing.push(...missing(story));
}

const distinct = (ids: { kind: EntityKind; value: string }[], kind: EntityKind): string[] => [
  ...new Set(ids.filter((id) => id.kind === kind).map((id) => id.value)),
];

/** The framework that each event names. */
async function frameworksOf(story: Story, events: Mention[]): Promise<Map<string, string>> {
  const named = await namedBy(
    story.connection,
    events.map((event) => event.eventId),
    ['mesos_framework'],
  );
  return new Map(named.map((id) => [id.eventId, id.value]));
}

function latest(events: Mention[], frameworks: Map<string, string>): string | null {
  for (const event of [...events].reverse()) {
    const of = frameworks.get(event.eventId);
    if (of !== undefined) return of;
  }
  return null;
}

function missing(story: Story): string[] {
  const out: string[] = [];
  const steps = [...story.steps.values()];
  const by = (component: string) =>
    steps.some((step) => step.system === 'mesos' && step.component === component);
  if (!by('master'))
    out.push(
      'No line of a master names this task: its launch and the state the cluster took it to have are not in the case.',
    );
  if (!by('agent'))
    out.push("No line of an agent names this task: the agent's log is not in the case, or was rotated away.");
  const last = story.attempts.at(-1);
  if (last && last.endedTs === null)
    out.push(`No final state is logged; the last is ${last.stateNative ?? 'unknown'}.`);
  if (
    story.ids.some((id) => id.kind === 'mesos_container') &&
    !steps.some((step) => step.component === 'sandbox')
  )
    out.push('The sandbox of its container is not in the case: what the task printed is not known.');
  const updates = steps.filter((step) => step.action === 'status_update').length;
  if (updates > 0 && !story.has('status_acknowledge'))
    out.push('No acknowledgement of its status updates is logged.');
  return out;
}
