// What an act states of itself, made fit for a line of the custody log: plain ASCII, and of bounded size.
import { createHash } from 'node:crypto';

const TEXT = 4000; // characters of one text
const ITEMS = 500; // of one list
const WHOLE = 48 * 1024; // characters of a detail as JSON

/** JSON of ASCII alone: whatever stands in a name of evidence, the line shows nothing but itself on a terminal. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The detail with what is too long cut; of what was cut its size and SHA-256 (of its JSON, in ASCII) stay. */
export function shortened(detail: Record<string, unknown>): Record<string, unknown> {
  const cut = cutValue(JSON.parse(JSON.stringify(detail))) as Record<string, unknown>;
  if (asciiJson(cut).length <= WHOLE) return cut;
  const whole = asciiJson(detail);
  return { cut: whole.slice(0, TEXT), characters: whole.length, sha256: sha256(whole) };
}

function cutValue(value: unknown): unknown {
  if (typeof value === 'string')
    return value.length <= TEXT
      ? value
      : { cut: value.slice(0, TEXT), characters: value.length, sha256: sha256(asciiJson(value)) };
  if (Array.isArray(value))
    return value.length <= ITEMS
      ? value.map(cutValue)
      : { first: value.slice(0, ITEMS).map(cutValue), items: value.length, sha256: sha256(asciiJson(value)) };
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, cutValue(inner)]));
  return value;
}
