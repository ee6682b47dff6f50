// The one contract between the renderer, the shells and the engine: every method with its input and output,
// every event the engine sends. Times are integers: microseconds since 1970-01-01T00:00:00Z, unless said.
import { z } from 'zod';
import {
  CustodyCheck,
  CustodyRow,
  KeyRow,
  ManifestSignature,
  SignWith,
  VerifyResult,
} from './api-custody.ts';
import {
  BundlePreview,
  BundleProgress,
  BundleRow,
  IntakeLimits,
  Passwords,
  PendingWork,
} from './api-intake.ts';
import { AnnotationRow, AnnotationText } from './api-review.ts';
import {
  Attack,
  Matched,
  PlaceholderRow,
  RuleCheck,
  RuleDefaultRow,
  RuleFileCheck,
  RuleProblem,
  RuleRow,
  SuppressionRow,
  WhyNot,
} from './api-rules.ts';
import { MergeResult } from './api-transfer.ts';
import {
  ENTITY_KINDS,
  FINDING_LEVELS,
  FINDING_STATES,
  LENS_FIELDS,
  LEVELS,
  MEMBER_STATUSES,
  POSTURE_TOPICS,
  RULE_DEFAULT_KINDS,
  STANDINGS,
  TS_BASES,
} from './model.ts';

export * from './api-custody.ts';
export * from './api-intake.ts';
export * from './api-review.ts';
export * from './api-rules.ts';
export * from './api-transfer.ts';

const us = z.number().int();
const count = z.number().int().nonnegative();
const eventId = z.string().regex(/^\d{1,19}$/); // BIGINT as text: no loss on any wire
const nothing = z.object({});
const ruleText = z.string().max(2_000_000);

/** One condition of the lens. Values of one term are ORed, terms are ANDed; `null` asks for "no value". */
export const LensTerm = z.object({
  field: z.enum(LENS_FIELDS),
  values: z.array(z.string().nullable()).min(1).max(1000),
  not: z.boolean().default(false),
});
/** The one shared selection of all views: `from` inclusive, `to` exclusive. Undated events are out as soon as a bound is set. */
export const Lens = z.object({
  from: us.optional(),
  to: us.optional(),
  text: z.string().max(2000).optional(), // case-insensitive substring of message
  terms: z.array(LensTerm).max(100).default([]),
});
export type Lens = z.infer<typeof Lens>;
export type LensTerm = z.infer<typeof LensTerm>;

export const CaseInfo = z.object({
  dir: z.string(),
  name: z.string(),
  createdAt: us,
  readOnly: z.boolean(),
  bundles: count,
  members: count,
  events: count,
  findings: count,
  firstTs: us.nullable(),
  lastTs: us.nullable(),
  toolVersion: z.string(),
  schemaVersion: z.number().int(),
  /** What the tool noticed when it opened the case, e.g. an ingest that was broken off; empty when all is well. */
  notices: z.array(z.string()),
  /** What was begun and not finished; null when nothing is. */
  pending: PendingWork.nullable(),
});
export type CaseInfo = z.infer<typeof CaseInfo>;

export const JobInfo = z.object({
  id: z.string(),
  kind: z.enum(['ingest', 'detect', 'export', 'report', 'verify', 'import']),
  title: z.string(),
  phase: z.string(), // e.g. "reading registry-1.tar.gz"
  done: count,
  total: count.nullable(), // null: not known yet
  unit: z.enum(['bytes', 'events', 'rules', 'rows', 'steps']),
  perSecond: z.number().nullable(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  error: z.string().nullable(), // a sentence for the responder
  /** Of an ingest: each bundle, in order. */
  bundles: z.array(BundleProgress).optional(),
  result: z.record(z.string(), z.unknown()).nullable(),
});
export type JobInfo = z.infer<typeof JobInfo>;

export const EventRow = z.object({
  eventId,
  ts: us.nullable(),
  tsLogged: us.nullable(),
  tsBasis: z.enum(TS_BASES),
  node: z.string(),
  system: z.string(),
  component: z.string().nullable(),
  level: z.enum(LEVELS).nullable(),
  category: z.string().nullable(),
  action: z.string().nullable(),
  outcome: z.string().nullable(),
  message: z.string(), // cut to 2,000 characters in pages; whole in events.detail
  messageCut: z.boolean(),
  srcIp: z.string().nullable(),
  userName: z.string().nullable(),
  httpMethod: z.string().nullable(),
  httpPath: z.string().nullable(),
  httpStatus: z.number().int().nullable(),
  fileId: z.number().int(),
  line: z.number().int(),
  findings: count, // findings this event is part of
});
export type EventRow = z.infer<typeof EventRow>;

export const EventDetail = EventRow.extend({
  /** The level word as the line writes it. */
  levelNative: z.string().nullable(),
  fields: z.record(z.string(), z.unknown()),
  pid: z.string().nullable(),
  tid: z.string().nullable(),
  logger: z.string().nullable(),
  byteOffset: z.number().int(),
  byteLength: z.number().int(),
  bundle: z.string(),
  path: z.string(),
  sha256: z.string(),
  lines: count, // lines of the record
  /** Template of its message, and how many events of the case have it. */
  template: z.object({ templateId: z.string(), template: z.string(), events: count }).nullable(),
  timeSentence: z.string(), // how the time is known, in words
  entities: z.array(
    z.object({ kind: z.enum(ENTITY_KINDS), value: z.string(), role: z.string(), events: count }),
  ),
  findingList: z.array(
    z.object({ findingId: z.string(), title: z.string(), level: z.enum(FINDING_LEVELS), role: z.string() }),
  ),
});
export type EventDetail = z.infer<typeof EventDetail>;

/** A line around an event. `path`: it is of another file of the same rotation series. */
const RawLine = z.object({ line: z.number().int(), text: z.string(), path: z.string().optional() });

/** Exact bytes around an event. `text` is the bytes as UTF-8 with U+FFFD for what is not; `base64` is exact. */
export const RawContext = z.object({
  eventId,
  base64: z.string(),
  text: z.string(),
  before: z.array(RawLine),
  after: z.array(RawLine),
});
export type RawContext = z.infer<typeof RawContext>;

/** One attempt of a unit of work of Celery, Mesos or Ray: a row of the view `tasks`. */
export const TaskRow = z.object({
  system: z.string(),
  kind: z.string(), // task; of Ray also submission, job, actor
  id: z.string(),
  attempt: z.number().int().positive(),
  attempts: z.number().int().positive(),
  scope: z.string().nullable(), // Mesos framework, Ray cluster
  name: z.string().nullable(),
  node: z.string().nullable(),
  submittedTs: us.nullable(),
  receivedTs: us.nullable(),
  startedTs: us.nullable(),
  endedTs: us.nullable(),
  state: z.string().nullable(),
  stateNative: z.string().nullable(),
  error: z.string().nullable(),
  runtimeS: z.number().nullable(),
  parent: z.string().nullable(),
  root: z.string().nullable(),
  process: z.string().nullable(),
  container: z.string().nullable(),
  firstEvent: eventId,
  lastEvent: eventId,
  endEvent: eventId.nullable(),
  events: count,
});
export type TaskRow = z.infer<typeof TaskRow>;

/** One HTTP request: a row of the view `requests`. */
export const RequestRow = z.object({
  requestId: z.string().nullable(),
  system: z.string(),
  node: z.string(),
  method: z.string().nullable(),
  path: z.string().nullable(),
  status: z.number().int().nullable(),
  bytes: z.number().nullable(),
  durationS: z.number().nullable(),
  clientSocket: z.string().nullable(), // as the socket shows it
  clientClaimed: z.string().nullable(), // as the application takes it, from a header of anyone
  user: z.string().nullable(),
  userProven: z.boolean(), // false: the name was only tried
  repository: z.string().nullable(),
  reference: z.string().nullable(),
  digest: z.string().nullable(),
  operation: z.string().nullable(),
  userAgent: z.string().nullable(),
  startedTs: us.nullable(),
  endedTs: us.nullable(),
  eventIds: z.array(eventId),
  accessCandidates: count, // access lines that fit equally well
});
export type RequestRow = z.infer<typeof RequestRow>;

/** Everything the case has of one piece of work or request, from all nodes, in order. */
export const LifeCycle = z.object({
  kind: z.enum(ENTITY_KINDS),
  value: z.string(),
  scope: z.string().nullable(), // what the id is unique in, where that matters
  title: z.string(),
  sentence: z.string(),
  state: z.string().nullable(), // of the last attempt
  startTs: us.nullable(),
  endTs: us.nullable(),
  nodes: z.array(z.string()),
  ids: z.array(z.object({ kind: z.enum(ENTITY_KINDS), value: z.string() })), // whose events these are
  attempts: z.array(TaskRow),
  requests: z.array(RequestRow),
  steps: z.array(
    z.object({
      event: EventRow,
      role: z.string(), // in words
      attempt: z.number().int().nullable(),
      minor: z.boolean(), // names an id and says nothing of what became of it
      basis: z.enum(['exact', 'inferred']),
      why: z.string(),
    }),
  ),
  total: count, // steps, also those beyond the first and last of a long life that are listed
  output: count, // lines in files of its own that are no steps
  missing: z.array(z.string()), // sentences
  related: z.array(
    z.object({ relation: z.string(), kind: z.enum(ENTITY_KINDS), value: z.string(), title: z.string() }),
  ),
});
export type LifeCycle = z.infer<typeof LifeCycle>;

export const FindingRow = z.object({
  findingId: z.string(),
  ruleId: z.string(),
  title: z.string(),
  level: z.enum(FINDING_LEVELS),
  attack: z.array(z.string()),
  node: z.string().nullable(),
  nodes: z.array(z.string()),
  systems: z.array(z.string()),
  firstTs: us.nullable(),
  lastTs: us.nullable(),
  eventCount: count,
  groupValues: z.record(z.string(), z.unknown()),
  explanation: z.string(),
  state: z.enum(FINDING_STATES),
  stateBy: z.string().nullable(),
  stateAt: us.nullable(),
  stateWhy: z.string().nullable(),
  suppressionId: z.string().nullable(), // the suppression that made it suppressed; null: none, or a state set by hand
});
export type FindingRow = z.infer<typeof FindingRow>;

export const LedgerRow = z.object({
  fileId: z.number().int(),
  bundle: z.string(),
  path: z.string(),
  sha256: z.string().nullable(),
  size: count,
  mtime: us.nullable(),
  mode: z.string().nullable(),
  owner: z.string().nullable(),
  format: z.string().nullable(),
  /** System most of its records are of. */
  system: z.string().nullable(),
  encoding: z.string().nullable(),
  compression: z.string().nullable(),
  status: z.enum(MEMBER_STATUSES),
  reason: z.string().nullable(),
  lines: count,
  records: count,
  unparsedLines: count,
  firstTs: us.nullable(),
  lastTs: us.nullable(),
  zone: z.string().nullable(),
  zoneBasis: z.string().nullable(),
  node: z.string().nullable(),
});
export type LedgerRow = z.infer<typeof LedgerRow>;

export const NodeRow = z.object({
  node: z.string(),
  systems: z.array(z.string()),
  roles: z.array(z.string()),
  addresses: z.array(z.string()),
  zone: z.string().nullable(),
  zoneBasis: z.string().nullable(),
  clockOffsetUs: z.number().int(), // added to logged times
  offsetBasis: z.string().nullable(),
  offsetConfidence: z.number().nullable(), // 0..1
  /** What the evidence says, also where the responder set something else. */
  zoneFound: z.string().nullable(),
  zoneSet: z.string().nullable(),
  offsetFoundUs: z.number().int().nullable(),
  offsetFoundBasis: z.string().nullable(),
  offsetSetUs: z.number().int().nullable(),
  /** Bounds of the offset that the evidence proves. */
  offsetLowUs: z.number().int().nullable(),
  offsetHighUs: z.number().int().nullable(),
  files: count,
  events: count,
  firstTs: us.nullable(),
  lastTs: us.nullable(),
});
export type NodeRow = z.infer<typeof NodeRow>;

/** The rotated files of one log, oldest first. */
export const LogSeries = z.object({
  /** Folder and name of the log, without what rotation put on it. */
  name: z.string(),
  members: z.array(
    z.object({
      fileId: z.number().int(),
      path: z.string(),
      position: z.number().int().positive(), // 1: the oldest
      why: z.string(),
      firstTs: us.nullable(),
      lastTs: us.nullable(),
    }),
  ),
  /** Files or days that are not in the case. */
  missing: z.array(z.string()),
  /** What of the times contradicts the order of the names: a sentence. */
  contradiction: z.string().nullable(),
});
export type LogSeries = z.infer<typeof LogSeries>;

/** One file of the ledger and how well it was read. */
export const FileDetail = z.object({
  file: LedgerRow,
  contentSha256: z.string().nullable(),
  contentSize: count.nullable(),
  duplicateOf: z.object({ fileId: z.number().int(), path: z.string() }).nullable(),
  /** Files of the same node with the same content; their events are counted here. */
  duplicates: z.array(z.object({ fileId: z.number().int(), path: z.string() })),
  /** What its records are of, most first, at most 20. */
  kinds: z.array(
    z.object({ system: z.string(), component: z.string().nullable(), records: count, unparsed: count }),
  ),
  bases: z.array(z.object({ basis: z.enum(TS_BASES), records: count })),
  /** Offsets that its lines show, most seen first, at most 20. */
  zones: z.array(z.object({ offsetMinutes: z.number().int(), seen: count, why: z.string() })),
  unparsedRecords: count,
  /** The first of them, at most 20. */
  unparsed: z.array(
    z.object({ eventId, line: z.number().int(), lines: count, message: z.string(), messageCut: z.boolean() }),
  ),
  outOfOrder: count,
  foreign: count,
  /** The first records that are marked so, at most 20. */
  marked: z.array(z.object({ eventId, line: z.number().int(), mark: z.string() })),
  series: LogSeries.nullable(),
});
export type FileDetail = z.infer<typeof FileDetail>;

/** One line of the logging posture: how a node or component stands in one respect, what proves it, what to change. */
export const PostureRow = z.object({
  postureId: z.number().int(),
  checkId: z.string(),
  topic: z.enum(POSTURE_TOPICS),
  node: z.string().nullable(), // null: the whole case
  system: z.string().nullable(),
  component: z.string().nullable(),
  standing: z.enum(STANDINGS),
  title: z.string(),
  proof: z.string(),
  change: z.string().nullable(),
  eventIds: z.array(eventId), // the first of `eventCount`
  eventCount: count,
  files: z.array(z.object({ fileId: z.number().int(), path: z.string() })), // the first of `fileCount`
  fileCount: count,
  source: z.string(),
  terms: z.array(LensTerm).nullable(), // the lens that shows all of its events, when one can
});
export type PostureRow = z.infer<typeof PostureRow>;

export const Overview = z.object({
  case: CaseInfo,
  nodes: z.array(NodeRow),
  /** Volume by node and system; `firstTs`/`lastTs` of that cell. */
  matrix: z.array(
    z.object({
      node: z.string(),
      system: z.string(),
      events: count,
      errors: count,
      firstTs: us.nullable(),
      lastTs: us.nullable(),
    }),
  ),
  levels: z.array(z.object({ level: z.enum(LEVELS).nullable(), events: count })),
  systems: z.array(z.object({ system: z.string(), events: count })),
  bases: z.array(z.object({ basis: z.enum(TS_BASES), events: count })),
  members: z.array(z.object({ status: z.enum(MEMBER_STATUSES), members: count, bytes: count })),
  quality: z.object({ lines: count, unparsedLines: count, undated: count }),
  worstFiles: z.array(LedgerRow), // files with the most unparsed lines or a status that is not `parsed`, at most 20
  findingLevels: z.array(z.object({ level: z.enum(FINDING_LEVELS), findings: count })),
  topFindings: z.array(FindingRow), // strongest first, at most 12
});
export type Overview = z.infer<typeof Overview>;

export const Facet = z.object({
  field: z.enum(LENS_FIELDS),
  values: z.array(z.object({ value: z.string().nullable(), events: count })),
  more: count, // distinct values not listed
});
export type Facet = z.infer<typeof Facet>;

/** Counts per time bucket. `series[k][i]` is the count of `keys[k]` in bucket i; bucket i starts at `from + i * bucketUs`. */
export const Histogram = z.object({
  from: us,
  to: us,
  bucketUs: z.number().int().positive(),
  keys: z.array(z.string()),
  series: z.array(z.array(count)),
  undated: count,
});
export type Histogram = z.infer<typeof Histogram>;

export const TEMPLATE_ORDERS = ['rare', 'frequent', 'newest', 'last', 'level'] as const;
export type TemplateOrder = (typeof TEMPLATE_ORDERS)[number];

/** A message template: the words its messages share, `<*>` for what varies. */
export const TemplateRow = z.object({
  templateId: z.string(),
  system: z.string(),
  component: z.string().nullable(),
  template: z.string(),
  level: z.enum(LEVELS).nullable(), // the highest of its events
  events: count, // in the lens
  all: count, // in the case
  firstTs: us.nullable(), // in the case
  lastTs: us.nullable(),
  nodes: z.array(z.string()),
});
export type TemplateRow = z.infer<typeof TemplateRow>;

export const Lane = z.object({
  key: z.string(),
  label: z.string(),
  system: z.string().nullable(),
  events: count,
  clockOffsetUs: z.number().int().nullable(),
  counts: z.array(count), // per column
  errors: z.array(count), // warning and above, per column
  findings: z.array(
    z.object({
      findingId: z.string(),
      title: z.string(),
      level: z.enum(FINDING_LEVELS),
      firstTs: us,
      lastTs: us,
    }),
  ),
});
export const Lanes = z.object({ from: us, to: us, columnUs: z.number().positive(), lanes: z.array(Lane) });
export type Lane = z.infer<typeof Lane>;
export type Lanes = z.infer<typeof Lanes>;

export const SqlColumn = z.object({ name: z.string(), type: z.string() });
export const SqlPage = z.object({
  cursorId: z.string(),
  columns: z.array(SqlColumn),
  rows: z.array(z.array(z.unknown())), // JSON values; BIGINT, DECIMAL, TIMESTAMP, BLOB as text
  offset: count,
  done: z.boolean(), // no rows after these
  millis: z.number(),
});
export type SqlPage = z.infer<typeof SqlPage>;

export const Catalog = z.object({
  views: z.array(
    z.object({
      name: z.string(),
      comment: z.string().nullable(),
      columns: z.array(z.object({ name: z.string(), type: z.string(), comment: z.string().nullable() })),
    }),
  ),
  functions: z.array(z.object({ name: z.string(), description: z.string().nullable() })),
  keywords: z.array(z.string()),
});
export type Catalog = z.infer<typeof Catalog>;

/** What `formats.check` found. Times end in Z when they are UTC, else they are wall clocks. */
export const FormatCheck = z.object({
  ok: z.boolean(),
  name: z.string().nullable(), // null: refused
  problems: z.array(z.object({ line: z.number().int().nullable(), message: z.string() })),
  samples: z.array(z.object({ ok: z.boolean(), differences: z.array(z.string()) })),
  log: z
    .object({
      files: count,
      lines: count,
      records: count,
      unparsedLines: count,
      undated: count,
      levels: z.record(z.string(), count),
      unparsed: z.array(z.object({ file: z.string(), line: count, text: z.string() })),
      first: z.array(
        z.object({
          file: z.string(),
          line: count,
          time: z.string().nullable(),
          level: z.enum(LEVELS).nullable(),
          message: z.string(),
        }),
      ),
    })
    .nullable(),
});
export type FormatCheck = z.infer<typeof FormatCheck>;

export const HostEntry = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['folder', 'file', 'case', 'other']),
  size: count,
  mtime: us.nullable(),
});
export type HostEntry = z.infer<typeof HostEntry>;

export const REPORT_FORMATS = ['html', 'md', 'json', 'csv'] as const;
export const SQL_EXPORT_FORMATS = ['csv', 'json', 'parquet'] as const;

const method = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O) => ({ input, output });

/** Every method of the engine. Names are `area.verb`. */
export const methods = {
  'app.info': method(
    nothing,
    z.object({
      version: z.string(),
      shell: z.string(),
      sampleDir: z.string().nullable(),
      home: z.string(),
      separator: z.string(),
      /** What keeps the engine's process from the network and from files, and who enforces it. */
      isolation: z.object({
        network: z.enum(['kernel', 'refused in the process', 'none']),
        files: z.enum(['kernel', 'node', 'none']),
        sentence: z.string(),
      }),
    }),
  ),
  /** One folder of the machine the engine runs on, for the path picker. */
  'host.list': method(
    z.object({ path: z.string() }),
    z.object({ path: z.string(), parent: z.string().nullable(), entries: z.array(HostEntry) }),
  ),

  'case.current': method(nothing, z.object({ case: CaseInfo.nullable() })),
  'case.create': method(z.object({ dir: z.string().min(1), name: z.string().optional() }), CaseInfo),
  'case.open': method(z.object({ dir: z.string().min(1) }), CaseInfo),
  'case.close': method(nothing, nothing),
  'case.recent': method(
    nothing,
    z.object({ cases: z.array(z.object({ dir: z.string(), name: z.string(), openedAt: us })) }),
  ),

  /** Starts an ingest job; `timezones` maps node to IANA zone or offset, key `*` for all. Detection runs after it unless told otherwise. */
  'ingest.start': method(
    z.object({
      paths: z.array(z.string().min(1)).min(1),
      timezones: z.record(z.string(), z.string()).default({}),
      /** Format files or folders of them: copied into the case, then used. */
      formats: z.array(z.string().min(1)).default([]),
      detect: z.boolean().default(true),
      limits: IntakeLimits.default({}),
      passwords: Passwords.default({}),
    }),
    z.object({ jobId: z.string() }),
  ),
  /** Goes on with what was broken off: `case.pending`. Limits, zones and formats are those it was begun with. */
  'ingest.resume': method(z.object({ passwords: Passwords.default({}) }), z.object({ jobId: z.string() })),
  /** Gives up what was broken off: what was taken in stays, bundles not begun are forgotten, what remains to be settled is settled. */
  'ingest.giveUp': method(nothing, z.object({ jobId: z.string() })),
  /** Looks at bundles without reading them whole; takes about two seconds a bundle at most. */
  'intake.preview': method(
    z.object({ paths: z.array(z.string().min(1)).min(1).max(1000) }),
    z.object({
      bundles: z.array(BundlePreview),
      /** Free bytes where the case is, or null when none is open; and what the bundles may need there. */
      freeBytes: count.nullable(),
      neededBytes: count,
    }),
  ),
  'intake.limits': method(nothing, z.object({ defaults: IntakeLimits.required() })),
  'jobs.list': method(nothing, z.object({ jobs: z.array(JobInfo) })),
  'jobs.cancel': method(z.object({ jobId: z.string() }), nothing),

  'overview.get': method(nothing, Overview),
  'evidence.list': method(nothing, z.object({ files: z.array(LedgerRow) })),
  'evidence.bundles': method(nothing, z.object({ bundles: z.array(BundleRow) })),
  'evidence.file': method(z.object({ fileId: z.number().int() }), FileDetail),
  /** The logging posture, worst first. */
  'posture.list': method(nothing, z.object({ rows: z.array(PostureRow) })),
  /** What was collected of a node, and what proves its zones and its clock. Pairs: the tightest first. */
  'nodes.proof': method(
    z.object({ node: z.string(), pairs: count.max(1000).default(100) }),
    z.object({
      node: z.string(),
      collected: z.array(
        z.object({
          system: z.string(),
          component: z.string().nullable(),
          files: count,
          events: count,
          firstTs: us.nullable(),
          lastTs: us.nullable(),
        }),
      ),
      files: z.array(
        z.object({
          fileId: z.number().int(),
          path: z.string(),
          format: z.string().nullable(),
          status: z.string(),
          events: count,
          zone: z.string().nullable(),
          zoneBasis: z.string().nullable(),
          firstTs: us.nullable(),
          lastTs: us.nullable(),
        }),
      ),
      localEvents: count, // whose lines state no zone
      zone: z.object({
        found: z.string().nullable(),
        set: z.string().nullable(),
        /** Equal stretches of several files are one row: `files` of them, `path` the first. */
        stretches: z.array(
          z.object({
            zone: z.string(),
            basis: z.string(),
            doubt: z.string().nullable(),
            why: z.string(),
            component: z.string().nullable(),
            fromLine: z.number().int().nullable(),
            toLine: z.number().int().nullable(),
            fromWall: us.nullable(), // local times
            toWall: us.nullable(),
            files: count,
            fileId: z.number().int(),
            path: z.string(),
          }),
        ),
        evidence: z.array(
          z.object({
            fileId: z.number().int(),
            path: z.string(),
            zone: z.string(),
            lines: count,
            firstLine: z.number().int(),
            lastLine: z.number().int(),
            firstWall: us,
            lastWall: us,
            why: z.string(),
            writer: z.string(),
            firstEvent: eventId.nullable(),
            lastEvent: eventId.nullable(),
          }),
        ),
      }),
      clock: z.object({
        foundUs: z.number().int().nullable(),
        foundBasis: z.string().nullable(),
        setUs: z.number().int().nullable(),
        lowUs: z.number().int().nullable(),
        highUs: z.number().int().nullable(),
        confidence: z.number().nullable(),
        via: z.string().nullable(),
        stretches: z.array(
          z.object({
            fromTs: us.nullable(),
            toTs: us.nullable(),
            offsetUs: z.number().int(),
            lowUs: z.number().int(),
            highUs: z.number().int(),
            pairs: count,
            agreeing: count,
          }),
        ),
        pairCount: count,
        /** Bounds of offset(this node) - offset(other). */
        pairs: z.array(
          z.object({
            other: z.string(),
            kind: z.string(),
            words: z.string(),
            basis: z.enum(['exact', 'inferred']),
            key: z.string(),
            fromEvent: eventId,
            toEvent: eventId,
            fromTs: us.nullable(),
            toTs: us.nullable(),
            fromMessage: z.string(),
            toMessage: z.string(),
            lowUs: z.number().int().nullable(),
            highUs: z.number().int().nullable(),
            agrees: z.boolean(),
          }),
        ),
      }),
      /** What hints at a zone and is never applied. */
      hints: z.array(z.string()),
    }),
  ),
  'nodes.list': method(nothing, z.object({ nodes: z.array(NodeRow) })),
  /** Sets a node's zone and / or clock offset by hand; `null` goes back to what the evidence says. */
  'nodes.set': method(
    z.object({
      node: z.string(),
      zone: z.string().nullable().optional(),
      clockOffsetUs: z.number().int().nullable().optional(),
    }),
    NodeRow,
  ),

  'events.count': method(
    z.object({ lens: Lens }),
    z.object({ events: count, total: count, millis: z.number() }),
  ),
  /** Rows `offset .. offset+limit` of the lens in time order; undated events come last. */
  'events.page': method(
    z.object({
      lens: Lens,
      order: z.enum(['asc', 'desc']).default('asc'),
      offset: count,
      limit: count.max(1000),
    }),
    z.object({ rows: z.array(EventRow), offset: count, millis: z.number() }),
  ),
  /** Position of an event in the order of the lens, or of the first event at or after `ts`. */
  'events.locate': method(
    z.object({
      lens: Lens,
      order: z.enum(['asc', 'desc']).default('asc'),
      eventId: eventId.optional(),
      ts: us.optional(),
    }),
    z.object({ offset: count.nullable() }),
  ),
  'events.facets': method(
    z.object({ lens: Lens, fields: z.array(z.enum(LENS_FIELDS)), limit: count.max(200).default(12) }),
    z.object({ facets: z.array(Facet), millis: z.number() }),
  ),
  'events.detail': method(z.object({ eventId }), EventDetail),
  'events.raw': method(z.object({ eventId, context: count.max(200).default(20) }), RawContext),
  /** Re-reads the stored evidence, re-hashes the whole member and compares. */
  'events.verify': method(
    z.object({ eventId }),
    z.object({ ok: z.boolean(), sha256: z.string(), expected: z.string(), sentence: z.string() }),
  ),

  /** Message templates of the events in the lens. `onlyNew`: those not seen before the lens begins. `once`: how many have one event. */
  'templates.list': method(
    z.object({
      lens: Lens,
      order: z.enum(TEMPLATE_ORDERS).default('rare'),
      text: z.string().max(2000).default(''),
      onlyNew: z.boolean().default(false),
      offset: count.default(0),
      limit: count.max(1000).default(500),
    }),
    z.object({ rows: z.array(TemplateRow), total: count, once: count, offset: count }),
  ),

  'timeline.histogram': method(
    z.object({
      lens: Lens,
      by: z.enum(['level', 'system', 'node']),
      buckets: z.number().int().min(1).max(4000),
    }),
    Histogram,
  ),
  'timeline.lanes': method(
    z.object({
      lens: Lens,
      from: us,
      to: us,
      columns: z.number().int().min(1).max(4000),
      by: z.enum(['node', 'system', 'component', 'node_component']),
    }),
    Lanes,
  ),

  'sql.catalog': method(nothing, Catalog),
  'sql.run': method(
    z.object({
      sql: z.string().min(1).max(1_000_000),
      limit: z.number().int().min(1).max(10_000).default(500),
    }),
    SqlPage,
  ),
  'sql.fetch': method(
    z.object({ cursorId: z.string(), offset: count, limit: z.number().int().min(1).max(10_000) }),
    SqlPage,
  ),
  'sql.cancel': method(z.object({ cursorId: z.string().optional() }), nothing),
  'sql.close': method(z.object({ cursorId: z.string() }), nothing),
  /** Writes a whole result to a file; `path` absent: into the case's `exports` folder. */
  'sql.export': method(
    z.object({ sql: z.string().min(1), format: z.enum(SQL_EXPORT_FORMATS), path: z.string().optional() }),
    z.object({ path: z.string(), name: z.string(), rows: count, bytes: count }),
  ),

  /** Checks a format file, and what it makes of a log when one is named. */
  'formats.check': method(
    z.object({ path: z.string().min(1), log: z.string().min(1).nullable().default(null) }),
    FormatCheck,
  ),

  /** Built-in rules and those of the case, with what the last detection said of each; those brought for that run too. */
  'rules.list': method(nothing, z.object({ rules: z.array(RuleRow) })),
  'rules.check': method(z.object({ text: ruleText }), RuleCheck),
  /** Validates every rule under files, folders and zips. A case need not be open. */
  'rules.checkFiles': method(
    z.object({ paths: z.array(z.string().min(1)).min(1) }),
    z.object({ rules: z.array(RuleFileCheck) }),
  ),
  /** Runs a text on the case and keeps nothing. A newer call ends an older one, which then fails with `cancelled`. */
  'rules.try': method(
    z.object({ text: ruleText, limit: count.max(1000).default(100) }),
    z.object({
      ok: z.boolean(),
      problems: z.array(RuleProblem),
      warnings: z.array(RuleProblem),
      applies: z.boolean(),
      findings: count,
      events: count,
      millis: z.number(),
      rows: z.array(EventRow.extend({ role: z.string(), matched: z.array(Matched) })),
      /** Of a rule without findings: which of its parts match nothing. */
      sentence: z.string().nullable(),
      parts: WhyNot.nullable(),
    }),
  ),
  /** Why a rule has no findings: a sentence, and its parts with their counts where it has parts. */
  'rules.whyNot': method(
    z.object({ ruleId: z.string() }),
    z.object({ sentence: z.string(), parts: WhyNot.nullable() }),
  ),
  /** The statement a rule is compiled to with the thresholds in force, and the values bound in it, as text. */
  'rules.sql': method(
    z.object({ ruleId: z.string() }),
    z.object({ sql: z.string(), values: z.array(z.string()) }),
  ),
  /** The whole file of a rule of the case: `source` of a row is one document of it. */
  'rules.text': method(z.object({ path: z.string().min(1).max(500) }), z.object({ text: z.string() })),
  /** Sets what a case wants of a rule; `null` goes back to the rule's own or to the defaults, absent leaves as it is. Holds from the next run. */
  'rules.tune': method(
    z.object({
      ruleId: z.string(),
      enabled: z.boolean().nullable().optional(),
      thresholds: z.record(z.string(), z.number()).nullable().optional(),
      reason: z.string().max(4000).default(''),
    }),
    RuleRow,
  ),
  /** Rules on or off by level, status or tag; what the case's rules have and what was set. */
  'rules.defaults': method(nothing, z.object({ defaults: z.array(RuleDefaultRow) })),
  'rules.setDefault': method(
    z.object({ kind: z.enum(RULE_DEFAULT_KINDS), value: z.string().min(1).max(256), enabled: z.boolean() }),
    z.object({ defaults: z.array(RuleDefaultRow) }),
  ),
  /** Writes a rule file into the case's folder `rules`; refused texts are kept too, and shown as refused. */
  'rules.save': method(
    z.object({ path: z.string().min(1).max(500), text: ruleText }),
    z.object({ rules: z.array(RuleRow), before: z.string().nullable() }), // `before`: the text it replaced
  ),
  /** Removes a rule file of the case; `text` is what `rules.save` needs to bring it back. */
  'rules.remove': method(z.object({ path: z.string().min(1).max(500) }), z.object({ text: z.string() })),
  /** Copies rules of a folder, a file or a zip into the case, under its name; `removed` by `rules.remove` of each of `paths`. */
  'rules.import': method(
    z.object({ path: z.string().min(1) }),
    z.object({
      files: count,
      rules: count,
      paths: z.array(z.string()),
      authors: z.array(z.string()),
      refused: z.array(z.object({ path: z.string(), reason: z.string() })),
    }),
  ),
  'placeholders.list': method(nothing, z.object({ placeholders: z.array(PlaceholderRow) })),
  /** An empty list removes the placeholder. */
  'placeholders.set': method(
    z.object({
      name: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/),
      values: z.array(z.string().max(4000)).max(10_000),
    }),
    z.object({ placeholders: z.array(PlaceholderRow) }),
  ),
  /** How many findings a suppression would hide, and how many fit but were judged by hand and stay; nothing is kept. */
  'suppressions.count': method(
    z.object({
      ruleId: z.string().nullable().default(null),
      fieldValues: z.record(z.string().min(1).max(500), z.string().max(4000)).default({}),
      fromTs: us.nullable().default(null),
      toTs: us.nullable().default(null),
    }),
    z.object({ findings: count, judged: count }),
  ),
  'suppressions.list': method(nothing, z.object({ suppressions: z.array(SuppressionRow) })),
  'suppressions.add': method(
    z.object({
      ruleId: z.string().nullable().default(null),
      fieldValues: z.record(z.string().min(1).max(500), z.string().max(4000)).default({}),
      fromTs: us.nullable().default(null),
      toTs: us.nullable().default(null),
      reason: z.string().trim().min(1).max(4000),
    }),
    z.object({ suppression: SuppressionRow, findings: count }),
  ),
  /** `findings`: how many came back. */
  'suppressions.remove': method(
    z.object({ suppressionId: z.string() }),
    z.object({ suppression: SuppressionRow, findings: count }),
  ),
  'attack.list': method(nothing, Attack),
  /** Runs the rules that come with Tidemark, those of the case and those of `rules` (files, folders, zips); replaces the findings, keeps their states. */
  'detect.start': method(
    z.object({ rules: z.array(z.string()).default([]) }),
    z.object({ jobId: z.string() }),
  ),
  'findings.list': method(nothing, z.object({ findings: z.array(FindingRow) })),
  'findings.events': method(
    z.object({ findingId: z.string(), offset: count.default(0), limit: count.max(1000).default(200) }),
    z.object({ rows: z.array(EventRow.extend({ role: z.string() })), total: count }),
  ),
  /** Why a finding is one: its rule, its group, its window, and where the rule is true in each of its events. */
  'findings.explain': method(
    z.object({ findingId: z.string(), offset: count.default(0), limit: count.max(500).default(100) }),
    z.object({
      rule: z.object({
        ruleId: z.string(),
        title: z.string(),
        path: z.string(),
        line: z.number().int().positive(),
        source: z.string(),
        falsePositives: z.array(z.string()),
      }),
      events: z.array(z.object({ eventId, role: z.string(), matched: z.array(Matched) })),
      total: count,
      groups: z.record(z.string(), z.unknown()),
      window: z.string().nullable(),
      /** Sentences: what speaks for it, and what to bear in mind. */
      stronger: z.array(z.string()),
      weaker: z.array(z.string()),
    }),
  ),
  /** One finding or many at once; every change is undone by setting the former state. */
  'findings.setState': method(
    z.object({
      findingId: z.string().optional(),
      findingIds: z.array(z.string()).max(100_000).optional(),
      state: z.enum(FINDING_STATES),
      why: z.string().max(4000).default(''),
    }),
    z.object({ findings: z.array(FindingRow) }),
  ),

  /** The responder's tags and comments, of one event or all: in the order of events, oldest first. */
  'annotations.list': method(
    z.object({ eventId: eventId.optional() }),
    z.object({ annotations: z.array(AnnotationRow) }),
  ),
  /** One tag or comment on each of the events, all or none. What the same responder said there already is answered as it stands. */
  'annotations.add': method(
    z.object({ eventIds: z.array(eventId).min(1).max(10_000) }).and(AnnotationText),
    z.object({ annotations: z.array(AnnotationRow) }),
  ),
  /** Answers the row that is gone, so that it can be said again. */
  'annotations.remove': method(
    z.object({ annotationId: z.string().min(1).max(200) }),
    z.object({ annotation: AnnotationRow }),
  ),

  /** Entities like what the responder typed; for the palette and pivots. */
  'entities.search': method(
    z.object({ text: z.string().min(1), limit: count.max(200).default(20) }),
    z.object({
      entities: z.array(z.object({ kind: z.enum(ENTITY_KINDS), value: z.string(), events: count })),
    }),
  ),
  'entities.get': method(
    z.object({ kind: z.enum(ENTITY_KINDS), value: z.string() }),
    z.object({
      kind: z.enum(ENTITY_KINDS),
      value: z.string(),
      events: count,
      firstTs: us.nullable(),
      lastTs: us.nullable(),
      nodes: z.array(z.object({ node: z.string(), system: z.string(), events: count })),
      roles: z.array(z.object({ role: z.string(), events: count })),
    }),
  ),

  /** From an event or from one id; `lifeCycle` null: the event or id belongs to nothing that has one. */
  'lifecycle.get': method(
    z.union([
      z.object({ eventId }),
      z.object({
        kind: z.enum(ENTITY_KINDS),
        value: z.string().min(1),
        scope: z.string().nullable().optional(),
      }),
    ]),
    z.object({ lifeCycle: LifeCycle.nullable(), millis: z.number() }),
  ),
  /** Tasks by the time they began; `text` in id or name. */
  'tasks.list': method(
    z.object({
      system: z.string().optional(),
      kind: z.string().optional(),
      state: z.string().optional(),
      node: z.string().optional(),
      text: z.string().max(2000).optional(),
      from: us.optional(),
      to: us.optional(),
      offset: count.default(0),
      limit: count.max(1000).default(100),
    }),
    z.object({ tasks: z.array(TaskRow), total: count, millis: z.number() }),
  ),
  /** The attempts of one id. */
  'tasks.get': method(
    z.object({ id: z.string().min(1), system: z.string().optional(), kind: z.string().optional() }),
    z.object({ tasks: z.array(TaskRow) }),
  ),
  /** A request by its id or by one of its events. */
  'requests.get': method(
    z.union([z.object({ requestId: z.string().min(1) }), z.object({ eventId })]),
    z.object({ request: RequestRow.nullable() }),
  ),

  /** The report as one HTML text, for the preview. */
  'report.preview': method(nothing, z.object({ html: z.string() })),
  'report.export': method(
    z.object({
      format: z.enum(REPORT_FORMATS),
      path: z.string().optional(),
      /** Signs the report: the signature is written into it (HTML, Markdown) or beside it (`.sig`). */
      sign: SignWith.optional(),
    }),
    z.object({
      path: z.string(),
      name: z.string(),
      bytes: count,
      sha256: z.string(),
      /** The file of the signature where it is not in the report itself. */
      signaturePath: z.string().nullable().default(null),
    }),
  ),

  /** Newest last. */
  'custody.list': method(
    z.object({ offset: count.default(0), limit: count.max(10_000).default(1000) }),
    z.object({ rows: z.array(CustodyRow), total: count }),
  ),
  'custody.verify': method(nothing, CustodyCheck),
  /** Re-hashes bundles where they are reachable, every stored member, and what the database says of them: a job. */
  'verify.start': method(nothing, z.object({ jobId: z.string() })),
  'verify.last': method(nothing, z.object({ result: VerifyResult.nullable() })),

  'keys.list': method(nothing, z.object({ keys: z.array(KeyRow) })),
  'keys.make': method(
    z.object({ name: z.string().min(1).max(200), passphrase: z.string().max(1024).optional() }),
    KeyRow,
  ),
  /** Brings an Ed25519 private key (PEM, PKCS#8). */
  'keys.import': method(
    z.object({
      path: z.string().min(1),
      name: z.string().min(1).max(200),
      passphrase: z.string().max(1024).optional(),
    }),
    KeyRow,
  ),
  /** Signs the manifest of the case as it is now; signing again with another key is the second person's signature. */
  'manifest.sign': method(SignWith, z.object({ path: z.string(), sha256: z.string(), signatures: count })),

  /** What lies in the case's `signatures`, checked; `current`: of the case as it is now. */
  'manifest.signatures': method(nothing, z.object({ signatures: z.array(ManifestSignature) })),

  /** Writes the case into one file: a job. `tagged`: only members that hold tagged, commented or confirmed events. */
  'transfer.export': method(
    z.object({
      path: z.string().optional(),
      only: z.enum(['all', 'tagged']).default('all'),
      sign: SignWith.optional(),
    }),
    z.object({ jobId: z.string() }),
  ),
  /** Makes a case of a received file and opens it: its evidence is re-hashed and read anew. A job. */
  'transfer.import': method(
    z.object({ file: z.string().min(1), dir: z.string().min(1) }),
    z.object({ jobId: z.string() }),
  ),
  /** Takes the annotations of another responder's case file over into the open case. */
  'transfer.merge': method(z.object({ file: z.string().min(1) }), MergeResult),
} as const;

export type Methods = typeof methods;
export type MethodName = keyof Methods;
export type Input<M extends MethodName> = z.input<Methods[M]['input']>;
export type Parsed<M extends MethodName> = z.output<Methods[M]['input']>;
export type Output<M extends MethodName> = z.output<Methods[M]['output']>;

/** What the engine says unasked. */
export interface EngineEvents {
  /** A job moved; at most about ten a second for one job. */
  job: JobInfo;
  /** The case changed (bundle added, detection ran, finding state set): views reload. `case` null: closed. */
  case: {
    case: CaseInfo | null;
    why:
      | 'opened'
      | 'closed'
      | 'ingested'
      | 'detected'
      | 'reviewed'
      | 'tuned'
      | 'clock'
      | 'verified'
      | 'signed'
      | 'imported'
      | 'merged';
  };
  /** Progress of a running SQL statement, 0..100. */
  sql: { cursorId: string; percent: number };
}

/** What the renderer and the CLI call. Fails with an `ApiError`. */
export type Api = { [M in MethodName]: (input: Input<M>) => Promise<Output<M>> };
/** What the engine implements: inputs are already checked. */
export type ApiImplementation = { [M in MethodName]: (input: Parsed<M>) => Promise<Output<M>> };

/** An error a responder may read: a code, what and where, what was done, what to do. Never a stack trace. */
export interface ApiErrorData {
  code: string;
  sentence: string;
  detail?: string;
}
