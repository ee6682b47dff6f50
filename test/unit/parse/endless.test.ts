// Lines, records and blanks without an end: no part of the reader gathers them, and the records still tile every byte.
import { expect, test } from 'vitest';
import { openMember } from '../../../electron/engine/parse/member.ts';
import type { Draft } from '../../../electron/engine/parse/record.ts';

const MIB = 1 << 20;
/** Bytes of one record at most. */
const RECORD = 32 * MIB;

interface Tile {
  line: number;
  lines: number;
  at: number;
  bytes: number;
  fields: string;
}

/** Reads a head, so many pieces of one MiB, and an end, as they come from the store of a worker. */
function read(path: string, head: string, fill: string, pieces: number, end: string) {
  const tiles: Tile[] = [];
  const reader = openMember(
    { path, bundle: 'b', mtimeUs: null },
    {
      record: ({ line, lines, byteOffset: at, byteLength: bytes, fields }: Draft) => {
        tiles.push({ line, lines, at, bytes, fields });
      },
    },
  );
  const piece = Buffer.alloc(MIB, fill);
  reader.push(Buffer.from(head));
  for (let i = 0; i < pieces; i++) reader.push(piece);
  reader.push(Buffer.from(end));
  const summary = reader.end();
  const size = Buffer.byteLength(head) + pieces * MIB + Buffer.byteLength(end);
  let at = 0;
  let next = 1;
  for (const tile of tiles) {
    expect([tile.at, tile.line]).toEqual([at, next]);
    expect(tile.bytes).toBeLessThanOrEqual(RECORD);
    at += tile.bytes;
    next += tile.lines;
  }
  expect([at, next - 1]).toEqual([size, summary.lines]);
  expect(summary.records).toBe(tiles.length);
  return { tiles, summary };
}

test('a line of 70 MiB is three records of one line, and the line after it has the next number', () => {
  const { tiles, summary } = read('app.log', 'begin ', 'x', 70, '\nnext line\n');
  expect(tiles.map(({ line, lines, bytes }) => [line, lines, bytes])).toEqual([
    [1, 0, RECORD],
    [1, 0, RECORD],
    [1, 1, 6 * MIB + 7],
    [2, 1, 10],
  ]);
  expect(JSON.parse(tiles[1]!.fields)).toEqual({
    'tidemark.continues': 1,
    'tidemark.message_cut': RECORD,
  });
  expect(summary.lines).toBe(2);
});

test.each([
  ['a table', 'export.csv', '_time,host,_raw\n2026-11-20T17:17:54Z,n1,hello\n2026-11-20T17:17:55Z,n1,"', 'x'],
  [
    'entries of journalctl -o export',
    'journal.export',
    '__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795195074582000\n_HOSTNAME=n7\nMESSAGE=hi\n\n__CURSOR=s=2\n__REALTIME_TIMESTAMP=1795195074582001\nMESSAGE=',
    'x',
  ],
  [
    'entries of journalctl -o verbose',
    'journal.txt',
    'Fri 2026-11-20 17:17:54.582000 UTC [s=1;i=1;b=2;m=3;t=4;x=5]\n    _HOSTNAME=n7\n    MESSAGE=hi\nFri 2026-11-20 17:17:55.582000 UTC [s=1;i=2;b=2;m=3;t=4;x=5]\n    MESSAGE=',
    'x',
  ],
  [
    'counted messages',
    'syslog',
    '44 <34>1 2026-11-20T17:17:54Z n1 app 1 - - hello44 <34>1 2026-11-20T17:17:54Z n1 app 1 - - hello99 <34>1 ',
    'x',
  ],
  [
    'an indented object',
    'hits.json',
    '{"hits":{"hits":[\n{"_source":{"message":"hi"}},\n{"_source":{"message":"',
    'x',
  ],
  [
    'lines of a container',
    'json.log',
    '{"log":"hi\\n","stream":"stdout","time":"2026-11-20T17:17:54Z"}\n{"log":"',
    'x',
  ],
])(
  '%s with a line of 515 MiB, longer than a string can be, is read to its end, and goes on behind it',
  (_what, path, head, fill) => {
    const { summary } = read(path, head, fill, 515, '"\nlast\n');
    expect(summary.lines).toBe(head.split('\n').length - 1 + 2);
  },
);

/** A blank line of 256 bytes. */
const BLANK = `${' '.repeat(255)}\n`;

test.each([
  ['blank lines', 'a.log', '2026-11-20 17:17:54 INFO one\n', BLANK, 40],
  ['blank lines at the start', 'a.log', '\n', BLANK, 40],
  [
    'line ends between entries of journalctl -o export',
    'journal.export',
    '__CURSOR=s=1\n__REALTIME_TIMESTAMP=1795195074582000\n_HOSTNAME=n7\nMESSAGE=hi\n\n',
    '\n',
    12,
  ],
])('%s without end are cut into records with their line numbers', (_what, path, head, fill, pieces) => {
  const { tiles, summary } = read(path, head, fill, pieces, 'last\n');
  expect(tiles.length).toBeGreaterThan(1);
  expect(summary.lines).toBe(head.split('\n').length - 1 + (pieces * MIB) / fill.length + 1);
});

test('long records that wait for a time are not gathered without end', () => {
  const held: number[] = [];
  const reader = openMember(
    { path: 'odd.log', bundle: 'b', mtimeUs: null },
    { record: ({ message }: Draft) => void held.push(message.length) },
  );
  const line = Buffer.concat([Buffer.alloc(MIB / 8 - 1, 'y'), Buffer.from('\n')]);
  for (let i = 0; i < 700; i++) reader.push(new Uint8Array(line));
  expect(held.length).toBeGreaterThan(150);
  reader.end();
  expect(held).toHaveLength(700);
});

/** The first record of a text, its fields read. */
function first(path: string, line: string) {
  const got: { message: number; fields: string; json: Record<string, unknown> }[] = [];
  const reader = openMember(
    { path, bundle: 'b', mtimeUs: null },
    {
      record: ({ message, fields }: Draft) =>
        void got.push({
          message: message.length,
          fields,
          json: JSON.parse(fields) as Record<string, unknown>,
        }),
    },
  );
  reader.push(Buffer.from(`${line}\n`));
  reader.end();
  return got[0]!;
}

test('a message of megabytes comes into the database with its first 64 KiB, and says what was left out', () => {
  const { message, json } = first(
    'registry.log',
    `time="2026-11-20T17:17:54Z" level=info msg="${'é'.repeat(MIB / 4)}"`,
  );
  expect(message).toBeLessThanOrEqual(64 * 1024);
  expect(json['tidemark.message_cut']).toBeGreaterThanOrEqual(MIB / 2 - 64 * 1024);
});

test.each([
  ['one value of megabytes', { level: 'info', msg: 'hi', note: 'n'.repeat(MIB / 2), short: 'kept' }, 'short'],
  [
    'many values',
    Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`name${i}`, `value ${i}`])),
    null,
  ],
  [
    'a deep value',
    { level: 'info', msg: 'hi', deep: { a: Array.from({ length: 50_000 }, (_, i) => i) }, short: 'kept' },
    'short',
  ],
])('fields of %s are bounded, and stay JSON', (_what, value, kept) => {
  const { fields, json } = first('registry.log', JSON.stringify({ time: '2026-11-20T17:17:54Z', ...value }));
  expect(fields.length).toBeLessThanOrEqual(64 * 1024);
  expect(json['tidemark.fields_cut']).toBeGreaterThan(0);
  if (kept) expect(json[kept]).toBe('kept');
});
