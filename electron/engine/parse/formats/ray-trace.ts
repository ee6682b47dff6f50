// Python tracebacks below a line: which lines are of one, and the exception it ends with.
import type { Draft } from '../record.ts';
import { put } from '../text.ts';

const TAIL =
  /^(?:[\w.]{1,200}(?:Error|Exception|Exit|Interrupt|Warning|Failed|Died|Timeout)\b|During handling|The above exception|Traceback |NoneType: None$)/;

/** Does a line without a head go on with a traceback? Indented lines do, and the lines a traceback begins and ends with. */
export function isTrace(line: string, message: string, joined: number): boolean {
  const c = line.charCodeAt(0);
  if (c === 32 || c === 9) return true;
  if (joined >= 300 || !TAIL.test(line)) return false;
  return line.startsWith('Traceback ') || line === 'NoneType: None' || message.indexOf('Traceback ') !== -1;
}

const CLASS = /^([A-Za-z_][\w.]{0,200})(?::|$)/;

/** Puts the class of the exception that a traceback in the message ends with: the last line of it that is not indented. */
export function exceptionOf(message: string, draft: Draft): void {
  const trace = message.lastIndexOf('Traceback (most recent call last)');
  if (trace === -1) return;
  let at = message.indexOf('\n', trace);
  for (let i = 0; i < 400 && at !== -1; i++) {
    const c = message.charCodeAt(at + 1);
    if (c !== 32 && c !== 9 && c !== 10 && !Number.isNaN(c)) {
      const name = CLASS.exec(message.slice(at + 1, at + 260).split('\n', 1)[0] as string)?.[1];
      if (name) put(draft, 'exception', name);
      return;
    }
    at = message.indexOf('\n', at + 1);
  }
}
