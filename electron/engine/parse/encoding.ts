// What the bytes of a member are: binary, UTF-8, UTF-16 (decoded on the way in, counted in its own bytes), lines in Windows-1252.
import { Buffer, isUtf8 } from 'node:buffer';
import { byteString } from './text.ts';

const MAGIC: readonly [string, string][] = [
  ['\x1f\x8b', 'gzip'],
  ['PK\x03\x04', 'zip'],
  ['PK\x05\x06', 'zip'],
  ['\x28\xb5\x2f\xfd', 'zstd'],
  ['\x04\x22\x4d\x18', 'lz4'],
  ['\xff\x06\x00\x00sNaPpY', 'snappy'],
  ['\xfd7zXZ\0', 'xz'],
  ["7z\xbc\xaf'\x1c", '7z'],
  ['Rar!\x1a\x07', 'rar'],
  ['SQLite format 3\0', 'sqlite'],
  ['\x89PNG\r\n', 'png'],
  ['\xff\xd8\xff', 'jpeg'],
  ['GIF8', 'gif'],
  ['\x7fELF', 'elf'],
  ['%PDF-', 'pdf'],
  ['MZ\x90\0', 'pe'],
  ['LPKSHHRH', 'journal'],
  ['REDIS0', 'rdb'],
  ['\xca\xfe\xba\xbe', 'class'],
  ['\xcf\xfa\xed\xfe', 'macho'],
  ['\xd4\xc3\xb2\xa1', 'pcap'],
  ['\xa1\xb2\xc3\xd4', 'pcap'],
  ['\x0a\x0d\x0d\x0a', 'pcapng'],
  ['PAR1', 'parquet'],
  ['Obj\x01', 'avro'],
  ['!<arch>\n', 'ar'],
  ['\x93NUMPY', 'numpy'],
  ['wOF2', 'font'],
];

/** An export of the journal: lengths of its values are binary. */
const EXPORT = /^__(?:CURSOR|REALTIME_TIMESTAMP|MONOTONIC_TIMESTAMP|SEQNUM)=/;
/** A run of NUL this long is a hole that a truncated or half-written file left, and says nothing of its kind. */
const HOLE = /\0{16,}/g;
/** A line of text: no control bytes but tab, escape and the like. */
const TEXT_LINE = /(?:^|\n)[^\x00-\x06\x0e-\x1a\x1c-\x1f\x7f\n]{8,}(?=\r?\n)/g;

/** Name of the binary kind, or '' for text. `head` is a byte string of at most 64 KiB. */
export function binaryKind(head: string): string {
  for (const [magic, name] of MAGIC) if (head.startsWith(magic)) return name;
  if (/^BZh[1-9]1AY&SY/.test(head)) return 'bzip2';
  if (/^\x80[\x02-\x05][\x95\]}\x8ccKX(]/.test(head)) return 'pickle';
  if (head.startsWith('ustar', 257)) return 'tar';
  if (head.slice(2, 4) === '\r\n' && head.slice(0, 64).includes('\0')) return 'pyc';
  if (wideKind(head) !== '' || EXPORT.test(head)) return '';
  const solid = head.indexOf('\0') === -1 ? head : head.replace(HOLE, '');
  const n = solid.length;
  if (n === 0) return '';
  let nul = 0;
  let control = 0;
  for (let i = 0; i < n; i++) {
    const c = solid.charCodeAt(i);
    if (c === 0) nul++;
    else if (c < 32 && (c < 7 || c === 11 || c > 15) && c !== 27) control++;
  }
  if (nul * 100 <= n && (control + nul) * 20 <= n) return '';
  // Binary pieces inside a log: most of it is lines all the same.
  let text = 0;
  for (const line of solid.matchAll(TEXT_LINE)) text += line[0].length;
  return text * 2 > n && nul * 20 <= n ? '' : 'binary';
}

/** 'utf-16le', 'utf-16be', 'utf-32le', 'utf-32be', or '' for one byte a unit; by the mark at the start, or by where the NULs are. */
export function wideKind(head: string): string {
  if (head.startsWith('\xff\xfe\0\0') && head.length >= 8) return 'utf-32le';
  if (head.startsWith('\0\0\xfe\xff')) return 'utf-32be';
  if (head.startsWith('\xff\xfe')) return 'utf-16le';
  if (head.startsWith('\xfe\xff')) return 'utf-16be';
  if (head.indexOf('\0') === -1) return '';
  const pairs = Math.min(head.length, 8192) >> 1;
  if (pairs < 4) return '';
  let little = 0;
  let big = 0;
  for (let i = 0; i < pairs; i++) {
    const a = head.charCodeAt(2 * i);
    const b = head.charCodeAt(2 * i + 1);
    if (b === 0 && isText(a)) little++;
    else if (a === 0 && isText(b)) big++;
  }
  if (little >= 0.7 * pairs && big * 20 <= little) return 'utf-16le';
  if (big >= 0.7 * pairs && little * 20 <= big) return 'utf-16be';
  return '';
}

function isText(c: number): boolean {
  return (c >= 32 && c < 127) || c === 10 || c === 13 || c === 9;
}

/** Decodes UTF-16 pieces, cut anywhere, to UTF-8. */
export class Wide {
  #decoder: TextDecoder;
  #given = 0;
  #counted = 0;

  constructor(encoding: string) {
    this.#decoder = new TextDecoder(encoding, { ignoreBOM: true });
  }

  decode(bytes: Uint8Array): Buffer {
    this.#given += bytes.length;
    return this.#made(this.#decoder.decode(bytes, { stream: true }));
  }

  /** What was still incomplete. */
  end(): Buffer {
    return this.#made(this.#decoder.decode());
  }

  /** Bytes that the last character took less than it counts for: a half one at the end. */
  get short(): number {
    return this.#counted - this.#given;
  }

  #made(text: string): Buffer {
    this.#counted += text.length * 2;
    return Buffer.from(text, 'utf8');
  }
}

const HIGH = /[\x80-\xff]/;

/** Bytes of UTF-16 that a piece of UTF-8 was decoded from; a character cut in two counts where it begins. */
export function wideSize(utf8: string): number {
  if (!HIGH.test(utf8)) return utf8.length * 2;
  let units = 0;
  for (let i = 0; i < utf8.length; i++) {
    const c = utf8.charCodeAt(i);
    if ((c & 0xc0) !== 0x80) units += c >= 0xf0 ? 2 : 1;
  }
  return units * 2;
}

const SEQUENCE = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}/;

/** Windows-1252 from 0x80 to 0x9f, U+FFFD where it has no character. */
const C1 =
  '\u20ac\ufffd\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\ufffd\u017d\ufffd\ufffd\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\ufffd\u017e\u0178';

/** Bytes with none of the sequences of UTF-8 among those beyond ASCII: text of an older encoding. */
export function isOneByte(bytes: string): boolean {
  return !SEQUENCE.test(bytes);
}

/** Text in Windows-1252 (and so in Latin-1) as a byte string of UTF-8. */
export function fromOneByte(bytes: string): string {
  return byteString(bytes.replace(/[\x80-\x9f]/g, (c) => C1[c.charCodeAt(0) - 0x80] as string));
}

export function isValidUtf8(bytes: string): boolean {
  return isUtf8(Buffer.from(bytes, 'latin1'));
}
