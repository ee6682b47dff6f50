// Time spans as rules write them.

const UNIT_US: Record<string, number> = { s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 };
const LONGEST_SPAN = 10_000 * 86_400e6;

/** `5m` in microseconds, or null. */
export function readSpan(value: unknown): number | null {
  const match = typeof value === 'string' ? /^([1-9]\d{0,8})([smhd])$/.exec(value) : null;
  const span = match ? Number(match[1]) * UNIT_US[match[2]!]! : null;
  return span !== null && span <= LONGEST_SPAN ? span : null;
}
