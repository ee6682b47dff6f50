// What must stand in an event for a detection to match it, as texts that are quick to look for. It may say less than the
// detection asks, never more: a row in which none of them stands can't match.
import type { Condition } from './condition.ts';
import type { EventRule } from './document.ts';
import { standsIn } from './fields.ts';
import type { Item } from './item.ts';
import { regexNeedles } from './regex-needles.ts';
import type { Selection } from './selection.ts';
import type { Leaf } from './values.ts';

/** Columns of `events` that are looked through. */
export const SIEVED = ['message', 'fields', 'http_path'] as const;
export type Sieved = (typeof SIEVED)[number];

/** One of the texts stands in its column, both lower-cased. */
export type Sieve = { column: Sieved; text: string }[];

/** How often some of the texts stand in events, 0 to 1: of two sieves the rarer one is kept. */
export type Rarity = (sieve: Sieve) => number;

/** The sieve of a detection; null when it may match an event without any text that is known. */
export function sieveOf(rule: EventRule, rarity: Rarity): Sieve | null {
  const choose = chooser(rarity);
  return choose(
    [rule, ...rule.filters].map(({ conditions, selections }) =>
      anyOf(conditions.map((condition) => ofCondition(condition, selections, choose))),
    ),
  );
}

const MOST_TEXTS = 100;
type Chooser = (sieves: (Sieve | null)[]) => Sieve | null;

/** Of sieves that must all let a row through, the rarest. */
const chooser =
  (rarity: Rarity): Chooser =>
  (sieves) => {
    let best: Sieve | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const sieve of sieves) {
      if (sieve === null || sieve.length === 0 || sieve.length > MOST_TEXTS) continue;
      const cost = rarity(sieve) + sieve.length / 1e6;
      if (cost < least) {
        best = sieve;
        least = cost;
      }
    }
    return best;
  };

/** Of sieves one of which must let a row through, all. */
const anyOf = (sieves: (Sieve | null)[]): Sieve | null =>
  sieves.length > 0 && sieves.every((sieve) => sieve !== null) ? sieves.flat() : null;

function ofCondition(
  condition: Condition,
  selections: Map<string, Selection>,
  choose: Chooser,
): Sieve | null {
  if (condition.is === 'selection') return ofSelection(selections.get(condition.name)!, choose);
  if (condition.is === 'not') return null;
  const parts = condition.of.map((part) => ofCondition(part, selections, choose));
  return condition.is === 'and' ? choose(parts) : anyOf(parts);
}

function ofSelection(selection: Selection, choose: Chooser): Sieve | null {
  if ('any' in selection) return anyOf(selection.any.map((part) => ofSelection(part, choose)));
  return choose(selection.all.map((item) => ofItem(item, choose)));
}

function ofItem(item: Item, choose: Chooser): Sieve | null {
  if (item.field === null || item.negated || item.exists !== null) return null;
  const columns = standsIn(item.field);
  if (columns === null) return null;
  const whole = item.field === 'fields'; // the JSON text itself, not a value in it
  // each text is looked for in every column where the value may stand
  const sieve = (texts: string[]): Sieve | null =>
    anyOf(
      columns.map((column) =>
        column === 'fields' && !whole ? inJson(texts) : texts.map((text) => ({ column, text })),
      ),
    );
  const parts = item.values.map((leaves) => anyOf(leaves.map((leaf) => ofLeaf(leaf, sieve, choose))));
  return item.all ? choose(parts) : anyOf(parts);
}

function ofLeaf(leaf: Leaf, sieve: (texts: string[]) => Sieve | null, choose: Chooser): Sieve | null {
  if (leaf.is === 'text') {
    const runs = leaf.parts.flatMap((part) =>
      typeof part === 'object' && 'text' in part ? plainRuns(part.text) : [],
    );
    return choose(runs.map((run) => sieve([run])));
  }
  if (leaf.is !== 'regex') return null;
  const texts = regexNeedles(leaf.pattern, (sets) => {
    const by = new Map(sets.map((set) => [sieve(set), set]));
    return by.get(choose([...by.keys()])) ?? null;
  });
  return texts === null ? null : sieve(texts);
}

const SHORTEST = 2;
const plainRuns = (text: string): string[] =>
  (text.match(/[ -~]+/g) ?? []).filter((run) => run.length >= SHORTEST).map((run) => run.toLowerCase());

/** In JSON text, values stand as they are but for quotes, backslashes, what is written around them, and numbers. */
function inJson(texts: string[]): Sieve | null {
  const sieve: Sieve = [];
  for (const text of texts) {
    const runs = text.split(/["\\{}[\],]/).filter((run) => run.length >= SHORTEST && !NUMBER.test(run));
    if (runs.length === 0) return null;
    sieve.push({ column: 'fields', text: runs.reduce((a, b) => (b.length > a.length ? b : a)) });
  }
  return sieve;
}

const NUMBER = /^:?[\d+-]*\.?\d*(?:e[+-]?\d*)?$/;
