import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { EvidenceReader, EvidenceWriter } from '../../../electron/engine/intake/evidence-store.ts';
import { logText, sha256, temporaryFolder } from './bundles.ts';

function store(folder: string, content: Uint8Array, chunk = 1 << 20): { sha256: string; size: number } {
  const writer = new EvidenceWriter(folder);
  for (let at = 0; at < content.length; at += chunk) writer.write(content.subarray(at, at + chunk));
  return writer.end();
}

const placeOf = (folder: string, id: string): string => join(folder, id.slice(0, 2), `${id}.zst`);

describe('storing', () => {
  test('content lies under its own hash, compressed, and nothing else is left', () => {
    const folder = join(temporaryFolder(), 'new', 'store');
    const content = logText(2_500_000);
    const stored = store(folder, content);
    expect(stored).toEqual({ sha256: sha256(content), size: content.length });
    expect(readdirSync(folder, { recursive: true }).map(String).sort()).toEqual(
      [stored.sha256.slice(0, 2), `${stored.sha256.slice(0, 2)}/${stored.sha256}.zst`].sort(),
    );
    expect(readFileSync(placeOf(folder, stored.sha256)).length).toBeLessThan(content.length / 2);
  });

  test('the same content is kept once', () => {
    const folder = temporaryFolder();
    const content = logText(100_000);
    const first = store(folder, content);
    const before = readFileSync(placeOf(folder, first.sha256));
    expect(store(folder, content, 1_000)).toEqual(first);
    expect(readFileSync(placeOf(folder, first.sha256)).equals(before)).toBe(true);
    expect(readdirSync(folder)).toEqual([first.sha256.slice(0, 2)]);
  });

  test('an abort leaves nothing', () => {
    const folder = temporaryFolder();
    const writer = new EvidenceWriter(folder);
    writer.write(logText(10_000));
    writer.abort();
    writer.abort();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('two writers of one store do not meet', () => {
    const folder = temporaryFolder();
    const [one, two] = [new EvidenceWriter(folder), new EvidenceWriter(folder)];
    one.write(Buffer.from('one'));
    two.write(Buffer.from('two'));
    expect([one.end().sha256, two.end().sha256]).toEqual([
      sha256(Buffer.from('one')),
      sha256(Buffer.from('two')),
    ]);
  });

  test('the file follows the seekable format: frames, their seal, then a table of their sizes in a skippable frame', () => {
    const folder = temporaryFolder();
    const content = logText(2_500_000);
    const bytes = readFileSync(placeOf(folder, store(folder, content).sha256));
    expect(bytes.readUInt32LE(bytes.length - 4)).toBe(0x8f92eab1);
    const frames = bytes.readUInt32LE(bytes.length - 9);
    expect(frames).toBe(3);
    const table = bytes.length - 9 - frames * 8 - 8;
    expect(bytes.readUInt32LE(table)).toBe(0x184d2a5e);
    expect(bytes.readUInt32LE(table + 4)).toBe(frames * 8 + 9);
    const restored: Buffer[] = [];
    let at = 0;
    for (let frame = 0; frame < frames; frame++) {
      const size = bytes.readUInt32LE(table + 8 + frame * 8);
      restored.push(zstdDecompressSync(bytes.subarray(at, at + size)));
      expect(restored.at(-1)!.length).toBe(bytes.readUInt32LE(table + 12 + frame * 8));
      at += size;
    }
    expect(bytes.readUInt32LE(at)).toBe(0x184d2a50); // between them the seal: the hash of the frames
    expect(bytes.toString('hex', at + 8, at + 40)).toBe(sha256(bytes.subarray(0, at)));
    expect(at + 40).toBe(table);
    expect(Buffer.concat(restored).equals(content)).toBe(true);
  });

  const hasZstd = spawnSync('zstd', ['--version']).status === 0;
  test.skipIf(!hasZstd)('zstd -dc alone restores it', () => {
    const folder = temporaryFolder();
    const content = logText(2_500_000);
    const restored = execFileSync('zstd', ['-dc', placeOf(folder, store(folder, content).sha256)], {
      maxBuffer: 1 << 24,
    });
    expect(restored.equals(content)).toBe(true);
  });
});

describe('reading', () => {
  test('any stretch reads as in the original, within and across frames', async () => {
    const folder = temporaryFolder();
    const content = logText(5_000_000);
    const { sha256: id } = store(folder, content, 700_001);
    const reader = new EvidenceReader(folder);
    expect(await reader.size(id)).toBe(content.length);
    let state = 42;
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
      return state % below;
    };
    for (let round = 0; round < 200; round++) {
      const offset = random(content.length);
      const length = random(round % 10 === 0 ? 3_000_000 : 2_000);
      const got = await reader.read(id, offset, length);
      expect(Buffer.from(got).equals(content.subarray(offset, offset + length))).toBe(true);
    }
    expect(Buffer.from(await reader.read(id, 0, content.length)).equals(content)).toBe(true);
    expect(await reader.read(id, content.length, 10)).toHaveLength(0);
  });

  test('readers at the same time get the same bytes', async () => {
    const folder = temporaryFolder();
    const content = logText(3_000_000);
    const { sha256: id } = store(folder, content);
    const reader = new EvidenceReader(folder);
    const all = await Promise.all(Array.from({ length: 20 }, (_, at) => reader.read(id, at * 140_000, 50)));
    for (const [at, got] of all.entries())
      expect(Buffer.from(got).equals(content.subarray(at * 140_000, at * 140_000 + 50))).toBe(true);
  });

  test('empty content has a place too', async () => {
    const folder = temporaryFolder();
    const { sha256: id } = store(folder, new Uint8Array(0));
    const reader = new EvidenceReader(folder);
    expect(await reader.size(id)).toBe(0);
    expect(await reader.read(id, 0, 10)).toHaveLength(0);
    expect(await reader.verify(id)).toEqual({ ok: true, actual: id });
  });

  test('what is not there, or is no hash, is told', async () => {
    const reader = new EvidenceReader(temporaryFolder());
    await expect(reader.read('a'.repeat(64), 0, 1)).rejects.toMatchObject({ code: 'evidence_missing' });
    await expect(reader.read('../../etc/passwd', 0, 1)).rejects.toMatchObject({ code: 'bad_evidence_id' });
    await expect(reader.read('a'.repeat(64), -1, 1)).rejects.toMatchObject({ code: 'bad_range' });
  });
});

describe('verifying', () => {
  test('a flipped byte anywhere is caught, and reading it says so', async () => {
    const folder = temporaryFolder();
    const content = logText(1_500_000);
    const { sha256: id } = store(folder, content);
    expect(await new EvidenceReader(folder).verify(id)).toEqual({ ok: true, actual: id });
    const good = readFileSync(placeOf(folder, id));
    for (const part of [0.1, 0.5, 0.9, 0.99999]) {
      const bad = Buffer.from(good);
      bad[Math.floor(bad.length * part)]! ^= 0x10;
      writeFileSync(placeOf(folder, id), bad);
      const reader = new EvidenceReader(folder);
      expect((await reader.verify(id)).ok).toBe(false);
      await expect(reader.read(id, 0, content.length)).rejects.toMatchObject({ code: 'evidence_damaged' });
    }
    for (const length of [0, 5, 20, good.length - 1]) {
      writeFileSync(placeOf(folder, id), good.subarray(0, length));
      expect((await new EvidenceReader(folder).verify(id)).ok).toBe(false);
    }
  });

  test('another content under the name shows its real hash', async () => {
    const folder = temporaryFolder();
    const one = store(folder, Buffer.from('one')).sha256;
    const two = store(folder, Buffer.from('two')).sha256;
    writeFileSync(placeOf(folder, one), readFileSync(placeOf(folder, two)));
    expect(await new EvidenceReader(folder).verify(one)).toEqual({ ok: false, actual: two });
  });

  test('a missing file is an error of its own', async () => {
    const folder = temporaryFolder();
    const { sha256: id } = store(folder, Buffer.from('x'));
    rmSync(placeOf(folder, id));
    expect(existsSync(placeOf(folder, id))).toBe(false);
    await expect(new EvidenceReader(folder).verify(id)).rejects.toMatchObject({ code: 'evidence_missing' });
  });
});
