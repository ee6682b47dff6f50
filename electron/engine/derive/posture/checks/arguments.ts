// Arguments, bodies and environments that logs print: not secrets by themselves, but where secrets end up.
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import { lens } from '../place.ts';
import type { Said } from '../seen.ts';
import { filesOf, grouped, tally } from '../tally.ts';
import { named, plural } from '../words.ts';

interface Row {
  node: string;
  lines: string;
  ids: string[];
}
export const argumentsLogged: PostureCheck = {
  id: 'arguments',
  async read({ connection, counts, said }) {
    const among = async (files: string, where: string): Promise<Row[]> =>
      files === ''
        ? []
        : connection.rows<Row>(`
            SELECT m.node, count(*) AS lines, min(e.event_id, ${FIRST}) AS ids
            FROM event e JOIN member m ON m.file_id = e.file_id
            WHERE e.file_id IN (${files}) AND ${where} GROUP BY m.node ORDER BY m.node`);
    const debug = filesOf(counts, ({ system, level }) => system === 'celery' && level === 'debug');
    const applied = await among(debug, `e.level = 'debug' AND starts_with(e.message, 'TaskPool: Apply')`);
    const kept = filesOf(
      counts,
      ({ system, member }) => system === 'celery' && /json/.test(member.format ?? ''),
    );
    const json = await among(kept, `contains(e.fields, '"kwargs"')`);
    const bodies = grouped(
      counts.filter(
        ({ system, action }) =>
          system === 'celery' && (action === 'unregistered_task' || action === 'message_decode'),
      ),
      ({ node }) => node,
    ).map(([node, of]): Row => {
      const all = tally(of, () => true);
      return { node, lines: String(all.n), ids: all.ids };
    });
    const environments = grouped(
      said.filter(({ action, message }) => action === 'runtime_env_create' && message.includes('env_vars')),
      ({ node }) => node,
    );
    return [
      ...applied.map((row) =>
        celery(
          row,
          'Task arguments in the log (DEBUG)',
          'print the whole message of a task, with its arguments',
          'Start workers with --loglevel=INFO.',
        ),
      ),
      ...json.map((row) =>
        celery(
          row,
          'Task arguments in the log (JSON)',
          'keep the arguments of a task in data.args and data.kwargs, which the text form does not print',
          'Set argsrepr and kwargsrepr when sending, or drop data.args and data.kwargs in the formatter.',
        ),
      ),
      ...bodies.map((row) =>
        celery(
          row,
          'Message bodies in the log',
          'dump a message that the worker could not handle, with its body and headers',
          'Nothing switches this off: keep the log as private as the queue.',
        ),
      ),
      ...environments.map(([, lines]) => environment(lines)),
    ];
  },
};

function celery(row: Row, title: string, what: string, change: string): Stand {
  const lines = Number(row.lines);
  return {
    node: row.node,
    system: 'celery',
    component: 'worker',
    topic: 'secrets',
    standing: 'weak',
    title,
    proof: `${plural(lines, 'line')} ${lines === 1 ? what.replace(/^(\w+)/, '$1s') : what}.`,
    change,
    events: row.ids,
    eventCount: lines,
    source: 'log lines',
  };
}

/** Names of the variables that jobs set; those of Ray itself say nothing. */
function environment(rows: Said[]): Stand {
  const names = new Set<string>();
  const telling = rows.filter(({ message }) => {
    const own = variablesOf(message).filter((name) => !name.startsWith('RAY_'));
    for (const name of own) names.add(name);
    return own.length > 0;
  });
  const node = rows[0]!.node;
  if (telling.length === 0)
    return {
      node,
      system: 'ray',
      component: 'runtime_env_agent',
      topic: 'secrets',
      standing: 'ok',
      title: 'Environments of jobs hold variables of Ray alone',
      proof: `${plural(rows.length, 'line')} print the environment of a job; all of their variables are Ray's own.`,
      change: null,
      events: rows.slice(0, FIRST).map((row) => row.eventId),
      eventCount: rows.length,
      source: 'log lines',
    };
  return {
    node,
    system: 'ray',
    component: 'runtime_env_agent',
    topic: 'secrets',
    standing: 'weak',
    title: 'Environments of jobs in the log',
    proof: `${plural(telling.length, 'line prints', 'lines print')} the environment of a job with the values of ${named([...names].sort(), 10)}.`,
    change: 'Keep secrets out of env_vars of a runtime_env: mount them, or fetch them in the job.',
    events: telling.slice(0, FIRST).map((row) => row.eventId),
    eventCount: telling.length,
    source: 'log lines',
    terms: lens({ node, system: 'ray', action: 'runtime_env_create' }),
  };
}

function variablesOf(message: string): string[] {
  const block = /["']?env_vars["']?: ?\{([^{}]{0,20000})\}/.exec(message)?.[1] ?? '';
  return [...block.matchAll(/["']([A-Za-z_][A-Za-z0-9_]{0,80})["'] ?:/g)].map((match) => match[1]!);
}
