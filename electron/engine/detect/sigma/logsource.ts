// Which rows a rule is about, and whether a case has such rows at all.
import type { Problems } from './problem.ts';
import { allOf, type Binder } from './sql.ts';
import { entry, type Tree } from './tree.ts';

export interface LogSource {
  product: string | null;
  service: string | null;
  category: string | null;
}

/** What the events of a case come from: one entry per combination that occurs. */
export type CaseSources = readonly {
  system: string | null;
  component: string | null;
  category: string | null;
  http: boolean;
}[];

const SYSTEM_NAMES: Readonly<Record<string, string>> = {
  distribution: 'registry',
  docker_registry: 'registry',
  'docker-registry': 'registry',
};

/** Other names of components, by system. */
const SERVICES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  registry: {
    access_log: ['access'],
    notification: ['notification', 'notifications'],
    notifications: ['notification', 'notifications'],
  },
  mesos: { slave: ['agent'], executor: ['executor', 'sandbox'], fetcher: ['fetcher', 'sandbox', 'agent'] },
  ray: { gcs: ['gcs_server'], job: ['job', 'job_driver', 'job-driver', 'driver'], raylet: ['raylet'] },
  celery: { flower: ['flower'] },
};

const HTTP_CATEGORIES = new Set(['webserver', 'proxy']);

export function readLogSource(
  tree: Tree | undefined,
  problems: Problems,
  at: { line: number; column: number },
): LogSource | null {
  if (!tree) {
    problems.add(at, "'logsource' is missing");
    return null;
  }
  if (tree.kind !== 'map') {
    problems.add(tree.at, "'logsource' must be a map with product, service or category");
    return null;
  }
  const text = (key: string): string | null => {
    const found = entry(tree, key);
    if (!found || (found.value.kind === 'scalar' && found.value.value === null)) return null;
    if (found.value.kind === 'scalar' && typeof found.value.value === 'string' && found.value.value !== '') {
      return found.value.value.toLowerCase();
    }
    problems.add(found.at, `'logsource.${key}' must be text`);
    return null;
  };
  const source = { product: text('product'), service: text('service'), category: text('category') };
  if (!source.product && !source.service && !source.category) {
    problems.add(tree.at, "'logsource' names neither product, service nor category");
    return null;
  }
  return source;
}

function wanted(source: LogSource): {
  system: string | null;
  components: readonly string[] | null;
  category: string | null;
  http: boolean;
} {
  const system = source.product ? (SYSTEM_NAMES[source.product] ?? source.product) : null;
  const aliases = system && Object.hasOwn(SERVICES, system) ? SERVICES[system]! : {};
  const components = source.service
    ? Object.hasOwn(aliases, source.service)
      ? aliases[source.service]!
      : [source.service]
    : null;
  const http = source.category !== null && HTTP_CATEGORIES.has(source.category);
  return { system, components, category: http ? null : source.category, http };
}

export function logSourceSql(source: LogSource, binder: Binder): string {
  const want = wanted(source);
  const parts: string[] = [];
  if (want.system) parts.push(`e.system = ${binder.bind(want.system)}`);
  if (want.components)
    parts.push(`e.component IN (${want.components.map((c) => binder.bind(c)).join(', ')})`);
  if (want.category) parts.push(`e.category = ${binder.bind(want.category)}`);
  if (want.http) parts.push('e.http_method IS NOT NULL');
  return allOf(parts);
}

/** Does the case hold rows of this source? */
export function occurs(source: LogSource, sources: CaseSources): boolean {
  const want = wanted(source);
  return sources.some(
    (s) =>
      (want.system === null || s.system === want.system) &&
      (want.components === null || (s.component !== null && want.components.includes(s.component))) &&
      (want.category === null || s.category === want.category) &&
      (!want.http || s.http),
  );
}
