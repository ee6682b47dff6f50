// `tidemark verify-report`: what the signatures of a report prove, on any machine, without a case.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { CaseError } from '../engine/case/errors.ts';
import { type CheckedSignature, checkSignature, fingerprintOf, readBlock } from '../engine/case/signature.ts';
import { BLOCK_BEGIN, BLOCK_END, readSigned, takeApart } from './sign.ts';

export interface ReportCheck {
  ok: boolean;
  file: string;
  /** Of the bytes that are signed, as they are now; of the whole file when nothing in it says what is signed. */
  sha256: string;
  /** Where the signature was found. */
  signature: 'in the file' | 'beside the file' | null;
  signatures: CheckedSignature[];
  /** The key that was given, and whether a signature that holds is by it. */
  key: { fingerprint: string; signed: boolean } | null;
  problems: string[];
  sentence: string;
}

/** `publicKey`: text of a PEM file the recipient trusts, or null. */
export async function checkReport(path: string, publicKey: string | null): Promise<ReportCheck> {
  const wanted = publicKey === null ? null : wantedKey(publicKey);
  const apart = await readSigned(path);
  const beside = `${path}.sig`;
  const problems = strayBlocks(apart.content);
  const isBeside = apart.block === null && existsSync(beside);
  const text = isBeside ? await readFile(beside, 'latin1') : apart.block;
  const { hash } = apart;
  const signatures: CheckedSignature[] = [];
  if (text === null) problems.push(noSignature(path));
  else {
    if (isBeside && !text.endsWith('\n'))
      problems.push(`${beside} is cut: it does not end as a signature file ends.`);
    const block = readBlock(isBeside ? text.replace(/\n$/, '') : text);
    if ('problem' in block) problems.push(`The signature block is damaged: ${block.problem}.`);
    else {
      if (block.sha256 !== hash)
        problems.push(
          `The report was changed after it was signed: its bytes have the SHA-256 ${hash}, signed was ${block.sha256}.`,
        );
      signatures.push(...block.signatures.map((each) => checkSignature('report', block.sha256, each)));
      for (const { name, ok, problem } of signatures)
        if (!ok) problems.push(`The signature of "${name}" does not hold: ${problem}.`);
    }
  }
  const unchanged = problems.length === 0;
  const key =
    wanted === null
      ? null
      : { fingerprint: wanted, signed: signatures.some((each) => each.ok && each.fingerprint === wanted) };
  if (key && !key.signed)
    problems.push(`The key that was given (${key.fingerprint}) did not sign this report.`);
  return {
    ok: problems.length === 0,
    file: path,
    sha256: hash,
    signature: text === null ? null : isBeside ? 'beside the file' : 'in the file',
    signatures,
    key,
    problems,
    sentence: sentenceOf(unchanged, key),
  };
}

function wantedKey(text: string): string {
  const fingerprint = fingerprintOf(text);
  if (fingerprint === null || /PRIVATE KEY/.test(text))
    throw new CaseError(
      'bad_key',
      'The key that was given is no Ed25519 public key in PEM. tidemark key show prints one.',
      { refusal: 'usage' },
    );
  return fingerprint;
}

/** Blocks that stand where none may stand: behind what a later block signs, or before bytes that nothing signs. */
function strayBlocks(content: Buffer): string[] {
  const ended = takeApart(content).block;
  if (ended !== null)
    return [
      'There are two signature blocks, one behind the other: the second was appended to a signed report. Only one block is allowed; a second person adds to it (tidemark sign-report).',
    ];
  for (let at = content.indexOf(BLOCK_BEGIN); at >= 0; at = content.indexOf(BLOCK_BEGIN, at + 1)) {
    const end = content.indexOf('\n', at + 1);
    const line = end < 0 ? '' : content.toString('latin1', at + BLOCK_BEGIN.length, end + 1);
    if (!line.endsWith(BLOCK_END) || 'problem' in readBlock(line.slice(0, -BLOCK_END.length))) continue;
    const signed = content.subarray(0, at);
    const hash = createHash('sha256').update(signed).digest('hex');
    const block = readBlock(line.slice(0, -BLOCK_END.length));
    if ('problem' in block || block.sha256 !== hash) continue; // a line of evidence that looks like one
    return [
      `A signature block stands in the middle of the file, after byte ${at}: it signs what is before it, and ${content.length - end - 1} bytes that were put behind it are signed by nobody.`,
    ];
  }
  return [];
}

const noSignature = (path: string) =>
  `The report holds no signature at its end, and there is no ${path}.sig: it was never signed, or the signature was removed or damaged.`;

function sentenceOf(unchanged: boolean, key: ReportCheck['key']): string {
  if (!unchanged) return 'Do not rely on this report.';
  if (key === null)
    return 'The bytes are those that were signed with the keys named in the report itself. That proves nothing of who signed: anybody can make a key with any name. Compare the fingerprint with one you had from the signer by another way, or give the public key with --key.';
  return key.signed
    ? 'The bytes are those that the owner of the given key signed.'
    : 'The bytes are those that were signed, but not with the key that was given.';
}
