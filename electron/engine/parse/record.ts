// What a parser is given and what it says: the seam between parse/ (pure) and load/ (threads, columns).
//
// All evidence strings here are *byte strings*: one UTF-16 unit per byte, as `buffer.latin1Slice` gives them.
// Offsets into them are byte offsets, and writing them back with 'latin1' restores the exact bytes (UTF-8 stays UTF-8).
// Text that a parser makes itself from decoded JSON must go through `byteString()` first.

import type { CustomFormat } from './custom/custom-format.ts';

import type { YearBasis, YearFix } from './years.ts';

/** How the time of a record was found. Stored as a small integer; `events.ts_basis` is made from it. */
export const TS_KIND = {
  none: 0,
  /** The line states its zone: `tsWall` is UTC. */
  absolute: 1,
  /** Local time without a zone: `tsWall` is the wall clock read as if it were UTC. */
  wall: 2,
  /** As `wall`, and the year came from elsewhere. */
  wallYearInferred: 3,
  /** No time of its own: that of the dated neighbour, which was absolute / wall. */
  neighbourAbsolute: 4,
  neighbourWall: 5,
} as const;
export type TsKind = (typeof TS_KIND)[keyof typeof TS_KIND];

/** Index into LEVELS of shared/model.ts, or -1. */
export type LevelIndex = number;

/** One record while it is being read. Reused for every record of a member: a sink copies what it keeps. */
export class Draft {
  record = 0; // 0-based within the member
  line = 1; // first line, 1-based
  lines = 1;
  byteOffset = 0; // within the member's decompressed content
  byteLength = 0; // with line ends; the records of a member tile its content without gap or overlap
  tsWall = Number.NaN; // microseconds since the epoch, see TS_KIND
  tsKind: TsKind = TS_KIND.none;
  level: LevelIndex = -1;
  /** The level word as the line writes it (`W`, `WARNING`, `warn`), '' when it writes none. */
  nativeLevel = '';
  /** '' = none for all strings below. */
  system = '';
  component = '';
  category = '';
  action = '';
  outcome = '';
  message = '';
  /** JSON object text (byte string, valid JSON, valid UTF-8 once written), '' = {}. */
  fields = '';
  srcIp = '';
  userName = '';
  httpMethod = '';
  httpPath = '';
  httpStatus = -1;
  pid = '';
  tid = '';
  logger = '';
  /** False when no line kind of the format matched: kept as an event of its own, counted as unparsed. */
  parsed = false;
  /** A line of another writer inside the file: its time says nothing of the lines around it. */
  foreign = false;

  /** Entities of the record: parallel arrays, `entityCount` long. */
  entityKinds: string[] = [];
  entityValues: string[] = [];
  entityRoles: string[] = [];
  entityCount = 0;

  /** Notes that the record mentions an entity; `kind` one of ENTITY_KINDS, `role` a word such as client, target, mentioned. */
  entity(kind: string, value: string, role: string): void {
    const i = this.entityCount++;
    this.entityKinds[i] = kind;
    this.entityValues[i] = value;
    this.entityRoles[i] = role;
  }
}

/** What is known of a member before its first byte. */
export interface MemberContext {
  /** Path inside the bundle, `/` separated; members of nested archives as `outer.tar.gz!/inner/path`. */
  path: string;
  bundle: string;
  /** Modification time as archived, microseconds UTC; upper bound when a year must be inferred. */
  mtimeUs: number | null;
}

/** Takes records in file order. */
export interface RecordSink {
  record(draft: Draft): void;
}

/** A run of lines, in file order, that all showed the same offset of local time: `offsetMinutes` east of UTC. */
export interface ZoneEvidence {
  offsetMinutes: number;
  count: number;
  firstLine: number;
  lastLine: number;
  /** Local time at the first and at the last line. */
  firstWall: number;
  lastWall: number;
  why: string; // e.g. "access lines of the Ray dashboard state their offset"
  /** Component whose clock was seen; '' when the kind does not say. */
  writer: string;
}

/** Something the member says of the node it comes from. */
export interface Fact {
  kind: 'host' | 'address' | 'role' | 'version' | 'node_id';
  value: string;
  line: number;
}

export interface ParseSummary {
  format: string; // id of the format, e.g. 'registry.text', 'text.plain', 'binary'
  system: string;
  encoding: string; // 'utf-8', 'utf-8 with errors', 'binary', ...
  lines: number;
  records: number;
  unparsedLines: number;
  /** Records that `tidemark.out_of_order` and `tidemark.foreign` mark. */
  outOfOrder: number;
  foreign: number;
  zoneEvidence: ZoneEvidence[];
  /** What the years rest on that its lines do not state; null when they state all. */
  yearBasis: YearBasis | null;
  /** Years that turned out wrong, to be set right once all is loaded. */
  yearFixes: YearFix[];
  facts: Fact[];
}

/** Reads one member. `push` may be given pieces cut anywhere; the bytes are only valid during the call. */
export interface MemberParser {
  push(bytes: Uint8Array): void;
  end(): ParseSummary;
}

/** `customs`: formats that are data, those of the case first. */
export type OpenMember = (
  context: MemberContext,
  sink: RecordSink,
  customs?: readonly CustomFormat[],
) => MemberParser;
