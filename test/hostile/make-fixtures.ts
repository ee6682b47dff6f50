// Packs the tar of truncated.ts with programs that are not ours, and writes down how much of each cut file other readers give.
// Run by hand when that tar changes: node test/hostile/make-fixtures.ts (needs bzip2, xz, zstd and Python 3).
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { cutAt, logsTar } from './truncated.ts';

const folder = join(import.meta.dirname, 'fixtures');
mkdirSync(folder, { recursive: true });
const { tar } = logsTar();
const pack = (program: string, args: string[], input: Buffer = tar) =>
  execFileSync(program, args, { input, maxBuffer: 1 << 30 });

const PYTHON = `
import sys, zlib, bz2, lzma
kind = sys.argv[1]
data = sys.stdin.buffer.read()
d = {'gz': lambda: zlib.decompressobj(31), 'bz2': bz2.BZ2Decompressor, 'xz': lzma.LZMADecompressor}[kind]()
print(len(d.decompress(data)))
`;

/** zstd writes what it could decode before it says that the file is cut. */
function zstdReadable(cut: Buffer): number {
  try {
    return pack('zstd', ['-dc'], cut).length;
  } catch (error) {
    return (error as { stdout: Buffer }).stdout.length;
  }
}

const packed = {
  gz: gzipSync(tar),
  bz2: pack('bzip2', ['-1', '-c']),
  xz: pack('xz', ['-6', '--block-size=32KiB', '-c']),
  zst: pack('zstd', ['-3', '--zstd=wlog=15', '-c']),
};
const readable: Record<string, number[]> = {};
for (const [kind, bytes] of Object.entries(packed)) {
  if (kind !== 'gz') writeFileSync(join(folder, `logs.tar.${kind}`), bytes);
  readable[kind] = Array.from({ length: 99 }, (_, i) => {
    const cut = bytes.subarray(0, cutAt(bytes.length, i + 1));
    return kind === 'zst'
      ? zstdReadable(cut)
      : Number(execFileSync('python3', ['-c', PYTHON, kind], { input: cut }));
  });
}
const sha256 = createHash('sha256').update(tar).digest('hex');
writeFileSync(join(folder, 'readable.json'), `${JSON.stringify({ sha256, readable })}\n`);

// bombs: a stretch of zeros in each format, to be repeated as streams one behind the other
const zeros = Buffer.alloc(20_000_000);
writeFileSync(join(folder, 'zeros.bz2'), pack('bzip2', ['-9', '-c'], zeros));
writeFileSync(join(folder, 'zeros.xz'), pack('xz', ['-9', '-c'], zeros));
writeFileSync(join(folder, 'zeros.zst'), pack('zstd', ['-19', '-c'], zeros));
