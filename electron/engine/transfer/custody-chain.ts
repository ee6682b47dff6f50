// Whether a received custody log holds together by itself: every entry follows the one before, and none was changed.
import { NO_ENTRY, readEntry } from '../case/custody.ts';

export interface Chain {
  entries: number;
  /** What is wrong with it first: a clause. Null: nothing. */
  problem: string | null;
}

export function checkChain(log: Buffer): Chain {
  let previous = NO_ENTRY;
  let entries = 0;
  for (let from = 0; from < log.length; ) {
    const end = log.indexOf(10, from);
    if (end < 0) return { entries, problem: `it ends inside a line, after entry ${entries}` };
    const read = readEntry(log.toString('latin1', from, end));
    from = end + 1;
    const at = entries + 1;
    if ('problem' in read) return { entries, problem: `line ${at}: ${read.problem}` };
    const { entry, expected } = read;
    if (entry.seq !== at) return { entries, problem: `entry ${entry.seq} stands where entry ${at} belongs` };
    if (entry.previous !== previous)
      return {
        entries,
        problem: `entry ${at} does not follow the entry before it: one was changed, removed or put in`,
      };
    if (entry.hash !== expected)
      return { entries, problem: `entry ${at} was changed: its hash does not fit` };
    previous = entry.hash;
    entries = at;
  }
  return { entries, problem: entries === 0 ? 'it is empty' : null };
}
