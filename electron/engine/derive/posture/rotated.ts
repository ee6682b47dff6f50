// The name of a log without what rotation put on it: numbers, dates, compression; and Ray's index of a process.

export interface Rotated {
  /** Folder and name of the log that the file is a part of. */
  log: string;
  /** `.2` of `worker.log.2.gz`; 0 for the file that is written to. */
  number: number | null;
  /** `2026-11-20`, when a date stands in the name. */
  date: string | null;
  /** `1` of Ray's `raylet.1.out`: another process, no rotation (reference on Ray, section 1). */
  process: number | null;
}

const COMPRESSED = /\.(?:gz|bz2|xz|zst|lz4|Z)$/;
const RAY_INDEX =
  /^(raylet|gcs_server|dashboard|dashboard_agent|runtime_env_agent|log_monitor|monitor|ray_client_server)\.(\d{1,3})(\.(?:log|out|err))$/;
const GLOG = /\.log\.(?:INFO|WARNING|ERROR|FATAL)\.\d{8}-\d{6}\.\d+$/;
const DATE = /[-._](20\d\d)([-._]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?:[-_T.]?\d{2,6})?(?=$|[-._])/;

/** null for files that name no part of a rotation: glog begins a file with a stamp at every start, which is no number. */
export function rotated(path: string): Rotated | null {
  const cut = path.lastIndexOf('/') + 1;
  const folder = path.slice(0, cut);
  let name = path.slice(cut).replace(COMPRESSED, '');
  if (GLOG.test(name)) return null;
  let number: number | null = null;
  const numbered = /^(.+[^.\d])\.(\d{1,3})$/.exec(name);
  if (numbered) {
    name = numbered[1]!;
    number = Number(numbered[2]);
  }
  let date: string | null = null;
  const dated = DATE.exec(name);
  if (dated) {
    date = `${dated[1]}-${dated[3]}-${dated[4]}`;
    name = name.slice(0, dated.index) + name.slice(dated.index + dated[0].length);
  }
  let process: number | null = null;
  const indexed = RAY_INDEX.exec(name);
  if (indexed) {
    process = Number(indexed[2]);
    name = `${indexed[1]}${indexed[3]}`;
  }
  return { log: folder + name, number: number ?? (date === null ? 0 : null), date, process };
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
