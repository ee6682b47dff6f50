// Members whose records are no lines: documents, tables, blocks. A frame cuts their text into units that tile it.

/** Longest text of a unit that is kept; its bytes are counted beyond it. */
export const MAX_UNIT = 1024 * 1024;

export interface Unit {
  /** As it stands in the member. */
  raw: string;
  /** Bytes and line ends that belong to it: those of its text, of what stands before it and of the rest of its line. */
  bytes: number;
  lines: number;
  /** Of them, those before its text. */
  lead: number;
  leadLines: number;
  /** Bytes of the text that were left out. */
  cut: number;
}

export interface UnitSink {
  /** One unit; `text` is what it says, when that is not its raw text. */
  unit(unit: Unit, text?: string): void;
  /** Bytes that belong to the unit before them: closing brackets, blank lines. */
  more(bytes: number, lines: number): void;
  /** What stands around the units that follow. */
  around(name: string, value: unknown): void;
  /** Bytes of the member that a piece of text was decoded from. */
  measure(text: string): number;
}

/** Text is fed in pieces cut anywhere. */
export interface Frame {
  feed(text: string): void;
  end(): void;
}

export type FrameMaker = (sink: UnitSink) => Frame;

/** Line ends in a text. */
export function newlines(text: string): number {
  let n = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) n++;
  return n;
}

/** What a frame gathers for the next unit. */
export class Gathered {
  #parts: string[] = [];
  #kept = 0;
  bytes = 0;
  lines = 0;
  cut = 0;
  #lead = 0;
  #leadLines = 0;

  get empty(): boolean {
    return this.bytes === 0;
  }

  /** Counts a piece without keeping it. */
  count(piece: string, sink: UnitSink): void {
    this.bytes += sink.measure(piece);
    this.lines += newlines(piece);
  }

  keep(piece: string, sink: UnitSink): void {
    if (this.#kept === 0) {
      this.#lead = this.bytes;
      this.#leadLines = this.lines;
    }
    this.count(piece, sink);
    const room = MAX_UNIT - this.#kept;
    if (piece.length > room) this.cut += piece.length - Math.max(room, 0);
    if (room <= 0) return;
    const kept = piece.length > room ? piece.slice(0, room) : piece;
    this.#kept += kept.length;
    this.#parts.push(kept);
  }

  get text(): string {
    if (this.#parts.length > 1) this.#parts = [this.#parts.join('')];
    return this.#parts[0] ?? '';
  }

  get kept(): number {
    return this.#kept;
  }

  dropText(): void {
    this.#parts = [];
    this.#kept = 0;
    this.cut = 0;
  }

  get unit(): Unit {
    const { bytes, lines, cut } = this;
    return { raw: this.text, bytes, lines, cut, lead: this.#lead, leadLines: this.#leadLines };
  }

  clear(): void {
    this.dropText();
    this.#lead = 0;
    this.#leadLines = 0;
    this.bytes = 0;
    this.lines = 0;
  }
}

/** Hands a gathered unit on and forgets it. */
export function handOn(gathered: Gathered, sink: UnitSink, text?: string): void {
  const { unit } = gathered;
  gathered.clear();
  if (unit.bytes > 0) sink.unit(unit, text);
}

/** Text lines of a unit that turned out to be none: each a unit of its own. */
export function handOnLines(gathered: Gathered, sink: UnitSink): void {
  const whole = gathered.unit;
  gathered.clear();
  let { bytes: left, lines: linesLeft } = whole;
  let from = 0;
  while (left > 0) {
    const nl = whole.raw.indexOf('\n', from);
    const last = nl === -1 || nl === whole.raw.length - 1;
    const raw = nl === -1 ? whole.raw.slice(from) : whole.raw.slice(from, nl + 1);
    const bytes = last ? left : sink.measure(raw);
    const lines = last ? linesLeft : 1;
    sink.unit({ raw, bytes, lines, lead: 0, leadLines: 0, cut: last ? whole.cut : 0 });
    left -= bytes;
    linesLeft -= lines;
    from = nl + 1;
  }
}
