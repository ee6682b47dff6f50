// The first judge: reads a Sigma rule and decides whether an event matches, by the specification and docs/rules.md alone.
// It shares no code with the engine.
import { parse } from 'yaml';
import { type Condition, holds, readCondition } from './condition.ts';
import { fieldOf, type JudgedEvent, wholeEvent } from './event.ts';
import { ANY } from './pattern.ts';
import { Refused } from './refused.ts';
import { meets, modified, type Placeholders, readValue, type Value } from './value.ts';

/** One line of a selection: `field|modifiers: values`, or keywords. */
interface Item {
  /** Null: keywords, looked for in the whole event. */
  field: string | null;
  values: Value[];
  all: boolean;
  negated: boolean;
}
type Search = { kind: 'item'; item: Item } | { kind: 'all' | 'any'; of: Search[] };

export interface JudgedRule {
  searches: Map<string, Search>;
  conditions: Condition[];
  /** Every modifier that the rule uses. */
  modifiers: Set<string>;
}

type Map_ = Record<string, unknown>;
const isMap = (value: unknown): value is Map_ =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The detection of a rule document. Throws Refused for what the specification does not allow. */
export function readRule(text: string, placeholders: Placeholders = {}): JudgedRule {
  const document: unknown = parse(text, { intAsBigInt: true, uniqueKeys: true });
  if (!isMap(document) || !isMap(document.detection)) throw new Refused('there is no detection');
  return readDetection(document.detection, placeholders);
}

export function readDetection(detection: Map_, placeholders: Placeholders): JudgedRule {
  const rule: JudgedRule = { searches: new Map(), conditions: [], modifiers: new Set() };
  const reader = new Reader(placeholders, rule.modifiers);
  for (const [name, definition] of Object.entries(detection)) {
    if (name === 'timeframe') throw new Refused("'timeframe' is gone; correlations have a timespan");
    if (name !== 'condition') rule.searches.set(name, reader.search(definition));
  }
  const conditions = [detection.condition].flat();
  if (conditions.length === 0) throw new Refused('there is no condition');
  for (const condition of conditions) {
    if (typeof condition !== 'string') throw new Refused('a condition is a text');
    rule.conditions.push(readCondition(condition, [...rule.searches.keys()]));
  }
  return rule;
}

class Reader {
  readonly #placeholders: Placeholders;
  readonly #modifiers: Set<string>;
  constructor(placeholders: Placeholders, modifiers: Set<string>) {
    this.#placeholders = placeholders;
    this.#modifiers = modifiers;
  }

  search(definition: unknown): Search {
    if (isMap(definition)) {
      const of = Object.entries(definition).map(([key, value]): Search => {
        return { kind: 'item', item: this.item(key, value) };
      });
      if (of.length === 0) throw new Refused('a selection is empty');
      return { kind: 'all', of };
    }
    if (!Array.isArray(definition)) return { kind: 'item', item: this.item('', definition) };
    if (definition.length === 0) throw new Refused('a selection is empty');
    if (!definition.some((part) => typeof part === 'object' && part !== null))
      return { kind: 'item', item: this.item('', definition) };
    return { kind: 'any', of: definition.map((part) => this.search(part)) };
  }

  item(key: string, value: unknown): Item {
    const [name = '', ...modifiers] = key.split('|');
    const field = name === '' ? null : name;
    // An empty list is null, as in pySigma; what the specification calls wrong but is clear is no reason to refuse.
    const raw = Array.isArray(value) && value.length > 0 ? value : [value].flat().length ? [value] : [null];
    if (field === null && (raw.includes(null) || raw.includes(''))) throw new Refused('a keyword is empty');
    let values = raw.map(readValue);
    let all = false;
    let negated = false;
    // Placeholders stand for values, so they go before what is done to values.
    const inOrder = modifiers.toSorted((a, b) => Number(b === 'expand') - Number(a === 'expand'));
    for (const [i, modifier] of inOrder.entries()) {
      this.#modifiers.add(modifier);
      if (modifier === 'all') all = true;
      else if (modifier === 'neq') negated = true;
      else {
        const first = inOrder.slice(0, i).every((m) => ['all', 'neq', 'expand'].includes(m));
        values = values.flatMap((v) => modified(v, modifier, first, this.#placeholders));
      }
    }
    if (values.some((v) => v.kind === 'bytes')) throw new Refused('wide and utf16 go before base64');
    if (field === null && values.some((v) => v.kind === 'exists' || v.kind === 'field'))
      throw new Refused('keywords have no field');
    return { field, values, all, negated };
  }
}

export function decide(rule: JudgedRule, event: JudgedEvent): boolean {
  const searched = (search: Search): boolean => {
    if (search.kind === 'item') return itemHolds(search.item, event);
    return search.kind === 'all' ? search.of.every(searched) : search.of.some(searched);
  };
  return rule.conditions.some((condition) => holds(condition, (name) => searched(rule.searches.get(name)!)));
}

/** Two-valued: a test on a missing field is false, and true when the line is negated. */
function itemHolds(item: Item, event: JudgedEvent): boolean {
  const test = (value: Value): boolean => valueHolds(item.field, value, event);
  const held = item.all ? item.values.every(test) : item.values.some(test);
  return held !== item.negated;
}

function valueHolds(field: string | null, value: Value, event: JudgedEvent): boolean {
  const other = (name: string): string[] => fieldOf(event, name).texts;
  if (field === null) return wholeEvent(event).some((text) => meets(keyword(value), text, other));
  const found = fieldOf(event, field);
  if (value.kind === 'exists') return found.exists === value.wanted;
  if (value.kind === 'null') return found.isNull;
  return found.texts.some((text) => meets(value, text, other));
}

/** Keywords are looked for anywhere in a text. */
function keyword(value: Value): Value {
  if (value.kind === 'text') return { ...value, pattern: [ANY, ...value.pattern, ANY] };
  if (value.kind === 'number' || value.kind === 'boolean') {
    const raw = value.kind === 'number' ? value.raw : String(value.value);
    return { kind: 'text', raw, pattern: [ANY, ...raw, ANY], cased: false };
  }
  if (value.kind === 'forms') return { kind: 'forms', forms: value.forms.map(keyword) };
  return value;
}
