// Going on with what was broken off: the same events as an undisturbed run, whatever was there already.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Case } from '../../../electron/engine/case/case.ts';
import { Engine } from '../../../electron/engine/engine.ts';
import { ingest } from '../../../electron/engine/load/ingest.ts';
import { PLAIN_PLAN } from '../../../electron/engine/load/plan.ts';
import type { JobInfo } from '../../../shared/api.ts';
import { digestOf, leftovers, unequal } from '../../crash/compare.ts';

let dir: string;
let engine: Engine;
const made = () =>
  new Engine({ shell: 'command line', sampleDir: null, stateDir: dir, load: { batchRows: 300 } });
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tidemark-resume-'));
  engine = made();
});
afterEach(async () => {
  await engine.close();
  rmSync(dir, { recursive: true, force: true });
});

/** A folder of worker logs on two nodes; tasks go from one file to another, and one file is there twice. */
function logs(name: string, files = 8, linesEach = 150): string {
  const folder = join(dir, name);
  for (let f = 0; f < files; f++) {
    const lines = Array.from({ length: linesEach }, (_, i) => {
      // every seventh line is out of order: chains within a file keep the order of the file
      const at = new Date(Date.UTC(2026, 0, 1) + f * 1e6 + (i % 7 === 3 ? i - 5 : i) * 100)
        .toISOString()
        .replace('T', ' ')
        .replace('.', ',')
        .slice(0, 23);
      const id = `4f0c1c4e-0000-4000-8000-${String((f >> 1) * 1000 + (i % 40)).padStart(12, '0')}`;
      return `[${at}: INFO/MainProcess] Task shop.tasks.charge[${id}] received`;
    });
    const node = join(folder, `node-${f % 2}`);
    mkdirSync(node, { recursive: true });
    writeFileSync(join(node, `worker-${f}.log`), `${lines.join('\n')}\n`);
    if (f === 2) writeFileSync(join(node, 'worker-2-copy.log'), `${lines.join('\n')}\n`);
    for (const file of readdirSync(node)) utimesSync(join(node, file), 1_767_225_600, 1_767_225_600);
  }
  return folder;
}

async function takeIn(caseDir: string, paths: string[]): Promise<JobInfo> {
  await engine.api['case.create']({ dir: caseDir, name: 'one' });
  return engine.job((await engine.api['ingest.start']({ paths, detect: false })).jobId);
}

async function undisturbed(paths: string[]): Promise<string> {
  const caseDir = join(dir, 'undisturbed');
  expect((await takeIn(caseDir, paths)).state).toBe('done');
  await engine.api['case.close']({});
  return caseDir;
}

/** Ends an ingest at its n-th committed batch, as a fault of the machine would. */
async function brokenOff(caseDir: string, paths: string[], commits: number): Promise<void> {
  const open = await Case.create(caseDir, 'one');
  const control = new AbortController();
  let last = 0;
  await open
    .write((connection, connect) =>
      ingest(connection, connect, open.paths, paths, {
        plan: PLAIN_PLAN,
        batchRows: 300,
        workers: 2,
        signal: control.signal,
        progress: (_, events) => {
          if (events > last && --commits === 0) control.abort();
          last = events;
        },
      }),
    )
    .catch((error) => expect(error).toMatchObject({ code: 'cancelled' }));
  await open.close();
}

async function equal(one: string, other: string): Promise<void> {
  expect(unequal(await digestOf(one), await digestOf(other))).toEqual([]);
  expect(leftovers(other)).toEqual([]);
}

test.each([1, 4])('an ingest broken off after %i batches goes on to the same case', async (commits) => {
  const paths = [logs('a'), logs('b', 3)];
  const whole = await undisturbed(paths);
  const caseDir = join(dir, 'case');
  await brokenOff(caseDir, paths, commits);
  const info = await engine.api['case.open']({ dir: caseDir });
  expect(info.pending).toMatchObject({ steps: ['settle'] });
  expect(info.pending!.sentence).toMatch(/was broken off: \d+ members? of it (is|are) whole/);
  expect(info.pending!.bundles.every((bundle) => bundle.reachable)).toBe(true);
  const job = await engine.job((await engine.api['ingest.resume']({})).jobId);
  expect(job).toMatchObject({ state: 'done', result: { problems: [] } });
  expect(job.bundles!.map(({ state }) => state)).toEqual(job.bundles!.map(() => 'done'));
  expect((await engine.api['case.current']({})).case!.pending).toBeNull();
  await engine.api['case.close']({});
  await equal(whole, caseDir);
});

test('how rows were batched, and which worker read them, leaves no trace', async () => {
  const paths = [logs('a'), logs('b', 3)];
  const whole = await undisturbed(paths);
  await engine.close();
  engine = new Engine({
    shell: 'command line',
    sampleDir: null,
    stateDir: dir,
    load: { batchRows: 17, workers: 3 },
  });
  const other = join(dir, 'other');
  expect((await takeIn(other, paths)).state).toBe('done');
  await engine.api['case.close']({});
  await equal(whole, other);
});

test('a bundle that changed since it was begun is refused, and what is there is kept', async () => {
  const bundle = logs('a');
  const caseDir = join(dir, 'case');
  await brokenOff(caseDir, [bundle], 3);
  const before = await engine.api['case.open']({ dir: caseDir });
  expect(before.members).toBeGreaterThan(0);
  const first = (await engine.api['evidence.list']({})).files[0]!;
  const path = join(bundle, first.path);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('received', 'Received'));
  const job = await engine.job((await engine.api['ingest.resume']({})).jobId);
  expect(job.state).toBe('failed');
  expect(job.error).toContain(`the content of ${first.path} is another one`);
  const after = (await engine.api['case.current']({})).case!;
  expect(after.members).toBeGreaterThanOrEqual(before.members);
  expect(after.pending).not.toBeNull();
  // as it was, it goes on
  writeFileSync(path, text);
  utimesSync(path, 1_767_225_600, 1_767_225_600);
  expect((await engine.job((await engine.api['ingest.resume']({})).jobId)).state).toBe('done');
  await engine.api['case.close']({});
  await equal(await undisturbed([bundle]), caseDir);
});

test('a bundle that is gone is said before anything is read', async () => {
  const bundle = logs('a');
  await brokenOff(join(dir, 'case'), [bundle], 2);
  rmSync(bundle, { recursive: true });
  const info = await engine.api['case.open']({ dir: join(dir, 'case') });
  expect(info.pending!.bundles[0]!.reachable).toBe(false);
  expect(info.pending!.sentence).toContain('bring it back first');
  await expect(engine.api['ingest.resume']({})).rejects.toMatchObject({ code: 'no_such_path' });
});

test('what is given up keeps the members that are in, and settles them', async () => {
  const paths = [logs('a'), logs('b', 3)];
  const caseDir = join(dir, 'case');
  await brokenOff(caseDir, paths, 3);
  const before = await engine.api['case.open']({ dir: caseDir });
  const job = await engine.job((await engine.api['ingest.giveUp']({})).jobId);
  expect(job.state).toBe('done');
  const after = (await engine.api['case.current']({})).case!;
  expect([after.pending, after.members, after.bundles]).toEqual([null, before.members, 1]);
  expect((await engine.api['nodes.list']({})).nodes.length).toBeGreaterThan(0);
  await expect(engine.api['ingest.resume']({})).rejects.toMatchObject({ code: 'nothing_pending' });
  const { rows } = await engine.api['custody.list']({ offset: 0, limit: 100 });
  expect(rows.map(({ act }) => act)).toContain('ingest.givenUp');
});

test('another bundle may be added meanwhile; the numbers of the members to come stay free', async () => {
  const [a, b] = [logs('a'), logs('b', 3)];
  const whole = await undisturbed([a]);
  const caseDir = join(dir, 'case');
  await brokenOff(caseDir, [a], 2);
  await engine.api['case.open']({ dir: caseDir });
  const added = await engine.job((await engine.api['ingest.start']({ paths: [b], detect: false })).jobId);
  expect(added.state).toBe('done');
  expect((await engine.api['case.current']({})).case!.pending!.bundles.map(({ name }) => name)).toEqual([
    'a',
  ]);
  expect((await engine.job((await engine.api['ingest.resume']({})).jobId)).state).toBe('done');
  const ids = async (open: string, bundle: string) => {
    await engine.api['case.close']({});
    await engine.api['case.open']({ dir: open });
    const sql = `SELECT e.event_id, f.path, f.status FROM evidence_files f LEFT JOIN events e ON e.file_id = f.file_id WHERE f.bundle = '${bundle}' ORDER BY ALL`;
    return (await engine.api['sql.run']({ sql, limit: 10_000 })).rows;
  };
  expect(await ids(caseDir, 'a')).toEqual(await ids(whole, 'a'));
  expect((await ids(caseDir, 'b')).length).toBeGreaterThan(0);
});

test.each([
  ['the rules run', /^(?!reading |settling |looking |waiting)/, ['detect']],
  ['zones and links are settled', /^settling/, ['settle', 'detect']],
  ['the posture is looked at', /^looking/, ['settle', 'detect']],
])('a cancel while %s leaves that to be done, and it is done', async (_, phase, steps) => {
  const caseDir = join(dir, 'case');
  await engine.api['case.create']({ dir: caseDir });
  engine.subscribe((event, data) => {
    if (event !== 'job' || (data as JobInfo).state !== 'running' || !phase.test((data as JobInfo).phase))
      return;
    void engine.api['jobs.cancel']({ jobId: (data as JobInfo).id });
  });
  const { jobId } = await engine.api['ingest.start']({ paths: [logs('a', 2)] });
  expect(await engine.job(jobId)).toMatchObject({ state: 'cancelled', bundles: [{ state: 'done' }] });
  const { pending } = (await engine.api['case.current']({})).case!;
  expect(pending).toMatchObject({ steps, bundles: [] });
  await engine.close();
  engine = made();
  await engine.api['case.open']({ dir: caseDir });
  expect((await engine.job((await engine.api['ingest.resume']({})).jobId)).state).toBe('done');
  expect((await engine.api['case.current']({})).case!.pending).toBeNull();
});

test('a bundle that can never be read leaves nothing pending', async () => {
  const empty = join(dir, 'empty.tar');
  writeFileSync(empty, '');
  const job = await takeIn(join(dir, 'case'), [empty]);
  expect(job).toMatchObject({ state: 'failed', result: { code: 'empty_bundle' } });
  expect((await engine.api['case.current']({})).case).toMatchObject({ pending: null, bundles: 0 });
});

test('settling again changes nothing', async () => {
  const caseDir = await undisturbed([logs('a'), logs('b', 3)]);
  const before = await digestOf(caseDir);
  const open = await Case.open(caseDir);
  const { derive } = await import('../../../electron/engine/derive/derive.ts');
  const { settlePosture } = await import('../../../electron/engine/derive/posture/posture.ts');
  await open.write(async (connection) => {
    await derive(connection);
    await settlePosture(connection);
  });
  await open.close();
  expect(unequal(before, await digestOf(caseDir))).toEqual([]);
});

test('kept evidence is read-only; a torn copy of before is replaced by a whole one', async () => {
  const bundle = logs('a', 2);
  const caseDir = join(dir, 'case');
  await takeIn(caseDir, [bundle]);
  await engine.api['case.close']({});
  const store = join(caseDir, 'evidence');
  const files = readdirSync(store, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(files.map((file) => statSync(join(file.parentPath, file.name)).mode & 0o777)).toEqual(
    files.map(() => 0o400),
  );
  // another case, whose disk kept the name and half of the content, and a part of a killed run
  const other = join(dir, 'other');
  await engine.api['case.create']({ dir: other });
  for (const file of files) {
    const place = join(file.parentPath.replace(store, join(other, 'evidence')), file.name);
    mkdirSync(join(place, '..'), { recursive: true });
    const bytes = readFileSync(join(file.parentPath, file.name));
    writeFileSync(place, bytes.subarray(0, bytes.length / 2));
    chmodSync(place, 0o400);
  }
  writeFileSync(join(other, 'evidence', '.1234-abc.part'), 'half');
  await engine.job((await engine.api['ingest.start']({ paths: [bundle], detect: false })).jobId);
  expect(existsSync(join(other, 'evidence', '.1234-abc.part'))).toBe(false);
  const { events } = (await engine.api['case.current']({})).case!;
  expect(events).toBe(300);
  const { rows } = await engine.api['sql.run']({
    sql: 'SELECT min(event_id)::VARCHAR FROM events',
    limit: 1,
  });
  expect((await engine.api['events.verify']({ eventId: String(rows[0]![0]) })).ok).toBe(true);
  for (const file of files)
    expect(readFileSync(join(file.parentPath.replace(store, join(other, 'evidence')), file.name))).toEqual(
      readFileSync(join(file.parentPath, file.name)),
    );
});
