// A text cut where rules matched: pieces that follow each other, each with the matches it lies in.
import type { Matched } from '../../../shared/api.ts';

export interface MarkedPiece {
  at: number;
  text: string;
  by: Matched[];
}

/** Matches outside the text, or of no length, mark nothing. Never cuts a surrogate pair that the matches leave whole. */
export function markedPieces(text: string, matched: Matched[]): MarkedPiece[] {
  const inside = matched.filter((m) => m.column === 'message' && m.start < m.end && m.start < text.length);
  const cuts = new Set([0, text.length]);
  for (const m of inside) {
    cuts.add(m.start);
    cuts.add(Math.min(m.end, text.length));
  }
  const edges = [...cuts].toSorted((a, b) => a - b);
  return edges.slice(0, -1).flatMap((at, i) => {
    const end = edges[i + 1]!;
    if (end <= at) return [];
    return [
      {
        at,
        text: text.slice(at, end),
        by: inside.filter((m) => m.start <= at && Math.min(m.end, text.length) >= end),
      },
    ];
  });
}

/** What to read around the first match of a long text: where to begin, so that it is seen. */
export function windowStart(text: string, matched: Matched[], width: number): number {
  if (text.length <= width) return 0;
  const first = Math.min(...matched.filter((m) => m.column === 'message').map((m) => m.start));
  if (!Number.isFinite(first) || first < width * 0.6) return 0;
  return Math.min(first - Math.floor(width * 0.2), text.length - width);
}
