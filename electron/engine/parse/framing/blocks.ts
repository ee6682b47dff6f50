// Frames that cut tables, journal blocks and counted messages into units.
import { isVerboseHead, sizeAt } from '../carriers/journal-blocks.ts';
import type { Frame, FrameMaker, UnitSink } from './frame.ts';
import { Gathered, handOn, handOnLines, MAX_UNIT } from './frame.ts';

const MAX_ROW_LINES = 2000;
/** A line without an end that is longer is taken in parts. */
const MAX_WAITING = 8 * MAX_UNIT;

/** Lines of a text that is fed in pieces, each with its end. */
abstract class ByLine implements Frame {
  protected readonly sink: UnitSink;
  protected readonly unit = new Gathered();
  #rest: string[] = [];
  #waiting = 0;

  constructor(sink: UnitSink) {
    this.sink = sink;
  }

  feed(text: string): void {
    let from = 0;
    for (let nl = text.indexOf('\n'); nl !== -1; nl = text.indexOf('\n', from)) {
      const piece = text.slice(from, nl + 1);
      if (this.#rest.length > 0) {
        this.#rest.push(piece);
        this.#takeRest();
      } else this.line(piece);
      from = nl + 1;
    }
    if (from < text.length) this.#rest.push(text.slice(from));
    this.#waiting += text.length - from;
    if (this.#waiting > MAX_WAITING) this.#takeRest();
  }

  #takeRest(): void {
    if (this.#rest.length > 0) this.line(this.#rest.join(''));
    this.#rest = [];
    this.#waiting = 0;
  }

  end(): void {
    this.#takeRest();
    this.finish();
  }

  protected abstract line(line: string): void;

  protected finish(): void {
    handOn(this.unit, this.sink);
  }
}

/** Rows of a table in CSV: a quoted cell may hold line ends. */
class CsvFrame extends ByLine {
  #quoted = false;

  protected override line(line: string): void {
    this.unit.keep(line, this.sink);
    this.#quoted = open(line, this.#quoted);
    if (!this.#quoted) {
      handOn(this.unit, this.sink);
    } else if (this.unit.lines > MAX_ROW_LINES || this.unit.kept >= MAX_UNIT) {
      this.#quoted = false;
      handOnLines(this.unit, this.sink);
    }
  }

  protected override finish(): void {
    if (this.#quoted) handOnLines(this.unit, this.sink);
    else handOn(this.unit, this.sink);
  }
}

/** Is a quoted cell open at the end of a line that began inside one or not? */
function open(line: string, quoted: boolean): boolean {
  let inside = quoted;
  let at = 0;
  for (;;) {
    if (!inside && line.charCodeAt(at) === 34) {
      inside = true;
      at++;
    }
    if (inside) {
      let quote = line.indexOf('"', at);
      while (quote !== -1 && line.charCodeAt(quote + 1) === 34) quote = line.indexOf('"', quote + 2);
      if (quote === -1) return true;
      inside = false;
      at = quote + 1;
    }
    const comma = line.indexOf(',', at);
    if (comma === -1) return false;
    at = comma + 1;
  }
}

export const csvFrame: FrameMaker = (sink) => new CsvFrame(sink);

/** Entries of `journalctl -o verbose`: a head line and the indented lines after it. */
class VerboseFrame extends ByLine {
  protected override line(line: string): void {
    const bare = line.endsWith('\r\n') ? line.slice(0, -2) : line.endsWith('\n') ? line.slice(0, -1) : line;
    if (line.charCodeAt(0) !== 32 && bare !== '' && (isVerboseHead(bare) || line.startsWith('-- '))) {
      handOn(this.unit, this.sink);
    }
    if (this.unit.lines > MAX_ROW_LINES) handOnLines(this.unit, this.sink);
    this.unit.keep(line, this.sink);
  }
}

export const verboseFrame: FrameMaker = (sink) => new VerboseFrame(sink);

const NAME = /^[A-Z_][A-Z0-9_]{0,63}$/;

/** Entries of `journalctl -o export`: fields up to a blank line; a value may be given by its length and hold line ends. */
class ExportFrame implements Frame {
  #sink: UnitSink;
  #unit = new Gathered();
  #buffer = '';

  constructor(sink: UnitSink) {
    this.#sink = sink;
  }

  feed(text: string): void {
    this.#buffer += text;
    this.#cut(false);
  }

  end(): void {
    this.#cut(true);
    if (this.#buffer !== '') this.#unit.keep(this.#buffer, this.#sink);
    this.#buffer = '';
    handOn(this.#unit, this.#sink);
  }

  #cut(last: boolean): void {
    const buffer = this.#buffer;
    let at = 0;
    for (;;) {
      const nl = buffer.indexOf('\n', at);
      if (nl === -1) {
        if (buffer.length - at > MAX_WAITING) at = this.#text(buffer, at, buffer.length - 1);
        break;
      }
      if (nl === at) {
        // Blank lines end an entry; further ones go with it.
        let end = nl + 1;
        while (buffer.charCodeAt(end) === 10) end++;
        if (end === buffer.length && !last && end - at <= MAX_WAITING) break;
        this.#unit.keep(buffer.slice(at, end), this.#sink);
        handOn(this.#unit, this.#sink);
        at = end;
        continue;
      }
      const line = buffer.slice(at, nl);
      const eq = line.indexOf('=');
      if (eq !== -1 && NAME.test(line.slice(0, eq))) {
        this.#unit.keep(buffer.slice(at, nl + 1), this.#sink);
        at = nl + 1;
      } else if (eq === -1 && NAME.test(line)) {
        const size = sizeAt(buffer, nl + 1);
        const end = nl + 10 + size;
        if (!(size <= MAX_UNIT) && buffer.length >= nl + 9) {
          at = this.#text(buffer, at, nl);
        } else if (end > buffer.length || Number.isNaN(end)) {
          if (!last) break;
          at = this.#text(buffer, at, nl);
        } else if (buffer.charCodeAt(end - 1) !== 10) {
          at = this.#text(buffer, at, nl);
        } else {
          this.#unit.keep(buffer.slice(at, end), this.#sink);
          at = end;
        }
      } else {
        at = this.#text(buffer, at, nl);
      }
      if (this.#unit.kept >= MAX_UNIT) handOnLines(this.#unit, this.#sink);
    }
    this.#buffer = buffer.slice(at);
  }

  /** A line that is none of an entry: a unit of its own. */
  #text(buffer: string, at: number, nl: number): number {
    handOn(this.#unit, this.#sink);
    this.#unit.keep(buffer.slice(at, nl + 1), this.#sink);
    handOn(this.#unit, this.#sink);
    return nl + 1;
  }
}

export const exportFrame: FrameMaker = (sink) => new ExportFrame(sink);

const COUNT = /^(\d{1,6}) (?=<\d{1,3}>)/;

/** Messages of syslog that state their length: `83 <34>1 …`, one behind the other with line ends between them or none. */
class OctetFrame implements Frame {
  #sink: UnitSink;
  #unit = new Gathered();
  #buffer = '';

  constructor(sink: UnitSink) {
    this.#sink = sink;
  }

  feed(text: string): void {
    this.#buffer += text;
    this.#cut(false);
  }

  end(): void {
    this.#cut(true);
    if (this.#buffer !== '') {
      this.#unit.keep(this.#buffer, this.#sink);
      this.#buffer = '';
      handOnLines(this.#unit, this.#sink);
    }
  }

  #cut(last: boolean): void {
    const buffer = this.#buffer;
    let at = 0;
    while (at < buffer.length) {
      const head = buffer.slice(at, at + 14);
      const count = COUNT.exec(head);
      if (!count) {
        if (head.length < 14 && !last && /^\d{1,7}(?: (?:<\d{0,3})?)?$/.test(head)) break;
        const nl = buffer.indexOf('\n', at);
        if (nl === -1) {
          if (buffer.length - at > MAX_UNIT) {
            this.#unit.keep(buffer.slice(at), this.#sink);
            handOn(this.#unit, this.#sink);
            at = buffer.length;
          }
          break;
        }
        this.#unit.keep(buffer.slice(at, nl + 1), this.#sink);
        handOn(this.#unit, this.#sink);
        at = nl + 1;
        continue;
      }
      const start = at + count[0].length;
      let end = start + Number(count[1]);
      // One byte more is looked at: the line end that many writers put behind each message.
      if (end + 1 > buffer.length && !last) break;
      end = Math.min(end, buffer.length);
      const next = buffer.charCodeAt(end);
      if (next === 10) end++;
      else if (!Number.isNaN(next) && !(next >= 48 && next <= 57)) {
        // The count is wrong: what ends the line ends the message.
        const nl = buffer.indexOf('\n', at);
        if (nl === -1 && !last && buffer.length - at <= MAX_WAITING) break;
        end = nl === -1 ? buffer.length : nl + 1;
      }
      this.#unit.keep(buffer.slice(at, end), this.#sink);
      handOn(this.#unit, this.#sink);
      at = end;
    }
    this.#buffer = buffer.slice(at);
  }
}

export const octetFrame: FrameMaker = (sink) => new OctetFrame(sink);

/** Do counted messages stand without line ends between them, or hold line ends? Then lines are no units. */
export function countedWithoutLines(head: string): boolean {
  const count = COUNT.exec(head.slice(0, 14));
  if (!count) return false;
  const end = count[0].length + Number(count[1]);
  if (end > head.length) return false;
  const nl = head.indexOf('\n');
  const between = head.slice(end, end + 14);
  return nl !== -1 && nl < end - 1 ? true : COUNT.test(between);
}
