// Reads a 7z archive by the list of members at its end. Own reader: those there are either native, or unpack whole
// archives into memory, or give nothing of a cut one. Where the list is lost, LZMA2 data is read without names.
import type { FileHandle } from 'node:fs/promises';
import zlib from 'node:zlib';
import { Damage } from './damage.ts';
import type { Gauge } from './limits.ts';
import type { ListedArchive, ListedContent, ListedMember } from './listed.ts';
import { LARGEST_DICTIONARY } from './lzma.ts';
import { unpackLzma2 } from './lzma-streams.ts';
import type { Stated } from './reading.ts';
import { type AesProperties, aesKey, decode, isEncrypted, lineOf } from './sevenzip-coders.ts';
import { Checked, Flowing } from './sevenzip-content.ts';
import {
  type Folder,
  parseHeader,
  type SevenFile,
  type SevenHeader,
  type Streams,
  sizeOf,
} from './sevenzip-header.ts';
import { Cursor, FileSource, type Source, Stretch } from './source.ts';
import { clausesOf } from './xz.ts';
import { bytesAt } from './zip-directory.ts';

const SIGNATURE = 32;
const LARGEST_HEADER = 128 << 20;
const UNIX_MODE = 0x8000;
const LINK = 0o120000;

/** The password is missing or wrong; the message is a reason for the ledger. */
class Locked extends Error {}

export class SevenZipReader implements ListedArchive {
  readonly #file: FileHandle;
  readonly #onRead: (count: number) => void;
  readonly #passwords: string[];
  readonly #starts = new WeakMap<Streams, number[]>();
  readonly #keys = new Map<string, Promise<Buffer>>();
  problem: string | null = null;

  constructor(file: FileHandle, onRead: (count: number) => void, passwords: readonly string[] = []) {
    this.#file = file;
    this.#onRead = onRead;
    this.#passwords = [...passwords];
  }

  async *entries(): AsyncGenerator<ListedMember> {
    let header: SevenHeader;
    try {
      header = await this.#header();
    } catch (error) {
      if (error instanceof Locked) {
        this.problem = 'the list of its members is encrypted';
        yield { kind: 'unreadable', stated: named('(members)'), reason: error.message };
        return;
      }
      if (!(error instanceof Damage)) throw error;
      this.problem = `the list of members at the end of the 7z archive cannot be read (${error.message}); it is cut or damaged`;
      yield* this.#withoutHeader();
      return;
    }
    yield* this.#listed(header);
  }

  async *list() {
    let header: SevenHeader;
    try {
      header = await this.#header();
    } catch (error) {
      if (error instanceof Locked) {
        yield { stated: named('(members)'), kind: 'unreadable' as const, encrypted: true };
      } else if (error instanceof Damage) {
        this.problem = `the list of members at the end of the 7z archive cannot be read (${error.message})`;
      } else throw error;
      return;
    }
    const folders = header.streams.parts.flatMap((parts, index) =>
      parts.map(({ size }) => ({ size, encrypted: isEncrypted(header.streams.folders[index]!) })),
    );
    let next = 0;
    for (const file of header.files) {
      const part = file.hasStream ? folders[next++] : undefined;
      const kind = file.isDirectory
        ? ('directory' as const)
        : isLink(file)
          ? ('link' as const)
          : ('file' as const);
      yield { stated: stated(file, part?.size ?? 0), kind, encrypted: part?.encrypted ?? false };
    }
  }

  async #header(): Promise<SevenHeader> {
    const start = await bytesAt(this.#file, 0, SIGNATURE);
    if (start.length < SIGNATURE) throw new Damage('the file is too short');
    if (zlib.crc32(start.subarray(12)) !== start.readUInt32LE(8))
      throw new Damage('the checksum of its first bytes does not match');
    const offset = Number(start.readBigUInt64LE(12));
    const size = Number(start.readBigUInt64LE(20));
    if (size === 0) return { streams: { packedAt: 0, packedSizes: [], folders: [], parts: [] }, files: [] };
    if (size > LARGEST_HEADER) throw new Damage('it states an impossible size');
    let bytes = await bytesAt(this.#file, SIGNATURE + offset, size);
    if (bytes.length < size) throw new Damage('the file ends before it');
    if (zlib.crc32(bytes) !== start.readUInt32LE(28)) throw new Damage('its checksum does not match');
    for (let layers = 0; layers < 4; layers++) {
      const parsed = parseHeader(bytes);
      if ('header' in parsed) return parsed.header;
      bytes = await this.#unpackedHeader(parsed.packed);
    }
    throw new Damage('it is packed too often');
  }

  async #unpackedHeader(streams: Streams): Promise<Buffer> {
    const folder = streams.folders[0];
    if (!folder || sizeOf(folder) > LARGEST_HEADER) throw new Damage('it is packed in an impossible way');
    const unpack = async (password: string | null): Promise<Buffer> => {
      const { source, close } = await this.#opened(streams, 0, password);
      const parts: Uint8Array[] = [];
      try {
        for (let left = sizeOf(folder); left > 0; left -= parts.at(-1)!.length) {
          const piece = await source.read();
          if (piece === null) throw new Damage('it is cut');
          parts.push(piece.subarray(0, left));
        }
      } finally {
        await close();
      }
      const whole = Buffer.concat(parts);
      if (folder.crc !== null && zlib.crc32(whole) !== folder.crc)
        throw new Damage('its checksum does not match');
      return whole;
    };
    if (!isEncrypted(folder)) return unpack(null);
    return this.#tried((password) => unpack(password));
  }

  /** The first password with which `read` succeeds; it is tried first next time. */
  async #tried<T>(read: (password: string) => Promise<T>): Promise<T> {
    if (this.#passwords.length === 0) throw new Locked('encrypted: its password was not given; not read');
    for (const password of this.#passwords) {
      try {
        const result = await read(password);
        this.#passwords.splice(this.#passwords.indexOf(password), 1);
        this.#passwords.unshift(password);
        return result;
      } catch (error) {
        if (!(error instanceof Damage)) throw error;
      }
    }
    const count = this.#passwords.length;
    throw new Locked(
      `encrypted: ${count === 1 ? 'the password given does not open it' : `none of the ${count} passwords given opens it`}; not read`,
    );
  }

  /** What a folder unpacks to, from its beginning. */
  async #opened(
    streams: Streams,
    index: number,
    password: string | null,
    gauge?: Gauge,
  ): Promise<{ source: Source; close: () => Promise<void> }> {
    const folder = streams.folders[index]!;
    const line = lineOf(folder);
    if (typeof line === 'string') throw new Damage(line);
    const start = SIGNATURE + streams.packedAt + this.#startOf(streams, folder.firstPacked);
    const raw = new FileSource(this.#file, {
      start,
      end: start + (streams.packedSizes[folder.firstPacked] ?? 0),
      onBytes: (piece) => {
        this.#onRead(piece.length);
        gauge?.packed(piece.length);
      },
    });
    return decode(raw, line, (properties) => this.#key(properties, password ?? ''));
  }

  /** Where a packed stream begins behind the first: summed up once, an archive may hold one for every member. */
  #startOf(streams: Streams, index: number): number {
    let starts = this.#starts.get(streams);
    if (!starts) {
      starts = [0];
      for (const size of streams.packedSizes) starts.push(starts.at(-1)! + size);
      this.#starts.set(streams, starts);
    }
    return starts[index] ?? 0;
  }

  #key(properties: AesProperties, password: string): Promise<Buffer> {
    const name = `${properties.power} ${Buffer.from(properties.salt).toString('hex')} ${password}`;
    const known = this.#keys.get(name) ?? aesKey(properties, password);
    this.#keys.set(name, known);
    return known;
  }

  async *#listed({ streams, files }: SevenHeader): AsyncGenerator<ListedMember> {
    const filled = files.filter((file) => file.hasStream);
    let next = 0;
    for (const file of files.filter((one) => !one.hasStream)) {
      if (file.isDirectory) yield { kind: 'directory', stated: stated(file, 0) };
      else yield { kind: 'file', stated: stated(file, 0), encrypted: false, open: () => NOTHING };
    }
    for (const [index, parts] of streams.parts.entries()) {
      const members = parts.flatMap((part) => {
        const file = filled[next++];
        return file ? [{ file, ...part }] : [];
      });
      if (members.length > 0) yield* this.#folder(streams, index, members);
    }
    if (next < filled.length)
      this.problem = `the list of members names ${filled.length} with content, and content for ${next}`;
  }

  async *#folder(streams: Streams, index: number, members: Part[]): AsyncGenerator<ListedMember> {
    const folder = streams.folders[index]!;
    const encrypted = isEncrypted(folder);
    const opened = await this.#attempt(streams, index, folder, encrypted);
    if (typeof opened === 'string') {
      for (const { file, size } of members) {
        yield { kind: 'unreadable', stated: stated(file, size), reason: opened };
      }
      return;
    }
    const from = new Cursor(opened.counted);
    let damage: string | null = null;
    try {
      for (const { file, size, crc } of members) {
        const about = stated(file, size);
        if (damage) {
          yield {
            kind: 'unreadable',
            stated: about,
            reason: `the data that it is packed in together with others is damaged before it (${damage}); not read`,
          };
          continue;
        }
        const content = new Checked(new Stretch(from, size), crc, encrypted);
        const open = (gauge?: Gauge): ListedContent => {
          opened.gauge = gauge;
          return content;
        };
        if (isLink(file)) yield { kind: 'link', stated: about, target: () => textOf(open()) };
        else yield { kind: 'file', stated: about, encrypted, open };
        damage = await content.leave();
      }
    } finally {
      await opened.close();
    }
  }

  /** The folder's content from its beginning, or why it can't be had. */
  async #attempt(
    streams: Streams,
    index: number,
    folder: Folder,
    encrypted: boolean,
  ): Promise<Opened | string> {
    const line = lineOf(folder);
    if (typeof line === 'string') return `${line}; not read`;
    try {
      if (!encrypted) return await this.#begun(streams, index, null);
      return await this.#tried((password) => this.#begun(streams, index, password));
    } catch (error) {
      if (error instanceof Locked) return error.message;
      if (error instanceof Damage) return `${error.message}; not read`;
      throw error;
    }
  }

  async #begun(streams: Streams, index: number, password: string | null): Promise<Opened> {
    const opened: Opened = { gauge: undefined, counted: NOTHING, close: async () => {} };
    // one gauge for the folder: its members are packed together
    const relay: Gauge = {
      packed: (count) => {
        opened.early = (opened.early ?? 0) + count;
      },
      unpacked: () => {},
    };
    const { source, close } = await this.#opened(streams, index, password, relay);
    const probe = new Cursor(source);
    if (password !== null) await this.#probe(probe, streams, index);
    opened.close = close;
    opened.counted = {
      read: async () => {
        const piece = await probe.read();
        opened.first ??= opened.gauge;
        if (opened.early) opened.first?.packed(opened.early);
        opened.early = 0;
        if (piece) opened.first?.unpacked(piece.length);
        return piece;
      },
    };
    return opened;
  }

  /** A wrong password shows in what unpacks first: its bytes, and the checksum of a first member that is small. */
  async #probe(probe: Cursor, streams: Streams, index: number): Promise<void> {
    const [first] = streams.parts[index]!;
    if (!first) return;
    const head = await probe.peek(Math.min(first.size, PROBED));
    if (head.length < Math.min(first.size, PROBED)) {
      await probe.take(head.length + 1); // throws what is wrong
      throw new Damage('it ends too early');
    }
    if (first.size <= PROBED && first.crc !== null && zlib.crc32(head) !== first.crc)
      throw new Damage('its checksum does not match');
  }

  /** LZMA2 says itself where it ends: what it holds is read as it stands, names and borders of members are lost. */
  async *#withoutHeader(): AsyncGenerator<ListedMember> {
    let at = SIGNATURE;
    let found = 0;
    for (; ; found++) {
      const raw = new FileSource(this.#file, { start: at, onBytes: (piece) => this.#onRead(piece.length) });
      const from = new Cursor(raw);
      const flow = clausesOf(unpackLzma2(from, LARGEST_DICTIONARY, '7z'), from, '7z');
      const content = new Flowing(flow);
      try {
        if (!(await content.isReadable())) break;
        yield {
          kind: 'file',
          stated: named(`(recovered ${found + 1})`, 'names and borders of the members in it are lost'),
          encrypted: false,
          open: (gauge) => content.gauged(gauge, () => from.offset),
        };
        if (!content.isWhole) break;
        at += from.offset;
      } finally {
        await flow.return(undefined);
      }
    }
    this.problem +=
      found > 0
        ? '. Members were read as one, without their names'
        : '. What is packed otherwise than with LZMA2 cannot be read without it';
  }
}

interface Part {
  file: SevenFile;
  size: number;
  crc: number | null;
}

interface Opened {
  counted: Source;
  /** Of the member at work; the first one counts for the folder. */
  gauge: Gauge | undefined;
  first?: Gauge | undefined;
  /** Bytes read before a gauge was there. */
  early?: number;
  close: () => Promise<void>;
}

const PROBED = 1 << 20;

const NOTHING: ListedContent = { read: async () => null, close: async () => {} };

const named = (path: string, remark?: string): Stated => ({
  ...{ path, size: null, mode: null, owner: null, mtimeUs: null },
  ...(remark ? { remark } : {}),
});

function stated({ name, mtimeUs, attributes }: SevenFile, size: number): Stated {
  const mode = attributes !== null && attributes & UNIX_MODE ? (attributes >>> 16) & 0o7777 : null;
  return { path: name.replaceAll('\\', '/'), size, mode, owner: null, mtimeUs };
}

const isLink = ({ attributes }: SevenFile): boolean =>
  attributes !== null && (attributes & UNIX_MODE) !== 0 && ((attributes >>> 16) & 0o170000) === LINK;

async function textOf(content: Source): Promise<string> {
  try {
    const piece = await content.read();
    return piece ? Buffer.from(piece.subarray(0, 4096)).toString() : '(nothing)';
  } catch (error) {
    if (error instanceof Damage) return '(unreadable)';
    throw error;
  }
}
