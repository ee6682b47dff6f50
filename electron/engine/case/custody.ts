// The custody log of a case: one JSON line per act, each holding the hash of the one before; appended, synced, never
// rewritten. `docs/custody.md` has the format and what it proves.
import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { asciiJson, shortened } from './custody-detail.ts';
import { type Connection, timestamp } from './database.ts';
import { CaseError } from './errors.ts';
import { TOOL_VERSION } from './version.ts';
import { syncFolder, writeWhole } from './write-file.ts';

export interface CustodyEntry {
  /** From 1, without gaps. */
  seq: number;
  /** UTC, `2026-11-26T01:02:03.123000Z`. */
  at: string;
  /** `user@host`, as this system names them: a claim, not a proof. */
  actor: string;
  tool: string;
  act: string;
  detail: Record<string, unknown>;
  /** Hash of the entry before; zeros before the first. */
  previous: string;
  hash: string;
}

export interface CustodyHead {
  seq: number;
  hash: string;
}

export const CUSTODY_FILE = 'custody.jsonl';
export const NO_ENTRY = '0'.repeat(64);
const HASH_KEY = ',"hash":"';
const WHOLE_ENTRY = /,"hash":"[0-9a-f]{64}"\}/;
const TAIL = 1 << 18;

/** The line of an entry, without its end of line. */
export function writeEntry(entry: Omit<CustodyEntry, 'hash'>): { line: string; hash: string } {
  const { seq, at, actor, tool, act, detail, previous } = entry;
  const body = asciiJson({ seq, at, actor, tool, act, detail, previous });
  const hash = createHash('sha256').update(body).digest('hex');
  return { line: `${body.slice(0, -1)}${HASH_KEY}${hash}"}`, hash };
}

/** An entry and what its hash should be, or why the line is none. */
export function readEntry(line: string): { entry: CustodyEntry; expected: string } | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { problem: 'it is not JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problem: 'it is no JSON object' };
  const entry = value as CustodyEntry;
  const keys = Object.keys(entry).join();
  if (keys !== 'seq,at,actor,tool,act,detail,previous,hash')
    return { problem: 'its keys are not those of an entry, in their order' };
  const texts = [entry.at, entry.actor, entry.tool, entry.act, entry.previous, entry.hash];
  if (
    !Number.isSafeInteger(entry.seq) ||
    texts.some((text) => typeof text !== 'string') ||
    typeof entry.detail !== 'object' ||
    entry.detail === null
  )
    return { problem: 'a value in it is of the wrong kind' };
  const at = line.lastIndexOf(HASH_KEY);
  return {
    entry,
    expected: createHash('sha256')
      .update(`${line.slice(0, at)}}`)
      .digest('hex'),
  };
}

/** Who is at work, as the system says. */
export function systemActor(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `unknown@${hostname()}`;
  }
}

export class CustodyLog {
  readonly path: string;
  readonly #dir: string;
  readonly #actor: string;
  #head: CustodyHead = { seq: 0, hash: NO_ENTRY };
  #lastAt = '';
  #size = 0;
  #turn: Promise<unknown> = Promise.resolve();
  /** Entries of this process that the database does not hold yet. */
  #fresh: CustodyEntry[] = [];
  /** Entries up to here are in the database or in `#fresh`; null: nobody looked yet. */
  #copied: number | null = null;
  /** What was found wrong with the end of the file and has to be said by an entry. */
  #found: { act: string; detail: Record<string, unknown> }[] = [];

  private constructor(dir: string, actor: string) {
    this.#dir = dir;
    this.path = join(dir, CUSTODY_FILE);
    this.#actor = actor.slice(0, 300);
  }

  /** Reads where the log of the case in `dir` ends; what a broken write left behind its last line is set aside. */
  static async open(dir: string, actor: string = systemActor()): Promise<CustodyLog> {
    const log = new CustodyLog(dir, actor);
    await log.#readEnd();
    return log;
  }

  get head(): CustodyHead {
    return { ...this.#head };
  }

  get actor(): string {
    return this.#actor;
  }

  /** Appends and syncs one act; calls at the same time come one after another. */
  append(act: string, detail: Record<string, unknown> = {}): Promise<CustodyEntry> {
    const turn = this.#turn.then(async () => {
      const size = await stat(this.path).then(
        (s) => s.size,
        () => 0,
      );
      if (size !== this.#size) await this.#readEnd();
      for (let found = this.#found[0]; found; found = this.#found[0]) {
        await this.#write(found.act, found.detail);
        this.#found.shift();
      }
      return this.#write(act, detail);
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Entries in their order; lines that are none are left out (`checkCustody` names them). */
  async entries(
    offset = 0,
    limit = Number.MAX_SAFE_INTEGER,
  ): Promise<{ rows: CustodyEntry[]; total: number }> {
    const rows: CustodyEntry[] = [];
    let total = 0;
    for await (const { text } of this.lines()) {
      const read = readEntry(text);
      if ('problem' in read) continue;
      if (total >= offset && rows.length < limit) rows.push(read.entry);
      total++;
    }
    return { rows, total };
  }

  /** The lines of the file from `from` on, with their numbers from 1; `ended` is false for a last one without an end of line. */
  async *lines(): AsyncGenerator<{ number: number; text: string; ended: boolean }> {
    await this.#turn;
    yield* custodyLines(this.path);
  }

  /** Brings the entries that the table custody_log does not hold into it; rows that are there are never changed. */
  async copyTo(connection: Connection): Promise<number> {
    const there = await connection.row<{ seq: string | null }>('SELECT max(seq) AS seq FROM custody_log');
    const from = Number(there?.seq ?? 0);
    const missing =
      this.#copied !== null && this.#copied <= from
        ? this.#fresh.filter((entry) => entry.seq > from)
        : await this.#entriesAfter(from);
    for (const entry of missing) {
      await connection.run(
        `INSERT INTO custody_log (seq, made_at, actor, tool, act, detail, previous, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
        [
          BigInt(entry.seq),
          timestamp(microseconds(entry.at)),
          entry.actor,
          entry.tool,
          entry.act,
          asciiJson(entry.detail),
          entry.previous,
          entry.hash,
        ],
      );
    }
    const last = missing.at(-1)?.seq ?? from;
    this.#copied = last;
    this.#fresh = this.#fresh.filter((entry) => entry.seq > last);
    return missing.length;
  }

  async #write(act: string, given: Record<string, unknown>): Promise<CustodyEntry> {
    const at = `${new Date().toISOString().slice(0, -1)}000Z`;
    const detail = shortened(at < this.#lastAt ? { ...given, clock_before: this.#lastAt } : given);
    const unhashed = {
      seq: this.#head.seq + 1,
      at,
      actor: this.#actor,
      tool: TOOL_VERSION,
      act,
      detail,
      previous: this.#head.hash,
    };
    const { line, hash } = writeEntry(unhashed);
    await this.#appendBytes(Buffer.from(`${line}\n`, 'latin1'));
    const entry = { ...unhashed, hash };
    this.#head = { seq: entry.seq, hash };
    this.#lastAt = at;
    this.#fresh.push(entry);
    return entry;
  }

  /** All of the bytes are on the disk, or none: a write that fails half way is taken back. */
  async #appendBytes(bytes: Buffer): Promise<void> {
    let file: FileHandle | null = null;
    try {
      file = await open(this.path, 'a', 0o600);
      for (let at = 0; at < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, at);
        at += bytesWritten;
      }
      await file.sync();
      if (this.#size === 0) await syncFolder(this.#dir);
      this.#size += bytes.length;
    } catch (error) {
      await file?.truncate(this.#size).catch(() => undefined);
      throw notWritten(error);
    } finally {
      await file?.close();
    }
  }

  async #readEnd(): Promise<void> {
    const file = await open(this.path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (file === null) {
      this.#end({ seq: 0, hash: NO_ENTRY }, '', 0);
      return;
    }
    try {
      const { size } = await file.stat();
      const end = await lastLines(file, size);
      const torn = end.torn;
      const last = end.lines.at(-1);
      const read = last === undefined ? null : readEntry(last);
      if (read === null) this.#end({ seq: 0, hash: NO_ENTRY }, '', size - torn.length);
      else if ('problem' in read) await this.#goOnAfterDamage(size - torn.length, last!, read.problem);
      else this.#end({ seq: read.entry.seq, hash: read.entry.hash }, read.entry.at, size - torn.length);
      if (WHOLE_ENTRY.test(torn.toString('latin1'))) await this.#endLine(size);
      else if (torn.length > 0) await this.#setAside(torn, size - torn.length);
    } finally {
      await file.close();
    }
  }

  #end(head: CustodyHead, lastAt: string, size: number): void {
    this.#head = head;
    this.#lastAt = lastAt;
    this.#size = size;
  }

  /** A last line that is no entry stays where it is; the next entry is tied to its bytes and says so. */
  async #goOnAfterDamage(size: number, line: string, problem: string): Promise<void> {
    let seq = 0;
    for await (const { text } of custodyLines(this.path)) {
      const read = readEntry(text);
      seq = 'problem' in read ? seq + 1 : read.entry.seq;
    }
    const hash = createHash('sha256').update(Buffer.from(line, 'latin1')).digest('hex');
    this.#end({ seq, hash }, '', size);
    this.#found.push({ act: 'custody.damaged', detail: { line_sha256: hash, problem } });
  }

  /** A last line without its end was never acknowledged: a write that was broken off. It is kept beside the log. */
  async #setAside(torn: Buffer, size: number): Promise<void> {
    const name = `custody.torn-${this.#head.seq + 1}`;
    await writeWhole(join(this.#dir, name), torn);
    const file = await open(this.path, 'r+');
    try {
      await file.truncate(size);
      await file.sync();
    } finally {
      await file.close();
    }
    const sha256 = createHash('sha256').update(torn).digest('hex');
    this.#found.push({ act: 'custody.torn', detail: { kept_as: name, bytes: torn.length, sha256 } });
  }

  /** A last line that holds a whole entry lost nothing but its end of line: it gets one, and is judged as it stands. */
  async #endLine(size: number): Promise<void> {
    this.#size = size;
    await this.#appendBytes(Buffer.from('\n'));
    await this.#readEnd();
  }

  async #entriesAfter(seq: number): Promise<CustodyEntry[]> {
    const found: CustodyEntry[] = [];
    for (const text of await linesAfter(this.path, seq)) {
      const read = readEntry(text);
      if (!('problem' in read) && read.entry.seq > seq) found.push(read.entry);
    }
    return found;
  }
}

/** Lines of a log; bytes stand as they are, one character each (Latin-1), since an entry is ASCII. */
export async function* custodyLines(
  path: string,
): AsyncGenerator<{ number: number; text: string; ended: boolean }> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return;
  let rest = '';
  let number = 0;
  for await (const chunk of file.createReadStream({ encoding: 'latin1' })) {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop()!;
    for (const text of parts) yield { number: ++number, text, ended: true };
  }
  if (rest !== '') yield { number: number + 1, text: rest, ended: false };
}

/** Microseconds since the epoch of the time of an entry. */
export const microseconds = (at: string): number =>
  Number.isNaN(Date.parse(at)) ? 0 : Date.parse(at) * 1000;

/** Whole lines at the end of a file, at least one where there is one, and what stands behind the last end of line. */
async function lastLines(file: FileHandle, size: number): Promise<{ lines: string[]; torn: Buffer }> {
  for (let length = Math.min(TAIL, size); ; length = Math.min(length * 4, size)) {
    const bytes = Buffer.alloc(length);
    for (let got = 0; got < length; ) {
      const { bytesRead } = await file.read(bytes, got, length - got, size - length + got);
      if (bytesRead === 0) throw new Error('the custody log ended while it was read');
      got += bytesRead;
    }
    const end = bytes.lastIndexOf(10) + 1;
    const text = bytes.toString('latin1', 0, end);
    const whole = length === size ? text : text.slice(text.indexOf('\n') + 1);
    if (whole !== '' || length === size)
      return { lines: whole.split('\n').slice(0, -1), torn: bytes.subarray(end) };
  }
}

/** Lines from the end backwards until one of an entry up to `seq` is among them. */
async function linesAfter(path: string, seq: number): Promise<string[]> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return [];
  try {
    const { size } = await file.stat();
    for (let length = Math.min(TAIL, size); ; length = Math.min(length * 4, size)) {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await file.read(bytes, 0, length, size - length);
      const lines = bytes.toString('latin1', 0, bytesRead).split('\n');
      if (length === size) return lines;
      const first = readEntry(lines[1] ?? '');
      if (!('problem' in first) && first.entry.seq <= seq + 1) return lines.slice(1);
    }
  } finally {
    await file.close();
  }
}

function notWritten(error: unknown): CaseError {
  const { code, message } = error as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new CaseError(
    full ? 'disk_full' : 'custody_not_written',
    `The custody log of the case could not be written: ${full ? 'the disk is full' : (code ?? message)}. ${full ? 'Make room on it' : 'Check the disk and who may write there'}, then do it again, so that it is recorded.`,
    { cause: error },
  );
}
