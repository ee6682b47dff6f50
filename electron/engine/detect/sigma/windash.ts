// windash: a dash or slash before a word may be written as any of five characters, and may be any of them in the rule.
import type { Part } from './text-value.ts';

/** Hyphen, slash, en dash, em dash, horizontal bar. */
export const DASHES = '-/\u2013\u2014\u2015';
const BEFORE_WORD = /(?<![\p{L}\p{N}_])[-/\u2013\u2014\u2015](?=[\p{L}\p{N}_])/gu;

/** Puts one of the five in place of each of them that stands before a word and not behind one. */
export function dashed(parts: Part[]): Part[] {
  return parts.flatMap((part): Part[] => {
    if (typeof part !== 'object' || !('text' in part)) return [part];
    const made: Part[] = [];
    let from = 0;
    for (const { index } of part.text.matchAll(BEFORE_WORD)) {
      if (index > from) made.push({ text: part.text.slice(from, index) });
      made.push({ oneOf: DASHES });
      from = index + 1;
    }
    if (from < part.text.length) made.push({ text: part.text.slice(from) });
    return made;
  });
}

/** Every way to write the parts without a choice; null when there are more than `most`. */
export function written(parts: Part[], most: number): Part[][] | null {
  let ways: Part[][] = [[]];
  for (const part of parts) {
    const choices: Part[] =
      typeof part === 'object' && 'oneOf' in part ? [...part.oneOf].map((text) => ({ text })) : [part];
    if (ways.length * choices.length > most) return null;
    ways = ways.flatMap((way) => choices.map((choice) => [...way, choice]));
  }
  return ways;
}
