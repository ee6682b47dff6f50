// Blocks of Markdown. Cells and items that are strings are evidence and get escaped; `Md` is Markdown already.
import { cell, inline } from './escape.ts';

export class Md {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
/** Markdown of our own; escaped pieces only. */
export const md = (text: string): Md => new Md(text);

export type Cell = string | number | Md | null;

const inCell = (value: Cell): string =>
  value === null ? ' ' : value instanceof Md ? value.text : cell(String(value));

export function table(headers: string[], rows: Cell[][]): string {
  if (rows.length === 0) return 'None.\n\n';
  const line = (cells: string[]) => `| ${cells.join(' | ')} |\n`;
  return `${line(headers)}${line(headers.map(() => '---'))}${rows.map((row) => line(row.map(inCell))).join('')}\n`;
}

export const list = (items: (string | Md)[]): string =>
  `${items.map((item) => `- ${item instanceof Md ? item.text : inline(item)}\n`).join('')}\n`;

export const paragraph = (text: string): string => `${inline(text)}\n\n`;
