// What a verification gathers: problems and what could not be checked, each a sentence with the name it is about.
import type { VerifyResult } from '../../../shared/api-custody.ts';

export type Problem = VerifyResult['problems'][number];

/** Sentences of one kind that are listed one by one; the rest is counted. */
const LISTED = 1_000;

export class Gathered {
  readonly problems: Problem[] = [];
  readonly unchecked: string[] = [];
  readonly #more = new Map<Problem['what'], number>();
  #counts = new Map<Problem['what'], number>();

  problem(what: Problem['what'], name: string, sentence: string): void {
    const count = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, count);
    if (count <= LISTED) this.problems.push({ what, name, sentence });
    else this.#more.set(what, (this.#more.get(what) ?? 0) + 1);
  }

  /** How many of a kind there are, listed or not. */
  count(what: Problem['what']): number {
    return this.#counts.get(what) ?? 0;
  }

  /** All problems; of a kind with too many to list, the last one says how many more there are. */
  all(): Problem[] {
    const more = [...this.#more].map(
      ([what, n]): Problem => ({
        what,
        name: 'more',
        sentence: `${n.toLocaleString('en')} more of this kind are not listed.`,
      }),
    );
    return [...this.problems, ...more];
  }
}

export interface Watch {
  signal: AbortSignal;
  /** Bytes that were looked at since the last call, and at what. */
  progress(bytes: number, phase: string): void;
}

export const plural = (n: number, word: string): string =>
  `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`;
