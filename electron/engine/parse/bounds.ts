// How much text a record brings into the database. DuckDB holds 2,048 values of a column at a time: without a bound, a file
// of long lines alone would take gigabytes to search. The bytes stand in the evidence store whatever is cut here.
import { Buffer } from 'node:buffer';
import type { Draft } from './record.ts';

/** Bytes of a message, and of the fields together. */
export const MAX_TEXT = 64 * 1024;
/** Bytes of a value that has a column of its own. */
const MAX_WORD = 8 * 1024;
/** Bytes to which values of fields are cut, the longest first. */
const CUT_VALUES = [8 * 1024, 1024, 128, 0];

/** Largest length up to `max` that does not cut a UTF-8 sequence. */
export function wholeCharacters(text: string, max: number): number {
  let end = max;
  while (end > 0 && end > max - 4 && (text.charCodeAt(end) & 0xc0) === 0x80) end--;
  return end;
}

/** A copy: a slice would keep all of the text it is cut from in memory. */
function cutTo(text: string, max: number): string {
  const end = wholeCharacters(text, max);
  return Buffer.from(text.slice(0, end), 'latin1').toString('latin1');
}

const WORDS = [
  'userName',
  'httpMethod',
  'httpPath',
  'srcIp',
  'pid',
  'tid',
  'logger',
  'component',
  'action',
] as const;

/** Cuts the message and what has columns of its own; gives how many bytes of the message were left out. */
export function boundText(draft: Draft): number {
  for (const word of WORDS) if (draft[word].length > MAX_WORD) draft[word] = cutTo(draft[word], MAX_WORD);
  for (let i = 0; i < draft.entityCount; i++) {
    // Cut, it would be another entity.
    if ((draft.entityValues[i] as string).length > MAX_WORD) draft.entityValues[i] = '';
  }
  const before = draft.message.length;
  if (before <= MAX_TEXT) return 0;
  draft.message = cutTo(draft.message, MAX_TEXT);
  return before - draft.message.length;
}

/** Fields, a JSON object, with long values cut until they fit; how many bytes that left out stands in `tidemark.fields_cut`. */
export function boundFields(fields: string): string {
  if (fields.length <= MAX_TEXT) return fields;
  const values = JSON.parse(fields) as Record<string, unknown>;
  const names = Object.keys(values).filter((name) => !name.startsWith('tidemark.'));
  const room = MAX_TEXT - 64;
  let size = fields.length;
  for (const most of CUT_VALUES) {
    for (const name of names) {
      if (size <= room) break;
      const written = JSON.stringify(values[name]);
      if (written.length <= most + 2) continue;
      const value = values[name];
      values[name] = cutTo(typeof value === 'string' ? value : written, most);
      size -= written.length - JSON.stringify(values[name]).length;
    }
  }
  for (const name of names) {
    if (size <= room) break;
    size -= JSON.stringify(name).length + JSON.stringify(values[name]).length + 2;
    delete values[name];
  }
  values['tidemark.fields_cut'] = fields.length - size;
  return Buffer.from(JSON.stringify(values), 'latin1').toString('latin1');
}
