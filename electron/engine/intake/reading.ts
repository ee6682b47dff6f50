// One bundle being read: what each member is, what is opened in place, and what goes to the ledger only.
import type { FileHandle } from 'node:fs/promises';
import type { MemberFlow, MemberHeader } from './bundle.ts';
import { deliver } from './content.ts';
import { Damage } from './damage.ts';
import { LimitReached, type Meter } from './limits.ts';
import type { ListedArchive } from './listed.ts';
import { type Kind, kindOf, MAGIC_LENGTH, UNREAD, withoutCompression } from './magic.ts';
import { plainName, refusedName } from './member-name.ts';
import { cutName, Names } from './names.ts';
import { nodeOf } from './node-name.ts';
import { SevenZipReader } from './sevenzip.ts';
import { Cursor, FileSource, HashingSource, type Source } from './source.ts';
import { Spool } from './spool.ts';
import { type TarEntry, TarReader } from './tar.ts';
import { type Compression, UNPACKED, type Unpacking, unpack } from './unpack.ts';
import { ZipReader } from './zip.ts';

/** What is known of a member before its content. */
export type Stated = Omit<MemberHeader, 'compression' | 'node' | 'remark'> & { remark?: string };

/** A part of a member that waits in a file: where it ends there, and why it ended. */
interface Waiting {
  end: number;
  problem: string | null;
}

export interface BundleIdentity {
  name: string;
  isArchive: boolean;
  spoolDir: string | undefined;
  passwords: readonly string[];
}

export class Reading {
  readonly #flow: MemberFlow;
  readonly #bundle: BundleIdentity;
  readonly #names = new Names();
  readonly meter: Meter;
  /** Members with content. */
  members = 0;
  /** What was wrong with the last member that was damaged: a clause. */
  damage: string | null = null;

  constructor(flow: MemberFlow, meter: Meter, bundle: BundleIdentity) {
    this.#flow = flow;
    this.meter = meter;
    this.#bundle = bundle;
  }

  async note(stated: Stated, status: 'skipped' | 'failed', reason: string): Promise<void> {
    this.meter.member();
    const header = this.#header(stated, null);
    await this.#flow.note(header, status, header.remark ? `${reason}; ${header.remark}` : reason);
  }

  /**
   * A member with its content. `depth` counts the archives around it that were found inside the bundle; `name` is the one
   * it was collected under.
   */
  async member(stated: Stated, content: Source, depth: number, name: string = stated.path): Promise<void> {
    const cursor = new Cursor(content);
    const kind = kindOf(await cursor.peek(MAGIC_LENGTH), name);
    if (isPacked(kind)) return this.#packed(stated, cursor, kind, depth, name);
    const opened = this.#archive(kind, stated, cursor);
    if (opened) return this.#nested(stated, depth, opened);
    const unread = UNREAD[kind];
    if (unread) return this.note(stated, 'skipped', `${unread}; its content was not read`);
    return this.#plain(stated, cursor);
  }

  /** How the members of an archive are read; null when the kind is none. */
  #archive(
    kind: Kind,
    { path }: Stated,
    content: Cursor,
  ): ((depth: number) => Promise<string | null>) | null {
    if (kind === 'tar') return (depth) => this.tar(content, `${path}!/`, depth);
    if (isListed(kind)) return (depth) => this.#spooled(content, kind, `${path}!/`, depth);
    return null;
  }

  /** Members of a tar; gives a clause when it is cut or damaged. */
  async tar(from: Cursor, prefix: string, depth: number): Promise<string | null> {
    const reader = new TarReader(from);
    let hole: string | null = null;
    for (;;) {
      try {
        for (let entry = await reader.next(); entry !== null; entry = await reader.next()) {
          await this.#tarEntry(entry, reader, prefix, depth);
        }
        return hole ?? reader.problem;
      } catch (error) {
        if (!(error instanceof Damage)) throw error;
        hole ??= error.message;
        if (!reader.pass()) return hole;
      }
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
      case 'impossible size':
        return this.note(
          { ...stated, size: null },
          'failed',
          'its header states a size that cannot be; not read',
        );
      default:
        return this.note(stated, 'skipped', `${entry.kind}: has no content`);
    }
  }

  /** Members of an archive with a list of them; gives a clause when it is cut or damaged. */
  async #listed(archive: ListedArchive, prefix: string, depth: number): Promise<string | null> {
    try {
      for await (const entry of archive.entries()) {
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
          const content = entry.open(this.meter.gauge());
          try {
            await this.member(stated, content, depth);
          } finally {
            await content.close();
          }
        }
      }
      return archive.problem;
    } catch (error) {
      if (error instanceof Damage) return error.message;
      throw error;
    }
  }

  /** Content as it stands. What follows a hole is a member of its own. */
  async #plain(stated: Stated, content: Cursor): Promise<void> {
    for (let part = 1; ; part++) {
      const named = partOf(stated, part);
      const writer = await this.#begin(named, null, part);
      const { size, problem } = await deliver(content, part === 1 ? stated.size : null, writer, this.meter);
      const more = problem !== null && content.pass();
      await writer.end({ sha256: null, size, problem: this.#sentence(problem, more ? named : null) });
      if (!more) return;
    }
  }

  /** Compressed content: a nested archive when that is what it unpacks to, else a member of its own. */
  async #packed(
    stated: Stated,
    content: Source,
    first: PackedKind,
    depth: number,
    collectedName: string,
  ): Promise<void> {
    const collected = new HashingSource(content);
    const layers: Unpacking[] = [];
    const names: Compression[] = [];
    let name = collectedName;
    let inner: Cursor = new Cursor(collected);
    let kind: Kind = first;
    try {
      while (isPacked(kind) && layers.length <= this.meter.limits.depth) {
        const unpacked = unpack(inner, kind, this.meter.gauge());
        layers.push(unpacked);
        names.unshift(kind);
        name = withoutCompression(name);
        inner = new Cursor(unpacked);
        kind = kindOf(await inner.peek(MAGIC_LENGTH), name);
      }
      const opened = this.#archive(kind, stated, inner);
      if (isPacked(kind))
        stated.remark = `it was unpacked ${layers.length} times over and still is ${kind}: raise the limit (depth) to unpack it further`;
      if (opened) return await this.#nested(stated, depth, opened);
      await this.#unpackedMember(stated, inner, names.join(' in '), collected, layers);
    } finally {
      for (const layer of layers.reverse()) await layer.close();
    }
  }

  /** The hash covers all that was collected: what follows a hole waits until the first part has its hash. */
  async #unpackedMember(
    stated: Stated,
    inner: Cursor,
    compression: string,
    collected: HashingSource,
    layers: Unpacking[],
  ): Promise<void> {
    const writer = await this.#begin(stated, compression, 1);
    const { problem } = await deliver(inner, null, writer, this.meter);
    const spool = problem !== null && inner.pass() ? await Spool.make(this.#bundle.spoolDir) : null;
    try {
      let parts: Waiting[];
      let sha256: string;
      try {
        parts = spool ? await this.#waiting(inner, spool) : [];
        for (const layer of layers.toReversed()) await layer.close();
        sha256 = await collected.finish();
      } catch (error) {
        // what is cancelled has no end: the member is read again when the bundle is resumed
        if (error instanceof LimitReached)
          await writer.end({ sha256: null, size: collected.size, problem: error.message });
        throw error;
      }
      const first = this.#sentence(problem, parts.length > 0 ? stated : null);
      await writer.end({ sha256, size: collected.size, problem: first });
      let start = 0;
      for (const [index, { end, problem: next }] of parts.entries()) {
        const named = partOf(stated, index + 2);
        const part = await this.#begin(named, compression, index + 2);
        const kept = new FileSource(spool!.file, { start, end });
        const { size } = await deliver(kept, null, part, this.meter);
        const isLast = index === parts.length - 1;
        await part.end({ sha256: null, size, problem: this.#sentence(next, isLast ? null : named) });
        start = end;
      }
    } finally {
      await spool?.remove();
    }
  }

  /** Keeps what is left, hole after hole; where each part ends, and why. */
  async #waiting(inner: Cursor, spool: Spool): Promise<Waiting[]> {
    const parts: Waiting[] = [];
    for (;;) {
      try {
        await spool.keep(inner, () => this.meter.check());
        parts.push({ end: spool.size, problem: null });
        return parts;
      } catch (error) {
        if (!(error instanceof Damage)) throw error;
        if (spool.size > (parts.at(-1)?.end ?? 0)) parts.push({ end: spool.size, problem: error.message });
        if (!inner.pass()) return parts;
      }
    }
  }

  async #nested(
    stated: Stated,
    depth: number,
    read: (depth: number) => Promise<string | null>,
  ): Promise<void> {
    const limit = this.meter.limits.depth;
    if (depth >= limit) {
      const reason = `an archive inside ${depth === 0 ? 'the bundle' : `the nested archive ${stated.path.slice(0, stated.path.lastIndexOf('!/'))}`}: archives in archives are opened ${limit} deep; raise the limit (depth), or unpack it and add it as a bundle of its own`;
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

  /** An archive that is read from its end: its bytes wait in a file of their own. */
  async #spooled(content: Source, kind: ListedKind, prefix: string, depth: number): Promise<string | null> {
    const spool = await Spool.make(this.#bundle.spoolDir);
    try {
      let cut: string | null = null;
      try {
        await spool.keep(content, () => this.meter.check());
      } catch (error) {
        if (!(error instanceof Damage)) throw error;
        cut = error.message;
      }
      const problem = await this.atAnyPlace(spool.file, kind, prefix, depth, () => this.meter.check());
      return cut ?? problem;
    } finally {
      await spool.remove();
    }
  }

  /** Members of a zip or 7z in a file; `onRead` hears of what is read of it. */
  atAnyPlace(
    file: FileHandle,
    kind: ListedKind,
    prefix: string,
    depth: number,
    onRead: (count: number) => void,
  ): Promise<string | null> {
    return this.#listed(listedArchive(file, kind, onRead, this.#bundle.passwords), prefix, depth);
  }

  #begin(stated: Stated, compression: string | null, part: number) {
    this.meter.member();
    this.members++;
    const header = this.#header(stated, compression);
    if (part > 1) header.remark = 'follows a damaged place: its first line may be cut';
    return this.#flow.begin(header);
  }

  #sentence(clause: string | null, continued: Stated | null): string | null {
    if (clause === null) return null;
    this.damage = clause;
    const more = continued ? ' What follows the damage is a member of its own.' : '';
    return `${clause[0]!.toUpperCase()}${clause.slice(1)}. What was read before that is kept.${more}`;
  }

  #header(stated: Stated, compression: string | null): MemberHeader {
    const { nameLength } = this.meter.limits;
    const isLong = stated.path.length > nameLength;
    const path = isLong ? cutName(stated.path, nameLength) : stated.path;
    const cut = isLong ? 'its name is longer than the limit (nameLength) and was cut' : null;
    const { name, isArchive } = this.#bundle;
    return {
      ...stated,
      path,
      compression,
      node: nodeOf(name, path, isArchive),
      remark: [stated.remark, cut, this.#names.remark(path)].filter(Boolean).join('; ') || null,
    };
  }
}

/** Parts of a member that holes divide: `a.log.bz2`, `a.log.bz2#2`, ... */
function partOf(stated: Stated, part: number): Stated {
  return part === 1 ? stated : { ...stated, path: `${stated.path}#${part}`, size: null };
}

export type ListedKind = Extract<Kind, 'zip' | '7z'>;

export const isListed = (kind: Kind): kind is ListedKind => kind === 'zip' || kind === '7z';

export function listedArchive(
  file: FileHandle,
  kind: ListedKind,
  onRead: (count: number) => void,
  passwords: readonly string[],
): ListedArchive {
  return kind === 'zip'
    ? new ZipReader(file, onRead, passwords)
    : new SevenZipReader(file, onRead, passwords);
}

export type PackedKind = Kind & Compression;

export function isPacked(kind: Kind): kind is PackedKind {
  return UNPACKED.has(kind);
}
