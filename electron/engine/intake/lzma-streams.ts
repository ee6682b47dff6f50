// LZMA and LZMA2 as flows of content. What was decoded before a fault or a cut comes first, then the fault is thrown.
import { Damage } from './damage.ts';
import { LzmaDecoder, LzmaFault, type LzmaProperties, propertiesOf, Window } from './lzma.ts';
import { type Cursor, PIECE } from './source.ts';

/** The stream ends before it should: nothing follows. */
export async function cutAt(from: Cursor, label: string): Promise<Damage> {
  await from.take(1); // throws what is wrong below, if that is the reason
  return new Damage(`the ${label} data is cut after ${from.offset} compressed bytes`);
}

/** Up to `count` bytes: fewer at the end, and before damage. */
export async function upTo(from: Cursor, count: number): Promise<Uint8Array> {
  return from.take((await from.peek(count)).length);
}

/** Lets what else waits on this thread have its turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** LZMA2 up to its end mark. Chunks are at most 2 MiB. Throws LzmaFault, or Damage at a cut. */
export async function* unpackLzma2(
  from: Cursor,
  dictionary: number,
  label: string,
  most?: number,
): AsyncGenerator<Uint8Array> {
  const window = new Window(dictionary, most);
  const decoder = new LzmaDecoder(window);
  let needsReset = true;
  let needsProperties = true;
  for (;;) {
    const control = (await upTo(from, 1))[0];
    if (control === undefined) throw await cutAt(from, label);
    if (control === 0) return;
    if (control === 1 || control >= 0xe0) {
      needsReset = false;
      window.reset();
      if (control === 1) needsProperties = true;
    } else if (needsReset || (control > 2 && control < 0x80)) {
      throw new LzmaFault('a chunk begins with what cannot stand there');
    }
    const head = await upTo(from, control < 0x80 ? 2 : control >= 0xc0 ? 5 : 4);
    if (head.length < (control < 0x80 ? 2 : control >= 0xc0 ? 5 : 4)) throw await cutAt(from, label);
    await turn();
    if (control < 0x80) {
      yield* copied(from, window, ((head[0]! << 8) | head[1]!) + 1, label);
      continue;
    }
    if (control >= 0xc0) {
      const properties = propertiesOf(head[4]!);
      if (!properties || properties.lc + properties.lp > 4)
        throw new LzmaFault('its properties are impossible');
      decoder.setProperties(properties);
      needsProperties = false;
    } else if (needsProperties) throw new LzmaFault('a chunk without properties');
    if (control >= 0xa0) decoder.resetState();
    const size = (((control & 0x1f) << 16) | (head[0]! << 8) | head[1]!) + 1;
    yield* chunk(from, decoder, ((head[2]! << 8) | head[3]!) + 1, size, label);
  }
}

async function* copied(
  from: Cursor,
  window: Window,
  size: number,
  label: string,
): AsyncGenerator<Uint8Array> {
  const bytes = await upTo(from, size);
  window.reserve(size);
  window.append(bytes);
  if (bytes.length > 0) yield window.take();
  if (bytes.length < size) throw await cutAt(from, label);
}

async function* chunk(
  from: Cursor,
  decoder: LzmaDecoder,
  packed: number,
  size: number,
  label: string,
): AsyncGenerator<Uint8Array> {
  const bytes = await upTo(from, packed);
  let fault: Error | null = null;
  try {
    decoder.begin(bytes, 0);
    const stop = decoder.run(bytes, decoder.at, bytes.length, size, true, true);
    const whole = stop === 'room' && decoder.isFinished && decoder.at === packed;
    if (bytes.length === packed && !whole) fault = new LzmaFault('a chunk does not end where it should');
  } catch (error) {
    if (!(error instanceof LzmaFault || error instanceof Damage)) throw error;
    fault = error;
  }
  const content = decoder.window.take();
  if (content.length > 0) yield content;
  if (bytes.length < packed) throw await cutAt(from, label);
  if (fault) throw fault;
}

/** LZMA of `size` bytes, or up to its end mark where that is null. Throws LzmaFault, or Damage at a cut. */
export async function* unpackLzma(
  from: Cursor,
  properties: LzmaProperties,
  dictionary: number,
  size: number | null,
  label: string,
): AsyncGenerator<Uint8Array> {
  const decoder = new LzmaDecoder(new Window(dictionary));
  decoder.setProperties(properties);
  decoder.resetState();
  const head = await upTo(from, 5);
  if (head.length < 5) throw await cutAt(from, label);
  decoder.begin(head, 0);
  let input: Uint8Array = new Uint8Array(0);
  let at = 0;
  let last = false;
  for (let left = size ?? Number.POSITIVE_INFINITY; left > 0; ) {
    if (!last && input.length - at < FEED) {
      const piece = await upTo(from, FEED);
      last = piece.length === 0;
      input = at === input.length ? piece : Buffer.concat([input.subarray(at), piece]);
      at = 0;
    }
    await turn();
    const room = Math.min(left, PIECE);
    let fault: unknown = null;
    let stop = 'room';
    try {
      stop = decoder.run(input, at, input.length, room, last, room === left);
    } catch (error) {
      fault = error;
    }
    at = Math.min(decoder.at, input.length);
    const content = decoder.window.take();
    left -= content.length;
    if (content.length > 0) yield content;
    if (fault) throw fault;
    if (stop === 'end') break;
    if (stop === 'input' && last) throw await cutAt(from, label);
  }
  // the last byte of the range coder may not have been needed yet
  if (at === decoder.at && !decoder.isFinished && size === null)
    throw new LzmaFault('it does not end where it should');
  from.unread(input.subarray(Math.min(decoder.at, input.length)));
}

const FEED = 64 << 10;

/** The properties of LZMA as .lzma, zip and 7z keep them: one byte, and four of the dictionary's size. */
export function lzmaHead(bytes: Uint8Array): { properties: LzmaProperties; dictionary: number } | null {
  const properties = bytes.length >= 5 ? propertiesOf(bytes[0]!) : null;
  if (!properties) return null;
  return { properties, dictionary: Buffer.from(bytes.subarray(1, 5)).readUInt32LE(0) };
}

/** The size of a dictionary as one byte states it in .xz and 7z; null where that is no size. */
export function lzma2Dictionary(byte: number): number | null {
  if (byte > 40) return null;
  return byte === 40 ? 0xffffffff : (2 | (byte & 1)) * 2 ** ((byte >> 1) + 11);
}
