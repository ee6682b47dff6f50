// A zip whose members are encrypted with a password in the way of PKWARE, APPNOTE.TXT 6.1 (traditional encryption).
import { crc32 } from 'node:zlib';

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const step = (crc: number, byte: number): number => ((crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff]!) >>> 0;

function encrypt(password: string, content: Uint8Array): Uint8Array {
  let [k0, k1, k2] = [0x12345678, 0x23456789, 0x34567890];
  const update = (byte: number) => {
    k0 = step(k0, byte);
    k1 = (Math.imul((k1 + (k0 & 0xff)) >>> 0, 134_775_813) + 1) >>> 0;
    k2 = step(k2, k1 >>> 24);
  };
  for (const byte of Buffer.from(password)) update(byte);
  return content.map((byte) => {
    const t = (k2 | 2) & 0xffff;
    const pad = (Math.imul(t, t ^ 1) >>> 8) & 0xff;
    update(byte);
    return byte ^ pad;
  });
}

/** Stored members, all with the same password. */
export function encryptedZip(password: string, members: { name: string; content: string }[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of members) {
    const plain = Buffer.from(content);
    const path = Buffer.from(name);
    const crc = crc32(plain);
    const head = Buffer.alloc(12, 7); // eleven bytes that mean nothing, and the one that tells a wrong password
    head[11] = crc >>> 24;
    const data = encrypt(password, Buffer.concat([head, plain]));
    const common = Buffer.alloc(26); // from "version needed" to the length of the extra field
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0801, 2); // encrypted; names are UTF-8
    common.writeUInt16LE(0x5b74, 8); // 2025-11-20
    common.writeUInt32LE(crc, 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, path, data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, path]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
