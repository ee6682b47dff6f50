// A line of evidence with what a rule matched marked in it, and below what it matched in other fields.
import type { Matched } from '../../../shared/api.ts';
import { oneLine } from '../format/control.ts';
import { markedPieces, windowStart } from '../format/marked.ts';

const WIDTH = 600;
const byWords = (by: Matched[]): string =>
  [...new Set(by.map((m) => `${m.selection} · ${m.field}`))].join('\n');

export function MarkedLine({ text, matched }: { text: string; matched: Matched[] }) {
  const from = windowStart(text, matched, WIDTH);
  const part = text.slice(from, from + WIDTH);
  const moved = matched.map((m) => ({ ...m, start: Math.max(0, m.start - from), end: m.end - from }));
  return (
    <>
      {from > 0 && <span className="dim">… </span>}
      {markedPieces(part, moved).map((piece) =>
        piece.by.length > 0 ? (
          <mark key={piece.at} className="hit" title={byWords(piece.by)} data-testid="matched-part">
            {oneLine(piece.text)}
          </mark>
        ) : (
          <span key={piece.at}>{oneLine(piece.text)}</span>
        ),
      )}
      {from + WIDTH < text.length && <span className="dim"> …</span>}
    </>
  );
}

/** What matched outside the message, each value once. */
export function MatchedFields({ matched }: { matched: Matched[] }) {
  const others = matched.filter((m) => m.column !== 'message');
  if (others.length === 0) return null;
  const shown = [...new Map(others.map((m) => [`${m.field} ${m.value} ${m.selection}`, m])).values()];
  return (
    <span className="matched-fields">
      {shown.slice(0, 8).map((m) => (
        <span key={`${m.field} ${m.value} ${m.selection}`} className="mono" title={m.selection}>
          <span className="dim">{m.field} </span>
          <mark className="hit">{oneLine(m.value.slice(0, 160)) || '(empty)'}</mark>
        </span>
      ))}
      {shown.length > 8 && <span className="dim">and {shown.length - 8} more</span>}
    </span>
  );
}
