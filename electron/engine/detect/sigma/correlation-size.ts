// How much a correlation rests on: rules of rules of rules are written out in full in its SQL, so that has a limit.
import type { Base } from './correlation-query.ts';

/** Rules that one correlation may rest on, counted as often as they are named, at all depths. */
const MOST_RULES = 500;
/** Correlations of correlations. */
const DEEPEST = 8;

/** Why these can't be the rules of a correlation; null: they can. */
export function tooMuch(bases: readonly Base[]): string | null {
  const depth = 1 + Math.max(0, ...bases.map(depthOf));
  if (depth > DEEPEST) return `correlations of correlations are nested more than ${DEEPEST} deep`;
  const rules = bases.reduce((sum, base) => sum + sizeOf(base), 0);
  return rules > MOST_RULES
    ? `the correlation rests on ${rules} rules, those of its rules among them; at most ${MOST_RULES} are supported`
    : null;
}

const depthOf = ({ body }: Base): number =>
  'kind' in body ? 0 : 1 + Math.max(0, ...body.bases.map(depthOf));

const sizeOf = ({ body }: Base): number =>
  'kind' in body ? 1 : 1 + body.bases.reduce((sum, base) => sum + sizeOf(base), 0);
