// Zip part by part, so that each part may lie. Format: PKWARE APPNOTE 6.3.10.
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  name: string | Uint8Array;
  content?: Uint8Array | string;
  /** 0 stored, 8 deflate; the data is packed so unless `data` is given. */
  method?: number;
  data?: Uint8Array;
  flags?: number;
  crc?: number;
  /** Sizes as stated, where they lie. */
  size?: number;
  packed?: number;
  /** In the local header, where it is not that of the directory. */
  localName?: string;
  localSize?: number;
  /** Sizes and checksum follow the content. */
  descriptor?: 'signed' | 'bare';
  attributes?: number;
  extra?: Uint8Array;
  /** Where the directory says that the local header stands. */
  offset?: number;
}

export interface ZipOptions {
  comment?: Uint8Array | string;
  before?: Uint8Array;
  /** Entries as stated at the end. */
  count?: number;
  directoryOffset?: number;
  directorySize?: number;
  zip64?: boolean;
  withoutEnd?: boolean;
}

export const UNIX_FILE = 0o100644;

export function zipOf(entries: ZipEntry[], options: ZipOptions = {}): Buffer {
  const parts: Buffer[] = [Buffer.from(options.before ?? '')];
  let at = parts[0]!.length;
  const directory: Buffer[] = [];
  for (const entry of entries) {
    const local = localPart(entry);
    directory.push(directoryPart(entry, entry.offset ?? at));
    parts.push(local);
    at += local.length;
  }
  const listed = Buffer.concat(directory);
  parts.push(listed);
  if (!options.withoutEnd) parts.push(endOf(entries.length, listed.length, at, options));
  return Buffer.concat(parts);
}

export function packedOf(entry: ZipEntry): { content: Buffer; data: Buffer; method: number } {
  const content = Buffer.from(entry.content ?? '');
  const method = entry.method ?? 8;
  return {
    content,
    method,
    data: Buffer.from(entry.data ?? (method === 8 ? deflateRawSync(content) : content)),
  };
}

function localPart(entry: ZipEntry): Buffer {
  const { content, data, method } = packedOf(entry);
  const name = Buffer.from(entry.localName ?? entry.name);
  const extra = Buffer.from(entry.extra ?? '');
  const head = Buffer.alloc(30);
  head.writeUInt32LE(0x04034b50, 0);
  head.writeUInt16LE(45, 4);
  head.writeUInt16LE((entry.flags ?? 0x800) | (entry.descriptor ? 8 : 0), 6);
  head.writeUInt16LE(method, 8);
  head.writeUInt32LE(0x5d74_6000, 10);
  const sums = Buffer.alloc(12);
  sums.writeUInt32LE(entry.crc ?? crc32(content), 0);
  sums.writeUInt32LE(entry.packed ?? data.length, 4);
  sums.writeUInt32LE(entry.localSize ?? entry.size ?? content.length, 8);
  if (!entry.descriptor) sums.copy(head, 14);
  head.writeUInt16LE(name.length, 26);
  head.writeUInt16LE(extra.length, 28);
  const tail = entry.descriptor
    ? [entry.descriptor === 'signed' ? Buffer.from('PK\x07\x08', 'latin1') : Buffer.alloc(0), sums]
    : [];
  return Buffer.concat([head, name, extra, data, ...tail]);
}

function directoryPart(entry: ZipEntry, offset: number): Buffer {
  const { content, data, method } = packedOf(entry);
  const name = Buffer.from(entry.name);
  const extra = Buffer.from(entry.extra ?? '');
  const head = Buffer.alloc(46);
  head.writeUInt32LE(0x02014b50, 0);
  head.writeUInt16LE((3 << 8) | 45, 4);
  head.writeUInt16LE(45, 6);
  head.writeUInt16LE((entry.flags ?? 0x800) | (entry.descriptor ? 8 : 0), 8);
  head.writeUInt16LE(method, 10);
  head.writeUInt32LE(0x5d74_6000, 12);
  head.writeUInt32LE(entry.crc ?? crc32(content), 16);
  head.writeUInt32LE(entry.packed ?? data.length, 20);
  head.writeUInt32LE(entry.size ?? content.length, 24);
  head.writeUInt16LE(name.length, 28);
  head.writeUInt16LE(extra.length, 30);
  head.writeUInt32LE(((entry.attributes ?? UNIX_FILE) << 16) >>> 0, 38);
  head.writeUInt32LE(offset, 42);
  return Buffer.concat([head, name, extra]);
}

function endOf(count: number, size: number, offset: number, options: ZipOptions): Buffer {
  const comment = Buffer.from(options.comment ?? '');
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  const stated = options.count ?? count;
  const big = options.zip64 || stated > 0xfffe;
  end.writeUInt16LE(big ? 0xffff : stated, 8);
  end.writeUInt16LE(big ? 0xffff : stated, 10);
  end.writeUInt32LE(options.zip64 ? 0xffffffff : (options.directorySize ?? size), 12);
  end.writeUInt32LE(options.zip64 ? 0xffffffff : (options.directoryOffset ?? offset), 16);
  end.writeUInt16LE(comment.length, 20);
  if (!big) return Buffer.concat([end, comment]);
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(stated), 24);
  record.writeBigUInt64LE(BigInt(stated), 32);
  record.writeBigUInt64LE(BigInt(options.directorySize ?? size), 40);
  record.writeBigUInt64LE(BigInt(options.directoryOffset ?? offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + size), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator, end, comment]);
}

/** The sizes of an entry in the field of zip64: content, packed. */
export function zip64Extra(content: bigint, packed: bigint): Buffer {
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(16, 2);
  extra.writeBigUInt64LE(content, 4);
  extra.writeBigUInt64LE(packed, 12);
  return extra;
}

/**
 * Many entries over one kernel of deflated zeros: fully overlapping, or with local headers quoted as stored blocks so that
 * every file goes on into the next. After David Fifield, "A better zip bomb" (WOOT 2019).
 */
export function overlappingZip(entries: number, kernelBytes: number, quoted: boolean): Buffer {
  const kernel = deflateRawSync(Buffer.alloc(kernelBytes), { level: 9 });
  const crcOf = (content: Buffer) => crc32(content);
  const name = (i: number) => Buffer.from(`f${String(i).padStart(4, '0')}`);
  const head = (i: number, packed: number, size: number, crc: number) => {
    const block = Buffer.alloc(30);
    block.writeUInt32LE(0x04034b50, 0);
    block.writeUInt16LE(20, 4);
    block.writeUInt16LE(8, 8);
    block.writeUInt32LE(crc, 14);
    block.writeUInt32LE(packed, 18);
    block.writeUInt32LE(size, 22);
    block.writeUInt16LE(5, 26);
    return Buffer.concat([block, name(i)]);
  };
  const zeros = Buffer.alloc(kernelBytes);
  const files: { local: Buffer; data: Buffer; content: Buffer }[] = [];
  if (!quoted) {
    const local = head(0, kernel.length, kernelBytes, crcOf(zeros));
    for (let i = 0; i < entries; i++) files.push({ local, data: kernel, content: zeros });
    return assembled(
      files,
      [Buffer.concat([local, kernel])],
      files.map(() => 0),
      name,
    );
  }
  // from the last file backwards: each quotes the local header of the next as a stored block, then goes on with its data
  const parts: Buffer[] = [];
  let data = kernel;
  let content = zeros;
  for (let i = entries - 1; i >= 0; i--) {
    const local = head(i, data.length, content.length, crcOf(content));
    files.unshift({ local, data, content });
    parts.unshift(local);
    const quote = Buffer.alloc(5);
    quote.writeUInt16LE(local.length, 1);
    quote.writeUInt16LE(~local.length & 0xffff, 3);
    if (i > 0) parts.unshift(quote);
    data = Buffer.concat([quote, local, data]);
    content = Buffer.concat([local, content]);
  }
  const offsets: number[] = [];
  let at = 0;
  for (const part of parts) {
    if (part.length > 5) offsets.push(at);
    at += part.length;
  }
  return assembled(files, [...parts, kernel], offsets, name);
}

function assembled(
  files: { local: Buffer; data: Buffer; content: Buffer }[],
  parts: Buffer[],
  offsets: number[],
  name: (i: number) => Buffer,
): Buffer {
  const body = Buffer.concat(parts);
  const directory = Buffer.concat(
    files.map(({ data, content }, i) =>
      directoryPart({ name: name(i), content, data, method: 8, flags: 0 }, offsets[i]!),
    ),
  );
  return Buffer.concat([body, directory, endOf(files.length, directory.length, body.length, {})]);
}
