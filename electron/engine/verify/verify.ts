// Verifies a case: bundles where they are reachable, every stored content, what the database says of them, the custody
// log, the signatures. Says what changed, by name; what can't be checked is said too.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { VerifyResult } from '../../../shared/api-custody.ts';
import type { Case } from '../case/case.ts';
import type { CustodyEntry } from '../case/custody.ts';
import { TOOL_VERSION } from '../case/version.ts';
import { bundleSize } from '../intake/bundle.ts';
import { checkBundles } from './bundles.ts';
import { checkCustody } from './custody.ts';
import { checkDatabase } from './database.ts';
import { BLOCK, badBlocks } from './database-file.ts';
import { checkEvents } from './events.ts';
import { Gathered, plural, readable, type Watch } from './findings.ts';
import { type LedgerBundle, type LedgerMember, readBundles, readMembers } from './ledger.ts';
import { type Manifest, makeManifest } from './manifest.ts';
import { anchorsOf, differences, readSignedManifests, type SignedManifest } from './signatures.ts';
import { checkStore, listStore } from './store.ts';

export interface VerifyOptions {
  signal: AbortSignal;
  /** Bytes looked at so far and in all, and what is looked at. */
  progress(done: number, total: number, phase: string): void;
}

export async function verifyCase(open: Case, options: VerifyOptions): Promise<VerifyResult> {
  const at = Date.now() * 1000;
  const gathered = new Gathered();
  const { signal } = options;
  const readLedger = () =>
    open.read(async (connection) => ({
      bundles: await readBundles(connection),
      members: await readMembers(connection),
    }));
  const ledger = await readable(gathered, signal, readLedger, null);
  const { bundles, members } = ledger ?? { bundles: [], members: [] };
  const { rows: entries } = await open.custody.entries();
  const files = await listStore(open.paths.evidence);
  const watch = watchOf(options, await bytesToRead(bundles, members));
  const checkedBundles = await checkBundles(open, bundles, members, gathered, watch);
  const store = await checkStore(
    open,
    ledger && members,
    files,
    wasInterrupted(entries, bundles),
    gathered,
    watch,
  );
  const bad = new Set(gathered.problems.filter(({ what }) => what === 'store').map(({ name }) => name));
  const sound = (sha256: string) =>
    files.contents.has(sha256) && !bad.has(`evidence/${sha256.slice(0, 2)}/${sha256}.zst`);
  const checks = await checkDatabase(open, gathered, watch);
  await checkBlocks(open, wasCutShort(entries), gathered, signal);
  const compared = await checkEvents(open, bundles, members, sound, gathered, watch);
  if (ledger) checkRecordedBundles(entries, bundles, gathered);
  const manifests = await readSignedManifests(open);
  const now = ledger && (await readable(gathered, signal, () => makeManifest(open), null));
  const signatures = checkManifests(manifests, now, gathered);
  const custody = await checkCustody(open, anchorsOf(manifests));
  for (const { seq, sentence } of custody.problems)
    gathered.problem('custody', seq === null ? 'custody.jsonl' : `entry ${seq}`, sentence);
  options.progress(1, 1, 'done');
  return {
    ok: gathered.problems.length === 0,
    at,
    toolVersion: TOOL_VERSION,
    bundles: checkedBundles,
    members: store,
    database: { checks: checks + compared, failed: gathered.count('database') },
    custody,
    signatures,
    problems: gathered.all(),
    unchecked: gathered.unchecked,
  };
}

function watchOf({ signal, progress }: VerifyOptions, total: number): Watch {
  let done = 0;
  return {
    signal,
    progress: (bytes, phase) => {
      done += bytes;
      progress(Math.min(done, total), total, phase);
    },
  };
}

/** Bundles as collected, and each content twice: hashed, and compared with its events. */
async function bytesToRead(
  bundles: readonly LedgerBundle[],
  members: readonly LedgerMember[],
): Promise<number> {
  let total = 0;
  for (const { path, state } of bundles) {
    if (path === null || state !== 'done') continue;
    const there = await stat(path).catch(() => null);
    if (there) total += await bundleSize(path).catch(() => 0);
  }
  const contents = new Map(members.map((member) => [member.contentSha256, member.contentSize ?? 0]));
  for (const size of contents.values()) total += size;
  for (const { records, contentSize } of members) if (records > 0) total += contentSize ?? 0;
  return Math.max(1, total);
}

/** A session of this case ended without closing it: what the database wrote last may be torn where nothing is kept. */
function wasCutShort(entries: readonly CustodyEntry[]): boolean {
  return entries.some(
    ({ act }, i) => act === 'case.opened' && i > 0 && entries[i - 1]!.act !== 'case.closed',
  );
}

/** The blocks of the database file, also those that nothing was read from: free ones, indexes. */
async function checkBlocks(
  open: Case,
  cutShort: boolean,
  gathered: Gathered,
  signal: AbortSignal,
): Promise<void> {
  const path = join(open.dir, 'case.duckdb');
  const bad = await badBlocks(path, signal).catch((error: unknown) => {
    if (signal.aborted) throw error;
    return null;
  });
  // reading the file by ourselves let go of DuckDB's lock on it: opened anew, it has it again
  await open.write(async () => undefined).catch(() => undefined);
  if (bad === null) {
    gathered.unchecked.push(
      'The blocks of case.duckdb could not be looked at one by one: the file is of another layout, or it can’t be read.',
    );
    return;
  }
  for (const at of bad) {
    const where = `bytes ${at} to ${at + BLOCK} of case.duckdb do not have the checksum that stands before them`;
    if (cutShort)
      gathered.unchecked.push(
        `Nothing that was read lies there, and the case was once not closed properly, which may leave a torn block: ${where}.`,
      );
    else
      gathered.problem(
        'database',
        'case.duckdb',
        `The file of the database was changed: ${where}. If nothing else is said of the database, an index or a free block lies there.`,
      );
  }
}

/** An ingest was broken off here at some time: contents that no member names may be of that. */
function wasInterrupted(entries: readonly CustodyEntry[], bundles: readonly LedgerBundle[]): boolean {
  return (
    bundles.some(({ state }) => state !== 'done') ||
    entries.some(({ act }) => ['ingest.brokenOff', 'ingest.resumed', 'ingest.givenUp'].includes(act))
  );
}

/** The custody log says which bundles the case held when the last ingest was done, and their hashes. */
function checkRecordedBundles(
  entries: readonly CustodyEntry[],
  bundles: readonly LedgerBundle[],
  gathered: Gathered,
): void {
  const entry = entries.findLast(({ act }) => act === 'ingest.done');
  const recorded = entry?.detail.in_case;
  if (entry === undefined || !Array.isArray(recorded)) return; // more than a line of the log lists
  for (const { name, sha256, size } of recorded as { name: string; sha256: string | null; size: number }[]) {
    if (bundles.some((each) => each.name === name && each.sha256 === sha256 && each.size === size)) continue;
    const now = bundles.filter((each) => each.name === name).map((each) => each.sha256 ?? 'no SHA-256');
    gathered.problem(
      'database',
      `bundle ${name}`,
      `The custody log (entry ${entry.seq}) says that the bundle ${name} was taken in with ${size} bytes and the SHA-256 ${sha256 ?? '(a folder: none)'}; the database says ${now.join(', ') || 'nothing of it'}: its row was changed.`,
    );
  }
}

const NO_DIFFERENCE = { found: [], away: 0 };

function checkManifests(
  manifests: readonly SignedManifest[],
  now: Manifest | null,
  gathered: Gathered,
): VerifyResult['signatures'] {
  return manifests.flatMap(({ name, manifest, sha256, signatures, problem }) => {
    const file = `signatures/${name}`;
    if (problem !== null)
      gathered.problem('signature', file, `The signed manifest is not as it was: ${problem}.`);
    const { found: differs, away } =
      manifest === null || now === null || problem !== null ? NO_DIFFERENCE : differences(manifest, now);
    if (signatures.some(({ ok }) => ok))
      for (const clause of differs)
        gathered.problem('signature', file, `The case is not what was signed: ${clause}.`);
    if (away > 0)
      gathered.unchecked.push(
        `The manifest in ${file} names ${plural(away, 'member')} whose bytes are not in this case: it was received in part.`,
      );
    return signatures.map(({ name: signer, fingerprint, at, ok, problem: why }) => {
      if (!ok) gathered.problem('signature', file, `The signature of "${signer}" does not hold: ${why}.`);
      const holds = ok && problem === null;
      return {
        what: `manifest ${sha256.slice(0, 16)}`,
        signer,
        fingerprint,
        at: Date.parse(at) * 1000 || 0,
        ok: holds,
        sentence: holds
          ? `The key that calls itself "${signer}" (${fingerprint}) signed the manifest ${sha256.slice(0, 16)} at ${at} by its clock${differs.length === 0 ? '; all it names that is in this case is as it was' : '; the case is not what was signed'}.`
          : `A signature of "${signer}" on the manifest ${sha256.slice(0, 16)} does not hold.`,
      };
    });
  });
}
