// A zip whose members are encrypted with a password in the way of PKWARE, APPNOTE.TXT 6.1 (traditional encryption).
import { crc32 } from 'node:zlib';
import { type Entry, zipOf } from '../integration/bundles.ts';

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
export const encryptedZip = (password: string, members: Entry[]): Buffer =>
  zipOf(members, (plain) => {
    const head = Buffer.alloc(12, 7); // eleven bytes that mean nothing, and the one that tells a wrong password
    head[11] = crc32(plain) >>> 24;
    return Buffer.from(encrypt(password, Buffer.concat([head, plain])));
  });
