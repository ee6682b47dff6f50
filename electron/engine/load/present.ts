// Members that are in the ledger already, asked for in reading order while their bundle is read again.
import { createHash } from 'node:crypto';
import type { Connection } from '../case/database.ts';
import { CaseError } from '../case/errors.ts';
import type { MemberHeader, MemberWriter } from '../intake/bundle.ts';

interface Present {
  path: string;
  contentSha256: string | null;
  reason: string | null;
}

/** Numbers looked up at once: those of a window are asked for before any of its members is read. */
const WINDOW = 1_000;

export class PresentMembers {
  readonly #connection: Connection;
  readonly #bundleId: number;
  #from = 0;
  #to = 0;
  #window = new Map<number, Present>();

  constructor(connection: Connection, bundleId: number) {
    this.#connection = connection;
    this.#bundleId = bundleId;
  }

  async get(fileId: number): Promise<Present | undefined> {
    if (fileId < this.#from || fileId >= this.#to) {
      [this.#from, this.#to] = [fileId, fileId + WINDOW];
      const rows = await this.#connection.rows<{
        file_id: number;
        path: string;
        content_sha256: string | null;
        reason: string | null;
      }>(
        'SELECT file_id, path, content_sha256, reason FROM member WHERE bundle_id = $1 AND file_id >= $2 AND file_id < $3',
        [this.#bundleId, this.#from, this.#to],
      );
      this.#window = new Map(
        rows.map((row) => [
          row.file_id,
          { path: row.path, contentSha256: row.content_sha256, reason: row.reason },
        ]),
      );
    }
    return this.#window.get(fileId);
  }
}

/** Takes the content of a member that is in the case, and keeps nothing: it only has to be the same. */
export function passedOver(bundle: string, header: MemberHeader, there: Present): MemberWriter {
  checkSamePath(bundle, header, there);
  const hash = createHash('sha256');
  return {
    write: async (chunk) => {
      hash.update(chunk);
    },
    end: async () => {
      // noted without content, e.g. for want of a password: what the ledger says of it stands
      if (there.contentSha256 !== null && hash.digest('hex') !== there.contentSha256)
        throw changed(bundle, `the content of ${header.path} is another one`);
    },
  };
}

export function checkSamePath(bundle: string, header: MemberHeader, there: Present): void {
  if ((header.path as string & { toWellFormed(): string }).toWellFormed() !== there.path)
    throw changed(bundle, `${header.path} stands where ${there.path} stood`);
}

function changed(bundle: string, how: string): CaseError {
  return new CaseError(
    'bundle_changed',
    `${bundle} is not the bundle that was begun: ${how}. What was taken in is kept. Bring the bundle back as it was and resume, or give the rest up and add it as a new bundle.`,
  );
}
