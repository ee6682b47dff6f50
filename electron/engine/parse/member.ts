// Reads one member: frames it, takes off carriers, asks the kinds of its format, and hands on records that tile the bytes.
import { Buffer, isAscii, isUtf8 } from 'node:buffer';
import { boundFields, boundText, wholeCharacters } from './bounds.ts';
import { CARRIERS } from './carriers/list.ts';
import { type Part, Parts } from './carriers/parts.ts';
import { NOTHING_SAID, opens, Peel, type Said } from './carriers/peel.ts';
import type { CustomFormat } from './custom/custom-format.ts';
import { dateIn } from './date-in.ts';
import { binaryKind, fromOneByte, isOneByte, isValidUtf8, Wide, wideKind, wideSize } from './encoding.ts';
import { FORMATS } from './formats/formats.ts';
import { kernelMessage } from './formats/kernel.ts';
import { mesosState } from './formats/mesos-state.ts';
import { rayConfiguration, rayState } from './formats/ray-files.ts';
import { registryConfiguration } from './formats/registry-configuration.ts';
import type { Frame, Unit, UnitSink } from './framing/frame.ts';
import { newlines } from './framing/frame.ts';
import { type LineSink, Lines, MAX_LINE } from './framing/lines.ts';
import { clearDraft, type Format, type LineKind, Member } from './kind.ts';
import { Order } from './order.ts';
import { type PathHint, readPath, sharedFields } from './path.ts';
import type { MemberContext, MemberParser, OpenMember, ParseSummary, RecordSink } from './record.ts';
import { Draft, TS_KIND } from './record.ts';
import { carriersInside, choose, framingOf, wellRead } from './sniff.ts';
import { Source, Sources } from './source.ts';
import {
  FOREIGN,
  hasHighBytes,
  type JsonObject,
  lookThrough,
  made,
  nothingKnown,
  piece,
  put,
  putNumber,
  repair,
  reserve,
  stripAnsi,
  stripResidue,
  trimEnd,
} from './text.ts';
import { civilFromMicros, DAY_US, MINUTE_US } from './time.ts';
import type { YearClock } from './years.ts';
import { ZONE_WHY } from './zone-runs.ts';

const HEAD_BYTES = 64 * 1024;
const MAX_MESSAGE = MAX_LINE;
const MAX_JOINED = 5000;
/** Bytes of one record; what is longer is cut into records that tile it, whose lines are those of the last. */
const MAX_RECORD = 32 << 20;
/** A hole at the start of a member that is shorter may be a number in a binary file. */
const MIN_HOLE = 64;
/** So many lines of another format in a row, and the file has become one of it. */
const MANY_GUESTS = 8;
/** Carriers that a member's lines may be in; more are not looked for. */
const MAX_CARRIERS = 12;
/** A glance at a line that nothing reads, and a look into it, are paid by so many lines; some are free. */
const GLANCE_COST = 60;
const LOOK_COST = 2000;
const FREE_GLANCES = 3000;
const FREE_LOOKS = 20_000;
/** So many lines of a unit that are not found in it, and no more is looked for. */
const MAX_MISSES = 3;

export const openMember: OpenMember = (context, sink, customs = []) => new Reader(context, sink, customs);

/** A record that is still open: its draft, and what finishing it needs. */
class Open {
  draft = new Draft();
  kind: LineKind | null = null;
  source: Source | null = null;
  joined = 0;
  cut = 0;
  partial = '';
  stream = '';
  /** NULs that stand in front of its text or behind it. */
  nuls = 0;
  /** Some of its lines were in Windows-1252. */
  oneByte = false;
  /** Its text holds bytes beyond ASCII: a value may have been cut inside a character. */
  high = false;
  /** Its place in the file says something of when it was written. */
  ordered = true;
  /** It goes on from a record that other lines of the file came after. */
  goesOn = false;
}

class Reader implements MemberParser, LineSink, UnitSink {
  #context: MemberContext;
  #customs: readonly CustomFormat[];
  #member: Member;
  #sharedList: readonly [string, string][];
  #shared: string;
  #reserved: ReadonlySet<string> | null;
  #head: Uint8Array[] | null = [];
  #headBytes = 0;
  #hole = 0;
  #binary = '';
  #main: Source;
  #source: Source;
  #sources: Sources;
  #years: YearClock;
  #day = Number.NaN;
  #stated = 0;
  /** What looking for carriers in lines that nothing reads has cost, in lines. */
  #glances = 0;
  #looks = 0;
  #peel = new Peel();
  #parts = new Parts((part) => this.#part(part));
  #residue = false;
  #counts = new Map<string, number>();
  #counted: LineKind | null = null;
  #run = 0;

  #encoding = 'utf-8';
  #wide: Wide | null = null;
  #lines: Lines = new Lines(this, null);
  #frame: Frame | null = null;
  #endsWithLine = true;
  #repair = false;
  #escapes = false;
  /** Lines beyond ASCII were seen: in UTF-8, in Windows-1252, in neither. */
  #seenUtf8 = false;
  #seenOneByte = false;
  #seenBroken = false;
  /** The piece of the member, and the line, that is being read holds bytes beyond ASCII. */
  #chunkHigh = false;
  #lineHigh = false;
  #nuls = 0;
  #oneByte = false;
  /** The line goes on in a unit whose first line is a record already. */
  #within = false;
  /** The unit that is being read, where a frame cuts them; the text of the line as it stands in the member. */
  #unit: Unit | null = null;
  #raw = '';
  #lead = 0;
  #leadLines = 0;

  #offset = 0;
  #lineNumber = 0;
  /** Blank lines before the first record. */
  #blankOffset = -1;
  #blankLines = 0;
  #blankNuls = 0;

  #open: Open | null = null;
  #spare = new Open();
  #free: Open | null = null;
  #records = 0;
  #unparsed = 0;
  #order: Order;
  #said: Said = NOTHING_SAID;
  #lastHost = '';

  constructor(context: MemberContext, sink: RecordSink, customs: readonly CustomFormat[]) {
    this.#customs = customs;
    this.#context = context;
    this.#order = new Order(sink);
    this.#member = new Member(context, readPath(context.path));
    this.#sharedList = sharedFields(this.#member.hint);
    this.#shared = this.#sharedList.map(([key, json]) => `,${key}${json}`).join('');
    this.#reserved = this.#sharedList.length === 0 ? null : new Set(Object.keys(this.#member.hint.fields));
    this.#main = new Source(this.#member.hint, WHOLE);
    this.#source = this.#main;
    this.#sources = new Sources(this.#main);
    this.#years = this.#member.years;
    this.#main.glog = this.#member.glog;
  }

  push(bytes: Uint8Array): void {
    reserve(this.#reserved);
    if (this.#head) {
      const from = this.#headBytes === 0 ? holeEnd(bytes) : 0;
      this.#hole += from;
      if (from === bytes.length) return;
      this.#head.push(new Uint8Array(bytes.subarray(from)));
      this.#headBytes += bytes.length - from;
      if (this.#headBytes >= HEAD_BYTES) this.#begin();
      return;
    }
    if (this.#binary === '') this.#bytes(bytes);
  }

  end(): ParseSummary {
    reserve(this.#reserved);
    if (this.#head) this.#begin();
    if (this.#binary !== '') {
      return {
        format: 'binary',
        system: 'other',
        encoding: this.#encoding,
        lines: 0,
        records: 0,
        unparsedLines: 0,
        outOfOrder: 0,
        foreign: 0,
        zoneEvidence: [],
        yearBasis: null,
        yearFixes: [],
        facts: [],
      };
    }
    if (this.#wide) this.#chunk(this.#wide.end());
    const short = this.#wide?.short ?? 0;
    this.#chunkHigh = true;
    this.#escapes = true;
    nothingKnown();
    if (this.#frame) {
      this.#frame.end();
      if (!this.#endsWithLine) this.more(-short, 1);
    } else this.#lines.end(short);
    this.#parts.flush();
    this.#close();
    if (this.#blankOffset !== -1) this.#blankRecord(this.#offset);
    this.#order.end();
    return {
      format: this.#formatId(),
      system: this.#main.format.system,
      encoding: this.#encodingName(),
      lines: this.#lineNumber,
      records: this.#records,
      unparsedLines: this.#unparsed,
      outOfOrder: this.#order.outOfOrder,
      foreign: this.#order.foreign,
      zoneEvidence: this.#member.zoneEvidence,
      yearBasis: this.#years.basis,
      yearFixes: this.#years.fixes(),
      facts: this.#member.facts,
    };
  }

  #encodingName(): string {
    if (this.#seenBroken) return `${this.#encoding} with errors`;
    if (!this.#seenOneByte) return this.#encoding;
    return this.#seenUtf8 ? 'utf-8 and windows-1252' : 'windows-1252';
  }

  #formatId(): string {
    const format = this.#main.format;
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
    if (this.#hole < MIN_HOLE && this.#hole > 0) {
      this.#head?.unshift(new Uint8Array(this.#hole));
      this.#hole = 0;
    }
    const head = Buffer.concat(this.#head as Uint8Array[]);
    this.#head = null;
    let sniffed = head.subarray(0, HEAD_BYTES).toString('latin1');
    this.#binary = this.#hole > 0 ? '' : binaryKind(sniffed);
    const wide = wideKind(sniffed);
    if (wide.startsWith('utf-32')) this.#binary = wide;
    if (this.#binary !== '') {
      this.#encoding = wide || 'binary';
      return;
    }
    if (wide !== '') {
      this.#encoding = wide;
      this.#wide = new Wide(wide);
      this.#lines = new Lines(this, wideSize);
      sniffed = new Wide(wide).decode(head.subarray(0, HEAD_BYTES)).toString('latin1');
    }
    const hint = this.#member.hint;
    let text = sniffed.startsWith('\xef\xbb\xbf') ? sniffed.slice(3) : sniffed;
    nothingKnown();
    const framing = this.#hole > 0 ? null : framingOf(this.#context, hint, text);
    if (text.indexOf('\0') !== -1) text = text.replace(/\0+/g, '\n');
    const lines = text.split('\n', 400).map((l) => (l.endsWith('\r') ? l.slice(0, -1) : l));
    const claimed = this.#customs.some((custom) => custom.claims(this.#context.path) === true);
    if (hint.whole && (claimed || framing || looksLikeLog(lines))) {
      hint.whole = false;
      if (hint.component === 'configuration') hint.component = '';
    }
    const date = hint.day > 0 ? null : dateIn(text, hint.year > 0 || this.#context.mtimeUs !== null);
    if (date) this.#member.years.startAt(date.year, date.month, date.day, false, date.basis);
    if (hint.whole) {
      this.#main.adopt(wholeFormat(hint));
    } else {
      const plan = choose(this.#context, hint, framing ? framing.sample : lines, framing, this.#customs);
      if (this.#customs.some((custom) => custom.format === plan.format)) hint.strays = 'unparsed';
      this.#main.adopt(plan.format);
      this.#peel.carriers.push(...plan.carriers);
      this.#residue = plan.residue;
      if (framing) {
        this.#member.columns = framing.columns;
        this.#frame = framing.frame?.(this) ?? null;
      }
    }
    if (hint.role !== '') this.#member.fact('role', hint.role);
    if (this.#hole > 0) this.#lines.hole(this.#hole);
    this.#bytes(head);
  }

  // ---- framing

  #bytes(bytes: Uint8Array): void {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#chunk(this.#wide ? this.#wide.decode(buffer) : buffer);
  }

  /** A piece of the member in UTF-8. */
  #chunk(buffer: Buffer): void {
    if (buffer.length === 0) return;
    const text = buffer.toString('latin1');
    this.#escapes = text.indexOf('\x1b') !== -1;
    this.#chunkHigh = !isAscii(buffer);
    this.#endsWithLine = text.charCodeAt(text.length - 1) === 10;
    if (this.#frame) {
      this.#repair = this.#chunkHigh;
      nothingKnown();
      this.#frame.feed(text);
      return;
    }
    this.#repair = false;
    if (this.#chunkHigh) {
      const first = text.indexOf('\n') + 1;
      this.#repair = !isUtf8(buffer.subarray(this.#lines.open ? first : 0, text.lastIndexOf('\n') + 1));
    }
    if (this.#peel.carriers.length === 0) lookThrough(buffer, this.#chunkHigh);
    else nothingKnown();
    this.#lines.feed(text);
  }

  line(text: string, bytes: number): void {
    this.#line(text, bytes, 1, 0);
  }

  joined(text: string, bytes: number, ends: number): void {
    this.#loose(text, bytes, ends);
  }

  holed(text: string, bytes: number, ends: number, nuls: number): void {
    this.#nuls = nuls;
    this.#loose(text, bytes, ends);
  }

  /** A line that is none of the piece at hand: what is known of the piece says nothing of it. */
  #loose(text: string, bytes: number, ends: number): void {
    const escapes = this.#escapes;
    const chunkHigh = this.#chunkHigh;
    const repairs = this.#repair;
    const { controls, tabs, high } = piece;
    nothingKnown();
    this.#repair = hasHighBytes(text);
    this.#chunkHigh = this.#repair;
    this.#escapes = text.indexOf('\x1b') !== -1;
    this.#line(text, bytes, ends, 0);
    this.#escapes = escapes;
    this.#chunkHigh = chunkHigh;
    this.#repair = repairs;
    if (this.#peel.carriers.length > 0) return;
    piece.controls = controls;
    piece.tabs = tabs;
    piece.high = high;
  }

  unit(unit: Unit, text = unit.raw): void {
    this.#chunkHigh = true;
    this.#repair = true;
    this.#escapes = true;
    this.#unit = unit;
    this.#line(bare(text), unit.bytes, unit.lines, unit.cut);
    this.#unit = null;
  }

  more(bytes: number, lines: number): void {
    this.#parts.flush();
    const offset = this.#offset;
    this.#offset += bytes;
    this.#lineNumber += lines;
    const open = this.#open;
    if (open) {
      open.draft.byteLength += bytes;
      open.draft.lines += lines;
      return;
    }
    if (this.#blankOffset === -1) this.#blankOffset = offset;
    this.#blankLines += lines;
  }

  around(name: string, value: unknown): void {
    if (name === '') this.#member.around = {};
    else this.#member.around[name] = value as JsonObject[string];
  }

  measure(text: string): number {
    return this.#wide ? wideSize(text) : text.length;
  }

  /** A line or unit. `bytes` counts its end; when its text was cut, `cut` or bytes says so. */
  #line(given: string, bytes: number, lines: number, already: number): void {
    let text = given;
    const offset = this.#offset;
    const line = this.#lineNumber + 1;
    this.#offset += bytes;
    this.#lineNumber += lines;
    const member = this.#member;
    member.line = line;
    let cut = already;
    if (text.length > MAX_MESSAGE) {
      cut += bytes - this.#nuls - MAX_MESSAGE;
      text = text.slice(0, wholeCharacters(text, MAX_MESSAGE));
    }
    this.#lineHigh = this.#chunkHigh && hasHighBytes(text);
    if (this.#lineHigh) {
      if (text.charCodeAt(0) === 0xef && text.startsWith('\xef\xbb\xbf')) text = text.slice(3);
      if (!this.#repair) this.#seenUtf8 = true;
      else if (this.#peel.carriers.length === 0 || text.charCodeAt(0) === 123) text = this.#mended(text);
    }
    if (this.#peel.carriers.length > 0) {
      const unit = this.#unit;
      this.#raw = unit ? unit.raw : given;
      this.#lead = unit ? unit.lead : 0;
      this.#leadLines = unit ? unit.leadLines : 0;
      this.#carried(text, offset, bytes, lines, cut, line);
    } else {
      if (this.#escapes) text = stripAnsi(text);
      if (this.#residue) text = stripResidue(text);
      if (this.#unit !== null) {
        this.#raw = this.#unit.raw;
        this.#lead = this.#unit.lead;
        this.#leadLines = this.#unit.leadLines;
        this.#anyLines(text, offset, bytes, lines, cut, line);
      } else this.#logical(text, offset, bytes, lines, cut, line);
    }
    this.#nuls = 0;
    this.#oneByte = false;
  }

  /** Text as valid UTF-8: bytes with no sequence of it among them are Windows-1252, single wrong ones become U+FFFD. */
  #mended(text: string): string {
    if (isValidUtf8(text)) {
      this.#seenUtf8 = true;
      return text;
    }
    if (isOneByte(text)) {
      this.#seenOneByte = true;
      this.#oneByte = true;
      return fromOneByte(text);
    }
    this.#seenBroken = true;
    return repair(text);
  }

  // ---- carriers

  #reads = (text: string): boolean => this.#readAsItStands(text);

  /** Is a text a line of the source's format, or clearly one of another? */
  #readAsItStands(text: string): boolean {
    const draft = probe;
    const member = this.#member;
    for (const kind of this.#source.kinds) {
      clearDraft(draft);
      try {
        if (kind.read(text, draft, member) && !(kind.weight && kind.weight(text) < 0.6)) {
          member.rest = [];
          return true;
        }
      } catch {
        // Another kind may read it.
      }
    }
    return this.#main.format.id === 'text' && wellRead(text, member) !== null;
  }

  #carried(text: string, offset: number, bytes: number, lines: number, cut: number, line: number): void {
    const member = this.#member;
    const peel = this.#peel;
    const from = this.#residue ? stripResidue(stripAnsi(text)) : stripAnsi(text);
    if (!peel.open(from, member, this.#reads)) {
      if (this.#parts.waiting) this.#parts.flush();
      member.outerTime = Number.NaN;
      member.outerYear = 0;
      this.#said = member.tailFile === '' ? NOTHING_SAID : fromFile(member.tailFile);
      this.#turnTo(this.#sources.of(this.#said));
      this.#anyLines(this.#mendedLater(from), offset, bytes, lines, cut, line);
      return;
    }
    const { said, partial } = peel;
    if (partial || this.#parts.waiting) {
      this.#parts.add(
        { text: peel.text, said, offset, bytes, line, lines, cut, high: this.#lineHigh },
        partial,
      );
      return;
    }
    this.#delivered(peel.text, said, offset, bytes, lines, cut, line);
  }

  /** A text that carriers gave back was not looked at before: it may be part of a line that is whole now. */
  #mendedLater(text: string): string {
    return this.#repair && this.#lineHigh && !this.#oneByte && hasHighBytes(text) ? this.#mended(text) : text;
  }

  /** A line of parts is whole, or stays one part. */
  #part(part: Part): void {
    const high = this.#lineHigh;
    this.#lineHigh = part.high || hasHighBytes(part.text);
    let { text, cut } = part;
    if (text.length > MAX_MESSAGE) {
      cut += text.length - MAX_MESSAGE;
      text = text.slice(0, wholeCharacters(text, MAX_MESSAGE));
    }
    const repairs = this.#repair;
    this.#repair = this.#lineHigh;
    if (part.part === 'last part of a line') {
      this.#take(part.said);
      this.#restOfPart(this.#mendedLater(stripAnsi(text)), part);
    } else {
      this.#raw = '';
      this.#delivered(text, part.said, part.offset, part.bytes, part.lines, cut, part.line);
      if (part.part !== '' && this.#open) this.#open.partial = part.part;
    }
    this.#lineHigh = high;
    this.#repair = repairs;
  }

  #take(said: Said): void {
    const member = this.#member;
    member.outerTime = said.time;
    member.outerZoned = said.zoned;
    this.#said = said;
    if (said.zoned || said.year > 0) this.#seenOn(said.time);
    else member.outerYear = 0;
    if (said.host !== '' && said.host !== this.#lastHost) {
      this.#lastHost = said.host;
      member.fact('host', said.host);
    }
  }

  /** A carrier dates the line: years of lines inside that state none follow it. */
  #seenOn(time: number): void {
    const day = Math.floor(time / DAY_US);
    if (day !== this.#day && !Number.isNaN(day)) {
      this.#day = day;
      const { year, month, day: dayOfMonth } = civilFromMicros(time);
      this.#years.startAt(year, month, dayOfMonth, false, 'carrier');
      // At the turn of the year the line inside may be of the other one: its month decides.
      this.#stated = month === 1 || month === 12 ? 0 : year;
    }
    this.#member.outerYear = this.#stated;
  }

  #delivered(
    inner: string,
    given: Said,
    offset: number,
    bytes: number,
    lines: number,
    cut: number,
    line: number,
  ): void {
    const member = this.#member;
    const said = given.file === '' && member.tailFile !== '' ? { ...given, file: member.tailFile } : given;
    this.#take(said);
    member.line = line;
    const text = this.#mendedLater(this.#residue ? stripResidue(stripAnsi(inner)) : stripAnsi(inner));
    this.#lineHigh ||= made.highBytes;
    made.highBytes = false;
    if (said.notice) {
      this.#notice(text, said, offset, bytes, lines, line);
      return;
    }
    this.#turnTo(this.#sources.of(said));
    this.#anyLines(text, offset, bytes, lines, cut, line);
  }

  #anyLines(text: string, offset: number, bytes: number, lines: number, cut: number, line: number): void {
    if (text.indexOf('\n') === -1) this.#logical(text, offset, bytes, lines, cut, line);
    else this.#several(text, offset, bytes, lines, cut, line);
  }

  /** The source whose line comes next: kinds see its path and what its lines have set. */
  #turnTo(source: Source): void {
    if (source === this.#source) return;
    const member = this.#member;
    this.#source.state = member.state;
    this.#source = source;
    member.state = source.state;
    member.glog = source.glog;
    member.hint = source.hint;
    member.years = source.years ?? this.#years;
  }

  /** A line of the carrier itself: a banner, a header, a separator. */
  #notice(text: string, said: Said, offset: number, bytes: number, lines: number, line: number): void {
    const open = this.#begun(offset, bytes, lines, line);
    const draft = open.draft;
    draft.parsed = true;
    draft.system = 'other';
    draft.component = said.program;
    draft.message = text;
    if (said.file !== '') put(draft, 'carrier.file', said.file);
    this.#swap(open, null);
    this.#close();
  }

  /**
   * A text of several lines inside one unit. Those that begin a record become one, of the bytes that they stand on: the unit
   * as it stands in the member is searched for them, where line ends may be escaped. What is not found stays with the record.
   */
  #several(text: string, offset: number, bytes: number, lines: number, cut: number, line: number): void {
    const raw = this.#raw;
    const pieces = text.split('\n');
    while (pieces.length > 1 && (pieces[pieces.length - 1] as string).trim() === '') pieces.pop();
    let misses = raw === '' || this.#nuls > 0 ? MAX_MISSES : 0;
    let begun = 0;
    let lead = this.#lead;
    let leadLines = this.#leadLines;
    let at = offset;
    let atLine = line;
    let left = bytes;
    let linesLeft = lines;
    let i = 0;
    while (i < pieces.length) {
      let next = i + 1;
      let start = -1;
      while (next < pieces.length && start === -1) {
        start = misses < MAX_MISSES ? lineStart(raw, begun, pieces[next] as string) : -1;
        if (start !== -1) break;
        misses++;
        next++;
      }
      const stretch = start === -1 ? '' : raw.slice(begun, start);
      const size = start === -1 ? left : lead + this.measure(stretch);
      const ends = start === -1 ? linesLeft : leadLines + newlines(stretch);
      this.#within = i > 0;
      this.#piece(pieces[i] as string, at, size, ends, i === 0 ? cut : 0, atLine);
      this.#within = false;
      for (let k = i + 1; k < next; k++) this.#appendPiece(pieces[k] as string);
      at += size;
      atLine += ends;
      left -= size;
      linesLeft -= ends;
      begun = start;
      lead = 0;
      leadLines = 0;
      i = next;
    }
  }

  /** One line of a unit of several: it may be in further carriers. */
  #piece(text: string, offset: number, bytes: number, lines: number, cut: number, line: number): void {
    const member = this.#member;
    if (this.#peel.carriers.length > 1 && text !== '') {
      const said = this.#said;
      if (this.#peel.open(text, member, this.#reads) && !this.#peel.said.notice) {
        const inner = this.#peel.said;
        this.#take({ ...said, ...onlySaid(inner) });
        this.#turnTo(this.#sources.of(this.#said));
        this.#logical(stripAnsi(this.#peel.text), offset, bytes, lines, cut, line);
        this.#said = said;
        return;
      }
    }
    this.#logical(text, offset, bytes, lines, cut, line);
  }

  #appendPiece(text: string): void {
    const open = this.#open;
    if (!open) return;
    open.joined++;
    this.#append(open, text);
  }

  /** The last part of a line whose first part other streams' lines had cut off; that record has the whole text. */
  #restOfPart(text: string, part: Part): void {
    this.#lineHigh ||= made.highBytes;
    this.#turnTo(this.#sources.of(part.said));
    const open = this.#begun(part.offset, part.bytes, part.lines, part.line);
    const draft = open.draft;
    draft.parsed = true;
    draft.message = text;
    draft.system = this.#source.format.system;
    draft.component = this.#source.hint.component;
    open.partial = 'last part of a line';
    putNumber(draft, 'tidemark.continues', part.from);
    this.#applyOuter(draft);
    this.#swap(open, null);
    this.#close();
  }

  /** A line that only its carrier dates: where the carrier's clock is in another zone than the writer's, moved to that of the writer. */
  #onWritersClock(draft: Draft): void {
    const ahead = this.#member.carrierAhead;
    if (ahead === 0) return;
    draft.tsWall -= ahead * MINUTE_US;
    putNumber(draft, 'tidemark.carrier_ahead_minutes', ahead);
  }

  #applyOuter(draft: Draft): void {
    const o = this.#said;
    const member = this.#member;
    if (o === NOTHING_SAID) return;
    const time = o.time;
    if (!Number.isNaN(time)) {
      if (draft.tsKind === TS_KIND.none) {
        draft.tsWall = time;
        draft.tsKind = o.zoned ? TS_KIND.absolute : o.year > 0 ? TS_KIND.wall : TS_KIND.wallYearInferred;
        if (!o.zoned) this.#onWritersClock(draft);
      } else if (!o.zoned && draft.tsKind !== TS_KIND.absolute) {
        member.carrierSeen(time, draft.tsWall);
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
    if (o.file !== '') put(draft, 'carrier.file', o.file);
    if (o.pod !== '') put(draft, 'carrier.pod', o.pod);
    if (o.namespace !== '') put(draft, 'carrier.namespace', o.namespace);
    if (o.container !== '') put(draft, 'carrier.container', o.container);
    if (o.tag !== '') put(draft, 'carrier.tag', o.tag);
    if (o.group !== '') put(draft, 'carrier.group', o.group);
    if (o.structured !== '') put(draft, 'carrier.structured_data', o.structured);
    if (o.repeated > 0) putNumber(draft, 'carrier.repeated', o.repeated);
    if (o.priority >= 0 && draft.level < 0) draft.level = PRIORITY_LEVEL[o.priority] as number;
    const source = this.#source;
    if (source === this.#main) return;
    // What the path of the collected file says, as a member's own path would.
    for (const key in source.hint.fields) {
      if (draft.fields.indexOf(`"${key}":`) === -1) put(draft, key, source.hint.fields[key] as string);
    }
    for (const [kind, value] of source.hint.entities) draft.entity(kind, value, 'context');
  }

  // ---- records

  /** One line as its writer wrote it. */
  #logical(text: string, offset: number, bytes: number, lines: number, cut: number, line: number): void {
    const member = this.#member;
    const spare = this.#spare;
    const draft = spare.draft;
    const source = this.#source;
    let kind: LineKind | null = null;
    let fault = '';
    // A file of no known format may be about to become one: its own kinds read too much.
    if (source.unknown) {
      const head = looksLikeHead(text);
      if (this.#newCarrier(text, head, offset, bytes, lines, cut, line)) return;
      if (head) kind = this.#guest(text, draft);
    }
    if (kind === null) {
      try {
        const last = source.last;
        if (last?.read(text, draft, member)) {
          kind = last;
        } else {
          for (const candidate of source.kinds) {
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
      if (kind) {
        source.last = kind;
        source.reads++;
        if (source.guests > 0) source.guests = 0;
      } else if (!source.unknown && text !== '' && !this.#within && fault === '' && !member.hint.whole) {
        const head = looksLikeHead(text);
        if (head || this.#glances <= this.#lineNumber + FREE_GLANCES) {
          if (this.#newCarrier(text, head, offset, bytes, lines, cut, line)) return;
          if (head && member.hint.strays !== 'text') kind = this.#guest(text, draft);
        }
      }
    }
    if (made.highBytes) {
      made.highBytes = false;
      this.#lineHigh = true;
    }
    if (kind) {
      if (draft.tsKind !== TS_KIND.none && !draft.foreign) member.dated(draft);
      this.#begun(offset, bytes, lines, line);
      spare.cut = cut;
      if (this.#peel.carriers.length > 0) this.#applyOuter(draft);
      this.#swap(spare, kind);
      if (member.rest.length > 0) this.#further(kind, text, offset, bytes);
      return;
    }

    const open = this.#open;
    if (text === '' || isBlank(text)) {
      this.#blank(open, offset, bytes, lines);
      return;
    }
    if (open && fault === '' && (this.#within || this.#mayJoin(open, text))) {
      open.joined++;
      open.draft.lines += lines;
      open.draft.byteLength += bytes;
      this.#append(open, text);
      open.cut += cut;
      open.nuls += this.#nuls;
      open.oneByte ||= this.#oneByte;
      return;
    }
    this.#begun(offset, bytes, lines, line);
    spare.cut = cut;
    const format = source.format;
    if (format.text) format.text(text, draft, member);
    else {
      draft.system = format.system;
      draft.component = member.hint.component;
      draft.message = text;
    }
    draft.parsed ||= member.hint.strays === 'text' && fault === '';
    if (fault !== '') put(draft, 'tidemark.fault', fault);
    if (this.#peel.carriers.length > 0) {
      this.#applyOuter(draft);
      const program = this.#said.program || this.#said.container;
      const foreign = format.id === 'text' || (program !== '' && source !== this.#main && source.reads === 0);
      if (foreign && draft.tsKind !== TS_KIND.none) this.#carriedText(draft, program);
      else if (!draft.parsed) this.#continues(draft, text);
    }
    this.#swap(spare, null);
  }

  /** A line of no known system that its carrier dated: syslog, journald, a container. */
  #carriedText(draft: Draft, program: string): void {
    draft.parsed = true;
    if (program === 'kernel') {
      kernelMessage(draft.message, draft);
      return;
    }
    draft.system = 'other';
    draft.component = program;
  }

  /** A line that goes on where lines of another stream came between: a record of its own that says where it belongs. */
  #continues(draft: Draft, text: string): void {
    const before = this.#source.lastOf(this.#said.stream);
    if (!before.kind || (before.kind.joins && !/^\s/.test(text) && !TRACE_TAIL.test(text))) return;
    draft.parsed = true;
    this.#spare.goesOn = true;
    putNumber(draft, 'tidemark.continues', before.line);
  }

  /** Is the line in a carrier that the member's lines were not in so far? Then it and those after it are read inside it. */
  #newCarrier(
    text: string,
    head: boolean,
    offset: number,
    bytes: number,
    lines: number,
    cut: number,
    line: number,
  ): boolean {
    const carriers = this.#peel.carriers;
    if (this.#said !== NOTHING_SAID || carriers.length >= MAX_CARRIERS) return false;
    const sure =
      head && CARRIERS.some((c) => c.sure && !carriers.includes(c) && opens(c, text, this.#member));
    if (!sure) {
      // Most lines that no kind reads are in no carrier: looking into one takes long, so it is done for few.
      if (this.#looks > this.#lineNumber + FREE_LOOKS) return false;
      if (!head) this.#glances += GLANCE_COST;
      if (!holdsHead(text)) return false;
      this.#looks += LOOK_COST;
    }
    const fresh = carriersInside(this.#context, this.#main.hint, text).filter((c) => !carriers.includes(c));
    if (fresh.length === 0) return false;
    const probing = new Peel();
    probing.carriers.push(...fresh);
    if (!probing.open(text, this.#member, () => false)) return false;
    if (!fresh.some((c) => c.sure) && !this.#readsWell(probing.text)) return false;
    carriers.push(...fresh);
    nothingKnown();
    this.#carried(text, offset, bytes, lines, cut, line);
    return true;
  }

  #readsWell(text: string): boolean {
    return this.#readAsItStands(text) || wellRead(text, this.#member) !== null;
  }

  /** A line of another format in the middle of this one: a record of its own that says so, unless the file has become one of it. */
  #guest(text: string, draft: Draft): LineKind | null {
    const member = this.#member;
    const source = this.#source;
    for (const format of FORMATS) {
      if (format === source.format) continue;
      for (const kind of format.kinds) {
        let read = false;
        clearDraft(draft);
        try {
          read = kind.read(text, draft, member);
        } catch {
          read = false;
        }
        if (!read) continue;
        const strong =
          draft.parsed &&
          draft.tsKind !== TS_KIND.none &&
          draft.level >= 0 &&
          !(kind.weight && kind.weight(text) < 0.9);
        if (!strong) {
          member.rest = [];
          break;
        }
        this.#welcome(format, draft);
        return kind;
      }
    }
    clearDraft(draft);
    return null;
  }

  #welcome(format: Format, draft: Draft): void {
    const source = this.#source;
    const own = source.format;
    source.guests = source.guest === format ? source.guests + 1 : 1;
    source.guest = format;
    if (own.id === 'text' || (source.reads === 0 && source.guessed) || source.guests > MANY_GUESTS) {
      source.adopt(format);
      return;
    }
    put(draft, FOREIGN, `a line of ${format.system} in a file of ${own.system}`);
  }

  #mayJoin(open: Open, text: string): boolean {
    if (open.joined >= MAX_JOINED && !this.#member.hint.whole) return false;
    if (open.draft.byteLength >= MAX_RECORD) return false;
    if (open.source !== this.#source || open.stream !== this.#said.stream) return false;
    const kind = open.kind;
    const strays = this.#member.hint.strays;
    if (kind) {
      if (!kind.joins) return strays !== 'text' || this.#member.hint.whole || /^\s/.test(text);
      return kind.joins(text, open.draft, this.#member, open.joined);
    }
    if (open.goesOn) return true;
    // A text record: an indented line, or the end of a traceback, goes with it.
    if (open.draft.parsed && strays === 'text') return joinsText(open, text);
    // A piece of a record that began before the file did.
    const id = this.#source.format.id;
    return !open.draft.parsed && id !== 'text' && id !== 'registry';
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
  #further(kind: LineKind, text: string, offset: number, bytes: number): void {
    const member = this.#member;
    const rest = member.rest;
    member.rest = [];
    // Only where the text is the bytes of the line: not inside carriers, nor after a repair.
    if (
      this.#peel.carriers.length > 0 ||
      this.#frame ||
      this.#wide ||
      bytes - text.length > 2 ||
      bytes < text.length
    ) {
      if (this.#open) putNumber(this.#open.draft, 'tidemark.further_events', rest.length);
      return;
    }
    const end = offset + bytes;
    for (const further of rest) {
      const open = this.#open as Open;
      const at = offset + further.at;
      const spare = this.#spare;
      const read = kind.read(further.text, spare.draft, member);
      this.#lineHigh ||= made.highBytes;
      if (!read) {
        clearDraft(spare.draft);
        continue;
      }
      open.draft.byteLength = at - open.draft.byteOffset;
      open.draft.lines--;
      this.#begun(at, end - at, 1, this.#lineNumber);
      this.#swap(spare, kind);
    }
  }

  /** Blank lines go with the record before them, or with the one that comes first. */
  #blank(open: Open | null, offset: number, bytes: number, lines: number): void {
    if (open && open.draft.byteLength < MAX_RECORD) {
      open.draft.lines += lines;
      open.draft.byteLength += bytes;
      open.nuls += this.#nuls;
      if (!open.kind?.joins || open.draft.lines > lines + 1) this.#append(open, '');
      return;
    }
    if (open) this.#close();
    if (this.#blankOffset === -1) this.#blankOffset = offset;
    this.#blankLines += lines;
    this.#blankNuls += this.#nuls;
    if (offset + bytes - this.#blankOffset >= MAX_RECORD) this.#blankRecord(offset + bytes);
  }

  /** Blank lines that no record came after, up to `end`. */
  #blankRecord(end: number): void {
    const open = this.#begun(end, 0, 0, this.#lineNumber + 1);
    open.draft.parsed = true;
    open.draft.system = this.#main.format.system;
    this.#swap(open, null);
    this.#close();
  }

  /** Closes the record before and opens the next one in the spare place. */
  #begun(offset: number, bytes: number, lines: number, line: number): Open {
    this.#close();
    const open = this.#spare;
    const draft = open.draft;
    const lead = this.#blankOffset;
    draft.line = line;
    draft.lines = lines;
    draft.byteOffset = offset;
    draft.byteLength = bytes;
    open.joined = 0;
    open.high = this.#lineHigh;
    open.source = this.#source;
    open.stream = this.#said.stream;
    open.ordered = !this.#said.unordered;
    open.goesOn = false;
    open.cut = 0;
    open.partial = '';
    open.nuls = this.#nuls;
    open.oneByte = this.#oneByte;
    if (lead !== -1) {
      draft.byteOffset = lead;
      draft.byteLength = offset + bytes - lead;
      draft.line -= this.#blankLines;
      draft.lines += this.#blankLines;
      open.nuls += this.#blankNuls;
      this.#blankOffset = -1;
      this.#blankLines = 0;
      this.#blankNuls = 0;
    }
    return open;
  }

  #swap(open: Open, kind: LineKind | null): void {
    open.kind = kind;
    this.#open = open;
    this.#spare = this.#free ?? new Open();
    this.#free = null;
    if (open.stream !== '' && kind !== null) {
      const last = this.#source.lastOf(open.stream);
      last.line = open.draft.line;
      last.kind = kind;
    }
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
    if (draft.lines > 1 || open.joined > 0) {
      if (kind?.finish) {
        try {
          kind.finish(draft, member);
        } catch {
          // The record keeps what its first line said.
        }
      }
      if (draft.message.charCodeAt(draft.message.length - 1) === 10) draft.message = trimEnd(draft.message);
    }
    const hint = this.#main.hint;
    if (this.#shared !== '') this.#addShared(draft, kind);
    if (draft.pid === '' && hint.pid !== '') draft.pid = hint.pid;
    if (hint.entities.length > 0) for (const [k, v] of hint.entities) draft.entity(k, v, 'context');
    open.cut += boundText(draft);
    if (open.cut > 0) putNumber(draft, 'tidemark.message_cut', open.cut);
    if (open.partial !== '') put(draft, 'tidemark.partial', open.partial);
    if (open.nuls > 0) putNumber(draft, 'tidemark.nul_bytes', open.nuls);
    if (open.oneByte) put(draft, 'tidemark.encoding', 'windows-1252');
    if (draft.fields !== '') draft.fields = boundFields(`${draft.fields}}`);
    if (open.high || made.highBytes) {
      made.highBytes = false;
      mend(draft);
    }
    if (!draft.parsed) this.#unparsed += draft.lines;
    if (kind) {
      if (kind !== this.#counted) this.#countRun(kind);
      this.#run++;
    } else if (draft.parsed) {
      const { id } = (open.source as Source).format;
      const name = id === 'text' ? 'text.plain' : `${id}.text`;
      this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
    }
    draft.record = this.#records++;
    const excess = draft.byteLength - MAX_RECORD;
    if (excess <= 0) {
      open.draft = this.#order.add(draft, open.ordered);
      return;
    }
    const { line, lines, byteOffset, parsed, system, component } = draft;
    draft.byteLength = MAX_RECORD;
    draft.lines = 0;
    open.draft = this.#order.add(draft, open.ordered);
    for (let at = 0; at < excess; at += MAX_RECORD) {
      const byteLength = Math.min(MAX_RECORD, excess - at);
      this.#stretch(open, {
        line,
        lines: at + MAX_RECORD < excess ? 0 : lines,
        byteOffset: byteOffset + MAX_RECORD + at,
        byteLength,
        parsed,
        system,
        component,
      });
    }
  }

  /** More bytes of a record that is too long for one: they are not read, and stand in the store. */
  #stretch(
    open: Open,
    place: Pick<Draft, 'line' | 'lines' | 'byteOffset' | 'byteLength' | 'parsed' | 'system' | 'component'>,
  ): void {
    const draft = Object.assign(open.draft, place);
    putNumber(draft, 'tidemark.continues', place.line);
    putNumber(draft, 'tidemark.message_cut', place.byteLength);
    draft.fields += '}';
    draft.record = this.#records++;
    open.draft = this.#order.add(draft, open.ordered);
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
}

/** syslog priorities 0..7 as indexes into LEVELS. */
const PRIORITY_LEVEL = [6, 6, 6, 5, 4, 3, 2, 1];

/** For texts that are tried and forgotten. */
const probe = new Draft();

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
/** What one record for the whole member is: a state that a program told, or a file of configuration. */
function wholeFormat(hint: PathHint): Format {
  if (hint.family === 'ray') return hint.component === 'configuration' ? rayConfiguration : rayState;
  if (hint.family === 'registry' && hint.component === 'configuration') return registryConfiguration;
  return hint.family === 'mesos' && hint.fields['snapshot.port'] !== undefined ? mesosState : WHOLE;
}

/** A file named like configuration that holds log lines all the same. */
function looksLikeLog(lines: readonly string[]): boolean {
  const first = lines.find((l) => l.trim() !== '') ?? '';
  if (
    /^\{.*\}$/.test(first) &&
    /"(?:time|timestamp|@timestamp|asctime|ts|log|events|__REALTIME_TIMESTAMP|_source|result|short_message|index)"/.test(
      first,
    )
  ) {
    return true;
  }
  if (/^(?:time="|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|[IWEF]\d{4} \d\d:)/.test(first)) return true;
  if (first.startsWith('[{') && /"event_?[tT]ype":/.test(first)) return true;
  return /^\{$/.test(first.trim()) && /^\s*"events"\s*:\s*\[/.test(lines[lines.indexOf(first) + 1] ?? '');
}

/** Does a line begin as records of some format or carrier do? Asked of lines that no kind has read: most are text that goes on. */
function looksLikeHead(text: string): boolean {
  const c = text.charCodeAt(0);
  switch (c) {
    case 123: // {
      return text.charCodeAt(1) === 34 && text.length > 30;
    case 61: // =
      return text.startsWith('==> ');
    case 60: // <
      return isDigit(text.charCodeAt(1));
    case 91: // [
      return isDigit(text.charCodeAt(1)) || text.startsWith('[pod/');
    case 116: // t
      return text.startsWith('time="');
    case 73: // I W E F of glog
    case 87:
    case 69:
    case 70:
    case 74: // and months
    case 77:
    case 65:
    case 83:
    case 79:
    case 78:
    case 68:
      return (
        (isDigit(text.charCodeAt(1)) && text.charCodeAt(5) === 32 && text.charCodeAt(8) === 58) ||
        (text.charCodeAt(3) === 32 && text.charCodeAt(9) === 58 && text.charCodeAt(12) === 58)
      );
    default:
      if (!isDigit(c)) return false;
      // A date, an epoch, or the pid of a Redis line.
      return (
        text.length > 20 &&
        (text.charCodeAt(4) === 45 || text.charCodeAt(4) === 47 || isDigit(text.charCodeAt(9)))
      );
  }
}

/** The begin of a record of some format, further on in a line. */
const INNER_HEAD =
  /^\s{0,100}\S.{0,250}?(?:time="\d{4}-|\[\d{4}-\d\d-\d\d |[IWEF](?:0\d|1[0-2])\d\d \d\d:\d\d:|\{\\?"|\d{4}-\d\d-\d\d[ T]\d\d:\d\d)/;

/** May a line hold a record behind something in front of it? */
function holdsHead(text: string): boolean {
  return INNER_HEAD.test(text.length > 400 ? text.slice(0, 400) : text);
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

/**
 * Where a further line of a text begins in the unit that it was taken out of, looking from `from`: behind a line end, raw
 * or escaped (any number of times). -1 when it is not found.
 */
function lineStart(raw: string, from: number, line: string): number {
  const mark = (/^[\w .:,=()+*@!;-]{1,24}|^\[[\w .:,=()+*@!;-]{0,24}|^\{/.exec(line) ?? [''])[0];
  for (let i = from; i < raw.length; i++) {
    const c = raw.charCodeAt(i);
    let after = -1;
    if (c === 10) after = i + 1;
    else if (c === 35) {
      if (raw.startsWith('#012', i)) after = i + 4;
    } else if (c === 92) {
      let at = i + 1;
      while (raw.charCodeAt(at) === 92) at++;
      const letter = raw.charCodeAt(at);
      if (letter === 110) after = at + 1;
      else if (letter === 117 && raw.startsWith('000a', at + 1)) after = at + 5;
      i = at;
    }
    if (after !== -1 && raw.startsWith(mark, after)) return after;
  }
  return -1;
}

let ofFile: Said = NOTHING_SAID;

/** All that is known of a line under a header of `tail`. */
function fromFile(file: string): Said {
  if (ofFile.file !== file) ofFile = { ...NOTHING_SAID, file };
  return ofFile;
}

/** What a carrier inside says, to be laid over what those outside said. */
function onlySaid(said: Said): Partial<Said> {
  const only: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(said)) {
    if (value !== '' && value !== false && value !== -1 && value !== 0 && !Number.isNaN(value))
      only[key] = value;
  }
  return only as Partial<Said>;
}

/** Where the NULs end that a piece begins with. */
function holeEnd(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length && bytes[at] === 0) at++;
  return at;
}

/** Without the line end of a unit. */
function bare(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 10) end--;
  if (end > 0 && end < text.length && text.charCodeAt(end - 1) === 13) end--;
  return end === text.length ? text : text.slice(0, end);
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
