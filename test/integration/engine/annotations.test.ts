// Tags and comments: on one event or many, all or none, each said once, and gone again.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from '../../../electron/engine/engine.ts';
import { registryLog, tarGzOf } from '../bundles.ts';

let folder: string;
let engine: Engine;
let events: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-annotations-'));
  mkdirSync(join(folder, 'state'));
  const bundle = join(folder, 'registry-1.tar.gz');
  writeFileSync(bundle, await tarGzOf([{ name: 'registry-1/registry.log', content: registryLog(5) }]));
  engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: join(folder, 'state') });
  await engine.api['case.create']({ dir: join(folder, 'case') });
  const { jobId } = await engine.api['ingest.start']({ paths: [bundle], detect: false });
  expect((await engine.job(jobId)).state).toBe('done');
  const { rows } = await engine.api['events.page']({ lens: {}, offset: 0, limit: 10 });
  events = rows.map((row) => row.eventId);
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const list = async (eventId?: string) =>
  (await engine.api['annotations.list'](eventId ? { eventId } : {})).annotations;

test('a tag stands on every event it was put on, with author and time, in the view that SQL sees', async () => {
  const two = events.slice(0, 2);
  const { annotations } = await engine.api['annotations.add']({
    eventIds: two,
    kind: 'tag',
    text: ' lateral ',
  });
  expect(annotations.map(({ eventId, kind, text }) => ({ eventId, kind, text }))).toEqual(
    two.map((eventId) => ({ eventId, kind: 'tag', text: 'lateral' })),
  );
  expect(annotations.every((row) => row.author !== '' && row.madeAt > 1e15)).toBe(true);
  expect(await list()).toEqual(annotations);
  expect(await list(two[1]!)).toEqual([annotations[1]]);
  const seen = await engine.api['sql.run']({ sql: 'SELECT text FROM annotations', limit: 10 });
  expect(seen.rows).toEqual([['lateral'], ['lateral']]);
});

test('the same said twice by one responder stands once; a tag and a comment of one text are two', async () => {
  const eventIds = [events[2]!];
  const first = await engine.api['annotations.add']({ eventIds, kind: 'tag', text: 'odd' });
  const again = await engine.api['annotations.add']({
    eventIds: [...eventIds, ...eventIds],
    kind: 'tag',
    text: 'odd',
  });
  expect(again).toEqual(first);
  await engine.api['annotations.add']({ eventIds, kind: 'comment', text: 'odd' });
  expect((await list(events[2]!)).map((row) => row.kind)).toEqual(['tag', 'comment']);
});

test('one event that is not there leaves all as it was', async () => {
  const before = await list();
  for (const id of ['4294967299999', '9223372036854775807', '9999999999999999999']) {
    await expect(
      engine.api['annotations.add']({ eventIds: [events[3]!, id], kind: 'tag', text: 'x' }),
    ).rejects.toMatchObject({ code: 'no_event', message: expect.stringContaining(id) });
  }
  expect(await list()).toEqual(before);
});

test('what is removed is answered, and can be said again', async () => {
  const eventIds = [events[4]!];
  const { annotations } = await engine.api['annotations.add']({
    eventIds,
    kind: 'comment',
    text: '<b>see</b>\nline 2',
  });
  const { annotationId } = annotations[0]!;
  expect(await engine.api['annotations.remove']({ annotationId })).toEqual({ annotation: annotations[0] });
  expect(await list(events[4]!)).toEqual([]);
  await expect(engine.api['annotations.remove']({ annotationId })).rejects.toMatchObject({
    code: 'no_annotation',
  });
});

test('a tag of two lines and an empty comment are refused', async () => {
  for (const [kind, text] of [
    ['tag', 'a\nb'],
    ['tag', 'x'.repeat(201)],
    ['comment', '  '],
  ] as const) {
    await expect(engine.api['annotations.add']({ eventIds: [events[0]!], kind, text })).rejects.toMatchObject(
      { code: 'bad_input' },
    );
  }
});
