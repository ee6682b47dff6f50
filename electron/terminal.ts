// What the command line shows: harmless text from evidence, tables, progress. No engine here.
import type { JobInfo, SqlPage } from '../shared/api.ts';

/**
 * Shows control characters instead of letting a terminal obey them: C0, DEL, C1, and the characters that reorder or
 * hide text. `keep` names the ones that stay, e.g. '\n'.
 */
export function harmless(text: string, keep = ''): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (c) => (keep.includes(c) ? c : escapeOf(c)),
  );
}

function escapeOf(c: string): string {
  const short: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  const code = c.charCodeAt(0);
  return (
    short[c] ??
    (code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`)
  );
}

/** JSON text with every character that a terminal could obey escaped; the same document. */
export function harmlessJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const MAX_CELL = 120;
const isNumeric = (type: string) => /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL)/.test(type);

/** Columns aligned, numbers to the right, long cells cut with `…`. Returns lines. */
export function table(columns: SqlPage['columns'], rows: readonly (readonly unknown[])[]): string[] {
  const cell = (value: unknown): string => {
    if (value === null || value === undefined) return 'NULL';
    const text = harmless(typeof value === 'object' ? JSON.stringify(value) : String(value));
    return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text;
  };
  const body = rows.map((row) => columns.map((_, i) => cell(row[i])));
  const heads = columns.map((column) => cell(column.name));
  const widths = heads.map((head, i) =>
    body.reduce((most, row) => Math.max(most, width(row[i]!)), width(head)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((text, i) => {
        const space = ' '.repeat(widths[i]! - width(text));
        return isNumeric(columns[i]!.type) ? space + text : text + space;
      })
      .join('  ')
      .trimEnd();
  return [line(heads), widths.map((n) => '-'.repeat(n)).join('  '), ...body.map(line)];
}

/** Columns a text takes on a terminal: wide East Asian characters and emoji take two, marks none. */
function width(text: string): number {
  let columns = 0;
  for (const c of text) {
    if (/\p{Mark}/u.test(c)) continue;
    columns +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        c,
      )
        ? 2
        : 1;
  }
  return columns;
}

/** The part of a stream that progress needs; `isTTY` decides between one moving line and plain lines. */
export interface Screen {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const MOVING_EVERY = 100; // ms
const PLAIN_EVERY = 2000; // ms

/** Shows one job after another on `screen`. `done` clears the moving line. */
export function progress(screen: Screen, now: () => number = Date.now) {
  let last = Number.NEGATIVE_INFINITY;
  let lastText = '';
  return {
    show(job: JobInfo): void {
      const text = progressText(job);
      const elapsed = now() - last;
      if (text === lastText || elapsed < (screen.isTTY ? MOVING_EVERY : PLAIN_EVERY)) return;
      last = now();
      lastText = text;
      if (screen.isTTY) screen.write(`\r\x1b[K${text.slice(0, (screen.columns ?? 80) - 1)}`);
      else screen.write(`${text}\n`);
    },
    done(): void {
      if (screen.isTTY && lastText !== '') screen.write('\r\x1b[K');
      last = Number.NEGATIVE_INFINITY;
      lastText = '';
    },
  };
}

export function progressText(job: JobInfo): string {
  const share = job.total
    ? `${Math.min(100, Math.floor((100 * job.done) / job.total))} %`
    : amount(job.done, job.unit);
  const speed = job.perSecond ? `, ${amount(job.perSecond, job.unit)}/s` : '';
  return harmless(`${job.title}: ${share}${speed}${job.phase ? `, ${job.phase}` : ''}`);
}

function amount(n: number, unit: JobInfo['unit']): string {
  if (unit !== 'bytes') return `${Math.round(n).toLocaleString('en')} ${unit}`;
  if (n < 1e6) return `${(n / 1e3).toFixed(0)} kB`;
  return n < 1e9 ? `${(n / 1e6).toFixed(1)} MB` : `${(n / 1e9).toFixed(2)} GB`;
}
