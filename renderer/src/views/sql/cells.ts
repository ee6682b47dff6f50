// Values of a result as text, and how wide their columns are.

interface Column {
  name: string;
  type: string;
}

export const isNumber = (type: string): boolean =>
  /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL|DOUBLE|FLOAT|REAL)(\(|$)/i.test(type);

export const cellText = (value: unknown): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);

const CHARACTER = 7.3;
const LEAST = 56;
const MOST = 640;

/** Pixels per column, by its heading and what it shows in the first rows. */
export const columnWidths = (columns: readonly Column[], rows: readonly unknown[][]): number[] =>
  columns.map((c, i) => {
    const heading = c.name.length + c.type.length * 0.8 + 2;
    const longest = Math.max(heading, ...rows.map((r) => cellText(r[i]).length));
    return Math.round(Math.max(LEAST, Math.min(MOST, longest * CHARACTER + 20)));
  });
