// A result of verification in words: what was looked at, what is not as it was, what could not be looked at.
import type { VerifyResult } from '../../../../shared/api.ts';
import { bytes, count, plural } from '../../format/numbers.ts';
import { dateTime } from '../../format/time.ts';

export type Problem = VerifyResult['problems'][number];
export type What = Problem['what'];

export interface VerifyLine {
  what: What;
  word: string;
  /** What was looked at, in figures. */
  checked: string;
  /** What is not as it was. */
  bad: number;
  badWord: string;
  /** What could not be looked at; empty when everything could. */
  open: string;
}

const all = (n: number, good: string) => (n === 0 ? 'nothing to check' : good);

/** One line for each kind of thing that is verified. */
export function verifyLines(r: VerifyResult): VerifyLine[] {
  const signatures = r.signatures.filter((s) => !s.ok).length;
  const of = (what: What) => r.problems.filter((p) => p.what === what).length;
  return [
    {
      what: 'bundle',
      word: 'Bundles as collected',
      checked: all(r.bundles.checked + r.bundles.unreachable, `${count(r.bundles.checked)} hashed again`),
      bad: Math.max(r.bundles.changed, of('bundle')),
      badWord: 'changed',
      open: r.bundles.unreachable > 0 ? `${count(r.bundles.unreachable)} not where they were` : '',
    },
    {
      what: 'store',
      word: 'Stored members',
      checked: all(r.members.checked, `${count(r.members.checked)} hashed again, ${bytes(r.members.bytes)}`),
      bad: Math.max(r.members.changed + r.members.missing, of('store')),
      badWord: r.members.missing > 0 ? `changed or missing (${count(r.members.missing)} missing)` : 'changed',
      open: '',
    },
    {
      what: 'database',
      word: 'What the database says of them',
      checked: all(r.database.checks, plural(r.database.checks, 'check')),
      bad: Math.max(r.database.failed, of('database')),
      badWord: 'not so',
      open: '',
    },
    {
      what: 'custody',
      word: 'Custody log',
      checked: all(
        r.custody.entries,
        `${plural(r.custody.entries, 'entry', 'entries')} in the chain, ${plural(r.custody.anchors.length, 'anchor')}`,
      ),
      bad: Math.max(r.custody.problems.length, of('custody')),
      badWord: 'broken',
      open: '',
    },
    {
      what: 'signature',
      word: 'Signatures',
      checked: r.signatures.length === 0 ? 'none yet' : `${plural(r.signatures.length, 'signature')} checked`,
      bad: Math.max(signatures, of('signature')),
      badWord: 'do not hold',
      open: '',
    },
    {
      what: 'report',
      word: 'Exported reports',
      checked: of('report') === 0 ? '' : 'looked at',
      bad: of('report'),
      badWord: 'changed',
      open: '',
    },
  ].filter((line) => line.what !== 'report' || line.bad > 0) as VerifyLine[];
}

/** The whole in a sentence. */
export function verdict(r: VerifyResult): string {
  if (!r.ok)
    return `${plural(r.problems.length, 'thing is', 'things are')} not as ${r.problems.length === 1 ? 'it was' : 'they were'}`;
  return r.unchecked.length > 0
    ? 'All that could be checked is as it was'
    : 'Everything is as it was taken in';
}

/** For the report: `Evidence verified 2026-11-26 01:02:03 UTC: everything is as it was taken in`. */
export function verifiedWords(r: VerifyResult | null): string {
  if (r === null) return 'Never verified: nobody has hashed the evidence again since it was taken in.';
  const what = verdict(r);
  return `Evidence verified ${dateTime(r.at, 's')} UTC: ${what.charAt(0).toLowerCase()}${what.slice(1)}.`;
}
