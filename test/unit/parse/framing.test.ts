// Framing and tiling: records cover the bytes of a member exactly, whatever the bytes and however they arrive.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FORMATS } from '../../../electron/engine/parse/formats/formats.ts';
import { checkTiling, fieldsOf, type Read, read, text } from './reading.ts';

const LINES = [
  ...FORMATS.flatMap((format) =>
    format.kinds.flatMap((kind) => kind.samples.flatMap((s) => s.text.split('\n'))),
  ),
  '2026-11-20T17:17:54.582000000Z stdout F time="2026-11-20T17:17:54Z" level=info msg=hello',
  '2026-11-20T17:17:54.582000000Z stderr P [2026-11-20 17:17:54,582: INFO/MainProcess] par',
  '2026-11-20T17:17:54.582000000Z stderr F tial',
  '{"log":"I1120 18:53:20.865043 28483 logging.cpp:461] x\\n","stream":"stderr","time":"2026-11-20T17:17:54.5Z"}',
  'Nov 20 17:17:54 host celery[123]: [2026-11-20 17:17:54,582: INFO/MainProcess] hi',
  '',
  '   ',
  'Traceback (most recent call last):',
  '{"events": [',
  ']}',
];

const line = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...LINES) },
  fc.string(),
  fc.string({ unit: 'binary' }),
);
const end = fc.constantFrom('\n', '\n', '\n', '\r\n', '\n\n', '');
const PATHS = [
  'a/registry.log',
  'logs/raylet.out',
  'logs/worker-1ed85cfa6142b23490b8319571986ab537923c5180b6761b4ddad469-02000000-29630.out',
  'celery/worker.log',
  'mesos-master.INFO',
  'notifications.json',
  'x.log',
  'debug_state.txt',
  'config.yml',
];
const content = fc
  .array(fc.tuple(line, end), { maxLength: 30 })
  .map((parts) => new TextEncoder().encode(parts.map(([l, e]) => l + e).join('')));
const garbage = fc.oneof(content, content, fc.uint8Array({ maxLength: 400 }));

function summaryOf(r: Read): unknown {
  return {
    summary: r.summary,
    records: r.records.map((d) => ({ ...d, entityKinds: d.entityKinds, fields: d.fields })),
  };
}

test('records tile the member and are the same however its bytes are cut', () => {
  fc.assert(
    fc.property(
      garbage,
      fc.constantFrom(...PATHS),
      fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 60 }),
      (bytes, path, cuts) => {
        const whole = read(bytes, { path, mtimeUs: 1_795_000_000_000_000 });
        const cut = read(bytes, { path, mtimeUs: 1_795_000_000_000_000 }, cuts);
        if (whole.summary.encoding !== 'binary') checkTiling(whole, bytes.length);
        expect(summaryOf(cut)).toEqual(summaryOf(whole));
        for (const d of whole.records) {
          fieldsOf(d);
          const message = Buffer.from(d.message, 'latin1');
          expect(Buffer.from(message.toString('utf8'), 'utf8').equals(message)).toBe(true);
        }
      },
    ),
    { numRuns: 400 },
  );
});

test('cuts beyond the sniffed head change nothing either', () => {
  const body = LINES.filter((l) => l.startsWith('time=') || /^\d/.test(l)).join('\n');
  const bytes = new TextEncoder().encode(`${Array.from({ length: 60 }, () => body).join('\n')}\n`);
  expect(bytes.length).toBeGreaterThan(140_000);
  const whole = read(bytes, { path: 'registry.log' });
  checkTiling(whole, bytes.length);
  for (const size of [1, 7, 4096, 65_535, 65_536, 65_537]) {
    const cuts = new Array(Math.ceil(bytes.length / size)).fill(size);
    if (size === 1) cuts.length = 3000;
    expect(summaryOf(read(bytes, { path: 'registry.log' }, cuts))).toEqual(summaryOf(whole));
  }
});

test('CRLF ends, a byte order mark and a last line without an end keep their bytes', () => {
  const bytes = new TextEncoder().encode(
    '\ufefftime="2026-11-20T17:17:54Z" level=info msg=one\r\ntime="2026-11-20T17:17:55Z" level=info msg=two',
  );
  const r = read(bytes, { path: 'registry.log' });
  checkTiling(r, bytes.length);
  expect(r.records.map((d) => d.message)).toEqual(['one', 'two']);
  expect(r.summary).toMatchObject({ lines: 2, unparsedLines: 0, encoding: 'utf-8', format: 'registry.text' });
});

test('bytes that are no UTF-8 become U+FFFD in what is shown, and the file says so', () => {
  const head = new TextEncoder().encode('time="2026-11-20T17:17:54Z" level=info msg="caf');
  const tail = new TextEncoder().encode('" a="é"\n');
  const bytes = new Uint8Array([...head, 0xe9, ...tail]);
  const r = read(bytes, { path: 'registry.log' });
  checkTiling(r, bytes.length);
  expect(r.summary.encoding).toBe('utf-8 with errors');
  expect(text((r.records[0] as { message: string }).message)).toBe('caf\ufffd');
  expect(fieldsOf(r.records[0] as never)).toMatchObject({ a: 'é' });
});

test('a line beyond one MiB keeps its bytes, and its message says what was left out', () => {
  const long = `time="2026-11-20T17:17:54Z" level=info msg="${'x'.repeat(3 * 1024 * 1024)}"\n`;
  const bytes = new TextEncoder().encode(`${long}time="2026-11-20T17:17:55Z" level=info msg=after\n`);
  const r = read(bytes, { path: 'registry.log' }, new Array(100).fill(60_000));
  checkTiling(r, bytes.length);
  expect(r.records).toHaveLength(2);
  expect(r.records[0]?.message.length).toBeLessThanOrEqual(1024 * 1024);
  expect(fieldsOf(r.records[0] as never)['tidemark.message_cut']).toBeGreaterThan(2_000_000);
  expect(r.records[1]?.message).toBe('after');
});

test('long hostile lines are read in time that grows with their length only', () => {
  const shapes = [
    '"',
    '\\',
    '[',
    '{',
    '(',
    "' '",
    ' - ',
    '=',
    'id=',
    'a.',
    ': ',
    '/v2/',
    '\x1b[',
    '@',
    'TASK_',
    'Traceback ',
  ];
  for (const path of PATHS) {
    for (const shape of shapes) {
      const n = Math.floor(300_000 / shape.length);
      const bytes = new TextEncoder().encode(
        `${shape.repeat(n)}\n[2026-11-20 17:17:54,582: INFO/MainProcess] ${shape.repeat(n)}\nI1120 18:53:20.865043 28483 a.cpp:461] ${shape.repeat(n)}\ntime="2026-11-20T17:17:54Z" level=info msg="${shape.repeat(n)}\n`,
      );
      checkTiling(read(bytes, { path }), bytes.length);
    }
  }
}, 30_000);

test('binary members give no records, whatever wraps their name', () => {
  const gz = read(new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]), { path: 'registry.log.gz' });
  expect(gz.summary).toMatchObject({ format: 'binary', system: 'other', lines: 0, records: 0 });
  const proto = new Uint8Array(500).map((_, i) => (i % 3 === 0 ? 0 : 65 + (i % 20)));
  expect(read(proto, { path: 'meta/task.info' }).summary.format).toBe('binary');
  expect(read('SQLite format 3\0rest').summary.format).toBe('binary');
  const tar = new Uint8Array(600).fill(65);
  tar.set(new TextEncoder().encode('ustar'), 257);
  expect(read(tar).summary.format).toBe('binary');
});

test('an empty member has no records', () => {
  const r = read('');
  expect(r.records).toEqual([]);
  expect(r.summary).toMatchObject({ lines: 0, records: 0, unparsedLines: 0 });
});

test('configuration files and dumps are one record each', () => {
  const config = read('version: 0.1\nhttp:\n  addr: :5000\n', { path: 'etc/docker/registry/config.yml' });
  expect(config.records).toHaveLength(1);
  expect(config.summary.format).toBe('config');
  expect(config.records[0]).toMatchObject({
    category: 'configuration',
    system: 'registry',
    parsed: true,
    lines: 3,
  });
  const dump = read(`NodeManager:\n${'x\n'.repeat(9000)}`, {
    path: 'session_2026-11-20_17-26-14_617841_28470/logs/debug_state.txt',
  });
  expect(dump.records).toHaveLength(1);
  expect(dump.summary).toMatchObject({ format: 'ray.state', lines: 9001, unparsedLines: 0 });
});

test('text of no known kind is kept line by line and counted', () => {
  const r = read('hello\nworld\n', { path: 'notes.txt' });
  expect(r.records.map((d) => [d.message, d.parsed])).toEqual([
    ['hello', false],
    ['world', false],
  ]);
  expect(r.summary).toMatchObject({ format: 'text.plain', unparsedLines: 2 });
});

test('a foreign tail is not swallowed without end', () => {
  const head = '[2026-11-20 17:17:54,582: INFO/MainProcess] hello\n';
  const bytes = new TextEncoder().encode(head + 'foreign\n'.repeat(6000));
  const r = read(bytes, { path: 'celery/worker.log' });
  checkTiling(r, bytes.length);
  expect(r.records[0]?.lines).toBe(5001);
  expect(r.summary.unparsedLines).toBe(1000);
});
