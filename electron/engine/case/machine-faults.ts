// Faults of the machine in the words of DuckDB and the operating system, said to the responder: a full disk, no memory, a
// disk that fails, a database that can't be opened.
import { dirname } from 'node:path';
import { diskFull, isDiskFull } from './disk.ts';
import { CaseError } from './errors.ts';

/** What an error of DuckDB is to be thrown as. */
export type Fault = (error: unknown) => unknown;

/** DuckDB lets go of an instance after a fault amid a commit or checkpoint; the file stays as it was and opens again. */
export const GAVE_UP = /database has been invalidated|^FATAL Error/;
const NO_MEMORY =
  /^Out of Memory Error|std::bad_alloc|failed to allocate|could not allocate|Allocation failure/i;
const LOCKED = /could not set lock|conflicting lock|being used by another process/i;
const FAILED_DISK = /input\/output error|EIO\b/i;

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const firstLine = (error: unknown): string => textOf(error).split('\n')[0]!.slice(0, 300);

export function outOfMemory(limit: string, cause?: unknown): CaseError {
  return new CaseError(
    'out_of_memory',
    `There was not enough memory: the database may use ${limit}, and more was needed or the machine had no more. What was being done was undone; the case is whole. Close other programs, or do less at once, and try again.`,
    { cause },
  );
}

/** `error` as a sentence where the machine is at fault, else itself. */
export function faultOfMachine(error: unknown, database: string, limit: string): unknown {
  if (error instanceof CaseError) return error;
  if (isDiskFull(error)) return diskFull(dirname(database), error);
  const text = textOf(error);
  if (NO_MEMORY.test(text)) return outOfMemory(limit, error);
  if (FAILED_DISK.test(text))
    return new CaseError(
      'disk_failed',
      `The disk of the case folder ${dirname(database)} could not be read or written: ${firstLine(error)}. Copy the case folder to another disk and verify it there.`,
      { cause: error },
    );
  if (GAVE_UP.test(text))
    return new CaseError(
      'database_gave_up',
      'The database stopped after an earlier fault. What was committed is whole: try again; if it stays so, close the case and open it anew.',
      { cause: error },
    );
  return error;
}

/** Why a database could not be opened. */
export function notOpened(error: unknown, database: string): CaseError {
  const text = textOf(error);
  if (LOCKED.test(text))
    return new CaseError(
      'case_locked',
      'The case is open in another Tidemark. Close it there, then try again; nothing was changed.',
      { cause: error },
    );
  const fault = faultOfMachine(error, database, 'as much as was set');
  if (fault instanceof CaseError) return fault;
  return new CaseError(
    'case_damaged',
    `The case database could not be opened: ${firstLine(error)}. Nothing was changed; the evidence in the case folder can be ingested into a new case.`,
    { cause: error },
  );
}
