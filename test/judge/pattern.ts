// Texts with wildcards: the escaping table of the specification, and matching by code point.
export type Piece = string | { wild: 'any' | 'one' };
/** Plain pieces are single code points. */
export type Pattern = Piece[];

export const ANY: Piece = { wild: 'any' };

export const plain = (text: string): Pattern => [...text];

/**
 * `*` and `?` are wildcards; a backslash makes the wildcard or backslash after it a plain character and is a plain
 * character itself everywhere else.
 */
export function readPattern(text: string): Pattern {
  const out: Pattern = [];
  const points = [...text];
  for (let i = 0; i < points.length; i++) {
    const c = points[i]!;
    const next = points[i + 1];
    if (c === '\\' && (next === '*' || next === '?' || next === '\\')) {
      out.push(next);
      i++;
    } else if (c === '*') out.push({ wild: 'any' });
    else if (c === '?') out.push({ wild: 'one' });
    else out.push(c);
  }
  return out;
}

export const hasWildcard = (pattern: Pattern): boolean => pattern.some((p) => typeof p !== 'string');

/** The text of a pattern without wildcards. */
export const plainText = (pattern: Pattern): string => pattern.filter((p) => typeof p === 'string').join('');

/**
 * One code point without regard to case: the simple lower-case mapping of UnicodeData.txt. JavaScript's mapping is the
 * full one, which differs for a single letter, U+0130, that it makes two.
 */
export const fold = (point: string): string => (point === 'İ' ? 'i' : point.toLowerCase());

const same = (a: string, b: string, cased: boolean): boolean => (cased ? a === b : fold(a) === fold(b));

/** Whether the whole text is what the pattern says. */
export function matches(pattern: Pattern, text: string, cased: boolean): boolean {
  const points = [...text];
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < points.length) {
    const piece = pattern[p];
    if (piece !== undefined && typeof piece !== 'string' && piece.wild === 'any') {
      star = p++;
      resume = t;
    } else if (
      piece !== undefined &&
      (typeof piece === 'string' ? same(piece, points[t]!, cased) : piece.wild === 'one')
    ) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (p < pattern.length) {
    const piece = pattern[p++]!;
    if (typeof piece === 'string' || piece.wild === 'one') return false;
  }
  return true;
}

const folded = (text: string): string => [...text].map(fold).join('');

/** Plain comparison of two texts, as field references do it. */
export function compareTexts(
  text: string,
  other: string,
  how: { starts: boolean; ends: boolean; cased: boolean },
): boolean {
  const a = how.cased ? text : folded(text);
  const b = how.cased ? other : folded(other);
  if (how.starts && how.ends) return a.includes(b);
  if (how.starts) return a.startsWith(b);
  if (how.ends) return a.endsWith(b);
  return a === b;
}
