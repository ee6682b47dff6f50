// Machines that the logs name as members of a cluster, of which no log is in the case.
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import { hostOf, lens } from '../place.ts';
import type { Said } from '../seen.ts';
import { fieldText, grouped } from '../tally.ts';
import { named, plural } from '../words.ts';

const WHY: Record<string, string> = {
  mesos: 'the master names it as an agent',
  ray: 'the head names it as a node',
  celery: 'another worker hears from it',
};
const CHANGE: Record<string, string> = {
  mesos: 'Collect the agent log and the work_dir of that machine.',
  ray: 'Collect the session folder (/tmp/ray/session_latest/logs) of that machine.',
  celery: 'Collect the worker log of that machine.',
};

export const missingNodes: PostureCheck = {
  id: 'missing-nodes',
  async read({ connection, said }) {
    const known = await connection.rows<{ name: string }>(
      `SELECT node AS name FROM node UNION SELECT value FROM fact WHERE kind IN ('host', 'address', 'node_id')`,
    );
    const own = said
      .filter(({ system, component }) => system === 'mesos' && component === 'agent')
      .map(({ fields }) => fieldText(fields, 'agent_id'));
    const there = new Set(
      [...known.map(({ name }) => name), ...own].flatMap((name) => [name.toLowerCase(), short(name)]),
    );
    const missing = said.flatMap((line) => {
      const names = namesIn(line)
        .filter((name) => name !== '')
        .map((name) => name.toLowerCase());
      const alike = names.flatMap((name) => [name, hostOf(name), short(name)]);
      return names.length === 0 || alike.some((name) => there.has(name)) ? [] : [{ line, names }];
    });
    return grouped(missing, ({ line, names }) => JSON.stringify([line.system, names[0]!])).map(([, of]) =>
      stand(of),
    );
  },
};

/** Names, addresses and ids by which a line names a member of its cluster. An agent that was refused is none. */
function namesIn({ system, component, action, outcome, fields }: Said): string[] {
  const text = (name: string) => fieldText(fields, name);
  if (system === 'mesos' && component === 'master' && action === 'agent_register' && outcome === 'success')
    return [text('agent_host'), text('peer'), text('agent_id')];
  if (system === 'ray' && action === 'node_register')
    return [text('node_name'), text('address'), text('node_id')];
  if (
    system === 'celery' &&
    (action === 'node_join' || action === 'missed_heartbeat' || action === 'clock_drift')
  ) {
    const peer = text('peer_node') || text('drift_node');
    return [peer.slice(peer.indexOf('@') + 1)];
  }
  return [];
}

function stand(of: { line: Said; names: string[] }[]): Stand {
  const { line, names } = of[0]!;
  const nodes = [...new Set(of.map((one) => one.line.node))].sort();
  return {
    node: null,
    system: line.system,
    component: null,
    topic: 'missing',
    standing: 'weak',
    title: `No log of ${names[0]}`,
    proof: `${plural(of.length, 'line')} of ${named(nodes)} ${of.length === 1 ? 'names' : 'name'} ${names.join(', ')}: ${WHY[line.system] ?? 'it is named'}. No node of the case has that name, address or id.`,
    change: CHANGE[line.system] ?? null,
    events: of.slice(0, FIRST).map((one) => one.line.eventId),
    eventCount: of.length,
    source: 'log lines',
    terms: lens({
      node: nodes,
      system: line.system,
      action: [...new Set(of.map((one) => one.line.action))].sort(),
    }),
  };
}

/** `a.b.example` is also known as `a`; addresses are not cut. */
const short = (name: string): string =>
  /^[\d.:]+$/.test(name) ? name.toLowerCase() : name.toLowerCase().replace(/\..*$/, '');
