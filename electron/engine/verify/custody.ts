// Checks the custody log: each line, the chain, the order, and what else holds it in place.
import type { CustodyCheck } from '../../../shared/api-custody.ts';
import type { Case } from '../case/case.ts';
import { type CustodyEntry, NO_ENTRY, readEntry, writeEntry } from '../case/custody.ts';
import { asciiJson } from '../case/custody-detail.ts';
import { CaseError } from '../case/errors.ts';

/** An entry of the log that somebody or something else names: it must still stand there. */
export interface CustodyAnchor {
  what: string;
  seq: number;
  hash: string;
  /** By a signature that holds: nobody without the private key could have made it. */
  signed: boolean;
}

interface Stands {
  line: number;
  entry: CustodyEntry;
}
type Problem = CustodyCheck['problems'][number];

const BEGINNINGS = ['case.created', 'case.imported'];

export async function checkCustody(open: Case, anchors: readonly CustodyAnchor[]): Promise<CustodyCheck> {
  const problems: Problem[] = [];
  const { entries, broken } = await readLines(open, problems);
  problems.push(...orderProblems(entries, broken), ...chainProblems(entries, broken));
  const bySeq = new Map<number, CustodyEntry>(entries.map(({ entry }) => [entry.seq, entry]));
  const copy = await copyProblems(open, bySeq);
  problems.push(...copy.problems);
  const held = anchors.map(({ what, seq, hash }) => ({
    what,
    seq,
    ok: seq === 0 || bySeq.get(seq)?.hash === hash,
  }));
  for (const [i, anchor] of held.entries()) {
    if (anchor.ok) continue;
    const there = bySeq.get(anchor.seq);
    problems.push({
      seq: anchor.seq,
      sentence: there
        ? `${capital(anchor.what)} names entry ${anchor.seq} by the hash ${anchors[i]!.hash}; the log has another entry ${anchor.seq}: the log was rewritten from there or before.`
        : `${capital(anchor.what)} names entry ${anchor.seq}, which the log does not hold: entries were removed from it.`,
    });
  }
  problems.sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
  const last = entries.at(-1)?.entry;
  const all = [
    ...(copy.last > 0
      ? [{ what: 'the copy in the database', seq: copy.last, ok: copy.problems.length === 0 }]
      : []),
    ...held,
  ];
  const signedTo = Math.max(0, ...anchors.filter((a, i) => a.signed && held[i]!.ok).map((a) => a.seq));
  return {
    ok: problems.length === 0,
    entries: entries.length,
    head: last?.hash ?? null,
    problems,
    anchors: all,
    sentence: whatHolds(entries, signedTo, last?.seq ?? 0),
  };
}

const capital = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}`;

/** Every line by itself: is it an entry, is its hash that of its bytes, is it written as entries are. */
async function readLines(open: Case, problems: Problem[]): Promise<{ entries: Stands[]; broken: number[] }> {
  const entries: Stands[] = [];
  const broken: number[] = [];
  for await (const { number: line, text, ended } of open.custody.lines()) {
    const read = readEntry(text);
    if ('problem' in read) {
      broken.push(line);
      const seq =
        (entries.at(-1)?.entry.seq ?? 0) + broken.filter((n) => n > (entries.at(-1)?.line ?? 0)).length;
      problems.push({
        seq,
        sentence: `Line ${line} is no entry of the log (${read.problem}): it was changed or put in. By its place it is entry ${seq}.`,
      });
      continue;
    }
    const { entry, expected } = read;
    const about = `Line ${line}, entry ${entry.seq}`;
    if (entry.hash !== expected)
      problems.push({
        seq: entry.seq,
        sentence: `${about}, was changed: the hash of its bytes is ${expected}, it states ${entry.hash}.`,
      });
    else if (writeEntry(entry).line !== text)
      problems.push({
        seq: entry.seq,
        sentence: `${about}, is not written as Tidemark writes entries: bytes in it were changed.`,
      });
    if (!ended)
      problems.push({
        seq: entry.seq,
        sentence: `${about}, has no end of line: the end of the log was cut.`,
      });
    entries.push({ line, entry });
  }
  if (entries.length === 0 && broken.length === 0)
    problems.push({
      seq: null,
      sentence: 'There is no custody log, or it is empty: the file custody.jsonl was removed or emptied.',
    });
  return { entries, broken };
}

function orderProblems(entries: Stands[], broken: number[]): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<number, number>();
  let highest = 0;
  for (const { line, entry } of entries) {
    const before = first.get(entry.seq);
    if (before !== undefined)
      problems.push({
        seq: entry.seq,
        sentence: `Entry ${entry.seq} stands twice, in lines ${before} and ${line}: one of them was put in.`,
      });
    else if (entry.seq < highest)
      problems.push({
        seq: entry.seq,
        sentence: `Entry ${entry.seq} stands in line ${line}, after entry ${highest}: lines were put in another order.`,
      });
    first.set(entry.seq, before ?? line);
    highest = Math.max(highest, entry.seq);
  }
  const present = [...first.keys()].sort((a, b) => a - b);
  let last = 0;
  for (const seq of present) {
    const gap = seq - last - 1;
    const between = broken.filter((line) => line < first.get(seq)! && line > (first.get(last) ?? 0)).length;
    if (gap > 0 && gap !== between)
      problems.push({
        seq: last + 1,
        sentence: `${gap === 1 ? `Entry ${last + 1} is` : `Entries ${last + 1} to ${seq - 1} are`} missing before line ${first.get(seq)}: removed from the log.`,
      });
    last = seq;
  }
  const begin = entries.find(({ entry }) => entry.seq === 1);
  if (begin && !BEGINNINGS.includes(begin.entry.act))
    problems.push({
      seq: 1,
      sentence: `The log begins with ${begin.entry.act} (line ${begin.line}), not with the making of the case: what stood before was removed.`,
    });
  return problems;
}

/** Each entry must name the hash of the one before; and a clock that goes back must be said. */
function chainProblems(entries: Stands[], broken: number[]): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<number, Stands>();
  for (const stands of entries) {
    const { line, entry } = stands;
    const before = seen.get(entry.seq - 1);
    const expected = entry.seq === 1 ? NO_ENTRY : before?.entry.hash;
    if (expected !== undefined && entry.previous !== expected && !broken.includes(line - 1))
      problems.push({
        seq: entry.seq,
        sentence:
          entry.seq === 1
            ? `Line ${line}, entry 1, names an entry before it: the beginning of the log was replaced.`
            : `Line ${line}, entry ${entry.seq}, names ${entry.previous} as the entry before it; entry ${entry.seq - 1} (line ${before!.line}) has ${expected}: one of the two was changed or put in.`,
      });
    if (before && entry.at < before.entry.at && entry.detail.clock_before === undefined)
      problems.push({
        seq: entry.seq,
        sentence: `Line ${line}, entry ${entry.seq}, states a time before that of entry ${before.entry.seq} without saying that the clock went back.`,
      });
    if (!seen.has(entry.seq)) seen.set(entry.seq, stands);
  }
  return problems;
}

interface CopyRow {
  seq: string;
  at: string;
  actor: string;
  tool: string;
  act: string;
  detail: string;
  previous: string;
  hash: string;
}

/** The table custody_log against the log: what it holds must stand in the log, word for word. */
async function copyProblems(
  open: Case,
  bySeq: Map<number, CustodyEntry>,
): Promise<{ problems: Problem[]; last: number }> {
  const rows = await open
    .read((connection) =>
      connection.rows<CopyRow>(
        `SELECT seq, strftime(made_at, '%Y-%m-%dT%H:%M:%S.%fZ') AS at, actor, tool, act, detail, previous, hash FROM custody_log ORDER BY seq`,
      ),
    )
    .catch((error: unknown) => {
      if (error instanceof CaseError) throw error;
      return null;
    });
  if (rows === null)
    return {
      problems: [
        {
          seq: null,
          sentence: 'The copy in the database (table custody_log) can’t be read: the database is damaged.',
        },
      ],
      last: 0,
    };
  const problems: Problem[] = [];
  for (const row of rows) {
    const seq = Number(row.seq);
    const entry = bySeq.get(seq);
    if (!entry) {
      problems.push({
        seq,
        sentence: `The copy in the database holds entry ${seq} (${row.act}, ${row.at}, ${row.actor}), which the log does not: it was removed from the log.`,
      });
      continue;
    }
    const differs = (
      [
        ['hash', entry.hash, row.hash],
        ['previous', entry.previous, row.previous],
        ['time', entry.at, row.at],
        ['actor', entry.actor, row.actor],
        ['version', entry.tool, row.tool],
        ['act', entry.act, row.act],
        ['detail', asciiJson(entry.detail), row.detail],
      ] as const
    ).filter(([, log, copy]) => log !== copy);
    if (differs.length > 0)
      problems.push({
        seq,
        sentence: `Entry ${seq} is not what its copy in the database (table custody_log) is: ${differs.map(([name]) => name).join(', ')} differ. Either was changed.`,
      });
  }
  const last = Number(rows.at(-1)?.seq ?? 0);
  const held = new Set(rows.map((row) => Number(row.seq)));
  const absent = [...bySeq.keys()].filter((seq) => seq <= last && !held.has(seq));
  for (const seq of absent)
    problems.push({
      seq,
      sentence: `The copy in the database (table custody_log) does not hold entry ${seq}: the row was removed.`,
    });
  return { problems, last };
}

/** What stands against a log that was rewritten as a whole, plainly. */
function whatHolds(entries: Stands[], signedTo: number, last: number): string {
  const unclosed = entries.filter(({ entry }, i) => {
    const before = entries[i - 1]?.entry;
    return (
      entry.act === 'case.opened' &&
      before !== undefined &&
      before.act !== 'case.closed' &&
      !before.act.startsWith('custody.')
    );
  }).length;
  const torn = entries.filter(({ entry }) => entry.act === 'custody.torn').length;
  return [
    signedTo === 0
      ? 'No signature names an entry of this log: its own chain and the copy in the database stand against a change, and whoever can write to the case folder can rewrite both. Sign the manifest (tidemark sign) and keep the signature elsewhere.'
      : signedTo === last
        ? 'A signature names the last entry: nobody without the private key could have changed the log before it.'
        : `Signatures hold the log up to entry ${signedTo}; for the ${(last - signedTo).toLocaleString('en')} after it only the chain and the copy in the database stand.`,
    ...(unclosed > 0
      ? [
          `The case was opened ${unclosed === 1 ? 'once' : `${unclosed} times`} without having been closed before: a crash, or entries that are missing.`,
        ]
      : []),
    ...(torn > 0
      ? [
          `A broken write at the end of the log was set aside ${torn === 1 ? 'once' : `${torn} times`} (custody.torn-*).`,
        ]
      : []),
  ].join(' ');
}
