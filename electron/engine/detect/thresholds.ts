// Thresholds of rules: numbers a rule states and a responder may change for a case, each with its bounds.
export interface Threshold {
  /** Unique within the rule; the key under which a case keeps another value. */
  name: string;
  /** The value the rule states. */
  value: number;
  unit: 'events' | 'values' | 'rules' | 'seconds' | 'percent' | 'times' | '';
  least: number;
  most: number;
  /** What it bounds, as a noun phrase. */
  about: string;
}

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
    if (!threshold) refused.push(`the rule has no threshold '${name}'`);
    else if (!Number.isFinite(value) || value < threshold.least || value > threshold.most) {
      refused.push(
        `the threshold '${name}' must be a number from ${threshold.least} to ${threshold.most}, not ${value}`,
      );
    } else values[name] = value;
  }
  return { values, refused };
}
