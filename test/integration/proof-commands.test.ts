// The commands about proof as a user runs them: what they print and their exit codes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registryLog, tarGzOf } from './bundles.ts';

const ROOT = join(import.meta.dirname, '..', '..');
let folder: string;
const at = (...names: string[]) => join(folder, ...names);

async function tidemark(...words: string[]) {
  const child = spawn(process.execPath, [join(ROOT, 'electron', 'tidemark.mjs'), ...words], {
    cwd: folder,
    env: { ...process.env, XDG_DATA_HOME: at('state'), CI: 'true' },
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err, json: () => JSON.parse(out) };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-proof-cli-'));
  writeFileSync(
    at('good.tar.gz'),
    await tarGzOf([{ name: 'registry-1/registry.log', content: registryLog(50) }]),
  );
  writeFileSync(at('pass'), 'correct horse\r\nnot this\n');
  expect((await tidemark('ingest', 'case', 'good.tar.gz')).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SLOW = { timeout: 180_000 }; // each command is a process that starts another

test('a case is listed, verified and signed by two people', SLOW, async () => {
  const listed = await tidemark('custody', 'list', 'case');
  expect(listed.code).toBe(0);
  expect(listed.out).toMatch(/The case "case" was made/);
  expect(listed.out).toMatch(/Taking in of good.tar.gz began/);
  const whole = await tidemark('custody', 'verify', 'case');
  expect(whole.code).toBe(0);
  expect(whole.out).toContain('No signature names an entry of this log');

  expect((await tidemark('key', 'make', '--name', 'Ana')).code).toBe(0);
  const ben = (await tidemark('key', 'make', '--name', 'Ben', '--passphrase-file', 'pass', '--json')).json();
  expect(ben).toMatchObject({ name: 'Ben', locked: true });
  expect((await tidemark('sign', 'case', '--key', 'Ana')).out).toContain('1 signature');
  expect(await tidemark('sign', 'case', '--key', 'Ben')).toMatchObject({
    code: 3,
    err: expect.stringContaining('locked by a passphrase'),
  });
  const second = await tidemark('sign', 'case', '--key', 'Ben', '--passphrase-file', 'pass', '--json');
  expect(second.json()).toMatchObject({ signatures: 2 });

  const well = await tidemark('verify', 'case', '--json');
  expect(well.code).toBe(0);
  expect(well.json()).toMatchObject({
    ok: true,
    problems: [],
    bundles: { checked: 1 },
    signatures: [
      { signer: 'Ana', ok: true },
      { signer: 'Ben', ok: true },
    ],
  });
});

test('a changed byte in each part of a case is named, with exit code 1', SLOW, async () => {
  const log = at('case', 'custody.jsonl');
  writeFileSync(log, readFileSync(log, 'latin1').replace('good.tar.gz', 'best.tar.gz'), 'latin1');
  const broken = await tidemark('custody', 'verify', 'case');
  expect(broken.code).toBe(1);
  expect(broken.out).toMatch(/Line 2, entry 2, was changed/);
  const store = at('case', 'evidence');
  const name = readdirSync(store, { recursive: true })
    .map(String)
    .find((each) => each.endsWith('.zst'))!;
  const bytes = readFileSync(join(store, name));
  bytes[20]! ^= 1;
  rmSync(join(store, name));
  writeFileSync(join(store, name), bytes);
  const failed = await tidemark('verify', 'case');
  expect(failed.code).toBe(1);
  expect(failed.out).toMatch(/^NOT AS IT WAS: 3 problems\./);
  expect(failed.out).toMatch(
    /store evidence\/.*frame 1, bytes 0 to \d+ .*registry-1\/registry.log of good.tar.gz/,
  );
  expect(failed.out).toMatch(/custody entry 2: Line 2, entry 2, was changed/);
});

test('a report is signed, signed again, checked by the public key, and a change is named', SLOW, async () => {
  await tidemark('key', 'make', '--name', 'Cleo');
  await tidemark('key', 'make', '--name', 'Dan');
  expect((await tidemark('report', 'case', '--out', 'r.html', '--sign', 'Cleo')).code).toBe(0);
  expect((await tidemark('sign-report', 'r.html', '--key', 'Dan')).out).toContain('2 signatures');
  writeFileSync(at('cleo.pem'), (await tidemark('key', 'show', 'Cleo')).out);
  const checked = await tidemark('verify-report', 'r.html', '--key', 'cleo.pem');
  expect(checked.code).toBe(0);
  expect(checked.out).toContain('The bytes are those that the owner of the given key signed.');
  const alone = await tidemark('verify-report', 'r.html', '--json');
  expect(alone.json()).toMatchObject({
    ok: true,
    key: null,
    signatures: [{ name: 'Cleo' }, { name: 'Dan' }],
  });
  const bytes = readFileSync(at('r.html'));
  bytes[1000]! ^= 1;
  writeFileSync(at('r.html'), bytes);
  const changed = await tidemark('verify-report', 'r.html', '--key', 'cleo.pem');
  expect(changed.code).toBe(1);
  expect(changed.out).toContain('The report was changed after it was signed');
  expect((await tidemark('verify-report', 'absent.html')).code).toBe(2);
  expect((await tidemark('custody', 'look', 'case')).code).toBe(2);
});
