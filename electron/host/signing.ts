// Signing for the engine's process, which holds no keys: it is given one signature for each call that the responder made
// with a key, of the kind that call is about. The passphrase stays on this side.
import { CaseError } from '../engine/case/errors.ts';
import type { Signature, SignedKind, SignWithKey } from '../engine/case/signature.ts';
import type { SignatureAsked } from './channel.ts';
import { KeyRing } from './keys.ts';

const KIND: Record<string, SignedKind> = { 'manifest.sign': 'manifest', 'report.export': 'report' };

/** The key that a call names, and the call without the passphrase. */
function keyOf(method: string, input: unknown): { by: SignWithKey; input: unknown } | null {
  if (input === null || typeof input !== 'object') return null;
  if (method === 'manifest.sign') {
    const by = input as SignWithKey;
    return { by, input: { keyId: by.keyId } };
  }
  const { sign } = input as { sign?: SignWithKey };
  if (method !== 'report.export' || !sign) return null;
  return { by: sign, input: { ...input, sign: { keyId: sign.keyId } } };
}

export class Signing {
  readonly #keys: KeyRing;
  readonly #permits = new Set<{ kind: SignedKind; by: SignWithKey }>();

  constructor(stateDir: string) {
    this.#keys = new KeyRing(stateDir);
  }

  /** Runs a call; while it runs, one signature with the key it names may be asked for. */
  async during(method: string, input: unknown, call: (input: unknown) => Promise<unknown>): Promise<unknown> {
    const named = keyOf(method, input);
    if (named === null) return call(input);
    const permit = { kind: KIND[method]!, by: named.by };
    this.#permits.add(permit);
    try {
      return await call(named.input);
    } finally {
      this.#permits.delete(permit);
    }
  }

  /** What the engine's process asks for. */
  async sign({ kind, sha256, keyId }: SignatureAsked): Promise<Signature> {
    const permit = [...this.#permits].find((each) => each.kind === kind && each.by.keyId === keyId);
    if (!permit || !/^[0-9a-f]{64}$/.test(sha256))
      throw new CaseError('not_asked', 'Nobody asked for a signature with this key. Nothing was signed.');
    this.#permits.delete(permit);
    return this.#keys.sign(kind, sha256, permit.by);
  }
}
