// YAML 1.2 (core schema) as a tree in which every key and value knows its place. Hostile input: bounded in size and depth.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
} from 'yaml';
import { type Folded, foldLists, lineBefore } from './long-lists.ts';
import type { Place, Problem } from './problem.ts';

export type Value = string | number | bigint | boolean | null;
export interface ScalarTree {
  kind: 'scalar';
  at: Place;
  value: Value;
  /** Where the text itself begins: after an opening quote. */
  textAt: Place;
}
export interface ListTree {
  kind: 'list';
  at: Place;
  items: Tree[];
}
export interface MapTree {
  kind: 'map';
  at: Place;
  entries: { key: string; at: Place; value: Tree }[];
}
export type Tree = ScalarTree | ListTree | MapTree;

export interface YamlDocument {
  root: Tree | null;
  at: Place;
  text: string;
  problems: Problem[];
}

const MOST_NODES = 200_000; // after aliases are followed and long lists put back
/** Lines, commas and brackets of one document without its long lists: the YAML reader takes a while for each. */
const MOST_UNITS = 10_000;
const DEEPEST = 60;

class Refused extends Error {
  readonly at: Place;
  constructor(at: Place, message: string) {
    super(message);
    this.at = at;
  }
}

/** All documents of a text, each read on its own. Text that is no YAML gives a document with problems. */
export function readYaml(text: string): YamlDocument[] {
  const folded = foldLists(text);
  if (folded.runs.size > 0) {
    const used = new Set<string>();
    const documents = readParts(text, folded, used);
    // a run in a text of several lines, say, is no list: then the text is read as it is
    if (used.size === folded.runs.size) return documents;
  }
  return readParts(text, { text, skipped: [], runs: new Map() }, new Set());
}

function readParts(original: string, folded: Folded, used: Set<string>): YamlDocument[] {
  const lines = original.split('\n');
  return parts(folded.text).flatMap(({ text, line }) =>
    new Reader(text, line, lines, folded, used).documents(),
  );
}

/** The text of each document, with the number of lines before it. */
function parts(text: string): { text: string; line: number }[] {
  const starts = [0, ...[...text.matchAll(/^---(?=[ \t\r\n]|$)/gm)].map((match) => match.index), text.length];
  const found: { text: string; line: number }[] = [];
  let from = 0;
  let line = 0;
  for (const to of starts.slice(1)) {
    const part = text.slice(from, to);
    // directives belong to the document behind them
    if (to < text.length && /^%/m.test(part) && !/^[^%#\s]/m.test(part)) continue;
    if (part !== '') found.push({ text: part, line });
    for (let next = part.indexOf('\n'); next !== -1; next = part.indexOf('\n', next + 1)) line++;
    from = to;
  }
  return found;
}

class Reader {
  readonly #text: string;
  readonly #before: number;
  readonly #lines: string[];
  readonly #folded: Folded;
  readonly #used: Set<string>;
  readonly #counter = new LineCounter();
  readonly #anchors = new Map<string, Node>();
  #left = MOST_NODES;

  constructor(text: string, before: number, lines: string[], folded: Folded, used: Set<string>) {
    this.#text = text;
    this.#before = before;
    this.#lines = lines;
    this.#folded = folded;
    this.#used = used;
  }

  documents(): YamlDocument[] {
    const refused = (message: string): YamlDocument[] => {
      const at = this.#place(0);
      return [{ root: null, at, text: this.#source(0, this.#text.length), problems: [{ ...at, message }] }];
    };
    if (tooDeep(this.#text)) return refused('the document is nested too deeply');
    if (units(this.#text) > MOST_UNITS)
      return refused(
        `the document is too large: more than ${MOST_UNITS} lines and values beside its long lists`,
      );
    let parsed: ReturnType<typeof parseAllDocuments>;
    try {
      parsed = parseAllDocuments(this.#text, {
        version: '1.2',
        schema: 'core',
        uniqueKeys: false, // looked at below: the reader's own way takes the square of their number
        intAsBigInt: true,
        lineCounter: this.#counter,
        prettyErrors: false,
      });
    } catch {
      return refused('it is not readable YAML');
    }
    return (Array.isArray(parsed) ? parsed : []).flatMap((document) => this.#document(document) ?? []);
  }

  #document(document: Document): YamlDocument | null {
    const [from = 0, , to = this.#text.length] = document.range ?? [];
    const problems: Problem[] = [...document.errors, ...document.warnings].map((error) => ({
      ...this.#place(error.pos[0]),
      message: `YAML: ${error.message.split('\n')[0]!.replace(/ at line.*$/, '')}`,
    }));
    let root: Tree | null = null;
    if (document.contents && problems.length === 0) {
      this.#anchors.clear();
      this.#left = MOST_NODES;
      try {
        root = this.#walk(document.contents as Node, 0);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        problems.push({ ...error.at, message: error.message });
      }
    }
    if (root === null && problems.length === 0) return null; // an empty document between two `---`
    return { root, at: root?.at ?? this.#place(from), text: this.#source(from, to), problems };
  }

  #place(offset: number): Place {
    const { line, col } = this.#counter.linePos(offset);
    return { line: this.#original(Math.max(1, line)), column: Math.max(1, col) };
  }

  /** The line of the whole text for a line of this part. */
  #original(line: number): number {
    return lineBefore(line + this.#before, this.#folded.skipped);
  }

  /** The text as it was before long lists were taken out: lines are the same, columns need not be. */
  #source(from: number, to: number): string {
    const first = this.#original(lineOf(this.#text, from) + 1);
    const last = this.#original(lineOf(this.#text, to) + 1);
    const ended = to > 0 && this.#text[to - 1] === '\n';
    return this.#lines
      .slice(first - 1, ended ? last - 1 : last)
      .join('\n')
      .trim();
  }

  #walk(node: Node | null, depth: number): Tree {
    if (!node) {
      const start = this.#place(0);
      return { kind: 'scalar', at: start, textAt: start, value: null };
    }
    const at = this.#place(node.range?.[0] ?? 0);
    if (--this.#left < 0) throw new Refused(at, 'the document is too large once its aliases are followed');
    if (depth > DEEPEST) throw new Refused(at, 'the document is nested too deeply');
    if (isAlias(node)) return this.#walk(this.#anchors.get(node.source) ?? null, depth + 1);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isMap(node)) return { kind: 'map', at, entries: this.#entries(node.items, at, depth) };
    if (isSeq(node)) return { kind: 'list', at, items: this.#items(node.items as Node[], depth) };
    if (!isScalar(node)) throw new Refused(at, 'this kind of YAML node is not used in rules');
    const quoted = node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE';
    const textAt = quoted ? { ...at, column: at.column + 1 } : at;
    return { kind: 'scalar', at, textAt, value: simple(node.value, at) };
  }

  #entries(pairs: { key: unknown; value: unknown }[], at: Place, depth: number): MapTree['entries'] {
    const seen = new Set<string>();
    return pairs.map((pair) => {
      const key = pair.key as Node | null;
      const keyAt = key?.range ? this.#place(key.range[0]) : at;
      if (!isScalar(key)) throw new Refused(keyAt, 'a key must be plain text');
      const name = key.value === null || key.value === undefined ? '' : String(key.value);
      if (seen.has(name))
        throw new Refused(
          keyAt,
          `YAML: the key '${name.slice(0, 100)}' stands twice; keys of a map must be unique`,
        );
      seen.add(name);
      const value = pair.value as Node | null;
      return {
        key: name,
        at: keyAt,
        value: value
          ? this.#walk(value, depth + 1)
          : { kind: 'scalar' as const, at: keyAt, textAt: keyAt, value: null },
      };
    });
  }

  /** Long lists are put back where a value stands for them. */
  #items(nodes: Node[], depth: number): Tree[] {
    const items: Tree[] = [];
    for (const node of nodes) {
      const name = isScalar(node) && typeof node.value === 'string' ? node.value : null;
      const run = name === null ? undefined : this.#folded.runs.get(name);
      if (!run) items.push(this.#walk(node, depth + 1));
      else {
        this.#used.add(name!);
        this.#left -= run.length;
        for (const item of run) items.push(item);
      }
    }
    return items;
  }
}

function lineOf(text: string, offset: number): number {
  let line = 0;
  for (let next = text.indexOf('\n'); next !== -1 && next < offset; next = text.indexOf('\n', next + 1))
    line++;
  return line;
}

function simple(value: unknown, at: Place): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint')
    return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Refused(at, 'a number must be finite');
    return value;
  }
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  throw new Refused(at, 'this kind of value is not used in rules');
}

/** Lines that are not empty, commas and brackets: about what the YAML reader makes nodes of. */
function units(text: string): number {
  let count = 0;
  let empty = true;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 10) {
      if (!empty) count++;
      empty = true;
    } else if (c === 44 || c === 91 || c === 123) count++;
    else if (c !== 32 && c !== 13) empty = false;
  }
  return count;
}

/** The YAML reader is recursive: refuse what would exhaust the stack before it is asked. */
function tooDeep(text: string): boolean {
  let open = 0;
  let most = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 91 || c === 123) most = Math.max(most, ++open);
    else if (c === 93 || c === 125) open--;
    else if (c === 10) {
      let dashes = 0;
      let j = i + 1;
      for (; j < text.length && (text.charCodeAt(j) === 32 || text.charCodeAt(j) === 45); j++) {
        if (text.charCodeAt(j) === 45) dashes++;
      }
      if (j - i > 2000 && dashes > 200) return true;
    }
  }
  return most > 500;
}

export const entry = (map: MapTree, key: string): MapTree['entries'][number] | undefined =>
  map.entries.find((e) => e.key === key);
