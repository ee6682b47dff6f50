// Encodings and damage: UTF-16 counted in its own bytes, lines of older encodings, holes of NUL, marks, very long lines, binaries.
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binaryKind } from '../../../electron/engine/parse/encoding.ts';
import type { Draft } from '../../../electron/engine/parse/record.ts';
import { checkTiling, fieldsOf, micros, read, text } from './reading.ts';

const REGISTRY = (i: number, msg = `n${i}`): string =>
  `time="2026-11-20T17:17:${String(i % 60).padStart(2, '0')}Z" level=info msg="${msg}"`;

function utf16(content: string, big: boolean, mark: boolean): Uint8Array {
  const bytes = Buffer.from(mark ? `\ufeff${content}` : content, 'utf16le');
  return big ? bytes.swap16() : bytes;
}

function messages(records: readonly Draft[]): string[] {
  return records.map((d) => text(d.message));
}

test.each([
  [false, true, 'utf-16le'],
  [true, true, 'utf-16be'],
  [false, false, 'utf-16le'],
  [true, false, 'utf-16be'],
])(
  'UTF-16 (big end first: %s, with a mark: %s) is read as text, and its records tile the bytes',
  (big, mark, encoding) => {
    const content = `${REGISTRY(1, 'caf\u00e9 \u4e94')}\r\n${REGISTRY(2, 'smile \u{1f600}')}\r\n\r\n${REGISTRY(3)}`;
    const bytes = utf16(content, big, mark);
    const r = read(bytes, { path: 'registry.log' });
    checkTiling(r, bytes.length);
    expect(messages(r.records)).toEqual(['café 五', 'smile 😀', 'n3']);
    expect(r.summary).toMatchObject({ encoding, lines: 4, unparsedLines: 0, format: 'registry.text' });
    // The bytes of the second record are those of its line in the file.
    const second = r.records[1] as Draft;
    const own = bytes.slice(second.byteOffset, second.byteOffset + second.byteLength);
    expect(new TextDecoder(encoding).decode(own)).toBe(`${REGISTRY(2, 'smile \u{1f600}')}\r\n\r\n`);
  },
);

test('UTF-16 cut anywhere gives the same records; a half character at the end keeps its byte', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', maxLength: 12 }), { maxLength: 8 }),
      fc.boolean(),
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 }),
      fc.boolean(),
      (words, big, cuts, half) => {
        const content = words.map((word, i) => REGISTRY(i, word.replaceAll('"', ''))).join('\n');
        const whole = utf16(content, big, true);
        const bytes = half ? new Uint8Array([...whole, 0x41]) : whole;
        const one = read(bytes, { path: 'registry.log' });
        checkTiling(one, bytes.length);
        const cut = read(bytes, { path: 'registry.log' }, cuts);
        expect(cut.records).toEqual(one.records);
        expect(cut.summary).toEqual(one.summary);
      },
    ),
    { numRuns: 150 },
  );
});

test('an export in UTF-16, as a shell on Windows writes it, is taken apart like any other', () => {
  const content = JSON.stringify(
    {
      events: [1, 2].map((i) => ({
        timestamp: 1_795_195_074_000 + i,
        message: `[2026-11-20 17:17:54,00${i}: INFO/MainProcess] caf\u00e9 ${i}`,
        ingestionTime: 1,
      })),
    },
    null,
    2,
  ).replaceAll('\n', '\r\n');
  const bytes = utf16(content, false, true);
  const r = read(bytes, { path: 'events.json' }, [7, 13, 64]);
  checkTiling(r, bytes.length);
  expect(messages(r.records)).toEqual(['café 1', 'café 2']);
});

test('UTF-32 is not read, and the summary says what it is', () => {
  for (const [bytes, encoding] of [
    [[0xff, 0xfe, 0, 0, 0x41, 0, 0, 0, 10, 0, 0, 0], 'utf-32le'],
    [[0, 0, 0xfe, 0xff, 0, 0, 0, 0x41, 0, 0, 0, 10], 'utf-32be'],
  ] as const) {
    const r = read(new Uint8Array(bytes), { path: 'registry.log' });
    expect(r.summary).toMatchObject({ format: 'binary', encoding, records: 0 });
  }
});

test('a line with no sequence of UTF-8 among its high bytes is Windows-1252, and says so', () => {
  const bytes = Buffer.concat([
    Buffer.from(`${REGISTRY(1, 'gr\u00fc\u00df')}\n`, 'utf8'),
    Buffer.from(`${REGISTRY(2, 'gr\u00fc\u00df \x80 \x93')}\n`, 'latin1'),
    Buffer.from(`${REGISTRY(3, 'mixed \u00fc')}`.replace('mixed', 'mi\u00e9xed'), 'utf8').subarray(0, -3),
    Buffer.from([0xfc, 0x22, 0x0a]),
  ]);
  const r = read(bytes, { path: 'registry.log' });
  checkTiling(r, bytes.length);
  expect(messages(r.records)).toEqual(['grüß', 'grüß € “', 'mi\u00e9xed \ufffd']);
  expect(r.records.map((d) => fieldsOf(d)['tidemark.encoding'])).toEqual([
    undefined,
    'windows-1252',
    undefined,
  ]);
  expect(r.summary.encoding).toBe('utf-8 with errors');
});

test('a file that is all Windows-1252 is named so, inside carriers too', () => {
  const plain = Buffer.from(`${REGISTRY(1, 'gr\u00fc\u00df')}\n${REGISTRY(2)}\n`, 'latin1');
  expect(read(plain, { path: 'registry.log' }).summary.encoding).toBe('windows-1252');
  const docker = Buffer.from(
    `${JSON.stringify({ log: `${REGISTRY(1, 'gr\u00fc\u00df')}\n`, stream: 'stderr', time: '2026-11-20T17:17:54Z' })}\n`,
    'latin1',
  );
  const cri = Buffer.from(`2026-11-20T17:17:54.5Z stderr F ${REGISTRY(1, 'gr\u00fc\u00df')}\n`, 'latin1');
  for (const bytes of [docker, cri]) {
    const r = read(bytes, { path: 'pods/registry/0.log' });
    checkTiling(r, bytes.length);
    expect(messages(r.records)).toEqual(['grüß']);
    expect(fieldsOf(r.records[0] as Draft)['tidemark.encoding']).toBe('windows-1252');
    expect(r.summary.encoding).toBe('windows-1252');
  }
});

test('a character that two parts of a line share is whole when they are joined', () => {
  const line = Buffer.from(REGISTRY(1, 'gr\u00fc\u00df'), 'utf8');
  const at = line.indexOf(0xc3) + 1;
  const bytes = Buffer.concat([
    Buffer.from('2026-11-20T17:17:54.5Z stderr P '),
    line.subarray(0, at),
    Buffer.from('\n2026-11-20T17:17:54.5Z stderr F '),
    line.subarray(at),
    Buffer.from('\n'),
  ]);
  const r = read(bytes, { path: 'pods/registry/0.log' });
  checkTiling(r, bytes.length);
  expect(messages(r.records)).toEqual(['grüß']);
  expect(fieldsOf(r.records[0] as Draft)['tidemark.encoding']).toBeUndefined();
});

test('byte order marks come off at the start of any line, as in files put together', () => {
  const content = `\ufeff${REGISTRY(1)}\n\ufeff${REGISTRY(2)}\n`;
  const bytes = new TextEncoder().encode(content);
  const r = read(bytes, { path: 'registry.log' });
  checkTiling(r, bytes.length);
  expect(messages(r.records)).toEqual(['n1', 'n2']);
  expect(r.summary.unparsedLines).toBe(0);
});

test('line ends of an old Mac and progress bars stay one line', () => {
  const bar = Array.from({ length: 500 }, (_, i) => `${i}%`).join('\r');
  const r = read(`${REGISTRY(1)}\n${bar}\n${REGISTRY(2)}\n`, { path: 'registry.log' });
  expect(r.summary.lines).toBe(3);
  expect(r.records.map((d) => d.parsed)).toEqual([true, false, true]);
  expect(read(`${REGISTRY(1)}\r${REGISTRY(2)}\r`, { path: 'registry.log' }).summary.lines).toBe(1);
});

test('a hole of NUL in front of a line, in the middle of one and at the end is counted and hides nothing', () => {
  const hole = '\0'.repeat(5000);
  const content = `${hole}${REGISTRY(1)}\n${REGISTRY(2)}\ntime="2026-11-20T17:17:03Z" level=info msg="lo${hole}${REGISTRY(4)}\n${REGISTRY(5)}\n${hole}`;
  const bytes = new TextEncoder().encode(content);
  for (const cuts of [[], [4999], [5000, 10, 10, 10], [64, 5000, 3, 4, 5, 100, 2500, 2500, 1, 1, 1]]) {
    const r = read(bytes, { path: 'registry.log' }, cuts);
    checkTiling(r, bytes.length);
    expect(messages(r.records)).toEqual(['n1', 'n2', 'lo', 'n4', 'n5']);
    expect(r.records.map((d) => fieldsOf(d)['tidemark.nul_bytes'])).toEqual([
      5000,
      undefined,
      undefined,
      5000,
      5000,
    ]);
    expect(r.records.map((d) => d.lines)).toEqual([1, 1, 0, 1, 2]);
    expect(r.summary).toMatchObject({ lines: 5, unparsedLines: 0, encoding: 'utf-8' });
  }
});

test('a log that copytruncate left a large hole in is a log; single NULs stay in their text', () => {
  const bytes = Buffer.concat([
    Buffer.alloc(3 * 1024 * 1024),
    Buffer.from(`${REGISTRY(1)}\n${REGISTRY(2, 'a\0b')}\n`),
  ]);
  const r = read(bytes, { path: 'registry.log' }, new Array(60).fill(65_536));
  checkTiling(r, bytes.length);
  expect(messages(r.records)).toEqual(['n1', 'a\0b']);
  expect(fieldsOf(r.records[0] as Draft)['tidemark.nul_bytes']).toBe(3 * 1024 * 1024);
});

test('a file of nothing but NUL is one record that says how many', () => {
  const r = read(new Uint8Array(100_000), { path: 'registry.log' }, [65_536]);
  checkTiling(r, 100_000);
  expect(r.records.map((d) => fieldsOf(d))).toEqual([{ 'tidemark.nul_bytes': 100_000 }]);
});

test('a line of 20 MB keeps its bytes while its message is cut, whatever frames it', () => {
  const long = 'x'.repeat(20 * 1024 * 1024);
  const docker = JSON.stringify({
    log: `${REGISTRY(1, long)}\n`,
    stream: 'stderr',
    time: '2026-11-20T17:17:54Z',
  });
  const hits = JSON.stringify({
    took: 1,
    hits: {
      hits: [REGISTRY(1, long), REGISTRY(2)].map((message) => ({
        _index: 'i',
        _source: { '@timestamp': '2026-11-20T17:17:54Z', host: 'h', message },
      })),
    },
  });
  for (const content of [`${REGISTRY(1, long)}\n${REGISTRY(2)}\n`, `${docker}\n${REGISTRY(2)}\n`, hits]) {
    const bytes = new TextEncoder().encode(content);
    const r = read(bytes, { path: 'registry.log' }, new Array(400).fill(65_536));
    checkTiling(r, bytes.length);
    expect(r.records).toHaveLength(2);
    expect(r.records[0]?.message.length).toBeLessThanOrEqual(1024 * 1024);
    expect(fieldsOf(r.records[0] as Draft)['tidemark.message_cut']).toBeGreaterThan(18_000_000);
    expect(r.records[1]?.message).toBe('n2');
  }
}, 30_000);

test('other control bytes are text of their line', () => {
  const r = read(`${REGISTRY(1, 'bell \x07 back \b shift \x0e')}\n`, { path: 'registry.log' });
  expect(r.records[0]).toMatchObject({ parsed: true, tsWall: micros('2026-11-20T17:17:01Z') });
});

test('binary content stays binary; logs with binary stretches do not become it', () => {
  const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1').slice(0, 65_536);
  const random = new Uint8Array(4096).map((_, i) => (i * 2654435761) >>> 13);
  expect(binaryKind(latin1(random))).toBe('binary');
  // A protobuf message: tags, lengths, short texts.
  const proto = Buffer.from(
    Array.from(
      { length: 40 },
      (_, i) =>
        `\x0a\x24${'0123456789abcdef'.repeat(2)}-${String(i).padStart(3, '0')}\x12\x06\x08\x01\x10\x02\x18\x00`,
    ).join(''),
    'latin1',
  );
  expect(binaryKind(latin1(proto))).toBe('binary');
  const log = Array.from({ length: 200 }, (_, i) => REGISTRY(i)).join('\n');
  const mixed = Buffer.concat([Buffer.from(log), Buffer.from('\n'), random, Buffer.from(`\n${log}\n`)]);
  expect(binaryKind(latin1(mixed))).toBe('');
  const r = read(mixed, { path: 'registry.log' });
  checkTiling(r, mixed.length);
  expect(r.records.filter((d) => d.system === 'registry' && d.level === 2).length).toBeGreaterThanOrEqual(
    399,
  );
  for (const magic of [
    '\x80\x04\x95\x10\0\0\0',
    '\x80\x02}q\x00(',
    'PAR1\x15\x04',
    '\x04\x22\x4d\x18',
    'BZh91AY&SY',
  ])
    expect(binaryKind(`${magic}${'rest '.repeat(40)}`)).not.toBe('');
  expect(binaryKind('BZh is a line that begins so\n')).toBe('');
});
