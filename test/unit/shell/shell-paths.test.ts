import { chmodSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { askedCase } from '../../../electron/asked-case.ts';
import { appRoot, type Surroundings, stateCandidates, stateDir } from '../../../electron/shell-paths.ts';

let tmp: string;
const around = (more: Partial<Surroundings>): Surroundings => ({
  platform: 'linux',
  env: {},
  home: null,
  tmp,
  user: '1000',
  ...more,
});

beforeEach(() => {
  tmp = mkdtempSync(join(tmpdir(), 'tidemark-paths-'));
});
afterEach(() => rmSync(tmp, { recursive: true, force: true }));

test('the application is found from its source and from its bundles', () => {
  const root = join(import.meta.dirname, '..', '..', '..');
  expect(appRoot(join(root, 'electron'))).toBe(root);
  expect(appRoot(join(root, 'dist', 'electron'))).toBe(root);
});

test('state goes where each system keeps such things, the temporary folder last', () => {
  expect(stateCandidates(around({ env: { XDG_DATA_HOME: '/data' }, home: '/home/ann' }))).toEqual([
    '/data/tidemark',
    '/home/ann/.local/share/tidemark',
    join(tmp, 'tidemark-1000'),
  ]);
  expect(stateCandidates(around({ env: { XDG_DATA_HOME: 'not/absolute' } }))).toEqual([
    join(tmp, 'tidemark-1000'),
  ]);
  expect(stateCandidates(around({ platform: 'darwin', home: '/Users/ann' }))[0]).toBe(
    '/Users/ann/Library/Application Support/Tidemark',
  );
  expect(stateCandidates(around({ platform: 'win32', env: { APPDATA: '/roaming' } }))[0]).toBe(
    '/roaming/Tidemark',
  );
});

test('a home that cannot be written falls back to the temporary folder', () => {
  writeFileSync(join(tmp, 'home'), 'a file, not a folder');
  const made = stateDir(around({ home: join(tmp, 'home') }));
  expect(made).toBe(join(tmp, 'tidemark-1000'));
  expect(statSync(made).mode & 0o777).toBe(0o700);
});

test('a link that somebody laid in the temporary folder is not followed', () => {
  symlinkSync('/', join(tmp, 'tidemark-1000'));
  const made = stateDir(around({}));
  expect(made).not.toBe(join(tmp, 'tidemark-1000'));
  expect(made.startsWith(tmp)).toBe(true);
  chmodSync(made, 0o700);
});

test('the desktop app opens what it was asked to, past switches of Chromium', () => {
  expect(askedCase(['--enable-logging', '/cases/a'])).toBe('/cases/a');
  expect(askedCase(['--sample'])).toBe('sample');
  expect(askedCase(['--inspect=0'])).toBeNull();
});
