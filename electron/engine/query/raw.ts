// The exact bytes of an event and the lines around it, from the evidence store.
import type { EvidenceReader } from '../intake/evidence-store.ts';
import type { EventPlace } from './events.ts';

const AROUND_BYTES = 256 << 10; // at most this much is read on either side
const LINE_CUT = 4000;

interface Line {
  line: number;
  text: string;
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const cut = (text: string): string => (text.length > LINE_CUT ? `${text.slice(0, LINE_CUT)}…` : text);

export async function rawContext(
  evidence: EvidenceReader,
  place: EventPlace,
  context: number,
): Promise<{ base64: string; text: string; before: Line[]; after: Line[] }> {
  const bytes = await evidence.read(place.contentSha256, place.byteOffset, place.byteLength);
  const start = Math.max(0, place.byteOffset - AROUND_BYTES);
  const head = await evidence.read(place.contentSha256, start, place.byteOffset - start);
  const end = place.byteOffset + place.byteLength;
  const tail = await evidence.read(place.contentSha256, end, Math.min(AROUND_BYTES, place.contentSize - end));

  const previous = decode(head).split('\n');
  previous.pop(); // what follows the last line end is nothing: a record begins at a line
  const whole = start === 0 ? previous : previous.slice(1);
  const shown = whole.slice(Math.max(0, whole.length - context));
  const before = shown.map((text, i) => ({
    line: place.line - shown.length + i,
    text: cut(text.replace(/\r$/, '')),
  }));

  const ends = bytes.reduce((n, byte) => n + (byte === 10 ? 1 : 0), 0);
  const following = decode(tail).split('\n');
  if (following.at(-1) === '') following.pop();
  const after = following
    .slice(0, context)
    .map((text, i) => ({ line: place.line + ends + i, text: cut(text.replace(/\r$/, '')) }));
  return { base64: Buffer.from(bytes).toString('base64'), text: decode(bytes), before, after };
}
