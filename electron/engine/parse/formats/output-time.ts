// Times that programs put in front of their own output: what a task, a job or a container prints in a known file.
import type { Member } from '../kind.ts';
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { clockAt, cursor, fractionAt, isoAt, microsOf, SECOND_US, two } from '../time.ts';

/**
 * `YYYY-MM-DD hh:mm:ss[.,]fff` at the head of `line`, bare or in square brackets, with or without a zone; behind a level,
 * `MM-DD hh:mm:ss`, as vLLM writes it. The message keeps it.
 */
export function takeOutputTime(draft: Draft, line: string, member: Member): void {
  const first = line.charCodeAt(0);
  const at = first === 91 ? 1 : 0;
  const digit = line.charCodeAt(at);
  if (digit !== 49 && digit !== 50) {
    if (at === 0) takeShort(draft, line, member);
    return;
  }
  const ts = isoAt(line, at);
  if (Number.isNaN(ts)) return;
  if (at === 1 && line.charCodeAt(cursor.end) !== 93) return;
  draft.tsWall = ts;
  draft.tsKind = cursor.zoned ? TS_KIND.absolute : TS_KIND.wall;
}

const SHORT = /^(?:DEBUG|INFO|WARNING|ERROR|CRITICAL) \d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d{1,9})? /;

function takeShort(draft: Draft, line: string, member: Member): void {
  const c = line.charCodeAt(0);
  if (c !== 68 && c !== 73 && c !== 87 && c !== 69 && c !== 67) return;
  if (!SHORT.test(line.slice(0, 40))) return;
  const at = line.indexOf(' ') + 1;
  const month = two(line, at);
  const day = two(line, at + 3);
  const clock = clockAt(line, at + 6);
  const us = fractionAt(line, at + 14);
  if (Number.isNaN(clock) || !(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return;
  const date = microsOf(member.years.yearOf(month, day), month, day, 0, 0, 0, 0);
  if (Number.isNaN(date)) return;
  draft.tsWall = date + clock * SECOND_US + us;
  draft.tsKind = TS_KIND.wallYearInferred;
}
