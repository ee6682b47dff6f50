// What a message says: rules found by the first four characters of the message, then by its text.

import type { Member } from './kind.ts';
import { means } from './kind.ts';
import type { Draft } from './record.ts';
import { standsAt } from './text.ts';

export interface Meaning {
  /** The message starts with this; or, when `within` is set, holds that text as well (or instead, when `starts` is ''). */
  starts: string;
  within?: string;
  category: string;
  action: string;
  outcome: string;
  /** Takes out what the message names. */
  read?(message: string, draft: Draft, member: Member): void;
}

/** Short form of a meaning: starts, category/action/outcome, reader; `…` in the text parts start and inner text. */
export function says(pattern: string, what: string, read?: Meaning['read']): Meaning {
  const [starts = '', within] = pattern.split('…');
  const [category = '', action = '', outcome = ''] = what.split('/');
  const meaning: Meaning = { starts, category, action, outcome };
  if (within !== undefined && within !== '') meaning.within = within;
  if (read) meaning.read = read;
  return meaning;
}

/** The first four units of a text as one number. */
function keyOf(text: string): number {
  return (
    (text.charCodeAt(0) << 24) ^ (text.charCodeAt(1) << 16) ^ (text.charCodeAt(2) << 8) ^ text.charCodeAt(3)
  );
}

/** Meanings that start with the same four units, and the unit that their start ends with: it tells most of them apart. */
interface Bucket {
  meanings: Meaning[];
  lastAt: number[];
  last: number[];
}

export class Lexicon {
  #byStart = new Map<number, Bucket>();
  #anywhere: Meaning[] = [];

  constructor(meanings: readonly Meaning[]) {
    for (const meaning of meanings) {
      if (meaning.starts === '') {
        this.#anywhere.push(meaning);
        continue;
      }
      if (meaning.starts.length < 4)
        throw new Error(`a meaning needs four characters to start with: ${meaning.starts}`);
      const key = keyOf(meaning.starts);
      const bucket = this.#byStart.get(key) ?? { meanings: [], lastAt: [], last: [] };
      this.#byStart.set(key, bucket);
      bucket.meanings.push(meaning);
      bucket.lastAt.push(meaning.starts.length - 1);
      bucket.last.push(meaning.starts.charCodeAt(meaning.starts.length - 1));
    }
  }

  /** Sets category, action and outcome of the first meaning that fits; `wide` also tries those that may stand anywhere. */
  apply(message: string, draft: Draft, member: Member, wide: boolean): boolean {
    const bucket = this.#byStart.get(keyOf(message));
    if (bucket) {
      const { meanings, lastAt, last } = bucket;
      for (let i = 0; i < meanings.length; i++) {
        if (message.charCodeAt(lastAt[i] as number) !== last[i]) continue;
        const meaning = meanings[i] as Meaning;
        if (!standsAt(message, meaning.starts, 0)) continue;
        if (meaning.within !== undefined && message.indexOf(meaning.within) === -1) continue;
        means(draft, meaning.category, meaning.action, meaning.outcome);
        meaning.read?.(message, draft, member);
        return true;
      }
    }
    if (!wide) return false;
    for (const meaning of this.#anywhere) {
      if (message.indexOf(meaning.within as string) === -1) continue;
      means(draft, meaning.category, meaning.action, meaning.outcome);
      meaning.read?.(message, draft, member);
      return true;
    }
    return false;
  }
}

/** Text between two marks, '' when either is missing. */
export function between(text: string, before: string, after: string, from = 0): string {
  const a = text.indexOf(before, from);
  if (a === -1) return '';
  const start = a + before.length;
  const b = after === '' ? text.length : text.indexOf(after, start);
  return b === -1 ? '' : text.slice(start, b);
}

/** The run of non-blank characters after a mark, without a closing comma, semicolon or full stop. */
export function wordAfter(text: string, before: string, from = 0): string {
  const a = text.indexOf(before, from);
  return a === -1 ? '' : wordAt(text, a + before.length);
}

export function wordAt(text: string, start: number): string {
  let end = text.indexOf(' ', start);
  if (end === -1) end = text.length;
  while (end > start) {
    const c = text.charCodeAt(end - 1);
    if (c === 44 || c === 59 || c === 46 || c === 58 || c === 41 || c === 10 || c === 13) end--;
    else break;
  }
  return text.slice(start, end);
}
