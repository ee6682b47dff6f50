// Exports: the engine writes inside the case, and this side takes the file out to where the responder wants it. The
// engine's word is not enough for what is opened here: only a plain file inside the case is.
import { randomBytes } from 'node:crypto';
import { constants, realpathSync } from 'node:fs';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CaseError } from '../engine/case/errors.ts';
import { makeWhole, notWritten } from '../engine/case/write-file.ts';

/** Methods that write a file, into `exports` or to a `path` of the responder. */
export const EXPORTS: ReadonlySet<string> = new Set(['report.export', 'sql.export']);

export interface ExportAsked {
  path?: unknown;
}

interface Made {
  path: string;
  name: string;
  /** Of a signed report in a format that can't hold its signature. */
  signaturePath?: string | null;
}

/** Calls the method for a file inside the case; `path` in the answer is where the responder finds it. */
export async function exportThrough(
  call: (input: unknown) => Promise<unknown>,
  caseDir: string,
  input: ExportAsked,
): Promise<unknown> {
  const exportsDir = join(caseDir, 'exports');
  if (typeof input?.path !== 'string' || input.path === '') {
    const made = (await call(input)) as Made;
    const path = join(exportsDir, basename(String(made.name)));
    return { ...made, path, ...(made.signaturePath ? { signaturePath: `${path}.sig` } : {}) };
  }
  const target = resolve(input.path);
  const outgoing = join(exportsDir, `.outgoing-${randomBytes(6).toString('hex')}`);
  await mkdir(outgoing, { recursive: true, mode: 0o700 });
  try {
    const inside = join(outgoing, basename(target));
    const made = (await call({ ...input, path: inside })) as Made;
    await takeOut(inside, target);
    if (!made.signaturePath) {
      if (made.signaturePath === null) await rm(`${target}.sig`, { force: true }); // of what stood there before
      return { ...made, path: target };
    }
    await takeOut(`${inside}.sig`, `${target}.sig`);
    return { ...made, path: target, signaturePath: `${target}.sig` };
  } finally {
    await rm(outgoing, { recursive: true, force: true });
  }
}

/** Copies a plain file of the case out; links, also on the way, are refused. */
export async function takeOut(from: string, to: string): Promise<void> {
  const source = await openPlain(from);
  try {
    await makeWhole(to, async (temporary) =>
      pipeline(source.createReadStream({ autoClose: false }), (await writing(temporary)).createWriteStream()),
    );
  } catch (error) {
    throw notWritten('The result', to, error);
  } finally {
    await source.close();
  }
}

/** Opens a plain file of the case for reading. */
export async function openPlain(path: string): Promise<FileHandle> {
  const refused = (cause: unknown) =>
    new CaseError('not_written', `${path} is no plain file of the case; it was not taken out.`, { cause });
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch((error) => {
    throw refused(error);
  });
  const plain = (await file.stat()).isFile() && realpathSync(dirname(path)) === dirname(path);
  if (plain) return file;
  await file.close();
  throw refused(null);
}

const writing = (to: string) => open(to, 'w', 0o600);
