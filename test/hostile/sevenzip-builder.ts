// 7z with stored content and a plain header, so that every number of it may lie. Format: 7zFormat.txt of the LZMA SDK.
import { crc32 } from 'node:zlib';

export interface SevenFile {
  name: string;
  content: Uint8Array;
}

/** Numbers of the header that may be stated otherwise than they are. */
export interface SevenLies {
  files?: bigint;
  folders?: bigint;
  packStreams?: bigint;
  packPos?: bigint;
  packSize?: bigint;
  size?: bigint;
  coders?: bigint;
  namesSize?: bigint;
  headerOffset?: bigint;
  headerSize?: bigint;
  headerCrc?: number;
}

/** A number in as many bytes as it needs: leading ones of the first byte tell how many follow. */
export function sevenNumber(value: bigint): Buffer {
  for (let extra = 0; extra < 8; extra++) {
    if (value >= 1n << BigInt(7 * (extra + 1))) continue;
    const bytes = [(0xff00 >> extra) & 0xff & ~((1 << (8 - extra)) - 1)];
    const low = BigInt(8 * extra);
    bytes[0] = bytes[0]! | Number(value >> low);
    for (let i = 0; i < extra; i++) bytes.push(Number((value >> BigInt(8 * i)) & 0xffn));
    return Buffer.from(bytes);
  }
  const bytes = Buffer.alloc(9, 0xff);
  bytes.writeBigUInt64LE(value, 1);
  return bytes;
}

/** The header of `files`, each a folder of its own that is stored. */
export function sevenHeader(files: SevenFile[], lies: SevenLies = {}): Buffer {
  const n = BigInt(files.length);
  const number = (value: bigint | number) => sevenNumber(BigInt(value));
  const crcs = files.map(({ content }) => {
    const crc = Buffer.alloc(4);
    crc.writeUInt32LE(crc32(content));
    return crc;
  });
  const names = Buffer.concat(files.map(({ name }) => Buffer.from(`${name}\0`, 'utf16le')));
  return Buffer.concat([
    Buffer.from([0x01, 0x04, 0x06]),
    number(lies.packPos ?? 0),
    number(lies.packStreams ?? n),
    Buffer.from([0x09]),
    ...files.map(({ content }) => number(lies.packSize ?? content.length)),
    Buffer.from([0x00, 0x07, 0x0b]),
    number(lies.folders ?? n),
    Buffer.from([0x00]),
    ...files.map(() => Buffer.concat([number(lies.coders ?? 1), Buffer.from([0x01, 0x00])])),
    Buffer.from([0x0c]),
    ...files.map(({ content }) => number(lies.size ?? content.length)),
    Buffer.from([0x0a, 0x01]),
    ...crcs,
    Buffer.from([0x00, 0x00, 0x05]),
    number(lies.files ?? n),
    Buffer.from([0x11]),
    number(lies.namesSize ?? names.length + 1),
    Buffer.from([0x00]),
    names,
    Buffer.from([0x00, 0x00]),
  ]);
}

export function sevenOf(files: SevenFile[], lies: SevenLies = {}): Buffer {
  return sevenWith(Buffer.concat(files.map(({ content }) => content)), sevenHeader(files, lies), lies);
}

/** The start of the file, packed streams, and a header with the checksum that it has. */
export function sevenWith(packed: Uint8Array, header: Uint8Array, lies: SevenLies = {}): Buffer {
  const start = Buffer.alloc(32);
  start.write('7z\xbc\xaf\x27\x1c\x00\x04', 'latin1');
  start.writeBigUInt64LE(lies.headerOffset ?? BigInt(packed.length), 12);
  start.writeBigUInt64LE(lies.headerSize ?? BigInt(header.length), 20);
  start.writeUInt32LE(lies.headerCrc ?? crc32(header), 28);
  start.writeUInt32LE(crc32(start.subarray(12)), 8);
  return Buffer.concat([start, packed, header]);
}

/** A header that says: the header is packed, and stands where this one stands. */
export function sevenOfItself(): Buffer {
  const build = (size: number) =>
    Buffer.concat([
      Buffer.from([0x17, 0x06, 0x00, 0x01, 0x09]),
      sevenNumber(BigInt(size)),
      Buffer.from([0x00, 0x07, 0x0b, 0x01, 0x00, 0x01, 0x01, 0x00, 0x0c]),
      sevenNumber(BigInt(size)),
      Buffer.from([0x00, 0x00]),
    ]);
  const header = build(build(0).length);
  return sevenWith(Buffer.alloc(0), header);
}
