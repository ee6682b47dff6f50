// Is a regular expression one that RE2 knows? A static test, so that a rule can be checked without a database;
// DuckDB is asked as well before a rule runs.

/** Why RE2 would refuse the pattern, or null. */
export function regexProblem(pattern: string): string | null {
  let i = 0;
  let depth = 0;
  let atomBefore = false; // something a quantifier may follow
  let quantified = false;
  const stack: boolean[] = [];
  while (i < pattern.length) {
    const c = pattern[i]!;
    if (c === '\\') {
      const next = pattern[i + 1];
      if (next === undefined) return 'it ends with a lone backslash';
      if (/[1-9]/.test(next) && !/^[1-7][0-7]/.test(pattern.slice(i + 1)))
        return `backreferences (\\${next}) are not supported by RE2`;
      if (next === 'k') return 'backreferences (\\k) are not supported by RE2';
      if ('GKRXZhHNuUcgye'.includes(next)) return `\\${next} is not supported by RE2`;
      if (next === 'Q') {
        const end = pattern.indexOf('\\E', i + 2);
        i = end === -1 ? pattern.length : end + 2;
        atomBefore = true;
        quantified = false;
        continue;
      }
      if (next === 'x') {
        const hex = /^\\x(?:[0-9A-Fa-f]{2}|\{[0-9A-Fa-f]{1,6}\})/.exec(pattern.slice(i, i + 12));
        if (!hex) return '\\x needs two hexadecimal digits';
        i += hex[0].length;
      } else if (next === 'p' || next === 'P') {
        const name = /^\\[pP](?:[A-Z]|\{\^?([A-Za-z_]+)\})/.exec(pattern.slice(i, i + 40));
        if (!name) return `\\${next} needs a character class name`;
        i += name[0].length;
      } else if (/[A-Za-z]/.test(next) && !'abfnrtvdDsSwWAzBCx'.includes(next)) {
        return `\\${next} is not supported by RE2`;
      } else i += 2;
      atomBefore = true;
      quantified = false;
    } else if (c === '[') {
      const end = classEnd(pattern, i);
      if (typeof end === 'string') return end;
      i = end;
      atomBefore = true;
      quantified = false;
    } else if (c === '(') {
      if (++depth > 200) return 'its groups are nested too deeply';
      stack.push(atomBefore);
      atomBefore = false;
      quantified = false;
      if (pattern[i + 1] !== '?') {
        i++;
        continue;
      }
      const rest = pattern.slice(i + 2, i + 40);
      if (/^[=!]/.test(rest)) return `lookahead (?${rest[0]} is not supported by RE2`;
      if (/^<[=!]/.test(rest)) return `lookbehind (?${rest.slice(0, 2)} is not supported by RE2`;
      if (rest.startsWith('>')) return 'atomic groups (?> are not supported by RE2';
      if (rest.startsWith('(')) return 'conditional groups (?( are not supported by RE2';
      if (rest.startsWith('#')) return 'comments (?# are not supported by RE2';
      if (rest.startsWith('|')) return 'branch reset (?| is not supported by RE2';
      if (/^[<']/.test(rest)) return 'named groups are written (?P<name>...) in RE2';
      const named = /^P<(\w+)>/.exec(rest);
      const flags = /^[imsU]*(?:-[imsU]+)?([:)])/.exec(rest);
      if (named) i += 2 + named[0].length;
      else if (flags) {
        i += 2 + flags[0].length;
        if (flags[1] === ')') {
          if (flags[0] === ')') return 'an empty flag group (?) is not supported by RE2';
          depth--;
          atomBefore = stack.pop() ?? false;
        }
      } else return `the group (?${rest[0] ?? ''} is not supported by RE2`;
    } else if (c === ')') {
      if (--depth < 0) return "a ')' has no '('";
      stack.pop();
      atomBefore = true;
      quantified = false;
      i++;
    } else if (c === '*' || c === '+' || c === '?' || c === '{') {
      let length = 1;
      if (c === '{') {
        const range = /^\{(\d+)(,(\d*))?\}/.exec(pattern.slice(i, i + 24));
        if (!range) {
          i++;
          atomBefore = true; // a plain brace
          quantified = false;
          continue;
        }
        length = range[0].length;
        const low = Number(range[1]);
        const high = range[3] ? Number(range[3]) : low;
        if (low > 1000 || high > 1000) return 'a repetition of more than 1000 is not supported by RE2';
        if (range[3] && high < low) return `the repetition ${range[0]} has its bounds the wrong way round`;
      }
      if (!atomBefore) return `'${pattern.slice(i, i + length)}' has nothing to repeat`;
      if (quantified) {
        return c === '+'
          ? 'possessive quantifiers are not supported by RE2'
          : `two quantifiers follow each other at '${pattern.slice(i, i + length)}'`;
      }
      i += length;
      if (pattern[i] === '?') i++; // lazy
      quantified = true;
    } else {
      atomBefore = c !== '|';
      quantified = false;
      i += c === '^' || c === '$' ? 1 : c.length;
    }
  }
  if (depth > 0) return "a '(' is not closed";
  if (pattern.length > 20_000) return 'it is too long';
  return null;
}

/** Index after the closing bracket, or what is wrong. */
function classEnd(pattern: string, start: number): number | string {
  let i = start + 1;
  if (pattern[i] === '^') i++;
  let first = true;
  while (i < pattern.length) {
    if (pattern[i] === ']' && !first) return i + 1;
    if (pattern.startsWith('[:', i)) {
      const name =
        /^\[:\^?(alnum|alpha|ascii|blank|cntrl|digit|graph|lower|print|punct|space|upper|word|xdigit):\]/.exec(
          pattern.slice(i, i + 14),
        );
      if (name) {
        i += name[0].length;
        first = false;
        continue;
      }
      if (/^\[:\^?\w*:\]/.test(pattern.slice(i, i + 20))) return 'an unknown character class is in brackets';
    }
    const item = classItem(pattern, i);
    if (typeof item === 'string') return item;
    first = false;
    if (pattern[item.end] === '-' && pattern[item.end + 1] !== undefined && pattern[item.end + 1] !== ']') {
      if (item.code < 0) return 'a range in brackets begins with a class';
      const upper = classItem(pattern, item.end + 1);
      if (typeof upper === 'string') return upper;
      if (upper.code < 0) return 'a range in brackets ends with a class';
      if (upper.code < item.code) return 'a range in brackets has its bounds the wrong way round';
      i = upper.end;
    } else i = item.end;
  }
  return "a '[' is not closed";
}

/** One character of a bracket expression; code -1: a class such as \d. */
function classItem(pattern: string, i: number): { end: number; code: number } | string {
  if (pattern[i] !== '\\') {
    const code = pattern.codePointAt(i)!;
    return { end: i + (code > 0xffff ? 2 : 1), code };
  }
  const next = pattern[i + 1];
  if (next === undefined) return 'it ends with a lone backslash';
  if ('dDsSwW'.includes(next)) return { end: i + 2, code: -1 };
  if (next === 'p' || next === 'P') {
    const name = /^\\[pP](?:[A-Z]|\{\^?[A-Za-z_]+\})/.exec(pattern.slice(i, i + 40));
    return name ? { end: i + name[0].length, code: -1 } : `\\${next} needs a character class name`;
  }
  if (next === 'x') {
    const hex = /^\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(pattern.slice(i, i + 12));
    return hex
      ? { end: i + hex[0].length, code: Number.parseInt(hex[1] ?? hex[2]!, 16) }
      : '\\x needs two hexadecimal digits';
  }
  const simple: Record<string, number> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
  if (simple[next] !== undefined) return { end: i + 2, code: simple[next] };
  if (/[A-Za-z1-9]/.test(next)) return `\\${next} is not supported by RE2 in brackets`;
  return { end: i + 2, code: next.codePointAt(0)! };
}
