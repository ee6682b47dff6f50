// Where in a text a comparison of a rule is true, for marks. In linear time: texts and rules are hostile by assumption.
import { RE2JS } from 're2js';
import type { Part } from '../sigma/text-value.ts';
import type { Leaf } from '../sigma/values.ts';

export type Span = [start: number, end: number];

const MOST = 20;
const LONGEST = 200_000;

/** UTF-16 offsets; none: it is not true here, or the place can't be told. `anywhere`: the comparison may begin and end inside. */
export function locate(leaf: Leaf, whole: string, anywhere = false): Span[] {
  const text = whole.slice(0, LONGEST);
  switch (leaf.is) {
    case 'text':
      return locateText(leaf.parts, text, leaf.cased, anywhere);
    case 'regex':
      return locateRegex(leaf.pattern, text);
    case 'number':
    case 'boolean':
      return anywhere ? runs(text, String(leaf.value), false) : [[0, text.length]];
    case 'null':
      return [];
    default:
      return text === '' ? [] : [[0, text.length]];
  }
}

function locateRegex(pattern: string, text: string): Span[] {
  try {
    const matcher = RE2JS.compile(pattern).matcher(text);
    const spans: Span[] = [];
    while (spans.length < MOST && matcher.find()) {
      if (matcher.end() > matcher.start()) spans.push([matcher.start(), matcher.end()]);
    }
    return spans;
  } catch {
    return []; // RE2 of the database takes what this one does not
  }
}

/** One UTF-16 unit, folded where that keeps its length: offsets must stay. */
const fold = (c: string): string => {
  const low = c.toLowerCase();
  return low.length === 1 ? low : c;
};
const folded = (text: string): string => {
  const low = text.toLowerCase();
  return low.length === text.length ? low : [...text].map((c) => (c.length === 1 ? fold(c) : c)).join('');
};

function runs(text: string, needle: string, cased: boolean): Span[] {
  const [hay, word] = cased ? [text, needle] : [folded(text), folded(needle)];
  const spans: Span[] = [];
  for (
    let at = hay.indexOf(word);
    at >= 0 && word !== '' && spans.length < MOST;
    at = hay.indexOf(word, at + word.length)
  )
    spans.push([at, at + word.length]);
  return spans;
}

type Unit = { text: string } | { oneOf: string } | 'one';

/** Without wildcards in between every occurrence; with them the first, its fixed stretches each. */
function locateText(parts: readonly Part[], text: string, cased: boolean, anywhere: boolean): Span[] {
  const front = anywhere || parts[0] === 'any';
  const behind = anywhere || parts.at(-1) === 'any';
  const stretches: Unit[][] = [[]];
  for (const part of parts) {
    if (part === 'any') stretches.push([]);
    else stretches.at(-1)!.push(part);
  }
  const asked = stretches.filter((stretch) => stretch.length > 0);
  if (asked.length === 0) return text === '' ? [] : [[0, text.length]];
  const [only] = asked;
  if (
    asked.length === 1 &&
    front &&
    behind &&
    only!.length === 1 &&
    typeof only![0] === 'object' &&
    'text' in only![0]
  )
    return runs(text, only![0].text, cased);
  const hay = cased ? text : folded(text);
  const spans: Span[] = [];
  let from = 0;
  for (const [i, stretch] of asked.entries()) {
    const first = i === 0 && !front;
    const last = i === asked.length - 1 && !behind;
    const found = first
      ? spanAt(stretch, hay, 0, cased)
      : last
        ? lastSpan(stretch, hay, from, cased)
        : nextSpan(stretch, hay, from, cased);
    if (!found || (last && found[1] !== hay.length)) return [];
    spans.push(found);
    from = found[1];
  }
  return spans;
}

function spanAt(stretch: Unit[], hay: string, at: number, cased: boolean): Span | null {
  let to = at;
  for (const unit of stretch) {
    if (unit === 'one' || 'oneOf' in unit) {
      const code = hay.codePointAt(to);
      if (code === undefined) return null;
      const c = String.fromCodePoint(code);
      if (unit !== 'one' && !(cased ? unit.oneOf : folded(unit.oneOf)).includes(c)) return null;
      to += c.length;
    } else {
      const word = cased ? unit.text : folded(unit.text);
      if (!hay.startsWith(word, to)) return null;
      to += word.length;
    }
  }
  return [at, to];
}

function nextSpan(stretch: Unit[], hay: string, from: number, cased: boolean): Span | null {
  const [first] = stretch;
  const word =
    typeof first === 'object' && 'text' in first ? (cased ? first.text : folded(first.text)) : null;
  for (let at = from; at <= hay.length; at++) {
    if (word !== null) {
      at = hay.indexOf(word, at);
      if (at < 0) return null;
    }
    const found = spanAt(stretch, hay, at, cased);
    if (found) return found;
  }
  return null;
}

function lastSpan(stretch: Unit[], hay: string, from: number, cased: boolean): Span | null {
  const least = stretch.reduce(
    (sum, unit) => sum + (typeof unit === 'object' && 'text' in unit ? unit.text.length : 1),
    0,
  );
  for (let at = Math.max(from, hay.length - least * 2); at <= hay.length - 1; at++) {
    const found = spanAt(stretch, hay, at, cased);
    if (found?.[1] === hay.length) return found;
  }
  return null;
}
