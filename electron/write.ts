// Writes to a stream at the speed of its reader; rejects when the reader has gone (EPIPE).
import type { Writable } from 'node:stream';

export function write(stream: Writable, data: string | Uint8Array): Promise<void> {
  return new Promise((done, failed) => {
    stream.write(data, (error) => (error ? failed(error) : done()));
  });
}
