// Received files that lie, are cut, or were made to do harm: nothing is believed, nothing is written by name, what does not
// fit is said, and what fits is taken over.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../../electron/engine/engine.ts';
import { tarHeader } from '../../../electron/engine/transfer/tar-writer.ts';
import { tarOf as plainTar, registryLog, zipOf } from '../bundles.ts';
import { done, ended, Place, RULE, rowsOf } from './cases.ts';
import { type Part, partsOf, replaced, tarOf, withAnnotations, withMembers, writeFitting } from './tamper.ts';

let place: Place;
let engine: Engine;
let good: Part[];
let n = 0;

const HTML = '<img src=x onerror=alert(1)>.log';

beforeAll(async () => {
  place = new Place();
  engine = place.engine();
  await engine.api['case.create']({ dir: place.at('good'), name: 'Good' });
  await engine.api['rules.save']({ path: 'own.yml', text: RULE });
  writeFileSync(
    place.at('reg-1.tar'),
    await plainTar([
      { name: 'reg-1/registry.log', content: registryLog(40) },
      { name: `reg-1/${HTML}`, content: registryLog(7) },
      { name: 'reg-1/empty.log', content: '' },
    ]),
  );
  await done(engine, engine.api['ingest.start']({ paths: [place.at('reg-1.tar')], detect: false }));
  const { rows } = await engine.api['events.page']({ lens: {}, offset: 0, limit: 3 });
  await engine.api['annotations.add']({ eventIds: [rows[0]!.eventId], kind: 'tag', text: 'odd' });
  await done(engine, engine.api['transfer.export']({ path: place.at('good.tidemark') }));
  await engine.api['case.close']({});
  good = partsOf(place.at('good.tidemark'));
}, 120_000);
afterEach(async () => {
  await engine.api['case.close']({});
  expect(readdirSync(place.folder).filter((name) => /escaped|passwd|\.\./.test(name))).toEqual([]);
});
afterAll(() => place.close());

/** Imports the file; what differs, and the ledger as it is then. */
async function importing(write: (path: string) => void) {
  const file = place.at(`f${++n}.tidemark`);
  write(file);
  const dir = place.at(`c${n}`);
  const result = await done(engine, engine.api['transfer.import']({ file, dir }));
  const ledger = await rowsOf(
    engine,
    'SELECT path, status, records::INTEGER FROM evidence_files ORDER BY file_id',
  );
  return { dir, result, differences: result.differences as string[], ledger };
}
const fitting = (parts: Part[]) => importing((path) => writeFitting(path, parts));

/** Refused before anything is made. */
async function refused(write: (path: string) => void, code: string): Promise<string> {
  const file = place.at(`f${++n}.tidemark`);
  write(file);
  const dir = place.at(`c${n}`);
  const outcome = await engine.api['transfer.import']({ file, dir }).then(
    async ({ jobId }) => engine.job(jobId),
    (error: { code: string; message: string }) => error,
  );
  const said = 'id' in outcome ? { code: outcome.result?.code, message: outcome.error } : outcome;
  expect(said.code).toBe(code);
  expect(said.message).not.toMatch(/fault of its own|\n\s+at /);
  expect(existsSync(dir)).toBe(false);
  return said.message!;
}

const WHOLE = [
  ['reg-1/registry.log', 'parsed', 40],
  [`reg-1/${HTML}`, 'parsed', 7],
  ['reg-1/empty.log', 'parsed', 0],
];

test('the untouched file fits, with HTML in the name of a member kept as it is', async () => {
  const { differences, ledger } = await fitting(good);
  expect(differences).toEqual([]);
  expect(ledger).toEqual(WHOLE);
});

test('a file cut anywhere is refused with a sentence, or gives what stands before the cut and says the rest', async () => {
  const file = tarOf(good);
  let taken = 0;
  for (const percent of [1, 30, 55, 70, 85, 95, 99]) {
    const cut = file.subarray(0, Math.floor((file.length * percent) / 100));
    const at = place.at(`f${++n}.tidemark`);
    writeFileSync(at, cut);
    const outcome = await engine.api['transfer.import']({ file: at, dir: place.at(`c${n}`) }).then(
      ({ jobId }) => engine.job(jobId),
      (error: { code: string }) => error,
    );
    if ('code' in outcome || outcome.state === 'failed') {
      expect('code' in outcome ? outcome.code : outcome.result?.code).toBe('not_portable');
      expect(existsSync(place.at(`c${n}`))).toBe(false);
      continue;
    }
    taken++;
    expect(outcome.state).toBe('done');
    const { differences } = outcome.result as { differences: string[] };
    const ledger = await rowsOf(engine, 'SELECT path, status FROM evidence_files ORDER BY file_id');
    expect(ledger).toHaveLength(3);
    // of the end mark alone nothing is missed
    if (cut.length > file.length - 1024)
      expect(ledger.map(([, status]) => status)).toEqual(['parsed', 'parsed', 'parsed']);
    else expect(differences.join('\n')).toMatch(/cut or damaged|without its end mark/);
  }
  expect(taken).toBeGreaterThan(2);
});

test('a flipped bit in any part is found and named', async () => {
  for (const name of good
    .map((part) => part.name)
    .filter((name) => !/^tidemark\.json|^settings|^evidence\/e3b0/.test(name))) {
    const bad = good.map((part) => {
      if (part.name !== name || part.bytes.length === 0) return part;
      const bytes = Buffer.from(part.bytes);
      const at = Math.floor(bytes.length / 2);
      bytes[at] = bytes[at]! ^ 1;
      return { name, bytes };
    });
    const at = place.at(`f${++n}.tidemark`);
    writeFileSync(at, tarOf(bad));
    const job = await ended(engine, engine.api['transfer.import']({ file: at, dir: place.at(`c${n}`) }));
    expect(job.state, name).toBe('done');
    expect((job.result!.differences as string[]).join('\n'), name).toContain(name);
  }
});

test('evidence under the name of other evidence is not taken for it', async () => {
  const [a, b] = good
    .filter(({ name }) => name.startsWith('evidence/'))
    .sort((x, y) => y.bytes.length - x.bytes.length);
  const swapped = good.map((part) =>
    part.name === a!.name
      ? { ...part, bytes: b!.bytes }
      : part.name === b!.name
        ? { ...part, bytes: a!.bytes }
        : part,
  );
  const { differences, ledger } = await fitting(swapped);
  expect(ledger.map(([, status]) => status)).toEqual(['failed', 'failed', 'parsed']);
  expect(differences.join('\n')).toMatch(/registry\.log can't be used/);
  const whole = withMembers(good, (member) => member);
  const other = zstdCompressSync(Buffer.from(registryLog(41)));
  const { ledger: second } = await fitting(
    whole.map((part) => (part.name === a!.name ? { ...part, bytes: other } : part)),
  );
  expect(second[0]!.slice(0, 2)).toEqual(['reg-1/registry.log', 'failed']);
});

test('a content that unpacks to more than the ledger states is stopped there', async () => {
  const name = good
    .filter((part) => part.name.startsWith('evidence/'))
    .sort((x, y) => y.bytes.length - x.bytes.length)[0]!.name;
  const bomb = zstdCompressSync(Buffer.alloc(64 << 20));
  const { differences } = await fitting(
    good.map((part) => (part.name === name ? { ...part, bytes: bomb } : part)),
  );
  expect(differences.join('\n')).toMatch(/unpack to more than the \d+ bytes that the ledger states/);
});

test('a part that claims 10 GB, and numbers beyond all bounds, are passed over', async () => {
  const claims = tarHeader('rules/huge.yml', 10_000_000_000);
  const { differences, ledger } = await importing((path) => {
    const parts = [
      ...good.slice(0, -1),
      good.at(-1)!,
      { name: 'rules/huge.yml', bytes: Buffer.from('x'), header: claims },
    ];
    writeFileSync(path, tarOf(parts));
  });
  expect(ledger).toEqual(WHOLE);
  expect(differences.length).toBeGreaterThan(0);
  const odd = withMembers(good, (member, i) =>
    i > 0
      ? member
      : [
          member,
          { ...member, id: -5 },
          { ...member, id: 2 ** 31 },
          { ...member, id: 1e300 },
          { ...member, size: -1, id: 99 },
          member,
        ],
  );
  const { differences: said, ledger: second } = await fitting(odd);
  expect(second).toEqual(WHOLE);
  expect(
    said.filter((sentence) => /^Line \d+ of ledger\.ndjson was passed over/.test(sentence)),
  ).toHaveLength(5);
  expect(said.join('\n')).toContain('there is another member 1');
});

test('what the ledger claims of the reading is compared, not believed', async () => {
  const { differences, ledger } = await fitting(
    withMembers(good, (member, i) =>
      i === 0 ? { ...member, records: 4_000, status: 'skipped', format: 'syslog' } : member,
    ),
  );
  expect(ledger).toEqual(WHOLE);
  expect(differences.join('\n')).toMatch(/registry\.log is read otherwise.*records 40, there 4000/);
});

test('no name in the file becomes a path, whatever it says', async () => {
  const evil: Part[] = [
    '../../escaped.yml',
    'rules/../../../escaped.yml',
    '/escaped.yml',
    'rules//escaped.yml',
    'rules/a\\..\\..\\escaped.yml',
    'formats/../escaped.json',
    'signatures/../custody.jsonl',
    'evidence/../../escaped.zst',
    'given-rules/../1.yml',
    'case.json',
  ].map((name) => ({ name, bytes: Buffer.from(RULE) }));
  const { dir, differences, ledger } = await fitting([...good, ...evil]);
  expect(ledger).toEqual(WHOLE);
  expect(differences.length).toBeGreaterThanOrEqual(evil.length);
  const names = readdirSync(dir, { recursive: true }).map(String);
  expect(names.filter((name) => name.includes('escaped'))).toEqual([]);
  expect(names.filter((name) => name.startsWith('rules/'))).toEqual(['rules/own.yml']);
});

test('a database in the file is never opened and not even written', async () => {
  const database = Buffer.from('DUCK'.repeat(2048));
  const { dir, differences } = await fitting([...good, { name: 'case.duckdb', bytes: database }]);
  expect(differences.join('\n')).toMatch(/case\.duckdb.*never opened/);
  expect(readFileSync(`${dir}/case.duckdb`).includes('DUCKDUCK')).toBe(false);
});

test('parts that come twice count once, links are passed over', async () => {
  const again = good.find(({ name }) => name === 'annotations.json')!;
  const link = tarHeader('rules/link.yml', 0);
  link.write('2', 156, 'latin1');
  link.write('/etc/passwd', 157, 'latin1');
  link.write(' '.repeat(8), 148, 'latin1');
  const sum = link.reduce((total, byte) => total + byte, 0);
  link.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const { differences } = await importing((path) => {
    const more = [...good, again, { name: 'rules/link.yml', bytes: Buffer.alloc(0), header: link }];
    writeFileSync(path, tarOf(more));
  });
  expect(differences.join('\n')).toMatch(/annotations\.json" is in the file more than once/);
  expect(differences.join('\n')).toMatch(/link\.yml" is a symbolic link/);
});

test('annotations on events that are not there, and such without form, are told and passed over', async () => {
  const event = { id: '99999999999', contentSha256: 'a'.repeat(64), byteOffset: 0, node: 'reg-1', path: 'x' };
  const base = { kind: 'tag', text: 'x', author: 'eve', madeAt: 1 };
  const { differences, result } = await fitting(
    withAnnotations(good, (said) => ({
      ...said,
      annotations: [
        ...said.annotations!,
        { ...base, id: 'e1', event },
        { ...base, id: 'e2', event: { ...event, id: '-1' } },
        { ...base, id: 7, event: null },
        { ...base, id: 'e3', event: null },
      ],
      suppressions: [
        {
          id: 's',
          ruleId: null,
          fieldValues: {},
          fromTs: null,
          toTs: null,
          reason: 'all',
          author: 'eve',
          madeAt: 1,
        },
      ],
      nodes: [{ node: 'nowhere', zone: 'UTC', clockOffsetUs: null, by: null, at: null }],
    })),
  );
  expect(result.annotations).toBe(1);
  const all = differences.join('\n');
  expect(all).toMatch(/2 of the entries under annotations/);
  expect(all).toMatch(/2 tags or comments are on events that are not in the evidence/);
  expect(all).toMatch(/would hide every finding/);
  expect(all).toMatch(/no node nowhere/);
});

test('deep, broken and other JSON is refused by its form', async () => {
  const deep = '['.repeat(3_000_000);
  const head = (text: string) => (path: string) =>
    writeFileSync(path, tarOf([{ name: 'tidemark.json', bytes: Buffer.from(text) }, ...good.slice(1)]));
  expect(await refused(head(deep), 'not_portable')).toMatch(/nested deeper/);
  await refused(head('{"format":"tidemark-portable-case","version":1'), 'not_portable');
  expect(await refused(head('{"format":"tidemark-portable-case","version":99}'), 'portable_version')).toMatch(
    /version 99/,
  );
  const { differences } = await fitting(replaced(good, 'annotations.json', () => `{"annotations":${deep}`));
  expect(differences.join('\n')).toMatch(/annotations\.json can't be used: it is nested deeper/);
});

test('a zip, a log and a tar of something else are no portable cases', async () => {
  await refused(
    (path) => writeFileSync(path, zipOf([{ name: 'tidemark.json', content: '{}' }])),
    'not_portable',
  );
  await refused((path) => writeFileSync(path, registryLog(3)), 'not_portable');
  await refused((path) => writeFileSync(path, tarOf(good.slice(1))), 'not_portable');
  await refused((path) => writeFileSync(path, ''), 'not_portable');
});

test('a custody log with a changed entry is kept as it is, and a new one begins', async () => {
  const { dir, differences, result } = await fitting(
    replaced(good, 'custody.jsonl', (text) => text.replace('"Good"', '"Evil"')),
  );
  expect(differences.join('\n')).toMatch(
    /custody log of the file does not hold together: entry 1 was changed/,
  );
  expect(readFileSync(`${dir}/custody.received.jsonl`, 'utf8')).toContain('"Evil"');
  const first = JSON.parse(readFileSync(`${dir}/custody.jsonl`, 'utf8').split('\n')[0]!);
  expect(first).toMatchObject({ seq: 1, act: 'case.created' });
  expect(result.custody).toMatchObject({ problem: expect.stringContaining('entry 1') });
});

test('a folder that is in use is not touched, and a case that failed leaves none', async () => {
  const file = place.at('good.tidemark');
  await expect(engine.api['transfer.import']({ file, dir: place.at('good') })).rejects.toMatchObject({
    code: 'case_folder',
  });
  const { jobId } = await engine.api['transfer.import']({ file, dir: place.at('stopped') });
  await engine.api['jobs.cancel']({ jobId });
  expect((await engine.job(jobId)).state).toBe('cancelled');
  expect(existsSync(place.at('stopped'))).toBe(false);
});

test('what did not fit is said at every opening', async () => {
  const { dir } = await fitting(
    withMembers(good, (member, i) => (i === 0 ? { ...member, records: 41 } : member)),
  );
  await engine.api['case.close']({});
  const { notices, pending } = await engine.api['case.open']({ dir });
  expect(notices.join('\n')).toMatch(/received.*did not fit/s);
  expect(notices.join('\n')).toMatch(/records 40, there 41/);
  expect(pending).toBeNull();
});
