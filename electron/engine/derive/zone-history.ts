// How the offset of local time changed, from runs of lines that showed it: pure arithmetic, no database.
// All moments are microseconds; offsets are minutes east of UTC.
import { MINUTE_US, SECOND_US } from '../parse/time.ts';
import { ZONE_WHY } from '../parse/zone-runs.ts';

/** Lines of one file, first to last, that showed one offset. */
export interface Run {
  offset: number;
  count: number;
  firstLine: number;
  lastLine: number;
  firstWall: number;
  lastWall: number;
  why: string;
}

/** A moment between which the offset changed: it was `before` up to `low` and `after` from `high` on (UTC). */
export interface Switch {
  low: number;
  high: number;
  before: number;
  after: number;
}

/** One offset after another. `switches[i]` leads from `offsets[i]` to `offsets[i + 1]`. */
export interface History {
  offsets: number[];
  switches: Switch[];
}

/** A step of local time from one record to the next of the same file. */
export interface Jump {
  /** Line of the record after the step. */
  line: number;
  wall: number;
  step: number;
}

/** Threads share a file: lines may be this much out of order. */
export const JITTER_US = 2 * SECOND_US;
/** A step back by more than this begins another stretch of time: a file that was put together from several. */
const RESET_US = 12 * 60 * MINUTE_US;
/** Records closer than this hide no change of zone between them. */
export const GAP_US = 5 * MINUTE_US;
/** Weak evidence needs this many lines. */
const WEAK_LINES = 3;

export const utc = (wall: number, offset: number): number => wall - offset * MINUTE_US;

/** Runs of one file (and writer) joined in file order; weak evidence counts only where there is no other. */
export function joinRuns(runs: readonly Run[]): Run[] {
  const strong = runs.filter((run) => run.why !== ZONE_WHY.beside);
  const used = strong.length > 0 ? strong : majority(runs);
  const joined: Run[] = [];
  for (const run of [...used].sort((a, b) => a.firstLine - b.firstLine || a.lastLine - b.lastLine)) {
    const last = joined.at(-1);
    if (last && last.offset === run.offset) {
      last.count += run.count;
      if (run.lastLine >= last.lastLine) {
        last.lastLine = run.lastLine;
        last.lastWall = run.lastWall;
      }
      if (!last.why.split('; ').includes(run.why)) last.why += `; ${run.why}`;
    } else if (last && run.firstLine <= last.lastLine) {
      // two witnesses at odds on the same lines: the one with more lines holds
      if (run.count > last.count) joined[joined.length - 1] = { ...run };
    } else joined.push({ ...run });
  }
  return joined;
}

function majority(runs: readonly Run[]): Run[] {
  const counts = new Map<number, number>();
  let all = 0;
  for (const run of runs) {
    counts.set(run.offset, (counts.get(run.offset) ?? 0) + run.count);
    all += run.count;
  }
  const kept = runs.filter((run) => run.count >= WEAK_LINES);
  if (kept.length > 0) return kept;
  const best = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0];
  if (!best || best[1] < WEAK_LINES || best[1] * 5 < all * 3) return [];
  return runs.filter((run) => run.offset === best[0]);
}

/** What the steps of local time between two runs say of a change from one offset to the other. */
export type Support =
  | { kind: 'step' | 'gap'; line: number; others: number[] }
  | { kind: 'reset'; line: number }
  | { kind: 'silent' }
  | { kind: 'contradicted' };

/**
 * A change to a zone further east makes local time jump ahead by the difference; a change to one further west makes it step
 * back, unless the file was silent meanwhile: then it is somewhere in a gap. Of several steps that fit, the one nearest to
 * the difference is taken, of several gaps the longest.
 */
export function support(before: number, after: number, jumps: readonly Jump[]): Support {
  const delta = (after - before) * MINUTE_US;
  const reset = jumps.find((jump) => jump.step < -RESET_US && jump.step < delta - JITTER_US);
  const fitting = jumps
    .filter((jump) => jump.step >= delta - JITTER_US && (delta > 0 || jump.step < -MINUTE_US))
    .sort((a, b) => a.step - b.step || a.line - b.line);
  const best = fitting[0];
  if (best && (delta > 0 || !reset)) {
    const others = fitting
      .slice(1)
      .filter((jump) => delta > 0 || jump.step <= delta / 2)
      .map((jump) => jump.line);
    return { kind: 'step', line: best.line, others };
  }
  if (reset) return { kind: 'reset', line: reset.line };
  if (delta > 0) return { kind: 'contradicted' };
  const gaps = jumps.filter((jump) => jump.step >= GAP_US).sort((a, b) => b.step - a.step || a.line - b.line);
  if (gaps[0]) return { kind: 'gap', line: gaps[0].line, others: gaps.slice(1).map((jump) => jump.line) };
  return { kind: 'silent' };
}

/** A run that takes part, and where its lines begin. */
export interface Stretch extends Run {
  /** First line that is read with this offset; the lines from `openFrom` up to `openTo` are in doubt. */
  from: number;
  openFrom: number;
  openTo: number;
  how: Support['kind'] | 'first';
}

/**
 * Which runs of a file are followed. A run that its surroundings contradict, or that stands alone among many that say
 * otherwise, is a stray: a copied or forged line moves nothing.
 */
export async function followedRuns(
  joined: readonly Run[],
  jumpsBetween: (a: Run, b: Run) => Promise<Jump[]>,
): Promise<{ stretches: Stretch[]; strays: Run[] }> {
  let runs = joined.map((run) => ({ ...run }));
  const strays: Run[] = [];
  const known = new Map<string, Support>();
  for (;;) {
    const supports: Support[] = [];
    for (let i = 1; i < runs.length; i++) {
      const [a, b] = [runs[i - 1]!, runs[i]!];
      const key = `${a.lastLine} ${a.offset} ${b.firstLine} ${b.offset}`;
      let found = known.get(key);
      if (!found) {
        found = support(a.offset, b.offset, await jumpsBetween(a, b));
        known.set(key, found);
      }
      supports.push(found);
    }
    const stray = strayOf(runs, supports);
    if (stray === -1) {
      const stretches = runs.map((run, i): Stretch => {
        const how = supports[i - 1];
        if (!how) return { ...run, from: 1, openFrom: 1, openTo: 1, how: 'first' };
        const earlier = runs[i - 1]!.lastLine + 1;
        if (how.kind === 'step' || how.kind === 'gap') {
          const lines = [how.line, ...how.others];
          return {
            ...run,
            from: how.line,
            openFrom: Math.min(...lines),
            openTo: Math.max(...lines),
            how: how.kind,
          };
        }
        if (how.kind === 'reset')
          return { ...run, from: how.line, openFrom: how.line, openTo: how.line, how: 'reset' };
        return {
          ...run,
          from: run.firstLine,
          openFrom: earlier,
          openTo: run.firstLine,
          how: how.kind,
        };
      });
      return { stretches, strays };
    }
    strays.push(...runs.splice(stray, 1));
    runs = joinRuns(runs);
  }
}

/** Index of the run that is followed least of all, -1 when all are. */
function strayOf(runs: readonly Run[], supports: readonly Support[]): number {
  let stray = -1;
  const weaker = (i: number) => {
    if (stray === -1 || runs[i]!.count < runs[stray]!.count) stray = i;
  };
  supports.forEach((found, i) => {
    if (found.kind === 'contradicted') weaker(runs[i]!.count < runs[i + 1]!.count ? i : i + 1);
  });
  if (stray !== -1) return stray;
  for (let i = 0; i < runs.length; i++) {
    const run = runs[i]!;
    const [left, right] = [runs[i - 1], runs[i + 1]];
    const sure = (found: Support | undefined) =>
      found === undefined || (found.kind !== 'silent' && found.kind !== 'gap');
    if (sure(supports[i - 1]) && sure(supports[i])) continue;
    if (left && right && left.offset === right.offset) {
      if (run.count < 20 || run.count * 4 < Math.min(left.count, right.count)) weaker(i);
    } else if (run.count < 3) {
      const neighbour = Math.max(left?.count ?? 0, right?.count ?? 0);
      if (neighbour > run.count) weaker(i);
    }
  }
  return stray;
}

/** What a file says of the time it covers, for the files beside it. */
export interface Witness {
  offset: number;
  from: number; // UTC
  to: number;
  count: number;
  file: number;
}

interface Spell extends Witness {
  files: Set<number>;
}

/** The history that several files give together; null for none. `disagree`: it does not hold for sure of other files. */
export function together(witnesses: readonly Witness[]): { history: History; disagree: boolean } | null {
  const spans: Spell[] = [];
  let disagree = false;
  for (const w of [...witnesses].sort(
    (a, b) => a.from - b.from || b.count - a.count || a.offset - b.offset,
  )) {
    let next: Spell | null = { ...w, files: new Set([w.file]) };
    while (next) {
      const last = spans.at(-1);
      if (last && last.offset === next.offset) {
        last.to = Math.max(last.to, next.to);
        last.count += next.count;
        last.files.add(next.file);
        next = null;
      } else if (last && next.from <= last.to) {
        disagree = true;
        if (next.count <= last.count) {
          next = null;
        } else spans.pop();
      } else {
        spans.push(next);
        next = null;
      }
    }
  }
  if (spans.length === 0) return null;
  // a short stay between two long ones of the same offset is not believed of other files
  for (let i = 1; i + 1 < spans.length; ) {
    const [a, b, c] = [spans[i - 1]!, spans[i]!, spans[i + 1]!];
    if (a.offset === c.offset && b.count * 10 < Math.min(a.count, c.count)) {
      spans.splice(i - 1, 3, {
        ...a,
        to: c.to,
        count: a.count + c.count,
        files: new Set([...a.files, ...c.files]),
      });
    } else i++;
  }
  // a change that no file shows on both sides, and single lines on one, may be of two machines or of two processes
  for (let i = 1; i < spans.length; i++) {
    const [a, b] = [spans[i - 1]!, spans[i]!];
    if (Math.min(a.count, b.count) < 2 && ![...a.files].some((file) => b.files.has(file))) disagree = true;
  }
  const offsets = spans.map((span) => span.offset);
  const switches = spans.slice(1).map((span, i): Switch => {
    const earlier = spans[i]!;
    return {
      low: earlier.to,
      high: Math.max(span.from, earlier.to),
      before: earlier.offset,
      after: span.offset,
    };
  });
  return { history: { offsets, switches }, disagree };
}

/** Offset of a history at a moment in UTC; of an open stretch the earlier one. */
export function offsetAt(history: History, at: number): number {
  let offset = history.offsets[0]!;
  for (const change of history.switches) if (at >= change.high) offset = change.after;
  return offset;
}

/**
 * The local times that a change leaves open, `from` to `to`, both included: those that would be right before it as well as
 * after it. `skipped`: local times that no moment has, where the clock was put forward.
 */
export function openWalls(change: Switch): { from: number; to: number; skipped: boolean } {
  const first = change.low + change.after * MINUTE_US;
  const last = change.high + change.before * MINUTE_US;
  return first <= last ? { from: first, to: last, skipped: false } : { from: last, to: first, skipped: true };
}
