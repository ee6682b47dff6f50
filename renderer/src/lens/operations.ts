// What can be done to the lens: pure functions from one lens to the next.
import type { Lens, LensTerm } from '../../../shared/api.ts';
import type { LensField } from '../../../shared/model.ts';

export type Value = string | null;
export const EMPTY: Lens = { terms: [] };

/** Fields of which an event may have many: two values mean two terms (and), not one term (or). */
const MANY: readonly LensField[] = ['entity', 'finding'];

const withTerms = (lens: Lens, terms: LensTerm[]): Lens => ({
  ...lens,
  terms: terms.filter((t) => t.values.length > 0),
});

export const hasValue = (lens: Lens, field: LensField, value: Value, not = false): boolean =>
  lens.terms.some((t) => t.field === field && t.not === not && t.values.includes(value));

/** Takes a value out of every term of the field. */
export const withoutValue = (lens: Lens, field: LensField, value: Value): Lens =>
  withTerms(
    lens,
    lens.terms.map((t) => (t.field === field ? { ...t, values: t.values.filter((v) => v !== value) } : t)),
  );

/** Narrows to (or with `not` excludes) a value; a second value of the same field is ORed. */
export function withValue(lens: Lens, field: LensField, value: Value, not = false): Lens {
  if (hasValue(lens, field, value, not)) return lens;
  const rest = withoutValue(lens, field, value);
  const at = MANY.includes(field) ? -1 : rest.terms.findIndex((t) => t.field === field && t.not === not);
  if (at < 0) return withTerms(rest, [...rest.terms, { field, values: [value], not }]);
  return withTerms(
    rest,
    rest.terms.map((t, i) => (i === at ? { ...t, values: [...t.values, value] } : t)),
  );
}

/** A click on a facet value: in, and out again. */
export const toggled = (lens: Lens, field: LensField, value: Value, not = false): Lens =>
  hasValue(lens, field, value, not) ? withoutValue(lens, field, value) : withValue(lens, field, value, not);

/** Sets a field to exactly these values. */
export const withOnly = (lens: Lens, field: LensField, values: Value[]): Lens =>
  withTerms(lens, [...lens.terms.filter((t) => t.field !== field), { field, values, not: false }]);

export const withoutTerm = (lens: Lens, index: number): Lens =>
  withTerms(
    lens,
    lens.terms.filter((_, i) => i !== index),
  );

export const negated = (lens: Lens, index: number): Lens =>
  withTerms(
    lens,
    lens.terms.map((t, i) => (i === index ? { ...t, not: !t.not } : t)),
  );

/** Time range, `from` inclusive, `to` exclusive; swapped bounds are put in order, an empty one is made 1 µs long. */
export function withRange(lens: Lens, from: number, to: number): Lens {
  const a = Math.round(Math.min(from, to));
  const b = Math.round(Math.max(from, to));
  return { ...lens, from: a, to: b > a ? b : a + 1 };
}

export function withoutRange(lens: Lens): Lens {
  const { from: _from, to: _to, ...rest } = lens;
  return rest;
}

export function withText(lens: Lens, text: string): Lens {
  const { text: _old, ...rest } = lens;
  return text === '' ? rest : { ...rest, text };
}

export const isEmpty = (lens: Lens): boolean =>
  lens.from === undefined && lens.to === undefined && !lens.text && lens.terms.length === 0;

/** A name for what the lens selects: equal lenses have equal keys. */
export const lensKey = (lens: Lens): string =>
  JSON.stringify([
    lens.from ?? null,
    lens.to ?? null,
    lens.text ?? '',
    lens.terms.map((t) => [t.field, t.not, t.values]),
  ]);
