// base64, base64offset and the UTF-16 encodings before them, on bytes.

export type Encoding = 'utf16le' | 'utf16be' | 'utf16';

/** UTF-8, or one of the UTF-16 encodings; `utf16` begins with the byte order mark FF FE. */
export function encoded(text: string, encoding: Encoding | null): Uint8Array {
  if (encoding === null) return Buffer.from(text, 'utf8');
  const bytes = Buffer.from(text, 'utf16le');
  if (encoding === 'utf16be') return bytes.swap16();
  return encoding === 'utf16' ? Buffer.concat([Buffer.of(0xff, 0xfe), bytes]) : bytes;
}

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const FIRST = [0, 2, 3];
const LAST = [undefined, -3, -2];

/**
 * How the bytes look inside a longer base64 text: for each of the three places they may begin at, the characters that
 * depend on no neighbour (Sigma modifiers appendix, base64offset).
 */
export function base64Offsets(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((shift) =>
    base64(Buffer.concat([Buffer.alloc(shift, 0x20), bytes])).slice(
      FIRST[shift],
      LAST[(bytes.length + shift) % 3],
    ),
  );
}
