import { describe, expect, it } from 'vitest';
import { celery, findIn, id, series } from './of-logs.ts';

const CHECKS = ['error-spike', 'volume-drop', 'volume-spike'];
const work = (at: number, n: number) => celery(at, `Task app.work[${id(n)}] received`);
const fail = (at: number, n: number) =>
  celery(at, `Task app.work[${id(n)}] raised unexpected: ValueError('x')`, 'ForkPoolWorker-1', 'ERROR');
/** A line every `every` seconds, with seeded jitter. */
const steady = (from: number, to: number, every: number) =>
  series(Math.floor((to - from) / every), (i) => from + i * every + ((i * 7919) % 100) / 100);
const log = (...parts: [number, string][][]) =>
  parts
    .flat()
    .sort((a, b) => a[0] - b[0])
    .map(([, line]) => line);
const working = (times: number[]) => times.map((at, i): [number, string] => [at, work(at, i)]);
const failing = (times: number[]) => times.map((at, i): [number, string] => [at, fail(at, i)]);

describe('volume against its own baseline', () => {
  it('spikes of errors and of lines, and drops, are one finding a stretch', async () => {
    const hours = 4 * 3600;
    const found = await findIn(
      {
        'errors/worker.log': log(
          working(steady(0, hours, 2)),
          failing(steady(0, hours, 400)),
          failing(steady(7000, 7800, 5)),
        ),
        'lines/worker.log': log(working(steady(0, hours, 5)), working(steady(7000, 7500, 0.2))),
        'drop/worker.log': log(
          working(steady(0, 7000, 2)),
          working(steady(7000, 9000, 60)),
          working(steady(9000, hours, 2)),
        ),
      },
      CHECKS,
    );
    expect(found.map((f) => [f.node, f.check, f.level]).sort()).toEqual([
      ['drop', 'volume-drop', 'low'],
      ['errors', 'error-spike', 'low'],
      ['lines', 'volume-spike', 'low'],
    ]);
    const errors = found.find((f) => f.node === 'errors')!;
    expect(errors.group_values).toMatchObject({ component: 'celery worker', events: '162', usual: '1.0' });
    expect(errors.first).toBeGreaterThanOrEqual(6900);
    expect(errors.last).toBeLessThanOrEqual(7800);
    expect(errors.event_count).toBe(162);
  });

  it('small numbers, a long silence, short cases, bursts that are a habit and the ends of a log are none', async () => {
    const hours = 4 * 3600;
    expect(
      await findIn(
        {
          'small/worker.log': log(working(steady(0, hours, 2)), failing(steady(7000, 7100, 8))),
          'silence/worker.log': log(working(steady(0, hours / 2, 2)), working(steady(hours, 1.5 * hours, 2))),
          'short/worker.log': log(working(steady(0, 1500, 2)), failing(steady(700, 900, 1))),
          'habit/worker.log': log(
            working(steady(0, hours, 5)),
            ...series(8, (i) => working(steady(i * 1800, i * 1800 + 200, 0.1))),
          ),
          'ends/worker.log': log(working(steady(0, hours, 2)), working(steady(hours, hours + 900, 200))),
        },
        CHECKS,
      ),
    ).toEqual([]);
  });
});
