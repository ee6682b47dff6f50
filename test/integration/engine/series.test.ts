// Rotated files of a case: joined in order, what is missing said, and the lines around an event taken from the neighbour.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from '../../../electron/engine/engine.ts';

let dir: string;
let engine: Engine;

const lines = (day: number, from: number, count: number): string =>
  Array.from(
    { length: count },
    (_, i) =>
      `[2026-01-0${day} 10:00:${String(from + i).padStart(2, '0')},000: INFO/MainProcess] Task shop.charge[d${day}-${from + i}] received\n`,
  ).join('');

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tidemark-series-'));
  const logs = join(dir, 'celery-1', 'logs');
  mkdirSync(join(logs, 'other'), { recursive: true });
  writeFileSync(join(logs, 'worker.log'), lines(5, 0, 3));
  writeFileSync(join(logs, 'worker.log.1'), lines(4, 0, 3));
  writeFileSync(join(logs, 'worker.log.2.gz'), gzipSync(lines(3, 0, 3)));
  writeFileSync(join(logs, 'worker.log.4.zst'), zstdCompressSync(Buffer.from(lines(1, 0, 3))));
  writeFileSync(join(logs, 'other', 'worker.log.1'), lines(2, 0, 3));
  writeFileSync(join(logs, 'beat.log-20260103'), lines(3, 20, 2));
  writeFileSync(join(logs, 'beat.log-20260104'), lines(2, 20, 2));
  engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: dir });
  await engine.api['case.create']({ dir: join(dir, 'case') });
  const { jobId } = await engine.api['ingest.start']({ paths: [join(dir, 'celery-1')], detect: false });
  expect(await engine.job(jobId)).toMatchObject({ state: 'done', result: { problems: [] } });
});
afterAll(async () => {
  await engine.close();
  rmSync(dir, { recursive: true, force: true });
});

const rows = async (sql: string) => (await engine.api['sql.run']({ sql, limit: 100 })).rows;

test('a file says its series, what is missing of it, and what contradicts it', async () => {
  const [[fileId]] = (await rows(
    "SELECT file_id FROM evidence_files WHERE path = 'logs/worker.log.2.gz'",
  )) as [[number]];
  const { series } = await engine.api['evidence.file']({ fileId });
  expect(series).toMatchObject({ name: 'logs/worker.log', missing: ['worker.log.3'], contradiction: null });
  expect(series!.members.map(({ path, position }) => [position, path])).toEqual([
    [1, 'logs/worker.log.4.zst'],
    [2, 'logs/worker.log.2.gz'],
    [3, 'logs/worker.log.1'],
    [4, 'logs/worker.log'],
  ]);
  expect(series!.members[0]!.firstTs).toBe(Date.parse('2026-01-01T10:00:00Z') * 1000);

  const [beat] = await rows(
    "SELECT string_agg(path, ' ' ORDER BY position), any_value(contradiction) FROM log_series WHERE name = 'logs/beat.log'",
  );
  expect(beat![0]).toBe('logs/beat.log-20260103 logs/beat.log-20260104');
  expect(beat![1]).toContain('should be older than beat.log-20260104 by its name');

  const [[alone]] = (await rows(
    "SELECT file_id FROM evidence_files WHERE path = 'logs/other/worker.log.1'",
  )) as [[number]];
  expect((await engine.api['evidence.file']({ fileId: alone })).series).toBeNull();
});

test('the lines around an event go on in the files of its series, but not over a gap or a contradiction', async () => {
  const around = async (task: string) => {
    const [[eventId]] = (await rows(
      `SELECT event_id::VARCHAR FROM events WHERE contains(message, '[${task}]')`,
    )) as [[string]];
    const raw = await engine.api['events.raw']({ eventId, context: 4 });
    const told = ({ line, text, path }: { line: number; text: string; path?: string | undefined }) =>
      `${path ?? ''}:${line} ${/\[(d\d-\d+)\]/.exec(text)![1]}`;
    return { before: raw.before.map(told), after: raw.after.map(told) };
  };
  expect(await around('d4-1')).toEqual({
    before: [
      'logs/worker.log.2.gz:1 d3-0',
      'logs/worker.log.2.gz:2 d3-1',
      'logs/worker.log.2.gz:3 d3-2',
      ':1 d4-0',
    ],
    after: [':3 d4-2', 'logs/worker.log:1 d5-0', 'logs/worker.log:2 d5-1', 'logs/worker.log:3 d5-2'],
  });
  expect(await around('d1-1')).toEqual({ before: [':1 d1-0'], after: [':3 d1-2'] });
  expect(await around('d3-20')).toEqual({ before: [], after: [':2 d3-21'] });
});
