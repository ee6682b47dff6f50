// Takes the carriers of a line off, one inside another, and gathers what they say.
import type { Member } from '../kind.ts';
import type { Carrier, Outer } from './carrier.ts';
import { outer } from './carrier.ts';

const MAX_DEPTH = 4;

export type Said = Omit<Outer, 'text' | 'partial' | 'again'>;

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

  /** The carriers of the line before, by depth: lines stand together. */
  #last: number[] = new Array(MAX_DEPTH).fill(-1);

  /**
   * Opens a line as far as its carriers go; false when it is in none. `reads` tells whether a text is a line of the log as it
   * stands: then no soft carrier is looked for around it.
   */
  open(line: string, member: Member, reads: (text: string) => boolean): boolean {
    let text = line;
    let said: Said = NOTHING_SAID;
    let partial = false;
    let used = 0;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      const at = this.#next(text, member, reads, used, depth);
      if (at === -1) break;
      this.#last[depth] = at;
      text = outer.text;
      partial ||= outer.partial;
      said = outer.again ? this.said : used === 0 ? take() : merge(said);
      used |= 1 << at;
      if (said.notice || text.indexOf('\n') !== -1) break;
      if (this.carriers.length === 1) break;
    }
    if (used === 0) return false;
    this.text = text;
    this.said = said;
    this.partial = partial;
    return true;
  }

  /** Index of the carrier that opens the text, -1 for none; `used`: bits of those that the line was in already. */
  #next(text: string, member: Member, reads: (text: string) => boolean, used: number, depth: number): number {
    const { carriers } = this;
    const last = this.#last[depth] as number;
    let plain: boolean | undefined;
    for (let i = last === -1 ? 0 : -1; i < carriers.length; i++) {
      const at = i === -1 ? last : i;
      if ((i !== -1 && i === last) || (used & (1 << at)) !== 0) continue;
      const carrier = carriers[at] as Carrier;
      if (!opens(carrier, text, member)) continue;
      if (carrier.soft) {
        plain ??= reads(text);
        if (plain) return -1;
        // Kinds may have used what carriers share: it is said anew.
        if (!opens(carrier, text, member)) continue;
      }
      return at;
    }
    return -1;
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
  return {
    time: outer.time,
    zoned: outer.zoned,
    year: outer.year,
    stream: outer.stream,
    host: outer.host,
    program: outer.program,
    pid: outer.pid,
    priority: outer.priority,
    file: outer.file,
    namespace: outer.namespace,
    pod: outer.pod,
    container: outer.container,
    tag: outer.tag,
    group: outer.group,
    repeated: outer.repeated,
    structured: outer.structured,
    notice: outer.notice,
    unordered: outer.unordered,
  };
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
