// What a bundle was read with, in words: zones, limits that differ, formats brought.
import { LIMITS, limitWord } from '../intake/limits.ts';

const entries = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

/** Each a few words; `the defaults` when nothing was set. */
export function optionWords(options: Record<string, unknown> | null): string[] {
  if (options === null) return ['not kept'];
  const words: string[] = [];
  for (const [node, zone] of entries(options.timezones ?? options.zones))
    words.push(`zone ${String(zone)} ${node === '*' ? 'where none is stated' : `for ${node}`}`);
  for (const [name, value] of entries(options.limits)) {
    const known = LIMITS.find((limit) => limit.name === name);
    if (known && typeof value === 'number')
      words.push(`${known.word.toLowerCase()} up to ${limitWord(known.kind, value)}`);
  }
  const formats = Array.isArray(options.formats) ? options.formats.length : 0;
  if (formats > 0) words.push(`${formats} format ${formats === 1 ? 'file' : 'files'} brought`);
  if (options.passwords === true) words.push('a password was given');
  return words.length > 0 ? words : ['the defaults'];
}
