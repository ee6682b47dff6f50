// Reads values as Python's repr writes them: the members of a dict or tuple that stand at one level, as written.
// Log lines hold such text of messages that anybody may have sent: nested members must not pass for those of the message.

/** Values are looked for in this much text. */
const MAX_TEXT = 64 * 1024;
const MAX_MEMBERS = 200;

const OPENS = '([{';
const CLOSES = ')]}';

/** Where a string that starts with the quote at `at` ends, past its closing quote; the text's end when it stays open. */
function stringEnd(text: string, at: number, end: number): number {
  const quote = text.charCodeAt(at);
  let i = at + 1;
  while (i < end) {
    const c = text.charCodeAt(i);
    if (c === 92) i += 2;
    else if (c === quote) return i + 1;
    else i++;
  }
  return end;
}

/** Where the value that starts at `from` ends: at the comma or closing bracket after it, or at the text's end. */
function valueEnd(text: string, from: number, end: number): number {
  let depth = 0;
  let i = from;
  while (i < end) {
    const c = text.charCodeAt(i);
    if (c === 39 || c === 34) {
      i = stringEnd(text, i, end);
      continue;
    }
    const ch = text[i] as string;
    if (OPENS.includes(ch)) depth++;
    else if (CLOSES.includes(ch)) {
      if (depth === 0) return i;
      depth--;
    } else if (c === 44 && depth === 0) return i;
    i++;
  }
  return end;
}

/** Where the bracketed value at `from` ends, past its closing bracket; -1 when none starts there or it stays open. */
export function bracketEnd(text: string, from: number): number {
  if (!OPENS.includes(text[from] ?? ' ')) return -1;
  const end = Math.min(text.length, from + MAX_TEXT);
  let i = from + 1;
  while (i < end) {
    i = valueEnd(text, i, end);
    if (i >= end) return -1;
    if (text.charCodeAt(i) !== 44) return i + 1;
    i++;
  }
  return -1;
}

/** Items of the tuple, list or call that opens at `from`, as written. A cut text gives what it holds. */
export function itemsAt(text: string, from: number): string[] {
  const items: string[] = [];
  if (!OPENS.includes(text[from] ?? ' ')) return items;
  const end = Math.min(text.length, from + MAX_TEXT);
  let i = from + 1;
  while (i < end && items.length < MAX_MEMBERS) {
    const stop = valueEnd(text, i, end);
    const item = text.slice(i, stop).trim();
    if (item !== '') items.push(item);
    if (stop >= end || text.charCodeAt(stop) !== 44) break;
    i = stop + 1;
  }
  return items;
}

/** Members of the dict that opens at `from`: key without quotes to value as written. */
export function membersAt(text: string, from: number): Map<string, string> {
  const members = new Map<string, string>();
  if (text.charCodeAt(from) !== 123) return members;
  for (const item of itemsAt(text, from)) {
    const start = /^[ub]?(?=['"])/.exec(item);
    if (!start) continue;
    const quote = start[0].length;
    const close = stringEnd(item, quote, item.length);
    const colon = /^\s*:\s*/.exec(item.slice(close, close + 20));
    if (colon) members.set(item.slice(quote + 1, close - 1), item.slice(close + colon[0].length));
  }
  return members;
}

/** A value without its quotes: `u'x'` and `'x'` are `x`; None is ''; anything else as written. */
export function plainValue(value: string | undefined): string {
  if (value === undefined || value === 'None') return '';
  const m = /^[ub]?(['"])([\s\S]*)\1$/.exec(value);
  if (!m) return value;
  const body = m[2] as string;
  return body.indexOf('\\') === -1 ? body : body.replace(/\\(['"\\])/g, '$1');
}
