// Archives in archives: every order, endless ones, and damage deep inside.
import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type HostileCase, ofBytes } from './hostile-case.ts';
import { logText } from './log-text.ts';
import { tarOf } from './tar-builder.ts';
import { logsIn } from './truncated.ts';
import { zipOf } from './zip-builder.ts';

const deep = logText(1500, 501);
const top = logText(1500, 502);

const PACKERS = {
  tar: (name: string, content: Uint8Array) => tarOf({ 'top.log': top, [name]: content }),
  'tar.gz': (name: string, content: Uint8Array) => gzipSync(tarOf({ 'top.log': top, [name]: content })),
  'tar.zst': (name: string, content: Uint8Array) =>
    zstdCompressSync(tarOf({ 'top.log': top, [name]: content })),
  zip: (name: string, content: Uint8Array) =>
    zipOf([
      { name: 'top.log', content: top },
      { name, content },
    ]),
};
type Packer = keyof typeof PACKERS;
const KINDS = Object.keys(PACKERS) as Packer[];

/** So many archives in each other, from the inside out. */
function endless(levels: number, packer: Packer): Buffer {
  let inner: Buffer = PACKERS[packer]('deep.log', deep);
  for (let i = 1; i < levels; i++) inner = PACKERS[packer](`level-${i}.${packer}`, inner);
  return inner;
}

export const NESTED_CASES: HostileCase[] = [
  ...KINDS.flatMap((outer) =>
    KINDS.map((inner) =>
      ofBytes(
        `${inner.replace('.', '-')}-in.${outer}`,
        () => PACKERS[outer](`in.${inner}`, PACKERS[inner]('deep.log', deep)),
        {
          whole: { 'top.log': top, [`in.${inner}!/deep.log`]: deep },
        },
      ),
    ),
  ),
  ofBytes(
    'three-levels.zip',
    () => PACKERS.zip('a.tar.gz', PACKERS['tar.gz']('b.zip', PACKERS.zip('c.log.gz', gzipSync(deep)))),
    {
      whole: { 'top.log': top, 'a.tar.gz!/b.zip!/c.log.gz': deep },
    },
  ),
  ...KINDS.map((packer) =>
    ofBytes(`endless.${packer}`, () => endless(40, packer), {
      whole: { 'top.log': top },
      entries: [{ path: /level-\d+/, status: 'skipped', reason: /nest/ }],
    }),
  ),
  ofBytes('endless.gz', () => {
    let inner: Buffer = gzipSync(deep);
    for (let i = 0; i < 60; i++) inner = gzipSync(inner);
    return inner;
  }),
  ofBytes(
    'damaged-inside.tar',
    () =>
      tarOf({
        'top.log': top,
        'cut.tar.gz': gzipSync(tarOf({ 'deep.log': deep, 'lost.log': logText(9000, 503) })).subarray(0, -900),
        'broken.zip': Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), Buffer.alloc(500, 7)]),
        'no-gzip.log.gz': Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(300, 0xee)]),
        'cut.tar.bz2': logsIn('bz2').subarray(0, 20_000),
        'bottom.log': deep,
      }),
    {
      whole: { 'top.log': top, 'cut.tar.gz!/deep.log': deep, 'bottom.log': deep },
      entries: [
        { path: 'cut.tar.gz', status: 'failed', reason: /nested archive/ },
        { path: 'broken.zip', status: 'failed', reason: /nested archive/ },
        { path: 'no-gzip.log.gz', status: 'partial', reason: /gzip/ },
        { path: /^cut\.tar\.bz2/, status: 'failed' },
      ],
    },
  ),
  ofBytes(
    'traversal-inside.zip',
    () => zipOf([{ name: 'x/in.tar', content: tarOf({ '../../../../escaped.log': deep, 'ok.log': top }) }]),
    {
      whole: { 'x/in.tar!/ok.log': top },
      entries: [{ path: 'x/in.tar!/../../../../escaped.log', status: 'failed', reason: /points outside/ }],
    },
  ),
  ofBytes('deflate-of-deflate.zip', () => zipOf([{ name: 'twice.log', content: deflateRawSync(deep) }]), {}),
];
