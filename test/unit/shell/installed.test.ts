import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

// Plain JavaScript without types: it runs before anything is installed.
const { isInstalled } = (await import(new URL('../../../electron/installed.mjs', import.meta.url).href)) as {
  isInstalled(root: string): boolean;
};

let root: string;
const lock = (path: string, packages: Record<string, object>) => {
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify({ packages }));
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tidemark-installed-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a checkout without node_modules is not installed', () => {
  lock('package-lock.json', {});
  expect(isInstalled(root)).toBe(false);
});

test('what is installed is judged by versions, packages of other platforms aside', () => {
  const wanted = {
    '': { version: '1' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/mac-only': { version: '1.0.0', optional: true },
  };
  lock('package-lock.json', wanted);
  lock('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
  expect(isInstalled(root)).toBe(true);
  lock('node_modules/.package-lock.json', { 'node_modules/a': { version: '0.9.0' } });
  expect(isInstalled(root)).toBe(false);
  lock('node_modules/.package-lock.json', {});
  expect(isInstalled(root)).toBe(false);
});
