// What a change of zone or clock is said to do, before it is done.
import { expect, test } from 'vitest';
import { clockPreview, evidenceWords, zoneMinutes } from '../../../renderer/src/format/clock-preview.ts';
import type { NodeRow } from '../../../shared/api.ts';

const node: NodeRow = {
  node: 'celery-1',
  systems: ['celery'],
  roles: [],
  addresses: [],
  zone: '-05:00',
  zoneBasis: 'file_zone',
  clockOffsetUs: 60_000_000,
  offsetBasis: null,
  offsetConfidence: null,
  zoneFound: '-05:00',
  zoneSet: null,
  offsetFoundUs: 60_000_000,
  offsetFoundBasis: 'pairs',
  offsetSetUs: null,
  offsetLowUs: null,
  offsetHighUs: null,
  files: 1,
  events: 1200,
  firstTs: Date.UTC(2026, 10, 20, 12) * 1000,
  lastTs: Date.UTC(2026, 10, 20, 13) * 1000,
};

test('a change of the offset says by how much all events move, and where the first will stand', () => {
  expect(clockPreview(node, 1200, null, 480_000_000)).toEqual([
    'All 1,200 events of celery-1 move 7 m 00 s later: the first, at 2026-11-20 12:00:00 now, will stand at 2026-11-20 12:07:00. Logged times stay.',
  ]);
  expect(clockPreview(node, 1200, null, 0)[0]).toContain('1 m 00 s earlier');
});

test('a change of the zone says which events are read anew and how far they move', () => {
  expect(clockPreview(node, 900, 'UTC', null)).toEqual([
    '900 events whose lines state no zone will be read as UTC, on all stretches, instead of as the evidence says.',
    'Where they are read as -05:00 now, they move by −5 h 00 m.',
  ]);
  expect(clockPreview(node, 900, 'America/New_York', null)[1]).toContain('summer time');
  expect(clockPreview(node, 0, 'UTC', null)).toEqual([
    'Every line of celery-1 states its zone: nothing moves.',
  ]);
});

test('nothing changed is nothing said; the way back is told', () => {
  expect(clockPreview(node, 900, null, null)).toEqual([]);
  expect(evidenceWords(node)).toBe('The evidence says: zone -05:00; +1 m 00 s.');
  expect([zoneMinutes('+05:30'), zoneMinutes('UTC'), zoneMinutes('Asia/Tokyo')]).toEqual([330, 0, null]);
});
