// What the load stage and its parse workers say to each other.
import type { Part } from '../intake/evidence-keeping.ts';
import type { FormatDefinition } from '../parse/custom/definition.ts';
import type { ParseSummary } from '../parse/record.ts';
import type { KindIds } from './event-kinds.ts';

export interface WorkerSetup {
  name: string; // of its batch files
  storeDir: string;
  scratchDir: string;
  entityHigh: number;
  kinds: KindIds;
  /** Events of a batch, at most; a row group when not said. */
  batchRows?: number | undefined;
  /** Formats that are data, those of the case first. */
  formats: FormatDefinition[];
}

export type ToWorker =
  | { kind: 'open'; fileId: number; path: string; bundle: string; mtimeUs: number | null }
  | { kind: 'chunk'; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'end'; sha256: string | null; size: number; problem: string | null }
  | { kind: 'finish' };

/** A member whose last record is in this batch or an earlier one of the same worker. */
export interface MemberDone {
  fileId: number;
  contentSha256: string;
  contentSize: number;
  /** Content that waits to be put into the store; null: it is there. */
  part: Part | null;
  sha256: string | null;
  size: number;
  problem: string | null;
  parserFault: string | null;
  summary: ParseSummary | null;
  /** Records that are in the batches. */
  records: number;
  firstWall: number | null;
  lastWall: number | null;
}

export interface BatchMessage {
  kind: 'batch';
  path: string;
  rows: number;
  entities: number;
  refs: number;
  templates: number;
  kinds: number;
  members: MemberDone[];
}

export type FromWorker =
  | BatchMessage
  | { kind: 'ack'; bytes: number }
  | { kind: 'finished' }
  | { kind: 'fault'; code: string | null; text: string };
