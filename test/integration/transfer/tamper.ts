// Takes a portable case apart and puts it together otherwise, with lies where the test wants them.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { tarHeader, tarPadding } from '../../../electron/engine/transfer/tar-writer.ts';

export interface Part {
  name: string;
  bytes: Buffer;
  /** Instead of the header that a file has. */
  header?: Buffer;
}

/** The parts of a file that this version wrote: plain ustar headers, in order. */
export function partsOf(path: string): Part[] {
  const file = readFileSync(path);
  const parts: Part[] = [];
  for (let at = 0; file[at] !== 0; ) {
    const name = file.toString('latin1', at, at + 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(file.toString('latin1', at + 124, at + 135), 8);
    parts.push({ name, bytes: file.subarray(at + 512, at + 512 + size) });
    at += 512 + size + ((512 - (size % 512)) % 512);
  }
  return parts;
}

export const tarOf = (parts: Part[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(({ name, bytes, header }) => [
      header ?? tarHeader(name, bytes.length),
      bytes,
      tarPadding(bytes.length),
    ]),
    Buffer.alloc(1024),
  ]);

/** Writes the parts, the head stating what they are now: only lies inside them stay. */
export function writeFitting(path: string, parts: Part[]): void {
  const head = JSON.parse(parts[0]!.bytes.toString());
  head.parts = parts.slice(1).map(({ name, bytes }) => ({
    name,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }));
  writeFileSync(
    path,
    tarOf([{ name: parts[0]!.name, bytes: Buffer.from(JSON.stringify(head)) }, ...parts.slice(1)]),
  );
}

export const replaced = (parts: Part[], name: string, change: (text: string) => string): Part[] =>
  parts.map((part) =>
    part.name === name ? { name, bytes: Buffer.from(change(part.bytes.toString())) } : part,
  );

export type Row = Record<string, unknown>;

/** The ledger with its members changed. */
export const withMembers = (parts: Part[], change: (member: Row, i: number) => Row | Row[]): Part[] =>
  replaced(parts, 'ledger.ndjson', (text) => {
    let i = 0;
    const lines = text
      .trimEnd()
      .split('\n')
      .flatMap((line) => {
        const { member } = JSON.parse(line) as { member?: Row };
        if (!member) return [line];
        return [change(member, i++)].flat().map((row) => JSON.stringify({ member: row }));
      });
    return `${lines.join('\n')}\n`;
  });

export const withAnnotations = (parts: Part[], change: (said: Record<string, Row[]>) => unknown): Part[] =>
  replaced(parts, 'annotations.json', (text) => JSON.stringify(change(JSON.parse(text))));
