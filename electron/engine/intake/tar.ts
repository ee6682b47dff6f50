// Reads tar as a pulled stream: ustar, pax, GNU long names, V7. Own reader because what stands before damage must
// survive it: truncated content is delivered, a broken header is stepped over to the next good one, pax names that are
// not UTF-8 keep their bytes, concatenated archives are read on. Formats: POSIX.1-2024 pax, GNU tar manual appendix D.

import { Damage } from './damage.ts';
import { decodeName } from './member-name.ts';
import { type Cursor, Stretch } from './source.ts';

export type TarKind =
  | 'file'
  | 'directory'
  | 'hard link'
  | 'symbolic link'
  | 'character device'
  | 'block device'
  | 'fifo'
  | 'sparse file'
  | 'continuation of another volume'
  | 'impossible size'
  | 'label';

export interface TarEntry {
  name: string;
  kind: TarKind;
  size: number;
  mode: number | null;
  owner: string | null;
  mtimeUs: number | null;
  linkName: string;
}

const BLOCK = 512;
const LONGEST_EXTENSION = 4 << 20;
const MAGIC_AT = 257;
const SEARCHED = 1 << 18;

const KINDS: Record<string, TarKind> = {
  '1': 'hard link',
  '2': 'symbolic link',
  '3': 'character device',
  '4': 'block device',
  '5': 'directory',
  '6': 'fifo',
  D: 'directory',
  M: 'continuation of another volume',
  S: 'sparse file',
  V: 'label',
};

/** Links, devices and labels carry no content, whatever size they state. */
const WITHOUT_CONTENT = new Set(['1', '2', '3', '4', '5', '6', 'V']);

export function isTarHeader(block: Uint8Array): boolean {
  let stated = 0;
  let digits = 0;
  for (let at = 148; at < 156; at++) {
    const byte = block[at]!;
    if (byte >= 0x30 && byte <= 0x37) {
      stated = stated * 8 + byte - 0x30;
      digits++;
    } else if (digits > 0) break;
    else if (byte !== 0x20) return false;
  }
  if (digits === 0) return false;
  let unsigned = 8 * 0x20;
  let high = 0;
  for (let at = 0; at < BLOCK; at++) {
    if (at >= 148 && at < 156) continue;
    unsigned += block[at]!;
    if (block[at]! > 127) high++;
  }
  return stated === unsigned || stated === unsigned - 256 * high;
}

export class TarReader {
  readonly #from: Cursor;
  readonly #global = new Map<string, Uint8Array>();
  #content: Stretch;
  #padding = 0;
  #endMark = false;
  /** Behind a hole: headers may stand at any byte, not only at every 512th. */
  #adrift = false;
  #entries = 0;
  /** A clause about what is wrong with the archive although reading went on. */
  problem: string | null = null;

  constructor(from: Cursor) {
    this.#from = from;
    this.#content = new Stretch(from, 0);
  }

  /** Content of the entry that `next` gave last. */
  get content(): Stretch {
    return this.#content;
  }

  /** The next entry, null at the end. Throws Damage when the archive is cut. */
  async next(): Promise<TarEntry | null> {
    while (await this.#content.read());
    await this.#skip(this.#padding);
    this.#padding = 0;

    let longName: Uint8Array | undefined;
    let longLink: Uint8Array | undefined;
    let pax = new Map(this.#global);
    for (;;) {
      const block = await this.#header();
      if (block === null) return null;
      const type = block[156] === 0 ? '0' : String.fromCharCode(block[156]!);
      const size = number(block, 124, 12);
      if (type === 'S' && block[482] === 1) await this.#sparseMap();
      if (type === 'x' || type === 'g' || type === 'L' || type === 'K') {
        const extension = await this.#extension(size);
        if (extension === null) continue;
        if (type === 'L') longName = upToNul(extension);
        else if (type === 'K') longLink = upToNul(extension);
        else if (type === 'x') pax = new Map([...this.#global, ...paxRecords(extension)]);
        else for (const [key, value] of paxRecords(extension)) this.#global.set(key, value);
        if (type === 'g') pax = new Map([...this.#global, ...pax]);
        continue;
      }
      return this.#entry(block, type, size, pax, longName, longLink);
    }
  }

  #entry(
    block: Uint8Array,
    type: string,
    statedSize: number,
    pax: Map<string, Uint8Array>,
    longName: Uint8Array | undefined,
    longLink: Uint8Array | undefined,
  ): TarEntry {
    const text = (key: string): string | undefined => {
      const value = pax.get(key);
      return value === undefined || value.length === 0 ? undefined : decodeName(value);
    };
    const paxSize = Number(text('size') ?? Number.NaN);
    const size = Number.isSafeInteger(paxSize) && paxSize >= 0 ? paxSize : statedSize;
    const possible = Number.isSafeInteger(size) && size >= 0;
    const contentSize = WITHOUT_CONTENT.has(type) || !possible ? 0 : size;
    this.#content = new Stretch(this.#from, contentSize);
    this.#padding = (BLOCK - (contentSize % BLOCK)) % BLOCK;
    this.#entries++;

    const rawName = pax.get('path') ?? longName ?? ustarName(block);
    const name = decodeName(rawName);
    let kind = KINDS[type] ?? 'file';
    if (kind === 'file' && name.endsWith('/')) kind = 'directory';
    if ([...pax.keys()].some((key) => key.startsWith('GNU.sparse.'))) kind = 'sparse file';
    if (!possible) kind = 'impossible size';
    const paxTime = Number(text('mtime') ?? Number.NaN);
    const seconds = Number.isFinite(paxTime) ? paxTime : number(block, 136, 12);
    const user = text('uname') ?? field(block, 265, 32);
    const group = text('gname') ?? field(block, 297, 32);
    const modeBits = number(block, 100, 8);
    return {
      name: kind === 'sparse file' ? (text('GNU.sparse.name') ?? name) : name,
      kind,
      size,
      mode: modeBits >= 0 ? modeBits % 0o10000 : null,
      owner: `${user || number(block, 108, 8)}:${group || number(block, 116, 8)}`,
      mtimeUs:
        seconds >= 0 && Number.isSafeInteger(Math.round(seconds * 1e6)) ? Math.round(seconds * 1e6) : null,
      linkName: decodeName(pax.get('linkpath') ?? longLink ?? upToNul(block.subarray(157, 257))),
    };
  }

  /** The next good header block; null at the end. Zero blocks are stepped over, so that joined archives are read on. */
  async #header(): Promise<Uint8Array | null> {
    let skippedFrom = -1;
    if (this.#adrift) await this.#afloat();
    for (;;) {
      const at = this.#from.offset;
      const block = await this.#from.take(BLOCK);
      const left = block.length;
      const zero = block.every((byte) => byte === 0);
      const good = left === BLOCK && !zero && isTarHeader(block);
      if (skippedFrom >= 0 && (good || left < BLOCK)) {
        const what = this.#endMark ? 'bytes that belong to no member' : 'no readable header';
        this.#note(
          `between byte ${skippedFrom} and byte ${good ? at : at + left} of the tar stream stand ${what}; members there are not read`,
        );
      }
      if (good) {
        this.#endMark = false;
        return block;
      }
      if (left === 0 || (left < BLOCK && zero && this.#endMark)) {
        if (!this.#endMark && skippedFrom < 0) {
          this.#note(
            this.#entries === 0
              ? 'the archive holds no header at all'
              : `the archive ends at byte ${at} of the tar stream without its end mark; members after that point may be missing`,
          );
        }
        return null;
      }
      if (left < BLOCK) {
        if (skippedFrom < 0)
          throw new Damage(`the archive ends at byte ${at + left} of the tar stream, inside a header`);
        return null;
      }
      if (zero) {
        if (skippedFrom < 0) this.#endMark = true;
      } else if (skippedFrom < 0) skippedFrom = at;
    }
  }

  /** The content of an extended header; null where it states a size that cannot be: what follows is looked for then. */
  async #extension(size: number): Promise<Uint8Array | null> {
    if (!(size >= 0 && size <= LONGEST_EXTENSION)) {
      this.#note(
        `an extended header at byte ${this.#from.offset} of the tar stream states a size of ${size} bytes; the name or size it holds is lost`,
      );
      return null;
    }
    const bytes = await this.#from.take(size);
    if (bytes.length < size)
      throw new Damage(`the archive ends at byte ${this.#from.offset} of the tar stream, inside a header`);
    const copy = Buffer.from(bytes);
    await this.#skip((BLOCK - (size % BLOCK)) % BLOCK);
    return copy;
  }

  /** The rest of an old GNU sparse file's map stands in blocks of its own, before the content. */
  async #sparseMap(): Promise<void> {
    for (;;) {
      const block = await this.#from.take(BLOCK);
      if (block.length < BLOCK || block[504] !== 1) return;
    }
  }

  /** Goes over a hole in the stream, to the next header at any place behind it; false where there is none. */
  pass(): boolean {
    if (!this.#from.pass()) return false;
    this.#content = new Stretch(this.#from, 0);
    this.#padding = 0;
    this.#adrift = true;
    return true;
  }

  async #afloat(): Promise<void> {
    for (this.#adrift = false; ; ) {
      const piece = Buffer.from(await this.#from.peek(SEARCHED));
      for (let at = piece.indexOf('ustar', MAGIC_AT); at >= 0; at = piece.indexOf('ustar', at + 1)) {
        const start = at - MAGIC_AT;
        if (start + BLOCK > piece.length) break;
        if (!isTarHeader(piece.subarray(start, start + BLOCK))) continue;
        await this.#from.take(start);
        return;
      }
      const last = piece.length < SEARCHED;
      await this.#from.take(last ? piece.length : piece.length - BLOCK);
      if (last) return;
    }
  }

  async #skip(count: number): Promise<void> {
    if (count > 0) await this.#from.take(count);
  }

  #note(clause: string): void {
    this.problem ??= clause;
  }
}

function ustarName(block: Uint8Array): Uint8Array {
  const name = upToNul(block.subarray(0, 100));
  // GNU uses the prefix field for times: only 'ustar\0' has a prefix.
  const posix = field(block, 257, 5) === 'ustar' && block[262] === 0;
  if (!posix || block[345] === 0) return name;
  return Buffer.concat([upToNul(block.subarray(345, 500)), Buffer.from('/'), name]);
}

function upToNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end));
}

function field(block: Uint8Array, at: number, length: number): string {
  return decodeName(upToNul(block.subarray(at, at + length)));
}

/** Octal, or base 256 when the first bit is set. A field that is neither counts as 0. */
function number(block: Uint8Array, at: number, length: number): number {
  if (block[at]! & 0x80) {
    let value = block[at] === 0xff ? -1 : block[at]! & 0x7f;
    for (let i = at + 1; i < at + length; i++) value = value * 256 + block[i]!;
    return value;
  }
  const digits = /^[ \0]*([0-7]+)/.exec(Buffer.from(block.subarray(at, at + length)).toString('latin1'));
  return digits ? Number.parseInt(digits[1]!, 8) : 0;
}

/** Records `<length> <key>=<value>\n`; broken ones end the list. */
function paxRecords(bytes: Uint8Array): Map<string, Uint8Array> {
  const records = new Map<string, Uint8Array>();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(0x20, at);
    if (space < 0) break;
    const length = Number(Buffer.from(bytes.subarray(at, space)).toString('latin1'));
    const end = at + length;
    const equals = bytes.indexOf(0x3d, space);
    if (!Number.isInteger(length) || length <= 0 || end > bytes.length || equals < 0 || equals >= end) break;
    records.set(decodeName(bytes.subarray(space + 1, equals)), bytes.subarray(equals + 1, end - 1));
    at = end;
  }
  return records;
}
