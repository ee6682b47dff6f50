// Stacks that Go programs print: which lines belong to one, wherever the first of them was written.
import type { Member } from '../kind.ts';
import type { Draft } from '../record.ts';

const HEAD =
  /^(?:goroutine \d{1,12} (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[|\[signal SIG|\[originating from goroutine|created by |panic\(|exit status \d|PC=0x|r(?:ax|bx|cx|dx|di|si|bp|sp|ip|flags) |r\d{1,2} {1,4}0x|(?:cs|fs|gs) {1,6}0x|runtime stack:|-----$|\.\.\.(?:additional frames|\d+ frames) )/;

/** Is a line part of a stack? `\tfile.go:12 +0x1d`, `pkg.(*T).fn(0x1)`, `goroutine 1 [running]:`. */
export function isStackLine(line: string): boolean {
  const c = line.charCodeAt(0);
  if (c === 9) return true;
  if (c === 32) return /^ {1,40}\S/.test(line.slice(0, 44));
  return HEAD.test(line) || isFrame(line);
}

/** `github.com/a/b.(*T).fn(0x1, {0x2, 0x3})`: a dotted name up to the parenthesis that is not a receiver's. */
function isFrame(line: string): boolean {
  if (line.charCodeAt(line.length - 1) !== 41) return false;
  let dotted = false;
  for (let i = 0; i < line.length && i < 600; i++) {
    const c = line.charCodeAt(i);
    if (c === 40 && line.charCodeAt(i + 1) !== 42) return dotted && i > 2;
    if (c === 46) dotted = true;
    else if (c <= 34 || c === 61 || c === 58 || c === 44 || c === 59) return false;
  }
  return false;
}

/** For kinds of one line: the lines of a stack go with the line before them, and then whatever else stands there. */
export function joinsStack(line: string, _draft: Draft, member: Member, joined: number): boolean {
  if (joined === 0 && !isStackLine(line)) return false;
  member.state.stack = String(member.line);
  return true;
}

/** Has the line before this one been taken into a record as part of a stack? */
export function followsStack(member: Member): boolean {
  return Number(member.state.stack ?? -9) >= member.line - 3;
}
