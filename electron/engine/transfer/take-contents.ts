// Unpacks the contents of a received case into the evidence store of the new one: each under the hash that it has, which
// must be the one it is named after. Nothing of the received bytes goes to the disk but what was unpacked and hashed.
import { createHash } from 'node:crypto';
import type { CasePaths } from '../case/case.ts';
import { DiskWatch } from '../case/disk.ts';
import { Damage } from '../intake/damage.ts';
import { keepParts, type Part } from '../intake/evidence-keeping.ts';
import { EvidenceWriter } from '../intake/evidence-store.ts';
import { LIMITS, type Limits } from '../intake/limits.ts';
import type { Source } from '../intake/source.ts';
import { unpack } from '../intake/unpack.ts';
import type { LedgerMember } from './format.ts';
import { eachContent, type ReadReceived } from './received.ts';

const CHUNK = 1 << 20;
/** Contents that are made durable in one go. */
const KEPT_TOGETHER = 64;

/** What became of each content that the ledger says is in the file: null when it is in the store, else a clause. */
export type Taken = Map<string, string | null>;

export async function takeContents(
  file: string,
  paths: CasePaths,
  members: readonly LedgerMember[],
  options: ReadReceived & { limits?: Partial<Limits> },
): Promise<Taken> {
  const sizes = new Map<string, number>();
  for (const { evidence, contentSha256, contentSize } of members)
    if (evidence) sizes.set(contentSha256!, contentSize!);
  const taken: Taken = new Map();
  const disk = new DiskWatch(paths.evidence);
  const parts: Part[] = [];
  const { totalBytes } = { ...LIMITS, ...options.limits };
  let left = totalBytes;
  await eachContent(file, options, async (sha256, packed) => {
    const size = sizes.get(sha256);
    if (size === undefined) return;
    if (size > left) {
      taken.set(sha256, `the contents of the file are more than ${totalBytes} bytes together, the limit`);
      return;
    }
    const why = await takeOne(paths.evidence, sha256, size, packed, disk, parts);
    taken.set(sha256, why);
    if (parts.length >= KEPT_TOGETHER) await keepParts(parts.splice(0));
    if (why === null) left -= size;
  });
  await keepParts(parts);
  for (const sha256 of sizes.keys()) if (!taken.has(sha256)) taken.set(sha256, 'they are not in the file');
  return taken;
}

async function takeOne(
  store: string,
  sha256: string,
  size: number,
  packed: Source,
  disk: DiskWatch,
  parts: Part[],
): Promise<string | null> {
  const writer = new EvidenceWriter(store);
  const hash = createHash('sha256');
  const chunks = new Chunks((chunk) => {
    hash.update(chunk);
    writer.write(chunk);
  });
  const unpacked = unpack(packed, 'zstd');
  try {
    let length = 0;
    for (let piece = await unpacked.read(); piece !== null; piece = await unpacked.read()) {
      length += piece.length;
      if (length > size) return `they unpack to more than the ${size} bytes that the ledger states`;
      await disk.check();
      chunks.add(piece);
    }
    chunks.end();
    if (length !== size) return `they unpack to ${length} bytes, and the ledger states ${size}`;
    if (hash.digest('hex') !== sha256) return 'they do not hold the content that they are named after';
    const { part } = writer.close();
    if (part) parts.push(part);
    return null;
  } catch (error) {
    if (error instanceof Damage) return `they are damaged: ${error.message}`;
    throw error;
  } finally {
    await unpacked.close();
    writer.abort();
  }
}

/** Gathers pieces into chunks of one size, the last one shorter. */
class Chunks {
  readonly #give: (chunk: Uint8Array) => void;
  #held = Buffer.allocUnsafe(CHUNK);
  #length = 0;

  constructor(give: (chunk: Uint8Array) => void) {
    this.#give = give;
  }

  add(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + CHUNK - this.#length);
      this.#held.set(part, this.#length);
      this.#length += part.length;
      at += part.length;
      if (this.#length === CHUNK) this.end();
    }
  }

  end(): void {
    if (this.#length > 0) this.#give(this.#held.subarray(0, this.#length));
    this.#length = 0;
  }
}
