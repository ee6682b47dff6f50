// The life of a Celery task: sent, received, run, retried elsewhere, ended; and what it asked of a registry meanwhile.
import type { TaskRow } from '../../../../shared/api.ts';
import type { Connection } from '../../case/database.ts';
import { tasksOf } from '../tasks.ts';
import { mentionsOf, mentionsOfAll, namedBy } from './mentions.ts';
import type { Story } from './story.ts';
import { clockWords } from './words.ts';

const MOST_REQUESTS = 20;

export async function celeryTask(story: Story): Promise<void> {
  const { connection, value } = story;
  const named = await mentionsOf(connection, 'celery_task', value);
  const own = named.filter((event) => event.role !== 'parent' && event.role !== 'root');
  const why = `names the Celery task ${value}`;
  story.exact(
    own.filter((event) => event.role !== 'carried'),
    'celery_task',
    value,
    why,
  );
  story.exact(
    own.filter((event) => event.role === 'carried'),
    'celery_task',
    value,
    `the client's user agent names the Celery task ${value}`,
  );
  story.attempts = await tasksOf(connection, { system: 'celery', id: value });
  story.title = story.attempts.find((attempt) => attempt.name)?.name ?? '';

  const carried = own.filter((event) => event.role === 'carried').map((event) => event.eventId);
  const requests = new Set((await namedBy(connection, carried, ['http_request'])).map((id) => id.value));
  story.requestIds = [...requests].slice(0, MOST_REQUESTS);
  for (const [request, events] of await mentionsOfAll(connection, 'http_request', story.requestIds))
    story.exact(events, 'http_request', request, `names the request ${request}, which carried the task's id`);
  await story.follow(['beat_send', 'task_output', 'worker_exit', 'access_line']);
  await story.follow(['process_end']);

  const relatives = await namedBy(
    connection,
    own.map((event) => event.eventId),
    ['celery_task', 'celery_group'],
  );
  for (const { kind, value: id, role } of relatives) {
    if (kind === 'celery_group') story.relate('in the group', kind, id);
    else if (role === 'parent') story.relate('started by', kind, id);
    else if (role === 'root') story.relate('chain began with', kind, id);
  }
  const children = await namedBy(
    connection,
    named.filter((event) => event.role === 'parent').map((event) => event.eventId),
    ['celery_task'],
  );
  for (const { value: id, role } of children) if (role === 'task') story.relate('started', 'celery_task', id);
  story.missing.push(...(await missing(connection, story)));
}

interface Reach {
  node: string;
  until: number | null;
}

/** Until when the Celery logs of each node go. */
async function reach(connection: Connection): Promise<Map<string, number | null>> {
  const rows = await connection.rows<Reach>(
    `SELECT node, epoch_us(max(last_ts)) AS until FROM member WHERE system = 'celery' AND status IN ('parsed', 'partial') GROUP BY node`,
  );
  return new Map(rows.map(({ node, until }) => [node, until === null ? null : Number(until)]));
}

async function missing(connection: Connection, story: Story): Promise<string[]> {
  const out: string[] = [];
  const until = await reach(connection);
  const { attempts } = story;
  if (attempts.length === 0) {
    out.push(
      'No line of a worker names this task: it is only mentioned, or the log of its worker is not in the case.',
    );
    return out;
  }
  if (attempts[0]!.submittedTs === null && !story.has('task_scheduled'))
    out.push(
      'Nothing says who sent it: Celery logs a send only in task events and, without the id, in the log of beat.',
    );
  for (const attempt of attempts) {
    const which = attempts.length > 1 ? `Attempt ${attempt.attempt}` : 'The task';
    if (attempt.node === null) {
      out.push('No worker says that it received the task.');
      continue;
    }
    if (attempt.receivedTs === null)
      out.push(
        `${which} on ${attempt.node}: no \`received\` line. The worker's main log is not in the case, or begins later.`,
      );
    if (attempt.endedTs === null) out.push(endless(which, attempt, until.get(attempt.node)));
  }
  const last = attempts.at(-1)!;
  if (last.state === 'retried')
    out.push(
      `It was asked to run again${last.endedTs === null ? '' : ` at ${clockWords(last.endedTs)}`}, and no later attempt is in the case.`,
    );
  return out;
}

function endless(which: string, attempt: TaskRow, until: number | null | undefined): string {
  const since = attempt.receivedTs ?? attempt.startedTs;
  if (until === undefined || until === null)
    return `${which} on ${attempt.node}: no end is logged; the worker's own log is not in the case.`;
  if (since !== null && until > since + 1_000_000)
    return `${which} on ${attempt.node}: no end is logged, though the Celery logs of this node go on until ${clockWords(until)}.`;
  return `${which} on ${attempt.node}: no end is logged; the Celery logs of this node end at ${clockWords(until)}.`;
}
