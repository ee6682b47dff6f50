// The values of a line with its modifiers applied: what a field is compared with, one set of alternatives per value.
import { base64, base64Offsets, type Encoding, encoded } from './base64.ts';
import { type Network, parseNetwork } from './cidr.ts';
import { fieldProblem } from './fields.ts';
import { type CompareOperator, type DatePart, type Modifiers, opening, type Step } from './modifiers.ts';
import { expanded, filledIn, type Placeholders } from './placeholder.ts';
import type { Place, Problems } from './problem.ts';
import { regexProblem } from './regex.ts';
import { open, type Part, parseText, plainText, quoted } from './text-value.ts';
import type { Value } from './tree.ts';
import { dashed, written } from './windash.ts';

/** One comparison. */
export type Leaf =
  | { is: 'text'; parts: Part[]; cased: boolean }
  | { is: 'number'; value: number | bigint }
  | { is: 'boolean'; value: boolean }
  | { is: 'null' }
  | { is: 'regex'; pattern: string; at: Place }
  | { is: 'network'; network: Network }
  | { is: 'compare'; operator: CompareOperator; value: number | bigint }
  | { is: 'date'; part: DatePart; value: number }
  | { is: 'field'; name: string; front: boolean; behind: boolean; cased: boolean };

export interface ValueReading {
  problems: Problems;
  warnings: Problems;
  placeholders: Placeholders;
}

/** Windash forms of one value that is encoded afterwards: 5 to the power of its dashes. */
const MOST_DASHED = 5 ** 4;

/** The alternatives of one value (any of them will do, under `all` too); null when it is refused. */
export function readValue(value: Value, how: Modifiers, at: Place, reading: ValueReading): Leaf[] | null {
  const refuse = (message: string): null => {
    reading.problems.add(at, message);
    return null;
  };
  switch (how.match.by) {
    case 'exists':
      return typeof value === 'boolean' ? [{ is: 'boolean', value }] : refuse("'exists' takes true or false");
    case 'compare':
      return typeof value === 'number' || typeof value === 'bigint'
        ? [{ is: 'compare', operator: how.match.operator, value }]
        : refuse('a comparison needs a number, written without quotes');
    case 'date':
      return dateLeaf(value, how.match.part, at, reading);
    case 'cidr':
      return each(value, how, reading, refuse, 'a network is text such as 10.0.0.0/8', (text) => {
        const network = parseNetwork(text);
        return typeof network === 'string' ? network : { is: 'network', network };
      });
    case 'regex':
      return regexLeaves(value, how, how.match.flags, at, reading, refuse);
    case 'field': {
      if (typeof value !== 'string') return refuse("'fieldref' takes the name of a field");
      const name = plainText(parseText(value));
      if (name === null) return refuse("'fieldref' takes no wildcards: the value names one field");
      const wrong = fieldProblem(name);
      return wrong
        ? refuse(`fieldref: ${wrong}`)
        : [{ is: 'field', name, ...opening(how.steps), cased: how.cased }];
    }
    default:
      return textLeaves(value, how, reading, refuse);
  }
}

function dateLeaf(value: Value, part: DatePart, at: Place, reading: ValueReading): Leaf[] | null {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    reading.problems.add(at, `'${part}' takes a whole number, written without quotes`);
    return null;
  }
  const [least, most] = {
    minute: [0, 59],
    hour: [0, 23],
    day: [1, 31],
    week: [1, 53],
    month: [1, 12],
    year: [1, 9999],
  }[part] as [number, number];
  if (value < least || value > most)
    reading.warnings.add(at, `'${part}' is never ${value}; it goes from ${least} to ${most}`);
  return [{ is: 'date', part, value }];
}

/** One leaf per text that a value stands for once its placeholders have values. */
function each(
  value: Value,
  how: Modifiers,
  reading: ValueReading,
  refuse: (message: string) => null,
  needs: string,
  leaf: (text: string) => Leaf | string,
  write: (text: string) => string = (text) => text,
): Leaf[] | null {
  if (typeof value !== 'string') return refuse(needs);
  const texts = how.expand ? filledIn(value, reading.placeholders, write) : [value];
  if (!Array.isArray(texts)) return refuse(texts.problem);
  const leaves: Leaf[] = [];
  for (const text of texts) {
    const made = leaf(text);
    if (typeof made === 'string') return refuse(made);
    leaves.push(made);
  }
  return leaves;
}

/** A regular expression is searched for; `startswith` and `endswith` tie it to an end of the text. */
function regexLeaves(
  value: Value,
  how: Modifiers,
  flags: string,
  at: Place,
  reading: ValueReading,
  refuse: (message: string) => null,
): Leaf[] | null {
  const { front, behind } = opening(how.steps);
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  const leaf = (source: string): Leaf | string => {
    const wrong = regexProblem(source);
    if (wrong) return `regular expression: ${wrong}`;
    const tied = front === behind ? source : `${front ? '' : '\\A'}(?:${source})${behind ? '' : '\\z'}`;
    // DuckDB's own flag argument does not know `m`
    return { is: 'regex', pattern: flags === '' ? tied : `(?${flags})${tied}`, at };
  };
  return each(text, how, reading, refuse, 'a regular expression is text', leaf, quoted);
}

function textLeaves(
  value: Value,
  how: Modifiers,
  reading: ValueReading,
  refuse: (message: string) => null,
): Leaf[] | null {
  if (value === null) {
    return how.steps.length > 0 || how.cased || how.expand
      ? refuse('null goes with no modifier that looks at text')
      : [{ is: 'null' }];
  }
  if (typeof value === 'boolean' && how.steps.length === 0) return [{ is: 'boolean', value }];
  if (typeof value !== 'string' && typeof value !== 'boolean' && how.steps.length === 0 && !how.cased)
    return [{ is: 'number', value }];
  if (
    how.steps.length === 0 &&
    !how.expand &&
    typeof value === 'string' &&
    value !== '' &&
    !SPECIAL.test(value)
  )
    return [{ is: 'text', parts: [{ text: value }], cased: how.cased }];
  const encodes = how.steps.some((s) => s.do === 'base64' || s.do === 'base64offset');
  if (typeof value !== 'string' && encodes) return refuse('base64 takes text; put the value in quotes');
  const texts = how.expand
    ? expanded(parseText(String(value), true), reading.placeholders)
    : [parseText(String(value))];
  if (typeof texts === 'string') return refuse(texts);
  let ways: Part[][] = texts;
  let encoding: Encoding | null = null;
  for (const step of how.steps) {
    const next: Part[][] = [];
    for (const way of ways) {
      const made = stepped(way, step, encoding);
      if (typeof made === 'string') return refuse(made);
      for (const one of made) next.push(one);
    }
    ways = next;
    encoding = step.do === 'encode' ? step.as : null;
  }
  return ways.map((parts) => ({ is: 'text', parts, cased: how.cased }));
}

const SPECIAL = /[*?\\]/;

function stepped(parts: Part[], step: Step, encoding: Encoding | null): Part[][] | string {
  if (step.do === 'encode') return [parts];
  if (step.do === 'open') return [open(parts, step.front, step.behind)];
  if (step.do === 'windash') return [dashed(parts)];
  const ways = written(parts, MOST_DASHED);
  if (ways === null)
    return `the value has more than four dashes, so that windash and ${step.do} together would make more than ${MOST_DASHED} texts`;
  const made: Part[][] = [];
  for (const way of ways) {
    const text = way.every((p) => typeof p === 'object')
      ? way.map((p) => ('text' in p ? p.text : '')).join('')
      : null;
    if (text === null)
      return `'${step.do}' does not go with a wildcard; write \\* or \\? where the character itself is meant`;
    if (text === '') return `'${step.do}' needs a value that is not empty`;
    const bytes = encoded(text, encoding);
    const texts = step.do === 'base64' ? [base64(bytes)] : base64Offsets(bytes);
    if (texts.includes(''))
      return `'${step.do}' needs a value of at least two bytes, else nothing certain is left of it`;
    for (const t of texts) made.push([{ text: t }]);
  }
  return made;
}
