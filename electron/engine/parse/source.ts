// Whose lines a member holds: one source in a plain file, one a file or container in what shippers and stores export.

import { placesOf, type Said } from './carriers/peel.ts';
import { FORMATS, SANDBOX } from './formats/formats.ts';
import { type Format, GlogNotes, type LineKind } from './kind.ts';
import { type PathHint, readPath } from './path.ts';
import { YearClock } from './years.ts';

const MAX_SOURCES = 5000;

export interface StreamEnd {
  line: number;
  kind: LineKind | null;
}

export class Source {
  readonly hint: PathHint;
  format: Format;
  kinds: readonly LineKind[];
  /** The format is that of members of no known system. */
  unknown: boolean;
  /** The kind of the line before: lines of one kind stand together. */
  last: LineKind | null = null;
  /** What some lines set for those after them. */
  state: Record<string, string> = {};
  glog = new GlogNotes();
  /** Years of the file that was collected; null: those of the member. */
  years: YearClock | null = null;
  /** Records that kinds of the format have read. */
  reads = 0;
  /** The format was concluded from a name, not from lines. */
  guessed: boolean;
  /** Another format whose lines stand in a row now, and how many. */
  guest: Format | null = null;
  guests = 0;

  constructor(hint: PathHint, format: Format, guessed = false, lineOf: () => number = () => 0) {
    this.hint = hint;
    this.format = format;
    this.kinds = format.kinds;
    this.unknown = format.id === 'text';
    this.guessed = guessed;
    if (guessed && hint.year > 0) {
      this.years = new YearClock(lineOf);
      this.years.startAt(hint.year, hint.month, hint.day || 1, hint.day > 0);
    }
  }

  #out: StreamEnd = { line: 0, kind: null };
  #err: StreamEnd = { line: 0, kind: null };

  /** The last record of a stream. */
  lastOf(stream: string): StreamEnd {
    return stream === 'stdout' ? this.#out : this.#err;
  }

  adopt(format: Format): void {
    this.format = format;
    this.kinds = format.kinds;
    this.unknown = format.id === 'text';
    this.last = null;
    this.reads = 0;
    this.guessed = false;
    this.guest = null;
    this.guests = 0;
  }
}

/** Sources of a member whose carriers name them. */
export class Sources {
  #main: Source;
  #byKey = new Map<string, Source>();
  #lastSaid: Said | null = null;
  #last: Source;

  constructor(main: Source) {
    this.#main = main;
    this.#last = main;
  }

  /** The source of a line. */
  of(said: Said): Source {
    const before = this.#lastSaid;
    if (
      before !== null &&
      before.host === said.host &&
      before.file === said.file &&
      before.tag === said.tag &&
      before.group === said.group &&
      before.container === said.container &&
      before.program === said.program &&
      before.pod === said.pod
    ) {
      return this.#last;
    }
    this.#lastSaid = said;
    this.#last = this.#find(said);
    return this.#last;
  }

  #find(said: Said): Source {
    const places = placesOf(said);
    if (places.length === 0) return this.#main;
    const key = `${said.host}\n${places.join('\n')}`;
    let source = this.#byKey.get(key);
    if (!source) {
      if (this.#byKey.size >= MAX_SOURCES) return this.#main;
      // Where the member's own path names the system, only the path of a collected file knows better.
      const known = this.#main.hint.family !== '';
      source = this.#made(known ? (said.file === '' ? [] : [said.file]) : places);
      this.#byKey.set(key, source);
    }
    return source;
  }

  #made(places: readonly string[]): Source {
    for (const place of places) {
      const hint = readPath(place);
      if (hint.family === '') continue;
      hint.whole = false;
      if (hint.component === 'configuration') hint.component = '';
      const format =
        hint.component === 'sandbox' ? SANDBOX : FORMATS.find((format) => format.id === hint.family);
      if (format) return new Source(hint, format, true);
    }
    return new Source(this.#main.hint, this.#main.format, this.#main.guessed);
  }
}
