// Reads one member: frames lines, takes off carriers, asks the kinds of its format, and hands on records that tile the bytes.
import { Buffer, isAscii, isUtf8 } from 'node:buffer';
import type { Carrier } from './carrier.ts';
import { outer } from './carrier.ts';
import type { CustomFormat } from './custom/custom-format.ts';
import { dateIn } from './date-in.ts';
import { kernelMessage } from './formats/kernel.ts';
import { mesosState } from './formats/mesos-state.ts';
import { clearDraft, type Format, type LineKind, Member } from './kind.ts';
import { readPath, sharedFields } from './path.ts';
import type { MemberContext, MemberParser, OpenMember, ParseSummary, RecordSink } from './record.ts';
import { Draft, TS_KIND } from './record.ts';
import { binaryKind, choose } from './sniff.ts';
import {
  hasHighBytes,
  lookThrough,
  made,
  nothingKnown,
  put,
  putNumber,
  repair,
  reserve,
  stripAnsi,
  trimEnd,
} from './text.ts';
import { ZONE_WHY } from './zone-runs.ts';

const HEAD_BYTES = 64 * 1024;
const MAX_MESSAGE = 1024 * 1024;
const MAX_JOINED = 5000;
const MAX_LEADING = 2000;

export const openMember: OpenMember = (context, sink, customs = []) => new Reader(context, sink, customs);

/** A record that is still open: its draft, and what finishing it needs. */
class Open {
  draft = new Draft();
  kind: LineKind | null = null;
  joined = 0;
  cut = 0;
  partial = '';
  program = '';
  /** Its text holds bytes beyond ASCII: a value may have been cut inside a character. */
  high = false;
}

class Reader implements MemberParser {
  #context: MemberContext;
  #customs: readonly CustomFormat[];
  #sink: RecordSink;
  #member: Member;
  #sharedList: readonly [string, string][];
  #shared: string;
  #reserved: ReadonlySet<string> | null;
  #head: Uint8Array[] | null = [];
  #headBytes = 0;
  #binary = '';
  #format: Format | null = null;
  #carriers: Carrier[] = [];
  #kinds: readonly LineKind[] = [];
  #last: LineKind | null = null;
  #counts = new Map<string, number>();
  #counted: LineKind | null = null;
  #run = 0;

  #carry: string[] = [];
  #carryKept = 0;
  #carryBytes = 0;
  #repair = false;
  #escapes = false;
  #badUtf8 = false;
  /** The piece of the member, and the line, that is being read holds bytes beyond ASCII. */
  #chunkHigh = false;
  #lineHigh = false;

  #offset = 0;
  #lineNumber = 0;
  #leadOffset = -1;
  #leadLines = 0;

  #open: Open | null = null;
  #spare = new Open();
  #free: Open | null = null;
  #records = 0;
  #unparsed = 0;

  /** Parts of a line that a carrier split, per run of one stream. */
  #held: Held | null = null;
  #continues = '';

  #neighbour = Number.NaN;
  #neighbourKind: number = TS_KIND.none;
  #leading: Draft[] | null = [];

  constructor(context: MemberContext, sink: RecordSink, customs: readonly CustomFormat[]) {
    this.#customs = customs;
    this.#context = context;
    this.#sink = sink;
    this.#member = new Member(context, readPath(context.path));
    this.#sharedList = sharedFields(this.#member.hint);
    this.#shared = this.#sharedList.map(([key, json]) => `,${key}${json}`).join('');
    this.#reserved = this.#sharedList.length === 0 ? null : new Set(Object.keys(this.#member.hint.fields));
  }

  push(bytes: Uint8Array): void {
    reserve(this.#reserved);
    if (this.#head) {
      this.#head.push(bytes.slice());
      this.#headBytes += bytes.length;
      if (this.#headBytes >= HEAD_BYTES) this.#begin();
      return;
    }
    if (this.#binary === '') this.#chunk(bytes);
  }

  end(): ParseSummary {
    reserve(this.#reserved);
    if (this.#head) this.#begin();
    if (this.#binary !== '') {
      return {
        format: 'binary',
        system: 'other',
        encoding: 'binary',
        lines: 0,
        records: 0,
        unparsedLines: 0,
        zoneEvidence: [],
        facts: [],
      };
    }
    if (this.#carryBytes > 0) this.#lastLine();
    this.#releaseHeld();
    this.#close();
    if (this.#leadLines > 0) this.#blankRecord();
    this.#releaseLeading();
    return {
      format: this.#formatId(),
      system: this.#format?.system ?? 'other',
      encoding: this.#badUtf8 ? 'utf-8 with errors' : 'utf-8',
      lines: this.#lineNumber,
      records: this.#records,
      unparsedLines: this.#unparsed,
      zoneEvidence: this.#member.zoneEvidence,
      facts: this.#member.facts,
    };
  }

  #formatId(): string {
    const format = this.#format;
    if (!format) return 'text.plain';
    if (this.#member.hint.whole) return format === WHOLE ? 'config' : format.id;
    this.#countRun(null);
    let best = '';
    let most = 0;
    for (const [id, n] of this.#counts) {
      if (n > most) {
        best = id;
        most = n;
      }
    }
    if (best === '') return 'text.plain';
    return best;
  }

  /** The head is complete: decide how to read, then read it. */
  #begin(): void {
    const head = Buffer.concat(this.#head as Uint8Array[]);
    this.#head = null;
    const sniffed = head.subarray(0, HEAD_BYTES).toString('latin1');
    this.#binary = binaryKind(sniffed);
    if (this.#binary !== '') return;
    const hint = this.#member.hint;
    const text = sniffed.startsWith('\xef\xbb\xbf') ? sniffed.slice(3) : sniffed;
    const lines = text.split('\n', 400).map((l) => (l.endsWith('\r') ? l.slice(0, -1) : l));
    const claimed = this.#customs.some((custom) => custom.claims(this.#context.path) === true);
    if (hint.whole && (claimed || looksLikeLog(lines))) hint.whole = false;
    const date = hint.day > 0 ? null : dateIn(text, hint.year > 0 || this.#context.mtimeUs !== null);
    if (date) this.#member.years.startAt(date.year, date.month, date.day);
    if (hint.whole) {
      this.#format = hint.component === 'configuration' ? WHOLE : (DUMPS[hint.family] ?? WHOLE);
      this.#kinds = this.#format.kinds;
    } else {
      nothingKnown();
      const plan = choose(this.#context, hint, lines, this.#customs);
      this.#format = plan.format;
      if (this.#customs.some((custom) => custom.format === plan.format)) hint.strays = 'unparsed';
      this.#carriers = plan.carriers;
      this.#kinds = plan.format.kinds;
    }
    if (hint.role !== '') this.#member.fact('role', hint.role);
    this.#chunk(head);
  }

  // ---- framing

  #chunk(bytes: Uint8Array): void {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const text = buffer.toString('latin1');
    let nl = text.indexOf('\n');
    if (nl === -1) {
      this.#keep(text);
      return;
    }
    this.#escapes = text.indexOf('\x1b') !== -1;
    let from = 0;
    if (this.#carryBytes > 0) {
      this.#keep(text.slice(0, nl));
      this.#joinedLine(1);
      from = nl + 1;
      nl = text.indexOf('\n', from);
    }
    if (nl === -1) {
      if (from < text.length) this.#keep(text.slice(from));
      return;
    }
    const last = text.lastIndexOf('\n');
    this.#repair = false;
    this.#chunkHigh = !isAscii(buffer);
    if (this.#carriers.length === 0) lookThrough(buffer, this.#chunkHigh);
    else nothingKnown();
    if (this.#chunkHigh) {
      this.#repair = !isUtf8(buffer.subarray(from, last + 1));
    }
    while (nl !== -1) {
      const end = nl > from && text.charCodeAt(nl - 1) === 13 ? nl - 1 : nl;
      this.#line(text.slice(from, end), nl + 1 - from);
      from = nl + 1;
      nl = text.indexOf('\n', from);
    }
    if (from < text.length) this.#keep(text.slice(from));
  }

  #keep(piece: string): void {
    this.#carryBytes += piece.length;
    const room = MAX_MESSAGE + 1 - this.#carryKept;
    if (room <= 0) return;
    const kept = piece.length > room ? piece.slice(0, room) : piece;
    this.#carryKept += kept.length;
    this.#carry.push(kept);
  }

  #joinedLine(end: number): void {
    let text = this.#carry.join('');
    const bytes = this.#carryBytes;
    this.#carry = [];
    this.#carryKept = 0;
    this.#carryBytes = 0;
    if (text.length === bytes && text.endsWith('\r') && end > 0) text = text.slice(0, -1);
    this.#repair = hasHighBytes(text);
    this.#chunkHigh = this.#repair;
    nothingKnown();
    this.#escapes ||= text.indexOf('\x1b') !== -1;
    this.#line(text, bytes + end);
  }

  #lastLine(): void {
    this.#escapes = true;
    this.#joinedLine(0);
  }

  /** One physical line. `bytes` counts its end; when text was cut, bytes says so. */
  #line(given: string, bytes: number): void {
    let text = given;
    const offset = this.#offset;
    this.#offset += bytes;
    this.#lineNumber++;
    this.#member.line = this.#lineNumber;
    let cut = 0;
    if (text.length > MAX_MESSAGE) {
      cut = bytes - MAX_MESSAGE;
      text = text.slice(0, wholeCharacters(text, MAX_MESSAGE));
    }
    if (offset === 0 && text.startsWith('\xef\xbb\xbf')) text = text.slice(3);
    this.#lineHigh = this.#chunkHigh && hasHighBytes(text);
    if (this.#repair && this.#lineHigh) {
      const fixed = repair(text);
      if (fixed !== text) {
        this.#badUtf8 = true;
        text = fixed;
      }
    }
    const member = this.#member;
    if (this.#carriers.length > 0) {
      this.#carried(text, offset, bytes, cut);
      return;
    }
    if (this.#escapes) text = stripAnsi(text);
    member.outerTime = Number.NaN;
    this.#logical(text, offset, bytes, 1, cut);
  }

  // ---- carriers

  #carried(text: string, offset: number, bytes: number, cut: number): void {
    const member = this.#member;
    let inner = text;
    let opened = false;
    let time = Number.NaN;
    let zoned = false;
    let year = 0;
    let partial = false;
    let stream = '';
    let host = '';
    let program = '';
    let pid = '';
    let priority = -1;
    for (const carrier of this.#carriers) {
      let open = false;
      try {
        open = carrier.open(inner, member);
      } catch {
        open = false;
      }
      if (!open) continue;
      opened = true;
      inner = outer.text;
      if (Number.isNaN(time) || (outer.zoned && !zoned)) {
        time = outer.time;
        zoned = outer.zoned;
      }
      year = outer.year || year;
      partial ||= outer.partial;
      stream = outer.stream || stream;
      host = outer.host || host;
      program = outer.program || program;
      pid = outer.pid || pid;
      if (outer.priority >= 0) priority = outer.priority;
    }
    if (!opened) {
      this.#releaseHeld();
      member.outerTime = Number.NaN;
      this.#outer = NO_OUTER;
      this.#logical(stripAnsi(text), offset, bytes, 1, cut);
      return;
    }
    if (host !== '' && host !== this.#lastHost) {
      this.#lastHost = host;
      member.fact('host', host);
    }
    const held = this.#held;
    if (held && held.stream !== stream) {
      this.#releaseHeld();
      this.#continues = held.stream;
    }
    const follows = this.#continues !== '' && this.#continues === stream && !this.#held;
    const outerOfLine = { time, zoned, host, program, pid, priority, stream };
    if (partial) {
      const open: Held = this.#held ?? {
        stream,
        pieces: [],
        kept: 0,
        offset,
        bytes: 0,
        lines: 0,
        line: this.#lineNumber,
      };
      if (!this.#held) this.#outer = outerOfLine;
      open.bytes += bytes;
      open.lines++;
      if (open.kept <= MAX_MESSAGE) {
        open.pieces.push(inner);
        open.kept += inner.length;
      }
      this.#held = open;
      return;
    }
    if (this.#held) {
      const open = this.#held;
      open.bytes += bytes;
      open.lines++;
      open.pieces.push(inner);
      open.stream = '';
      this.#releaseHeld();
      return;
    }
    member.outerTime = time;
    member.outerZoned = zoned;
    member.outerYear = year;
    this.#outer = outerOfLine;
    inner = stripAnsi(inner);
    if (follows) {
      this.#continues = '';
      this.#restOfPart(inner, offset, bytes);
      return;
    }
    const breaks = inner.indexOf('\n');
    if (breaks === -1) {
      this.#logical(inner, offset, bytes, 1, cut);
    } else {
      this.#logical(inner.slice(0, breaks), offset, bytes, 1, cut);
      const open = this.#open;
      if (open) this.#append(open, inner.slice(breaks + 1));
    }
  }

  #outer: Outer = NO_OUTER;
  #lastHost = '';
  /** Programs (as the carrier names them) whose lines the format has read. */
  #programs = new Set<string>();

  #releaseHeld(): void {
    const held = this.#held;
    if (!held) return;
    this.#held = null;
    const member = this.#member;
    member.outerTime = this.#outer.time;
    member.outerZoned = this.#outer.zoned;
    let text = stripAnsi(held.pieces.join(''));
    let cut = 0;
    if (text.length > MAX_MESSAGE) {
      cut = text.length - MAX_MESSAGE;
      text = text.slice(0, wholeCharacters(text, MAX_MESSAGE));
    }
    const high = this.#lineHigh;
    this.#lineHigh = hasHighBytes(text);
    this.#logical(text, held.offset, held.bytes, held.lines, cut, held.line);
    this.#lineHigh = high;
    if (held.stream !== '' && this.#open) this.#open.partial = 'first part of a line';
  }

  /** The last part of a line whose first part another stream's lines had cut off. */
  #restOfPart(text: string, offset: number, bytes: number): void {
    this.#lineHigh ||= made.highBytes;
    const open = this.#start(offset, bytes, 1);
    const draft = open.draft;
    draft.parsed = true;
    draft.message = text;
    draft.system = this.#format?.system ?? 'other';
    draft.component = this.#member.hint.component;
    open.partial = 'last part of a line';
    this.#applyOuter(draft);
    this.#install(open, null);
  }

  #applyOuter(draft: Draft): void {
    const o = this.#outer;
    const member = this.#member;
    if (o === NO_OUTER) return;
    const time = o.time;
    if (!Number.isNaN(time)) {
      if (draft.tsKind === TS_KIND.none) {
        draft.tsWall = time;
        draft.tsKind = o.zoned ? TS_KIND.absolute : TS_KIND.wall;
      } else if (o.zoned && (draft.tsKind === TS_KIND.wall || draft.tsKind === TS_KIND.wallYearInferred)) {
        member.zoneSeen(draft.tsWall, time, ZONE_WHY.carrier, draft.component);
      }
    }
    if (o.pid !== '' && draft.pid === '' && draft.system !== 'mesos') draft.pid = o.pid;
    if (o.host !== '') {
      put(draft, 'carrier.host', o.host);
      draft.entity('host', o.host, 'origin');
    }
    if (o.program !== '') put(draft, 'carrier.program', o.program);
    if (o.stream !== '') put(draft, 'carrier.stream', o.stream);
    if (o.priority >= 0 && draft.level < 0) draft.level = PRIORITY_LEVEL[o.priority] as number;
  }

  // ---- records

  /** One line as its writer wrote it. */
  #logical(
    text: string,
    offset: number,
    bytes: number,
    lines: number,
    cut: number,
    line = this.#lineNumber,
  ): void {
    const member = this.#member;
    const spare = this.#spare;
    const draft = spare.draft;
    let kind: LineKind | null = null;
    let fault = '';
    try {
      const last = this.#last;
      if (last?.read(text, draft, member)) {
        kind = last;
      } else {
        for (const candidate of this.#kinds) {
          if (candidate === last || !candidate.read(text, draft, member)) continue;
          kind = candidate;
          break;
        }
      }
    } catch (error) {
      fault = error instanceof Error ? error.name : 'fault';
      clearDraft(draft);
      kind = null;
    }
    if (made.highBytes) {
      made.highBytes = false;
      this.#lineHigh = true;
    }
    if (kind) {
      this.#last = kind;
      if (draft.tsKind !== TS_KIND.none && !draft.foreign) member.dated(draft);
      this.#close();
      this.#begun(spare, offset, bytes, lines, line);
      spare.kind = kind;
      spare.cut = cut;
      if (this.#carriers.length > 0) {
        this.#applyOuter(draft);
        if (this.#programs.size < 1000) this.#programs.add(this.#outer.program);
      }
      this.#swap();
      if (member.rest.length > 0) this.#further(kind, text, bytes);
      return;
    }

    const open = this.#open;
    if (text === '' || isBlank(text)) {
      this.#blank(open, offset, bytes, lines);
      return;
    }
    if (open && fault === '' && this.#mayJoin(open, text)) {
      open.joined++;
      open.draft.lines += lines;
      open.draft.byteLength += bytes;
      this.#append(open, text);
      open.cut += cut;
      return;
    }
    this.#close();
    this.#begun(spare, offset, bytes, lines, line);
    const asText = this.#member.hint.strays === 'text' && fault === '';
    const format = this.#format as Format;
    if (format.text) format.text(text, draft, member);
    else {
      draft.system = format.system;
      draft.component = member.hint.component;
      draft.message = text;
    }
    draft.parsed ||= asText;
    if (fault !== '') put(draft, 'tidemark.fault', fault);
    if (this.#carriers.length > 0) {
      this.#applyOuter(draft);
      const program = this.#outer.program;
      const foreign = format.id === 'text' || (program !== '' && !this.#programs.has(program));
      if (foreign && draft.tsKind !== TS_KIND.none) this.#carriedText(draft);
    }
    spare.kind = null;
    spare.cut = cut;
    this.#swap();
  }

  /** A line of no known system that its carrier dated: syslog, journald, a container. */
  #carriedText(draft: Draft): void {
    draft.parsed = true;
    const program = this.#outer.program;
    if (program === 'kernel') {
      kernelMessage(draft.message, draft);
      return;
    }
    draft.system = 'other';
    draft.component = program;
  }

  #mayJoin(open: Open, text: string): boolean {
    if (open.joined >= MAX_JOINED && !this.#member.hint.whole) return false;
    if (open.program !== this.#outer.program) return false;
    const kind = open.kind;
    if (kind) {
      if (!kind.joins)
        return this.#member.hint.strays !== 'text' || this.#member.hint.whole || /^\s/.test(text);
      return kind.joins(text, open.draft, this.#member, open.joined);
    }
    // A text record: an indented line, or the end of a traceback, goes with it.
    if (open.draft.parsed && this.#member.hint.strays === 'text') return joinsText(open, text);
    // A piece of a record that began before the file did.
    return !open.draft.parsed && this.#format?.id !== 'text' && this.#format?.id !== 'registry';
  }

  #append(open: Open, text: string): void {
    if (this.#lineHigh) open.high = true;
    const room = MAX_MESSAGE - open.draft.message.length - 1;
    if (room <= 0) {
      open.cut += text.length + 1;
      return;
    }
    if (text.length > room) {
      open.cut += text.length - room;
      open.draft.message += `\n${text.slice(0, wholeCharacters(text, room))}`;
    } else {
      open.draft.message += `\n${text}`;
    }
  }

  /**
   * A line that holds several records is cut into them. All but the last have no line end of their own: their `lines` is 0
   * (plus blank lines that came before).
   */
  #further(kind: LineKind, text: string, bytes: number): void {
    const member = this.#member;
    const rest = member.rest;
    member.rest = [];
    // Only where the text is the bytes of the line: not inside carriers, nor after a repair.
    if (this.#carriers.length > 0 || bytes - text.length > 2 || bytes < text.length) {
      if (this.#open) putNumber(this.#open.draft, 'tidemark.further_events', rest.length);
      return;
    }
    const line = this.#lineNumber;
    const end = this.#offset;
    for (const piece of rest) {
      const open = this.#open as Open;
      const at = end - bytes + piece.at;
      const spare = this.#spare;
      const read = kind.read(piece.text, spare.draft, member);
      this.#lineHigh ||= made.highBytes;
      if (!read) {
        clearDraft(spare.draft);
        continue;
      }
      open.draft.byteLength = at - open.draft.byteOffset;
      open.draft.lines--;
      this.#close();
      this.#begun(spare, at, end - at, 1, line);
      spare.kind = kind;
      this.#swap();
    }
  }

  /** Blank lines go with the record before them, or with the one that comes first. */
  #blank(open: Open | null, offset: number, bytes: number, lines: number): void {
    if (open) {
      open.draft.lines += lines;
      open.draft.byteLength += bytes;
      if (!open.kind?.joins || open.draft.lines > lines + 1) this.#append(open, '');
      return;
    }
    if (this.#leadOffset === -1) this.#leadOffset = offset;
    this.#leadLines += lines;
  }

  #blankRecord(): void {
    const open = this.#start(this.#offset, 0, 0);
    open.draft.parsed = true;
    open.draft.system = this.#format?.system ?? 'other';
    this.#install(open, null);
    this.#close();
  }

  #start(offset: number, bytes: number, lines: number): Open {
    this.#close();
    this.#begun(this.#spare, offset, bytes, lines, lines === 0 ? this.#lineNumber + 1 : this.#lineNumber);
    return this.#spare;
  }

  #begun(open: Open, offset: number, bytes: number, lines: number, line: number): void {
    const draft = open.draft;
    const lead = this.#leadOffset;
    draft.line = line;
    draft.lines = lines;
    draft.byteOffset = offset;
    draft.byteLength = bytes;
    if (lead !== -1) {
      draft.byteOffset = lead;
      draft.byteLength = offset + bytes - lead;
      draft.line -= this.#leadLines;
      draft.lines += this.#leadLines;
      this.#leadOffset = -1;
      this.#leadLines = 0;
    }
    open.joined = 0;
    open.high = this.#lineHigh;
    open.program = this.#outer.program;
    open.cut = 0;
    open.partial = '';
  }

  #install(open: Open, kind: LineKind | null): void {
    open.kind = kind;
    this.#swap();
  }

  #swap(): void {
    this.#open = this.#spare;
    this.#spare = this.#free ?? new Open();
    this.#free = null;
  }

  /** Finishes the open record and hands it on. */
  #close(): void {
    const open = this.#open;
    if (!open) return;
    this.#open = null;
    this.#free = open;
    const draft = open.draft;
    const kind = open.kind;
    const member = this.#member;
    if (draft.lines > 1) {
      if (kind?.finish) {
        try {
          kind.finish(draft, member);
        } catch {
          // The record keeps what its first line said.
        }
      }
      if (draft.message.charCodeAt(draft.message.length - 1) === 10) draft.message = trimEnd(draft.message);
    }
    const hint = member.hint;
    if (this.#shared !== '') this.#addShared(draft, kind);
    if (draft.pid === '' && hint.pid !== '') draft.pid = hint.pid;
    if (hint.entities.length > 0) for (const [k, v] of hint.entities) draft.entity(k, v, 'context');
    if (open.cut > 0) putNumber(draft, 'tidemark.message_cut', open.cut);
    if (open.partial !== '') put(draft, 'tidemark.partial', open.partial);
    if (draft.fields !== '') draft.fields += '}';
    if (open.high || made.highBytes) {
      made.highBytes = false;
      mend(draft);
    }
    if (!draft.parsed) this.#unparsed += draft.lines;
    if (kind) {
      if (kind !== this.#counted) this.#countRun(kind);
      this.#run++;
    } else if (draft.parsed && this.#format) {
      const id = this.#format.id === 'text' ? 'text.plain' : `${this.#format.id}.text`;
      this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    }
    draft.record = this.#records++;
    this.#dated(draft);
    clearDraft(draft);
  }

  /** Records of one kind stand together: a run is counted when another kind begins. */
  #countRun(next: LineKind | null): void {
    const id = this.#counted?.id;
    if (id !== undefined) this.#counts.set(id, (this.#counts.get(id) ?? 0) + this.#run);
    // The kind that came first stands first: it wins a tie.
    if (next) this.#counts.set(next.id, this.#counts.get(next.id) ?? 0);
    this.#counted = next;
    this.#run = 0;
  }

  /** Adds what the path says, unless the line itself has a member of that name. */
  #addShared(draft: Draft, kind: LineKind | null): void {
    if (draft.fields === '') draft.fields = `{${this.#shared.slice(1)}`;
    else if (!kind?.native) draft.fields += this.#shared;
    else {
      for (const [key, json] of this.#sharedList) {
        if (draft.fields.indexOf(key) === -1) draft.fields += `,${key}${json}`;
      }
    }
  }

  /** Undated records take the time of their neighbour. */
  #dated(draft: Draft): void {
    if (draft.foreign && !Number.isNaN(draft.tsWall)) {
      if (this.#leading) this.#releaseLeading();
    } else if (!Number.isNaN(draft.tsWall) && draft.tsKind !== TS_KIND.none) {
      this.#neighbour = draft.tsWall;
      this.#neighbourKind =
        draft.tsKind === TS_KIND.absolute ? TS_KIND.neighbourAbsolute : TS_KIND.neighbourWall;
      if (this.#leading) this.#releaseLeading();
    } else {
      draft.tsKind = TS_KIND.none;
      if (this.#leading) {
        this.#leading.push(copyOf(draft));
        if (this.#leading.length >= MAX_LEADING) this.#releaseLeading();
        return;
      }
      if (this.#neighbourKind !== TS_KIND.none) {
        draft.tsWall = this.#neighbour;
        draft.tsKind = this.#neighbourKind as Draft['tsKind'];
      }
    }
    this.#sink.record(draft);
  }

  #releaseLeading(): void {
    const leading = this.#leading;
    if (!leading) return;
    this.#leading = null;
    for (const draft of leading) {
      if (this.#neighbourKind !== TS_KIND.none) {
        draft.tsWall = this.#neighbour;
        draft.tsKind = this.#neighbourKind as Draft['tsKind'];
      }
      this.#sink.record(draft);
    }
  }
}

interface Held {
  stream: string;
  pieces: string[];
  kept: number;
  offset: number;
  bytes: number;
  lines: number;
  line: number;
}

interface Outer {
  time: number;
  zoned: boolean;
  host: string;
  program: string;
  pid: string;
  priority: number;
  stream: string;
}
const NO_OUTER: Outer = {
  time: Number.NaN,
  zoned: false,
  host: '',
  program: '',
  pid: '',
  priority: -1,
  stream: '',
};

/** syslog priorities 0..7 as indexes into LEVELS. */
const PRIORITY_LEVEL = [6, 6, 6, 5, 4, 3, 2, 1];

/** A configuration file or dump: the whole member is one record. */
const wholeKind = (id: string, category: string, action: string): LineKind => ({
  id,
  read(line, draft, member) {
    if (member.state.whole === 'open') return false;
    member.state.whole = 'open';
    draft.parsed = true;
    draft.system = member.hint.family || 'other';
    draft.component = member.hint.component;
    draft.category = category;
    draft.action = action;
    draft.outcome = 'unknown';
    draft.message = line;
    return true;
  },
  joins: () => true,
  samples: [],
});
const WHOLE: Format = {
  id: 'config',
  system: 'other',
  kinds: [wholeKind('config', 'configuration', 'file')],
};
const RAY_STATE: Format = {
  id: 'ray.state',
  system: 'ray',
  kinds: [wholeKind('ray.state', 'node', 'state_dump')],
};
const DUMPS: Record<string, Format> = { ray: RAY_STATE, mesos: mesosState };

/** A file named like configuration that holds log lines all the same. */
function looksLikeLog(lines: readonly string[]): boolean {
  const first = lines.find((l) => l.trim() !== '') ?? '';
  if (
    /^\{.*\}$/.test(first) &&
    /"(?:time|timestamp|@timestamp|asctime|ts|log|events|__REALTIME_TIMESTAMP)"/.test(first)
  ) {
    return true;
  }
  if (/^(?:time="|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|[IWEF]\d{4} \d\d:)/.test(first)) return true;
  return /^\{$/.test(first.trim()) && /^\s*"events"\s*:\s*\[/.test(lines[lines.indexOf(first) + 1] ?? '');
}

const TRACE_HEAD = 'Traceback (most recent call last)';

const TRACE_TAIL =
  /^(?:[\w.]{1,200}(?:Error|Exception|Exit|Interrupt|Warning|Limit\w{0,40}|Lost)\b|During handling|The above exception|Traceback )/;

/** Does a line of a text record belong to the lines before it? An indented one, and the end of a traceback. */
function joinsText(open: Open, text: string): boolean {
  const c = text.charCodeAt(0);
  if (c === 32 || c === 9) return true;
  return (
    open.joined > 0 &&
    open.joined < 300 &&
    TRACE_TAIL.test(text) &&
    open.draft.message.indexOf(TRACE_HEAD) !== -1
  );
}

function isBlank(text: string): boolean {
  const c = text.charCodeAt(0);
  return (c === 32 || c === 9 || c === 13) && text.length < 500 && text.trim() === '';
}

/** Largest length up to `max` that does not cut a UTF-8 sequence. */
function wholeCharacters(text: string, max: number): number {
  let end = max;
  while (end > 0 && end > max - 4 && (text.charCodeAt(end) & 0xc0) === 0x80) end--;
  return end;
}

const TEXT_COLUMNS = [
  'message',
  'fields',
  'component',
  'action',
  'userName',
  'httpMethod',
  'httpPath',
  'srcIp',
  'pid',
  'tid',
  'logger',
] as const;

/** Makes every text of a record valid UTF-8 again where a value was cut inside a character. */
function mend(draft: Draft): void {
  for (const column of TEXT_COLUMNS) draft[column] = repair(draft[column]);
  for (let i = 0; i < draft.entityCount; i++) draft.entityValues[i] = repair(draft.entityValues[i] as string);
}

function copyOf(draft: Draft): Draft {
  const copy = new Draft();
  Object.assign(copy, draft);
  copy.entityKinds = draft.entityKinds.slice(0, draft.entityCount);
  copy.entityValues = draft.entityValues.slice(0, draft.entityCount);
  copy.entityRoles = draft.entityRoles.slice(0, draft.entityCount);
  return copy;
}
