// Going from a thing to its events: the lens becomes that thing, the events view shows it.
import type { LensTerm } from '../../../shared/api.ts';
import type { EntityKind, LensField } from '../../../shared/model.ts';
import { EMPTY, withRange, withValue } from '../lens/operations.ts';
import { useLens } from './lens.ts';
import { useRoute, type View } from './route.ts';

/** All events of an entity in the whole case. */
export function pivot(kind: EntityKind, value: string, view: View = 'events'): void {
  useLens.getState().set(withValue(EMPTY, 'entity', `${kind}:${value}`));
  useRoute.getState().go(view);
}

/** All events of the case with these values. */
export function showOnly(terms: [LensField, string | null][], view: View = 'events'): void {
  useLens.getState().set(terms.reduce((lens, [field, value]) => withValue(lens, field, value), EMPTY));
  useRoute.getState().go(view);
}

/** All events of the case that a stored lens selects. */
export function showTerms(terms: LensTerm[], view: View = 'events'): void {
  useLens.getState().set({ terms });
  useRoute.getState().go(view);
}

/** A span of time, the other conditions of the lens kept. */
export function showSpan(from: number, to: number, view: View = 'events'): void {
  useLens.getState().set(withRange(useLens.getState().lens, from, to));
  useRoute.getState().go(view);
}
