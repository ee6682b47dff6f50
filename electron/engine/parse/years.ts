// Gives a year to times that state none (glog, syslog). In order of trust: the name of the file, its header, ids of old Mesos
// masters (they begin with a date), lines that state their year, and the time of the file in the archive as an upper bound.
// Source of the order: reference on Mesos, section 2.2.
import { civilFromMicros, DAY_US, daysFromCivil } from './time.ts';

/** What the years of a member rest on; the time sentence reads it out. */
export const YEAR_BASES = {
  name: 'the name of the file',
  header: 'the header of the file',
  carrier: 'the carrier of its lines, which states it',
  ids: 'ids in its lines that begin with a date',
  lines: 'other lines of the file that state theirs',
  crash: 'a crash that states the seconds of the epoch',
  text: 'a date in its text',
  mtime: 'the time of the file in the archive',
} as const;
export type YearBasis = keyof typeof YEAR_BASES;

/** Found out later: the years given to lines before a line were wrong by so many. */
export interface YearFix {
  beforeLine: number;
  years: number;
}

const NEAR_DAYS = 2;
const CLOSE_DAYS = 62;
const YEAR_DAYS = 365.25;
const MOST_FIXES = 100;
export const ALL_LINES = 2 ** 31 - 1;
const OLDEST_DAY = daysFromCivil(2005, 1, 1);

/**
 * Gives a year to times that state none: the one that brings the date nearest to the latest date believed, within what is
 * known of the file's first and last moment. A date that jumps by days is believed once two more lines follow that do not go
 * back behind it: a forged or copied line does not carry its year to those after it.
 */
export class YearClock {
  readonly #line: () => number;
  /** Days since the epoch: the latest date believed; the first and the last one possible. */
  #at = Number.NaN;
  #from = Number.NaN;
  #until = Number.NaN;
  /** Dates that jumped and are not believed yet, in the order of their lines. */
  #first = Number.NaN;
  #second = Number.NaN;
  #month = 0;
  #day = 0;
  #year = Number.NaN;
  #basis: YearBasis | null = null;
  #given = false;
  #fixes: YearFix[] = [];

  /** `line`: of the line being read, to say later which lines a correction concerns. */
  constructor(line: () => number = () => 0) {
    this.#line = line;
  }

  /** A moment near the first line is known; `exact`: no line is older. */
  startAt(year: number, month: number, day = 1, exact = false, basis: YearBasis = 'name'): void {
    this.#at = daysFromCivil(year, month, day);
    if (exact) this.#from = this.#at - 1;
    this.#month = 0;
    this.#basis = basis;
  }

  /** No line is younger: the modification time, unless it lies before such systems were made. */
  notAfter(us: number): void {
    const day = Math.floor(us / DAY_US) + 1;
    if (day > OLDEST_DAY) {
      this.#until = day;
      this.#basis ??= 'mtime';
    }
    this.#month = 0;
  }

  /** A line stated its epoch where only the time of the file was known: those before it are set right. */
  crashedAt(us: number): void {
    if (this.#basis !== 'mtime' && this.#basis !== 'text') return;
    const day = Math.floor(us / DAY_US);
    if (!Number.isNaN(this.#at)) {
      const years = Math.round((day - this.#at) / YEAR_DAYS);
      if (Math.abs(day - this.#at - years * YEAR_DAYS) > CLOSE_DAYS) return;
      this.#fix(years);
    }
    const { year, month, day: dayOfMonth } = civilFromMicros(us);
    this.startAt(year, month, dayOfMonth, false, 'crash');
    this.#first = Number.NaN;
    this.#second = Number.NaN;
  }

  get known(): boolean {
    return !Number.isNaN(this.#at) || !Number.isNaN(this.#until);
  }

  /** What the years rest on that were given; null when none was. */
  get basis(): YearBasis | null {
    return this.#given ? this.#basis : null;
  }

  /** Year of a line with this month and day; NaN when nothing is known. */
  yearOf(month: number, day: number): number {
    if (month !== this.#month || day !== this.#day) {
      const year = this.#nearest(month, day);
      if (month === 2 && day === 29) this.#leap(year);
      this.#year = year;
      this.#month = month;
      this.#day = day;
    } else if (Number.isNaN(this.#first)) return this.#year;
    if (!Number.isNaN(this.#year)) {
      this.#given = true;
      this.#move(daysFromCivil(this.#year, month, day));
    }
    return this.#year;
  }

  /**
   * What came out in the end. A file of which only the last possible day is known was taken for as young as can be; when its
   * lines went on beyond that day, it began a year or more earlier.
   */
  fixes(): YearFix[] {
    const last = Number.isNaN(this.#second) ? this.#at : this.#second;
    if (this.#basis !== 'mtime' || !(last > this.#until + 1)) return this.#fixes;
    const years = Math.ceil((last - this.#until - 1) / YEAR_DAYS);
    return [...this.#fixes, { beforeLine: ALL_LINES, years: -years }];
  }

  #nearest(month: number, day: number): number {
    // Without a start, the first line is taken for the last one possible.
    const near = Number.isNaN(this.#at) ? this.#until - 183 : this.#at;
    if (Number.isNaN(near)) return Number.NaN;
    const year = this.#nearTo(near, month, day);
    if (Number.isNaN(this.#first)) return year;
    const away = Math.abs(daysFromCivil(year, month, day) - near);
    if (away <= CLOSE_DAYS) return year;
    return this.#nearTo(Number.isNaN(this.#second) ? this.#first : this.#second, month, day);
  }

  #nearTo(near: number, month: number, day: number): number {
    const middle = civilFromMicros(near * DAY_US).year;
    const sound = !(this.#from > this.#until);
    // how often the year turned before the last possible day is only known at the end
    const bounded = sound && !(this.#basis === 'mtime' && !Number.isNaN(this.#at));
    const leap = month === 2 && day === 29;
    const reach = leap ? 8 : 1;
    let best = Number.NaN;
    let least = Number.POSITIVE_INFINITY;
    for (let year = middle - reach; year <= middle + reach; year++) {
      if (leap && !isLeap(year)) continue;
      const at = daysFromCivil(year, month, day);
      // What lies outside is taken only when nothing lies inside.
      const outside = at < this.#from || (bounded && at > this.#until);
      const distance = Math.abs(at - near) + (outside ? 10_000 : 0);
      if (distance >= least) continue;
      best = year;
      least = distance;
    }
    return best;
  }

  #move(day: number): void {
    const ahead = Number.isNaN(this.#at) ? 0 : day - this.#at;
    if (ahead > NEAR_DAYS) {
      if (Number.isNaN(this.#first) || day < this.#first || day < this.#second) {
        this.#first = day;
        this.#second = Number.NaN;
      } else if (Number.isNaN(this.#second)) {
        this.#second = day;
      } else {
        this.#at = this.#first;
        this.#first = this.#second;
        this.#second = day;
      }
      return;
    }
    if (!(ahead < 0)) this.#at = day;
    this.#first = Number.NaN;
    this.#second = Number.NaN;
  }

  /** February 29 pins a leap year: where that is not the year of the lines before it, they were of another than thought. */
  #leap(year: number): void {
    if (Number.isNaN(year) || Number.isNaN(this.#at) || !this.#given) return;
    const before = this.#nearTo(this.#at, 2, 28);
    if (before === year || (this.#basis !== 'mtime' && this.#basis !== 'text')) return;
    this.#fix(year - before);
    this.#at = daysFromCivil(year, 2, 28);
    this.#first = Number.NaN;
    this.#second = Number.NaN;
  }

  #fix(years: number): void {
    if (years === 0 || this.#fixes.length >= MOST_FIXES) return;
    this.#fixes.push({ beforeLine: this.#line(), years });
  }
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
