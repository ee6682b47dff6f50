// Hostile and broken 7z.
import { type HostileCase, ofBytes } from './hostile-case.ts';
import { logText } from './log-text.ts';
import { type SevenLies, sevenHeader, sevenOf, sevenOfItself, sevenWith } from './sevenzip-builder.ts';

const first = logText(2000, 701);
const last = logText(2000, 702);
const FILES = [
  { name: 'first.log', content: first },
  { name: 'last.log', content: last },
];
const both = { 'first.log': first, 'last.log': last };
const HUGE = 1n << 60n;

const LIES: [string, SevenLies][] = [
  ['files', { files: HUGE }],
  ['folders', { folders: HUGE }],
  ['streams', { packStreams: HUGE }],
  ['coders', { coders: HUGE }],
  ['names', { namesSize: HUGE }],
  ['header-beyond-the-end', { headerOffset: HUGE }],
  ['header-of-exabytes', { headerSize: HUGE }],
  ['header-checksum', { headerCrc: 7 }],
];

export const SEVENZIP_CASES: HostileCase[] = [
  ofBytes('stored.7z', () => sevenOf(FILES), { whole: both }),
  ...LIES.map(([name, lies]) =>
    ofBytes(`${name}-lie.7z`, () => sevenOf(FILES, lies), { said: /header|7z|archive|cut/i }),
  ),
  ofBytes('packed-size-lies.7z', () => sevenOf(FILES, { packSize: HUGE })),
  ofBytes('size-lies.7z', () => sevenOf(FILES, { size: HUGE })),
  ofBytes('size-of-2-to-64.7z', () => sevenOf(FILES, { size: (1n << 64n) - 1n })),
  ofBytes('place-lies.7z', () => sevenOf(FILES, { packPos: HUGE })),
  ofBytes('header-of-itself.7z', sevenOfItself, { said: /header|7z|archive/i }),
  ofBytes('cut.7z', () => sevenOf(FILES).subarray(0, -40), { said: /cut|end|header/i }),
  ofBytes(
    'damaged-content.7z',
    () => {
      const seven = sevenOf(FILES);
      seven[40] = seven[40]! ^ 1;
      return seven;
    },
    {
      whole: { 'last.log': last },
      entries: [{ path: 'first.log', status: 'partial', reason: /checksum/i }],
    },
  ),
  ofBytes(
    'traversal.7z',
    () =>
      sevenOf([
        FILES[0]!,
        { name: '../../../../escaped.log', content: last },
        { name: '..\\..\\evil.log', content: last },
      ]),
    {
      whole: { 'first.log': first },
      entries: [{ path: '../../../../escaped.log', status: 'failed', reason: /points outside/ }],
    },
  ),
  ofBytes('empty-header.7z', () => sevenWith(Buffer.alloc(0), Buffer.from([0x01, 0x00])), {
    said: /without any file/,
  }),
  ofBytes('magic-only.7z', () => Buffer.from('7z\xbc\xaf\x27\x1c', 'latin1'), { said: /cut|end|header|7z/i }),
];

/** A header with bytes changed at random, its checksum right. */
export function mutated(next: () => number): Buffer {
  const header = sevenHeader(FILES);
  for (let changes = 1 + Math.floor(next() * 4); changes > 0; changes--)
    header[Math.floor(next() * header.length)] = Math.floor(next() * 256);
  return sevenWith(Buffer.concat([first, last]), header);
}
