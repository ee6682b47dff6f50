// The template of a message: its words stay, what varies (ids, numbers, paths, quoted text, values) becomes `<*>`.
//
// Log parsing by fixed masks and then merging, as Drain does (He et al., "Drain: An Online Log Parsing Approach with Fixed
// Depth Tree", ICWS 2017), but without its dependence on order: the mask looks at one message alone, and merging
// (derive/templates.ts) looks at the set of masked messages. The same evidence gives the same templates however it is read.

import { byteString, repair } from './text.ts';

/** Messages are looked at up to here (quoted values not counted), and up to the end of their first line. */
const LOOKED_AT = 300;
/** A quoted text longer than this is not taken for one value. */
const QUOTED = 4096;
/** A word as long as this is an id or a value. */
const LONG = 40;
const WILD = '<*>';
/** What stands for all messages of a component that come after so many distinct templates in one member. */
const REST = byteString('…');

const WORD = 0;
const DIGIT = 1;
const SIGN = 2; // part of a word; makes it a value: @
const APOSTROPHE = 3;
const QUOTE = 4;
const BREAK = 5; // ends a word
const GLUE = 6; // ends a word; between two values it belongs to the list of them
const EQUALS = 7;
const END = 8;

const CLASS = new Uint8Array(256);
for (let c = 0; c < 256; c++) {
  const s = String.fromCharCode(c);
  CLASS[c] =
    c >= 48 && c <= 57
      ? DIGIT
      : c === 10 || c === 13
        ? END
        : s === '"'
          ? QUOTE
          : s === "'"
            ? APOSTROPHE
            : s === '='
              ? EQUALS
              : s === '@'
                ? SIGN
                : c < 32 || ' ,;|'.includes(s)
                  ? GLUE
                  : '()[]{}<>'.includes(s)
                    ? BREAK
                    : WORD;
}

/** Two hashes of what has been read, side by side; `built` also collects the text when it is wanted. */
let high = 0;
let low = 0;
let built: string | null = null;

const A = 0x01000193;
const B = 0x85ebca6b | 0;
const IS_VALUE = 0x10001;
const NEXT_PART = 0x10002;

function begin(): void {
  high = 0x811c9dc5 | 0;
  low = 0x27d4eb2f;
}

function mix(value: number): void {
  high = Math.imul(high ^ value, A);
  low = Math.imul(low + value, B) ^ 0x165667b1;
}

function mixText(text: string, from = 0, to = text.length): void {
  for (let i = from; i < to; i++) mix(text.charCodeAt(i));
}

/** 53 bits of both, spread. */
function idOf(): number {
  let a = high ^ (low >>> 16);
  let b = low ^ (high >>> 15);
  a = Math.imul(a ^ (a >>> 16), 0x7feb352d);
  a = Math.imul(a ^ (a >>> 15), 0x846ca68b);
  b = Math.imul(b ^ (b >>> 16), 0x45d9f3b);
  b = Math.imul(b ^ (b >>> 16), 0x45d9f3b);
  return ((a ^ (a >>> 16)) & 0x1fffff) * 4294967296 + ((b ^ (b >>> 16)) >>> 0);
}

/** Mixes the template of a message in. A word is mixed while it is read; when it turns out to be a value, it is taken back. */
function walk(bytes: Uint8Array, from: number, to: number): void {
  let at = from;
  while (at < to && (bytes[at] === 10 || bytes[at] === 13)) at++;
  let length = Math.min(to, at + LOOKED_AT);
  let h = high;
  let l = low;
  /** Only list glue since the last value: a further value belongs to the same list. */
  let list = false;
  let valueH = 0;
  let valueL = 0;
  let valueEnd = 0;
  let before = BREAK;
  while (at < length) {
    const start = at;
    let c = bytes[at] as number;
    let kind = CLASS[c] as number;
    if (kind === END) break;
    const wordH = h;
    const wordL = l;
    let value = false;
    let quoted = 0;
    if (kind === QUOTE || (kind === APOSTROPHE && before >= BREAK)) {
      const most = Math.min(to, at + 1 + QUOTED);
      for (let i = at + 1; i < most; i++) {
        const b = bytes[i];
        if (b === c) {
          quoted = i;
          break;
        }
        if (b === 10) break;
      }
    }
    if (quoted > 0) {
      h = Math.imul(h ^ c, A);
      l = Math.imul(l + c, B) ^ 0x165667b1;
      h = Math.imul(h ^ IS_VALUE, A);
      l = Math.imul(l + IS_VALUE, B) ^ 0x165667b1;
      h = Math.imul(h ^ c, A);
      l = Math.imul(l + c, B) ^ 0x165667b1;
      if (built !== null) built += String.fromCharCode(c) + WILD + String.fromCharCode(c);
      length = Math.min(to, length + quoted - at); // a long value takes nothing from what is looked at
      at = quoted + 1;
      list = false;
      before = QUOTE;
      continue;
    }
    if (kind > SIGN) {
      if (c < 32) c = 32; // control characters of any kind are blanks here
      h = Math.imul(h ^ c, A);
      l = Math.imul(l + c, B) ^ 0x165667b1;
      if (built !== null) built += String.fromCharCode(c);
      if (kind !== GLUE) list = false;
      before = kind;
      at++;
      continue;
    }
    value = before === EQUALS || (c === 47 && at + 1 < length);
    do {
      if (kind === DIGIT || kind === SIGN) value = true;
      h = Math.imul(h ^ c, A);
      l = Math.imul(l + c, B) ^ 0x165667b1;
      if (++at >= length) break;
      c = bytes[at] as number;
      kind = CLASS[c] as number;
    } while (kind <= APOSTROPHE);
    before = bytes[at - 1] === 58 ? BREAK : WORD;
    if (!value && at - start < LONG) {
      list = false;
      if (built !== null) built += textOf(bytes, start, at);
      continue;
    }
    if (list) {
      h = valueH;
      l = valueL;
      if (built !== null) built = built.slice(0, valueEnd);
    } else {
      h = Math.imul(wordH ^ IS_VALUE, A);
      l = Math.imul(wordL + IS_VALUE, B) ^ 0x165667b1;
      if (built !== null) built += WILD;
      list = true;
      valueH = h;
      valueL = l;
    }
    if (built !== null) valueEnd = built.length;
  }
  high = h;
  low = l;
}

const textOf = (bytes: Uint8Array, from: number, to: number): string => {
  let text = '';
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
};

/** Id of a template text (as `templateText` gives it, or merged) of a component: at most 53 bits. */
export function templateId(system: string, component: string, text: string): number {
  begin();
  mixText(system);
  mix(NEXT_PART);
  mixText(component);
  mix(NEXT_PART);
  let from = 0;
  for (let at = text.indexOf(WILD); at !== -1; at = text.indexOf(WILD, from)) {
    mixText(text, from, at);
    mix(IS_VALUE);
    from = at + WILD.length;
  }
  mixText(text, from);
  return idOf();
}

/** The template of the message that `bytes` hold between `from` and `to`, as a byte string. */
export function templateText(bytes: Uint8Array, from = 0, to = bytes.length): string {
  built = '';
  walk(bytes, from, to);
  const text = built;
  built = null;
  return text;
}

/** So many distinct templates of one member are told apart; what comes after shares one per component. */
const MOST_OF_MEMBER = 5000;

/** Gives messages the ids of their templates, and says when it meets one for the first time in a batch. */
export class Templates {
  /** Called for a template that the batch has not seen: its id and text. */
  onNew: (id: number, system: string, component: string, text: string) => void = () => {};
  #ofMember = new Set<number>();
  #ofBatch = new Set<number>();
  #system = '';
  #component = '';
  #high = 0;
  #low = 0;

  constructor() {
    this.#startAt('', '');
  }

  beginMember(): void {
    this.#ofMember.clear();
  }

  beginBatch(): void {
    this.#ofBatch.clear();
  }

  #startAt(system: string, component: string): void {
    begin();
    mixText(system);
    mix(NEXT_PART);
    mixText(component);
    mix(NEXT_PART);
    this.#system = system;
    this.#component = component;
    this.#high = high;
    this.#low = low;
  }

  id(bytes: Uint8Array, from: number, to: number, system: string, component: string): number {
    if (component !== this.#component || system !== this.#system) this.#startAt(system, component);
    high = this.#high;
    low = this.#low;
    walk(bytes, from, to);
    const id = idOf();
    if (this.#ofMember.has(id)) return id;
    return this.#meet(id, bytes, from, to, system, component);
  }

  #meet(id: number, bytes: Uint8Array, from: number, to: number, system: string, component: string): number {
    if (this.#ofMember.size >= MOST_OF_MEMBER) {
      const rest = templateId(system, component, REST);
      this.#say(rest, system, component, () => REST);
      return rest;
    }
    this.#ofMember.add(id);
    this.#say(id, system, component, () => repair(templateText(bytes, from, to)));
    return id;
  }

  #say(id: number, system: string, component: string, text: () => string): void {
    if (this.#ofBatch.has(id)) return;
    this.#ofBatch.add(id);
    this.onNew(id, system, component, text());
  }
}
