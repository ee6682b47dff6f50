// One bundle being read: what each member is, what is opened in place, and what goes to the ledger only.
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MemberFlow, MemberHeader } from './bundle.ts';
import { deliver } from './content.ts';
import { type Meter, NESTED_DEPTH } from './limits.ts';
import { kindOf, MAGIC_LENGTH } from './magic.ts';
import { plainName, refusedName } from './member-name.ts';
import { nodeOf } from './node-name.ts';
import { CAN_UNPACK_ZSTD, Cursor, Damage, HashingSource, type Source, Unpacked } from './source.ts';
import { type TarEntry, TarReader } from './tar.ts';
import { ZipReader } from './zip.ts';

/** What is known of a member before its content. */
export type Stated = Omit<MemberHeader, 'compression' | 'node'>;

export class Reading {
  readonly #flow: MemberFlow;
  readonly #name: string;
  readonly #isArchive: boolean;
  readonly #spoolDir: string;
  readonly meter: Meter;
  /** Members with content. */
  members = 0;
  /** What was wrong with the last member that was damaged: a clause. */
  damage: string | null = null;

  constructor(
    flow: MemberFlow,
    meter: Meter,
    bundle: { name: string; isArchive: boolean },
    spoolDir: string | undefined,
  ) {
    this.#flow = flow;
    this.meter = meter;
    this.#name = bundle.name;
    this.#isArchive = bundle.isArchive;
    this.#spoolDir = spoolDir ?? tmpdir();
  }

  async note(stated: Stated, status: 'skipped' | 'failed', reason: string): Promise<void> {
    this.meter.member(stated.path);
    await this.#flow.note(this.#header(stated, null), status, reason);
  }

  /** A member with its content. `depth` counts the archives around it that were found inside the bundle. */
  async member(stated: Stated, content: Source, depth: number): Promise<void> {
    const cursor = new Cursor(content);
    const kind = kindOf(await cursor.peek(MAGIC_LENGTH), stated.path);
    switch (kind) {
      case 'plain':
      case 'empty_tar':
        return this.#plain(stated, cursor);
      case 'gzip':
        return this.#packed(stated, cursor, 'gzip', depth);
      case 'zstd':
        if (CAN_UNPACK_ZSTD) return this.#packed(stated, cursor, 'zstd', depth);
        break;
      case 'tar':
        return this.#nested(stated, depth, (inner) => this.tar(cursor, `${stated.path}!/`, inner));
      case 'zip':
        return this.#nested(stated, depth, (inner) => this.#spooledZip(cursor, `${stated.path}!/`, inner));
    }
    await this.note(
      stated,
      'skipped',
      `${kind} compression: this version does not unpack it, so its content was not read`,
    );
  }

  /** Members of a tar; gives a clause when it is cut or damaged. */
  async tar(from: Cursor, prefix: string, depth: number): Promise<string | null> {
    const reader = new TarReader(from);
    try {
      for (let entry = await reader.next(); entry !== null; entry = await reader.next()) {
        await this.#tarEntry(entry, reader, prefix, depth);
      }
      return reader.problem;
    } catch (error) {
      if (error instanceof Damage) return error.message;
      throw error;
    }
  }

  async #tarEntry(entry: TarEntry, reader: TarReader, prefix: string, depth: number): Promise<void> {
    if (entry.kind === 'directory' || entry.kind === 'label') {
      this.meter.check();
      return;
    }
    const { size, mode, owner, mtimeUs } = entry;
    const stated = { path: prefix + plainName(entry.name), size, mode, owner, mtimeUs };
    const refused = refusedName(entry.name);
    if (refused) return this.note(stated, 'failed', refused);
    switch (entry.kind) {
      case 'file':
        return this.member(stated, reader.content, depth);
      case 'symbolic link':
        return this.note(stated, 'skipped', `symbolic link to ${entry.linkName}: not followed`);
      case 'hard link':
        return this.note(
          stated,
          'skipped',
          `hard link to ${entry.linkName}: the content stands under that name`,
        );
      case 'sparse file':
        return this.note(
          stated,
          'failed',
          'sparse file: this version does not expand it; pack it without --sparse',
        );
      case 'continuation of another volume':
        return this.note(stated, 'failed', 'continues a member of another volume; not read');
      default:
        return this.note(stated, 'skipped', `${entry.kind}: has no content`);
    }
  }

  /** Members of a zip that can be read at any place; gives a clause when it is cut or damaged. */
  async zip(zip: ZipReader, prefix: string, depth: number): Promise<string | null> {
    try {
      for await (const entry of zip.entries()) {
        if (entry.kind === 'directory') {
          this.meter.check();
          continue;
        }
        const stated = { ...entry.stated, path: prefix + plainName(entry.stated.path) };
        const refused = refusedName(entry.stated.path);
        if (refused) await this.note(stated, 'failed', refused);
        else if (entry.kind === 'unreadable') await this.note(stated, 'failed', entry.reason);
        else if (entry.kind === 'link') {
          await this.note(stated, 'skipped', `symbolic link to ${await entry.target()}: not followed`);
        } else {
          const content = entry.open((count) => this.meter.unpacked(count));
          try {
            await this.member(stated, content, depth);
          } finally {
            await content.close();
          }
        }
      }
      return zip.problem;
    } catch (error) {
      if (error instanceof Damage) return error.message;
      throw error;
    }
  }

  /** Content as it stands. */
  async #plain(stated: Stated, content: Cursor): Promise<void> {
    this.meter.member(stated.path);
    const writer = await this.#flow.begin(this.#header(stated, null));
    this.members++;
    const { size, problem } = await deliver(content, stated.size, writer, this.meter);
    await writer.end({ sha256: null, size, problem: this.#sentence(problem) });
  }

  /** Compressed content: a nested archive when that is what it unpacks to, else a member of its own. */
  async #packed(stated: Stated, content: Source, compression: 'gzip' | 'zstd', depth: number): Promise<void> {
    const collected = new HashingSource(content);
    const unpacked = new Unpacked(collected, compression, (count) => this.meter.unpacked(count));
    try {
      const inner = new Cursor(unpacked);
      const kind = kindOf(await inner.peek(MAGIC_LENGTH), withoutCompression(stated.path));
      if (kind === 'tar') {
        return await this.#nested(stated, depth, (deeper) => this.tar(inner, `${stated.path}!/`, deeper));
      }
      if (kind === 'zip') {
        return await this.#nested(stated, depth, (deeper) =>
          this.#spooledZip(inner, `${stated.path}!/`, deeper),
        );
      }
      this.meter.member(stated.path);
      const writer = await this.#flow.begin(this.#header(stated, compression));
      this.members++;
      const { problem } = await deliver(inner, null, writer, this.meter);
      await unpacked.close();
      const sha256 = await collected.finish();
      await writer.end({ sha256, size: collected.size, problem: this.#sentence(problem) });
    } finally {
      await unpacked.close();
    }
  }

  async #nested(
    stated: Stated,
    depth: number,
    read: (depth: number) => Promise<string | null>,
  ): Promise<void> {
    if (depth >= NESTED_DEPTH) {
      const reason = `an archive inside the nested archive ${stated.path.slice(0, stated.path.lastIndexOf('!/'))}: only one level of nesting is opened; unpack it and add it as a bundle of its own`;
      return this.note(stated, 'skipped', reason);
    }
    const before = this.meter.members;
    const problem = await read(depth + 1);
    if (problem) {
      await this.note(stated, 'failed', `nested archive: ${problem}. Members read before that are kept`);
    } else if (this.meter.members === before) {
      await this.note(stated, 'skipped', 'nested archive without any file in it');
    }
  }

  /** A zip needs its end first: its bytes wait in a temporary file whose name says nothing of the evidence. */
  async #spooledZip(content: Source, prefix: string, depth: number): Promise<string | null> {
    const folder = await mkdtemp(join(this.#spoolDir, 'tidemark-'));
    const file = await open(join(folder, 'spool'), 'wx+', 0o600);
    try {
      let cut: string | null = null;
      let position = 0;
      try {
        for (let piece = await content.read(); piece !== null; piece = await content.read()) {
          this.meter.check();
          for (let at = 0; at < piece.length; ) {
            at += (await file.write(piece, at, piece.length - at, position + at)).bytesWritten;
          }
          position += piece.length;
        }
      } catch (error) {
        if (!(error instanceof Damage)) throw error;
        cut = error.message;
      }
      const zip = new ZipReader(file, () => this.meter.check());
      const problem = await this.zip(zip, prefix, depth);
      return cut ?? problem;
    } finally {
      await file.close();
      await rm(folder, { recursive: true, force: true });
    }
  }

  #sentence(clause: string | null): string | null {
    if (clause === null) return null;
    this.damage = clause;
    return `${clause[0]!.toUpperCase()}${clause.slice(1)}. What was read before that is kept.`;
  }

  #header(stated: Stated, compression: string | null): MemberHeader {
    return { ...stated, compression, node: nodeOf(this.#name, stated.path, this.#isArchive) };
  }
}

/** The name of what a compressed file holds: `a.log.gz` holds `a.log`, `a.tgz` holds `a.tar`. */
export function withoutCompression(name: string): string {
  return name.replace(/\.tgz$/i, '.tar').replace(/\.(?:gz|zst|zstd)$/i, '');
}
