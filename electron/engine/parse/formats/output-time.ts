// Times that programs put in front of their own output: what a task, a job or a container prints in a known file.
import type { Draft } from '../record.ts';
import { TS_KIND } from '../record.ts';
import { cursor, isoAt } from '../time.ts';

/** `YYYY-MM-DD hh:mm:ss[.,]fff` at the head of `line`, bare or in square brackets, with or without a zone. The message keeps it. */
export function takeOutputTime(draft: Draft, line: string): void {
  const first = line.charCodeAt(0);
  const at = first === 91 ? 1 : 0;
  const digit = line.charCodeAt(at);
  if (digit !== 49 && digit !== 50) return; // 1999, 20xx
  const ts = isoAt(line, at);
  if (Number.isNaN(ts)) return;
  if (at === 1 && line.charCodeAt(cursor.end) !== 93) return;
  draft.tsWall = ts;
  draft.tsKind = cursor.zoned ? TS_KIND.absolute : TS_KIND.wall;
}
