// What a hostile case is: how to make it, what the ledger must hold of it, and which members must be whole.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a case is made. */
export interface Place {
  /** A folder of its own for the bundle. */
  dir: string;
  /** A folder outside the case that hostile names point to: nothing may appear in it. */
  outside: string;
}

type Status = 'parsed' | 'partial' | 'skipped' | 'failed' | 'duplicate';

/** An entry of the ledger. `path`: as in the ledger, or what it must contain. */
export interface Entry {
  path: string | RegExp;
  status: Status | Status[];
  reason?: RegExp;
}

export interface HostileCase {
  /** Also the name of the bundle, unless the maker chose another. */
  name: string;
  /** Writes the bundle and gives its path. */
  make(place: Place): string | Promise<string>;
  entries?: Entry[];
  /** Members that must be in the store byte for byte. */
  whole?: Record<string, Uint8Array | string>;
  /** What is said of the bundle as a whole; nothing may be said of it where this is left out. */
  said?: RegExp;
}

/** A case that is one file. */
export function ofBytes(
  name: string,
  bytes: () => Uint8Array | string,
  expected: Omit<HostileCase, 'name' | 'make'> = {},
): HostileCase {
  return {
    name,
    make: ({ dir }) => {
      const path = join(dir, name);
      writeFileSync(path, bytes());
      return path;
    },
    ...expected,
  };
}
