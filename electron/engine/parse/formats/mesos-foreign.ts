// Whole glog lines inside a file that its process did not write as such: logs it copied, and names that others chose.
//
// glog writes a message with its line ends at one go. So what follows the first line of a message belongs to it, however much
// it looks like lines of the log.
import type { Member } from '../kind.ts';
import { means } from '../kind.ts';
import { wordAt } from '../lexicon.ts';
import type { Draft } from '../record.ts';
import { put } from '../text.ts';
import { glog } from './glog.ts';

/** glog cuts a message at 30,000 bytes: a name may then be open for that reason. */
const CUT_BY_GLOG = 29_000;

/** `Begin fetcher log (stderr in sandbox) for container C …`: lines of another process follow, all older than this one. */
export function copyBegins(msg: string, draft: Draft, member: Member): void {
  const at = msg.indexOf('for container ');
  if (at === -1) return;
  const notes = member.glog;
  notes.container = wordAt(msg, at + 14).replaceAll("'", '');
  notes.begun = draft.tsWall;
  notes.thread = draft.tid;
  notes.watch = true;
}

/** The message ends inside a name; `end` is the character that would have ended it, '' when that can't be told. */
export function nameLeftOpen(msg: string, end: string, member: Member): void {
  if (msg.length > CUT_BY_GLOG) return;
  member.glog.openLine = member.line;
  member.glog.openEnd = end;
  member.glog.watch = true;
}

/** Who wrote the glog line that was just read into the draft: its process, a process whose log was copied, or a forger. */
export function writerOf(draft: Draft, member: Member): 'process' | 'copied' | 'forged' {
  const notes = member.glog;
  if (notes.crash) notes.parted = true;
  let writer: 'process' | 'copied' | 'forged' = 'process';
  if (notes.openLine > 0) {
    if (notes.openLine === member.line - 1) writer = 'forged';
    const goesOn = writer === 'forged' && notes.openEnd !== '' && glog.message.indexOf(notes.openEnd) === -1;
    notes.openLine = goesOn ? member.line : 0;
  }
  if (writer === 'process' && notes.container !== '') {
    if (draft.tid === notes.thread || draft.tsWall > notes.begun) notes.container = '';
    else writer = 'copied';
  }
  notes.watch = notes.crash || notes.container !== '' || notes.openLine > 0;
  return writer;
}

/** The line is part of a name: nothing that it says is so. Its time and level stand as written. */
export function markForged(draft: Draft): void {
  draft.foreign = true;
  means(draft, 'audit', 'forged_line', 'unknown');
  put(
    draft,
    'tidemark.foreign',
    'part of a name that the line before leaves open: whoever chose that name wrote this line',
  );
}

export function markCopied(draft: Draft, member: Member): void {
  const { container } = member.glog;
  draft.foreign = true;
  draft.component = 'fetcher';
  draft.pid = draft.tid;
  put(
    draft,
    'tidemark.foreign',
    `line of the fetcher of container ${container}, copied into this log when the fetch had failed`,
  );
  if (draft.fields.indexOf('"container_id":') === -1) {
    put(draft, 'container_id', container);
    draft.entity('mesos_container', container, 'mentioned');
  }
}
