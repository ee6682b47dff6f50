// Reads an Ed25519 private key as ssh-keygen writes it, when it has no passphrase. Format: openssh/openssh-portable PROTOCOL.key.
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { CaseError } from '../engine/case/errors.ts';

const MAGIC = 'openssh-key-v1\0';
/** PKCS#8 of an Ed25519 key (RFC 8410) up to its 32 bytes. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

const refused = (sentence: string) => new CaseError('bad_key', sentence, { refusal: 'usage' });

export function readOpenSshKey(text: string, path: string): KeyObject {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END OPENSSH PRIVATE KEY-----/.exec(
    text,
  )?.[1];
  const bytes = Buffer.from(body ?? '', 'base64');
  if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC)
    throw refused(`${path} is no OpenSSH key: it is damaged.`);
  const outer = new Fields(bytes, MAGIC.length, path);
  const cipher = outer.text();
  if (cipher !== 'none')
    throw refused(
      `${path} is locked by a passphrase, in the format of OpenSSH, which is read only without one. Copy it, take the passphrase off the copy (ssh-keygen -p -N "" -f COPY), import the copy with --passphrase-file, and delete it.`,
    );
  outer.text(); // kdf
  outer.bytes(); // its options
  if (outer.number() !== 1) throw refused(`${path} holds more than one key.`);
  outer.bytes(); // public
  const inner = new Fields(outer.bytes(), 0, path);
  const check = inner.number();
  if (check !== inner.number()) throw refused(`${path} is damaged.`);
  const type = inner.text();
  if (type !== 'ssh-ed25519')
    throw refused(`The key in ${path} is of type ${type.slice(0, 40)}; Tidemark signs with Ed25519 alone.`);
  inner.bytes(); // public
  const seed = inner.bytes().subarray(0, 32);
  if (seed.length !== 32) throw refused(`${path} is damaged.`);
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
}

/** Lengths and bytes, one after another. */
class Fields {
  readonly #bytes: Buffer;
  readonly #path: string;
  #at: number;

  constructor(bytes: Buffer, at: number, path: string) {
    this.#bytes = bytes;
    this.#at = at;
    this.#path = path;
  }

  number(): number {
    if (this.#at + 4 > this.#bytes.length) throw refused(`${this.#path} is damaged: it ends too early.`);
    this.#at += 4;
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  bytes(): Buffer {
    const length = this.number();
    if (this.#at + length > this.#bytes.length) throw refused(`${this.#path} is damaged: it ends too early.`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(): string {
    return this.bytes().toString('latin1');
  }
}
