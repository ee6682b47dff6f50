// Values of a rule: what they become under modifiers, applied in the order written, and when a text meets them.
import { DATE_PARTS, type DatePart, partOf } from './date.ts';
import { inNetwork, type Network, readNetwork } from './network.ts';
import { compareNumbers, type Decimal, readNumber } from './number.ts';
import {
  ANY,
  compareTexts,
  hasWildcard,
  matches,
  type Pattern,
  plain,
  plainText,
  readPattern,
} from './pattern.ts';
import { Refused } from './refused.ts';
import { readRegex } from './regex.ts';

type Flags = { i: boolean; m: boolean; s: boolean };
type Order = 'lt' | 'lte' | 'gt' | 'gte';

export type Value =
  | { kind: 'null' }
  /** `raw` is the text as the rule has it, before wildcards and escapes are read. */
  | { kind: 'text'; raw: string; pattern: Pattern; cased: boolean }
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'number'; number: Decimal; raw: string }
  | { kind: 'boolean'; value: boolean }
  | { kind: 'regex'; raw: string; flags: Flags }
  | { kind: 'network'; network: Network }
  | { kind: 'order'; order: Order; number: Decimal }
  | { kind: 'part'; part: DatePart; number: number }
  | { kind: 'exists'; wanted: boolean }
  | { kind: 'field'; name: string; starts: boolean; ends: boolean; cased: boolean }
  /** Forms of one value; any may be met, also under `all`. */
  | { kind: 'forms'; forms: Value[] };

export type Placeholders = Record<string, string[]>;

/** A value as YAML gives it. */
export function readValue(value: unknown): Value {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'boolean') return { kind: 'boolean', value };
  if (typeof value === 'number' || typeof value === 'bigint') {
    const number = readNumber(String(value));
    if (!number) throw new Refused(`${value} is no number to compare with`);
    return { kind: 'number', number, raw: String(value) };
  }
  if (typeof value === 'string')
    return { kind: 'text', raw: value, pattern: readPattern(value), cased: false };
  throw new Refused('a value is a text, a number, true, false or null');
}

/** One modifier on one value; several values where a placeholder stands for several. */
export function modified(value: Value, modifier: string, first: boolean, given: Placeholders): Value[] {
  if (value.kind === 'forms') {
    return [{ kind: 'forms', forms: value.forms.flatMap((form) => modified(form, modifier, first, given)) }];
  }
  if (modifier === 'expand') return expanded(asText(value, modifier), given);
  return [changed(value, modifier, first)];
}

function changed(value: Value, modifier: string, first: boolean): Value {
  switch (modifier) {
    case 'contains':
    case 'startswith':
    case 'endswith':
      return widened(value, modifier);
    case 'cased':
      if (value.kind === 'field') return { ...value, cased: true };
      return { ...asText(value, modifier), cased: true };
    case 're': {
      if (!first) throw new Refused("'re' comes first");
      const { raw } = asText(value, modifier);
      const flags = { i: false, m: false, s: false };
      readRegex(raw, flags);
      return { kind: 'regex', raw, flags };
    }
    case 'i':
    case 'm':
    case 's':
      if (value.kind !== 'regex') throw new Refused(`'${modifier}' belongs to 're'`);
      return { ...value, flags: { ...value.flags, [modifier]: true } };
    case 'exists':
      if (value.kind !== 'boolean' || !first)
        throw new Refused("'exists' takes true or false, and stands alone");
      return { kind: 'exists', wanted: value.value };
    case 'cidr':
      if (!first) throw new Refused("'cidr' takes values as they are");
      return { kind: 'network', network: readNetwork(asText(value, modifier).raw) };
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      if (value.kind !== 'number') throw new Refused(`'${modifier}' takes numbers`);
      return { kind: 'order', order: modifier, number: value.number };
    case 'fieldref':
      return { kind: 'field', name: unwild(value, modifier), starts: false, ends: false, cased: false };
    case 'windash':
      return { kind: 'forms', forms: dashed(asText(value, modifier)) };
    case 'base64':
      return text(base64(bytesOf(value, modifier)));
    case 'base64offset':
      return { kind: 'forms', forms: offsets(bytesOf(value, modifier)).map(text) };
    case 'wide':
    case 'utf16le':
    case 'utf16be':
    case 'utf16':
      return { kind: 'bytes', bytes: utf16(unwild(value, modifier), modifier) };
    default:
      if (DATE_PARTS.includes(modifier)) {
        if (value.kind !== 'number' || value.number.scale !== 0)
          throw new Refused(`'${modifier}' takes a number`);
        return { kind: 'part', part: modifier as DatePart, number: Number(value.number.digits) };
      }
      throw new Refused(`there is no modifier '${modifier}'`);
  }
}

const text = (content: string): Value => ({
  kind: 'text',
  raw: content,
  pattern: plain(content),
  cased: false,
});

function asText(value: Value, modifier: string): Value & { kind: 'text' } {
  if (value.kind === 'text') return value;
  if (value.kind === 'number' || value.kind === 'boolean') {
    const raw = value.kind === 'number' ? value.raw : String(value.value);
    return { kind: 'text', raw, pattern: plain(raw), cased: false };
  }
  throw new Refused(`'${modifier}' takes text`);
}

function unwild(value: Value, modifier: string): string {
  const { pattern } = asText(value, modifier);
  if (hasWildcard(pattern)) throw new Refused(`'${modifier}' takes no wildcards`);
  return plainText(pattern);
}

function widened(value: Value, modifier: string): Value {
  const starts = modifier !== 'endswith';
  const ends = modifier !== 'startswith';
  if (value.kind === 'field') return { ...value, starts: value.starts || starts, ends: value.ends || ends };
  if (value.kind === 'regex') return { ...value, raw: tied(value.raw, modifier) };
  const before = asText(value, modifier);
  return { ...before, pattern: [...(ends ? [ANY] : []), ...before.pattern, ...(starts ? [ANY] : [])] };
}

/** A regular expression that must stand at the start or the end of the text. */
const tied = (raw: string, modifier: string): string =>
  modifier === 'startswith' ? `\\A(?:${raw})` : modifier === 'endswith' ? `(?:${raw})\\z` : raw;

function bytesOf(value: Value, modifier: string): Uint8Array {
  if (value.kind === 'bytes') return value.bytes;
  return new TextEncoder().encode(unwild(value, modifier));
}

function utf16(content: string, modifier: string): Uint8Array {
  const bytes = Buffer.from(modifier === 'utf16' ? `\uFEFF${content}` : content, 'utf16le');
  return modifier === 'utf16be' ? bytes.swap16() : bytes;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/**
 * What stays the same when the bytes stand at any place of a longer text: six bits a character, so characters that hold
 * bits of a neighbour before or behind are left out.
 */
function offsets(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = base64(Buffer.concat([Buffer.alloc(shift), bytes]));
    const firstBit = shift * 8;
    const endBit = (shift + bytes.length) * 8;
    return encoded.slice(Math.ceil(firstBit / 6), Math.floor(endBit / 6));
  });
}

const DASHES = ['-', '/', '–', '—', '―'];
const word = (piece: Pattern[number] | undefined): boolean =>
  typeof piece === 'string' && /^[\p{L}\p{N}_]$/u.test(piece);

/** Each dash that begins a flag (nothing of a word before it, a word after it) in each of its forms. */
function dashed(value: Value & { kind: 'text' }): Value[] {
  let patterns: Pattern[] = [[]];
  for (const [i, piece] of value.pattern.entries()) {
    const flag =
      typeof piece === 'string' &&
      DASHES.includes(piece) &&
      !word(value.pattern[i - 1]) &&
      word(value.pattern[i + 1]);
    patterns = patterns.flatMap((start) => (flag ? DASHES : [piece]).map((next) => [...start, next]));
  }
  return patterns.map((pattern) => ({ ...value, pattern }));
}

/** `%name%` by each of its values, which may hold wildcards; `\%` is a percent sign. */
function expanded(value: Value & { kind: 'text' }, given: Placeholders): Value[] {
  let patterns: Pattern[] = [[]];
  const parts = value.raw.split(/(\\%|%\w+%)/);
  for (const part of parts) {
    const name = /^%(\w+)%$/.exec(part)?.[1];
    let choices: Pattern[];
    if (part === '\\%') choices = [plain('%')];
    else if (name === undefined) choices = [readPattern(part)];
    else {
      const values = Object.hasOwn(given, name) ? given[name]! : [];
      if (values.length === 0) throw new Refused(`the placeholder %${name}% has no values`);
      choices = values.map(readPattern);
    }
    patterns = patterns.flatMap((start) => choices.map((next) => [...start, ...next]));
  }
  return patterns.map((pattern) => ({ ...value, pattern }));
}

/** Whether a text meets a value. `other` gives the texts of another field of the same event. */
export function meets(value: Value, found: string, other: (name: string) => string[]): boolean {
  switch (value.kind) {
    case 'text':
      return matches(value.pattern, found, value.cased);
    case 'number': {
      const number = readNumber(found);
      return number !== null && compareNumbers(number, value.number) === 0;
    }
    case 'boolean':
      return found.toLowerCase() === String(value.value);
    case 'regex':
      return readRegex(value.raw, value.flags).test(found);
    case 'network':
      return inNetwork(found, value.network);
    case 'order': {
      const number = readNumber(found);
      if (number === null) return false;
      const sign = compareNumbers(number, value.number);
      return { lt: sign < 0, lte: sign <= 0, gt: sign > 0, gte: sign >= 0 }[value.order];
    }
    case 'part':
      return partOf(found, value.part) === value.number;
    case 'field':
      return other(value.name).some((text) => compareTexts(found, text, value));
    case 'forms':
      return value.forms.some((form) => meets(form, found, other));
    case 'bytes':
    case 'null':
    case 'exists':
      return false;
  }
}
