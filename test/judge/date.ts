// Parts of a date as it is written; no zone is converted.
export type DatePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
export const DATE_PARTS: readonly string[] = ['minute', 'hour', 'day', 'week', 'month', 'year'];

const DATE =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?\s?(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/** The part of an ISO 8601 date; null for what is none. The week is that of ISO 8601, 1 to 53. */
export function partOf(text: string, part: DatePart): number | null {
  const match = DATE.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map((v) => Number(v ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const midnight = new Date(Date.UTC(year, month - 1, day));
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  if (part === 'week') return isoWeek(midnight);
  return { year, month, day, hour, minute }[part];
}

function isoWeek(date: Date): number {
  const thursday = new Date(date);
  thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return Math.floor((thursday.getTime() - first) / (7 * 86_400_000)) + 1;
}
