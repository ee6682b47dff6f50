// Encrypted members of a zip: the traditional cipher of PKWARE (APPNOTE 6.1) and WinZip's AES (AE-1 and AE-2,
// winzip.com/aes_info.html). Decrypts as a stream; the codes at the end say whether it is what was packed.
import { createCipheriv, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Damage } from './damage.ts';
import { Cursor, type Source } from './source.ts';

const derive = promisify(pbkdf2);

/** What the extra field 0x9901 states. */
export interface AesField {
  /** 1: the checksum holds too. 2: it is not given. */
  version: 1 | 2;
  /** Bytes of the key: 16, 24 or 32. */
  key: number;
  /** The method of compression under it. */
  method: number;
}

export function aesField(field: Buffer | null): AesField | null {
  if (!field || field.length < 7 || field.toString('latin1', 2, 4) !== 'AE') return null;
  const [version, strength] = [field.readUInt16LE(0), field[4]!];
  if ((version !== 1 && version !== 2) || strength < 1 || strength > 3) return null;
  return { version, key: 8 + 8 * strength, method: field.readUInt16LE(5) };
}

/** Codes of WinZip's AES at the end of the data. */
const MAC = 10;

/** Bytes that stand around the encrypted ones. */
export const aesOverhead = ({ key }: AesField): number => key / 2 + 2 + MAC;

/** The keys that `password` gives for the salt of a member; null when its check says that it is another. */
export async function aesKeys(
  head: Uint8Array,
  { key }: AesField,
  password: string,
): Promise<{ cipher: Buffer; mac: Buffer } | null> {
  const salt = head.subarray(0, key / 2);
  const keys = await derive(password, salt, 1000, 2 * key + 2, 'sha1');
  if (!keys.subarray(2 * key).equals(head.subarray(key / 2, key / 2 + 2))) return null;
  return { cipher: keys.subarray(0, key), mac: keys.subarray(key, 2 * key) };
}

/** Counter mode with the counter's lowest byte first, as WinZip has it; `length` bytes, then the code. */
export class AesSource implements Source {
  readonly #from: Cursor;
  readonly #cipher: ReturnType<typeof createCipheriv>;
  readonly #mac;
  #left: number;
  #block = 1;
  #rest: Buffer = Buffer.alloc(0);

  constructor(from: Source, keys: { cipher: Buffer; mac: Buffer }, length: number) {
    this.#from = new Cursor(from);
    this.#cipher = createCipheriv(`aes-${keys.cipher.length * 8}-ecb`, keys.cipher, null);
    this.#cipher.setAutoPadding(false);
    this.#mac = createHmac('sha1', keys.mac);
    this.#left = length;
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#left === 0) return this.#end();
    const piece = await this.#from.read(this.#left);
    if (piece === null) throw new Damage('the encrypted data is cut');
    this.#left -= piece.length;
    this.#mac.update(piece);
    const out = Buffer.allocUnsafeSlow(piece.length);
    const stream = this.#stream(piece.length);
    for (let at = 0; at < piece.length; at++) out[at] = piece[at]! ^ stream[at]!;
    this.#rest = Buffer.from(stream.subarray(piece.length));
    return out;
  }

  /** At least `count` bytes to be combined with the data. */
  #stream(count: number): Buffer {
    const blocks = Math.ceil(Math.max(0, count - this.#rest.length) / 16);
    const counters = Buffer.alloc(blocks * 16);
    for (let block = 0; block < blocks; block++) {
      counters.writeUInt32LE(this.#block % 2 ** 32, block * 16);
      counters.writeUInt32LE(Math.floor(this.#block / 2 ** 32), block * 16 + 4);
      this.#block++;
    }
    return Buffer.concat([this.#rest, this.#cipher.update(counters)]);
  }

  async #end(): Promise<null> {
    this.#left = -1;
    const stated = await this.#from.take(MAC);
    if (stated.length < MAC) throw new Damage('the encrypted data is cut before its authentication code');
    const own = this.#mac.digest().subarray(0, MAC);
    if (!timingSafeEqual(own, stated))
      throw new Damage(
        'the authentication code of the encrypted data does not match: some of what was decrypted is not what was packed',
      );
    return null;
  }
}

const CIPHER_HEAD = 12;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});

/** The traditional cipher. */
export class ZipCipher {
  #key0 = 0x12345678;
  #key1 = 0x23456789;
  #key2 = 0x34567890;

  constructor(password: string) {
    for (const byte of Buffer.from(password)) this.#update(byte);
  }

  decrypt(bytes: Uint8Array): Buffer {
    const out = Buffer.allocUnsafeSlow(bytes.length);
    for (let at = 0; at < bytes.length; at++) {
      const mixed = (this.#key2 | 2) & 0xffff;
      const byte = bytes[at]! ^ ((Math.imul(mixed, mixed ^ 1) >>> 8) & 0xff);
      this.#update(byte);
      out[at] = byte;
    }
    return out;
  }

  #update(byte: number): void {
    this.#key0 = (this.#key0 >>> 8) ^ CRC_TABLE[(this.#key0 ^ byte) & 0xff]!;
    this.#key1 = (Math.imul((this.#key1 + (this.#key0 & 0xff)) | 0, 134775813) + 1) | 0;
    this.#key2 = (this.#key2 >>> 8) ^ CRC_TABLE[(this.#key2 ^ (this.#key1 >>> 24)) & 0xff]!;
  }
}

/** What the traditional cipher hides; the head of twelve bytes was checked before. */
export class CipherSource implements Source {
  readonly #from: Cursor;
  readonly #cipher: ZipCipher;
  #begun = false;

  constructor(from: Source, password: string) {
    this.#from = new Cursor(from);
    this.#cipher = new ZipCipher(password);
  }

  async read(): Promise<Uint8Array | null> {
    if (!this.#begun) {
      const head = await this.#from.take(CIPHER_HEAD);
      if (head.length < CIPHER_HEAD) throw new Damage('the encrypted data is cut');
      this.#cipher.decrypt(head);
      this.#begun = true;
    }
    const piece = await this.#from.read();
    return piece && this.#cipher.decrypt(piece);
  }
}

/** True when the last byte of the head is what it must be: one wrong password in 256 passes too. */
export function mayBePassword(head: Uint8Array, password: string, expected: number): boolean {
  return (
    head.length >= CIPHER_HEAD &&
    new ZipCipher(password).decrypt(head.subarray(0, CIPHER_HEAD))[CIPHER_HEAD - 1] === expected
  );
}
