// A format is an ordered list of line kinds; a kind reads one shape of line. A member's format is the kind most records are of.

import type { PathHint } from './path.ts';
import type { Draft, Fact, MemberContext, ZoneEvidence } from './record.ts';
import { TS_KIND } from './record.ts';
import type { JsonObject } from './text.ts';
import { MINUTE_US, SECOND_US } from './time.ts';
import { YearClock } from './years.ts';
import { ZONE_WHY, ZoneRuns } from './zone-runs.ts';

/** Example lines of a kind and what they must become; the tests run them all. */
export interface Sample {
  text: string;
  /** Where the text is found, when that matters. */
  path?: string;
  mtime?: string;
  /** One entry per record: columns that must have these values; `fields` is compared key by key, `entities` as `kind:value:role`. */
  gives: readonly ExpectedRecord[];
}
export interface ExpectedRecord {
  time?: string;
  level?: string;
  nativeLevel?: string;
  system?: string;
  component?: string;
  category?: string;
  action?: string;
  outcome?: string;
  message?: string;
  srcIp?: string;
  userName?: string;
  httpMethod?: string;
  httpPath?: string;
  httpStatus?: number;
  pid?: string;
  tid?: string;
  logger?: string;
  lines?: number;
  parsed?: boolean;
  fields?: Record<string, unknown>;
  entities?: readonly string[];
}

/** What lines of glog leave for those after them in the member; see formats/mesos-foreign.ts. */
export class GlogNotes {
  /** Something below is open: lines must be looked at. */
  watch = false;
  /** A copied log is being read: of this container, begun at this time by this thread. */
  container = '';
  begun = Number.NaN;
  thread = '';
  /** The line in which a name was left open, and the character that ends the name. */
  openLine = 0;
  openEnd = '';
  /** Lines of a crash are being read; another line has come between them. */
  crash = false;
  parted = false;
  /** The record of the crash states its time. */
  aborted = false;
  /** Master ids of old shape whose parts were told already. */
  masters = new Set<string>();
}

export interface LineKind {
  /** Also the format id of a member whose records are mostly of this kind. */
  readonly id: string;
  /** Fills the draft and says true, or leaves it untouched and says false. */
  read(line: string, draft: Draft, member: Member): boolean;
  /** The fields are the line's own, so that any name may stand among them. */
  readonly native?: true;
  /** How much a line of this kind speaks for its format when a member is sniffed, 0..1; absent: 1. */
  weight?(line: string): number;
  /** Does a line of no kind belong to a record of this kind? Absent: it does, up to the cap. `joined` counts those that do
   * already. The message grows while lines join: looking through it for each of them would take time that squares. */
  joins?(line: string, draft: Draft, member: Member, joined: number): boolean;
  /** A record of several lines is complete: draft.message holds all of them. */
  finish?(draft: Draft, member: Member): void;
  readonly samples: readonly Sample[];
}

/** What becomes of a line of no kind that joins no record. */
export type StrayRule = 'text' | 'unparsed';

export interface Format {
  readonly id: string;
  readonly system: string;
  readonly kinds: readonly LineKind[];
  /** A line of no kind that joined nothing, in a member whose strays are text: fills system, component and message. */
  text?(line: string, draft: Draft, member: Member): void;
}

/** State of one member while it is read; shared by its kinds. */
export class Member {
  readonly context: MemberContext;
  /** Of the member's path, or of the path that the carrier of the line names. */
  hint: PathHint;
  readonly facts: Fact[] = [];
  /** Gives years to times that state none; a carrier's time and the path of a collected file set it right. */
  years = new YearClock(() => this.line);
  /** Line number of the line being read, 1-based. */
  line = 1;
  /** The carrier's time of the line being read: NaN when there is none, and whether it is UTC. */
  outerTime = Number.NaN;
  outerZoned = false;
  /** A kind sets this when the line holds further records after the first: where each starts in the line, and its text. */
  rest: { at: number; text: string }[] = [];
  /** Year of the time in front of the line, 0 when it has none. */
  outerYear = 0;
  glog = new GlogNotes();
  /** State that some lines set for those after them. */
  state: Record<string, string> = {};

  // What carriers remember between lines.
  /** Width of the last head of journald or syslog: further lines of its message are indented by it. */
  headWidth = 0;
  /** The file that `tail` or `head` printed lines of. */
  tailFile = '';
  /** The index that the last action line of a bulk request named. */
  bulk = '';
  /** Columns of a table. */
  columns: readonly string[] = [];
  /** Members that stand around the list of records in a document. */
  around: JsonObject = {};

  #zones = new ZoneRuns();
  #absolute = false;
  #dated = Number.NaN;
  #writer = '';
  /** Local time of the last record that stated one. */
  lastWall = Number.NaN;
  #seenFacts = new Set<string>();

  constructor(context: MemberContext, hint: PathHint) {
    this.context = context;
    // A copy: what lines say of the member while it is sniffed is not yet known when it is read.
    this.hint = { ...hint };
    if (context.mtimeUs !== null) this.years.notAfter(context.mtimeUs);
    if (hint.year > 0) this.years.startAt(hint.year, hint.month, hint.day || 1, hint.day > 0);
  }

  fact(kind: Fact['kind'], value: string): void {
    if (value === '' || this.facts.length >= 2000) return;
    const key = `${kind}\n${value}`;
    if (this.#seenFacts.has(key)) return;
    this.#seenFacts.add(key);
    this.facts.push({ kind, value, line: this.line });
  }

  /** A wall clock was seen beside the same moment in UTC. Offsets are quarters of an hour; a larger rest is no evidence. */
  zoneSeen(wallUs: number, utcUs: number, why: string, writer = '', slackUs = 2 * MINUTE_US): void {
    const quarter = 15 * MINUTE_US;
    const difference = wallUs - utcUs;
    const offset = Math.round(difference / quarter) * quarter;
    if (!(Math.abs(difference - offset) <= slackUs)) return;
    this.zoneStated(offset / MINUTE_US, wallUs, why, writer);
  }

  /** The offset of local time was stated beside a wall clock of `writer` (a component). */
  zoneStated(offsetMinutes: number, wallUs: number, why: string, writer = ''): void {
    this.#zones.add(offsetMinutes, wallUs, why, writer, this.line);
  }

  /** Minutes that the carrier's local time is ahead of the writer's, once several lines have shown it. */
  carrierAhead = 0;
  #aheadSeen = 0;
  #aheadTimes = 0;

  /** A line states two local times, its carrier's and its own: they differ by a zone or not at all. */
  carrierSeen(outerUs: number, wallUs: number): void {
    const quarter = 15 * MINUTE_US;
    const ahead = Math.round((outerUs - wallUs) / quarter);
    if (Math.abs(outerUs - wallUs - ahead * quarter) > 5 * SECOND_US || Math.abs(ahead) > 104) return;
    this.#aheadTimes = ahead === this.#aheadSeen ? this.#aheadTimes + 1 : 1;
    this.#aheadSeen = ahead;
    if (this.#aheadTimes >= 3) this.carrierAhead = ahead * 15;
  }

  /** A crash handler stated the epoch: the local time of the line before it is the same moment, when it fits within two seconds. */
  crashedAt(utcUs: number): void {
    this.years.crashedAt(utcUs);
    this.zoneSeen(this.lastWall, utcUs, ZONE_WHY.crash, '', 2 * SECOND_US);
  }

  /** A record was dated; stated zone and local time that stand on neighbouring lines tell the zone, though weakly. */
  dated(draft: Draft): void {
    const absolute = draft.tsKind === TS_KIND.absolute;
    const time = draft.tsWall;
    if (absolute !== this.#absolute) {
      this.#absolute = absolute;
      const before = this.#dated;
      if (absolute) this.zoneSeen(before, time, ZONE_WHY.beside, this.#writer, 2 * SECOND_US);
      else this.zoneSeen(time, before, ZONE_WHY.beside, draft.component, 2 * SECOND_US);
    }
    this.#dated = time;
    if (absolute) return;
    this.lastWall = time;
    this.#writer = draft.component;
  }

  get zoneEvidence(): ZoneEvidence[] {
    return this.#zones.runs;
  }
}

/** Empties a draft so that it can be filled again. */
export function clearDraft(d: Draft): void {
  d.lines = 1;
  d.tsWall = Number.NaN;
  d.tsKind = 0;
  d.level = -1;
  d.nativeLevel = '';
  d.system = '';
  d.component = '';
  d.category = '';
  d.action = '';
  d.outcome = '';
  d.message = '';
  d.fields = '';
  d.srcIp = '';
  d.userName = '';
  d.httpMethod = '';
  d.httpPath = '';
  d.httpStatus = -1;
  d.pid = '';
  d.tid = '';
  d.logger = '';
  d.parsed = false;
  d.foreign = false;
  d.entityCount = 0;
}

/** Puts category, action and outcome in one go. */
export function means(draft: Draft, category: string, action: string, outcome: string): void {
  draft.category = category;
  draft.action = action;
  draft.outcome = outcome;
}

/** Columns of a request line. */
export function request(draft: Draft, method: string, path: string, status: number): void {
  draft.category = 'api';
  draft.action = 'http_request';
  draft.httpMethod = method;
  draft.httpPath = path;
  if (status >= 0) {
    draft.httpStatus = status;
    draft.outcome = status < 400 ? 'success' : 'failure';
  } else {
    draft.outcome = 'unknown';
  }
}
