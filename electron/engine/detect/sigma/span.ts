// Time spans as rules write them.

const UNIT_US: Record<string, number> = { s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6 };
/** Units that pySigma adds to those of the specification: a week, a mean month and a mean year. */
const MORE_UNITS_US: Record<string, number> = { w: 604_800e6, M: 2_629_746e6, y: 31_556_952e6 };
const LONGEST_SPAN = 10_000 * 86_400e6;

/** `5m` in microseconds, or null. */
export function readSpan(value: unknown): number | null {
  return span(value, UNIT_US);
}

/** As `readSpan`, with weeks, months and years, which are `beyond` the specification. */
export function readLongSpan(value: unknown): { span: number | null; beyond: boolean } {
  const standard = span(value, UNIT_US);
  return standard === null
    ? { span: span(value, MORE_UNITS_US), beyond: true }
    : { span: standard, beyond: false };
}

function span(value: unknown, units: Record<string, number>): number | null {
  const match = typeof value === 'string' ? /^([1-9]\d{0,8})([a-zA-Z])$/.exec(value) : null;
  const unit = match && Object.hasOwn(units, match[2]!) ? units[match[2]!]! : null;
  const length = unit === null ? null : Number(match![1]) * unit;
  return length !== null && length <= LONGEST_SPAN ? length : null;
}
