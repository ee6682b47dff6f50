// Long lists of plain values are taken out of a text before the YAML reader sees it, which needs a second for 100,000 of
// them. Places stay those of the text. What is not plainly a list of plain values stays in the text.
import { randomUUID } from 'node:crypto';
import type { ScalarTree, Value } from './tree.ts';

export interface Folded {
  /** The text with one value in place of each long run of them. */
  text: string;
  /** Lines that are left out, by the line behind which they stood (from 1, in the new text), in order. */
  skipped: { behind: number; lines: number }[];
  /** The values that were taken out, by the value that stands for them. */
  runs: Map<string, ScalarTree[]>;
}

/** Shorter runs stay. */
const LONG = 200;

const NULL = /^(?:null|Null|NULL)?$/;
const TRUE = /^(?:true|True|TRUE)$/;
const FALSE = /^(?:false|False|FALSE)$/;
const WHOLE = /^(?:0|[1-9]\d{0,14})$/;
/** What the core schema of YAML 1.2 reads as a number in another way than `WHOLE`. */
const OTHER_NUMBER =
  /^(?:0o[0-7]+|0x[0-9a-fA-F]+|[-+]?[0-9]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/** A value without quotes; undefined when it is left to the YAML reader. */
function plainValue(text: string): Value | undefined {
  const first = text.charCodeAt(0);
  if (first < 58) return WHOLE.test(text) ? Number(text) : OTHER_NUMBER.test(text) ? undefined : text;
  if (text.length > 5) return text;
  if (NULL.test(text)) return null;
  return TRUE.test(text) ? true : FALSE.test(text) ? false : text;
}

/** The line of the text as it was before runs were taken out. */
export function lineBefore(line: number, skipped: Folded['skipped']): number {
  let before = line;
  for (const { behind, lines } of skipped) if (line > behind) before += lines;
  return before;
}

export function foldLists(text: string): Folded {
  const runs = new Map<string, ScalarTree[]>();
  const skipped: Folded['skipped'] = [];
  if (text.length < LONG * 4) return { text, skipped, runs };
  const mark = `run-${randomUUID()}`;
  const stands = (run: ScalarTree[]): string => {
    const name = `${mark}-${runs.size}`;
    runs.set(name, run);
    return `"${name}"`;
  };
  const block = foldBlock(text, stands, skipped);
  const original = (line: number) => lineBefore(line, skipped);
  return { text: foldFlow(block, stands, original), skipped, runs };
}

const PLAIN_START = /^[A-Za-z0-9_./\\]/;
/** A colon or a number sign that ends a plain value, or a tab. */
const PLAIN_END = /:(?:\s|$)|\s#|\t/;

/** The value of a line behind its dash; undefined when it is left to the YAML reader. */
function blockValue(text: string): Value | undefined {
  const first = text.charCodeAt(0);
  if (first === 39 || first === 34) {
    if (text.length < 2 || text.charCodeAt(text.length - 1) !== first) return undefined;
    const inner = text.slice(1, -1);
    if (first === 34) return /["\\]/.test(inner) ? undefined : inner;
    if (!inner.includes("'")) return inner;
    return /^(?:[^']|'')*$/.test(inner) ? inner.replaceAll("''", "'") : undefined;
  }
  return PLAIN_START.test(text) && !PLAIN_END.test(text) ? plainValue(text) : undefined;
}

/** Runs of lines `- value` of one depth; their first and last line stay, so that nothing beside them changes. */
function foldBlock(text: string, stands: (run: ScalarTree[]) => string, skipped: Folded['skipped']): string {
  const lines = text.split('\n');
  const kept: string[] = [];
  let copied = 0;
  let run: ScalarTree[] = [];
  let depth = -1;
  const close = (end: number) => {
    if (run.length >= LONG) {
      const from = end - run.length;
      for (; copied <= from; copied++) kept.push(lines[copied]!);
      kept.push(`${' '.repeat(depth)}- ${stands(run.slice(1, -1))}`);
      skipped.push({ behind: kept.length, lines: run.length - 3 });
      copied = end - 1;
    }
    run = [];
  };
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    let dash = 0;
    while (line.charCodeAt(dash) === 32) dash++;
    let start = dash + 1;
    while (line.charCodeAt(start) === 32) start++;
    const item = line.charCodeAt(dash) === 45 && start > dash + 1;
    const value = item ? blockValue(line.slice(start).trimEnd()) : undefined;
    if (value === undefined || dash !== depth) close(i);
    if (value === undefined) continue;
    depth = dash;
    const at = { line: i + 1, column: start + 1 };
    run.push({ kind: 'scalar', at, textAt: at, value });
  }
  close(lines.length);
  if (copied === 0) return text;
  for (; copied < lines.length; copied++) kept.push(lines[copied]!);
  return kept.join('\n');
}

/** Lists `[a, b, ...]` of plain values; the first and the last value stay. */
function foldFlow(
  text: string,
  stands: (run: ScalarTree[]) => string,
  original: (line: number) => number,
): string {
  let made = '';
  let done = 0;
  let line = 1;
  let lineStart = 0;
  let lineEnd = text.indexOf('\n');
  const place = (offset: number) => {
    while (lineEnd !== -1 && lineEnd < offset) {
      line++;
      lineStart = lineEnd + 1;
      lineEnd = text.indexOf('\n', lineStart);
    }
    return { line: original(line), column: offset - lineStart + 1 };
  };
  for (let open = text.indexOf('['); open !== -1; open = text.indexOf('[', open + 1)) {
    const list = flowList(text, open);
    if (!list || list.length < LONG) continue;
    const items = list.slice(1, -1).map(({ start, value }): ScalarTree => {
      const at = place(start);
      return { kind: 'scalar', at, textAt: at, value };
    });
    const from = list[1]!.start;
    const to = list.at(-1)!.start;
    const name = `${stands(items)},`;
    // padding keeps the lines, and the columns of what follows on the same line
    const left = text.slice(from, to);
    const newLine = left.lastIndexOf('\n');
    const rest =
      newLine === -1
        ? ' '.repeat(left.length - name.length)
        : '\n'.repeat(left.split('\n').length - 1) + ' '.repeat(left.length - newLine - 1);
    made += `${text.slice(done, from)}${name}${rest}`;
    done = to;
    open = to;
  }
  return made + text.slice(done);
}

interface FlowItem {
  start: number;
  value: Value;
  /** Behind the comma or bracket that ends it. */
  next: number;
  last: boolean;
}

/** The values of a list that begins at `open`; null when it holds anything else. */
function flowList(text: string, open: number): FlowItem[] | null {
  const found: FlowItem[] = [];
  for (let at = open + 1; ; ) {
    const item = flowItem(text, at);
    if (item === null) return null;
    found.push(item);
    if (item.last) return found;
    at = item.next;
  }
}

const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

function flowItem(text: string, from: number): FlowItem | null {
  let start = from;
  while (isBlank(text.charCodeAt(start))) start++;
  const quote = text.charCodeAt(start);
  let end = quote === 39 || quote === 34 ? quotedEnd(text, start, quote) : plainEnd(text, start);
  if (end === -1) return null;
  const written = text.slice(start, end);
  while (isBlank(text.charCodeAt(end))) end++;
  const stop = text.charCodeAt(end);
  if (stop !== 44 && stop !== 93) return null;
  const value = quote === 39 || quote === 34 || PLAIN_START.test(written) ? blockValue(written) : undefined;
  return value === undefined ? null : { start, value, next: end + 1, last: stop === 93 };
}

/** Behind the closing quote; -1 when the text goes over the line. */
function quotedEnd(text: string, start: number, quote: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10) return -1;
    if (code !== quote) continue;
    if (quote === 39 && text.charCodeAt(i + 1) === 39) i++;
    else return i + 1;
  }
  return -1;
}

/** Behind the last character of a plain value; -1 when something stands in it that is not plain. */
function plainEnd(text: string, start: number): number {
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 44 || code === 93) {
      let end = i;
      while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
      return end > start ? end : -1;
    }
    // : # [ { } and line ends
    if (code === 58 || code === 35 || code === 91 || code === 123 || code === 125 || code === 10) return -1;
  }
  return -1;
}
