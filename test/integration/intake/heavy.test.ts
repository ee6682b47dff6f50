// Very many members, and one very long line: every byte is in the case, and memory stays flat. TIDEMARK_HEAVY=1 makes them
// as large as the acceptance of the corpus asks: 100,000 members, 3 GB of one line.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { logText } from '../../hostile/log-text.ts';
import { TAR_END, tarMember } from '../../hostile/tar-builder.ts';

const HEAVY = process.env.TIDEMARK_HEAVY === '1';
const MEMBERS = HEAVY ? 100_000 : 2_000;
const LINE = HEAVY ? 3_000_000_000 : 100_000_000;
const MEMORY = 1_500_000_000;
const RECORD = 32 << 20;

const root = mkdtempSync(join(tmpdir(), 'tidemark-heavy-'));
afterAll(() => rmSync(root, { recursive: true, force: true }), 600_000);

async function measured(bundle: string, name: string) {
  const script = join(import.meta.dirname, '../../hostile/measured.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    script,
    bundle,
    join(root, name),
  ]);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, unknown> & { maxRss: number };
}

async function gzipped(name: string, pieces: Iterable<Buffer>): Promise<string> {
  const path = join(root, name);
  await pipeline(Readable.from(pieces), createGzip({ level: 1 }), createWriteStream(path));
  return path;
}

test('a single line of gigabytes is in the case to its last byte', async () => {
  const block = Buffer.from(
    logText(1 << 20)
      .toString('latin1')
      .replaceAll('\n', ' '),
    'latin1',
  );
  const hash = createHash('sha256');
  function* line() {
    for (let left = LINE; left > 0; left -= block.length) {
      const piece = left < block.length ? block.subarray(0, left) : block;
      hash.update(piece);
      yield piece;
    }
  }
  const bundle = await gzipped('line.log.gz', line());
  const { maxRss, ...got } = await measured(bundle, 'line');
  expect(got).toEqual({
    state: 'done',
    problems: [],
    files: 1,
    parsed: 1,
    events: Math.ceil(LINE / RECORD),
    bytes: LINE,
    holes: 0,
    lastLine: 1,
    first: [hash.digest('hex'), 1],
  });
  console.log(`a line of ${LINE} bytes: ${Math.round(maxRss / 1e6)} MB at most`);
  expect(maxRss).toBeLessThan(MEMORY);
}, 1_800_000);

test('very many tiny members are each in the ledger', async () => {
  let bytes = 0;
  function* members() {
    for (let i = 0; i < MEMBERS; i++) {
      const content = `2026-11-20 12:00:00,000 INFO worker ${i} is up\n`;
      bytes += content.length;
      yield tarMember(`logs/${i % 1000}/worker-${i}.log`, { content });
    }
    yield TAR_END;
  }
  const bundle = await gzipped('tiny.tar.gz', members());
  const { maxRss, ...got } = await measured(bundle, 'tiny');
  expect(got).toMatchObject({
    state: 'done',
    problems: [],
    files: MEMBERS,
    parsed: MEMBERS,
    events: MEMBERS,
    bytes,
    holes: 0,
  });
  console.log(`${MEMBERS} members: ${Math.round(maxRss / 1e6)} MB at most`);
  expect(maxRss).toBeLessThan(MEMORY);
}, 1_800_000);
