// Times: reading them, years that are not written, zones seen beside wall clocks, neighbours.
import { describe, expect, test } from 'vitest';
import { TS_KIND } from '../../../electron/engine/parse/record.ts';
import {
  accessTimeAt,
  civilFromMicros,
  cursor,
  isoAt,
  isZone,
  microsOf,
  zoneOffsetMinutes,
} from '../../../electron/engine/parse/time.ts';
import { YearClock } from '../../../electron/engine/parse/years.ts';
import { micros, read } from './reading.ts';

const iso = (us: number | undefined): string => new Date((us ?? Number.NaN) / 1000).toISOString();

describe('reading', () => {
  test.each([
    ['2026-11-20T17:20:48.87373888Z', '2026-11-20T17:20:48.873738Z', true],
    ['2026-11-20 17:20:48,873', '2026-11-20T17:20:48.873Z', false],
    ['2026/11/20 17:20:48', '2026-11-20T17:20:48Z', false],
    ['2026-11-20T17:20:48.1-05:30', '2026-11-20T22:50:48.1Z', true],
    ['1969-12-31T23:59:59Z', '1969-12-31T23:59:59Z', true],
    ['2024-02-29T00:00:00+0000', '2024-02-29T00:00:00Z', true],
  ])('%s', (text, want, zoned) => {
    expect(isoAt(text, 0)).toBe(micros(want));
    expect(cursor.zoned).toBe(zoned);
  });
  test.each(['2026-13-20T17:20:48Z', '2026-11-20T24:20:48Z', '2026-11-2xT17:20:48Z', 'x', ''])(
    '%s is no time',
    (text) => {
      expect(isoAt(text, 0)).toBeNaN();
    },
  );
  test('civil dates go there and back', () => {
    for (let day = -200_000; day < 200_000; day += 997) {
      const us = day * 86_400_000_000;
      const { year, month, day: d } = civilFromMicros(us);
      expect(microsOf(year, month, d, 0, 0, 0, 0)).toBe(us);
    }
  });
  test('access times', () => {
    expect(accessTimeAt('20/Nov/2026:17:26:32 -0500', 0)).toBe(micros('2026-11-20T22:26:32Z'));
    expect(accessTimeAt('20/Nox/2026:17:26:32 -0500', 0)).toBeNaN();
  });
});

describe('zones', () => {
  test('names, fixed offsets and what is none', () => {
    expect([
      isZone('UTC'),
      isZone('+05:30'),
      isZone('America/New_York'),
      isZone('Mars/Olympus'),
      isZone(''),
    ]).toEqual([true, true, true, false, false]);
  });
  test('the offset is that of the wall clock', () => {
    expect(zoneOffsetMinutes('America/New_York', micros('2026-11-20T12:00:00Z'))).toBe(-300);
    expect(zoneOffsetMinutes('America/New_York', micros('2026-07-20T12:00:00Z'))).toBe(-240);
    expect(zoneOffsetMinutes('America/New_York', micros('2026-03-08T01:59:00Z'))).toBe(-300);
    expect(zoneOffsetMinutes('America/New_York', micros('2026-03-08T03:01:00Z'))).toBe(-240);
    expect(zoneOffsetMinutes('Asia/Kolkata', 0)).toBe(330);
    expect(zoneOffsetMinutes('-03:30', 0)).toBe(-210);
    expect(() => zoneOffsetMinutes('Mars/Olympus', 0)).toThrow(RangeError);
  });
});

describe('years', () => {
  const line = (mmdd: string, text: string): string =>
    `I${mmdd} 10:00:00.000000 28483 master.cpp:1] ${text}\n`;

  test('come from the file name and roll over at New Year, once', () => {
    const r = read(line('1231', 'a') + line('0101', 'b') + line('1231', 'late') + line('0102', 'c'), {
      path: 'mesos-master.vm.root.log.INFO.20261231-095959.1',
    });
    expect(r.records.map((d) => iso(d.tsWall).slice(0, 10))).toEqual([
      '2026-12-31',
      '2027-01-01',
      '2026-12-31',
      '2027-01-02',
    ]);
    expect(r.records[0]?.tsKind).toBe(TS_KIND.wallYearInferred);
  });
  test('come from the time of the file, as the last year that fits', () => {
    const r = read(line('1220', 'a') + line('0103', 'b'), {
      path: 'mesos-master.INFO',
      mtimeUs: micros('2027-01-05T00:00:00Z'),
    });
    expect(r.records.map((d) => iso(d.tsWall).slice(0, 4))).toEqual(['2026', '2027']);
    const leap = read(line('0229', 'a'), {
      path: 'mesos-master.INFO',
      mtimeUs: micros('2026-06-01T00:00:00Z'),
    });
    expect(iso(leap.records[0]?.tsWall).slice(0, 10)).toBe('2024-02-29');
  });
  test('come from the header in the file before its time in the archive', () => {
    const r = read(
      `Log file created at: 2020/03/17 12:05:33\nRunning on machine: h1\nLog line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg\n${line('0317', 'a')}`,
      { path: 'agent.log', mtimeUs: micros('2026-03-20T00:00:00Z') },
    );
    expect(r.records.map((d) => iso(d.tsWall).slice(0, 10))).toEqual(['2020-03-17', '2020-03-17']);
    expect(r.summary.facts).toContainEqual({ kind: 'host', value: 'h1', line: 2 });
  });
  test('stay unknown when nothing tells them', () => {
    const r = read(line('0317', 'a'), { path: 'mesos-master.INFO' });
    expect(r.records[0]).toMatchObject({ parsed: true, tsKind: TS_KIND.none });
  });
  test('a gap of months over New Year still rolls', () => {
    const clock = new YearClock();
    clock.startAt(2026, 10);
    expect([clock.yearOf(10, 1), clock.yearOf(2, 1), clock.yearOf(3, 1)]).toEqual([2026, 2027, 2027]);
  });
});

test('access lines of the dashboard calibrate the zone, also when a request took long', () => {
  const r = read(
    [
      "2026-11-21 02:26:37,368\tINFO web_log.py:229 -- 127.0.0.1 [21/Nov/2026:02:26:32 +0900] 'POST /api/jobs/ HTTP/1.1' 200 246 bytes 5098229 us '-' 'curl/7'",
      "2026-11-21 02:36:37,368\tINFO web_log.py:229 -- 127.0.0.1 [21/Nov/2026:02:20:00 +0900] 'GET /api/version HTTP/1.1' 200 246 bytes 997368000 us '-' 'curl/7'",
      '2026-11-21 02:36:38,000\tINFO x.py:1 -- hi',
    ].join('\n'),
    { path: 'logs/dashboard.log' },
  );
  expect(r.summary.zoneEvidence).toEqual([
    expect.objectContaining({ offsetMinutes: 540, count: 2, firstWall: micros('2026-11-21T02:26:37.368Z') }),
  ]);
  expect(r.records[0]).toMatchObject({ tsKind: TS_KIND.wall, tsWall: micros('2026-11-21T02:26:37.368Z') });
});

test('the time of a carrier is evidence for the zone of the line inside', () => {
  const r = read(
    '2026-11-20T17:17:54.582000000Z stderr F [2026-11-20 12:17:54,582: INFO/MainProcess] hi\n2026-11-20T17:17:55.582000000Z stderr F [2026-11-20 12:17:55,582: INFO/MainProcess] hi\n',
    { path: 'pod/celery/0.log' },
  );
  expect(r.summary.zoneEvidence).toEqual([expect.objectContaining({ offsetMinutes: -300, count: 2 })]);
  expect(r.records[0]?.tsKind).toBe(TS_KIND.wall);
});

test('undated records take the time of the dated one before them, those at the start of the one after', () => {
  const r = read(
    'Running entrypoint for job raysubmit_a: id\n2026-11-20 17:26:37,232\tINFO a.py:1 -- x\nuid=0\n',
    { path: 'logs/job-driver-raysubmit_a.log' },
  );
  const wall = micros('2026-11-20T17:26:37.232Z');
  expect(r.records.map((d) => [d.tsWall, d.tsKind])).toEqual([
    [wall, TS_KIND.neighbourWall],
    [wall, TS_KIND.wall],
    [wall, TS_KIND.neighbourWall],
  ]);
});

test('more leading lines than are held back stay undated', () => {
  const r = read(`${'free text\n'.repeat(2500)}2026-11-20 17:26:37,232\tINFO a.py:1 -- x\n`, {
    path: 'logs/job-driver-raysubmit_a.log',
  });
  expect(r.records).toHaveLength(2501);
  expect(r.records[0]?.tsKind).toBe(TS_KIND.none);
  expect(r.records[2500]?.tsKind).toBe(TS_KIND.wall);
});

test('a file without any time stays undated', () => {
  const r = read('team/app: marking manifest sha256:01\n', { path: 'garbage-collect.log' });
  expect(r.records[0]).toMatchObject({ tsKind: TS_KIND.none, parsed: true });
});

test('a line that only its carrier dates is moved to the clock of the writer, where three lines show that the two are zones apart', () => {
  const journal = (clock: string, inner: string) => `2018-04-09 ${clock}: ${inner}`;
  const r = read(
    [
      journal('19:04:20', 'I0410 02:04:20.711650  1080 slave.cpp:1] a'),
      journal('19:04:21', 'I0410 02:04:21.711650  1080 slave.cpp:1] b'),
      journal('19:04:22', 'I0410 02:04:22.711650  1080 slave.cpp:1] c'),
      journal('19:04:23', 'ABORT: (../x.hpp:114): Result::get() but state == NONE'),
    ].join('\n'),
    { path: 'dcos-mesos-slave.service' },
  );
  const last = r.records.at(-1) as NonNullable<(typeof r.records)[number]>;
  expect(last.tsWall).toBe(micros('2018-04-10T02:04:23Z'));
  expect(last.fields).toContain('"tidemark.carrier_ahead_minutes":-420');
});
