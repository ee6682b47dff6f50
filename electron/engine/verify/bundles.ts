// Bundles are read again where they are reachable: their own hash, and the hash of every member against the ledger.
import { createHash } from 'node:crypto';
import type { Case } from '../case/case.ts';
import { CaseError } from '../case/errors.ts';
import { TOOL_VERSION } from '../case/version.ts';
import { type BundleResult, type MemberHeader, readBundle } from '../intake/bundle.ts';
import type { Limits } from '../intake/limits.ts';
import { type Gathered, grouped, plural, type Watch } from './findings.ts';
import type { LedgerBundle, LedgerMember } from './ledger.ts';

export interface BundleCounts {
  checked: number;
  changed: number;
  unreachable: number;
}

/** A member as it is in the bundle now. */
interface Met {
  path: string;
  /** Null: a note, or a member whose content can't be had. */
  sha256: string | null;
  contentSha256: string | null;
  size: number;
  header: MemberHeader;
}

const NOT_THERE = ['no_such_path', 'unreadable_path'];
const NAMED = 5; // differing members of a changed bundle that its sentence names

export async function checkBundles(
  open: Case,
  bundles: readonly LedgerBundle[],
  members: readonly LedgerMember[],
  gathered: Gathered,
  watch: Watch,
): Promise<BundleCounts> {
  const counts: BundleCounts = { checked: 0, changed: 0, unreachable: 0 };
  const byBundle = grouped(members, ({ bundleId }) => String(bundleId));
  for (const bundle of bundles) {
    watch.signal.throwIfAborted();
    const own = byBundle.get(String(bundle.bundleId)) ?? [];
    if (bundle.state !== 'done') {
      if (own.length > 0)
        gathered.unchecked.push(
          `The bundle ${bundle.name} was not taken in to its end; tidemark resume goes on with it. It was not compared.`,
        );
      continue;
    }
    const read = await readAgain(open, bundle, watch);
    if (read === null) {
      counts.unreachable++;
      gathered.unchecked.push(
        `The bundle ${bundle.name} is not reachable at ${bundle.path ?? 'any place this case knows'}: it was not hashed again.`,
      );
      continue;
    }
    counts.checked++;
    const differs = differences(own, read.met);
    if (isChanged(bundle, read, differs)) {
      counts.changed++;
      gathered.problem('bundle', bundle.path ?? bundle.name, changedSentence(bundle, read, differs));
    } else judgeLedger(bundle, differs, gathered);
  }
  return counts;
}

interface Read {
  result: BundleResult | null;
  /** Why it can't be read any more, though it is there. */
  refused: string | null;
  met: Met[];
}

/** Null: it is not where it was. */
async function readAgain(open: Case, bundle: LedgerBundle, watch: Watch): Promise<Read | null> {
  if (bundle.path === null) return null;
  const met: Met[] = [];
  let before = 0;
  const nothing = { sha256: null, contentSha256: null };
  try {
    const result = await readBundle(
      bundle.path,
      {
        begin: async (header) => {
          const hash = createHash('sha256');
          return {
            write: async (chunk) => void hash.update(chunk),
            end: async ({ sha256, size }) => {
              const contentSha256 = hash.digest('hex');
              met.push({
                path: header.path.toWellFormed(),
                sha256: sha256 ?? contentSha256,
                contentSha256,
                size,
                header,
              });
            },
          };
        },
        note: async (header) =>
          void met.push({ path: header.path.toWellFormed(), ...nothing, size: header.size ?? 0, header }),
        progress: (bytes) => {
          watch.progress(bytes - before, `hashing the bundle ${bundle.name}`);
          before = bytes;
        },
      },
      { signal: watch.signal, spoolDir: open.paths.scratch, limits: limitsOf(bundle) },
    );
    return { result, refused: null, met };
  } catch (error) {
    if (watch.signal.aborted || !(error instanceof CaseError)) throw error;
    if (NOT_THERE.includes(error.code)) return null;
    return { result: null, refused: error.message, met };
  }
}

/** The limits it was read with, so that it ends where it ended; but for the time, which is the machine's. */
function limitsOf({ options }: LedgerBundle): Partial<Limits> {
  try {
    const { seconds: _, ...limits } =
      (JSON.parse(options ?? '{}') as { limits?: Record<string, number> }).limits ?? {};
    return limits as Partial<Limits>;
  } catch {
    return {};
  }
}

interface Difference {
  path: string;
  how: 'gone' | 'added' | 'content' | 'stated';
  /** A sentence without its end. */
  clause: string;
  fileId: number | null;
}

/** Members of the ledger and of the bundle, by path and, of the same path, in order. */
function differences(own: readonly LedgerMember[], met: readonly Met[]): Difference[] {
  const found: Difference[] = [];
  const left = grouped(met, ({ path }) => path);
  for (const member of own) {
    const now = left.get(member.path)?.shift();
    const about = { path: member.path, fileId: member.fileId };
    if (!now) {
      found.push({ ...about, how: 'gone', clause: `${member.path} is in the ledger and not in the bundle` });
      continue;
    }
    if (now.contentSha256 === null || member.contentSha256 === null) continue; // not read then, or not readable now: no claim of content
    if (now.contentSha256 !== member.contentSha256)
      found.push({
        ...about,
        how: 'content',
        clause: `${member.path} has the content SHA-256 ${now.contentSha256}, the ledger says ${member.contentSha256}`,
      });
    else if (now.sha256 !== member.sha256)
      found.push({
        ...about,
        how: 'content',
        clause: `${member.path} has the SHA-256 ${now.sha256}, the ledger says ${member.sha256}`,
      });
    else
      found.push(...stated(member, now).map((clause): Difference => ({ ...about, how: 'stated', clause })));
  }
  for (const rest of left.values())
    for (const each of rest)
      found.push({
        path: each.path,
        fileId: null,
        how: 'added',
        clause: `${each.path} is in the bundle and not in the ledger`,
      });
  return found;
}

function stated(member: LedgerMember, { size, header }: Met): string[] {
  const pairs: [string, unknown, unknown][] = [
    ['size', size, member.size],
    ['mtime', header.mtimeUs, member.mtimeUs],
    ['mode', header.mode, member.mode],
    ['owner', header.owner, member.owner],
  ];
  return pairs.flatMap(([name, now, ledger]) =>
    now === ledger
      ? []
      : [`${member.path} has the ${name} ${String(now)}, the ledger says ${String(ledger)}`],
  );
}

const isContent = ({ how }: Difference) => how !== 'stated';

/** A file is what its hash says; a folder is its files. */
function isChanged(bundle: LedgerBundle, { result }: Read, differs: readonly Difference[]): boolean {
  if (result === null) return true;
  return bundle.sha256 === null
    ? result.sha256 !== null || differs.some(isContent)
    : result.sha256 !== bundle.sha256;
}

function changedSentence(
  bundle: LedgerBundle,
  { result, refused }: Read,
  differs: readonly Difference[],
): string {
  const parts = differs.filter(isContent);
  const named = parts.slice(0, NAMED).map(({ clause }) => clause);
  const more = parts.length > NAMED ? `; and ${plural(parts.length - NAMED, 'more difference')}` : '';
  const members =
    parts.length === 0 ? ' No member that can be read differs.' : ` ${named.join('; ')}${more}.`;
  if (result === null) return `It is not what was taken in: ${refused}`;
  if (bundle.sha256 === null) return `The folder is not as it was when it was taken in.${members}`;
  return `Its SHA-256 is ${result.sha256}, the case says ${bundle.sha256}: the file was changed or replaced, or the row of the bundle was.${members}`;
}

const isSingleLog = ({ name }: LedgerBundle, differs: readonly Difference[]) =>
  differs.every(({ path }) => !path.includes('/') && name.startsWith(path));

/** The bundle is as it was: what the ledger says otherwise was changed in the database. */
function judgeLedger(bundle: LedgerBundle, all: readonly Difference[], gathered: Gathered): void {
  // times, owners and modes of an archive's members stand in it; those of a folder or a single log are the disk's, and copying changes them
  const ofDisk = bundle.sha256 === null || isSingleLog(bundle, all);
  const differs = ofDisk ? all.filter(isContent) : all;
  if (differs.length < all.length)
    gathered.unchecked.push(
      `${bundle.name}: its content is as it was; times, owners or modes on the disk are others than when it was taken in.`,
    );
  if (differs.length === 0) return;
  const same = bundle.toolVersion === TOOL_VERSION;
  const rows = same ? differs : differs.filter(({ how }) => how === 'content');
  for (const { clause, fileId, path } of rows)
    gathered.problem(
      'database',
      fileId === null ? path : `member ${fileId}`,
      `The bundle ${bundle.name} is unchanged, and its ledger is not as it was: ${clause}.`,
    );
  if (rows.length < differs.length)
    gathered.unchecked.push(
      `${bundle.name} was taken in by Tidemark ${bundle.toolVersion}; ${plural(differs.length - rows.length, 'difference')} to how this version reads it ${differs.length - rows.length === 1 ? 'was' : 'were'} left alone.`,
    );
}
