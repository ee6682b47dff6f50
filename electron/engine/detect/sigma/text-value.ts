// A Sigma string: `*` any length, `?` exactly one character, backslash escapes only `*`, `?` and `\`.

/** Literal text, or a wildcard. */
export type Part = { text: string } | 'any' | 'one';

export function parseText(source: string): Part[] {
  const parts: Part[] = [];
  let text = '';
  const flush = () => {
    if (text !== '') parts.push({ text });
    text = '';
  };
  for (let i = 0; i < source.length; i++) {
    const c = source[i]!;
    const next = source[i + 1];
    if (c === '\\' && (next === '*' || next === '?' || next === '\\')) {
      text += next;
      i++;
    } else if (c === '*' || c === '?') {
      flush();
      if (c === '?') parts.push('one');
      else if (parts.at(-1) !== 'any') parts.push('any');
    } else text += c;
  }
  flush();
  return parts;
}

/** Puts `*` in front and / or behind, once. */
export function open(parts: Part[], front: boolean, behind: boolean): Part[] {
  const opened = [...parts];
  if (front && opened[0] !== 'any') opened.unshift('any');
  if (behind && opened.at(-1) !== 'any') opened.push('any');
  return opened;
}

/** The pattern for `LIKE ... ESCAPE '\'`. */
export const likePattern = (parts: Part[]): string =>
  parts.map((p) => (p === 'any' ? '%' : p === 'one' ? '_' : p.text.replace(/[\\%_]/g, '\\$&'))).join('');
