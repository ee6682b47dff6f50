import { describe, expect, it } from 'vitest';
import { celery, findIn, id, registry, series } from './of-logs.ts';

const request = (at: number, n: number) =>
  registry(
    at,
    'response completed',
    ` http.request.id=${id(n)} http.request.method=GET http.request.uri=/v2/a/manifests/1 http.request.remoteaddr="10.0.0.9:4000"`,
  );
const task = (at: number, n: number) =>
  celery(at, `Task app.work[${id(n)}] succeeded in ${(n % 97) / 31}s: None`);

describe('a block of records that stands twice', () => {
  it('is found with the same times, with moved times, and across rotated files', async () => {
    const lines = series(120, (i) => request(i * 7.013 + (i % 5) * 0.3, i));
    const work = series(120, (i) => task(i * 7.1, i));
    const found = await findIn(
      {
        'same/registry.log': [...lines, ...lines.slice(40, 60)],
        'moved/registry.log': [
          ...lines.slice(0, 80),
          ...series(20, (i) => request((i + 20) * 7.013 + ((i + 20) % 5) * 0.3 + 421.5, i + 20)),
          ...lines.slice(100),
        ],
        'rotated/worker.log.1': work.slice(0, 60),
        'rotated/worker.log': [...work.slice(60), ...work.slice(10, 35)],
      },
      ['duplicated-block'],
    );
    expect(
      found.map((f) => [f.node, f.group_values.records, f.group_values.difference, f.event_count]).sort(),
    ).toEqual([
      ['moved', '20', 'times moved by 421.5 s', 40],
      ['rotated', '25', 'the same times', 50],
      ['same', '20', 'the same times', 40],
    ]);
    expect(found.find((f) => f.node === 'rotated')!.files.sort()).toEqual([
      ...series(25, () => 'rotated/worker.log'),
      ...series(25, () => 'rotated/worker.log.1'),
    ]);
  });

  it('repetition that programs make is none', async () => {
    const start = (at: number) => series(15, (i) => celery(at + i * 0.01, `starting part ${i} of worker`));
    const beats = series(300, (i) =>
      celery(i * 10, `Scheduler: Sending due task check-${i % 5} (app.check)`),
    );
    const access = (at: number) =>
      `10.0.0.9 - - [20/Nov/2026:12:00:${String(at).padStart(2, '0')} +0000] "GET /v2/ HTTP/1.1" 200 2 "" "probe/1"`;
    const redelivered = (at: number) =>
      series(30, (i) => celery(at + i * (at > 0 ? 0.5 : 0.3), `Task app.work[${id(i)}] received`));
    expect(
      await findIn(
        {
          'restart/worker.log': [
            ...start(0),
            ...series(40, (i) => task(1 + i, i)),
            ...start(100.5),
            ...series(40, (i) => task(101 + i, 50 + i)),
          ].filter((_, i) => i !== 3),
          'beat/beat.log': beats,
          'burst/access.log': series(200, (i) => access(Math.floor(i / 20))),
          'redelivered/worker.log': [
            ...redelivered(0),
            ...series(40, (i) => task(20 + i, i)),
            ...redelivered(900),
          ],
          'kept/worker.log.1': series(60, (i) => task(i, i)),
          'kept/worker.log': series(60, (i) => task(i, i)).concat(series(60, (i) => task(60 + i, 60 + i))),
          'sinks/worker.log': series(80, (i) => task(i, i)),
          'sinks/worker.stdout.log': series(80, (i) => task(i, i)),
        },
        ['duplicated-block'],
      ),
    ).toEqual([]);
  });
});
