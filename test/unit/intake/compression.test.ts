// bzip2, xz, lzma, gzip and zstd: whole, joined, damaged, cut, out of proportion.
import { crc32, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { unpackLzma2 } from '../../../electron/engine/intake/lzma-streams.ts';
import { Cursor } from '../../../electron/engine/intake/source.ts';
import { fileOf, logText, read, sha256, tarOf } from './bundles.ts';
import { FIXTURE_MEMBERS, fixture, fixturePath, fixtureText } from './fixtures.ts';

const problemOf = async (name: string, bytes: Uint8Array) => {
  const { result, seen } = await read(fileOf(name, bytes));
  return { result, seen, problem: seen.members[0]?.end?.problem ?? null };
};

describe('whole', () => {
  test.each(['logs.tar.bz2', 'logs.tar.xz'])('%s gives its members', async (name) => {
    const { result, seen } = await read(fixturePath(name));
    expect(seen.texts).toEqual(FIXTURE_MEMBERS);
    expect(result).toMatchObject({ problem: null, sha256: sha256(fixture(name)), members: 12 });
  });

  test.each([
    ['sha256.xz', 'xz', 'sha256'],
    ['crc32.xz', 'xz', 'crc32'],
    ['delta.xz', 'xz', 'delta'],
    ['alone.lzma', 'lzma', 'alone'],
  ])('%s is one member, with the hash of the compressed file', async (name, compression, inner) => {
    const { result, seen } = await read(fixturePath(name));
    expect(seen.texts).toEqual({ [inner]: fixtureText(1) });
    expect(seen.members[0]!.header.compression).toBe(compression);
    expect(seen.members[0]!.end).toEqual({
      sha256: sha256(fixture(name)),
      size: fixture(name).length,
      problem: null,
    });
    expect(result.problem).toBeNull();
  });

  test('joined streams are read on: bzip2, and xz with padding between', async () => {
    const xz = fixture('crc32.xz');
    const bz2 = fixture('logs.tar.bz2');
    const joined = await problemOf('a.log.xz', Buffer.concat([xz, Buffer.alloc(8), fixture('sha256.xz')]));
    expect(joined.seen.texts).toEqual({ 'a.log': fixtureText(1).repeat(2) });
    expect(joined.problem).toBeNull();
    const twice = await read(fileOf('a.tar.bz2', Buffer.concat([bz2, bz2])));
    expect(twice.seen.members).toHaveLength(24);
    expect(twice.result.problem).toBeNull();
  });

  test('compressed in compressed is unpacked, and said', async () => {
    const { seen } = await read(fileOf('a.log.xz.gz', gzipSync(fixture('crc32.xz'))));
    expect(seen.members[0]!.content.toString()).toBe(fixtureText(1));
    expect(seen.members[0]!.header.compression).toBe('xz in gzip');
  });

  test('inside a tar they are members under their own names', async () => {
    const bundle = await tarOf([
      { name: 'a.log.xz', content: fixture('crc32.xz') },
      { name: 'n.tar.bz2', content: fixture('logs.tar.bz2') },
    ]);
    const { seen } = await read(fileOf('b.tar', bundle));
    expect(Object.keys(seen.texts)).toEqual([
      'a.log.xz',
      ...Object.keys(FIXTURE_MEMBERS).map((name) => `n.tar.bz2!/${name}`),
    ]);
  });
});

describe('gzip by RFC 1952', () => {
  const member = (content: string, flags: number, extra: Buffer) => {
    const plain = gzipSync(content);
    return Buffer.concat([
      Buffer.from([0x1f, 0x8b, 8, flags]),
      plain.subarray(4, 10),
      extra,
      plain.subarray(10),
    ]);
  };
  const withCheck = (flags: number, fields: Buffer, wrong = 0) => {
    const head = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, flags]), gzipSync('').subarray(4, 10), fields]);
    const check = Buffer.alloc(2);
    check.writeUInt16LE((crc32(head) & 0xffff) ^ wrong);
    return Buffer.concat([fields, check]);
  };

  test('extra field, name, comment and header checksum are passed over', async () => {
    const fields = Buffer.from('\x03\x00abcname.log\0a comment\0', 'latin1');
    const all = 4 | 8 | 16;
    for (const packed of [member('x\n', all, fields), member('x\n', all | 2, withCheck(all | 2, fields))]) {
      const { seen, problem } = await problemOf('a.log.gz', packed);
      expect(seen.texts).toEqual({ 'a.log': 'x\n' });
      expect(problem).toBeNull();
    }
  });

  test('a wrong header checksum is told, and the content is read', async () => {
    const { seen, problem } = await problemOf('a.log.gz', member('x\n', 2, withCheck(2, Buffer.alloc(0), 1)));
    expect(seen.texts).toEqual({ 'a.log': 'x\n' });
    expect(problem).toMatch(/checksum of the gzip header/);
  });

  test('reserved flags are damage', async () => {
    const { problem } = await problemOf('a.log.gz', member('x\n', 0x20, Buffer.alloc(0)));
    expect(problem).toMatch(/reserved flags/);
  });

  test('a good member behind a broken one is read as a member of its own', async () => {
    const broken = gzipSync(logText(50_000));
    broken.fill(0xff, 300, 340);
    const { result, seen } = await read(
      fileOf('a.log.gz', Buffer.concat([gzipSync('one\n'), broken, gzipSync('two\n'), gzipSync('three\n')])),
    );
    expect(Object.keys(seen.texts)).toEqual(['a.log', 'a.log#2']);
    expect(seen.texts['a.log']!.startsWith('one\n2026')).toBe(true);
    expect(seen.texts['a.log#2']).toBe('two\nthree\n');
    expect(seen.members[0]!.end!.problem).toMatch(/reading goes on at compressed byte \d+/);
    expect(seen.members[1]!.header.remark).toMatch(/follows a damaged place/);
    expect(result.problem).toMatch(/damaged/);
  });

  test('zeros between members are passed over', async () => {
    const { seen, problem } = await problemOf(
      'a.log.gz',
      Buffer.concat([gzipSync('one\n'), Buffer.alloc(512), gzipSync('two\n')]),
    );
    expect(seen.texts).toEqual({ 'a.log': 'one\ntwo\n' });
    expect(problem).toBeNull();
  });

  test('two thousand members of a line each are read', async () => {
    const { seen, problem } = await problemOf(
      'a.log.gz',
      Buffer.concat(Array(2_000).fill(gzipSync('line\n'))),
    );
    expect(seen.texts['a.log']).toBe('line\n'.repeat(2_000));
    expect(problem).toBeNull();
  });
});

describe('zstd', () => {
  const skippable = Buffer.from('50 2a 4d 18 03 00 00 00 61 62 63'.replaceAll(' ', ''), 'hex');

  test('skippable frames are passed over, wherever they stand', async () => {
    const packed = Buffer.concat([
      skippable,
      zstdCompressSync('one\n'),
      skippable,
      zstdCompressSync('two\n'),
      skippable,
    ]);
    const { seen, problem } = await problemOf('a.log.zst', packed);
    expect(seen.texts).toEqual({ 'a.log': 'one\ntwo\n' });
    expect(problem).toBeNull();
  });

  test('a good frame behind a broken one is read', async () => {
    const broken = zstdCompressSync(logText(50_000));
    broken.fill(0xff, 40, 200);
    const packed = Buffer.concat([zstdCompressSync('one\n'), broken, zstdCompressSync('two\n')]);
    const { seen } = await read(fileOf('a.log.zst', packed));
    expect(seen.texts['a.log#2']).toBe('two\n');
    expect(seen.members[0]!.end!.problem).toMatch(/zstd data/);
  });
});

describe('damaged', () => {
  test.each([
    ['bzip2', 'logs.tar.bz2', 0.2, 3],
    ['xz', 'logs.tar.xz', 0.5, 6],
  ])(
    'a flipped byte of %s costs its block, and the tar is read on behind it',
    async (kind, name, part, atLeast) => {
      const bytes = fixture(name);
      bytes[Math.floor(bytes.length * part)]! ^= 0x10;
      const { result, seen } = await read(fileOf(name, bytes));
      expect(result.problem).toMatch(new RegExp(`the ${kind} data is damaged .*reading goes on`));
      const whole = seen.members.filter((member) => member.end!.problem === null);
      expect(whole.length).toBeGreaterThanOrEqual(atLeast);
      for (const { header, content } of whole) expect(content.toString()).toBe(FIXTURE_MEMBERS[header.path]);
      expect(seen.texts['logs/node-11.log']).toBe(FIXTURE_MEMBERS['logs/node-11.log']);
    },
  );

  test('a wrong checksum of an xz block keeps its content and is told', async () => {
    const bytes = fixture('crc32.xz');
    const { seen, problem } = await problemOf('a.log.xz', flipped(bytes, bytes.length - 12 - 12 - 1));
    expect(problem).toMatch(/checksum of the xz block .* does not match|index/);
    expect(seen.texts['a.log']).toBe(fixtureText(1));
  });

  test('every flipped byte of a small xz ends in a told problem, never in a wrong line that is not told', async () => {
    const bytes = fixture('crc32.xz');
    for (let at = 12; at < bytes.length; at += 7) {
      const { problem, seen } = await problemOf('a.log.xz', flipped(bytes, at));
      if (problem === null) expect(seen.texts['a.log']).toBe(fixtureText(1));
    }
  });

  test('a dictionary that would not fit into memory is not needed until the data points so far back', async () => {
    const { seen, problem } = await problemOf('a.log.xz', fixture('dictionary.xz'));
    expect(problem).toBeNull();
    expect(seen.texts).toEqual({ 'a.log': 'x' });
    const content: Uint8Array[] = [];
    const packed = fixture('logs.7z').subarray(32); // LZMA2 of 1 MiB dictionary or more, read here with 4 KiB of it
    const from = new Cursor({ read: async () => (content.length < 1_000 ? packed : null) });
    const flow = unpackLzma2(from, 1 << 30, 'xz', 4_096);
    const read_ = async () => {
      for await (const piece of flow) content.push(piece);
    };
    await expect(read_()).rejects.toThrow(/a dictionary of 1024 MiB and points back further than the 0 MiB/);
    const text = Buffer.concat(content).toString();
    expect(text.length).toBeGreaterThan(1_000);
    const all = (await read(fixturePath('logs.7z'))).seen.members.map((member) => member.content);
    expect(Buffer.concat(all).toString().startsWith(text)).toBe(true);
  });

  test('what follows the data and is none of it is told', async () => {
    for (const [name, bytes] of [
      ['a.log.xz', fixture('crc32.xz')],
      ['a.tar.bz2', fixture('logs.tar.bz2')],
      ['a.log.lzma', fixture('alone.lzma')],
    ] as const) {
      const { result } = await read(fileOf(name, Buffer.concat([bytes, Buffer.from('and more of it')])));
      expect(result.problem, name).toMatch(/follow the (?:xz|bzip2|lzma) data/);
    }
  });
});

describe('bombs', () => {
  test.each(['bomb.xz', 'bomb.bz2'])('%s is stopped by the ratio', async (name) => {
    const { result, seen } = await read(fixturePath(name), { limits: { ratio: 100, ratioAfter: 2e6 } });
    expect(result.problem).toMatch(/unpacks to more than 100 times its compressed size/);
    expect(seen.members[0]!.content.length).toBeLessThan(20_000_000);
  });
});

describe('cut at every hundredth', () => {
  test.each([
    // bzip2 sorts whole blocks: of a cut block nothing can be read
    ['logs.tar.bz2', 100_000],
    ['logs.tar.xz', 0],
  ])('%s gives every member that is whole before the cut', async (name, block) => {
    const bytes = fixture(name);
    let most = 0;
    for (let part = 1; part < 100; part++) {
      const cut = bytes.subarray(0, Math.floor((bytes.length * part) / 100));
      const { result, seen } = await read(fileOf(name, cut));
      expect(result.problem).not.toBeNull();
      let read_ = 0;
      for (const { header, content, end } of seen.members) {
        const original = FIXTURE_MEMBERS[header.path] ?? '';
        if (header.path in FIXTURE_MEMBERS) expect(original.startsWith(content.toString())).toBe(true);
        if (end!.problem === null) expect(content.toString()).toBe(original);
        read_ += content.length;
      }
      expect(read_).toBeGreaterThanOrEqual(most);
      most = Math.max(most, read_);
    }
    const all = Object.values(FIXTURE_MEMBERS).join('').length;
    expect(most).toBeGreaterThan(all - 20_000 - block);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 0x04;
  return copy;
}
