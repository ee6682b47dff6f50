// Ed25519 signatures of reports and manifests: what is signed, how it is written down, and whether it holds. Everything
// here works with public keys alone; `docs/custody.md` has the same check done by openssl.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { asciiJson } from './custody-detail.ts';

export type SignedKind = 'report' | 'manifest';

/** One person's signature. */
export interface Signature {
  /** PEM, SPKI. */
  key: string;
  /** As the signer named the key: a claim. */
  name: string;
  /** As the signer's clock said, UTC: `2026-11-26T01:02:03Z`. */
  at: string;
  /** 64 bytes, base64. */
  signature: string;
}

/** What stands at the end of a signed report, or beside it. */
export interface SignatureBlock {
  sha256: string;
  signatures: Signature[];
}

export interface CheckedSignature extends Omit<Signature, 'signature'> {
  /** SHA-256 of the public key (SPKI, DER) in hex; '' when it is no key. */
  fingerprint: string;
  ok: boolean;
  /** Why it does not hold. */
  problem: string | null;
}

/** The private keys of the responder: held by the shell's own side, never by what reads evidence. */
export interface Signer {
  list(): Promise<SignerKey[]>;
  make(name: string, passphrase?: string): Promise<SignerKey>;
  import(path: string, name: string, passphrase?: string): Promise<SignerKey>;
  /** Signs the manifest with this SHA-256. */
  signManifest(sha256: string, by: SignWithKey): Promise<Signature>;
  /** Signs the report file in place or beside it. */
  signReport(path: string, by: SignWithKey): Promise<{ sha256: string; signaturePath: string | null }>;
}

export interface SignerKey {
  keyId: string;
  name: string;
  /** Microseconds. */
  madeAt: number;
  publicKey: string;
  locked: boolean;
}

export interface SignWithKey {
  /** The fingerprint, a beginning of it, or the name of the key. */
  keyId: string;
  passphrase?: string | undefined;
}

const NAME = /^[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]{1,200}$/u;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** A name that can be signed: one line, no control characters. */
export const isSignerName = (name: string): boolean => NAME.test(name) && name.trim() !== '';

/** The bytes that are signed. */
export const signedBytes = (kind: SignedKind, sha256: string, name: string, at: string): Buffer =>
  Buffer.from(`tidemark-${kind}\n${sha256}\n${name}\n${at}`, 'utf8');

/** The fingerprint of a public key, PEM; null when it is no Ed25519 key. */
export function fingerprintOf(publicKey: string): string | null {
  try {
    const key = createPublicKey(publicKey);
    if (key.asymmetricKeyType !== 'ed25519') return null;
    return createHash('sha256')
      .update(key.export({ type: 'spki', format: 'der' }))
      .digest('hex');
  } catch {
    return null;
  }
}

/** The public key as PEM is written: base64 leaves room for bits that say nothing. */
const pemOf = (key: string): string =>
  createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();

export function checkSignature(kind: SignedKind, sha256: string, given: Signature): CheckedSignature {
  const { key, name, at } = given;
  const fingerprint = fingerprintOf(key);
  const checked = (problem: string | null): CheckedSignature => ({
    key,
    name,
    at,
    fingerprint: fingerprint ?? '',
    ok: problem === null,
    problem,
  });
  if (fingerprint === null) return checked('its key is no Ed25519 public key');
  if (pemOf(key) !== key) return checked('its key is not written as one is: bytes of it were changed');
  if (!isSignerName(name) || !TIME.test(at))
    return checked('its name or its time is not in the form that is signed');
  const bytes = Buffer.from(given.signature, 'base64');
  if (bytes.length !== 64 || bytes.toString('base64') !== given.signature)
    return checked('it is not 64 bytes in base64');
  let holds = false;
  try {
    holds = verify(null, signedBytes(kind, sha256, name, at), createPublicKey(key), bytes);
  } catch {
    holds = false;
  }
  return checked(
    holds
      ? null
      : 'it does not fit its key: the name, the time, the key, the signature or what was signed was changed',
  );
}

/** A block as text: one line of ASCII that can stand in an HTML comment. */
export function writeBlock({ sha256, signatures }: SignatureBlock): string {
  const value = {
    format: 'tidemark-signature',
    version: 1,
    sha256,
    signatures: signatures.map(({ key, name, at, signature }) => ({ key, name, at, signature })),
  };
  return asciiJson(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
}

/** Reads a block; it must be written exactly as `writeBlock` writes it, so that no byte of it can differ unseen. */
export function readBlock(text: string): SignatureBlock | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: 'it is not JSON' };
  }
  const block = value as SignatureBlock & { format?: unknown; version?: unknown };
  if (typeof block !== 'object' || block === null || block.format !== 'tidemark-signature')
    return { problem: 'it is no signature block of Tidemark' };
  if (block.version !== 1)
    return { problem: `it is of version ${String(block.version)}, which this Tidemark does not know` };
  if (typeof block.sha256 !== 'string' || !/^[0-9a-f]{64}$/.test(block.sha256))
    return { problem: 'it states no SHA-256' };
  if (!Array.isArray(block.signatures) || !block.signatures.every(isSignature))
    return { problem: 'its signatures are not in their form' };
  if (block.signatures.length === 0) return { problem: 'there is no signature in it' };
  if (writeBlock(block) !== text) return { problem: 'it is not written as Tidemark writes it' };
  return { sha256: block.sha256, signatures: block.signatures };
}

export function isSignature(value: unknown): value is Signature {
  const it = value as Signature;
  return (
    typeof it === 'object' &&
    it !== null &&
    [it.key, it.name, it.at, it.signature].every((text) => typeof text === 'string')
  );
}
