// One Tidemark at a time in a case folder: a lock of the operating system, which falls with the process that holds it.
//
//   case.guard   empty for ever; who holds its lock has the case   case.lock   who that is, in words, for the others
//
// The lock is SQLite's RESERVED lock on an empty file (a POSIX record lock, LockFileEx on Windows), because Node has no
// call for one: taken by exactly one of many at once, kept while its holder is stopped, blind to process numbers and
// namespaces, and since nothing is ever written no power cut can tear it. A POSIX lock is lost when its process closes
// any descriptor of the file: nothing else here may open case.guard.
import { closeSync, existsSync, openSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { CaseError } from './errors.ts';
import { TOOL_VERSION } from './version.ts';

/** Names of the lock's files in a case folder; a copy of a case may do without them. */
export const LOCK_FILES = { guard: 'case.guard', holder: 'case.lock' } as const;

/** Who takes a case; for the sentence that others read. */
export interface Holder {
  /** `user@host`. */
  who: string;
  /** The way in: 'desktop', 'browser', 'command line'. */
  program: string;
}

const SQLITE = { BUSY: 5, READONLY: 8, CORRUPT: 11, NOTADB: 26 };

export class CaseLock {
  /** The last holder ended without closing the case. */
  readonly leftOpen: boolean;
  readonly #dir: string;
  readonly #held: DatabaseSync;

  private constructor(dir: string, held: DatabaseSync, leftOpen: boolean) {
    this.#dir = dir;
    this.#held = held;
    this.leftOpen = leftOpen;
  }

  /** Takes the case in `dir`, which is there. Throws CaseError: `case_locked` when another has it, `case_folder` when no lock can be had. */
  static take(dir: string, { who, program }: Holder): CaseLock {
    const held = hold(dir);
    const said = join(dir, LOCK_FILES.holder);
    const leftOpen = existsSync(said);
    const text = {
      who,
      program: `Tidemark ${TOOL_VERSION}, ${program}`,
      since: new Date().toISOString(),
    };
    try {
      writeFileSync(said, `${JSON.stringify(text)}\n`, { mode: 0o600 });
    } catch {
      // only words for others: a full disk must not keep a case from being read
    }
    return new CaseLock(dir, held, leftOpen);
  }

  release(): void {
    if (!this.#held.isOpen) return;
    try {
      rmSync(join(this.#dir, LOCK_FILES.holder), { force: true });
    } catch {
      // the folder is gone or read-only by now; the lock falls all the same
    }
    this.#held.close();
  }
}

function hold(dir: string): DatabaseSync {
  const guard = join(dir, LOCK_FILES.guard);
  if (!existsSync(guard)) make(dir, guard);
  const sqlite = process.getBuiltinModule('node:sqlite');
  if (!sqlite)
    throw new CaseError(
      'case_folder',
      'This Node has no node:sqlite, which Tidemark locks cases with. Use the Node that comes with Tidemark.',
    );
  for (let attempt = 0; ; attempt++) {
    let held: DatabaseSync | null = null;
    try {
      held = new sqlite.DatabaseSync(guard, { timeout: 0 });
      held.exec('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE'); // else a journal would lie beside the guard
      held.exec('CREATE TABLE held (it)'); // never committed; on a read-only file BEGIN succeeds without a lock, this does not
      return held;
    } catch (error) {
      held?.close();
      const code = Number((error as { errcode?: number }).errcode ?? 0) & 0xff;
      if (code === SQLITE.BUSY) throw lockedBy(dir);
      if ((code === SQLITE.NOTADB || code === SQLITE.CORRUPT) && attempt === 0) {
        truncateSync(guard); // someone wrote into it; a lock that is held is not touched by that
        continue;
      }
      throw noLock(dir, code === SQLITE.READONLY ? 'it is read-only' : sentenceOf(error), error);
    }
  }
}

function make(dir: string, guard: string): void {
  try {
    closeSync(openSync(guard, 'wx', 0o600));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    const words: Record<string, string> = {
      EROFS: 'it is read-only',
      EACCES: 'you may not write in it',
      EPERM: 'you may not write in it',
      ENOSPC: 'its disk is full',
      EDQUOT: 'your share of its disk is used up',
    };
    throw noLock(dir, (code && words[code]) || sentenceOf(error), error);
  }
}

const noLock = (dir: string, why: string, cause: unknown) =>
  new CaseError(
    'case_folder',
    `The case folder ${dir} can't be locked: ${why}. Tidemark writes into a case it opens: make the folder writable, or copy it to a local disk and open the copy. Nothing was changed.`,
    { cause },
  );

function lockedBy(dir: string): CaseError {
  let holder = '';
  try {
    const said = JSON.parse(readFileSync(join(dir, LOCK_FILES.holder), 'utf8')) as Record<string, unknown>;
    const word = (name: string) => (typeof said[name] === 'string' ? said[name].slice(0, 200) : 'unknown');
    holder = ` (${word('who')}, ${word('program')}, since ${word('since').slice(0, 16).replace('T', ' ')} UTC)`;
  } catch {
    // being written this moment, or could not be: the lock counts, not the words
  }
  return new CaseError(
    'case_locked',
    `The case ${dir} is open in another Tidemark${holder}. Close it there, then try again; nothing was changed.`,
  );
}

const sentenceOf = (error: unknown) =>
  error instanceof Error ? error.message.split('\n')[0]! : String(error);
