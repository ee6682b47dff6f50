// Bombs of every format: a few kilobytes that unpack to far more than they say. `limits` are lowered so that tests stay quick.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type HostileCase, ofBytes } from './hostile-case.ts';
import { logText } from './log-text.ts';
import { TAR_END, tarHeader, tarMember } from './tar-builder.ts';
import { zipOf } from './zip-builder.ts';

export const LOWERED = { ratio: 200, totalBytes: 600e6 };

const first = logText(2000, 401);
const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name));
/** 20 MB of zeros, packed, so many times: readers unpack one stream behind the other. */
const streams = (name: string, count: number) => {
  const one = fixture(name);
  return Buffer.concat(Array.from({ length: count }, () => one));
};
const zeros = (bytes: number) => Buffer.alloc(bytes);
const bomb = (path: string, reason: RegExp = /times its|more than|out of proportion/i) => ({
  // cut at the limit, the same zeros may be kept already
  entries: [{ path, status: ['partial', 'duplicate'] as ('partial' | 'duplicate')[], reason }],
});

export const BOMBS: HostileCase[] = [
  ofBytes('bomb.log.gz', () => gzipSync(zeros(120e6), { level: 9 }), bomb('bomb.log')),
  ofBytes('bomb.log.bz2', () => streams('zeros.bz2', 20), bomb('bomb.log')),
  ofBytes('bomb.log.xz', () => streams('zeros.xz', 20), bomb('bomb.log')),
  ofBytes('bomb.log.zst', () => streams('zeros.zst', 20), bomb('bomb.log')),
  ofBytes(
    'bomb.zip',
    () =>
      zipOf([
        { name: 'first.log', content: first },
        { name: 'bomb.log', content: zeros(120e6) },
      ]),
    {
      whole: { 'first.log': first },
      ...bomb('bomb.log'),
    },
  ),
  ofBytes(
    'bomb.tar.gz',
    () =>
      gzipSync(
        Buffer.concat([
          tarMember('first.log', { content: first }),
          tarHeader('bomb.log', { size: 120e6 }),
          zeros(120e6),
          TAR_END,
        ]),
        { level: 9 },
      ),
    { whole: { 'first.log': first }, ...bomb('bomb.log') },
  ),
  ofBytes(
    'bomb-in-bomb.tar',
    () =>
      Buffer.concat([
        tarMember('first.log', { content: first }),
        tarMember('inner.log.gz.gz', { content: gzipSync(gzipSync(zeros(120e6), { level: 9 })) }),
        tarMember('last.log', { content: first.subarray(100) }),
        TAR_END,
      ]),
    { whole: { 'first.log': first } },
  ),
  ofBytes(
    'many-small-bombs.tar',
    () => {
      const small = zstdCompressSync(zeros(40e6));
      return Buffer.concat([
        tarMember('first.log', { content: first }),
        ...Array.from({ length: 30 }, (_, i) => tarMember(`b${i}.log.zst`, { content: small })),
        TAR_END,
      ]);
    },
    { whole: { 'first.log': first }, said: /more than/ },
  ),
];
