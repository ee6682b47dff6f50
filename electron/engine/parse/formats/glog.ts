// Google's log lines: `Lmmdd hh:mm:ss.uuuuuu thread file:line] message`, as Mesos and Ray up to 1.0 write them.
import type { Member } from '../kind.ts';
import { digitsEnd, standsAt } from '../text.ts';
import { civilFromMicros, clockAt, cursor, fractionAt, microsOf, SECOND_US, two } from '../time.ts';

/** Parts of the last line read. `first` and `second` are the one or two ids before the source. */
export const glog = {
  time: Number.NaN,
  first: '',
  second: '',
  source: '',
  message: '',
  raw: false,
};

/** The date and clock read last: lines of one second stand together. */
const second = { text: '\0', month: 0, day: 0, clock: 0 };

function readSecond(line: string): boolean {
  const month = two(line, 1);
  const day = two(line, 3);
  const clock = clockAt(line, 6);
  if (Number.isNaN(month) || Number.isNaN(day) || Number.isNaN(clock)) return false;
  second.text = line.slice(1, 14);
  second.month = month;
  second.day = day;
  second.clock = clock;
  return true;
}

/** Reads a glog line from its start. The year comes from the member; a line of `0000 00:00:00` has no time. */
export function readGlog(line: string, member: Member): boolean {
  const c = line.charCodeAt(0);
  if (c !== 73 && c !== 87 && c !== 69 && c !== 70) return false;
  if (line.charCodeAt(5) !== 32) return false;
  if (!standsAt(line, second.text, 1) && !readSecond(line)) return false;
  const { month, day, clock } = second;
  const us = fractionAt(line, 14);
  let at = cursor.end;
  if (line.charCodeAt(at) !== 32) return false;
  while (line.charCodeAt(at) === 32) at++;
  const firstEnd = digitsEnd(line, at);
  if (firstEnd === at || line.charCodeAt(firstEnd) !== 32) return false;
  const first = line.slice(at, firstEnd);
  at = firstEnd;
  while (line.charCodeAt(at) === 32) at++;
  let other = '';
  const secondEnd = digitsEnd(line, at);
  if (secondEnd > at && line.charCodeAt(secondEnd) === 32) {
    other = line.slice(at, secondEnd);
    at = secondEnd;
    while (line.charCodeAt(at) === 32) at++;
  }
  const close = line.indexOf(']', at);
  if (close === -1 || close - at > 140) return false;
  const colon = numberStart(line, close) - 1;
  if (colon <= at || line.charCodeAt(colon) !== 58) return false;
  const blank = line.indexOf(' ', at);
  if (blank !== -1 && blank < close) return false;

  if (month === 0 && day === 0) {
    glog.time = Number.NaN;
    glog.raw = true;
  } else {
    const year = member.outerYear > 0 ? yearBeside(member, month) : member.years.yearOf(month, day);
    const date = microsOf(year, month, day, 0, 0, 0, 0);
    if (Number.isNaN(date) && !Number.isNaN(year)) return false;
    glog.time = date + clock * SECOND_US + us;
    glog.raw = false;
  }
  glog.first = first;
  glog.second = other;
  glog.source = line.slice(at, close);
  glog.message = line.slice(line.charCodeAt(close + 1) === 32 ? close + 2 : close + 1);
  return true;
}

/** The year of a carrier's time in front of the line, minded that zones differ by hours at New Year. */
function yearBeside(member: Member, month: number): number {
  const year = member.outerYear;
  if ((month !== 1 && month !== 12) || Number.isNaN(member.outerTime)) return year;
  const outer = civilFromMicros(member.outerTime).month;
  return month === 1 && outer === 12 ? year + 1 : month === 12 && outer === 1 ? year - 1 : year;
}

/** Where the digits begin that stand in front of `end`, 20 at most. */
function numberStart(s: string, end: number): number {
  let at = end;
  while (end - at < 20) {
    const c = s.charCodeAt(at - 1);
    if (!(c >= 48 && c <= 57)) break;
    at--;
  }
  return at;
}
