// The second judge: correlations by brute force. Every window that ends at an event is looked at in full; windows that
// share an event are one finding. Written from the specification and docs/rules.md; shares no code with the engine.
import { parseAllDocuments } from 'yaml';
import { type Condition, holds, readCondition } from './condition.ts';
import { fieldOf, type JudgedEvent } from './event.ts';
import { compareNumbers, readNumber } from './number.ts';
import { Refused } from './refused.ts';
import { decide, type JudgedRule, readDetection } from './rule.ts';

/** An event with its time in microseconds; its place in the list orders equal times. */
export interface TimedEvent extends JudgedEvent {
  at: number | null;
}

export interface JudgedFinding {
  first: number;
  last: number;
  /** Places of its events in the list, ascending. */
  events: number[];
}

type Test = { is: 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'neq'; than: number };
interface Correlation {
  type: string;
  rules: string[];
  groupBy: string[];
  /** Alias -> rule -> field. */
  aliases: Record<string, Record<string, string>>;
  span: number;
  tests: Test[];
  /** An expression over rules in place of a count. */
  expression: Condition | null;
  fields: string[];
  percentile: number;
}

/** What a correlation counts: a matching event of a rule, or a finding of an inner correlation. */
interface Unit {
  rule: string;
  at: number;
  /** Place of its last event. */
  place: number;
  events: number[];
  field(name: string): string | null;
}

type Document = { detection: JudgedRule } | { correlation: Correlation };
type YamlMap = Record<string, unknown>;

const OPERATORS = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;
const SECONDS: Record<string, number> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  M: 2_629_746,
  y: 31_556_952,
};
const strings = (value: unknown): string[] => (value === undefined ? [] : [value].flat().map(String));

/** The documents of a text by name and by id. */
export function readDocuments(text: string): Map<string, Document> {
  const documents = new Map<string, Document>();
  for (const yaml of parseAllDocuments(text)) {
    const rule = yaml.toJS() as YamlMap;
    const document: Document = rule.correlation
      ? { correlation: readCorrelation(rule.correlation as YamlMap) }
      : { detection: readDetection(rule.detection as YamlMap, {}) };
    for (const word of [rule.name, rule.id]) if (typeof word === 'string') documents.set(word, document);
  }
  return documents;
}

function readCorrelation(body: YamlMap): Correlation {
  const span = /^(\d+)([smhdwMy])$/.exec(String(body.timespan));
  if (!span) throw new Refused(`'${body.timespan}' is no timespan`);
  const condition = body.condition;
  const map = (typeof condition === 'object' && condition !== null ? condition : {}) as YamlMap;
  const rules = strings(body.rules);
  return {
    type: String(body.type),
    rules,
    groupBy: strings(body['group-by']),
    aliases: (body.aliases ?? {}) as Correlation['aliases'],
    span: Number(span[1]) * SECONDS[span[2]!]! * 1e6,
    tests: OPERATORS.filter((is) => is in map).map((is) => ({ is, than: Number(map[is]) })),
    expression: typeof condition === 'string' ? readCondition(condition, rules) : null,
    fields: strings(map.field),
    percentile: Number(map.percentile),
  };
}

/** The findings of the rule with a name or id. */
export function findingsOf(
  documents: Map<string, Document>,
  name: string,
  events: TimedEvent[],
): JudgedFinding[] {
  const document = documents.get(name);
  if (!document || !('correlation' in document)) throw new Refused(`'${name}' is no correlation`);
  return correlated(documents, document.correlation, events).map(({ finding }) => finding);
}

function unitsOf(documents: Map<string, Document>, rule: string, events: TimedEvent[]): Unit[] {
  const document = documents.get(rule);
  if (!document) throw new Refused(`there is no rule '${rule}'`);
  if ('detection' in document) {
    return [...events.entries()].flatMap(([place, event]) => {
      if (event.at === null || !decide(document.detection, event)) return [];
      const field = (name: string): string | null => fieldOf(event, name).texts[0] ?? null;
      return [{ rule, at: event.at, place, events: [place], field }];
    });
  }
  return correlated(documents, document.correlation, events).map(({ finding, group }) => ({
    rule,
    at: finding.last,
    place: lastOf(finding, events),
    events: finding.events,
    field: (name) => group.get(name) ?? fieldOf(events[lastOf(finding, events)]!, name).texts[0] ?? null,
  }));
}

const lastOf = (finding: JudgedFinding, events: TimedEvent[]): number =>
  Math.max(...finding.events.filter((place) => events[place]!.at === finding.last));

function correlated(documents: Map<string, Document>, correlation: Correlation, events: TimedEvent[]) {
  const groups = new Map<string, { group: Map<string, string>; units: Unit[] }>();
  for (const rule of correlation.rules) {
    for (const unit of unitsOf(documents, rule, events)) {
      const values = correlation.groupBy.map((name) => unit.field(correlation.aliases[name]?.[rule] ?? name));
      if (values.includes(null)) continue;
      if (correlation.fields.some((name) => !counted(correlation.type, unit.field(name)))) continue;
      const key = JSON.stringify(values);
      const entry = groups.get(key) ?? {
        group: new Map(correlation.groupBy.map((name, i) => [name, values[i]!])),
        units: [],
      };
      entry.units.push(unit);
      groups.set(key, entry);
    }
  }
  return [...groups.values()].flatMap(({ group, units }) =>
    islands(correlation, units, events).map((finding) => ({ finding, group })),
  );
}

/** Whether a value can be counted, or reckoned with. */
const counted = (type: string, value: string | null): boolean =>
  value !== null && (type === 'value_count' || readNumber(value) !== null);

/** Windows that meet the condition, joined where they share a unit. */
function islands(correlation: Correlation, units: Unit[], events: TimedEvent[]): JudgedFinding[] {
  const sorted = units.toSorted((a, b) => a.at - b.at || a.place - b.place);
  const joined: Set<Unit>[] = [];
  for (const end of sorted) {
    const window = windowAt(correlation, sorted, end);
    if (window === null) continue;
    const last = joined.at(-1);
    if (last && window.some((unit) => last.has(unit))) for (const unit of window) last.add(unit);
    else joined.push(new Set(window));
  }
  return joined.map((island) => {
    const places = [...island].flatMap((unit) => unit.events);
    const unique = [...new Set(places)].toSorted((a, b) => a - b);
    const times = unique.map((place) => events[place]!.at!);
    return { first: Math.min(...times), last: Math.max(...times), events: unique };
  });
}

/** The units of the window that ends at one of them, when it meets the condition. */
function windowAt(correlation: Correlation, sorted: Unit[], end: Unit): Unit[] | null {
  const from = end.at - correlation.span;
  const window = sorted.filter((unit) => unit.at >= from && unit.at <= end.at);
  if (correlation.type !== 'temporal_ordered') return meetsCondition(correlation, window) ? window : null;
  // One event may match several rules: of all chains that end at it, the one that began last counts.
  const ends = window.filter((unit) => unit.place === end.place);
  const starts = orders(correlation)
    .filter(({ barred }) => !window.some((unit) => barred.includes(unit.rule)))
    .flatMap(({ rules }) => ends.map((unit) => startOfChain(rules, window, unit)))
    .filter((start) => start !== null);
  if (starts.length === 0) return null;
  const start = Math.max(...starts);
  return window.filter((unit) => unit.at >= start);
}

/** Rules that must follow one another, and rules that must not be in the window. */
interface Order {
  rules: string[];
  barred: string[];
}

/** The orders of which one must be met: of all rules, of as many as a count asks for, or those of an expression. */
function orders({ rules, tests, expression }: Correlation): Order[] {
  const listed = (names: string[]): string[] => rules.filter((rule) => names.includes(rule));
  if (expression)
    return alternatives(expression, true).map(({ rules, barred }) => ({ rules: listed(rules), barred }));
  if (tests.length === 0) return [{ rules, barred: [] }];
  let parts: string[][] = [[]];
  for (const rule of rules) parts = parts.flatMap((part) => [part, [...part, rule]]);
  return parts
    .filter((part) => part.length > 0 && tests.every((test) => passes(test, part.length)))
    .map((part) => ({ rules: part, barred: [] }));
}

/** An expression, or its negation, as alternatives of rules that are there and rules that are not. */
function alternatives(expression: Condition, positive: boolean): Order[] {
  if (expression.kind === 'name') {
    const names = [expression.name];
    return [positive ? { rules: names, barred: [] } : { rules: [], barred: names }];
  }
  if (expression.kind === 'not') return alternatives(expression.of, !positive);
  const parts = expression.of.map((part) => alternatives(part, positive));
  if ((expression.kind === 'or') === positive) return parts.flat();
  return parts.reduce((made, part) =>
    made.flatMap((one) =>
      part.map((other) => ({
        rules: [...one.rules, ...other.rules],
        barred: [...one.barred, ...other.barred],
      })),
    ),
  );
}

function meetsCondition(correlation: Correlation, window: Unit[]): boolean {
  const rules = new Set(window.map((unit) => unit.rule));
  const { expression, type } = correlation;
  if (expression) return holds(expression, (name) => rules.has(name));
  if (type === 'temporal') {
    const tests: Test[] = correlation.tests.length
      ? correlation.tests
      : [{ is: 'gte', than: correlation.rules.length }];
    return tests.every((test) => passes(test, rules.size));
  }
  const measured = measure(correlation, window);
  return measured !== null && correlation.tests.every((test) => passes(test, measured));
}

/**
 * When the shortest chain begins that ends at a unit: one unit of each rule, each later than that before, by time and
 * then by place.
 */
function startOfChain(rules: string[], window: Unit[], end: Unit): number | null {
  if (end.rule !== rules.at(-1)) return null;
  let next = end;
  for (const rule of rules.slice(0, -1).reverse()) {
    const found = window.findLast(
      (unit) => unit.rule === rule && (unit.at < next.at || (unit.at === next.at && unit.place < next.place)),
    );
    if (!found) return null;
    next = found;
  }
  return next.at;
}

function measure(correlation: Correlation, window: Unit[]): number | null {
  const { type, fields, percentile } = correlation;
  if (type === 'event_count') return window.length;
  if (type === 'value_count')
    return new Set(window.map((unit) => JSON.stringify(fields.map((name) => unit.field(name))))).size;
  const numbers = window
    .map((unit) => readNumber(unit.field(fields[0]!) ?? ''))
    .filter((number) => number !== null)
    .toSorted(compareNumbers)
    .map((number) => Number(number.digits) / 10 ** number.scale);
  if (numbers.length === 0) return null;
  const sum = numbers.reduce((a, b) => a + b, 0);
  if (type === 'value_sum') return sum;
  if (type === 'value_avg') return sum / numbers.length;
  if (type !== 'value_percentile') throw new Refused(`there is no correlation type '${type}'`);
  const place = ((numbers.length - 1) * percentile) / 100;
  const below = numbers[Math.floor(place)]!;
  return below + (numbers[Math.ceil(place)]! - below) * (place - Math.floor(place));
}

function passes({ is, than }: Test, value: number): boolean {
  return {
    gt: value > than,
    gte: value >= than,
    lt: value < than,
    lte: value <= than,
    eq: value === than,
    neq: value !== than,
  }[is];
}
