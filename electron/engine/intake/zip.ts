// Reads a zip by its directory, or by the headers before the members where that is lost. Own reader because what a cut,
// contradicting or split zip still holds has to be found, and names and passwords are judged by us.
import type { FileHandle } from 'node:fs/promises';
import { Damage } from './damage.ts';
import type { Gauge } from './limits.ts';
import type { ListedArchive, ListedMember } from './listed.ts';
import { decodeName } from './member-name.ts';
import type { Stated } from './reading.ts';
import { FileSource, PIECE, type Source } from './source.ts';
import { UNPACKED } from './unpack.ts';
import { type ZipCompression, ZipContent } from './zip-content.ts';
import {
  type AesField,
  AesSource,
  aesField,
  aesKeys,
  aesOverhead,
  CipherSource,
  mayBePassword,
} from './zip-crypto.ts';
import {
  bytesAt,
  type Directory,
  directoryEntries,
  extraField,
  findDirectory,
  nameOf,
  widen,
  type ZipEntry,
} from './zip-directory.ts';

export type ZipMember = ListedMember;

const AES = 99;
const METHODS: Record<number, string> = {
  1: 'shrink',
  6: 'implode',
  12: 'bzip2',
  14: 'lzma',
  93: 'zstd',
  95: 'xz',
  98: 'ppmd',
};
const HEAD = 30;
/** Bytes that do not unpack by chance. */
const PROVEN = 1_024;
const ENCRYPTED = 1;
/** Flag: sizes and checksum follow the content. */
const SIZES_LATER = 0x8;
const STRONG = 0x40;
const MASKED = 0x2000;
const LINK = 0o120000;

/** A member with its place found. */
interface Placed {
  stated: Stated;
  entry: ZipEntry;
  start: number;
  /** Where the packed bytes end; null when only the data says it. */
  end: number | null;
  /** Sizes and checksum are known. */
  sized: boolean;
}

export class ZipReader implements ListedArchive {
  readonly #file: FileHandle;
  readonly #onRead: (count: number) => void;
  readonly #passwords: string[];
  readonly #seen = new Set<number>();
  /** A clause about what is wrong with the directory of the zip. */
  problem: string | null = null;

  /** `onRead` hears of content bytes read from the file and may throw to stop. */
  constructor(file: FileHandle, onRead: (count: number) => void, passwords: readonly string[] = []) {
    this.#file = file;
    this.#onRead = onRead;
    this.#passwords = [...passwords];
  }

  async *entries(): AsyncGenerator<ZipMember> {
    const { size } = await this.#file.stat();
    const directory = await findDirectory(this.#file, size);
    if (typeof directory === 'string') {
      this.problem = `the directory at the end of the zip cannot be read (${directory}); it is cut or damaged. Members were looked for one after another`;
      yield* this.#withoutDirectory();
      return;
    }
    this.problem = directory.problem;
    let isDamaged = false;
    const listed = directoryEntries(this.#file, directory, (clause) => {
      if (!isDamaged) this.problem = clause;
      isDamaged = true;
    });
    for await (const entry of listed) {
      this.#seen.add(entry.offset + directory.shift);
      yield await this.#member(entry, directory);
    }
    if (!isDamaged) return;
    this.problem += '. Members that it does not list were looked for one after another';
    yield* this.#withoutDirectory();
  }

  async *list() {
    for await (const member of this.entries()) {
      const encrypted =
        member.kind === 'file'
          ? member.encrypted
          : member.kind === 'unreadable' && member.reason.startsWith('encrypted');
      yield { stated: member.stated, kind: member.kind, encrypted };
    }
  }

  async #member(entry: ZipEntry, directory: Directory): Promise<ZipMember> {
    const { unixMode } = entry;
    const stated: Stated = {
      path: entry.name,
      size: entry.size,
      mode: unixMode === 0 ? null : unixMode & 0o7777,
      owner: null,
      mtimeUs: entry.mtimeUs,
    };
    if (stated.path.endsWith('/')) return { kind: 'directory', stated };
    if (entry.disk !== directory.disk)
      return unreadable(
        stated,
        'it stands in another part of a split zip: join the parts (zip -s 0 x.zip --out whole.zip) and add the result',
      );
    const at = entry.offset + directory.shift;
    const head = await bytesAt(this.#file, at, HEAD);
    if (head.length < HEAD || head.readUInt32LE(0) !== 0x04034b50)
      return unreadable(stated, `its place in the zip is damaged (no header at byte ${at}); not read`);
    const tail = head.readUInt16LE(26) + head.readUInt16LE(28);
    const remark = contradiction(entry, head, await bytesAt(this.#file, at + HEAD, head.readUInt16LE(26)));
    const start = at + HEAD + tail;
    const placed = { stated: remark ? { ...stated, remark } : stated, entry, start };
    return this.#placed({ ...placed, end: start + entry.packed, sized: true });
  }

  /** A member whose packed bytes are found: how its content is had. */
  async #placed(placed: Placed): Promise<ZipMember> {
    const { stated, entry } = placed;
    const aes = entry.method === AES ? aesField(extraField(entry.extra, 0x9901)) : null;
    const method = aes?.method ?? entry.method;
    const compression = compressionOf(method);
    const encrypted = (entry.flags & ENCRYPTED) !== 0;
    if (encrypted && (entry.flags & STRONG || entry.flags & MASKED))
      return unreadable(
        stated,
        "encrypted with PKWARE's strong encryption, which is not undone; unpack it and add the result",
      );
    if (compression === undefined) return unreadable(stated, unreadMethod(method));
    if (encrypted && entry.method === AES && !aes)
      return unreadable(stated, 'encrypted in a way that its header does not state as documented; not read');
    const decrypt = encrypted ? await this.#decryption(placed, aes, compression) : null;
    if (typeof decrypt === 'string') return unreadable(stated, decrypt);
    const open = (gauge?: Gauge): ZipContent => {
      const raw = this.#raw(placed);
      return contentOf(decrypt ? decrypt(raw) : raw, placed, compression, aes, gauge);
    };
    if ((entry.unixMode & 0o170000) === LINK) return { kind: 'link', stated, target: () => targetOf(open) };
    return { kind: 'file', stated, encrypted, open };
  }

  #raw({ start, end }: Placed): FileSource {
    const range = end === null ? { start } : { start, end };
    return new FileSource(this.#file, { ...range, onBytes: (piece) => this.#onRead(piece.length) });
  }

  /** Undoes the encryption with the first password that is right; a reason when none is. The right one is tried first next. */
  async #decryption(
    placed: Placed,
    aes: AesField | null,
    compression: ZipCompression | null,
  ): Promise<((raw: Source) => Source) | string> {
    if (this.#passwords.length === 0) return 'encrypted: its password was not given; not read';
    const { entry, start, end } = placed;
    if (end === null) return 'encrypted, and the zip is cut: only its lost directory says where this ends';
    const head = await bytesAt(this.#file, start, Math.min(18, end - start));
    for (const password of this.#passwords) {
      const decrypt = aes
        ? await aesDecryption(head, aes, password, end - start)
        : this.#cipherDecryption(head, entry, password);
      if (!decrypt) continue;
      if (!aes && !(await this.#isReadable(placed, compression, decrypt))) continue;
      this.#passwords.splice(this.#passwords.indexOf(password), 1);
      this.#passwords.unshift(password);
      return decrypt;
    }
    const count = this.#passwords.length;
    return `encrypted: ${count === 1 ? 'the password given does not open it' : `none of the ${count} passwords given opens it`}${aes ? '' : ', or its data is damaged'}; not read`;
  }

  #cipherDecryption(
    head: Buffer,
    { flags, dosTime, crc32 }: ZipEntry,
    password: string,
  ): ((raw: Source) => Source) | null {
    const expected = flags & SIZES_LATER ? dosTime >> 8 : crc32 >>> 24;
    return mayBePassword(head, password, expected) ? (raw) => new CipherSource(raw, password) : null;
  }

  /** One wrong password in 256 passes the check of the traditional cipher: the first bytes have to unpack too. */
  async #isReadable(
    placed: Placed,
    compression: ZipCompression | null,
    decrypt: (raw: Source) => Source,
  ): Promise<boolean> {
    const content = contentOf(decrypt(this.#raw(placed)), placed, compression, null, undefined);
    // stored bytes say nothing by themselves: only the checksum at their end does
    const enough = compression === null ? PIECE : PROVEN;
    try {
      for (let size = 0; size < enough; ) {
        const piece = await content.read();
        if (piece === null) return true;
        size += piece.length;
      }
      return true;
    } catch (error) {
      if (error instanceof Damage) return false;
      throw error;
    } finally {
      await content.close();
    }
  }

  /** Members by the headers before their content: less is known (no mode, no links), but a cut zip has no more. */
  async *#withoutDirectory(): AsyncGenerator<ZipMember> {
    for (let at = await this.#nextMember(0); at !== null; ) {
      const head = await bytesAt(this.#file, at, HEAD);
      if (head.length < HEAD) return;
      const tail = await bytesAt(this.#file, at + HEAD, head.readUInt16LE(26) + head.readUInt16LE(28));
      const entry = localEntry(head, tail, at);
      const start = at + HEAD + head.readUInt16LE(26) + head.readUInt16LE(28);
      const later = (entry.flags & SIZES_LATER) !== 0 && entry.packed === 0;
      let end: number | null = later ? null : start + entry.packed;
      if (!this.#seen.has(at)) {
        const found = await this.#local({ entry, start, end, sized: !later });
        yield found.member;
        const consumed = found.consumed();
        if (end === null && consumed !== null) end = start + consumed;
      }
      at = await this.#nextMember(end ?? start);
    }
  }

  async #local(place: Omit<Placed, 'stated'>): Promise<{ member: ZipMember; consumed: () => number | null }> {
    const { entry, end } = place;
    const size = place.sized ? entry.size : null;
    const stated: Stated = { path: entry.name, size, mode: null, owner: null, mtimeUs: null };
    const none = () => null;
    if (entry.name.endsWith('/')) return { member: { kind: 'directory', stated }, consumed: none };
    if (end === null && entry.method !== 8) {
      const reason = 'the zip is cut and only its lost directory says where this ends';
      return { member: unreadable(stated, reason), consumed: none };
    }
    const member = await this.#placed({ ...place, stated });
    if (member.kind !== 'file') return { member, consumed: none };
    let content: ZipContent | null = null;
    const open = (gauge?: Gauge): ZipContent => {
      content = member.open(gauge) as ZipContent;
      return content;
    };
    return { member: { ...member, open }, consumed: () => content?.consumed ?? null };
  }

  /** Where the next header of a member stands; null when only the directory or nothing follows. */
  async #nextMember(from: number): Promise<number | null> {
    for (let at = from, window = 64; ; window = PIECE) {
      const piece = await bytesAt(this.#file, at, window);
      const found = piece.indexOf('PK\x03\x04', 0, 'latin1');
      const directory = piece.indexOf('PK\x01\x02', 0, 'latin1');
      if (found >= 0 && (directory < 0 || found < directory)) return at + found;
      if (directory >= 0 || piece.length < window) return null;
      at += piece.length - 3;
      this.#onRead(0);
    }
  }
}

const unreadable = (stated: Stated, reason: string): ZipMember => ({ kind: 'unreadable', stated, reason });

/** What the header before the content says of the member. */
function localEntry(head: Buffer, tail: Buffer, offset: number): ZipEntry {
  const rawName = tail.subarray(0, head.readUInt16LE(26));
  const extra = tail.subarray(head.readUInt16LE(26));
  const entry: ZipEntry = {
    name: nameOf(rawName, extra, false),
    rawName,
    madeOnUnix: false,
    unixMode: 0,
    flags: head.readUInt16LE(6),
    method: head.readUInt16LE(8),
    dosTime: head.readUInt16LE(10),
    mtimeUs: null,
    crc32: head.readUInt32LE(14),
    packed: head.readUInt32LE(18),
    size: head.readUInt32LE(22),
    disk: 0,
    offset,
    extra,
  };
  widen(entry);
  return entry;
}

/** Where the directory and the header before the content tell different things: another program may see another member. */
function contradiction(entry: ZipEntry, head: Buffer, name: Buffer): string | null {
  const clauses: string[] = [];
  if (!name.equals(entry.rawName)) clauses.push(`another name ('${decodeName(name.subarray(0, 200))}')`);
  if (head.readUInt16LE(8) !== entry.method) clauses.push('another compression');
  if ((head.readUInt16LE(6) & ENCRYPTED) !== (entry.flags & ENCRYPTED)) clauses.push('another encryption');
  const later = (head.readUInt16LE(6) & SIZES_LATER) !== 0;
  if (!later && head.readUInt32LE(22) !== 0xffffffff && head.readUInt32LE(22) !== entry.size)
    clauses.push(`another size (${head.readUInt32LE(22)})`);
  return clauses.length > 0
    ? `the header before its content states ${clauses.join(' and ')} than the directory of the zip, which was followed`
    : null;
}

async function aesDecryption(head: Buffer, aes: AesField, password: string, packed: number) {
  const around = aesOverhead(aes);
  const keys = packed < around ? null : await aesKeys(head, aes, password);
  if (!keys) return null;
  return (raw: Source): Source => {
    const before = aes.key / 2 + 2;
    return new AesSource(without(raw, before), keys, packed - around);
  };
}

/** A stream without its first bytes. */
function without(from: Source, count: number): Source {
  let left = count;
  return {
    read: async () => {
      for (let piece = await from.read(); ; piece = await from.read()) {
        if (piece === null || left === 0) return piece;
        const cut = Math.min(left, piece.length);
        left -= cut;
        if (cut < piece.length) return piece.subarray(cut);
      }
    },
  };
}

function contentOf(
  raw: Source,
  { entry, sized }: Placed,
  compression: ZipCompression | null,
  aes: AesField | null,
  gauge: Gauge | undefined,
): ZipContent {
  const states = {
    size: sized ? entry.size : null,
    crc32: sized && aes?.version !== 2 ? entry.crc32 : null,
  };
  return new ZipContent(raw, compression, states, gauge);
}

function unreadMethod(method: number): string {
  return `compressed with ${METHODS[method] ?? `method ${method}`}, which this version does not unpack; not read`;
}

function compressionOf(method: number): ZipCompression | null | undefined {
  if (method === 0) return null;
  if (method === 8) return 'deflate';
  if (method === 9) return 'deflate64';
  if (method === 14) return 'zip lzma';
  const named = ({ 12: 'bzip2', 93: 'zstd', 95: 'xz' } as const)[method];
  return named && UNPACKED.has(named) ? named : undefined;
}

async function targetOf(open: () => ZipContent): Promise<string> {
  const content = open();
  try {
    const chunk = await content.read();
    return chunk ? decodeName(chunk.subarray(0, 4096)) : '(nothing)';
  } catch (error) {
    if (error instanceof Damage) return '(unreadable)';
    throw error;
  } finally {
    await content.close();
  }
}
