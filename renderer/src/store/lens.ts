// The one shared selection of all views, with its history.
import { create } from 'zustand';
import type { Lens } from '../../../shared/api.ts';
import type { LensField } from '../../../shared/model.ts';
import { back, forward, type History, START, visit } from '../lens/history.ts';
import * as op from '../lens/operations.ts';

interface LensState {
  history: History;
  lens: Lens;
  set(lens: Lens): void;
  include(field: LensField, value: op.Value): void;
  exclude(field: LensField, value: op.Value): void;
  toggle(field: LensField, value: op.Value, not?: boolean): void;
  only(field: LensField, values: op.Value[]): void;
  removeTerm(index: number): void;
  negateTerm(index: number): void;
  range(from: number, to: number): void;
  clearRange(): void;
  text(text: string): void;
  clear(): void;
  back(): void;
  forward(): void;
  /** A new case: no selection and no memory of one. */
  forget(): void;
}

export const useLens = create<LensState>((set, get) => {
  const take = (history: History) => {
    if (history !== get().history) set({ history, lens: history.present });
  };
  const to = (lens: Lens) => take(visit(get().history, lens));
  return {
    history: START,
    lens: START.present,
    set: to,
    include: (field, value) => to(op.withValue(get().lens, field, value)),
    exclude: (field, value) => to(op.withValue(get().lens, field, value, true)),
    toggle: (field, value, not = false) => to(op.toggled(get().lens, field, value, not)),
    only: (field, values) => to(op.withOnly(get().lens, field, values)),
    removeTerm: (index) => to(op.withoutTerm(get().lens, index)),
    negateTerm: (index) => to(op.negated(get().lens, index)),
    range: (from, until) => to(op.withRange(get().lens, from, until)),
    clearRange: () => to(op.withoutRange(get().lens)),
    text: (text) => to(op.withText(get().lens, text)),
    clear: () => to(op.EMPTY),
    back: () => take(back(get().history)),
    forward: () => take(forward(get().history)),
    forget: () => take(START),
  };
});
