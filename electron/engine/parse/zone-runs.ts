// What a file shows of its zones, kept as runs of lines in file order: so that a change inside the file can be found later.
import type { ZoneEvidence } from './record.ts';

/** What showed an offset. The words are read by the responder; derive/ tells them apart by being the same. */
export const ZONE_WHY = {
  access: 'access lines state their offset',
  lines: 'other lines of the same process state their offset',
  epoch: 'JSON lines state local time and seconds of the epoch',
  carrier: 'the carrier of the line states the time in UTC',
  crash: 'a crash states its time in seconds of the epoch',
  journal: "the journal's banner names its zone",
  audit: 'audit lines state their time in UTC',
  /** Neighbouring lines may be of different moments: it takes several that agree. */
  beside: 'lines beside them state their zone',
} as const;

/** More runs than this are thinned out; honest files have a handful. */
const MOST_RUNS = 256;
const MOST_WRITERS = 32;
/** Zones lie between 12 hours west and 14 east. */
const FURTHEST_MINUTES = 15 * 60;

export class ZoneRuns {
  #runs: ZoneEvidence[] = [];
  /** The open run of each writer and reason. */
  #open: ZoneEvidence[] = [];
  #last: ZoneEvidence | null = null;

  add(offsetMinutes: number, wallUs: number, why: string, writer: string, line: number): void {
    let run = this.#last;
    if (run === null || run.writer !== writer || run.why !== why || run.offsetMinutes !== offsetMinutes) {
      if (!(Math.abs(offsetMinutes) <= FURTHEST_MINUTES) || Number.isNaN(wallUs)) return;
      const at = this.#open.findIndex((open) => open.writer === writer && open.why === why);
      run = this.#open[at] ?? null;
      if (run?.offsetMinutes !== offsetMinutes) {
        if (run === null && this.#open.length >= MOST_WRITERS) return;
        run = {
          offsetMinutes,
          count: 0,
          firstLine: line,
          lastLine: line,
          firstWall: wallUs,
          lastWall: wallUs,
          why,
          writer,
        };
        this.#open[at === -1 ? this.#open.length : at] = run;
        this.#runs.push(run);
        if (this.#runs.length > MOST_RUNS) this.#thin();
      }
      this.#last = run;
    }
    run.count++;
    run.lastLine = line;
    run.lastWall = wallUs;
  }

  get runs(): ZoneEvidence[] {
    return this.#runs.map((run) => ({ ...run })).sort((a, b) => a.firstLine - b.firstLine);
  }

  /** Drops the shortest runs and joins what then stands together; runs that are still open stay. */
  #thin(): void {
    for (let least = 1; this.#runs.length > MOST_RUNS / 2; least *= 2) {
      const kept: ZoneEvidence[] = [];
      const before = new Map<string, ZoneEvidence>();
      for (const run of this.#runs) {
        const open = this.#open.includes(run);
        if (run.count <= least && !open) continue;
        const key = `${run.writer}\n${run.why}`;
        const earlier = before.get(key);
        if (earlier && earlier.offsetMinutes === run.offsetMinutes) {
          earlier.count += run.count;
          earlier.lastLine = run.lastLine;
          earlier.lastWall = run.lastWall;
          if (open) {
            this.#open[this.#open.indexOf(run)] = earlier;
            if (this.#last === run) this.#last = earlier;
          }
          continue;
        }
        before.set(key, run);
        kept.push(run);
      }
      this.#runs = kept;
    }
  }
}
