// What was collected, from where, and what of it was not examined.
import type { MemberStatus } from '../../../shared/model.ts';
import { type Asker, type Numeric, number, numberOrNull } from './asker.ts';
import type { BundleEntry, Posture, Scope, ScopeNode } from './model.ts';

interface ComponentSeen {
  node: string;
  system: string;
  component: string;
  events: number;
}

/** What the posture says is missing; the posture itself stands in a section of its own. */
const absentIn = ({ entries }: Posture): Scope['absent'] =>
  entries
    .filter(({ topic, standing }) => (topic === 'missing' || topic === 'access') && standing !== 'ok')
    .map(({ node, system, component, title, proof }) => ({ node, system, component, title, why: proof }));

export async function readScope(ask: Asker, evidence: BundleEntry[], posture: Posture): Promise<Scope> {
  const files = evidence.flatMap((bundle) => bundle.files.map((file) => ({ ...file, bundle: bundle.name })));
  const seen = await ask.rows<{
    node: string | null;
    system: string;
    component: string | null;
    events: Numeric;
  }>(
    'Events by node, system and component',
    `
    SELECT node, system, component, count(*) AS events
    FROM events
    GROUP BY ALL
    ORDER BY node NULLS LAST, system NULLS LAST, component NULLS LAST`,
  );
  const totals = await ask.rows<{ events: Numeric; undated: Numeric }>(
    'Events of the case, and those without any time',
    'SELECT count(*) AS events, count(*) FILTER (WHERE ts IS NULL) AS undated FROM events',
  );
  const components: ComponentSeen[] = seen.map((row) => ({
    node: row.node ?? '(no node)',
    system: row.system ?? '(no system)',
    component: row.component ?? '',
    events: number(row.events),
  }));
  return {
    bundles: evidence.length,
    files: files.length,
    events: number(totals[0]?.events ?? 0),
    undatedEvents: number(totals[0]?.undated ?? 0),
    lines: sum(files.map((file) => file.lines)),
    unparsedLines: sum(files.map((file) => file.unparsedLines)),
    statuses: (['parsed', 'partial', 'skipped', 'failed', 'duplicate'] as MemberStatus[]).map((status) => {
      const of = files.filter((file) => file.status === status);
      return { status, files: of.length, bytes: sum(of.map((file) => file.size ?? 0)) };
    }),
    nodes: await readNodes(ask),
    systems: bySystem(components),
    notExamined: files
      .filter((file) => file.status !== 'parsed')
      .map(({ bundle, path, status, reason, duplicateOf }) => ({
        bundle,
        path,
        status,
        reason: reason ?? (duplicateOf ? `same content as ${duplicateOf}` : null),
      })),
    bundleProblems: evidence
      .filter((bundle) => bundle.problem !== null || !bundle.complete)
      .map((bundle) => ({ bundle: bundle.name, problem: bundle.problem ?? 'not read to its end' })),
    absent: absentIn(posture),
  };
}

async function readNodes(ask: Asker): Promise<ScopeNode[]> {
  const rows = await ask.rows<{
    node: string;
    systems: string[] | null;
    roles: string[] | null;
    addresses: string[] | null;
    versions: string[] | null;
    files: Numeric;
    events: Numeric;
    first_us: Numeric;
    last_us: Numeric;
  }>(
    'Nodes with their systems, roles, addresses and stated versions',
    `
    SELECT n.node, n.systems, n.roles, n.addresses, v.versions, coalesce(f.files, 0) AS files,
      coalesce(e.events, 0) AS events, e.first_us, e.last_us
    FROM nodes n
    LEFT JOIN (SELECT m.node, list_sort(list(DISTINCT fact.value)) AS versions
      FROM fact JOIN member m ON m.file_id = fact.file_id WHERE fact.kind = 'version' GROUP BY m.node) v ON v.node = n.node
    LEFT JOIN (SELECT node, count(*) AS files FROM evidence_files GROUP BY node) f ON f.node = n.node
    LEFT JOIN (SELECT node, count(*) AS events, epoch_us(min(ts)) AS first_us, epoch_us(max(ts)) AS last_us
      FROM events GROUP BY node) e ON e.node = n.node
    ORDER BY n.node`,
  );
  return rows.map((row) => ({
    node: row.node,
    systems: sorted(row.systems),
    roles: sorted(row.roles),
    addresses: sorted(row.addresses),
    versions: sorted(row.versions),
    files: number(row.files),
    events: number(row.events),
    firstTs: numberOrNull(row.first_us),
    lastTs: numberOrNull(row.last_us),
  }));
}

function bySystem(components: ComponentSeen[]): Scope['systems'] {
  const systems = new Map<string, { events: number; nodes: Set<string> }>();
  for (const { node, system, events } of components) {
    const entry = systems.get(system) ?? { events: 0, nodes: new Set() };
    entry.events += events;
    entry.nodes.add(node);
    systems.set(system, entry);
  }
  return [...systems]
    .map(([system, { events, nodes }]) => ({ system, events, nodes: sorted([...nodes]) }))
    .sort((a, b) => (a.system < b.system ? -1 : 1));
}

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
export const sorted = (values: string[] | null): string[] => [...(values ?? [])].sort();
