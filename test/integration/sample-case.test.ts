import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Engine } from '../../electron/engine/engine.ts';
import { openSampleCase } from '../../electron/sample-case.ts';
import { registryLog, tarGzOf } from './bundles.ts';

let folder: string;
let engines: Engine[];
const places = () => ({ sampleDir: join(folder, 'incident'), stateDir: join(folder, 'state') });
const begin = () => {
  const engine = new Engine({ shell: 'command line', ...places() });
  engines.push(engine);
  return engine;
};
const bundle = async (lines: number) =>
  writeFileSync(
    join(folder, 'incident', 'registry-1.tar.gz'),
    await tarGzOf([{ name: 'registry-1/registry.log', content: registryLog(lines) }]),
  );
const events = async (engine: Engine) => (await engine.api['case.current']({})).case?.events;

beforeEach(async () => {
  engines = [];
  folder = mkdtempSync(join(tmpdir(), 'tidemark-sample-'));
  mkdirSync(join(folder, 'incident'));
  mkdirSync(join(folder, 'state'));
  writeFileSync(join(folder, 'incident', 'truth.yml'), 'not a bundle');
  await bundle(20);
});
afterEach(async () => {
  for (const engine of engines) await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the sample case is made once and opened again afterwards', async () => {
  const first = begin();
  const dir = await openSampleCase(first, places());
  expect(await events(first)).toBe(20);
  const made = statSync(join(dir, 'case.json')).mtimeMs;
  await first.close();
  const second = begin();
  expect(await openSampleCase(second, places())).toBe(dir);
  expect(await events(second)).toBe(20);
  expect(statSync(join(dir, 'case.json')).mtimeMs).toBe(made);
});

test('it is made anew when its bundles changed', async () => {
  const first = begin();
  const dir = await openSampleCase(first, places());
  await first.close();
  await bundle(30);
  const second = begin();
  expect(await openSampleCase(second, places())).toBe(dir);
  expect(await events(second)).toBe(30);
});

test('it is made anew when its making was broken off', async () => {
  const first = begin();
  const dir = await openSampleCase(first, places());
  await first.close();
  rmSync(join(dir, 'sample.json'));
  const second = begin();
  await openSampleCase(second, places());
  expect(await events(second)).toBe(20);
  expect(readdirSync(join(folder, 'state')).filter((name) => name.startsWith('sample'))).toEqual([
    'sample-case',
  ]);
});

test('it is made anew when it is of another layout', async () => {
  const first = begin();
  const dir = await openSampleCase(first, places());
  await first.close();
  const file = join(dir, 'case.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), schemaVersion: 0 }));
  const second = begin();
  expect(await openSampleCase(second, places())).toBe(dir);
  expect(await events(second)).toBe(20);
});

test('a second Tidemark gets a sample case of its own', async () => {
  const first = await openSampleCase(begin(), places());
  const second = begin();
  expect(await openSampleCase(second, places())).not.toBe(first);
  expect(await events(second)).toBe(20);
});
