// Hostile and broken zips.
import { deflateRawSync, gzipSync } from 'node:zlib';
import { type HostileCase, ofBytes } from './hostile-case.ts';
import { logText } from './log-text.ts';
import { tarOf } from './tar-builder.ts';
import { overlappingZip, zip64Extra, zipOf } from './zip-builder.ts';

const first = logText(2000, 201);
const last = logText(2000, 202);
const FIRST = { name: 'first.log', content: first };
const LAST = { name: 'last.log', content: last };
const both = { 'first.log': first, 'last.log': last };
const LINK = 0o120777;
/** WinZip AE-2, 256 bits, deflate below it. */
const AES_EXTRA = Buffer.from([0x01, 0x99, 7, 0, 2, 0, 0x41, 0x45, 3, 8, 0]);

export const ZIP_CASES: HostileCase[] = [
  ofBytes(
    'traversal.zip',
    () =>
      zipOf([
        FIRST,
        { name: '../../../escaped.log', content: first },
        { name: 'a/../../up.log', content: first },
        { name: '..\\..\\windows.log', content: first },
        { name: '/absolute.log', content: logText(300, 203) },
        { name: 'C:\\evil.log', content: logText(300, 204) },
        LAST,
      ]),
    {
      whole: { ...both, '/absolute.log': logText(300, 203) },
      entries: [
        { path: '../../../escaped.log', status: 'failed', reason: /points outside/ },
        { path: 'a/../../up.log', status: 'failed', reason: /points outside/ },
        { path: /windows\.log$/, status: 'failed', reason: /points outside/ },
      ],
    },
  ),
  {
    name: 'links.zip',
    make: ({ dir, outside }) =>
      ofBytes('links.zip', () =>
        zipOf([
          FIRST,
          { name: 'way-out', content: outside, method: 0, attributes: LINK },
          { name: 'way-out/through.log', content: logText(300, 205) },
          { name: 'long-target', content: 'x'.repeat(1 << 20), attributes: LINK },
          LAST,
        ]),
      ).make({ dir, outside }),
    whole: { ...both, 'way-out/through.log': logText(300, 205) },
    entries: [
      { path: 'way-out', status: 'skipped', reason: /symbolic link/ },
      { path: 'long-target', status: 'skipped', reason: /symbolic link/ },
    ],
  },
  ofBytes(
    'encrypted.zip',
    () =>
      zipOf([
        FIRST,
        { name: 'secret.log', content: first, flags: 0x801 },
        { name: 'aes.log', content: first, flags: 0x801, method: 99, data: first, extra: AES_EXTRA },
        LAST,
      ]),
    {
      whole: both,
      entries: [
        { path: 'secret.log', status: 'failed', reason: /^encrypted/ },
        { path: 'aes.log', status: 'failed', reason: /^encrypted/ },
      ],
    },
  ),
  ofBytes('overlapping.zip', () => overlappingZip(60, 4_000_000, false), {
    whole: { f0000: Buffer.alloc(4_000_000) },
    entries: [{ path: 'f0001', status: 'duplicate' }],
    said: /times its compressed size/,
  }),
  // every member begins with the header of the next, so each is a zip without its directory
  ofBytes('quoted-overlap.zip', () => overlappingZip(30, 400_000, true), {
    whole: { f0029: Buffer.alloc(400_000) },
  }),
  ofBytes(
    'sizes-lie.zip',
    () =>
      zipOf([
        FIRST,
        { name: 'says-less.log', content: logText(5000, 206), size: 10 },
        { name: 'says-more.log', content: logText(5000, 207), size: 4_000_000_000 },
        { name: 'packed-less.log', content: logText(5000, 208), packed: 12 },
        {
          name: 'stored-more.log',
          content: logText(500, 209),
          method: 0,
          size: 0xfffffff0,
          packed: 0xfffffff0,
        },
        LAST,
      ]),
    {
      whole: both,
      entries: [
        { path: 'says-less.log', status: 'partial', reason: /states 10 bytes/i },
        { path: 'says-more.log', status: 'partial', reason: /states/i },
        { path: 'packed-less.log', status: 'partial' },
        { path: 'stored-more.log', status: 'partial' },
      ],
    },
  ),
  ofBytes(
    'wrong-checksum.zip',
    () => zipOf([FIRST, { name: 'other.log', content: logText(900, 210), crc: 7 }, LAST]),
    {
      whole: { ...both, 'other.log': logText(900, 210) },
      entries: [{ path: 'other.log', status: 'partial', reason: /checksum/i }],
    },
  ),
  ofBytes(
    'same-name-twice.zip',
    () => zipOf([FIRST, { ...LAST, name: 'first.log' }, { name: 'FIRST.LOG', content: logText(300, 211) }]),
    {
      whole: { 'first.log': first, 'FIRST.LOG': logText(300, 211) },
    },
  ),
  ofBytes(
    'two-names.zip',
    () => zipOf([FIRST, { name: 'shown.log', localName: 'other.log', content: logText(900, 212) }, LAST]),
    {
      whole: both,
    },
  ),
  ofBytes('directory-beyond-the-end.zip', () => zipOf([FIRST, LAST], { directoryOffset: 0x7fff_ffff }), {
    whole: both,
    said: /directory/,
  }),
  ofBytes('directory-of-4-gb.zip', () => zipOf([FIRST, LAST], { directorySize: 0xfffffff0 }), {
    whole: both,
  }),
  ofBytes('places-beyond-the-end.zip', () => zipOf([FIRST, { ...LAST, offset: 0x7fff_fff0 }]), {
    whole: { 'first.log': first },
    entries: [{ path: 'last.log', status: 'failed', reason: /place in the zip/ }],
  }),
  ofBytes('count-lies.zip', () => zipOf([FIRST, LAST], { count: 40_000 }), {
    whole: both,
    said: /directory/,
  }),
  ofBytes('count-less.zip', () => zipOf([FIRST, LAST], { count: 1 }), { whole: { 'first.log': first } }),
  ofBytes(
    'end-in-comment.zip',
    () => zipOf([FIRST, LAST], { comment: zipOf([{ name: 'fake.log', content: 'fake\n' }]).subarray(-22) }),
    {
      whole: both,
    },
  ),
  ofBytes(
    'longest-comment.zip',
    () => zipOf([FIRST, LAST], { comment: Buffer.alloc(65_535, 'PK\x05\x06', 'latin1') }),
    { whole: both },
  ),
  ofBytes(
    'descriptors.zip',
    () =>
      zipOf([
        { ...FIRST, descriptor: 'signed' },
        { ...LAST, descriptor: 'bare' },
      ]),
    { whole: both },
  ),
  ofBytes(
    'descriptors-without-directory.zip',
    () =>
      zipOf(
        [
          { ...FIRST, descriptor: 'signed' },
          { ...LAST, descriptor: 'bare' },
        ],
        { withoutEnd: true },
      ).subarray(0, -100),
    {
      whole: both,
      said: /directory/,
    },
  ),
  ofBytes(
    'zip64.zip',
    () =>
      zipOf(
        [
          FIRST,
          {
            name: 'last.log',
            content: last,
            method: 0,
            size: 0xffffffff,
            packed: 0xffffffff,
            extra: zip64Extra(BigInt(last.length), BigInt(last.length)),
          },
        ],
        { zip64: true },
      ),
    { whole: both },
  ),
  ofBytes(
    'zip64-lies.zip',
    () =>
      zipOf([
        FIRST,
        {
          name: 'huge.log',
          content: first,
          method: 0,
          size: 0xffffffff,
          packed: 0xffffffff,
          extra: zip64Extra(1n << 62n, 1n << 62n),
        },
        LAST,
      ]),
    { whole: both, entries: [{ path: 'huge.log', status: 'partial' }] },
  ),
  ofBytes(
    'zip64-extreme.zip',
    () => {
      const most = {
        size: 0xffffffff,
        packed: 0xffffffff,
        extra: zip64Extra((1n << 64n) - 1n, (1n << 64n) - 1n),
      };
      return zipOf([
        FIRST,
        { name: 'secret.log', content: first, flags: 0x801, ...most },
        { name: 'link', content: 'x', attributes: LINK, ...most },
        { name: 'method.log', content: first, method: 98, ...most },
        LAST,
      ]);
    },
    {
      whole: both,
      entries: [
        { path: 'secret.log', status: 'failed', reason: /^encrypted/ },
        { path: 'method.log', status: 'failed' },
      ],
    },
  ),
  ofBytes(
    'more-than-65535.zip',
    () => zipOf([...Array.from({ length: 66_000 }, (_, i) => ({ name: `d${i}/`, method: 0 })), FIRST, LAST]),
    {
      whole: both,
    },
  ),
  ofBytes(
    'behind-a-program.zip',
    () => zipOf([FIRST, LAST], { before: Buffer.from('MZ this program cannot be run') }),
    {
      whole: both,
    },
  ),
  ofBytes('gzip-and-zip.gz', () => Buffer.concat([gzipSync(first), zipOf([LAST])]), {
    whole: { 'gzip-and-zip': first },
    entries: [{ path: 'gzip-and-zip', status: 'partial', reason: /follow the gzip data/ }],
  }),
  ofBytes('tar-and-zip.tar', () => Buffer.concat([tarOf({ 'first.log': first }), zipOf([LAST])]), {
    whole: { 'first.log': first },
    said: /tar stream/,
  }),
  ofBytes(
    'methods.zip',
    () =>
      zipOf([
        FIRST,
        ...[1, 6, 9, 98, 77].map((method) => ({
          name: `method-${method}.log`,
          content: first,
          method,
          data: deflateRawSync(first),
        })),
        LAST,
      ]),
    {
      whole: both,
      entries: [1, 6, 98, 77].map((method) => ({
        path: `method-${method}.log`,
        status: 'failed',
        reason: /does not unpack/,
      })),
    },
  ),
  ofBytes(
    'damaged-data.zip',
    () => zipOf([FIRST, { name: 'broken.log', content: first, data: Buffer.alloc(300, 0xff) }, LAST]),
    {
      whole: both,
      entries: [{ path: 'broken.log', status: 'partial', reason: /damaged/ }],
    },
  ),
  ofBytes(
    'names.zip',
    () =>
      zipOf([
        FIRST,
        { name: 'nul\0.log', content: logText(300, 213) },
        { name: 'line\nbreak.log', content: logText(300, 214) },
        { name: '\u202etxt.log', content: logText(300, 215) },
        { name: Buffer.from([0x80, 0x81, 0x2e, 0x6c]), content: logText(300, 216), flags: 0 },
        { name: '', content: logText(300, 217) },
        { name: 'n'.repeat(60_000), content: logText(300, 218) },
        LAST,
      ]),
    {
      whole: {
        ...both,
        'nul\0.log': logText(300, 213),
        'line\nbreak.log': logText(300, 214),
        '\u202etxt.log': logText(300, 215),
      },
    },
  ),
  ofBytes('end-only.zip', () => zipOf([]), { said: /without any file/ }),
  ofBytes('magic-only.zip', () => 'PK\x03\x04', { said: /directory|without any file|cut/ }),
  ofBytes('text-called.zip', () => logText(900, 219), { whole: { 'text-called.zip': logText(900, 219) } }),
];
