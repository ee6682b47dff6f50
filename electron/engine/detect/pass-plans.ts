// How one part of the case is read into a table, and what is asked of that table.
import type { Bound } from '../case/database.ts';
import type { EventRule } from './sigma/document.ts';
import { whereSql } from './sigma/event-query.ts';
import type { Sieve } from './sigma/needles.ts';
import { LONG_S, regexNeedles } from './sigma/regex-needles.ts';
import { Binder } from './sigma/sql.ts';
import { quoted } from './sigma/text-value.ts';

export interface Asked {
  detection: EventRule;
  /** Over a table `e`. */
  sql: string;
  values: Bound[];
}

export interface Plan {
  /** Reads the rows of `events AS e` for which the condition, which is ours, holds. */
  select(where: string): string;
  values: Bound[];
  asked: Asked[];
}

/** The detections as they stand, over the rows in which one of their texts stands. */
export function sievedPlan(sieved: { detection: EventRule; sieve: Sieve }[]): Plan {
  const asked = sieved.map(({ detection }) => {
    const binder = new Binder();
    return { detection, sql: whereSql(detection, binder, { regexes: [] }), values: binder.values };
  });
  const texts = Map.groupBy(
    sieved.flatMap(({ sieve }) => sieve),
    ({ column }) => column,
  );
  const binder = new Binder();
  const through = [...texts].flatMap(([column, list]) =>
    patterns([...new Set(list.map(({ text }) => text))]).map(
      (pattern) => `coalesce(regexp_matches(lower(e.${column}), ${binder.bind(pattern)}), false)`,
    ),
  );
  const columns = namedColumns(asked.map(({ sql }) => sql)).map((name) => `e.${name}`);
  return {
    select: (where) =>
      `SELECT ${columns.join(', ')} FROM events AS e WHERE ${where} AND (${through.join(' OR ')})`,
    values: binder.values,
    asked,
  };
}

const pattern = (text: string): string => quoted(text).replaceAll(LONG_S, `[s${LONG_S}]`);

/** RE2 keeps its automaton in a fixed amount of memory. */
const TEXTS_TOGETHER = 200;

function patterns(texts: string[]): string[] {
  const list: string[] = [];
  for (let from = 0; from < texts.length; from += TEXTS_TOGETHER) {
    list.push(
      texts
        .slice(from, from + TEXTS_TOGETHER)
        .map(pattern)
        .join('|'),
    );
  }
  return list;
}

/** Over all rows; what several detections reckon with is a column. */
export function directPlan(detections: EventRule[]): Plan {
  const shared = new SharedColumns();
  const asked = detections.map((detection) => {
    const binder = new PartBinder(shared);
    return { detection, sql: whereSql(detection, binder, { regexes: [] }), values: binder.values };
  });
  const named = namedColumns([...asked.map(({ sql }) => sql), ...shared.derived]);
  shared.select(named, ''); // binds what it needs
  return { select: (where) => shared.select(named, where), values: shared.binder.values, asked };
}

/** Columns of `events` that SQL of ours names; values of rules are bound and never part of it. */
function namedColumns(sqls: string[]): string[] {
  const named = new Set(['event_id']);
  for (const sql of sqls) for (const [, name] of sql.matchAll(/\be\.([a-z_]+)\b/g)) named.add(name!);
  return [...named];
}

/** Takes all values out of `fields` at once, as the list `e.j`: reading the JSON is what costs. */
class JsonBinder extends Binder {
  readonly pointers: string[] = [];
  override jsonText(pointer: string): string {
    if (!this.pointers.includes(pointer)) this.pointers.push(pointer);
    return `e.j[${this.pointers.indexOf(pointer) + 1}]`;
  }
}

/** Expressions that are reckoned once for all detections; their names can't be those of columns of `events`. */
class SharedColumns {
  readonly binder = new JsonBinder();
  /** By their SQL: over the events, and over what was made of them. */
  #first = new Map<string, string>();
  #second = new Map<string, string>();

  hoist(sql: string): string {
    const name = this.#first.get(sql) ?? `x${this.#first.size}`;
    this.#first.set(sql, name);
    return `e.${name}`;
  }

  derive(sql: string): string {
    const name = this.#second.get(sql) ?? `y${this.#second.size}`;
    this.#second.set(sql, name);
    return `e.${name}`;
  }

  get derived(): string[] {
    return [...this.#second.keys()];
  }

  /** `named`: the columns of `events` that are asked for as they are. */
  select(named: string[], where: string): string {
    const aliased = (list: Map<string, string>) => [...list].map(([sql, name]) => `${sql} AS ${name}`);
    const plain = (names: string[]) => names.map((name) => `e.${name}`);
    const { pointers } = this.binder;
    let from = `events AS e WHERE ${where}`;
    if (pointers.length > 0) {
      const read = namedColumns([...plain(named), ...this.#first.keys()]).filter((name) => name !== 'j');
      const list = pointers.map((pointer) => this.binder.bind(pointer)).join(', ');
      from = `(SELECT ${plain(read).join(', ')}, TRY(json_extract_string(e.fields, [${list}])) AS j FROM ${from}) AS e`;
    }
    const first = `SELECT ${[...plain(named), ...aliased(this.#first)].join(', ')} FROM ${from}`;
    if (this.#second.size === 0) return first;
    return `SELECT e.*, ${aliased(this.#second).join(', ')} FROM (${first}) AS e`;
  }
}

const FEW = 6;

/** The set whose shortest text is longest. */
const longest = (sets: string[][]): string[] | null =>
  sets.reduce<string[] | null>(
    (best, set) => (best === null || shortest(set) > shortest(best) ? set : best),
    null,
  );
/** Of a text, what stands as it is. */
const longestRun = (text: string): string =>
  text.split(LONG_S).reduce((a, b) => (b.length > a.length ? b : a));
const shortest = (texts: string[]): number => Math.min(...texts.map((text) => text.length));

class PartBinder extends Binder {
  #shared: SharedColumns;
  constructor(shared: SharedColumns) {
    super();
    this.#shared = shared;
  }
  override hoist(make: (binder: Binder) => string): string {
    return this.#shared.hoist(make(this.#shared.binder));
  }
  /** Looking for a few texts is quicker than a regular expression that most rows don't match. */
  override quickly(text: string, pattern: string): string | null {
    if (!/^e\.\w+$/.test(text)) return null;
    const texts = regexNeedles(pattern, longest)?.map(longestRun);
    if (!texts || texts.length > FEW || texts.some((one) => one.length < 3)) return null;
    const lower = this.derive(`lower(${text})`);
    return `(${texts.map((one) => `contains(${lower}, ${this.bind(one)})`).join(' OR ')})`;
  }
  override derive(sql: string): string {
    return /\be\.y\d/.test(sql) ? sql : this.#shared.derive(sql);
  }
}
