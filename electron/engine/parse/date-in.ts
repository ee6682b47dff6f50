// A year for lines that state none, told by what else stands in the first lines of the file.
import { civilFromMicros, SECOND_US } from './time.ts';
import type { YearBasis } from './years.ts';

const LINE_HEAD =
  /(?:^|\n)(?:[^\n]{0,60}\[|\[|)(20\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[ T]\d\d:\d\d:\d\d/;
/** Ids of frameworks and agents up to Mesos 0.2x begin with the moment their master started. */
const OLD_ID = /\b(20[01]\d)(0[1-9]|1[0-2])([0-3]\d)-[0-2]\d[0-5]\d[0-5]\d-\d{6,10}-\d{2,5}-\d{1,10}\b/g;
const ABORTED = /\*\*\* Aborted at (\d{9,10}) /;
const ANYWHERE = /\b(20\d\d)[-/](0[1-9]|1[0-2])[-/](0[1-9]|[12]\d|3[01])\b/;

interface CivilDate {
  year: number;
  month: number;
  day: number;
}

export interface DateIn extends CivilDate {
  /** What showed it. */
  basis: YearBasis;
}

/**
 * In order: a line that begins with a full date, the youngest id of old shape (no line is older than the master that gave
 * it), the seconds of a crash. A date anywhere in the text counts only when nothing else is known.
 */
export function dateIn(head: string, elseKnown: boolean): DateIn | null {
  const line = LINE_HEAD.exec(head);
  if (line) return { ...dateOf(line), basis: 'lines' };
  let youngest: CivilDate | null = null;
  for (const id of head.matchAll(OLD_ID)) {
    const date = dateOf(id);
    if (youngest === null || keyOf(date) > keyOf(youngest)) youngest = date;
  }
  if (youngest) return { ...youngest, basis: 'ids' };
  const aborted = ABORTED.exec(head)?.[1];
  if (aborted) return { ...civilFromMicros(Number(aborted) * SECOND_US), basis: 'crash' };
  const anywhere = elseKnown ? null : ANYWHERE.exec(head);
  return anywhere ? { ...dateOf(anywhere), basis: 'text' } : null;
}

function dateOf(m: RegExpExecArray | RegExpMatchArray): CivilDate {
  return { year: Number(m[1]), month: Number(m[2]), day: Number(m[3]) };
}

function keyOf(date: CivilDate): number {
  return (date.year * 100 + date.month) * 100 + date.day;
}
