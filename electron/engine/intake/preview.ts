// A look at a bundle before it is read: what it is and what it holds, as far as about two seconds of listing go.
import type { FileHandle } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { BundlePreview } from '../../../shared/api-intake.ts';
import { CaseError } from '../case/errors.ts';
import { Damage } from './damage.ts';
import { walk } from './folder.ts';
import { LimitReached, type Limits, Meter } from './limits.ts';
import { type Kind, kindOf, UNREAD } from './magic.ts';
import { plainName } from './member-name.ts';
import { kindsOf, openEvidence, statOf } from './opened.ts';
import { isListed, isPacked, type ListedKind, listedArchive } from './reading.ts';
import { Cursor, FileSource, reasonOf } from './source.ts';
import { TarReader } from './tar.ts';
import { unpack } from './unpack.ts';

/** Members shown. */
const SHOWN = 200;
/** Seconds that a look may take. */
const SECONDS = 2;

/** What is seen of a bundle; `known` is for the caller to settle. */
export type Preview = Omit<BundlePreview, 'known'>;

type Entry = BundlePreview['entries'][number];

/** Errors: no_such_path, unreadable_path. What is wrong with the bundle itself stands in `problem`. */
export async function previewBundle(
  path: string,
  limits: Partial<Limits> = {},
  seconds: number = SECONDS,
): Promise<Preview> {
  const stats = await statOf(path);
  const look = new Look(path, stats.size, limits, seconds);
  try {
    if (stats.isDirectory()) await look.folder();
    else if (!stats.isFile()) look.problem('It is neither a file nor a folder, and will not be read.');
    else await look.file();
  } catch (error) {
    if (error instanceof CaseError) throw error;
    look.stopped(error);
  }
  return look.result;
}

class Look {
  readonly #path: string;
  readonly #meter: Meter;
  readonly #until: number;
  #unpacked: number | null = 0;
  readonly result: Preview;

  constructor(path: string, size: number, limits: Partial<Limits>, seconds: number) {
    this.#path = path;
    this.#meter = new Meter({ ...limits, seconds: Number.MAX_SAFE_INTEGER }, undefined, () => {});
    this.#until = performance.now() + seconds * 1000;
    this.result = {
      path,
      name: basename(resolve(path)),
      kind: 'file',
      size,
      members: 0,
      complete: true,
      unpacked: null,
      encrypted: 0,
      nested: 0,
      entries: [],
      problem: null,
    };
  }

  problem(sentence: string): void {
    this.result.problem ??= sentence;
  }

  /** Why looking ended early. */
  stopped(error: unknown): void {
    this.result.complete = false;
    if (error instanceof OutOfTime) return;
    if (error instanceof LimitReached) this.problem(error.message);
    else if (error instanceof Damage) this.problem(damaged(error.message));
    else this.problem(`It cannot be looked at: ${reasonOf(error)}.`);
  }

  async folder(): Promise<void> {
    this.result.kind = 'folder';
    this.result.size = 0;
    for await (const item of walk(Buffer.from(resolve(this.#path)))) {
      const { path, size } = item.stated;
      if (item.kind === 'file') this.result.size += size ?? 0;
      this.#entry({ path, size, kind: item.kind === 'file' ? kindByName(path) : 'link', encrypted: false });
    }
    if (this.result.members === 0) this.problem('It holds no file.');
  }

  async file(): Promise<void> {
    const { result } = this;
    if (result.size === 0) {
      this.problem('It is an empty file: nothing to read.');
      return;
    }
    const file = await openEvidence(this.#path);
    try {
      const { kind, inner } = await kindsOf(file, result.name);
      const unread = UNREAD[kind];
      result.kind = isPacked(kind) ? (isTar(inner) ? `tar in ${kind}` : `file in ${kind}`) : named(kind);
      if (unread) {
        result.complete = false;
        this.problem(`It is ${unread}.`);
      } else if (isListed(kind)) await this.#listed(file, kind);
      else if (isTar(inner)) await this.#tar(file, kind);
      else
        this.#entry({
          path: result.name,
          size: isPacked(kind) ? null : result.size,
          kind: 'file',
          encrypted: false,
        });
    } finally {
      await file.close();
    }
  }

  async #listed(file: FileHandle, of: ListedKind): Promise<void> {
    const archive = listedArchive(file, of, () => this.#check(), []);
    for await (const member of archive.list()) {
      if (member.kind === 'directory') continue;
      const path = plainName(member.stated.path);
      const kind = member.kind === 'link' ? 'link' : kindByName(path);
      this.#entry({ path, size: member.stated.size, kind, encrypted: member.encrypted });
    }
    if (archive.problem && this.result.encrypted < this.result.members)
      this.problem(damaged(archive.problem));
    if (this.result.encrypted > 0 && this.result.problem === null) this.#encrypted();
  }

  async #tar(file: FileHandle, kind: Kind): Promise<void> {
    const raw = new FileSource(file, { onBytes: (piece) => this.#meter.raw(piece.length) });
    const unpacked = isPacked(kind) ? unpack(raw, kind, this.#meter.gauge()) : null;
    const checked = unpacked ?? raw;
    const from = new Cursor({
      read: () => {
        this.#check();
        return checked.read();
      },
    });
    const tar = new TarReader(from);
    try {
      for (let entry = await tar.next(); entry !== null; entry = await tar.next()) {
        if (entry.kind === 'directory' || entry.kind === 'label') continue;
        const path = plainName(entry.name);
        const known = entry.kind === 'file' ? kindByName(path) : entry.kind;
        this.#entry({ path, size: entry.size, kind: known, encrypted: false });
      }
    } finally {
      await unpacked?.close();
    }
    if (tar.problem) this.problem(damaged(tar.problem));
    if (this.result.members === 0) this.problem('It is an archive without any file in it.');
  }

  #encrypted(): void {
    const { encrypted, members } = this.result;
    const some = `${encrypted.toLocaleString('en-US')} of its ${members.toLocaleString('en-US')} members`;
    const what =
      encrypted === members
        ? 'Every member is'
        : encrypted === 1
          ? `1 of its ${members.toLocaleString('en-US')} members is`
          : `${some} are`;
    this.problem(`${what} encrypted: give the password, or what is encrypted will be listed and not read.`);
  }

  #entry(entry: Entry): void {
    this.#check();
    const { result } = this;
    result.members++;
    if (entry.encrypted) result.encrypted++;
    if (entry.kind === 'archive') result.nested++;
    this.#unpacked = entry.size === null || this.#unpacked === null ? null : this.#unpacked + entry.size;
    result.unpacked = this.#unpacked;
    if (result.entries.length < SHOWN) result.entries.push(entry);
    if (result.members > this.#meter.limits.members)
      throw new LimitReached(
        `It holds more than ${this.#meter.limits.members.toLocaleString('en-US')} members, the limit for one bundle: those after that will not be read unless the limit (members) is raised.`,
      );
  }

  #check(): void {
    if (performance.now() > this.#until) throw new OutOfTime();
  }
}

class OutOfTime extends Error {}

const isTar = (kind: Kind): boolean => kind === 'tar' || kind === 'empty_tar';

const named = (kind: Kind): string => (kind === 'plain' ? 'file' : kind === 'empty_tar' ? 'tar' : kind);

const ARCHIVE = /\.(?:tar|tgz|tbz2?|txz|tlz|tzst|zip|7z|tar\.(?:gz|bz2|xz|zst|zstd|lzma))$/i;

function kindByName(path: string): string {
  if (ARCHIVE.test(path)) return 'archive';
  return kindOf(new Uint8Array(0), path) === 'tar' ? 'archive' : 'file';
}

const damaged = (clause: string): string =>
  `${clause[0]!.toUpperCase()}${clause.slice(1)}. What can be read will be kept.`;
