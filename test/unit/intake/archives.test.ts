// zip and 7z: methods, encryption, contradictions, what is lost with their directories; and looks before reading.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { previewBundle } from '../../../electron/engine/intake/preview.ts';
import { mayBePassword } from '../../../electron/engine/intake/zip-crypto.ts';
import { fileOf, logText, read, tarGzOf, tarOf, temporaryFolder, zipOf } from './bundles.ts';
import { FIXTURE_MEMBERS, fixture, fixturePath, fixtureText, SECRET } from './fixtures.ts';

const WRONG = 'battery staple';
/** By name: 7z lists empty files first, and packs others by their ending. */
const sorted = (texts: Record<string, string>) => Object.fromEntries(Object.entries(texts).sort());

describe('zip', () => {
  test('stored, deflate, bzip2 and lzma members are read', async () => {
    const { result, seen } = await read(fixturePath('methods.zip'));
    expect(Object.values(seen.texts)).toEqual(Array(4).fill(fixtureText(1)));
    expect(result.problem).toBeNull();
    expect(seen.members.map((member) => member.end!.problem)).toEqual([null, null, null, null]);
  });

  test('deflate64 members, as Windows packs large files, are read', async () => {
    const { result, seen } = await read(fixturePath('deflate64.zip'));
    expect(sorted(seen.texts)).toEqual(sorted(FIXTURE_MEMBERS));
    expect(result.problem).toBeNull();
    expect(seen.members.every((member) => member.end!.problem === null)).toBe(true);
  });

  test.each(['aes-128.zip', 'aes-192.zip', 'aes-256.zip', 'cipher.zip'])(
    '%s is read with its password, and listed without it',
    async (name) => {
      const right = await read(fixturePath(name), { passwords: [WRONG, SECRET] });
      expect(Object.values(right.seen.texts)).toEqual([fixtureText(1)]);
      expect(right.seen.members[0]!.end!.problem).toBeNull();
      const without = await read(fixturePath(name));
      expect(without.seen.notes[0]!.reason).toBe('encrypted: its password was not given; not read');
      const wrong = await read(fixturePath(name), { passwords: [WRONG] });
      expect(wrong.seen.notes[0]!.reason).toMatch(/^encrypted: the password given does not open it/);
      expect((await previewBundle(fixturePath(name))).encrypted).toBe(1);
    },
  );

  test('a wrong password that passes the check of the old cipher gives no line', async () => {
    const bytes = fixture('cipher.zip');
    const start = 30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
    const later = (bytes.readUInt16LE(6) & 8) !== 0;
    const expected = later ? bytes.readUInt16LE(10) >> 8 : bytes.readUInt32LE(14) >>> 24;
    const passing = Array.from({ length: 4_000 }, (_, n) => `wrong-${n}`).filter((password) =>
      mayBePassword(bytes.subarray(start), password, expected),
    );
    expect(passing.length).toBeGreaterThan(3);
    for (const passwords of [[passing[0]!], passing.slice(0, 4)]) {
      const { seen } = await read(fixturePath('cipher.zip'), { passwords });
      expect(seen.members).toEqual([]);
      expect(seen.notes[0]!.reason).toMatch(/^encrypted: .*, or its data is damaged; not read$/);
    }
    const right = await read(fixturePath('cipher.zip'), { passwords: [...passing, SECRET] });
    expect(Object.values(right.seen.texts)).toEqual([fixtureText(1)]);
  });

  test('a changed byte under AES is told by the authentication code', async () => {
    const bytes = fixture('aes-256.zip');
    bytes[400]! ^= 1;
    const { seen } = await read(fileOf('a.zip', bytes), { passwords: [SECRET] });
    expect(seen.members[0]!.end!.problem).not.toBeNull();
  });

  test('the last part of a split zip names what stands in other parts', async () => {
    const { seen } = await read(fixturePath('split.zip'));
    expect(seen.notes.length).toBeGreaterThan(0);
    expect(seen.notes[0]!.reason).toMatch(/another part of a split zip: join the parts/);
    for (const { header, content } of seen.members)
      expect(content.toString()).toBe(FIXTURE_MEMBERS[header.path]);
  });

  const members = ['a', 'b', 'c'].map((name, n) => ({
    name: `${name}.log`,
    content: logText(20_000, n + 1),
  }));

  test('bytes before a zip, as a program that unpacks itself has, shift its places', async () => {
    const bytes = Buffer.concat([Buffer.from('MZ a program'), Buffer.alloc(3_000, 7), zipOf(members)]);
    const { result, seen } = await read(fileOf('logs.exe', bytes));
    expect(Object.keys(seen.texts)).toEqual(['a.log', 'b.log', 'c.log']);
    expect(result.problem).toBeNull();
  });

  test('a directory in the comment of another is told', async () => {
    const [outer, inner] = [zipOf(members), zipOf([{ name: 'evil.log', content: 'x' }])];
    outer.writeUInt16LE(inner.length, outer.length - 2);
    const { result, seen } = await read(fileOf('a.zip', Buffer.concat([outer, inner])));
    expect(result.problem).toMatch(/more than one directory/);
    expect(Object.keys(seen.texts)).toEqual(['evil.log']);
  });

  test('a header that contradicts the directory is told', async () => {
    const bytes = zipOf(members);
    bytes.write('x', 30);
    const { seen } = await read(fileOf('a.zip', bytes));
    expect(seen.members[0]!.header).toMatchObject({
      path: 'a.log',
      remark: expect.stringMatching(/states another name \('x\.log'\) than the directory/),
    });
    expect(seen.members[1]!.header.remark).toBeNull();
  });

  test('a damaged directory entry costs nothing: its member is found by its own header', async () => {
    const bytes = zipOf(members);
    const second = bytes.indexOf('PK\x01\x02', bytes.indexOf('PK\x01\x02') + 4, 'latin1');
    bytes.fill(0, second, second + 4);
    const { result, seen } = await read(fileOf('a.zip', bytes));
    expect(Object.keys(seen.texts).sort()).toEqual(['a.log', 'b.log', 'c.log']);
    expect(result.problem).toMatch(/directory of the zip is damaged after 1 of 3 members/);
  });

  test('members that share bytes are stopped by what they give together', async () => {
    // one local member, listed many times
    const one = zipOf([{ name: 'a', content: Buffer.alloc(3_000_000) }]);
    const start = one.indexOf('PK\x01\x02', 0, 'latin1');
    const entry = one.subarray(start, one.length - 22);
    const end = Buffer.from(one.subarray(one.length - 22));
    end.writeUInt16LE(500, 8);
    end.writeUInt16LE(500, 10);
    end.writeUInt32LE(500 * entry.length, 12);
    const bomb = Buffer.concat([one.subarray(0, start), ...Array(500).fill(entry), end]);
    const { result, seen } = await read(fileOf('a.zip', bomb), { limits: { ratioAfter: 20e6 } });
    expect(result.problem).toMatch(/more than 1,000 times its compressed size/);
    expect(seen.members.length).toBeLessThan(50);
  });

  test('cut at every hundredth, members whole before the cut are kept', async () => {
    const whole = zipOf(members);
    for (let part = 1; part < 100; part++) {
      const length = Math.floor((whole.length * part) / 100);
      const { result, seen } = await read(fileOf('a.zip', whole.subarray(0, length)));
      expect(result.problem).not.toBeNull();
      let at = 0;
      for (const [n, { name, content }] of members.entries()) {
        at += 30 + name.length + zipOf([members[n]!]).readUInt32LE(18);
        if (at <= length) expect(seen.texts[name]).toBe(content.toString());
      }
    }
  });
});

describe('7z', () => {
  test.each(['logs.7z', 'single.7z', 'bzip2.7z', 'deflate.7z', 'deflate64.7z', 'py7zr.7z'])(
    '%s is read',
    async (name) => {
      const { result, seen } = await read(fixturePath(name));
      expect(result.problem).toBeNull();
      expect(sorted(seen.texts)).toEqual(sorted(FIXTURE_MEMBERS));
      for (const { end } of seen.members) expect(end!.problem).toBeNull();
      const preview = await previewBundle(fixturePath(name));
      expect(preview).toMatchObject({ kind: '7z', members: 12, complete: true, encrypted: 0, problem: null });
      expect(preview.unpacked).toBe(Object.values(FIXTURE_MEMBERS).join('').length);
    },
  );

  test('times and modes come from the archive', async () => {
    const { seen } = await read(fixturePath('logs.7z'));
    expect(seen.members[0]!.header).toMatchObject({ mtimeUs: 1_700_000_000_000_000, mode: 0o644 });
  });

  test('the filter for x86 programs is undone, whatever the content', async () => {
    const { seen } = await read(fixturePath('x86.7z'));
    const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i % 7 ? ((i * i) >> 3) % 256 : 0xe8)));
    expect(seen.members[0]!.content.equals(Buffer.concat([bytes, Buffer.from(fixtureText(1))]))).toBe(true);
    expect(seen.members[0]!.end!.problem).toBeNull();
  });

  test('what is packed with PPMd is named', async () => {
    const { seen } = await read(fixturePath('ppmd.7z'));
    expect(seen.notes).toHaveLength(12);
    expect(seen.notes[0]!.reason).toMatch(/PPMd, which this version does not unpack/);
  });

  test.each(['secret.7z', 'hidden.7z'])('%s is read with its password, and told without it', async (name) => {
    const right = await read(fixturePath(name), { passwords: [WRONG, SECRET] });
    expect(sorted(right.seen.texts)).toEqual(sorted(FIXTURE_MEMBERS));
    for (const passwords of [[], [WRONG]]) {
      const { seen } = await read(fixturePath(name), { passwords });
      expect(seen.members).toEqual([]);
      for (const { status, reason } of seen.notes) {
        expect(status).toBe('failed');
        expect(reason).toMatch(/^encrypted: /);
      }
      expect(seen.notes).toHaveLength(name === 'hidden.7z' ? 1 : 12);
    }
  });

  test('inside another archive it is opened in place', async () => {
    const bundle = await tarOf([{ name: 'n.7z', content: fixture('logs.7z') }]);
    const { seen } = await read(fileOf('b.tar', bundle));
    expect(seen.texts['n.7z!/logs/node-3.log']).toBe(FIXTURE_MEMBERS['logs/node-3.log']);
  });

  test('cut at every hundredth, content before the cut is kept, without names', async () => {
    const bytes = fixture('logs.7z');
    const names = Object.keys((await read(fixturePath('logs.7z'))).seen.texts);
    const all = names.map((name) => FIXTURE_MEMBERS[name]!).join('');
    let most = 0;
    for (let part = 1; part < 100; part++) {
      const cut = bytes.subarray(0, Math.floor((bytes.length * part) / 100));
      const { result, seen } = await read(fileOf('a.7z', cut));
      expect(result.problem).toMatch(/list of members at the end of the 7z archive cannot be read/);
      const text = seen.members.map((member) => member.content.toString()).join('');
      expect(all.startsWith(text)).toBe(true);
      expect(text.length).toBeGreaterThanOrEqual(most);
      most = text.length;
    }
    expect(most).toBeGreaterThan(all.length * 0.9);
  });

  test('a list of members that states more than memory could take is refused, whatever it is packed in', async () => {
    const start = (header: Buffer) => {
      const head = Buffer.alloc(32);
      Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4]).copy(head);
      head.writeBigUInt64LE(BigInt(header.length), 20);
      head.writeUInt32LE(crc32(header), 28);
      head.writeUInt32LE(crc32(head.subarray(12)), 8);
      return Buffer.concat([head, header]);
    };
    const many = Buffer.from([0x01, 0x05, 0xe0, 0x00, 0x00, 0x10, 0x00]); // 1,048,576 files
    const { result } = await read(fileOf('many.7z', start(many)));
    expect(result.problem).toMatch(/states more than can be/);
    const name = Buffer.alloc(4_000_000, 0x41);
    const long = Buffer.concat([
      Buffer.from([0x01, 0x05, 0x01, 0x0e, 0x01, 0x80, 0x0f, 0x01, 0x80, 0x11, 0xf0]),
      Buffer.from([0x03, 0x09, 0x3d, 0x00, 0x00]), // 4,000,003 bytes of names: one, without end mark within 4,000,000
      name,
      Buffer.from([0x00, 0x00, 0x00, 0x00]),
    ]);
    const { seen } = await read(fileOf('long.7z', start(long)));
    expect(seen.members[0]!.header.path).toMatch(/^\u4141{200}… \(name of 2,000,000 characters/);
  });

  test('a flipped byte of the data costs what is packed with it from there on, and is told', async () => {
    const bytes = fixture('logs.7z');
    bytes[bytes.length >> 1]! ^= 0x20;
    const { seen } = await read(fileOf('a.7z', bytes));
    expect(seen.members.length + seen.notes.length).toBe(12);
    const bad = seen.members.filter((member) => member.end!.problem !== null);
    expect(bad.length + seen.notes.length).toBeGreaterThan(0);
    for (const { header, content, end } of seen.members)
      if (end!.problem === null) expect(content.toString()).toBe(FIXTURE_MEMBERS[header.path]);
  });
});

describe('a look before reading', () => {
  test('says what a bundle is, how much is in it, and names the first members', async () => {
    const archive = await tarGzOf([
      { name: './logs/a.log', content: 'one' },
      { name: 'logs/n.tar.gz', content: gzipSync('x') },
      { name: 'latest', type: 'symlink', linkname: 'a.log' },
    ]);
    expect(await previewBundle(fileOf('b.tgz', archive))).toMatchObject({
      kind: 'tar in gzip',
      members: 3,
      complete: true,
      nested: 1,
      problem: null,
      entries: [
        { path: 'logs/a.log', size: 3, kind: 'file', encrypted: false },
        { path: 'logs/n.tar.gz', size: 21, kind: 'archive', encrypted: false },
        { path: 'latest', size: 0, kind: 'symbolic link', encrypted: false },
      ],
    });
  });

  test('a folder, a log, an archive that is not read and one without end', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub', 'a.log'), 'four');
    expect(await previewBundle(folder)).toMatchObject({ kind: 'folder', members: 1, size: 4, unpacked: 4 });
    expect(await previewBundle(fileOf('a.log', 'x\n'))).toMatchObject({
      kind: 'file',
      members: 1,
      unpacked: 2,
    });
    const rar = await previewBundle(fileOf('a.rar', Buffer.from('Rar!\x1a\x07\x01\x00 and more', 'latin1')));
    expect(rar).toMatchObject({ kind: 'rar', complete: false, problem: expect.stringMatching(/unrar/) });
    const cut = (await tarOf([{ name: 'a.log', content: logText(9_000) }])).subarray(0, 4_000);
    expect((await previewBundle(fileOf('c.tar', cut))).problem).toMatch(/^The archive ends at byte/);
    expect(await previewBundle(fileOf('empty.tar', ''))).toMatchObject({ members: 0, complete: true });
  });

  test('ends after the time it may take, and says that it is not complete', async () => {
    const big = await tarGzOf(
      Array.from({ length: 50 }, (_, n) => ({ name: `${n}.log`, content: logText(50_000) })),
    );
    expect(await previewBundle(fileOf('b.tgz', big), {}, 0)).toMatchObject({
      complete: false,
      problem: null,
    });
  });
});
