// Nothing lost, nothing altered: every record of the sample is exactly its bytes, and the records of a file in order are the file.
// The bundles are read here by other code than Tidemark's.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import tar from 'tar-stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import yauzl from 'yauzl';
import { Engine } from '../../../electron/engine/engine.ts';

const SAMPLE = join(import.meta.dirname, '../../../resources/samples/incident');
let dir: string;
let engine: Engine;
/** Content of every member by `bundle path`. */
const contents = new Map<string, Buffer>();

const plain = (bytes: Buffer): Buffer =>
  bytes[0] === 0x1f && bytes[1] === 0x8b
    ? gunzipSync(bytes)
    : bytes.length > 4 && bytes.readUInt32LE(0) === 0xfd2fb528
      ? zstdDecompressSync(bytes)
      : bytes;

/** A member of a bundle; an archive in it is read too, its members named `archive!/member`. */
async function take(bundle: string, path: string, bytes: Buffer): Promise<void> {
  if (path.endsWith('.tar.gz')) await readTar(bundle, `${path}!/`, gunzipSync(bytes));
  else contents.set(`${bundle} ${path}`, plain(bytes));
}

async function readTar(bundle: string, inside: string, bytes: Buffer): Promise<void> {
  const extract = Readable.from([bytes]).pipe(tar.extract());
  for await (const entry of extract) {
    const pieces: Buffer[] = [];
    for await (const piece of entry) pieces.push(piece as Buffer);
    const { name, type } = entry.header;
    if (type === 'file') await take(bundle, inside + name.replace(/^\.\//, ''), Buffer.concat(pieces));
  }
}

async function readZip(bundle: string): Promise<void> {
  const zip = await yauzl.openPromise(join(SAMPLE, bundle));
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/')) continue;
    const pieces: Buffer[] = [];
    for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
    await take(bundle, entry.fileName, Buffer.concat(pieces));
  }
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tidemark-round-trip-'));
  const bundles = readdirSync(SAMPLE).filter((name) => /\.(?:tar\.gz|zip)$/.test(name));
  expect(bundles.length).toBeGreaterThan(3);
  for (const bundle of bundles) {
    if (bundle.endsWith('.zip')) await readZip(bundle);
    else await readTar(bundle, '', gunzipSync(readFileSync(join(SAMPLE, bundle))));
  }
  engine = new Engine({ shell: 'command line', sampleDir: null, stateDir: join(dir, 'state') });
  await engine.api['case.create']({ dir: join(dir, 'case') });
  const { jobId } = await engine.api['ingest.start']({
    paths: bundles.map((bundle) => join(SAMPLE, bundle)),
    detect: false,
  });
  expect(await engine.job(jobId)).toMatchObject({ state: 'done' });
}, 180_000);
afterAll(async () => {
  await engine.close();
  rmSync(dir, { recursive: true, force: true });
});

async function rows<T extends unknown[]>(sql: string): Promise<T[]> {
  const all: T[] = [];
  let page = await engine.api['sql.run']({ sql, limit: 10_000 });
  all.push(...(page.rows as T[]));
  while (!page.done) {
    page = await engine.api['sql.fetch']({ cursorId: page.cursorId, offset: all.length, limit: 10_000 });
    all.push(...(page.rows as T[]));
  }
  return all;
}

test('the records of every file, in order and one after another, are the file', async () => {
  const files = await rows<[number, string, string, string]>(
    `SELECT file_id, bundle, path, records FROM evidence_files WHERE status = 'parsed' ORDER BY file_id`,
  );
  const places = await rows<[number, string, number]>(
    'SELECT file_id, byte_offset, byte_length FROM events ORDER BY event_id',
  );
  const byFile = Map.groupBy(places, ([file]) => file);
  let compared = 0;
  for (const [file, bundle, path, records] of files) {
    const content = contents.get(`${bundle} ${path}`);
    expect(content, `${bundle} ${path} was read here too`).toBeDefined();
    const mine = byFile.get(file) ?? [];
    expect(mine.length, path).toBe(Number(records));
    let at = 0;
    for (const [, offset, length] of mine) {
      expect(Number(offset), path).toBe(at);
      at += length;
    }
    if (Number(records) > 0) expect(at, path).toBe(content!.length);
    compared += content!.length;
  }
  expect(compared).toBeGreaterThan(1_000_000);
});

/** TIDEMARK_ROUND_TRIP=10000 takes as many. */
const TAKEN = Number(process.env.TIDEMARK_ROUND_TRIP ?? 300);

test('events taken at random give exactly the bytes of their records', async () => {
  const events = await rows<[string, string, string, string, number]>(
    'SELECT e.event_id, f.bundle, f.path, e.byte_offset, e.byte_length FROM events e JOIN evidence_files f USING (file_id) ORDER BY e.event_id',
  );
  let state = 7; // the same choice in every run
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  for (let i = 0; i < TAKEN; i++) {
    const [id, bundle, path, offset, length] = events[Math.floor(random() * events.length)]!;
    const bytes = await engine.raw(String(id));
    const content = contents.get(`${bundle} ${path}`)!;
    if (!content.subarray(Number(offset), Number(offset) + length).equals(bytes))
      throw new Error(`event ${id} of ${path} is not the bytes at ${offset}`);
  }
}, 600_000);

test('the lines of the ledger are the line ends of the files, and one more where the last line has none', async () => {
  const files = await rows<[string, string, string]>(
    `SELECT bundle, path, lines FROM evidence_files WHERE status = 'parsed' AND encoding LIKE 'utf-8%'`,
  );
  for (const [bundle, path, lines] of files) {
    const content = contents.get(`${bundle} ${path}`)!;
    let ends = 0;
    for (let at = content.indexOf(10); at !== -1; at = content.indexOf(10, at + 1)) ends++;
    const open = content.length > 0 && content.at(-1) !== 10 ? 1 : 0;
    expect(Number(lines), path).toBe(ends + open);
  }
});
