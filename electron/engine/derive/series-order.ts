// The order of the files of one rotated log, by the rule of its rotation, held against the times of their records.
import {
  missingDates,
  missingNumbers,
  numberInside,
  type RotationPlace,
  rotationName,
} from './rotation-name.ts';

/** A file of the ledger with content, or one that could not be read. Times: microseconds, null when it has none. */
export interface SeriesFile {
  fileId: number;
  path: string;
  firstUs: number | null;
  lastUs: number | null;
}

export interface SeriesPart {
  file: SeriesFile;
  /** What put it there. */
  why: string;
  /** It goes on where the part before it ends: no number or date is missing between, and no time contradicts it. */
  follows: boolean;
}

export interface Series {
  /** Folder and name of the log. */
  log: string;
  /** Oldest first. */
  parts: SeriesPart[];
  /** Names or days that are not there. */
  missing: string[];
  /** What of the times or the names contradicts the order: a sentence. */
  contradiction: string | null;
}

interface Placed {
  file: SeriesFile;
  place: RotationPlace;
}

/** By so much may the clocks of two files differ before it is said. */
const SLACK_US = 60_000_000;

/** The series of more than one file among files of one node and bundle. */
export function seriesOf(files: readonly SeriesFile[]): Series[] {
  const logs = new Map<string, Placed[]>();
  for (const file of files) {
    const { log, place } = rotationName(file.path);
    const known = logs.get(log);
    if (known) known.push({ file, place });
    else logs.set(log, [{ file, place }]);
  }
  const series = [...logs].map(([log, placed]) => inOrder(log, placed));
  return joinedByNumberInside(series)
    .filter(({ parts }) => parts.length > 1)
    .sort((a, b) => (a.log < b.log ? -1 : a.log > b.log ? 1 : 0));
}

function inOrder(log: string, placed: Placed[]): Series {
  placed.sort((a, b) => compare(a.place, b.place) || byTime(a.file, b.file));
  const numbers = placed.flatMap(({ place }) =>
    place.kind === 'number' ? [place.number] : place.kind === 'current' ? [0] : [],
  );
  const dates = placed.flatMap(({ place }) => (place.kind === 'stamp' ? [place.date] : []));
  const isNumbered = placed.some(({ place }) => place.kind === 'number' && place.number > 0);
  const goneNumbers = isNumbered ? missingNumbers(numbers) : [];
  const goneDays = missingDates(dates);
  const name = baseName(log);
  const contradictions: string[] = [];
  const parts = placed.map((part, i): SeriesPart => {
    const before = placed[i - 1];
    const against = before ? contradicts(before, part) : null;
    if (against) contradictions.push(against);
    const hole = before && (gap(before.place, part.place, goneNumbers) || dayBetween(before, part, goneDays));
    return {
      file: part.file,
      why: reason(part.place),
      follows: before !== undefined && !hole && against === null,
    };
  });
  return {
    log,
    parts,
    missing: [...goneNumbers.reverse().map((n) => (n === 0 ? name : `${name}.${n}`)), ...goneDays],
    contradiction: sentenceOf(contradictions),
  };
}

/** Oldest first: stamps ascending, then numbers descending, then the file that is written to. */
function compare(a: RotationPlace, b: RotationPlace): number {
  const rank = { start: 0, stamp: 0, number: 1, current: 2 };
  if (rank[a.kind] !== rank[b.kind]) return rank[a.kind] - rank[b.kind];
  if (a.kind === 'number' && b.kind === 'number') return b.number - a.number;
  if ('stamp' in a && 'stamp' in b && a.stamp !== b.stamp) return a.stamp - b.stamp;
  return a.kind === 'stamp' && b.kind === 'stamp' ? a.index - b.index : 0;
}

function byTime(a: SeriesFile, b: SeriesFile): number {
  if (a.firstUs !== null && b.firstUs !== null && a.firstUs !== b.firstUs) return a.firstUs - b.firstUs;
  return a.path < b.path ? -1 : 1;
}

function reason(place: RotationPlace): string {
  switch (place.kind) {
    case 'current':
      return 'no number or date: the file that is written to, the newest';
    case 'number':
      return `number ${place.number}: a higher number is older`;
    case 'start':
      return `begun at a start of the program, ${stampText(place.stamp)} by its name`;
    case 'stamp':
      return `${stampText(place.stamp)}${place.index > 0 ? `, part ${place.index}` : ''} by its name: a later one is newer`;
  }
}

function contradicts(older: Placed, newer: Placed): string | null {
  const [a, b] = [baseName(older.file.path), baseName(newer.file.path)];
  if (compare(older.place, newer.place) === 0) return `${a} and ${b} have the same place in the series`;
  const kinds = new Set([older.place.kind, newer.place.kind]);
  const first = { older: older.file.firstUs, newer: newer.file.firstUs };
  if (first.older !== null && first.newer !== null && first.older - first.newer > SLACK_US)
    return `${a} should be older than ${b} by its name, but its first record is of ${utc(first.older)}, that of ${b} of ${utc(first.newer)}`;
  const last = older.file.lastUs;
  if (last !== null && first.newer !== null && last - first.newer > SLACK_US)
    return `${a} has records until ${utc(last)}, after the first of ${b} (${utc(first.newer)})`;
  if (kinds.has('stamp') && kinds.has('number'))
    return `numbers and dates stand beside each other, and the names do not say which of ${a} and ${b} is older`;
  return null;
}

/** Is a number missing between two neighbours? */
function gap(older: RotationPlace, newer: RotationPlace, gone: readonly number[]): boolean {
  const from = older.kind === 'number' ? older.number : null;
  const to = newer.kind === 'number' ? newer.number : newer.kind === 'current' ? -1 : null;
  if (from === null || to === null) return false;
  return gone.some((n) => n < from && n > to);
}

function dayBetween(older: Placed, newer: Placed, gone: readonly string[]): boolean {
  if (older.place.kind !== 'stamp' || newer.place.kind !== 'stamp') return false;
  const { date: from } = older.place;
  const { date: to } = newer.place;
  return gone.some((day) => day > from && day < to);
}

/**
 * `raylet.out`, `raylet.1.out`, `raylet.2.out`: one series only where the times of their records follow one another, in
 * the order of the numbers or against it. Where they overlap or are not known, several processes may have written them.
 */
function joinedByNumberInside(all: Series[]): Series[] {
  const groups = new Map<string, { series: Series; number: number | null }[]>();
  for (const series of all) {
    const inside = numberInside(series.log);
    const key = inside?.log ?? series.log;
    const group = groups.get(key);
    const item = { series, number: inside?.number ?? null };
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups].flatMap(([log, group]) => {
    if (group.length === 1) return [group[0]!.series];
    const joined = joinedInTime(log, group);
    return joined ? [joined] : group.map(({ series }) => series);
  });
}

function joinedInTime(log: string, group: { series: Series; number: number | null }[]): Series | null {
  const spans = group.map((item) => ({ ...item, span: spanOf(item.series) }));
  if (spans.some(({ span }) => span === null)) return null;
  spans.sort((a, b) => a.span!.first - b.span!.first);
  for (let i = 1; i < spans.length; i++)
    if (spans[i - 1]!.span!.last - spans[i]!.span!.first > SLACK_US) return null;
  const numbers = spans.map(({ number }) => number ?? 0);
  const rising = numbers.every((n, i) => i === 0 || n > numbers[i - 1]!);
  const falling = numbers.every((n, i) => i === 0 || n < numbers[i - 1]!);
  if (!rising && !falling) return null;
  const how = rising
    ? 'its records are later than those of lower numbers: another start of the program'
    : 'its records are earlier than those of lower numbers: an older part';
  const gone = missingNumbers(numbers).map((n) => nameInside(log, n));
  return {
    log,
    parts: spans.flatMap(({ series, number }, at) =>
      series.parts.map((part, i) => ({
        ...part,
        why:
          number === null
            ? `${part.why}${series.parts.length === 1 ? ' of its name' : ''}`
            : `number ${number} before the ending; ${how}${series.parts.length > 1 ? `; ${part.why}` : ''}`,
        follows:
          i === 0 ? at > 0 && Math.abs((number ?? 0) - (spans[at - 1]!.number ?? 0)) === 1 : part.follows,
      })),
    ),
    missing: [...gone, ...spans.flatMap(({ series }) => series.missing)],
    contradiction: sentenceOf(
      spans.flatMap(({ series }) => series.contradiction?.slice(LEAD.length, -1) ?? []),
    ),
  };
}

function nameInside(log: string, n: number): string {
  return n === 0 ? baseName(log) : baseName(log).replace(/(\.\w+)$/, `.${n}$1`);
}

function spanOf({ parts }: Series): { first: number; last: number } | null {
  const firsts = parts.flatMap(({ file }) => file.firstUs ?? []);
  const lasts = parts.flatMap(({ file }) => file.lastUs ?? []);
  return firsts.length === 0 ? null : { first: Math.min(...firsts), last: Math.max(...lasts) };
}

const SAID = 3;
const LEAD = 'Names and times do not agree: ';

function sentenceOf(clauses: string[]): string | null {
  if (clauses.length === 0) return null;
  const more = clauses.length > SAID ? `; and ${clauses.length - SAID} more` : '';
  return `${LEAD}${clauses.slice(0, SAID).join('; ')}${more}.`;
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const utc = (us: number): string => `${new Date(us / 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
const stampText = (ms: number): string =>
  new Date(ms).toISOString().slice(0, 19).replace('T', ' ').replace(' 00:00:00', '');
