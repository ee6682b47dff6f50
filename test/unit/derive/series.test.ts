// Names of rotated files, their order, and what contradicts it.
import { describe, expect, test } from 'vitest';
import { rotationName } from '../../../electron/engine/derive/rotation-name.ts';
import { type SeriesFile, seriesOf } from '../../../electron/engine/derive/series-order.ts';

describe('what a name says', () => {
  test.each([
    ['a/app.log', 'a/app.log', { kind: 'current' }],
    ['a/app.log.1', 'a/app.log', { kind: 'number', number: 1 }],
    ['app.log.02.gz', 'app.log', { kind: 'number', number: 2 }],
    ['app.log.3.zst', 'app.log', { kind: 'number', number: 3 }],
    ['app.log.12.xz', 'app.log', { kind: 'number', number: 12 }],
    ['app.log.old', 'app.log', { kind: 'number', number: 1 }],
    ['pods/x/previous.log', 'pods/x/current.log', { kind: 'number', number: 1 }],
    ['4f3c-json.log.1', '4f3c-json.log', { kind: 'number', number: 1 }],
    ['logs/raylet.out.1', 'logs/raylet.out', { kind: 'number', number: 1 }],
    ['logs/raylet.1.out', 'logs/raylet.1.out', { kind: 'current' }],
    ['libssl.so.1.1', 'libssl.so.1.1', { kind: 'current' }],
    ['10.0.0.7', '10.0.0.7', { kind: 'current' }],
  ])('%s is of %s', (path, log, place) => {
    expect(rotationName(path)).toEqual({ log, place });
  });

  test.each([
    ['app.log-20260101.gz', 'app.log', '2026-01-01T00:00:00Z', 0],
    ['app.log.2026-01-01', 'app.log', '2026-01-01T00:00:00Z', 0],
    ['app-2026-01-01.log', 'app.log', '2026-01-01T00:00:00Z', 0],
    ['app_20260101.log.bz2', 'app.log', '2026-01-01T00:00:00Z', 0],
    ['app.log-20260101-13', 'app.log', '2026-01-01T13:00:00Z', 0],
    ['app.log-2026010113', 'app.log', '2026-01-01T13:00:00Z', 0],
    ['app.log.2026-01-01_13-05-59', 'app.log', '2026-01-01T13:05:59Z', 0],
    ['0.log.20260101-130559.gz', '0.log', '2026-01-01T13:05:59Z', 0],
    ['app.log-1767272759.gz', 'app.log', '2026-01-01T13:05:59Z', 0],
    ['app.log-20260101-1767272759', 'app.log', '2026-01-01T13:05:59Z', 0],
    ['app-2026-01-01.11.log.gz', 'app.log', '2026-01-01T00:00:00Z', 11],
    ['celery-worker.log-20260101', 'celery-worker.log', '2026-01-01T00:00:00Z', 0],
  ])('%s is of %s, stamped %s', (path, log, at, index) => {
    expect(rotationName(path)).toMatchObject({ log, place: { kind: 'stamp', stamp: Date.parse(at), index } });
  });

  test('glog names a file by the start of its program', () => {
    expect(rotationName('log/mesos-master.m1.root.log.INFO.20260101-130559.412')).toEqual({
      log: 'log/mesos-master.m1.root.log.INFO',
      place: { kind: 'start', stamp: Date.parse('2026-01-01T13:05:59Z') },
    });
  });
});

let next = 1;
/** Hours of 2026-01-01 that its records span. */
function file(path: string, from?: number, to?: number): SeriesFile {
  const us = (hour?: number) =>
    hour === undefined ? null : (Date.parse('2026-01-01T00:00:00Z') + hour * 3_600_000) * 1000;
  return { fileId: next++, path, firstUs: us(from), lastUs: us(to ?? from) };
}
const order = (files: SeriesFile[]) =>
  seriesOf(files).map(({ log, parts, missing, contradiction }) => ({
    log,
    paths: parts.map((part) => `${part.follows ? '+' : ''}${part.file.path}`),
    missing,
    contradiction,
  }));

test('numbers fall, dates rise, the bare name is the newest', () => {
  expect(
    order([
      file('app.log', 6, 7),
      file('app.log.1', 4, 6),
      file('app.log.10.gz', 1, 2),
      file('app.log.2.gz', 3, 4),
      file('w-2026-01-02.log'),
      file('w.log'),
      file('w-2026-01-01.log'),
    ]),
  ).toEqual([
    {
      log: 'app.log',
      paths: ['app.log.10.gz', 'app.log.2.gz', '+app.log.1', '+app.log'],
      missing: ['app.log.9', 'app.log.8', 'app.log.7', 'app.log.6', 'app.log.5', 'app.log.4', 'app.log.3'],
      contradiction: null,
    },
    {
      log: 'w.log',
      paths: ['w-2026-01-01.log', '+w-2026-01-02.log', '+w.log'],
      missing: [],
      contradiction: null,
    },
  ]);
});

test('times against the numbers are said, and the log does not go on there', () => {
  const [series] = order([file('app.log', 8), file('app.log.1', 2, 3), file('app.log.2', 5, 6)]);
  expect(series!.paths).toEqual(['app.log.2', 'app.log.1', '+app.log']);
  expect(series!.contradiction).toBe(
    'Names and times do not agree: app.log.2 should be older than app.log.1 by its name, but its first record is of 2026-01-01 05:00:00 UTC, that of app.log.1 of 2026-01-01 02:00:00 UTC.',
  );
});

test('the same place twice is said', () => {
  const [series] = order([file('app.log', 8), file('app.log.1', 2, 3), file('app.log.1.gz', 4, 5)]);
  expect(series!.contradiction).toContain('app.log.1 and app.log.1.gz have the same place');
});

test('a day that is missing is named', () => {
  const [series] = order(['01', '02', '04', '05'].map((day) => file(`app.log-202601${day}.gz`)));
  expect(series!.missing).toEqual(['2026-01-03']);
  expect(series!.paths).toEqual([
    'app.log-20260101.gz',
    '+app.log-20260102.gz',
    'app.log-20260104.gz',
    '+app.log-20260105.gz',
  ]);
});

test('one name in two folders is two logs', () => {
  expect(order([file('a/app.log', 2), file('b/app.log.1', 1), file('b/app.log', 3)])).toEqual([
    { log: 'b/app.log', paths: ['b/app.log.1', '+b/app.log'], missing: [], contradiction: null },
  ]);
});

test('a number before the ending is told by the times: later starts, older parts, or processes side by side', () => {
  expect(
    order([file('raylet.out', 1, 2), file('raylet.1.out', 3, 4), file('raylet.2.out', 5, 6)])[0]!.paths,
  ).toEqual(['raylet.out', '+raylet.1.out', '+raylet.2.out']);
  expect(
    order([file('core.log', 5, 6), file('core.1.log', 3, 4), file('core.2.log', 1, 2)])[0]!.paths,
  ).toEqual(['core.2.log', '+core.1.log', '+core.log']);
  expect(order([file('raylet.out', 1, 6), file('raylet.1.out', 3, 4)])).toEqual([]);
  expect(order([file('raylet.out'), file('raylet.1.out')])).toEqual([]);
});

test('starts of a program follow by their stamps', () => {
  const name = (stamp: string) => `mesos-agent.n1.root.log.INFO.${stamp}.7`;
  expect(order([file(name('20260102-000000')), file(name('20260101-000000'))])[0]!.paths).toEqual([
    name('20260101-000000'),
    `+${name('20260102-000000')}`,
  ]);
});
