import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  fileOf,
  logText,
  read,
  sha256,
  TAR_END,
  tarBlock,
  tarGzOf,
  tarHeader,
  tarOf,
  zipOf,
} from './bundles.ts';

const MEMBERS = Array.from({ length: 12 }, (_, index) => ({
  name: `logs/node-${index}.log`,
  content: logText(1_000 + index * 20_000, index + 1),
}));

describe('a cut tar.gz', () => {
  test('gives all whole members and the readable part of the next, wherever it is cut', async () => {
    const whole = await tarGzOf(MEMBERS);
    let delivered = 0;
    for (let part = 1; part < 40; part++) {
      const bytes = whole.subarray(0, Math.floor((whole.length * part) / 40));
      const { result, seen } = await read(fileOf('b.tar.gz', bytes));
      expect(result.problem).toMatch(/^b\.tar\.gz: .+ cut after \d+ compressed bytes/);
      expect(result).toMatchObject({
        sha256: sha256(bytes),
        size: bytes.length,
        members: seen.members.length,
      });
      for (const [index, member] of seen.members.entries()) {
        const original = MEMBERS[index]!.content;
        expect(member.content.equals(original.subarray(0, member.content.length))).toBe(true);
        const isWhole = member.content.length === original.length;
        expect(member.end!.problem === null).toBe(isWhole);
        if (index < seen.members.length - 1) expect(isWhole).toBe(true);
      }
      const total = seen.members.reduce((sum, member) => sum + member.content.length, 0);
      expect(total).toBeGreaterThanOrEqual(delivered);
      delivered = total;
    }
    expect(delivered).toBeGreaterThan(1_000_000);
  });

  test('is told even when only the checksum at its end is missing', async () => {
    const whole = await tarGzOf(MEMBERS);
    const { result, seen } = await read(fileOf('b.tar.gz', whole.subarray(0, whole.length - 4)));
    expect(seen.members).toHaveLength(MEMBERS.length);
    expect(result.problem).toMatch(/cut after/);
  });

  test('of a few bytes ends in a problem, not in a fault', async () => {
    const whole = await tarGzOf(MEMBERS);
    for (const length of [2, 3, 10, 17, 18, 30]) {
      const { result } = await read(fileOf('b.tar.gz', whole.subarray(0, length)));
      expect(result.problem).toMatch(/cut after/);
    }
  });
});

describe('a cut tar', () => {
  test('gives whole members, the part of the next, and says where it ends', async () => {
    const whole = await tarOf(MEMBERS);
    for (const length of [100, 700, 1_600, 30_000, 123_456, whole.length - 1_500]) {
      const { result, seen } = await read(fileOf('b.tar', whole.subarray(0, length)));
      expect(result.problem).toMatch(/the archive ends at byte \d+/);
      for (const [index, member] of seen.members.entries()) {
        const original = MEMBERS[index]!.content;
        expect(member.content.equals(original.subarray(0, member.content.length))).toBe(true);
        expect(member.end!.problem === null).toBe(member.content.length === original.length);
      }
    }
  });

  test('cut between two members is told by its missing end mark', async () => {
    const whole = await tarOf([{ name: 'a.log', content: 'a' }]);
    const { result, seen } = await read(fileOf('b.tar', whole.subarray(0, 1024)));
    expect(seen.texts).toEqual({ 'a.log': 'a' });
    expect(result.problem).toMatch(/without its end mark/);
  });
});

describe('a damaged archive', () => {
  test('a broken tar header costs its own member only', async () => {
    const bytes = await tarOf([
      { name: 'a.log', content: 'a' },
      { name: 'b.log', content: 'b' },
      { name: 'c.log', content: 'c' },
    ]);
    bytes[1024 + 20] = 0xff;
    const { result, seen } = await read(fileOf('b.tar', bytes));
    expect(seen.texts).toEqual({ 'a.log': 'a', 'c.log': 'c' });
    expect(result.problem).toMatch(
      /between byte 1024 and byte 2048 of the tar stream stand no readable header/,
    );
  });

  test('joined tars are read to the end of the last', async () => {
    const first = await tarOf([{ name: 'a.log', content: 'a' }]);
    const second = await tarOf([{ name: 'b.log', content: 'b' }]);
    const { result, seen } = await read(fileOf('b.tar', Buffer.concat([first, second])));
    expect(seen.texts).toEqual({ 'a.log': 'a', 'b.log': 'b' });
    expect(result.problem).toBeNull();
  });

  test('bytes after the end of a tar are hashed and told', async () => {
    const bytes = Buffer.concat([await tarOf([{ name: 'a.log', content: 'a' }]), Buffer.alloc(600, 0x41)]);
    const { result, seen } = await read(fileOf('b.tar', bytes));
    expect(seen.texts).toEqual({ 'a.log': 'a' });
    expect(result.sha256).toBe(sha256(bytes));
    expect(result.problem).toMatch(/bytes that belong to no member/);
  });

  test('a size that cannot be costs its own member only', async () => {
    const header = tarHeader('a.log', '0', 0);
    header.fill(0xff, 124, 136);
    header.write('        ', 148);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const bytes = Buffer.concat([
      tarHeader('ok.log', '0', 2),
      tarBlock('ok'),
      header,
      tarBlock('lost'),
      tarHeader('late.log', '0', 4),
      tarBlock('late'),
      TAR_END,
    ]);
    const { result, seen } = await read(fileOf('b.tar', bytes));
    expect(seen.texts).toEqual({ 'ok.log': 'ok', 'late.log': 'late' });
    expect(seen.noted['a.log']).toBe('failed: its header states a size that cannot be; not read');
    expect(result.problem).toMatch(/stand no readable header/);
  });

  test('a flipped byte of a .gz member is told; what stands before it is kept', async () => {
    const content = logText(300_000);
    const packed = gzipSync(content);
    packed[packed.length >> 1]! ^= 0xff;
    const { result, seen } = await read(
      fileOf(
        'b.tar',
        await tarOf([
          { name: 'a.gz', content: packed },
          { name: 'b.log', content: 'b' },
        ]),
      ),
    );
    expect(seen.members[0]!.end).toMatchObject({ sha256: sha256(packed), size: packed.length });
    expect(seen.members[0]!.end!.problem).toMatch(/gzip data/);
    expect(seen.members[0]!.content.length).toBeGreaterThan(100_000);
    expect(seen.members[0]!.content.subarray(0, 100_000).equals(content.subarray(0, 100_000))).toBe(true);
    expect(seen.texts['b.log']).toBe('b');
    expect(result.problem).toBeNull();
  });

  test('a wrong checksum at the end of a .gz keeps all its content', async () => {
    const packed = gzipSync('one line\n');
    packed[packed.length - 8]! ^= 1;
    const { result, seen } = await read(fileOf('a.log.gz', packed));
    expect(seen.texts).toEqual({ 'a.log': 'one line\n' });
    expect(seen.members[0]!.end!.problem).toMatch(/checksum of the gzip data/);
    expect(result.problem).toMatch(/checksum of the gzip data/);
  });

  test('something that only begins like gzip ends as a damaged member', async () => {
    const { result, seen } = await read(fileOf('a.bin', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4, 5])));
    expect(seen.members).toHaveLength(1);
    expect(result.problem).toMatch(/damaged/);
  });
});

describe('a damaged zip', () => {
  const zip = zipOf([
    { name: 'a.log', content: logText(50_000) },
    { name: 'b.log', content: 'b' },
  ]);

  test('a cut one ends in a problem that names the missing directory', async () => {
    for (const part of [0.2, 0.5, 0.9, 0.99]) {
      const bytes = zip.subarray(0, Math.floor(zip.length * part));
      const { result } = await read(fileOf('b.zip', bytes));
      expect(result.problem).toMatch(/directory at the end of the zip/);
      expect(result.sha256).toBe(sha256(bytes));
    }
  });

  test('a cut one gives the members before the cut and the readable part of the next', async () => {
    const members = ['a', 'b', 'c'].map((name, index) => ({
      name: `${name}.log`,
      content: logText(50_000, index + 1),
    }));
    for (const shape of [{}, { sizesLater: true }, { stored: true }]) {
      const whole = zipOf(members.map((member) => ({ ...member, ...shape })));
      const cut = whole.subarray(0, Math.floor(whole.length / 2));
      for (const bundle of [
        fileOf('b.zip', cut),
        fileOf('b.tar', await tarOf([{ name: 'in.zip', content: cut }])),
      ]) {
        const { seen } = await read(bundle);
        expect(seen.members.map((member) => member.header.path.replace('in.zip!/', ''))).toEqual([
          'a.log',
          'b.log',
        ]);
        expect(seen.members[0]!.content.equals(members[0]!.content)).toBe(true);
        expect(seen.members[0]!.end!.problem).toBeNull();
        const part = seen.members[1]!.content;
        expect(part.length).toBeGreaterThan(10_000);
        expect(part.equals(members[1]!.content.subarray(0, part.length))).toBe(true);
        expect(seen.members[1]!.end!.problem).not.toBeNull();
      }
    }
  });

  test('a wrong checksum is told and the content kept', async () => {
    const { seen } = await read(
      fileOf(
        'b.zip',
        zipOf([
          { name: 'a.log', content: 'text', wrongCrc: true },
          { name: 'b.log', content: 'b' },
        ]),
      ),
    );
    expect(seen.texts).toEqual({ 'a.log': 'text', 'b.log': 'b' });
    expect(seen.members[0]!.end!.problem).toMatch(/checksum in the zip does not match/);
    expect(seen.members[1]!.end!.problem).toBeNull();
  });

  test('a member whose bytes are damaged does not stop the others', async () => {
    const bytes = Buffer.from(zip);
    bytes.fill(0xff, 2_000, 2_100);
    const { seen } = await read(fileOf('b.zip', bytes));
    expect(seen.members[0]!.end!.problem).not.toBeNull();
    expect(seen.texts['b.log']).toBe('b');
  });
});
