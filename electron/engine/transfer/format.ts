// The portable case: one plain tar, these parts in this order. `docs/portable.md` describes it for others; here stands
// what of a received one is believed to have the right form.
import { z } from 'zod';
import { FINDING_STATES, MEMBER_STATUSES } from '../../../shared/model.ts';

export const FORMAT = 'tidemark-portable-case';
export const FORMAT_VERSION = 1;

export const PART = {
  head: 'tidemark.json',
  ledger: 'ledger.ndjson',
  custody: 'custody.jsonl',
  annotations: 'annotations.json',
  settings: 'settings.json',
} as const;

/** Most bytes that are read of a part; what is larger is refused by name. */
export const MOST: Record<string, number> = {
  [PART.head]: 128 << 20,
  [PART.ledger]: 1 << 30,
  [PART.custody]: 512 << 20,
  [PART.annotations]: 128 << 20,
  [PART.settings]: 1 << 20,
  rules: 2_000_000,
  formats: 2_000_000,
  signatures: 256 << 20,
};
export const MOST_LINE = 256 << 10; // of the ledger
export const MOST_FILE_ID = 1_000_000_000; // so that the case can still take bundles in
export const MOST_PARTS = 1_000_000;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();
const us = z.number().int().min(-9e15).max(9e15);
const name = z.string().max(4_096);
const words = z.string().max(100_000);
const person = z.string().max(500);
const eventId = z.string().regex(/^\d{1,19}$/);

export const Head = z.object({
  format: z.literal(FORMAT),
  version: z.number().int(),
  tool: z.string().max(100),
  schema: z.number().int(),
  case: z.object({ name: name.nullable(), createdAt: us }),
  only: z.enum(['all', 'tagged']),
  holds: z.object({
    bundles: count,
    members: count,
    /** Contents in this file, and those that the ledger names and that were left out of it. */
    contents: count,
    leftOut: count,
    annotations: count,
    custodyEntries: count,
  }),
  /** Every other part, in the order of the tar. */
  parts: z.array(z.object({ name: z.string().max(1_000), size: count, sha256 })).max(MOST_PARTS),
});
export type Head = z.infer<typeof Head>;

export const LedgerBundle = z.object({
  bundle: z.object({
    id: z.number().int().min(1).max(MOST_FILE_ID),
    name,
    sha256: sha256.nullable(),
    size: count.nullable(),
    addedAt: us.nullable(),
    addedBy: person.nullable(),
    tool: z.string().max(100).nullable(),
    complete: z.boolean().nullable(),
    problem: words.nullable(),
    mtime: us.nullable(),
    state: z.string().max(40),
    firstFileId: z.number().int().min(1).max(MOST_FILE_ID).nullable(),
    options: z.string().max(100_000).nullable(),
  }),
});
export type LedgerBundle = z.infer<typeof LedgerBundle>['bundle'];

export const LedgerMember = z.object({
  member: z.object({
    id: z.number().int().min(1).max(MOST_FILE_ID),
    bundle: z.number().int().min(1).max(MOST_FILE_ID),
    path: z.string().max(100_000),
    sha256: sha256.nullable(),
    contentSha256: sha256.nullable(),
    size: count,
    contentSize: count.nullable(),
    mode: count.max(0o7777_7777).nullable(),
    owner: name.nullable(),
    mtime: us.nullable(),
    compression: z.string().max(200).nullable(),
    node: name,
    format: z.string().max(200).nullable(),
    system: z.string().max(200).nullable(),
    encoding: z.string().max(200).nullable(),
    status: z.enum(MEMBER_STATUSES),
    reason: words.nullable(),
    duplicateOf: z.number().int().nullable(),
    lines: count,
    records: count,
    unparsedLines: count,
    outOfOrder: count,
    foreignRecords: count,
    /** Its bytes are in this file. */
    evidence: z.boolean(),
  }),
});
export type LedgerMember = z.infer<typeof LedgerMember>['member'];

/** An event, wherever it is numbered otherwise: content and offset say which; node and path tell copies apart. */
export const EventRef = z.object({
  id: eventId,
  contentSha256: sha256,
  byteOffset: count,
  node: name,
  path: z.string().max(100_000),
});
export type EventRef = z.infer<typeof EventRef>;

export const Annotations = z.object({
  annotations: z.array(
    z.object({
      id: z.string().min(1).max(200),
      kind: z.enum(['tag', 'comment', 'note']),
      text: words,
      author: person,
      madeAt: us,
      event: EventRef.nullable(),
    }),
  ),
  findingStates: z.array(
    z.object({
      findingId: z.string().min(1).max(200),
      ruleId: z.string().max(500).nullable(),
      title: z.string().max(2_000).nullable(),
      state: z.enum(FINDING_STATES),
      by: person,
      at: us,
      why: words.nullable(),
      /** What the finding rests on: `sha256` of its lines `<contentSha256>:<byteOffset>\n`, sorted, each once. Null: it is not made any more. */
      events: z.object({ count, sha256, first: EventRef }).nullable(),
    }),
  ),
  savedQueries: z.array(
    z.object({ name: z.string().min(1).max(500), sql: words, author: person, madeAt: us }),
  ),
  suppressions: z.array(
    z.object({
      id: z.string().min(1).max(200),
      ruleId: z.string().max(500).nullable(),
      fieldValues: z.record(z.string().min(1).max(500), z.string().max(4_000)),
      fromTs: us.nullable(),
      toTs: us.nullable(),
      reason: words.min(1),
      author: person,
      madeAt: us,
    }),
  ),
  ruleTuning: z.array(
    z.object({
      ruleId: z.string().min(1).max(500),
      enabled: z.boolean().nullable(),
      thresholds: z.record(z.string().min(1).max(200), z.number()),
      reason: words.nullable(),
      author: person,
      madeAt: us,
    }),
  ),
  ruleDefaults: z.array(
    z.object({
      kind: z.enum(['level', 'status', 'tag']),
      value: z.string().min(1).max(500),
      enabled: z.boolean(),
      author: person,
      madeAt: us,
    }),
  ),
  placeholders: z.array(
    z.object({
      name: z.string().regex(/^[A-Za-z0-9_-]{1,100}$/),
      values: z.array(z.string().max(4_000)).min(1).max(10_000),
      author: person,
      madeAt: us,
    }),
  ),
  /** What was set by hand. */
  nodes: z.array(
    z.object({
      node: name.min(1),
      zone: z.string().max(200).nullable(),
      clockOffsetUs: us.nullable(),
      /** Who set it and when, as far as the custody log says. */
      by: person.nullable(),
      at: us.nullable(),
    }),
  ),
});
export type Annotations = z.infer<typeof Annotations>;

export const Settings = z.object({
  /** The zone given for all nodes without one of their own. */
  zone: z.string().max(200).nullable(),
  /** The rules had been run. */
  detected: z.boolean(),
  versions: z.object({ tool: z.string().max(100), schema: z.number().int() }),
});
export type Settings = z.infer<typeof Settings>;

export const NOTHING_SAID: Annotations = {
  annotations: [],
  findingStates: [],
  savedQueries: [],
  suppressions: [],
  ruleTuning: [],
  ruleDefaults: [],
  placeholders: [],
  nodes: [],
};

/** The kinds of parts that are many. What fits none of these names is never read. */
export function partKind(
  part: string,
):
  | 'head'
  | 'ledger'
  | 'custody'
  | 'annotations'
  | 'settings'
  | 'rules'
  | 'given'
  | 'formats'
  | 'signatures'
  | 'evidence'
  | null {
  for (const [kind, own] of Object.entries(PART)) if (part === own) return kind as keyof typeof PART;
  if (/^evidence\/[0-9a-f]{64}\.zst$/.test(part)) return 'evidence';
  if (/^signatures\/manifest-[0-9a-f]{16}\.json$/.test(part)) return 'signatures';
  if (/^formats\/[A-Za-z0-9_-][A-Za-z0-9._ -]{0,99}\.(?:ya?ml|json)$/i.test(part)) return 'formats';
  if (/^given-rules\/\d{1,6}\.yml$/.test(part)) return 'given';
  if (/^rules\/.+\.ya?ml$/i.test(part)) return 'rules';
  return null;
}
