// Thresholds of rules: numbers a rule states and a responder may change for a case, each with its bounds.
import type { Threshold } from '../../../shared/model.ts';

export type { Threshold } from '../../../shared/model.ts';

/** Other values by rule id and name; what is not named keeps the stated value. */
export type ThresholdChanges = ReadonlyMap<string, Record<string, number>>;

/** Values in force. `refused` names what is no threshold of the rule, or out of its bounds. */
export function inForce(
  stated: Threshold[],
  changed: Record<string, number> = {},
): { values: Record<string, number>; refused: string[] } {
  const values = Object.fromEntries(stated.map((t) => [t.name, t.value]));
  const refused: string[] = [];
  for (const [name, value] of Object.entries(changed)) {
    const threshold = stated.find((t) => t.name === name);
    const wrong = threshold ? thresholdProblem(threshold, value) : `the rule has no threshold '${name}'`;
    if (wrong) refused.push(wrong);
    else values[name] = value;
  }
  return { values, refused };
}

/** Why a threshold can't have this value; null: it can. */
export function thresholdProblem({ name, unit, least, most }: Threshold, value: number): string | null {
  if (!Number.isFinite(value) || value < least || value > most)
    return `the threshold '${name}' must be a number from ${least} to ${most}, not ${value}`;
  const whole = unit === 'events' || unit === 'values' || unit === 'rules' || unit === 'seconds';
  return whole && !Number.isInteger(value)
    ? `the threshold '${name}' must be a whole number, not ${value}`
    : null;
}
