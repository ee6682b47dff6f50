// What a file is by its first bytes; its name is asked only where too few bytes are left to tell.
import { isTarHeader } from './tar.ts';

export type Kind =
  | 'tar'
  | 'empty_tar'
  | 'gzip'
  | 'zip'
  | 'zstd'
  | 'bzip2'
  | 'xz'
  | 'lzma'
  | '7z'
  | 'rar'
  | 'lz4'
  | 'compress'
  | 'plain';

/** Bytes that `kindOf` wants to see. */
export const MAGIC_LENGTH = 512;

const MAGICS: [Kind, number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
  ['zip', [0x50, 0x4b, 0x06, 0x06]],
  ['zip', [0x50, 0x4b, 0x07, 0x08, 0x50, 0x4b]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['rar', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['compress', [0x1f, 0x9d]],
];

/** Kinds that are named and not unpacked, with what to do. */
export const UNREAD: Partial<Record<Kind, string>> = {
  rar: 'a RAR archive, which Tidemark does not unpack: unpack it (unrar x, 7z x) and add the result',
  lz4: 'lz4 compressed, which Tidemark does not unpack: unpack it (lz4 -d) and add the result',
  compress: 'packed by compress (.Z), which Tidemark does not unpack: unpack it (gzip -d) and add the result',
};

/** Zip in form, but one thing in meaning: kept as they are. */
const ZIP_DOCUMENT = /\.(?:jar|war|ear|whl|egg|apk|docx|xlsx|pptx|odt|ods|npz|pt|pth|nupkg|vsix)$/i;

const TAR_NAME = /\.(?:tar|tgz|tbz2?|txz|tlz|tzst|tar\.(?:gz|z|zst|zstd|bz2|xz|lzma))$/i;

/** LZMA alone has no magic: the name has to say it, and the header has to be possible. */
const LZMA_NAME = /\.(?:lzma|tlz)$/i;

export function kindOf(head: Uint8Array, name: string): Kind {
  for (const [kind, magic] of MAGICS) {
    if (head.length >= magic.length && magic.every((byte, at) => head[at] === byte)) {
      return kind === 'zip' && ZIP_DOCUMENT.test(name) ? 'plain' : kind;
    }
  }
  if (
    head.length >= 10 &&
    /^BZh[1-9](?:1AY&SY|\x17rE8P\x90)$/.test(Buffer.from(head.subarray(0, 10)).toString('latin1'))
  ) {
    return 'bzip2';
  }
  if (isSkippableFrame(head)) return 'zstd';
  if (LZMA_NAME.test(name) && head.length >= 13 && head[0]! < 225 && head[13] === 0) return 'lzma';
  if (head.length >= 512) {
    if (isTarHeader(head)) return 'tar';
    if (!TAR_NAME.test(name)) return 'plain';
    // Its first header is damaged; those after it are found.
    if (Buffer.from(head.subarray(257, 262)).toString('latin1') === 'ustar') return 'tar';
    return head.every((byte) => byte === 0) ? 'empty_tar' : 'plain';
  }
  return TAR_NAME.test(name) ? 'tar' : 'plain';
}

/** A frame that zstd passes over, as pzstd and the seekable format write before or after others. */
function isSkippableFrame(head: Uint8Array): boolean {
  return head.length >= 8 && head[0]! >> 4 === 5 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18;
}

/** The name of what a compressed file holds: `a.log.gz` holds `a.log`, `a.tgz` holds `a.tar`. */
export function withoutCompression(name: string): string {
  return name
    .replace(/\.(?:tgz|tbz2?|txz|tlz|tzst)$/i, '.tar')
    .replace(/\.(?:gz|zst|zstd|bz2|bz|xz|lzma)$/i, '');
}
