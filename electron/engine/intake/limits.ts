// Limits that keep a hostile or broken bundle from filling the disk, and the meter that watches them.
import { CaseError } from '../case/errors.ts';

export interface Limits {
  /** Members and ledger notes of one bundle. */
  members: number;
  /** Decompressed bytes of one bundle. */
  totalBytes: number;
  /** Decompressed bytes per compressed byte, once `ratioAfter` decompressed bytes have come out. */
  ratio: number;
  ratioAfter: number;
  /** Characters of a member's name. */
  nameLength: number;
}

export const LIMITS: Readonly<Limits> = {
  members: 200_000,
  totalBytes: 200e9,
  ratio: 1_000,
  ratioAfter: 100e6,
  nameLength: 4_096,
};

/** Archives inside archives that are opened: the bundle's own, and this many within it. */
export const NESTED_DEPTH = 1;

/** A limit was met: the bundle is read no further. The message is a sentence. */
export class LimitReached extends Error {
  override readonly name = 'LimitReached';
}

/** Counts what goes in and comes out of one bundle; every call may stop the reading. */
export class Meter {
  readonly limits: Limits;
  readonly #signal: AbortSignal | undefined;
  readonly #progress: (bytesRead: number) => void;
  #read = 0;
  #unpacked = 0;
  members = 0;

  constructor(
    limits: Partial<Limits> | undefined,
    signal: AbortSignal | undefined,
    progress: (bytes: number) => void,
  ) {
    this.limits = { ...LIMITS, ...limits };
    this.#signal = signal;
    this.#progress = progress;
  }

  get bytesRead(): number {
    return this.#read;
  }

  /** Bytes of the bundle as collected. */
  raw(count: number): void {
    this.check();
    this.#read += count;
    this.#progress(this.#read);
  }

  /** Bytes that came out of a decompressor, or content of a member. */
  unpacked(count: number): void {
    this.check();
    this.#unpacked += count;
    const { totalBytes, ratio, ratioAfter } = this.limits;
    if (this.#unpacked > totalBytes) {
      throw new LimitReached(
        `The bundle unpacks to more than ${whole(totalBytes)} bytes, the limit for one bundle. What was read until there is kept. Split the bundle, or raise the limit if the source is trusted.`,
      );
    }
    if (this.#unpacked > ratioAfter && this.#unpacked > ratio * this.#read) {
      throw new LimitReached(
        `The bundle unpacks to more than ${whole(ratio)} times its compressed size (${whole(this.#unpacked)} bytes out of ${whole(this.#read)}), as an archive made to fill disks does. What was read until there is kept. Look at the bundle before reading it again.`,
      );
    }
  }

  member(name: string): void {
    this.check();
    if (name.length > this.limits.nameLength) {
      throw new LimitReached(
        `Member ${whole(this.members + 1)} has a name of ${whole(name.length)} characters; the limit is ${whole(this.limits.nameLength)}. The members before it are kept, nothing after it was read. The archive is damaged or hostile.`,
      );
    }
    if (this.members >= this.limits.members) {
      throw new LimitReached(
        `The bundle holds more than ${whole(this.limits.members)} members, the limit for one bundle. The members before are kept, nothing after them was read. Split the bundle.`,
      );
    }
    this.members++;
  }

  check(): void {
    if (this.#signal?.aborted) {
      throw new CaseError(
        'cancelled',
        'Reading the bundle was cancelled. Members read before that are kept.',
      );
    }
  }
}

const whole = (count: number): string => Math.round(count).toLocaleString('en-US');
