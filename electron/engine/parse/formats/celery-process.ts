// Whose line it is: the component, the processes of a pool, and the levels that Celery's loggers use.
import type { Member } from '../kind.ts';
import type { Draft } from '../record.ts';
import { levelOf } from './other.ts';

/** System and component of a celery record, by path and by what the file has shown. */
export function place(draft: Draft, member: Member): void {
  draft.system = 'celery';
  draft.component = member.state.celery || member.hint.component || 'worker';
  if (draft.component === 'sandbox') draft.component = 'worker';
}

/** Some sites add the thread behind a slash. */
const CHILD = /^(?:(?:Fork|Spawn)?Pool)?Worker-\d{1,9}(?:\/|$)/;

/** Is it a process of a pool, as billiard and multiprocessing name them? */
export function isChild(process: string): boolean {
  return CHILD.test(process);
}

/** What a task prints goes through this logger, whatever the pool. */
export const REDIRECTED = 'celery.redirected';

/** billiard's SUBDEBUG and SUBWARNING stand below DEBUG and WARNING; `Level 15` is a number of Python's. */
export function ownLevel(word: string): number {
  if (word === 'SUBDEBUG') return 0;
  if (word === 'SUBWARNING') return 3;
  const numbered = /^(?:Level )?(\d{1,3})$/.exec(word);
  return numbered ? numericLevel(Number(numbered[1])) : levelOf(word);
}

/** Level of a number of Python's logging. */
function numericLevel(n: number): number {
  if (n >= 50) return 6;
  if (n >= 40) return 5;
  if (n >= 30) return 4;
  if (n >= 20) return 2;
  return n >= 10 ? 1 : 0;
}
