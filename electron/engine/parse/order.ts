// Order and neighbours: hands records on in the order of the file, marks those whose time runs backwards, dates those without one.
import { clearDraft } from './kind.ts';
import { Draft, type RecordSink, TS_KIND, type TsKind } from './record.ts';
import { SECOND_US } from './time.ts';

/** Threads and processes that share a file may write this much behind each other. */
const SLACK = 2 * SECOND_US;
/** A record further ahead than this is believed when the next one agrees. */
const AHEAD = 10 * SECOND_US;
/** So many records in a row make a step back the file's own: a clock set back, an older file appended. */
const STEP = 20;
/** Records held back at most. */
const MAX_HELD = 500;
const MAX_LEADING = 2000;
/** Bytes of text in them at most. */
const MAX_HELD_BYTES = 32 << 20;

/** Times that state a zone and those that don't are clocks of their own. */
class Clock {
  latest = Number.NaN;
  /** The file runs from new to old, as answers of a store do. */
  falling = false;
}

export class Order {
  /** Records marked as out of order; records whose line is not the file's own. */
  outOfOrder = 0;
  foreign = 0;
  #sink: RecordSink;
  #clocks = [new Clock(), new Clock()];
  #neighbour = Number.NaN;
  #neighbourKind: TsKind = TS_KIND.none;
  #held: Draft[] = [];
  #heldBytes = 0;
  #pool: Draft[] = [];
  /** What is held back: nothing, records before the first dated one, one far ahead, a run behind the others. */
  #waits: '' | 'leading' | 'ahead' | 'behind' = 'leading';
  #clock = this.#clocks[0] as Clock;
  #ahead = Number.NaN;
  /** Of the run behind: where the step that may be real began, its latest time, how many follow it, how many fall. */
  #stepAt = 0;
  #stepLatest = Number.NaN;
  #stepCount = 0;
  #fallCount = 0;

  constructor(sink: RecordSink) {
    this.#sink = sink;
  }

  /** Takes a finished record; gives back the draft to fill next. `ordered` is false where the order proves nothing. */
  add(draft: Draft, ordered: boolean): Draft {
    const t = draft.tsWall;
    const kind = draft.tsKind;
    const dated = kind !== TS_KIND.none && !Number.isNaN(t);
    if (this.#waits === '') {
      if (dated && !draft.foreign) {
        const clock = this.#clocks[kind === TS_KIND.absolute ? 0 : 1] as Clock;
        const latest = clock.latest;
        if ((t >= latest - SLACK && t <= latest + AHEAD) || !ordered || Number.isNaN(latest)) {
          if (!(t <= latest)) clock.latest = t;
          return this.#pass(draft, true);
        }
        return this.#doubt(draft, clock);
      }
      if (dated) {
        const { latest } = this.#clocks[kind === TS_KIND.absolute ? 0 : 1] as Clock;
        if (ordered && t < latest - SLACK) mark(draft, latest - t);
      }
      return this.#pass(draft, dated);
    }
    return this.#wait(draft, dated, ordered);
  }

  end(): void {
    if (this.#waits === 'behind') this.#outliers();
    else this.#release(this.#held.length);
    this.#waits = '';
  }

  #pass(draft: Draft, dated: boolean): Draft {
    this.#hand(draft, dated);
    clearDraft(draft);
    return draft;
  }

  /** Hands a record on; one without a time takes that of its neighbour. */
  #hand(draft: Draft, dated: boolean): void {
    if (draft.foreign) this.foreign++;
    if (!dated) {
      draft.tsKind = TS_KIND.none;
      draft.tsWall = Number.NaN;
      if (this.#neighbourKind !== TS_KIND.none) {
        draft.tsWall = this.#neighbour;
        draft.tsKind = this.#neighbourKind;
      }
    } else if (!draft.foreign) {
      this.#neighbour = draft.tsWall;
      this.#neighbourKind =
        draft.tsKind === TS_KIND.absolute ? TS_KIND.neighbourAbsolute : TS_KIND.neighbourWall;
    }
    this.#sink.record(draft);
  }

  /** A record far ahead of the others, or behind them. */
  #doubt(draft: Draft, clock: Clock): Draft {
    const t = draft.tsWall;
    this.#clock = clock;
    if (t > clock.latest) {
      if (clock.falling) {
        clock.falling = false;
        clock.latest = t;
        return this.#pass(draft, true);
      }
      this.#waits = 'ahead';
      this.#ahead = t;
    } else {
      if (clock.falling) {
        clock.latest = t;
        return this.#pass(draft, true);
      }
      this.#waits = 'behind';
      this.#stepAt = 0;
      this.#stepLatest = t;
      this.#stepCount = 1;
      this.#fallCount = 1;
    }
    return this.#hold(draft);
  }

  #hold(draft: Draft): Draft {
    this.#held.push(draft);
    this.#heldBytes += draft.message.length + draft.fields.length;
    return this.#pool.pop() ?? new Draft();
  }

  #room(records: number): boolean {
    return this.#held.length < records && this.#heldBytes < MAX_HELD_BYTES;
  }

  #wait(draft: Draft, dated: boolean, ordered: boolean): Draft {
    if (this.#waits === 'leading') {
      if (!dated || draft.foreign) {
        if (this.#room(MAX_LEADING)) return this.#hold(draft);
        this.#release(this.#held.length);
        this.#waits = '';
        return this.add(draft, ordered);
      }
      // Records before the first dated one take its time.
      this.#neighbour = draft.tsWall;
      this.#neighbourKind =
        draft.tsKind === TS_KIND.absolute ? TS_KIND.neighbourAbsolute : TS_KIND.neighbourWall;
      this.#release(this.#held.length);
      this.#waits = '';
      return this.add(draft, ordered);
    }
    const clock = this.#clock;
    const own =
      dated && !draft.foreign && (draft.tsKind === TS_KIND.absolute) === (clock === this.#clocks[0]);
    if (!own || !ordered) {
      if (this.#room(MAX_HELD)) return this.#hold(draft);
      this.#settle();
      return this.add(draft, ordered);
    }
    const t = draft.tsWall;
    if (this.#waits === 'ahead') {
      if (t >= this.#ahead - SLACK || this.#ahead - t < t - clock.latest) this.#settle();
      else {
        // The next record knows nothing of that time.
        this.#mark(this.#held[0] as Draft, clock.latest - this.#ahead, true);
        this.#release(this.#held.length);
        this.#waits = '';
      }
      return this.add(draft, ordered);
    }
    if (t >= clock.latest - SLACK) {
      this.#outliers();
      return this.add(draft, ordered);
    }
    if (t <= this.#stepLatest) this.#fallCount++;
    else this.#fallCount = 0;
    if (t >= this.#stepLatest - SLACK) {
      this.#stepCount++;
      if (t > this.#stepLatest) this.#stepLatest = t;
    } else {
      this.#stepAt = this.#held.length;
      this.#stepCount = 1;
      this.#stepLatest = t;
    }
    const next = this.#hold(draft);
    if (this.#stepCount >= STEP) this.#step();
    else if (this.#fallCount >= STEP) {
      this.#stepAt = 0;
      this.#step();
      clock.latest = t;
      clock.falling = true;
    } else if (!this.#room(MAX_HELD)) this.#outliers();
    return next;
  }

  /** The record far ahead is believed. */
  #settle(): void {
    if (this.#waits === 'ahead') {
      this.#clock.latest = this.#ahead;
      this.#release(this.#held.length);
      this.#waits = '';
    } else this.#outliers();
  }

  /** The run behind is the file's own from its step on: the step alone is marked, and what was before it. */
  #step(): void {
    const latest = this.#clock.latest;
    for (let i = 0; i <= this.#stepAt; i++)
      this.#markBehind(this.#held[i] as Draft, latest, i < this.#stepAt);
    this.#clock.latest = this.#stepLatest;
    this.#release(this.#held.length);
    this.#waits = '';
  }

  /** The run behind stays behind: all of it is marked. */
  #outliers(): void {
    for (const draft of this.#held) this.#markBehind(draft, this.#clock.latest, true);
    this.#release(this.#held.length);
    this.#waits = '';
  }

  #markBehind(draft: Draft, latest: number, outlier: boolean): void {
    if (draft.foreign || draft.tsKind === TS_KIND.none || Number.isNaN(draft.tsWall)) return;
    if ((draft.tsKind === TS_KIND.absolute) !== (this.#clock === this.#clocks[0])) return;
    this.#mark(draft, latest - draft.tsWall, outlier);
  }

  #mark(draft: Draft, behind: number, outlier: boolean): void {
    mark(draft, behind);
    this.outOfOrder++;
    if (!outlier) return;
    draft.foreign = true; // its time is none that a neighbour may take
    this.foreign--; // the line is the file's own all the same
  }

  #release(count: number): void {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    for (let i = 0; i < count; i++) {
      const draft = held[i] as Draft;
      this.#hand(draft, draft.tsKind !== TS_KIND.none && !Number.isNaN(draft.tsWall));
      clearDraft(draft);
      if (this.#pool.length < 64) this.#pool.push(draft);
    }
  }
}

/** Microseconds behind the latest time before it; ahead of what follows when negative. The fields are complete already. */
function mark(draft: Draft, behind: number): void {
  const member = `"tidemark.out_of_order":${behind}}`;
  draft.fields = draft.fields === '' ? `{${member}` : `${draft.fields.slice(0, -1)},${member}`;
}
