// A case with the events a test names: real DuckDB, real schema.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Case } from '../../../electron/engine/case/case.ts';
import type { Bound, Connection } from '../../../electron/engine/case/database.ts';
import { type DetectOptions, detect } from '../../../electron/engine/detect/detect.ts';
import { type LoadedRule, loadRules } from '../../../electron/engine/detect/load-rules.ts';

export interface GivenEvent {
  /** Seconds after 2026-11-20T12:00:00Z, an ISO time, or null for none. */
  at?: number | string | null;
  node?: string | null;
  path?: string;
  system?: string;
  component?: string;
  level?: string;
  category?: string;
  action?: string;
  outcome?: string;
  message?: string;
  fields?: Record<string, unknown> | string | null;
  src_ip?: string;
  user_name?: string;
  http_method?: string;
  http_path?: string;
  http_status?: number;
  ts_kind?: number;
}

const BASE = Date.UTC(2026, 10, 20, 12) * 1000;
export const micros = (at: number | string): number =>
  typeof at === 'string' ? Date.parse(at) * 1000 : BASE + Math.round(at * 1e6);

export class Given {
  readonly dir: string;
  readonly case: Case;
  #files = new Map<string, { id: number; records: number }>();

  private constructor(dir: string, made: Case) {
    this.dir = dir;
    this.case = made;
  }

  static async open(): Promise<Given> {
    const dir = await mkdtemp(join(tmpdir(), 'tidemark-detect-'));
    return new Given(dir, await Case.create(join(dir, 'case'), 'test'));
  }

  async close(): Promise<void> {
    await this.case.close();
    await rm(this.dir, { recursive: true, force: true });
  }

  /** Runs several steps on one writing connection. */
  async write<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.case.write((connection) => work(connection));
  }

  async clear(connection: Connection): Promise<void> {
    this.#files.clear();
    for (const table of ['event_row', 'event_kind', 'member', 'bundle'])
      await connection.run(`DELETE FROM ${table}`);
  }

  /** Adds events; answers their ids as text. */
  async events(connection: Connection, events: GivenEvent[]): Promise<string[]> {
    const ids: string[] = [];
    const rows: Bound[][] = [];
    for (const event of events) {
      const node = event.node === undefined ? 'node-1' : event.node;
      const path = event.path ?? `${node}/var/log/${event.system ?? 'registry'}.log`;
      const key = `${node}\n${path}`;
      let file = this.#files.get(key);
      if (!file) {
        file = { id: this.#files.size + 1, records: 0 };
        this.#files.set(key, file);
        if (file.id === 1) await connection.run(`INSERT INTO bundle (bundle_id, name) VALUES (1, 'given')`);
        await connection.run(
          `INSERT INTO member (file_id, bundle_id, path, status, node, zone_basis) VALUES ($1, 1, $2, 'parsed', $3::VARCHAR, 'file_zone')`,
          [file.id, path, node],
        );
      }
      const id = (BigInt(file.id) << 32n) + BigInt(file.records++);
      ids.push(id.toString());
      const fields =
        typeof event.fields === 'object' && event.fields
          ? JSON.stringify(event.fields)
          : (event.fields ?? null);
      rows.push([
        id,
        file.id,
        file.records,
        event.at === null || event.at === undefined ? null : BigInt(micros(event.at)),
        event.ts_kind ?? (event.at === null || event.at === undefined ? 0 : 1),
        event.system ?? 'registry',
        ...[event.component, event.level, event.category, event.action, event.outcome, event.message].map(
          (v) => v ?? null,
        ),
        fields,
        ...[event.src_ip, event.user_name, event.http_method, event.http_path].map((v) => v ?? null),
        event.http_status ?? null,
      ]);
    }
    const width = 18;
    for (let from = 0; from < rows.length; from += 300) {
      const part = rows.slice(from, from + 300);
      const tuples = part.map((_, i) => {
        const n = (c: number) => `$${i * width + c}`;
        return `(${n(1)}::BIGINT, ${n(2)}::INTEGER, ${n(3)}::INTEGER, make_timestamp(${n(4)}::BIGINT), ${n(5)}::UTINYINT, ${n(6)}::VARCHAR,
          ${n(7)}::VARCHAR, ${n(8)}::VARCHAR, ${n(9)}::VARCHAR, ${n(10)}::VARCHAR, ${n(11)}::VARCHAR, ${n(12)}::VARCHAR, ${n(13)}::VARCHAR,
          ${n(14)}::VARCHAR, ${n(15)}::VARCHAR, ${n(16)}::VARCHAR, ${n(17)}::VARCHAR, ${n(18)}::INTEGER)`;
      });
      await connection.run(
        `CREATE TEMP TABLE given AS SELECT row_number() OVER () + (SELECT coalesce(max(kind_id), 0) FROM event_kind) AS kind_id, * FROM (VALUES ${tuples.join(', ')})
          t(event_id, file_id, line, ts, ts_kind, system, component, level, category, action, outcome, message, fields, src_ip, user_name, http_method, http_path, http_status)`,
        part.flat(),
      );
      await connection.run(
        'INSERT INTO event_kind (kind_id, system, component, level, category, action, outcome) SELECT kind_id, system, component, level, category, action, outcome FROM given',
      );
      await connection.run(
        `INSERT INTO event_row (event_id, file_id, line, ts, ts_kind, kind_id, message, fields, src_ip, user_name, http_method, http_path, http_status)
         SELECT event_id, file_id, line, ts, ts_kind, kind_id, message, fields, src_ip, user_name, http_method, http_path, http_status FROM given`,
      );
      await connection.run('DROP TABLE given');
    }
    return ids;
  }

  /** Rules from texts, each a file of its own. */
  async rules(...texts: string[]): Promise<LoadedRule[]> {
    const { mkdir, writeFile } = await import('node:fs/promises');
    const dir = join(this.dir, `rules-${Math.random().toString(36).slice(2)}`);
    await mkdir(dir);
    for (const [i, text] of texts.entries())
      await writeFile(join(dir, `${String(i).padStart(4, '0')}.yml`), text);
    return loadRules([dir]);
  }
}

export interface FoundFinding {
  finding_id: string;
  rule_id: string;
  level: string;
  node: string | null;
  nodes: string[];
  systems: string[];
  first: number | null;
  last: number | null;
  event_count: number;
  group_values: Record<string, unknown>;
  explanation: string;
  attack: string[];
  events: string[];
  roles: string[];
}

/** Runs rules and reads back what stands in the tables. */
export async function found(connection: Connection, rules: LoadedRule[], options?: DetectOptions) {
  const result = await detect(connection, rules, options);
  type Row = Omit<FoundFinding, 'first' | 'last' | 'event_count' | 'group_values'> & {
    first_us: string | null;
    last_us: string | null;
    event_count: string;
    group_values: string;
  };
  const rows = await connection.rows<Row>(
    `SELECT f.* EXCLUDE (first_ts, last_ts), epoch_us(first_ts) AS first_us, epoch_us(last_ts) AS last_us,
      (SELECT list(event_id::VARCHAR ORDER BY seq) FROM finding_events e WHERE e.finding_id = f.finding_id) AS events,
      (SELECT list(role ORDER BY seq) FROM finding_events e WHERE e.finding_id = f.finding_id) AS roles
    FROM findings f ORDER BY f.first_ts, f.finding_id`,
  );
  const seconds = (us: string | null) => (us === null ? null : (Number(us) - BASE) / 1e6);
  const findings = rows.map(
    (row): FoundFinding => ({
      ...row,
      first: seconds(row.first_us),
      last: seconds(row.last_us),
      event_count: Number(row.event_count),
      group_values: JSON.parse(row.group_values),
    }),
  );
  return { ...result, findings };
}

/** A whole rule around a detection. */
export const ruleText = (
  detection: string,
  more = '',
  logsource = 'product: registry',
): string => `title: Test rule
id: 00000000-0000-4000-8000-000000000001
status: test
level: medium
logsource:
  ${logsource}
${more ? `${more}\n` : ''}detection:
${detection
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
`;

/** Indexes of the events that a detection matches. */
export async function matching(
  given: Given,
  connection: Connection,
  detection: string,
  ids: string[],
): Promise<number[]> {
  const rules = await given.rules(ruleText(detection));
  const { rules: outcomes, findings } = await found(connection, rules);
  if (outcomes[0]!.error !== null) throw new Error(outcomes[0]!.error);
  return [...new Set(findings.flatMap((f) => f.events.map((e) => ids.indexOf(e))))].sort((a, b) => a - b);
}

/** Expects what each detection matches among the events, by index; the case holds nothing else. */
export async function expectMatches(
  given: Given,
  events: GivenEvent[],
  detections: Record<string, number[]>,
): Promise<void> {
  await given.write(async (connection) => {
    await given.clear(connection);
    const ids = await given.events(connection, events);
    for (const [detection, indexes] of Object.entries(detections)) {
      expect([detection, await matching(given, connection, detection, ids)]).toEqual([detection, indexes]);
    }
  });
}
