// One tar of logs in every compression, and how far each can be read when it is cut at every hundredth of its length.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { logText } from './log-text.ts';
import { padded, TAR_END, tarHeader } from './tar-builder.ts';
import { zipOf } from './zip-builder.ts';

export interface Whole {
  path: string;
  content: Buffer;
  /** Where its last byte ends in the tar. */
  end: number;
}

/** Twenty logs of 1 to 24 KiB. */
export function logsTar(): { tar: Buffer; members: Whole[] } {
  const parts: Buffer[] = [];
  const members: Whole[] = [];
  let at = 0;
  for (let i = 0; i < 20; i++) {
    const content = logText(1024 + ((i * 37) % 24) * 1024, i + 1);
    const path = `var/log/worker-${i}.log`;
    parts.push(tarHeader(path, { size: content.length }), padded(content));
    members.push({ path, content, end: at + 512 + content.length });
    at += 512 + padded(content).length;
  }
  return { tar: Buffer.concat([...parts, TAR_END]), members };
}

/** Packed by the programs bzip2, xz and zstd (see make-fixtures.ts), which are not needed to run the tests. */
const PACKED = { bz2: 'logs.tar.bz2', xz: 'logs.tar.xz', zst: 'logs.tar.zst' } as const;

export type Form = 'tar' | 'gz' | 'bz2' | 'xz' | 'zst' | 'zip';
export const FORMS: readonly Form[] = ['tar', 'gz', 'bz2', 'xz', 'zst', 'zip'];

export function logsIn(form: Form): Buffer {
  const { tar, members } = logsTar();
  if (form === 'tar') return tar;
  if (form === 'gz') return gzipSync(tar);
  if (form === 'zip') return zipOf(members.map(({ path, content }) => ({ name: path, content })));
  return readFileSync(join(import.meta.dirname, 'fixtures', PACKED[form]));
}

interface Oracle {
  /** Of the tar that was packed. */
  sha256: string;
  /** Bytes of the tar that another program gives when the file is cut after 1 %, 2 %, ... 99 %. */
  readable: Record<'gz' | 'bz2' | 'xz' | 'zst', number[]>;
}

/** What Python's zlib, bz2 and lzma, and the program zstd, give of the cut files; see make-fixtures.ts. */
export function oracle(): Oracle {
  const read = JSON.parse(
    readFileSync(join(import.meta.dirname, 'fixtures', 'readable.json'), 'utf8'),
  ) as Oracle;
  const { tar } = logsTar();
  if (createHash('sha256').update(tar).digest('hex') !== read.sha256)
    throw new Error('the fixtures were packed from another tar: run test/hostile/make-fixtures.ts');
  return read;
}

export const cutAt = (length: number, percent: number): number => Math.floor((length * percent) / 100);

/** What one block of the compressor holds at most in the fixtures: xz and zstd were told 32 KiB. */
const BLOCK = 32 << 10;

/** Members of the tar that stand whole in its first `kept` bytes. */
export const wholeBefore = (kept: number): Whole[] => logsTar().members.filter(({ end }) => end <= kept);

/** Bytes of the zip after which each member is whole: its data ends there. */
export function zipEnds(zip: Buffer): Map<string, number> {
  const ends = new Map<string, number>();
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50; ) {
    const name = zip.subarray(at + 30, at + 30 + zip.readUInt16LE(at + 26)).toString();
    at += 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28) + zip.readUInt32LE(at + 18);
    ends.set(name, at);
  }
  return ends;
}

/** Members that must be whole when the file is cut after so many hundredths: what others can read, less one block of xz or zstd. */
export function wholeWhenCut(form: Form, percent: number, file: Buffer): Whole[] {
  const cut = cutAt(file.length, percent);
  if (form === 'tar') return wholeBefore(cut);
  if (form === 'zip') {
    const ends = zipEnds(file);
    return logsTar().members.filter(({ path }) => ends.get(path)! <= cut);
  }
  const known = oracle().readable[form][percent - 1]!;
  return wholeBefore(form === 'xz' || form === 'zst' ? known - BLOCK : known);
}
