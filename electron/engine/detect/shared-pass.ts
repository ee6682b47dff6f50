// One pass over the events for the detections of all rules. Most detections can't match a row without one of a few texts;
// a part of the case is looked through for all such texts at once, and those detections are asked only of the rows that have
// one. The others are asked of a table of the part in which what they share is reckoned once.
// What is found stands in the TEMP table detect_hit(detection, event_id).
import type { Connection } from '../case/database.ts';
import type { CompiledQuery, LoadedRule } from './load-rules.ts';
import { type FileSource, type Part, partsOf, sourceOf } from './pass-parts.ts';
import { type Asked, directPlan, type Plan, sievedPlan } from './pass-plans.ts';
import { Sample } from './pass-sample.ts';
import type { EventRule } from './sigma/document.ts';
import { type CaseSources, occurs } from './sigma/logsource.ts';
import { type Sieve, sieveOf } from './sigma/needles.ts';
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

export const SHARED_TABLES = ['detect_hit', 'detect_file', 'detect_part', 'detect_event'];

/** A sieve that lets more events of the sample through is not worth its time. */
const RARE = 0.02;

/** Events that are kept in memory for the rules to go on with. */
const MOST_KEPT = 100_000;

class HitBinder extends Binder {
  override readonly events: string;
  constructor(events: string) {
    super();
    this.events = events;
  }
}

export class SharedPass {
  readonly sources: CaseSources;
  #files: FileSource[];
  #hits = new Map<EventRule, Hits>();
  /** Detections whose events stand in detect_event. */
  #kept = new Set<EventRule>();

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

  /** Under which number detect_hit holds the events of a detection. */
  numberOf(detection: EventRule): number {
    return this.#hits.get(detection)!.detection;
  }

  /** Whether the rule can find anything in what its detections found; throws what kept one from being asked. */
  found(rule: LoadedRule): boolean {
    const hits = rule.detections.map((d) => this.#hits.get(d)!);
    const failed = hits.find((h) => h.error !== null);
    if (failed) throw failed.error;
    return rule.couldFind((d) => this.#hits.get(d)!.events > 0);
  }

  /** Where the events stand that the rule found, with the columns of `events`. */
  eventsOf(rule: LoadedRule): string {
    return rule.detections.every((d) => this.#kept.has(d)) ? 'detect_event' : 'events';
  }

  /** The rule over what was found. */
  queryOf(rule: LoadedRule): CompiledQuery {
    return rule.queryOver(new HitBinder(this.eventsOf(rule)), (detection) => {
      return `e.event_id IN (SELECT event_id FROM detect_hit WHERE detection = ${this.numberOf(detection)})`;
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
    const plans = new Map<string, Plan[]>();
    let read = 0;
    for (const part of parts) {
      const asked = detections.filter((d) => occurs(d.logSource, part.sources));
      const key = `${part.system} ${asked.map((d) => this.numberOf(d)).join()}`;
      between(read, all);
      if (asked.length > 0 && !plans.has(key)) plans.set(key, await plansOf(connection, part, asked));
      for (const plan of plans.get(key) ?? [])
        await this.#ask(connection, part, plan, () => between(read, all));
      read += part.events;
    }
    await connection.run('DROP TABLE IF EXISTS temp.detect_part');
    if (all > 0) between(read, all);
    await this.#keepEvents(connection);
  }

  /** What the rules go on with stands in a table of its own, but for detections that found too much of it. */
  async #keepEvents(connection: Connection): Promise<void> {
    let left = MOST_KEPT;
    for (const [detection, hits] of [...this.#hits].sort(([, a], [, b]) => a.events - b.events)) {
      left -= hits.events;
      if (left < 0) break;
      this.#kept.add(detection);
    }
    const kept = [...this.#kept].map((detection) => this.numberOf(detection));
    if (kept.length === 0) return;
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE detect_event AS SELECT * FROM events
      WHERE event_id IN (SELECT event_id FROM detect_hit WHERE detection IN (${kept.join(', ')}))`,
    );
  }

  async #ask(connection: Connection, part: Part, plan: Plan, between: () => void): Promise<void> {
    between();
    const began = performance.now();
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE detect_part AS ${plan.select(part.where)}`,
      plan.values,
    );
    const table = await connection.row<{ n: string }>('SELECT count(*) AS n FROM detect_part');
    const share = (performance.now() - began) / plan.asked.length;
    for (const asked of plan.asked) {
      const hits = this.#hits.get(asked.detection)!;
      hits.millis += share;
      if (table?.n !== '0' && hits.error === null) await this.#askOne(connection, asked, hits, between);
    }
  }

  async #askOne(connection: Connection, asked: Asked, hits: Hits, between: () => void): Promise<void> {
    between();
    const began = performance.now();
    try {
      hits.events += await connection.run(
        `INSERT INTO detect_hit SELECT ${hits.detection}, e.event_id FROM detect_part AS e WHERE ${asked.sql}`,
        asked.values,
      );
    } catch (error) {
      between(); // cancelled, when it throws
      hits.error = error;
    }
    hits.millis += performance.now() - began;
  }
}

/** How parts like this one are read: rows that a sieve lets through for some detections, all rows for the others. */
async function plansOf(connection: Connection, part: Part, detections: EventRule[]): Promise<Plan[]> {
  const sample = await Sample.of(connection, part);
  const sieved: { detection: EventRule; sieve: Sieve }[] = [];
  const direct: EventRule[] = [];
  for (const detection of detections) {
    const sieve = sieveOf(detection, (s) => sample.share(s));
    if (sieve && sample.share(sieve) <= RARE) sieved.push({ detection, sieve });
    else direct.push(detection);
  }
  return [
    ...(sieved.length > 0 ? [sievedPlan(sieved)] : []),
    ...(direct.length > 0 ? [directPlan(direct)] : []),
  ];
}
