// One pass over the events for the detections of all rules: each part of the case is read, unpacked and lower-cased once,
// and every detection is asked of it. What it finds stands in the TEMP table detect_hit(detection, event_id).
import type { Bound, Connection } from '../case/database.ts';
import type { CompiledQuery, LoadedRule } from './load-rules.ts';
import type { EventRule } from './sigma/document.ts';
import { whereSql } from './sigma/event-query.ts';
import { type CaseSources, occurs } from './sigma/logsource.ts';
import { Binder } from './sigma/sql.ts';

/** What the pass found out about one detection. */
interface Hits {
  /** Its number in detect_hit. */
  detection: number;
  events: number;
  /** Its own statements, and an equal share of the reading of the parts that it was asked of. */
  millis: number;
  /** How many rules rest on it. */
  rules: number;
  /** Why the database could not run it. */
  error: unknown;
}

/** A stretch of the case that fits in memory. */
interface Part {
  where: string;
  events: number;
  sources: CaseSources;
}

/** What files hold: rows of `file_id`, a source, and how many events. */
type FileSource = CaseSources[number] & { file_id: number; n: number };

export const SHARED_TABLES = ['detect_hit', 'detect_file', 'detect_part'];

/** Two row groups of DuckDB, one for each of two cores. */
const PART_EVENTS = 245_760;

export class SharedPass {
  readonly sources: CaseSources;
  #files: FileSource[];
  #hits = new Map<EventRule, Hits>();

  private constructor(files: FileSource[]) {
    this.#files = files;
    const distinct = new Map(files.map((f) => [JSON.stringify(sourceOf(f)), sourceOf(f)]));
    this.sources = [...distinct.values()];
  }

  static async open(connection: Connection): Promise<SharedPass> {
    const rows = await connection.rows<CaseSources[number] & { file_id: number; n: string }>(
      `SELECT file_id, system, component, category, http_method IS NOT NULL AS http, count(*) AS n
      FROM events GROUP BY ALL ORDER BY file_id`,
    );
    return new SharedPass(rows.map((row) => ({ ...row, n: Number(row.n) })));
  }

  /** Whether any of the rule's detections was true of any event; throws what kept one from being asked. */
  found(rule: LoadedRule): boolean {
    const hits = rule.detections.map((d) => this.#hits.get(d)!);
    const failed = hits.find((h) => h.error !== null);
    if (failed) throw failed.error;
    return hits.some((h) => h.events > 0);
  }

  /** The rule over what was found. */
  queryOf(rule: LoadedRule): CompiledQuery {
    return rule.queryOver((detection) => {
      const number = this.#hits.get(detection)!.detection;
      return `e.event_id IN (SELECT event_id FROM detect_hit WHERE detection = ${number})`;
    });
  }

  /** The rule's share of the pass: the time of a detection is parted equally among the rules that rest on it. */
  millis(rule: LoadedRule): number {
    const hits = rule.detections.map((d) => this.#hits.get(d));
    return hits.reduce((sum, h) => sum + (h ? h.millis / h.rules : 0), 0);
  }

  /** Asks the detections of the rules; `between` is called before each statement and may throw. */
  async run(
    connection: Connection,
    rules: LoadedRule[],
    between: (events: number, of: number) => void,
  ): Promise<void> {
    for (const detection of rules.flatMap((rule) => rule.detections)) {
      const known = this.#hits.get(detection);
      if (known) known.rules++;
      else {
        const number = this.#hits.size;
        this.#hits.set(detection, { detection: number, events: 0, millis: 0, rules: 1, error: null });
      }
    }
    const detections = [...this.#hits.keys()];
    await connection.run('CREATE OR REPLACE TEMP TABLE detect_hit (detection INTEGER, event_id BIGINT)');
    const parts = await partsOf(connection, this.#files);
    const all = parts.reduce((sum, part) => sum + part.events, 0);
    const plans = new Map<string, Plan>();
    let read = 0;
    for (const part of parts) {
      const asked = detections.filter(
        (d) => occurs(d.logSource, part.sources) && this.#hits.get(d)!.error === null,
      );
      const key = asked.map((d) => this.#hits.get(d)!.detection).join();
      const plan = plans.get(key) ?? planOf(asked);
      plans.set(key, plan);
      if (asked.length > 0) {
        await this.#askPart(connection, part, plan, () => between(read, all));
      }
      read += part.events;
    }
  }

  async #askPart(connection: Connection, part: Part, plan: Plan, between: () => void): Promise<void> {
    between();
    const began = performance.now();
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE detect_part AS SELECT ${plan.columns.join(', ')} FROM events AS e WHERE ${part.where}`,
      plan.values,
    );
    const share = (performance.now() - began) / plan.asked.length;
    for (const { detection, sql, values } of plan.asked) {
      between();
      const hits = this.#hits.get(detection)!;
      const started = performance.now();
      try {
        hits.events += await connection.run(
          `INSERT INTO detect_hit SELECT ${hits.detection}, e.event_id FROM detect_part AS e WHERE ${sql}`,
          values,
        );
      } catch (error) {
        between(); // cancelled, when it throws
        hits.error = error;
      }
      hits.millis += performance.now() - started + share;
    }
  }
}

const sourceOf = ({ system, component, category, http }: FileSource): CaseSources[number] => ({
  system,
  component,
  category,
  http,
});

/** Files of one system stand together, so that a part is asked about by few rules; large files are cut. */
async function partsOf(connection: Connection, files: FileSource[]): Promise<Part[]> {
  const byFile = [...Map.groupBy(files, (f) => f.file_id).values()].map((rows) => ({
    id: rows[0]!.file_id,
    system: rows.reduce((a, b) => (b.n > a.n ? b : a)).system ?? '',
    events: rows.reduce((sum, row) => sum + row.n, 0),
    sources: rows.map(sourceOf),
  }));
  byFile.sort((a, b) => (a.system < b.system ? -1 : a.system > b.system ? 1 : a.id - b.id));
  const parts: Part[] = [];
  const rows: Bound[][] = [];
  let open: (Part & { system: string }) | null = null;
  for (const file of byFile) {
    if (file.events > PART_EVENTS) {
      parts.push(...cut(file));
      continue;
    }
    if (!open || open.system !== file.system || open.events + file.events > PART_EVENTS) {
      const where = `e.file_id IN (SELECT file_id FROM detect_file WHERE part = ${parts.length})`;
      open = { where, events: 0, sources: [], system: file.system };
      parts.push(open);
    }
    open.events += file.events;
    open.sources = [...open.sources, ...file.sources];
    rows.push([parts.length - 1, file.id]);
  }
  await connection.run('CREATE OR REPLACE TEMP TABLE detect_file (part INTEGER, file_id INTEGER)');
  for (let from = 0; from < rows.length; from += 1000) {
    const some = rows.slice(from, from + 1000);
    await connection.run(
      `INSERT INTO detect_file VALUES ${some.map((_, i) => `($${i * 2 + 1}::INTEGER, $${i * 2 + 2}::INTEGER)`).join(', ')}`,
      some.flat(),
    );
  }
  return parts;
}

/** By record number, which is the lower half of an event's id. */
function cut(file: { id: number; events: number; sources: CaseSources }): Part[] {
  const first = BigInt(file.id) << 32n;
  const parts: Part[] = [];
  for (let from = 0; from < file.events; from += PART_EVENTS) {
    const last = from + PART_EVENTS >= file.events;
    const to = last ? first + 0xffff_ffffn : first + BigInt(from + PART_EVENTS) - 1n;
    parts.push({
      where: `e.event_id BETWEEN ${first + BigInt(from)} AND ${to}`,
      events: Math.min(PART_EVENTS, file.events - from),
      sources: file.sources,
    });
  }
  return parts;
}

/** What is read of a part, and what is asked of it. */
interface Plan {
  columns: string[];
  values: Bound[];
  asked: { detection: EventRule; sql: string; values: Bound[] }[];
}

function planOf(detections: EventRule[]): Plan {
  const shared = new SharedColumns();
  const asked = detections.map((detection) => {
    const binder = new PartBinder(shared);
    return { detection, sql: whereSql(detection, binder, { regexes: [] }), values: binder.values };
  });
  // names of columns in SQL that is all ours: values of rules are bound
  const named = new Set(['event_id']);
  for (const { sql } of asked) for (const [, name] of sql.matchAll(/\be\.([a-z_]+)\b/g)) named.add(name!);
  const plain = [...named].map((name) => `e.${name}`);
  return { columns: [...plain, ...shared.columns], values: shared.binder.values, asked };
}

/** Expressions that are reckoned once for all detections. */
class SharedColumns {
  readonly binder = new Binder();
  #names = new Map<string, string>();

  /** The column of an expression; its name cannot be that of a column of `events`. */
  name(make: (binder: Binder) => string): string {
    const sql = make(this.binder);
    const name = this.#names.get(sql) ?? `x${this.#names.size}`;
    this.#names.set(sql, name);
    return name;
  }

  get columns(): string[] {
    return [...this.#names].map(([sql, name]) => `${sql} AS ${name}`);
  }
}

class PartBinder extends Binder {
  #shared: SharedColumns;
  constructor(shared: SharedColumns) {
    super();
    this.#shared = shared;
  }
  override hoist(make: (binder: Binder) => string): string {
    return `e.${this.#shared.name(make)}`;
  }
}
