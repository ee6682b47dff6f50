// What an export holds: the same bytes for the same state, only what is tagged when asked, nothing half written; and an
// import that was killed does not look whole.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Case } from '../../../electron/engine/case/case.ts';
import { setPending } from '../../../electron/engine/case/pending.ts';
import type { Engine } from '../../../electron/engine/engine.ts';
import { exportCase } from '../../../electron/engine/transfer/export.ts';
import { registryLog, tarGzOf } from '../bundles.ts';
import { done, Place, RULE, rowsOf } from './cases.ts';
import { partsOf } from './tamper.ts';

let place: Place;
let engine: Engine;

beforeAll(async () => {
  place = new Place();
  engine = place.engine();
  await engine.api['case.create']({ dir: place.at('a') });
  await engine.api['rules.save']({ path: 'own.yml', text: RULE });
  const files = ['one', 'two', 'three'].map((name) => ({
    name: `reg-1/${name}.log`,
    content: registryLog(5).replaceAll('app', name),
  }));
  writeFileSync(place.at('reg-1.tar.gz'), await tarGzOf(files));
  await done(engine, engine.api['ingest.start']({ paths: [place.at('reg-1.tar.gz')], detect: false }));
  const [event] = await rowsOf(
    engine,
    `SELECT event_id::VARCHAR FROM events WHERE http_path LIKE '%two%' LIMIT 1`,
  );
  await engine.api['annotations.add']({ eventIds: [event![0] as string], kind: 'tag', text: 'this one' });
}, 120_000);
afterAll(() => place.close());

test('the same state gives the same bytes, named by their hash', async () => {
  await engine.api['case.close']({});
  const open = await Case.open(place.at('a'));
  const first = await exportCase(open, place.at('1.tidemark'), { only: 'all' });
  const second = await exportCase(open, place.at('2.tidemark'), { only: 'all' });
  await open.close();
  expect(second.sha256).toBe(first.sha256);
  expect(readFileSync(place.at('1.tidemark')).equals(readFileSync(place.at('2.tidemark')))).toBe(true);
  expect(partsOf(place.at('1.tidemark'))[0]!.name).toBe('tidemark.json');
  await engine.api['case.open']({ dir: place.at('a') });
});

test('only what is tagged: one content goes along, and nothing looks complete that is not', async () => {
  const made = await done(
    engine,
    engine.api['transfer.export']({ path: place.at('t.tidemark'), only: 'tagged' }),
  );
  expect(made).toMatchObject({ contents: 1, left_out: 2, members: 3, problems: [] });
  expect(partsOf(place.at('t.tidemark')).filter(({ name }) => name.startsWith('evidence/'))).toHaveLength(1);
  const other = place.engine('ben@desk');
  const taken = await done(
    other,
    other.api['transfer.import']({ file: place.at('t.tidemark'), dir: place.at('t') }),
  );
  expect((taken.differences as string[]).join('\n')).toMatch(
    /only what was tagged: the bytes of 2 contents were left out/,
  );
  expect(
    await rowsOf(other, 'SELECT path, status, records::INTEGER FROM evidence_files ORDER BY path'),
  ).toEqual([
    ['reg-1/one.log', 'skipped', 0],
    ['reg-1/three.log', 'skipped', 0],
    ['reg-1/two.log', 'parsed', 5],
  ]);
  expect(
    await rowsOf(
      other,
      'SELECT a.text, e.http_path FROM annotations a JOIN events e ON e.event_id = a.event_id',
    ),
  ).toEqual([['this one', expect.stringContaining('two')]]);
});

test('an export that is cancelled or has no place leaves nothing, and what stood there stays', async () => {
  writeFileSync(place.at('there.tidemark'), 'before');
  const { jobId } = await engine.api['transfer.export']({ path: place.at('there.tidemark') });
  await engine.api['jobs.cancel']({ jobId });
  expect((await engine.job(jobId)).state).toBe('cancelled');
  expect(readFileSync(place.at('there.tidemark'), 'utf8')).toBe('before');
  expect(readdirSync(place.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  await expect(
    engine.api['transfer.export']({ path: place.at('nowhere', 'x.tidemark') }),
  ).rejects.toMatchObject({
    code: 'no_such_path',
  });
});

test('a case whose import was broken off says so, and can be neither resumed nor given up', async () => {
  const made = await Case.create(
    place.at('killed'),
    undefined,
    {},
    { prepare: (connection) => setPending(connection, 'import') },
  );
  await made.close();
  const other = place.engine();
  const { notices, pending } = await other.api['case.open']({ dir: place.at('killed') });
  expect(pending).toMatchObject({ steps: ['import'], bundles: [] });
  expect(notices.join()).toMatch(/not whole. Import the file again into a new folder/);
  for (const method of ['ingest.resume', 'ingest.giveUp'] as const)
    await expect(other.api[method]({})).rejects.toMatchObject({ code: 'import_unfinished' });
});
