// Bits of a byte array, the highest bit of each byte first, as bzip2 has them.

export class BitReader {
  readonly bytes: Uint8Array;
  /** In bits. May run beyond the end: what is read there is zeros, and `bitsLeft` is negative. */
  position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes;
    this.position = position;
  }

  get bitsLeft(): number {
    return this.bytes.length * 8 - this.position;
  }

  /** Up to 24 bits, without taking them. */
  peek(count: number): number {
    const { bytes } = this;
    const at = this.position >>> 3;
    const four = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
    return (four << (this.position & 7)) >>> (32 - count);
  }

  /** Up to 24 bits. */
  read(count: number): number {
    const value = this.peek(count);
    this.position += count;
    return value;
  }
}
