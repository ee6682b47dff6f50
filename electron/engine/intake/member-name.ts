// Names as archives hold them: decoded, cleaned for show, and refused when they point outside the bundle.

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 where the bytes are UTF-8, else Latin-1, so that every byte stays visible. Control characters are kept. */
export function decodeName(raw: Uint8Array): string {
  try {
    return strictUtf8.decode(raw);
  } catch {
    return Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString('latin1');
  }
}

/** Without the `./` that `tar -C folder .` writes before every name. */
export function plainName(name: string): string {
  return name.replace(/^(?:\.\/+)+/, '');
}

/**
 * Why a name is not accepted, or null. Members with such names are not read at all. An absolute name (`tar -P`) is only
 * a name: member names are never used as paths on disk, so honest bundles that hold them are read.
 */
export function refusedName(name: string): string | null {
  return name.split(/[\\/]/).includes('..')
    ? `name points outside the bundle ('${name}'); not read, nothing was written outside the case`
    : null;
}
