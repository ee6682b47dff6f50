// The lines and values of a selection in the words of their author.
import type { Item } from '../sigma/item.ts';
import type { Part } from '../sigma/text-value.ts';

const MOST = 300;

/** `message|contains: x, y`. */
export const itemText = (item: Item): string => item.text.slice(0, MOST);

/** One value: the first of the alternatives it stands for. */
export function valueText(item: Item, index: number): string {
  const [leaf] = item.values[index] ?? [];
  switch (leaf?.is) {
    case 'text':
      return leaf.parts.map(partText).join('').slice(0, MOST);
    case 'regex':
      return leaf.pattern.slice(0, MOST);
    case 'number':
    case 'boolean':
      return String(leaf.value);
    case 'null':
      return 'null';
    case 'compare':
      return `${leaf.operator} ${leaf.value}`;
    case 'date':
      return `${leaf.part} ${leaf.value}`;
    case 'field':
      return leaf.name;
    default:
      return `value ${index + 1}`;
  }
}

const partText = (part: Part): string =>
  part === 'any' ? '*' : part === 'one' ? '?' : 'text' in part ? part.text : `[${part.oneOf}]`;
