// Verification: a case as it was made is well, and each kind of change is found and named.
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Case } from '../../../electron/engine/case/case.ts';
import { found, type ProofCase, proofCase, tamper, verified } from './proof-case.ts';

let proof: ProofCase;
beforeAll(async () => {
  proof = await proofCase();
});
afterAll(() => proof.remove());

/** SHA-256 of the stored content of a member. */
async function contentOf(path: string): Promise<{ sha256: string; fileId: number }> {
  const opened = await Case.open(proof.dir);
  try {
    const row = await opened.read((c) =>
      c.row<{ sha256: string; id: number }>(
        'SELECT content_sha256 AS sha256, file_id AS id FROM member WHERE path = $1',
        [path],
      ),
    );
    return { sha256: row!.sha256, fileId: row!.id };
  } finally {
    await opened.close();
  }
}

const stored = (dir: string, sha256: string) => join(dir, 'evidence', sha256.slice(0, 2), `${sha256}.zst`);

test('a case as it was made is well, whatever its files are like', async () => {
  const result = await verified(proof, proof.copy());
  expect(found(result)).toEqual([]);
  expect(result).toMatchObject({
    ok: true,
    bundles: { checked: 4, changed: 0, unreachable: 0 },
    members: { changed: 0, missing: 0 },
    database: { failed: 0 },
    custody: { ok: true },
    unchecked: [],
  });
  expect(result.members.checked).toBeGreaterThan(10);
  expect(result.members.bytes).toBeGreaterThan(100_000);
  expect(result.database.checks).toBeGreaterThan(400); // each event is one
});

test('the result is kept, dated, recorded, and a changed result is not shown as good', async () => {
  const dir = proof.copy();
  const result = await verified(proof, dir);
  const engine = proof.engine();
  await engine.api['case.open']({ dir });
  expect((await engine.api['verify.last']({})).result).toEqual(result);
  const { rows } = await engine.api['custody.list']({});
  expect(rows.filter((row) => row.act === 'verified')).toMatchObject([
    {
      actor: 'ana@lab',
      sentence: 'The case was verified: all as it was.',
      detail: { ok: true, problems: 0 },
    },
  ]);
  const path = join(dir, 'verification.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('"missing": 0', '"missing": 1'));
  expect((await engine.api['verify.last']({})).result).toMatchObject({
    ok: false,
    problems: [{ name: 'verification.json' }],
  });
  await engine.close();
});

describe('the store', () => {
  test('a flipped byte is named by content, member and bytes', async () => {
    const { sha256 } = await contentOf('node-1/registry.log');
    const dir = proof.copy();
    const bytes = readFileSync(stored(dir, sha256));
    bytes[40]! ^= 0x10;
    writeFileSync(stored(dir, sha256), bytes);
    const result = await verified(proof, dir);
    expect(result.ok).toBe(false);
    expect(found(result)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^store evidence/${sha256.slice(0, 2)}/${sha256}.zst: .*frame 1, bytes 0 to \\d+ .*node-1/registry.log of node-1.tar.gz and 1 more`,
        ),
      ),
    ]);
    expect(result.members.changed).toBe(1);
  });

  test('a removed, an added, a misnamed and a replaced file are each named', async () => {
    const { sha256: removed } = await contentOf('node-2/crlf.log');
    const { sha256: replaced } = await contentOf('node-2/cut.log');
    const { sha256: other } = await contentOf('node-2/odd.log');
    const { sha256: misnamed } = await contentOf('node-2/marked.log');
    const dir = proof.copy();
    rmSync(stored(dir, removed));
    copyFileSync(stored(dir, other), stored(dir, replaced));
    renameSync(stored(dir, misnamed), stored(dir, misnamed).replace('.zst', '.bak'));
    const added = createHash('sha256').update('nothing').digest('hex');
    mkdirSync(join(dir, 'evidence', added.slice(0, 2)), { recursive: true });
    copyFileSync(stored(dir, other), stored(dir, added));
    writeFileSync(join(dir, 'evidence', 'note.txt'), 'hello');
    const result = await verified(proof, dir);
    const said = found(result).join('\n');
    expect(said).toContain(`The stored content ${removed} is missing`);
    expect(said).toContain(`${replaced}.zst: The file holds another content, of SHA-256 ${other}`);
    expect(said).toContain(`The stored content ${misnamed} is missing`);
    expect(said).toContain(`${misnamed}.bak: This file stands in the store under a name that is none`);
    expect(said).toContain(`${added}.zst: The file holds another content, of SHA-256 ${other}`);
    expect(said).toContain(`${added}.zst: No member of the ledger names this content`);
    expect(said).toContain('evidence/note.txt: This file stands in the store');
    expect(result.members).toMatchObject({ missing: 2, changed: 2 });
    expect(result.problems.every(({ what }) => what === 'store')).toBe(true);
  });
});

describe('bundles', () => {
  /** The case with bundles of its own to spoil. */
  async function withBundles(spoil: (bundles: string) => void) {
    const dir = proof.copy();
    const { cpSync } = await import('node:fs');
    const bundles = `${dir}-bundles`;
    cpSync(proof.bundles, bundles, { recursive: true, preserveTimestamps: true });
    await tamper(dir, (c) =>
      c.run('UPDATE bundle SET path = replace(path, $1, $2)', [proof.bundles, bundles]),
    );
    spoil(bundles);
    return { dir, bundles, result: await verified(proof, dir) };
  }

  test('bundles that are gone are not reachable, which is no fault', async () => {
    const { result } = await withBundles((bundles) => rmSync(bundles, { recursive: true }));
    expect(result).toMatchObject({ ok: true, bundles: { checked: 0, changed: 0, unreachable: 4 } });
    expect(result.unchecked).toHaveLength(4);
    expect(result.unchecked[0]).toMatch(/node-1.tar.gz is not reachable at/);
  });

  test('a changed archive is named with both hashes and with what differs in it', async () => {
    const { bundles, result } = await withBundles((at) => {
      const zip = readFileSync(join(at, 'node-2.zip'));
      const place = zip.indexOf('/v2/marked/');
      zip[place + 4]! ^= 0x01;
      writeFileSync(join(at, 'node-2.zip'), zip);
      appendFileSync(join(at, 'node-1.tar.gz'), 'x');
    });
    expect(result.bundles).toEqual({ checked: 4, changed: 2, unreachable: 0 });
    const said = found(result);
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(
      new RegExp(`^bundle ${bundles}/node-1.tar.gz: Its SHA-256 is [0-9a-f]{64}, the case says [0-9a-f]{64}`),
    );
    expect(said[1]).toMatch(/^bundle .*node-2.zip: Its SHA-256 is .*node-2\/marked.log/);
  });

  test('a folder is its files: one changed, one removed, one added are named; other times alone are not', async () => {
    const spoilt = await withBundles((at) => {
      appendFileSync(join(at, 'node-3', 'logs', 'registry.log'), 'one more line\n');
      rmSync(join(at, 'node-3', 'logs', 'registry.log.2.gz'));
      writeFileSync(join(at, 'node-3', 'new.log'), 'new\n');
    });
    expect(found(spoilt.result)).toEqual([
      expect.stringMatching(/^bundle .*node-3: The folder is not as it was/),
    ]);
    expect(found(spoilt.result)[0]).toMatch(
      /logs\/registry.log has the content SHA-256 .*logs\/registry.log.2.gz is in the ledger and not in the bundle.*new.log is in the bundle and not in the ledger/,
    );
    const copied = await withBundles((at) => {
      const path = join(at, 'node-3', 'logs', 'registry.log');
      writeFileSync(path, readFileSync(path));
    });
    expect(found(copied.result)).toEqual([]);
    expect(copied.result.unchecked).toEqual([expect.stringContaining('node-3: its content is as it was')]);
  });
});

/** What is changed, by which statement, and what is said of it. */
type Change = [what: string, sql: string, named: RegExp];

async function expectNamed(changes: Change[], most: number): Promise<void> {
  const dir = proof.copy();
  await tamper(dir, async (c) => {
    for (const [, sql] of changes) await c.run(sql);
  });
  const result = await verified(proof, dir);
  expect(result.ok).toBe(false);
  const said = found(result).join('\n');
  for (const [what, , named] of changes) expect(said, what).toMatch(named);
  expect(result.problems.length).toBeLessThanOrEqual(most);
}

const NTH = (n: number) => `event_id = (SELECT min(event_id) + ${n} FROM event_row)`;

describe('the database', () => {
  test('changed rows of the ledger are found and named, each', () =>
    expectNamed(
      [
        [
          'a content hash',
          `UPDATE member SET content_sha256 = repeat('0', 64) WHERE path = 'node-2/cut.log'`,
          /The stored content 0{64} is missing.*node-2\/cut.log of node-2.zip/,
        ],
        [
          'a hash as collected',
          `UPDATE member SET sha256 = repeat('a', 64) WHERE path = 'node-1/registry.log.1.gz'`,
          /node-1\/registry.log.1.gz has the SHA-256 [0-9a-f]{64}, the ledger says a{64}/,
        ],
        [
          'a content size',
          `UPDATE member SET content_size = content_size + 1 WHERE path = 'node-2/crlf.log'`,
          /The ledger says that the content of node-2\/crlf.log of node-2.zip has \d+ bytes/,
        ],
        [
          'a count of records',
          `UPDATE member SET records = records + 1 WHERE path = 'node-2/marked.log'`,
          /The ledger says that node-2\/marked.log of node-2.zip has 21 records; the database holds 20 events/,
        ],
        [
          'a time of a member',
          `UPDATE member SET mtime = mtime + INTERVAL 1 DAY WHERE path = 'node-1/registry.log'`,
          /node-1\/registry.log has the mtime/,
        ],
        [
          'a removed member',
          `DELETE FROM member WHERE path = 'node-2/blank.log'`,
          /node-2\/blank.log is in the bundle and not in the ledger/,
        ],
        [
          'the hash of a bundle',
          `UPDATE bundle SET sha256 = repeat('b', 64) WHERE name = 'single.log'`,
          /single.log: Its SHA-256 is [0-9a-f]{64}, the case says b{64}/,
        ],
      ],
      20,
    ));

  test('changed, removed and added events are found and named, each with what differs', () =>
    expectNamed(
      [
        [
          'an offset',
          `UPDATE event_row SET byte_offset = byte_offset + 1 WHERE ${NTH(3)}`,
          /event \d+: The row of event \d+ of .* is not what the evidence says: byte_offset differs/,
        ],
        [
          'a message',
          `UPDATE event_row SET message = 'nothing happened' WHERE ${NTH(5)}`,
          /The row of event \d+ of .*: message differs/,
        ],
        [
          'fields',
          `UPDATE event_row SET src_ip = '192.0.2.1', fields = '{}' WHERE ${NTH(7)}`,
          /: fields, src_ip differ/,
        ],
        [
          'a time',
          `UPDATE event_row SET ts_wall = ts_wall + INTERVAL 1 HOUR WHERE ${NTH(9)}`,
          /: ts_wall differs/,
        ],
        [
          'a time as shown',
          `UPDATE event_row SET ts = ts + INTERVAL 1 HOUR WHERE ${NTH(13)}`,
          /The times of event \d+ \(ts_logged, ts\) are not what the zone/,
        ],
        [
          'a removed event',
          `DELETE FROM event_row WHERE ${NTH(11)}`,
          /The event \d+ of .* is not in the database: its row was removed/,
        ],
        [
          'an event put in',
          'INSERT INTO event_row BY NAME SELECT event_id + 1 AS event_id, * EXCLUDE (event_id) FROM event_row WHERE event_id = (SELECT max(event_id) FROM event_row)',
          /The event \d+ is in the database as one of/,
        ],
      ],
      12,
    ));
});

test('a changed byte of the database file is found, wherever it lies', async () => {
  const size = statSync(join(proof.dir, 'case.duckdb')).size;
  const blocks = (size - 12_288) / 262_144;
  expect(Number.isInteger(blocks)).toBe(true);
  for (const block of [1, Math.floor(blocks / 2), blocks - 1]) {
    const dir = proof.copy();
    const at = 12_288 + block * 262_144;
    const file = openSync(join(dir, 'case.duckdb'), 'r+');
    const byte = Buffer.alloc(1);
    readSync(file, byte, 0, 1, at + 70_000);
    byte[0]! ^= 0x20;
    writeSync(file, byte, 0, 1, at + 70_000);
    closeSync(file);
    const said = await verified(proof, dir).then(
      (result) => found(result).join('\n'),
      (error: Error) => error.message, // a block without which the database does not open
    );
    expect(said).toMatch(
      new RegExp(`in block at location ${at}|bytes ${at} to ${at + 262_144} of case.duckdb`),
    );
  }
});

describe('the custody log', () => {
  const log = (dir: string) => join(dir, 'custody.jsonl');
  const change = (dir: string, work: (lines: string[]) => string[]) =>
    writeFileSync(log(dir), `${work(readFileSync(log(dir), 'utf8').split('\n').slice(0, -1)).join('\n')}\n`);

  test('a changed, a removed, an inserted line and another order are found by entry and line', async () => {
    const cases: [(lines: string[]) => string[], RegExp][] = [
      [
        (l) => l.with(1, l[1]!.replace('ingest.begun', 'ingest.bedun')),
        /entry 2: Line 2, entry 2, was changed/,
      ],
      [(l) => l.toSpliced(1, 1), /Entry 2 is missing before line 2/],
      [
        (l) => l.toSpliced(2, 0, l[2]!.replace('"seq":3', '"seq":3 ')),
        /Entry 3 stands twice, in lines 3 and 4/,
      ],
      [(l) => [l[0]!, l[2]!, l[1]!, ...l.slice(3)], /Entry 2 stands in line 3, after entry 3/],
      [(l) => l.with(0, `${l[0]!} `), /Line 1, entry 1, is not written as Tidemark writes entries/],
      [(l) => l.with(2, 'x'), /Line 3 is no entry of the log/],
    ];
    for (const [work, named] of cases) {
      const dir = proof.copy();
      change(dir, work);
      const result = await verified(proof, dir);
      expect(result.custody.ok).toBe(false);
      expect(found(result).join('\n')).toMatch(named);
    }
  });

  test('entries cut off the end show against the copy in the database', async () => {
    const dir = proof.copy();
    change(dir, (lines) => lines.slice(0, 2));
    const opened = await Case.open(dir);
    expect(opened.notices.join()).toContain('The custody log is shorter than its copy in the database');
    await opened.close();
    const result = await verified(proof, dir);
    expect(found(result).join('\n')).toMatch(
      /Entry 3 is not what its copy in the database \(table custody_log\) is|The copy in the database holds entry/,
    );
  });

  test('a log rewritten as a whole with its copy is held by a signature alone', async () => {
    const { writeEntry } = await import('../../../electron/engine/case/custody.ts');
    const rewrite = async (dir: string) => {
      let previous = '0'.repeat(64);
      change(dir, (lines) =>
        lines.map((line) => {
          const { hash: _, ...entry } = JSON.parse(line);
          const written = writeEntry({ ...entry, actor: 'mallory@lab', previous });
          previous = written.hash;
          return written.line;
        }),
      );
      await tamper(dir, (c) => c.run('DELETE FROM custody_log'));
    };
    const unsigned = proof.copy();
    await rewrite(unsigned);
    const missed = await verified(proof, unsigned);
    expect(missed.custody).toMatchObject({ ok: true });
    expect(missed.custody.sentence).toContain('No signature names an entry of this log');

    const signed = proof.copy();
    const engine = proof.engine();
    const { keyId } = await engine.api['keys.make']({ name: `Ana ${readdirSync(proof.folder).length}` });
    await engine.api['case.open']({ dir: signed });
    await engine.api['manifest.sign']({ keyId });
    await engine.close();
    expect((await verified(proof, signed)).ok).toBe(true);
    await rewrite(signed);
    const caught = await verified(proof, signed);
    expect(found(caught).join('\n')).toMatch(
      /The manifest [0-9a-f]{16} signed by Ana .* names entry \d+ by the hash [0-9a-f]{64}; the log has another entry/,
    );
  });
});

test('a signed manifest holds the ledger too: a row that is changed with its evidence gone is found', async () => {
  const dir = proof.copy();
  const engine = proof.engine();
  const { keyId, name } = await engine.api['keys.make']({ name: 'Ledger' });
  await engine.api['case.open']({ dir });
  const { path } = await engine.api['manifest.sign']({ keyId });
  expect((await engine.api['manifest.signatures']({})).signatures).toMatchObject([
    { path, current: true, ok: true, signer: name, fingerprint: keyId },
  ]);
  await engine.api['annotations.add']({
    eventIds: [(await engine.api['events.page']({ lens: {}, offset: 0, limit: 1 })).rows[0]!.eventId],
    kind: 'tag',
    text: 'seen',
  });
  expect((await engine.api['manifest.signatures']({})).signatures).toMatchObject([
    { current: false, ok: true },
  ]);
  await engine.close();
  await tamper(dir, (c) =>
    c.run(`UPDATE member SET sha256 = repeat('c', 64) WHERE path = 'node-1/registry.log.1.gz'`),
  );
  const changed = found(await verified(proof, dir)).join('\n');
  expect(changed).toMatch(
    /signature signatures\/manifest-[0-9a-f]{16}.json: The case is not what was signed: node-1\/registry.log.1.gz of node-1.tar.gz: its sha256 was [0-9a-f]{64}, the case says c{64}/,
  );
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('"name":"Ledger"', '"name":"Lodger"'));
  expect(found(await verified(proof, dir)).join('\n')).toMatch(
    /The signature of "Lodger" does not hold: it does not fit its key/,
  );
});

test('a verification that is cancelled keeps no result', async () => {
  const dir = proof.copy();
  const engine = proof.engine();
  await engine.api['case.open']({ dir });
  const { jobId } = await engine.api['verify.start']({});
  await engine.api['jobs.cancel']({ jobId });
  expect((await engine.job(jobId)).state).toBe('cancelled');
  expect((await engine.api['verify.last']({})).result).toBe(null);
  await engine.close();
});
