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

const FLOW_ITEM =
  /\s*(?:'((?:[^'\n]|'')*)'|"([^"\\\n]*)"|([A-Za-z0-9_./\\](?:[^,[\]{}\n#:]*[^,[\]{}\n#:\s])?))\s*([,\]])/y;

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
    const blank = text.slice(from, to).replace(/[^\n]/g, ' ');
    const name = `${stands(items)},`;
    // padding keeps the columns of what follows on the same line
    const rest = blank.includes('\n') ? blank.slice(blank.indexOf('\n')) : blank.slice(name.length);
    made += `${text.slice(done, from)}${name}${rest}`;
    done = to;
    open = to;
  }
  return made + text.slice(done);
}

/** The values of a list that begins at `open`; null when it holds anything else. */
function flowList(text: string, open: number): { start: number; value: Value }[] | null {
  const found: { start: number; value: Value }[] = [];
  FLOW_ITEM.lastIndex = open + 1;
  for (;;) {
    const before = FLOW_ITEM.lastIndex;
    const match = FLOW_ITEM.exec(text);
    if (!match) return null;
    const [whole, single, double, plain, end] = match;
    const value = plain === undefined ? (single?.replaceAll("''", "'") ?? double) : plainValue(plain);
    if (value === undefined) return null;
    found.push({ start: before + whole.search(/\S/), value });
    if (end === ']') return found;
  }
}
