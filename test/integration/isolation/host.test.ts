// The engine behind its host: that every way in runs it confined, that it is started anew for files it may not read yet,
// that it is never outlived by a case left open, and what is said when it is lost.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EngineHost } from '../../../electron/host/engine-host.ts';
import { nodeStarter } from '../../../electron/host/start-engine.ts';
import type { EngineEvents, JobInfo } from '../../../shared/api.ts';
import { registryLog } from '../bundles.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const onLinux = process.platform === 'linux';

let folder: string;
let hosts: EngineHost[];
let children: ChildProcess[];
const at = (...names: string[]) => join(folder, ...names);

const begin = (inputs: string[] = [], env: Record<string, string> = {}) => {
  const options = { shell: 'command line' as const, sampleDir: null, stateDir: at('state') };
  const host = new EngineHost(nodeStarter(ROOT, { ...process.env, ...env }), options, inputs);
  hosts.push(host);
  return host;
};

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'tidemark-host-')));
  hosts = [];
  children = [];
  writeFileSync(at('registry.log'), registryLog(50));
  writeFileSync(at('more.log'), registryLog(20));
});
afterEach(async () => {
  for (const host of hosts) await host.close();
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function tidemark(...words: string[]): ChildProcess {
  const child = spawn(process.execPath, [join(ROOT, 'electron', 'tidemark.mjs'), ...words], {
    cwd: folder,
    env: { ...process.env, XDG_DATA_HOME: at('data'), CI: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

async function ingested(host: EngineHost, path: string): Promise<JobInfo> {
  const { jobId } = await host.api['ingest.start']({ paths: [path], detect: false });
  return host.job(jobId);
}

interface Seen {
  pid: number;
  parent: number;
  command: string;
}

/** Processes of this machine; those that end while they are looked at are left out. */
function processes(): Seen[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent: Number(stat.split(') ').at(-1)!.split(' ')[1]), command }];
      } catch {
        return [];
      }
    });
}

/** The engine's process under `pid`: the last of the line, which runs engine-child.ts. */
function engineUnder(pid: number): Seen | null {
  const all = processes();
  const below = (of: number): Seen[] =>
    all.filter(({ parent }) => parent === of).flatMap((each) => [each, ...below(each.pid)]);
  return below(pid).findLast(({ command }) => command.includes('engine-child.ts')) ?? null;
}

async function until<T>(look: () => T | null | undefined | false): Promise<T> {
  for (;;) {
    const found = look();
    if (found) return found;
    await pause(20);
  }
}

const isThere = (pid: number) => existsSync(`/proc/${pid}`);
const network = (pid: number | 'self') => readlinkSync(`/proc/${pid}/ns/net`);

describe.skipIf(!onLinux)('every way in runs the engine confined', () => {
  test('the command line', async () => {
    const host = begin();
    await host.api['case.create']({ dir: at('case') });
    const { isolation } = await host.api['app.info']({});
    await host.close();
    const child = tidemark('sql', 'case', 'SELECT count(*) FROM range(100000000000) t(i) WHERE i % 7 = 3');
    const engine = await until(() => engineUnder(child.pid!));
    expect(engine.command).toContain('--permission');
    if (isolation.network === 'kernel') expect(network(engine.pid)).not.toBe(network('self'));
    await until(() => child.exitCode !== null || !child.kill('SIGTERM')); // the first cancels, the second ends
    await until(() => !isThere(engine.pid));
  });

  test('the browser shell, which itself opens no case', async () => {
    const host = begin();
    await host.api['case.create']({ dir: at('case') });
    const { isolation } = await host.api['app.info']({});
    await host.close();
    const child = tidemark('serve', 'case');
    await once(child.stdout!, 'data');
    const engine = engineUnder(child.pid!)!;
    expect(engine.command).toContain('--permission');
    expect(engine.command).toContain(at('case'));
    if (isolation.network === 'kernel') expect(network(engine.pid)).not.toBe(network('self'));
    const shells = processes().filter(({ parent }) => parent === child.pid);
    for (const { pid } of shells) expect(readFileSync(`/proc/${pid}/maps`, 'utf8')).not.toContain('duckdb');
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(0);
    await until(() => !isThere(engine.pid));
    expect(existsSync(at('case', 'case.lock'))).toBe(false);
  });

  test.each(['bwrap', 'unshare', 'node'])(
    'the engine ends with its shell, also when that is killed (%s)',
    async (level) => {
      const script = `
        const { EngineHost } = await import(${JSON.stringify(join(ROOT, 'electron/host/engine-host.ts'))});
        const { nodeStarter } = await import(${JSON.stringify(join(ROOT, 'electron/host/start-engine.ts'))});
        const host = new EngineHost(nodeStarter(${JSON.stringify(ROOT)}, { ...process.env, TIDEMARK_ISOLATION: '${level}' }),
          { shell: 'command line', sampleDir: null, stateDir: ${JSON.stringify(at('state'))} });
        await host.api['case.create']({ dir: ${JSON.stringify(at('case'))} }).then(
          () => console.log('open'), (error) => { console.log(error.code); process.exit(0); });`;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      const [said] = (await once(child.stdout!, 'data')) as [Buffer];
      if (String(said).trim() === 'engine_not_started') return; // this machine does not know this level
      const engine = (await until(() => engineUnder(child.pid!)))!;
      child.kill('SIGKILL');
      await until(() => !isThere(engine.pid));
      const again = begin();
      expect(await again.api['case.open']({ dir: at('case') })).toMatchObject({ dir: at('case') });
    },
  );

  test('what is in force is said, and stands in the custody log', async () => {
    for (const level of ['bwrap', 'unshare', 'node'] as const) {
      const host = begin([], { TIDEMARK_ISOLATION: level });
      const info = await host.api['app.info']({}).catch(() => null);
      if (info === null) continue; // this machine does not know this level
      const { network: net, files } = info.isolation;
      expect([net, files]).toEqual(
        {
          bwrap: ['kernel', 'kernel'],
          unshare: ['kernel', 'node'],
          node: ['refused in the process', 'node'],
        }[level],
      );
      await host.api['case.create']({ dir: at(level) });
      await host.close();
      const lines = readFileSync(at(level, 'custody.jsonl'), 'utf8').trim().split('\n');
      expect(JSON.parse(lines[0]!)).toMatchObject({
        act: 'case.created',
        detail: { isolation: { network: net, files } },
      });
    }
  });
});

describe('files that are named', () => {
  test('are read after a new start, with the case open as before and no word of it to the page', async () => {
    const host = begin([at('registry.log')]);
    const said: string[] = [];
    await host.api['case.create']({ dir: at('case') });
    host.subscribe((event, data) => {
      if (event === 'case') said.push((data as EngineEvents['case']).why);
    });
    const first = host.enginePid;
    expect((await ingested(host, at('registry.log'))).state).toBe('done');
    expect(host.enginePid).toBe(first);
    expect((await ingested(host, at('more.log'))).state).toBe('done');
    expect(host.enginePid).not.toBe(first);
    expect(said).toEqual(['ingested', 'ingested']);
    expect((await host.api['case.current']({})).case).toMatchObject({
      dir: at('case'),
      bundles: 2,
      events: 70,
    });
    expect((await host.api['jobs.list']({})).jobs.map((job) => job.state)).toEqual(['done', 'done']);
  });

  test('wait for a job that is running, and say so', async () => {
    const host = begin([at('registry.log')]);
    await host.api['case.create']({ dir: at('case') });
    const { jobId } = await host.api['ingest.start']({ paths: [at('registry.log')] });
    await expect(host.api['rules.import']({ path: at('more.log') })).rejects.toMatchObject({ code: 'busy' });
    expect((await host.job(jobId)).state).toBe('done');
    expect((await host.api['rules.import']({ path: at('more.log') }).catch((error) => error)).code).not.toBe(
      'busy',
    );
  });

  test('a link that was named is followed; a link inside a folder that was named is not', async () => {
    mkdirSync(at('named'));
    mkdirSync(at('elsewhere'));
    writeFileSync(at('elsewhere', 'hidden.log'), registryLog(5));
    writeFileSync(at('named', 'own.log'), registryLog(7));
    symlinkSync(at('elsewhere', 'hidden.log'), at('named', 'inner.log'));
    symlinkSync(at('registry.log'), at('chosen.log'));
    const host = begin();
    await host.api['case.create']({ dir: at('case') });
    expect((await ingested(host, at('chosen.log'))).state).toBe('done');
    expect((await ingested(host, at('named'))).state).toBe('done');
    const { files } = await host.api['evidence.list']({});
    expect(files.map(({ path, records }) => [path, records])).toEqual(
      expect.arrayContaining([
        ['chosen.log', 50],
        ['own.log', 7],
      ]),
    );
    expect(files.find(({ path }) => path === 'inner.log')?.status).toBe('skipped');
  });

  test('bundles are read again only where the responder named them, whatever the case says', async () => {
    const host = begin();
    await host.api['case.create']({ dir: at('case') });
    await ingested(host, at('registry.log'));
    const verified = async (of: EngineHost) => {
      await of.job((await of.api['verify.start']({})).jobId);
      return (await of.api['verify.last']({})).result!.bundles;
    };
    expect(await verified(host)).toEqual({ checked: 1, changed: 0, unreachable: 0 });
    await host.close();
    rmSync(at('state', 'inputs.json'));
    const other = begin();
    await other.api['case.open']({ dir: at('case') });
    if ((await other.api['app.info']({})).isolation.files !== 'none')
      expect(await verified(other)).toEqual({ checked: 0, changed: 0, unreachable: 1 });
  });
});

describe('case folders', () => {
  test('are made for their owner alone, and not left behind when no case came of it', async () => {
    const host = begin();
    await host.api['case.create']({ dir: at('a', 'b', 'case') });
    expect(statSync(at('a', 'b', 'case')).mode & 0o777).toBe(0o700);
    writeFileSync(at('file'), 'x');
    await expect(host.api['case.create']({ dir: at('file', 'case') })).rejects.toMatchObject({
      code: 'case_folder',
    });
    await expect(host.api['case.open']({ dir: at('none') })).rejects.toMatchObject({
      code: 'no_case',
      message: expect.stringContaining('There is no case in'),
    });
    expect(existsSync(at('none'))).toBe(false);
    expect((await host.api['case.current']({})).case).toMatchObject({ dir: at('a', 'b', 'case') });
  });

  test('an export goes where it was asked to, and a link laid in its place is not followed', async () => {
    const host = begin();
    await host.api['case.create']({ dir: at('case') });
    await ingested(host, at('registry.log'));
    const made = await host.api['sql.export']({ sql: 'SELECT 1 AS a', format: 'csv', path: at('out.csv') });
    expect(made.path).toBe(at('out.csv'));
    expect(readFileSync(at('out.csv'), 'utf8')).toBe('a\n1\n');
    expect(readdirSync(at('case', 'exports')).every((name) => /^query-\w+\.csv$/.test(name))).toBe(true);
    const { openPlain } = await import('../../../electron/host/exports.ts');
    symlinkSync(at('registry.log'), at('case', 'exports', 'link.csv'));
    await expect(openPlain(at('case', 'exports', 'link.csv'))).rejects.toMatchObject({ code: 'not_written' });
  });
});

describe('an engine that is lost', () => {
  test('fails what was under way with a sentence, and the next call has the case again', async () => {
    const host = begin([at('registry.log')]);
    await host.api['case.create']({ dir: at('case') });
    await ingested(host, at('registry.log'));
    const slow = host.api['sql.run']({
      sql: 'SELECT count(*) FROM range(100000000000) t(i) WHERE i % 7 = 3',
    });
    const lost = host.enginePid!;
    process.kill(lost, 'SIGKILL');
    await expect(slow).rejects.toMatchObject({
      code: 'engine_ended',
      message: expect.stringContaining('killed'),
    });
    const { case: info } = await host.api['case.current']({});
    expect(info).toMatchObject({ dir: at('case'), events: 50 });
    expect(host.enginePid).not.toBe(lost);
  });

  test('shows its jobs as failed', async () => {
    const host = begin([at('registry.log')]);
    await host.api['case.create']({ dir: at('case') });
    const { jobId } = await host.api['ingest.start']({ paths: [at('registry.log')] });
    process.kill(host.enginePid!, 'SIGKILL');
    expect(await host.job(jobId)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('The engine stopped'),
    });
  });
});
