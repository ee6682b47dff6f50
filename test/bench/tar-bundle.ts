// A tar.gz of many log files of the four systems, written as a stream: nothing of it stands on the disk twice.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { FILES } from './generate.ts';
import { random } from './writing.ts';

/** Members of one node. */
const OF_NODE = 200;

export interface TarBundle {
  bytes: number;
  lines: number;
  members: number;
}

/** Writes `members` files of `bytes` together to `path`; the same numbers give the same content. */
export async function writeTarBundle(
  path: string,
  bytes: number,
  members: number,
  seed: number,
): Promise<TarBundle> {
  const gzip = createGzip({ level: 1 });
  const out = gzip.pipe(createWriteStream(path));
  const made: TarBundle = { bytes: 0, lines: 0, members: 0 };
  const each = bytes / members;
  for (let i = 0; i < members; i++) {
    const file = FILES[i % FILES.length]!;
    const turn = Math.floor(i / FILES.length);
    const [host, ...rest] = file.path.split('/');
    const name = `${host!.replace(/-\d+$/, '')}-${1 + Math.floor(turn / OF_NODE)}/run-${turn % OF_NODE}/${rest.join('/')}`;
    const r = random(seed * 1_000_003 + i);
    let now = Date.UTC(2026, 2, 1) + i * 60_000;
    let text = file.head ?? '';
    while (text.length < each) {
      now += Math.floor(r() * 20);
      text += file.write(now, r);
    }
    const content = Buffer.from(text, 'utf8');
    made.bytes += content.length;
    made.lines += text.split('\n').length - 1;
    made.members++;
    const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
    if (!gzip.write(Buffer.concat([header(name, content.length, Math.floor(now / 1000)), content, padding])))
      await once(gzip, 'drain');
  }
  gzip.end(Buffer.alloc(1024));
  await finished(out);
  return made;
}

/** A ustar header. */
function header(name: string, size: number, mtime: number): Buffer {
  const block = Buffer.alloc(512);
  const octal = (at: number, width: number, value: number) =>
    block.write(value.toString(8).padStart(width - 1, '0'), at, 'latin1');
  block.write(name.slice(-100), 0, 'utf8');
  octal(100, 8, 0o640);
  octal(108, 8, 0);
  octal(116, 8, 0);
  octal(124, 12, size);
  octal(136, 12, mtime);
  block.write('        ', 148, 'latin1');
  block.write('0', 156, 'latin1');
  block.write('ustar\0' + '00', 257, 'latin1');
  block.write('root', 265, 'latin1');
  block.write('root', 297, 'latin1');
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
