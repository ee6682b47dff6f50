// Hostile and broken tars.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HostileCase, ofBytes } from './hostile-case.ts';
import { logText } from './log-text.ts';
import { base256, gnuLong, padded, pax, paxRecord, TAR_END, tarHeader, tarMember } from './tar-builder.ts';

const first = logText(2000, 101);
const last = logText(2000, 102);
const FIRST = tarMember('first.log', { content: first });
const LAST = tarMember('last.log', { content: last });
const both = { 'first.log': first, 'last.log': last };
const between = (...parts: Uint8Array[]) => Buffer.concat([FIRST, ...parts, LAST, TAR_END]);

export const TAR_CASES: HostileCase[] = [
  ofBytes(
    'traversal.tar',
    () =>
      between(
        tarMember('../../../escaped.log', { content: first }),
        tarMember('logs/../../up.log', { content: first }),
        tarMember('..\\..\\windows.log', { content: first }),
      ),
    {
      entries: ['../../../escaped.log', 'logs/../../up.log', '..\\..\\windows.log'].map((path) => ({
        path,
        status: 'failed',
        reason: /points outside/,
      })),
      whole: both,
    },
  ),
  {
    name: 'absolute.tar',
    make: ({ dir, outside }) => {
      const path = join(dir, 'absolute.tar');
      writeFileSync(
        path,
        between(tarMember(join(outside, 'absolute.log').slice(0, 100), { content: logText(500, 103) })),
      );
      return path;
    },
    whole: both,
    entries: [{ path: /absolute\.log$/, status: 'parsed' }],
  },
  ofBytes(
    'drives.tar',
    () =>
      between(
        tarMember('C:\\Windows\\Temp\\evil.log', { content: logText(500, 104) }),
        tarMember('\\\\server\\share\\evil.log', { content: logText(500, 105) }),
        tarMember('C:evil.log', { content: logText(500, 106) }),
        tarMember('NUL', { content: logText(500, 107) }),
      ),
    { whole: { ...both, 'C:\\Windows\\Temp\\evil.log': logText(500, 104), NUL: logText(500, 107) } },
  ),
  {
    name: 'link-then-write.tar',
    make: ({ dir, outside }) => {
      const path = join(dir, 'link-then-write.tar');
      writeFileSync(
        path,
        between(
          tarMember('way-out', { type: '2', link: outside }),
          tarMember('way-out/through.log', { content: logText(500, 108) }),
        ),
      );
      return path;
    },
    entries: [{ path: 'way-out', status: 'skipped', reason: /^symbolic link to .*not followed/ }],
    whole: { ...both, 'way-out/through.log': logText(500, 108) },
  },
  ofBytes(
    'links.tar',
    () =>
      between(
        tarMember('self', { type: '2', link: 'self' }),
        tarMember('passwd', { type: '1', link: '/etc/passwd' }),
        tarMember('again.log', { type: '1', link: 'first.log' }),
        tarMember('odd.log', { type: '1', link: 'first.log', size: 4 << 20 }),
      ),
    {
      entries: [
        { path: 'self', status: 'skipped', reason: /symbolic link to self/ },
        { path: 'passwd', status: 'skipped', reason: /hard link to \/etc\/passwd/ },
        { path: 'again.log', status: 'skipped', reason: /hard link to first\.log/ },
        { path: 'odd.log', status: 'skipped', reason: /hard link/ },
      ],
      whole: both,
    },
  ),
  ofBytes(
    'devices.tar',
    () =>
      between(
        tarMember('zero', { type: '3' }),
        tarMember('disk', { type: '4' }),
        tarMember('pipe', { type: '6' }),
        tarMember('volume', { type: 'V' }),
        tarMember('rest', { type: 'M', content: 'rest of another volume\n' }),
      ),
    {
      entries: [
        { path: 'zero', status: 'skipped', reason: /character device/ },
        { path: 'disk', status: 'skipped', reason: /block device/ },
        { path: 'pipe', status: 'skipped', reason: /fifo/ },
        { path: 'rest', status: 'failed', reason: /another volume/ },
      ],
      whole: both,
    },
  ),
  ofBytes(
    'sparse.tar',
    () =>
      between(
        tarMember('old-gnu.log', { type: 'S', content: first, magic: 'ustar  \0' }),
        pax({
          'GNU.sparse.major': '1',
          'GNU.sparse.minor': '0',
          'GNU.sparse.name': 'pax-1.0.log',
          'GNU.sparse.realsize': '99999999999',
        }),
        tarMember('GNUSparseFile.0/pax-1.0.log', {
          content: `1\n0\n512\n${'\0'.repeat(504)}${'x'.repeat(512)}`,
        }),
        pax({ 'GNU.sparse.map': '0,512', 'GNU.sparse.size': '99999999999' }),
        tarMember('pax-0.1.log', { content: 'y'.repeat(512) }),
      ),
    {
      entries: [
        { path: 'old-gnu.log', status: 'failed', reason: /sparse/ },
        { path: /pax-1\.0\.log$/, status: 'failed', reason: /sparse/ },
        { path: 'pax-0.1.log', status: 'failed', reason: /sparse/ },
      ],
      whole: both,
    },
  ),
  ofBytes(
    'names.tar',
    () =>
      between(
        tarMember('line\nbreak.log', { content: logText(300, 110) }),
        tarMember('bidi-\u202egol.exe.log', { content: logText(300, 111) }),
        tarMember('caf\u00e9.log', { content: logText(300, 112) }),
        tarMember('cafe\u0301.log', { content: logText(300, 113) }),
        tarMember('CASE.log', { content: logText(300, 114) }),
        tarMember('case.log', { content: logText(300, 115) }),
        tarMember(Buffer.from([0x66, 0xff, 0xfe, 0x2e, 0x6c]), { content: logText(300, 116) }),
        tarMember('\x1b[2J\x07\x00hidden', { content: logText(300, 117) }),
        tarMember('', { content: logText(300, 118) }),
        tarMember('./', { type: '0', content: logText(300, 119) }),
        tarMember('/', { type: '0', content: logText(300, 120) }),
        pax({ path: 'before\0after.log' }),
        tarMember('x', { content: logText(300, 121) }),
        pax({ path: Buffer.from([0x70, 0xc3, 0x28, 0x2e, 0x6c]) }),
        tarMember('y', { content: logText(300, 122) }),
      ),
    {
      whole: {
        ...both,
        'line\nbreak.log': logText(300, 110),
        'bidi-\u202egol.exe.log': logText(300, 111),
        'caf\u00e9.log': logText(300, 112),
        'cafe\u0301.log': logText(300, 113),
        'CASE.log': logText(300, 114),
        'case.log': logText(300, 115),
        'f\xff\xfe.l': logText(300, 116),
        '\x1b[2J\x07': logText(300, 117),
        'p\xc3(.l': logText(300, 122),
      },
    },
  ),
  ofBytes(
    'long-names.tar',
    () =>
      between(
        gnuLong(`${'g'.repeat(100_000)}.log`),
        tarMember('short', { content: logText(300, 123) }),
        pax({ path: `${'p/'.repeat(50_000)}x.log` }),
        tarMember('short', { content: logText(300, 124) }),
        tarMember('to', { type: '2', link: 'x' }),
        gnuLong('l'.repeat(100_000), 'K'),
        tarMember('link', { type: '2', link: 'x' }),
      ),
    {
      entries: [
        { path: /^g{200}… \(name of 100,004 characters, sha256 [0-9a-f]{16}\)$/, status: 'parsed' },
        { path: /^(p\/){100}… \(name of/, status: 'parsed' },
      ],
      whole: both,
    },
  ),
  ofBytes(
    'gnu-name-of-4-gb.tar',
    () =>
      Buffer.concat([
        FIRST,
        tarHeader('././@LongLink', { type: 'L', size: base256(4n << 30n) }),
        Buffer.alloc(4096, 'n'),
      ]),
    { whole: { 'first.log': first }, said: /extended header|states a size|ends at byte/ },
  ),
  ofBytes(
    'pax-of-4-gb.tar',
    () =>
      Buffer.concat([
        FIRST,
        tarHeader('pax', { type: 'x', size: base256(4n << 30n) }),
        Buffer.alloc(4096, '9'),
      ]),
    { whole: { 'first.log': first }, said: /extended header|states a size|ends at byte/ },
  ),
  ofBytes(
    'pax-lies.tar',
    () => {
      const lie = (body: Uint8Array) => tarMember('pax', { type: 'x', content: body });
      return between(
        lie(paxRecord('path', 'never.log', 999_999)),
        tarMember('after-long-lie.log', { content: logText(300, 125) }),
        lie(Buffer.from('-5 path=never.log\n')),
        tarMember('after-negative.log', { content: logText(300, 126) }),
        lie(Buffer.from('0 path=never.log\n0 path=never.log\n')),
        tarMember('after-zero.log', { content: logText(300, 127) }),
        lie(Buffer.from('1e3 path=never.log\nAAAA')),
        tarMember('after-words.log', { content: logText(300, 128) }),
        pax({ size: '99999999999999999999' }),
        tarMember('after-size.log', { content: logText(300, 129) }),
        pax({ size: '-1', mtime: '1e300', uid: '-7', atime: 'NaN' }),
        tarMember('after-mtime.log', { content: logText(300, 130) }),
        pax({ mtime: '-99999999999999' }),
        tarMember('after-past.log', { content: logText(300, 131) }),
      );
    },
    {
      whole: {
        ...both,
        'after-long-lie.log': logText(300, 125),
        'after-negative.log': logText(300, 126),
        'after-zero.log': logText(300, 127),
        'after-words.log': logText(300, 128),
        'after-mtime.log': logText(300, 130),
        'after-past.log': logText(300, 131),
      },
    },
  ),
  ofBytes(
    'negative-size.tar',
    () => Buffer.concat([FIRST, tarHeader('minus.log', { size: base256(-512n) }), LAST, TAR_END]),
    {
      whole: both,
      entries: [{ path: 'minus.log', status: 'failed', reason: /size/ }],
    },
  ),
  ofBytes(
    'size-of-2-to-90.tar',
    () => Buffer.concat([FIRST, tarHeader('huge.log', { size: base256(1n << 90n) }), LAST, TAR_END]),
    {
      whole: both,
      entries: [{ path: 'huge.log', status: 'failed', reason: /size/ }],
    },
  ),
  ofBytes(
    'size-of-8-gb.tar',
    () => Buffer.concat([FIRST, tarHeader('huge.log', { size: 8_589_934_591 }), padded(logText(3000, 132))]),
    {
      whole: { 'first.log': first },
      entries: [{ path: 'huge.log', status: 'partial', reason: /ends at byte/ }],
    },
  ),
  ofBytes(
    'size-of-words.tar',
    () =>
      Buffer.concat([FIRST, tarHeader('words.log', { size: Buffer.from('not a number') }), LAST, TAR_END]),
    { whole: both },
  ),
  ofBytes(
    'times.tar',
    () =>
      between(
        tarMember('far.log', { content: logText(300, 133), mtime: base256(1n << 62n) }),
        tarMember('past.log', { content: logText(300, 134), mtime: base256(-(1n << 62n)) }),
        tarMember('odd.log', {
          content: logText(300, 135),
          mtime: Buffer.from('77777777777\0'),
          mode: '7777777\0',
        }),
        tarMember('none.log', {
          content: logText(300, 136),
          mtime: Buffer.from('when?\0\0\0\0\0\0\0'),
          mode: 'rwxrwxrw',
        }),
      ),
    {
      whole: {
        ...both,
        'far.log': logText(300, 133),
        'past.log': logText(300, 134),
        'odd.log': logText(300, 135),
        'none.log': logText(300, 136),
      },
    },
  ),
  ofBytes(
    'modes.tar',
    () =>
      between(
        tarMember('wide.log', { content: logText(300, 142), mode: Buffer.alloc(8, 0x8f) }),
        tarMember('minus.log', { content: logText(300, 143), mode: Buffer.alloc(8, 0xff) }),
      ),
    { whole: { ...both, 'wide.log': logText(300, 142), 'minus.log': logText(300, 143) } },
  ),
  ofBytes(
    'bad-checksum.tar',
    () => between(tarMember('broken.log', { content: logText(1500, 137), checksum: '000001\0 ' })),
    { whole: both, said: /header/ },
  ),
  ofBytes('garbage-between.tar', () => between(Buffer.alloc(5 * 512, 0xa5)), {
    whole: both,
    said: /header|not read/,
  }),
  ofBytes('two-archives.tar', () => Buffer.concat([FIRST, TAR_END, TAR_END, LAST, TAR_END]), { whole: both }),
  ofBytes('no-end-mark.tar', () => Buffer.concat([FIRST, LAST]), {
    whole: both,
    said: /without its end mark/,
  }),
  ofBytes('cut-in-content.tar', () => Buffer.concat([FIRST, LAST]).subarray(0, FIRST.length + 512 + 700), {
    whole: { 'first.log': first },
    entries: [{ path: 'last.log', status: 'partial', reason: /ends at byte/ }],
  }),
  ofBytes('cut-in-header.tar', () => Buffer.concat([FIRST, LAST]).subarray(0, FIRST.length + 300), {
    whole: { 'first.log': first },
    said: /inside a header/,
  }),
  ofBytes(
    'unknown-types.tar',
    () =>
      between(
        tarMember('z.log', { type: 'Z', content: logText(300, 138) }),
        tarMember('seven.log', { type: '7', content: logText(300, 139) }),
      ),
    {
      whole: { ...both, 'z.log': logText(300, 138), 'seven.log': logText(300, 139) },
    },
  ),
  ofBytes('folder-with-content.tar', () => between(tarMember('folder/', { type: '5', size: 4096 })), {
    whole: both,
  }),
  ofBytes(
    'v7.tar',
    () =>
      Buffer.concat([
        tarMember('old.log', { content: first, type: '\0', magic: '\0\0\0\0\0\0\0\0' }),
        TAR_END,
      ]),
    {
      whole: { 'old.log': first },
    },
  ),
  ofBytes('same-name-twice.tar', () => between(tarMember('first.log', { content: logText(900, 140) })), {
    whole: both,
  }),
  ofBytes('zeros.tar', () => Buffer.alloc(10_240), { said: /without any file|empty/ }),
  ofBytes('nothing.tar', () => Buffer.alloc(0), { said: /empty file/ }),
  ofBytes('text-called.tar', () => logText(3000, 141), { whole: { 'text-called.tar': logText(3000, 141) } }),
  ofBytes('only-a-name.tar', () => tarHeader('only.log', { size: 100 }).subarray(0, 200), {}),
];
