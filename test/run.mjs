// `npm test`: everything, from a clean checkout: installs what is missing, then lint, types, unit and integration tests,
// end-to-end tests in a browser without a display. Ends with one line: N passed, N failed, N skipped.
// Plain JavaScript: runs before anything is installed.
//   npm test -- --offline    the tests run in a network namespace that has loopback and nothing else (Linux)
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { isInstalled, npm } from '../electron/installed.mjs';
import { NODE_NEEDED, nodeProgram, ROOT } from '../electron/node-program.mjs';

const LIMIT_MINUTES = 28;
const offline = process.argv.includes('--offline');
/** In the namespace already: the tests alone, their count goes into this file. */
const countFile = process.argv.find((word) => word.startsWith('--count='))?.slice('--count='.length);
const scratch = mkdtempSync(join(tmpdir(), 'tidemark-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };
const running = new Set();
const started = Date.now();

process.on('exit', () => {
  killAll();
  rmSync(scratch, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
setTimeout(() => {
  console.log(`\nStopped: the tests took more than ${LIMIT_MINUTES} minutes.`);
  total.failed++;
  finish();
}, LIMIT_MINUTES * 60_000).unref();

if (!isInstalled(ROOT)) {
  heading('Installing (npm ci)');
  const [program, words] = npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if ((await run(program, words)) !== 0) stop('npm ci failed.');
}
const node = nodeProgram();
if (node === null) stop(NODE_NEEDED);

if (countFile !== undefined) {
  await checkNamespace();
  await vitest();
  await playwright();
  writeFileSync(countFile, JSON.stringify(total));
  process.exit(total.failed === 0 ? 0 : 1);
}

await counted('Lint (Biome)', () => tool('@biomejs/biome', 'biome', ['check', '.']));
await counted('Types (TypeScript)', () => tool('typescript', 'tsc', ['--noEmit']));

heading('Building the page and the desktop processes');
const built = (await run(node, [join(ROOT, 'electron', 'build.mjs')])) === 0;
if (!built) {
  total.failed++;
  console.log('The build failed: what needs the page will fail too.');
}

if (offline) await withoutNetwork();
else {
  await vitest();
  await playwright();
}
finish();

/** Runs the tests in a network namespace of their own; says so and fails where there is none to be had. */
async function withoutNetwork() {
  heading('Without a network: a namespace with loopback alone');
  if (process.platform !== 'linux' || !onPath('unshare'))
    stop('This platform has no network namespace (unshare).');
  const words = { ip: 'link set lo up', busybox: 'ip link set lo up', ifconfig: 'lo up' };
  const up = Object.keys(words).find((name) => systemProgram(name));
  if (!up) stop('Loopback cannot be brought up: there is no ip, busybox or ifconfig.');
  const file = join(scratch, 'count.json');
  const asRoot = process.getuid() === 0;
  const code = await run('unshare', [
    ...(asRoot ? [] : ['--user', '--map-root-user']),
    '--net',
    'sh',
    '-c',
    `${systemProgram(up)} ${words[up]} && exec "$@"`,
    'sh',
    node,
    join(ROOT, 'test', 'run.mjs'),
    `--count=${file}`,
  ]);
  const count = readResult(file);
  if (count === null) stop('The tests could not be run in a network namespace here.');
  for (const each of Object.keys(total)) total[each] += count[each];
  if (code !== 0 && count.failed === 0) total.failed++;
}

/** Nothing but loopback, and that works: else the tests would prove nothing, or all fail for it. */
async function checkNamespace() {
  const others = Object.keys(networkInterfaces()).filter((name) => name !== 'lo');
  if (others.length > 0) stop(`This is no namespace without a network: it has ${others.join(', ')}.`);
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((ready, failed) => server.once('listening', ready).once('error', failed));
  server.close();
}

/** Unit and integration tests. */
async function vitest() {
  heading('Unit and integration tests (Vitest)');
  const file = join(scratch, 'vitest.json');
  const code = await tool('vitest', 'vitest', [
    'run',
    '--config=test/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const result = readResult(file);
  if (!result) {
    total.failed++;
    return;
  }
  const broken = result.testResults.filter(
    (each) => each.status === 'failed' && each.assertionResults.length === 0,
  ).length;
  total.passed += result.numPassedTests;
  total.failed += result.numFailedTests + broken;
  total.skipped += result.numPendingTests + result.numTodoTests;
  if (code !== 0 && result.numFailedTests + broken === 0) total.failed++; // e.g. an error outside of any test
}

/** End-to-end tests; skipped with a sentence where no browser can be had. */
async function playwright() {
  heading('End-to-end tests (Playwright)');
  const chromium = await findChromium();
  if (chromium === null) {
    console.log('No Chromium here and none could be installed: the end-to-end tests are skipped.');
    total.skipped++;
    return;
  }
  console.log(`Browser: ${chromium}`);
  const file = join(scratch, 'playwright.json');
  const code = await tool(
    '@playwright/test',
    'playwright',
    ['test', '--config', join('test', 'e2e', 'playwright.config.ts')],
    {
      PLAYWRIGHT_JSON_OUTPUT_NAME: file,
      TIDEMARK_CHROMIUM: chromium,
      NO_COLOR: undefined, // Playwright sets FORCE_COLOR for its workers, and Node warns of both
      FORCE_COLOR: '0',
    },
  );
  const result = readResult(file);
  if (!result) {
    total.failed++;
    return;
  }
  const { expected, unexpected, flaky, skipped } = result.stats;
  total.passed += expected + flaky;
  total.failed += unexpected;
  total.skipped += skipped;
  if (code !== 0 && unexpected === 0) total.failed++;
}

/** A Chromium of the system, else Debian's by apt-get, else Playwright's own; its file, or null. */
async function findChromium() {
  const there = () =>
    [
      process.env.TIDEMARK_CHROMIUM,
      ...['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].map(onPath),
    ].find((file) => file && existsSync(file));
  const first = there();
  if (first) return first;
  if (onPath('apt-get')) {
    const asRoot = process.getuid?.() === 0 ? [] : onPath('sudo') ? ['sudo', '-n'] : null;
    if (asRoot) {
      console.log('Installing Debian’s Chromium (apt-get) ...');
      const apt = (...words) => {
        const [program, ...rest] = [...asRoot, 'apt-get', ...words];
        return run(program, rest, { DEBIAN_FRONTEND: 'noninteractive' });
      };
      await apt('update', '-q');
      await apt('install', '-y', '-q', '--no-install-recommends', 'chromium');
      const second = there();
      if (second) return second;
    }
  }
  const own = createRequire(join(ROOT, 'package.json'))('@playwright/test').chromium.executablePath();
  return existsSync(own) ? own : null;
}

/** Programs for administrators are not on everybody's path. */
function systemProgram(name) {
  return onPath(name) ?? ['/usr/sbin', '/sbin'].map((folder) => join(folder, name)).find(existsSync) ?? null;
}

function onPath(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, name);
    if (folder && existsSync(file)) return file;
  }
  return null;
}

async function counted(title, work) {
  heading(title);
  const ok = (await work()) === 0;
  total[ok ? 'passed' : 'failed']++;
  console.log(ok ? 'ok' : 'FAILED');
}

/** Runs the program of an installed package with the Node that is new enough. */
function tool(pack, name, words, env = {}) {
  const folder = join(ROOT, 'node_modules', ...pack.split('/'));
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return run(node, [join(folder, typeof bin === 'string' ? bin : bin[name]), ...words], env);
}

function run(program, words, env = {}) {
  return new Promise((done) => {
    const child = spawn(program, words, {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: process.platform !== 'win32', // a group of its own, so that what it starts can be ended with it
      env: {
        ...process.env,
        PATH: [join(ROOT, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
        XDG_DATA_HOME: join(scratch, 'data'), // nothing of the tests goes into the user's own folders
        NO_COLOR: '1',
        ...env,
      },
    });
    running.add(child);
    child.on('error', (error) => {
      console.log(error.message);
      done(1);
    });
    child.on('exit', (code) => {
      endGroup(child);
      running.delete(child);
      done(code ?? 1);
    });
  });
}

function endGroup(child) {
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // nothing of it is left
  }
}

function killAll() {
  for (const child of running) endGroup(child);
}

function readResult(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function heading(text) {
  console.log(`\n== ${text}`);
}

function stop(sentence) {
  console.log(sentence);
  total.failed++;
  finish();
}

function finish() {
  killAll();
  console.log(`\n${Math.round((Date.now() - started) / 1000)} s`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exit(total.failed === 0 ? 0 : 1);
}
