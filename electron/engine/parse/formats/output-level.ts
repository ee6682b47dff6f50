// Level words at the head of what programs print themselves: `WARNING:root:…`, `INFO 02-14 11:22:33 …`, `2024-01-01 … - name - ERROR - …`.
import type { Draft } from '../record.ts';
import { levelOf } from './other.ts';

const AT_HEAD = /^\[?(DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|CRIT|FATAL)\b(?=[\]\s:|-])/;
/** Behind a time: at most four more words, of which loggers' names are made, then the level between blanks, dashes or bars. */
const BEHIND_TIME =
  /^\[?\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d(?:[^\s\]|]{0,20}| [+-]\d{4})\]?[\s|:,[-]{1,6}(?:[\w.:{}-]{1,60}[\s|:,[\]-]{1,6}){0,3}?(DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|CRIT|FATAL)\b/;

/** One letter: TensorFlow's `2024-01-01 10:00:00.123456: I …`, PyTorch's `[rank0]:[W1101 10:00:00.123456789 x.cpp:1] …`. */
const LETTER =
  /^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}: ([IWEF]) \S|(?:\[rank\d{1,6}\]:)?\[([IWEF])\d{3,4} \d\d:\d\d:\d\d\.\d{6,9} )/;
const LETTERS: Record<string, number> = { I: 2, W: 4, E: 5, F: 6 };

/** Sets the level that a line of a program's own output states. */
export function takeOutputLevel(draft: Draft, line: string): void {
  const c = line.charCodeAt(0);
  if (!(c >= 65 && c <= 91) && c !== 50 && c !== 49) return;
  const head = line.length > 220 ? line.slice(0, 220) : line;
  const word = AT_HEAD.exec(head)?.[1] ?? (c <= 50 || c === 91 ? BEHIND_TIME.exec(head)?.[1] : undefined);
  if (word === undefined) {
    takeLetter(draft, head, c);
    return;
  }
  draft.nativeLevel = word;
  draft.level = levelOf(word);
}

function takeLetter(draft: Draft, head: string, c: number): void {
  if (c !== 91 && !(c <= 50 && head.charCodeAt(26) === 58)) return;
  const m = LETTER.exec(head.slice(0, 60));
  const letter = m?.[1] ?? m?.[2];
  if (letter === undefined) return;
  draft.nativeLevel = letter;
  draft.level = LETTERS[letter] as number;
}
