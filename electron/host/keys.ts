// The responder's Ed25519 keys, in the folder `keys` of the state folder: FINGERPRINT.pem (private, PKCS#8), FINGERPRINT.pub.pem
// (public, SPKI), FINGERPRINT.json (name, date). Private keys never leave this side: what reads evidence can't reach them.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CaseError } from '../engine/case/errors.ts';
import {
  fingerprintOf,
  isSignerName,
  type Signature,
  type SignedKind,
  type SignerKey,
  type SignWithKey,
  signedBytes,
} from '../engine/case/signature.ts';
import { readOpenSshKey } from './openssh-key.ts';

const FINGERPRINT = /^[0-9a-f]{64}$/;
const refused = (code: string, sentence: string, cause?: unknown) =>
  new CaseError(code, sentence, { refusal: 'usage', cause });

export class KeyRing {
  readonly #dir: string;

  /** `stateDir`: where Tidemark keeps what is not of a case. */
  constructor(stateDir: string) {
    this.#dir = join(stateDir, 'keys');
  }

  /** By name, then by fingerprint; files that are no key are passed over. */
  async list(): Promise<SignerKey[]> {
    const names = await readdir(this.#dir).catch(() => []);
    const keys: SignerKey[] = [];
    for (const file of names.sort()) {
      const keyId = file.endsWith('.json') ? file.slice(0, -'.json'.length) : '';
      if (FINGERPRINT.test(keyId)) keys.push(...(await this.#read(keyId)));
    }
    return keys.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.keyId < b.keyId ? -1 : 1));
  }

  make(name: string, passphrase?: string): Promise<SignerKey> {
    return this.#keep(generateKeyPairSync('ed25519').privateKey, name, passphrase);
  }

  /** Brings a private key of a file; with a passphrase the file may be locked by it, and the copy kept here is. */
  async import(path: string, name: string, passphrase?: string): Promise<SignerKey> {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw refused('no_key', `The key file ${path} can't be read: ${error.code ?? error.message}.`, error);
    });
    return this.#keep(privateKeyOf(text, path, passphrase), name, passphrase);
  }

  /** The one key that `given` names: by fingerprint, its first 8 digits or more, or its name. */
  async find(given: string): Promise<SignerKey> {
    const keys = await this.list();
    const wanted = given.toLowerCase();
    const found = [
      keys.filter((key) => key.keyId === wanted),
      keys.filter((key) => key.name === given),
      /^[0-9a-f]{8,}$/.test(wanted) ? keys.filter((key) => key.keyId.startsWith(wanted)) : [],
    ].find((some) => some.length > 0);
    if (found === undefined)
      throw refused(
        'no_key',
        `There is no key ${given} here. tidemark key list shows those there are; tidemark key make makes one.`,
      );
    if (found.length > 1)
      throw refused(
        'no_key',
        `${found.length} keys are called ${given}. Name the one by its fingerprint (tidemark key list).`,
      );
    return found[0]!;
  }

  async sign(kind: SignedKind, sha256: string, { keyId, passphrase }: SignWithKey): Promise<Signature> {
    const key = await this.find(keyId);
    const text = await readFile(join(this.#dir, `${key.keyId}.pem`), 'utf8').catch(
      (error: NodeJS.ErrnoException) => {
        throw new CaseError(
          'no_key',
          `The private key of ${key.name} can't be read: ${error.code ?? error.message}. Nothing was signed.`,
          { cause: error },
        );
      },
    );
    const secret = unlocked(text, key, passphrase);
    const at = `${new Date().toISOString().slice(0, 19)}Z`;
    const signature = sign(null, signedBytes(kind, sha256, key.name, at), secret).toString('base64');
    return { key: key.publicKey, name: key.name, at, signature };
  }

  async #read(keyId: string): Promise<SignerKey[]> {
    try {
      const about = JSON.parse(await readFile(join(this.#dir, `${keyId}.json`), 'utf8')) as {
        name: unknown;
        madeAt: unknown;
      };
      const publicKey = await readFile(join(this.#dir, `${keyId}.pub.pem`), 'utf8');
      const secret = await readFile(join(this.#dir, `${keyId}.pem`), 'utf8');
      if (
        fingerprintOf(publicKey) !== keyId ||
        typeof about.name !== 'string' ||
        typeof about.madeAt !== 'number'
      )
        return [];
      return [
        { keyId, name: about.name, madeAt: about.madeAt, publicKey, locked: secret.includes('ENCRYPTED') },
      ];
    } catch {
      return [];
    }
  }

  async #keep(secret: KeyObject, name: string, passphrase: string | undefined): Promise<SignerKey> {
    if (!isSignerName(name))
      throw refused(
        'bad_name',
        'The name of a key is one line of 1 to 200 characters without control characters.',
      );
    if (passphrase === '')
      throw refused('bad_passphrase', 'The passphrase is empty. Leave it out to keep the key without one.');
    const publicKey = createPublicKey(secret).export({ type: 'spki', format: 'pem' }).toString();
    const keyId = fingerprintOf(publicKey)!;
    const known = (await this.list()).find((key) => key.keyId === keyId);
    if (known)
      throw refused(
        'key_exists',
        `This key is here already, under the name ${known.name}. Nothing was changed.`,
      );
    const locks = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
    const pem = secret.export({ type: 'pkcs8', format: 'pem', ...locks }).toString();
    const madeAt = Date.now() * 1000;
    try {
      await mkdir(this.#dir, { recursive: true, mode: 0o700 });
      await writeFileWhole(join(this.#dir, `${keyId}.pem`), pem);
      await writeFileWhole(join(this.#dir, `${keyId}.pub.pem`), publicKey);
      await writeFileWhole(join(this.#dir, `${keyId}.json`), `${JSON.stringify({ name, madeAt })}\n`); // last: makes it a key
    } catch (error) {
      throw new CaseError(
        'not_written',
        `The key could not be kept in ${this.#dir}: ${(error as Error).message}.`,
        { cause: error },
      );
    }
    return { keyId, name, madeAt, publicKey, locked: passphrase !== undefined };
  }
}

function unlocked(pem: string, { name, locked }: SignerKey, passphrase: string | undefined): KeyObject {
  if (locked && passphrase === undefined)
    throw refused(
      'passphrase_needed',
      `The key ${name} is locked by a passphrase; give it (--passphrase-file). Nothing was signed.`,
    );
  try {
    return createPrivateKey({ key: pem, ...(locked ? { passphrase: passphrase! } : {}) });
  } catch (error) {
    throw refused(
      'bad_passphrase',
      locked
        ? `The passphrase does not open the key ${name}, or its file is damaged. Nothing was signed.`
        : `The file of the key ${name} is damaged. Nothing was signed.`,
      error,
    );
  }
}

/** An Ed25519 private key of PEM text, whoever wrote it. */
function privateKeyOf(text: string, path: string, passphrase: string | undefined): KeyObject {
  if (text.includes('BEGIN OPENSSH PRIVATE KEY')) return ed25519(readOpenSshKey(text, path), path);
  if (/BEGIN (?:CERTIFICATE|PUBLIC KEY)/.test(text))
    throw refused(
      'bad_key',
      `${path} holds no private key. Signing needs one; to check a report give the public key to verify-report.`,
    );
  if (!/BEGIN (?:ENCRYPTED )?PRIVATE KEY/.test(text))
    throw refused(
      'bad_key',
      `${path} is no private key in PEM (PKCS#8), as openssl genpkey -algorithm ed25519 makes one.`,
    );
  const locked = text.includes('BEGIN ENCRYPTED');
  if (locked && passphrase === undefined)
    throw refused('passphrase_needed', `${path} is locked by a passphrase; give it (--passphrase-file).`);
  try {
    return ed25519(createPrivateKey({ key: text, ...(locked ? { passphrase: passphrase! } : {}) }), path);
  } catch (error) {
    if (error instanceof CaseError) throw error;
    throw refused(
      'bad_key',
      `The key in ${path} can't be read${locked ? ': the passphrase does not open it, or it is damaged' : ''}.`,
      error,
    );
  }
}

function ed25519(key: KeyObject, path: string): KeyObject {
  if (key.asymmetricKeyType !== 'ed25519')
    throw refused(
      'bad_key',
      `The key in ${path} is of type ${key.asymmetricKeyType}; Tidemark signs with Ed25519 alone.`,
    );
  return key;
}

/** Under another name first, synced, then under its own; for the owner's eyes alone. */
export async function writeFileWhole(path: string, text: string | Uint8Array, mode = 0o600): Promise<void> {
  const part = `${path}.part`;
  const file = await open(part, 'w', mode);
  try {
    await file.writeFile(text);
    await file.chmod(mode).catch(() => undefined); // a file of that name that was left behind
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(part, { force: true });
    throw error;
  }
  await file.close();
  await rename(part, path);
}
