// Signs report files: the signature stands at the end of HTML and Markdown, beside JSON, CSV and cases in one file (FILE.sig).
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { CaseError } from '../engine/case/errors.ts';
import {
  readBlock,
  type SignatureBlock,
  type Signer,
  type SignWithKey,
  writeBlock,
} from '../engine/case/signature.ts';
import { KeyRing, writeFileWhole } from './keys.ts';

export const BLOCK_BEGIN = '\n<!-- tidemark-signature ';
export const BLOCK_END = ' -->\n';

/** Where the bytes of a file that are signed end, and the block behind them. */
export interface SignedFile {
  content: Buffer;
  /** Text of the block at the end, null when the file ends without one. */
  block: string | null;
}

/** A case in one file: it may be larger than memory, and has its signature beside it. */
export const isPortableCase = (path: string): boolean => /\.tidemark$/i.test(path);

/** Reports whose writer can't hold a comment have their signature in a file of its own. */
export const signsBeside = (path: string): boolean => /\.(json|csv)$/i.test(path) || isPortableCase(path);

/** What is signed of a file: its hash, and the block at its end where it has one. */
export async function readSigned(
  path: string,
): Promise<{ hash: string; content: Buffer; block: string | null }> {
  if (!isPortableCase(path)) {
    const { content, block } = takeApart(await readReport(path));
    return { hash: sha256(content), content, block };
  }
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw unreadable(path, error);
  }
  return { hash: hash.digest('hex'), content: Buffer.alloc(0), block: null };
}

/** Takes a file apart: the last line is the block, all bytes before it are what was signed. */
export function takeApart(bytes: Buffer): SignedFile {
  const begin = bytes.lastIndexOf(BLOCK_BEGIN, undefined, 'latin1');
  const ends =
    bytes.length >= BLOCK_END.length && bytes.subarray(-BLOCK_END.length).toString('latin1') === BLOCK_END;
  if (begin < 0 || !ends) return { content: bytes, block: null };
  const block = bytes.toString('latin1', begin + BLOCK_BEGIN.length, bytes.length - BLOCK_END.length);
  return block.includes('\n')
    ? { content: bytes, block: null }
    : { content: bytes.subarray(0, begin), block };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Signs the report; a second person's signature is added to the first. `sha256`: of the file as it then is. */
export async function signReport(
  keys: Pick<KeyRing, 'sign'>,
  path: string,
  by: SignWithKey,
): Promise<{ sha256: string; signaturePath: string | null; signatures: number }> {
  const { hash, content, block } = await readSigned(path);
  const beside = signsBeside(path);
  const signaturePath = beside ? `${path}.sig` : null;
  const given = beside
    ? await readFile(`${path}.sig`, 'latin1').then(
        (text) => text.replace(/\n$/, ''),
        () => null,
      )
    : block;
  const before = signaturesOf(given, hash, path);
  const signature = await keys.sign('report', hash, by);
  const signatures = [...before.filter((each) => each.key !== signature.key), signature];
  const text = writeBlock({ sha256: hash, signatures });
  if (signaturePath !== null) {
    await written(signaturePath, `${text}\n`);
    return { sha256: hash, signaturePath, signatures: signatures.length };
  }
  const whole = Buffer.concat([content, Buffer.from(`${BLOCK_BEGIN}${text}${BLOCK_END}`, 'latin1')]);
  await written(path, whole);
  return { sha256: sha256(whole), signaturePath, signatures: signatures.length };
}

/** The keys as what signs for the engine while it has no host of its own. */
export function signerOf(stateDir: string): Signer {
  const keys = new KeyRing(stateDir);
  return {
    list: () => keys.list(),
    make: (name, passphrase) => keys.make(name, passphrase),
    import: (path, name, passphrase) => keys.import(path, name, passphrase),
    signManifest: (hash, by) => keys.sign('manifest', hash, by),
    signReport: (path, by) => signReport(keys, path, by),
  };
}

/** What was signed before; a report that changed since is not signed over an older signature in silence. */
function signaturesOf(text: string | null, hash: string, path: string): SignatureBlock['signatures'] {
  if (text === null) return [];
  const block = readBlock(text);
  if ('problem' in block)
    throw new CaseError(
      'bad_signature',
      `The signature of ${path} is damaged: ${block.problem}. Nothing was signed; tidemark verify-report says more.`,
    );
  if (block.sha256 !== hash)
    throw new CaseError(
      'report_changed',
      `${path} is not as it was signed. Nothing was signed; tidemark verify-report says more.`,
    );
  return block.signatures;
}

async function readReport(path: string): Promise<Buffer> {
  try {
    if (!(await stat(path)).isFile()) throw new Error('it is no file');
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

const unreadable = (path: string, error: unknown) =>
  new CaseError(
    'no_report',
    `The report ${path} can't be read: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}.`,
    { refusal: 'usage', cause: error },
  );

async function written(path: string, bytes: string | Uint8Array): Promise<void> {
  const mode = await stat(path).then(
    (s) => s.mode & 0o777,
    () => 0o600,
  );
  await writeFileWhole(path, bytes, mode).catch((error: NodeJS.ErrnoException) => {
    throw new CaseError(
      'not_written',
      `The signature could not be written to ${path}: ${error.code ?? error.message}. The report is as it was.`,
      { cause: error },
    );
  });
}
