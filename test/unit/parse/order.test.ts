// Order within a file: what is marked as out of order, what is not, and whose time undated lines take.
import { expect, test } from 'vitest';
import { Order } from '../../../electron/engine/parse/order.ts';
import { Draft, TS_KIND } from '../../../electron/engine/parse/record.ts';
import { checkTiling, fieldsOf, micros, read } from './reading.ts';

/** A registry line at so many seconds after noon. */
const at = (seconds: number, msg = 'x'): string =>
  `time="${new Date(Date.UTC(2026, 10, 20, 12) + seconds * 1000).toISOString()}" level=info msg=${msg}`;
const celery = (seconds: number, msg = 'x'): string =>
  `[${new Date(Date.UTC(2026, 10, 20, 12) + seconds * 1000).toISOString().slice(0, 23).replace('T', ' ').replace('.', ',')}: INFO/MainProcess] ${msg}`;

function marks(lines: readonly string[], path = 'registry.log'): (number | undefined)[] {
  const content = `${lines.join('\n')}\n`;
  const r = read(content, { path });
  checkTiling(r, content.length);
  return r.records.map((d) => fieldsOf(d)['tidemark.out_of_order'] as number | undefined);
}

const S = 1_000_000;

test('lines that run ahead of each other by up to two seconds are in order', () => {
  expect(marks([at(0), at(5), at(3.1), at(4), at(6), at(4)])).toEqual(new Array(6).fill(undefined));
});

test('a line from before the others says how far behind it is', () => {
  expect(marks([at(100), at(101), at(10), at(102)])).toEqual([undefined, undefined, 91 * S, undefined]);
});

test('a single line from the future is marked, and none of those after it', () => {
  expect(marks([at(0), at(1), at(86_400), at(2), at(3), at(4)])).toEqual([
    undefined,
    undefined,
    -86_399 * S,
    undefined,
    undefined,
    undefined,
  ]);
});

test('a quiet hour is no future', () => {
  expect(marks([at(0), at(3600), at(3601), at(9000)])).toEqual(new Array(4).fill(undefined));
});

test('a forged block is marked line by line, also when it runs backwards', () => {
  const forged = Array.from({ length: 12 }, (_, i) => at(-5000 - i * 10));
  const got = marks([at(0), at(1), ...forged, at(2), at(3)]);
  expect(got.slice(2, 14)).toEqual(forged.map((_, i) => (5001 + i * 10) * S));
  expect(got.filter((m) => m !== undefined)).toHaveLength(12);
});

test('a clock that was set back is marked once, at the step, and is the new base', () => {
  const before = Array.from({ length: 5 }, (_, i) => at(7200 + i));
  const after = Array.from({ length: 40 }, (_, i) => at(3600 + i));
  const got = marks([...before, ...after]);
  expect(got[5]).toBe(3604 * S);
  expect(got.filter((m) => m !== undefined)).toHaveLength(1);
});

test('fewer than twenty lines after a step are no new base', () => {
  const after = Array.from({ length: 10 }, (_, i) => at(3600 + i));
  const got = marks([at(7200), ...after, at(7210), at(7211)]);
  expect(got.slice(1, 11).every((m) => m !== undefined)).toBe(true);
  expect(got.slice(11)).toEqual([undefined, undefined]);
});

test('a file written from new to old is marked once', () => {
  const got = marks(Array.from({ length: 300 }, (_, i) => at(-i * 30)));
  expect(got.filter((m) => m !== undefined)).toEqual([30 * S]);
});

test('the records of a store are in no order of writing, so nothing is marked', () => {
  const lines = [500, 100, 300, 20].map((s, i) =>
    JSON.stringify({
      _index: 'i',
      _id: String(i),
      _source: { '@timestamp': '2026-11-20T12:00:00Z', host: 'h', message: at(s) },
    }),
  );
  expect(marks(lines, 'hits.ndjson')).toEqual(new Array(4).fill(undefined));
});

test('local times and times with a zone are clocks of their own', () => {
  const line = (s: number): string =>
    `2026-11-20T17:${String(Math.floor(s / 60)).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}Z stderr F `;
  const content = [
    `${line(1)}${celery(1)}`,
    `${line(2)} -------------- a@b v5.2.6 (dawn-chorus)`,
    `${line(3)}${celery(3)}`,
    `${line(4)}worker: Warm shutdown (MainProcess)`,
    `${line(5)}${celery(5)}`,
  ];
  expect(marks(content, 'pods/celery/0.log').filter((m) => m !== undefined)).toEqual([]);
});

test('undated lines take the time of the last line in order, not of a forged one', () => {
  const r = read(
    [
      celery(10),
      celery(-4000, 'old'),
      'worker: Warm shutdown (MainProcess)',
      celery(11),
      celery(90_000, 'future'),
      'worker: Cold shutdown (MainProcess)',
      celery(12),
      '',
    ].join('\n'),
    { path: 'celery/w.log' },
  );
  const undated = r.records.filter((d) => d.tsKind === TS_KIND.neighbourWall);
  expect(undated.map((d) => d.tsWall)).toEqual([
    micros('2026-11-20T12:00:10Z'),
    micros('2026-11-20T12:00:11Z'),
  ]);
});

test('a foreign record lends its time to nobody and moves no clock', () => {
  // A registry line in the middle of a Celery file: another writer.
  const r = read(`${celery(10)}\n${at(50_000)}\nworker: Warm shutdown (MainProcess)\n${celery(11)}\n`, {
    path: 'celery/w.log',
  });
  expect(r.records.map((d) => fieldsOf(d)['tidemark.foreign'])).toEqual([
    undefined,
    'a line of registry in a file of celery',
    undefined,
    undefined,
  ]);
  expect(r.records[2]).toMatchObject({
    tsKind: TS_KIND.neighbourWall,
    tsWall: micros('2026-11-20T12:00:10Z'),
  });
  expect(r.records.some((d: Draft) => d.fields.includes('out_of_order'))).toBe(false);
});

test('a foreign record that is behind the others says so as well, and moves no clock', () => {
  const got: [number, string][] = [];
  const order = new Order({ record: (draft) => void got.push([draft.tsWall, draft.fields]) });
  let draft = new Draft();
  for (const [seconds, foreign] of [
    [100, false],
    [40, true],
    [900, true],
    [101, false],
  ] as const) {
    draft.tsWall = seconds * S;
    draft.tsKind = TS_KIND.wall;
    draft.foreign = foreign;
    draft.fields = foreign ? '{"tidemark.foreign":"x"}' : '';
    draft = order.add(draft, true);
  }
  order.end();
  expect(got).toEqual([
    [100 * S, ''],
    [40 * S, `{"tidemark.foreign":"x","tidemark.out_of_order":${60 * S}}`],
    [900 * S, '{"tidemark.foreign":"x"}'],
    [101 * S, ''],
  ]);
});

test('records that are held back come out in the order of the file', () => {
  const lines = [at(0), at(7000), at(1), at(-9000), at(-9001), at(2), at(9000)];
  const r = read(`${lines.join('\n')}\n`, { path: 'registry.log' });
  expect(r.records.map((d) => d.record)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(r.records.map((d) => d.line)).toEqual([1, 2, 3, 4, 5, 6, 7]);
});
