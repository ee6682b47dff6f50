// Checking stored contents: whatever byte of a store file is changed is found, and named by its place.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkStored } from '../../../electron/engine/intake/evidence-check.ts';
import { EvidenceWriter } from '../../../electron/engine/intake/evidence-store.ts';
import { logText, sha256, temporaryFolder } from './bundles.ts';

function stored(folder: string, content: Uint8Array): { path: string; id: string; bytes: Buffer } {
  const writer = new EvidenceWriter(folder);
  for (let at = 0; at < content.length; at += 1 << 20) writer.write(content.subarray(at, at + (1 << 20)));
  const id = writer.end().sha256;
  const path = join(folder, id.slice(0, 2), `${id}.zst`);
  return { path, id, bytes: readFileSync(path) };
}

test('an unchanged content is found whole, with its size', async () => {
  const folder = temporaryFolder();
  for (const size of [0, 9, 1 << 20, 2_500_000]) {
    const content = logText(size).subarray(0, size);
    const { id } = stored(folder, content);
    let seen = 0;
    expect(await checkStored(folder, id, { progress: (bytes) => (seen += bytes) })).toEqual({
      present: true,
      size,
      sha256: id,
      damage: [],
    });
    expect(seen).toBe(size);
  }
});

test('every flipped bit of a small store file is found', async () => {
  const folder = temporaryFolder();
  const { path, id, bytes } = stored(folder, logText(400));
  const missed: string[] = [];
  for (let at = 0; at < bytes.length; at++) {
    const bad = Buffer.from(bytes);
    bad[at]! ^= 1 << (at % 8);
    writeFileSync(path, bad);
    const check = await checkStored(folder, id);
    if (check.damage.length === 0 && check.sha256 === id) missed.push(`byte ${at}`);
  }
  expect(missed).toEqual([]);
});

test('a bit that unpacking does not look at is found by the seal', async () => {
  const folder = temporaryFolder();
  const { path, id, bytes } = stored(folder, logText(400));
  const bad = Buffer.from(bytes);
  bad[4]! ^= 0x10; // "unused bit" of the frame header, RFC 8878, 3.1.1.1.1.3
  writeFileSync(path, bad);
  const check = await checkStored(folder, id);
  expect(check.sha256).toBe(id);
  expect(check.damage).toEqual([expect.stringMatching(/^its frames, bytes 0 to \d+, have the SHA-256/)]);
});

test('the bad frame is named by its bytes, and the others are still read', async () => {
  const folder = temporaryFolder();
  const { path, id, bytes } = stored(folder, logText(3_500_000));
  const table = bytes.length - 9 - 4 * 8;
  const first = bytes.readUInt32LE(table);
  const second = bytes.readUInt32LE(table + 8);
  const bad = Buffer.from(bytes);
  bad[first + 1000]! ^= 0x04;
  writeFileSync(path, bad);
  const check = await checkStored(folder, id);
  expect(check.sha256).toBe(null);
  expect(check.damage).toEqual([
    expect.stringContaining(
      `frame 2, bytes ${first} to ${first + second} (bytes 1048576 to 2097152 of the content), can't be unpacked`,
    ),
  ]);
  expect(check.size).toBe(3_500_000);
});

test('damage of the seek table and of the footer is named, and the content is still found whole', async () => {
  const folder = temporaryFolder();
  const content = logText(2_500_000);
  const { path, id, bytes } = stored(folder, content);
  const table = bytes.length - 9 - 3 * 8 - 8;
  for (const [at, named] of [
    [table + 1, `seek table, bytes ${table} to ${bytes.length - 9},`],
    [table + 9, `seek table, bytes ${table} to ${bytes.length - 9},`],
    [bytes.length - 1, `footer, bytes ${bytes.length - 9} to ${bytes.length},`],
    [bytes.length - 5, `footer, bytes ${bytes.length - 9} to ${bytes.length},`],
  ] as const) {
    const bad = Buffer.from(bytes);
    bad[at]! ^= 0x01;
    writeFileSync(path, bad);
    const check = await checkStored(folder, id);
    expect(check.damage).toHaveLength(1);
    expect(check.damage[0]).toContain(named);
    expect(check.sha256).toBe(id);
  }
});

test('a file that is cut, gone or another content is told', async () => {
  const folder = temporaryFolder();
  const { path, id, bytes } = stored(folder, logText(300_000));
  for (const length of [0, 5, 30, Math.floor(bytes.length / 2), bytes.length - 1]) {
    writeFileSync(path, bytes.subarray(0, length));
    const check = await checkStored(folder, id);
    expect(check.present).toBe(true);
    expect(check.damage.length).toBeGreaterThan(0);
  }
  const other = stored(folder, Buffer.from('another content\n'));
  writeFileSync(path, other.bytes);
  expect(await checkStored(folder, id)).toMatchObject({
    damage: [],
    sha256: sha256(Buffer.from('another content\n')),
  });
  rmSync(path);
  expect(await checkStored(folder, id)).toEqual({ present: false, size: 0, sha256: null, damage: [] });
});
