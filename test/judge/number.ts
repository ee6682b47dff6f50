// Numbers as exact decimals, so that long ones are compared digit by digit.
export interface Decimal {
  /** The value is digits / 10^scale. */
  digits: bigint;
  scale: number;
}

/** A finite decimal number as text, or null. */
export function readNumber(text: string): Decimal | null {
  const match = /^\s*([+-]?)(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+))?\s*$/.exec(text);
  if (!match) return null;
  const [whole = '', fraction = ''] = match[2]!.split('.');
  const exponent = Number(match[3] ?? 0);
  if (Math.abs(exponent) > 308) return null;
  let digits = BigInt(`${whole}${fraction}` || '0');
  if (match[1] === '-') digits = -digits;
  const scale = fraction.length - exponent;
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

/** Negative, zero or positive. */
export function compareNumbers(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const left = a.digits * 10n ** BigInt(scale - a.scale);
  const right = b.digits * 10n ** BigInt(scale - b.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}
