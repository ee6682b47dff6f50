// What a line of a selection looks for, value by value, as far as marks and counts need to know it.
import type { Item } from '../sigma/leaf.ts';
import { open, parseText } from '../sigma/text-value.ts';

/** Literal text, a wildcard, or one character out of several. */
export type LookPart = { text: string } | { oneOf: string } | 'any' | 'one';
export type Look =
  | { is: 'text'; parts: readonly LookPart[]; cased: boolean }
  | { is: 'regex'; pattern: string }
  | { is: 'number' | 'boolean'; value: number | bigint | boolean }
  | { is: 'null' }
  /** Of the value as a whole: a network, a comparison, a date, another field. */
  | { is: 'whole' };

type Plain = string | number | bigint | boolean | null;
/** How a line was read: values with their modifiers applied already, or plain ones beside the modifiers. */
interface Readable {
  field: string | null;
  text?: string;
  exists?: boolean | null;
  values: readonly (readonly Read[] | Plain)[];
  match?: {
    by: string;
    front?: boolean;
    behind?: boolean;
    cased?: boolean;
    flags?: string;
    operator?: string;
  };
}
interface Read {
  is: string;
  parts?: readonly LookPart[];
  cased?: boolean;
  pattern?: string;
  value?: number | bigint | boolean;
}

const readable = (item: Item): Readable => item as unknown as Readable;

/** The alternatives of one value: any of them will do. */
export function looksOf(item: Item, index: number): Look[] {
  const { field, match, values } = readable(item);
  const value = values[index];
  if (value === undefined) return [];
  if (typeof value === 'object' && value !== null) return value.map(lookOf);
  if (value === null) return [{ is: 'null' }];
  if (match?.by === 'regex') {
    const flags = match.flags ? `(?${match.flags})` : '';
    return [{ is: 'regex', pattern: `${flags}${value}` }];
  }
  if (match?.by !== 'text') return [{ is: 'whole' }];
  if (typeof value === 'boolean') return [{ is: 'boolean', value }];
  const anywhere = field === null;
  if (typeof value !== 'string' && !anywhere && !match.front && !match.behind)
    return [{ is: 'number', value }];
  const parts = open(
    parseText(String(value)),
    anywhere || match.front === true,
    anywhere || match.behind === true,
  );
  return [{ is: 'text', parts, cased: match.cased === true }];
}

function lookOf(read: Read): Look {
  const { is, parts, pattern, value } = read;
  if (is === 'text' && parts) return { is, parts, cased: read.cased === true };
  if (is === 'regex' && pattern !== undefined) return { is, pattern };
  if ((is === 'number' || is === 'boolean') && value !== undefined) return { is, value };
  return is === 'null' ? { is } : { is: 'whole' };
}

/** It asks that a field is not there: nothing to mark. */
export function asksAbsence(item: Item): boolean {
  const { exists, match, values } = readable(item);
  return exists === false || (match?.by === 'exists' && values[0] === false);
}

const MODIFIER: Record<string, string> = { '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte' };

/** `message|contains: x, y`, in short. */
export function itemText(item: Item): string {
  const { text, field, match, values } = readable(item);
  if (text !== undefined) return text.slice(0, 300);
  const how =
    match === undefined
      ? ''
      : match.by === 'text'
        ? match.front && match.behind
          ? '|contains'
          : match.front
            ? '|endswith'
            : match.behind
              ? '|startswith'
              : ''
        : match.by === 'compare'
          ? `|${MODIFIER[match.operator ?? ''] ?? ''}`
          : `|${match.by === 'regex' ? 're' : match.by}`;
  const modifiers = `${how}${match?.cased ? '|cased' : ''}${item.all ? '|all' : ''}${item.negated ? '|neq' : ''}`;
  const shown = values.slice(0, 3).map(String).join(', ');
  return `${field === null ? '' : `${field}${modifiers}: `}${shown}${values.length > 3 ? ', …' : ''}`.slice(
    0,
    300,
  );
}

/** A value as people would write it. */
export function valueText(item: Item, index: number): string {
  const look = looksOf(item, index)[0];
  const plain = readable(item).values[index];
  if (look?.is === 'text')
    return look.parts
      .map((part) =>
        part === 'any' ? '*' : part === 'one' ? '?' : 'text' in part ? part.text : `[${part.oneOf}]`,
      )
      .join('')
      .slice(0, 200);
  if (look?.is === 'regex') return look.pattern.slice(0, 200);
  if (look?.is === 'null') return 'null';
  if (look?.is === 'number' || look?.is === 'boolean') return String(look.value);
  return typeof plain === 'object' ? `value ${index + 1}` : String(plain);
}
