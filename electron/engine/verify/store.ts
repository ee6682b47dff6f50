// Every stored content is hashed again, and the store is held against the ledger: nothing missing, nothing added.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Case } from '../case/case.ts';
import { checkStored, type StoredCheck } from '../intake/evidence-check.ts';
import { type Gathered, grouped, plural, type Watch } from './findings.ts';
import type { LedgerMember } from './ledger.ts';

export interface StoreCounts {
  checked: number;
  changed: number;
  missing: number;
  bytes: number;
}

export interface StoreFiles {
  /** SHA-256 that the store has a file for, in order. */
  contents: Set<string>;
  /** Files that stand where none should, by their path in the store. */
  strange: string[];
  /** Files that a write left behind when it was broken off. */
  leftovers: string[];
}

export async function listStore(dir: string): Promise<StoreFiles> {
  const found: StoreFiles = { contents: new Set(), strange: [], leftovers: [] };
  for (const entry of (await readdir(dir, { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    if (!entry.isDirectory()) {
      (/^\..*\.part$/.test(entry.name) ? found.leftovers : found.strange).push(entry.name);
      continue;
    }
    for (const file of (await readdir(join(dir, entry.name), { withFileTypes: true })).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const sha256 = /^([0-9a-f]{64})\.zst$/.exec(file.name)?.[1];
      if (sha256?.startsWith(entry.name) && entry.name.length === 2 && file.isFile())
        found.contents.add(sha256);
      else if (/^\..*\.part$/.test(file.name)) found.leftovers.push(`${entry.name}/${file.name}`);
      else found.strange.push(`${entry.name}/${file.name}`);
    }
  }
  return found;
}

/** `members` null: the ledger can't be read, and contents are held against their names alone. `interrupted`: an ingest of this case was broken off at some time, so that contents without a member have an honest cause. */
export async function checkStore(
  open: Case,
  members: readonly LedgerMember[] | null,
  files: StoreFiles,
  interrupted: boolean,
  gathered: Gathered,
  watch: Watch,
): Promise<StoreCounts> {
  const counts: StoreCounts = { checked: 0, changed: 0, missing: 0, bytes: 0 };
  const bySha = grouped(members ?? [], (member) => member.contentSha256);
  for (const sha256 of new Set([...bySha.keys(), ...files.contents])) {
    watch.signal.throwIfAborted();
    const named = bySha.get(sha256) ?? [];
    const of = whose(named);
    const name = nameOf(sha256);
    const check = isHash(sha256)
      ? await checkStored(open.paths.evidence, sha256, {
          signal: watch.signal,
          progress: (bytes) => {
            counts.bytes += bytes;
            watch.progress(bytes, `hashing stored evidence${named[0] ? ` of ${named[0].path}` : ''}`);
          },
        })
      : MISSING;
    if (check.present) counts.checked++;
    judge(name, sha256, of, check, counts, gathered);
    for (const member of named) checkSize(member, check, gathered);
    if (named.length > 0 || members === null) continue;
    if (interrupted && check.sha256 === sha256)
      gathered.unchecked.push(
        `The store holds the content ${sha256}, which no member of the ledger names: an ingest was broken off in this case, and it may be of that.`,
      );
    else
      gathered.problem(
        'store',
        name,
        'No member of the ledger names this content: the file was added to the store, or the rows of its members were removed from the database or changed.',
      );
  }
  for (const path of files.strange)
    gathered.problem(
      'store',
      `evidence/${path}`,
      'This file stands in the store under a name that is none: it was added, renamed or moved.',
    );
  if (files.leftovers.length > 0)
    gathered.unchecked.push(
      `${plural(files.leftovers.length, 'file')} in the store (evidence/.*.part) ${files.leftovers.length === 1 ? 'is' : 'are'} left of writing that was broken off; they are no evidence.`,
    );
  return counts;
}

const MISSING: StoredCheck = { present: false, size: 0, sha256: null, damage: [] };
const isHash = (text: string) => /^[0-9a-f]{64}$/.test(text);
const nameOf = (sha256: string) => `evidence/${sha256.slice(0, 2)}/${sha256}.zst`;

function whose(named: readonly LedgerMember[]): string {
  const first = named[0];
  if (!first) return '';
  const more = named.length > 1 ? ` and ${named.length - 1} more` : '';
  return ` It is the content of ${first.path} of ${first.bundle}${more}.`;
}

function judge(
  name: string,
  sha256: string,
  of: string,
  check: StoredCheck,
  counts: StoreCounts,
  gathered: Gathered,
): void {
  if (!check.present && check.damage.length === 0) {
    counts.missing++;
    gathered.problem(
      'store',
      name,
      `The stored content ${sha256} is missing: its file was removed, or the ledger row was changed.${of}`,
    );
    return;
  }
  if (check.damage.length === 0 && check.sha256 === sha256) return;
  counts.changed++;
  const whole = check.sha256 === sha256 ? ' The content itself is still whole.' : '';
  if (check.damage.length > 0)
    gathered.problem(
      'store',
      name,
      `The stored content ${sha256} was changed: ${check.damage.join('; ')}.${whole}${of}`,
    );
  else
    gathered.problem(
      'store',
      name,
      `The file holds another content, of SHA-256 ${check.sha256}: it was replaced, or stands under a wrong name.${of}`,
    );
}

function checkSize(member: LedgerMember, check: StoredCheck, gathered: Gathered): void {
  if (check.sha256 !== member.contentSha256 || member.contentSize === check.size) return;
  gathered.problem(
    'database',
    `member ${member.fileId}`,
    `The ledger says that the content of ${member.path} of ${member.bundle} has ${member.contentSize} bytes; it has ${check.size}: the row was changed.`,
  );
}
