// What the engine says of bundles before they are read, what it knows already, and its limits.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from '../../../electron/engine/engine.ts';
import { registryLog, tarGzOf } from '../bundles.ts';

let folder: string;
let bundle: string;
let engine: Engine;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-preview-'));
  mkdirSync(join(folder, 'state'));
  bundle = join(folder, 'registry-1.tar.gz');
  writeFileSync(bundle, await tarGzOf([{ name: 'registry-1/registry.log', content: registryLog(5) }]));
  engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: join(folder, 'state') });
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

test('without a case bundles are looked at all the same; one that is not there hides no other', async () => {
  const seen = await engine.api['intake.preview']({ paths: [join(folder, 'nope.tar'), bundle] });
  expect(seen.freeBytes).toBeNull();
  expect(seen.bundles[0]).toMatchObject({ members: 0, problem: expect.stringMatching(/There is no file/) });
  expect(seen.bundles[1]).toMatchObject({ kind: 'tar in gzip', members: 1, known: false, problem: null });
  expect(seen.neededBytes).toBeGreaterThan(0);
});

test('a bundle that is in the case is known, until its file changes', async () => {
  await engine.api['case.create']({ dir: join(folder, 'case') });
  const look = async () => {
    const seen = await engine.api['intake.preview']({ paths: [bundle] });
    expect(seen.freeBytes).toBeGreaterThan(0);
    return seen.bundles[0]!.known;
  };
  expect(await look()).toBe(false);
  const { jobId } = await engine.api['ingest.start']({ paths: [bundle], detect: false });
  expect((await engine.job(jobId)).state).toBe('done');
  expect(await look()).toBe(true);
  writeFileSync(bundle, await tarGzOf([{ name: 'registry-1/registry.log', content: registryLog(50) }]));
  expect(await look()).toBe(false);
});

test('every limit has a default that the schema of the contract takes', async () => {
  const { defaults } = await engine.api['intake.limits']({});
  expect(Object.keys(defaults).sort()).toEqual([
    'depth',
    'members',
    'nameLength',
    'ratio',
    'seconds',
    'totalBytes',
  ]);
  const { jobId } = await engine.api['ingest.start']({ paths: [bundle], detect: false, limits: defaults });
  expect((await engine.job(jobId)).state).toBe('done');
});
