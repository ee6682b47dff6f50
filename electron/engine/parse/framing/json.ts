// JSON that is no line each: indented objects, lists, answers of a store that hold a list of records, objects without line ends.
import { parseObject } from '../text.ts';
import type { Frame, FrameMaker, UnitSink } from './frame.ts';
import { Gathered, handOn } from './frame.ts';

/** Lists of records, by the name of the list. */
const LISTS = new Set([
  'hits',
  'events',
  'logEvents',
  'results',
  'values',
  'records',
  'Records',
  'entries',
  'logs',
  'logRecords',
]);
const MAX_DEPTH = 64;
const MAX_WORD = 2000;

interface Container {
  list: boolean;
  /** Name under which it stands in an object, '' in a list or at the top. */
  name: string;
  /** Its objects (or lists) are records. */
  records: boolean;
}

/** Where the reader is: between values, inside a record, behind one up to the end of its line, in text that is no JSON. */
const OUTSIDE = 0;
const RECORD = 1;
const BEHIND = 2;
const TEXT = 3;

class JsonFrame implements Frame {
  #sink: UnitSink;
  #found: (list: boolean) => void;
  /** What the next unit begins with: the opening of the document, then the record. */
  #next = new Gathered();
  /** An object at the top whose lists are not known yet: a record itself unless a list shows up in it. */
  #whole = false;
  #stack: Container[] = [];
  #state = OUTSIDE;
  #depth = 0;
  #quoted = false;
  #escaped = false;
  #word = '';
  #name = '';
  #capture = -1;
  #captured = '';
  #lost = false;

  constructor(sink: UnitSink, found: (list: boolean) => void) {
    this.#sink = sink;
    this.#found = found;
  }

  feed(text: string): void {
    let from = 0;
    let i = 0;
    const keep = (to: number): void => {
      if (to > from) this.#pass(text.slice(from, to));
      from = to;
    };
    while (i < text.length) {
      const c = text.charCodeAt(i);
      if (this.#state === TEXT) {
        const nl = text.indexOf('\n', i);
        if (nl === -1) break;
        keep(nl + 1);
        handOn(this.#next, this.#sink);
        this.#state = OUTSIDE;
        i = nl + 1;
        continue;
      }
      if (this.#state === BEHIND) {
        if (c === 32 || c === 9 || c === 13 || c === 44 || c === 0) {
          i++;
          continue;
        }
        // What closes its lists on the same line goes with the last record there.
        if ((c === 93 || c === 125) && this.#stack.length > 0) {
          this.#closes();
          i++;
          continue;
        }
        if (c === 10) i++;
        this.#finish(text.slice(from, i));
        from = i;
        continue;
      }
      if (this.#quoted) {
        if (this.#escaped) {
          this.#escaped = false;
          if (this.#state === OUTSIDE) this.#take(text.slice(i, i + 1));
          i++;
          continue;
        }
        // On to what ends or breaks the string.
        let end = i;
        let e = c;
        while (e !== 34 && e !== 92 && e !== 10 && end < text.length) e = text.charCodeAt(++end);
        if (this.#state === OUTSIDE && end > i) this.#take(text.slice(i, end));
        i = end;
        if (i >= text.length) break;
        i++;
        if (e === 92) {
          this.#escaped = true;
          if (this.#state === OUTSIDE) this.#take('\\');
        } else if (e === 34) {
          this.#quoted = false;
          if (this.#state === OUTSIDE) this.#worded();
        } else {
          // A line end inside a string: this is no JSON, or it was cut.
          keep(i);
          this.#break();
        }
        continue;
      }
      if (this.#state === RECORD) {
        if (c === 34) this.#quoted = true;
        else if (c === 123 || c === 91) this.#depth++;
        else if (c === 125 || c === 93) {
          this.#depth--;
          if (this.#depth === 0) {
            keep(i + 1);
            this.#state = BEHIND;
          }
        }
        i++;
        continue;
      }
      // Outside of records.
      if (c === 34) {
        if (this.#stack.length === 0) {
          this.#state = TEXT;
          continue;
        }
        this.#quoted = true;
        this.#word = '';
      } else if (c === 123 || c === 91) {
        const records = this.#opens(c);
        if (records) {
          keep(i);
          this.#next.dropText();
          this.#state = RECORD;
          this.#depth = 1;
        }
      } else if (c === 125 || c === 93) {
        i++;
        if (this.#closes()) {
          keep(i);
          this.#whole = false;
          this.#state = BEHIND;
        }
        continue;
      } else if (c === 44) {
        this.#name = '';
      } else if (this.#stack.length === 0 && c > 32 && c !== 0xef && c !== 0xbb && c !== 0xbf) {
        // Blanks, commas and byte order marks may stand between values.
        this.#state = TEXT;
        continue;
      }
      i++;
    }
    keep(text.length);
  }

  /** Text of a record is kept; what stands around records only counts. */
  #pass(piece: string): void {
    if (this.#state === BEHIND || (this.#state === OUTSIDE && !this.#whole))
      this.#next.count(piece, this.#sink);
    else this.#next.keep(piece, this.#sink);
  }

  end(): void {
    if (this.#next.empty) return;
    if (this.#state === BEHIND) this.#finish('');
    else if (this.#state === OUTSIDE && !this.#whole) {
      const { bytes, lines } = this.#next;
      this.#next.clear();
      this.#sink.more(bytes, lines);
    } else handOn(this.#next, this.#sink);
  }

  /** A bracket outside of records opens: true when it begins a record. */
  #opens(c: number): boolean {
    const list = c === 91;
    const stack = this.#stack;
    const top = stack[stack.length - 1];
    if (top?.records && (top.name === 'values' ? list : !list)) {
      this.#found(true);
      this.#whole = false;
      return true;
    }
    if (stack.length >= MAX_DEPTH) return false;
    const name = top && !top.list ? this.#name : '';
    const records = list && this.#isListOfRecords(name);
    if (stack.length === 0) {
      this.#next.dropText();
      this.#whole = !list;
      if (!this.#lost) this.#sink.around('', null);
    } else if (!list && name === 'stream' && this.#capture === -1) {
      this.#capture = stack.length;
      this.#captured = '';
    }
    stack.push({ list, name, records });
    if (this.#capture !== -1) this.#captured += list ? '[' : '{';
    this.#name = '';
    return false;
  }

  #isListOfRecords(name: string): boolean {
    const stack = this.#stack;
    const depth = stack.length;
    if (depth === 0) return true;
    if (!LISTS.has(name)) return false;
    if (name === 'hits') return stack[depth - 1]?.name === 'hits' && depth <= 5;
    if (name === 'values') {
      const parent = stack[depth - 2]?.name;
      return parent === 'result' || parent === 'streams';
    }
    // OpenTelemetry's stand below `resourceLogs` and `scopeLogs`.
    if (name === 'logRecords') return depth <= 5;
    return depth === 1;
  }

  /** A bracket outside of records closes: true when it ends an object at the top that is a record itself. */
  #closes(): boolean {
    const closed = this.#stack.pop();
    if (!closed) return false;
    if (this.#capture !== -1) {
      this.#captured += closed.list ? ']' : '}';
      if (this.#stack.length === this.#capture) {
        this.#capture = -1;
        this.#sink.around('stream', parseObject(this.#captured));
      }
    }
    this.#name = '';
    if (this.#stack.length > 0 || closed.list || !this.#whole) return false;
    this.#found(false);
    return true;
  }

  #take(piece: string): void {
    if (this.#word.length < MAX_WORD) this.#word += piece;
  }

  /** A string outside of records is complete: a name, or a value under the name before it. */
  #worded(): void {
    const top = this.#stack[this.#stack.length - 1];
    if (this.#capture !== -1 && this.#captured.length < 20_000) {
      const last = this.#captured.charCodeAt(this.#captured.length - 1);
      if (last === 58) this.#captured += `"${this.#word}"`;
      else
        this.#captured += `${last === 123 || last === 91 ? '' : ','}"${this.#word}"${top?.list ? '' : ':'}`;
    }
    if (top?.list) return;
    if (this.#name === '') {
      this.#name = this.#word;
      return;
    }
    if (this.#stack.length === 1 && this.#capture === -1)
      this.#sink.around(this.#name, parseObject(`{"v":"${this.#word}"}`)?.v);
    this.#name = '';
  }

  /** The record and the rest of its line are complete. */
  #finish(rest: string): void {
    if (rest !== '') this.#next.count(rest, this.#sink);
    handOn(this.#next, this.#sink, compact(this.#next.text));
    this.#state = OUTSIDE;
  }

  /** What was read is no JSON: it stands as text, and reading begins anew behind it. */
  #break(): void {
    handOn(this.#next, this.#sink);
    this.#quoted = false;
    this.#escaped = false;
    this.#stack = [];
    this.#whole = false;
    this.#capture = -1;
    this.#lost = true;
    this.#state = OUTSIDE;
  }
}

/** A record on one line: without blanks and line ends between its parts. */
export function compact(json: string): string {
  if (json.indexOf('\n') === -1) return json;
  let out = '';
  let from = 0;
  for (let i = 0; i < json.length; i++) {
    const c = json.charCodeAt(i);
    if (c === 34) {
      i++;
      while (i < json.length && json.charCodeAt(i) !== 34) i += json.charCodeAt(i) === 92 ? 2 : 1;
    } else if (c <= 32) {
      out += json.slice(from, i);
      from = i + 1;
    }
  }
  return out + json.slice(from);
}

/** `found` is told of every record whether it stands in a list. */
export function jsonFrame(found: (list: boolean) => void = () => {}): FrameMaker {
  return (sink) => new JsonFrame(sink, found);
}
