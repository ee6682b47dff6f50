// How the palette ranks what it offers.
import { expect, test } from 'vitest';
import { match } from '../../../renderer/src/shell/match.ts';

test('the whole name beats its beginning, which beats a word in it, which beats scattered letters', () => {
  const scores = ['events', 'events of a node', 'all events', 'every next step'].map((word) =>
    match('events', word),
  );
  expect(scores.toSorted((a, b) => b - a)).toEqual(scores);
});

test('letters that are not there in order do not match', () => {
  expect(match('xyz', 'events')).toBe(0);
  expect(match('se', 'es')).toBe(0);
});
