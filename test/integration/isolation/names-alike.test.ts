// A case folder beside a bundle whose name begins as the folder's does: `case` and `case.log`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..', '..');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-names-'));
  writeFileSync(join(folder, 'case.log'), '2026-11-26 01:02:03,123 INFO hello\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(words: string[]): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, words, {
    env: { ...process.env, XDG_DATA_HOME: join(folder, 'state') },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, said };
}

test('the case is made, whatever keeps the engine in', async () => {
  const { code, said } = await run([
    join(ROOT, 'electron', 'tidemark.mjs'),
    'ingest',
    join(folder, 'case'),
    join(folder, 'case.log'),
  ]);
  expect(said).toMatch(/1 record/);
  expect(code).toBe(0);
});
