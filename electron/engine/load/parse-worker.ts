// Worker thread: takes member bytes, keeps them in the evidence store, parses them into column batches on disk.
import { parentPort, workerData } from 'node:worker_threads';
import { EvidenceWriter } from '../intake/evidence-store.ts';
import { customFormat } from '../parse/custom/custom-format.ts';
import { openMember } from '../parse/member.ts';
import type { MemberParser } from '../parse/record.ts';
import { EventBatch } from './batch.ts';
import type { BatchMessage, FromWorker, MemberDone, ToWorker, WorkerSetup } from './worker-messages.ts';

const setup = workerData as WorkerSetup;
const port = parentPort!;
const post = (message: FromWorker) => port.postMessage(message);

const customs = setup.formats.map(customFormat);
const batch = new EventBatch(setup.entityHigh, setup.kinds, setup.batchRows);
/** Members whose end waits for a batch: their contents wait in files of their own. */
const ENDED = 2_000;
/** No more work than this is lost by a kill, where members are smaller than it. */
const FLUSH_MS = 5_000;
let flushed = performance.now();
let batchNumber = 0;
let ended: MemberDone[] = [];
let current: { fileId: number; parser: MemberParser; store: EvidenceWriter; failed: string | null } | null =
  null;

/** A fault of the machine, not of a member: it stops the ingest, and no ledger row may claim anything of it. */
let machineFault: unknown = null;

const isNoMemory = (error: unknown) =>
  error instanceof Error && /allocation failed|out of memory/i.test(error.message);

/** What a member's ledger row says of an error of its parser; faults of the machine are thrown on. */
function parserFault(error: unknown): string {
  if (machineFault !== null || isNoMemory(error)) throw machineFault ?? error;
  return error instanceof Error ? error.message.split('\n')[0]! : String(error);
}

/** Sends what is held. Called amid parsing when the batch is full. */
function flush(): void {
  try {
    sendBatch();
  } catch (error) {
    machineFault ??= error;
    throw error;
  }
}

function sendBatch(): void {
  if (batch.rows === 0 && ended.length === 0) return;
  const path = `${setup.scratchDir}/${setup.name}-${batchNumber++}`;
  const held = batch.flush(path);
  post({ kind: 'batch', path, ...held, members: ended } satisfies BatchMessage);
  ended = [];
  flushed = performance.now();
}
batch.onFull = flush;

function open(message: Extract<ToWorker, { kind: 'open' }>): void {
  batch.beginMember(message.fileId);
  current = {
    fileId: message.fileId,
    store: new EvidenceWriter(setup.storeDir),
    parser: openMember(
      { path: message.path, bundle: message.bundle, mtimeUs: message.mtimeUs },
      batch,
      customs,
    ),
    failed: null,
  };
}

function chunk(bytes: Uint8Array): void {
  if (!current) return;
  current.store.write(bytes);
  if (current.failed) return;
  try {
    current.parser.push(bytes);
  } catch (error) {
    // a fault of a parser must not lose bytes: the store goes on, the ledger says it
    current.failed = parserFault(error);
  }
}

function end(message: Extract<ToWorker, { kind: 'end' }>): void {
  if (!current) return;
  const { fileId, parser, store } = current;
  let failed = current.failed;
  current = null;
  const kept = store.close();
  let summary: MemberDone['summary'] = null;
  try {
    summary = parser.end();
  } catch (error) {
    failed ??= parserFault(error);
  }
  const { first, last } = batch.memberSpan;
  ended.push({
    fileId,
    contentSha256: kept.sha256,
    contentSize: kept.size,
    part: kept.part,
    sha256: message.sha256,
    size: message.size,
    problem: message.problem,
    parserFault: failed,
    summary,
    records: batch.memberRecords,
    firstWall: Number.isNaN(first) ? null : first,
    lastWall: Number.isNaN(last) ? null : last,
  });
  if (batch.full || ended.length >= ENDED || performance.now() - flushed > FLUSH_MS) flush();
}

port.on('message', (message: ToWorker) => {
  try {
    if (machineFault !== null) return; // the ingest is stopping
    if (message.kind === 'open') open(message);
    else if (message.kind === 'chunk') chunk(message.bytes);
    else if (message.kind === 'end') end(message);
    else if (message.kind === 'finish') {
      flush();
      post({ kind: 'finished' });
      return;
    }
    post({ kind: 'ack', bytes: message.kind === 'chunk' ? message.bytes.length : 0 });
  } catch (error) {
    machineFault ??= error;
    const { code, message: text } = error as NodeJS.ErrnoException;
    post({
      kind: 'fault',
      code: isNoMemory(error) ? 'ENOMEM' : (code ?? null),
      text: (text ?? String(error)).split('\n')[0]!,
    });
  }
});
