// The lens: what can be done to it, its history, and its words.
import { describe, expect, test } from 'vitest';
import { chips } from '../../../renderer/src/lens/chips.ts';
import { back, forward, START, visit } from '../../../renderer/src/lens/history.ts';
import {
  EMPTY,
  isEmpty,
  lensKey,
  negated,
  toggled,
  withOnly,
  withoutRange,
  withoutTerm,
  withoutValue,
  withRange,
  withText,
  withValue,
} from '../../../renderer/src/lens/operations.ts';
import type { Lens } from '../../../shared/api.ts';

describe('narrowing', () => {
  test('a second value of the same field is added to the same term', () => {
    const lens = withValue(withValue(EMPTY, 'node', 'a'), 'node', 'b');
    expect(lens.terms).toEqual([{ field: 'node', values: ['a', 'b'], not: false }]);
  });
  test('two entities are two terms, for an event may mention both', () => {
    const lens = withValue(withValue(EMPTY, 'entity', 'ip:1.2.3.4'), 'entity', 'user:eve');
    expect(lens.terms).toHaveLength(2);
  });
  test('a value that was included and is now excluded leaves its old term', () => {
    const lens = withValue(withValue(EMPTY, 'level', 'debug'), 'level', 'debug', true);
    expect(lens.terms).toEqual([{ field: 'level', values: ['debug'], not: true }]);
  });
  test('the same value twice changes nothing', () => {
    const lens = withValue(EMPTY, 'node', 'a');
    expect(withValue(lens, 'node', 'a')).toBe(lens);
  });
  test('a term that loses its last value is gone', () => {
    expect(withoutValue(withValue(EMPTY, 'node', 'a'), 'node', 'a').terms).toEqual([]);
  });
  test('"no value" is a value like others', () => {
    const lens = withValue(EMPTY, 'level', null);
    expect(lens.terms[0]?.values).toEqual([null]);
    expect(toggled(lens, 'level', null).terms).toEqual([]);
  });
  test('setting a field to one value leaves the other fields', () => {
    const lens = withOnly(withValue(withValue(EMPTY, 'node', 'a'), 'system', 'ray'), 'node', ['b']);
    expect(lens.terms.map((t) => [t.field, t.values])).toEqual([
      ['system', ['ray']],
      ['node', ['b']],
    ]);
  });
  test('a term can be turned round and taken off by its place', () => {
    const lens = withValue(withValue(EMPTY, 'node', 'a'), 'system', 'ray');
    expect(negated(lens, 1).terms[1]?.not).toBe(true);
    expect(withoutTerm(lens, 0).terms.map((t) => t.field)).toEqual(['system']);
  });
});

describe('time and text', () => {
  test('bounds are put in order and never enclose nothing', () => {
    expect(withRange(EMPTY, 20, 10)).toMatchObject({ from: 10, to: 20 });
    expect(withRange(EMPTY, 10, 10)).toMatchObject({ from: 10, to: 11 });
  });
  test('bounds are whole microseconds, as the contract asks', () => {
    expect(withRange(EMPTY, 10.4, 19.6)).toMatchObject({ from: 10, to: 20 });
  });
  test('a range that is taken off leaves no empty keys behind', () => {
    expect(Object.keys(withoutRange(withRange(EMPTY, 1, 2)))).toEqual(['terms']);
  });
  test('empty text is no text', () => {
    expect(isEmpty(withText(withText(EMPTY, 'x'), ''))).toBe(true);
  });
  test('equal selections have equal keys whatever order their keys were set in', () => {
    const a: Lens = { text: 'x', from: 1, terms: [] };
    const b: Lens = { terms: [], from: 1, text: 'x' };
    expect(lensKey(a)).toBe(lensKey(b));
    expect(lensKey(a)).not.toBe(lensKey(withText(a, 'y')));
  });
});

describe('history', () => {
  const one = withValue(EMPTY, 'node', 'a');
  const two = withText(one, 'denied');
  test('back and forward walk the same way', () => {
    const h = visit(visit(START, one), two);
    expect(back(h).present).toEqual(one);
    expect(forward(back(h)).present).toEqual(two);
  });
  test('the same selection again is no step', () => {
    const h = visit(START, one);
    expect(visit(h, withValue(EMPTY, 'node', 'a'))).toBe(h);
  });
  test('a new step after going back forgets what was ahead', () => {
    const h = visit(back(visit(visit(START, one), two)), withText(EMPTY, 'other'));
    expect(h.future).toEqual([]);
    expect(forward(h)).toBe(h);
  });
  test('before the first and after the last there is nothing', () => {
    expect(back(START)).toBe(START);
    expect(forward(START)).toBe(START);
  });
});

describe('chips', () => {
  test('each condition is one chip in words', () => {
    const lens = withValue(
      withValue(
        withText(withRange(EMPTY, 1_763_647_320_000_000, 1_763_649_060_000_000), 'denied'),
        'level',
        'debug',
        true,
      ),
      'entity',
      'celery_task:ab:c',
    );
    expect(chips(lens).map((c) => c.label)).toEqual([
      '2025-11-20 14:02:00 – 14:31:00',
      '“denied”',
      'not level: debug',
      'celery task ab:c',
    ]);
  });
  test('many values are cut to two and a count', () => {
    const lens = withOnly(EMPTY, 'node', ['a', 'b', 'c', 'd']);
    expect(chips(lens)[0]?.label).toBe('node: a or b or 2 more');
  });
});
