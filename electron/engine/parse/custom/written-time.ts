// Times as a format file says they are written: ISO 8601, epochs, the common forms by name, or a strptime pattern.
import type { Member } from '../kind.ts';
import { TS_KIND, type TsKind } from '../record.ts';
import { cursor, isoAt, MINUTE_US, microsOf, monthAt, SECOND_US, zoneOffsetMinutes } from '../time.ts';

/** What a time is: `us` is UTC for kind `absolute`, a wall clock otherwise. */
export interface WrittenTime {
  us: number;
  kind: TsKind;
}
export type ReadTime = (text: string, member: Member) => WrittenTime | null;

/** Directives that strptime knows and that make sense in a log, as patterns. */
const DIRECTIVES: Record<string, string> = {
  Y: '(\\d{4})',
  y: '(\\d{2})',
  m: '(\\d{1,2})',
  d: '([ \\d]?\\d)',
  e: '([ \\d]?\\d)',
  b: '([A-Za-z]{3})[a-z]*',
  B: '([A-Za-z]{3})[a-z]*',
  H: '([ \\d]?\\d)',
  I: '([ \\d]?\\d)',
  p: '([AaPp])\\.?[Mm]\\.?',
  M: '(\\d{2})',
  S: '(\\d{2})',
  f: '(\\d{1,9})',
  L: '(\\d{3})',
  z: '(Z|UTC|GMT|[+-]\\d{2}:?\\d{2})',
  j: '(\\d{3})',
  a: '([A-Za-z]{3})[a-z]*',
  A: '([A-Za-z]{3})[a-z]*',
};

export const NAMED_TIMES: Record<string, string | null> = {
  iso: null,
  epoch: null,
  syslog: '%b %d %H:%M:%S',
  apache: '%d/%b/%Y:%H:%M:%S %z',
  python: '%Y-%m-%d %H:%M:%S,%f',
  go: '%Y/%m/%d %H:%M:%S',
};

/** Why a pattern cannot be read, or null. */
export function timeProblem(format: string): string | null {
  if (format in NAMED_TIMES) return null;
  if (!format.includes('%'))
    return `'${format}' is no time format: use ${Object.keys(NAMED_TIMES).join(', ')}, or a strptime pattern such as %Y-%m-%d %H:%M:%S.%f`;
  const seen = new Set<string>();
  for (const [, directive = ''] of format.matchAll(/%(.?)/gs)) {
    if (directive === '%') continue;
    if (!(directive in DIRECTIVES))
      return `%${directive} is not known; known are ${Object.keys(DIRECTIVES)
        .map((d) => `%${d}`)
        .join(' ')} %%`;
    if (seen.has(directive)) return `%${directive} stands twice`;
    seen.add(directive);
  }
  const day =
    seen.has('j') || ((seen.has('m') || seen.has('b') || seen.has('B')) && (seen.has('d') || seen.has('e')));
  if (!day) return 'it names no day: %m or %b with %d (or %j) are needed';
  if (seen.has('j') && !seen.has('Y')) return '%j needs %Y';
  if (!seen.has('H') && !(seen.has('I') && seen.has('p'))) return 'it names no hour: %H, or %I with %p';
  return null;
}

/** A reader for `format`; `zone` is that of times that state none, '' when it is not known. `format` has no problem. */
export function timeReader(format: string, zone: string): ReadTime {
  const wall = (us: number, inferred: boolean): WrittenTime =>
    zone === ''
      ? { us, kind: inferred ? TS_KIND.wallYearInferred : TS_KIND.wall }
      : { us: us - zoneOffsetMinutes(zone, us) * MINUTE_US, kind: TS_KIND.absolute };
  if (format === 'iso') {
    return (text) => {
      const us = isoAt(text, 0);
      if (Number.isNaN(us) || cursor.end !== text.length) return null;
      return cursor.zoned ? { us, kind: TS_KIND.absolute } : wall(us, false);
    };
  }
  if (format === 'epoch') {
    return (text) => {
      const m = /^(\d{9,19})(?:\.(\d{1,9}))?$/.exec(text);
      if (!m) return null;
      const digits = m[1]!.length;
      const unit = digits <= 11 ? 1e6 : digits <= 14 ? 1e3 : digits <= 17 ? 1 : 1e-3;
      return { us: Math.round(Number(text) * unit), kind: TS_KIND.absolute };
    };
  }
  return strptime(NAMED_TIMES[format] ?? format, wall);
}

function strptime(format: string, wall: (us: number, inferred: boolean) => WrittenTime): ReadTime {
  const names: string[] = [];
  let pattern = '^';
  for (let i = 0; i < format.length; i++) {
    const c = format[i]!;
    if (c === '%') {
      const directive = format[++i]!;
      if (directive === '%') pattern += '%';
      else {
        names.push(directive);
        pattern += DIRECTIVES[directive];
      }
    } else if (c === ' ') pattern += ' {1,4}';
    else pattern += c.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  }
  const regex = new RegExp(`${pattern}$`);
  return (text, member) => {
    if (text.length > 200) return null;
    const m = regex.exec(text);
    if (!m) return null;
    const part = (...asked: string[]): string | undefined => {
      for (const name of asked) {
        const at = names.indexOf(name);
        if (at !== -1) return m[at + 1];
      }
      return undefined;
    };
    const number = (...asked: string[]) => Number(part(...asked) ?? Number.NaN);
    let month = number('m');
    const word = part('b', 'B');
    if (word !== undefined) month = monthAt(word, 0);
    let day = number('d', 'e');
    let year = number('Y');
    if (part('y') !== undefined) year = number('y') + (number('y') < 70 ? 2000 : 1900);
    if (part('j') !== undefined) [month, day] = [1, 1];
    let inferred = false;
    if (Number.isNaN(year)) {
      year = member.years.yearOf(month, day);
      inferred = true;
      if (Number.isNaN(year)) return null;
    }
    let hour = number('H', 'I');
    const half = part('p')?.toLowerCase();
    if (half !== undefined) hour = (hour % 12) + (half === 'p' ? 12 : 0);
    const fraction = (part('f') ?? part('L') ?? '').padEnd(6, '0').slice(0, 6);
    const us = microsOf(year, month, day, hour, number('M') || 0, number('S') || 0, Number(fraction));
    if (Number.isNaN(us)) return null;
    const moved = part('j') === undefined ? us : us + (number('j') - 1) * 86_400 * SECOND_US;
    const zone = part('z');
    if (zone === undefined) return wall(moved, inferred);
    const offset = zoneOffsetMinutes(zone === 'Z' ? 'UTC' : zone, moved);
    return { us: moved - offset * MINUTE_US, kind: inferred ? TS_KIND.wallYearInferred : TS_KIND.absolute };
  };
}
