// The lens in words: one chip per condition.
import type { Lens, LensTerm } from '../../../shared/api.ts';
import { dateTime, range } from '../format/time.ts';
import { fieldWord, valueWord } from '../format/words.ts';
import { templateWords } from './template-words.ts';

export type Chip =
  | { kind: 'range'; label: string }
  | { kind: 'text'; label: string }
  | { kind: 'term'; index: number; label: string; term: LensTerm };

const SHOWN = 2;
const cut = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

function termWords(term: LensTerm): string {
  const values = term.values.slice(0, SHOWN).map((v) => {
    if (term.field === 'template' && v !== null) return `“${cut(templateWords(v))}”`;
    if (term.field !== 'entity' || v === null) return valueWord(v);
    const at = v.indexOf(':');
    return `${v.slice(0, at).replaceAll('_', ' ')} ${v.slice(at + 1)}`;
  });
  const more = term.values.length - SHOWN;
  const list = `${values.join(' or ')}${more > 0 ? ` or ${more} more` : ''}`;
  const field = term.field === 'entity' ? '' : `${fieldWord(term.field)}: `;
  return `${term.not ? 'not ' : ''}${field}${list}`;
}

function rangeWords({ from, to }: Lens): string {
  if (from !== undefined && to !== undefined) return range(from, to, to - from < 10_000_000 ? 'ms' : 's');
  return from !== undefined ? `from ${dateTime(from, 's')}` : `before ${dateTime(to, 's')}`;
}

export function chips(lens: Lens): Chip[] {
  const out: Chip[] = [];
  if (lens.from !== undefined || lens.to !== undefined) out.push({ kind: 'range', label: rangeWords(lens) });
  if (lens.text) out.push({ kind: 'text', label: `“${lens.text}”` });
  lens.terms.forEach((term, index) => {
    out.push({ kind: 'term', index, label: termWords(term), term });
  });
  return out;
}
