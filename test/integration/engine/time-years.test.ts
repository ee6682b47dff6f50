// Years of whole cases: what was found out late is set right, rotated pieces keep their order over two New Years.
import { afterEach, expect, test } from 'vitest';
import { type TimeCase, timeCase } from './time-case.ts';

let open: TimeCase | null = null;
afterEach(async () => {
  await open?.close();
  open = null;
});

const glog = (mmdd: string, clock = '10:00:00') => `I${mmdd} ${clock}.000000 28483 master.cpp:1] x`;

test('years that only the end of a file tells are set right on every line, and so are their basis and span', async () => {
  open = await timeCase({
    'master-1': {
      'mesos-master.INFO': {
        lines: ['1120', '1231', '0101', '0301', '0601', '0901', '1101', '1231', '0101', '0110'].flatMap(
          (d) => [glog(d), glog(d), glog(d)],
        ),
        mtime: '2026-01-11T00:00:00Z',
      },
    },
  });
  expect(
    await open.rows("SELECT DISTINCT strftime(ts, '%Y-%m-%d'), ts_basis FROM events ORDER BY 1"),
  ).toEqual(
    [
      '2024-11-20',
      '2024-12-31',
      '2025-01-01',
      '2025-03-01',
      '2025-06-01',
      '2025-09-01',
      '2025-11-01',
      '2025-12-31',
      '2026-01-01',
      '2026-01-10',
    ].map((day) => [day, 'inferred_year']),
  );
  expect(
    await open.rows("SELECT strftime(first_ts, '%Y'), strftime(last_ts, '%Y') FROM evidence_files"),
  ).toEqual([['2024', '2026']]);
});

test('a rotated set that was unpacked on one day spans two New Years in its order', async () => {
  const mtime = '2027-02-01T00:00:00Z';
  const syslog = (days: string[]) => ({ lines: days.map((d) => `${d} 10:00:00 h1 cron[1]: run`), mtime });
  open = await timeCase({
    'h1-logs': {
      'var/log/syslog': syslog(['Jan 20', 'Jan 30']),
      'var/log/syslog.1': syslog(['Nov 10', 'Jan 19']),
      'var/log/syslog.2': syslog(
        ['Feb  3', 'Apr 20', 'Jul  1', 'Sep 10', 'Nov  9'].flatMap((d) => [d, d, d]),
      ),
      'var/log/syslog.3': syslog(['Dec  1', 'Feb  2']),
    },
  });
  expect(
    await open.rows(
      "SELECT regexp_extract(path, '[^/]*$'), strftime(first_ts, '%Y-%m'), strftime(last_ts, '%Y-%m') FROM evidence_files ORDER BY path",
    ),
  ).toEqual([
    ['syslog', '2027-01', '2027-01'],
    ['syslog.1', '2026-11', '2027-01'],
    ['syslog.2', '2026-02', '2026-11'],
    ['syslog.3', '2025-12', '2026-02'],
  ]);
});
