// A case folder as the shells see it: is it one, and away with it. No database here.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CaseLock } from './lock.ts';

/** True when `dir` looks like a case folder. */
export const isCase = (dir: string): boolean => existsSync(join(dir, 'case.json'));

/** Removes a case, or what a making of one left; throws `case_locked` when a Tidemark has it. */
export async function removeCase(dir: string): Promise<void> {
  if (!existsSync(dir)) return;
  const lock = CaseLock.take(dir, { who: 'Tidemark', program: 'removing the case' });
  try {
    await rm(dir, { recursive: true, force: true });
  } finally {
    lock.release();
  }
}
