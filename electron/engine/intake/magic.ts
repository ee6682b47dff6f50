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
  | '7z'
  | 'rar'
  | 'lz4'
  | 'plain';

/** Bytes that `kindOf` wants to see. */
export const MAGIC_LENGTH = 512;

const MAGICS: [Kind, number[]][] = [
  ['gzip', [0x1f, 0x8b]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['rar', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
];

/** Zip in form, but one thing in meaning: kept as they are. */
const ZIP_DOCUMENT = /\.(?:jar|war|ear|whl|egg|apk|docx|xlsx|pptx|odt|ods|npz|pt|pth|nupkg|vsix)$/i;

const TAR_NAME = /\.(?:tar|tgz|tar\.(?:gz|z|zst|bz2|xz))$/i;

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
  if (head.length >= 512) {
    if (isTarHeader(head)) return 'tar';
    return TAR_NAME.test(name) && head.every((byte) => byte === 0) ? 'empty_tar' : 'plain';
  }
  return TAR_NAME.test(name) ? 'tar' : 'plain';
}
