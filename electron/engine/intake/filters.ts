// What .xz and 7z do to content before they pack it, undone: differences, and jump addresses of x86 programs.
import { Damage } from './damage.ts';

export const DELTA = 0x03;
export const X86 = 0x04;

export interface Filter {
  id: number;
  properties: Uint8Array;
}

/** Undoes filters, the last first. Throws Damage for those this version does not know. */
export async function* unfilter(
  flow: AsyncIterable<Uint8Array>,
  filters: readonly Filter[],
): AsyncGenerator<Uint8Array> {
  let from = flow;
  for (const { id, properties } of filters.toReversed()) {
    if (id === DELTA) from = undelta(from, (properties[0] ?? 0) + 1);
    else if (id === X86) from = unx86(from);
    else
      throw new Damage(
        `it was packed with a filter (${id}) that this version does not undo. Unpack it and add the result`,
      );
  }
  yield* from;
}

async function* undelta(from: AsyncIterable<Uint8Array>, distance: number): AsyncGenerator<Uint8Array> {
  const before = new Uint8Array(256);
  let at = 0;
  for await (const piece of from) {
    const out = Buffer.allocUnsafeSlow(piece.length);
    for (let index = 0; index < piece.length; index++) {
      const byte = (piece[index]! + before[(at - distance) & 255]!) & 255;
      before[at++ & 255] = byte;
      out[index] = byte;
    }
    yield out;
  }
}

const isSign = (byte: number): boolean => byte === 0 || byte === 0xff;
const ALLOWED = [true, true, true, false, true, false, false, false];
const BIT_OF = [0, 1, 2, 2, 3, 3, 3, 3];

/** BCJ x86: absolute addresses of E8 and E9 become relative again. After xz-embedded's xz_dec_bcj.c (0BSD). */
async function* unx86(from: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting = Buffer.alloc(0);
  let position = 0;
  let mask = 0;
  const run = (bytes: Buffer): number => {
    let previous = -1;
    const end = bytes.length - 4;
    let at = 0;
    for (; at < end; at++) {
      if ((bytes[at]! & 0xfe) !== 0xe8) continue;
      const distance = at - previous;
      if (distance > 3) mask = 0;
      else {
        mask = (mask << (distance - 1)) & 7;
        if (mask !== 0 && (!ALLOWED[mask] || isSign(bytes[at + 4 - BIT_OF[mask]!]!))) {
          previous = at;
          mask = (mask << 1) | 1;
          continue;
        }
      }
      previous = at;
      if (!isSign(bytes[at + 4]!)) {
        mask = (mask << 1) | 1;
        continue;
      }
      let source = bytes.readUInt32LE(at + 1);
      let target: number;
      for (;;) {
        target = (source - (position + at + 5)) >>> 0;
        if (mask === 0) break;
        const shift = BIT_OF[mask]! * 8;
        if (!isSign((target >>> (24 - shift)) & 0xff)) break;
        source = (target ^ (2 ** (32 - shift) - 1)) >>> 0;
      }
      target = ((target & 0x01ffffff) | (0 - (target & 0x01000000))) >>> 0;
      bytes.writeUInt32LE(target, at + 1);
      at += 4;
    }
    const gap = at - previous;
    mask = gap > 3 ? 0 : mask << (gap - 1);
    return at;
  };
  for await (const piece of from) {
    waiting = Buffer.concat([waiting, piece]);
    if (waiting.length < 5) continue;
    const done = Math.min(run(waiting), waiting.length);
    position += done;
    yield own(waiting.subarray(0, done));
    waiting = Buffer.from(waiting.subarray(done));
  }
  if (waiting.length > 0) yield own(waiting);
}

function own(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}
