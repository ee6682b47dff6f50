// The custody log as a report states it: as it stood when the case was verified last. Acts after that which change nothing
// (openings, exports, reports) are left out, so that the same case gives the same bytes; and a case that was never verified
// says so and nothing more, so that two cases of the same evidence do too.
import { type CustodyEntry, microseconds } from '../case/custody.ts';
import { changesNothing, custodySentence } from '../case/custody-words.ts';
import { count, plural, utcSeconds } from './format.ts';
import type { CustodyReport } from './model.ts';

/** Entries that are listed: the first and the last of a longer log. */
const FIRST = 200;
const LAST = 1_800;

interface Verified {
  ok: boolean;
  problems: number;
  bundles: { checked: number; changed: number; unreachable: number };
  members: { checked: number; changed: number; missing: number; bytes: number };
  database: { checks: number; failed: number };
  custody: { ok: boolean };
  signatures: { signer: string; fingerprint: string; what: string; at: number; ok: boolean }[];
  found: { what: string; name: string; sentence: string }[];
  unchecked: number;
}

export function readCustody(entries: readonly CustodyEntry[]): CustodyReport {
  const at = entries.findLastIndex(({ act }) => act === 'verified');
  const entry = entries[at];
  if (entry === undefined)
    return {
      verification: [
        'The stored evidence was not verified after it was taken in; tidemark verify does that. The custody log of the case is stated in its reports once it was.',
      ],
      verified: null,
      head: null,
      entries: [],
      entriesNotShown: 0,
      problems: [],
      signatures: [],
    };
  const result = entry.detail as unknown as Verified;
  const shown = entries.slice(0, at + 1);
  const after = entries.slice(at + 1).filter(({ act }) => !changesNothing(act));
  const cut = Math.max(0, shown.length - FIRST - LAST);
  const listed = cut === 0 ? shown : [...shown.slice(0, FIRST), ...shown.slice(-LAST)];
  return {
    verification: [...verificationOf(entry, result), ...changedSince(after)],
    verified: microseconds(entry.at),
    head: { seq: entry.seq, hash: entry.hash },
    entries: listed.map((each) => ({
      seq: each.seq,
      at: microseconds(each.at),
      actor: each.actor,
      toolVersion: each.tool,
      sentence: custodySentence(each),
      hash: each.hash,
    })),
    entriesNotShown: cut,
    problems: list(result.found).map(({ what, name, sentence }) => `${what} ${name}: ${sentence}`),
    signatures: list(result.signatures),
  };
}

/** Lists that were too long for a line of the log are held by their first items. */
function list<T>(value: T[] | { first: T[] } | undefined): T[] {
  if (Array.isArray(value)) return value;
  return value?.first ?? [];
}

function verificationOf(entry: CustodyEntry, result: Verified): string[] {
  const { bundles, members, database } = result;
  const when = `${utcSeconds(microseconds(entry.at))} by ${entry.actor} (entry ${entry.seq} of the custody log)`;
  const away =
    bundles.unreachable === 0
      ? ''
      : ` ${plural(bundles.unreachable, 'bundle')} could not be reached and ${bundles.unreachable === 1 ? 'was' : 'were'} not hashed again.`;
  const what = `${plural(bundles.checked, 'bundle')} and ${plural(members.checked, 'stored content')} were hashed again, and ${plural(database.checks, 'claim')} of the database ${database.checks === 1 ? 'was' : 'were'} checked against them.`;
  return [
    result.ok
      ? `The case was verified on ${when}: all was as it had been taken in. ${what}${away}`
      : `The case was verified on ${when}, and is NOT as it was taken in: ${plural(result.problems, 'problem')} (appendix D). ${what}${away}`,
  ];
}

function changedSince(after: readonly CustodyEntry[]): string[] {
  if (after.length === 0) return [];
  const taken = after.filter(({ act }) => act.startsWith('ingest.')).length;
  const first = after[0]!;
  return [
    `After that the case was changed by ${plural(after.length, 'act')}, the first of which is entry ${count(first.seq)}${taken > 0 ? '; bundles were taken in among them, which that verification does not cover' : ''}.`,
  ];
}
