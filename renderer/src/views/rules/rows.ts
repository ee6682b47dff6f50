// The rules as a list to work through: which state each is in, what a filter leaves, in which order; no drawing here.
import type { RuleRow } from '../../../../shared/api.ts';
import { FINDING_LEVELS, type FindingLevel } from '../../../../shared/model.ts';

/** `ran`: it can match in this case; `absent`: its log source is not in the case. */
export type RuleState = 'ran' | 'absent' | 'disabled' | 'refused';
export const STATE_FILTERS = ['all', 'hits', 'ran', 'absent', 'disabled', 'refused'] as const;
export type StateFilter = (typeof STATE_FILTERS)[number];

export interface RuleFilter {
  text: string;
  /** None chosen: all levels. */
  levels: ReadonlySet<FindingLevel>;
  status: string | null;
  system: string | null;
  tag: string | null;
  state: StateFilter;
}
export const NO_FILTER: RuleFilter = {
  text: '',
  levels: new Set(),
  status: null,
  system: null,
  tag: null,
  state: 'all',
};

export const COLUMNS = [
  'level',
  'title',
  'system',
  'type',
  'status',
  'attack',
  'author',
  'findings',
  'events',
  'millis',
  'state',
] as const;
export type Column = (typeof COLUMNS)[number];
export interface RuleSort {
  by: Column;
  down: boolean;
}
/** What one wants to see first when a column is asked for. */
export const startsDown = (column: Column): boolean =>
  column === 'level' || column === 'findings' || column === 'events' || column === 'millis';

/** One rule document: ids may occur twice, as when a shipped rule was copied into the case. */
export const keyOf = (rule: Pick<RuleRow, 'origin' | 'path' | 'line' | 'ruleId'>): string =>
  `${rule.origin} ${rule.path} ${rule.line} ${rule.ruleId}`;

export const stateOf = (rule: RuleRow): RuleState =>
  rule.error !== null ? 'refused' : !rule.enabled ? 'disabled' : rule.applies === false ? 'absent' : 'ran';

export const STATE_WORDS: Record<RuleState, string> = {
  ran: 'in use',
  absent: 'not applying',
  disabled: 'disabled',
  refused: 'refused',
};

/** Why a rule is in its state, in a sentence. */
export function stateSentence(rule: RuleRow): string {
  switch (stateOf(rule)) {
    case 'refused':
      return `Refused: ${rule.error}`;
    case 'disabled':
      return `Disabled: ${rule.disabledWhy ?? 'no reason was given.'}`;
    case 'absent':
      return 'Its log source is not in this case, so it could match nothing.';
    case 'ran':
      return rule.applies === null ? 'It would run.' : 'It runs on this case.';
  }
}

export const systemOf = (rule: RuleRow): string => rule.product ?? 'any';
export const sourceWords = (rule: RuleRow): string =>
  [rule.product, rule.service].filter(Boolean).join(' / ') || 'any';
export const typeWords = (rule: RuleRow): string => rule.type.replaceAll('_', ' ');
export const whoseWords = (rule: RuleRow): string =>
  rule.author ??
  (rule.origin === 'built-in' ? 'Tidemark' : rule.origin === 'case' ? 'this case' : 'no author');

const hay = new WeakMap<RuleRow, string>();
function haystack(rule: RuleRow): string {
  const known = hay.get(rule);
  if (known !== undefined) return known;
  const made = [
    rule.title,
    rule.ruleId,
    rule.product,
    rule.service,
    rule.level,
    rule.status,
    rule.type,
    rule.path,
    rule.author,
    rule.description,
    ...rule.attack,
    ...rule.tags,
  ]
    .join('\n')
    .toLowerCase();
  hay.set(rule, made);
  return made;
}

const inState = (rule: RuleRow, state: StateFilter): boolean =>
  state === 'all' || (state === 'hits' ? rule.findings > 0 : stateOf(rule) === state);

const fits = (rule: RuleRow, filter: RuleFilter, words: string[]): boolean =>
  (filter.levels.size === 0 || filter.levels.has(rule.level)) &&
  (filter.status === null || rule.status === filter.status) &&
  (filter.system === null || systemOf(rule) === filter.system) &&
  (filter.tag === null || hasTag(rule, filter.tag)) &&
  words.every((word) => haystack(rule).includes(word));

/** `attack.t1110` also finds its sub-techniques. */
const hasTag = (rule: RuleRow, tag: string): boolean =>
  rule.tags.some(
    (t) => t.toLowerCase() === tag.toLowerCase() || t.toLowerCase().startsWith(`${tag.toLowerCase()}.`),
  );

/** What the filter leaves, and how many of those it would leave stand in each state. */
export function filtered(
  rules: RuleRow[],
  filter: RuleFilter,
): { shown: RuleRow[]; states: Record<StateFilter, number> } {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = rules.filter((rule) => fits(rule, filter, words));
  const states = { all: fitting.length, hits: 0, ran: 0, absent: 0, disabled: 0, refused: 0 };
  for (const rule of fitting) {
    states[stateOf(rule)]++;
    if (rule.findings > 0) states.hits++;
  }
  return { shown: fitting.filter((rule) => inState(rule, filter.state)), states };
}

export const isNarrow = (filter: RuleFilter): boolean =>
  filter.text.trim() !== '' ||
  filter.levels.size > 0 ||
  filter.status !== null ||
  filter.system !== null ||
  filter.tag !== null ||
  filter.state !== 'all';

const strength = (rule: RuleRow): number => FINDING_LEVELS.indexOf(rule.level);
const STATE_ORDER: RuleState[] = ['refused', 'disabled', 'absent', 'ran'];
const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const COMPARE: Record<Column, (a: RuleRow, b: RuleRow) => number> = {
  level: (a, b) => strength(a) - strength(b),
  title: (a, b) => text(a.title.toLowerCase(), b.title.toLowerCase()),
  system: (a, b) => text(sourceWords(a), sourceWords(b)),
  type: (a, b) => text(a.type, b.type),
  status: (a, b) => text(a.status, b.status),
  attack: (a, b) => text(a.attack[0] ?? '~', b.attack[0] ?? '~'),
  author: (a, b) => text(whoseWords(a).toLowerCase(), whoseWords(b).toLowerCase()),
  findings: (a, b) => a.findings - b.findings,
  events: (a, b) => a.events - b.events,
  millis: (a, b) => (a.millis ?? -1) - (b.millis ?? -1),
  state: (a, b) => STATE_ORDER.indexOf(stateOf(a)) - STATE_ORDER.indexOf(stateOf(b)),
};

/** Ties are broken by level, then title, then place: the order never depends on chance. */
export function sorted(rules: RuleRow[], { by, down }: RuleSort): RuleRow[] {
  const sign = down ? -1 : 1;
  return rules.toSorted(
    (a, b) =>
      sign * COMPARE[by](a, b) ||
      strength(b) - strength(a) ||
      COMPARE.title(a, b) ||
      text(keyOf(a), keyOf(b)),
  );
}

/** The values a column has, most frequent first, with how many rules have each. */
export function valuesOf(rules: RuleRow[], value: (rule: RuleRow) => string | string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const rule of rules) for (const v of [value(rule)].flat()) counts.set(v, (counts.get(v) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1] || text(a[0], b[0]));
}

/** Placeholders for want of which rules are refused, with how many rules each. */
export function askedPlaceholders(rules: RuleRow[]): Map<string, number> {
  const asked = new Map<string, number>();
  for (const { error } of rules) {
    if (error === null) continue;
    const names = new Set([...error.matchAll(/placeholder %([^%\s]+)% has no values/g)].map((m) => m[1]!));
    for (const name of names) asked.set(name, (asked.get(name) ?? 0) + 1);
  }
  return asked;
}
