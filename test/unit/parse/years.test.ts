// Years of lines that state none: what they rest on, New Year, leap days, and what is found out too late.
import { describe, expect, test } from 'vitest';
import { TS_KIND } from '../../../electron/engine/parse/record.ts';
import { YearClock } from '../../../electron/engine/parse/years.ts';
import { micros, read } from './reading.ts';

const iso = (us: number | undefined): string =>
  new Date((us ?? Number.NaN) / 1000).toISOString().slice(0, 10);
const line = (mmdd: string, text = 'x', clock = '10:00:00.000000'): string =>
  `I${mmdd} ${clock} 28483 master.cpp:1] ${text}\n`;
/** Three lines of each day, as a log that is written all the time has at least. */
const dense = (...days: string[]): string => days.map((d) => line(d).repeat(3)).join('');
const days = (content: string, context: Parameters<typeof read>[1]) => {
  const r = read(content, context);
  const all = r.records.map((d) => iso(d.tsWall));
  return {
    days: all.filter((d, i) => d !== all[i - 1]),
    basis: r.summary.yearBasis,
    fixes: r.summary.yearFixes,
  };
};

describe('the turn of the year', () => {
  test('two turns in one file, with late lines of the old year after each', () => {
    const text =
      dense('1230', '1231', '0101') +
      line('1231') +
      dense('0102', '0401', '0615', '0901', '1101', '1231', '0101') +
      line('1231') +
      dense('0103');
    expect(days(text, { path: 'mesos-master.vm.root.log.INFO.20251230-095959.1' }).days).toEqual([
      '2025-12-30',
      '2025-12-31',
      '2026-01-01',
      '2025-12-31',
      '2026-01-02',
      '2026-04-01',
      '2026-06-15',
      '2026-09-01',
      '2026-11-01',
      '2026-12-31',
      '2027-01-01',
      '2026-12-31',
      '2027-01-03',
    ]);
  });
  test('threads that write past midnight out of order stay within a second of each other', () => {
    const r = read(
      line('1231', 'a', '23:59:59.999990') +
        line('0101', 'b', '00:00:00.000010') +
        line('1231', 'c', '23:59:59.999995'),
      {
        path: 'mesos-master.vm.root.log.INFO.20261231-095959.1',
      },
    );
    const [a, b, c] = r.records.map((d) => d.tsWall) as [number, number, number];
    expect([b - a, b - c]).toEqual([20, 15]);
  });
  test('a file named after the day it was put away holds lines of the year before', () => {
    expect(
      days('Dec 27 10:00:00 h1 cron[1]: a\nJan  2 10:00:00 h1 cron[1]: b\n', {
        path: 'var/log/messages-20270103',
      }).days,
    ).toEqual(['2026-12-27', '2027-01-02']);
  });
});

describe('what the year rests on', () => {
  const mtimeUs = micros('2026-03-20T00:00:00Z');
  test('ids of old masters that begin with a date come before the time of the file', () => {
    const text =
      line('0728', 'Framework 20150727-115610-2703018762-5050-13855-0007 failed over') + line('0729');
    expect(days(text, { path: 'mesos-master.log', mtimeUs })).toMatchObject({
      days: ['2015-07-28', '2015-07-29'],
      basis: 'ids',
    });
  });
  test('lines of the same file that state their year come before it too', () => {
    const text = `[2019-12-31 21:02:01,644] INFO  Message (a.b.C:main)\n${line('0101')}${line('0102')}`;
    expect(days(text, { path: 'marathon.log', mtimeUs })).toMatchObject({
      days: ['2019-12-31', '2020-01-01', '2020-01-02'],
      basis: 'lines',
    });
  });
  test('a crash that states the epoch dates the lines around it, also far behind the first ones', () => {
    const crash =
      'F0613 19:17:13.000000 22520 x.cpp:1] Check failed: y\n*** Aborted at 1465845433 (unix time) try "date -d @1465845433" if you are using GNU date ***\n';
    const near = days(dense('0612') + crash + dense('0614'), { path: 'mesos-agent.log', mtimeUs });
    expect(near).toMatchObject({
      days: ['2016-06-12', '2016-06-13', '2016-06-14'],
      basis: 'crash',
      fixes: [],
    });
    const far = days(line('0612', 'x'.repeat(900)).repeat(90) + crash + dense('0614'), {
      path: 'mesos-agent.log',
      mtimeUs,
    });
    expect(far.days).toEqual(['2025-06-12', '2025-06-13', '2016-06-13', '2016-06-14']);
    expect(far.fixes).toEqual([{ beforeLine: 92, years: -9 }]);
  });
  test('of a file that spans two turns only the end is known from its time in the archive', () => {
    const text = dense(
      '1120',
      '1231',
      '0101',
      '0301',
      '0601',
      '0801',
      '1001',
      '1201',
      '1231',
      '0101',
      '0110',
    );
    const found = days(text, { path: 'mesos-master.INFO', mtimeUs: micros('2026-01-11T00:00:00Z') });
    expect(found.fixes).toEqual([{ beforeLine: 2 ** 31 - 1, years: -1 }]);
    expect([found.days[0], found.days.at(-1), found.basis]).toEqual(['2025-11-20', '2027-01-10', 'mtime']);
  });
  test('one forged line of a later day does not move the years of a file', () => {
    const text = dense('1101', '1120') + line('1225') + dense('1121');
    const found = days(text, { path: 'mesos-master.INFO', mtimeUs: micros('2026-11-22T00:00:00Z') });
    expect([found.days.at(0), found.days.at(-1), found.fixes]).toEqual(['2026-11-01', '2026-11-21', []]);
  });
  test('February 29 says which years the lines before it were of', () => {
    const found = days(dense('0227', '0228', '0229', '0301'), { path: 'mesos-master.INFO', mtimeUs });
    expect(found.days.slice(2)).toEqual(['2024-02-29', '2024-03-01']);
    expect(found.fixes).toEqual([{ beforeLine: 7, years: -2 }]);
  });
  test('a member whose lines state their years says nothing of it', () => {
    const r = read('[2026-11-20 17:18:01,000: INFO/MainProcess] x\n', { path: 'celery.log', mtimeUs });
    expect([r.summary.yearBasis, r.summary.yearFixes]).toEqual([null, []]);
    expect(r.records[0]?.tsKind).toBe(TS_KIND.wall);
  });
});

test('a clock that knows nothing gives no year', () => {
  expect(new YearClock().yearOf(3, 1)).toBeNaN();
});
