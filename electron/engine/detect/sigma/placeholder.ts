// expand: `%name%` stands for each of the values that the case gives that name.
import { joined, type OpenPart, type Part, parseText } from './text-value.ts';

/** Values by placeholder name, without the percent signs. */
export type Placeholders = ReadonlyMap<string, readonly string[]>;

const MOST_WAYS = 20_000;

/** Every text the value can stand for; or why it can't be told. Values may hold wildcards, as any Sigma text. */
export function expanded(parts: OpenPart[], values: Placeholders): Part[][] | string {
  let ways: Part[][] = [[]];
  for (const part of parts) {
    if (typeof part !== 'object' || !('placeholder' in part)) {
      for (const way of ways) way.push(part);
      continue;
    }
    const known = values.get(part.placeholder);
    if (!known || known.length === 0) return unresolved(part.placeholder);
    if (ways.length * known.length > MOST_WAYS)
      return `the placeholders of one value stand for more than ${MOST_WAYS} texts`;
    const texts = known.map((text) => parseText(text));
    ways = ways.flatMap((way) => texts.map((text) => [...way, ...text]));
  }
  return ways.map(joined);
}

const unresolved = (name: string): string =>
  `the placeholder %${name}% has no values in this case; set them under placeholders, until then the rule is refused as Sigma asks`;

/** Placeholders inside a regular expression or a network: their values stand as they are, or as `write` puts them. */
export function filledIn(
  text: string,
  values: Placeholders,
  write: (value: string) => string,
): string[] | { problem: string } {
  const parts = text.split(/(?<!\\)%([^%\\*?]+)%/);
  let ways = [''];
  for (const [i, part] of parts.entries()) {
    const known = i % 2 === 0 ? [part.replaceAll('\\%', '%')] : values.get(part)?.map(write);
    if (!known || known.length === 0) return { problem: unresolved(part) };
    if (ways.length * known.length > MOST_WAYS)
      return { problem: `the placeholders of one value stand for more than ${MOST_WAYS} texts` };
    ways = ways.flatMap((way) => known.map((value) => way + value));
  }
  return ways;
}
