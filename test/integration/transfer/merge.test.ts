// Two responders on the same evidence, taken in in another order, so that no number of an event is the same.
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../../electron/engine/engine.ts';
import type { MergeResult } from '../../../shared/api.ts';
import { registryLog, tarGzOf } from '../bundles.ts';
import { done, ended, Place, RULE, rowsOf } from './cases.ts';

let place: Place;
const results: Record<string, MergeResult> = {};
const said: Record<string, unknown[][]> = {};

/** Words and who said them when, on what; and findings with their states. */
const WORDS = `SELECT a.kind, a.text, a.author, epoch_us(a.made_at) AS made, m.path, e.line FROM annotations a
  LEFT JOIN events e ON e.event_id = a.event_id LEFT JOIN evidence_files m ON m.file_id = e.file_id ORDER BY ALL`;

async function make(name: string, bundles: string[], actor: string): Promise<Engine> {
  const engine = place.engine(actor);
  await engine.api['case.create']({ dir: place.at(name) });
  await engine.api['rules.save']({ path: 'own.yml', text: RULE });
  await done(engine, engine.api['ingest.start']({ paths: bundles.map((b) => place.at(b)), detect: true }));
  return engine;
}

async function eventAt(engine: Engine, node: string, line: number): Promise<string> {
  const rows = await rowsOf(
    engine,
    `SELECT event_id::VARCHAR FROM events WHERE node = '${node}' AND line = ${line}`,
  );
  return rows[0]![0] as string;
}

async function findingOn(engine: Engine, node: string): Promise<string> {
  const { findings } = await engine.api['findings.list']({});
  return findings.find((f) => f.title === 'A manifest was read' && f.node === node)!.findingId;
}

beforeAll(async () => {
  place = new Place();
  for (const node of ['reg-1', 'reg-2', 'reg-3']) {
    const content = registryLog(6).replaceAll('198.51', '203.0').replaceAll('app', node);
    writeFileSync(place.at(`${node}.tar.gz`), await tarGzOf([{ name: `${node}/registry.log`, content }]));
  }
  const a = await make('a', ['reg-1.tar.gz', 'reg-2.tar.gz'], 'ana@laptop');
  const b = await make('b', ['reg-3.tar.gz', 'reg-2.tar.gz', 'reg-1.tar.gz'], 'ben@desk');
  expect(await eventAt(a, 'reg-1', 2)).not.toBe(await eventAt(b, 'reg-1', 2));
  await a.api['annotations.add']({ eventIds: [await eventAt(a, 'reg-1', 2)], kind: 'tag', text: 'both' });
  await a.api['annotations.add']({
    eventIds: [await eventAt(a, 'reg-2', 3)],
    kind: 'comment',
    text: 'only ana',
  });
  await b.api['annotations.add']({ eventIds: [await eventAt(b, 'reg-1', 2)], kind: 'tag', text: 'both' });
  await b.api['annotations.add']({ eventIds: [await eventAt(b, 'reg-1', 4)], kind: 'tag', text: 'only ben' });
  await b.api['annotations.add']({
    eventIds: [await eventAt(b, 'reg-3', 1)],
    kind: 'tag',
    text: 'not ana’s evidence',
  });
  const state = async (engine: Engine, node: string, verdict: 'confirmed' | 'dismissed', why: string) =>
    engine.api['findings.setState']({ findingId: await findingOn(engine, node), state: verdict, why });
  await state(a, 'reg-1', 'confirmed', 'seen');
  await state(b, 'reg-1', 'dismissed', 'our own scan');
  await state(b, 'reg-2', 'confirmed', 'ben saw it');
  await a.api['placeholders.set']({ name: 'admins', values: ['root'] });
  await b.api['placeholders.set']({ name: 'admins', values: ['ops'] });
  for (const each of [a, b])
    await each.api['rules.setDefault']({ kind: 'level', value: 'informational', enabled: false });
  await b.api['suppressions.add']({ ruleId: 'some-rule', reason: 'known' });
  await b.api['nodes.set']({ node: 'reg-2', clockOffsetUs: 2_000_000 });
  await done(a, a.api['transfer.export']({ path: place.at('a.tidemark') }));
  await done(b, b.api['transfer.export']({ path: place.at('b.tidemark') }));
  results.ab = await a.api['transfer.merge']({ file: place.at('b.tidemark') });
  results.again = await a.api['transfer.merge']({ file: place.at('b.tidemark') });
  results.ba = await b.api['transfer.merge']({ file: place.at('a.tidemark') });
  said.a = await rowsOf(a, WORDS);
  said.b = await rowsOf(b, WORDS);
  said.states = await rowsOf(
    a,
    `SELECT node, state, state_by, state_why FROM findings WHERE title = 'A manifest was read' ORDER BY node`,
  );
  said.nodes = await rowsOf(a, `SELECT node, clock_offset_us FROM nodes ORDER BY node`);
  said.moved = await rowsOf(
    a,
    `SELECT DISTINCT epoch_us(ts) - epoch_us(ts_logged) FROM events WHERE node = 'reg-2'`,
  );
  said.custody = await rowsOf(a, `SELECT detail FROM custody WHERE act = 'annotations.merged'`);
}, 120_000);
afterAll(() => place.close());

test('what only theirs says is added, under their name and time; what both say alike is the same', () => {
  expect(results.ab).toMatchObject({ same: 1, withoutEvidence: 1, problems: [] });
  expect(results.ab!.added).toMatchObject({
    tags: 2,
    findingStates: 1,
    suppressions: 1,
    clocks: 1,
    zones: 0,
  });
  expect(said.states).toEqual([
    ['reg-1', 'confirmed', 'ana', 'seen'],
    ['reg-2', 'confirmed', 'ben', 'ben saw it'],
  ]);
});

test('what both decided differently is a conflict: ours is kept, both decisions stand as notes', () => {
  expect(results.ab!.conflicts.map(({ kind, ours, theirs }) => [kind, ours, theirs])).toEqual([
    ['finding', 'confirmed: seen', 'dismissed: our own scan'],
    ['placeholder', 'root', 'ops'],
  ]);
  const notes = said.a!.filter(([kind]) => kind === 'note').map(([, text]) => text);
  expect(notes.sort()).toEqual([
    expect.stringMatching(/^finding "A manifest was read".*: confirmed: seen$/),
    expect.stringMatching(/^finding "A manifest was read".*: dismissed: our own scan$/),
    'placeholder admins: ops',
    'placeholder admins: root',
  ]);
});

test('merging A into B and B into A gives the same words', () => {
  const own = said.b!.filter(([, text]) => text !== 'not ana’s evidence');
  expect(own).toHaveLength(said.a!.length);
  expect(own).toEqual(said.a);
});

test('merging twice adds nothing', () => {
  expect(Object.values(results.again!.added).reduce((sum, n) => sum + n, 0)).toBe(0);
  expect(results.again!.conflicts).toEqual(results.ab!.conflicts);
  expect(results.again!.annotationIds).toEqual([]);
});

test('a clock that theirs had set moves the times, and the log says what was merged', () => {
  expect(said.nodes).toEqual([
    ['reg-1', '0'],
    ['reg-2', '2000000'],
  ]);
  expect(said.moved).toEqual([['2000000']]);
  expect(JSON.parse(said.custody![0]![0] as string)).toMatchObject({
    file: 'b.tidemark',
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test('a file that is no case is not merged', async () => {
  const engine = place.engine();
  await engine.api['case.create']({ dir: place.at('c') });
  writeFileSync(place.at('x.tidemark'), 'not a tar');
  await expect(engine.api['transfer.merge']({ file: place.at('x.tidemark') })).rejects.toMatchObject({
    code: 'not_portable',
  });
  const job = await ended(engine, engine.api['transfer.export']({ path: place.at('empty.tidemark') }));
  expect(job).toMatchObject({ state: 'done', result: { contents: 0, members: 0 } });
});
