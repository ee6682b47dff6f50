import { describe, expect, it } from 'vitest';
import { regexNeedles } from '../../../electron/engine/detect/sigma/regex-needles.ts';

/** Takes the set whose shortest text is longest, as a stand-in for the rarest. */
const longest = (sets: string[][]): string[] | null =>
  sets.reduce<string[] | null>((best, set) => {
    const least = (list: string[]) => Math.min(...list.map((text) => text.length));
    return best === null || least(set) > least(best) ? set : best;
  }, null);

describe('texts that a regular expression needs', () => {
  it.each<[string, string[] | null]>([
    ['abc', ['abc']],
    ['ABC', ['abc']],
    ['a', null],
    ['abc.defg', ['defg']],
    ['^abc$', ['abc']],
    ['abc|def', ['abc', 'def']],
    ['abc|d', null],
    ['abc|.*', null],
    ['(?:abc|defg)\\d+', ['abc', 'defg']],
    ['(abc)?', null],
    ['(abc)*xyz', ['xyz']],
    ['(abc)+', ['abc']],
    ['(abc){0,3}', null],
    ['(abc){2}', ['abc']],
    ['abcd?', ['abc']],
    ['abcd*efg', ['abc']],
    ['abcd+', ['abcd']],
    ['abc{', ['abc{']],
    ['a[b]cd', ['cd']],
    ['x[.]yz', ['x.yz']],
    ['[abc]def', ['def']],
    ['[^]]def', ['def']],
    ['[]a]def', ['def']],
    ['[[:alpha:]]def', ['def']],
    ['[\\]]def', ['def']],
    ['a\\.bc', ['a.bc']],
    ['\\bword\\b', ['word']],
    ['\\x41bcd', ['bcd']],
    ['\\pLabc', ['abc']],
    ['\\p{Greek}abc', ['abc']],
    ['\\Qa.b\\Ecd', null],
    ['(?i)socat', ['ſocat']],
    ['(?i)ask', ['aſk']],
    ['(?i:ask)abcd', ['abcd']],
    ['a(?i)skx', ['aſkx']],
    ['(?i)(?-i:socat)', ['socat']],
    ['(?P<name>abcd)', ['abcd']],
    ['(?<name>abcd)', ['abcd']],
    ['(?s)a.bcd', ['bcd']],
    ['été abc', [' abc']],
    ['(?=abc)', null],
    ['(abc', null],
    ['abc)', null],
    ['[abc', null],
    ['*abc', null],
    ['', null],
  ])('%s', (pattern, needed) => {
    expect(regexNeedles(pattern, longest)).toEqual(needed);
  });
});
