import { describe, expect, it } from 'vitest';
import { celery, findIn, id, registry, series } from './of-logs.ts';

const CHECKS = ['clock-set-back', 'record-out-of-time'];
const task = (at: number, n: number) => celery(at, `Task app.work[${id(n)}] received`);
const request = (at: number, n: number) =>
  registry(
    at,
    'response completed',
    ` http.request.id=${id(n)} http.request.method=GET http.request.uri=/v2/`,
  );

describe('times that run backwards', () => {
  it('a clock that was set back goes on from the earlier time', async () => {
    const found = await findIn(
      {
        'set-back/registry.log': [
          ...series(60, (i) => request(1000 + i * 10, i)),
          ...series(60, (i) => request(600 + i * 10, 100 + i)),
        ],
        'celery-set-back/worker.log': [
          ...series(60, (i) => task(1000 + i * 10, i)),
          ...series(60, (i) => task(1090 + i * 10, 100 + i)),
        ],
      },
      CHECKS,
    );
    expect(found.map((f) => [f.check, f.node, f.group_values.seconds])).toEqual([
      ['clock-set-back', 'set-back', '990'],
      ['clock-set-back', 'celery-set-back', '500'],
    ]);
    expect(found[0]!.roles.sort()).toEqual(['after the step', 'before the step']);
    expect(found[0]!.explanation).toContain('the times step back by 990 s');
  });

  it('a record that was pasted in stands alone, and the log goes on', async () => {
    const lines = series(60, (i) => request(1000 + i * 10, i));
    const found = await findIn(
      {
        'past/registry.log': [
          ...lines.slice(0, 30),
          request(100, 900),
          request(101, 901),
          ...lines.slice(30),
        ],
        'future/registry.log': [...lines.slice(0, 30), request(9000, 900), ...lines.slice(30)],
      },
      CHECKS,
    );
    expect(found.map((f) => [f.check, f.node, f.event_count])).toEqual([
      ['record-out-of-time', 'past', 2],
      ['record-out-of-time', 'future', 1],
    ]);
    expect(found[0]!.explanation).toContain('2 record(s) in a row');
  });

  it('interleaved writers, the hour after summer time, files from new to old and pasted collections are none', async () => {
    const jitter = series(200, (i) => request(1000 + i * 3 - (i % 7) * 5, i));
    const summer = [...series(60, (i) => task(i * 60, i)), ...series(60, (i) => task(0.5 + i * 60, 100 + i))];
    const falling = series(80, (i) => request(9000 - i * 100, i));
    const pasted = series(200, (i) => request(((i * 7919) % 200) * 100, i));
    expect(
      await findIn(
        {
          'jitter/registry.log': jitter,
          'summer/worker.log': summer,
          'falling/registry.log': falling,
          'pasted/registry.log': pasted,
        },
        CHECKS,
      ),
    ).toEqual([]);
  });

  it('takes other thresholds', async () => {
    const lines = series(60, (i) => request(1000 + i * 10, i));
    const late = { 'n/registry.log': [...lines.slice(0, 30), request(1270, 900), ...lines.slice(30)] };
    expect(await findIn(late, CHECKS)).toEqual([]);
    expect(await findIn(late, CHECKS, { 'record-out-of-time': { behind: 10 } })).toHaveLength(1);
  });
});
