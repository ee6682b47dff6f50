// Writes a tar so that the same members give the same bytes: ustar headers without owner and time, pax records only
// where ustar has no room (long or non-ASCII names, 8 GiB and more). Format: POSIX.1-2024 pax.
const BLOCK = 512;
const USTAR_SIZE = 8 ** 11 - 1;

/** The header of a file, pax records before it where they are needed. */
export function tarHeader(name: string, size: number): Buffer {
  const bytes = Buffer.from(name);
  const plain = bytes.length <= 100 && /^[\x20-\x7e]+$/.test(name);
  if (plain && size <= USTAR_SIZE) return header(name, size, '0');
  const records = Buffer.concat([
    ...(plain ? [] : [record('path', bytes)]),
    ...(size <= USTAR_SIZE ? [] : [record('size', Buffer.from(String(size)))]),
  ]);
  const short = name.replace(/[^\x20-\x7e]/g, '_').slice(0, 100);
  return Buffer.concat([
    header('PaxHeaders/part', records.length, 'x'),
    records,
    tarPadding(records.length),
    header(short, Math.min(size, USTAR_SIZE), '0'),
  ]);
}

export const tarPadding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

/** Two empty blocks. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

function header(name: string, size: number, type: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  block.write(name, 0, 100, 'latin1');
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write(' '.repeat(8), 148, 'latin1');
  block.write(type, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** `<length> <key>=<value>\n`, the length counting itself. */
function record(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
