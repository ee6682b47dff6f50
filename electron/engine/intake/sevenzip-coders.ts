// How a folder of 7z is unpacked: a line of coders, one behind the other. What branches (BCJ2) or is not known is named.
import { createDecipheriv, createHash } from 'node:crypto';
import { Bunzip2 } from './bzip2.ts';
import { Damage } from './damage.ts';
import { DELTA, unfilter, X86 } from './filters.ts';
import { inflate64 } from './inflate64.ts';
import { lzma2Dictionary, lzmaHead, turn, unpackLzma, unpackLzma2 } from './lzma-streams.ts';
import type { Coder, Folder } from './sevenzip-header.ts';
import { Cursor, type Source } from './source.ts';
import { clausesOf } from './xz.ts';
import { ZlibStream } from './zlib-stream.ts';

const AES = '06f10701';
const NAMES: Record<string, string> = {
  '030401': 'PPMd',
  '0303011b': 'BCJ2',
  '04f71101': 'zstd',
  '04f71104': 'lz4',
};
const FILTERS: Record<string, number> = { '03': DELTA, '04': X86, '03030103': X86 };
const KNOWN = new Set([AES, '00', '21', '030101', '040108', '040109', '040202', ...Object.keys(FILTERS)]);

/** The coders from the packed stream outwards, with the size each gives; a clause when they can't be undone. */
export function lineOf(folder: Folder): { coder: Coder; size: number }[] | string {
  const unknown = folder.coders.find(({ method }) => !KNOWN.has(method));
  if (unknown)
    return `packed with ${NAMES[unknown.method] ?? `method ${unknown.method}`}, which this version does not unpack`;
  if (folder.packed.length !== 1 || folder.coders.some((coder) => coder.inputs !== 1 || coder.outputs !== 1))
    return 'packed in several streams, which this version does not join';
  const line: { coder: Coder; size: number }[] = [];
  for (let index: number | undefined = folder.packed[0]; index !== undefined; ) {
    const coder: Coder | undefined = folder.coders[index];
    if (!coder || line.length > folder.coders.length) return 'packed in a way that contradicts itself';
    line.push({ coder, size: folder.sizes[index]! });
    const output: number = index;
    index = folder.pairs.find(([, from]) => from === output)?.[0];
  }
  return line;
}

export const isEncrypted = (folder: Folder): boolean => folder.coders.some(({ method }) => method === AES);

/** What `line` makes of the packed bytes. `key` gives the key of an encrypted folder. */
export async function decode(
  packed: Source,
  line: { coder: Coder; size: number }[],
  key: (properties: AesProperties) => Promise<Buffer>,
): Promise<{ source: Source; close: () => Promise<void> }> {
  let source = packed;
  const open: (() => Promise<void>)[] = [];
  for (const { coder, size } of line) {
    const from = new Cursor(source);
    if (coder.method === AES) {
      const properties = aesProperties(coder.properties);
      source = decrypted(from, await key(properties), properties.iv, size);
    } else if (coder.method === '040108') {
      const stream = new ZlibStream(from, 'deflate');
      open.push(() => stream.close());
      source = stream;
    } else if (coder.method === '040202') source = new Bunzip2(from);
    else if (coder.method !== '00') {
      const flow = flowOf(coder, size, from);
      open.push(async () => void (await flow.return(undefined)));
      source = { read: async () => (await flow.next()).value ?? null };
    }
  }
  return {
    source,
    close: async () => {
      for (const close of open.reverse()) await close();
    },
  };
}

function flowOf(coder: Coder, size: number, from: Cursor): AsyncGenerator<Uint8Array> {
  const { method, properties } = coder;
  if (method in FILTERS) return unfilter(pieces(from), [{ id: FILTERS[method]!, properties }]);
  if (method === '21') {
    const dictionary = lzma2Dictionary(properties[0] ?? 41);
    if (dictionary === null) throw new Damage('its LZMA2 properties are impossible');
    return clausesOf(unpackLzma2(from, dictionary, '7z'), from, '7z');
  }
  if (method === '040109') return clausesOf(inflate64(from, '7z'), from, '7z');
  const head = lzmaHead(properties);
  if (!head) throw new Damage('its LZMA properties are impossible');
  return clausesOf(unpackLzma(from, head.properties, head.dictionary, size, '7z'), from, '7z');
}

async function* pieces(from: Source): AsyncGenerator<Uint8Array> {
  for (let piece = await from.read(); piece !== null; piece = await from.read()) yield piece;
}

export interface AesProperties {
  /** Rounds of the hash, as a power of two. */
  power: number;
  salt: Uint8Array;
  iv: Uint8Array;
}

function aesProperties(bytes: Uint8Array): AesProperties {
  const [first = 0, second = 0] = bytes;
  const salt = ((first >> 7) & 1) + (first & 0xc0 ? second >> 4 : 0);
  const iv = ((first >> 6) & 1) + (first & 0xc0 ? second & 15 : 0);
  const power = first & 0x3f;
  if (bytes.length < 2 + salt + iv || (power > 24 && power !== 0x3f))
    throw new Damage('what it states of its encryption is impossible');
  const whole = Buffer.alloc(16);
  whole.set(bytes.subarray(2 + salt, 2 + salt + iv));
  return { power, salt: bytes.subarray(2, 2 + salt), iv: whole };
}

/** SHA-256 of salt, password and a counter, 2^power times over. */
export async function aesKey({ power, salt }: AesProperties, password: string): Promise<Buffer> {
  const secret = Buffer.concat([salt, Buffer.from(password, 'utf16le')]);
  if (power === 0x3f) return Buffer.concat([secret, Buffer.alloc(32)], 32);
  const hash = createHash('sha256');
  const together = Math.min(2 ** power, 2048);
  const rounds = Buffer.alloc((secret.length + 8) * together);
  for (let counter = 0; counter < 2 ** power; ) {
    for (let round = 0; round < together; round++, counter++) {
      const at = round * (secret.length + 8);
      secret.copy(rounds, at);
      rounds.writeUInt32LE(counter, at + secret.length);
    }
    hash.update(rounds);
    if (counter % 65_536 === 0) await turn();
  }
  return hash.digest();
}

/** AES-256 in blocks; `size` bytes of what comes out are content, the rest fills the last block. */
function decrypted(from: Cursor, key: Buffer, iv: Uint8Array, size: number): Source {
  const cipher = createDecipheriv('aes-256-cbc', key, iv);
  cipher.setAutoPadding(false);
  let left = size;
  return {
    read: async () => {
      while (left > 0) {
        const piece = await from.read();
        if (piece === null) return null;
        const out = cipher.update(piece).subarray(0, left);
        left -= out.length;
        if (out.length > 0) return out;
      }
      return null;
    },
  };
}
