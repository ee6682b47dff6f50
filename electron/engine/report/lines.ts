// Exact lines of the evidence: read once each, in the order they lie in the store, decoded without loss.

/** Bytes of one record that a report shows; longer records are cut and say so. */
export const LINE_BYTES = 4096;

export interface LineRequest {
  sha256: string | null;
  byteOffset: number;
  byteLength: number;
}
export interface ReadLine {
  text: string;
  base64: string | null;
  bytesNotShown: number;
}
export type ReadLines = (fileSha256: string, byteOffset: number, byteLength: number) => Promise<Uint8Array>;

const key = (r: LineRequest) => `${r.sha256}:${r.byteOffset}:${r.byteLength}`;

/** The lines by request; a line that can't be read is absent. */
export async function readLinesOnce(
  requests: LineRequest[],
  readLines: ReadLines,
): Promise<(request: LineRequest) => ReadLine | undefined> {
  const distinct = new Map(requests.filter((r) => r.sha256 !== null).map((r) => [key(r), r]));
  const inStoreOrder = [...distinct.values()].sort((a, b) =>
    a.sha256 === b.sha256 ? a.byteOffset - b.byteOffset : a.sha256! < b.sha256! ? -1 : 1,
  );
  const read = new Map<string, ReadLine>();
  for (const request of inStoreOrder) {
    const wanted = Math.min(request.byteLength, LINE_BYTES);
    try {
      const bytes = await readLines(request.sha256!, request.byteOffset, wanted);
      if (bytes.length === wanted) read.set(key(request), decodeLine(bytes, request.byteLength - wanted));
    } catch {
      // The report says that the line could not be read; why it could not depends on this machine.
    }
  }
  return (request) => read.get(key(request));
}

/** Bytes as text without their last line end; base64 as well when the text can't give the bytes back. */
export function decodeLine(bytes: Uint8Array, bytesNotShown: number): ReadLine {
  const whole = bytesNotShown > 0 ? bytes.subarray(0, lastCharacterEnd(bytes)) : bytes;
  const cut = bytesNotShown + bytes.length - whole.length;
  const buffer = Buffer.from(whole.buffer, whole.byteOffset, whole.length);
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(whole);
  const exact = Buffer.from(text, 'utf8').equals(buffer);
  return {
    text: cut > 0 ? text : text.replace(/\r?\n$/, ''),
    base64: exact ? null : buffer.toString('base64'),
    bytesNotShown: cut,
  };
}

/** Where the last whole UTF-8 character ends, so that a cut does not look like damage. */
function lastCharacterEnd(bytes: Uint8Array): number {
  for (let back = 1; back <= 4 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length - back + 1;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed <= back ? bytes.length : bytes.length - back;
    }
  }
  return bytes.length;
}
