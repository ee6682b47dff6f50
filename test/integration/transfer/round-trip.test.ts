// A case that is exported and imported again is the same case: every public view, row for row.
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../../electron/engine/engine.ts';
import { done, Place, publicViews, RULE, rowsOf, sampleBundles } from './cases.ts';

let place: Place;
let engine: Engine;
let before: Record<string, string[]>;
let custody: string[];
let exported: Record<string, unknown>;
let imported: Record<string, unknown>;

beforeAll(async () => {
  place = new Place();
  engine = place.engine();
  await engine.api['case.create']({ dir: place.at('a'), name: 'Night shift' });
  await engine.api['rules.save']({ path: 'own/manifest.yml', text: RULE });
  writeFileSync(
    place.at('given.yml'),
    RULE.replaceAll('000000000001', '000000000002').replace('A manifest', 'Given'),
  );
  await done(
    engine,
    engine.api['ingest.start']({
      paths: sampleBundles(),
      timezones: { 'celery-worker-1': 'Europe/Berlin' },
      detect: false,
    }),
  );
  await engine.api['nodes.set']({ node: 'ray-head', clockOffsetUs: -1_500_000 });
  await engine.api['rules.tune']({
    ruleId: '6f1d9c1e-0000-4000-8000-000000000001',
    enabled: true,
    reason: 'of use',
  });
  await engine.api['placeholders.set']({ name: 'admins', values: ['root', 'ops'] });
  await done(engine, engine.api['detect.start']({ rules: [place.at('given.yml')] }));
  await workOn(engine);
  before = await publicViews(engine);
  custody = readFileSync(place.at('a', 'custody.jsonl'), 'utf8').trimEnd().split('\n');
  exported = await done(engine, engine.api['transfer.export']({ path: place.at('case.tidemark') }));
  await engine.close();
  engine = place.engine('ben@desk');
  imported = await done(
    engine,
    engine.api['transfer.import']({ file: place.at('case.tidemark'), dir: place.at('b') }),
  );
}, 120_000);
afterAll(() => place.close());

async function workOn(engine: Engine): Promise<void> {
  const { findings } = await engine.api['findings.list']({});
  await engine.api['findings.setState']({
    findingId: findings[0]!.findingId,
    state: 'confirmed',
    why: 'seen on the host',
  });
  await engine.api['findings.setState']({
    findingId: findings[1]!.findingId,
    state: 'dismissed',
    why: 'a test of ours',
  });
  const { rows } = await engine.api['findings.events']({ findingId: findings[0]!.findingId });
  await engine.api['annotations.add']({ eventIds: [rows[0]!.eventId], kind: 'tag', text: 'first step' });
  await engine.api['annotations.add']({
    eventIds: [rows[0]!.eventId],
    kind: 'comment',
    text: '<script>alert(1)</script>\nä',
  });
  await engine.api['suppressions.add']({ ruleId: findings[2]!.ruleId, reason: 'known' });
}

test('every public view is the same, row for row', async () => {
  const after = await publicViews(engine);
  expect(Object.keys(after)).toEqual(Object.keys(before));
  expect(Object.keys(after)).toEqual(
    expect.arrayContaining(['events', 'findings', 'evidence_files', 'annotations']),
  );
  for (const [view, rows] of Object.entries(before)) expect(after[view], view).toEqual(rows);
  expect(after.events!.length).toBeGreaterThan(8_000);
  expect(after.annotations).toHaveLength(2);
});

test('nothing differs, and the result says what was taken over', () => {
  expect(imported.differences).toEqual([]);
  expect(imported).toMatchObject({ bundles: 8, annotations: 2, custody: { problem: null } });
  expect(exported).toMatchObject({ left_out: 0, problems: [] });
});

test('the custody log goes on behind the received one, which stays as it was, byte for byte', async () => {
  const lines = readFileSync(place.at('b', 'custody.jsonl'), 'utf8').split('\n');
  expect(lines.slice(0, custody.length)).toEqual(custody);
  expect(JSON.parse(lines[custody.length]!)).toMatchObject({
    seq: custody.length + 1,
    act: 'case.imported',
    actor: 'ben@desk',
    detail: { file: 'case.tidemark', sha256: exported.sha256, differences: 0 },
  });
  const seen = await rowsOf(engine, `SELECT hash FROM custody WHERE act = 'case.imported'`);
  expect(lines[custody.length]).toContain(seen[0]![0]);
});
