// What the checks look at, read from the case in a few passes: how often what was seen, what rare lines said of the set-up,
// the ledger. The passes over the events are SQL; what they leave is small, and the checks go through it in memory, because
// thirty small queries cost more than one big one.
import type { Connection } from '../../case/database.ts';
import { type ConfigurationFile, configurationFiles } from './configuration.ts';

export interface Member {
  fileId: number;
  node: string;
  path: string;
  format: string | null;
  status: string;
  mode: number | null;
  owner: string | null;
  /** It has bytes of its own: no link, no folder. */
  content: boolean;
  lines: number;
  records: number;
  /** Records whose time runs backwards; records that are not the file's own. */
  outOfOrder: number;
  foreign: number;
  firstUs: number | null;
  lastUs: number | null;
}

/** Events of one file that are alike in all of this. */
export interface Count {
  member: Member;
  node: string;
  system: string;
  component: string;
  level: string | null;
  tsKind: number;
  action: string | null;
  outcome: string | null;
  status: number | null;
  request: 'read' | 'write' | null;
  n: number;
  /** How many have a time that is no whole second. */
  fine: number;
  firstId: string;
}

/** A line that states something of the set-up of its program. */
export interface Said {
  member: Member;
  node: string;
  system: string;
  component: string;
  action: string;
  outcome: string | null;
  eventId: string;
  message: string;
  fields: Record<string, unknown>;
}

export interface Seen {
  connection: Connection;
  members: readonly Member[];
  counts: readonly Count[];
  said: readonly Said[];
  /** Systems with events. */
  systems: ReadonlySet<string>;
  configuration: readonly ConfigurationFile[];
}

const TELLING = [
  'access_controller',
  'agent_register',
  'auth_token',
  'authentication',
  'authorize',
  'broker_connect',
  'clock_drift',
  'debug_server',
  'endpoint_configure',
  'flags',
  'log_level',
  'missed_heartbeat',
  'node_join',
  'node_register',
  'quota',
  'runtime_env_create',
  'start',
  'superuser_worker',
  'tls_downgrade',
  'untrusted_content',
  'weak_authentication',
  'weak_permissions',
  'weak_secret',
];
/** Of one file, act and outcome, so many lines are looked into; all of them are counted. */
const LOOKED_INTO = 200;
const MOST_SAID = 50_000;

export async function readSeen(connection: Connection): Promise<Seen> {
  const members = await readMembers(connection);
  const byId = new Map(members.map((member) => [member.fileId, member]));
  const counts = await readCounts(connection, byId);
  const said = counts.some(({ action }) => action !== null && TELLING.includes(action))
    ? await readSaid(connection, byId)
    : [];
  return {
    connection,
    members,
    counts,
    said,
    systems: new Set(counts.map(({ system }) => system)),
    configuration: await configurationFiles(
      connection,
      members,
      counts.filter(({ action }) => action === 'file'),
    ),
  };
}

async function readMembers(connection: Connection): Promise<Member[]> {
  const rows = await connection.rows<
    Omit<Member, 'lines' | 'records' | 'outOfOrder' | 'foreign' | 'firstUs' | 'lastUs'> &
      Record<'lines' | 'records' | 'outOfOrder' | 'foreign' | 'firstUs' | 'lastUs', string | null>
  >(`
    SELECT file_id AS "fileId", node, path, format, status, mode, owner, sha256 IS NOT NULL AS content, lines, records,
      out_of_order AS "outOfOrder", foreign_records AS "foreign",
      epoch_us(first_ts) AS "firstUs", epoch_us(last_ts) AS "lastUs"
    FROM member ORDER BY node, path, file_id`);
  const number = (text: string | null) => (text === null ? null : Number(text));
  return rows.map((row) => ({
    ...row,
    lines: Number(row.lines),
    records: Number(row.records),
    outOfOrder: Number(row.outOfOrder),
    foreign: Number(row.foreign),
    firstUs: number(row.firstUs),
    lastUs: number(row.lastUs),
  }));
}

async function readCounts(connection: Connection, members: Map<number, Member>): Promise<Count[]> {
  const rows = await connection.rows<
    Omit<Count, 'member' | 'node' | 'n' | 'fine' | 'request'> & {
      fileId: number;
      method: string | null;
      n: string;
      fine: string;
    }
  >(`
    WITH counted AS (
      SELECT file_id, kind_id, ts_kind, http_status, http_method, count(*) AS n,
        count(*) FILTER (epoch_us(ts_wall) % 1000000 <> 0) AS fine, min(event_id) AS first_id
      FROM event_row GROUP BY ALL)
    SELECT c.file_id AS "fileId", coalesce(k.system, '') AS system, coalesce(k.component, '') AS component, k.level, c.ts_kind AS "tsKind",
      k.action, k.outcome, c.http_status AS status, c.http_method AS method, c.n, c.fine, c.first_id AS "firstId"
    FROM counted c JOIN event_kind k ON k.kind_id = c.kind_id ORDER BY c.first_id`);
  return rows.flatMap(({ fileId, method, n, fine, ...row }) => {
    const member = members.get(fileId);
    const request = method === null ? null : /^(?:PUT|POST|PATCH|DELETE)$/.test(method) ? 'write' : 'read';
    return member ? [{ ...row, member, node: member.node, request, n: Number(n), fine: Number(fine) }] : [];
  });
}

async function readSaid(connection: Connection, members: Map<number, Member>): Promise<Said[]> {
  const rows = await connection.rows<{
    eventId: string;
    fileId: number;
    system: string | null;
    component: string | null;
    action: string;
    outcome: string | null;
    message: string;
    fields: string | null;
  }>(`
    WITH telling AS (
      SELECT event_id FROM event WHERE action IN (${TELLING.map((action) => `'${action}'`).join(', ')})
      QUALIFY row_number() OVER (PARTITION BY file_id, action, outcome ORDER BY event_id) <= ${LOOKED_INTO}
      ORDER BY event_id LIMIT ${MOST_SAID})
    SELECT event_id AS "eventId", file_id AS "fileId", system, component, action, outcome, left(message, 4000) AS message, left(fields, 100000) AS fields
    FROM event WHERE event_id IN (SELECT event_id FROM telling) ORDER BY event_id`);
  return rows.flatMap(({ fileId, ...row }) => {
    const member = members.get(fileId);
    return member
      ? [
          {
            ...row,
            member,
            node: member.node,
            system: row.system ?? '',
            component: row.component ?? '',
            fields: parse(row.fields),
          },
        ]
      : [];
  });
}

function parse(text: string | null): Record<string, unknown> {
  try {
    return JSON.parse(text ?? '{}') as Record<string, unknown>;
  } catch {
    return {}; // longer than what is read of it
  }
}
