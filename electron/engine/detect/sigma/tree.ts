// YAML 1.2 (core schema) as a tree in which every key and value knows its place. Hostile input: bounded in size and depth.
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
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

const MOST_NODES = 200_000; // after aliases are followed
const DEEPEST = 60;

class Refused extends Error {
  readonly at: Place;
  constructor(at: Place, message: string) {
    super(message);
    this.at = at;
  }
}

/** All documents of a text. Text that is no YAML gives one document with problems. */
export function readYaml(text: string): YamlDocument[] {
  const lines = new LineCounter();
  const start: Place = { line: 1, column: 1 };
  if (tooDeep(text)) {
    return [
      { root: null, at: start, text, problems: [{ ...start, message: 'the file is nested too deeply' }] },
    ];
  }
  let parsed: ReturnType<typeof parseAllDocuments>;
  try {
    parsed = parseAllDocuments(text, {
      version: '1.2',
      schema: 'core',
      uniqueKeys: true,
      intAsBigInt: true,
      lineCounter: lines,
      prettyErrors: false,
    });
  } catch {
    return [
      { root: null, at: start, text, problems: [{ ...start, message: 'the file is not readable YAML' }] },
    ];
  }
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const documents: YamlDocument[] = [];
  const list = Array.isArray(parsed) ? parsed : [];
  for (const document of list) {
    const [from = 0, , to = text.length] = document.range ?? [];
    const problems: Problem[] = [...document.errors, ...document.warnings].map((error) => ({
      ...place(error.pos[0]),
      message: `YAML: ${error.message.split('\n')[0]!.replace(/ at line.*$/, '')}`,
    }));
    let root: Tree | null = null;
    if (document.contents && problems.length === 0) {
      let left = MOST_NODES;
      const walk = (node: Node | null, depth: number): Tree => {
        if (!node) return { kind: 'scalar', at: start, textAt: start, value: null };
        const at = place(node.range?.[0] ?? 0);
        if (--left < 0) throw new Refused(at, 'the document is too large once its aliases are followed');
        if (depth > DEEPEST) throw new Refused(at, 'the document is nested too deeply');
        if (isAlias(node)) return walk((node.resolve(document) as Node | undefined) ?? null, depth + 1);
        if (isMap(node)) {
          return {
            kind: 'map',
            at,
            entries: node.items.map((pair) => {
              const key = pair.key as Node | null;
              const keyAt = key?.range ? place(key.range[0]) : at;
              if (!isScalar(key)) throw new Refused(keyAt, 'a key must be plain text');
              const name = key.value === null || key.value === undefined ? '' : String(key.value);
              const value = pair.value as Node | null;
              return {
                key: name,
                at: keyAt,
                value: value
                  ? walk(value, depth + 1)
                  : { kind: 'scalar' as const, at: keyAt, textAt: keyAt, value: null },
              };
            }),
          };
        }
        if (isSeq(node))
          return { kind: 'list', at, items: node.items.map((item) => walk(item as Node, depth + 1)) };
        if (isScalar(node)) {
          const quoted = node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE';
          return {
            kind: 'scalar',
            at,
            textAt: quoted ? { ...at, column: at.column + 1 } : at,
            value: simple(node.value, at),
          };
        }
        throw new Refused(at, 'this kind of YAML node is not used in rules');
      };
      try {
        root = walk(document.contents as Node, 0);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        problems.push({ ...error.at, message: error.message });
      }
    }
    if (root === null && problems.length === 0) continue; // an empty document between two `---`
    documents.push({ root, at: root?.at ?? place(from), text: text.slice(from, to).trim(), problems });
  }
  return documents;
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
