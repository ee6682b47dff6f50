// Indicators: what the events of the stronger findings mention and others can look for.

import { addressRange } from './address.ts';
import { type Asker, type Numeric, number, numberOrNull } from './asker.ts';
import type { Findings, Indicator, IndicatorGroup, ScopeNode } from './model.ts';
import { sorted } from './read-scope.ts';
import { ACTIVE } from './sql.ts';

const PER_GROUP = 40;

const GROUPS: { kind: string; title: string; takes: (kind: string, value: string) => boolean }[] = [
  {
    kind: 'ip_outside',
    title: 'Addresses outside private ranges',
    takes: (k, v) => k === 'ip' && isOutside(v),
  },
  {
    kind: 'ip_inside',
    title: 'Addresses in private ranges',
    takes: (k, v) => k === 'ip' && addressRange(v) === 'private',
  },
  { kind: 'user', title: 'User names', takes: (k) => k === 'user' },
  { kind: 'url', title: 'URLs', takes: (k) => k === 'url' },
  { kind: 'image', title: 'Images', takes: (k) => k === 'image_repository' || k === 'image_tag' },
  { kind: 'image_digest', title: 'Image digests', takes: (k) => k === 'image_digest' },
  { kind: 'ray_submission', title: 'Ray submission ids', takes: (k) => k === 'ray_submission' },
  { kind: 'celery_task', title: 'Celery task ids', takes: (k) => k === 'celery_task' },
  {
    kind: 'mesos',
    title: 'Mesos frameworks and tasks',
    takes: (k) => k === 'mesos_framework' || k === 'mesos_task',
  },
  { kind: 'file_path', title: 'File paths', takes: (k) => k === 'file_path' },
  { kind: 'host', title: 'Host names', takes: (k) => k === 'host' },
];
const KINDS = [
  'ip',
  'user',
  'url',
  'image_repository',
  'image_tag',
  'image_digest',
  'ray_submission',
  'celery_task',
  'mesos_framework',
  'mesos_task',
  'file_path',
  'host',
];

const isOutside = (value: string) => ['public', 'documentation'].includes(addressRange(value));

interface EntityRow {
  kind: string;
  value: string;
  roles: string[];
  events: Numeric;
  in_case: Numeric;
  first_us: Numeric;
  last_us: Numeric;
  nodes: string[];
  finding_ids: string[];
}

export async function readIndicators(
  ask: Asker,
  findings: Findings,
  nodes: ScopeNode[],
): Promise<IndicatorGroup[]> {
  const rows = await ask.rows<EntityRow>(
    'Indicators: entities of the events of findings of medium and above',
    `
    WITH hit AS (
      SELECT DISTINCT fe.event_id, fe.finding_id
      FROM finding_events fe JOIN findings f ON f.finding_id = fe.finding_id
      WHERE f.level >= 'medium'::finding_level AND ${ACTIVE}),
    mention AS (
      SELECT n.kind, n.value, n.role, n.event_id, n.ts, e.node, h.finding_id
      FROM entities n JOIN hit h ON h.event_id = n.event_id JOIN events e ON e.event_id = n.event_id
      WHERE n.kind IN (${KINDS.map((kind) => `'${kind}'`).join(', ')})),
    found AS (
      SELECT kind, value, list_sort(list(DISTINCT role) FILTER (WHERE role IS NOT NULL)) AS roles,
        count(DISTINCT event_id) AS events, epoch_us(min(ts)) AS first_us, epoch_us(max(ts)) AS last_us,
        list_sort(list(DISTINCT node) FILTER (WHERE node IS NOT NULL)) AS nodes,
        list_sort(list(DISTINCT finding_id)) AS finding_ids
      FROM mention GROUP BY kind, value),
    in_case AS (
      SELECT n.kind, n.value, count(DISTINCT n.event_id) AS events
      FROM entities n JOIN found USING (kind, value) GROUP BY n.kind, n.value)
    SELECT found.*, in_case.events AS in_case
    FROM found JOIN in_case USING (kind, value)
    ORDER BY len(finding_ids) DESC, found.events DESC, kind, value`,
  );
  const numbers = new Map(findings.entries.map((entry) => [entry.findingId, entry.number]));
  return GROUPS.map(({ kind, title, takes }) => {
    const own = rows.filter((row) => takes(row.kind, row.value));
    return {
      kind,
      title,
      entries: own.slice(0, PER_GROUP).map((row) => toIndicator(row, numbers, nodes)),
      notShown: Math.max(0, own.length - PER_GROUP),
    };
  }).filter((group) => group.entries.length > 0);
}

function toIndicator(row: EntityRow, numbers: Map<string, string>, nodes: ScopeNode[]): Indicator {
  const range = row.kind === 'ip' ? addressRange(row.value) : null;
  return {
    value: row.value,
    note: note(row, range, nodes),
    roles: sorted(row.roles),
    events: number(row.events),
    eventsInCase: number(row.in_case),
    firstTs: numberOrNull(row.first_us),
    lastTs: numberOrNull(row.last_us),
    nodes: sorted(row.nodes),
    findings: row.finding_ids
      .map((id) => numbers.get(id))
      .filter((n) => n !== undefined)
      .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1))),
  };
}

function note(row: EntityRow, range: string | null, nodes: ScopeNode[]): string | null {
  const owners = row.kind === 'ip' ? nodes.filter((node) => node.addresses.includes(row.value)) : [];
  if (owners.length > 0) return `address of ${owners.map((node) => node.node).join(', ')}`;
  if (range === 'documentation') return 'range reserved for documentation';
  if (row.kind === 'user' && row.roles.length > 0 && row.roles.every((role) => role === 'attempted'))
    return 'attempted only: no line proves a login';
  if (['image_repository', 'image_tag', 'mesos_framework', 'mesos_task'].includes(row.kind))
    return row.kind.replace('_', ' ');
  return null;
}
