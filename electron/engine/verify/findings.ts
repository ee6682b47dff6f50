// What a verification gathers: problems and what could not be checked, each a sentence with the name it is about.
import type { VerifyResult } from '../../../shared/api-custody.ts';
import { CaseError } from '../case/errors.ts';

export type Problem = VerifyResult['problems'][number];

/** Sentences of one kind that are listed one by one; the rest is counted. */
const LISTED = 1_000;

export class Gathered {
  readonly problems: Problem[] = [];
  readonly unchecked: string[] = [];
  readonly #more = new Map<Problem['what'], number>();
  #unreadable = false;
  #counts = new Map<Problem['what'], number>();

  problem(what: Problem['what'], name: string, sentence: string): void {
    const count = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, count);
    if (count <= LISTED) this.problems.push({ what, name, sentence });
    else this.#more.set(what, (this.#more.get(what) ?? 0) + 1);
  }

  /** The database can't be read: what else could not be looked at follows from it. */
  unreadable(why: string): void {
    if (this.#unreadable) return;
    this.#unreadable = true;
    this.problem(
      'database',
      'case.duckdb',
      `The database can't be read: ${why.slice(0, 300)}. Its file was damaged or changed; the evidence in the case can be taken in anew.`,
    );
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

/** Reads from the database; where that fails the database is damaged, which is said once, and `otherwise` stands. */
export async function readable<T>(
  gathered: Gathered,
  signal: AbortSignal,
  read: () => Promise<T>,
  otherwise: T,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (signal.aborted || error instanceof CaseError) throw error;
    gathered.unreadable(error instanceof Error ? error.message.split('\n')[0]! : String(error));
    return otherwise;
  }
}

export interface Watch {
  signal: AbortSignal;
  /** Bytes that were looked at since the last call, and at what. */
  progress(bytes: number, phase: string): void;
}

/** In their order, by key; without those that have none. */
export function grouped<T>(all: readonly T[], keyOf: (each: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const key = keyOf(each);
    if (key === null) continue;
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  return groups;
}

export const plural = (n: number, word: string): string =>
  `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`;
