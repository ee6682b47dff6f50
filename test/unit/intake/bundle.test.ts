import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { CaseError } from '../../../electron/engine/case/errors.ts';
import { bundleSize, readBundle } from '../../../electron/engine/intake/bundle.ts';
import {
  fileOf,
  logText,
  Recorder,
  read,
  sha256,
  TAR_END,
  tarBlock,
  tarGzOf,
  tarHeader,
  tarOf,
  temporaryFolder,
  zipOf,
} from './bundles.ts';

const THREE = [
  { name: 'logs/a.log', content: 'first\n' },
  { name: 'logs/empty.log', content: '' },
  { name: 'logs/c.log', content: logText(3_000_000) },
];

async function refusal(path: string, options = {}): Promise<CaseError> {
  try {
    await read(path, options);
  } catch (error) {
    if (error instanceof CaseError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('kinds of bundles, told by content', () => {
  const kinds: [string, () => Promise<Buffer>][] = [
    ['tar', () => tarOf(THREE)],
    ['tar.gz', () => tarGzOf(THREE)],
    ['tar.zst', async () => zstdCompressSync(await tarOf(THREE))],
    ['zip', async () => zipOf(THREE)],
    ['zip of stored members', async () => zipOf(THREE.map((member) => ({ ...member, stored: true })))],
  ];
  test.each(kinds)('a %s gives its members in order, whole, with its own hash and size', async (_, make) => {
    const bytes = await make();
    const path = fileOf('renamed.bin', bytes);
    const { result, seen } = await read(path);
    expect(seen.members.map((member) => member.header.path)).toEqual(THREE.map((member) => member.name));
    for (const [index, member] of seen.members.entries()) {
      const original = Buffer.from(THREE[index]!.content);
      expect(member.content.equals(original)).toBe(true);
      expect(member.end).toEqual({ sha256: null, size: original.length, problem: null });
      expect(member.header).toMatchObject({ size: original.length, compression: null, mode: 0o644 });
    }
    expect(result).toEqual({
      name: 'renamed.bin',
      path,
      sha256: sha256(bytes),
      size: bytes.length,
      members: 3,
      problem: null,
    });
    expect(seen.progressed.at(-1)).toBe(bytes.length);
    expect(await bundleSize(path)).toBe(bytes.length);
  });

  test('content arrives in chunks of one mebibyte and a last shorter one', async () => {
    const { seen } = await read(
      fileOf('b.tar.gz', await tarGzOf([{ name: 'a', content: logText(2_500_000) }])),
    );
    expect(seen.members[0]!.chunks).toEqual([1 << 20, 1 << 20, 2_500_000 - 2 * (1 << 20)]);
  });

  test('a plain log file is a bundle of one member', async () => {
    const { result, seen } = await read(fileOf('raylet.out', 'one line\n'));
    expect(seen.texts).toEqual({ 'raylet.out': 'one line\n' });
    expect(result).toMatchObject({ members: 1, sha256: sha256(Buffer.from('one line\n')), problem: null });
  });

  test('a .gz file is one member under the name without .gz, with the hash of the compressed file', async () => {
    const packed = gzipSync('one line\n');
    const { result, seen } = await read(fileOf('raylet.out.1.gz', packed));
    expect(seen.texts).toEqual({ 'raylet.out.1': 'one line\n' });
    expect(seen.members[0]!.header.compression).toBe('gzip');
    expect(seen.members[0]!.end).toEqual({ sha256: sha256(packed), size: packed.length, problem: null });
    expect(result.sha256).toBe(sha256(packed));
  });

  test('a folder is walked by the bytes of its names, folders in place', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'b'));
    for (const name of ['b/2.log', 'b/10.log', 'a.log', 'B.log', 'é.log', 'c.log'])
      writeFileSync(join(folder, name), name);
    const { result, seen } = await read(folder);
    expect(seen.members.map((member) => member.header.path)).toEqual([
      'B.log',
      'a.log',
      'b/10.log',
      'b/2.log',
      'c.log',
      'é.log',
    ]);
    const total = seen.members.reduce((sum, member) => sum + member.content.length, 0);
    expect(result).toMatchObject({ sha256: null, size: total, members: 6, name: basename(folder) });
    expect(await bundleSize(folder)).toBe(total);
  });

  test('links of a folder are noted and never followed', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.log'), 'x');
    symlinkSync('/etc', join(folder, 'loop'));
    symlinkSync('a.log', join(folder, 'again.log'));
    const { seen } = await read(folder);
    expect(Object.keys(seen.texts)).toEqual(['a.log']);
    expect(seen.noted).toEqual({
      'again.log': 'skipped: symbolic link to a.log: not followed',
      loop: 'skipped: symbolic link to /etc: not followed',
    });
  });

  test.skipIf(process.getuid?.() === 0)('an unreadable file of a folder is noted as failed', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.log'), 'x');
    writeFileSync(join(folder, 'secret.log'), 'x');
    chmodSync(join(folder, 'secret.log'), 0);
    const { seen } = await read(folder);
    expect(seen.noted).toEqual({ 'secret.log': 'failed: cannot be opened: permission denied' });
  });

  test.each([
    ['compress (.Z)', Buffer.from([0x1f, 0x9d, 0x90, 0x61]), /compress \(\.Z\).*gzip -d/],
    ['RAR', Buffer.from('Rar!\x1a\x07\x01\x00', 'latin1'), /RAR archive.*unrar/],
    ['lz4', Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x64]), /lz4.*lz4 -d/],
  ])('%s is refused as a bundle and noted as a member, with what to do', async (_, start, sentence) => {
    const packed = Buffer.concat([start, Buffer.alloc(50, 1)]);
    const error = await refusal(fileOf('a.bin', packed));
    expect(error).toMatchObject({ code: 'unsupported_archive', refusal: 'usage' });
    expect(error.message).toMatch(sentence);
    const { seen } = await read(
      fileOf(
        'b.tar',
        await tarOf([
          { name: 'x.log.packed', content: packed },
          { name: 'a.log', content: 'a' },
        ]),
      ),
    );
    expect(seen.noted['x.log.packed']).toMatch(sentence);
    expect(seen.noted['x.log.packed']).toMatch(/^skipped: .*its content was not read$/);
    expect(seen.texts).toEqual({ 'a.log': 'a' });
  });
});

describe('nothing to read', () => {
  test.each<[string, () => Promise<string>]>([
    ['a tar without members', async () => fileOf('a.tar', TAR_END)],
    ['a tar.gz without members', async () => fileOf('a.tar.gz', gzipSync(Buffer.alloc(10_240)))],
    [
      'a tar of folders only',
      async () => fileOf('a.tar', await tarOf([{ name: 'logs/', type: 'directory' }])),
    ],
    ['a zip without members', async () => fileOf('a.zip', zipOf([]))],
    ['an empty folder', async () => temporaryFolder()],
    ['an empty file', async () => fileOf('a.log', '')],
  ])('%s is refused as empty_bundle', async (_, make) => {
    expect(await refusal(await make())).toMatchObject({ code: 'empty_bundle', refusal: 'refused' });
  });

  test('a path that is not there is wrong usage', async () => {
    const path = join(temporaryFolder(), 'nope.tar.gz');
    expect(await refusal(path)).toMatchObject({ code: 'no_such_path', refusal: 'usage' });
    await expect(bundleSize(path)).rejects.toMatchObject({ code: 'no_such_path' });
  });
});

describe('archives and compressed files inside', () => {
  const inner = [{ name: 'logs/a.log', content: logText(200_000) }];

  test.each<[string, () => Promise<Buffer>]>([
    ['in.tar', () => tarOf(inner)],
    ['in.tar.gz', () => tarGzOf(inner)],
    ['in.zip', async () => zipOf(inner)],
    ['in.zip.gz', async () => gzipSync(zipOf(inner))],
  ])('%s is opened in place, in a tar.gz, a zip and a folder', async (name, make) => {
    const content = await make();
    const folder = temporaryFolder();
    writeFileSync(join(folder, name), content);
    const around = [
      fileOf('b.tar.gz', await tarGzOf([{ name, content }])),
      fileOf('b.zip', zipOf([{ name, content }])),
      folder,
    ];
    for (const bundle of around) {
      const { result, seen } = await read(bundle);
      expect(Object.keys(seen.texts)).toEqual([`${name}!/logs/a.log`]);
      expect(seen.members[0]!.content.equals(inner[0]!.content)).toBe(true);
      expect(result.problem).toBeNull();
      expect(seen.notes).toEqual([]);
    }
  });

  test('members after a nested archive are read', async () => {
    const content = await tarGzOf(inner);
    const bundle = await tarGzOf([
      { name: 'n.tar.gz', content },
      { name: 'z.log', content: 'z' },
    ]);
    const { seen } = await read(fileOf('b.tar.gz', bundle));
    expect(Object.keys(seen.texts)).toEqual(['n.tar.gz!/logs/a.log', 'z.log']);
  });

  test('nesting is opened as deep as the limit says; what lies deeper is noted with the reason', async () => {
    const second = await tarGzOf(inner);
    const first = await tarOf([
      { name: 'second.tar.gz', content: second },
      { name: 'b.log', content: 'b' },
      { name: 'c.gz', content: gzipSync('c') },
    ]);
    const bundle = fileOf('b.tar.gz', await tarGzOf([{ name: 'first.tar', content: first }]));
    const { seen } = await read(bundle, { limits: { depth: 1 } });
    expect(seen.texts).toEqual({ 'first.tar!/b.log': 'b', 'first.tar!/c.gz': 'c' });
    expect(seen.noted['first.tar!/second.tar.gz']).toMatch(
      /^skipped: an archive inside the nested archive first\.tar: .* opened 1 deep; raise the limit \(depth\)/,
    );
    const deeper = await read(bundle);
    expect(Object.keys(deeper.seen.texts)).toContain('first.tar!/second.tar.gz!/logs/a.log');
    expect(deeper.seen.notes).toEqual([]);
  });

  test('an archive in an archive without end stops at the depth, whatever it is packed in', async () => {
    let bundle = await tarGzOf([{ name: 'end.log', content: 'never reached' }]);
    for (let level = 40; level > 0; level--)
      bundle =
        level % 2
          ? await tarGzOf([{ name: 'in.zip', content: bundle }])
          : zipOf([{ name: 'in.tgz', content: bundle }]);
    const { result, seen } = await read(fileOf('b.tgz', bundle));
    expect(seen.members).toEqual([]);
    expect(seen.notes).toHaveLength(1);
    expect(seen.notes[0]!.reason).toMatch(/opened 6 deep; raise the limit \(depth\)/);
    expect(result.problem).toBeNull();
    let layers: Uint8Array = Buffer.from('line\n');
    for (let level = 0; level < 40; level++) layers = gzipSync(layers);
    const packed = await read(fileOf('a.log.gz', layers));
    expect(packed.seen.members[0]!.header.remark).toMatch(/unpacked 7 times over and still is gzip/);
  });

  test('a nested zip leaves no spool file behind', async () => {
    const spoolDir = temporaryFolder();
    const bundle = fileOf('b.tar', await tarOf([{ name: 'in.zip', content: zipOf(inner) }]));
    await read(bundle, { spoolDir });
    expect(readdirSync(spoolDir)).toEqual([]);
    await refusal(bundle, { spoolDir, signal: AbortSignal.abort() });
    expect(readdirSync(spoolDir)).toEqual([]);
  });

  test('a damaged nested archive is noted, its readable members and those after it are kept', async () => {
    const cut = (await tarGzOf([...inner, { name: 'late.log', content: 'late' }])).subarray(0, 20_000);
    const { result, seen } = await read(
      fileOf(
        'b.tar',
        await tarOf([
          { name: 'n.tar.gz', content: cut },
          { name: 'z.log', content: 'z' },
        ]),
      ),
    );
    expect(seen.members.map((member) => member.header.path)).toEqual(['n.tar.gz!/logs/a.log', 'z.log']);
    expect(seen.members[0]!.end!.problem).toMatch(/cut after 20000 compressed bytes/);
    expect(seen.noted['n.tar.gz']).toMatch(/^failed: nested archive: /);
    expect(result.problem).toBeNull();
  });

  test('a .gz member is unpacked, with the hash and size of the compressed bytes', async () => {
    const packed = gzipSync(logText(100_000));
    const { seen } = await read(fileOf('b.tar', await tarOf([{ name: 'a.log.1.gz', content: packed }])));
    const member = seen.members[0]!;
    expect(member.header).toMatchObject({ path: 'a.log.1.gz', compression: 'gzip', size: packed.length });
    expect(member.content.equals(logText(100_000))).toBe(true);
    expect(member.end).toEqual({ sha256: sha256(packed), size: packed.length, problem: null });
  });

  test('all parts of a joined gzip are read, zeros after it are ignored, other bytes are told', async () => {
    const joined = Buffer.concat([gzipSync('one\n'), gzipSync(''), gzipSync('two\n')]);
    const bundle = await tarOf([
      { name: 'a.gz', content: joined },
      { name: 'b.gz', content: Buffer.concat([joined, Buffer.alloc(700)]) },
      { name: 'c.gz', content: Buffer.concat([joined, Buffer.from('and more')]) },
    ]);
    const { seen } = await read(fileOf('b.tar', bundle));
    expect(seen.texts).toEqual({ 'a.gz': 'one\ntwo\n', 'b.gz': 'one\ntwo\n', 'c.gz': 'one\ntwo\n' });
    expect(seen.members.map((member) => member.end!.problem === null)).toEqual([true, true, false]);
    expect(seen.members[2]!.end!.sha256).toBe(sha256(Buffer.concat([joined, Buffer.from('and more')])));
  });

  test('all frames of a joined zstd member are read', async () => {
    const content = Buffer.concat([zstdCompressSync('one\n'), zstdCompressSync('two\n')]);
    const { seen } = await read(fileOf('b.tar', await tarOf([{ name: 'a.zst', content }])));
    expect(seen.texts).toEqual({ 'a.zst': 'one\ntwo\n' });
    expect(seen.members[0]!.header.compression).toBe('zstd');
  });

  test('programs and documents that are zips inside are kept as they are', async () => {
    const jar = zipOf([{ name: 'A.class', content: 'x' }]);
    const { seen } = await read(fileOf('b.tar', await tarOf([{ name: 'lib/a.jar', content: jar }])));
    expect(seen.members[0]!.content.equals(jar)).toBe(true);
  });
});

describe('names', () => {
  test('names with .. are noted as failed, all others are read, absolute ones too, and nothing is written', async () => {
    const members = ['../x', 'logs/../../y', '/etc/passwd', 'C:\\windows\\z', 'ok/..hidden.log', 'a..b.log'];
    const zip = zipOf(members.map((name) => ({ name, content: name, madeBy: name.startsWith('C') ? 0 : 3 })));
    const tar = Buffer.concat([
      ...members.flatMap((name) => [tarHeader(name, '0', name.length), tarBlock(name)]),
      TAR_END,
    ]);
    for (const bundle of [fileOf('b.zip', zip), fileOf('b.tar', tar)]) {
      const { result, seen } = await read(bundle);
      const windows = bundle.endsWith('.zip') ? 'C:/windows/z' : 'C:\\windows\\z';
      expect(Object.keys(seen.texts)).toEqual(['/etc/passwd', windows, 'ok/..hidden.log', 'a..b.log']);
      expect(seen.notes.map((note) => note.status)).toEqual(['failed', 'failed']);
      expect(seen.noted['../x']).toBe(
        "failed: name points outside the bundle ('../x'); not read, nothing was written outside the case",
      );
      expect(result).toMatchObject({ members: 4, problem: null });
    }
  });

  test('long names come whole from pax and from GNU headers', async () => {
    const long = `${'deep/'.repeat(60)}${'n'.repeat(200)}.log`;
    const gnu = Buffer.concat([
      tarHeader('././@LongLink', 'L', long.length + 1, { magic: 'ustar  \0' }),
      tarBlock(`${long}\0`),
      tarHeader(long.slice(0, 100), '0', 1, { magic: 'ustar  \0' }),
      tarBlock('g'),
      TAR_END,
    ]);
    expect((await read(fileOf('gnu.tar', gnu))).seen.texts).toEqual({ [long]: 'g' });
    const { seen } = await read(
      fileOf('pax.tar', await tarOf([{ name: long, content: 'p', pax: { mtime: '1700000000.123456' } }])),
    );
    expect(seen.texts).toEqual({ [long]: 'p' });
    expect(seen.members[0]!.header.mtimeUs).toBe(1_700_000_000_123_456);
  });

  test('the prefix of a ustar header is part of the name, and a leading ./ is not', async () => {
    const tar = Buffer.concat([tarHeader('a.log', '0', 1, { prefix: './var/log' }), tarBlock('x'), TAR_END]);
    expect((await read(fileOf('b.tar', tar))).seen.texts).toEqual({ 'var/log/a.log': 'x' });
  });

  test('names that are not UTF-8 are shown as Latin-1, control characters stay', async () => {
    const raw = Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x1b, 0x5b, 0x2e, 0x6c]);
    const pax = Buffer.concat([Buffer.from('17 path='), raw, Buffer.from('\n')]);
    const bundles = [
      fileOf('b.tar', Buffer.concat([tarHeader(raw, '0', 1), tarBlock('x'), TAR_END])),
      fileOf(
        'p.tar',
        Buffer.concat([
          tarHeader('h', 'x', pax.length),
          tarBlock(pax),
          tarHeader('a', '0', 1),
          tarBlock('x'),
          TAR_END,
        ]),
      ),
      fileOf('b.zip', zipOf([{ name: raw, content: 'x' }])),
    ];
    for (const bundle of bundles) expect((await read(bundle)).seen.texts).toEqual({ 'café\x1b[.l': 'x' });
  });

  test('backslashes of a zip packed on Windows separate folders', async () => {
    const { seen } = await read(fileOf('b.zip', zipOf([{ name: 'logs\\a.log', content: 'x', madeBy: 0 }])));
    expect(Object.keys(seen.texts)).toEqual(['logs/a.log']);
  });
});

describe('odd names', () => {
  const remarks = async (names: string[]) => {
    const tar = Buffer.concat([
      ...names.flatMap((name) => [tarHeader(name, '0', 1), tarBlock('x')]),
      TAR_END,
    ]);
    const { seen } = await read(fileOf('b.tar', tar));
    expect(seen.members.map((member) => member.header.path)).toEqual(names);
    return seen.members.map((member) => member.header.remark);
  };

  test('names that would replace one another are all read, and told', async () => {
    const all = await remarks(['a.log', 'A.log', 'a.log', 'a.log. ', 'caf\u00e9', 'cafe\u0301', 'b.log']);
    expect(all[0]).toBeNull();
    expect(all[1]).toMatch(/differs from 'a\.log' only in upper and lower case/);
    expect(all[2]).toMatch(/more than once \(this is number 3\)/);
    expect(all[3]).toMatch(/only in dots or spaces at the end of a name/);
    expect(all[4]).toBeNull();
    expect(all[5]).toMatch(/only in its Unicode form/);
    expect(all[6]).toBeNull();
  });

  test('absolute and network names, hiding marks and control characters are told', async () => {
    const all = await remarks([
      '/etc/passwd',
      '\\\\host\\share\\x',
      'C:\\x',
      'a\u202egol.exe',
      'b\x07.log',
      'ok',
    ]);
    expect(all.slice(0, 5).map((remark) => remark!.slice(0, 20))).toEqual([
      'its name is absolute',
      'its name is a networ',
      'its name is absolute',
      'its name holds marks',
      'its name holds contr',
    ]);
    expect(all[5]).toBeNull();
  });

  test('a name over the limit is cut in the ledger, with its length and hash, and its content is read', async () => {
    const long = `${'n'.repeat(5_000)}.log`;
    const bundle = await tarOf([
      { name: long, content: 'long', pax: { path: long } },
      { name: 'b.log', content: 'b' },
    ]);
    const { result, seen } = await read(fileOf('b.tar', bundle));
    const [cut, other] = Object.keys(seen.texts);
    expect(cut).toBe(
      `${'n'.repeat(200)}… (name of 5,004 characters, sha256 ${sha256(Buffer.from(long)).slice(0, 16)})`,
    );
    expect(other).toBe('b.log');
    expect(seen.members[0]!.header.remark).toMatch(/longer than the limit \(nameLength\) and was cut/);
    expect(seen.texts[cut!]).toBe('long');
    expect(result.problem).toBeNull();
  });
});

describe('members without content', () => {
  test('links and devices of a tar are noted with their kind', async () => {
    const bundle = await tarOf([
      { name: 'a.log', content: 'x' },
      { name: 'latest', type: 'symlink', linkname: 'a.log' },
      { name: 'same', type: 'link', linkname: 'a.log' },
      { name: 'pipe', type: 'fifo' },
      { name: 'null', type: 'character-device' },
      { name: 'old', type: 'contiguous-file', content: 'y' },
    ]);
    const { seen } = await read(fileOf('b.tar', bundle));
    expect(seen.noted).toEqual({
      latest: 'skipped: symbolic link to a.log: not followed',
      same: 'skipped: hard link to a.log: the content stands under that name',
      pipe: 'skipped: fifo: has no content',
      null: 'skipped: character device: has no content',
    });
    expect(seen.texts).toEqual({ 'a.log': 'x', old: 'y' });
  });

  test('links, encrypted members and unknown methods of a zip are noted', async () => {
    const bundle = zipOf([
      { name: 'latest', content: 'a.log', unixMode: 0o120777 },
      { name: 'secret.log', content: 'x', encrypted: true },
      { name: 'packed.log', content: 'x', method: 98 },
      { name: 'logs/', content: '' },
      { name: 'a.log', content: 'x' },
    ]);
    const { seen } = await read(fileOf('b.zip', bundle));
    expect(seen.noted.latest).toBe('skipped: symbolic link to a.log: not followed');
    expect(seen.noted['secret.log']).toMatch(/^failed: encrypted/);
    expect(seen.noted['packed.log']).toMatch(/^failed: compressed with ppmd/);
    expect(seen.texts).toEqual({ 'a.log': 'x' });
  });
});

describe('stopping', () => {
  test('an abort ends the member with its reason and rejects', async () => {
    const control = new AbortController();
    const seen = new Recorder(() => control.abort());
    const path = fileOf(
      'b.tar.gz',
      await tarGzOf([
        { name: 'a', content: logText(8_000_000) },
        { name: 'b', content: 'b' },
      ]),
    );
    await expect(readBundle(path, seen, { signal: control.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(seen.members).toHaveLength(1);
    expect(seen.members[0]!.end).toBeNull(); // it has no end: it is read again when the bundle is resumed
    expect(seen.members[0]!.content.length).toBeLessThan(8_000_000);
  });

  test('what the flow throws comes out unchanged', async () => {
    const fault = new Error('disk full');
    const seen = new Recorder(() => {
      throw fault;
    });
    await expect(readBundle(fileOf('a.log', 'x'), seen)).rejects.toBe(fault);
  });

  test.each([
    ['members', { members: 2 }, /more than 2 members/],
    ['total bytes', { totalBytes: 1_000_000 }, /more than 1,000,000 bytes/],
    ['seconds', { seconds: 0.001 }, /took more than .* seconds/],
  ])(
    'the limit on %s stops the bundle with a sentence and keeps what was read',
    async (_, limits, sentence) => {
      const bytes = await tarGzOf(THREE);
      const { result, seen } = await read(fileOf('b.tar.gz', bytes), { limits });
      expect(result.problem).toMatch(sentence);
      expect(result).toMatchObject({ sha256: sha256(bytes), size: bytes.length });
      for (const member of seen.members) expect(member.end).not.toBeNull();
    },
  );

  test('a stream that unpacks out of proportion is stopped; what stands beside it is read', async () => {
    const zeros = Buffer.alloc(30_000_000);
    const limits = { ratio: 100, ratioAfter: 5e6 };
    const beside = { name: 'z.log', content: logText(400_000) };
    const sentence = /unpacks to more than 100 times its compressed size .* a higher limit \(ratio\)/;
    for (const [bundle, isWhole] of [
      [fileOf('b.tar.gz', await tarGzOf([{ name: 'bomb', content: zeros }, beside])), false],
      [fileOf('b.zip', zipOf([{ name: 'bomb', content: zeros }, beside])), true],
      [fileOf('n.tar', await tarOf([{ name: 'bomb.gz', content: gzipSync(zeros) }, beside])), true],
    ] as const) {
      const { result, seen } = await read(bundle, { limits });
      expect(seen.members[0]!.end!.problem).toMatch(sentence);
      expect(seen.members[0]!.content.length).toBeLessThan(12_000_000);
      if (isWhole) expect(seen.texts['z.log']).toBe(beside.content.toString());
      else expect(result.problem).toMatch(sentence);
    }
  });

  test('many small bombs are stopped by what they give together', async () => {
    const bomb = gzipSync(Buffer.alloc(2_000_000));
    const bundle = await tarOf(Array.from({ length: 9 }, (_, n) => ({ name: `${n}.gz`, content: bomb })));
    const { result, seen } = await read(fileOf('b.tar', bundle), { limits: { ratio: 100, ratioAfter: 5e6 } });
    expect(result.problem).toMatch(/The bundle unpacks to more than 100 times its compressed size/);
    expect(seen.members.length).toBeLessThan(9);
    for (const member of seen.members) expect(member.end).not.toBeNull();
  });
});

test('a bundle written by the tar command of this machine is read', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.log'), 'from tar\n');
  const path = join(temporaryFolder(), 'b.tgz');
  execFileSync('tar', ['-czf', path, '-C', folder, '.']);
  expect((await read(path)).seen.texts).toEqual({ 'a.log': 'from tar\n' });
});
