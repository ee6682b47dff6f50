// Takes the carriers of a line off, one inside another, and gathers what they say.
import type { Member } from '../kind.ts';
import type { Carrier, Outer } from './carrier.ts';
import { outer } from './carrier.ts';

const MAX_DEPTH = 4;

export type Said = Omit<Outer, 'text' | 'partial'>;

export const NOTHING_SAID: Said = Object.freeze({
  time: Number.NaN,
  zoned: false,
  year: 0,
  stream: '',
  host: '',
  program: '',
  pid: '',
  priority: -1,
  file: '',
  namespace: '',
  pod: '',
  container: '',
  tag: '',
  group: '',
  repeated: 0,
  structured: '',
  notice: false,
  unordered: false,
});

export class Peel {
  /** Carriers that the member's lines are in. */
  readonly carriers: Carrier[] = [];
  /** Of the last line: what is left of it, what was said around it, whether it goes on. */
  text = '';
  said: Said = NOTHING_SAID;
  partial = false;

  /** The carriers of the line before: lines stand together. */
  #last: (Carrier | null)[] = new Array(MAX_DEPTH).fill(null);

  /**
   * Opens a line as far as its carriers go; false when it is in none. `reads` tells whether a text is a line of the log as it
   * stands: then no soft carrier is looked for around it.
   */
  open(line: string, member: Member, reads: (text: string) => boolean): boolean {
    let text = line;
    let said: Said = NOTHING_SAID;
    let partial = false;
    let used: Carrier[] | null = null;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const carrier = this.#next(text, member, reads, used, depth);
      if (!carrier) break;
      this.#last[depth] = carrier;
      text = outer.text;
      partial ||= outer.partial;
      said = used === null ? take() : merge(said);
      used = used === null ? [carrier] : [...used, carrier];
      if (said.notice || text.indexOf('\n') !== -1) break;
    }
    if (used === null) return false;
    this.text = text;
    this.said = said;
    this.partial = partial;
    return true;
  }

  #next(
    text: string,
    member: Member,
    reads: (text: string) => boolean,
    used: readonly Carrier[] | null,
    depth: number,
  ): Carrier | null {
    const last = this.#last[depth] as Carrier | null;
    let plain: boolean | undefined;
    for (let i = last === null ? 0 : -1; i < this.carriers.length; i++) {
      const carrier = i === -1 ? (last as Carrier) : (this.carriers[i] as Carrier);
      if ((i !== -1 && carrier === last) || used?.includes(carrier)) continue;
      if (!opens(carrier, text, member)) continue;
      if (carrier.soft) {
        plain ??= reads(text);
        if (plain) return null;
        // Reading the text asked other carriers nothing, but the kinds may have used what they share.
        if (!opens(carrier, text, member)) continue;
      }
      return carrier;
    }
    return null;
  }
}

export function opens(carrier: Carrier, line: string, member: Member): boolean {
  if (carrier.starts !== undefined && carrier.starts.indexOf(line.charAt(0)) === -1) return false;
  if (line === '') return false;
  try {
    return carrier.open(line, member);
  } catch {
    return false;
  }
}

function take(): Said {
  const { text: _text, partial: _partial, ...said } = outer;
  return said;
}

/** What an inner carrier says stands before what the outer one said: it was nearer to the writer. */
function merge(said: Said): Said {
  const dated = !Number.isNaN(outer.time) && (outer.zoned || !said.zoned);
  return {
    time: dated ? outer.time : said.time,
    zoned: dated ? outer.zoned : said.zoned,
    year: outer.year || said.year,
    stream: outer.stream || said.stream,
    host: outer.host || said.host,
    program: outer.program || said.program,
    pid: outer.pid || said.pid,
    priority: outer.priority >= 0 ? outer.priority : said.priority,
    file: outer.file || said.file,
    namespace: outer.namespace || said.namespace,
    pod: outer.pod || said.pod,
    container: outer.container || said.container,
    tag: outer.tag || said.tag,
    group: outer.group || said.group,
    repeated: outer.repeated || said.repeated,
    structured: outer.structured || said.structured,
    notice: outer.notice || said.notice,
    unordered: outer.unordered || said.unordered,
  };
}

/** What a program's own path or name may be found under, the most telling first. */
export function placesOf(said: Said): string[] {
  return [said.file, said.tag, said.group, said.container, said.program, said.pod].filter(
    (place) => place !== '',
  );
}
