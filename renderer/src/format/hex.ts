// Exact bytes as a hex view: offset, sixteen bytes, what is printable.

export interface HexLine {
  offset: number;
  hex: string;
  ascii: string;
}

export function decodeBase64(base64: string): Uint8Array {
  const raw = atob(base64);
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

/** Lines of sixteen bytes, at most `most` of them. */
export function hexLines(bytes: Uint8Array, base = 0, most = 256): HexLine[] {
  const lines: HexLine[] = [];
  for (let i = 0; i < bytes.length && lines.length < most; i += 16) {
    const row = bytes.subarray(i, i + 16);
    lines.push({
      offset: base + i,
      hex: Array.from(row, (b, k) => (k === 8 ? ' ' : '') + b.toString(16).padStart(2, '0')).join(' '),
      ascii: Array.from(row, (b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '·')).join(''),
    });
  }
  return lines;
}
