// Byte strings: from decoded text, into JSON, out of Go and terminal escapes. See record.ts for what a byte string is.
import { Buffer } from 'node:buffer';
import type { Draft } from './record.ts';

const HIGH = /[\x80-\xff]/;
const NOT_ASCII = /[^\x00-\x7f]/;
const UNSAFE = /["\\\x00-\x1f]/;
const CONTROL = /[\x00-\x1f]/;
const ANSI = /\x1b(?:\[[0-9;?]{0,32}[ -/]?[@-~]|[@-Z\\-_])/g;

/** Does `text` stand at `at`? As startsWith, which V8 does unit by unit: a slice is compared in words. */
export function standsAt(s: string, text: string, at: number): boolean {
  return s.slice(at, at + text.length) === text;
}

/** Text as a byte string (UTF-8, one unit per byte); lone surrogates become U+FFFD. */
export function byteString(text: string): string {
  if (!NOT_ASCII.test(text)) return text;
  made.highBytes = true;
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Set when a byte string with bytes beyond ASCII was made from text that had none as bytes (JSON and Go escapes). */
export const made = { highBytes: false };

/** Without blanks, tabs and line ends at its end. (trimEnd would take the byte 0xA0, the tail of many characters.) */
export function trimEnd(s: string): string {
  let end = s.length;
  while (end > 0) {
    const c = s.charCodeAt(end - 1);
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9) break;
    end--;
  }
  return end === s.length ? s : s.slice(0, end);
}

/** The text that a byte string encodes; invalid bytes become U+FFFD. */
export function decode(bytes: string): string {
  return HIGH.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}

/** A byte string whose bytes are valid UTF-8: what is not becomes U+FFFD. */
export function repair(bytes: string): string {
  return HIGH.test(bytes) ? byteString(Buffer.from(bytes, 'latin1').toString('utf8')) : bytes;
}

export function hasHighBytes(bytes: string): boolean {
  return HIGH.test(bytes);
}

/**
 * What the reader knows of the lines it hands out: a flag is false when no line of the piece of the member holds such a
 * byte. `controls` are bytes below 0x20 but the tab, `high` those beyond ASCII. Decoded text is not spoken for.
 */
export const piece = { controls: true, tabs: true, high: true };

export function nothingKnown(): void {
  piece.controls = true;
  piece.tabs = true;
  piece.high = true;
}

/** Top bits of the four bytes of a word: all are set but those of bytes below 0x20. */
const TOPS = 0x80808080 | 0;

/** Looks through the bytes of a piece, sixteen at a time. Line ends are no controls. */
export function lookThrough(bytes: Uint8Array, high: boolean): void {
  piece.controls = false;
  piece.tabs = false;
  piece.high = high;
  const length = bytes.length;
  const lead = Math.min(length, (4 - (bytes.byteOffset & 3)) & 3);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + lead, (length - lead) >> 2);
  const end = words.length - 3;
  look(bytes, 0, lead);
  let i = 0;
  for (; i < end; i += 4) {
    const a = words[i] as number;
    const b = words[i + 1] as number;
    const c = words[i + 2] as number;
    const d = words[i + 3] as number;
    const tops =
      (((a & 0x7f7f7f7f) + 0x60606060) | a) &
      (((b & 0x7f7f7f7f) + 0x60606060) | b) &
      (((c & 0x7f7f7f7f) + 0x60606060) | c) &
      (((d & 0x7f7f7f7f) + 0x60606060) | d);
    if ((tops & TOPS) === TOPS) continue;
    look(bytes, lead + i * 4, lead + i * 4 + 16);
    if (piece.controls) return;
  }
  look(bytes, lead + i * 4, length);
}

function look(bytes: Uint8Array, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const c = bytes[i] as number;
    if (c >= 32 || c === 10) continue;
    if (c === 9) piece.tabs = true;
    else if (c !== 13 || bytes[i + 1] !== 10) piece.controls = true;
  }
}

/** Is every slice of a line, in quotes, a JSON string as it stands? */
export function isPlain(line: string): boolean {
  if (piece.controls) return !UNSAFE.test(line);
  if (piece.tabs && line.indexOf('\t') !== -1) return false;
  return line.indexOf('"') === -1 && line.indexOf('\\') === -1;
}

/** Does a line hold a byte below 0x20? */
export function hasControls(line: string): boolean {
  if (piece.controls) return CONTROL.test(line);
  return piece.tabs && line.indexOf('\t') !== -1;
}

/** Has a line neither backslashes nor control characters? */
export function isClean(line: string): boolean {
  return line.indexOf('\\') === -1 && !hasControls(line);
}

/** JSON string literal of a byte string; `clean`: it is a slice of a line that `isClean`. */
export function quoteSlice(s: string, clean: boolean): string {
  return clean && s.indexOf('"') === -1 ? `"${s}"` : quote(s);
}

/** Is every slice of a byte string, in quotes, a JSON string as it stands? As isPlain, for text that is no line. */
export function isPlainText(s: string): boolean {
  return !UNSAFE.test(s);
}

/** JSON string literal of a byte string. */
export function quote(s: string): string {
  return UNSAFE.test(s) ? JSON.stringify(s) : `"${s}"`;
}

// While a record is read, draft.fields is an object that is still open: '' or `{"a":1,"b":2`; the reader closes it.

let reserved: ReadonlySet<string> | null = null;

/** Field of a record whose line is not the file's own; its value says why. */
export const FOREIGN = 'tidemark.foreign';

/** Names that every record of the member gets anyway (from its path): adding them again does nothing. */
export function reserve(names: ReadonlySet<string> | null): void {
  reserved = names;
}

/**
 * Adds a text field to the draft. `key` must be free of quotes, backslashes and control characters; `plain`: the value is a
 * slice of a line that `isPlain`.
 */
export function put(draft: Draft, key: string, value: string, plain = false): void {
  if (key === FOREIGN) draft.foreign = true;
  if (!plain && UNSAFE.test(value)) {
    putJson(draft, key, JSON.stringify(value));
    return;
  }
  if (reserved?.has(key)) return;
  const open = opening(textOpenings, key, ':"');
  if (draft.fields === '') draft.fields = `{${open.slice(1)}${value}"`;
  else draft.fields += `${open}${value}"`;
}

/** `,"key":"` and `,"key":` by key: each is one string, so that fields are made of few pieces. */
const textOpenings = new Map<string, string>();
const openings = new Map<string, string>();

function opening(known: Map<string, string>, key: string, end: string): string {
  let open = known.get(key);
  if (open === undefined) {
    open = `,"${key}"${end}`;
    if (known.size < 500) known.set(key, open);
  }
  return open;
}

/** As `put`, when there is a value. */
export function putIf(draft: Draft, key: string, value: string | undefined): void {
  if (value && key === FOREIGN) draft.foreign = true;
  if (value) putJson(draft, key, quote(value));
}

export function putNumber(draft: Draft, key: string, value: number): void {
  if (Number.isFinite(value)) putJson(draft, key, String(value));
}

/** Adds ready JSON. */
export function putJson(draft: Draft, key: string, json: string): void {
  if (reserved?.has(key)) return;
  const open = opening(openings, key, ':');
  if (draft.fields === '') draft.fields = `{${open.slice(1)}${json}`;
  else draft.fields += open + json;
}

/** Adds members that are ready: `,"a":1,"b":"x"`. */
export function putMembers(draft: Draft, members: string): void {
  if (reserved !== null) {
    const object = JSON.parse(decode(`{${members.slice(1)}}`)) as JsonObject;
    for (const key in object) putJson(draft, key, byteString(JSON.stringify(object[key])));
    return;
  }
  draft.fields = draft.fields === '' ? `{${members.slice(1)}` : draft.fields + members;
}

/** A digits-only byte string as a JSON number, anything else as a string. */
export function numberOrText(s: string): string {
  if (isWhole(s)) return s;
  return /^(?:0|[1-9]\d{0,14})(?:\.\d{1,12})?$/.test(s) ? s : quote(s);
}

/** A whole number of up to 15 digits, as JSON writes it? */
export function isWhole(s: string): boolean {
  const length = s.length;
  if (length === 0 || length > 15 || (s.charCodeAt(0) === 48 && length > 1)) return false;
  for (let i = 0; i < length; i++) {
    const c = s.charCodeAt(i);
    if (c < 48 || c > 57) return false;
  }
  return true;
}

const RESIDUE =
  /(?:\^\[|#033|\\u001b|\\x1b|\\033|\\e)\[[0-9;?]{0,20}[A-Za-z]|\[(?:\d{1,3}(?:;\d{1,3}){0,5})?m/g;

/** Without terminal colours that lost their escape character on the way: `[33m`, `^[[0m`, `#033[`. */
export function stripResidue(s: string): string {
  return s.indexOf('[') === -1 ? s : s.replace(RESIDUE, '');
}

/** Without terminal colour and cursor sequences. */
export function stripAnsi(s: string): string {
  return s.indexOf('\x1b') === -1 ? s : s.replace(ANSI, '');
}

const GO_ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))/g;
const GO_PLAIN: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** Body of a Go (`%q`) or C quoted string without its escapes, as a byte string. */
export function unescapeGo(body: string): string {
  if (body.indexOf('\\') === -1) return body;
  let raw = false;
  const text = body.replace(GO_ESCAPE, (_all, hex, u4, u8, octal, plain) => {
    if (hex || octal) {
      raw = true;
      return String.fromCharCode(hex ? Number.parseInt(hex, 16) : Number.parseInt(octal, 8) & 0xff);
    }
    if (plain !== undefined) return GO_PLAIN[plain] ?? plain;
    const code = Number.parseInt(u4 ?? u8, 16);
    return byteString(code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd');
  });
  return raw ? repair(text) : text;
}

/** Index of the quote that closes a string opened before `from`, minding backslashes; -1 when it stays open. */
export function closingQuote(s: string, from: number): number {
  let at = s.indexOf('"', from);
  while (at !== -1) {
    let slashes = 0;
    for (let i = at - 1; i >= from && s.charCodeAt(i) === 92; i--) slashes++;
    if (slashes % 2 === 0) return at;
    at = s.indexOf('"', at + 1);
  }
  return -1;
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

/** The object a byte string holds, its strings as real text; null when it isn't one JSON object. */
export function parseObject(bytes: string): JsonObject | null {
  try {
    const value = JSON.parse(decode(bytes)) as Json;
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** A member that is an object; else an empty one. */
export function objectOf(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

/** The objects of a list that is JSON: where each starts in the line, and its text. */
export function objectsIn(line: string): { at: number; text: string }[] {
  const found: { at: number; text: string }[] = [];
  let depth = 0;
  let start = 0;
  let quoted = false;
  for (let i = 1; i < line.length; i++) {
    const c = line.charCodeAt(i);
    if (quoted) {
      if (c === 92) i++;
      else if (c === 34) quoted = false;
    } else if (c === 34) quoted = true;
    else if (c === 123) {
      if (depth++ === 0) start = i;
    } else if (c === 125 && --depth === 0) found.push({ at: start, text: line.slice(start, i + 1) });
  }
  return found;
}

const RISKY = /\\ud[89a-f]|\\u0000|[eE][+]?\d{3}/i;

/**
 * JSON text of a parsed object, as stored in `fields`: the line itself unless it holds what DuckDB's JSON refuses
 * (lone surrogates, NUL, numbers out of range). Open at its end: without the closing brace.
 */
export function openObject(bytes: string, value: JsonObject): string {
  if (Object.keys(value).length === 0) return '';
  if (!RISKY.test(bytes)) {
    const from = bytes.indexOf('{');
    const to = bytes.lastIndexOf('}');
    return bytes.slice(from, to);
  }
  return byteString(JSON.stringify(value, (_k, v) => (typeof v === 'string' ? cleanText(v) : v))).slice(
    0,
    -1,
  );
}

function cleanText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

/** A member of a parsed object as a byte string: text as is, numbers and booleans as written, else ''. */
export function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return byteString(cleanIfNeeded(value));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return '';
}

function cleanIfNeeded(text: string): string {
  return text.isWellFormed() ? text : text.toWellFormed();
}

/** First text among aliases. */
export function firstText(object: JsonObject, ...keys: string[]): string {
  for (const key of keys) {
    const text = textOf(object[key]);
    if (text !== '') return text;
  }
  return '';
}

/** IP (or host) of `ip:port`, `[v6]:port`, or a bare one. */
export function hostOf(address: string): string {
  if (address.charCodeAt(0) === 91) {
    const close = address.indexOf(']');
    return close > 0 ? address.slice(1, close) : address;
  }
  const colon = address.lastIndexOf(':');
  if (colon === -1 || address.indexOf(':') !== colon) return address; // bare, or bare v6
  return address.slice(0, colon);
}

const IP4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;
const IP6 = /^(?=[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:)[0-9a-fA-F:.]{2,45}(?:%[\w.-]{1,32})?$/;

/** The last text that was an address: lines of one client stand together. */
let lastIp = '';

export function isIp(text: string): boolean {
  if (text === lastIp && text !== '') return true;
  const c = text.charCodeAt(0);
  if (!((c >= 48 && c <= 57 && IP4.test(text)) || IP6.test(text))) return false;
  lastIp = text;
  return true;
}

/** Path of a URI, without query and fragment. */
export function pathOf(uri: string): string {
  const q = uri.indexOf('?');
  const path = q === -1 ? uri : uri.slice(0, q);
  const scheme = path.indexOf('://');
  if (scheme <= 0 || scheme > 8) return path;
  const slash = path.indexOf('/', scheme + 3);
  return slash === -1 ? '/' : path.slice(slash);
}

/**
 * Fields that were added to those of a JSON line lose against members of the same name that the line itself has.
 * `base` is the length of the fields before any was added.
 */
export function dropDoubles(draft: Draft, base: number, object: JsonObject): void {
  if (draft.fields.length === base) return;
  const added = draft.fields.slice(base);
  let double = false;
  for (const key in object) {
    if (added.indexOf(`"${key}":`) !== -1) {
      double = true;
      break;
    }
  }
  if (!double) return;
  const parsed = JSON.parse(`{${added.slice(1)}}`) as Record<string, unknown>;
  draft.fields = draft.fields.slice(0, base);
  for (const [key, value] of Object.entries(parsed)) {
    if (!Object.hasOwn(object, key)) draft.fields += `,${quote(key)}:${JSON.stringify(value)}`;
  }
}

/** One member for each name in fields that are not closed yet; the last one stays. */
export function withoutDoubles(fields: string): string {
  return JSON.stringify(JSON.parse(`${fields}}`)).slice(0, -1);
}

/** One to nine digits? */
export function isDigits(text: string): boolean {
  return text.length > 0 && text.length <= 9 && digitsEnd(text, 0) === text.length;
}

/** Where the digits end that start at `from`, 20 at most. */
export function digitsEnd(s: string, from: number): number {
  let at = from;
  while (at - from < 20) {
    const c = s.charCodeAt(at);
    if (!(c >= 48 && c <= 57)) break;
    at++;
  }
  return at;
}
