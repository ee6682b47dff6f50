// Regular expressions of the specification (PCRE with a few metacharacters) by way of JavaScript's, search semantics.
import { Refused } from './refused.ts';

const read = new Map<string, RegExp>();

export function readRegex(source: string, flags: { i: boolean; m: boolean; s: boolean }): RegExp {
  const key = `${flags.i}${flags.m}${flags.s}${source}`;
  const known = read.get(key) ?? translated(source, flags);
  read.set(key, known);
  return known;
}

/** Where JavaScript and PCRE differ: what a line end is for `.`, `^` and `$`, and what `\s` and `\w` hold. */
function translated(source: string, flags: { i: boolean; m: boolean; s: boolean }): RegExp {
  let out = '';
  let inClass = false;
  const points = [...source];
  for (let k = 0; k < points.length; k++) {
    const c = points[k]!;
    if (c === '\\') {
      const next = points[++k];
      if (next === undefined) throw new Refused('the regular expression ends in a backslash');
      out += escaped(next, inClass);
    } else if (inClass) {
      if (c === ']') inClass = false;
      out += c === '[' ? '\\[' : c;
    } else if (c === '[') {
      inClass = true;
      out += c;
    } else if (c === '.') out += flags.s ? '[^]' : '[^\\n]';
    else if (c === '^') out += flags.m ? '(?<![^\\n])' : '(?<![^])';
    else if (c === '$') out += flags.m ? '(?![^\\n])' : '(?![^])';
    else out += c;
  }
  try {
    return new RegExp(out, `u${flags.i ? 'i' : ''}`);
  } catch (error) {
    throw new Refused(`the regular expression can't be read: ${String(error)}`);
  }
}

function escaped(c: string, inClass: boolean): string {
  const classes: Record<string, string> = { d: '0-9', w: 'A-Za-z0-9_', s: '\\t\\n\\f\\r ' };
  const negated: Record<string, string> = { D: '0-9', W: 'A-Za-z0-9_', S: '\\t\\n\\f\\r ' };
  if (classes[c]) return inClass ? classes[c] : `[${classes[c]}]`;
  if (negated[c] && !inClass) return `[^${negated[c]}]`;
  if (c === 'A') return '(?<![^])';
  if (c === 'z') return '(?![^])';
  if (/[bBnrtf]/.test(c)) return `\\${c}`;
  if (/[A-Za-z0-9]/.test(c)) throw new Refused(`\\${c} is no metacharacter of the specification`);
  return `\\u{${c.codePointAt(0)!.toString(16)}}`;
}
