// Bytes that have to wait on disk: archives that are read from their end, and what follows a hole.
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Source } from './source.ts';

export class Spool {
  readonly file: FileHandle;
  readonly #folder: string;
  size = 0;

  private constructor(file: FileHandle, folder: string) {
    this.file = file;
    this.#folder = folder;
  }

  /** A new file whose name says nothing of the evidence. */
  static async make(dir: string | undefined): Promise<Spool> {
    const folder = await mkdtemp(join(dir ?? tmpdir(), 'tidemark-'));
    return new Spool(await open(join(folder, 'spool'), 'wx+', 0o600), folder);
  }

  /** Keeps what is left of `from`. What it throws comes out, after what came before was kept. */
  async keep(from: Source, onBytes: (count: number) => void): Promise<void> {
    for (let piece = await from.read(); piece !== null; piece = await from.read()) {
      onBytes(piece.length);
      for (let at = 0; at < piece.length; ) {
        at += (await this.file.write(piece, at, piece.length - at, this.size + at)).bytesWritten;
      }
      this.size += piece.length;
    }
  }

  async remove(): Promise<void> {
    await this.file.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
