// Unpacked content of one member of a zip, held against what the zip states of it.
import zlib from 'node:zlib';
import { Damage } from './damage.ts';
import type { Gauge } from './limits.ts';
import type { Source } from './source.ts';
import { type Compression, type Unpacking, unpack, unpackZipLzma } from './unpack.ts';

export type ZipCompression = Compression | 'zip lzma';

/** What the zip says of a content; null where it does not say. */
export interface ZipStates {
  size: number | null;
  crc32: number | null;
}

/** Unpacked content of one member; Damage at its end when its length or checksum is not what the zip states. */
export class ZipContent implements Source {
  readonly #from: Source;
  readonly #unpacked: Unpacking | null;
  readonly #states: ZipStates;
  #size = 0;
  #crc = 0;
  #damage: Damage | null = null;

  constructor(raw: Source, compression: ZipCompression | null, states: ZipStates, gauge: Gauge | undefined) {
    if (compression === null) this.#unpacked = null;
    else
      this.#unpacked =
        compression === 'zip lzma' ? unpackZipLzma(raw, states.size, gauge) : unpack(raw, compression, gauge);
    this.#from = this.#unpacked ?? raw;
    this.#states = states;
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#damage) throw this.#damage;
    const chunk = await this.#from.read();
    if (chunk) {
      this.#size += chunk.length;
      this.#crc = zlib.crc32(chunk, this.#crc);
      return chunk;
    }
    const { size, crc32 } = this.#states;
    if (size !== null && this.#size !== size) {
      this.#damage = new Damage(`the zip states ${size} bytes for this member but it holds ${this.#size}`);
    } else if (crc32 !== null && this.#crc !== crc32) {
      this.#damage = new Damage(
        'the checksum in the zip does not match: some of this content is not what was packed',
      );
    }
    if (this.#damage) throw this.#damage;
    return null;
  }

  /** Packed bytes up to the end that the data itself states. */
  get consumed(): number | null {
    return this.#unpacked?.consumed ?? null;
  }

  async close(): Promise<void> {
    await this.#unpacked?.close();
  }
}
