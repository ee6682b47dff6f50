// Cuts content into chunks of one mebibyte whose memory belongs to them alone, so that they may go to a worker.
import type { MemberWriter } from './bundle.ts';
import { Damage } from './damage.ts';
import { LimitReached, type Meter } from './limits.ts';
import { PIECE, type Source } from './source.ts';

/** Content was delivered to its end, or to where it is damaged (a clause says what). */
export interface Delivered {
  size: number;
  problem: string | null;
}

/** Content of one member is told apart from the end by the caller, who knows its hash and size as collected. */
export async function deliver(
  content: Source,
  expected: number | null,
  writer: MemberWriter,
  meter: Meter,
  onChunk?: (chunk: Uint8Array) => void,
): Promise<Delivered> {
  let buffer: Buffer | null = null;
  let filled = 0;
  let size = 0;
  const flush = async (): Promise<void> => {
    if (!buffer || filled === 0) return;
    const chunk = filled === buffer.length ? buffer : own(buffer.subarray(0, filled), filled);
    buffer = null;
    filled = 0;
    await writer.write(chunk);
  };

  try {
    for (let piece = await content.read(); piece !== null; piece = await content.read()) {
      meter.content(piece.length);
      onChunk?.(piece);
      for (let at = 0; at < piece.length; ) {
        if (!buffer) {
          const left = expected === null ? PIECE : Math.min(PIECE, expected - size);
          buffer = Buffer.allocUnsafeSlow(Math.max(left, Math.min(PIECE, piece.length - at)));
        } else if (filled === buffer.length) {
          if (filled === PIECE) {
            await flush();
            continue;
          }
          buffer = own(buffer, PIECE);
        }
        const count = Math.min(buffer.length - filled, piece.length - at);
        buffer.set(at === 0 && count === piece.length ? piece : piece.subarray(at, at + count), filled);
        filled += count;
        size += count;
        at += count;
      }
    }
    await flush();
    return { size, problem: null };
  } catch (error) {
    if (error instanceof Damage) {
      await flush();
      return { size, problem: error.message };
    }
    // what is cancelled has no end: the member is read again when the bundle is resumed
    if (error instanceof LimitReached) {
      await flush();
      await writer.end({ sha256: null, size, problem: error.message });
    }
    throw error;
  }
}

function own(bytes: Uint8Array, capacity: number): Buffer {
  const copy = Buffer.allocUnsafeSlow(capacity);
  copy.set(bytes);
  return copy;
}
