import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { celery, findIn, id, series } from './of-logs.ts';

/** A worker's lines, ten seconds apart. */
const lines = (from: number, n = 60) =>
  series(n, (i) => celery(from + i * 10, `Task app.work[${id(from + i)}] received`));
const gz = (content: string[]) => gzipSync(`${content.join('\n')}\n`);

describe('rotated files', () => {
  it('a missing one is found between two others, gzipped or not, where a stretch of time is gone with it', async () => {
    const found = await findIn(
      {
        'gone/worker.log': lines(3000),
        'gone/worker.log.1': lines(2400),
        'gone/worker.log.3.gz': gz(lines(1200)),
        'gone/worker.log.4.gz': gz(lines(600)),
        'first/worker.log': lines(3000),
        'first/worker.log.2.gz': gz(lines(1800)),
        // nothing is gone: the numbers leave one out, the times do not
        'seamless/worker.log': lines(2400),
        'seamless/worker.log.1': lines(1800),
        'seamless/worker.log.3': lines(1200),
        'whole/worker.log': lines(2400),
        'whole/worker.log.1.gz': gz(lines(1800)),
        'whole/worker.log.2.gz': gz(lines(600)),
        'oldest/worker.log.5.gz': gz(lines(600)),
        'oldest/worker.log.6.gz': gz(lines(0)),
      },
      ['rotated-file-missing', 'rotation-out-of-order'],
    );
    expect(found.map((f) => [f.node, f.group_values.missing, f.first, f.last])).toEqual([
      ['gone', '.2', 1790, 2400],
      ['first', '.1', 2390, 3000],
    ]);
    expect(found[0]!.explanation).toContain(
      'Of gone/worker.log on gone the file .2 is missing: gone/worker.log.3.gz ends at 2026-11-20 12:29:50 UTC',
    );
    expect(found[0]!.roles).toEqual(['older file', 'newer file']);
  });

  it('times that contradict the numbers are found, another way of numbering is not', async () => {
    const found = await findIn(
      {
        'swapped/worker.log': lines(3000),
        'swapped/worker.log.1': lines(1200),
        'swapped/worker.log.2': lines(2400),
        'swapped/worker.log.3': lines(600),
        'stale/worker.log': lines(600),
        'stale/worker.log.1': lines(1800),
        'all/worker.log': lines(0),
        'all/worker.log.1': lines(600),
        'all/worker.log.2': lines(1200),
        'rising/worker.log': lines(3000),
        'rising/worker.log.1': lines(600),
        'rising/worker.log.2': lines(1200),
        'rising/worker.log.3': lines(1800),
      },
      ['rotation-out-of-order'],
    );
    expect(found.map((f) => [f.node, f.group_values.newer_number, f.group_values.older_number])).toEqual([
      ['stale', 'stale/worker.log', 'stale/worker.log.1'],
      ['swapped', 'swapped/worker.log.1', 'swapped/worker.log.2'],
    ]);
  });
});
