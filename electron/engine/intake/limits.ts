// Limits that keep a hostile or broken bundle from filling the disk, and the meter that watches them.
import { CaseError } from '../case/errors.ts';
import { Damage } from './damage.ts';

export interface Limits {
  /** Members and ledger notes of one bundle. */
  members: number;
  /** Unpacked bytes of one bundle. */
  totalBytes: number;
  /** Unpacked bytes per packed byte, of the bundle and of every compressed stream in it, once `ratioAfter` bytes came out. */
  ratio: number;
  ratioAfter: number;
  /** Archives inside archives that are opened: the bundle's own, and this many within it. */
  depth: number;
  /** Seconds that reading one bundle may take. */
  seconds: number;
  /** Characters of a member's name; a longer one is cut in the ledger. */
  nameLength: number;
}

/** What honest bundles stay well within: docs/archives.md says how each was chosen. */
export const LIMITS: Readonly<Limits> = {
  members: 200_000,
  totalBytes: 200e9,
  ratio: 1_000,
  ratioAfter: 100e6,
  depth: 6,
  seconds: 86_400,
  nameLength: 4_096,
};

/** A limit was met: the bundle is read no further. The message is a sentence. */
export class LimitReached extends Error {
  override readonly name = 'LimitReached';
}

/** Hears of the bytes that go into and come out of one decompressor. */
export interface Gauge {
  packed(count: number): void;
  /** Throws Damage when the stream is out of proportion, LimitReached when the bundle is. */
  unpacked(count: number): void;
}

/** Counts what goes in and comes out of one bundle; every call may stop the reading. */
export class Meter {
  readonly limits: Limits;
  readonly #signal: AbortSignal | undefined;
  readonly #progress: (bytesRead: number) => void;
  readonly #begun = performance.now();
  #read = 0;
  #unpacked = 0;
  #content = 0;
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
    this.cancelled(); // the hash of a bundle is finished whatever limit was met
    this.#read += count;
    this.#progress(this.#read);
  }

  /** A gauge for one decompressor: a small bomb must not hide behind much honest data. */
  gauge(): Gauge {
    let packed = 0;
    let unpacked = 0;
    const { ratio, ratioAfter } = this.limits;
    return {
      packed: (count) => {
        packed += count;
      },
      unpacked: (count) => {
        this.check();
        unpacked += count;
        if (unpacked > ratioAfter && unpacked > ratio * packed) {
          throw new Damage(
            `it unpacks to ${outOfProportion(ratio, unpacked, packed)}. It was unpacked no further; look at it before you read it again with a higher limit (ratio)`,
          );
        }
        this.#unpacked += count;
        this.#proportions(this.#unpacked);
      },
    };
  }

  /** Content of a member. */
  content(count: number): void {
    this.check();
    this.#content += count;
    this.#proportions(this.#content);
  }

  #proportions(bytes: number): void {
    const { totalBytes, ratio, ratioAfter } = this.limits;
    if (bytes > totalBytes) {
      throw new LimitReached(
        `The bundle unpacks to more than ${whole(totalBytes)} bytes, the limit for one bundle. What was read until there is kept. Split the bundle, or raise the limit (totalBytes) if the source is trusted.`,
      );
    }
    if (bytes > ratioAfter && bytes > ratio * this.#read) {
      throw new LimitReached(
        `The bundle unpacks to ${outOfProportion(ratio, bytes, this.#read)}. What was read until there is kept. Look at the bundle before reading it again with a higher limit (ratio).`,
      );
    }
  }

  member(): void {
    this.check();
    if (this.members >= this.limits.members) {
      throw new LimitReached(
        `The bundle holds more than ${whole(this.limits.members)} members, the limit for one bundle. The members before are kept, nothing after them was read. Split the bundle, or raise the limit (members) if the source is trusted.`,
      );
    }
    this.members++;
  }

  check(): void {
    this.cancelled();
    const { seconds } = this.limits;
    if (performance.now() - this.#begun > seconds * 1000) {
      throw new LimitReached(
        `Reading the bundle took more than ${seconds.toLocaleString('en-US')} seconds, the limit for one bundle. What was read until there is kept. Split the bundle, or raise the limit (seconds).`,
      );
    }
  }

  /** Throws when the reading was cancelled. */
  cancelled(): void {
    if (this.#signal?.aborted) {
      throw new CaseError(
        'cancelled',
        'Reading the bundle was cancelled. Members read before that are kept.',
      );
    }
  }
}

function outOfProportion(ratio: number, unpacked: number, packed: number): string {
  return `more than ${whole(ratio)} times its compressed size (${whole(unpacked)} bytes out of ${whole(packed)}), as an archive made to fill disks does`;
}

const whole = (count: number): string => Math.round(count).toLocaleString('en-US');
