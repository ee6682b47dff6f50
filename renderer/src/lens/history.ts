// The lens and where it has been: Back and Forward over the selections of this session.
import type { Lens } from '../../../shared/api.ts';
import { EMPTY, lensKey } from './operations.ts';

export interface History {
  readonly past: readonly Lens[];
  readonly present: Lens;
  readonly future: readonly Lens[];
}

const KEPT = 200;
export const START: History = { past: [], present: EMPTY, future: [] };

/** Goes on to a lens; the same selection again is no step. */
export const visit = (history: History, lens: Lens): History =>
  lensKey(lens) === lensKey(history.present)
    ? history
    : { past: [...history.past, history.present].slice(-KEPT), present: lens, future: [] };

export function back(history: History): History {
  const present = history.past.at(-1);
  if (!present) return history;
  return { past: history.past.slice(0, -1), present, future: [history.present, ...history.future] };
}

export function forward(history: History): History {
  const [present, ...future] = history.future;
  if (!present) return history;
  return { past: [...history.past, history.present], present, future };
}
