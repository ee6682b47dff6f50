import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Condition,
  parseCondition,
  positiveSelections,
} from '../../../electron/engine/detect/sigma/condition.ts';
import { Problems } from '../../../electron/engine/detect/sigma/problem.ts';

const NAMES = ['a', 'b', 'sel_1', 'sel_2', 'sel-x', '_hidden', 'filter_main'];

function read(text: string, names = NAMES) {
  const problems = new Problems();
  const condition = parseCondition(text, names, { line: 7, column: 14 }, problems);
  return { condition, problems: problems.list };
}

function truth(condition: Condition, on: ReadonlySet<string>): boolean {
  if (condition.is === 'selection') return on.has(condition.name);
  if (condition.is === 'not') return !truth(condition.of, on);
  return condition.is === 'and'
    ? condition.of.every((c) => truth(c, on))
    : condition.of.some((c) => truth(c, on));
}

const holds = (text: string, ...on: string[]): boolean => {
  const { condition, problems } = read(text);
  expect(problems).toEqual([]);
  return truth(condition!, new Set(on));
};

describe('the condition of a rule', () => {
  it('binds not before and before or', () => {
    expect(holds('a or b and sel_1', 'a')).toBe(true);
    expect(holds('a or b and sel_1', 'b')).toBe(false);
    expect(holds('not a and b', 'b')).toBe(true);
    expect(holds('not a and b')).toBe(false);
    expect(holds('not (a and b)', 'a')).toBe(true);
    expect(holds('not not a', 'a')).toBe(true);
    expect(holds('(a or b) and sel_1', 'a')).toBe(false);
  });

  it('resolves 1 of, any of, all of, them and patterns, leaving out names that begin with _', () => {
    expect(holds('1 of sel_*', 'sel_2')).toBe(true);
    expect(holds('any of sel_*', 'sel_2')).toBe(true);
    expect(holds('all of sel_*', 'sel_2')).toBe(false);
    expect(holds('all of sel_*', 'sel_1', 'sel_2')).toBe(true);
    expect(holds('1 of *_1', 'sel_1')).toBe(true);
    expect(holds('1 of them', '_hidden')).toBe(false);
    expect(read('1 of *hidden').condition).toBeNull();
    expect(holds('1 of _h*', '_hidden')).toBe(true);
    expect(holds('1 of sel-*', 'sel-x')).toBe(true);
    expect(holds('not 1 of filter_*', 'a')).toBe(true);
  });

  it.each([
    ['', 14, 'empty'],
    ['a and', 19, 'too early'],
    ['a AND b', 16, "write 'and'"],
    ['a or nope', 19, "no selection 'nope'"],
    ['1 of nope*', 19, 'matches no selection'],
    ['2 of sel_*', 14, "'2 of' is not Sigma"],
    ['(a or b', 21, "')' is missing"],
    ['a b', 16, 'not expected'],
    ['a)', 15, 'not expected'],
    ['sel_*', 14, "needs '1 of'"],
    ['a | count() > 5', 16, 'correlation rule'],
    ['a & b', 16, "'&'"],
    ['all of', 20, "needs 'them' or a pattern"],
    ['a or or b', 19, 'not expected'],
  ])('refuses %j with the column', (text, column, message) => {
    const { condition, problems } = read(text);
    expect(condition).toBeNull();
    expect(problems).toHaveLength(1);
    expect(problems[0]!.message).toContain(message);
    expect(problems[0]).toMatchObject({ line: 7, column });
  });

  it('refuses nesting without end rather than the process', () => {
    expect(read(`${'('.repeat(100_000)}a`).problems[0]!.message).toContain('nested');
    expect(read(`${'not '.repeat(100_000)}a`).condition).toEqual({ is: 'selection', name: 'a' });
  });

  it('says the same as a truth table for any expression', () => {
    const names = ['a', 'b', 'sel_1'];
    const tree = fc.letrec<{ node: string }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom(...names),
        tie('node').map((x) => `not ${x}`),
        fc.tuple(tie('node'), tie('node')).map(([x, y]) => `(${x} and ${y})`),
        fc.tuple(tie('node'), tie('node')).map(([x, y]) => `(${x} or ${y})`),
        fc.tuple(tie('node'), tie('node')).map(([x, y]) => `(${x}) and (${y})`),
      ),
    })).node;
    fc.assert(
      fc.property(tree, fc.subarray(names), (text, on) => {
        const js = text
          .replace(/\b(a|b|sel_1)\b/g, (n) => String(on.includes(n)))
          .replace(/\bnot\b/g, '!')
          .replace(/\band\b/g, '&&')
          .replace(/\bor\b/g, '||');
        expect(truth(read(text).condition!, new Set(on))).toBe(new Function(`return ${js}`)());
      }),
    );
  });

  it('knows which selections can make it true', () => {
    expect([...positiveSelections(read('a and not b and not (not sel_1)').condition!)]).toEqual([
      'a',
      'sel_1',
    ]);
  });
});
