// Components that a system of a node usually logs: their absence is worth a careful sentence.

export interface ComponentSeen {
  node: string;
  system: string;
  component: string;
  events: number;
}

interface Expectation {
  system: string;
  /** Only when the node shows one of these components; empty: whenever the system is there. */
  when: string[];
  /** Absent when none of these is there. */
  expected: string[];
  called: string;
  why: string;
}

// Sources: reference notes on Ray 2.58 session folders, Mesos 1.12 glog files, Distribution 2.8 output.
const EXPECTATIONS: Expectation[] = [
  {
    system: 'ray',
    when: ['gcs_server', 'dashboard', 'monitor'],
    expected: ['gcs_server'],
    called: 'gcs_server',
    why: 'A Ray head writes gcs_server.out; node registrations and deaths are read from it.',
  },
  {
    system: 'ray',
    when: ['gcs_server', 'dashboard', 'monitor'],
    expected: ['dashboard'],
    called: 'dashboard',
    why: 'A Ray head usually writes dashboard.log; requests to the Jobs API are only seen there.',
  },
  {
    system: 'ray',
    when: ['gcs_server', 'dashboard', 'monitor', 'raylet', 'dashboard_agent', 'runtime_env_agent'],
    expected: ['raylet'],
    called: 'raylet',
    why: 'Every Ray node writes raylet.out; worker starts, crashes and memory kills are read from it.',
  },
  {
    system: 'ray',
    when: ['gcs_server', 'dashboard', 'monitor', 'raylet'],
    expected: ['dashboard_agent'],
    called: 'dashboard_agent',
    why: 'Ray nodes usually write dashboard_agent.log; starts of submitted jobs are read from it.',
  },
  {
    system: 'registry',
    when: [],
    expected: ['access'],
    called: 'access',
    why: 'Distribution writes one access line per request unless log.accesslog.disabled is set; a 401 shows its status only there.',
  },
];

export function absentComponents(
  seen: ComponentSeen[],
): { node: string; system: string; component: string; why: string }[] {
  const absent: { node: string; system: string; component: string; why: string }[] = [];
  const nodes = [...new Set(seen.map((row) => row.node))].sort();
  for (const node of nodes) {
    for (const { system, when, expected, called, why } of EXPECTATIONS) {
      const there = seen.filter((row) => row.node === node && row.system === system);
      const names = there.map((row) => row.component);
      const applies = there.length > 0 && (when.length === 0 || when.some((name) => names.includes(name)));
      if (applies && !expected.some((name) => names.includes(name)))
        absent.push({ node, system, component: called, why });
    }
  }
  return absent;
}
