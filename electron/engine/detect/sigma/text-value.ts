// A Sigma string: `*` any length, `?` exactly one character, backslash escapes only `*`, `?` and `\`.

/** Literal text, a wildcard, or one character out of several (windash). */
export type Part = { text: string } | { oneOf: string } | 'any' | 'one';
/** With `expand`: also the place of a value that the case knows. */
export type OpenPart = Part | { placeholder: string };

export function parseText(source: string): Part[];
export function parseText(source: string, placeholders: boolean): OpenPart[];
/** With placeholders, `%name%` is one and `\%` a plain percent sign; else percent signs are text like any other. */
export function parseText(source: string, placeholders = false): OpenPart[] {
  const parts: OpenPart[] = [];
  let text = '';
  const flush = () => {
    if (text !== '') parts.push({ text });
    text = '';
  };
  for (let i = 0; i < source.length; i++) {
    const c = source[i]!;
    const next = source[i + 1];
    if (c === '\\' && (next === '*' || next === '?' || next === '\\' || (placeholders && next === '%'))) {
      text += next;
      i++;
    } else if (c === '*' || c === '?') {
      flush();
      if (c === '?') parts.push('one');
      else if (parts.at(-1) !== 'any') parts.push('any');
    } else if (placeholders && c === '%') {
      PLACEHOLDER.lastIndex = i;
      const found = PLACEHOLDER.exec(source);
      if (found) {
        flush();
        parts.push({ placeholder: found[1]! });
        i += found[0].length - 1;
      } else text += c;
    } else text += c;
  }
  flush();
  return parts;
}

const PLACEHOLDER = /%([^%\\*?]+)%/y;

/** Puts `*` in front and / or behind, once. */
export function open(parts: Part[], front: boolean, behind: boolean): Part[] {
  const opened = [...parts];
  if (front && opened[0] !== 'any') opened.unshift('any');
  if (behind && opened.at(-1) !== 'any') opened.push('any');
  return opened;
}

/** Neighbouring texts made one, neighbouring `*` made one. */
export function joined(parts: Part[]): Part[] {
  const made: Part[] = [];
  for (const part of parts) {
    const last = made.at(-1);
    if (part === 'any' && last === 'any') continue;
    if (typeof part === 'object' && 'text' in part && typeof last === 'object' && 'text' in last) {
      made[made.length - 1] = { text: last.text + part.text };
    } else made.push(part);
  }
  return made;
}

/** The text without wildcards, or null when there are some. */
export function plainText(parts: Part[]): string | null {
  if (parts.length === 0) return '';
  const only = parts.length === 1 ? parts[0]! : null;
  return only !== null && typeof only === 'object' && 'text' in only ? only.text : null;
}

/** The pattern for `LIKE ... ESCAPE '\'`; null when it needs a regular expression. */
export function likePattern(parts: Part[]): string | null {
  let pattern = '';
  for (const part of parts) {
    if (part === 'any') pattern += '%';
    else if (part === 'one') pattern += '_';
    else if ('text' in part) pattern += part.text.replace(/[\\%_]/g, '\\$&');
    else return null;
  }
  return pattern;
}

/**
 * The same test as an RE2 pattern, tied to the ends where no `*` stands; to be used with `(?s)`, without `m`.
 * It may be lowered as text: no upper-case letter of it has a meaning.
 */
export function regexPattern(parts: Part[]): string {
  const [a, only, c] = parts;
  if (parts.length === 3 && a === 'any' && c === 'any' && typeof only === 'object' && 'text' in only)
    return quoted(only.text);
  const front = parts[0] === 'any';
  const behind = parts.at(-1) === 'any';
  const inner = parts.slice(front ? 1 : 0, behind && parts.length > 1 ? -1 : undefined);
  const body = inner.map((part) =>
    part === 'any'
      ? '.*'
      : part === 'one'
        ? '.'
        : 'text' in part
          ? quoted(part.text)
          : `[${[...part.oneOf].map(quoted).join('')}]`,
  );
  return `${front ? '' : '^'}${body.join('')}${behind ? '' : '$'}`;
}

/** Text as an RE2 literal. */
export const quoted = (text: string): string =>
  MEANS.test(text) ? text.replace(/[!-/:-@[-`{-~]/g, '\\$&').replaceAll('\0', '\\x00') : text;

const MEANS = /[\0!-/:-@[-`{-~]/;
