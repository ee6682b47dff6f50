// The name of a log without what rotation put on it: numbers, dates, stamps, compression. What is left names the series,
// what was taken off is the place in it. Sources: logrotate(8) (numbers, `dateext`, `dateformat`, `extension`), Python's
// logging.handlers, Log4j 2 and Logback (`%d`, `%i`), Docker's json-file, spdlog, glog, kubelet.

export type RotationPlace =
  /** The file that is written to. */
  | { kind: 'current' }
  /** `.2`: a higher number is older. */
  | { kind: 'number'; number: number }
  /** `-2026-01-01[-13]`, `-1767225600`: milliseconds of UTC as if the stamp were; `index` counts up within it (`%d.%i`). */
  | { kind: 'stamp'; stamp: number; date: string; index: number }
  /** glog: a file for every start of the program. */
  | { kind: 'start'; stamp: number };

export interface RotationName {
  /** Folder and name of the log that the file is a part of. */
  log: string;
  place: RotationPlace;
}

const COMPRESSED = /\.(?:gz|bz2|xz|zst|zstd|lz4|lzma|Z)$/;
const GLOG = /^(.+\.log\.(?:INFO|WARNING|ERROR|FATAL))\.(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)\.\d+$/;
const NUMBERED = /^(.*[^.\d])\.(\d{1,3})$/;
const OLD = /^(.+)\.(?:old|prev)$/i;
const DATE =
  /[-._](20\d\d)([-._]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?:[-_T]?(?:(1\d{9})|([01]\d|2[0-3])(?:[-:_]?([0-5]\d)(?:[-:_]?([0-5]\d))?)?Z?))?(?=$|[-._])/g;
/** logrotate's `dateformat -%s`. */
const EPOCH = /[-.](1\d{9})(?=$|\.[a-z]+$)/;

/** What the name of a file says of its place in a rotation. A log that was never rotated is `current`. */
export function rotationName(path: string): RotationName {
  const cut = path.lastIndexOf('/') + 1;
  const folder = path.slice(0, cut);
  const name = path.slice(cut).replace(COMPRESSED, '');
  const glog = GLOG.exec(name);
  if (glog) {
    const [, log, year, month, day, hour, minute, second] = glog;
    const stamp = Date.UTC(+year!, +month! - 1, +day!, +hour!, +minute!, +second!);
    return { log: folder + log, place: { kind: 'start', stamp } };
  }
  const old = OLD.exec(name);
  if (old) return { log: folder + old[1], place: { kind: 'number', number: 1 } };
  if (name === 'previous.log') return { log: `${folder}current.log`, place: { kind: 'number', number: 1 } };
  const numbered = NUMBERED.exec(name);
  const number = numbered ? Number(numbered[2]) : null;
  const stamped = withoutStamp(numbered ? numbered[1]! : name);
  if (!stamped)
    return {
      log: folder + (numbered ? numbered[1] : name),
      place: number === null ? { kind: 'current' } : { kind: 'number', number },
    };
  const { rest, stamp, date, index } = stamped;
  return { log: folder + rest, place: { kind: 'stamp', stamp, date, index: number ?? index } };
}

interface Stamped {
  rest: string;
  stamp: number;
  date: string;
  index: number;
}

function withoutStamp(name: string): Stamped | null {
  const without = (at: number, length: number) => {
    const counted = /^\.(\d{1,3})(?=\.[a-z]+$)/i.exec(name.slice(at + length));
    const end = at + length + (counted?.[0].length ?? 0);
    return { rest: name.slice(0, at) + name.slice(end), index: Number(counted?.[1] ?? 0) };
  };
  const dated = [...name.matchAll(DATE)].at(-1);
  if (dated) {
    const [whole, year, , month, day, epoch, hour, minute, second] = dated;
    const stamp = epoch
      ? Number(epoch) * 1000
      : Date.UTC(+year!, +month! - 1, +day!, +(hour ?? 0), +(minute ?? 0), +(second ?? 0));
    return { ...without(dated.index, whole.length), stamp, date: `${year}-${month}-${day}` };
  }
  const epoch = EPOCH.exec(name);
  if (epoch) {
    const stamp = Number(epoch[1]) * 1000;
    return {
      ...without(epoch.index, epoch[0].length),
      stamp,
      date: new Date(stamp).toISOString().slice(0, 10),
    };
  }
  return null;
}

/**
 * A number before the ending, as in `raylet.1.out`: spdlog and logrotate's `extension` number older files so, Ray numbers
 * later processes so. The name does not say which; null when there is none.
 */
export function numberInside(log: string): { log: string; number: number } | null {
  const cut = log.lastIndexOf('/') + 1;
  const inside = /^(.*[^.\d])\.(\d{1,3})(\.(?:log|out|err|txt|json|jsonl|stdout|stderr))$/.exec(
    log.slice(cut),
  );
  return inside && { log: log.slice(0, cut) + inside[1] + inside[3], number: Number(inside[2]) };
}

/** Numbers that are not there between the file that is written to and the oldest. */
export function missingNumbers(numbers: readonly number[]): number[] {
  const there = new Set(numbers);
  const highest = Math.max(...numbers);
  const missing: number[] = [];
  for (let n = 0; n < highest; n++) if (!there.has(n)) missing.push(n);
  return missing;
}

const DAY_MS = 86_400_000;

/** Days without a file, in the usual step of the others (daily, weekly); none for fewer than three dates. */
export function missingDates(dates: readonly string[]): string[] {
  const days = [...new Set(dates)].map((date) => Date.parse(`${date}T00:00:00Z`)).sort((a, b) => a - b);
  if (days.length < 3) return [];
  const steps = days.slice(1).map((day, i) => Math.round((day - days[i]!) / DAY_MS));
  const usual = mostCommon(steps);
  const missing: string[] = [];
  for (let i = 1; i < days.length && missing.length < 400; i++) {
    for (let day = days[i - 1]! + usual * DAY_MS; day < days[i]!; day += usual * DAY_MS)
      missing.push(new Date(day).toISOString().slice(0, 10));
  }
  return missing;
}

function mostCommon(steps: number[]): number {
  const counts = new Map<number, number>();
  for (const step of steps) counts.set(step, (counts.get(step) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]![0];
}
