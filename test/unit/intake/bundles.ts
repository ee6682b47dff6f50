// Makes bundles for the intake tests at run time, and records what a reading delivers.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { afterAll } from 'vitest';
import {
  type BundleResult,
  type MemberFlow,
  type MemberHeader,
  type ReadOptions,
  readBundle,
} from '../../../electron/engine/intake/bundle.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own, gone after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-'));
  folders.push(folder);
  return folder;
}

export function fileOf(name: string, content: Uint8Array | string): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

/** Log text that compresses like logs do, the same for the same seed. */
export function logText(bytes: number, seed = 1): Buffer {
  const lines: string[] = [];
  let state = seed;
  for (let size = 0; size < bytes; ) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    const line = `2026-11-20 17:26:${state % 60} INFO worker-${state % 977} took task ${state.toString(16)}\n`;
    lines.push(line);
    size += line.length;
  }
  return Buffer.from(lines.join('')).subarray(0, bytes);
}

export type TarMember = Partial<Header> & { name: string; content?: Uint8Array | string };

export async function tarOf(members: TarMember[]): Promise<Buffer> {
  const stream = pack();
  for (const { content = '', ...header } of members) {
    stream.entry({ mode: 0o644, mtime: new Date(1_700_000_000_000), ...header }, Buffer.from(content));
  }
  stream.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export async function tarGzOf(members: TarMember[]): Promise<Buffer> {
  return gzipSync(await tarOf(members));
}

/** A header block of tar made by hand, for what tar-stream does not write. */
export function tarHeader(
  name: Uint8Array | string,
  type: string,
  size: number,
  more: { prefix?: string; magic?: string } = {},
): Buffer {
  const block = Buffer.alloc(512);
  Buffer.from(name).copy(block, 0, 0, 100);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('14524770000\0', 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write(more.magic ?? 'ustar\x0000', 257, 'latin1');
  if (more.prefix) block.write(more.prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

export function tarBlock(content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

export const TAR_END = Buffer.alloc(1024);

export interface ZipMember {
  name: string | Uint8Array;
  content?: Uint8Array | string;
  stored?: boolean;
  method?: number;
  encrypted?: boolean;
  unixMode?: number;
  wrongCrc?: boolean;
  madeBy?: number;
  /** Sizes and checksum follow the content, as packers write that stream. */
  sizesLater?: boolean;
}

/** A zip written by hand, so that it may hold what packers refuse to write. */
export function zipOf(members: ZipMember[]): Buffer {
  const local: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const name = Buffer.from(member.name);
    const content = Buffer.from(member.content ?? '');
    const data = member.stored ? content : deflateRawSync(content);
    const method = member.method ?? (member.stored ? 0 : 8);
    const crc = member.wrongCrc ? 1 : crc32(content);
    const flags = (member.encrypted ? 1 : 0) | (member.sizesLater ? 8 : 0);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(flags, 6);
    head.writeUInt16LE(method, 8);
    head.writeUInt32LE(0x57_54_60_00, 10);
    head.writeUInt32LE(crc, 14);
    head.writeUInt32LE(data.length, 18);
    head.writeUInt32LE(content.length, 22);
    head.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(((member.madeBy ?? 3) << 8) | 20, 4);
    head.copy(entry, 6, 4, 30);
    entry.writeUInt32LE(((member.unixMode ?? 0o100644) << 16) >>> 0, 38);
    entry.writeUInt32LE(offset, 42);
    const later = Buffer.from(head.subarray(14, 26));
    if (member.sizesLater) head.fill(0, 14, 26);
    const descriptor = member.sizesLater
      ? Buffer.concat([Buffer.from('PK\x07\x08', 'latin1'), later])
      : Buffer.alloc(0);
    local.push(head, name, data, descriptor);
    directory.push(entry, name);
    offset += 30 + name.length + data.length + descriptor.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, listed, end]);
}

export interface Delivered {
  header: MemberHeader;
  content: Buffer;
  chunks: number[];
  end: { sha256: string | null; size: number; problem: string | null } | null;
}

export class Recorder implements MemberFlow {
  readonly members: Delivered[] = [];
  readonly notes: { header: MemberHeader; status: string; reason: string }[] = [];
  readonly progressed: number[] = [];
  readonly #onWrite: () => void;

  constructor(onWrite: () => void = () => {}) {
    this.#onWrite = onWrite;
  }

  async begin(header: MemberHeader) {
    const member: Delivered = { header, content: Buffer.alloc(0), chunks: [], end: null };
    const parts: Uint8Array[] = [];
    this.members.push(member);
    return {
      write: async (chunk: Uint8Array) => {
        if (chunk.byteOffset !== 0 || chunk.buffer.byteLength !== chunk.length)
          throw new Error('chunk shares memory');
        // As a worker would take it: what the sender still held would be empty now.
        const moved = structuredClone(chunk, { transfer: [chunk.buffer as ArrayBuffer] });
        parts.push(moved);
        member.chunks.push(moved.length);
        this.#onWrite();
      },
      end: async (result: Delivered['end'] & object) => {
        member.content = Buffer.concat(parts);
        member.end = result;
      },
    };
  }

  async note(header: MemberHeader, status: 'skipped' | 'failed', reason: string): Promise<void> {
    this.notes.push({ header, status, reason });
  }

  progress(bytesRead: number): void {
    this.progressed.push(bytesRead);
  }

  get texts(): Record<string, string> {
    return Object.fromEntries(this.members.map((member) => [member.header.path, member.content.toString()]));
  }

  get noted(): Record<string, string> {
    return Object.fromEntries(this.notes.map((note) => [note.header.path, `${note.status}: ${note.reason}`]));
  }
}

export async function read(
  path: string,
  options?: ReadOptions,
): Promise<{ result: BundleResult; seen: Recorder }> {
  const seen = new Recorder();
  const result = await readBundle(path, seen, options);
  return { result, seen };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
