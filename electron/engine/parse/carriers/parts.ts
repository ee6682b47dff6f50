// Lines that a container runtime cut into parts: joined per stream, also where parts of two streams cross each other.
import type { Said } from './peel.ts';

const MAX_QUEUE = 200;
const MAX_KEPT = 8 * 1024 * 1024;
const MAX_TEXT = 1024 * 1024;

export interface Part {
  text: string;
  said: Said;
  offset: number;
  bytes: number;
  line: number;
  lines: number;
  cut: number;
  high: boolean;
  /** '' for a whole line; else what it is of one. */
  part: '' | 'first part of a line' | 'last part of a line';
  /** The first line of the record that a last part goes on from. */
  from: number;
}

interface Waiting extends Part {
  key: string;
  pieces: string[];
  open: boolean;
  /** Without text: it announces the line after it. */
  bare: boolean;
  kept(given: { text: string }): boolean;
}

export class Parts {
  #queue: Waiting[] = [];
  #kept = 0;
  #deliver: (part: Part) => void;

  constructor(deliver: (part: Part) => void) {
    this.#deliver = deliver;
  }

  get waiting(): boolean {
    return this.#queue.length > 0;
  }

  /** Takes a line; `partial`: it goes on in the next one of its stream. */
  add(given: Omit<Part, 'part' | 'from'>, partial: boolean): void {
    const key = keyOf(given.said);
    const queue = this.#queue;
    const last = queue[queue.length - 1];
    const head = queue.find((entry) => entry.open && (entry.key === key || entry.bare));
    this.#kept += given.text.length;
    if (head) {
      // A line that only announces the next one says less than that does.
      if (head.bare) head.said = given.said;
      head.bare = false;
      if (head.kept(given)) head.pieces.push(given.text);
      else head.cut += given.text.length;
      head.high ||= given.high;
      head.cut += given.cut;
      if (head === last) {
        head.bytes += given.bytes;
        head.lines += given.lines;
      } else if (last?.key === key && last.part === 'last part of a line') {
        last.bytes += given.bytes;
        last.lines += given.lines;
        last.pieces.push(given.text);
      } else {
        queue.push(waiting(given, key, false, 'last part of a line', head.line));
      }
      if (!partial) head.open = false;
    } else queue.push(waiting(given, key, partial, '', 0));
    this.#drain();
    if (queue.length > MAX_QUEUE || this.#kept > MAX_KEPT) this.flush();
  }

  /** Nothing more comes: what is still open stays a first part. */
  flush(): void {
    for (const entry of this.#queue) {
      if (!entry.open) continue;
      entry.open = false;
      entry.part = 'first part of a line';
    }
    this.#drain();
  }

  #drain(): void {
    const queue = this.#queue;
    while (queue.length > 0 && !(queue[0] as Waiting).open) {
      const entry = queue.shift() as Waiting;
      entry.text = entry.pieces.length === 1 ? (entry.pieces[0] as string) : entry.pieces.join('');
      this.#kept -= entry.text.length;
      this.#deliver(entry);
    }
    if (queue.length === 0) this.#kept = 0;
  }
}

function waiting(
  given: Omit<Part, 'part' | 'from'>,
  key: string,
  open: boolean,
  part: Part['part'],
  from: number,
): Waiting {
  let length = given.text.length;
  return {
    ...given,
    key,
    open,
    part,
    from,
    pieces: [given.text],
    bare: open && given.text === '',
    kept(more) {
      if (length > MAX_TEXT) return false;
      length += more.text.length;
      return true;
    },
  };
}

function keyOf(said: Said): string {
  return `${said.stream}\n${said.container}\n${said.pod}\n${said.file}\n${said.host}\n${said.program}`;
}
