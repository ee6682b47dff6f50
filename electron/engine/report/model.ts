// The one report model: plain data that every writer shows. Times are integers, microseconds since
// 1970-01-01T00:00:00Z, or null. No folder, clock or user of this machine, no duration is in it; but for the custody log of a
// case that was verified, which says who did what when.
import type {
  FindingLevel,
  FindingState,
  Level,
  MemberStatus,
  PostureTopic,
  Standing,
  TsBasis,
} from '../../../shared/model.ts';

export const REPORT_SCHEMA_VERSION = 1;

export interface ReportModel {
  schemaVersion: typeof REPORT_SCHEMA_VERSION;
  timeUnit: string;
  cover: Cover;
  summary: Summary;
  scope: Scope;
  evidence: BundleEntry[];
  timeBasis: TimeBasis;
  timeline: Timeline;
  findings: Findings;
  indicators: IndicatorGroup[];
  notes: Note[];
  method: Method;
  posture: Posture;
  limits: LimitGroup[];
  glossary: { term: string; meaning: string }[];
  custody: CustodyReport;
  findingEvents: FindingEvents;
}

/** The custody log as it stood when the case was verified last; without entries when it never was. */
export interface CustodyReport {
  /** Whether, when and with what result the case was verified, in sentences. */
  verification: string[];
  verified: number | null;
  /** The entry of that verification. */
  head: { seq: number; hash: string } | null;
  entries: { seq: number; at: number; actor: string; toolVersion: string; sentence: string; hash: string }[];
  entriesNotShown: number;
  /** What the verification found, the first of it. */
  problems: string[];
  /** Of the manifest, as they were found then. */
  signatures: { what: string; signer: string; fingerprint: string; at: number; ok: boolean }[];
}

export interface Cover {
  title: string;
  caseName: string;
  toolVersion: string;
  firstTs: number | null;
  lastTs: number | null;
  /** What was and was not verified, in sentences. */
  verification: string[];
}

export interface Summary {
  facts: string[];
  /** Findings of level medium and above that nobody dismissed or suppressed, in time order. */
  story: StoryEntry[];
  storyNotShown: number;
  caveats: string[];
  findingLevels: {
    level: FindingLevel;
    open: number;
    confirmed: number;
    dismissed: number;
    suppressed: number;
  }[];
}

export interface StoryEntry {
  number: string;
  level: FindingLevel;
  state: FindingState;
  title: string;
  about: string;
  nodes: string[];
  firstTs: number | null;
  lastTs: number | null;
  events: number;
}

export interface Scope {
  bundles: number;
  files: number;
  events: number;
  undatedEvents: number;
  lines: number;
  unparsedLines: number;
  statuses: { status: MemberStatus; files: number; bytes: number }[];
  nodes: ScopeNode[];
  systems: { system: string; events: number; nodes: string[] }[];
  /** Every ledger entry that was not wholly read, with its reason. */
  notExamined: { bundle: string; path: string; status: MemberStatus; reason: string | null }[];
  bundleProblems: { bundle: string; problem: string }[];
  /** What the logs of the case lead one to expect and the case does not hold; node null: the whole case. */
  absent: {
    node: string | null;
    system: string | null;
    component: string | null;
    title: string;
    why: string;
  }[];
}

export interface ScopeNode {
  node: string;
  systems: string[];
  roles: string[];
  addresses: string[];
  versions: string[];
  files: number;
  events: number;
  firstTs: number | null;
  lastTs: number | null;
}

export interface BundleEntry {
  name: string;
  sha256: string | null;
  size: number | null;
  complete: boolean;
  problem: string | null;
  files: FileEntry[];
}

export interface FileEntry {
  path: string;
  node: string | null;
  format: string | null;
  encoding: string | null;
  compression: string | null;
  status: MemberStatus;
  reason: string | null;
  size: number | null;
  contentSize: number | null;
  sha256: string | null;
  contentSha256: string | null;
  mode: string | null;
  owner: string | null;
  mtime: number | null;
  lines: number;
  records: number;
  unparsedLines: number;
  firstTs: number | null;
  lastTs: number | null;
  duplicateOf: string | null;
}

export interface TimeBasis {
  nodes: NodeTime[];
  /** Events per basis of their time, over the case. */
  bases: { basis: TsBasis; meaning: string; events: number }[];
  years: { node: string; files: number; events: number; firstTs: number | null; lastTs: number | null }[];
  assumptions: string[];
}

export interface NodeTime {
  node: string;
  zone: string | null;
  zoneBasis: string | null;
  zoneSetByHand: boolean;
  clockOffsetUs: number;
  offsetBasis: string | null;
  offsetConfidence: number | null;
  offsetSetByHand: boolean;
  bases: { basis: TsBasis; events: number }[];
  evidence: { offsetMinutes: number; observations: number; files: number; why: string }[];
}

/** Where one event stands and how its time is known. */
export interface EventPlace {
  eventId: string;
  ts: number | null;
  tsLogged: number | null;
  tsBasis: TsBasis;
  node: string | null;
  system: string | null;
  component: string | null;
  level: Level | null;
  bundle: string;
  path: string;
  line: number;
  byteOffset: number;
  byteLength: number;
  sha256: string | null;
}

export interface TimelineEntry extends EventPlace {
  findings: string[];
  message: string;
}

export interface Timeline {
  rule: string;
  entries: TimelineEntry[];
  /** Events that findings of medium and above rest on, shown or not. */
  total: number;
  /** First and last dated event of the case. */
  firstTs: number | null;
  lastTs: number | null;
  volume: Volume | null;
}

/** Events per bucket of the stretch of time that holds nearly all of them; bucket i begins at `from + i * bucketUs`. */
export interface Volume {
  from: number;
  to: number;
  bucketUs: number;
  events: number[];
  warnings: number[];
  /** Dated events before and after the stretch that is drawn. */
  before: number;
  after: number;
}

export interface Findings {
  entries: FindingEntry[];
  total: number;
}

export interface FindingEntry {
  number: string;
  findingId: string;
  ruleId: string;
  ruleTitle: string;
  title: string;
  level: FindingLevel;
  attack: string[];
  state: FindingState;
  stateWhy: string | null;
  nodes: string[];
  systems: string[];
  firstTs: number | null;
  lastTs: number | null;
  eventCount: number;
  groupValues: { name: string; value: string }[];
  explanation: string;
  description: string | null;
  falsePositives: string[];
  lines: EvidenceLine[];
  linesNotShown: number;
}

export interface EvidenceLine extends EventPlace {
  role: string | null;
  /** Events of the finding left out just before this line. */
  skippedBefore: number;
  /** The exact bytes as text; U+FFFD stands for what is not UTF-8. The parsed message when `read` is false. */
  text: string;
  /** The exact bytes, when they are not valid UTF-8. */
  base64: string | null;
  /** Bytes of the record that are not shown. */
  bytesNotShown: number;
  /** False: the bytes could not be read from the evidence store. */
  read: boolean;
}

export interface IndicatorGroup {
  kind: string;
  title: string;
  entries: Indicator[];
  notShown: number;
}

export interface Indicator {
  value: string;
  note: string | null;
  roles: string[];
  /** Events of findings that mention it, and events of the whole case. */
  events: number;
  eventsInCase: number;
  firstTs: number | null;
  lastTs: number | null;
  nodes: string[];
  findings: string[];
}

export interface Note {
  kind: string;
  text: string;
  node: string | null;
  ts: number | null;
  bundle: string | null;
  path: string | null;
  line: number | null;
}

export interface Method {
  toolVersion: string;
  steps: string[];
  settings: { key: string; value: string }[];
  rules: RuleEntry[];
  /** `off`: the responder, or the defaults of the case, switched it off. */
  rulesNotApplied: {
    ruleId: string;
    title: string;
    level: FindingLevel | null;
    off: boolean;
    why: string;
  }[];
  savedQueries: { name: string; sql: string }[];
  queries: AskedQuery[];
}

export interface Posture {
  standings: { standing: Standing; rows: number }[];
  /** Worst first. */
  entries: PostureEntry[];
}

/** How a node or component stands in one respect of its logging. */
export interface PostureEntry {
  topic: PostureTopic;
  standing: Standing;
  /** null: the whole case. */
  node: string | null;
  system: string | null;
  component: string | null;
  title: string;
  proof: string;
  change: string | null;
  eventCount: number;
  eventIds: string[];
  fileCount: number;
  files: string[];
  source: string;
}

export interface RuleEntry {
  ruleId: string;
  title: string;
  level: FindingLevel | null;
  status: string | null;
  type: string | null;
  file: string | null;
  author: string | null;
  version: string | null;
  error: string | null;
  /** Thresholds that the case set otherwise. */
  tuned: string | null;
  events: number;
  findings: number;
  source: string;
  /** Of its text in UTF-8. */
  sourceSha256: string;
  sql: string | null;
  parameters: string | null;
}

/** One query the report itself asked, and how many rows it gave. */
export interface AskedQuery {
  name: string;
  sql: string;
  rows: number;
}

export interface LimitGroup {
  system: string;
  sentences: string[];
}

/** Every event of every finding, one row each, for tables; never cut in silence. */
export interface FindingEvents {
  total: number;
  rows: FindingEventRow[];
}

export interface FindingEventRow extends EventPlace {
  findingId: string;
  number: string;
  rule: string;
  title: string;
  findingLevel: FindingLevel;
  state: FindingState;
  role: string | null;
  message: string;
}
