// Physical lines out of pieces cut anywhere. Runs of NUL, which a hole in a file leaves, end a line and are counted, not kept.

export interface LineSink {
  line(text: string, bytes: number): void;
  /** A line with NULs in front of or behind it, or the part of one before such a run (`ends`: 0). */
  holed(text: string, bytes: number, ends: number, nuls: number): void;
  /** A line put together from several pieces. */
  joined(text: string, bytes: number, ends: number): void;
}

/** Longest text of a line that is kept. */
export const MAX_LINE = 1024 * 1024;
/** Fewer NULs inside a line are text of it. */
const MIN_RUN = 4;

export class Lines {
  #sink: LineSink;
  #measure: ((text: string) => number) | null;
  #carry: string[] = [];
  #kept = 0;
  #bytes = 0;
  /** NULs before the text of the line that is open, and behind what was read of it so far. */
  #before = 0;
  #behind = 0;

  /** `measure`: bytes of the member that a text was decoded from; null when a unit is a byte. */
  constructor(sink: LineSink, measure: ((text: string) => number) | null) {
    this.#sink = sink;
    this.#measure = measure;
  }

  /** Is a line open whose begin was in an earlier piece? */
  get open(): boolean {
    return this.#bytes > 0 || this.#before > 0 || this.#behind > 0;
  }

  /** A hole of so many NULs at the start of the member. */
  hole(nuls: number): void {
    this.#behind += nuls;
  }

  feed(text: string): void {
    if (this.#before > 0 || this.#behind > 0 || text.indexOf('\0') !== -1) {
      this.#holed(text);
      return;
    }
    let nl = text.indexOf('\n');
    if (nl === -1) {
      this.#keep(text);
      return;
    }
    let from = 0;
    if (this.#bytes > 0) {
      this.#keep(text.slice(0, nl));
      this.#ended(1);
      from = nl + 1;
      nl = text.indexOf('\n', from);
    }
    const sink = this.#sink;
    const measure = this.#measure;
    if (measure === null) {
      while (nl !== -1) {
        const end = nl > from && text.charCodeAt(nl - 1) === 13 ? nl - 1 : nl;
        sink.line(text.slice(from, end), nl + 1 - from);
        from = nl + 1;
        nl = text.indexOf('\n', from);
      }
    } else {
      while (nl !== -1) {
        const end = nl > from && text.charCodeAt(nl - 1) === 13 ? nl - 1 : nl;
        sink.line(text.slice(from, end), measure(text.slice(from, nl + 1)));
        from = nl + 1;
        nl = text.indexOf('\n', from);
      }
    }
    if (from < text.length) this.#keep(text.slice(from));
  }

  /** The last line has no end. `short`: bytes that its last character lacks. */
  end(short = 0): void {
    if (!this.open) return;
    this.#bytes -= short;
    this.#ended(0);
  }

  #size(text: string): number {
    return this.#measure === null ? text.length : this.#measure(text);
  }

  #keep(piece: string): void {
    this.#bytes += this.#size(piece);
    const room = MAX_LINE + 1 - this.#kept;
    if (room <= 0) return;
    const kept = piece.length > room ? piece.slice(0, room) : piece;
    this.#kept += kept.length;
    this.#carry.push(kept);
  }

  /** The open line ends: with a line end (1), at the end of the member (0), or before a run of NUL (-1). */
  #ended(end: 1 | 0 | -1): void {
    let text = this.#carry.join('');
    const unit = this.#measure === null ? 1 : this.#measure('\0');
    const nuls = (this.#before + (end === -1 ? 0 : this.#behind)) * unit;
    const bytes = this.#bytes + nuls + (end === 1 ? unit : 0);
    const whole = this.#kept <= MAX_LINE;
    this.#carry = [];
    this.#kept = 0;
    this.#bytes = 0;
    this.#before = 0;
    if (end !== -1) this.#behind = 0;
    if (whole && end === 1 && text.endsWith('\r')) text = text.slice(0, -1);
    const ends = end === -1 ? 0 : 1;
    if (nuls > 0 || end === -1) this.#sink.holed(text, bytes, ends, nuls);
    else this.#sink.joined(text, bytes, ends);
  }

  /** A piece with NULs in it, or behind a run of them. */
  #holed(text: string): void {
    let from = 0;
    while (from < text.length) {
      const nl = text.indexOf('\n', from);
      const end = nl === -1 ? text.length : nl;
      this.#stretch(text.slice(from, end));
      if (nl === -1) return;
      this.#ended(1);
      from = nl + 1;
    }
  }

  #stretch(text: string): void {
    let at = 0;
    while (at < text.length) {
      if (text.charCodeAt(at) === 0) {
        const from = at;
        do at++;
        while (text.charCodeAt(at) === 0);
        this.#behind += at - from;
        continue;
      }
      const nul = text.indexOf('\0', at);
      const end = nul === -1 ? text.length : nul;
      if (this.#behind > 0) {
        if (this.#bytes === 0) this.#before += this.#behind;
        else if (this.#behind < MIN_RUN) this.#keep('\0'.repeat(this.#behind));
        else {
          const run = this.#behind;
          this.#ended(-1);
          this.#before = run;
        }
        this.#behind = 0;
      }
      this.#keep(text.slice(at, end));
      at = end;
    }
  }
}
