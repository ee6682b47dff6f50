// Which lines of a rule text are those that matched: selection, field and, in lists, the value.
import type { Matched } from '../../../shared/api.ts';

interface Line {
  number: number;
  indent: number;
  text: string;
}

const unquoted = (text: string): string => text.trim().replace(/^(['"])(.*)\1$/, '$2');
const bare = (field: string): string => field.split('|')[0]!.trim();
const keyOf = (text: string): string | null => {
  const m = /^(?:-\s+)*((?:'[^']*'|"[^"]*"|[^\s:'"#-][^:#]*?))\s*:(?:\s|$)/.exec(text);
  return m ? unquoted(m[1]!) : null;
};

/** A value of a list fits when all that stands between its wildcards is in what matched. */
const fits = (item: string, value: string): boolean =>
  unquoted(item)
    .split(/(?<!\\)[*?]/)
    .every((piece) => value.toLowerCase().includes(piece.replace(/\\([\\*?])/g, '$1').toLowerCase()));

/** The lines below `at` that are indented deeper, or, of a list, start with a dash at the same depth. */
function body(lines: Line[], at: number): Line[] {
  const { indent } = lines[at]!;
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((l) => l.indent < indent || (l.indent === indent && !l.text.startsWith('-')));
  return end < 0 ? rest : rest.slice(0, end);
}

/** Line numbers of `source`, from 1. */
export function matchedLines(source: string, matched: Matched[]): Set<number> {
  const lines = source
    .split('\n')
    .map(
      (text, i): Line => ({
        number: i + 1,
        indent: text.length - text.trimStart().length,
        text: text.trim(),
      }),
    )
    .filter((l) => l.text !== '' && !l.text.startsWith('#'));
  const found = new Set<number>();
  const bySelection = Map.groupBy(matched, (m) => m.selection.split('.').at(-1)!);
  for (let at = 0; at < lines.length; at++) {
    if (lines[at]!.text !== 'detection:') continue;
    for (const line of body(lines, at)) {
      const its = bySelection.get(keyOf(line.text) ?? '') ?? [];
      if (its.length > 0 && line.indent > lines[at]!.indent)
        markSelection(lines, lines.indexOf(line), its, found);
    }
  }
  return found;
}

function markSelection(lines: Line[], at: number, matched: Matched[], found: Set<number>): void {
  const inside = body(lines, at);
  const before = found.size;
  let fields: Matched[] = matched; // of the field above; of keywords, all
  for (const line of inside) {
    const key = keyOf(line.text);
    if (key !== null) {
      fields = matched.filter((m) => bare(m.field) === bare(key));
      if (fields.length > 0) found.add(line.number);
    } else if (line.text.startsWith('-') && fields.some((m) => fits(line.text.replace(/^-\s*/, ''), m.value)))
      found.add(line.number);
  }
  if (found.size > before) found.add(lines[at]!.number);
}
