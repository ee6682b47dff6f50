import { describe, expect, it } from 'vitest';
import { findIn, series } from './of-logs.ts';

const MASTER = '2daed282-eb9b-4b57-9779-d27c1f832a82';
const OTHER = 'b1f0c3d4-0000-4b57-9779-d27c1f832a82';
const glog = (second: number, text: string) =>
  `I1120 12:${String(Math.floor(second / 60)).padStart(2, '0')}:${String(second % 60).padStart(2, '0')}.000000  4321 master.cpp:100] ${text}`;
const offer = (second: number, n: number, master = MASTER) =>
  glog(
    second,
    `Sending offers [ ${master}-O${n} ] to framework ${master}-0001 (app) at scheduler-1@10.0.0.5:4000`,
  );
const name = (host: string) => `mesos-master.${host}.root.log.INFO.20261120-120000.4321`;
const log = (lines: string[]) => [
  'Log file created at: 2026/11/20 12:00:00',
  'Running on machine: m',
  'Log line format: [IWEF]mmdd hh:mm:ss.uuuuuu threadid file:line] msg',
  ...lines,
];
const gcs = (second: number, job: number) =>
  `[2026-11-20 12:00:${String(second).padStart(2, '0')},000 I 28593 28593] (gcs_server) gcs_job_manager.cc:100: Registering job. job_id=${job.toString(16).padStart(2, '0')}000000 driver_pid=${1000 + job}`;
const session = (of: string) => `${of}/tmp/ray/session_2026-11-20_12-00-00_000001_1/logs/gcs_server.out`;

describe('counters that fall back', () => {
  it('are found where no start explains it', async () => {
    const found = await findIn(
      {
        [name('fallen')]: log([
          ...series(40, (i) => offer(i, i)),
          ...series(10, (i) => offer(40 + i, 12 + i)),
          ...series(20, (i) => offer(50 + i, 40 + i)),
        ]),
        [session('fallen-ray')]: [...series(5, (i) => gcs(i, i + 1)), gcs(6, 2), gcs(7, 6)],
      },
      ['counter-restarted'],
    );
    expect(
      found.map((f) => [f.group_values.counter, f.group_values.from_number, f.group_values.to_number]).sort(),
    ).toEqual([
      ['job number', '5', '2'],
      ['offer number', '39', '12'],
      ['offer number', '39', '13'],
      ['offer number', '39', '14'],
    ]);
    expect(found.find((f) => f.group_values.to_number === '2')!.roles).toEqual([
      'before the fall',
      'after the fall',
    ]);
  });

  it('that count up, or count anew under another master or session, are none', async () => {
    expect(
      await findIn(
        {
          [name('up')]: log(series(60, (i) => offer(i, i * 2))),
          [name('failover')]: log([
            ...series(30, (i) => offer(i, i)),
            ...series(30, (i) => offer(30 + i, i, OTHER)),
          ]),
          [session('one')]: series(5, (i) => gcs(i, i + 1)),
          [session('two').replace('000001_1', '000002_2')]: series(5, (i) => gcs(i, i + 1)),
        },
        ['counter-restarted'],
      ),
    ).toEqual([]);
  });
});
