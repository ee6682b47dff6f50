// Content out of a 7z archive: of one member with its checksum, or of data whose list of members is lost.
import zlib from 'node:zlib';
import { Damage } from './damage.ts';
import type { Gauge } from './limits.ts';
import type { ListedContent } from './listed.ts';
import type { Source } from './source.ts';

/** Content of one member with its checksum; what its reader leaves is read over. */
export class Checked implements ListedContent {
  readonly #from: Source;
  readonly #stated: number | null;
  readonly #encrypted: boolean;
  #crc = 0;
  #damage: Damage | null = null;

  constructor(from: Source, crc: number | null, encrypted: boolean) {
    this.#from = from;
    this.#stated = crc;
    this.#encrypted = encrypted;
  }

  async read(): Promise<Uint8Array | null> {
    if (this.#damage) throw this.#damage;
    const piece = await this.#from.read();
    if (piece) {
      this.#crc = zlib.crc32(piece, this.#crc);
      return piece;
    }
    if (this.#stated !== null && this.#crc !== this.#stated) {
      const why = this.#encrypted ? ', or the password is wrong' : '';
      this.#damage = new Damage(
        `the checksum in the 7z archive does not match: some of this content is not what was packed${why}`,
      );
      throw this.#damage;
    }
    return null;
  }

  /** Reads what is left; a clause when what follows cannot be reached. */
  async leave(): Promise<string | null> {
    try {
      while (await this.#from.read());
      return null;
    } catch (error) {
      if (error instanceof Damage) return error.message;
      throw error;
    }
  }

  async close(): Promise<void> {}
}

/** A flow that is looked into before it is handed out. */
export class Flowing implements ListedContent {
  readonly #flow: AsyncGenerator<Uint8Array>;
  #first: Uint8Array | null = null;
  #gauge: Gauge | undefined;
  #offset: () => number = () => 0;
  #packed = 0;
  isWhole = false;

  constructor(flow: AsyncGenerator<Uint8Array>) {
    this.#flow = flow;
  }

  async isReadable(): Promise<boolean> {
    try {
      this.#first = (await this.#flow.next()).value ?? null;
      return this.#first !== null;
    } catch (error) {
      if (error instanceof Damage) return false;
      throw error;
    }
  }

  gauged(gauge: Gauge | undefined, offset: () => number): this {
    this.#gauge = gauge;
    this.#offset = offset;
    return this;
  }

  async read(): Promise<Uint8Array | null> {
    const piece = this.#first ?? (await this.#flow.next()).value ?? null;
    this.#first = null;
    this.#gauge?.packed(this.#offset() - this.#packed);
    this.#packed = this.#offset();
    if (piece) this.#gauge?.unpacked(piece.length);
    else this.isWhole = true;
    return piece;
  }

  async close(): Promise<void> {}
}
