// Times are microseconds since 1970 UTC; written out always in UTC.

const DAY = 86_400_000_000;
const two = (n: number) => String(n).padStart(2, '0');

function parts(us: number) {
  const ms = Math.floor(us / 1000);
  const d = new Date(ms);
  const micros = us - Math.floor(us / 1_000_000) * 1_000_000;
  return {
    date: `${String(d.getUTCFullYear()).padStart(4, '0')}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`,
    minute: `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`,
    second: two(d.getUTCSeconds()),
    micros: String(micros).padStart(6, '0'),
  };
}

export type Precision = 'min' | 's' | 'ms' | 'us';

/** `14:02:31.123` */
export function clock(us: number, precision: Precision = 'ms'): string {
  const p = parts(us);
  if (precision === 'min') return p.minute;
  if (precision === 's') return `${p.minute}:${p.second}`;
  return `${p.minute}:${p.second}.${precision === 'ms' ? p.micros.slice(0, 3) : p.micros}`;
}

/** `2026-11-20` */
export const day = (us: number) => parts(us).date;

/** `2026-11-20 14:02:31.123`; "no time" for null. */
export const dateTime = (us: number | null | undefined, precision: Precision = 'ms'): string =>
  us == null ? 'no time' : `${day(us)} ${clock(us, precision)}`;

/** ISO 8601 with Z, for SQL and copying. */
export const iso = (us: number): string => `${day(us)}T${clock(us, 'us')}Z`;

/** Two times with what they share said once: `2026-11-20 14:02:31 – 14:07:00`. */
export function range(from: number, to: number, precision: Precision = 's'): string {
  const same = day(from) === day(to);
  return `${dateTime(from, precision)} – ${same ? clock(to, precision) : dateTime(to, precision)}`;
}

/** The two largest units of a length of time: `7 m 02 s`, `1 d 04 h`, `120 ms`, `3 µs`. */
export function duration(us: number): string {
  const a = Math.abs(Math.round(us));
  if (a < 1000) return `${a} µs`;
  if (a < 1_000_000) return `${trim(a / 1000)} ms`;
  if (a < 60_000_000) return `${trim(a / 1_000_000)} s`;
  const seconds = Math.round(a / 1_000_000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${two(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
}

const trim = (n: number) => (n < 10 ? n.toFixed(1).replace(/\.0$/, '') : String(Math.round(n)));

/** A clock offset with its sign: `+7 m 02 s`, `−350 ms`, `no offset`. */
export const offset = (us: number): string =>
  us === 0 ? 'no offset' : `${us > 0 ? '+' : '−'}${duration(us)}`;

/**
 * What a person types for an offset, in microseconds: `+7m2s`, `-350ms`, `90`, `-1h30m`; a bare number is seconds.
 * `null` when it cannot be read.
 */
export function parseOffset(text: string): number | null {
  const t = text.trim().replace('−', '-').replace(/\s+/g, '').toLowerCase();
  const m = /^([+-])?((?:\d+(?:\.\d+)?(?:d|h|ms|us|µs|m|s)?)+)$/.exec(t);
  if (!m?.[2]) return null;
  const unit: Record<string, number> = { d: DAY, h: 3.6e9, m: 6e7, s: 1e6, '': 1e6, ms: 1e3, us: 1, µs: 1 };
  let sum = 0;
  for (const part of m[2].matchAll(/(\d+(?:\.\d+)?)(d|h|ms|us|µs|m|s)?/g)) {
    sum += Number(part[1]) * (unit[part[2] ?? ''] ?? 1e6);
  }
  return Math.round(m[1] === '-' ? -sum : sum);
}

/** Reads `2026-11-20 14:02[:31[.123]]` (also with T and Z) as UTC microseconds; `null` when it is not a time. */
export function parseTime(text: string): number | null {
  const m = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?Z?$/.exec(text.trim());
  if (!m) return null;
  const ms = Date.UTC(+m[1]!, +m[2]! - 1, +m[3]!, +(m[4] ?? 0), +(m[5] ?? 0), +(m[6] ?? 0));
  return Number.isNaN(ms) ? null : ms * 1000 + Number((m[7] ?? '').padEnd(6, '0'));
}
