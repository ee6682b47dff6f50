// Tar block by block, so that it may hold what no packer writes. Format: POSIX.1-2024 pax, GNU tar manual appendix D.

export interface TarFields {
  type?: string;
  content?: Uint8Array | string;
  /** The size field, as stated: a number in octal, or its twelve bytes. */
  size?: number | Uint8Array;
  mode?: string | Uint8Array;
  /** The time field's twelve bytes. */
  mtime?: Uint8Array;
  link?: string;
  prefix?: string;
  magic?: string;
  /** Its eight bytes; the right one when left out. */
  checksum?: string;
}

export const TAR_END = Buffer.alloc(1024);

/** A member: its header and its content, padded. */
export function tarMember(name: Uint8Array | string, fields: TarFields = {}): Buffer {
  const content = Buffer.from(fields.content ?? '');
  return Buffer.concat([
    tarHeader(name, { ...fields, size: fields.size ?? content.length }),
    padded(content),
  ]);
}

export function tarHeader(name: Uint8Array | string, fields: TarFields): Buffer {
  const block = Buffer.alloc(512);
  Buffer.from(name).copy(block, 0, 0, 100);
  Buffer.from(fields.mode ?? '0000644\0').copy(block, 100, 0, 8);
  block.write('0001750\0', 108);
  block.write('0001750\0', 116);
  const { size = 0 } = fields;
  if (typeof size === 'number') block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  else Buffer.from(size).copy(block, 124, 0, 12);
  block.write('15106450000\0', 136);
  if (fields.mtime) Buffer.from(fields.mtime).copy(block, 136, 0, 12);
  block.write('        ', 148);
  block.write(fields.type ?? '0', 156);
  if (fields.link) block.write(fields.link, 157, 100);
  block.write(fields.magic ?? 'ustar\x0000', 257, 'latin1');
  if (fields.prefix) block.write(fields.prefix, 345, 155);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(fields.checksum ?? `${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

export function padded(content: Uint8Array): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** Base 256, as GNU tar writes what octal cannot hold; negative numbers in two's complement. */
export function base256(value: bigint): Buffer {
  const bytes = Buffer.alloc(12);
  let rest = BigInt.asUintN(96, value);
  for (let at = 11; at >= 0; at--) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  if (value >= 0n) bytes[0] = bytes[0]! | 0x80;
  return bytes;
}

/** An extended header of pax before a member; `record` may lie about its own length. */
export function pax(records: Record<string, string | Uint8Array>, type = 'x'): Buffer {
  const body = Buffer.concat(Object.entries(records).map(([key, value]) => paxRecord(key, value)));
  return tarMember('pax', { type, content: body });
}

export function paxRecord(key: string, value: string | Uint8Array, length?: number): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
  let total = rest.length + 1;
  while (`${total}`.length + rest.length !== total) total++;
  return Buffer.concat([Buffer.from(`${length ?? total}`), rest]);
}

/** GNU: the name of the next member, as the content of a member of its own. */
export function gnuLong(name: Uint8Array | string, type: 'L' | 'K' = 'L'): Buffer {
  return tarMember('././@LongLink', {
    type,
    content: Buffer.concat([Buffer.from(name), Buffer.alloc(1)]),
    magic: 'ustar  \0',
  });
}

export function tarOf(members: Record<string, Uint8Array | string>): Buffer {
  return Buffer.concat([
    ...Object.entries(members).map(([name, content]) => tarMember(name, { content })),
    TAR_END,
  ]);
}
