// Reads times out of byte strings without Date, and answers what offset a zone has.
// All times are microseconds since the epoch; a wall clock is read as if it were UTC.

export const SECOND_US = 1_000_000;
export const MINUTE_US = 60 * SECOND_US;
export const DAY_US = 86_400 * SECOND_US;

/** Where the last successful read stopped, and what it saw. One reader at a time uses it. */
export const cursor = { end: 0, zoned: false, offsetMinutes: 0 };

let secondText = '\0';
let secondValue = 0;
let dayKey = -1;
let dayValue = 0;

/** Days since 1970-01-01 of a Gregorian date (Howard Hinnant's days_from_civil). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yoe = y - era * 400;
  const doy = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const doe = yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy;
  return era * 146_097 + doe - 719_468;
}

/** Year, month, day of a moment. */
export function civilFromMicros(us: number): { year: number; month: number; day: number } {
  const z = Math.floor(us / DAY_US) + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365,
  );
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const month = mp + (mp < 10 ? 3 : -9);
  return {
    year: yoe + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: doy - Math.floor((153 * mp + 2) / 5) + 1,
  };
}

/** Microseconds of a civil time, NaN when a part is out of range. */
export function microsOf(
  y: number,
  mo: number,
  d: number,
  h: number,
  mi: number,
  s: number,
  us: number,
): number {
  if (
    !(mo >= 1 && mo <= 12 && d >= 1 && d <= 31 && h < 24 && mi < 60 && s <= 60 && h >= 0 && mi >= 0 && s >= 0)
  ) {
    return Number.NaN;
  }
  const key = y * 10_000 + mo * 100 + d;
  if (key !== dayKey) {
    dayKey = key;
    dayValue = daysFromCivil(y, mo, d) * DAY_US;
  }
  return dayValue + ((h * 60 + mi) * 60 + s) * SECOND_US + us;
}

/** Two digits at `i`, or NaN. */
export function two(s: string, i: number): number {
  const a = s.charCodeAt(i) - 48;
  const b = s.charCodeAt(i + 1) - 48;
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : Number.NaN;
}

function four(s: string, i: number): number {
  return two(s, i) * 100 + two(s, i + 2);
}

/** `HH:MM:SS` at `i` as seconds of the day, or NaN. */
export function clockAt(s: string, i: number): number {
  if (s.charCodeAt(i + 2) !== 58 || s.charCodeAt(i + 5) !== 58) return Number.NaN;
  const h = two(s, i);
  const m = two(s, i + 3);
  const sec = two(s, i + 6);
  return h < 24 && m < 60 && sec <= 60 ? (h * 60 + m) * 60 + sec : Number.NaN;
}

/** A fraction `.123456789` or `,123` at `i`: microseconds (further digits cut). Sets cursor.end; 0 and `i` without one. */
export function fractionAt(s: string, i: number): number {
  const c = s.charCodeAt(i);
  cursor.end = i;
  if (c !== 46 && c !== 44) return 0;
  let value = 0;
  let n = 0;
  let at = i + 1;
  for (;;) {
    const digit = s.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) break;
    if (n < 6) value = value * 10 + digit;
    n++;
    at++;
  }
  if (n === 0) return 0;
  cursor.end = at;
  for (; n < 6; n++) value *= 10;
  return value;
}

/**
 * `YYYY-MM-DD hh:mm:ss` with `-` or `/` between date parts and blank, `T` or `_` between date and time,
 * and a fraction when there is one. Sets cursor.end. NaN when it is not such a time.
 */
export function dateTimeAt(s: string, i: number): number {
  // Lines of one second stand together.
  if (s.slice(i, i + 19) === secondText) return secondValue + fractionAt(s, i + 19);
  const sep = s.charCodeAt(i + 4);
  if ((sep !== 45 && sep !== 47) || s.charCodeAt(i + 7) !== sep) return Number.NaN;
  const between = s.charCodeAt(i + 10);
  if (between !== 32 && between !== 84 && between !== 95 && between !== 116) return Number.NaN;
  if (s.charCodeAt(i + 13) !== 58 || s.charCodeAt(i + 16) !== 58) return Number.NaN;
  const seconds = microsOf(
    four(s, i),
    two(s, i + 5),
    two(s, i + 8),
    two(s, i + 11),
    two(s, i + 14),
    two(s, i + 17),
    0,
  );
  if (Number.isNaN(seconds)) return Number.NaN;
  secondText = s.slice(i, i + 19);
  secondValue = seconds;
  return seconds + fractionAt(s, i + 19);
}

/** Zone `Z`, `+hh:mm`, `+hhmm`, ` +hhmm` or `+hh` at `i`: minutes east, or NaN. Sets cursor.end. */
export function zoneAt(s: string, i: number): number {
  let at = i;
  let c = s.charCodeAt(at);
  if (c === 32) c = s.charCodeAt(++at);
  if (c === 90 || c === 122) {
    cursor.end = at + 1;
    return 0;
  }
  if (c !== 43 && c !== 45) return Number.NaN;
  const h = two(s, at + 1);
  if (!(h <= 15)) return Number.NaN;
  let m = 0;
  let end = at + 3;
  if (s.charCodeAt(end) === 58) {
    m = two(s, end + 1);
    end += 3;
  } else if (!Number.isNaN(two(s, end))) {
    m = two(s, end);
    end += 2;
  }
  if (!(m < 60)) return Number.NaN;
  cursor.end = end;
  return (c === 45 ? -1 : 1) * (h * 60 + m);
}

/**
 * RFC 3339 or ISO 8601 time at `i`. With a zone the result is UTC and cursor.zoned is true, without one it is the wall clock.
 * Sets cursor.end.
 */
export function isoAt(s: string, i: number): number {
  const wall = dateTimeAt(s, i);
  cursor.zoned = false;
  if (Number.isNaN(wall)) return wall;
  const end = cursor.end;
  const c = s.charCodeAt(end);
  if (c !== 90 && c !== 122 && c !== 43 && c !== 45) return wall;
  const zone = zoneAt(s, end);
  if (Number.isNaN(zone)) {
    cursor.end = end;
    return wall;
  }
  cursor.zoned = true;
  cursor.offsetMinutes = zone;
  return wall - zone * MINUTE_US;
}

const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** English month abbreviation at `i`: 1..12, or NaN. */
export function monthAt(s: string, i: number): number {
  const at = MONTHS.indexOf(s.slice(i, i + 3).toLowerCase());
  return at >= 0 && at % 3 === 0 && s.length >= i + 3 ? at / 3 + 1 : Number.NaN;
}

let logDateText = '';
let logDateDays = 0;

/**
 * `20/Nov/2026:17:20:47 +0000` of access logs at `i`. UTC when a zone follows (cursor.zoned). Sets cursor.end.
 */
export function accessTimeAt(s: string, i: number): number {
  if (s.charCodeAt(i + 2) !== 47 || s.charCodeAt(i + 6) !== 47) return Number.NaN;
  const date = s.slice(i, i + 11);
  if (date !== logDateText) {
    const us = microsOf(four(s, i + 7), monthAt(s, i + 3), two(s, i), 0, 0, 0, 0);
    if (Number.isNaN(us)) return us;
    logDateText = date;
    logDateDays = us;
  }
  const c = s.charCodeAt(i + 11);
  if (c !== 58 && c !== 32) return Number.NaN;
  const clock = clockAt(s, i + 12);
  if (Number.isNaN(clock)) return clock;
  const wall = logDateDays + clock * SECOND_US;
  cursor.zoned = false;
  cursor.end = i + 20;
  const zone = zoneAt(s, i + 20);
  if (Number.isNaN(zone)) {
    cursor.end = i + 20;
    return wall;
  }
  cursor.zoned = true;
  cursor.offsetMinutes = zone;
  return wall - zone * MINUTE_US;
}

const zones = new Map<string, Intl.DateTimeFormat | null>();
const offsets = new Map<string, number>();
const FIXED = /^(?:(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})|UTC|GMT|Z)$/;

/** True for `UTC`, `+HH:MM` and IANA names that this runtime knows. */
export function isZone(text: string): boolean {
  return FIXED.test(text) || zoneFormat(text) !== null;
}

/** Minutes east of UTC of a zone at a wall-clock time (microseconds). Throws RangeError for an unknown zone. */
export function zoneOffsetMinutes(zone: string, wallUs: number): number {
  const fixed = FIXED.exec(zone);
  if (fixed) {
    if (!fixed[1]) return 0;
    return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3]));
  }
  const format = zoneFormat(zone);
  if (!format) throw new RangeError(`unknown time zone: ${zone}`);
  const guess = offsetAt(zone, format, wallUs);
  const better = offsetAt(zone, format, wallUs - guess * MINUTE_US);
  return better === guess ? guess : offsetAt(zone, format, wallUs - better * MINUTE_US);
}

function zoneFormat(zone: string): Intl.DateTimeFormat | null {
  let format = zones.get(zone);
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    } catch {
      format = null;
    }
    zones.set(zone, format);
  }
  return format;
}

/** Offset at a moment in UTC; answers are kept per quarter of an hour, which no zone change divides. */
function offsetAt(zone: string, format: Intl.DateTimeFormat, us: number): number {
  const slot = Math.floor(us / (15 * MINUTE_US));
  const key = `${zone}\n${slot}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    const name = format.formatToParts((slot * 15 * MINUTE_US) / 1000).find((p) => p.type === 'timeZoneName');
    const m = /([+-])(\d{2}):(\d{2})/.exec(name?.value ?? '');
    offset = m ? (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 60 + Number(m[3])) : 0;
    if (offsets.size > 50_000) offsets.clear();
    offsets.set(key, offset);
  }
  return offset;
}

export interface Transition {
  /** The moment of the change, UTC microseconds. */
  at: number;
  /** Minutes east before and after it. */
  before: number;
  after: number;
}

/** Where the offset of an IANA zone changes between two moments in UTC; a fixed offset never does. */
export function zoneTransitions(zone: string, fromUs: number, toUs: number): Transition[] {
  if (FIXED.test(zone)) return [];
  const format = zoneFormat(zone);
  if (!format) throw new RangeError(`unknown time zone: ${zone}`);
  const found: Transition[] = [];
  const quarter = 15 * MINUTE_US;
  let low = Math.floor(fromUs / quarter);
  let before = offsetAt(zone, format, low * quarter);
  const end = Math.min(Math.ceil(toUs / quarter), low + 100 * 365 * 96);
  while (low < end) {
    const next = Math.min(low + 96 * 7, end); // no zone goes there and back within a week
    const after = offsetAt(zone, format, next * quarter);
    if (after !== before) {
      let lo = low;
      let hi = next;
      while (hi - lo > 1) {
        const middle = Math.floor((lo + hi) / 2);
        if (offsetAt(zone, format, middle * quarter) === before) lo = middle;
        else hi = middle;
      }
      found.push({ at: hi * quarter, before, after });
      before = after;
    }
    low = next;
  }
  return found;
}
