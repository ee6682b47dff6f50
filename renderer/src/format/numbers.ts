// Counts, sizes and shares in words a tired reader takes in at a glance.
const whole = new Intl.NumberFormat('en-US');

/** `1,204,331` */
export const count = (n: number): string => whole.format(n);

/** `1.2 M`; for places where only the size matters. */
export function short(n: number): string {
  if (n < 10_000) return whole.format(n);
  if (n < 999_500) return `${trim(n / 1e3)} k`;
  if (n < 999_500_000) return `${trim(n / 1e6)} M`;
  return `${trim(n / 1e9)} G`;
}

/** `12.5 MB`, decimal units as file managers show them. */
export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let v = n;
  let unit = 'B';
  for (const u of units) {
    if (v < 999.5) break;
    v /= 1000;
    unit = u;
  }
  return `${trim(v)} ${unit}`;
}

/** `12.5 %`; never 0 % or 100 % for what is not quite that. */
export function percent(part: number, total: number): string {
  if (total === 0) return '–';
  const p = (100 * part) / total;
  if (p > 0 && p < 0.1) return '< 0.1 %';
  if (p < 100 && p > 99.9) return '> 99.9 %';
  return `${trim(p)} %`;
}

/** `1 event`, `2 events` */
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

const trim = (n: number) => (n < 100 ? n.toFixed(1).replace(/\.0$/, '') : String(Math.round(n)));
