// The exact bytes of an event and the lines around it, from the evidence store. Where a rotated log goes on in another
// file of its series, so do the lines.
import type { EvidenceReader } from '../intake/evidence-store.ts';
import type { EventPlace } from './events.ts';
import type { Neighbour } from './series.ts';

const AROUND_BYTES = 256 << 10; // at most this much is read on either side
const LINE_CUT = 4000;

interface Line {
  line: number;
  text: string;
  /** Of another file. */
  path?: string;
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const cut = (text: string): string => (text.length > LINE_CUT ? `${text.slice(0, LINE_CUT)}…` : text);
const shown = (text: string): string => cut(text.replace(/\r$/, ''));

export async function rawContext(
  evidence: EvidenceReader,
  place: EventPlace,
  context: number,
  neighbours: { before: Neighbour[]; after: Neighbour[] },
): Promise<{ base64: string; text: string; before: Line[]; after: Line[] }> {
  const bytes = await evidence.read(place.contentSha256, place.byteOffset, place.byteLength);
  const start = Math.max(0, place.byteOffset - AROUND_BYTES);
  const head = await evidence.read(place.contentSha256, start, place.byteOffset - start);
  const end = place.byteOffset + place.byteLength;
  const tail = await evidence.read(place.contentSha256, end, Math.min(AROUND_BYTES, place.contentSize - end));

  const previous = decode(head).split('\n');
  previous.pop(); // what follows the last line end is nothing: a record begins at a line
  const whole = start === 0 ? previous : previous.slice(1);
  const last = whole.slice(Math.max(0, whole.length - context));
  const before: Line[] = last.map((text, i) => ({ line: place.line - last.length + i, text: shown(text) }));
  for (const file of start === 0 ? neighbours.before : []) {
    if (before.length >= context) break;
    const { lines, reachesStart } = await endOf(evidence, file, context - before.length);
    before.unshift(...lines);
    if (!reachesStart) break;
  }

  const ends = bytes.reduce((n, byte) => n + (byte === 10 ? 1 : 0), 0);
  const following = decode(tail).split('\n');
  if (following.at(-1) === '') following.pop();
  const after: Line[] = following
    .slice(0, context)
    .map((text, i) => ({ line: place.line + ends + i, text: shown(text) }));
  for (const file of end + tail.length === place.contentSize ? neighbours.after : []) {
    if (after.length >= context) break;
    const { lines, reachesEnd } = await startOf(evidence, file, context - after.length);
    after.push(...lines);
    if (!reachesEnd) break;
  }
  return { base64: Buffer.from(bytes).toString('base64'), text: decode(bytes), before, after };
}

/** The last lines of a file. */
async function endOf(
  evidence: EvidenceReader,
  file: Neighbour,
  count: number,
): Promise<{ lines: Line[]; reachesStart: boolean }> {
  const start = Math.max(0, file.contentSize - AROUND_BYTES);
  const texts = decode(await evidence.read(file.contentSha256, start, file.contentSize - start)).split('\n');
  if (texts.at(-1) === '') texts.pop();
  const whole = start === 0 ? texts : texts.slice(1);
  const last = whole.slice(Math.max(0, whole.length - count));
  return {
    lines: last.map((text, i) => ({
      line: file.lines - last.length + 1 + i,
      text: shown(text),
      path: file.path,
    })),
    reachesStart: start === 0 && last.length === whole.length,
  };
}

/** The first lines of a file. */
async function startOf(
  evidence: EvidenceReader,
  file: Neighbour,
  count: number,
): Promise<{ lines: Line[]; reachesEnd: boolean }> {
  const bytes = await evidence.read(file.contentSha256, 0, Math.min(AROUND_BYTES, file.contentSize));
  const texts = decode(bytes).split('\n');
  if (texts.at(-1) === '' || bytes.length < file.contentSize) texts.pop();
  const first = texts.slice(0, count);
  return {
    lines: first.map((text, i) => ({ line: i + 1, text: shown(text), path: file.path })),
    reachesEnd: bytes.length === file.contentSize && first.length === texts.length,
  };
}
