// Components that a system of a node usually logs, of which no event is in the case.
import { FIRST, type PostureCheck, type Stand } from '../check.ts';
import { lens } from '../place.ts';
import type { Member } from '../seen.ts';
import { grouped } from '../tally.ts';
import { baseName, named, plural } from '../words.ts';

interface Expectation {
  system: string;
  /** Only when the node shows one of these. */
  when: string[];
  /** Absent when none of these is there. */
  expected: string[];
  /** Name of its file, for what to collect. */
  file: string;
  why: string;
}

// Sources: reference notes on Ray 2.58 session folders, Mesos 1.12 glog files, Celery 5 file names.
const RAY_HEAD = ['gcs_server', 'dashboard', 'monitor'];
const RAY_NODE = [...RAY_HEAD, 'raylet', 'dashboard_agent', 'runtime_env_agent'];
const EXPECTATIONS: Expectation[] = [
  {
    system: 'ray',
    when: RAY_HEAD,
    expected: ['gcs_server'],
    file: 'gcs_server.out',
    why: 'A Ray head writes gcs_server.out; node registrations and deaths are read from it.',
  },
  {
    system: 'ray',
    when: RAY_HEAD,
    expected: ['dashboard'],
    file: 'dashboard.log',
    why: 'A Ray head usually writes dashboard.log; requests to the Jobs API are only seen there.',
  },
  {
    system: 'ray',
    when: [...RAY_NODE, 'core_worker', 'worker'],
    expected: ['raylet'],
    file: 'raylet.out',
    why: 'Every Ray node writes raylet.out; worker starts, crashes and memory kills are read from it.',
  },
  {
    system: 'ray',
    when: [...RAY_HEAD, 'raylet'],
    expected: ['dashboard_agent'],
    file: 'dashboard_agent.log',
    why: 'Ray nodes usually write dashboard_agent.log; starts of submitted jobs are read from it.',
  },
  {
    system: 'ray',
    when: [...RAY_HEAD, 'raylet'],
    expected: ['runtime_env_agent'],
    file: 'runtime_env_agent.log',
    why: 'Ray nodes usually write runtime_env_agent.log; packages and downloads that a job asked for are read from it.',
  },
  {
    system: 'mesos',
    when: ['sandbox', 'executor', 'fetcher'],
    expected: ['agent'],
    file: 'mesos-agent.*.log.INFO.*',
    why: 'Sandboxes are made by a Mesos agent; who launched what, and how it ended, is read from its log.',
  },
];

export const missingComponents: PostureCheck = {
  id: 'missing-components',
  read({ counts, members }) {
    const empty = members.filter(({ records, content }) => content && records === 0);
    const own = counts.filter(
      ({ system, component }) => (system === 'ray' || system === 'mesos') && component !== '',
    );
    return grouped(own, ({ node, system }) => JSON.stringify([node, system])).flatMap(([, of]) => {
      const { node, system } = of[0]!;
      const components = [...new Set(of.map(({ component }) => component))].sort();
      return EXPECTATIONS.filter(
        (e) =>
          e.system === system &&
          e.when.some((name) => components.includes(name)) &&
          !e.expected.some((name) => components.includes(name)),
      ).map((e) => stand(node, e, components, empty));
    });
  },
};

function stand(node: string, e: Expectation, components: string[], empty: readonly Member[]): Stand {
  const component = e.expected[0]!;
  const stem = e.file.slice(0, e.file.indexOf('.'));
  const there = empty.filter((file) => file.node === node && baseName(file.path).startsWith(`${stem}.`));
  const files =
    there.length > 0
      ? ` ${plural(there.length, 'file')} of that name ${there.length === 1 ? 'is' : 'are'} in the bundle, but without a line that was read (${named([...new Set(there.map((file) => (file.lines === 0 && file.status === 'parsed' ? 'empty' : file.status)))])}).`
      : '';
  return {
    node,
    system: e.system,
    component,
    topic: 'missing',
    standing: 'weak',
    title: `No event of ${component}`,
    proof: `${e.why} This node shows ${named(components.slice(0, 8))}, and no event of ${component}: it never wrote, was not collected, or stands in a file that was not recognised.${files}`,
    change: `Collect ${e.file} of this node.`,
    files: there.slice(0, FIRST).map((file) => file.fileId),
    fileCount: there.length,
    source: 'ledger and log lines',
    terms: lens({ node, system: e.system }),
  };
}
