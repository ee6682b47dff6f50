// Which rows a rule is about, and whether a case has such rows at all.
import type { Problems } from './problem.ts';
import { allOf, type Binder } from './sql.ts';
import { APPLICATIONS, HTTP_CATEGORIES, PRODUCT_SERVICES, PRODUCTS, SERVICES } from './taxonomy.ts';
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

const KEYS = ['product', 'service', 'category'] as const;

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

interface Wanted {
  systems: readonly string[] | null;
  components: readonly string[] | null;
  category: string | null;
  http: boolean;
}

const own = <T>(table: Readonly<Record<string, T>>, key: string | null): T | undefined =>
  key !== null && Object.hasOwn(table, key) ? table[key] : undefined;

function wanted({ product, service, category }: LogSource): Wanted {
  const http = category !== null && HTTP_CATEGORIES.includes(category);
  const application = category === 'application' ? own(APPLICATIONS, product) : undefined;
  const together = own(own(PRODUCT_SERVICES, product) ?? {}, service);
  if (together) return { systems: [together], components: null, category: http ? null : category, http };
  const systems = application ?? own(PRODUCTS, product) ?? (product === null ? null : [product]);
  const aliases = systems?.length === 1 ? own(SERVICES, systems[0]!) : undefined;
  return {
    systems,
    components: service === null ? null : (own(aliases ?? {}, service) ?? [service]),
    category: http || application ? null : category,
    http,
  };
}

export function logSourceSql(source: LogSource, binder: Binder): string {
  const want = wanted(source);
  const parts: string[] = [];
  const oneOf = (column: string, values: readonly string[]) =>
    values.length === 1
      ? `${column} = ${binder.bind(values[0]!)}`
      : `${column} IN (${values.map((value) => binder.bind(value)).join(', ')})`;
  if (want.systems) parts.push(oneOf('e.system', want.systems));
  if (want.components) parts.push(oneOf('e.component', want.components));
  if (want.category) parts.push(`e.category = ${binder.bind(want.category)}`);
  if (want.http) parts.push('e.http_method IS NOT NULL');
  return allOf(parts);
}

/** Does the case hold rows of this source? */
export function occurs(source: LogSource, sources: CaseSources): boolean {
  const want = wanted(source);
  return sources.some(
    (s) =>
      (want.systems === null || (s.system !== null && want.systems.includes(s.system))) &&
      (want.components === null || (s.component !== null && want.components.includes(s.component))) &&
      (want.category === null || s.category === want.category) &&
      (!want.http || s.http),
  );
}

/** Does every event of `inner` belong to `outer` as well? What `outer` leaves open may be anything. */
export function contains(outer: LogSource, inner: LogSource): boolean {
  const systems = (product: string | null) => own(PRODUCTS, product)?.join() ?? product;
  return KEYS.every(
    (key) =>
      outer[key] === null ||
      outer[key] === inner[key] ||
      (key === 'product' && systems(outer[key]) === systems(inner[key])),
  );
}

/** `product windows, category process_creation` */
export const logSourceText = (source: LogSource): string =>
  KEYS.filter((key) => source[key] !== null)
    .map((key) => `${key} ${source[key]}`)
    .join(', ');

/** Why a rule about these sources does not apply to a case, in words. */
export function missingText(missing: readonly LogSource[], sources: CaseSources): string {
  const wants = [...new Set(missing.map(logSourceText))].join('; ');
  const systems = [...new Set(sources.flatMap((s) => s.system ?? []))].sort();
  const there =
    systems.length > 0 ? `its systems are ${systems.join(', ')}` : 'it has no events of a known system';
  return `the case has no events of the rule's log source (${wants}); ${there}`;
}
