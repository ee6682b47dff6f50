// Hostile and broken compressed files: gzip, bzip2, xz, zstd, and formats that are only named.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, gzipSync, zstdCompressSync } from 'node:zlib';
import { type HostileCase, ofBytes } from './hostile-case.ts';
import { logText } from './log-text.ts';
import { logsIn, logsTar } from './truncated.ts';

const text = logText(6000, 301);
const more = logText(6000, 302);
const whole = (name: string, content: Uint8Array = text) => ({ whole: { [name]: content } });
const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name));
const changed = (bytes: Buffer, at: number, value: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at < 0 ? copy.length + at : at] = value;
  return copy;
};

/** A gzip member with the parts of its header that may be there: RFC 1952. */
function gzipWith(flags: number, parts: Uint8Array): Buffer {
  const plain = gzipSync(text);
  return Buffer.concat([changed(plain.subarray(0, 10), 3, flags), parts, plain.subarray(10)]);
}

/** The first block header of an xz file, its dictionary set to 4 GiB, its checksum right: xz-file-format 3.1.6, 5.3.1. */
function hugeDictionary(): Buffer {
  const xz = Buffer.from(logsIn('xz'));
  const length = (xz[12]! + 1) * 4;
  const header = xz.subarray(12, 12 + length);
  const at = header.indexOf(Buffer.from([0x21, 0x01]));
  header[at + 2] = 40;
  header.writeUInt32LE(crc32(header.subarray(0, length - 4)), length - 4);
  return xz;
}

const members = () => Object.fromEntries(logsTar().members.map(({ path, content }) => [path, content]));

export const PACKED_CASES: HostileCase[] = [
  ofBytes(
    'several.log.gz',
    () => Buffer.concat([gzipSync(text), gzipSync(''), gzipSync(more)]),
    whole('several.log', Buffer.concat([text, more])),
  ),
  ofBytes(
    'thousand-empty.log.gz',
    () => Buffer.concat([...Array.from({ length: 1000 }, () => gzipSync('')), gzipSync(text)]),
    whole('thousand-empty.log'),
  ),
  ofBytes('padded.log.gz', () => Buffer.concat([gzipSync(text), Buffer.alloc(4096)]), whole('padded.log')),
  ofBytes('trailing.log.gz', () => Buffer.concat([gzipSync(text), Buffer.from('this is no gzip')]), {
    ...whole('trailing.log'),
    entries: [{ path: 'trailing.log', status: 'partial', reason: /follow the gzip data/ }],
  }),
  ofBytes(
    'names-a-path.log.gz',
    () => gzipWith(0x08, Buffer.from('../../../../tmp/escaped.log\0')),
    whole('names-a-path.log'),
  ),
  ofBytes(
    'long-extra.log.gz',
    () => gzipWith(0x04, Buffer.concat([Buffer.from([0xff, 0xff]), Buffer.alloc(65_535, 'x')])),
    whole('long-extra.log'),
  ),
  ofBytes('extra-lies.log.gz', () => gzipWith(0x04, Buffer.from([0xff, 0xff, 1, 2])), {
    entries: [{ path: 'extra-lies.log', status: 'partial' }],
  }),
  ofBytes('reserved-flags.log.gz', () => gzipWith(0xe0, Buffer.alloc(0)), {
    entries: [{ path: 'reserved-flags.log', status: 'partial' }],
  }),
  ofBytes('wrong-crc.log.gz', () => changed(gzipSync(text), -6, 0x55), {
    ...whole('wrong-crc.log'),
    entries: [{ path: 'wrong-crc.log', status: 'partial', reason: /checksum/i }],
  }),
  ofBytes('wrong-length.log.gz', () => changed(gzipSync(text), -1, 0x7f), {
    ...whole('wrong-length.log'),
    entries: [{ path: 'wrong-length.log', status: 'partial' }],
  }),
  ofBytes('without-trailer.log.gz', () => gzipSync(text).subarray(0, -8), {
    ...whole('without-trailer.log'),
    entries: [{ path: 'without-trailer.log', status: 'partial', reason: /cut/ }],
  }),
  ...(['gz', 'bz2', 'xz', 'zst'] as const).map((ending) => {
    const magic = {
      gz: [0x1f, 0x8b],
      bz2: [0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
      xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0],
      zst: [0x28, 0xb5, 0x2f, 0xfd],
    };
    return ofBytes(`magic-only.log.${ending}`, () => Buffer.from(magic[ending]), {
      entries: [{ path: 'magic-only.log', status: 'partial', reason: /cut|damaged|ends/i }],
    });
  }),
  ofBytes('empty.log.gz', () => gzipSync(''), { entries: [{ path: 'empty.log', status: 'parsed' }] }),
  ofBytes(
    'frames.log.zst',
    () => {
      const skippable = Buffer.concat([
        Buffer.from([0x50, 0x2a, 0x4d, 0x18, 5, 0, 0, 0]),
        Buffer.from('hello'),
      ]);
      return Buffer.concat([zstdCompressSync(text), skippable, zstdCompressSync(more), skippable]);
    },
    whole('frames.log', Buffer.concat([text, more])),
  ),
  ofBytes(
    'trailing-zstd.log.zst',
    () => Buffer.concat([zstdCompressSync(text), Buffer.from('this is no zstd')]),
    {
      ...whole('trailing-zstd.log'),
      entries: [{ path: 'trailing-zstd.log', status: 'partial', reason: /follow the zstd data/ }],
    },
  ),
  // a window of 3.75 TiB: RFC 8878, 3.1.1.1.2
  ofBytes('huge-window.log.zst', () => Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff, 0x01, 0x00, 0x00]), {
    entries: [{ path: 'huge-window.log', status: 'partial' }],
  }),
  ofBytes('several.tar.bz2', () => Buffer.concat([logsIn('bz2'), logsIn('bz2')]), { whole: members() }),
  ofBytes('trailing.tar.bz2', () => Buffer.concat([logsIn('bz2'), Buffer.from('this is no bzip2')]), {
    whole: members(),
    said: /bzip2|follow/,
  }),
  ofBytes('several.tar.xz', () => Buffer.concat([logsIn('xz'), Buffer.alloc(4), logsIn('xz')]), {
    whole: members(),
  }),
  ofBytes('huge-dictionary.tar.xz', hugeDictionary, { whole: members() }),
  ofBytes('nothing.log.bz2', () => Buffer.from('QlpoORdyRThQkAAAAAA=', 'base64'), {
    entries: [{ path: 'nothing.log', status: 'parsed' }],
  }),
  ofBytes('zeros.log.bz2', () => fixture('zeros.bz2'), {
    entries: [{ path: 'zeros.log', status: ['parsed', 'duplicate'] }],
  }),
  ofBytes('zeros.log.xz', () => fixture('zeros.xz'), {
    entries: [{ path: 'zeros.log', status: ['parsed', 'duplicate'] }],
  }),
  // 25 kB that unpack to 10 GB
  ofBytes(
    'bomb-of-10-gb.log.bz2',
    () => Buffer.concat(Array.from({ length: 500 }, () => fixture('zeros.bz2'))),
    {
      entries: [{ path: 'bomb-of-10-gb.log', status: 'partial', reason: /times its/ }],
    },
  ),
  ofBytes('called.tar.gz', () => text, whole('called.tar.gz')),
  ofBytes('program.log.rar', () => Buffer.concat([Buffer.from('Rar!\x1a\x07\x01\0', 'latin1'), text]), {
    said: /rar/,
  }),
  ofBytes('frame.log.lz4', () => Buffer.concat([Buffer.from([0x04, 0x22, 0x4d, 0x18]), text]), {
    said: /lz4/,
  }),
];
