// Two processes never have one case: real processes, killed, stopped and started at once.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Case } from '../../../electron/engine/case/case.ts';

const HOLD = fileURLToPath(new URL('../../faults/hold-case.ts', import.meta.url));

interface Answer {
  ok: boolean;
  code: string | null;
  message: string;
  notices: string[];
}

class Tidemark {
  readonly child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  constructor(dir: string, command = process.execPath, words: string[] = []) {
    this.child = spawn(command, [...words, '--disable-warning=ExperimentalWarning', HOLD, dir], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }
  async ready(): Promise<this> {
    expect((await this.#lines.next()).value).toBe('ready');
    return this;
  }
  go(): void {
    this.child.stdin!.write('go\n');
  }
  async answer(): Promise<Answer> {
    return JSON.parse((await this.#lines.next()).value as string) as Answer;
  }
  async open(): Promise<Answer> {
    await this.ready();
    this.go();
    return this.answer();
  }
  /** Ends in order, or by `signal`. */
  async end(signal?: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((done) => this.child.once('exit', done));
    if (signal) this.child.kill(signal);
    else this.child.stdin!.end();
    await ended;
  }
}

let dir: string;
let started: Tidemark[];
const start = (...words: ConstructorParameters<typeof Tidemark>) => {
  const made = new Tidemark(...words);
  started.push(made);
  return made;
};

beforeEach(async () => {
  dir = join(mkdtempSync(join(tmpdir(), 'tidemark-lock-')), 'case');
  started = [];
  await (await Case.create(dir)).close();
});
afterEach(async () => {
  await Promise.all(started.map((one) => one.end('SIGKILL')));
  rmSync(join(dir, '..'), { recursive: true, force: true });
});

test('of twenty processes that open one case at once exactly one gets it, the others are told who has it', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => start(dir).ready()));
  for (const one of all) one.go();
  const answers = await Promise.all(all.map((one) => one.answer()));
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  for (const { code, message } of answers.filter(({ ok }) => !ok)) {
    expect(code).toBe('case_locked');
    expect(message).toContain('is open in another Tidemark');
    expect(message).toContain('nothing was changed');
  }
  const late = await start(dir).open();
  expect(late).toMatchObject({ ok: false, code: 'case_locked' });
  expect(late.message).toMatch(
    /\(night@desk, Tidemark [\d.]+, a test, since \d{4}-\d\d-\d\d \d\d:\d\d UTC\)/,
  );
});

test('eight takers of a stale lock: its holder was killed, and again exactly one gets the case', async () => {
  const killed = start(dir);
  expect(await killed.open()).toMatchObject({ ok: true, notices: [] });
  await killed.end('SIGKILL');
  const all = await Promise.all(Array.from({ length: 8 }, () => start(dir).ready()));
  for (const one of all) one.go();
  const answers = await Promise.all(all.map((one) => one.answer()));
  const got = answers.filter(({ ok }) => ok);
  expect(got).toHaveLength(1);
  expect(got[0]!.notices.join()).toContain('not closed properly');
});

test('a holder that ends in order leaves no word of it, one that is killed is said once', async () => {
  const first = start(dir);
  await first.open();
  await first.end('SIGKILL');
  const second = start(dir);
  expect((await second.open()).notices.join()).toContain('not closed properly');
  await second.end();
  expect(existsSync(join(dir, 'case.lock'))).toBe(false);
  const third = start(dir);
  expect(await third.open()).toMatchObject({ ok: true, notices: [] });
});

test('a stopped holder keeps its case', async () => {
  const holder = start(dir);
  await holder.open();
  holder.child.kill('SIGSTOP');
  expect(await start(dir).open()).toMatchObject({ ok: false, code: 'case_locked' });
  holder.child.kill('SIGCONT');
  await holder.end();
  expect(await start(dir).open()).toMatchObject({ ok: true });
});

test('the holder keeps its case through writes, and a second opening within one process is refused too', async () => {
  const holder = await Case.open(dir);
  await expect(Case.open(dir)).rejects.toMatchObject({ code: 'case_locked' });
  for (let i = 0; i < 3; i++)
    await holder.write((c) => c.run('INSERT INTO setting VALUES ($1, $1)', [`${i}`]));
  expect(await start(dir).open()).toMatchObject({ ok: false, code: 'case_locked' });
  await holder.close();
  expect(await start(dir).open()).toMatchObject({ ok: true });
});

test('a copy of a case that is open elsewhere opens: a copied lock file holds nobody', async () => {
  const holder = start(dir);
  await holder.open();
  cpSync(dir, `${dir}-copy`, { recursive: true });
  const copy = start(`${dir}-copy`);
  expect(await copy.open()).toMatchObject({ ok: true });
});

test('a guard that someone wrote into is emptied, and holds again', async () => {
  writeFileSync(join(dir, 'case.guard'), 'not a lock any more\n'.repeat(100));
  const holder = start(dir);
  expect(await holder.open()).toMatchObject({ ok: true });
  expect(await start(dir).open()).toMatchObject({ ok: false, code: 'case_locked' });
});

test('a folder where making a case was broken off takes a case; one with evidence in it does not', async () => {
  rmSync(join(dir, 'case.json'));
  writeFileSync(join(dir, 'case.duckdb'), 'half a database');
  const made = await Case.create(dir, 'second try');
  expect(await made.read((c) => c.row('SELECT count(*)::INTEGER AS n FROM events'))).toEqual({ n: 0 });
  await made.close();
  rmSync(join(dir, 'case.json'));
  writeFileSync(join(dir, 'evidence', 'kept.zst'), 'evidence');
  await expect(Case.create(dir)).rejects.toMatchObject({ code: 'case_folder' });
  expect(existsSync(join(dir, 'case.duckdb'))).toBe(true);
});

/** Whether this system gives us a mount namespace of our own. */
const mounts = spawnSync('unshare', ['-Urm', 'true']).status === 0;

test.skipIf(!mounts)('a case on a read-only disk is refused with a sentence', async () => {
  const words = [
    '-Urm',
    'sh',
    '-c',
    'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"',
    dir,
  ];
  for (const guard of [true, false]) {
    if (!guard) rmSync(join(dir, 'case.guard'));
    const answer = await start(dir, 'unshare', [...words, process.execPath]).open();
    expect(answer).toMatchObject({ ok: false, code: 'case_folder' });
    expect(answer.message).toContain('read-only');
    expect(answer.message).toContain('copy it to a local disk');
  }
  expect(readdirSync(dir)).not.toContain('case.lock');
});
